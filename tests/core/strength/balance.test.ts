import { describe, expect, test } from 'vitest'
import { balanced, withoutExcess } from '../../../src/core/strength/balance.ts'
import { exerciseOf } from '../../../src/core/strength/exercises.ts'
import type { Item } from '../../../src/core/strength/item.ts'
import type { WeekSession } from '../../../src/core/strength/request.ts'
import { templateOf } from '../../../src/core/strength/templates.ts'
import { build, buildWeek, mainOf, request, setsOf } from './support.ts'

const [model] = mainOf(build())

function item(id: string, sets: number, weightKg: number | null): Item {
  const exercise = exerciseOf(id)
  const slot = templateOf('foundation_bw').variants[0]![1]!
  return { exercise, slot, session: { ...model!, id, sets, weightKg, perSide: exercise.perSide }, raised: false, firstWeight: false }
}

const earlier = (...exercises: [id: string, sets: number][]): WeekSession[] => [
  { kind: 'maintenance', exercises: exercises.map(([id, sets]) => ({ id, sets, part: 'main' })) },
]
const setsById = (items: readonly Item[]) => Object.fromEntries(items.map(({ session }) => [session.id, session.sets]))

describe('the balance of a session', () => {
  test('a lift with a weight keeps two sets where the hip has too much of the week', () => {
    const weekSoFar = earlier(['trap_bar_deadlift', 2], ['db_step_up', 2], ['db_sl_rdl', 2])
    const asked = request({ kind: 'power', phase: 'power', weekSoFar })
    const items = [item('bb_hip_thrust', 4, 45), item('db_split_squat', 2, 8), item('pallof_press', 3, 7)]
    const sets = setsById(withoutExcess(balanced(items, asked), asked))
    expect(sets.bb_hip_thrust).toBeGreaterThanOrEqual(2)
    expect(sets.db_split_squat).toBe(3)
  })

  test('small work and lifts without a weight give sets before a lift with one', () => {
    const weekSoFar = earlier(['goblet_squat', 4], ['db_rdl', 3])
    const asked = request({ weekSoFar })
    const items = [item('sl_hip_thrust', 3, null), item('db_step_up', 3, 9), item('db_rdl', 3, 16), item('glute_bridge', 3, null)]
    const sets = setsById(balanced(items, asked))
    expect(sets.db_rdl).toBe(3)
    expect(sets.glute_bridge).toBe(2)
    expect(sets.sl_hip_thrust).toBe(2)
  })

  test('the share of one leg counts over the week, so the second session keeps what the first one paid for', () => {
    const weekSoFar = earlier(['hip_extension', 2], ['reverse_lunge', 2], ['sl_rdl', 2], ['bw_squat', 2])
    const asked = request({ kind: 'foundation', phase: 'novice', level: 1, weekSoFar })
    const items = () => [
      item('step_up', 2, null),
      item('band_good_morning', 2, null),
      item('bw_squat', 2, null),
      item('glute_bridge', 2, null),
    ]
    expect(setsById(withoutExcess(items(), asked))).toEqual(setsById(items()))
    const alone = withoutExcess(items(), request({ kind: 'foundation', phase: 'novice', level: 1, sessionsThisWeek: 1 }))
    expect(setsOf(alone.map(({ session }) => session))).toBeLessThan(8)
  })

  test('lifts whose sets a light week or a taper halved are not cut again', () => {
    for (const over of [{ deload: true }, { phase: 'taper' as const }]) {
      const asked = request({ kind: 'power', ...over })
      const items = [item('goblet_squat', 2, 12), item('sl_hip_thrust', 1, null), item('step_up', 1, null)]
      expect(setsById(withoutExcess(balanced(items, asked), asked))).toEqual({ goblet_squat: 2, sl_hip_thrust: 1, step_up: 1 })
    }
  })

  test('pulls of the week’s second session pay for a second set of pushing in the first', () => {
    const week = buildWeek({ kind: 'foundation', phase: 'novice', level: 1, equipment: 'bands', weekOfBlock: 4, minutes: 35 })
    const setsWith = (pattern: string) =>
      setsOf(week.flatMap(({ exercises }) => exercises).filter(({ id }) => exerciseOf(id).pattern === pattern))
    expect(setsWith('push')).toBe(2)
    expect(setsWith('pull')).toBeGreaterThanOrEqual(2)
    const alone = build({ kind: 'foundation', phase: 'novice', level: 1, equipment: 'bands', weekOfBlock: 4, sessionsThisWeek: 1 })
    expect(mainOf(alone).find(({ id }) => id === 'incline_push_up')?.sets).toBe(1)
  })
})
