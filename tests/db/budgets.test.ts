import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { noteUsed, takeFromBudget, type Window } from '../../src/db/budgets.ts'
import { forEachDatabase, type TestDatabase } from '../support/databases.ts'

forEachDatabase((_name, open) => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await open()
  })
  afterAll(() => database.close())
  const at = (seconds: number) => new Date(Date.UTC(2026, 10, 18, 9) + seconds * 1000)
  const window = (more: Partial<Window> = {}): Window => ({ key: '15min', seconds: 900, limit: 20, align: 'rolling', ...more })

  describe('The allowance', () => {
    test('is never overdrawn, however many take at the same time', async () => {
      const waits = await Promise.all(Array.from({ length: 60 }, () => takeFromBudget(database.db, 'many', [window()], 1, at(0))))
      expect(waits.filter((wait) => wait === 0)).toHaveLength(20)
      expect(waits.filter((wait) => wait > 0).every((wait) => wait <= 960_000)).toBe(true)
    })

    test('holds in every stretch of a rolling window, and in every clock window', async () => {
      let platform = 0
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 20, maxLength: 60 }),
          fc.constantFrom('rolling' as const, 'clock' as const),
          async (steps, align) => {
            const name = `random ${platform++}`
            const taken: number[] = []
            let now = 0
            for (const step of steps) {
              now += step
              const wait = await takeFromBudget(database.db, name, [window({ limit: 5, align })], 1, at(now))
              if (wait === 0) taken.push(now)
              // Waiting as long as it says is enough.
              else if (step % 3 === 0) {
                now += Math.ceil(wait / 1000)
                expect(await takeFromBudget(database.db, name, [window({ limit: 5, align })], 1, at(now))).toBe(0)
                taken.push(now)
              }
            }
            for (const start of taken) {
              const end = align === 'rolling' ? start + 900 : Math.floor(start / 900) * 900 + 900
              expect(taken.filter((one) => one >= start && one < end).length).toBeLessThanOrEqual(5)
            }
          },
        ),
        { numRuns: 12 },
      )
    })

    test('takes from all windows or from none, and leaves a part to what is of today', async () => {
      const windows = [window({ limit: 10 }), window({ key: 'day', seconds: 86_400, limit: 3, align: 'clock' })]
      for (let n = 0; n < 3; n++) expect(await takeFromBudget(database.db, 'both', windows, 1, at(0))).toBe(0)
      expect(await takeFromBudget(database.db, 'both', windows, 1, at(0))).toBeGreaterThan(0)
      for (let n = 0; n < 7; n++) expect(await takeFromBudget(database.db, 'both', [windows[0]!], 1, at(0))).toBe(0)
      expect(await takeFromBudget(database.db, 'both', [windows[0]!], 1, at(0))).toBeGreaterThan(0)
      for (let n = 0; n < 8; n++) expect(await takeFromBudget(database.db, 'share', [window({ limit: 10 })], 1, at(0), 0.8)).toBe(0)
      expect(await takeFromBudget(database.db, 'share', [window({ limit: 10 })], 1, at(0), 0.8)).toBeGreaterThan(0)
      expect(await takeFromBudget(database.db, 'share', [window({ limit: 10 })], 1, at(0))).toBe(0)
    })

    test('follows what the platform itself counts, and waits as long as it asks', async () => {
      await noteUsed(database.db, 'told', [{ window: window(), limit: 20, used: 20 }], null, at(0))
      expect(await takeFromBudget(database.db, 'told', [window()], 1, at(1))).toBeGreaterThan(800_000)
      await noteUsed(database.db, 'blocked', [], at(120), at(0))
      expect(await takeFromBudget(database.db, 'blocked', [window()], 1, at(60))).toBe(60_000)
      expect(await takeFromBudget(database.db, 'blocked', [window()], 1, at(121))).toBe(0)
    })
  })
})
