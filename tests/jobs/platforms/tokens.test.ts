import { describe, expect, test, vi } from 'vitest'
import { connectionOf } from '../../../src/db/connections.ts'
import { alarms } from '../../../src/db/service-facts.ts'
import { unreadMessages } from '../../../src/db/sessions.ts'
import { PlatformError } from '../../../src/errors.ts'
import { sweepConnection } from '../../../src/jobs/platforms/import.ts'
import { withConnection } from '../../../src/jobs/platforms/tokens.ts'
import { forEachDatabase, type OpenTestDatabase } from '../../support/databases.ts'
import { type Stage, type StageOptions, stagePlatforms } from './stage.ts'

type Id = Parameters<Stage['connect']>[0] & string

async function connected(open: OpenTestDatabase, id: Id, options: StageOptions = {}): Promise<Stage> {
  const on = await stagePlatforms(open, [id], options)
  const answer = await on.connect()
  if (answer.status !== 302) throw new Error(`connecting ended with ${answer.status}: ${await answer.text()}`)
  await on.drain()
  return on
}
const rowOf = async (on: Stage) => (await connectionOf(on.deps.db, on.runnerId, on.platform.id))!
const shownState = async (on: Stage) => {
  const { connections } = (await on.api('/api/v1/connections')).body as { connections: { platform: string; state: string; text: string }[] }
  return connections.find(({ platform }) => platform === on.platform.id)!
}
const refreshes = (on: Stage) =>
  on.platform.requests.filter(({ path, body, by }) => by === 'service' && /token/.test(path) && /grant_type=refresh_token/.test(body))
    .length
const sweep = (on: Stage) =>
  sweepConnection(on.deps, { runnerId: on.runnerId, platform: on.platform.id, since: on.clock.now.toISOString() })
const outcome = (work: Promise<unknown>) =>
  work.then(
    () => 'worked',
    (error) => (error instanceof PlatformError ? error.remedy : String(error)),
  )
const tokenPath = (on: Stage) =>
  ({ wahoo: 'POST /oauth/token', suunto: 'POST /oauth/token', garmin: 'POST /di-oauth2-service', strava: 'POST /oauth/token' })[
    on.platform.id as string
  ] ?? 'POST /oauth/token'

vi.setConfig({ testTimeout: 180_000 })

forEachDatabase((name, open) => {
  describe('An expired token', () => {
    test('that 100 need at the same time, in two processes, is renewed once', async () => {
      const on = await connected(open, 'wahoo', { waits: true })
      try {
        on.clock.pass(3 * 3600)
        const second = on.another()
        const tokens = await Promise.all(
          Array.from({ length: 100 }, (_, at) =>
            withConnection(at % 2 ? second : on.deps, on.runnerId, 'wahoo', async (ctx) => ctx.tokens!.access),
          ),
        )
        expect(new Set(tokens).size).toBe(1)
        expect(refreshes(on)).toBe(1)
        expect((await shownState(on)).state).toBe('connected')
      } finally {
        await on.close()
      }
    })

    test('that the platform ended early is renewed once for all who meet its refusal', async () => {
      const on = await connected(open, 'wahoo', { waits: true })
      try {
        on.platform.expireTokens()
        expect(await Promise.all(Array.from({ length: 20 }, () => outcome(sweep(on))))).toEqual(Array(20).fill('worked'))
        expect(refreshes(on)).toBe(1)
      } finally {
        await on.close()
      }
    })
  })

  describe('A refresh token that works once', () => {
    test('whose answer was lost never shows as connected, and asks to connect again only when it is refused', async () => {
      const on = await connected(open, 'wahoo')
      try {
        on.clock.pass(3 * 3600)
        on.platform.fault({ on: tokenPath(on), kind: 'dropAfter', times: 1 })
        expect(await outcome(sweep(on))).toBe('retry')
        expect(await shownState(on)).toMatchObject({ state: 'limited', text: expect.stringContaining('being checked') })
        for (let hour = 0; hour < 12 && (await rowOf(on)).state !== 'reconnect'; hour++) {
          on.clock.pass(3600)
          await outcome(sweep(on))
          expect((await shownState(on)).state).not.toBe('connected')
        }
        expect(await shownState(on)).toMatchObject({ state: 'reconnect', text: expect.stringContaining('Connect again') })
        const told = (await unreadMessages(on.deps.db, on.runnerId)).filter(({ key }) => key === 'connection:wahoo')
        expect(told).toHaveLength(1)
        expect((await on.connect()).status).toBe(302)
        expect((await shownState(on)).state).toBe('connected')
        expect((await unreadMessages(on.deps.db, on.runnerId)).filter(({ key }) => key === 'connection:wahoo')).toEqual([])
      } finally {
        await on.close()
      }
    })

    test('whose process died before the answer was stored shows as being checked until a token works', async () => {
      let dying = false
      const on = await connected(open, 'suunto', {
        wrap: (deps) => ({
          ...deps,
          fetch: async (input, init) => {
            const answer = await fetch(input, init)
            if (dying && String(input).includes('/oauth/token')) throw Object.assign(new Error('killed'), { dead: true })
            return answer
          },
        }),
      })
      try {
        on.clock.pass(25 * 3600)
        dying = true
        expect(await outcome(sweep(on))).not.toBe('worked')
        expect((await shownState(on)).state).toBe('limited')
        dying = false
        on.clock.pass(3600)
        expect(await outcome(sweep(on))).toBe('worked')
        expect((await shownState(on)).state).toBe('connected')
      } finally {
        await on.close()
      }
    })
  })

  describe('A platform that is merely down', () => {
    test.each(['wahoo', 'suunto', 'intervals-icu'] as const)(
      '%s: five hours of 503 ask nobody to connect again, and nothing is lost',
      async (id) => {
        const on = await connected(open, id)
        try {
          const run = on.platform.addRun({ minutes: 40 })
          await on.platform.settle()
          const [from, until] = [on.clock.now, new Date(on.clock.now.getTime() + 5 * 3_600_000)]
          on.platform.fault({ on: '* /', kind: 'status', status: 503, from, until })
          const states = new Set<string>()
          while (on.clock.now < until) {
            on.clock.pass(1800)
            await on.queue('connections.sweep', {})
            await on.drain()
            states.add((await shownState(on)).state)
          }
          expect(states.has('reconnect')).toBe(false)
          await on.drain(2)
          const { runs } = (await on.api('/api/v1/runs')).body as { runs: { sources: { externalId: string }[] }[] }
          expect(runs.map(({ sources }) => sources[0]!.externalId)).toEqual([run.externalId])
          await outcome(sweep(on))
          expect((await shownState(on)).state).toBe('connected')
          expect(on.dead).toEqual([])
        } finally {
          await on.close()
        }
      },
    )
  })

  test(`A refusal of the whole app alarms the operator and touches no connection (${name})`, async () => {
    const on = await connected(open, 'wahoo')
    try {
      on.clock.pass(3 * 3600)
      on.platform.fault({ on: tokenPath(on), kind: 'status', status: 401, body: { error: 'invalid_client' }, times: 1 })
      expect(await outcome(sweep(on))).toBe('app refused')
      expect(await alarms(on.deps.db)).toEqual([
        expect.objectContaining({ platform: 'wahoo', text: expect.stringContaining('client id and secret') }),
      ])
      expect((await rowOf(on)).state).toBe('connected')
      on.clock.pass(7200)
      expect(await outcome(sweep(on))).toBe('worked')
      expect(await alarms(on.deps.db)).toEqual([])
    } finally {
      await on.close()
    }
  })

  test(`A token that was taken back says reconnect at once where the platform does not renew (${name})`, async () => {
    const on = await connected(open, 'intervals-icu')
    try {
      on.platform.deauthorise()
      await on.platform.settle()
      on.platform.addRun({ minutes: 30, webhook: false })
      expect(await outcome(sweep(on))).toBe('reconnect')
      expect((await shownState(on)).state).toBe('reconnect')
    } finally {
      await on.close()
    }
  })
})
