import fc from 'fast-check'
import ICAL from 'ical.js'
import { describe, expect, test } from 'vitest'
import { calendarFeed, type FeedSession } from '../../src/calendar/feed.ts'

const session: FeedSession = {
  id: '25f5598f-f95c-4efa-9075-bf5f97f644a3',
  localDate: '2026-09-10',
  localTime: '07:00',
  timeZone: 'Europe/Lisbon',
  title: 'Strength A: hinge and single-leg',
  minutes: 40,
  status: 'planned',
  reasons: [{ rule: 'S2-12', text: 'Placed after Thursday’s hard run, so that Friday stays easy' }],
  exercises: [
    {
      id: 'db_rdl',
      name: 'Romanian deadlift',
      sets: 3,
      reps: 8,
      seconds: null,
      perSide: false,
      weightKg: 40,
      restSeconds: 120,
      cue: 'Hips back.',
    },
    { id: 'plank', name: 'Plank', sets: 2, reps: null, seconds: 30, perSide: false, weightKg: null, restSeconds: 0, cue: 'Long line.' },
  ],
  sequence: 3,
  createdAt: new Date('2026-09-01T05:00:00Z'),
  updatedAt: new Date('2026-09-08T06:10:00Z'),
}
const options = { units: 'metric' as const, sessionUrl: (id: string) => `http://127.0.0.1:3000/sessions/${id}` }

function eventsOf(text: string): ICAL.Event[] {
  return new ICAL.Component(ICAL.parse(text)).getAllSubcomponents('vevent').map((event) => new ICAL.Event(event))
}

describe('The calendar feed, read by an independent parser', () => {
  test('has the event with its stable name, its sequence and UTC times', () => {
    const [event] = eventsOf(calendarFeed([session], options))
    expect(event!.uid).toBe('25f5598f-f95c-4efa-9075-bf5f97f644a3@stridelift')
    expect(event!.sequence).toBe(3)
    expect(event!.startDate.toJSDate().toISOString()).toBe('2026-09-10T06:00:00.000Z')
    expect(event!.endDate.toJSDate().toISOString()).toBe('2026-09-10T06:40:00.000Z')
    expect(event!.summary).toBe('Strength A: hinge and single-leg')
    expect(event!.component.getFirstPropertyValue('status')).toBe('CONFIRMED')
  })
  test('tells the reason and every exercise', () => {
    const [event] = eventsOf(calendarFeed([session], options))
    expect(event!.description.split('\n')).toEqual([
      'Placed after Thursday’s hard run, so that Friday stays easy.',
      '',
      '40 minutes:',
      '• Romanian deadlift: 3 × 8, 40 kg in each hand, rest 120 s',
      '• Plank: 2 × 30 s',
    ])
  })
  test('uses pounds for a runner who does', () => {
    expect(eventsOf(calendarFeed([session], { ...options, units: 'imperial' }))[0]!.description).toContain('88 lb')
  })
  test('comes with a withdrawn session as cancelled', () => {
    const [event] = eventsOf(calendarFeed([{ ...session, status: 'withdrawn', sequence: 4 }], options))
    expect(event!.component.getFirstPropertyValue('status')).toBe('CANCELLED')
    expect(event!.sequence).toBe(4)
  })
  test('keeps the clock time over a clock change', () => {
    const after = calendarFeed([{ ...session, localDate: '2026-10-26' }], options)
    expect(eventsOf(after)[0]!.startDate.toJSDate().toISOString()).toBe('2026-10-26T07:00:00.000Z')
    const skipped = calendarFeed([{ ...session, localDate: '2026-03-29', localTime: '01:30' }], options)
    expect(eventsOf(skipped)[0]!.startDate.toJSDate().toISOString()).toBe('2026-03-29T01:30:00.000Z')
  })
  test('names itself and says how often to ask', () => {
    const text = calendarFeed([], options)
    expect(text).toContain('X-WR-CALNAME:Strength training')
    expect(text).toContain('REFRESH-INTERVAL;VALUE=DURATION:PT1H')
  })
  test('is the same bytes for the same sessions', () => {
    expect(calendarFeed([session], options)).toBe(calendarFeed([session], options))
  })
  test('folds, escapes and ends lines as RFC 5545 wants, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 }), (words) => {
        const title = words.replaceAll(/[\p{C}\s]+/gu, ' ').trim() || 'x'
        const text = calendarFeed([{ ...session, title }], options)
        for (const line of text.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75)
        expect(text.replaceAll('\r\n', '')).not.toContain('\n')
        expect(eventsOf(text)[0]!.summary).toBe(title)
      }),
      { numRuns: 60 },
    )
  })
})
