import { describe, expect, test, vi } from 'vitest'
import { addDays } from '../../../src/core/days.ts'
import { lastPublishedDay } from '../../../src/core/plan/publish.ts'
import { connectionOf } from '../../../src/db/connections.ts'
import { changeSession, planOf, sessionsBetween } from '../../../src/db/sessions.ts'
import { platformOf } from '../../../src/platforms/index.ts'
import { forEachDatabase } from '../../support/databases.ts'
import { mortal } from './mortal.ts'
import { planThree } from './sessions.ts'
import { type Stage, stagePlatforms } from './stage.ts'

vi.setConfig({ testTimeout: 600_000 })
/** For each platform and database. */
const POINTS = 8
const writing = ['wahoo', 'garmin', 'intervals-icu', 'coros', 'suunto'] as const

const today = (on: Stage) => on.clock.now.toISOString().slice(0, 10)
const standing = (on: Stage) =>
  on.platform
    .calendar()
    .filter(({ ours, shown }) => ours && shown)
    .map(({ localDate, name }) => `${localDate} ${name}`)
    .sort()

async function wanted(on: Stage): Promise<string[]> {
  const last = addDays(today(on), platformOf(on.platform.id).calendar!.window.toDays)
  const plan = await planOf(on.database.db, on.runnerId)
  const until = plan ? lastPublishedDay(plan, today(on)) : addDays(today(on), 10)
  const rows = await sessionsBetween(on.database.db, on.runnerId, today(on), last)
  return rows
    .filter(({ status, localDate, publishedAt }) => status === 'planned' && (localDate <= until || publishedAt))
    .map(({ localDate, title }) => `${localDate} ${title}`)
    .sort()
}

/** A run comes in and a session changes; everything that follows is worked through. */
async function morning(on: Stage, ids: string[], nth: number): Promise<void> {
  const startAt = new Date(on.clock.now.getTime() - 5_400_000)
  on.platform.addRun({ minutes: 12, startAt })
  await on.platform.settle()
  await changeSession(on.database.db, on.runnerId, ids[nth % 3]!, {
    title: `Strength ${nth}`,
    localDate: addDays(today(on), 1 + ((nth * 2) % 5)),
    status: nth % 5 === 4 ? 'skipped' : 'planned',
  })
  await on.queue('runner.publish', { runnerId: on.runnerId })
  await on.drain(4)
}

/** The new pair of tokens died with the process: the service says so, and the runner does what it says. */
async function connectAgain(on: Stage): Promise<boolean> {
  if ((await connectionOf(on.database.db, on.runnerId, on.platform.id))?.state !== 'reconnect') return false
  expect((await on.connect()).status).toBe(302)
  await on.drain(8)
  return true
}

forEachDatabase((_name, open) => {
  describe.each(writing)('A process that dies while it works for %s', (id) => {
    test('loses no run, doubles none, and leaves exactly one entry for each planned session', async () => {
      const killer = mortal()
      const on = await stagePlatforms(open, [id], { mortal: killer, now: new Date('2026-11-18T17:00:00Z') })
      try {
        expect((await on.connect()).status).toBe(302)
        const ids = await planThree(on)
        killer.arm()
        await morning(on, ids, 0)
        let { steps } = killer.disarm()
        let [killed, again] = [0, 0]
        for (let nth = 1; killed < POINTS && nth <= 2 * POINTS; nth++) {
          on.clock.now = new Date(`${addDays(today(on), 1)}T17:00:00Z`)
          // Each platform dies at steps of its own, so that together they cover the way more closely.
          const share = (killed + writing.indexOf(id) / writing.length) / POINTS
          const at = Math.max(1, Math.round(share * steps))
          killer.arm(at)
          await morning(on, ids, nth)
          const lived = killer.disarm()
          // Not every morning brings as much work: a step that was not reached is tried again nearer.
          if (lived.died) killed++
          else steps = Math.min(steps, lived.steps)
          if (await connectAgain(on)) again++
          const { runs } = (await on.api('/api/v1/runs?limit=500')).body as { runs: { sources: unknown[]; effort: unknown }[] }
          expect(runs.length, `runs after dying at step ${at} of ${steps}`).toBe(on.platform.activities().length)
          expect(runs.every(({ sources, effort }) => sources.length === 1 && effort !== null)).toBe(true)
          expect(standing(on), `entries after dying at step ${at} of ${steps}`).toEqual(await wanted(on))
        }
        expect(on.dead).toEqual([])
        expect(killed).toBe(POINTS)
        expect(again, 'connecting anew was asked for').toBeLessThanOrEqual(2)
      } finally {
        await on.close()
      }
    })
  })
})
