import { describe, expect, test } from 'vitest'
import type { Fault } from '../../../scripts/simulated/faults.ts'
import type { PlatformId } from '../../../scripts/simulated/types.ts'
import { addDays } from '../../../src/core/days.ts'
import { changeSession, sessionsBetween } from '../../../src/db/sessions.ts'
import { forEachDatabase } from '../../support/databases.ts'
import { planThree } from './sessions.ts'
import { type Stage, stagePlatforms } from './stage.ts'

const writing: PlatformId[] = ['intervals-icu', 'garmin', 'coros', 'suunto', 'wahoo']

type Asked = Parameters<Exclude<Fault['on'], string>>[0]
const isWrite = ({ method, path }: Asked) => method !== 'GET' && !/oauth|token|permissions/i.test(path)

const sync = (on: Stage, verify = false) =>
  on.queue('delivery.sync', { runnerId: on.runnerId, platform: on.platform.id, since: on.clock.now.toISOString(), verify })

const today = (on: Stage) => on.clock.now.toISOString().slice(0, 10)

/** What stands there of ours: day and name, in order. */
const standing = (on: Stage) =>
  on.platform
    .calendar()
    .filter((entry) => entry.ours && entry.shown)
    .map(({ localDate, name }) => `${localDate} ${name}`)
    .sort()

/** Entries of others; which of them the watch shows changes with the days. */
const foreignEntries = (on: Stage) =>
  on.platform
    .calendar()
    .filter(({ ours }) => !ours)
    .map(({ shown: _shown, ...entry }) => entry)

async function expected(on: Stage): Promise<string[]> {
  const rows = await sessionsBetween(on.deps.db, on.runnerId, today(on), addDays(today(on), 6))
  return rows
    .filter(({ status }) => status === 'planned')
    .map(({ localDate, title }) => `${localDate} ${title}`)
    .sort()
}

/** Put three, move one, change one, skip one, put one back: every kind of writing call. */
async function story(on: Stage, ids: string[]): Promise<void> {
  const change = (id: string, to: Parameters<typeof changeSession>[3]) => changeSession(on.deps.db, on.runnerId, id, to)
  await sync(on)
  await on.drain(3)
  await change(ids[0]!, { localDate: addDays(today(on), 2) })
  await sync(on)
  await on.drain(3)
  await change(ids[1]!, { title: 'Strength B, shorter', minutes: 25 })
  await sync(on)
  await on.drain(3)
  await change(ids[2]!, { status: 'skipped' })
  await sync(on)
  await on.drain(3)
  await change(ids[2]!, { status: 'planned' })
  await sync(on)
  await on.drain(3)
}

forEachDatabase((_name, open) => {
  describe.each(writing)('Sessions on %s', (id) => {
    test('stand there once each, whichever writing call lost its way or its answer', async () => {
      const on = await stagePlatforms(open, [id], { env: {} })
      try {
        expect((await on.connect()).status).toBe(302)
        const ids = await planThree(on)
        let calls = 0
        const endCount = on.platform.fault({ on: (asked) => isWrite(asked) && ++calls < 0, kind: 'slow' })
        await story(on, ids)
        endCount()
        expect(standing(on)).toEqual(await expected(on))
        expect(calls).toBeGreaterThanOrEqual(6)
        const foreign = foreignEntries(on)
        for (const kind of ['dropBefore', 'dropAfter'] as const) {
          for (let nth = 1; nth <= calls; nth++) {
            on.clock.now = new Date(`${addDays(today(on), 1)}T05:00:00Z`)
            for (const [index, session] of ids.entries()) {
              await changeSession(on.deps.db, on.runnerId, session, {
                status: 'withdrawn',
                localDate: addDays(today(on), 1 + index * 2),
                title: `Strength ${'ABC'[index]}`,
                minutes: 40,
              })
            }
            await sync(on, true)
            await on.drain(3)
            expect(standing(on), `${kind} ${nth}: all withdrawn`).toEqual([])
            for (const session of ids) await changeSession(on.deps.db, on.runnerId, session, { status: 'planned' })
            let seen = 0
            on.platform.fault({ on: (asked) => isWrite(asked) && ++seen === nth, kind, times: 1 })
            await story(on, ids)
            on.platform.clearFaults()
            expect(standing(on), `${kind} at writing call ${nth}`).toEqual(await expected(on))
          }
        }
        expect(foreignEntries(on)).toEqual(foreign)
        expect(on.dead).toEqual([])
      } finally {
        await on.close()
      }
    }, 600_000)
  })
})
