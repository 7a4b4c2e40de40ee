import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Goal } from '../../../src/core/runner.ts'
import { exerciseOf } from '../../../src/core/strength/exercises.ts'
import { goalFactor, profilesOf } from '../../../src/core/strength/goals.ts'

const factor = (id: string, distance: Goal['distance'], terrain: Goal['terrain'] = 'flat') =>
  goalFactor(exerciseOf(id), { distance, terrain })

describe('goals', () => {
  test('S2-06: flat and short asks for power and hip strength', () => {
    expect(factor('box_jump', '5k')).toBe(1.5)
    expect(factor('lateral_band_walk', '10k')).toBe(1.3)
  })

  test('S2-07: trail and short asks for balance and full legs', () => {
    expect(factor('sl_reach', '10k', 'trail')).toBe(1.6)
    expect(factor('step_up', '10k', 'trail')).toBe(1.4)
  })

  test('S4-28: hills ask for jumps and ankles', () => {
    expect(factor('box_jump', 'general', 'hilly')).toBe(1.4)
    expect(factor('calf_raise', 'general', 'hilly')).toBe(1.4)
  })

  test('S4-29: flat and long asks for the back of the body and the core', () => {
    expect(factor('db_rdl', 'marathon')).toBe(1.4)
    expect(factor('plank', 'half')).toBe(1.4)
  })

  test('C13: a goal with two sides gets the mean of both', () => {
    expect(profilesOf({ distance: 'half', terrain: 'hilly' })).toEqual(['flatLong', 'hills'])
    expect(factor('box_jump', 'half', 'hilly')).toBeCloseTo((0.8 + 1.4) / 2, 5)
    expect(factor('push_up', 'ultra', 'trail')).toBe(1)
  })

  test('C14: no word of the strength rules promises that injuries are prevented', () => {
    for (const file of readdirSync('src/core/strength')) {
      const words = readFileSync(`src/core/strength/${file}`, 'utf8').match(/(?:text|cue)[:=] [`'][^`']*[`']/g) ?? []
      for (const text of words) expect(text, file).not.toMatch(/prevent|halve|injury-free|never get injured/i)
    }
  })
})
