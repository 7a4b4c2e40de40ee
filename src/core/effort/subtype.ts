import type { Subtype } from './assessment.ts'
import { type Doses, isProgression } from './doses.ts'
import type { Structure } from './structure.ts'

export type SubtypeInput = {
  hard: boolean
  race: boolean
  walk: boolean
  sawTooth: boolean
  usable: boolean
  structure: Structure
  doses: Doses | null
  minutes: number | null
  usualMinutes: number | null
}

/** The kind of run; the first that fits. */
export function subtypeOf(input: SubtypeInput): Subtype {
  const { hard, structure, doses } = input
  const minutes = input.minutes ?? 0
  if (!input.usable) return input.race ? 'race' : 'unknown'
  if (input.race) return 'race'
  if (input.walk) return 'walk'
  if (hard && structure.structured) return structure.uphill ? 'hills' : structure.regular ? 'intervals' : 'fartlek'
  if (hard && input.sawTooth) return 'intervals'
  if (hard && doses && isProgression(doses.thirds)) return 'progression'
  if (hard && doses && doses.longestSteady >= 600) return 'tempo'
  if (!hard && structure.strides) return 'strides'
  if (minutes >= Math.max(75, 1.6 * (input.usualMinutes ?? 0))) return 'long'
  if (hard) return structure.bouts.length >= 4 ? 'fartlek' : 'steady'
  if (doses && doses.meanU < -0.7 && minutes <= 40) return 'recovery'
  return 'easy'
}
