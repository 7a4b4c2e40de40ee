import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Deps } from '../../src/deps.ts'
import { PlatformError } from '../../src/errors.ts'
import { GiveUp, type Handlers, openQueue, type Queue, RetryLater } from '../../src/jobs/queue.ts'
import { silentLog } from '../../src/log.ts'
import { forEachDatabase, type TestDatabase } from '../support/databases.ts'

forEachDatabase((_name, open) => {
  let database: TestDatabase
  let queue: Queue
  beforeEach(async () => {
    database = await open()
    queue = await openQueue({ databaseUrl: database.url }, database, silentLog)
  })
  afterEach(async () => {
    await queue.stop(2)
    await database.close()
  })
  const work = (handlers: Partial<Handlers>) => queue.work({ db: database.db, queue, log: silentLog } as Deps, handlers, [])
  const plan = (runnerId: string, options = {}) => database.db.transaction((tx) => queue.add(tx, 'runner.plan', { runnerId }, options))
  async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
    for (let waited = 0; waited < 15_000; waited += 50) {
      if (await isSo()) return
      await new Promise((done) => setTimeout(done, 50))
    }
    throw new Error('It did not come about within 15 seconds.')
  }

  describe('A job', () => {
    test('exists only when its transaction is kept', async () => {
      await expect(
        database.db.transaction(async (tx) => {
          await queue.add(tx, 'runner.plan', { runnerId: 'a' })
          throw new Error('no')
        }),
      ).rejects.toThrow('no')
      expect(await queue.depth()).toEqual({})
      await plan('a')
      expect(await queue.depth()).toEqual({ 'runner.plan': 1 })
    })
    test('of a runner who has one waiting becomes one with it', async () => {
      for (let i = 0; i < 5; i++) await plan('a')
      await plan('b')
      expect(await queue.depth()).toEqual({ 'runner.plan': 2 })
    })
    test('of one runner never runs beside another of the same', async () => {
      let most = 0
      let now = 0
      let done = 0
      await work({
        'runner.plan': async () => {
          now++
          most = Math.max(most, now)
          await new Promise((wake) => setTimeout(wake, 150))
          now--
          done++
        },
      })
      for (let i = 0; i < 4; i++) {
        await plan('a')
        await new Promise((wake) => setTimeout(wake, 300))
      }
      await until(async () => !(await queue.isBusy(['runner.plan'], 'a')))
      expect(most).toBe(1)
      expect(done).toBeGreaterThanOrEqual(2)
    })
    test('that fails is tried again after a while', async () => {
      const attempts: number[] = []
      await work({
        'runner.plan': async (_deps, _payload, job) => {
          attempts.push(job.attempt)
          if (attempts.length < 2) throw new Error('not yet')
        },
      })
      await plan('a')
      await until(() => attempts.length === 2)
      expect(attempts).toEqual([1, 2])
    })
    test('that asks to wait keeps its tries', async () => {
      const attempts: number[] = []
      await work({
        'runner.plan': async (_deps, _payload, job) => {
          attempts.push(job.attempt)
          if (attempts.length < 2) throw new RetryLater(1, 'the platform wants a pause')
        },
      })
      await plan('a')
      await until(() => attempts.length === 2)
      expect(attempts).toEqual([1, 1])
    })
  })

  describe('A dead letter', () => {
    test.each([
      ['a hopeless job', () => new GiveUp('it can never work')],
      ['a platform’s final no', () => new PlatformError('polar', 'give up', 'it can never work')],
    ])('of %s is shown with its sentence and can be replayed', async (_what, error) => {
      let healed = false
      let done = 0
      await work({
        'runner.plan': async () => {
          if (!healed) throw error()
          done++
        },
      })
      await plan('a')
      await until(async () => (await queue.deadLetters()).length === 1)
      const [letter] = await queue.deadLetters()
      expect(letter).toMatchObject({ name: 'runner.plan', payload: { runnerId: 'a' } })
      expect(letter!.error).toContain('it can never work')
      healed = true
      expect(await queue.replay(letter!.id)).toBe(true)
      await until(() => done === 1)
      expect(await queue.deadLetters()).toEqual([])
      expect(await queue.replay(letter!.id)).toBe(false)
    })
    test('does not hold back the runner’s next job', async () => {
      let calls = 0
      await work({
        'runner.plan': async () => {
          calls++
          if (calls === 1) throw new GiveUp('once')
        },
      })
      await plan('a')
      await until(async () => (await queue.deadLetters()).length === 1)
      await plan('a')
      await until(() => calls === 2)
    })
  })

  test('the outer handle is refused inside a transaction', async () => {
    await expect(database.db.transaction(async () => database.db.execute(sql`select 1`))).rejects.toThrow(
      /inside a transaction; pass the transaction's handle/,
    )
    await expect(database.db.transaction(async () => queue.isBusy(['runner.plan'], 'a'))).rejects.toThrow(/inside a transaction/)
  })
})
