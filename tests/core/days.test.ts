import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  addDays,
  dayNumber,
  daysBetween,
  instantOf,
  isTimeZone,
  localAtOffset,
  localIn,
  minutesOf,
  mondayOf,
  offsetSecondsAt,
  timeOf,
  weekdayIndex,
  weekdayOf,
} from '../../src/core/days.ts'

const aDay = fc.integer({ min: -20_000, max: 40_000 }).map((n) => addDays('1970-01-01', n))

describe('Calendar days', () => {
  test('a day moved there and back is the same day', () => {
    fc.assert(
      fc.property(aDay, fc.integer({ min: -4000, max: 4000 }), (day, n) => {
        expect(addDays(addDays(day, n), -n)).toBe(day)
        expect(daysBetween(day, addDays(day, n))).toBe(n)
      }),
    )
  })

  test('a week begins on its Monday', () => {
    expect(weekdayOf('2026-11-22')).toBe('sunday')
    expect(mondayOf('2026-11-22')).toBe('2026-11-16')
    expect(weekdayOf('1969-12-28')).toBe('sunday')
    fc.assert(
      fc.property(aDay, (day) => {
        expect(weekdayIndex(mondayOf(day))).toBe(0)
        expect(daysBetween(mondayOf(day), day)).toBe(weekdayIndex(day))
      }),
    )
  })

  test('what is no day or no time is refused', () => {
    for (const no of ['2026-02-29', '2026-13-01', '20260101', '2026-1-1', '', '2026-11-22T00:00'])
      expect(() => dayNumber(no)).toThrow(RangeError)
    for (const no of ['24:00', '7:00', '12:60', '']) expect(() => minutesOf(no)).toThrow(RangeError)
  })

  test('minutes become a clock time and back', () => {
    expect(timeOf(-15)).toBe('23:45')
    fc.assert(fc.property(fc.integer({ min: 0, max: 1439 }), (n) => minutesOf(timeOf(n)) === n))
  })
})

describe('Local time', () => {
  test('a run just before midnight stays on its own day in its own zone', () => {
    const instant = new Date('2026-03-01T07:59:00Z')
    expect(localIn(instant, 'America/Los_Angeles')).toEqual({ localDate: '2026-02-28', localTime: '23:59' })
    expect(localAtOffset(instant, 13 * 3600)).toEqual({ localDate: '2026-03-01', localTime: '20:59' })
  })

  test('offsets follow the clock changes of the zone', () => {
    expect(offsetSecondsAt(new Date('2026-03-29T00:59:59Z'), 'Europe/Lisbon')).toBe(0)
    expect(offsetSecondsAt(new Date('2026-03-29T01:00:00Z'), 'Europe/Lisbon')).toBe(3600)
    expect(offsetSecondsAt(new Date('2026-01-01T00:00:00Z'), 'Asia/Kathmandu')).toBe(20_700)
  })

  test('a clock time that is skipped moves on, one that comes twice means the first', () => {
    expect(instantOf('2026-03-29', '02:30', 'Europe/Berlin').toISOString()).toBe('2026-03-29T01:30:00.000Z')
    expect(instantOf('2026-10-25', '02:30', 'Europe/Berlin').toISOString()).toBe('2026-10-25T00:30:00.000Z')
    expect(instantOf('2026-03-08', '02:30', 'America/New_York').toISOString()).toBe('2026-03-08T07:30:00.000Z')
    expect(instantOf('2026-11-01', '01:30', 'America/New_York').toISOString()).toBe('2026-11-01T05:30:00.000Z')
    expect(instantOf('2026-04-05', '02:30', 'Australia/Sydney').toISOString()).toBe('2026-04-04T15:30:00.000Z')
  })

  test('the instant of a local time has that local time, unless a clock change skips it', () => {
    const zones = ['UTC', 'Europe/Lisbon', 'America/Sao_Paulo', 'Asia/Kolkata', 'Pacific/Auckland', 'America/St_Johns']
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.integer({ min: 18_000, max: 24_000 }),
        fc.integer({ min: 300, max: 1439 }),
        (zone, n, minutes) => {
          const day = addDays('1970-01-01', n)
          expect(localIn(instantOf(day, timeOf(minutes), zone), zone)).toEqual({ localDate: day, localTime: timeOf(minutes) })
        },
      ),
    )
  })

  test('an unknown zone is known to be unknown', () => {
    expect(isTimeZone('Europe/Lisbon')).toBe(true)
    expect(isTimeZone('Mars/Olympus')).toBe(false)
  })
})
