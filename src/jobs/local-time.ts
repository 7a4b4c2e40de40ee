/** Which calendar day and clock time a run has: midnight, travel and clock changes. */
import zoneAt from '@photostructure/tz-lookup'
import { type Day, isTimeZone, type LocalTime, localAtOffset, offsetSecondsAt } from '../core/days.ts'

export type LocalMoment = {
  localDate: Day
  localTime: LocalTime
  timeZone: string
  offsetSeconds: number
  /** The zone comes from the run itself, not from what was known of the runner. */
  zoneKnown: boolean
}

export type Where = {
  startAt: Date
  /** Local time less UTC as the file says. */
  offsetSeconds: number | null
  timeZone: string | null
  latitude: number | null
  longitude: number | null
  runnerZone: string
}

/** The zone at a place; null over open sea and for coordinates that are none. */
export function zoneOf(latitude: number | null, longitude: number | null): string | null {
  if (latitude === null || longitude === null) return null
  try {
    const zone = zoneAt(latitude, longitude)
    return isTimeZone(zone) ? zone : null
  } catch {
    return null
  }
}

/**
 * The local moment of a start. The day is the watch's own where the file gives its offset, else that of the place, else
 * that of the runner's zone.
 */
export function localMoment(where: Where): LocalMoment {
  const given = where.timeZone && isTimeZone(where.timeZone) ? where.timeZone : null
  const zone = given ?? zoneOf(where.latitude, where.longitude)
  const offset = where.offsetSeconds ?? offsetSecondsAt(where.startAt, zone ?? where.runnerZone)
  const local = localAtOffset(where.startAt, offset)
  if (zone) return { ...local, timeZone: zone, offsetSeconds: offset, zoneKnown: true }
  if (offsetSecondsAt(where.startAt, where.runnerZone) === offset) {
    return { ...local, timeZone: where.runnerZone, offsetSeconds: offset, zoneKnown: false }
  }
  return { ...local, timeZone: fixedZone(offset) ?? where.runnerZone, offsetSeconds: offset, zoneKnown: false }
}

/** The zone without clock changes that is `offset` ahead of UTC; null where it is not whole hours. (The names' sign is the other way round.) */
function fixedZone(offset: number): string | null {
  const hours = offset / 3600
  if (!Number.isInteger(hours) || hours < -12 || hours > 14) return null
  return hours === 0 ? 'UTC' : `Etc/GMT${hours > 0 ? '-' : '+'}${Math.abs(hours)}`
}
