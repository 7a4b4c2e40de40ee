import type { PlatformId, PlatformSettings } from '../settings.ts'
import { coros } from './coros/index.ts'
import { garmin } from './garmin/index.ts'
import { intervalsIcu } from './intervals-icu/index.ts'
import type { Platform } from './platform.ts'
import { polar } from './polar/index.ts'
import { strava } from './strava/index.ts'
import { suunto } from './suunto/index.ts'
import { wahoo } from './wahoo/index.ts'

/** All platforms, the open ones first. Adding one is a folder here, a line in this list, and a file under webhooks/. */
export const platforms: readonly Platform[] = [intervalsIcu, garmin, coros, suunto, polar, wahoo, strava]

/** The platform of this id, or null. */
export function findPlatform(id: string): Platform | null {
  return platforms.find((platform) => platform.id === id) ?? null
}

/** The platform of this id. @throws RangeError when there is none */
export function platformOf(id: PlatformId): Platform {
  const platform = findPlatform(id)
  if (!platform) throw new RangeError(`${id} is no platform`)
  return platform
}

/** How a platform can be connected with these settings; `null`: it is not offered. */
export function offered(platform: Platform, settings: PlatformSettings): 'oauth' | 'apiKey' | null {
  if (platform.needs.connect.every((name) => settings[name] !== null)) return 'oauth'
  return platform.apiKey?.ready(settings) ? 'apiKey' : null
}
