import type { Samples } from '../run.ts'
import { finite } from './series.ts'
import type { Pause } from './types.ts'

/** The recording on a grid of whole seconds, pauses cut out. `NaN` is missing; `clock` is the second since the start. */
export type Grid = {
  clock: Uint32Array
  speed: Float32Array
  heartRate: Float32Array
  altitude: Float32Array
  cadence: Float32Array
  pauses: Pause[]
  hasSpeed: boolean
  hasHeartRate: boolean
  hasAltitude: boolean
  hasCadence: boolean
}

const LONGEST = 172_800
type Column = ArrayLike<number> | undefined

function at(column: Column, i: number): number {
  const value = column?.[i]
  return typeof value === 'number' && Number.isFinite(value) ? value : Number.NaN
}

/** The samples' order by time: unreadable and doubled seconds dropped. */
function orderOf(seconds: ArrayLike<number>): number[] {
  const order: number[] = []
  let rising = true
  let last = Number.NEGATIVE_INFINITY
  for (let i = 0; i < seconds.length; i += 1) {
    if (finite(seconds[i]) === null) continue
    if (seconds[i]! < last) rising = false
    last = seconds[i]!
    order.push(i)
  }
  if (!rising) order.sort((a, b) => seconds[a]! - seconds[b]! || a - b)
  return order.filter((index, k) => k === 0 || Math.round(seconds[index]!) > Math.round(seconds[order[k - 1]!]!))
}

function some(column: Column, accept: (value: number) => boolean): boolean {
  if (!column) return false
  let found = 0
  for (let i = 0; i < column.length; i += 1) if (accept(column[i]!)) found += 1
  return found >= 5
}

/** Speed as the slope of distance over a few seconds, never across a pause. */
function slopeOf(distance: Float32Array, pauses: Pause[], half: number): Float32Array {
  const n = distance.length
  const out = new Float32Array(n).fill(Number.NaN)
  const edges = [0, ...pauses.map((p) => p.at), n]
  for (let e = 0; e + 1 < edges.length; e += 1) {
    const from = edges[e]!
    const to = edges[e + 1]! - 1
    for (let i = from; i <= to; i += 1) {
      const a = Math.max(from, i - half)
      const b = Math.min(to, i + half)
      if (b > a) out[i] = Math.max(0, (distance[b]! - distance[a]!) / (b - a))
    }
  }
  return out
}

/**
 * Puts the samples on a grid of one second. A hole of more than ten seconds (or three usual steps of a sparse recording)
 * is a pause, unless the distance shows that the runner went on. Never throws: unreadable samples are left out.
 */
export function resample(samples: Samples): Grid | null {
  const order = orderOf(samples.seconds)
  if (order.length < 10) return null
  const seconds = order.map((i) => Math.round(samples.seconds[i]!))
  const steps = seconds.slice(1).map((s, i) => s - seconds[i]!)
  const usual = steps.slice().sort((a, b) => a - b)[steps.length >> 1]!
  const longestHole = Math.min(60, Math.max(10, 3 * usual))
  const hasOwnSpeed = some(samples.speed, (v) => v > 0.3)
  const hasDistance = some(samples.distance, (v) => v > 0)
  const clock: number[] = []
  const pauses: Pause[] = []
  const speed: number[] = []
  const heartRate: number[] = []
  const altitude: number[] = []
  const cadence: number[] = []
  const distance: number[] = []
  const origin = seconds[0]!
  const emit = (a: number, b: number, share: number, second: number) => {
    const mix = (column: Column) => {
      const x = at(column, a)
      if (share === 0) return x
      return x + (at(column, b) - x) * share
    }
    clock.push(second - origin)
    speed.push(mix(samples.speed))
    heartRate.push(mix(samples.heartRate))
    altitude.push(mix(samples.altitude))
    cadence.push(mix(samples.cadence))
    distance.push(mix(samples.distance))
  }
  for (let k = 0; k < order.length && clock.length < LONGEST; k += 1) {
    const a = order[k]!
    const here = seconds[k]!
    emit(a, a, 0, here)
    if (k + 1 >= order.length) break
    const b = order[k + 1]!
    const hole = seconds[k + 1]! - here
    const went = at(samples.distance, b) - at(samples.distance, a)
    const onTheMove = hasDistance && hole <= 60 && went / hole >= 1 && went / hole < 8.5
    if (hole > longestHole && !onTheMove) pauses.push({ at: clock.length, seconds: hole })
    else for (let s = 1; s < hole; s += 1) emit(a, b, s / hole, here + s)
  }
  const half = Math.max(2, Math.min(10, usual))
  const speedColumn = hasOwnSpeed ? Float32Array.from(speed) : hasDistance ? slopeOf(Float32Array.from(distance), pauses, half) : null
  return {
    clock: Uint32Array.from(clock),
    speed: speedColumn ?? new Float32Array(clock.length).fill(Number.NaN),
    heartRate: Float32Array.from(heartRate),
    altitude: Float32Array.from(altitude),
    cadence: Float32Array.from(cadence),
    pauses,
    hasSpeed: speedColumn !== null,
    hasHeartRate: some(samples.heartRate, (v) => v >= 30 && v <= 230),
    hasAltitude: some(samples.altitude, (v) => Number.isFinite(v)),
    hasCadence: some(samples.cadence, (v) => v > 40),
  }
}
