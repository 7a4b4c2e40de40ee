import type { Goal } from '../runner.ts'
import type { Exercise } from './exercises.ts'

/** Parts of the training that a goal weighs. */
export type GoalPart = 'power' | 'hip' | 'legs' | 'posterior' | 'calf' | 'balance' | 'core'
export type GoalProfile = 'flat5k' | 'trail10k' | 'hills' | 'flatLong' | 'ultra' | 'general'

/** Multipliers on the number of sets (docs/training.md, goals). */
const profiles: Record<GoalProfile, Record<GoalPart, number>> = {
  flat5k: { power: 1.5, hip: 1.3, legs: 1, posterior: 1, calf: 1.1, balance: 0.7, core: 0.9 },
  trail10k: { power: 0.9, hip: 1.1, legs: 1.4, posterior: 1.1, calf: 1.2, balance: 1.6, core: 1.1 },
  hills: { power: 1.4, hip: 1.1, legs: 1.1, posterior: 1.2, calf: 1.4, balance: 1, core: 1 },
  flatLong: { power: 0.8, hip: 1.1, legs: 1, posterior: 1.4, calf: 1.2, balance: 0.8, core: 1.4 },
  ultra: { power: 0.7, hip: 1.1, legs: 1.3, posterior: 1.3, calf: 1.3, balance: 1.2, core: 1.3 },
  general: { power: 1, hip: 1, legs: 1.2, posterior: 1, calf: 1, balance: 1, core: 1 },
}

/** The profiles a goal has; two of them are mixed half and half. */
export function profilesOf({ distance, terrain }: Goal): GoalProfile[] {
  const byDistance: Record<Goal['distance'], GoalProfile> = {
    '5k': 'flat5k',
    '10k': 'flat5k',
    half: 'flatLong',
    marathon: 'flatLong',
    ultra: 'ultra',
    general: 'general',
  }
  const own = byDistance[distance]
  if (terrain === 'flat') return [own]
  if (terrain === 'hilly') return own === 'general' ? ['hills'] : [own, 'hills']
  return own === 'ultra' || distance === 'marathon' ? [own, 'trail10k'] : ['trail10k']
}

const partOf: Partial<Record<Exercise['pattern'], GoalPart>> = {
  plyo: 'power',
  hipAbduction: 'hip',
  squat: 'legs',
  lunge: 'legs',
  step: 'legs',
  hinge: 'posterior',
  bridge: 'posterior',
  calf: 'calf',
  balance: 'balance',
  antiExtension: 'core',
  antiRotation: 'core',
  rotation: 'core',
}

/** How much more (or less) of an exercise a goal asks for; 1 is neutral. */
export function goalFactor(exercise: Exercise, goal: Goal): number {
  const part = partOf[exercise.pattern]
  if (!part) return 1
  const chosen = profilesOf(goal)
  return chosen.reduce((sum, profile) => sum + profiles[profile][part], 0) / chosen.length
}

/** Goals on trails and long rough courses, which want balance work each week (rule S4-16). */
export function wantsBalance(goal: Goal): boolean {
  return goal.terrain === 'trail'
}

/** A race distance was named, so the legs get 60 to 70 % of the sets (rule S1-18). */
export function isRaceGoal(goal: Goal): boolean {
  return goal.distance !== 'general'
}
