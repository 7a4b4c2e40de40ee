import { describe, expect, test } from 'vitest'
import { addDays, daysBetween } from '../../../src/core/days.ts'
import { forecastRuns } from '../../../src/core/plan/forecast.ts'
import { planSessions } from '../../../src/core/plan/plan.ts'
import { lastPublishedDay } from '../../../src/core/plan/publish.ts'
import type { KnownSession, Situation } from '../../../src/core/plan/situation.ts'
import { given, longSundayBefore, MONDAY, on, SUNDAY_BEFORE, situationOf } from './support.ts'

const runs = ['tue 18:00 hard', 'wed 18:00 easy', 'thu 18:00 hard', 'sat 09:00 easy', 'sun 09:00 long', 'nextTue 18:00 hard']
const prescriber = given(['maxStrength', 'maxStrength'])
const base = situationOf({ runs, past: [longSundayBefore] })
const plan = (situation: Situation) => planSessions(situation, { prescriber })
const withPublished = (situation: Situation, sessions: KnownSession[]): Situation => ({
  ...situation,
  sessions: [...situation.sessions, ...sessions],
})

describe('what the runner has seen', () => {
  test('a session that stays keeps its id', () => {
    const first = plan(base)
    const again = plan(withPublished(base, first.sessions))
    expect(again.sessions.map(({ id, localDate }) => [id, localDate])).toEqual(first.sessions.map(({ id, localDate }) => [id, localDate]))
  })

  test('a session that is a little dearer than the best stays where it is', () => {
    const published: KnownSession[] = [
      { id: 'x', localDate: on('wed'), localTime: '07:00', minutes: 45, kind: 'maxStrength', status: 'planned' },
      { id: 'y', localDate: on('fri'), localTime: '12:30', minutes: 45, kind: 'maxStrength', status: 'planned' },
    ]
    const { sessions, notices } = plan(withPublished(base, published))
    expect(sessions.map(({ id, localTime }) => [id, localTime])).toEqual([
      ['x', '07:00'],
      ['y', '12:30'],
    ])
    expect(notices.filter(({ rule }) => rule === 'P6')).toEqual([])
  })

  test('a session that has become illegal moves, keeps its id, and the notice says why', () => {
    const published: KnownSession[] = [
      { id: 'x', localDate: on('sat'), localTime: '10:15', minutes: 45, kind: 'maxStrength', status: 'planned' },
    ]
    const { sessions, notices } = plan(withPublished(base, published))
    const moved = sessions.find(({ id }) => id === 'x')!
    expect(moved.localDate).not.toBe(on('sat'))
    expect(notices.find(({ rule }) => rule === 'P6')!.text).toMatch(
      /Saturday .* moved to .* because it would end 22 h before Sunday's long run/,
    )
  })

  test('new ids never repeat one that another session had', () => {
    const gone: KnownSession = { id: `s-${MONDAY}-1`, localDate: on('mon'), kind: 'foundation', status: 'withdrawn' }
    expect(plan(withPublished(base, [gone])).sessions.map(({ id }) => id)).toEqual([`s-${MONDAY}-2`, `s-${MONDAY}-3`])
  })

  test('a pin stays against policy, window and rest day', () => {
    const pinned: KnownSession = {
      id: 'p',
      localDate: on('sat'),
      localTime: '12:00',
      minutes: 25,
      kind: 'maintenance',
      status: 'planned',
      pinned: true,
    }
    const { sessions } = plan(withPublished({ ...base, runner: { ...base.runner, availability: { saturday: { minutes: 0 } } } }, [pinned]))
    expect(sessions.find(({ id }) => id === 'p')).toMatchObject({
      localDate: on('sat'),
      localTime: '12:00',
      kind: 'maintenance',
      pinned: true,
    })
  })

  test('a pin that would hurt stays in its place as a lighter kind, and the notice says so', () => {
    const pinned: KnownSession = {
      id: 'p',
      localDate: on('thu'),
      localTime: '07:00',
      minutes: 45,
      kind: 'maxStrength',
      status: 'planned',
      pinned: true,
    }
    const { sessions, notices } = plan(withPublished(base, [pinned]))
    expect(sessions.find(({ id }) => id === 'p')).toMatchObject({ localDate: on('thu'), kind: 'upperCore' })
    expect(notices.some(({ text }) => text.includes('pinned') && text.includes('10 h before'))).toBe(true)
  })

  test('a pin in an illness is taken out with a notice', () => {
    const pinned: KnownSession = { id: 'p', localDate: on('fri'), localTime: '07:00', kind: 'maxStrength', status: 'planned', pinned: true }
    const ill = { ...base, runner: { ...base.runner, pauses: [{ from: on('thu'), to: on('sun'), why: 'ill' as const }] } }
    const { sessions, notices } = plan(withPublished(ill, [pinned]))
    expect(sessions.map(({ id }) => id)).not.toContain('p')
    expect(notices.some(({ text }) => text.includes('pinned session on Friday'))).toBe(true)
  })

  test('a session under way is frozen', () => {
    const today = on('wed')
    const begun: KnownSession = { id: 'b', localDate: today, localTime: '07:00', minutes: 45, kind: 'maxStrength', status: 'planned' }
    const { sessions } = plan({ ...withPublished(base, [begun]), today, now: '07:20' })
    expect(sessions[0]).toMatchObject({ id: 'b', localDate: today, localTime: '07:00', kind: 'maxStrength' })
  })

  test('a session that was just on is neither shown nor counted as missed yet, later it is replaced', () => {
    const today = on('wed')
    const over: KnownSession = { id: 'b', localDate: today, localTime: '07:00', minutes: 45, kind: 'maxStrength', status: 'planned' }
    const soon = plan({ ...withPublished(base, [over]), today, now: '08:30' })
    expect(soon.sessions.map(({ localDate }) => localDate)).toEqual([on('fri')])
  })

  test('new sessions begin tomorrow once the day has begun', () => {
    const today = on('wed')
    const asked = { ...base, today }
    expect(plan({ ...asked, now: '06:00' }).sessions[0]!.localDate).toBe(on('wed'))
    expect(plan({ ...asked, now: '09:00' }).sessions[0]!.localDate > today).toBe(true)
  })

  test('ten days go out, and no further than the weeks that the runner has planned, where some are', () => {
    const { runner } = base
    const days = (situation: Situation) =>
      daysBetween(SUNDAY_BEFORE, lastPublishedDay(plan({ ...situation, horizonDays: 21 }), SUNDAY_BEFORE))
    expect(
      days({ ...base, runner: { ...runner, plannedRuns: runner.plannedRuns.filter(({ localDate }) => localDate <= on('sun')) } }),
    ).toBe(7)
    expect(days(base)).toBe(10)
    const usual = [1, 2, 3, 4].flatMap((back) =>
      [0, 2, 6].map((day) => ({
        localDate: addDays(MONDAY, day - 7 * back),
        localTime: '07:00',
        movingSeconds: 3000,
        effort: 'easy' as const,
      })),
    )
    expect(days({ ...base, runs: usual, runner: { ...runner, plannedRuns: [] } })).toBe(10)
    expect(days({ ...base, runs: [], runner: { ...runner, plannedRuns: [] } })).toBe(10)
  })

  test('a skipped session is not placed again', () => {
    const skipped: KnownSession = { id: 'k', localDate: on('wed'), localTime: '07:00', kind: 'maxStrength', status: 'skipped' }
    expect(plan(withPublished(base, [skipped])).sessions).toHaveLength(1)
  })

  test('a habit that is hard one day and nearly so the next moves nothing that the runner has seen', () => {
    const runs = [1, 2, 3, 4, 5, 6, 7, 8].flatMap((back) => {
      const at = (weekday: number, effort: 'easy' | 'hard') => ({
        localDate: addDays(MONDAY, weekday - 7 * back),
        localTime: '07:00',
        movingSeconds: 3600,
        effort,
      })
      return [at(1, 'hard'), at(3, 'hard'), at(5, [1, 2, 4].includes(back) ? 'hard' : 'easy')]
    })
    const situation: Situation = { ...situationOf({ runs: [], runner: { restDayGuard: false, placement: 'hardDays' } }), runs }
    const pHard = forecastRuns(situation, on('sun')).runs.find(({ localDate }) => localDate === on('sat'))!.pHard
    expect(pHard).toBeGreaterThanOrEqual(0.4)
    expect(pHard).toBeLessThan(0.5)
    const days = (sessions: KnownSession[]) => plan(withPublished(situation, sessions)).sessions.map(({ localDate }) => localDate)
    const seen = (day: 'tue' | 'sat'): KnownSession => ({
      id: day,
      localDate: on(day),
      localTime: '12:30',
      minutes: 45,
      kind: 'maxStrength',
      status: 'planned',
    })
    expect(days([])).toEqual([on('tue'), on('thu')])
    expect(days([seen('tue'), seen('sat')])).toEqual([on('tue'), on('sat')])
  })
})
