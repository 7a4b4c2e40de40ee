/** Figures that a file may leave out, worked out from its samples. */
import type { Samples } from '../core/run.ts'

const EARTH_RADIUS_METERS = 6_371_008.8

/** Great-circle distance in metres between two positions in degrees (haversine, mean earth radius). */
export function metersBetween(latitudeA: number, longitudeA: number, latitudeB: number, longitudeB: number): number {
  const radians = Math.PI / 180
  const sinLatitude = Math.sin(((latitudeB - latitudeA) * radians) / 2)
  const sinLongitude = Math.sin(((longitudeB - longitudeA) * radians) / 2)
  const a = sinLatitude ** 2 + Math.cos(latitudeA * radians) * Math.cos(latitudeB * radians) * sinLongitude ** 2
  return 2 * EARTH_RADIUS_METERS * Math.asin(Math.min(1, Math.sqrt(a)))
}

/** Distance since the start along the positions; samples without a position repeat the last value. */
export function distanceFromPositions(latitude: Float64Array, longitude: Float64Array): Float32Array {
  const distance = new Float32Array(latitude.length)
  let total = 0
  let last = -1
  for (let i = 0; i < latitude.length; i++) {
    if (!Number.isNaN(latitude[i]!)) {
      if (last >= 0) total += metersBetween(latitude[last]!, longitude[last]!, latitude[i]!, longitude[i]!)
      last = i
    }
    distance[i] = total
  }
  return distance
}

/** A hole between samples that is longer than this is a pause (docs/training.md). */
export const PAUSE_SECONDS = 10

/**
 * Metres a second between samples where a file has distance but no speed: the slope over the five seconds around, so that
 * distances kept to the metre do not make it jump. A sample after a pause has none.
 */
export function speedFromDistance(seconds: Float64Array, distance: Float32Array): Float32Array {
  const speed = new Float32Array(seconds.length).fill(Number.NaN)
  let from = 0
  let to = 0
  for (let i = 0; i < seconds.length; i++) {
    while (seconds[i]! - seconds[from]! > 2.5) from++
    to = Math.max(to, i)
    while (to + 1 < seconds.length && seconds[to + 1]! - seconds[i]! <= 2.5) to++
    let a = from
    let b = to
    if (a === b) {
      if (i + 1 < seconds.length && seconds[i + 1]! - seconds[i]! <= PAUSE_SECONDS) b = i + 1
      else if (i > 0 && seconds[i]! - seconds[i - 1]! <= PAUSE_SECONDS) a = i - 1
    }
    const meters = distance[b]! - distance[a]!
    const time = seconds[b]! - seconds[a]!
    if (time > 0 && meters >= 0) speed[i] = meters / time
  }
  return speed
}

/** Slower than this is standing. */
const MOVING_SPEED = 0.5

/**
 * Seconds in motion: the time between samples where speed is at least 0.5 m/s. Across a hole of more than ten seconds the
 * mean speed over it decides, so that sparse recording is no pause. null when the samples hold neither speed nor distance.
 */
export function movingSeconds(samples: Samples): number | null {
  const { seconds, speed, distance } = samples
  if (!speed && !distance) return null
  let moving = 0
  let known = false
  for (let i = 1; i < seconds.length; i++) {
    const time = seconds[i]! - seconds[i - 1]!
    if (time <= 0) continue
    const across = distance ? (distance[i]! - distance[i - 1]!) / time : Number.NaN
    const own = speed ? speed[i]! : Number.NaN
    const pace = time > PAUSE_SECONDS || Number.isNaN(own) ? across : own
    if (Number.isNaN(pace)) continue
    known = true
    if (pace >= MOVING_SPEED) moving += time
  }
  return known ? moving : null
}

/** The mean of the values that are there; null without any. */
export function mean(values: Float32Array | undefined): number | null {
  if (!values) return null
  let sum = 0
  let count = 0
  for (const value of values)
    if (!Number.isNaN(value)) {
      sum += value
      count++
    }
  return count > 0 ? sum / count : null
}

/** The largest value; null without any. */
export function largest(values: Float32Array | undefined): number | null {
  let max = Number.NEGATIVE_INFINITY
  for (const value of values ?? []) if (value > max) max = value
  return max === Number.NEGATIVE_INFINITY ? null : max
}

/** The last value that is there; null without any. */
export function lastOf(values: Float32Array | undefined): number | null {
  for (let i = (values?.length ?? 0) - 1; i >= 0; i--) if (!Number.isNaN(values![i]!)) return values![i]!
  return null
}

/** Climb and descent in metres, counting only turns of at least three metres, so that the sensor's noise adds nothing. */
export function climb(altitude: Float32Array | undefined): { ascent: number; descent: number } | null {
  if (!altitude) return null
  let ascent = 0
  let descent = 0
  let anchor = Number.NaN
  for (const meters of altitude) {
    if (Number.isNaN(meters)) continue
    if (Number.isNaN(anchor)) anchor = meters
    const change = meters - anchor
    if (Math.abs(change) < 3) continue
    if (change > 0) ascent += change
    else descent -= change
    anchor = meters
  }
  return Number.isNaN(anchor) ? null : { ascent, descent }
}

/**
 * Cadence to steps a minute of both feet. Files keep the steps of one foot; a few apps keep both already, which shows when
 * doubling would make a sprinter of the runner.
 */
export function bothFeet(cadence: Float32Array): Float32Array {
  const there = Array.from(cadence).filter((value) => value > 0)
  there.sort((a, b) => a - b)
  const middle = there[there.length >> 1] ?? 0
  return middle > 130 ? cadence : cadence.map((value) => value * 2)
}

/** A column, or undefined when it holds nothing at all. */
export function unlessEmpty<T extends Float32Array | Float64Array>(values: T): T | undefined {
  for (const value of values) if (!Number.isNaN(value)) return values
  return undefined
}
