import { createHmac } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { basic, bearer, form, redirectUri, returned, type Stage, stage } from './support.ts'

let on: Stage
beforeEach(async () => {
  on = await stage('polar', { historyWeeks: 4, runners: 2 })
})
afterEach(() => on.close())

const appAuth = () => ({ authorization: basic(on.platform.app.clientId, on.platform.app.clientSecret) })
const authorizeUrl = () =>
  `${on.platform.url}/oauth2/authorization?${form({
    response_type: 'code',
    client_id: on.platform.app.clientId,
    redirect_uri: redirectUri,
    scope: 'accesslink.read_all',
    state: 's1',
  })}`
const tokenCall = (code: string, headers: Record<string, string> = appAuth(), more: Record<string, string> = {}) =>
  fetch(`${on.platform.url}/v2/oauth2/token`, {
    method: 'POST',
    headers,
    body: form({ grant_type: 'authorization_code', code, redirect_uri: redirectUri, ...more }),
  })
async function signIn(runner = 1): Promise<string> {
  const { code } = returned(await on.platform.consent(authorizeUrl(), { runner }))
  return ((await (await tokenCall(code!)).json()) as { access_token: string }).access_token
}
const register = (token: string, memberId: string) =>
  fetch(`${on.platform.url}/v3/users`, {
    method: 'POST',
    headers: { ...bearer(token), 'content-type': 'application/json' },
    body: JSON.stringify({ 'member-id': memberId }),
  })
const get = (token: string, path: string) => fetch(`${on.platform.url}${path}`, { headers: bearer(token) })
const asApp = (method: string, path: string, body?: unknown) =>
  fetch(`${on.platform.url}${path}`, {
    method,
    headers: { ...appAuth(), 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  })
const createWebhook = async () => {
  const answer = await asApp('POST', '/v3/webhooks', { events: ['EXERCISE'], url: `${on.listener.url}/hook` })
  return ((await answer.json()) as { data: { id: string; signature_secret_key: string } }).data
}

describe('signing in to the simulated Polar', () => {
  test('takes the client by Basic only and gives a token for ten years', async () => {
    const { code } = returned(await on.platform.consent(authorizeUrl()))
    expect((await tokenCall(code!, {}, { client_id: on.platform.app.clientId })).status).toBe(401)
    expect(await (await tokenCall(code!)).json()).toMatchObject({ token_type: 'bearer', expires_in: 315_359_999, x_user_id: 10_579 })
  })

  test('registers once; 409 has two meanings that GET tells apart', async () => {
    const first = await signIn(1)
    const second = await signIn(2)
    expect((await register(first, 'a')).status).toBe(200)
    expect((await register(first, 'b')).status).toBe(409)
    expect((await get(first, '/v3/users/10579')).status).toBe(200)
    expect((await register(second, 'a')).status).toBe(409)
    expect((await get(second, '/v3/users/10580')).status).toBe(204)
    expect((await register(second, 'c')).status).toBe(200)
  })

  test('missing consents are 403 and no broken token', async () => {
    on.platform.variant('consentsMissing')
    const token = await signIn()
    expect((await register(token, 'a')).status).toBe(403)
    on.platform.variant('consentsMissing', false)
    expect((await register(token, 'a')).status).toBe(200)
  })

  test('leaving ends the token', async () => {
    const token = await signIn()
    await register(token, 'a')
    const away = await fetch(`${on.platform.url}/v3/users/10579`, { method: 'DELETE', headers: bearer(token) })
    expect(away.status).toBe(204)
    const after = await get(token, '/v3/exercises')
    expect(after.status).toBe(401)
    expect(await after.json()).toMatchObject({ error: { status: 401, error_type: expect.any(String), corr_id: expect.any(String) } })
  })
})

describe('the webhook of the simulated Polar', () => {
  test('is pinged before its key is known and made once', async () => {
    const hook = await createWebhook()
    expect(on.listener.received[0]!.headers['polar-webhook-event']).toBe('PING')
    expect(hook.signature_secret_key).toMatch(/.{20}/)
    expect((await asApp('POST', '/v3/webhooks', { events: ['EXERCISE'], url: on.listener.url })).status).toBe(409)
    const listed = (await (await asApp('GET', '/v3/webhooks')).json()) as { data: object[] }
    expect(listed.data).toEqual([{ id: hook.id, events: ['EXERCISE'], url: `${on.listener.url}/hook`, active: true }])
  })

  test('is not made when the ping is not answered with 200', async () => {
    on.listener.answer(() => ({ status: 204 }))
    const answer = await asApp('POST', '/v3/webhooks', { events: ['EXERCISE'], url: on.listener.url })
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ error: { error_type: 'WebhookPingFailedException' } })
  })

  test('signs the raw body with its key', async () => {
    const { signature_secret_key: key } = await createWebhook()
    await register(await signIn(), 'a')
    const run = on.platform.addRun()
    await on.platform.settle()
    const pushed = on.listener.received.at(-1)!
    expect(pushed.headers['polar-webhook-signature']).toBe(createHmac('sha256', key).update(pushed.body).digest('hex'))
    expect(JSON.parse(pushed.body)).toMatchObject({ event: 'EXERCISE', user_id: 10_579, entity_id: run.externalId })
  })

  test('goes off after seven days without success and on again by a call', async () => {
    await createWebhook()
    await register(await signIn(), 'a')
    on.listener.answer(() => ({ status: 500 }))
    on.platform.addRun()
    await on.platform.settle()
    on.clock.now = new Date(on.clock.now.getTime() + 8 * 86_400_000)
    const state = async () => ((await (await asApp('GET', '/v3/webhooks')).json()) as { data: { active: boolean }[] }).data[0]!.active
    expect(await state()).toBe(false)
    on.listener.answer(() => ({ status: 200 }))
    expect((await asApp('POST', '/v3/webhooks/activate')).status).toBe(200)
    expect(await state()).toBe(true)
  })
})

describe('exercises of the simulated Polar', () => {
  test('there is no history before the registration, and nothing after 30 days', async () => {
    const token = await signIn()
    expect((await get(token, '/v3/exercises')).status).toBe(403)
    await register(token, 'a')
    const run = on.platform.addRun()
    const ids = async () => ((await (await get(token, '/v3/exercises')).json()) as { id: string }[]).map((one) => one.id)
    expect(await ids()).toEqual([run.externalId])
    on.clock.now = new Date(on.clock.now.getTime() + 31 * 86_400_000)
    expect(await ids()).toEqual([])
    expect((await get(token, `/v3/exercises/${run.externalId}`)).status).toBe(404)
  })

  test('gives local time with an offset, speed in km/h, FIT and TCX', async () => {
    const token = await signIn()
    await register(token, 'a')
    const run = on.platform.addRun({ startAt: new Date('2026-07-01T06:00:00Z') })
    const one = (await (await get(token, `/v3/exercises/${run.externalId}?samples=true`)).json()) as {
      start_time: string
      start_time_utc_offset: number
      samples: { 'sample-type': string; data: string }[]
    }
    expect([one.start_time, one.start_time_utc_offset]).toEqual(['2026-07-01T07:00:00', 60])
    const speeds = one.samples
      .find((column) => column['sample-type'] === '1')!
      .data.split(',')
      .map(Number)
    expect(Math.max(...speeds)).toBeGreaterThan(8)
    const fit = new Uint8Array(await (await get(token, `/v3/exercises/${run.externalId}/fit`)).arrayBuffer())
    expect(new TextDecoder().decode(fit.slice(8, 12))).toBe('.FIT')
    const tcx = gunzipSync(Buffer.from(await (await get(token, `/v3/exercises/${run.externalId}/tcx`)).arrayBuffer()))
    expect(tcx.toString()).toContain('<TrainingCenterDatabase')
  })

  test('an answer carries what is spent of the quota', async () => {
    const token = await signIn()
    await register(token, 'a')
    const answer = await get(token, '/v3/exercises')
    expect([answer.headers.get('ratelimit-usage'), answer.headers.get('ratelimit-limit')]).toEqual(['1, 1', '520, 5100'])
  })

  test('there is nowhere to write a plan', async () => {
    const token = await signIn()
    const answer = await fetch(`${on.platform.url}/v4/data/training-target`, { method: 'POST', headers: bearer(token), body: '{}' })
    expect([answer.status, on.platform.writes().length, on.platform.violations.length]).toEqual([404, 1, 1])
  })
})
