import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { basic, bearer, form, redirectUri, returned, type Stage, stage } from './support.ts'

let on: Stage
beforeEach(async () => {
  on = await stage('strava', { historyWeeks: 12 })
})
afterEach(() => on.close())

const authorizeUrl = (scope = 'read,activity:read_all') =>
  `${on.platform.url}/oauth/authorize?${form({
    client_id: on.platform.app.clientId,
    redirect_uri: redirectUri,
    response_type: 'code',
    approval_prompt: 'auto',
    scope,
    state: 's1',
  })}`
const client = () => ({ client_id: on.platform.app.clientId, client_secret: on.platform.app.clientSecret })
const tokenCall = (fields: Record<string, string>) =>
  fetch(`${on.platform.url}/oauth/token`, { method: 'POST', body: form({ ...client(), ...fields }) })
type Pair = { access_token: string; refresh_token: string; expires_in: number; expires_at: number }
async function connect(scope?: string): Promise<Pair> {
  const { code } = returned(await on.platform.consent(authorizeUrl(scope)))
  return (await (await tokenCall({ grant_type: 'authorization_code', code: code! })).json()) as Pair
}
const get = (token: string, path: string) => fetch(`${on.platform.url}/api/v3${path}`, { headers: bearer(token) })
async function subscribe(): Promise<Response> {
  on.listener.answer((request) => {
    const challenge = new URL(request.url, 'http://x').searchParams.get('hub.challenge')
    return { status: 200, body: JSON.stringify({ 'hub.challenge': challenge }), headers: { 'content-type': 'application/json' } }
  })
  const body = form({ ...client(), callback_url: `${on.listener.url}/hook`, verify_token: 'mine' })
  return fetch(`${on.platform.url}/api/v3/push_subscriptions`, { method: 'POST', body })
}
const events = () => on.listener.received.filter((request) => request.method === 'POST').map((request) => JSON.parse(request.body))

describe('signing in to the simulated Strava', () => {
  test('tells which rights were left ticked', async () => {
    const back = returned(await on.platform.consent(authorizeUrl(), { scopes: ['read'] }))
    expect(back).toMatchObject({ scope: 'read', state: 's1' })
    expect(returned(await on.platform.consent(authorizeUrl(), { allow: false }))).toEqual({ error: 'access_denied', state: 's1' })
  })

  test('a code works once', async () => {
    const { code } = returned(await on.platform.consent(authorizeUrl()))
    const first = (await (await tokenCall({ grant_type: 'authorization_code', code: code! })).json()) as Pair
    expect(first.expires_in).toBe(21_600)
    const second = await tokenCall({ grant_type: 'authorization_code', code: code! })
    expect(second.status).toBe(400)
    expect(await second.json()).toMatchObject({ errors: [{ resource: 'RequestToken', field: 'code', code: 'invalid' }] })
  })

  test('an early refresh brings the same token with its remaining life, a late one a new pair', async () => {
    const pair = await connect()
    const refresh = (token: string) => tokenCall({ grant_type: 'refresh_token', refresh_token: token })
    on.clock.now = new Date(on.clock.now.getTime() + 3_600_000)
    const early = (await (await refresh(pair.refresh_token)).json()) as Pair
    expect([early.access_token, early.expires_in, early.expires_at]).toEqual([pair.access_token, 18_000, pair.expires_at])
    on.clock.now = new Date(on.clock.now.getTime() + 16_000_000)
    const late = (await (await refresh(pair.refresh_token)).json()) as Pair
    expect(late.access_token).not.toBe(pair.access_token)
    expect(await (await refresh(pair.refresh_token)).json()).toMatchObject({ errors: [{ resource: 'RefreshToken', code: 'invalid' }] })
  })

  test('revoking works with Basic and answers 200 for a dead token too', async () => {
    const pair = await connect()
    const revoke = () =>
      fetch(`${on.platform.url}/oauth/revoke`, {
        method: 'POST',
        headers: { authorization: basic(on.platform.app.clientId, on.platform.app.clientSecret) },
        body: form({ token: pair.access_token }),
      })
    expect([(await revoke()).status, (await revoke()).status]).toEqual([200, 200])
    expect((await get(pair.access_token, '/athlete')).status).toBe(401)
  })
})

describe('the subscription of the simulated Strava', () => {
  test('is made when the handshake is answered, once', async () => {
    const made = await subscribe()
    expect(made.status).toBe(201)
    expect(on.listener.received[0]!.url).toContain('hub.verify_token=mine')
    const again = await subscribe()
    expect(await again.json()).toMatchObject({ errors: [{ resource: 'PushSubscription', code: 'already exists' }] })
  })

  test('is not made when the handshake fails', async () => {
    const body = form({ ...client(), callback_url: `${on.listener.url}/hook`, verify_token: 'mine' })
    const answer = await fetch(`${on.platform.url}/api/v3/push_subscriptions`, { method: 'POST', body })
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ errors: [{ code: 'GET to callback URL does not return 200' }] })
  })

  test('tells of new, renamed, hidden and deleted runs and of withdrawn access', async () => {
    const { id } = (await (await subscribe()).json()) as { id: number }
    await connect()
    const run = on.platform.addRun()
    await on.platform.settle()
    on.platform.editRun(run.externalId, { title: 'Morning loop' })
    await on.platform.settle()
    on.platform.setPrivate(run.externalId, true)
    await on.platform.settle()
    on.platform.deleteRun(run.externalId)
    await on.platform.settle()
    on.platform.deauthorise()
    await on.platform.settle()
    expect(events().map((event) => [event.object_type, event.aspect_type, event.updates])).toEqual([
      ['activity', 'create', {}],
      ['activity', 'update', { title: 'Morning loop' }],
      ['activity', 'update', { private: 'true' }],
      ['activity', 'delete', {}],
      ['athlete', 'update', { authorized: 'false' }],
    ])
    expect(events()[0]).toMatchObject({ object_id: Number(run.externalId), owner_id: 7_710_042, subscription_id: id })
  })

  test('with the smaller right a hidden run looks deleted', async () => {
    await subscribe()
    const { access_token: token } = await connect('read,activity:read')
    const run = on.platform.addRun()
    on.platform.setPrivate(run.externalId, true)
    await on.platform.settle()
    expect(events().map((event) => event.aspect_type)).toEqual(['create', 'delete'])
    expect((await get(token, `/activities/${run.externalId}`)).status).toBe(404)
  })

  test('three tries in all', async () => {
    await subscribe()
    await connect()
    on.listener.answer(() => ({ status: 500 }))
    on.platform.addRun()
    await on.platform.settle()
    expect(events()).toHaveLength(3)
  })
})

describe('reading from the simulated Strava', () => {
  test('pages end with an empty one, and a page has at most 200', async () => {
    const { access_token: token } = await connect()
    const after = Math.floor(Date.parse('2026-09-01T00:00:00Z') / 1000)
    const page = async (number: number) =>
      (await (await get(token, `/athlete/activities?after=${after}&per_page=20&page=${number}`)).json()) as { id: number }[]
    const pages = [await page(1), await page(2), await page(3), await page(4)]
    expect(pages.at(-1)).toEqual([])
    const ids = pages.flat().map((activity) => activity.id)
    expect(new Set(ids).size).toBe(ids.length)
    expect((await get(token, '/athlete/activities?per_page=201')).status).toBe(400)
  })

  test('streams come by type; a typed-in run has none', async () => {
    const { access_token: token } = await connect()
    const run = on.platform.addRun({ kind: 'treadmill' })
    const streams = (await (
      await get(token, `/activities/${run.externalId}/streams?keys=time,heartrate,velocity_smooth,latlng&key_by_type=true`)
    ).json()) as Record<string, { data: number[] }>
    expect(Object.keys(streams)).toEqual(['time', 'heartrate', 'velocity_smooth'])
    const manual = on.platform.addRun({ manual: true })
    expect((await get(token, `/activities/${manual.externalId}/streams?keys=time&key_by_type=true`)).status).toBe(404)
  })

  test('an early notice finds nothing at first', async () => {
    const { access_token: token } = await connect()
    on.platform.webhookFault({ kind: 'early', times: 1, reads: 2 })
    const run = on.platform.addRun()
    const statuses = []
    for (let i = 0; i < 3; i++) statuses.push((await get(token, `/activities/${run.externalId}`)).status)
    expect(statuses).toEqual([404, 404, 200])
  })

  test('a hundred readings in a quarter of an hour, then 429 until the next', async () => {
    const { access_token: token } = await connect()
    for (let i = 0; i < 100; i++) await get(token, '/athlete')
    const refused = await get(token, '/athlete')
    expect(refused.status).toBe(429)
    expect(refused.headers.get('x-readratelimit-usage')).toBe('101,101')
    on.clock.now = new Date('2026-11-18T10:15:00Z')
    const next = await get(token, '/athlete')
    expect([next.status, next.headers.get('x-readratelimit-usage')]).toEqual([200, '1,102'])
  })

  test('nothing can be written, and the try is noted', async () => {
    const { access_token: token } = await connect()
    const answer = await fetch(`${on.platform.url}/api/v3/activities`, {
      method: 'POST',
      headers: bearer(token),
      body: form({ name: 'x' }),
    })
    expect(answer.status).toBe(401)
    expect(on.platform.writes()).toHaveLength(1)
    expect(on.platform.violations).toHaveLength(1)
  })
})
