import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addDays } from '../../../src/core/days.ts'
import type { Equipment } from '../../../src/core/runner.ts'
import { contactsOf } from '../../../src/core/strength/contacts.ts'
import { partSeconds } from '../../../src/core/strength/duration.ts'
import { exerciseOf, isLegStrength } from '../../../src/core/strength/exercises.ts'
import type { Phase } from '../../../src/core/strength/request.ts'
import type { PastSession, SessionKind } from '../../../src/core/strength/session.ts'
import { fitted } from '../../../src/core/strength/shorten.ts'
import { templateOf } from '../../../src/core/strength/templates.ts'
import { build, idsOf, mainOf, past, request, tuesday } from './support.ts'

const tiers: Equipment[] = ['none', 'bands', 'dumbbells', 'gym']
const kinds: [SessionKind, Phase][] = [
  ['hypertrophy', 'base'],
  ['maxStrength', 'strength'],
  ['power', 'power'],
  ['maintenance', 'peak'],
]

describe('a session that is too long', () => {
  test('keeps every lift for the legs when it is a minute too long', () => {
    for (const equipment of tiers) {
      for (const [kind, phase] of kinds) {
        const whole = build({ kind, phase, equipment })
        const short = build({ kind, phase, equipment, minutes: whole.minutes - 1 })
        const lifts = (session: typeof whole) => idsOf(session).filter((id) => isLegStrength(exerciseOf(id)))
        expect(lifts(short), `${kind} ${equipment}`).toEqual(lifts(whole))
      }
    }
  })

  test('rests less between small exercises before a set goes', () => {
    const [whole, short] = [build({ minutes: 45 }), build({ minutes: 42 })].map(mainOf)
    expect(short!.map(({ id, sets }) => [id, sets])).toEqual(whole!.map(({ id, sets }) => [id, sets]))
    const rest = (main: typeof whole) => main!.reduce((sum, { restSeconds }) => sum + restSeconds, 0)
    expect(rest(short)).toBeLessThan(rest(whole))
  })

  test('never gives more sets back than it took', () => {
    const [model] = mainOf(build())
    const slot = templateOf('hypertrophy_gym').variants[0]![0]!
    const ids = ['goblet_squat', 'db_rdl', 'db_reverse_lunge', 'lat_pulldown', 'db_floor_press', 'seated_calf_raise', 'pallof_press']
    const work = fc.tuple(
      ...ids.map((id) => fc.record({ id: fc.constant(id), sets: fc.integer({ min: 1, max: 4 }), rest: fc.integer({ min: 20, max: 400 }) })),
    )
    fc.assert(
      fc.property(work, fc.integer({ min: 6, max: 60 }), fc.boolean(), (asked, minutes, extra) => {
        const items = asked.map(({ id, sets, rest }) => {
          const exercise = exerciseOf(id)
          const session = { ...model!, id, sets, perSide: exercise.perSide, weightKg: 20, restSeconds: rest, group: null }
          return { exercise, slot: { ...slot, extra: extra && id === 'db_reverse_lunge' }, session, raised: false, firstWeight: false }
        })
        const kept = fitted(items, minutes, request({ kind: 'hypertrophy' }), false, (main) => main) ?? []
        for (const { session } of kept) expect(session.sets).toBeLessThanOrEqual(asked.find(({ id }) => id === session.id)!.sets)
      }),
      { numRuns: 2000, seed: 5 },
    )
  })

  test('spends what is left over on one stretch more at most', () => {
    for (const [kind, phase] of kinds) {
      for (let minutes = 30; minutes <= 38; minutes++) {
        const whole = build({ kind, phase, minutes: 60 })
        const short = build({ kind, phase, minutes })
        const sets = (session: typeof whole) => mainOf(session).reduce((sum, item) => sum + item.sets, 0)
        if (sets(short) < sets(whole)) expect(partSeconds(kind, short.exercises, 'coolDown'), `${kind} ${minutes}`).toBeLessThan(260)
      }
    }
  })

  test('gives the minutes that the balance freed to small work for the legs that had gone', () => {
    const goal = { distance: '10k', terrain: 'flat' } as const
    const session = build({ kind: 'foundation', phase: 'base', equipment: 'dumbbells', minutes: 32, goal })
    expect(idsOf(session)).toContain('pogo')
    expect(session.minutes).toBeGreaterThanOrEqual(31)
  })

  test('S4-13: a novice who hopped in weeks 5 and 6 hops in week 7', () => {
    const history: PastSession[] = []
    for (const week of [5, 6, 7]) {
      const day = addDays(tuesday, 7 * week)
      const over = { kind: 'foundation', phase: 'novice', level: 1, equipment: 'bands', minutes: 35, weekOfBlock: week } as const
      const first = build({ ...over, day, history: [...history] })
      const second = build({
        ...over,
        day: addDays(day, 3),
        weekSoFar: [{ kind: 'foundation', exercises: first.exercises }],
        history: [...history, past(day, 'foundation', { exercises: first.exercises })],
      })
      history.push(
        past(day, 'foundation', { exercises: first.exercises }),
        past(addDays(day, 3), 'foundation', { exercises: second.exercises }),
      )
      expect(contactsOf(first.exercises), `week ${week}`).toBeGreaterThan(0)
    }
  })

  test('S4-05: low hops give way first, and high jumps keep two sets of five', () => {
    for (const level of [2, 3] as const) {
      for (const equipment of tiers) {
        const jumps = mainOf(build({ kind: 'power', phase: 'power', level, equipment })).filter(({ id }) =>
          'GH'.includes(exerciseOf(id).dose),
        )
        for (const { id, sets } of jumps) expect(sets, `${id} ${level} ${equipment}`).toBeGreaterThanOrEqual(2)
        expect(jumps.some(({ id }) => exerciseOf(id).dose === 'H')).toBe(true)
      }
    }
  })

  test('S3-09, S4-09: what time leaves out of the work comes back in the warm-up', () => {
    const over = { kind: 'foundation', phase: 'novice', level: 1, equipment: 'bands', weekOfBlock: 4 } as const
    const first = build({ ...over, minutes: 33 })
    const second = build({ ...over, minutes: 33, weekSoFar: [{ kind: 'foundation', exercises: first.exercises }] })
    const warmUps = (session: typeof first) => session.exercises.filter(({ part }) => part === 'warmUp').map(({ id }) => id)
    expect(idsOf(second)).not.toContain('tib_raise')
    expect(warmUps(second)).toContain('tib_raise')
    const abductors = [first, second].flatMap(({ exercises }) => exercises.filter(({ id }) => exerciseOf(id).pattern === 'hipAbduction'))
    expect(abductors.length).toBeGreaterThan(0)
  })
})
