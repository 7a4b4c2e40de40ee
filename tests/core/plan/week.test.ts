import { expect, test } from 'vitest'
import { addDays, type Day, mondayOf } from '../../../src/core/days.ts'
import { planSessions } from '../../../src/core/plan/plan.ts'
import type { PastRun, Situation } from '../../../src/core/plan/situation.ts'
import { defaultRunner } from '../../../src/core/runner.ts'

const TODAY: Day = '2026-09-08'

/** Eight weeks in which the same days come again: hours of the week by index, 0 for Monday; null is a run of unknown hour. */
function habit(days: Record<number, { time: string | null; effort: 'easy' | 'hard' }>): PastRun[] {
  return Array.from({ length: 56 }, (_, back) => addDays(TODAY, back - 56)).flatMap((localDate) => {
    const index = (Date.parse(localDate) / 86_400_000 + 3) % 7
    const run = days[index]
    return run
      ? [{ localDate, localTime: run.time, movingSeconds: 2700, distanceMeters: 8000, effort: run.effort, demand: 'low' as const }]
      : []
  })
}
const easy = (time: string | null) => ({ time, effort: 'easy' as const })
const hard = (time: string | null) => ({ time, effort: 'hard' as const })

function situation(more: Partial<Omit<Situation, 'runner'>> & { runner?: Partial<Situation['runner']> } = {}): Situation {
  return { today: TODAY, now: '06:00', runs: [], sessions: [], horizonDays: 14, ...more, runner: { ...defaultRunner, ...more.runner } }
}

const habits = [
  habit({ 1: hard('18:00'), 2: easy('18:00'), 6: easy('09:00') }),
  habit({ 1: easy('07:00'), 3: easy('07:00'), 5: easy('07:00') }),
  habit({ 1: hard('06:30'), 3: easy('06:30'), 6: hard('08:00') }),
  habit({ 6: easy('10:00') }),
]

test('a day on which a session was skipped stays free of strength, and the rest of the week follows', () => {
  let replaced = 0
  for (const runs of habits)
    for (let later = 0; later < 7; later++) {
      const at = { runs, today: addDays(TODAY, later) }
      const { sessions } = planSessions(situation(at))
      for (const skipped of sessions) {
        const known = sessions.map((session) => (session === skipped ? { ...session, status: 'skipped' as const } : session))
        const again = planSessions(situation({ ...at, sessions: known })).sessions
        expect(again.map(({ localDate }) => localDate)).not.toContain(skipped.localDate)
        const single = planSessions(situation({ ...at, sessions: [{ ...skipped, status: 'skipped' as const }] })).sessions
        expect(single.map(({ localDate }) => localDate)).not.toContain(skipped.localDate)
        replaced += single.filter(({ localDate }) => mondayOf(localDate) === mondayOf(skipped.localDate)).length
      }
    }
  expect(replaced).toBeGreaterThan(0)
})

test('a session that the runner puts on a day that was skipped before may stand there', () => {
  const runs = habit({ 1: hard('18:00') })
  const [session] = planSessions(situation({ runs })).sessions
  const sessions = [
    { ...session!, id: 'old', status: 'skipped' as const },
    { ...session!, id: 'own', localTime: '12:30', status: 'planned' as const, pinned: true },
  ]
  expect(planSessions(situation({ runs, sessions })).sessions.find(({ id }) => id === 'own')).toMatchObject({
    localDate: session!.localDate,
  })
})

test('short blocks stand on the days of runs, also of runs whose hour nobody knows', () => {
  for (const time of ['07:00', null]) {
    const plan = planSessions(situation({ runs: habit({ 0: easy(time), 2: easy(time), 4: easy(time) }), runner: { placement: 'micro' } }))
    const weekdays = plan.sessions.map(({ localDate }) => (Date.parse(localDate) / 86_400_000 + 3) % 7)
    expect([time, plan.unplaced]).toEqual([time, []])
    expect(weekdays.length).toBeGreaterThanOrEqual(4)
    for (const day of weekdays) expect([0, 2, 4]).toContain(day)
  }
})

test('short blocks also stand in the hours that the runner named, where none of them follows a run', () => {
  const runs = habit({ 0: easy('18:00'), 2: easy('18:00'), 4: easy('18:00') })
  const at = { minutes: 25, localTime: '06:30' }
  const none = { minutes: 0 }
  const availability = { monday: at, wednesday: at, friday: at, tuesday: none, thursday: none, saturday: none, sunday: none }
  const plan = planSessions(situation({ runs, runner: { placement: 'micro', availability } }))
  expect(plan.sessions.length).toBeGreaterThanOrEqual(4)
  expect(new Set(plan.sessions.map(({ localTime }) => localTime))).toEqual(new Set(['06:30']))
})

test('who wants short blocks and has no runs yet is told what they wait for', () => {
  const plan = planSessions(situation({ runner: { placement: 'micro' } }))
  expect(plan.sessions).toEqual([])
  expect(plan.notices.map(({ rule }) => rule)).toContain('S4-08')
})

test('who runs hard every day gets short blocks also in the week that has begun', () => {
  const everyDay = Object.fromEntries(Array.from({ length: 7 }, (_, day) => [day, hard('07:00')]))
  const { sessions } = planSessions(situation({ runs: habit(everyDay), runner: { restDayGuard: false } }))
  const thisWeek = sessions.filter(({ localDate }) => mondayOf(localDate) === mondayOf(TODAY))
  expect(thisWeek.length).toBeGreaterThan(0)
  for (const { kind } of thisWeek) expect(['coreMicro', 'upperCore']).toContain(kind)
  const known = planSessions(
    situation({ runs: habit(everyDay), runner: { restDayGuard: false }, sessions: sessions.map((one) => ({ ...one })) }),
  )
  expect(known.sessions.map(({ localDate, kind }) => [localDate, kind])).toEqual(sessions.map(({ localDate, kind }) => [localDate, kind]))
})

test('a novice begins with the first form, whatever the day and the week', () => {
  for (let later = 0; later < 14; later++) {
    const [session] = planSessions(situation({ today: addDays(TODAY, later), runs: habits[3]! })).sessions
    expect([later, session!.title.slice(0, 12)]).toEqual([later, 'Foundation A'])
  }
})
