import type { Exercise } from './exercises.ts'
import type { SessionExercise } from './session.ts'
import type { Slot } from './templates.ts'

/** One exercise of a session while it is being built. */
export type Item = {
  exercise: Exercise
  slot: Slot
  session: SessionExercise
  /** The goal or a long run gave it a set more, which goes first when time is short. */
  raised: boolean
  firstWeight: boolean
}
