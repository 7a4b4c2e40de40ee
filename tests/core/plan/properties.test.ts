import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { violationsOf } from '../../../scripts/simulate/checker.ts'
import { addDays } from '../../../src/core/days.ts'
import { planSessions } from '../../../src/core/plan/plan.ts'
import type { KnownSession, PastRun, Situation } from '../../../src/core/plan/situation.ts'
import { defaultRunner, injuryAreas, type Race, type Runner, type Window } from '../../../src/core/runner.ts'
import { readSituation } from '../../../src/web/api/runner-schema.ts'

const zones = ['Europe/Lisbon', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'Pacific/Apia', 'America/Santiago', 'UTC']
const time = fc
  .integer({ min: 20, max: 86 })
  .map((q) => `${String(Math.floor(q / 4)).padStart(2, '0')}:${String((q % 4) * 15).padStart(2, '0')}`)
/** Around the clock changes of both hemispheres, and the turn of the year. */
const aToday = fc
  .constantFrom(
    '2026-03-05',
    '2026-03-26',
    '2026-04-02',
    '2026-09-06',
    '2026-09-24',
    '2026-10-22',
    '2026-10-29',
    '2026-12-28',
    '2028-02-26',
  )
  .chain((day) => fc.nat(8).map((n) => addDays(day, n)))
const equipment = fc.constantFrom('none', 'bands', 'dumbbells', 'gym' as const)
const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: null })

const aWindow: fc.Arbitrary<Window> = fc.record({
  minutes: fc.constantFrom(0, 12, 20, 30, 45, 75),
  localTime: maybe(time),
  equipment: maybe(equipment),
})
const anAvailability: fc.Arbitrary<Runner['availability']> = fc.record(
  Object.fromEntries(
    ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'].map((day) => [
      day,
      fc.oneof(aWindow, fc.array(aWindow, { maxLength: 3 })),
    ]),
  ),
  { requiredKeys: [] },
)

function aRunner(today: string): fc.Arbitrary<Runner> {
  const ahead = (from: number, to: number) => fc.integer({ min: from, max: to }).map((n) => addDays(today, n))
  const span = (length: number) => fc.tuple(ahead(-10, 16), fc.nat(length)).map(([from, n]) => ({ from, to: addDays(from, n) }))
  const race: fc.Arbitrary<Race> = fc.record({
    localDate: ahead(-15, 30),
    localTime: maybe(time),
    distanceMeters: fc.constantFrom(5000, 10_000, 21_097, 42_195, 60_000),
    priority: fc.constantFrom('A', 'B', 'C' as const),
  })
  return fc
    .record({
      timeZone: fc.constantFrom(...zones),
      sessionsPerWeek: fc.nat(3),
      placement: fc.constantFrom('easyDays', 'easyDays', 'hardDays', 'hardDays', 'micro' as const),
      equipment,
      experience: fc.constantFrom('novice', 'intermediate', 'advanced' as const),
      availability: fc.oneof(fc.constant({}), anAvailability),
      races: fc.uniqueArray(race, { maxLength: 2, selector: ({ localDate }) => localDate }),
      plannedRuns: fc.uniqueArray(
        fc.record({
          localDate: ahead(0, 14),
          localTime: maybe(time),
          minutes: fc.constantFrom(30, 45, 60, 90, 150),
          effort: fc.constantFrom('easy', 'easy', 'hard' as const),
          demand: fc.constantFrom('low', 'moderate', 'high', null),
        }),
        { maxLength: 12, selector: ({ localDate }) => localDate },
      ),
      injuries: fc.array(fc.record({ area: fc.constantFrom(...injuryAreas), painDuring: fc.nat(10), painAtRest: fc.nat(10) }), {
        maxLength: 1,
      }),
      restDayGuard: fc.boolean(),
      sleep: fc.constantFrom(
        { from: '22:30', to: '06:30' },
        { from: '08:00', to: '15:00' },
        { from: '21:00', to: '05:00' },
        { from: '00:30', to: '08:30' },
      ),
      pauses: fc.array(
        span(6).map((days) => ({ ...days, why: 'ill' as const })),
        { maxLength: 1 },
      ),
      awayFrom: fc.array(
        fc
          .tuple(span(8), maybe(equipment), maybe(fc.constantFrom(...zones)))
          .map(([days, gear, timeZone]) => ({ ...days, equipment: gear, timeZone })),
        { maxLength: 1 },
      ),
      birthYear: fc.constantFrom(null, 1955, 1990),
    })
    .map((fields) => ({ ...defaultRunner, ...(fields as Partial<Runner>) }))
}

function someRuns(today: string): fc.Arbitrary<PastRun[]> {
  const run = fc.record({
    localDate: fc.nat(60).map((n) => addDays(today, -n)),
    localTime: maybe(time),
    movingSeconds: fc.constantFrom(1800, 3000, 4200, 7800),
    effort: fc.constantFrom('easy', 'easy', 'hard', 'unclear' as const),
    demand: fc.constantFrom('low', 'moderate', 'high', null),
  })
  return fc.uniqueArray(run, { maxLength: 40, selector: ({ localDate }) => localDate })
}

function someSessions(today: string): fc.Arbitrary<KnownSession[]> {
  const session = fc.record({
    localDate: fc.integer({ min: 1, max: 40 }).map((n) => addDays(today, -n)),
    localTime: maybe(time),
    minutes: fc.constantFrom(20, 35, 45),
    kind: fc.constantFrom('foundation', 'maxStrength', 'hypertrophy', 'maintenance', 'power', 'upperCore' as const),
    status: fc.constantFrom('done', 'done', 'missed', 'skipped' as const),
  })
  return fc
    .uniqueArray(session, { maxLength: 12, selector: ({ localDate }) => localDate })
    .map((sessions) => sessions.map((one, i) => ({ ...one, id: `known-${i}` })))
}

const aSituation: fc.Arbitrary<Situation> = aToday.chain((today) =>
  fc.record({
    today: fc.constant(today),
    now: time,
    horizonDays: fc.constantFrom(7, 14, 21),
    runner: aRunner(today),
    runs: someRuns(today),
    sessions: someSessions(today),
  }),
)

describe('any plan', () => {
  test('breaks no hard constraint', () => {
    fc.assert(
      fc.property(aSituation, (situation) => {
        expect(violationsOf(situation, planSessions(situation))).toEqual([])
      }),
      { numRuns: 120 },
    )
  }, 120_000)

  test('is the same, byte for byte, the second time and from its own JSON', () => {
    fc.assert(
      fc.property(aSituation, (situation) => {
        const once = JSON.stringify(planSessions(situation))
        expect(JSON.stringify(planSessions(situation))).toBe(once)
        const read = readSituation(JSON.parse(JSON.stringify(situation)))
        if (!('situation' in read)) throw new Error(JSON.stringify(read.problems))
        expect(JSON.stringify(planSessions(read.situation))).toBe(once)
      }),
      { numRuns: 40 },
    )
  }, 60_000)

  test('stays as it is when nothing changed since it was published', () => {
    fc.assert(
      fc.property(aSituation, (situation) => {
        const first = planSessions(situation)
        const sessions = [...situation.sessions, ...first.sessions.map((session) => ({ ...session, published: true }))]
        const again = planSessions({ ...situation, sessions })
        const shown = (plan: typeof first) => plan.sessions.map(({ id, localDate, localTime, kind }) => [id, localDate, localTime, kind])
        expect(shown(again)).toEqual(shown(first))
        expect(again.notices.filter(({ rule }) => rule === 'P6')).toEqual([])
      }),
      { numRuns: 40 },
    )
  }, 60_000)

  test('holds nothing past, nothing beyond the horizon, one session a day and no id twice', () => {
    fc.assert(
      fc.property(aSituation, (situation) => {
        const { sessions, notices } = planSessions(situation)
        const last = addDays(situation.today, situation.horizonDays - 1)
        expect(sessions.every(({ localDate }) => localDate >= situation.today && localDate <= last)).toBe(true)
        expect(new Set(sessions.map(({ localDate }) => localDate)).size).toBe(sessions.length)
        expect(new Set(sessions.map(({ id }) => id)).size).toBe(sessions.length)
        expect(sessions.every(({ reasons }) => reasons.length > 0 && reasons.every(({ text }) => text.endsWith('.')))).toBe(true)
        expect(notices.every(({ sessionDate }) => sessionDate === null || sessionDate <= last)).toBe(true)
      }),
      { numRuns: 60 },
    )
  }, 60_000)
})
