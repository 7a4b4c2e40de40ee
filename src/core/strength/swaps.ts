import type { Runner } from '../runner.ts'
import type { Exercise } from './exercise.ts'
import { findExercise } from './exercises.ts'
import { roundDown } from './loads.ts'
import type { SessionExercise } from './session.ts'

/** Fewest reps that still train when the weight is gone: on one leg, on two. */
const UNLOADED_REPS = { perSide: 8, both: 12 } as const

/**
 * The weight of the other exercise for the same effort: as far above or below what people start it with as the planned one
 * is, a tenth less because it is new.
 */
function weightFor(planned: SessionExercise, exercise: Exercise, units: Runner['units']): number | null {
  if (exercise.load === null) return null
  const from = findExercise(planned.id)?.load
  const start = exercise.load.startKg[0]
  if (!from || planned.weightKg === null) return roundDown(start, exercise.load.kind, units)
  return roundDown((planned.weightKg / from.startKg[1]) * exercise.load.startKg[1] * 0.9, exercise.load.kind, units)
}

/** One exercise in the place of another. */
function instead(planned: SessionExercise, exercise: Exercise, units: Runner['units']): SessionExercise {
  const weightKg = weightFor(planned, exercise, units)
  const lostWeight = weightKg === null && (planned.weightKg ?? 0) > 0
  const least = lostWeight ? UNLOADED_REPS[exercise.perSide ? 'perSide' : 'both'] : 1
  const { timed } = exercise
  const sameSort = findExercise(planned.id)?.dose === exercise.dose
  return {
    ...planned,
    id: exercise.id,
    name: exercise.name,
    cue: exercise.cue,
    perSide: exercise.perSide,
    reps: timed ? null : Math.max(least, planned.reps ?? 10),
    seconds: timed ? (planned.seconds ?? 30) : null,
    weightKg,
    tempo: sameSort && !timed && !lostWeight ? (planned.tempo ?? null) : null,
  }
}

/**
 * The exercises with the runner's swaps in place: part, pair, sets and rest stay, reps or seconds are turned into what the
 * other exercise is counted by, and the weight is that of the same effort. A swap to an unknown exercise is left out.
 * @param swaps planned exercise id -> wanted exercise id
 */
export function withSwaps(
  exercises: readonly SessionExercise[],
  swaps: Readonly<Record<string, string>>,
  units: Runner['units'] = 'metric',
): SessionExercise[] {
  return exercises.map((planned) => {
    const wanted = swaps[planned.id]
    const exercise = wanted && wanted !== planned.id ? findExercise(wanted) : null
    return exercise ? instead(planned, exercise, units) : planned
  })
}
