import type { Definition } from '../implementation.ts'
import type { PlatformId } from '../types.ts'
import { garmin } from './garmin.ts'
import { intervalsIcu } from './intervals-icu.ts'

/** Every simulated platform. */
export const definitions: Record<PlatformId, Definition> = {
  'intervals-icu': intervalsIcu,
  garmin,
  strava: intervalsIcu,
  polar: intervalsIcu,
  wahoo: intervalsIcu,
  suunto: intervalsIcu,
  coros: intervalsIcu,
}
