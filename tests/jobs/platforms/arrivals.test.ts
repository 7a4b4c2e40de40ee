import { describe, expect, test, vi } from 'vitest'
import { connectionOf } from '../../../src/db/connections.ts'
import { connections, deliveries } from '../../../src/db/schema.ts'
import { unhandledWebhooks } from '../../../src/db/webhooks.ts'
import { keepDelivery } from '../../../src/jobs/platforms/inbox.ts'
import type { PlatformId } from '../../../src/settings.ts'
import { forEachDatabase, type OpenTestDatabase } from '../../support/databases.ts'
import { planThree } from './sessions.ts'
import { type Stage, type StageOptions, stagePlatforms } from './stage.ts'

vi.setConfig({ testTimeout: 180_000 })

type RunJson = { id: string; distanceMeters: number | null; sources: { from: string; externalId: string }[]; effort: { label: string } }
const runsOf = async (on: Stage) => (await on.api('/api/v1/runs?limit=500')).body.runs as RunJson[]
const shown = async (on: Stage, id: string = on.platform.id) => {
  const { connections } = (await on.api('/api/v1/connections')).body as { connections: { platform: string; state: string; text: string }[] }
  return connections.find(({ platform }) => platform === id)
}

async function connected(open: OpenTestDatabase, ids: Parameters<typeof stagePlatforms>[1], options: StageOptions = {}): Promise<Stage> {
  const on = await stagePlatforms(open, ids, options)
  for (const id of ids) {
    if (id === 'polar' || id === 'strava') await on.queue('subscription.ensure', { platform: id, since: on.clock.now.toISOString() })
    await on.drain()
    const answer = await on.connect(id)
    if (answer.status !== 302) throw new Error(`connecting ${id} ended with ${answer.status}: ${await answer.text()}`)
  }
  await on.drain()
  return on
}
async function using(
  open: OpenTestDatabase,
  ids: Parameters<typeof stagePlatforms>[1],
  act: (on: Stage) => Promise<void>,
  options: StageOptions = {},
) {
  const on = await connected(open, ids, options)
  try {
    await act(on)
  } finally {
    await on.close()
  }
}

const all = ['intervals-icu', 'garmin', 'coros', 'suunto', 'polar', 'wahoo', 'strava'] as const
/** How each platform says that it is asked too often. */
const slowDown: Record<(typeof all)[number], Record<string, string>> = {
  'intervals-icu': { 'retry-after': '40', 'x-ratelimit-limit': '2500,5000', 'x-ratelimit-remaining': '0,900' },
  garmin: { 'retry-after': '60' },
  coros: { 'retry-after': '30' },
  suunto: { 'retry-after': '60' },
  polar: { 'ratelimit-limit': '520,5100', 'ratelimit-usage': '520,700', 'ratelimit-reset': '300,80000' },
  wahoo: { 'x-ratelimit-limit': '200, 1000, 5000', 'x-ratelimit-remaining': '0, 500, 4000', 'x-ratelimit-reset': '120, 1800, 80000' },
  strava: {
    'x-ratelimit-limit': '200,2000',
    'x-ratelimit-usage': '201,400',
    'x-readratelimit-limit': '100,1000',
    'x-readratelimit-usage': '101,400',
  },
}

forEachDatabase((_name, open) => {
  describe.each(all)('Runs from %s', (id) => {
    test('come in by push: doubled, reordered, early, forged and garbled ones each give the one run that is there', async () => {
      await using(open, [id], async (on) => {
        for (const kind of ['doubled', 'reordered', 'early', 'forged', 'garbled'] as const)
          on.platform.webhookFault({ kind, times: 1, reads: 2, ms: 30 })
        const made = []
        for (let n = 0; n < 4; n++) {
          const startAt = new Date(on.clock.now.getTime() - (5 - n) * 86_400_000)
          made.push(on.platform.addRun({ minutes: 30 + n, startAt }))
          await on.platform.settle()
        }
        await on.drain(3)
        const runs = await runsOf(on)
        expect(runs).toHaveLength(made.length)
        expect(runs.flatMap(({ sources }) => sources)).toHaveLength(made.length)
        for (const run of runs) {
          expect(run.effort.label).toMatch(/easy|hard|unclear/)
          const meters = made.map(({ distanceMeters }) => distanceMeters ?? 0)
          expect(meters.some((one) => Math.abs(one - (run.distanceMeters ?? 0)) < 0.02 * one)).toBe(true)
        }
        expect(on.platform.violations.filter(({ method }) => method === 'GET')).toEqual([])
      })
    })

    test('wait as long as its 429 asks, and are then all there', async () => {
      await using(open, [id], async (on) => {
        on.platform.fault({
          on: ({ method, path }) => method === 'GET' && !/oauth|token/.test(path),
          kind: 'status',
          status: 429,
          headers: slowDown[id],
          times: 1,
        })
        on.platform.addRun({ minutes: 40 })
        await on.platform.settle()
        await on.drain()
        const refusedAt = on.platform.requests.findIndex(({ status }) => status === 429)
        await on.drain(30)
        expect(await runsOf(on)).toHaveLength(1)
        if (refusedAt < 0) return
        const [refused, next] = [
          on.platform.requests[refusedAt]!,
          on.platform.requests.slice(refusedAt + 1).find(({ by }) => by === 'service'),
        ]
        if (next) expect(next.at.getTime() - refused.at.getTime()).toBeGreaterThanOrEqual(29_000)
      })
    })
  })

  describe('Edits and deletions on a platform', () => {
    test('take the run away with them', async () => {
      await using(open, ['intervals-icu'], async (on) => {
        const run = on.platform.addRun({ minutes: 40 })
        await on.platform.settle()
        await on.drain(1)
        expect(await runsOf(on)).toHaveLength(1)
        on.platform.deleteRun(run.externalId)
        await on.platform.settle()
        await on.drain(1)
        expect(await runsOf(on)).toEqual([])
      })
    })
    test.each(['intervals-icu', 'coros', 'suunto', 'polar', 'wahoo', 'strava'] as const)(
      'on %s, weeks later and without a push, are found by the next day’s long look; other runs stay',
      async (id) => {
        await using(open, [id], async (on) => {
          const daysAgo = (days: number) => new Date(on.clock.now.getTime() - days * 86_400_000)
          const runs = [3, 2, 1].map((days) => on.platform.addRun({ minutes: 30 + days, startAt: daysAgo(days) }))
          await on.platform.settle()
          await on.drain(1)
          expect(await runsOf(on)).toHaveLength(3)
          on.clock.pass(20 * 86_400)
          on.platform.webhookFault({ kind: 'lost' })
          on.platform.deleteRun(runs[1]!.externalId)
          await on.platform.settle()
          await on.queue('connections.sweep', {})
          await on.drain(1)
          const left = (await runsOf(on)).map(({ sources }) => sources[0]!.externalId)
          expect(left).toHaveLength(2)
          expect(left.some((externalId) => externalId.includes(runs[1]!.externalId))).toBe(false)
          expect(on.platform.violations).toEqual([])
        })
      },
    )
    test('are found by the sweep when every push was lost', async () => {
      await using(open, ['suunto'], async (on) => {
        const kept = on.platform.addRun({ minutes: 40, webhook: false, startAt: new Date(on.clock.now.getTime() - 86_400_000) })
        on.clock.pass(900)
        await on.queue('connections.sweep', {})
        await on.drain(1)
        expect((await runsOf(on)).map(({ sources }) => sources[0]!.externalId)).toEqual([kept.externalId])
      })
    })
  })

  test('The same run from two platforms and a file is one run with three sources', async () => {
    await using(open, ['wahoo', 'suunto'], async (on) => {
      const first = on.simulated.platform('wahoo').addRun({ minutes: 45 })
      on.simulated.platform('suunto').addRun({ minutes: 45, startAt: first.startAt })
      for (const id of ['wahoo', 'suunto'] as const) await on.simulated.platform(id).settle()
      await on.drain(1)
      const form = new FormData()
      form.append('file', new File([new Uint8Array(first.file())], 'run.fit'))
      await fetch(`${on.url}/api/v1/uploads`, { method: 'POST', body: form })
      await on.drain(1)
      const runs = await runsOf(on)
      expect(runs.map(({ sources }) => sources.map(({ from }) => from).sort())).toEqual([['suunto', 'upload', 'wahoo']])
    })
  })

  test('A strength activity that comes back marks its session as done', async () => {
    await using(open, ['garmin'], async (on) => {
      await planThree(on)
      await on.queue('runner.publish', { runnerId: on.runnerId })
      await on.drain(1)
      on.clock.now = new Date('2026-11-19T09:00:00Z')
      const entry = on.platform.calendar().find(({ ours, localDate }) => ours && localDate === '2026-11-19')
      on.platform.addStrength({ sets: [], startAt: new Date('2026-11-19T07:05:00Z'), ...(entry ? { entryId: entry.id } : {}) })
      await on.platform.settle()
      await on.drain(1)
      const { sessions } = (await on.api('/api/v1/plan?from=2026-11-18&to=2026-11-30')).body as {
        sessions: { localDate: string; status: string }[]
      }
      expect(sessions.find(({ localDate }) => localDate === '2026-11-19')?.status).toBe('done')
    })
  })

  describe('Leaving', () => {
    test('while the platform is down says so at once, and is finished when it answers', async () => {
      await using(open, ['wahoo'], async (on) => {
        await planThree(on)
        await on.queue('runner.publish', { runnerId: on.runnerId })
        await on.drain(1)
        expect(on.platform.calendar().filter(({ ours }) => ours)).toHaveLength(3)
        const end = on.platform.fault({ on: '* /', kind: 'status', status: 503 })
        expect((await on.api('/api/v1/connections/wahoo', { method: 'DELETE' })).status).toBe(204)
        await on.drain(1)
        expect((await shown(on))?.state).toBe('off')
        end()
        await on.drain(3)
        expect(on.platform.calendar().filter(({ ours }) => ours)).toEqual([])
        expect(on.platform.grants().some(({ active }) => active)).toBe(false)
        expect(await connectionOf(on.deps.db, on.runnerId, 'wahoo')).toMatchObject({ sealedTokens: null, externalUserId: null, memory: {} })
      })
    })
    test('for good does not wait for a platform that is down; it is told when it answers, and then nothing is left', async () => {
      await using(open, ['wahoo', 'intervals-icu'], async (on) => {
        await planThree(on)
        await on.queue('runner.publish', { runnerId: on.runnerId })
        await on.drain(1)
        const ours = (id: PlatformId) =>
          on.simulated
            .platform(id)
            .calendar()
            .filter((entry) => entry.ours).length
        expect([ours('wahoo'), ours('intervals-icu')]).toEqual([3, 0])
        const end = on.platform.fault({ on: '* /', kind: 'slow', ms: 20_000 })
        const from = performance.now()
        expect((await on.api('/api/v1/runner', { method: 'DELETE' })).status).toBe(204)
        expect(performance.now() - from).toBeLessThan(8000)
        expect(
          on.simulated
            .platform('intervals-icu')
            .grants()
            .some(({ active }) => active),
        ).toBe(false)
        expect(await connectionOf(on.deps.db, on.runnerId, 'wahoo')).toBeNull()
        end()
        on.platform.clearFaults()
        await on.drain(3)
        expect(ours('wahoo')).toBe(0)
        expect(on.platform.grants().some(({ active }) => active)).toBe(false)
        for (const table of [connections, deliveries]) expect(await on.deps.db.select().from(table)).toEqual([])
        expect(on.dead).toEqual([])
      })
    })
    test('that a platform tells of is believed only when the platform proves it', async () => {
      await using(open, ['garmin'], async (on) => {
        const userId = on.platform.runnerId()
        const rawBody = new Uint8Array(Buffer.from(JSON.stringify({ deregistrations: [{ userId }] })))
        await keepDelivery(on.deps, { platform: 'garmin', rawBody, deliveryKey: 'forged', receivedAt: on.clock.now })
        await on.drain(1)
        expect((await shown(on))?.state).toBe('connected')
        on.platform.deauthorise()
        await on.platform.settle()
        await on.drain(3)
        expect((await shown(on))?.state).toBe('off')
        expect((await connectionOf(on.deps.db, on.runnerId, 'garmin'))?.sealedTokens).toBeNull()
      })
    })
    test('switching writing off withdraws what is to come, and on puts it back', async () => {
      await using(open, ['intervals-icu'], async (on) => {
        await planThree(on)
        await on.queue('runner.publish', { runnerId: on.runnerId })
        await on.drain(1)
        const ours = () => on.platform.calendar().filter((entry) => entry.ours).length
        expect(ours()).toBe(3)
        expect((await on.api('/api/v1/connections/intervals-icu', { method: 'PATCH', body: { write: false } })).body).toMatchObject({
          write: false,
        })
        await on.drain(1)
        expect(ours()).toBe(0)
        await on.api('/api/v1/connections/intervals-icu', { method: 'PATCH', body: { write: true } })
        await on.drain(1)
        expect(ours()).toBe(3)
      })
    })
  })

  test('The FIT workout goes along while its experiment is switched on, and the text says what it is', async () => {
    await using(open, ['intervals-icu'], async (on) => {
      await planThree(on)
      const attach = async (attachFit: boolean) => {
        const { body } = await on.api('/api/v1/connections/intervals-icu', { method: 'PATCH', body: { attachFit } })
        expect(body).toMatchObject({ attachFit })
        await on.drain(1)
        return on.platform.calendar().filter((entry) => entry.ours)
      }
      await on.queue('runner.publish', { runnerId: on.runnerId })
      await on.drain(1)
      expect(on.platform.calendar().filter(({ attached }) => attached)).toEqual([])
      for (const switched of [true, false, true]) {
        const ours = await attach(switched)
        expect(ours).toHaveLength(3)
        for (const { attached, notes } of ours) {
          expect(attached?.endsWith('.fit') ?? false).toBe(switched)
          expect(notes.includes('is an experiment')).toBe(switched)
        }
      }
      expect(on.platform.violations).toEqual([])
      expect((await on.api('/api/v1/connections/intervals-icu', { method: 'PATCH', body: {} })).status).toBe(422)
    })
  })

  describe('Connecting', () => {
    test('names the missing right, and is whole after the second agreement', async () => {
      const on = await stagePlatforms(open, ['intervals-icu'])
      try {
        expect((await on.connect('intervals-icu', { scopes: ['ACTIVITY:READ'] })).status).toBe(302)
        expect(await shown(on)).toMatchObject({ state: 'limited', text: expect.stringContaining('CALENDAR:WRITE') })
        expect((await on.connect()).status).toBe(302)
        expect((await shown(on))?.state).toBe('connected')
      } finally {
        await on.close()
      }
    })
    test('ends on a page that says what to do when the runner said no, the way back is used twice or from another browser', async () => {
      const on = await stagePlatforms(open, ['suunto'])
      try {
        const refused = await on.connect('suunto', { allow: false })
        expect(refused.status).toBe(400)
        expect(await refused.text()).toContain('You said no')
        const start = await fetch(`${on.url}/connect/suunto`, { redirect: 'manual' })
        const back = await on.platform.consent(start.headers.get('location')!)
        expect((await fetch(back, { redirect: 'manual' })).status).toBe(400)
        const cookie = start.headers.get('set-cookie')!.split(';')[0]!
        expect((await fetch(back, { redirect: 'manual', headers: { cookie } })).status).toBe(400)
        expect((await shown(on))?.state).toBe('off')
      } finally {
        await on.close()
      }
    })
    test('a second platform that takes sessions does not get them by itself and says why', async () => {
      await using(open, ['garmin', 'intervals-icu'], async (on) => {
        const { connections } = (await on.api('/api/v1/connections')).body as {
          connections: { platform: string; write: boolean; writeReason: string | null }[]
        }
        expect(connections.find(({ platform }) => platform === 'garmin')).toMatchObject({ write: true })
        expect(connections.find(({ platform }) => platform === 'intervals-icu')).toMatchObject({
          write: false,
          writeReason: expect.stringContaining('Garmin'),
        })
      })
    })
  })

  test('Figures from Strava go after seven days; the day and our judgement stay', async () => {
    await using(open, ['strava'], async (on) => {
      on.platform.addRun({ minutes: 40 })
      await on.platform.settle()
      await on.drain(1)
      expect((await runsOf(on))[0]).toMatchObject({ distanceMeters: expect.any(Number) })
      on.clock.pass(8 * 86_400)
      await on.queue('sources.expire', {})
      await on.drain(0)
      const [run] = await runsOf(on)
      expect(run).toMatchObject({ distanceMeters: null, averageHeartRate: null, effort: { label: expect.stringMatching(/easy|hard/) } })
      expect(on.platform.writes().filter(({ path }) => !/oauth|push_subscriptions/.test(path))).toEqual([])
      expect(await unhandledWebhooks(on.deps.db, on.clock.now)).toBe(0)
    })
  })
})
