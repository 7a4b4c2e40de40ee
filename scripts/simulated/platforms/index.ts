import type { Definition } from '../implementation.ts'
import type { PlatformId } from '../types.ts'
import { garmin } from './garmin.ts'
import { intervalsIcu } from './intervals-icu.ts'
import { polar } from './polar.ts'
import { strava } from './strava.ts'

/** Every simulated platform. */
export const definitions: Record<PlatformId, Definition> = {
  'intervals-icu': intervalsIcu,
  garmin,
  strava,
  polar,
  wahoo: intervalsIcu,
  suunto: intervalsIcu,
  coros: intervalsIcu,
}
