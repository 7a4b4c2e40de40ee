import { addDays, type Day, daysBetween, mondayOf } from '../days.ts'
import type { Placement as Policy } from '../runner.ts'
import type { BuiltSession } from '../strength/request.ts'
import type { PastSession, Reason, Session, SessionKind } from '../strength/session.ts'
import { hoursBetween } from './axis.ts'
import { nextDemanding, weekOf } from './constraints.ts'
import { consumedBy, historyOf, type KnownState, keepPin, publishedOf, slotOf, stateOf } from './known.ts'
import { explainMissing, type FilledWeek, fillWeek, kindName, repeated, standIns, taken } from './ladder.ts'
import { defaultPrescriber } from './prescribe.ts'
import type { BuildOrder, Prescriber, Prescription } from './prescriber.ts'
import { type Move, nameSessions } from './publish.ts'
import {
  type Alternative,
  freshReason,
  habitReason,
  isHardDay,
  isSameVisit,
  mainReason,
  type Placement,
  runnerUp,
  sameVisitReason,
  standInReason,
} from './reasons.ts'
import { type Assignment, blockAt, type Choice, type Item, type Solved, solveWeek, type WeekTask } from './search.ts'
import type { ExpectedRun, Notice, Plan, Situation, Unplaced } from './situation.ts'
import type { Slot } from './slots.ts'
import { activationWindow, isLegKind } from './spacing.ts'
import { buildWorld, dayName, type Occupied, runFreeDays, type World } from './world.ts'

export type PlanOptions = {
  prescriber?: Prescriber
  /** Adds the runner-up to each session, as `alternatives`. */
  why?: boolean
  /** Whether the other policy is tried, to be offered. Default yes. */
  offers?: boolean
  /** Only the figures are wanted: nothing is built. */
  figuresOnly?: boolean
  /** What a plan of the same runner found out about sessions that can be built. */
  buildable?: Map<string, boolean>
}

/** A session with its runner-up, where that was asked for. */
export type PlannedSession = Session & { alternatives?: Alternative[] }
export type FullPlan = Omit<Plan, 'sessions'> & { sessions: PlannedSession[]; summary: PlanSummary }

/** What tells two policies apart. */
export type PlanSummary = { wanted: number; placed: number; substitutes: number; tight: number; cost: number }

/** A session in its place, before it is built. */
type Spot = {
  kind: SessionKind
  wanted: SessionKind
  slot: Slot
  minutes: number
  fresh: boolean
  /** The known session that stays as it is. */
  known: KnownState | null
  pinned: boolean
  alternatives: Alternative[]
  extra: Reason[]
}

const LOOK_AHEAD = 1.5
/** Sessions that the builder looks back on: nearly half a year of them. */
const BUILD_HISTORY = 40
const TIGHT_HOURS = 24

type Draft = {
  world: World
  prescriber: Prescriber
  options: PlanOptions
  states: KnownState[]
  /** Everything that lies fixed on the axis so far. */
  fixed: Occupied[]
  history: PastSession[]
  sessions: { spot: Spot; built: BuiltSession; reasons: Reason[] }[]
  unplaced: Unplaced[]
  notices: Notice[]
  summary: PlanSummary
  horizonEnd: Day
  /** Remembered answers to H8 and H9. */
  buildable: Map<string, boolean>
  /** The last week whose prescription said a sentence. */
  told: Map<string, Day>
}

/** Mondays of the weeks that the horizon touches. */
function mondaysOf(situation: Situation, horizonEnd: Day): Day[] {
  const mondays: Day[] = []
  for (let monday = mondayOf(situation.today); monday <= horizonEnd; monday = addDays(monday, 7)) mondays.push(monday)
  return mondays
}

/** H8 and H9, remembered: whether a session can be built hardly depends on the day, so one answer serves the whole plan. */
function fitter(draft: Draft, prescription: Prescription): WeekTask['fits'] {
  const { phase, deload, level } = prescription
  return (kind, slot, minutes) => {
    const sameVisit = isSameVisit(draft.world, slot)
    const key = [kind, minutes, slot.equipment, sameVisit, isHardDay(draft.world, slot.day), phase, deload, level.level].join()
    const before = draft.buildable.get(key)
    if (before !== undefined) return before
    const fits = draft.prescriber.build(orderOf(draft, prescription, kind, slot, minutes, 2), draft.world) !== null
    draft.buildable.set(key, fits)
    return fits
  }
}

function orderOf(draft: Draft, prescription: Prescription, kind: SessionKind, slot: Slot, minutes: number, sessions: number): BuildOrder {
  const { world } = draft
  const { sunday } = weekOf(prescription.monday)
  const inWeek = (day: Day) => day >= prescription.monday && day <= sunday
  const weekSoFar = draft.history
    .filter(
      (session) => inWeek(session.localDate) && session.localDate < slot.day && (session.status === 'planned' || session.status === 'done'),
    )
    .map((session) => ({ kind: session.kind, exercises: (session.exercises ?? []).map(({ id, sets, part }) => ({ id, sets, part })) }))
  return {
    prescription,
    kind,
    day: slot.day,
    minutes,
    equipment: slot.equipment,
    history: draft.history.slice(-BUILD_HISTORY),
    weekSoFar,
    sessionsThisWeek: sessions,
    sameVisit: isSameVisit(world, slot),
    hardDay: isHardDay(world, slot.day),
    hasLongRunThisWeek: world.demanding.some((run) => run.long && inWeek(run.day)),
  }
}

function dueKinds(prescription: Prescription): SessionKind[] {
  return prescription.due.map(({ kind }) => kind)
}

/** What is still due in a week after what was done, begun, pinned or skipped. */
function itemsOf(prescription: Prescription, consumed: readonly SessionKind[]): Item[] {
  const due = prescription.due.map(({ kind, fallback }) => ({ kind, kinds: standIns(kind, fallback) }))
  for (const kind of consumed) {
    const same = due.findIndex((item) => item.kind === kind)
    const stand = same >= 0 ? same : due.findIndex((item) => item.kinds.includes(kind))
    if (due.length > 0) due.splice(Math.max(0, stand), 1)
  }
  return due.map(({ kinds }) => ({ kinds }))
}

/** Short blocks straight after runs: three a week, four for those who run five times or more. */
function microItems(world: World, monday: Day, done: number): Item[] {
  const { sunday } = weekOf(monday)
  const days = new Set(world.runs.filter((run) => run.day >= monday && run.day <= sunday && run.likely).map((run) => run.day)).size
  return repeated(['coreMicro'], Math.max(0, Math.min(days, days >= 5 ? 4 : 3) - done))
}

function spotOf(choice: Choice, item: Item, solved: Solved | null, draft: Draft, extra: Reason[] = []): Spot {
  const { option, fresh } = choice
  const alternative = draft.options.why && solved ? runnerUp(solved, choice) : null
  return {
    kind: option.kind,
    wanted: item.kinds[0]!,
    slot: option.slot,
    minutes: option.minutes,
    fresh,
    known: null,
    pinned: false,
    alternatives: alternative ? [alternative] : [],
    extra,
  }
}

function placementOf({ kind, slot, minutes }: Pick<Spot, 'kind' | 'slot' | 'minutes'>): Placement {
  return { kind, day: slot.day, start: slot.start, end: slot.start + minutes, afterRun: slot.afterRun }
}

function occupiedOf(spot: Spot): Occupied {
  return { kind: spot.kind, day: spot.slot.day, start: spot.slot.start, end: spot.slot.start + spot.minutes, done: false }
}

/** Why the kind that was wanted is not there: what blocks it in the stand-in's own place. */
function whyStandIn(task: WeekTask, choice: Choice, item: Item, solved: Solved): Reason[] {
  if (choice.option.kind === item.kinds[0]) return []
  const others = [...task.fixed, ...taken({ ...solved, choices: solved.choices.filter((other) => other !== choice) })]
  return [standInReason(item.kinds[0]!, choice.option.kind, blockAt(task, item.kinds[0]!, choice.option.slot, others))]
}

function pinsOf(draft: Draft, monday: Day, fits: WeekTask['fits']): Spot[] {
  const spots: Spot[] = []
  for (const state of draft.states) {
    if (mondayOf(state.session.localDate) !== monday) continue
    if (state.state === 'frozen' && state.place.end > draft.world.now) {
      const slot = slotOf(draft.world, state.session)
      const minutes = state.session.minutes ?? state.place.end - state.place.start
      spots.push({
        kind: state.session.kind,
        wanted: state.session.kind,
        slot: { ...slot, minutes },
        minutes,
        fresh: false,
        known: state,
        pinned: true,
        alternatives: [],
        extra: [],
      })
    }
    if (state.state !== 'pinned') continue
    const others = [...draft.fixed, ...spots.filter((spot) => spot.known?.state === 'pinned').map(occupiedOf)]
    const pin = keepPin(draft.world, state, others, fits)
    const { localDate } = state.session
    if (!pin) {
      draft.notices.push({
        rule: 'H11',
        text: `Your pinned session on ${dayName(localDate)} cannot take place and was taken out.`,
        sessionDate: localDate,
      })
      continue
    }
    if (pin.stepped)
      draft.notices.push({
        rule: pin.stepped.rule,
        text: `Your pinned session on ${dayName(localDate)} stays there as ${kindName(pin.kind)}, because ${pin.stepped.why}.`,
        sessionDate: localDate,
      })
    const { slot, kind, minutes, fresh } = pin
    spots.push({ kind, wanted: state.session.kind, slot, minutes, fresh, known: state, pinned: true, alternatives: [], extra: [] })
  }
  return spots
}

function activationSpots(draft: Draft, monday: Day, task: WeekTask): Spot[] {
  const { sunday } = weekOf(monday)
  if (draft.world.situation.runner.sessionsPerWeek === 0) return []
  const spots: Spot[] = []
  for (const race of draft.world.races) {
    const window = activationWindow(race.race)
    if (!window || race.end <= draft.world.now) continue
    const near = (start: number) => start < race.start && hoursBetween(start, race.start) <= window.to
    const isThere = [...draft.fixed, ...spots.map(occupiedOf)].some((other) => other.kind === 'activation' && near(other.start))
    const skipped = draft.states.some(
      ({ session, place, state }) => session.kind === 'activation' && state === 'skipped' && near(place.start),
    )
    if (isThere || skipped || addDays(race.day, -3) > sunday || race.day < monday) continue
    const fixed = [...task.fixed, ...spots.map(occupiedOf)]
    const solved = solveWeek({
      ...task,
      fixed,
      items: repeated(['activation'], 1),
      published: task.published.filter((known) => known.kind === 'activation'),
    })
    for (const choice of solved.choices) if (near(choice.option.start)) spots.push(spotOf(choice, { kinds: ['activation'] }, solved, draft))
  }
  return spots
}

function build(draft: Draft, spot: Spot, prescription: Prescription, sessions: number): boolean {
  const { world } = draft
  if (draft.options.figuresOnly) {
    const { slot, kind, minutes } = spot
    draft.history.push({ localDate: slot.day, localTime: slot.localTime, minutes, kind, status: 'planned' })
    return true
  }
  const order = orderOf(draft, prescription, spot.kind, spot.slot, spot.minutes, sessions)
  const built = draft.prescriber.build(order, world)
  if (!built) return false
  const placement = placementOf({ ...spot, minutes: built.minutes })
  const reasons = [
    spot.pinned
      ? { rule: 'P6', text: `${dayName(spot.slot.day)} at ${spot.slot.localTime}, where you put it.`, runIds: [] }
      : mainReason(world, placement),
    habitReason(world, placement),
    spot.fresh ? freshReason(spot.kind) : null,
    sameVisitReason(world, placement),
    ...spot.extra,
  ].filter((reason) => reason !== null)
  draft.sessions.push({ spot, built, reasons })
  draft.history.push({
    localDate: spot.slot.day,
    localTime: spot.slot.localTime,
    minutes: built.minutes,
    kind: spot.kind,
    template: built.template,
    status: 'planned',
    exercises: built.exercises.map(({ id, sets, reps, seconds, weightKg, part }) => ({ id, sets, reps, seconds, weightKg, part })),
  })
  for (const notice of built.notices)
    if (!draft.notices.some(({ text }) => text === notice.text)) draft.notices.push({ ...notice, sessionDate: null })
  return true
}

/** How many of a week's open sessions it should still take: of the present week its lost ones, or its share of the days left. */
function expectedCount(draft: Draft, monday: Day, due: number): number {
  const { today } = draft.world.situation
  if (monday > today) return due
  const lost = draft.states.filter(
    ({ session, state }) =>
      mondayOf(session.localDate) === monday && isLegKind(session.kind) && (state === 'missed' || state === 'published'),
  ).length
  return Math.max(lost, Math.floor((due * (6 - daysBetween(monday, today))) / 7))
}

function report(draft: Draft, task: WeekTask, filled: FilledWeek): void {
  const { today } = draft.world.situation
  const { monday } = task
  const open = expectedCount(draft, monday, task.items.length) - filled.legs.choices.length
  const within = addDays(monday, 3) <= draft.horizonEnd
  const placed = [...task.fixed, ...taken(filled.legs), ...(filled.light ? taken(filled.light) : [])]
  const legsOnly = [...task.fixed, ...taken(filled.legs)]
  const count = within ? Math.min(filled.missing.length, Math.max(0, open)) : 0
  for (const item of filled.missing.slice(0, count)) draft.unplaced.push(explainMissing(task, item, monday <= today ? placed : legsOnly))
  draft.summary.wanted += Math.min(task.items.length, filled.legs.choices.length + count)
}

function summarise(draft: Draft, filled: FilledWeek): void {
  const { summary, world } = draft
  summary.cost += filled.legs.ruleCost
  for (const { option, item } of filled.legs.choices) {
    summary.placed++
    const wanted = filled.legs.frame.task.items[item]!.kinds[0]
    if (option.kind !== wanted) summary.substitutes++
    const next = nextDemanding(world, option.end)
    if (next && hoursBetween(option.end, next.start) < TIGHT_HOURS) summary.tight++
  }
}

/** The near-best answers of a week whose last leg session differs, cheapest first. */
function differentEndings(solved: Solved): Assignment[] {
  const seen = new Set<number>()
  const last = (answer: Assignment) => Math.max(0, ...answer.choices.map(({ option }) => option.start))
  return [solved, ...[...solved.near].sort((a, b) => a.cost - b.cost)].filter((answer) => {
    if (seen.has(last(answer)) || answer.missing !== solved.missing) return false
    seen.add(last(answer))
    return seen.size <= 5
  })
}

/** Among answers that cost about the same, the one that leaves the following week its best. */
function lookAhead(legs: Solved, next: WeekTask): Solved {
  const answers = differentEndings(legs)
  if (answers.length < 2) return legs
  const tiers = (solved: Solved) => solved.choices.reduce((sum, { option }) => sum + option.tier, 0)
  let best = { answer: answers[0]!, total: Number.POSITIVE_INFINITY }
  for (const answer of answers) {
    const after = solveWeek({ ...next, fixed: [...next.fixed, ...taken(answer)] })
    const total = answer.cost + after.cost + 3 * tiers(after)
    if (total < best.total - 1e-9) best = { answer, total }
    if (answer === answers[0] && after.missing === 0 && tiers(after) === 0) break
  }
  if (best.answer === answers[0]) return legs
  return { ...legs, ...best.answer, ruleCost: legs.ruleCost + best.answer.cost - legs.cost }
}

function taskOf(draft: Draft, prescription: Prescription, pins: readonly Spot[]): WeekTask {
  const { world, states } = draft
  const { monday } = prescription
  const micro = world.situation.runner.placement === 'micro' && world.situation.runner.sessionsPerWeek > 0
  const inWeek = states.filter(({ session }) => mondayOf(session.localDate) === monday)
  const fits = fitter(draft, prescription)
  const doneMicro = inWeek.filter(
    ({ session, state }) => session.kind === 'coreMicro' && ['done', 'frozen', 'pinned', 'skipped'].includes(state),
  ).length
  return {
    world,
    monday,
    items: micro ? microItems(world, monday, doneMicro) : itemsOf(prescription, consumedBy(states, monday, dueKinds(prescription))),
    fixed: [...draft.fixed, ...pins.map(occupiedOf)],
    published: inWeek.filter(({ state }) => state === 'published').map((state) => publishedOf(world, state)),
    fits: micro ? (kind, slot, minutes) => slot.afterRun !== null && slot.afterRun.race === null && fits(kind, slot, minutes) : fits,
  }
}

/**
 * How many light sessions may stand in for leg sessions without a place. In a week that has begun only those that were
 * planned before it: what was missed is dropped, not replaced.
 */
function standInsFor(draft: Draft, task: WeekTask, solved: Solved, due: readonly SessionKind[]): number {
  const light = draft.states.filter(
    ({ session }) => mondayOf(session.localDate) === task.monday && (session.kind === 'upperCore' || session.kind === 'coreMicro'),
  )
  const isSpent = ({ session, state }: KnownState) => ['done', 'frozen', 'skipped'].includes(state) && !due.includes(session.kind)
  const spent = light.filter(isSpent).length
  const asked = solved.choices.filter(({ option }) => !isLegKind(option.kind)).length
  const seen = Math.max(0, light.filter(({ state }) => state === 'published').length - asked)
  return task.monday >= draft.world.situation.today ? Math.max(0, task.items.length - spent) : seen
}

/**
 * What the week's prescription says, once for weeks that follow each other; of a later week it belongs to its first session,
 * and waits where there is none.
 */
function tellWeek(draft: Draft, { monday, notices }: Prescription, firstDay: Day | null): void {
  const isLater = monday > draft.world.situation.today
  if (isLater && firstDay === null) return
  for (const { rule, text } of notices) {
    if (draft.told.get(text) !== addDays(monday, -7)) draft.notices.push({ rule, text, sessionDate: isLater ? firstDay : null })
    draft.told.set(text, monday)
  }
}

function planWeek(draft: Draft, monday: Day, following: Day | null): void {
  const { world, prescriber } = draft
  const prescription = prescriber.week(monday, draft.history, world)
  const pins = pinsOf(draft, monday, fitter(draft, prescription))
  const base = taskOf(draft, prescription, pins)
  const activation = activationSpots(draft, monday, base)
  const task = {
    ...base,
    fixed: [...base.fixed, ...activation.map(occupiedOf)],
    published: base.published.filter((known) => known.kind !== 'activation'),
  }
  let solved = solveWeek(task, following ? LOOK_AHEAD : 0)
  if (following && solved.near.length > 1) solved = lookAhead(solved, taskOf(draft, prescriber.week(following, draft.history, world), []))
  const filled = fillWeek(task, solved, standInsFor(draft, task, solved, dueKinds(prescription)))
  summarise(draft, filled)
  report(draft, task, filled)
  const light = filled.light?.choices.map((choice) => spotOf(choice, { kinds: [choice.option.kind] }, null, draft)) ?? []
  const legs = filled.legs.choices.map((choice) => {
    const item = task.items[choice.item]!
    return spotOf(choice, item, filled.legs, draft, whyStandIn(task, choice, item, filled.legs))
  })
  const spots = [...pins, ...activation, ...legs, ...light].sort((a, b) => a.slot.start - b.slot.start)
  draft.fixed.push(...spots.map(occupiedOf))
  tellWeek(draft, prescription, spots[0]?.slot.day ?? null)
  const sessions =
    spots.filter(({ kind }) => isLegKind(kind)).length + consumedBy(draft.states, monday, dueKinds(prescription)).length - pins.length
  for (const spot of spots)
    if (!build(draft, spot, prescription, Math.max(1, sessions)))
      draft.unplaced.push({
        week: monday,
        rule: 'H8',
        text: `There is no place for ${kindName(spot.kind)}: too few exercises are left for it. More equipment or time would help.`,
      })
}

function restDayNotice(draft: Draft, mondays: readonly Day[]): void {
  const { world } = draft
  if (!world.situation.runner.restDayGuard) return
  const full = mondays.find((monday) => {
    const legs = draft.sessions.some(({ spot }) => isLegKind(spot.kind) && mondayOf(spot.slot.day) === monday)
    return legs && monday >= world.situation.today && runFreeDays(world, monday).length === 0
  })
  if (full)
    draft.notices.push({
      rule: 'C10',
      text: 'You run every day, so no day can stay free of both running and strength. One day without a run would let you recover.',
      sessionDate: null,
    })
}

const policyWords: Record<Policy, string> = {
  easyDays: 'on easy and run-free days',
  hardDays: 'on hard days, after the run',
  micro: 'in short blocks after runs',
}

/** C1: the other policy is offered where it places more, never chosen. */
function policyOffer(draft: Draft, situation: Situation): void {
  const { placement } = situation.runner
  const { summary } = draft
  const lacking = (other: PlanSummary) => other.wanted - other.placed + other.substitutes
  if (placement === 'micro' || (lacking(summary) <= 0 && summary.tight === 0)) return
  const other: Policy = placement === 'easyDays' ? 'hardDays' : 'easyDays'
  const tried = planFully(
    {
      ...situation,
      runner: { ...situation.runner, placement: other },
      sessions: situation.sessions.filter(({ status }) => status !== 'planned'),
    },
    { ...draft.options, offers: false, why: false, figuresOnly: true, buildable: draft.buildable },
  )
  const better =
    lacking(tried.summary) < lacking(summary) || (lacking(tried.summary) === lacking(summary) && tried.summary.tight < summary.tight)
  if (!better || tried.summary.placed === 0) return
  const why =
    lacking(summary) > lacking(tried.summary)
      ? 'a session has no good place in your week'
      : 'a session would sit less than 24 h before a demanding run'
  draft.notices.push({
    rule: 'C1',
    text: `With your strength ${policyWords[placement]}, ${why}. Strength ${policyWords[other]} would fit better; you can switch in the settings.`,
    sessionDate: null,
  })
}

function expectedRuns(world: World, horizonEnd: Day): ExpectedRun[] {
  return world.forecast.runs
    .filter((run) => run.localDate <= horizonEnd && (run.pRun >= 0.5 || run.pHard >= 0.5))
    .map(({ localDate, localTime, pHard, demand, from }) => ({ localDate, localTime, pHard: Math.round(pHard * 100) / 100, demand, from }))
}

function sessionOf(draft: Draft, entry: Draft['sessions'][number], id: string): PlannedSession {
  const { spot, built, reasons } = entry
  return {
    id,
    localDate: spot.slot.day,
    title: built.title,
    localTime: spot.slot.localTime,
    ...(spot.slot.timeZone === draft.world.situation.runner.timeZone ? {} : { timeZone: spot.slot.timeZone }),
    kind: spot.kind,
    template: built.template,
    minutes: built.minutes,
    status: 'planned',
    pinned: spot.known?.session.pinned ?? false,
    reasons,
    exercises: built.exercises,
    ...(draft.options.why ? { alternatives: spot.alternatives } : {}),
  }
}

function moveText({ from, to, why }: Move): string {
  const was = `${dayName(from.localDate)} ${from.localDate}`
  if (!to) return `The session of ${was} was taken out, because ${why}.`
  const stays = to.localDate === from.localDate && to.localTime === from.localTime
  if (stays) return `The session of ${was} is now ${kindName(to.kind)}, because ${why}.`
  return `The session of ${was} moved to ${dayName(to.localDate)} ${to.localDate} ${to.localTime}, because ${why}.`
}

function moveNotices(draft: Draft, moves: readonly Move[]): void {
  for (const move of moves) draft.notices.push({ rule: 'P6', text: moveText(move), sessionDate: move.to?.localDate ?? move.from.localDate })
}

/** The plan with the figures by which policies and what-ifs are compared. */
export function planFully(situation: Situation, options: PlanOptions = {}): FullPlan {
  const horizonEnd = addDays(situation.today, situation.horizonDays - 1)
  const mondays = mondaysOf(situation, horizonEnd)
  const world = buildWorld(situation, addDays(mondays.at(-1)!, 6))
  const states = situation.sessions.map((session) => stateOf(world, session))
  const draft: Draft = {
    world,
    prescriber: options.prescriber ?? defaultPrescriber,
    options,
    states,
    fixed: states.filter(({ state }) => state === 'done' || state === 'frozen').map(({ place }) => place),
    history: historyOf(states, situation.today),
    sessions: [],
    unplaced: [],
    notices: [],
    summary: { wanted: 0, placed: 0, substitutes: 0, tight: 0, cost: 0 },
    horizonEnd,
    buildable: options.buildable ?? new Map(),
    told: new Map(),
  }
  for (const [i, monday] of mondays.entries()) planWeek(draft, monday, mondays[i + 1] ?? null)
  restDayNotice(draft, mondays)
  if (options.offers !== false) policyOffer(draft, situation)
  if (world.forecast.provisional && situation.runner.sessionsPerWeek > 0)
    draft.notices.push({
      rule: 'forecast',
      text: 'The plan is provisional: with three weeks of runs, or with your usual hard and long days, it will know your week.',
      sessionDate: null,
    })
  const visible = draft.sessions.filter(({ spot }) => spot.slot.day <= horizonEnd)
  const named = nameSessions(
    world,
    visible.map(({ spot }) => spot),
    states,
    horizonEnd,
  )
  moveNotices(draft, named.moves)
  return {
    sessions: visible.map((entry, i) => sessionOf(draft, entry, named.ids[i]!)),
    unplaced: draft.unplaced,
    notices: draft.notices,
    expectedRuns: expectedRuns(world, horizonEnd),
    summary: draft.summary,
  }
}

/**
 * Places the strength sessions that are due from today to the horizon. Pure: the same situation gives the same plan.
 * @throws RangeError for a day, time or zone that does not exist
 * @see docs/training.md#placement
 */
export function planSessions(situation: Situation, options: PlanOptions = {}): Plan & { sessions: PlannedSession[] } {
  const { sessions, unplaced, notices, expectedRuns: runs } = planFully(situation, options)
  return { sessions, unplaced, notices, expectedRuns: runs }
}
