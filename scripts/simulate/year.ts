import { addDays, type Day, daysBetween, mondayOf, weekdayIndex } from '../../src/core/days.ts'
import { type ForecastScore, scoreForecast } from '../../src/core/plan/forecast.ts'
import { planSessions } from '../../src/core/plan/plan.ts'
import { lastPublishedDay } from '../../src/core/plan/publish.ts'
import type { KnownSession, PastRun, Plan, Situation } from '../../src/core/plan/situation.ts'
import type { Runner } from '../../src/core/runner.ts'
import type { Session } from '../../src/core/strength/session.ts'
import { type Violation, violationsOf } from './checker.ts'
import { type Random, randomFrom } from './random.ts'
import { type Simulated, type Usual, wandering } from './runners.ts'

/** What a simulated year showed. */
export type YearResult = {
  id: number
  type: string
  weeks: number
  plans: number
  planMilliseconds: number
  slowestMilliseconds: number
  violations: (Violation & { today: Day })[]
  duplicates: string[]
  /** Days on which two weeks lay without leg strength although a slot was legal. */
  emptyFortnights: string[]
  published: number
  moves: number
  withdrawals: number
  done: number
  missed: number
  unplaced: number
  /** Leg sessions done less than 60 h after the one before. */
  close: number
  /** Exercises of the main work that were done in the year. */
  exercises: number
  forecast: ForecastScore
}

const dayNames = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']
const LEG = ['foundation', 'hypertrophy', 'maxStrength', 'power', 'maintenance']
const HISTORY_DAYS = 70

type State = {
  sim: Simulated
  random: Random
  start: Day
  truth: (PastRun & { knownFrom: Day; relabelledOn: Day | null; was: PastRun['effort'] })[]
  sessions: KnownSession[]
}

function usualOf(sim: Simulated, week: number): Usual[] {
  return sim.changed && week >= sim.changed.week ? sim.changed.usual : sim.usual
}

function runsOfDay(state: State, day: Day): void {
  const { sim, random, start } = state
  const race = sim.runner.races.find(({ localDate }) => localDate === day)
  const paused = sim.runner.pauses.some(({ from, to }) => from <= day && day <= to)
  const late = random.chance(sim.uploadsLate) ? 1 + random.below(3) : 0
  const relabelledOn = random.chance(sim.relabels) ? addDays(day, 1 + random.below(4)) : null
  const add = (run: Omit<PastRun, 'localDate'>, was: PastRun['effort']) =>
    state.truth.push({ id: `r-${state.truth.length}`, localDate: day, ...run, knownFrom: addDays(day, late), relabelledOn, was })
  if (race) {
    const { localTime, distanceMeters, expectedMinutes } = race
    add({ localTime, distanceMeters, movingSeconds: (expectedMinutes ?? 60) * 60, effort: 'hard', demand: 'high', race: true }, 'hard')
    return
  }
  if (paused) return
  const week = Math.floor(daysBetween(start, day) / 7)
  for (const usual of usualOf(sim, week)) {
    const moved = random.chance(0.06) ? (usual.weekday + 1) % 7 : usual.weekday
    if (moved !== weekdayIndex(day) || !random.chance(usual.share)) continue
    const what = random.chance(0.06) ? 'easy' : usual.what
    const demand = what === 'long' ? 'high' : what === 'hard' ? 'moderate' : 'low'
    const effort = what === 'hard' ? 'hard' : 'easy'
    const movingSeconds = Math.round(usual.minutes * (0.9 + random.next() * 0.2)) * 60
    const unsure = random.chance(0.02)
    add(
      { localTime: wandering(usual.start, random), movingSeconds, effort: unsure ? 'unclear' : effort, demand },
      random.chance(0.5) ? 'easy' : 'hard',
    )
  }
}

/** The runs as the product knew them on a day: late uploads missing, later corrections not made yet. */
function knownRuns(state: State, today: Day): PastRun[] {
  const since = addDays(today, -HISTORY_DAYS)
  return state.truth
    .filter((run) => run.localDate >= since && run.localDate <= today && run.knownFrom <= today)
    .map(({ knownFrom: _, relabelledOn, was, ...run }) =>
      relabelledOn && relabelledOn > today && !run.race ? { ...run, effort: was } : run,
    )
}

function runnerOn(state: State, today: Day): Runner {
  const { sim, start } = state
  const week = Math.floor(daysBetween(start, today) / 7)
  const placement = sim.switches.find((other) => week >= other.week)?.placement ?? sim.runner.placement
  const injuries = sim.injuries.filter(({ from, to }) => from <= today && today <= to)
  const planned = sim.givesPlans
    ? Array.from({ length: 14 }, (_, d) => addDays(mondayOf(today), d)).flatMap((day) => {
        const week = Math.floor(daysBetween(start, day) / 7)
        return usualOf(sim, week)
          .filter(({ weekday }) => weekday === weekdayIndex(day))
          .map(({ start, what, minutes }) => ({
            localDate: day,
            localTime: wandering(start, randomFrom(0)),
            minutes,
            effort: what === 'hard' ? ('hard' as const) : ('easy' as const),
            demand: what === 'long' ? ('high' as const) : null,
          }))
      })
    : []
  return {
    ...sim.runner,
    placement,
    plannedRuns: planned,
    injuries: injuries.map(({ area, pain }) => ({ area, painDuring: pain, painAtRest: Math.max(0, pain - 2) })),
    races: sim.runner.races.filter(({ localDate }) => daysBetween(today, localDate) <= 120),
    pauses: sim.runner.pauses.filter(({ from }) => from <= addDays(today, 1)),
  }
}

function known(session: Session, until: Day): KnownSession {
  const { id, localDate, localTime, timeZone, minutes, kind, template, status, pinned, reasons, exercises } = session
  return {
    id,
    localDate,
    localTime,
    timeZone,
    minutes,
    kind,
    template,
    status,
    pinned,
    reasons,
    exercises,
    published: session.localDate <= until,
  }
}

/** The sessions after a plan: what lies behind stays, what is planned is replaced. */
function replan(state: State, situation: Situation, plan: Plan): void {
  const { today } = situation
  const behind = state.sessions.filter(
    (session) =>
      session.status !== 'planned' ||
      session.localDate < today ||
      (session.localDate === today && (session.localTime ?? '') < situation.now),
  )
  const planned = plan.sessions.filter(({ id }) => !behind.some((other) => other.id === id))
  const seen = new Set(state.sessions.filter(({ published }) => published).map(({ id }) => id))
  const until = lastPublishedDay(plan, today)
  const withSeen = planned.map((session) => known(session, seen.has(session.id) ? session.localDate : until))
  state.sessions = [...behind, ...withSeen]
}

/** Told of every plan, and of every published session that moved or went: for reading a year, or comparing two. */
export type Watcher = { planned?: (situation: Situation, plan: Plan) => void; moved?: (line: string) => void }

function countMoves(before: readonly KnownSession[], plan: Plan, situation: Situation, result: YearResult, watch: Watcher): void {
  const { today, now } = situation
  for (const session of before) {
    if (session.status !== 'planned' || !session.published || session.localDate < today) continue
    if (session.localDate === today && (session.localTime ?? '') <= now) continue
    const after = plan.sessions.find(({ id }) => id === session.id)
    if (!after) result.withdrawals++
    else if (after.localDate !== session.localDate || after.localTime !== session.localTime) result.moves++
    else continue
    const notice = plan.notices.find(
      ({ rule, text }) => rule === 'P6' && text.includes(`of ${dayNames[weekdayIndex(session.localDate)]} ${session.localDate}`),
    )
    watch.moved?.(
      `${today}: ${session.localDate} ${session.localTime} ${session.kind} -> ${after ? `${after.localDate} ${after.localTime} ${after.kind}` : 'gone'}: ${notice?.text ?? ''}`,
    )
  }
  const old = new Set(before.filter(({ published }) => published).map(({ id }) => id))
  const until = lastPublishedDay(plan, today)
  for (const session of plan.sessions) if (session.localDate <= until && !old.has(session.id)) result.published++
}

function duplicatesIn(plan: Plan, sessions: readonly KnownSession[]): string[] {
  const found: string[] = []
  const ids = new Map<string, string>()
  for (const session of [...sessions.filter(({ status }) => status !== 'planned'), ...plan.sessions]) {
    const id = session.id ?? ''
    if (ids.has(id)) found.push(`id ${id} on ${ids.get(id)} and ${session.localDate}`)
    ids.set(id, session.localDate)
  }
  return found
}

/** Whether a maintenance session in any usual slot of the next two weeks would break nothing: asked of the checker alone. */
function aSlotWasLegal(situation: Situation, plan: Plan): string | null {
  const { runner, today } = situation
  if (runner.placement === 'micro' || runner.sessionsPerWeek === 0) return null
  for (let d = 1; d < 14; d++)
    for (const localTime of ['07:00', '12:30', '18:00']) {
      const localDate = addDays(today, d)
      const away = runner.awayFrom.find(({ from, to, timeZone }) => timeZone && from <= localDate && localDate <= to)
      const probe: Session = {
        id: 'probe',
        localDate,
        localTime,
        timeZone: away?.timeZone ?? null,
        title: '',
        kind: 'maintenance',
        template: '',
        minutes: 25,
        status: 'planned',
        pinned: false,
        reasons: [],
        exercises: [],
      }
      if (plan.sessions.some((session) => session.localDate === localDate)) continue
      const broken = violationsOf(situation, { ...plan, sessions: [...plan.sessions, probe] }).filter(
        ({ sessionDate, text }) => text.includes('probe') || sessionDate === mondayOf(localDate),
      )
      if (broken.length === 0) return `${localDate} ${localTime}`
    }
  return null
}

function isRecovering(situation: Situation): boolean {
  const { runner, today } = situation
  const near = runner.races.some(
    ({ localDate, distanceMeters }) =>
      daysBetween(localDate, today) >= -14 && daysBetween(localDate, today) <= (distanceMeters > 30_000 ? 21 : 10),
  )
  const stopped = runner.injuries.some(
    ({ area, painAtRest, painDuring }) => area === 'boneStress' || (painAtRest ?? 0) >= 4 || (painDuring ?? 0) > 5,
  )
  return near || stopped || runner.pauses.some(({ from, to }) => from <= addDays(today, 14) && to >= addDays(today, -14))
}

function lookForEmptyFortnight(state: State, situation: Situation, plan: Plan, result: YearResult): void {
  const { today } = situation
  const legs = [...state.sessions.filter(({ status }) => status === 'done' || status === 'missed'), ...plan.sessions].filter(({ kind }) =>
    LEG.includes(kind),
  )
  if (daysBetween(state.start, today) < 14 || isRecovering(situation)) return
  if (legs.some(({ localDate }) => daysBetween(today, localDate) >= 0 && daysBetween(today, localDate) < 14)) return
  const slot = aSlotWasLegal(situation, plan)
  if (slot) result.emptyFortnights.push(`${today}: ${slot} was legal`)
}

function closeOnes(done: readonly KnownSession[]): number {
  const starts = done
    .filter(({ kind }) => LEG.includes(kind))
    .map(({ localDate, localTime }) => Date.parse(`${localDate}T${localTime ?? '18:00'}:00Z`) / 3_600_000)
    .sort((a, b) => a - b)
  return starts.filter((start, i) => i > 0 && start - starts[i - 1]! < 60).length
}

function liveDay(state: State, day: Day, result: YearResult): void {
  const { random, sim } = state
  for (const session of state.sessions) {
    if (session.status !== 'planned' || session.localDate !== day) continue
    const done = random.chance(sim.completes)
    session.status = done ? 'done' : random.chance(0.3) ? 'skipped' : 'missed'
    if (done) session.rpe = 4 + random.below(5)
    result[done ? 'done' : 'missed']++
  }
}

/** One runner through so many weeks: every evening the next fortnight is planned, and every plan is checked. */
export function simulateYear(sim: Simulated, start: Day, weeks: number, watch: Watcher = {}): YearResult {
  const random = randomFrom(sim.id * 104_729 + 3)
  const state: State = { sim, random, start, truth: [], sessions: [] }
  const result: YearResult = {
    id: sim.id,
    type: sim.type,
    weeks,
    plans: 0,
    planMilliseconds: 0,
    slowestMilliseconds: 0,
    violations: [],
    duplicates: [],
    emptyFortnights: [],
    published: 0,
    moves: 0,
    withdrawals: 0,
    done: 0,
    missed: 0,
    unplaced: 0,
    close: 0,
    exercises: 0,
    forecast: { days: 0, brier: 0, demandingDays: 0, recalled: 0, recall: 1, precision: 1 },
  }
  for (let d = -56; d < 0; d++) runsOfDay(state, addDays(start, d))
  for (let d = 0; d < weeks * 7; d++) {
    const today = addDays(start, d)
    runsOfDay(state, today)
    liveDay(state, today, result)
    const situation: Situation = {
      today,
      now: '22:45',
      horizonDays: 14,
      runner: runnerOn(state, today),
      runs: knownRuns(state, today),
      sessions: state.sessions,
    }
    const began = performance.now()
    const plan = planSessions(situation, { offers: false })
    const took = performance.now() - began
    result.plans++
    result.planMilliseconds += took
    if (result.plans > 3) result.slowestMilliseconds = Math.max(result.slowestMilliseconds, took)
    watch.planned?.(situation, plan)
    for (const violation of violationsOf(situation, plan)) result.violations.push({ ...violation, today })
    result.duplicates.push(...duplicatesIn(plan, state.sessions))
    countMoves(state.sessions, plan, situation, result, watch)
    if (weekdayIndex(today) === 6) result.unplaced += plan.unplaced.filter(({ week }) => week === addDays(today, 1)).length
    lookForEmptyFortnight(state, situation, plan, result)
    replan(state, situation, plan)
  }
  const done = state.sessions.filter(({ status }) => status === 'done')
  result.exercises = new Set(
    done.flatMap(({ exercises }) => (exercises ?? []).filter(({ part }) => (part ?? 'main') === 'main').map(({ id }) => id)),
  ).size
  result.close = closeOnes(done)
  const end = addDays(start, weeks * 7 - 1)
  result.forecast = scoreForecast({ ...sim.runner, plannedRuns: [] }, state.truth, start, end)
  return result
}
