import type { Equipment } from '../runner.ts'
import { type Exercise, householdNeeds, type Pattern, tierOrder } from './exercise.ts'
import { exerciseList } from './exercise-list.ts'

export type { Exercise, FocusArea, Muscle, Pattern } from './exercise.ts'
export { exerciseList }

const byId = new Map(exerciseList.map((exercise) => [exercise.id, exercise]))

/** The exercise of an id, or null when the library has none. */
export function findExercise(id: string): Exercise | null {
  return byId.get(id) ?? null
}

/** The exercise of an id. @throws RangeError when the library has none */
export function exerciseOf(id: string): Exercise {
  const found = byId.get(id)
  if (!found) throw new RangeError(`${id} is no exercise of the library`)
  return found
}

export const legPatterns: readonly Pattern[] = ['squat', 'lunge', 'step', 'hinge', 'bridge']
export const corePatterns: readonly Pattern[] = ['antiRotation', 'antiExtension', 'rotation']

const legWork: readonly Pattern[] = [...legPatterns, 'calf', 'hipAbduction', 'plyo', 'balance']

/** Whether the exercise trains the legs: strength, calf, hip, balance and jumps. */
export function isLegExercise(exercise: Exercise): boolean {
  return exercise.id !== 'superman' && legWork.includes(exercise.pattern)
}

/** Main strength work of the legs, which the share of one-leg sets is counted on (rule S0-08): no calf, no jumps. */
export function isLegStrength(exercise: Exercise): boolean {
  return legPatterns.includes(exercise.pattern) && exercise.id !== 'superman' && exercise.dose !== 'H'
}

/** Jumps and hops, which count as contacts. */
export function isJump(exercise: Exercise): boolean {
  return exercise.pattern === 'plyo'
}

/** Straight-knee and bent-knee calf work are done in turn (rule S4-11); other exercises are neither. */
export function calfKind(id: string): 'straight' | 'bent' | null {
  if (id === 'seated_calf_raise' || id === 'bent_knee_sl_calf') return 'bent'
  return id === 'calf_raise' || id === 'sl_calf_raise' || id === 'db_calf_raise' ? 'straight' : null
}

/**
 * Whether a runner with this equipment can do the exercise. Tiers stand on each other, so dumbbells include a band.
 * Household things are there for everybody, the rest of `needs` in a gym only.
 */
export function hasEquipmentFor(exercise: Exercise, equipment: Equipment): boolean {
  const tier = exercise.unloaded ? 'none' : exercise.tier
  if (tierOrder.indexOf(tier) > tierOrder.indexOf(equipment)) return false
  return equipment === 'gym' || exercise.needs.every((need) => householdNeeds.includes(need))
}
