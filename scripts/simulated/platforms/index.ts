import type { Definition } from '../implementation.ts'
import type { PlatformId } from '../types.ts'
import { coros } from './coros.ts'
import { garmin } from './garmin.ts'
import { intervalsIcu } from './intervals-icu.ts'
import { polar } from './polar.ts'
import { strava } from './strava.ts'
import { suunto } from './suunto.ts'
import { wahoo } from './wahoo.ts'

/** Every simulated platform. */
export const definitions: Record<PlatformId, Definition> = {
  'intervals-icu': intervalsIcu,
  garmin,
  strava,
  polar,
  wahoo,
  suunto,
  coros,
}
