import type { Race } from '../runner.ts'
import { isLegKind, kindMinutes, legLoadOf } from '../strength/kinds.ts'
import type { SessionKind } from '../strength/session.ts'

/** How one kind of session stands to running: the table of docs/training.md#spacing. Hours unless the name says otherwise. */
export type KindSpacing = {
  /** End of strength to the start of the next demanding run. */
  minGap: number
  preferredGap: number
  /** In the first two sessions of a block, or after 21 days off. */
  freshMinGap: number
  freshPreferredGap: number
  /** Least hours after a hard run of the same day; 0 is the same visit. */
  afterHardRun: number
}

const HEAVY = { minGap: 24, preferredGap: 48, freshMinGap: 48, freshPreferredGap: 60 }
const LIGHT = { minGap: 0, freshMinGap: 0, afterHardRun: 0 }

export const spacing: Readonly<Record<SessionKind, KindSpacing>> = {
  foundation: {
    minGap: 24,
    preferredGap: 36,
    freshMinGap: 24,
    freshPreferredGap: 36,
    afterHardRun: 0,
  },
  hypertrophy: { afterHardRun: 3, ...HEAVY },
  maxStrength: { afterHardRun: 0, ...HEAVY },
  power: {
    minGap: 24,
    preferredGap: 36,
    freshMinGap: 48,
    freshPreferredGap: 48,
    afterHardRun: 3,
  },
  maintenance: {
    minGap: 20,
    preferredGap: 36,
    freshMinGap: 20,
    freshPreferredGap: 36,
    afterHardRun: 0,
  },
  upperCore: { ...LIGHT, preferredGap: 6, freshPreferredGap: 6 },
  coreMicro: { ...LIGHT, preferredGap: 0, freshPreferredGap: 0 },
  activation: { ...LIGHT, preferredGap: 36, freshPreferredGap: 36 },
  mobility: { ...LIGHT, preferredGap: 0, freshPreferredGap: 0 },
}

export { isLegKind, kindMinutes, legLoadOf }

/** Sessions whose blocks begin with two that need 48 h before a demanding run. */
export function isHeavyKind(kind: SessionKind): boolean {
  return kind === 'hypertrophy' || kind === 'maxStrength' || kind === 'power'
}

/** Start of one leg session to the start of the next, hours. */
export const LEG_SPACING_HOURS = 48
export const PREFERRED_LEG_SPACING_HOURS = 72

export type RaceClass = 'short' | 'half' | 'marathon' | 'ultra'

/** Which row of the race table a distance belongs to. */
export function raceClass(distanceMeters: number): RaceClass {
  if (distanceMeters <= 16_500) return 'short'
  if (distanceMeters <= 30_000) return 'half'
  if (distanceMeters <= 45_000) return 'marathon'
  return 'ultra'
}

type DaysBefore = Readonly<Record<'heavy' | 'medium' | 'maintenance' | 'upperCore', number>>
const beforeA: Readonly<Record<RaceClass, DaysBefore>> = {
  short: { heavy: 7, medium: 5, maintenance: 3, upperCore: 2 },
  half: { heavy: 7, medium: 5, maintenance: 4, upperCore: 3 },
  marathon: { heavy: 12, medium: 10, maintenance: 6, upperCore: 4 },
  ultra: { heavy: 14, medium: 12, maintenance: 7, upperCore: 4 },
}
const beforeB: DaysBefore = { heavy: 4, medium: 3, maintenance: 3, upperCore: 2 }

/** Days that must lie between the end of a session of this kind and the start of a race; 0 where the race sets none. */
export function daysBeforeRace(kind: SessionKind, race: Race): number {
  if (race.priority === 'C') return 0
  const row = race.priority === 'B' ? beforeB : beforeA[raceClass(race.distanceMeters)]
  if (kind === 'hypertrophy' || kind === 'maxStrength') return row.heavy
  if (kind === 'power' || kind === 'foundation') return row.medium
  if (kind === 'maintenance') return row.maintenance
  return kind === 'upperCore' ? row.upperCore : 0
}

/** Hours before the start of a race in which activation belongs; `null` for races that need none. */
export function activationWindow(race: Race): { from: number; to: number } | null {
  if (race.priority === 'C') return null
  const long = race.priority === 'A' && ['marathon', 'ultra'].includes(raceClass(race.distanceMeters))
  return long ? { from: 30, to: 54 } : { from: 20, to: 48 }
}

/** Whole days after a race without leg strength, and until which day only maintenance. */
export function daysAfterRace(distanceMeters: number): { none: number; maintenanceOnly: number } {
  if (distanceMeters <= 7_500) return { none: 1, maintenanceOnly: 1 }
  if (distanceMeters <= 16_500) return { none: 2, maintenanceOnly: 2 }
  if (distanceMeters <= 30_000) return { none: 4, maintenanceOnly: 4 }
  if (distanceMeters <= 45_000) return { none: 7, maintenanceOnly: 13 }
  return { none: 10, maintenanceOnly: 14 }
}
