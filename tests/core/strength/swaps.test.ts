import { describe, expect, test } from 'vitest'
import { exerciseOf } from '../../../src/core/strength/exercises.ts'
import { swapsFor } from '../../../src/core/strength/select.ts'
import { withSwaps } from '../../../src/core/strength/swaps.ts'
import { build, mainOf, request } from './support.ts'

const session = build()
const squat = mainOf(session).find(({ id }) => id === 'back_squat')!
const swapped = (to: string, planned = squat, units: 'metric' | 'imperial' = 'metric') =>
  withSwaps([planned], { [planned.id]: to }, units)[0]!

describe('swaps by the runner', () => {
  test('S1-27: every swap that is offered keeps part, pair, sets and rest, and has reps or seconds that make sense', () => {
    for (const kind of ['foundation', 'hypertrophy', 'maxStrength', 'power', 'maintenance', 'upperCore', 'coreMicro'] as const) {
      for (const equipment of ['none', 'bands', 'dumbbells', 'gym'] as const) {
        const over = { kind, equipment, minutes: 60 }
        for (const planned of mainOf(build(over))) {
          for (const other of swapsFor(planned.id, request(over))) {
            const now = swapped(other.id, planned)
            const { id, part, group, sets, restSeconds } = now
            expect({ part, group, sets, restSeconds }).toEqual({
              part: planned.part,
              group: planned.group,
              sets: planned.sets,
              restSeconds: planned.restSeconds,
            })
            expect(now.perSide, id).toBe(exerciseOf(id).perSide)
            expect((now.reps === null) === exerciseOf(id).timed && (now.seconds === null) !== exerciseOf(id).timed, id).toBe(true)
            expect(now.reps ?? now.seconds, id).toBeGreaterThanOrEqual(3)
            expect(now.weightKg === null, id).toBe(exerciseOf(id).load === null)
          }
        }
      }
    }
  })

  test("a weight becomes that of the same effort, a tenth less, on a shelf of the runner's units", () => {
    expect(swapped('leg_press', { ...squat, weightKg: 70 }).weightKg).toBe(90)
    expect(swapped('goblet_squat', { ...squat, weightKg: 70 }).weightKg).toBe(27.5)
    expect(Math.round(swapped('goblet_squat', { ...squat, weightKg: 70 }, 'imperial').weightKg! / 0.45359237) % 5).toBe(0)
  })

  test('without a weight there are reps enough to train', () => {
    expect(swapped('bw_squat', { ...squat, reps: 3, weightKg: 60 })).toMatchObject({ reps: 12, weightKg: null, tempo: null })
    expect(swapped('sl_squat', { ...squat, reps: 3, weightKg: 60 })).toMatchObject({ reps: 8, perSide: true })
    expect(swapped('bw_squat', { ...squat, reps: 15, weightKg: null }).reps).toBe(15)
  })

  test('an unknown exercise or the planned one itself changes nothing', () => {
    expect(swapped('no_such_exercise')).toBe(squat)
    expect(swapped('back_squat')).toBe(squat)
  })
})
