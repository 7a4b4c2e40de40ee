import { addDays, type Day, daysBetween, isInWeek, type LocalTime, minutesOf, mondayOf, timeOf, weekdayIndex } from '../days.ts'
import type { Demand, PlannedRun, Race, Runner } from '../runner.ts'
import { demandingShare, FEW_HISTORY_WEEKS, type Habit, habitOf, runsByDay } from './habit.ts'
import type { PastRun, Situation } from './situation.ts'

const PLANNED_HARD = 0.95
const PLANNED_EASY = 0.05
const UNCLEAR_HARD = 0.25
const FEW_HISTORY_SUNDAY = 0.4
/** A planned run that does not say how long it is. */
const PLANNED_MINUTES: Readonly<Record<Demand, number>> = { low: 50, moderate: 60, high: 100 }

/** A run that may come, with how likely it is and how likely it is demanding. */
export type ForecastRun = {
  localDate: Day
  localTime: LocalTime | null
  timeZone: string
  minutes: number
  pRun: number
  pHard: number
  demand: Demand
  /** What the plan says of it; `null` when nothing does. */
  effort: 'easy' | 'hard' | null
  race: Race | null
  from: 'planned' | 'habit'
  /** How often this weekday was demanding, for the sentence that says so. */
  usual: { times: number; weeks: number; long: boolean } | null
  runIds: string[]
}

export type Forecast = {
  runs: ForecastRun[]
  /** Fewer than three weeks of history and no plan: only the next three days should be published. */
  provisional: boolean
  habit: Habit
}

/** The zone that the runner lives by on a day. */
export function zoneOn(runner: Runner, day: Day): string {
  return runner.awayFrom.find((away) => away.timeZone && away.from <= day && day <= away.to)?.timeZone ?? runner.timeZone
}

function fromRace(race: Race, runner: Runner): ForecastRun {
  return {
    localDate: race.localDate,
    localTime: race.localTime ?? '09:00',
    timeZone: race.timeZone ?? zoneOn(runner, race.localDate),
    minutes: Math.round(race.expectedMinutes ?? (race.distanceMeters / 1000) * 6),
    pRun: PLANNED_HARD,
    pHard: PLANNED_HARD,
    demand: 'high',
    effort: 'hard',
    race,
    from: 'planned',
    usual: null,
    runIds: [],
  }
}

/** A planned run that says nothing of its effort is hard as often as that weekday was. */
function plannedPHard(run: PlannedRun, usual: number | null): number {
  if (run.effort === 'hard' || run.demand === 'high') return PLANNED_HARD
  if (run.effort === 'easy') return PLANNED_EASY
  return usual ?? UNCLEAR_HARD
}

function fromPlanned(run: PlannedRun, runner: Runner, habit: Habit): ForecastRun {
  const usual = habit.weekdays[weekdayIndex(run.localDate)]!
  const known = habit.weeks >= FEW_HISTORY_WEEKS
  const pHard = plannedPHard(run, known ? usual.pHard : null)
  const demand = run.demand ?? (pHard >= 0.5 ? 'moderate' : 'low')
  const start = known && usual.startMinutes !== null ? timeOf(usual.startMinutes) : null
  return {
    localDate: run.localDate,
    localTime: run.localTime ?? start,
    timeZone: run.timeZone ?? zoneOn(runner, run.localDate),
    minutes: Math.round(run.minutes ?? PLANNED_MINUTES[demand]),
    pRun: PLANNED_HARD,
    pHard,
    demand,
    effort: run.effort ?? null,
    race: null,
    from: 'planned',
    usual: null,
    runIds: [],
  }
}

function fromHabit(day: Day, runner: Runner, habit: Habit): ForecastRun[] {
  const usual = habit.weekdays[weekdayIndex(day)]!
  const base = { localDate: day, timeZone: zoneOn(runner, day), effort: null, race: null, from: 'habit' as const }
  if (habit.weeks < FEW_HISTORY_WEEKS) {
    const sunday = weekdayIndex(day) === 6
    const pHard = sunday ? FEW_HISTORY_SUNDAY : UNCLEAR_HARD
    return [{ ...base, localTime: null, minutes: 50, pRun: pHard, pHard, demand: sunday ? 'high' : 'moderate', usual: null, runIds: [] }]
  }
  const runs: ForecastRun[] = [
    {
      ...base,
      localTime: usual.startMinutes === null ? null : timeOf(usual.startMinutes),
      minutes: usual.minutes,
      pRun: Math.max(usual.pRun, usual.pHard),
      pHard: usual.pHard,
      demand: usual.pHard < 0.5 ? 'low' : usual.long ? 'high' : 'moderate',
      usual: { times: usual.hardTimes, weeks: usual.weeks, long: usual.long },
      runIds: usual.runIds,
    },
  ]
  const { second } = usual
  if (second)
    runs.push({
      ...base,
      localTime: second.startMinutes === null ? null : timeOf(second.startMinutes),
      minutes: second.minutes,
      pRun: second.pRun,
      pHard: 0.02,
      demand: 'low',
      usual: null,
      runIds: [],
    })
  return runs
}

function withOdds(p: number, factor: number): number {
  const odds = (p / (1 - p)) * factor
  return odds / (1 + odds)
}

type DayPart = { day: Day; hardBehind: number; runs: ForecastRun[] }

/**
 * (b): most runners do not run hard twice running; a day after a demanding one gets the runner's own ratio. A weekday's own
 * estimate knows what usually comes the day before it: only what is beyond that counts.
 */
function carryOver(days: DayPart[], habit: Habit, hardYesterday: number): void {
  let before = hardYesterday
  for (const part of days) {
    const beyond = Math.max(0, before - habit.weekdays[weekdayIndex(addDays(part.day, -1))]!.pHard)
    const factor = 1 - beyond + beyond * habit.carryOver
    for (const run of part.runs) if (run.from === 'habit') run.pHard = withOdds(run.pHard, factor)
    before = Math.max(part.hardBehind, ...part.runs.map((run) => run.pHard))
    if (before < 0.5) before = 0
  }
}

/** (d): a demanding run on an unusual day lowers the odds of the next usual one. */
function unusualDay(days: DayPart[], past: Map<Day, PastRun[]>, today: Day, habit: Habit): void {
  for (let back = 0; back <= weekdayIndex(today); back++) {
    const day = addDays(today, -back)
    const hard = Math.max(0, ...(past.get(day) ?? []).map(demandingShare))
    if (hard < 0.5 || habit.weekdays[weekdayIndex(day)]!.pHard >= 0.3) continue
    for (const part of days) {
      const next = part.runs.find((run) => run.from === 'habit' && run.pHard >= 0.5)
      if (part.day <= day || !next || daysBetween(day, part.day) > 7) continue
      next.pHard = withOdds(next.pHard, 0.5)
      return
    }
  }
}

/** How far the count of a week may lower the odds of a usual day, and the inverse: what is usual stays likely. */
const LEAST_ODDS = 1 / 3

/** (c): the expected number of demanding days of a week stays within one of the six-week median. */
function keepExpectedNumber(days: DayPart[], past: Map<Day, PastRun[]>, habit: Habit): void {
  const target = habit.demandingPerWeek
  if (target === null) return
  for (const monday of new Set(days.map(({ day }) => mondayOf(day)))) {
    const week = days.filter(({ day }) => isInWeek(day, monday))
    let fixed = 0
    for (let d = 0; d < 7; d++)
      fixed += Math.max(0, ...(past.get(addDays(monday, d)) ?? []).map((run) => (demandingShare(run) >= 0.5 ? 1 : 0)))
    const habits: ForecastRun[] = []
    for (const { runs } of week) {
      const hardest = [...runs].sort((a, b) => b.pHard - a.pHard)[0]
      if (hardest?.from === 'habit') habits.push(hardest)
      else if (hardest) fixed += hardest.pHard
    }
    const sumWith = (factor: number) => fixed + habits.reduce((sum, run) => sum + withOdds(run.pHard, factor), 0)
    const share = (week.length + daysBetween(monday, week[0]!.day)) / 7
    const sum = sumWith(1)
    const wanted = Math.min(target + 1, Math.max((target - 1) * share, sum))
    if (habits.length === 0 || Math.abs(wanted - sum) < 1e-9) continue
    let low = LEAST_ODDS
    let high = 1 / LEAST_ODDS
    for (let i = 0; i < 40; i++) {
      const middle = Math.sqrt(low * high)
      if (sumWith(middle) < wanted) low = middle
      else high = middle
    }
    for (const run of habits) run.pHard = withOdds(run.pHard, Math.sqrt(low * high))
  }
}

/** A week that the runner has planned: the days without an entry are days without a run. */
function plannedWeeks(planned: readonly PlannedRun[], past: Map<Day, PastRun[]>, habit: Habit): Set<Day> {
  const usual = habit.weeks >= FEW_HISTORY_WEEKS ? habit.runsPerWeek : 0
  const counts = new Map<Day, number>()
  for (const { localDate } of planned) counts.set(mondayOf(localDate), (counts.get(mondayOf(localDate)) ?? 0) + 1)
  for (const [day, runs] of past) if (counts.has(mondayOf(day))) counts.set(mondayOf(day), counts.get(mondayOf(day))! + runs.length)
  return new Set([...counts].filter(([, n]) => n >= Math.max(1, 0.6 * usual)).map(([monday]) => monday))
}

function passed(run: PlannedRun | Race, situation: Situation): boolean {
  return run.localDate === situation.today && !!run.localTime && minutesOf(run.localTime) < minutesOf(situation.now)
}

/**
 * Which runs to expect from today to `until`, planned ones and races in the place of habit.
 * A day that already has its run expects no other, unless one is planned for later. Of a runner without three weeks of
 * history and without plans, every day is doubtful.
 * @see docs/training.md#forecast
 */
export function forecastRuns(situation: Situation, until: Day): Forecast {
  const { runner, today } = situation
  const past = runsByDay(situation.runs.filter((run) => run.localDate <= today))
  const habit = habitOf(situation.runs, past.has(today) ? addDays(today, 1) : today, runner.pauses)
  const planned = runner.plannedRuns.filter((run) => run.localDate >= today)
  const covered = plannedWeeks(runner.plannedRuns, past, habit)
  const known = habit.weeks >= FEW_HISTORY_WEEKS
  const guessed = known || planned.length === 0
  const days: DayPart[] = []
  for (let day = today; day <= until; day = addDays(day, 1)) {
    const behind = day === today ? (past.get(day) ?? []) : []
    const races = runner.races.filter(
      (race) => race.localDate === day && !(behind.length > 0 && (!race.localTime || passed(race, situation))),
    )
    const own = planned.filter(
      (run) =>
        run.localDate === day &&
        !(races.length > 0 && (run.effort === 'hard' || run.demand === 'high')) &&
        !(behind.length > 0 && (!run.localTime || passed(run, situation))),
    )
    const paused = runner.pauses.some((pause) => pause.from <= day && day <= pause.to)
    const byHabit = guessed && behind.length === 0 && !paused && races.length === 0 && own.length === 0 && !covered.has(mondayOf(day))
    days.push({
      day,
      hardBehind: Math.max(0, ...behind.map(demandingShare)),
      runs: [
        ...races.map((race) => fromRace(race, runner)),
        ...own.map((run) => fromPlanned(run, runner, habit)),
        ...(byHabit ? fromHabit(day, runner, habit) : []),
      ],
    })
  }
  if (known) {
    carryOver(days, habit, Math.max(0, ...(past.get(addDays(today, -1)) ?? []).map(demandingShare)))
    unusualDay(days, past, today, habit)
    keepExpectedNumber(days, past, habit)
  }
  for (const { runs } of days) for (const run of runs) run.pHard = Math.round(run.pHard * 100) / 100
  const runs = days.flatMap((part) => part.runs.sort((a, b) => (a.localTime ?? '~').localeCompare(b.localTime ?? '~')))
  return { runs, provisional: !known && planned.length === 0, habit }
}

export type ForecastScore = { days: number; brier: number; demandingDays: number; recalled: number; recall: number; precision: number }

/**
 * How well the habit forecast does on a history: each Sunday evening the next seven days are forecast and compared.
 * Only runners with six weeks behind them are scored. Goals: Brier at most 0.16, recall at P of 0.5 at least 0.75.
 */
export function scoreForecast(runner: Runner, runs: readonly PastRun[], from: Day, to: Day): ForecastScore {
  const first = runs.reduce((least, run) => (run.localDate < least ? run.localDate : least), to)
  let days = 0
  let brier = 0
  let demandingDays = 0
  let recalled = 0
  let called = 0
  for (let monday = mondayOf(from); addDays(monday, 6) <= to; monday = addDays(monday, 7)) {
    if (daysBetween(first, monday) < 42) continue
    const known = runs.filter((run) => run.localDate < monday)
    const forecast = forecastRuns({ today: monday, now: '00:00', runner, runs: known, sessions: [], horizonDays: 7 }, addDays(monday, 6))
    for (let d = 0; d < 7; d++) {
      const day = addDays(monday, d)
      const p = Math.max(0, ...forecast.runs.filter((run) => run.localDate === day).map((run) => run.pHard))
      const was = Math.max(0, ...runs.filter((run) => run.localDate === day).map(demandingShare)) >= 0.5 ? 1 : 0
      days++
      brier += (p - was) ** 2
      demandingDays += was
      if (p >= 0.5) called++
      if (was && p >= 0.5) recalled++
    }
  }
  return {
    days,
    brier: days ? brier / days : 0,
    demandingDays,
    recalled,
    recall: demandingDays ? recalled / demandingDays : 1,
    precision: called ? recalled / called : 1,
  }
}
