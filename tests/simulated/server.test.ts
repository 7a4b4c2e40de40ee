import { afterEach, describe, expect, test } from 'vitest'
import { runnerHistory } from '../../scripts/simulated/history.ts'
import { type Simulated, startSimulated } from '../../scripts/simulated/server.ts'
import { platformIds } from '../../scripts/simulated/types.ts'
import { agent, bearer, form, type Listener, listen, redirectUri, returned } from './support.ts'

let simulated: Simulated
let listener: Listener | null = null
afterEach(async () => {
  await simulated.close()
  await listener?.close()
  listener = null
})

const session = { category: 'WORKOUT', type: 'WeightTraining', start_date_local: '2026-11-20T00:00:00', name: 'Strength', external_id: 'a' }

async function connected() {
  listener = await listen()
  simulated = await startSimulated({
    platforms: ['intervals-icu'],
    today: () => new Date('2026-11-18T10:00:00Z'),
    retryMs: 5,
    processingMs: 1,
  })
  const platform = simulated.platform('intervals-icu')
  platform.setWebhook({ url: listener.url })
  const { clientId, clientSecret } = platform.app
  const query = form({ client_id: clientId, redirect_uri: redirectUri, scope: 'ACTIVITY:READ,CALENDAR:WRITE', state: 's' })
  const { code } = returned(await platform.consent(`${platform.url}/oauth/authorize?${query}`))
  const body = form({ client_id: clientId, client_secret: clientSecret, code: code! })
  const answer = await fetch(`${platform.url}/api/oauth/token`, { method: 'POST', headers: agent, body })
  const { access_token: token } = (await answer.json()) as { access_token: string }
  const put = () =>
    fetch(`${platform.url}/api/v1/athlete/0/events/bulk?upsert=true`, {
      method: 'POST',
      headers: { ...bearer(token), 'content-type': 'application/json' },
      body: JSON.stringify([session]),
    })
  const ours = () => platform.calendar().filter((entry) => entry.ours)
  return { platform, token, put, ours, listener }
}

describe('faults of a simulated platform', () => {
  test('dropped before: nothing happened; dropped after: it happened and nobody heard', async () => {
    const { platform, put, ours } = await connected()
    platform.fault({ on: 'POST /api/v1/athlete/0/events', kind: 'dropBefore', times: 1 })
    await expect(put()).rejects.toThrow()
    expect(ours()).toEqual([])
    platform.fault({ on: 'POST /api/v1/athlete/0/events', kind: 'dropAfter', times: 1 })
    await expect(put()).rejects.toThrow()
    expect(ours()).toHaveLength(1)
    expect((await put()).status).toBe(200)
    expect(ours()).toHaveLength(1)
    expect(platform.requests.slice(-3).map((request) => [request.fault, request.status])).toEqual([
      ['dropBefore', null],
      ['dropAfter', null],
      [null, 200],
    ])
  })

  test('a status with headers, instead of the effect or after it, until it is ended', async () => {
    const { platform, put, ours } = await connected()
    const end = platform.fault({ on: () => true, kind: 'status', status: 429, headers: { 'retry-after': '30' } })
    const refused = await put()
    expect([refused.status, refused.headers.get('retry-after'), ours().length]).toEqual([429, '30', 0])
    end()
    platform.fault({ on: '* /', kind: 'status', status: 503, afterEffect: true, times: 1 })
    expect([(await put()).status, ours().length]).toEqual([503, 1])
    expect((await put()).status).toBe(200)
  })

  test('slow answers come, garbled ones are no JSON', async () => {
    const { platform, put } = await connected()
    platform.fault({ on: '* /', kind: 'slow', ms: 60, times: 1 })
    const before = performance.now()
    await put()
    expect(performance.now() - before).toBeGreaterThan(55)
    platform.fault({ on: '* /', kind: 'garbled', times: 1 })
    await expect((await put()).json()).rejects.toThrow()
  })

  test('a fault with a time is only there at that time', async () => {
    const { platform, put } = await connected()
    platform.fault({ on: '* /', kind: 'status', status: 503, from: new Date('2026-11-18T11:00:00Z') })
    expect((await put()).status).toBe(200)
  })
})

describe('pushes with faults', () => {
  const kinds = (from: Listener) => from.received.map((request) => JSON.parse(request.body).events[0].type as string)

  test('doubled, lost, delayed', async () => {
    const { platform, listener: to } = await connected()
    platform.webhookFault({ kind: 'doubled', times: 1 })
    platform.webhookFault({ kind: 'lost', times: 1 })
    platform.addRun()
    await platform.settle()
    expect(kinds(to)).toEqual(['ACTIVITY_UPLOADED', 'ACTIVITY_UPLOADED'])
    platform.webhookFault({ kind: 'delayed', ms: 80, times: 1 })
    platform.addRun()
    await platform.settle()
    expect(kinds(to).slice(2)).toEqual(['ACTIVITY_ANALYZED', 'ACTIVITY_UPLOADED'])
  })

  test('reordered: the later one comes first', async () => {
    const { platform, listener: to } = await connected()
    platform.webhookFault({ kind: 'reordered', times: 1 })
    platform.addRun()
    await new Promise((resolve) => setTimeout(resolve, 60))
    await platform.settle()
    expect(kinds(to)).toEqual(['ACTIVITY_ANALYZED', 'ACTIVITY_UPLOADED'])
  })

  test('forged and garbled ones come beside the true ones', async () => {
    const { platform, listener: to } = await connected()
    platform.webhookFault({ kind: 'forged', times: 1 })
    platform.webhookFault({ kind: 'garbled', times: 1 })
    platform.addRun()
    await platform.settle()
    const secret = platform.app.webhookSecret!
    expect(to.received).toHaveLength(4)
    expect(to.received.filter((request) => !request.body.includes(secret))).toHaveLength(1)
    expect(platform.deliveries.filter((delivery) => delivery.forged)).toHaveLength(1)
  })
})

describe('what a simulated platform keeps', () => {
  test('requests without secrets, browser apart from service, and what was not allowed', async () => {
    const { platform, token } = await connected()
    await fetch(`${platform.url}/api/v1/not-there?token=${token}`, { headers: bearer(token) })
    const text = JSON.stringify(platform.requests)
    expect(text).not.toContain(token)
    expect(text).not.toContain(platform.app.clientSecret)
    expect(platform.requests.map((request) => request.by)).toEqual(['browser', 'browser', 'service', 'service'])
    expect(platform.violations.map((violation) => violation.path)).toEqual(['/api/v1/not-there'])
    expect(platform.maxRate(60)).toBe(2)
    expect(platform.writes()).toEqual([])
  })

  test('all seven stand on one address, named in the environment, with a page for a person', async () => {
    simulated = await startSimulated({ today: () => new Date('2026-11-18T10:00:00Z'), historyWeeks: 3 })
    expect(simulated.ids).toEqual(platformIds)
    const environment = simulated.environment()
    expect(environment.GARMIN_URL).toBe(`${simulated.url}/garmin`)
    expect(Object.keys(environment).filter((name) => name.endsWith('_CLIENT_ID'))).toHaveLength(7)
    const page = await (await fetch(simulated.url)).text()
    for (const id of platformIds) expect(page).toContain(`id="${id}"`)
    const before = simulated.platform('polar').activities().length
    await fetch(`${simulated.url}/control/polar`, { method: 'POST', body: form({ action: 'intervals' }), redirect: 'manual' })
    expect(simulated.platform('polar').activities()).toHaveLength(before + 1)
  })

  test('a redirect address that is not registered is refused when the service is known', async () => {
    simulated = await startSimulated({ platforms: ['suunto'], publicWebhookBase: 'http://127.0.0.1:4999' })
    const { url, app } = simulated.platform('suunto')
    const ask = (redirect: string) =>
      fetch(`${url}/oauth/authorize?${form({ response_type: 'code', client_id: app.clientId, redirect_uri: redirect })}`).then(
        (answer) => answer.status,
      )
    expect(await ask('http://127.0.0.1:4999/connect/suunto/callback')).toBe(200)
    expect(await ask('http://127.0.0.1:4999/connect/suunto/callback/')).toBe(400)
    expect(await ask('http://evil.example/connect/suunto/callback')).toBe(400)
  })
})

describe("the simulated runner's history", () => {
  const input = { seed: 3, now: new Date('2026-11-18T10:00:00Z'), timeZone: 'Europe/Lisbon', weeks: 16 }

  test('is the same for the same seed and another for another', async () => {
    simulated = await startSimulated({ platforms: ['coros'] })
    expect(runnerHistory(input)).toEqual(runnerHistory(input))
    expect(runnerHistory({ ...input, seed: 4 })).not.toEqual(runnerHistory(input))
  })

  test('is what a runner does: easy and hard days, a race, a treadmill, figures that fit together', async () => {
    simulated = await startSimulated({ platforms: ['coros'] })
    const runs = runnerHistory(input)
    const kinds = new Set(runs.map((run) => run.kind))
    for (const kind of ['easy', 'intervals', 'tempo', 'long', 'treadmill', 'race'] as const) expect(kinds).toContain(kind)
    expect(runs.length).toBeGreaterThan(65)
    const meanHeart = (kind: string) => {
      const beats = runs.filter((run) => run.kind === kind).flatMap((run) => run.segments.map((segment) => segment.heartRate ?? 0))
      return beats.reduce((sum, beat) => sum + beat, 0) / beats.length
    }
    expect(meanHeart('race') - meanHeart('easy')).toBeGreaterThan(20)
    for (const run of runs) {
      const seconds = run.segments.reduce((sum, segment) => sum + segment.seconds, 0)
      expect(run.startAt.getTime() + seconds * 1000).toBeLessThan(input.now.getTime())
      for (const segment of run.segments) {
        expect(segment.speed).toBeGreaterThan(1.5)
        expect(segment.speed).toBeLessThan(6)
        expect(segment.heartRate).toBeLessThan(195)
      }
    }
  })
})
