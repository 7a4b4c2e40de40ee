import { judge } from '../../../src/core/effort/learn.ts'
import { prepareRun } from '../../../src/core/effort/prepare.ts'
import { type EffortState, initialState, type Seed, withThresholds } from '../../../src/core/effort/state.ts'
import { type EffortProfile, type PrepareInput, plainProfile } from '../../../src/core/effort/types.ts'
import type { Samples } from '../../../src/core/run.ts'

/** The reference runner of the training rules' edge cases: docs/training.md. */
export const reference: Seed = {
  day: '2026-05-31',
  speed1: 3.036,
  speed2: 3.7,
  heartRate1: 153.9,
  heartRate2: 169.1,
  maxHeartRate: 190,
  restingHeartRate: 55,
}
export const EASY = 2.79

/** A stretch of a made-up run: seconds at a speed (m/s), a grade, a step rate, or a hole in the recording. */
export type Part = { seconds: number; speed: number; grade?: number; cadence?: number; pause?: boolean; toSpeed?: number }

export const part = (seconds: number, speed: number, more: Partial<Part> = {}): Part => ({ seconds, speed, ...more })
export const easy = (minutes: number) => part(minutes * 60, EASY)
export const repeat = (times: number, ...parts: Part[]): Part[] => Array.from({ length: times }, () => parts).flat()

/** Speed between the reference runner's thresholds: 0 at the first, 1 at the second. */
export const at = (u: number) => reference.speed1 + u * (reference.speed2 - reference.speed1)

/** A small, repeatable noise in -1 to 1. */
export function noise(seed: number): () => number {
  let x = (seed * 2654435761 + 12345) >>> 0
  return () => {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0
    return (x / 4294967295) * 2 - 1
  }
}

export type Made = { seconds: number[]; speed: number[]; heartRate: number[]; altitude: number[]; cadence: number[] }
export type Body = { addHeartRate?: number; drift?: number; seed?: number; scale?: number; flat?: boolean }

/**
 * The run second by second: heart rate follows 153.9 + 22.9·(flat-equal speed − 3.036) as a first-order response, 55 s up
 * and 60 s down, between 75 and 187.
 */
export function makeRun(parts: Part[], body: Body = {}): Made {
  const random = noise(body.seed ?? 7)
  const made: Made = { seconds: [], speed: [], heartRate: [], altitude: [], cadence: [] }
  const total = parts.reduce((sum, p) => sum + p.seconds, 0)
  let heart = 95
  let clock = 0
  let height = 100
  for (const p of parts) {
    for (let s = 0; s < p.seconds; s += 1) {
      const speed = (p.speed + ((p.toSpeed ?? p.speed) - p.speed) * (s / Math.max(1, p.seconds))) * (body.scale ?? 1)
      const k = factor(p.grade ?? 0)
      const drift = ((body.drift ?? 0) * clock) / total
      const target = Math.min(
        187,
        Math.max(75, speed < 0.5 ? 75 : 153.9 + 22.9 * ((speed * k) / (body.scale ?? 1) - 3.036)) + (body.addHeartRate ?? 0) + drift,
      )
      heart += (target - heart) / (target > heart ? 55 : 60)
      height += speed * (p.grade ?? 0)
      if (!p.pause) {
        made.seconds.push(clock)
        made.speed.push(Math.max(0, speed + (speed > 0.5 ? 0.06 * random() : 0)))
        made.heartRate.push(Math.round(heart + 0.8 * random()))
        made.altitude.push(Math.round(height * 10) / 10)
        made.cadence.push(p.cadence ?? (speed < 0.5 ? 0 : speed < 2 ? 118 : 169 + Math.round(random())))
      }
      clock += 1
    }
  }
  return made
}

function factor(grade: number): number {
  const g = grade * 100
  return 1 + 0.0326567 * g + 0.00205357 * g * g - 3.98957e-6 * g ** 3 - 5.29444e-7 * g ** 4
}

export function samplesOf(made: Made, without: (keyof Made)[] = []): Samples {
  const samples: Samples = { seconds: Float64Array.from(made.seconds) }
  for (const key of ['speed', 'heartRate', 'altitude', 'cadence'] as const)
    if (!without.includes(key)) samples[key] = Float32Array.from(made[key])
  return samples
}

export function inputOf(made: Made | null, more: Partial<PrepareInput> = {}, without: (keyof Made)[] = []): PrepareInput {
  const samples = made ? samplesOf(made, without) : null
  const distance = made && !without.includes('speed') ? made.speed.reduce((sum, v) => sum + v, 0) : null
  return {
    samples,
    laps: [],
    distanceMeters: distance,
    movingSeconds: made ? (without.includes('speed') ? made.seconds.length : made.speed.filter((v) => v >= 0.5).length) : null,
    elapsedSeconds: made ? (made.seconds.at(-1) ?? 0) + 1 : null,
    ascentMeters: null,
    descentMeters: null,
    averageHeartRate: null,
    maxHeartRate: null,
    surface: 'road',
    race: false,
    heartRateSensor: null,
    temperatureCelsius: null,
    ...more,
  }
}

export const meta = (id = 'r', localDate = '2026-06-01', word: 'easy' | 'hard' | null = null) => ({
  id,
  localDate,
  startAt: new Date(`${localDate}T06:00:00Z`),
  word,
})

export const referenceState = (): EffortState => withThresholds(initialState(plainProfile), reference)

/** Judges a made-up run as the reference runner's. */
export function judgeAsReference(input: PrepareInput, profile: EffortProfile = plainProfile, state: EffortState = referenceState()) {
  return judge(state, prepareRun(input), meta(), profile)
}
