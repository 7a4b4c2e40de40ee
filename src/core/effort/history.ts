import { addDays, type Day, dayNumber, weekdayIndex } from '../days.ts'
import { clamp, normalShare } from './series.ts'
import { type EffortState, type PastRun, runsThatWereRun } from './state.ts'
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

/** Nobody's heart stays below this through a run: a sensor that lost the beat. */
const LEAST_MAXIMUM = 100

/** The figures of a run that are set against earlier ones. @param useHeartRate false leaves heart rate out */
export function summaryOf(prepared: PreparedRun, day: Day, useHeartRate: boolean): Summary {
  const alive = prepared.maxHeartRate === null || prepared.maxHeartRate >= LEAST_MAXIMUM
  const maximum = useHeartRate && alive ? prepared.maxHeartRate : null
  const average = useHeartRate && alive ? prepared.averageHeartRate : null
  const figures = prepared.figures
  const walked = figures?.hasSpeed === true && figures.runMeters !== null && figures.runSeconds < 0.95 * (prepared.movingSeconds ?? 0)
  return {
    day,
    speed:
      figures?.gradedRunSpeed ??
      gainAdjustedSpeed(prepared.distanceMeters, prepared.movingSeconds, prepared.ascentMeters, figures?.runSpeed ?? null),
    maxHeartRate: maximum !== null && average !== null && maximum < average ? null : maximum,
    meanHeartRate: average,
    meters: walked ? figures.runMeters : prepared.distanceMeters,
    seconds: walked ? figures.runSeconds : prepared.movingSeconds,
  }
}

/** Days after which an earlier run counts half: form, season and sensor change. */
const HALF_LIFE = 60

type Earlier = { value: number; weight: number }
type Scale = { m: number; s: number; values: Earlier[]; weight: number }

/** The value below which a share of the weight lies; `sorted` rises. */
function weightedQuantile(sorted: readonly Earlier[], total: number, share: number): number {
  let sum = 0
  for (const { value, weight } of sorted) {
    sum += weight
    if (sum >= share * total) return value
  }
  return sorted.at(-1)!.value
}

/** Robust centre and spread of earlier values, drawn to a start value while they are few. */
function scaleOf(values: Earlier[], start: number, startSpread: number): Scale {
  const sorted = values.toSorted((a, b) => a.value - b.value)
  const n = sorted.reduce((sum, x) => sum + x.weight, 0)
  if (!(n > 0)) return { m: start, s: 1.4 * startSpread, values: [], weight: 0 }
  const m = (n * weightedQuantile(sorted, n, 0.5) + start) / (n + 1)
  const r = sorted.length <= 3 ? startSpread : (weightedQuantile(sorted, n, 0.75) - weightedQuantile(sorted, n, 0.25)) / 1.349
  const s = Math.sqrt((n * r * r + 8 * startSpread * startSpread) / (n + 8))
  return { m, s: Math.max(s, 0.4 * startSpread), values: sorted, weight: n }
}

/** Share of earlier values below, ties half, with four values' worth of the expected distribution mixed in. */
function rankIn(scale: Scale, value: number): number {
  let below = 0
  for (const x of scale.values) below += x.value < value ? x.weight : x.value === value ? 0.5 * x.weight : 0
  return (below + 4 * normalShare((value - scale.m) / scale.s)) / (scale.weight + 4)
}

const numbers = (runs: PastRun[], pick: (run: PastRun) => number | null) => runs.map(pick).filter((x): x is number => x !== null)

function weighted(runs: PastRun[], weights: number[], pick: (run: PastRun) => number | null): Earlier[] {
  const out: Earlier[] = []
  for (let i = 0; i < runs.length; i += 1) {
    const value = pick(runs[i]!)
    if (value !== null) out.push({ value, weight: weights[i]! })
  }
  return out
}

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

export const historyFeatures = ['qMax', 'qMean', 'zDiff', 'fast', 'weekday', 'previous', 'long', 'longMean', 'longRace'] as const
export type HistoryFeature = (typeof historyFeatures)[number]
/** A run against the runner's earlier ones; 0 stands for a feature that cannot be told. */
export type HistoryFeatures = Record<HistoryFeature, number> & {
  hasHeartRate: boolean
  hasSpeed: boolean
  earlier: number
  usualSpeed: number
}

const HALF_WITHOUT_HEART_RATE = 0.7

/**
 * Whether a long run has the length of a race: hardly anybody runs a marathon's distance in training; a half marathon's
 * counts as far as its mean heart rate is one of the runner's higher ones.
 */
function raceLikeness(meters: number | null, qMean: number | null): number {
  const km = (meters ?? 0) / 1000
  if (km > 41.6 && km < 43.4) return 1
  if (!(km > 20.9 && km < 21.8)) return 0
  return qMean === null ? HALF_WITHOUT_HEART_RATE : clamp((qMean - 0.6) / 0.3, 0, 1)
}

/** How the run stands among the runner's own runs of earlier days (docs/training.md has the definitions). */
export function historyFeaturesOf(state: EffortState, summary: Summary): HistoryFeatures {
  const runs = runsThatWereRun(state.runs)
  const today = dayNumber(summary.day)
  const weights = runs.map((run) => 2 ** ((dayNumber(run.day) - today) / HALF_LIFE))
  const scale = (pick: (run: PastRun) => number | null, start: number, spread: number) =>
    scaleOf(weighted(runs, weights, pick), start, spread)
  const maximum = scale((r) => r.maxHeartRate, 170, 10)
  const average = scale((r) => r.meanHeartRate, 148, 9)
  const diff = scale(diffOf, 20, 7)
  const speed = scale((r) => r.speed, 2.95, 0.32)
  const own = diffOf(summary)
  const places = runs.length >= 10 ? standings(runs) : []
  const sameWeekday: number[] = []
  for (let i = places.length - 1; i >= 0 && sameWeekday.length < 15; i -= 1)
    if (places[i] !== null && weekdayIndex(runs[i]!.day) === weekdayIndex(summary.day)) sameWeekday.push(places[i]!)
  const lastPlace = places.at(-1) ?? null
  const fresh = runs.length > 0 && runs.at(-1)!.day >= addDays(summary.day, -7)
  const qMean = summary.meanHeartRate === null ? 0.5 : rankIn(average, summary.meanHeartRate)
  const long = clamp(((summary.seconds ?? 0) / 60 - 60) / 30, 0, 1)
  const raceLike = raceLikeness(summary.meters, summary.meanHeartRate === null ? null : qMean)
  return {
    qMax: summary.maxHeartRate === null ? 0.5 : rankIn(maximum, summary.maxHeartRate),
    qMean,
    zDiff: own === null ? 0 : clamp((own - diff.m) / diff.s, -3, 3),
    fast: summary.speed === null ? 0 : clamp((summary.speed - speed.m) / speed.s, 0, 3),
    weekday: places.length ? (sameWeekday.reduce((sum, x) => sum + x + 0.5, 0) + 2.5) / (sameWeekday.length + 5) - 0.5 : 0,
    previous: fresh && lastPlace !== null ? lastPlace : 0,
    long: long * (1 - raceLike),
    longMean: long * (qMean - 0.5),
    longRace: long * raceLike,
    hasHeartRate: summary.maxHeartRate !== null,
    hasSpeed: summary.speed !== null,
    earlier: runs.length,
    usualSpeed: speed.m,
  }
}
