import type { SessionKind } from './session.ts'

/** How much the legs pay, 0 to 1 (docs/training.md, session kinds). */
const legLoads: Record<SessionKind, number> = {
  foundation: 0.6,
  hypertrophy: 1,
  maxStrength: 1,
  power: 0.7,
  maintenance: 0.5,
  upperCore: 0,
  coreMicro: 0,
  activation: 0.1,
  mobility: 0,
}

const minutes: Record<SessionKind, { min: number; usual: number; max: number }> = {
  foundation: { min: 20, usual: 32, max: 35 },
  hypertrophy: { min: 26, usual: 42, max: 45 },
  maxStrength: { min: 26, usual: 42, max: 45 },
  power: { min: 24, usual: 40, max: 42 },
  maintenance: { min: 18, usual: 26, max: 30 },
  upperCore: { min: 13, usual: 22, max: 25 },
  coreMicro: { min: 7, usual: 9, max: 15 },
  activation: { min: 8, usual: 10, max: 12 },
  mobility: { min: 8, usual: 18, max: 20 },
}

/** How much the legs pay for a kind, 0 to 1. */
export function legLoadOf(kind: SessionKind): number {
  return legLoads[kind]
}

/** Full-body kinds with leg strength, which the spacing rules bind. */
export function isLegKind(kind: SessionKind): boolean {
  return legLoads[kind] >= 0.5
}

/** Minutes of a kind: the shortest form worth doing, the usual one, and the most it takes. */
export function kindMinutes(kind: SessionKind): { min: number; usual: number; max: number } {
  return minutes[kind]
}
