import type { Grid } from './resample.ts'
import { fillGaps, meanBetween, median, rollingMedian5, sumsOf } from './series.ts'
import type { Removed, RemovedWhy } from './types.ts'

const FASTEST = 8.5
const SPEED_JUMP = 3

/** Collects what is removed as spans of the clock. */
export class RemovedSpans {
  readonly spans: Removed[] = []
  readonly #clock: Uint32Array
  constructor(clock: Uint32Array) {
    this.#clock = clock
  }
  add(from: number, to: number, what: 'heartRate' | 'speed', why: RemovedWhy): void {
    if (to <= from) return
    const startSeconds = this.#clock[from]!
    const endSeconds = this.#clock[to - 1]! + 1
    const last = this.spans.findLast((span) => span.what === what && span.why === why)
    if (last && startSeconds - last.endSeconds <= 5) last.endSeconds = endSeconds
    else if (this.spans.length < 200) this.spans.push({ startSeconds, endSeconds, what, why })
  }
}

/**
 * Speed without satellite jumps: what is faster than 8.5 m/s, or stands more than 3 m/s off its neighbours of seven
 * seconds, is dropped; holes up to ten seconds are bridged; a median of five seconds follows. In place.
 * @returns the share of seconds that had to be dropped
 */
export function cleanSpeed(grid: Grid, removed: RemovedSpans): number {
  const { speed } = grid
  const n = speed.length
  const drop = new Uint8Array(n)
  const box: number[] = []
  for (let i = 0; i < n; i += 1) {
    const v = speed[i]!
    if (!(v >= 0)) {
      speed[i] = Number.NaN
      continue
    }
    if (v > FASTEST) {
      drop[i] = 1
      continue
    }
    const calm = (i === 0 || Math.abs(v - speed[i - 1]!) <= 2) && (i === n - 1 || Math.abs(v - speed[i + 1]!) <= 2)
    if (calm) continue
    box.length = 0
    for (let j = Math.max(0, i - 3); j <= Math.min(n - 1, i + 3); j += 1) if (speed[j]! <= FASTEST) box.push(speed[j]!)
    if (Math.abs(v - median(box)) > SPEED_JUMP) drop[i] = 1
  }
  let dropped = 0
  for (let i = 0; i < n; i += 1) {
    if (!drop[i]) continue
    let j = i
    while (j < n && drop[j]) j += 1
    removed.add(i, j, 'speed', 'jump')
    for (; i < j; i += 1) {
      speed[i] = Number.NaN
      dropped += 1
    }
  }
  fillGaps(speed, 10)
  speed.set(rollingMedian5(speed))
  return n ? dropped / n : 0
}

/** Rises or falls of more than 15 bpm within two seconds are no heartbeats: dropped until they return, or for 30 s at most. */
function dropSpikes(heartRate: Float32Array, removed: RemovedSpans): void {
  const n = heartRate.length
  let good = Number.NaN
  let goodAt = -1
  for (let i = 0; i < n; i += 1) {
    const v = heartRate[i]!
    if (Number.isNaN(v)) continue
    if (Number.isNaN(good) || i - goodAt > 30 || Math.abs(v - good) <= 15 + Math.max(0, i - goodAt - 2) * 0.5) {
      good = v
      goodAt = i
      continue
    }
    let j = i
    while (j < n && j - goodAt <= 30 && !(Math.abs(heartRate[j]! - good) <= 15)) j += 1
    removed.add(i, j, 'heartRate', 'spike')
    heartRate.fill(Number.NaN, i, j)
    i = j - 1
  }
}

/** The same value for two minutes and more while the speed changed by over 10 % is a frozen sensor. */
function dropFlatLines(heartRate: Float32Array, speed: Float32Array, hasSpeed: boolean, removed: RemovedSpans): void {
  if (!hasSpeed) return
  const sums = sumsOf(speed)
  for (let i = 0; i < heartRate.length; ) {
    let j = i + 1
    while (j < heartRate.length && heartRate[j] === heartRate[i]) j += 1
    if (j - i >= 120) {
      let low = Number.POSITIVE_INFINITY
      let high = 0
      for (let k = i + 7; k + 8 <= j; k += 5) {
        const v = meanBetween(sums, k - 7, k + 8)
        if (v < low) low = v
        if (v > high) high = v
      }
      if (high - low > 0.1 * ((high + low) / 2)) {
        removed.add(i, j, 'heartRate', 'flat')
        heartRate.fill(Number.NaN, i, j)
      }
    }
    i = j
  }
}

/** Heart rate without what no heart does; holes up to 15 s are bridged. In place. */
export function cleanHeartRate(grid: Grid, removed: RemovedSpans): void {
  const { heartRate } = grid
  const n = heartRate.length
  let hole = -1
  for (let i = 0; i <= n; i += 1) {
    const bad = i < n && !(heartRate[i]! >= 30 && heartRate[i]! <= 230)
    if (bad) {
      if (hole < 0) hole = i
      heartRate[i] = Number.NaN
    } else if (hole >= 0) {
      if (i - hole > 15) removed.add(hole, i, 'heartRate', 'dropout')
      hole = -1
    }
  }
  dropSpikes(heartRate, removed)
  dropFlatLines(heartRate, grid.speed, grid.hasSpeed, removed)
  fillGaps(heartRate, 15)
}

/** Steps a minute with both feet: a column that counts one foot is doubled. */
export function bothFeet(cadence: Float32Array): Float32Array {
  const moving = cadence.filter((c) => c > 40)
  if (moving.length && median(moving) < 110) return cadence.map((c) => c * 2)
  return cadence
}

export type LockCandidates = { like: Uint8Array; step: boolean }

/**
 * Seconds in which the heart rate sits on the step rate, as a wrist sensor shows when it counts steps: within 3 for at
 * least 60 % of two minutes. `step`: it got there by a rise of 15 bpm and more within ten seconds at an unchanged speed. A hard effort
 * looks the same without that, so being alike alone is no verdict.
 */
export function lockCandidates(raw: Float32Array, cadence: Float32Array, speed: Float32Array, hasSpeed: boolean): LockCandidates {
  const n = raw.length
  const near = new Float32Array(n)
  for (let i = 0; i < n; i += 1) near[i] = cadence[i]! >= 120 && Math.abs(raw[i]! - cadence[i]!) <= 3 ? 1 : 0
  const sums = sumsOf(near)
  const speeds = sumsOf(speed)
  const like = new Uint8Array(n)
  for (let i = 0; i + 120 <= n; i += 5)
    if (meanBetween(sums, i, i + 120) >= 0.6) for (let j = i; j < i + 120; j += 1) if (near[j]) like[j] = 1
  let step = false
  for (let i = 0; i < n && !step; i += 1) {
    if (!like[i] || (i > 0 && like[i - 1])) continue
    for (let j = Math.max(10, i - 20); j <= Math.min(n - 1, i + 20) && !step; j += 1) {
      if (!(raw[j]! - raw[j - 10]! >= 15)) continue
      const before = meanBetween(speeds, j - 30, j - 8)
      const after = meanBetween(speeds, j, j + 20)
      step = !hasSpeed || (before > 1 && Math.abs(after - before) < 0.06 * before)
    }
  }
  return { like, step }
}
