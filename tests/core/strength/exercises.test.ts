import { existsSync, readFileSync } from 'node:fs'
import { Profile } from '@garmin/fitsdk'
import { describe, expect, test } from 'vitest'
import { exerciseList, findExercise, hasEquipmentFor } from '../../../src/core/strength/exercises.ts'

const types = Profile.types as Record<string, Record<string, string>>
const facts = '../shared/platforms/specs/garmin-exercises.json'

type Facts = {
  categories: string[]
  exercises: { category: string; name: string; fitCategoryId: number; fitNameId: number }[]
}

describe('the exercise library', () => {
  test('holds 122 exercises with ids and names of their own', () => {
    expect(exerciseList).toHaveLength(122)
    expect(new Set(exerciseList.map(({ id }) => id)).size).toBe(122)
    expect(new Set(exerciseList.map(({ name }) => name)).size).toBe(122)
  })

  test.each(exerciseList.map((exercise) => [exercise.id, exercise] as const))(
    '%s has the numbers of the official FIT profile',
    (_id, { fit }) => {
      expect(types.exerciseCategory?.[fit.category]).toBe(fit.categoryKey)
      if (fit.match === 'category') {
        expect(fit.name).toBeNull()
        expect(fit.nameKey).toBeNull()
      } else {
        expect(types[`${fit.categoryKey}ExerciseName`]?.[fit.name!]).toBe(fit.nameKey)
      }
    },
  )

  test('has names that Garmin takes', (context) => {
    if (!existsSync(facts)) context.skip('the table of Garmin names is not here')
    const { categories, exercises } = JSON.parse(readFileSync(facts, 'utf8')) as Facts
    for (const { id, garmin, fit } of exerciseList) {
      expect(garmin, id).not.toBeNull()
      expect(categories, id).toContain(garmin!.category)
      const known = exercises.find(({ fitCategoryId, fitNameId }) => fitCategoryId === fit.category && fitNameId === fit.name)
      if (known) expect(garmin, id).toEqual({ category: known.category, name: known.name })
    }
  })

  test('S1-06, S1-22: every exercise says its technique in one short sentence', () => {
    for (const { id, cue } of exerciseList) {
      expect(cue.length, id).toBeLessThanOrEqual(90)
      expect(cue, id).toMatch(/^[A-Z].*[.]$/)
    }
    expect(findExercise('bw_squat')?.cue).toMatch(/knees in line with your toes/)
  })

  test('S0-14: easier and harder forms exist and never lead down or up the wrong way', () => {
    for (const { id, easier, harder, level, pattern } of exerciseList) {
      const up = harder ? findExercise(harder)! : null
      const down = easier ? findExercise(easier)! : null
      expect([up?.id ?? null, down?.id ?? null], id).toEqual([harder, easier])
      if (up?.pattern === pattern) expect(up.level, id).toBeGreaterThanOrEqual(level)
      if (down?.pattern === pattern) expect(down.level, id).toBeLessThanOrEqual(level)
    }
  })

  test('S1-02, S1-03, S3-05, S3-08, S4-14: the movements that the sources name are there', () => {
    const named =
      'bw_squat reverse_lunge walking_lunge cable_row_1 sl_rdl cable_chest_press_1 pallof_press step_up kb_deadlift plank push_up glute_bridge db_rdl russian_twist lying_leg_raise bb_hip_thrust hip_extension back_extension'
    for (const id of named.split(' ')) expect(findExercise(id), id).not.toBeNull()
  })

  test('S0-18, S0-19, S1-29, S2-18, S3-12, S4-06, S4-33: exercises say what a runner gets from them', () => {
    for (const { id, purposes } of exerciseList) expect(purposes.length, id).toBeGreaterThan(0)
    const all = new Set(exerciseList.flatMap(({ purposes }) => purposes))
    for (const purpose of [
      'hills',
      'speedHold',
      'finish',
      'pelvis',
      'armDrive',
      'posture',
      'endurance',
      'stability',
      'power',
      'speed',
      'lateRunForm',
    ] as const) {
      expect(all).toContain(purpose)
    }
  })

  test('S1-01, S1-04: without equipment there are squats, lunges, planks and push-ups', () => {
    for (const id of ['bw_squat', 'reverse_lunge', 'plank', 'push_up']) expect(hasEquipmentFor(findExercise(id)!, 'none')).toBe(true)
    expect(hasEquipmentFor(findExercise('goblet_squat')!, 'bands')).toBe(false)
    expect(hasEquipmentFor(findExercise('pull_up')!, 'dumbbells')).toBe(false)
    expect(hasEquipmentFor(findExercise('step_up')!, 'none')).toBe(true)
  })
})
