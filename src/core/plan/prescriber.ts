import type { Day } from '../days.ts'
import type { Equipment } from '../runner.ts'
import type { WeekPrescription } from '../strength/phases.ts'
import type { BuiltSession, WeekSession } from '../strength/request.ts'
import type { PastSession, SessionKind } from '../strength/session.ts'
import type { World } from './world.ts'

/** What one week asks for, as far as placement cares: due sessions with their stand-ins, best first. */
export type Prescription = Omit<WeekPrescription, 'blockSessions'>

/** What placement asks to be built. */
export type BuildOrder = {
  prescription: Prescription
  kind: SessionKind
  day: Day
  minutes: number
  equipment: Equipment
  history: readonly PastSession[]
  weekSoFar: readonly WeekSession[]
  sessionsThisWeek: number
  sameVisit: boolean
  hardDay: boolean
  hasLongRunThisWeek: boolean
}

/** Who says which sessions are due and what is in them. Handed in, so that placement can be tested with given kinds. */
export type Prescriber = {
  /** @param history sessions before the week and in it, planned ones included */
  week: (monday: Day, history: readonly PastSession[], world: World) => Prescription
  /** `null` when the session cannot be built so (H8, H9). */
  build: (order: BuildOrder, world: World) => BuiltSession | null
  /** Whether `build` would build it; told apart only because it is quicker. */
  canBuild?: (order: BuildOrder, world: World) => boolean
}
