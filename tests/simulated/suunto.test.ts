import { createHmac } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { zipOf } from '../../scripts/simulated/zip.ts'
import { basic, bearer, form, redirectUri, returned, type Stage, stage } from './support.ts'

let on: Stage
beforeEach(async () => {
  on = await stage('suunto', { historyWeeks: 4 })
  on.platform.setWebhook({ url: on.listener.url })
})
afterEach(() => on.close())

const authorizeUrl = () =>
  `${on.platform.url}/oauth/authorize?${form({ response_type: 'code', client_id: on.platform.app.clientId, redirect_uri: redirectUri, state: 's1' })}`
const tokenCall = (fields: Record<string, string>) =>
  fetch(`${on.platform.url}/oauth/token`, {
    method: 'POST',
    headers: { authorization: basic(on.platform.app.clientId, on.platform.app.clientSecret) },
    body: form(fields),
  })
type Pair = { access_token: string; refresh_token?: string; expires_in: number }
async function connect(): Promise<Pair> {
  const { code } = returned(await on.platform.consent(authorizeUrl()))
  return (await (await tokenCall({ grant_type: 'authorization_code', code: code!, redirect_uri: redirectUri })).json()) as Pair
}
const key = () => ({ 'ocp-apim-subscription-key': on.platform.app.subscriptionKey! })
const call = (token: string, method: string, path: string, body?: Uint8Array<ArrayBuffer>) =>
  fetch(`${on.platform.url}${path}`, {
    method,
    headers: { ...bearer(token), ...key(), ...(body ? { 'content-type': 'application/zip' } : {}) },
    body,
  })

const step = (title: string, text: string, more: object = {}) => ({
  type: 'fields',
  title,
  fields: [{ type: 'text', value: text }],
  transitions: [{ condition: { type: 'manualLap' } }],
  ...more,
})
const guide = (more: object = {}) => ({
  name: 'Strength A',
  shortDescription: 'Lower body',
  description: 'Two squat sets',
  owner: 'Stridelift',
  url: 'https://app.example.com/s/1',
  type: 'sequence',
  usage: 'workout',
  activities: [23],
  localDate: '2026-11-20',
  externalId: 'ours-1',
  steps: [
    step('Squat 1/2', 'Squat - set 1 - 8 reps - 40 kg'),
    { type: 'fields', title: 'Complete', fields: [{ type: 'text', value: 'Done' }] },
  ],
  ...more,
})
function zipWith(json: object): Uint8Array<ArrayBuffer> {
  const icon = Buffer.alloc(33)
  icon.set([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10])
  icon.writeUInt32BE(300, 16)
  icon.writeUInt32BE(300, 20)
  const manifest = { name: 'Strength A', type: 'sequence', owner: 'Stridelift', description: 'Lower body' }
  const files = {
    'manifest.json': Buffer.from(JSON.stringify(manifest)),
    'guide.json': Buffer.from(JSON.stringify(json)),
    'icon.png': icon,
  }
  return new Uint8Array(zipOf(Object.entries(files).map(([name, bytes]) => ({ name, bytes }))))
}

describe('signing in to the simulated Suunto', () => {
  test('the token is a JWT that names the user, and a refresh repeats the refresh token or leaves it out', async () => {
    const pair = await connect()
    const claims = JSON.parse(Buffer.from(pair.access_token.split('.')[1]!, 'base64url').toString('utf8'))
    expect([claims.user, pair.expires_in]).toEqual([on.platform.runnerId(), 86_400])
    const refresh = async () =>
      (await (await tokenCall({ grant_type: 'refresh_token', refresh_token: pair.refresh_token! })).json()) as Pair
    expect((await refresh()).refresh_token).toBe(pair.refresh_token)
    on.platform.variant('refreshTokenLeftOut')
    expect(await refresh()).not.toHaveProperty('refresh_token')
  })

  test('without the subscription key the gateway answers, before any token is looked at', async () => {
    const { access_token: token } = await connect()
    const answer = await fetch(`${on.platform.url}/v3/workouts`, { headers: bearer(token) })
    expect(answer.status).toBe(401)
    expect(answer.headers.get('www-authenticate')).toContain('AzureApiManagementKey')
    expect(await answer.json()).toMatchObject({ statusCode: 401, message: expect.stringContaining('missing subscription key') })
  })

  test('an old token is 401, a grant that is gone 403', async () => {
    const { access_token: token } = await connect()
    on.clock.now = new Date(on.clock.now.getTime() + 86_401_000)
    expect((await call(token, 'GET', '/v3/workouts')).status).toBe(401)
    const { access_token: next } = await connect()
    expect((await call(next, 'GET', `/oauth/deauthorize?client_id=${on.platform.app.clientId}`)).status).toBe(200)
    expect((await call(next, 'GET', '/v3/workouts')).status).toBe(403)
  })
})

describe('workouts of the simulated Suunto', () => {
  test('a push is signed over its raw body', async () => {
    await connect()
    const run = on.platform.addRun({ kind: 'treadmill' })
    await on.platform.settle()
    const [pushed] = on.listener.received
    const expected = createHmac('sha256', on.platform.app.webhookSecret!).update(pushed!.body).digest('hex')
    expect(pushed!.headers['x-hmac-sha256-signature']).toBe(expected)
    expect(JSON.parse(pushed!.body)).toMatchObject({
      type: 'WORKOUT_CREATED',
      username: on.platform.runnerId(),
      workout: { workoutKey: run.externalId, workoutId: 0, activityId: 53 },
    })
  })

  test('a refusal is final, a failure is tried again', async () => {
    await connect()
    on.listener.answer(() => ({ status: 403 }))
    on.platform.addRun()
    await on.platform.settle()
    expect(on.listener.received).toHaveLength(1)
    on.listener.answer(() => ({ status: on.listener.received.length < 4 ? 500 : 200 }))
    on.platform.addRun()
    await on.platform.settle()
    expect(on.listener.received).toHaveLength(4)
  })

  test('lists an array by start or by change, one as an object', async () => {
    const { access_token: token } = await connect()
    const since = Date.parse('2026-11-01T00:00:00Z')
    const listed = (await (await call(token, 'GET', `/v3/workouts?since=${since}&limit=100`)).json()) as {
      payload: { workoutKey: string }[]
    }
    const wanted = on.platform.activities().filter((run) => run.startAt.getTime() >= since)
    expect(listed.payload.map((one) => one.workoutKey)).toEqual(wanted.map((run) => run.externalId))
    const one = (await (await call(token, 'GET', `/v3/workouts/${wanted[0]!.externalId}`)).json()) as {
      payload: object
      metadata: { ts: string }
    }
    expect(one.payload).toMatchObject({ workoutKey: wanted[0]!.externalId })
    expect(one.metadata.ts).toMatch(/^\d+$/)
    expect((await call(token, 'GET', '/v3/workouts?limit=200')).status).toBe(400)
  })

  test('a file is unfinished in several ways before it is whole', async () => {
    const { access_token: token } = await connect()
    on.platform.webhookFault({ kind: 'early', times: 1, reads: 5 })
    const run = on.platform.addRun()
    const seen = []
    for (let i = 0; i < 6; i++) {
      const answer = await call(token, 'GET', `/v3/workouts/${run.externalId}/fit`)
      seen.push([answer.status, (await answer.arrayBuffer()).byteLength])
    }
    const whole = run.file().length
    expect(seen.map(([status]) => status)).toContain(206)
    expect(seen.map(([, length]) => length)).toEqual(expect.arrayContaining([0, 400, whole - 2]))
    expect(seen.at(-1)).toEqual([200, whole])
    on.platform.variant('multipartFit')
    expect((await call(token, 'GET', `/v3/workouts/${run.externalId}/fit`)).headers.get('content-type')).toContain('multipart/form-data')
  })
})

describe('guides of the simulated Suunto', () => {
  const ours = () => on.platform.calendar().filter((entry) => entry.ours)

  test('an external id stands once; the guide is found, replaced, moved and deleted', async () => {
    const { access_token: token } = await connect()
    const made = await call(token, 'POST', '/v2/guides/files', zipWith(guide()))
    const { payload } = (await made.json()) as { payload: { id: string } }
    expect([made.status, ours().length]).toEqual([201, 1])
    expect((await call(token, 'POST', '/v2/guides/files', zipWith(guide()))).status).toBe(409)
    const items = (await (await call(token, 'GET', '/v2/guides/items?offset=0&limit=50')).json()) as {
      payload: { id: string; externalId: string }[]
    }
    expect(items.payload).toMatchObject([{ id: payload.id, externalId: 'ours-1' }])
    expect((await call(token, 'PUT', `/v2/guides/files/${payload.id}`, zipWith(guide({ localDate: '2026-11-22' })))).status).toBe(200)
    expect(ours()).toMatchObject([{ localDate: '2026-11-22', name: 'Strength A' }])
    expect(ours()[0]!.steps.map((one) => one.text)).toEqual(['Squat 1/2: Squat - set 1 - 8 reps - 40 kg', 'Complete: Done'])
    expect((await call(token, 'DELETE', `/v2/guides/files/${payload.id}`)).status).toBe(200)
    expect((await call(token, 'DELETE', `/v2/guides/files/${payload.id}`)).status).toBe(404)
    expect(on.platform.calendar()).toHaveLength(1)
  })

  test.each([
    ['an unknown step', guide({ steps: [step('A', 'b', { type: 'notfication' })] }), "Invalid step type: 'notfication'"],
    ['a title of 14 characters', guide({ steps: [step('x'.repeat(14), 'b')] }), 'title'],
    ['letters beyond ASCII', guide({ name: 'Kraft für Läufer' }), 'unsupported characters'],
    ['an owner that is not the app', guide({ owner: 'Somebody' }), 'owner'],
    ['a step that never ends', guide({ steps: [step('A', 'b', { transitions: undefined }), step('B', 'c')] }), 'never ends'],
    [
      'both forms of ending',
      guide({ steps: [step('A', 'b'), step('B', 'c', { transitions: undefined, trigger: { type: 'manualLap' } })] }),
      'mixed',
    ],
    [
      'a repeat of 101',
      guide({ steps: [{ type: 'repeat', times: 101, steps: [step('A', 'b')] }] }),
      'Repeat times must be between 1 and 100',
    ],
  ])('%s is refused', async (_, json, text) => {
    const { access_token: token } = await connect()
    const answer = await call(token, 'POST', '/v2/guides/files', zipWith(json))
    expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining(text)])
    expect(ours()).toEqual([])
  })
})
