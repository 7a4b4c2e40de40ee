import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { trainingRules } from '../../../src/core/strength/rules.ts'

const numbered = (prefix: string, count: number) => Array.from({ length: count }, (_, i) => `${prefix}-${String(i + 1).padStart(2, '0')}`)
const sources = [...numbered('S0', 21), ...numbered('S1', 33), ...numbered('S2', 19), ...numbered('S3', 13), ...numbered('S4', 33)]
const choices = Array.from({ length: 18 }, (_, i) => `C${i + 1}`)

/** Rule ids in the titles of a file's tests. */
function namedIn(file: string): Set<string> {
  const titles = readFileSync(file, 'utf8').match(/test\(\s*'[^']*'/g) ?? []
  return new Set(titles.flatMap((title) => title.match(/\b(?:S\d-\d{2}|C\d{1,2})\b/g) ?? []))
}

describe('the table of training rules', () => {
  test('holds every rule of the sources and every choice once', () => {
    expect(trainingRules.map(({ id }) => id)).toEqual([...sources, ...choices])
  })

  test('every rule of behaviour outside placement is named by a test of the file it states', () => {
    for (const { id, kind, test: file } of trainingRules) {
      if (kind === 'text') expect(file, id).toBeNull()
      else if (file!.endsWith('.ts')) expect(namedIn(file!).has(id), `${id} in ${file}`).toBe(true)
    }
  })

  test('every place that a rule names exists', () => {
    for (const { id, where } of trainingRules) {
      for (const path of where.match(/src\/[\w/.-]+\.ts/g) ?? []) expect(existsSync(path), `${id}: ${path}`).toBe(true)
    }
  })
})
