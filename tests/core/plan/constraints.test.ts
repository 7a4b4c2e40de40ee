import { describe, expect, test } from 'vitest'
import { addDays } from '../../../src/core/days.ts'
import { instantAt } from '../../../src/core/plan/axis.ts'
import {
  blockOf,
  h1Available,
  h2GapToRun,
  h3Races,
  h4Spacing,
  h5OneADay,
  h6Policy,
  h7RestDay,
  h10Ceiling,
  h11Paused,
  h12RunFirst,
  h13Fresh,
  h14Sleep,
} from '../../../src/core/plan/constraints.ts'
import { candidateOf, minutesIn } from '../../../src/core/plan/search.ts'
import type { Slot } from '../../../src/core/plan/slots.ts'
import { buildWorld, occupiedBy, type World } from '../../../src/core/plan/world.ts'
import type { Runner } from '../../../src/core/runner.ts'
import type { SessionKind } from '../../../src/core/strength/session.ts'
import { type DayKey, MONDAY, on, situationOf, type Worked } from './support.ts'

const week = ['tue 18:00 hard', 'wed 18:00 easy', 'thu 18:00 hard', 'sat 09:00 easy', 'sun 09:00 long']

function worldOf(more: Partial<Worked> = {}): World {
  const situation = situationOf({ runs: week, ...more })
  return buildWorld(situation, addDays(MONDAY, 13))
}

function slot(day: DayKey, localTime: string, more: Partial<Slot> = {}): Slot {
  const timeZone = more.timeZone ?? 'UTC'
  return {
    day: on(day),
    localTime,
    timeZone,
    start: instantAt(on(day), localTime, timeZone),
    minutes: 45,
    equipment: 'gym',
    afterRun: null,
    stated: false,
    ...more,
  }
}

function candidate(kind: SessionKind, day: DayKey, localTime: string, fresh = false, more: Partial<Slot> = {}) {
  const place = slot(day, localTime, more)
  return candidateOf(kind, place, Math.min(45, minutesIn(kind, place) || 45), fresh)
}

const runner = (fields: Partial<Runner>): Partial<Worked> => ({ runner: fields })
const race = (day: DayKey, distanceMeters: number, priority: 'A' | 'B' | 'C') =>
  runner({ races: [{ localDate: on(day), localTime: '09:00', distanceMeters, priority }] })

describe('H1 inside the windows, not in the past, not during a run', () => {
  test('a time that has passed is refused', () => {
    expect(h1Available(worldOf({ today: on('mon'), now: '12:00' }), candidate('upperCore', 'mon', '07:00'))).toMatchObject({ rule: 'H1' })
  })
  test('a stated hour is kept to, and 0 minutes is a day without strength', () => {
    const world = worldOf(runner({ availability: { wednesday: { minutes: 45, localTime: '06:45' }, friday: { minutes: 0 } } }))
    expect(h1Available(world, candidate('maintenance', 'wed', '06:45'))).toBeNull()
    expect(h1Available(world, candidate('maintenance', 'wed', '07:00'))).toMatchObject({ rule: 'H1' })
    expect(h1Available(world, candidate('maintenance', 'fri', '07:00'))).toMatchObject({ rule: 'H1' })
  })
  test('a session does not overlap a run', () => {
    expect(h1Available(worldOf(), candidate('upperCore', 'wed', '18:30'))).toMatchObject({ rule: 'H1' })
    expect(h1Available(worldOf(), candidate('upperCore', 'wed', '19:00'))).toBeNull()
  })
  test('a session ends before 21:45', () => {
    const late = worldOf(runner({ sleep: { from: '02:00', to: '09:00' } }))
    expect(h1Available(late, candidate('maxStrength', 'fri', '21:15'))).toMatchObject({ rule: 'H1' })
  })
})

describe('H2 the gap to the next demanding run', () => {
  test.each([
    ['maxStrength', 'wed', '07:00', null],
    ['maxStrength', 'wed', '19:15', 'H2'],
    ['maintenance', 'wed', '19:15', null],
    ['maintenance', 'thu', '07:00', 'H2'],
    ['foundation', 'sat', '10:15', 'H2'],
    ['maintenance', 'sat', '10:15', null],
    ['upperCore', 'thu', '07:00', null],
  ] as const)('%s on %s at %s', (kind, day, time, rule) => {
    expect(h2GapToRun(worldOf(), candidate(kind, day, time))?.rule ?? null).toBe(rule)
  })
  test('an easy run of the same day has six hours before it', () => {
    expect(h2GapToRun(worldOf(), candidate('maintenance', 'wed', '12:30'))).toMatchObject({ rule: 'H2', minor: true })
  })
  test('the gap is counted in real hours over a clock change', () => {
    const change = situationOf({ runs: [], today: '2026-03-27', runner: { timeZone: 'Europe/Lisbon' } })
    change.runner.plannedRuns = [{ localDate: '2026-03-29', localTime: '07:40', minutes: 60, effort: 'hard' }]
    const world = buildWorld(change, '2026-04-05')
    const at = (localTime: string) => {
      const place = {
        ...slot('mon', localTime),
        day: '2026-03-28',
        timeZone: 'Europe/Lisbon',
        start: instantAt('2026-03-28', localTime, 'Europe/Lisbon'),
      }
      return candidateOf('maxStrength', place, 40, false)
    }
    expect(h2GapToRun(world, at('07:00'))).toMatchObject({ rule: 'H2' })
    expect(h2GapToRun(world, at('06:00'))).toBeNull()
  })
  test('a run that is probably not demanding does not bind', () => {
    const world = worldOf({ runs: ['thu 18:00 easy'] })
    expect(h2GapToRun(world, candidate('maxStrength', 'wed', '19:15'))).toBeNull()
  })
})

describe('H3 races', () => {
  test.each([
    ['maxStrength', 'mon', 'H3'],
    ['foundation', 'wed', 'H3'],
    ['maintenance', 'wed', null],
    ['maintenance', 'thu', 'H3'],
    ['upperCore', 'thu', null],
    ['upperCore', 'fri', 'H3'],
    ['mobility', 'sun', null],
    ['coreMicro', 'sun', 'H3'],
  ] as const)('%s on %s before an A half marathon on Sunday', (kind, day, rule) => {
    expect(h3Races(worldOf({ ...race('sun', 21_097, 'A'), runs: [] }), candidate(kind, day, '07:00'))?.rule ?? null).toBe(rule)
  })
  test.each([
    ['tue', 10_000, 'fri', null],
    ['tue', 10_000, 'thu', 'H3'],
    ['tue', 21_097, 'sat', 'H3'],
    ['tue', 21_097, 'sun', null],
    ['mon', 42_195, 'nextMon', 'H3'],
  ] as const)('after a race on %s over %i m, maxStrength on %s', (day, meters, on, rule) => {
    expect(h3Races(worldOf({ ...race(day, meters, 'C'), runs: [] }), candidate('maxStrength', on, '10:00'))?.rule ?? null).toBe(rule)
  })
  test('eight days after a marathon only maintenance is legal', () => {
    const world = worldOf({ ...race('mon', 42_195, 'A'), runs: [] })
    expect(h3Races(world, candidate('maintenance', 'nextTue', '07:00'))).toBeNull()
    expect(h3Races(world, candidate('foundation', 'nextTue', '07:00'))).toMatchObject({ rule: 'H3' })
  })
  test('activation sits 20 to 48 h before an A or B race, never before a C race', () => {
    const activation = (day: DayKey, time: string) => candidate('activation', day, time, false, { minutes: 10 })
    expect(h3Races(worldOf({ ...race('sun', 10_000, 'A'), runs: [] }), activation('fri', '20:00'))).toBeNull()
    expect(h3Races(worldOf({ ...race('sun', 10_000, 'A'), runs: [] }), activation('thu', '20:00'))).toMatchObject({ rule: 'H3' })
    expect(h3Races(worldOf({ ...race('sun', 10_000, 'C'), runs: [] }), activation('fri', '20:00'))).toMatchObject({ rule: 'H3' })
  })
})

describe('H4, H5, H7, H10, H11, H13, H14', () => {
  const done = (day: string, localTime = '07:00') =>
    occupiedBy(worldOf(), { localDate: day, localTime, minutes: 40, kind: 'maxStrength', status: 'done' })
  test('H4: 48 h from start to start, over the border of a week too', () => {
    expect(h4Spacing(candidate('foundation', 'mon', '18:00'), done(addDays(MONDAY, -1)))).toMatchObject({ rule: 'H4' })
    expect(h4Spacing(candidate('foundation', 'mon', '07:00'), done(addDays(MONDAY, -2)))).toBeNull()
    expect(h4Spacing(candidate('upperCore', 'mon', '18:00'), done(addDays(MONDAY, -1)))).toBeNull()
  })
  test('H5: one session a day', () => {
    expect(h5OneADay(candidate('upperCore', 'wed', '18:00'), done(on('wed')))).toMatchObject({ rule: 'H5' })
  })
  test('H6: easyDays keeps leg work off hard days, hardDays allows it, micro has none', () => {
    expect(h6Policy(worldOf(), candidate('maxStrength', 'tue', '19:15'))).toMatchObject({ rule: 'H6' })
    expect(h6Policy(worldOf(), candidate('coreMicro', 'tue', '19:15'))).toBeNull()
    expect(h6Policy(worldOf(runner({ placement: 'hardDays' })), candidate('maxStrength', 'tue', '19:15'))).toBeNull()
    expect(h6Policy(worldOf(runner({ placement: 'micro' })), candidate('foundation', 'fri', '07:00'))).toMatchObject({ rule: 'H6' })
  })
  test('H7: one run-free day stays free, unless the guard is off', () => {
    expect(h7RestDay(worldOf(), MONDAY, [on('mon'), on('fri')])).toMatchObject({ rule: 'H7' })
    expect(h7RestDay(worldOf(), MONDAY, [on('fri')])).toBeNull()
    expect(h7RestDay(worldOf(runner({ restDayGuard: false })), MONDAY, [on('mon'), on('fri')])).toBeNull()
  })
  test('H10: no more leg sessions than the runner asked for', () => {
    expect(h10Ceiling(worldOf(runner({ sessionsPerWeek: 1 })), 2)).toMatchObject({ rule: 'H10' })
    expect(h10Ceiling(worldOf(), 2)).toBeNull()
  })
  test('H11: nothing while ill', () => {
    const world = worldOf(runner({ pauses: [{ from: on('wed'), to: on('fri'), why: 'ill' }] }))
    expect(h11Paused(world, candidate('mobility', 'thu', '07:00'))).toMatchObject({ rule: 'H11' })
    expect(h11Paused(world, candidate('mobility', 'sat', '12:30'))).toBeNull()
  })
  test('H13: the first two of a kind, and any after 21 days off, are fresh', () => {
    const start = instantAt(on('wed'), '07:00', 'UTC')
    const before = [done(addDays(MONDAY, -3)), done(addDays(MONDAY, -5))]
    expect(h13Fresh('maxStrength', start, before)).toBe(false)
    expect(h13Fresh('maxStrength', start, before.slice(1))).toBe(true)
    expect(h13Fresh('power', start, before)).toBe(true)
    expect(h13Fresh('foundation', start, [])).toBe(false)
    expect(h13Fresh('maxStrength', start, [done(addDays(MONDAY, -22)), done(addDays(MONDAY, -24))])).toBe(true)
  })
  test('H13: a fresh heavy session keeps 48 h', () => {
    expect(blockOf(worldOf(), candidate('maxStrength', 'wed', '07:00', true))).toMatchObject({ rule: 'H13' })
    expect(blockOf(worldOf(), candidate('maxStrength', 'fri', '07:00', true))).toBeNull()
  })
  test('H14: two quiet hours before sleep', () => {
    const world = worldOf(runner({ sleep: { from: '22:30', to: '06:30' } }))
    expect(h14Sleep(world, candidate('maintenance', 'fri', '20:15'))).toMatchObject({ rule: 'H14' })
    expect(h14Sleep(world, candidate('maintenance', 'fri', '19:45'))).toBeNull()
    const shift = worldOf(runner({ sleep: { from: '08:00', to: '15:00' } }))
    expect(h14Sleep(shift, candidate('maintenance', 'fri', '07:00'))).toMatchObject({ rule: 'H14' })
    expect(h14Sleep(shift, candidate('maintenance', 'fri', '18:00'))).toBeNull()
  })
})

describe('H12 the run comes first on a shared hard day', () => {
  const hard = (runs: string[]) => worldOf({ runs, ...runner({ placement: 'hardDays' }) })
  test.each([
    ['maxStrength', '06:00', 'H12'],
    ['maxStrength', '07:45', null],
    ['maxStrength', '09:00', 'H12'],
    ['maxStrength', '12:30', null],
    ['power', '07:45', 'H12'],
    ['hypertrophy', '09:00', 'H12'],
    ['power', '12:30', null],
    ['maintenance', '07:45', null],
  ] as const)('%s at %s with a hard run from 06:30 to 07:30', (kind, time, rule) => {
    expect(h12RunFirst(hard(['tue 06:30 hard']), candidate(kind, 'tue', time))?.rule ?? null).toBe(rule)
  })
  test('only maintenance follows a long run', () => {
    const world = hard(['tue 06:30 long'])
    expect(h12RunFirst(world, candidate('maxStrength', 'tue', '18:00'))).toMatchObject({ rule: 'H12' })
    expect(h12RunFirst(world, candidate('maintenance', 'tue', '18:00'))).toBeNull()
  })
})
