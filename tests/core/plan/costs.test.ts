import { describe, expect, test } from 'vitest'
import { addDays } from '../../../src/core/days.ts'
import { instantAt } from '../../../src/core/plan/axis.ts'
import {
  p1Gap,
  p2DayType,
  p3Yesterday,
  p4Spacing,
  p5Missing,
  p6Churn,
  p7Preference,
  p8Activation,
  p10Order,
  preferredGap,
} from '../../../src/core/plan/costs.ts'
import { candidateOf, minutesIn } from '../../../src/core/plan/search.ts'
import { buildWorld } from '../../../src/core/plan/world.ts'
import type { SessionKind } from '../../../src/core/strength/session.ts'
import { type DayKey, longSundayBefore, MONDAY, on, situationOf, type Worked } from './support.ts'

const week = ['tue 18:00 hard', 'wed 18:00 easy', 'thu 18:00 hard', 'sat 09:00 easy', 'sun 09:00 long']
const worldOf = (more: Partial<Worked> = {}) =>
  buildWorld(situationOf({ runs: week, past: [longSundayBefore], ...more }), addDays(MONDAY, 13))

function candidate(kind: SessionKind, day: DayKey, localTime: string, fresh = false) {
  const start = instantAt(on(day), localTime, 'UTC')
  const slot = { day: on(day), localTime, timeZone: 'UTC', start, minutes: 45, equipment: 'gym' as const, afterRun: null, stated: false }
  return candidateOf(kind, slot, Math.min(45, minutesIn(kind, slot)), fresh)
}

describe('the costs', () => {
  test('P1 grows as the next demanding run comes closer, by its probability', () => {
    expect(p1Gap(worldOf(), candidate('maxStrength', 'wed', '07:00')).value).toBeCloseTo(9.5 * (1 - 34.25 / 48), 5)
    expect(p1Gap(worldOf(), candidate('maxStrength', 'fri', '07:00')).value).toBeLessThan(0.3)
  })
  test('P1 wants 60 h of a fresh heavy session, 48 h of a novice, 12 h more from the age of sixty', () => {
    expect(preferredGap(worldOf(), { kind: 'maxStrength', fresh: true })).toBe(60)
    expect(preferredGap(worldOf({ runner: { experience: 'novice' } }), { kind: 'foundation', fresh: false })).toBe(48)
    expect(preferredGap(worldOf({ runner: { birthYear: 1960 } }), { kind: 'maintenance', fresh: false })).toBe(48)
  })
  test.each([
    ['wed', '19:15', 0],
    ['fri', '07:00', 1],
    ['wed', '07:00', 3],
  ] as const)('P2 under easyDays on %s at %s is %i', (day, time, cost) => {
    expect(p2DayType(worldOf(), candidate('maintenance', day, time)).value).toBe(cost)
  })
  test.each([
    ['tue', '18:00', 0],
    ['tue', '12:30', 1],
    ['tue', '07:45', 3],
    ['sun', '18:00', 3],
    ['wed', '18:00', 5],
    ['mon', '18:00', 7],
  ] as const)('P2 under hardDays on %s at %s is %i', (day, time, cost) => {
    const world = worldOf({ runs: ['tue 06:30 hard', 'wed 06:30 easy', 'sun 08:00 long'], runner: { placement: 'hardDays' } })
    expect(p2DayType(world, candidate('maintenance', day, time)).value).toBe(cost)
  })
  test('P3 counts yesterday: 3 for heavy work after a long run, 1 for light, 2 within twelve hours', () => {
    expect(p3Yesterday(worldOf(), candidate('maxStrength', 'mon', '07:00')).value).toBe(3)
    expect(p3Yesterday(worldOf(), candidate('maintenance', 'mon', '07:00')).value).toBe(1)
    expect(p3Yesterday(worldOf(), candidate('maintenance', 'wed', '06:30')).value).toBe(2)
    expect(p3Yesterday(worldOf(), candidate('maintenance', 'sat', '10:00')).value).toBe(0)
  })
  test('P4 wants 72 h within a week, and only minds closeness over its border', () => {
    const at = (hours: number) => ({ kind: 'foundation' as const, start: hours * 60 })
    expect(p4Spacing(at(0), at(48), true)).toBe(1.5)
    expect(p4Spacing(at(0), at(120), true)).toBe(3)
    expect(p4Spacing(at(0), at(120), false)).toBe(0)
    expect(p4Spacing(at(0), at(48), false)).toBe(1.5)
  })
  test('P5 asks 12, 8 and 3 for missing sessions', () => {
    expect([0, 1, 2, 3].map(p5Missing)).toEqual([0, 12, 20, 23])
  })
  test('P6 asks 4 for a move and 8 within 48 h', () => {
    const world = worldOf()
    expect(p6Churn(world, world.now + 47 * 60)).toBe(8)
    expect(p6Churn(world, world.now + 49 * 60)).toBe(4)
  })
  test('P7 minds weekdays on which sessions were missed', () => {
    const sessions = [1, 2, 3, 4].map((back) => ({
      localDate: addDays(on('wed'), -7 * back),
      kind: 'foundation' as const,
      status: back === 1 ? ('done' as const) : ('missed' as const),
    }))
    expect(p7Preference(worldOf({ sessions }), candidate('foundation', 'wed', '07:00')).value).toBe(1.5)
    expect(p7Preference(worldOf({ sessions }), candidate('foundation', 'fri', '07:00')).value).toBe(0)
  })
  test('P8 wants activation 36 h before the race', () => {
    const world = worldOf({
      runs: [],
      runner: { races: [{ localDate: on('sun'), localTime: '09:00', distanceMeters: 10_000, priority: 'A' }] },
    })
    const friday = candidate('activation', 'fri', '20:48')
    expect(p8Activation(world, friday).value).toBeCloseTo(0, 5)
    expect(p8Activation(world, candidate('activation', 'sat', '08:48')).value).toBeCloseTo(1, 5)
  })
  test('P10 minds the heavier session being closer to its run', () => {
    expect(p10Order({ kind: 'maxStrength', gapHours: 30 }, { kind: 'maintenance', gapHours: 50 })).toBe(1)
    expect(p10Order({ kind: 'maxStrength', gapHours: 50 }, { kind: 'maintenance', gapHours: 30 })).toBe(0)
  })
})
