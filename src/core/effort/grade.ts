import { clamp, meanBetween, rollingMean, sumsOf } from './series.ts'

/**
 * How much faster on the flat the same heart rate would be: grade-adjusted speed = speed × this. The curve was fitted
 * to equal-heart-rate pace of millions of runs (docs/training.md); `grade` is a fraction, clamped to ±0.30.
 */
export function gradeFactor(grade: number): number {
  const g = clamp(grade * 100, -30, 30)
  return 1 + 0.0326567 * g + 0.00205357 * g * g - 3.98957e-6 * g ** 3 - 5.29444e-7 * g ** 4
}

/** Energy cost of running on a grade over that on the flat (Minetti 2002), valid to ±0.45. A cross-check, not what is used. */
export function minettiFactor(grade: number): number {
  const i = clamp(grade, -0.45, 0.45)
  return (155.4 * i ** 5 - 30.4 * i ** 4 - 43.3 * i ** 3 + 46.3 * i * i + 19.5 * i + 3.6) / 3.6
}

export type Grades = { grade: Float32Array; ascentMeters: number; descentMeters: number; noisy: boolean }

/** Half the distance over which a slope is taken, metres: a barometer's height is steady, a satellite's is not. */
const HALF_STEADY = 15
const HALF_ROUGH = 50
/** Mean deviation of a steady height from its own mean of nine seconds, metres. */
const STEADY = 0.4
const LEAST = 20

/**
 * Grade at each second from altitude and speed, smoothed over distance; 0 where it cannot be told. `noisy` says that the
 * altitude jitters so much that no grade can be trusted: all grades are 0 then.
 */
export function gradesOf(altitude: Float32Array, speed: Float32Array): Grades {
  const n = altitude.length
  const smooth = rollingMean(altitude, 9)
  const distance = new Float64Array(n + 1)
  for (let i = 0; i < n; i += 1) distance[i + 1] = distance[i]! + (speed[i]! > 0 ? speed[i]! : 0)
  const grade = new Float32Array(n)
  const sums = sumsOf(smooth)
  const half = roughness(altitude, smooth) <= STEADY ? HALF_STEADY : HALF_ROUGH
  let low = 0
  let high = 0
  for (let i = 0; i < n; i += 1) {
    while (distance[low]! < distance[i]! - half) low += 1
    while (high < n - 1 && distance[high]! < distance[i]! + half) high += 1
    const run = distance[high]! - distance[low]!
    if (run < LEAST) continue
    const rise = meanBetween(sums, high - 1, high + 2) - meanBetween(sums, low - 1, low + 2)
    if (!Number.isNaN(rise)) grade[i] = clamp(rise / run, -0.45, 0.45)
  }
  let ascent = 0
  let descent = 0
  let jitter = 0
  for (let i = 1; i < n; i += 1) {
    const rise = grade[i]! * (distance[i + 1]! - distance[i]!)
    if (rise > 0) ascent += rise
    else descent -= rise
    const step = Math.abs(altitude[i]! - altitude[i - 1]!)
    if (!Number.isNaN(step)) jitter += step
  }
  const km = distance[n]! / 1000
  const noisy = km > 0.3 && jitter / km > 120 && jitter > 3 * (ascent + descent)
  if (noisy) return { grade: new Float32Array(n), ascentMeters: Number.NaN, descentMeters: Number.NaN, noisy }
  return { grade, ascentMeters: ascent, descentMeters: descent, noisy }
}

function roughness(altitude: Float32Array, smooth: Float32Array): number {
  let sum = 0
  let n = 0
  for (let i = 0; i < altitude.length; i += 1) {
    const off = Math.abs(altitude[i]! - smooth[i]!)
    if (Number.isNaN(off)) continue
    sum += off
    n += 1
  }
  return n ? sum / n : 0
}
