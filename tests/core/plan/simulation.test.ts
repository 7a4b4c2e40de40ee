import { expect, test } from 'vitest'
import { simulatedRunner } from '../../../scripts/simulate/runners.ts'
import { simulateYear } from '../../../scripts/simulate/year.ts'

test('twenty varied runners are planned for twelve weeks without a broken rule, a duplicate or an empty fortnight', () => {
  const start = '2026-03-02' // both clock changes of spring lie in these weeks
  const results = Array.from({ length: 20 }, (_, id) => simulateYear(simulatedRunner(id, start), start, 12))
  for (const { type, violations, duplicates, emptyFortnights } of results)
    expect({ type, violations, duplicates, emptyFortnights }).toEqual({ type, violations: [], duplicates: [], emptyFortnights: [] })
  const sum = (of: (result: (typeof results)[number]) => number) => results.reduce((total, result) => total + of(result), 0)
  expect(sum(({ moves }) => moves) / sum(({ published }) => published)).toBeLessThan(0.25)
  const regular = results.filter(({ type }) => type !== 'no fixed habit')
  const days = regular.reduce((total, { forecast }) => total + forecast.days, 0)
  expect(regular.reduce((total, { forecast }) => total + forecast.brier * forecast.days, 0) / days).toBeLessThanOrEqual(0.16)
  const demanding = regular.reduce((total, { forecast }) => total + forecast.demandingDays, 0)
  expect(regular.reduce((total, { forecast }) => total + forecast.recalled, 0) / demanding).toBeGreaterThanOrEqual(0.75)
}, 240_000)
