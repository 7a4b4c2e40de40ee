import { describe, expect, test } from 'vitest'
import { addDays } from '../../../src/core/days.ts'
import type { Equipment } from '../../../src/core/runner.ts'
import { exerciseOf, isJump, isLegStrength } from '../../../src/core/strength/exercises.ts'
import type { SessionRequest } from '../../../src/core/strength/request.ts'
import type { PastSession } from '../../../src/core/strength/session.ts'
import { build, mainOf, past, setsOf, tuesday } from './support.ts'

const tiers: Equipment[] = ['none', 'bands', 'dumbbells', 'gym']

/** Main sets of one session a week, each built on those before it. */
function weekly(weeks: Partial<SessionRequest>[]): number[] {
  const history: PastSession[] = []
  return weeks.map((over, i) => {
    const day = addDays(tuesday, 7 * i)
    const session = build({ sessionsThisWeek: 1, day, history: [...history], ...over })
    history.push(past(day, over.kind ?? 'maxStrength', { exercises: session.exercises }))
    return setsOf(mainOf(session))
  })
}

describe('light sessions', () => {
  test('C4, S0-16: from the peak over the taper and race week to the recovery the sets only fall', () => {
    for (const equipment of tiers) {
      for (const level of [2, 3] as const) {
        const sets = weekly([
          { equipment, level, weekOfBlock: 3 },
          { equipment, level, kind: 'maintenance', phase: 'peak' },
          { equipment, level, phase: 'taper', weekOfBlock: 1 },
          { equipment, level, kind: 'maintenance', phase: 'taper', weekOfBlock: 2 },
          { equipment, level, kind: 'maintenance', phase: 'raceWeek' },
          { equipment, level, kind: 'maintenance', phase: 'recovery' },
        ])
        const [, peak, ...others] = sets
        for (const [i, now] of others.entries())
          expect(now, `${equipment} ${level} ${sets}`).toBeLessThanOrEqual(i === 0 ? peak! : others[i - 1]!)
        expect(others[1]!).toBeLessThanOrEqual(Math.ceil(peak! * 0.75))
      }
    }
  })

  test('C4: maintenance before a race has a set each, two of one heavy lift at most, at the weight of the block', () => {
    for (const phase of ['taper', 'raceWeek', 'recovery'] as const) {
      const main = mainOf(build({ kind: 'maintenance', phase, weekOfBlock: 2 }))
      expect(main.filter(({ sets }) => sets > 1).length).toBeLessThanOrEqual(1)
      expect(Math.max(...main.map(({ sets }) => sets))).toBeLessThanOrEqual(2)
    }
    const history = [
      past(addDays(tuesday, -7), 'maxStrength', { exercises: [{ id: 'trap_bar_deadlift', sets: 3, reps: 3, weightKg: 60 }] }),
    ]
    const main = mainOf(build({ kind: 'maintenance', phase: 'taper', weekOfBlock: 2, history }))
    expect(main.find(({ id }) => id === 'trap_bar_deadlift')).toMatchObject({ sets: 2, weightKg: 60 })
  })

  test('S4-21: a light week halves the sets that were done, not those of the template', () => {
    const full = build({ minutes: 45, goal: { distance: 'marathon', terrain: 'flat' }, hasLongRunThisWeek: true })
    const done = mainOf(full).map((item) => ({ ...item, sets: isLegStrength(exerciseOf(item.id)) ? 2 : item.sets }))
    const history = [past(addDays(tuesday, -7), 'maxStrength', { exercises: done })]
    const goal = { distance: 'marathon', terrain: 'flat' } as const
    const light = mainOf(build({ minutes: 45, goal, hasLongRunThisWeek: true, deload: true, weekOfBlock: 4, history }))
    for (const item of light) {
      const before = done.find(({ id }) => id === item.id)
      if (before && !isJump(exerciseOf(item.id))) expect(item.sets, item.id).toBe(Math.ceil(before.sets / 2))
    }
    expect(light.some(({ id, sets }) => isLegStrength(exerciseOf(id)) && sets === 1)).toBe(true)
  })

  test('S4-21: a second light week does not halve the first one', () => {
    const full = build()
    const history = [past(addDays(tuesday, -14), 'maxStrength', { exercises: full.exercises })]
    const first = build({ deload: true, day: addDays(tuesday, -7), history })
    const second = build({ deload: true, history: [...history, past(addDays(tuesday, -7), 'maxStrength', { exercises: first.exercises })] })
    expect(
      mainOf(second)
        .map(({ id, sets }) => [id, sets])
        .slice(0, 3),
    ).toEqual(
      mainOf(first)
        .map(({ id, sets }) => [id, sets])
        .slice(0, 3),
    )
  })
})
