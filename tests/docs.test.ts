import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { anchorFaults, pageWithTable, pathFaults, ruleFaults, rulesNamedIn } from '../scripts/docs.ts'
import { staleExamples } from '../scripts/examples.ts'

const page = readFileSync(new URL('../docs/training.md', import.meta.url), 'utf8')

describe('the docs', () => {
  test('the table of rules is that of the code; npm run docs writes it anew', () => {
    expect(pageWithTable(page) === page).toBe(true)
  })

  test('every rule of behaviour stands where the table says and is named by a title of its test', () => {
    expect(ruleFaults()).toEqual([])
  })

  test('every section that the code points to is there', () => {
    expect(anchorFaults()).toEqual([])
  })

  test('every path that the docs name exists', () => {
    expect(pathFaults()).toEqual([])
  })

  test('the example plans are those of today; npm run examples writes them anew', () => {
    expect(staleExamples()).toEqual([])
  })

  test('rule ids are read from titles alone', () => {
    const source = "test('S0-01, C5: a title', () => { expect(1, 'S9-99') })\n// H1\ntest.each([['P2', 1]])('H12 %s', (a) => {})"
    expect([...rulesNamedIn(source)].sort()).toEqual(['C5', 'H12', 'S0-01'])
  })
})
