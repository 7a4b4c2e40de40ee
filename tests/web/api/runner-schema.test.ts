import { describe, expect, test } from 'vitest'
import type { Runner } from '../../../src/core/runner.ts'
import { RequestRefused } from '../../../src/errors.ts'
import { readPatch } from '../../../src/web/api/runner.ts'
import { readSituation } from '../../../src/web/api/runner-schema.ts'

const base = { today: '2026-09-08', now: '06:00' }

function situationOf(input: object) {
  const read = readSituation({ ...base, ...input })
  if ('problems' in read) throw new Error(JSON.stringify(read.problems))
  return read.situation
}
function problemsOf(input: object): string[] {
  const read = readSituation({ ...base, ...input })
  return 'problems' in read ? read.problems.map(({ pointer, detail }) => `${pointer} ${detail}`) : []
}

describe('A situation', () => {
  test('takes null for a field that may be left out, in lists too', () => {
    const { runner, sessions } = situationOf({
      runner: {
        races: [{ localDate: '2026-09-20', distanceMeters: 10_000, priority: null }],
        pauses: [{ from: '2026-09-01', to: '2026-09-02', why: null }],
        goal: { distance: null, terrain: null },
      },
      sessions: [{ localDate: '2026-09-07', kind: 'foundation', status: null, exercises: [{ id: 'db_rdl', sets: null }] }],
    })
    expect(runner.races[0]?.priority).toBe('A')
    expect(runner.pauses[0]?.why).toBe('paused')
    expect(runner.goal).toEqual({ distance: 'general', terrain: 'flat' })
    expect(sessions[0]).toMatchObject({ status: 'planned', exercises: [{ id: 'db_rdl', sets: 1 }] })
  })
  test('takes the present moment as a clock time or as an instant, which is then that of the runner’s zone', () => {
    expect(situationOf({ now: '06:00:30' }).now).toBe('06:00')
    expect(situationOf({ now: '2026-09-08T05:30:00Z', runner: { timeZone: 'Europe/Lisbon' } }).now).toBe('06:30')
    const away = [{ from: '2026-09-01', to: '2026-09-10', timeZone: 'Asia/Tokyo' }]
    expect(situationOf({ now: '2026-09-07T23:30:00Z', runner: { timeZone: 'Europe/Lisbon', awayFrom: away } }).now).toBe('08:30')
  })
  test('passes over exercises that the library does not know', () => {
    const exercises = [
      { id: 'db_rdl', sets: 3 },
      { id: 'my_own_lift', sets: 3 },
    ]
    const { sessions } = situationOf({ sessions: [{ localDate: '2026-09-10', kind: 'foundation', pinned: true, exercises }] })
    expect(sessions[0]?.exercises).toEqual([{ id: 'db_rdl', sets: 3 }])
  })
  test.each([
    ['a year in which nobody ran', { today: '9999-12-25' }, /^\/today /],
    ['an offset in place of a zone', { runner: { timeZone: '+02:00' } }, /^\/runner\/timeZone /],
    ['a birth in the future', { runner: { birthYear: 2030 } }, /^\/runner\/birthYear must not lie behind 2026/],
    [
      'a threshold above the maximum',
      { runner: { maxHeartRate: 150, thresholdHeartRate: 180 } },
      /^\/runner\/maxHeartRate .*threshold.*180/,
    ],
  ])('refuses %s with a sentence', (_what, input, sentence) => {
    expect(problemsOf(input)).toEqual([expect.stringMatching(sentence)])
  })
})

describe('A patch of the runner', () => {
  const patch = (profile: Partial<Runner>, given: Record<string, unknown>) => readPatch({ profile }, given, base.today).profile
  test('sets a named day as a whole, so that a window without a clock time leaves the hour open', () => {
    const before = { availability: { monday: { minutes: 45, localTime: '06:45' }, friday: { minutes: 0 } } }
    expect(patch(before, { availability: { monday: { minutes: 30, equipment: null } } }).availability).toEqual({
      monday: { minutes: 30 },
      friday: { minutes: 0 },
    })
    expect(patch(before, { availability: { monday: null } }).availability).toEqual({ friday: { minutes: 0 } })
  })
  test('keeps a time zone in the spelling that calendar programs know', () => {
    expect(patch({}, { timeZone: 'europe/lisbon' }).timeZone).toBe('Europe/Lisbon')
    expect(patch({}, { timeZone: 'UTC' }).timeZone).toBe('UTC')
  })
  test('is held against the figures that stand already, but only where it touches them', () => {
    const before: Partial<Runner> = { maxHeartRate: { value: 150, from: 'runner' } }
    expect(() => patch(before, { thresholdHeartRate: 180 })).toThrow(RequestRefused)
    expect(() => patch(before, { thresholdHeartRate: 180, maxHeartRate: null })).not.toThrow()
    const opposed: Partial<Runner> = { ...before, thresholdHeartRate: { value: 180, from: 'runner' } }
    expect(() => patch(opposed, { units: 'imperial' })).not.toThrow()
  })
})
