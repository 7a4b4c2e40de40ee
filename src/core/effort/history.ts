import { addDays, type Day, weekdayIndex } from '../days.ts'
import { clamp, normalShare, quantileOfSorted } from './series.ts'
import type { EffortState, PastRun } from './state.ts'
import type { PreparedRun } from './types.ts'

/** The summary of a run as it is set against the runner's earlier ones. */
export type Summary = {
  day: Day
  speed: number | null
  maxHeartRate: number | null
  meanHeartRate: number | null
  meters: number | null
  seconds: number | null
}

/** Mean speed adjusted for the gain: distance / time × (1 + 2·gain/distance), gain at most 6 % of the distance. */
export function gainAdjustedSpeed(
  meters: number | null,
  seconds: number | null,
  gain: number | null,
  plain: number | null = null,
): number | null {
  const speed = plain ?? (meters !== null && seconds !== null && seconds > 0 ? meters / seconds : null)
  if (speed === null || !(speed > 0.5 && speed < 8.5)) return null
  const share = meters && gain ? clamp(gain / meters, 0, 0.06) : 0
  return speed * (1 + 2 * share)
}

export function summaryOf(prepared: PreparedRun, day: Day, useHeartRate: boolean): Summary {
  const maximum = useHeartRate ? prepared.maxHeartRate : null
  const average = useHeartRate ? prepared.averageHeartRate : null
  return {
    day,
    speed: gainAdjustedSpeed(prepared.distanceMeters, prepared.movingSeconds, prepared.ascentMeters, prepared.figures?.runSpeed ?? null),
    maxHeartRate: maximum !== null && average !== null && maximum < average ? null : maximum,
    meanHeartRate: average,
    meters: prepared.distanceMeters,
    seconds: prepared.movingSeconds,
  }
}

type Scale = { m: number; s: number; sorted: number[] }

/** Robust centre and spread of earlier values, drawn to a start value while they are few. */
function scaleOf(values: number[], start: number, startSpread: number): Scale {
  const sorted = values.toSorted((a, b) => a - b)
  const n = sorted.length
  if (n === 0) return { m: start, s: 1.4 * startSpread, sorted }
  const m = (n * quantileOfSorted(sorted, 0.5) + start) / (n + 1)
  const r = n <= 3 ? startSpread : (quantileOfSorted(sorted, 0.75) - quantileOfSorted(sorted, 0.25)) / 1.349
  const s = Math.sqrt((n * r * r + 8 * startSpread * startSpread) / (n + 8))
  return { m, s: Math.max(s, 0.4 * startSpread), sorted }
}

/** Share of earlier values below, ties half, with four values' worth of the expected distribution mixed in. */
function rankIn(scale: Scale, value: number): number {
  let below = 0
  for (const x of scale.sorted) below += x < value ? 1 : x === value ? 0.5 : 0
  return (below + 4 * normalShare((value - scale.m) / scale.s)) / (scale.sorted.length + 4)
}

const numbers = (runs: PastRun[], pick: (run: PastRun) => number | null) => runs.map(pick).filter((x): x is number => x !== null)
const diffOf = (run: { maxHeartRate: number | null; meanHeartRate: number | null }) =>
  run.maxHeartRate !== null && run.meanHeartRate !== null ? run.maxHeartRate - run.meanHeartRate : null

/** A run's place among the window's by highest heart rate (by speed where under half have it), less one half. */
function standings(runs: PastRun[]): (number | null)[] {
  const byHeart = numbers(runs, (r) => r.maxHeartRate).length >= runs.length / 2
  const value = (run: PastRun) => (byHeart ? run.maxHeartRate : run.speed)
  const sorted = numbers(runs, value).sort((a, b) => a - b)
  return runs.map((run) => {
    const x = value(run)
    if (x === null || sorted.length === 0) return null
    let low = 0
    let high = sorted.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (sorted[middle]! < x) low = middle + 1
      else high = middle
    }
    return low / sorted.length - 0.5
  })
}

export const historyFeatures = ['qMax', 'zDiff', 'zSpeed', 'qMean', 'zMeters', 'weekday', 'previous'] as const
export type HistoryFeature = (typeof historyFeatures)[number]
/** A run against the runner's earlier ones; 0 stands for a feature that cannot be told. */
export type HistoryFeatures = Record<HistoryFeature, number> & { hasHeartRate: boolean; hasSpeed: boolean; earlier: number }

/** How the run stands among the runner's own runs of earlier days (docs/training.md has the definitions). */
export function historyFeaturesOf(state: EffortState, summary: Summary): HistoryFeatures {
  const runs = state.runs
  const maximum = scaleOf(
    numbers(runs, (r) => r.maxHeartRate),
    170,
    10,
  )
  const average = scaleOf(
    numbers(runs, (r) => r.meanHeartRate),
    148,
    9,
  )
  const diff = scaleOf(numbers(runs, diffOf), 20, 7)
  const speed = scaleOf(
    numbers(runs, (r) => r.speed),
    2.95,
    0.32,
  )
  const length = scaleOf(
    numbers(runs, (r) => (r.seconds ? Math.log(r.seconds) : null)),
    Math.log(2700),
    0.4,
  )
  const own = diffOf(summary)
  const places = runs.length >= 10 ? standings(runs) : []
  const sameWeekday: number[] = []
  for (let i = places.length - 1; i >= 0 && sameWeekday.length < 15; i -= 1)
    if (places[i] !== null && weekdayIndex(runs[i]!.day) === weekdayIndex(summary.day)) sameWeekday.push(places[i]!)
  const lastPlace = places.at(-1) ?? null
  const fresh = runs.length > 0 && runs.at(-1)!.day >= addDays(summary.day, -7)
  return {
    qMax: summary.maxHeartRate === null ? 0.5 : rankIn(maximum, summary.maxHeartRate),
    zDiff: own === null ? 0 : clamp((own - diff.m) / diff.s, -3, 3),
    zSpeed: summary.speed === null ? 0 : clamp((summary.speed - speed.m) / speed.s, -4, 4),
    qMean: summary.meanHeartRate === null ? 0.5 : rankIn(average, summary.meanHeartRate),
    zMeters: summary.seconds === null ? 0 : clamp((Math.log(summary.seconds) - length.m) / length.s, -3, 3),
    weekday: places.length ? (sameWeekday.reduce((sum, x) => sum + x + 0.5, 0) + 2.5) / (sameWeekday.length + 5) - 0.5 : 0,
    previous: fresh && lastPlace !== null ? lastPlace : 0,
    hasHeartRate: summary.maxHeartRate !== null,
    hasSpeed: summary.speed !== null,
    earlier: runs.length,
  }
}
