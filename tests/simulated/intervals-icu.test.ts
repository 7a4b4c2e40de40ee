import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { agent, bearer, form, redirectUri, returned, type Stage, stage } from './support.ts'

let on: Stage
beforeEach(async () => {
  on = await stage('intervals-icu', { historyWeeks: 6 })
})
afterEach(() => on.close())

const scopes = 'ACTIVITY:READ,CALENDAR:WRITE,SETTINGS:READ'
const authorizeUrl = (scope = scopes, state = 's1') =>
  `${on.platform.url}/oauth/authorize?${form({ client_id: on.platform.app.clientId, redirect_uri: redirectUri, scope, state })}`
const tokenCall = (code: string, more: Record<string, string> = {}) =>
  fetch(`${on.platform.url}/api/oauth/token`, {
    method: 'POST',
    headers: agent,
    body: form({ client_id: on.platform.app.clientId, client_secret: on.platform.app.clientSecret, code, ...more }),
  })
async function connect(answer: Parameters<Stage['platform']['consent']>[1] = {}): Promise<string> {
  const { code } = returned(await on.platform.consent(authorizeUrl(), answer))
  return ((await (await tokenCall(code!)).json()) as { access_token: string }).access_token
}
const get = (token: string, path: string) => fetch(`${on.platform.url}${path}`, { headers: bearer(token) })
const send = (token: string, method: string, path: string, body: unknown) =>
  fetch(`${on.platform.url}${path}`, {
    method,
    headers: { ...bearer(token), 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
const bulk = '/api/v1/athlete/0/events/bulk?upsert=true&upsertOnUid=false&updatePlanApplied=false'
const session = {
  category: 'WORKOUT',
  type: 'WeightTraining',
  start_date_local: '2026-11-20T00:00:00',
  name: 'Strength A',
  moving_time: 2400,
  external_id: 'ours:1',
  description: '1. Goblet squat 8 x 16 kg\n2. Side plank 30 s each side',
}

describe('signing in to the simulated intervals.icu', () => {
  test('gives a token without an end for a code that works once', async () => {
    const back = returned(await on.platform.consent(authorizeUrl()))
    expect(back.state).toBe('s1')
    const first = await tokenCall(back.code!)
    expect(await first.json()).toMatchObject({ token_type: 'Bearer', scope: scopes, athlete: { id: 'i204417', name: 'Ana Silva' } })
    expect((await tokenCall(back.code!)).status).toBe(404)
  })

  test('a code is old after two minutes', async () => {
    const { code } = returned(await on.platform.consent(authorizeUrl()))
    on.clock.now = new Date(on.clock.now.getTime() + 121_000)
    expect((await tokenCall(code!)).status).toBe(404)
  })

  test('refusing and unticking are told', async () => {
    expect(returned(await on.platform.consent(authorizeUrl(), { allow: false }))).toEqual({ error: 'access_denied', state: 's1' })
    const token = await connect({ scopes: ['ACTIVITY:READ'] })
    expect((await send(token, 'POST', bulk, [session])).status).toBe(403)
  })

  test('a wrong client is not found, an unknown parameter is refused', async () => {
    const { code } = returned(await on.platform.consent(authorizeUrl()))
    expect((await tokenCall(code!, { client_secret: 'wrong' })).status).toBe(404)
    expect((await fetch(`${authorizeUrl()}&code_challenge=abc`)).status).toBe(422)
    expect(on.platform.violations).toHaveLength(1)
  })

  test('a new consent ends the old token, and disconnecting ends the new one', async () => {
    const old = await connect()
    const token = await connect()
    expect((await get(old, '/api/v1/athlete/0/activities?oldest=2026-11-01')).status).toBe(401)
    const away = () => fetch(`${on.platform.url}/api/v1/disconnect-app`, { method: 'DELETE', headers: bearer(token) })
    expect((await away()).status).toBe(200)
    expect((await away()).status).toBe(401)
  })

  test('a library agent is stopped at the shield', async () => {
    const token = await connect()
    const answer = await fetch(`${on.platform.url}/api/v1/athlete/0`, {
      headers: { authorization: `Bearer ${token}`, 'user-agent': 'node' },
    })
    expect(answer.status).toBe(403)
  })
})

describe('reading from the simulated intervals.icu', () => {
  test('lists newest first from a day that must be named, with the fields asked for', async () => {
    const token = await connect()
    expect((await get(token, '/api/v1/athlete/0/activities')).status).toBe(422)
    const rows = (await (
      await get(token, '/api/v1/athlete/0/activities?oldest=2026-10-12&fields=id,type,start_date_local')
    ).json()) as Record<string, string>[]
    expect(rows.length).toBeGreaterThan(12)
    expect(Object.keys(rows[0]!)).toEqual(['id', 'type', 'start_date_local'])
    const days = rows.map((row) => row.start_date_local!)
    expect(days).toEqual([...days].sort().reverse())
  })

  test('gives streams of one length and the FIT file, gzipped within', async () => {
    const token = await connect()
    const run = on.platform.addRun({ kind: 'intervals', webhook: false })
    const streams = (await (
      await get(token, `/api/v1/activity/${run.externalId}/streams.json?types=time,heartrate,velocity_smooth`)
    ).json()) as {
      type: string
      data: number[]
    }[]
    expect(streams.map((stream) => stream.type)).toEqual(['time', 'heartrate', 'velocity_smooth'])
    expect(new Set(streams.map((stream) => stream.data.length)).size).toBe(1)
    const file = gunzipSync(Buffer.from(await (await get(token, `/api/v1/activity/${run.externalId}/file`)).arrayBuffer()))
    expect(file.subarray(8, 12).toString('latin1')).toBe('.FIT')
  })

  test('sends uploaded, then analyzed, with the secret in the body', async () => {
    on.platform.setWebhook({ url: `${on.listener.url}/hook` })
    await connect()
    const run = on.platform.addRun()
    await on.platform.settle()
    const bodies = on.listener.received.map((request) => JSON.parse(request.body))
    expect(bodies.map((body) => body.events[0].type)).toEqual(['ACTIVITY_UPLOADED', 'ACTIVITY_ANALYZED'])
    expect(bodies.map((body) => body.secret)).toEqual([on.platform.app.webhookSecret, on.platform.app.webhookSecret])
    expect(bodies[1].events[0].activity).toMatchObject({ id: run.externalId, type: 'Run', moving_time: Math.round(run.seconds) })
  })

  test('tries again until the push is taken with 200', async () => {
    on.platform.setWebhook({ url: on.listener.url })
    await connect()
    on.listener.answer(() => ({ status: on.listener.received.length < 3 ? 503 : 200 }))
    on.platform.addRun()
    await on.platform.settle()
    expect(on.platform.deliveries.filter((delivery) => delivery.status === 503)).toHaveLength(2)
    expect(on.platform.deliveries.filter((delivery) => delivery.status === 200)).toHaveLength(2)
  })
})

describe('the calendar of the simulated intervals.icu', () => {
  test('the same external id is one entry, moved by its new day', async () => {
    const token = await connect()
    const [first] = (await (await send(token, 'POST', bulk, [session])).json()) as { id: number }[]
    const [second] = (await (await send(token, 'POST', bulk, [{ ...session, start_date_local: '2026-11-21T18:00:00' }])).json()) as {
      id: number
    }[]
    expect(second!.id).toBe(first!.id)
    const ours = on.platform.calendar().filter((entry) => entry.ours)
    expect(ours).toHaveLength(1)
    expect(ours[0]).toMatchObject({ localDate: '2026-11-21', localTime: '18:00', name: 'Strength A', externalId: 'ours:1' })
    expect(ours[0]!.steps.map((step) => step.text)).toEqual(['1. Goblet squat 8 x 16 kg', '2. Side plank 30 s each side'])
  })

  test('refuses unknown fields, wrong types and the call that wipes a range', async () => {
    const token = await connect()
    expect((await send(token, 'POST', bulk, [{ ...session, reps: 8 }])).status).toBe(422)
    expect((await send(token, 'POST', bulk, [{ ...session, moving_time: '2400' }])).status).toBe(422)
    expect((await send(token, 'POST', bulk, [{ ...session, start_date_local: '2026-11-31T00:00:00' }])).status).toBe(422)
    expect((await send(token, 'DELETE', '/api/v1/athlete/0/events?oldest=2026-11-01&category=WORKOUT', {})).status).toBe(422)
    expect(on.platform.calendar().filter((entry) => entry.ours)).toEqual([])
    expect(on.platform.violations).toHaveLength(4)
  })

  test('deletes by external id and leaves the entries of others', async () => {
    const token = await connect()
    await send(token, 'POST', bulk, [session])
    const others = on.platform.calendar().filter((entry) => !entry.ours)
    expect(others.length).toBeGreaterThan(1)
    const gone = await send(token, 'PUT', '/api/v1/athlete/0/events/bulk-delete', [{ external_id: 'ours:1' }, { external_id: 'physio:12' }])
    expect(await gone.json()).toEqual({ eventsDeleted: 1 })
    expect(on.platform.calendar()).toEqual(others)
  })

  test('tells of changes, and the runner can delete an entry', async () => {
    on.platform.setWebhook({ url: on.listener.url })
    const token = await connect()
    await send(token, 'POST', bulk, [session])
    on.platform.removeEntry(on.platform.calendar().find((entry) => entry.ours)!.id)
    await on.platform.settle()
    const events = on.listener.received.map((request) => JSON.parse(request.body).events[0])
    expect(events.map((event) => event.type)).toEqual(['CALENDAR_UPDATED', 'CALENDAR_UPDATED'])
    expect(events.flatMap((event) => event.deleted_events)).toHaveLength(1)
  })
})
