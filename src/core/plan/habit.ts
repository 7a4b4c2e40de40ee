import { addDays, type Day, dayNumber, daysBetween, minutesOf, mondayOf, weekdayIndex } from '../days.ts'
import type { Runner } from '../runner.ts'
import type { PastRun } from './situation.ts'

/** docs/training.md#forecast: weights, window and prior of the weekday estimate. */
const HALF_LIFE_DAYS = 28
const CHANGED_HALF_LIFE_DAYS = 10
const WINDOW_WEEKS = 8
const PRIOR_WEIGHT = 1
const PRIOR_HARD = 0.25
const CHANGE_LIMIT = 0.4
const SPREAD_LIMIT_MINUTES = 180
/** Weeks of history below which nobody knows a habit. */
export const FEW_HISTORY_WEEKS = 3

/** Probability that a run behind us was demanding: hard, of high demand, or a race; an unclear run counts a quarter. */
export function demandingShare(run: PastRun): number {
  if (run.race || run.demand === 'high' || run.effort === 'hard') return 1
  if (run.effort === 'easy') return 0
  return 0.25
}

/** A weekday as the runner usually spends it. */
export type WeekdayHabit = {
  pRun: number
  pHard: number
  /** Demanding days of this weekday among the weeks that counted. */
  hardTimes: number
  weeks: number
  runIds: string[]
  /** Median start in minutes since midnight; `null` when unknown or spread over more than three hours. */
  startMinutes: number | null
  minutes: number
  /** The demanding runs of this weekday are long rather than hard. */
  long: boolean
  /** A second, easy run of the day, where it is usual. */
  second: { pRun: number; startMinutes: number | null; minutes: number } | null
}

export type Habit = {
  /** Weeks since the first known run, at most eight. */
  weeks: number
  runsPerWeek: number
  /** Demanding days of the last six whole weeks, median; `null` when fewer than three are known. */
  demandingPerWeek: number | null
  /** Odds of a demanding day after a demanding day, against any day. */
  carryOver: number
  changed: boolean
  weekdays: WeekdayHabit[]
}

type DayHistory = { day: Day; runs: PastRun[]; hard: number }

/** Middle value; the mean of the two middle ones for an even count. `null` of nothing. */
export function median(values: readonly number[]): number | null {
  if (values.length === 0) return null
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** Runs grouped by their local day, each day's runs in order of start. */
export function runsByDay(runs: readonly PastRun[]): Map<Day, PastRun[]> {
  const days = new Map<Day, PastRun[]>()
  for (const run of runs) {
    const day = days.get(run.localDate)
    if (day) day.push(run)
    else days.set(run.localDate, [run])
  }
  for (const day of days.values())
    day.sort((a, b) => (a.localTime ?? '').localeCompare(b.localTime ?? '') || (a.id ?? '').localeCompare(b.id ?? ''))
  return days
}

function typicalStart(runs: readonly PastRun[]): number | null {
  const starts = runs.flatMap((run) => (run.localTime ? [minutesOf(run.localTime)] : [])).sort((a, b) => a - b)
  if (starts.length === 0) return null
  const quarter = Math.floor(starts.length / 4)
  const spread = starts[starts.length - 1 - quarter]! - starts[quarter]!
  return spread > SPREAD_LIMIT_MINUTES ? null : Math.round(median(starts)!)
}

function typicalMinutes(runs: readonly PastRun[], otherwise: number): number {
  const minutes = runs.flatMap((run) => (run.movingSeconds ? [run.movingSeconds / 60] : []))
  return Math.round(median(minutes) ?? otherwise)
}

/** The run that decides what a day was: the most demanding, then the longest. */
function mainRun(runs: readonly PastRun[]): PastRun {
  return [...runs].sort((a, b) => demandingShare(b) - demandingShare(a) || (b.movingSeconds ?? 0) - (a.movingSeconds ?? 0))[0]!
}

function hasChanged(days: readonly DayHistory[], today: Day): boolean {
  const profile = (from: number, to: number) => {
    const counts = new Array<number>(7).fill(0)
    for (const { day, hard } of days) {
      const back = daysBetween(day, today)
      if (back > from && back <= to) counts[weekdayIndex(day)]! += hard
    }
    const sum = counts.reduce((a, b) => a + b, 0)
    return { sum, share: counts.map((n) => (sum ? n / sum : 0)) }
  }
  const recent = profile(0, 14)
  const before = profile(14, 56)
  if (recent.sum < 2 || before.sum < 4) return false
  return recent.share.reduce((sum, share, d) => sum + Math.abs(share - before.share[d]!), 0) / 2 > CHANGE_LIMIT
}

function carryOverOf(days: readonly DayHistory[]): number {
  const hardOn = new Map(days.map(({ day, hard }) => [day, hard]))
  let after = 0
  let afterHard = 0
  let hard = 0
  for (const { day, hard: share } of days) {
    hard += share
    const yesterday = hardOn.get(addDays(day, -1))
    if (yesterday === undefined || yesterday < 0.5) continue
    after++
    afterHard += share
  }
  if (after === 0 || hard === 0) return 1
  const odds = (p: number) => p / Math.max(0.02, 1 - p)
  return Math.min(1.5, Math.max(0.2, odds(afterHard / after) / odds(hard / days.length)))
}

function demandingPerWeek(days: readonly DayHistory[], today: Day): number | null {
  const weeks = new Map<Day, number>()
  const known = new Map<Day, number>()
  for (const { day, hard } of days) {
    const monday = mondayOf(day)
    weeks.set(monday, (weeks.get(monday) ?? 0) + (hard >= 0.5 ? 1 : 0))
    known.set(monday, (known.get(monday) ?? 0) + 1)
  }
  const whole = [...weeks]
    .filter(([monday]) => monday !== mondayOf(today) && known.get(monday) === 7)
    .sort(([a], [b]) => b.localeCompare(a))
  return whole.length < 3 ? null : median(whole.slice(0, 6).map(([, n]) => n))
}

function weekdayHabit(days: readonly DayHistory[], today: Day, share: { run: number; hard: number }, halfLifeDays: number): WeekdayHabit {
  let weight = PRIOR_WEIGHT
  let ran = PRIOR_WEIGHT * share.run
  let hard = PRIOR_WEIGHT * share.hard
  let second = 0
  let onRunDays = 0
  for (const entry of days) {
    const weeksBack = Math.ceil(daysBetween(entry.day, today) / 7)
    const w = 2 ** ((-7 * weeksBack) / halfLifeDays)
    weight += w
    if (entry.runs.length > 0) {
      ran += w
      onRunDays += w
    }
    if (entry.runs.length > 1) second += w
    hard += w * entry.hard
  }
  const withRuns = days.filter(({ runs }) => runs.length > 0)
  const main = withRuns.map(({ runs }) => mainRun(runs))
  const demanding = main.filter((run) => demandingShare(run) >= 0.5)
  const typical = demanding.length * 2 >= main.length && demanding.length > 0 ? demanding : main
  const others = withRuns.flatMap(({ runs }) => runs.filter((run) => run !== mainRun(runs)).slice(0, 1))
  return {
    pRun: ran / weight,
    pHard: hard / weight,
    hardTimes: demanding.length,
    weeks: days.length,
    runIds: demanding.flatMap((run) => (run.id ? [run.id] : [])),
    startMinutes: typicalStart(typical),
    minutes: typicalMinutes(typical, 50),
    long: demanding.filter((run) => run.demand === 'high' && run.effort !== 'hard').length * 2 > demanding.length,
    second:
      second > 0 && second >= 0.5 * onRunDays
        ? {
            pRun: (second / onRunDays) * (ran / weight),
            startMinutes: typicalStart(others),
            minutes: typicalMinutes(others, 40),
          }
        : null,
  }
}

/**
 * The runner's week as the last eight weeks show it, each weekday weighted by 2^(-days/28).
 * Days of a pause and days before the first known run do not count; a changed habit is weighted by 2^(-days/10).
 * @param today the day of the forecast; its own runs do not count yet
 * @see docs/training.md#forecast
 */
export function habitOf(runs: readonly PastRun[], today: Day, pauses: Runner['pauses']): Habit {
  const byDay = runsByDay(runs.filter((run) => run.localDate < today))
  const first = [...byDay.keys()].sort()[0]
  const span = first === undefined ? 0 : Math.min(WINDOW_WEEKS * 7, daysBetween(first, today))
  const days: DayHistory[] = []
  for (let back = 1; back <= span; back++) {
    const day = addDays(today, -back)
    const onDay = byDay.get(day) ?? []
    if (onDay.length === 0 && pauses.some((pause) => pause.from <= day && day <= pause.to)) continue
    days.push({ day, runs: onDay, hard: Math.max(0, ...onDay.map(demandingShare)) })
  }
  const hardDays = days.reduce((sum, { hard }) => sum + hard, 0)
  const share = {
    run: days.length ? days.filter((entry) => entry.runs.length > 0).length / days.length : 0,
    hard: (hardDays + WINDOW_WEEKS * 7 * PRIOR_HARD) / (days.length + WINDOW_WEEKS * 7),
  }
  const changed = hasChanged(days, today)
  const halfLife = changed ? CHANGED_HALF_LIFE_DAYS : HALF_LIFE_DAYS
  const of: DayHistory[][] = [[], [], [], [], [], [], []]
  for (const entry of days) of[(((dayNumber(entry.day) + 3) % 7) + 7) % 7]!.push(entry)
  return {
    weeks: Math.floor(span / 7),
    runsPerWeek: days.length ? (days.reduce((sum, entry) => sum + entry.runs.length, 0) * 7) / days.length : 0,
    demandingPerWeek: demandingPerWeek(days, today),
    carryOver: carryOverOf(days),
    changed,
    weekdays: of.map((entries) => weekdayHabit(entries, today, share, halfLife)),
  }
}
