import { clamp } from './series.ts'

/** Oxygen cost of running at v m/min, ml/kg/min (Daniels and Gilbert 1979). */
export function oxygenCost(v: number): number {
  return -4.6 + 0.182258 * v + 0.000104 * v * v
}

/** The speed, m/min, at an oxygen cost: the inverse of `oxygenCost`. */
export function speedAtCost(cost: number): number {
  return (-0.182258 + Math.sqrt(0.182258 ** 2 + 4 * 0.000104 * (cost + 4.6))) / (2 * 0.000104)
}

/** VDOT of a race over `meters` in `seconds` (Daniels and Gilbert 1979). */
export function vdot(meters: number, seconds: number): number {
  const t = seconds / 60
  const share = 0.8 + 0.1894393 * Math.exp(-0.012778 * t) + 0.2989558 * Math.exp(-0.1932605 * t)
  return oxygenCost(meters / t) / share
}

/** The second threshold's speed, m/s, that a race proves: v(0.88·VDOT)/0.98. */
export function speed2FromRace(meters: number, seconds: number): number {
  return speedAtCost(0.88 * vdot(meters, seconds)) / 60 / 0.98
}

/** Critical speed and D′ by least squares of distance on time; `null` with fewer than two durations. */
export function criticalSpeed(efforts: readonly { seconds: number; meters: number }[]): { speed: number; reserveMeters: number } | null {
  const n = efforts.length
  if (n < 2) return null
  let t = 0
  let d = 0
  for (const e of efforts) {
    t += e.seconds / n
    d += e.meters / n
  }
  let tt = 0
  let td = 0
  for (const e of efforts) {
    tt += (e.seconds - t) ** 2
    td += (e.seconds - t) * (e.meters - d)
  }
  if (tt < 1) return null
  return { speed: td / tt, reserveMeters: d - (td / tt) * t }
}

/** First threshold as a share of critical speed, m/s (Hunter 2024). */
export function firstThresholdShare(speed2: number): number {
  const kmh = speed2 * 3.6
  if (kmh <= 13.4) return 0.806 + (0.832 - 0.806) * clamp((kmh - 11.5) / 1.9, 0, 1)
  return 0.832 + (0.842 - 0.832) * clamp((kmh - 13.4) / 2.6, 0, 1)
}

/** Banister's training impulse of `minutes` at one heart rate; an unknown sex takes the mean of both forms. */
export function trainingImpulse(minutes: number, heartRate: number, rest: number, maximum: number, sex: 'female' | 'male' | null): number {
  const x = clamp((heartRate - rest) / Math.max(20, maximum - rest), 0, 1.1)
  const male = 0.64 * Math.exp(1.92 * x)
  const female = 0.86 * Math.exp(1.67 * x)
  return minutes * x * (sex === 'male' ? male : sex === 'female' ? female : (male + female) / 2)
}

/** Running stress: hours × IF² × 100. */
export function paceLoad(seconds: number, intensityFactor: number): number {
  return (seconds / 3600) * intensityFactor * intensityFactor * 100
}

/** Edwards' load of `minutes` at one heart rate: 1 to 5 points a minute by tenths of the maximum from 50 %. */
export function edwardsPoints(minutes: number, heartRate: number, maximum: number): number {
  const share = heartRate / maximum
  return share < 0.5 ? 0 : minutes * Math.min(5, Math.floor((share - 0.5) * 10 + 1e-9) + 1)
}

/** Maximum heart rate expected at an age: Tanaka 2001, 4 lower for women (Nikolaidis 2018). 186 ± 12 when the age is unknown. */
export function expectedMaxHeartRate(age: number | null, sex: 'female' | 'male' | null): { value: number; sd: number } {
  if (age === null) return { value: 186 - (sex === 'female' ? 2 : 0), sd: 12 }
  return { value: 208 - 0.7 * clamp(age, 10, 95) - (sex === 'female' ? 4 : 0), sd: 10 }
}
