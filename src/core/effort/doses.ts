import { clamp, rollingMean } from './series.ts'
import { bit, noSpeed, type PreparedRun, type Removed, type Stream, type Thresholds } from './types.ts'

/** The two limits a run is held against, corrected for the day's heat and altitude. */
export type Limits = { speed1: number | null; speed2: number | null; heartRate1: number; heartRate2: number; maxHeartRate: number }

/**
 * The thresholds as they hold on this day: heat raises the heart rates and lowers the speeds, thin air lowers the speeds.
 * @param climbedMeters how far the start lies above the runner's home; below 600 nothing changes
 */
export function limitsFor(thresholds: Thresholds, temperature: number | null, climbedMeters: number): Limits {
  const hot = temperature !== null && temperature > 20 ? Math.min(10, 0.7 * (temperature - 20)) : 0
  const heat = temperature !== null && temperature > 17.5 ? Math.min(0.08, 0.0035 * (temperature - 17.5)) : 0
  const thin = climbedMeters >= 600 ? Math.min(0.15, (0.06 * climbedMeters) / 1000) : 0
  const factor = (1 - heat) * (1 - thin)
  return {
    speed1: thresholds.speed1 ? thresholds.speed1.value * factor : null,
    speed2: thresholds.speed2 ? thresholds.speed2.value * factor : null,
    heartRate1: thresholds.heartRate1.value + hot,
    heartRate2: thresholds.heartRate2.value + hot,
    maxHeartRate: thresholds.maxHeartRate.value,
  }
}

/** Width of the zone above the second threshold for one more half point: as wide as the middle zone usually is. */
const SPEED_WIDTH = 0.18
const HEART_WIDTH = 0.09

/**
 * What a second counts: nothing up to 0.3 of the way from the first to the second threshold (the error of thresholds),
 * rising to 1 at the second, and to 2 above it. Above the second the step is a share of it, so that raising
 * either threshold never makes a second count more.
 */
export function weightOf(x: number, first: number, second: number, width: number): number {
  if (x >= second) return Math.min(2, 1 + (0.5 * (x - second)) / (width * second))
  const u = (x - first) / Math.max(1e-6, second - first)
  return u <= 0.3 ? 0 : (u - 0.3) / 0.7
}
export const speedWeight = (v: number, limits: { speed1: number; speed2: number }) => weightOf(v, limits.speed1, limits.speed2, SPEED_WIDTH)
export const heartWeight = (bpm: number, limits: Limits) => weightOf(bpm, limits.heartRate1, limits.heartRate2, HEART_WIDTH)

/** The stream's columns as numbers, `NaN` where missing. */
export type Columns = { speed: Float32Array; heartRate: Float32Array; smoothSpeed: Float32Array }

/** Why seconds of heart rate are left out of this judgement, beside what was cleaned before. */
export type Mask = { heartRate: Float32Array; locked: number; removed: Removed[] }

export function columnsOf(stream: Stream): Columns {
  const speed = Float32Array.from(stream.speed, (v) => (v === noSpeed ? Number.NaN : v / 100))
  const heartRate = Float32Array.from(stream.heartRate, (v) => v || Number.NaN)
  return { speed, heartRate, smoothSpeed: rollingMean(speed, 10) }
}

/** Seconds since the start of each stream entry. */
export function clockOf(prepared: PreparedRun): (index: number) => number {
  const { pauses } = prepared
  return (index) => {
    let lost = 0
    for (const pause of pauses) {
      if (pause.at > index) break
      lost += pause.seconds - 1
    }
    return index + lost
  }
}

/**
 * Heart rate that can be believed given the runner's numbers: not over the maximum by more than ten, not half the
 * maximum while running above the first threshold, and no minutes in which the sensor counted steps (alike the
 * step rate, and either arrived by a step or 12 bpm above the runner's own line).
 */
export function maskHeartRate(prepared: PreparedRun, columns: Columns, limits: Limits, line: Thresholds['line']): Mask {
  const { flags } = prepared.stream!
  const heartRate = columns.heartRate.slice()
  const removed: Removed[] = []
  const clock = clockOf(prepared)
  const note = (i: number, why: Removed['why']) => {
    const second = clock(i)
    const last = removed.at(-1)
    if (last && last.why === why && second - last.endSeconds <= 5) last.endSeconds = second + 1
    else if (removed.length < 200) removed.push({ startSeconds: second, endSeconds: second + 1, what: 'heartRate', why })
  }
  let locked = 0
  for (let i = 0; i < heartRate.length; i += 1) {
    const bpm = heartRate[i]!
    if (Number.isNaN(bpm)) continue
    const v = columns.smoothSpeed[i]!
    const flag = flags[i]!
    const aboveLine = line !== null && v > 1 && bpm - (line.a + line.b * v) >= 12
    let why: Removed['why'] | null = null
    if (flag & bit.lockLike && (flag & bit.lockStep || aboveLine)) {
      why = 'cadenceLock'
      locked += 1
    } else if (bpm > limits.maxHeartRate + 10) why = 'overMaximum'
    else if (bpm < 0.5 * limits.maxHeartRate && limits.speed1 !== null && v > limits.speed1 && i > 180) why = 'dropout'
    if (!why) continue
    heartRate[i] = Number.NaN
    note(i, why)
  }
  return { heartRate, locked, removed }
}

export type Drift = { share: number | null; subtracted: number; beyond: boolean }

/**
 * Takes the heart rate's slow climb at an even pace off, in place: a ramp that reaches min(12 bpm, 2·D·mean) at the end,
 * where D is the decoupling of a run of 50 minutes and more with variability under 1.06.
 */
export function subtractDrift(prepared: PreparedRun, heartRate: Float32Array, movingMinutes: number): Drift {
  const figures = prepared.figures!
  const share = figures.decoupling
  if (
    share === null ||
    share <= 0 ||
    movingMinutes < 50 ||
    figures.variability === null ||
    figures.variability >= 1.06 ||
    figures.meanHeartRate === null
  )
    return { share, subtracted: 0, beyond: false }
  const top = Math.min(12, 2 * share * figures.meanHeartRate)
  const n = heartRate.length
  for (let i = 600; i < n; i += 1) heartRate[i]! -= (top * (i - 600)) / (n - 600)
  return { share, subtracted: top, beyond: share > 0.15 }
}

export type Doses = {
  movingSeconds: number
  paceDose: number | null
  heartDose: number | null
  pace: [number, number, number] | null
  heart: [number, number, number] | null
  heartShare: number
  heartSeconds: number
  /** Mean height over the first threshold by thirds of the run, in usual widths of the middle zone, by pace where known, else by heart rate. */
  thirds: [number, number, number]
  /** Longest stretch, seconds, of two-minute means at 0.6 of the way and above. */
  longestSteady: number
  meanU: number
  minutesAboveSecond: number
}

/** Seconds above the limits, weighted, by pace (10-s mean) and by heart rate (from minute 3), over moving time. */
export function dosesOf(prepared: PreparedRun, columns: Columns, heartRate: Float32Array, limits: Limits): Doses {
  const { flags } = prepared.stream!
  const { smoothSpeed } = columns
  const n = flags.length
  const { speed1, speed2 } = limits
  const hasPace = speed1 !== null && speed2 !== null && prepared.figures!.hasSpeed
  const pace: [number, number, number] = [0, 0, 0]
  const heart: [number, number, number] = [0, 0, 0]
  const thirdSums = [0, 0, 0]
  const thirdCounts = [0, 0, 0]
  let moving = 0
  let paceDose = 0
  let heartDose = 0
  let heartSeconds = 0
  let above = 0
  const u = new Float32Array(n).fill(Number.NaN)
  for (let i = 0; i < n; i += 1) {
    const flag = flags[i]!
    const bpm = heartRate[i]!
    const isMoving = (flag & bit.moving) !== 0
    if (isMoving) moving += 1
    const v = smoothSpeed[i]!
    if (hasPace && isMoving && !Number.isNaN(v) && !(flag & bit.start)) {
      paceDose += speedWeight(v, { speed1, speed2 })
      pace[v < speed1 ? 0 : v < speed2 ? 1 : 2] += 1
      u[i] = (v - speed1) / (speed2 - speed1)
      if (v >= speed2) above += 1
    }
    if (!Number.isNaN(bpm) && isMoving) {
      heartSeconds += 1
      heart[bpm < limits.heartRate1 ? 0 : bpm < limits.heartRate2 ? 1 : 2] += 1
      if (!hasPace) {
        u[i] = (bpm - limits.heartRate1) / (limits.heartRate2 - limits.heartRate1)
        if (bpm >= limits.heartRate2) above += 1
      }
    }
    if (!Number.isNaN(bpm) && i >= 180) heartDose += heartWeight(bpm, limits)
    if (!Number.isNaN(u[i])) {
      const third = Math.min(2, Math.floor((3 * i) / n))
      const height = hasPace ? (v - speed1) / (SPEED_WIDTH * speed2) : (bpm - limits.heartRate1) / (HEART_WIDTH * limits.heartRate2)
      thirdSums[third]! += clamp(height, -4, 4)
      thirdCounts[third]! += 1
    }
  }
  const long = rollingMean(u, 120)
  let longest = 0
  let current = 0
  for (let i = 0; i < n; i += 1) {
    current = long[i]! >= 0.6 ? current + 1 : 0
    if (current > longest) longest = current
  }
  const thirds = thirdSums.map((sum, k) => (thirdCounts[k] ? sum / thirdCounts[k]! : 0)) as [number, number, number]
  const all = thirdCounts[0]! + thirdCounts[1]! + thirdCounts[2]!
  return {
    movingSeconds: moving,
    paceDose: hasPace ? paceDose / 60 : null,
    heartDose: heartSeconds > 0 ? heartDose / 60 : null,
    pace: hasPace ? pace : null,
    heart: heartSeconds > 0 ? heart : null,
    heartShare: moving ? heartSeconds / moving : 0,
    heartSeconds,
    thirds,
    longestSteady: longest,
    meanU: all ? (thirdSums[0]! + thirdSums[1]! + thirdSums[2]!) / all : Number.NaN,
    minutesAboveSecond: above / 60,
  }
}

/** Doses of laps, or of the averages as one lap: each second of a lap counts as its mean. */
export function dosesOfSegments(segments: { seconds: number; speed: number | null; heartRate: number | null }[], limits: Limits) {
  let pace = 0
  let heart = 0
  let paceSeconds = 0
  let heartSeconds = 0
  for (const segment of segments) {
    if (segment.speed !== null && limits.speed1 !== null && limits.speed2 !== null) {
      pace += (segment.seconds * speedWeight(segment.speed, { speed1: limits.speed1, speed2: limits.speed2 })) / 60
      paceSeconds += segment.seconds
    }
    if (segment.heartRate !== null) {
      heart += (segment.seconds * heartWeight(segment.heartRate, limits)) / 60
      heartSeconds += segment.seconds
    }
  }
  return { paceDose: paceSeconds > 0 ? pace : null, heartDose: heartSeconds > 0 ? heart : null }
}

/** Speed rose from third to third, by half a zone in all. */
export function isProgression(thirds: readonly [number, number, number]): boolean {
  return thirds[2] - thirds[0] >= 0.5 && thirds[1] - thirds[0] >= 0.1 && thirds[2] - thirds[1] >= 0.1
}
