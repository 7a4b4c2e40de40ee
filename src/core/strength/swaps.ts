import type { Exercise } from './exercise.ts'
import { findExercise } from './exercises.ts'
import type { SessionExercise } from './session.ts'

/** One exercise in the place of another. */
function instead(planned: SessionExercise, exercise: Exercise): SessionExercise {
  const timed = exercise.timed
  return {
    ...planned,
    id: exercise.id,
    name: exercise.name,
    cue: exercise.cue,
    perSide: exercise.perSide,
    reps: timed ? null : (planned.reps ?? 10),
    seconds: timed ? (planned.seconds ?? 30) : null,
    weightKg: exercise.load === null ? null : Math.min(exercise.load.startKg[0], planned.weightKg ?? exercise.load.startKg[0]),
    tempo: null,
  }
}

/**
 * The exercises with the runner's swaps in place: sets and rest stay, the dose is turned into what the other exercise is
 * counted by, and its weight begins low. A swap to an unknown exercise is left out.
 * @param swaps planned exercise id -> wanted exercise id
 */
export function withSwaps(exercises: readonly SessionExercise[], swaps: Readonly<Record<string, string>>): SessionExercise[] {
  return exercises.map((planned) => {
    const wanted = swaps[planned.id]
    const exercise = wanted && wanted !== planned.id ? findExercise(wanted) : null
    return exercise ? instead(planned, exercise) : planned
  })
}
