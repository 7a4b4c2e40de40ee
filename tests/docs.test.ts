import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { allRules, anchorFaults, pageWithTable, pathFaults, ruleFaults, rulesNamedIn } from '../scripts/docs.ts'
import { staleExamples } from '../scripts/examples.ts'
import { mutations } from '../scripts/mutate/mutations.ts'

const page = readFileSync(new URL('../docs/training.md', import.meta.url), 'utf8')

describe('the docs', () => {
  test('the table of rules is that of the code; npm run docs writes it anew', () => {
    expect(pageWithTable(page) === page).toBe(true)
  })

  test('every rule of behaviour stands where the table says and is named by a title of its test', () => {
    expect(ruleFaults()).toEqual([])
  })

  test('every rule of behaviour can be taken out of the code as it is; npm run mutate-rules tries it', () => {
    const read = (file: string) => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8')
    const taken = new Set(mutations.flatMap(({ rules }) => rules))
    expect(allRules.filter(({ id, kind }) => kind === 'behaviour' && !taken.has(id)).map(({ id }) => id)).toEqual([])
    for (const { rules, edits } of mutations)
      for (const { file, from } of edits) expect(read(file).includes(from), `${rules.join(', ')} in ${file}: ${from}`).toBe(true)
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
