import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addDays, dayNumber, dayOf } from '../../src/core/days.ts'
import {
  clock,
  distance,
  duration,
  grouped,
  height,
  inUnits,
  kilogramsOf,
  longDay,
  pace,
  percent,
  relativeDay,
  weekSpan,
  weekTitle,
  weight,
} from '../../src/web/words.ts'

describe('days', () => {
  test('a day is written with its weekday and, in another year, with the year', () => {
    expect(longDay('2026-11-17')).toBe('Tuesday 17 November')
    expect(longDay('2025-11-17', '2026-11-20')).toBe('Monday 17 November 2025')
  })

  test('a week that lies in two months names both', () => {
    expect(weekSpan('2026-11-16')).toBe('Mon 16 – Sun 22 Nov')
    expect(weekSpan('2026-11-30')).toBe('Mon 30 Nov – Sun 6 Dec')
  })

  test('weeks near today have a name of their own', () => {
    expect(weekTitle('2026-11-16', '2026-11-22')).toBe('This week')
    expect(weekTitle('2026-11-23', '2026-11-22')).toBe('Next week')
    expect(weekTitle('2026-11-09', '2026-11-22')).toBe('Last week')
    expect(weekTitle('2026-10-05', '2026-11-22')).toBe('Week of 5 October')
  })

  test('a coming day within six days is its weekday, later ones are dates', () => {
    expect(relativeDay('2026-11-20', '2026-11-20')).toBe('today')
    expect(relativeDay('2026-11-21', '2026-11-20')).toBe('tomorrow')
    expect(relativeDay('2026-11-26', '2026-11-20')).toBe('Thursday')
    expect(relativeDay('2026-11-27', '2026-11-20')).toBe('Friday 27 November')
  })

  test('a long day always names the weekday that the calendar has', () => {
    fc.assert(
      fc.property(fc.integer({ min: -20_000, max: 40_000 }), (number) => {
        const day = dayOf(number)
        expect(longDay(day).split(' ')[0]).toBe(longDay(addDays(day, 7)).split(' ')[0])
        expect(dayNumber(day)).toBe(number)
      }),
    )
  })
})

describe('figures', () => {
  test('paces, distances, climbs and loads come in both units', () => {
    expect([pace(329, 'metric'), pace(329, 'imperial')]).toEqual(['5:29/km', '8:49/mi'])
    expect([distance(8240.5, 'metric'), distance(8240.5, 'imperial')]).toEqual(['8.2 km', '5.1 mi'])
    expect([height(61, 'metric'), height(61, 'imperial')]).toEqual(['61 m', '200 ft'])
    expect([weight(22.5, 'metric'), weight(40, 'imperial')]).toEqual(['22.5 kg', '88 lb'])
  })

  test('what is not known is a dash, never a nonsense number', () => {
    for (const nothing of [null, undefined, Number.NaN]) {
      expect(pace(nothing, 'metric')).toBe('–')
      expect(distance(nothing, 'metric')).toBe('–')
      expect(duration(nothing)).toBe('–')
      expect(clock(nothing)).toBe('–')
    }
    expect(pace(Number.POSITIVE_INFINITY, 'metric')).toBe('–')
    expect(pace(0, 'metric')).toBe('–')
  })

  test('a rounded pace never shows sixty seconds', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 60, max: 3000, noNaN: true }),
        fc.constantFrom('metric' as const, 'imperial' as const),
        (seconds, units) => {
          expect(pace(seconds, units)).toMatch(/^\d+:[0-5]\d\/(km|mi)$/)
        },
      ),
    )
  })

  test('times read as a runner says them', () => {
    expect([duration(2710), duration(6000), duration(7200)]).toEqual(['45 min', '1 h 40', '2 h'])
    expect([clock(2710), clock(5525), clock(59.6)]).toEqual(['45:10', '1:32:05', '1:00'])
    expect([grouped(1_234_567), percent(0.824)]).toEqual(['1,234,567', '82 %'])
  })

  test('a load typed in pounds comes back as the same pounds', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 800 }), (halves) => {
        const pounds = halves / 2
        expect(Number(weight(kilogramsOf(pounds, 'imperial'), 'imperial').split(' ')[0]?.replace(',', ''))).toBe(pounds)
      }),
    )
  })
})

describe('generated sentences', () => {
  test('paces and loads inside a sentence change with the runner’s units', () => {
    const sentence = 'Easy: pace stayed below your first threshold (5:29/km, 154 bpm) over 8.2 km with 61 m of climb.'
    expect(inUnits(sentence, 'imperial')).toBe(
      'Easy: pace stayed below your first threshold (8:49/mi, 154 bpm) over 5.1 mi with 200 ft of climb.',
    )
    expect(inUnits('Take 40 kg, a step of 30 cm.', 'imperial')).toBe('Take 88 lb, a step of 12 in.')
  })

  test('a sentence that is in the runner’s units already stays as it is', () => {
    expect(inUnits('Hard: faster than 8:50/mi for 3.1 mi.', 'imperial')).toBe('Hard: faster than 8:50/mi for 3.1 mi.')
    expect(inUnits('Hard: faster than 5:29/km.', 'metric')).toBe('Hard: faster than 5:29/km.')
  })

  test('a sentence written in miles is read in kilometres by a metric runner', () => {
    expect(inUnits('faster than 8:50/mi, 88 lb', 'metric')).toBe('faster than 5:29/km, 40 kg')
  })

  test('a race keeps its name', () => {
    expect(inUnits('From your 5 km on 3 May.', 'imperial')).toBe('From your 5K on 3 May.')
  })
})
