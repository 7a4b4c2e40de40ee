import type { Day } from '../days.ts'
import { effortSeconds } from './efforts.ts'
import { paceLoad, trainingImpulse } from './formulas.ts'
import type { Summary } from './history.ts'
import type { Digest, LoadKind, PastEffort } from './state.ts'
import type { EffortProfile, PreparedRun } from './types.ts'
import type { View } from './view.ts'

export type Load = { kind: LoadKind; value: number }

/** Training load of a run: by heart rate where it was recorded, else by pace, else by minutes. */
export function loadOf(prepared: PreparedRun, view: View, profile: EffortProfile): Load {
  const rest = view.thresholds.restingHeartRate?.value ?? 58
  const maximum = view.limits.maxHeartRate
  const minutes = (view.movingSeconds ?? 0) / 60
  if (view.heartRate && view.trust.heartQuality > 0) {
    const counts = new Map<number, number>()
    for (const bpm of view.heartRate) if (bpm > 0) counts.set(Math.round(bpm), (counts.get(Math.round(bpm)) ?? 0) + 1)
    let value = 0
    let seconds = 0
    for (const [bpm, n] of counts) {
      value += trainingImpulse(n / 60, bpm, rest, maximum, profile.sex)
      seconds += n
    }
    return { kind: 'heartRate', value: seconds > 0 ? (value * minutes * 60) / seconds : 0 }
  }
  if (view.trust.heartQuality > 0 && prepared.averageHeartRate !== null)
    return { kind: 'heartRate', value: trainingImpulse(minutes, prepared.averageHeartRate, rest, maximum, profile.sex) }
  const factor = intensityOf(prepared, view)
  if (factor !== null) return { kind: 'pace', value: paceLoad(minutes * 60, factor) }
  return { kind: 'minutes', value: minutes }
}

/** Normalised grade-adjusted speed over the second threshold's; `null` without pace. */
export function intensityOf(prepared: PreparedRun, view: View): number | null {
  const plain = prepared.distanceMeters !== null && prepared.movingSeconds ? prepared.distanceMeters / prepared.movingSeconds : null
  const speed = prepared.figures?.normalizedSpeed ?? plain
  return speed !== null && view.limits.speed2 !== null ? speed / view.limits.speed2 : null
}

function effortsOf(prepared: PreparedRun, view: View, day: Day, race: boolean, summary: Summary): PastEffort[] {
  if (prepared.paceQuality < 0.9) return []
  const useHeart = view.trust.heartQuality >= 0.5
  const figures = prepared.figures
  if (figures?.hasSpeed)
    return figures.bestEfforts
      .filter((e) => e.speed < 7.5)
      .map((e) => ({
        day,
        seconds: e.seconds,
        speed: round(e.speed, 3),
        heartRate: useHeart && e.heartRate ? Math.round(e.heartRate) : null,
        race,
      }))
  const { seconds, speed, meanHeartRate } = summary
  if (seconds === null || speed === null || seconds < 480 || seconds > 5400 || speed > 6.5) return []
  const held = effortSeconds.filter((s) => s <= seconds).at(-1)!
  return [{ day, seconds: held, speed: round(speed, 3), heartRate: useHeart && meanHeartRate ? Math.round(meanHeartRate) : null, race }]
}

const round = (value: number, digits: number) => Math.round(value * 10 ** digits) / 10 ** digits
const roundOrNull = (value: number | null, digits: number) => (value === null ? null : round(value, digits))

/** A run's highest half minute lies at least this far above its mean, bpm: what stands in where only the mean was recorded. */
const ABOVE_MEAN = 10

/** What the run adds to the memory. */
export function digestOf(
  prepared: PreparedRun,
  view: View,
  summary: Summary,
  meta: { id: string; localDate: Day; word?: 'easy' | 'hard' | null },
  race: boolean,
  load: Load,
  logOdds: number,
): Digest {
  const day = meta.localDate
  const { figures } = prepared
  const chest = prepared.sensorFactor === 1
  const streamPeak = view.trust.heartQuality >= 0.5 ? (figures?.peakHeartRate ?? null) : null
  const seconds = prepared.movingSeconds
  const reported = summary.maxHeartRate === null ? null : summary.maxHeartRate - 2
  const floor = summary.meanHeartRate !== null && (seconds ?? 0) >= 900 ? summary.meanHeartRate + ABOVE_MEAN : null
  const bpm = prepared.stream && figures ? streamPeak : (reported ?? floor)
  const heart = figures?.lastTwentyHeartRate ?? null
  const even = figures?.variability !== null && figures !== null && figures.variability <= 1.04
  const steady =
    even && heart !== null && seconds !== null && seconds >= 1500 && seconds <= 3600 && figures?.meanSpeed && view.trust.heartQuality >= 0.5
      ? { day, seconds, speed: round(figures.meanSpeed, 3), heartRate: Math.round(heart), race }
      : null
  const meters = prepared.distanceMeters
  const hardEnough =
    race ||
    (view.doses !== null &&
      view.known !== 'heartRateOnly' &&
      view.doses.minutesAboveSecond >= 8 &&
      (view.heartDose === null || view.heartDose > 2)) ||
    (prepared.stream === null &&
      summary.meanHeartRate !== null &&
      (seconds ?? 0) >= 900 &&
      summary.meanHeartRate >= 0.87 * view.limits.maxHeartRate)
  return {
    run: {
      id: meta.id,
      day,
      speed: roundOrNull(summary.speed, 3),
      maxHeartRate: roundOrNull(summary.maxHeartRate, 0),
      meanHeartRate: roundOrNull(summary.meanHeartRate, 1),
      seconds: roundOrNull(seconds, 0),
      load: round(load.value, 1),
      loadKind: load.kind,
      logOdds: round(logOdds, 3),
      word: meta.word ?? null,
    },
    peak: bpm !== null && bpm >= 100 ? { day, bpm: Math.round(bpm), chest } : null,
    efforts: effortsOf(prepared, view, day, race, summary),
    steady,
    race:
      race && meters !== null && seconds !== null && meters >= 1500 && prepared.paceQuality >= 0.9
        ? {
            day,
            meters: round(meters, 0),
            seconds: round(seconds, 0),
            speed: round(summary.speed ?? meters / seconds, 3),
            heartRate: roundOrNull(summary.meanHeartRate, 1),
          }
        : null,
    blocks:
      view.trust.heartQuality >= 0.5 && !view.flags.includes('cadenceLock')
        ? (figures?.steadyBlocks ?? []).map((b) => ({ day, speed: round(b.speed, 3), heartRate: round(b.heartRate, 1) }))
        : [],
    hardEnough,
    startAltitude: prepared.startAltitudeMeters === null ? null : Math.round(prepared.startAltitudeMeters),
  }
}
