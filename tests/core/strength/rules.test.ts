import { describe, expect, test } from 'vitest'
import { placementRules, trainingRules } from '../../../src/core/strength/rules.ts'

const numbered = (prefix: string, count: number) => Array.from({ length: count }, (_, i) => `${prefix}-${String(i + 1).padStart(2, '0')}`)
const sources = [...numbered('S0', 21), ...numbered('S1', 33), ...numbered('S2', 19), ...numbered('S3', 13), ...numbered('S4', 33)]
const upTo = (letter: string, count: number) => Array.from({ length: count }, (_, i) => `${letter}${i + 1}`)

describe('the table of training rules', () => {
  test('holds every rule of the sources and every choice once', () => {
    expect(trainingRules.map(({ id }) => id)).toEqual([...sources, ...upTo('C', 18)])
  })

  test('holds every hard constraint and every cost of placement once', () => {
    expect(placementRules.map(({ id }) => id)).toEqual([...upTo('H', 14), ...upTo('P', 10)])
  })

  test('a rule of behaviour has a test, words have none', () => {
    for (const { id, kind, test: file } of [...trainingRules, ...placementRules]) expect(file === null, id).toBe(kind === 'text')
  })
})
