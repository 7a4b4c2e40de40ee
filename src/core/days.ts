/**
 * Local calendar days and clock times. A day is `YYYY-MM-DD`, a local time `HH:MM`, a time zone an IANA name.
 * Day arithmetic works on whole days since 1970-01-01, so it knows nothing of clock changes; only the functions that
 * take a time zone do.
 */

/** A calendar day, `YYYY-MM-DD`. */
export type Day = string
/** A wall-clock time, `HH:MM`. */
export type LocalTime = string
export type Weekday = 'monday' | 'tuesday' | 'wednesday' | 'thursday' | 'friday' | 'saturday' | 'sunday'

export const weekdays: readonly Weekday[] = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']

const DAY_MS = 86_400_000

/** Days since 1970-01-01 of a day of the proleptic Gregorian calendar, counted in years that begin in March. */
function civilDays(year: number, month: number, date: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + date - 1
  return era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468
}

const monthLengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
/** Memory of a pure function, for the days that one plan or one history goes over again and again. */
const numbers = new Map<Day, number>()

/** Days since 1970-01-01 of a calendar day. @throws RangeError when it is no calendar day */
export function dayNumber(day: Day): number {
  const known = numbers.get(day)
  if (known !== undefined) return known
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day)
  const year = Number(match?.[1])
  const month = Number(match?.[2])
  const date = Number(match?.[3])
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 1 : 0
  if (!(date >= 1 && date <= (monthLengths[month - 1] ?? 0) + leap)) throw new RangeError(`${day} is not a calendar day`)
  const number = civilDays(year, month, date)
  if (numbers.size >= 10_000) numbers.clear()
  numbers.set(day, number)
  return number
}

const dayTexts = new Map<number, Day>()

/** The calendar day of a day number, years 0 to 9999. */
export function dayOf(number: number): Day {
  const known = dayTexts.get(number)
  if (known !== undefined) return known
  const day = civilDay(number)
  if (dayTexts.size >= 10_000) dayTexts.clear()
  dayTexts.set(number, day)
  return day
}

function civilDay(number: number): Day {
  const shifted = number + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const fromMarch = Math.floor((5 * dayOfYear + 2) / 153)
  const date = dayOfYear - Math.floor((153 * fromMarch + 2) / 5) + 1
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(date).padStart(2, '0')}`
}

/** The day `days` later (negative: earlier). */
export function addDays(day: Day, days: number): Day {
  return dayOf(dayNumber(day) + days)
}

/** Whole days from `from` to `to`; negative when `to` is earlier. */
export function daysBetween(from: Day, to: Day): number {
  return dayNumber(to) - dayNumber(from)
}

/** 0 for Monday to 6 for Sunday. */
export function weekdayIndex(day: Day): number {
  return (((dayNumber(day) + 3) % 7) + 7) % 7
}

/** The name of the day's weekday, Monday first. */
export function weekdayOf(day: Day): Weekday {
  return weekdays[weekdayIndex(day)] as Weekday
}

/** The Monday of the week that holds the day. */
export function mondayOf(day: Day): Day {
  return addDays(day, -weekdayIndex(day))
}

/** Whether a day lies in the week that begins on a Monday. */
export function isInWeek(day: Day, monday: Day): boolean {
  return day >= monday && day < addDays(monday, 7)
}

const clockTimes = new Map<LocalTime, number>()

/** Minutes since midnight of `HH:MM`. @throws RangeError when it is no clock time */
export function minutesOf(time: LocalTime): number {
  const known = clockTimes.get(time)
  if (known !== undefined) return known
  const match = /^([01]\d|2[0-3]):([0-5]\d)(:[0-5]\d)?$/.exec(time)
  if (!match) throw new RangeError(`${time} is not a clock time`)
  const minutes = Number(match[1]) * 60 + Number(match[2])
  if (clockTimes.size < 10_000) clockTimes.set(time, minutes)
  return minutes
}

/** `HH:MM` of minutes since midnight; wraps around the day. */
export function timeOf(minutes: number): LocalTime {
  const inDay = ((Math.round(minutes) % 1440) + 1440) % 1440
  return `${String(Math.floor(inDay / 60)).padStart(2, '0')}:${String(inDay % 60).padStart(2, '0')}`
}

const formats = new Map<string, Intl.DateTimeFormat>()

function formatIn(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone)
  if (!format) {
    format = new Intl.DateTimeFormat('en-CA', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    })
    formats.set(timeZone, format)
  }
  return format
}

/** Whether the runtime knows this time zone. */
export function isTimeZone(timeZone: string): boolean {
  try {
    formatIn(timeZone)
    return true
  } catch {
    return false
  }
}

/** Seconds that local time is ahead of UTC at an instant. @throws RangeError for an unknown zone */
export function offsetSecondsAt(instant: Date, timeZone: string): number {
  const part: Record<string, number> = {}
  for (const { type, value } of formatIn(timeZone).formatToParts(instant)) part[type] = Number(value)
  const local = Date.UTC(part.year!, part.month! - 1, part.day!, part.hour!, part.minute!, part.second!)
  return Math.round((local - Math.floor(instant.getTime() / 1000) * 1000) / 1000)
}

/** The day and clock time that an instant has at an offset from UTC. */
export function localAtOffset(instant: Date, offsetSeconds: number): { localDate: Day; localTime: LocalTime } {
  const iso = new Date(instant.getTime() + offsetSeconds * 1000).toISOString()
  return { localDate: iso.slice(0, 10), localTime: iso.slice(11, 16) }
}

/** The day and clock time that an instant has in a zone. */
export function localIn(instant: Date, timeZone: string): { localDate: Day; localTime: LocalTime } {
  return localAtOffset(instant, offsetSecondsAt(instant, timeZone))
}

/**
 * The instant of a wall-clock time in a zone. A time that a clock change skips becomes the same distance after the
 * change; of a time that occurs twice, the first is meant (as RFC 5545 section 3.3.5 has it).
 */
export function instantOf(localDate: Day, localTime: LocalTime, timeZone: string): Date {
  const wall = dayNumber(localDate) * DAY_MS + minutesOf(localTime) * 60_000
  const before = offsetSecondsAt(new Date(wall - DAY_MS), timeZone)
  const after = offsetSecondsAt(new Date(wall + DAY_MS), timeZone)
  for (const offset of before >= after ? [before, after] : [after, before]) {
    const instant = new Date(wall - offset * 1000)
    if (offsetSecondsAt(instant, timeZone) === offset) return instant
  }
  return new Date(wall - before * 1000)
}
