import type { Demand } from '../runner.ts'

export type EffortLabel = 'easy' | 'hard' | 'unclear'
export type Subtype =
  | 'recovery'
  | 'easy'
  | 'steady'
  | 'long'
  | 'tempo'
  | 'intervals'
  | 'hills'
  | 'fartlek'
  | 'progression'
  | 'race'
  | 'strides'
  | 'walk'
  | 'unknown'

/** The answer for one run: easy or hard, how sure, and why. */
export type Assessment = {
  label: EffortLabel
  /** Probability that the run was hard, 0 to 1, two decimals. */
  pHard: number
  /** 0.5 to 1, capped by what was known of the run. */
  confidence: number
  decidedBy: 'classifier' | 'runner'
  /** Recovery cost; a long easy run is easy and high. */
  demand: Demand
  subtype: Subtype
  /** hard, high demand or a race: strength keeps away from it. */
  hardForPlacement: boolean
  /** Sentences for the runner, the deciding one first; paces as `5:29/km`. */
  reasons: string[]
  /** The runner should be asked, because the answer could change a placement. */
  ask: boolean
}
