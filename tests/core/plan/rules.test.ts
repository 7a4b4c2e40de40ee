import { describe, expect, test } from 'vitest'
import { addDays } from '../../../src/core/days.ts'
import { blockOf, h12RunFirst } from '../../../src/core/plan/constraints.ts'
import { costsOf, p7Preference, p9Load } from '../../../src/core/plan/costs.ts'
import { planSessions } from '../../../src/core/plan/plan.ts'
import { candidateOf, minutesIn } from '../../../src/core/plan/search.ts'
import type { KnownSession, PastRun } from '../../../src/core/plan/situation.ts'
import { slotsOn } from '../../../src/core/plan/slots.ts'
import { isLegKind } from '../../../src/core/plan/spacing.ts'
import { buildWorld, type World } from '../../../src/core/plan/world.ts'
import type { Runner } from '../../../src/core/runner.ts'
import type { SessionKind } from '../../../src/core/strength/session.ts'
import { accustomed, type DayKey, given, legs, longSundayBefore, MONDAY, on, shown, situationOf, type Worked } from './support.ts'

const evenings = ['tue 18:00 hard', 'wed 18:00 easy', 'thu 18:00 hard', 'sat 09:00 easy', 'sun 09:00 long', 'nextTue 18:00 hard']
const mornings = [
  'tue 06:30 hard',
  'wed 06:30 easy',
  'thu 06:30 hard',
  'fri 06:30 easy',
  'sat 06:30 easy',
  'sun 08:00 long',
  'nextTue 06:30 hard',
]
const worldOf = (runs: string[], runner: Partial<Runner> = {}, more: Partial<Worked> = {}): World =>
  buildWorld(situationOf({ runs, runner, past: [longSundayBefore], ...more }), addDays(MONDAY, 13))

function candidate(world: World, kind: SessionKind, day: DayKey, localTime: string) {
  const slot = slotsOn(world, on(day)).find((other) => other.localTime === localTime)
  if (!slot) throw new Error(`${day} has no slot at ${localTime}`)
  return candidateOf(kind, slot, minutesIn(kind, slot), false)
}
const blocked = (world: World, kind: SessionKind, day: DayKey, time: string) => blockOf(world, candidate(world, kind, day, time))?.rule
const costAt = (world: World, kind: SessionKind, day: DayKey, time: string, id: string) =>
  costsOf(world, candidate(world, kind, day, time)).find((cost) => cost.id === id)!.value
const days = (sessions: readonly string[]) => legs(sessions).map((text) => text.slice(0, 3))

describe('rules of placement', () => {
  test('S0-04: by default leg sessions come after easy runs or on run-free days, after an easy run rather', () => {
    const { sessions } = shown(situationOf({ runs: evenings, past: [longSundayBefore] }), {
      prescriber: given(['maxStrength', 'maxStrength']),
    })
    expect(days(sessions)).toEqual(['Wed', 'Fri'])
    const world = worldOf(evenings)
    expect(costAt(world, 'maintenance', 'wed', '19:15', 'P2')).toBeLessThan(costAt(world, 'maintenance', 'fri', '07:00', 'P2'))
  })

  test('S0-11, S2-10: the least gap before a demanding run is kept and a longer one preferred', () => {
    const world = worldOf(evenings)
    expect(blocked(world, 'maxStrength', 'sat', '12:30')).toBe('H2')
    expect(blocked(world, 'maxStrength', 'fri', '07:00')).toBeUndefined()
    expect(costAt(world, 'maxStrength', 'fri', '18:00', 'P1')).toBeGreaterThan(costAt(world, 'maxStrength', 'fri', '07:00', 'P1'))
  })

  test('S1-11: on one day with a run, strength waits three hours after a hard one and comes six before an easy one', () => {
    const world = worldOf(mornings, { placement: 'hardDays' })
    expect(blocked(world, 'power', 'tue', '07:45')).toBe('H12')
    expect(blocked(world, 'power', 'tue', '12:30')).toBeUndefined()
    expect(blocked(worldOf(['wed 12:00 easy']), 'maintenance', 'wed', '07:00')).toBe('H2')
    expect(blocked(worldOf(['wed 18:00 easy']), 'maintenance', 'wed', '07:00')).toBeUndefined()
  })

  test('S1-12: under easy days no leg session shares a day with a hard run, under any policy none with a race', () => {
    expect(blocked(worldOf(mornings), 'maintenance', 'tue', '18:00')).toBe('H6')
    const races = [{ localDate: on('wed'), localTime: '09:00', distanceMeters: 5000, priority: 'C' as const }]
    for (const placement of ['easyDays', 'hardDays'] as const)
      expect(blocked(worldOf([], { races, placement }), 'maintenance', 'wed', '18:00'), placement).toBe('H3')
  })

  test('S1-13, C10: one run-free day a week stays free of leg strength, unless the guard is off or there is none', () => {
    const prescriber = given(['maxStrength', 'maxStrength'])
    const twoFree = situationOf({ runs: evenings, past: [longSundayBefore] })
    expect(days(shown(twoFree, { prescriber }).sessions)).not.toEqual(expect.arrayContaining(['Mon', 'Fri']))
    const oneFree = ['mon 18:00 easy', ...evenings.filter((run) => !run.startsWith('wed')), 'wed 18:00 easy']
    expect(days(shown(situationOf({ runs: oneFree }), { prescriber }).sessions)).not.toContain('Fri')
    const off = situationOf({ runs: oneFree, runner: { restDayGuard: false } })
    expect(days(shown(off, { prescriber }).sessions)).toContain('Fri')
    const everyDay = [...oneFree, 'fri 18:00 easy', 'nextMon 18:00 easy']
    const { plan } = shown(situationOf({ runs: everyDay }), { prescriber })
    expect(plan.notices.some(({ rule }) => rule === 'C10')).toBe(true)
  })

  test('S1-14: no two leg sessions on neighbouring days', () => {
    const prescriber = given(['maintenance', 'maintenance', 'maintenance'])
    const free = situationOf({ runs: [], runner: { sessionsPerWeek: 3 }, sessions: accustomed('maintenance') })
    const dates = shown(free, { prescriber })
      .plan.sessions.filter(({ kind }) => isLegKind(kind))
      .map(({ localDate }) => localDate)
    expect(dates.length).toBeGreaterThanOrEqual(2)
    for (const date of dates) expect(dates).not.toContain(addDays(date, 1))
    const none = { minutes: 0 }
    const availability = { wednesday: none, thursday: none, friday: none, saturday: none, sunday: none }
    const twoDays = situationOf({ runs: [], runner: { availability }, sessions: accustomed('maintenance') })
    expect(legs(shown(twoDays, { prescriber: given(['maintenance', 'maintenance']) }).sessions)).toHaveLength(1)
  })

  test('S1-19: every session has its day and hour', () => {
    const { sessions } = planSessions(situationOf({ runs: evenings, past: [longSundayBefore], horizonDays: 14 }))
    expect(sessions.length).toBeGreaterThan(1)
    for (const { localDate, localTime } of sessions) expect(`${localDate} ${localTime}`).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d$/)
  })

  test('S1-33: a weekday on which sessions are done is preferred to one on which they are missed', () => {
    const kept = (back: number, status: 'done' | 'missed'): KnownSession => ({
      id: `${back}`,
      localDate: addDays(MONDAY, -back),
      localTime: '07:00',
      minutes: 30,
      kind: 'upperCore',
      status,
    })
    const sessions = [7, 14, 21].flatMap((week) => [kept(week - 2, 'missed'), kept(week - 4, 'done')])
    const world = worldOf(evenings, {}, { sessions })
    expect(p7Preference(world, candidate(world, 'maintenance', 'wed', '07:00')).value).toBe(2)
    expect(p7Preference(world, candidate(world, 'maintenance', 'fri', '07:00')).value).toBe(0)
  })

  test('S2-11, S2-12, S2-14: under hard days strength shares the day of a hard run and says that easy days stay easy', () => {
    const situation = situationOf({ runs: mornings, runner: { placement: 'hardDays' }, past: [longSundayBefore] })
    const { sessions, plan } = shown(situation, { prescriber: given(['maxStrength', 'maxStrength']) })
    expect(days(sessions)).toEqual(['Tue', 'Thu'])
    const first = plan.sessions.find(({ kind }) => isLegKind(kind))!
    expect(first.reasons[0]).toMatchObject({ rule: 'S2-12', text: expect.stringContaining('easy days stay easy') })
    const world = worldOf(mornings, { placement: 'hardDays' })
    expect(costAt(world, 'maxStrength', 'wed', '18:00', 'P2')).toBe(5)
  })

  test('S2-13, C18: on a shared hard day the run comes first', () => {
    const world = worldOf(evenings, { placement: 'hardDays' })
    expect(h12RunFirst(world, candidate(world, 'maintenance', 'tue', '07:00'))?.rule).toBe('H12')
    expect(blocked(world, 'maintenance', 'tue', '19:15')).toBeUndefined()
  })

  test('C1: the other policy is offered with a reason where it fits better, and never taken', () => {
    const situation = situationOf({ runs: mornings, past: [longSundayBefore] })
    const prescriber = given(['maxStrength', 'maxStrength'])
    const { plan, sessions } = shown(situation, { prescriber })
    expect(plan.notices.find(({ rule }) => rule === 'C1')?.text).toMatch(/on hard days.*switch in the settings/)
    expect(days(sessions)).not.toContain('Tue')
    expect(shown(situation, { prescriber, offers: false }).plan.notices.some(({ rule }) => rule === 'C1')).toBe(false)
  })

  test('C1, S4-08: under micro there are three or four short blocks straight after runs and no leg session', () => {
    const situation = situationOf({ runs: mornings, runner: { placement: 'micro' }, past: [longSundayBefore], horizonDays: 8 })
    const { sessions } = planSessions(situation)
    expect(sessions.map(({ kind }) => kind)).toEqual(['coreMicro', 'coreMicro', 'coreMicro', 'coreMicro'])
    expect(new Set(sessions.map(({ template }) => template)).size).toBe(4)
    for (const session of sessions) {
      expect(session.minutes).toBeGreaterThanOrEqual(8)
      expect(session.minutes).toBeLessThanOrEqual(15)
      expect(session.localTime < '10:30', session.localTime).toBe(true)
    }
  })

  test('C3: sessions rest where the runner asks for none', () => {
    expect(planSessions(situationOf({ runs: evenings, runner: { sessionsPerWeek: 0 } })).sessions).toEqual([])
  })

  test('S0-17: twelve weeks hold no fortnight without strength', () => {
    const pattern: [number, string, 'easy' | 'hard', number][] = [
      [1, '18:00', 'hard', 60],
      [2, '18:00', 'easy', 45],
      [3, '18:00', 'hard', 60],
      [6, '09:00', 'easy', 100],
    ]
    const past: PastRun[] = [1, 2, 3, 4, 5, 6, 7, 8].flatMap((week) =>
      pattern.map(([day, localTime, effort, minutes]) => ({
        localDate: addDays(MONDAY, day - 7 * week),
        localTime,
        movingSeconds: minutes * 60,
        effort,
        demand: minutes > 90 ? ('high' as const) : ('moderate' as const),
      })),
    )
    const { sessions } = planSessions(situationOf({ runs: [], past, horizonDays: 84 }))
    const dates = [MONDAY, ...sessions.map(({ localDate }) => localDate), addDays(MONDAY, 82)]
    for (const [i, date] of dates.entries()) if (i > 0) expect(date <= addDays(dates[i - 1]!, 14), `${dates[i - 1]} to ${date}`).toBe(true)
  })

  test('H8: a session with too few usable exercises is not placed, and it is said', () => {
    const { plan } = shown(situationOf({ runs: evenings }), {
      prescriber: { ...given(['maxStrength']), build: () => null },
    })
    expect(plan.sessions).toEqual([])
    expect(plan.unplaced.length).toBeGreaterThan(0)
  })

  test('H9: a day with fewer minutes than the kind takes has no slot for it', () => {
    const short = { minutes: 15 }
    const availability = { monday: short, tuesday: short, wednesday: short, thursday: short, friday: short, saturday: short, sunday: short }
    const { sessions, plan } = shown(situationOf({ runs: evenings, runner: { availability } }), { prescriber: given(['maxStrength']) })
    expect(legs(sessions)).toEqual([])
    expect(plan.unplaced[0]?.rule).toBe('H9')
  })

  test('P9: each session of a week far above the usual running costs three', () => {
    const past: PastRun[] = [1, 2, 3, 4].flatMap((week) =>
      [1, 3, 5].map((day) => ({
        localDate: addDays(MONDAY, day - 7 * week),
        localTime: '18:00',
        movingSeconds: 3600,
        effort: 'easy' as const,
      })),
    )
    const usual = ['tue 18:00 easy', 'thu 18:00 easy', 'sat 18:00 easy']
    expect(p9Load(worldOf(usual, {}, { past }), MONDAY)).toBe(0)
    expect(p9Load(worldOf([...usual, 'sun 09:00 easy 90'], {}, { past }), MONDAY)).toBe(3)
  })
})
