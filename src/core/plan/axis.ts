import { addDays, type Day, dayNumber, instantOf, type LocalTime, localIn, minutesOf, offsetSecondsAt, timeOf } from '../days.ts'

/** Minutes since 1970-01-01T00:00Z: gaps are measured on this axis, so that clock changes and travel count. */
export type Instant = number

const HOUR = 60
/** Memory of a pure function, by zone and day: one offset for a day whose clock does not change, `null` where it does. */
const offsets = new Map<string, Map<Day, number | null>>()

function offsetOf(day: Day, timeZone: string): number | null {
  let days = offsets.get(timeZone)
  if (!days) {
    days = new Map()
    offsets.set(timeZone, days)
  }
  const known = days.get(day)
  if (known !== undefined) return known
  const first = instantOf(day, '00:00', timeZone)
  const from = offsetSecondsAt(first, timeZone)
  const offset = from === offsetSecondsAt(instantOf(addDays(day, 1), '00:00', timeZone), timeZone) ? from / 60 : null
  if (days.size > 20_000) days.clear()
  days.set(day, offset)
  return offset
}

/** The instant of a wall-clock time, minutes. @throws RangeError for a day, time or zone that does not exist */
export function instantAt(day: Day, time: LocalTime, timeZone: string): Instant {
  const offset = offsetOf(day, timeZone)
  if (offset === null) return instantOf(day, time, timeZone).getTime() / 60_000
  return dayNumber(day) * 24 * HOUR + minutesOf(time) - offset
}

/** The day and clock time of an instant in a zone. @param near the day that it is expected on, which is quick */
export function localAt(instant: Instant, timeZone: string, near: Day): { localDate: Day; localTime: LocalTime } {
  const offset = offsetOf(near, timeZone)
  const minutes = offset === null ? Number.NaN : instant + offset - dayNumber(near) * 24 * HOUR
  if (minutes >= 0 && minutes < 24 * HOUR) return { localDate: near, localTime: timeOf(Math.floor(minutes)) }
  return localIn(new Date(instant * 60_000), timeZone)
}

/** Hours from one instant to another. */
export function hoursBetween(from: Instant, to: Instant): number {
  return (to - from) / HOUR
}
