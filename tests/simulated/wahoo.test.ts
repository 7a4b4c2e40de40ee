import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { bearer, form, redirectUri, returned, type Stage, stage } from './support.ts'

let on: Stage
beforeEach(async () => {
  on = await stage('wahoo', { historyWeeks: 4 })
  on.platform.setWebhook({ url: on.listener.url })
})
afterEach(() => on.close())

const scope = 'user_read workouts_read workouts_write plans_read plans_write offline_data'
const authorizeUrl = () =>
  `${on.platform.url}/oauth/authorize?${form({
    client_id: on.platform.app.clientId,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope,
    state: 's1',
  })}`
const tokenCall = (fields: Record<string, string>) =>
  fetch(`${on.platform.url}/oauth/token`, {
    method: 'POST',
    body: form({ client_id: on.platform.app.clientId, client_secret: on.platform.app.clientSecret, ...fields }),
  })
type Pair = { access_token: string; refresh_token: string; expires_in: number; scope: string }
async function connect(scopes?: string[]): Promise<Pair> {
  const { code } = returned(await on.platform.consent(authorizeUrl(), { scopes }))
  return (await (await tokenCall({ grant_type: 'authorization_code', code: code!, redirect_uri: redirectUri })).json()) as Pair
}
const call = (token: string, method: string, path: string, fields?: [string, string][]) =>
  fetch(`${on.platform.url}${path}`, { method, headers: bearer(token), body: fields ? new URLSearchParams(fields) : undefined })

const rpe = [{ type: 'rpe', low: 1, high: 10 }]
const interval = (name: string, seconds: number, intensity: string, targets: unknown = rpe) => ({
  name,
  exit_trigger_type: 'time',
  exit_trigger_value: seconds,
  intensity_type: intensity,
  targets,
})
const planFile = {
  header: {
    name: 'Strength A',
    description: 'Lower body',
    version: '1.0.0',
    workout_type_family: 6,
    workout_type_location: 0,
    duration_s: 180,
  },
  intervals: [interval('Squat 8 reps 40 kg - set 1/1', 60, 'active'), interval('Rest', 120, 'rest')],
}
const encoded = (file: unknown) => `data:application/json;base64,${Buffer.from(JSON.stringify(file)).toString('base64')}`
const planForm = (file: unknown, externalId = 'plan-1', value = encoded(file)): [string, string][] => [
  ['plan[file]', value],
  ['plan[filename]', 'plan.json'],
  ['plan[external_id]', externalId],
  ['plan[provider_updated_at]', '2026-11-18T09:59:58.123Z'],
]
const workoutForm = (planId: number, starts = '2026-11-20T12:00:00.000Z'): [string, string][] => [
  ['workout[name]', 'Strength A'],
  ['workout[workout_type_id]', '42'],
  ['workout[starts]', starts],
  ['workout[minutes]', '11.75'],
  ['workout[workout_token]', 'session-1'],
  ['workout[plan_id]', String(planId)],
  ['workout[plan_ids][]', String(planId)],
]

describe('signing in to the simulated Wahoo', () => {
  test('the old token works until the new one is used, the old refresh token never again', async () => {
    const pair = await connect()
    expect(pair).toMatchObject({ expires_in: 7200, scope })
    const refresh = () => tokenCall({ grant_type: 'refresh_token', refresh_token: pair.refresh_token })
    const next = (await (await refresh()).json()) as Pair
    expect((await refresh()).status).toBe(400)
    const user = async (token: string) => (await call(token, 'GET', '/v1/user')).status
    expect([await user(pair.access_token), await user(next.access_token), await user(pair.access_token)]).toEqual([200, 200, 401])
  })

  test('an eleventh token that nobody revoked is refused', async () => {
    for (let i = 0; i < 10; i++) await connect()
    const refused = (await connect()) as unknown as { error: string }
    expect(refused.error).toContain('Too many unrevoked access tokens')
  })

  test('leaving ends everything', async () => {
    const { access_token: token } = await connect()
    expect((await call(token, 'DELETE', '/v1/permissions')).status).toBe(204)
    expect((await call(token, 'GET', '/v1/user')).status).toBe(401)
  })

  test('a right that was not given is 403', async () => {
    const { access_token: token } = await connect(['user_read'])
    expect((await call(token, 'GET', '/v1/workouts')).status).toBe(403)
  })
})

describe('runs of the simulated Wahoo', () => {
  test('a push carries the token, figures as text and a file that needs no token', async () => {
    await connect()
    const run = on.platform.addRun()
    await on.platform.settle()
    const pushed = JSON.parse(on.listener.received[0]!.body)
    expect(pushed).toMatchObject({ event_type: 'workout_summary', webhook_token: on.platform.app.webhookSecret, user: { id: 60_462 } })
    expect(pushed.workout_summary.distance_accum).toBe(run.distanceMeters!.toFixed(1))
    const url = new URL(pushed.workout_summary.file.url)
    expect(url.origin).toBe('https://cdn.wahooligan.com')
    const file = new Uint8Array(await (await fetch(`${on.platform.url}${url.pathname}`)).arrayBuffer())
    expect(new TextDecoder().decode(file.slice(8, 12))).toBe('.FIT')
  })

  test('an early push has no file; the next has it with a newer revision', async () => {
    await connect()
    on.platform.webhookFault({ kind: 'early', times: 1 })
    on.platform.addRun()
    await on.platform.settle()
    const [first, second] = on.listener.received.map((request) => JSON.parse(request.body).workout_summary)
    expect([first.file, typeof second.file.url]).toEqual([null, 'string'])
    expect(second.updated_at > first.updated_at).toBe(true)
  })

  test('without offline_data there is no push', async () => {
    await connect(['user_read', 'workouts_read'])
    on.platform.addRun()
    await on.platform.settle()
    expect(on.listener.received).toEqual([])
  })

  test('five tries, and a forged push is told by its token', async () => {
    await connect()
    on.platform.webhookFault({ kind: 'forged', times: 1 })
    on.listener.answer((request) => ({ status: request.body.includes(on.platform.app.webhookSecret!) ? 500 : 401 }))
    on.platform.addRun()
    await on.platform.settle()
    expect(on.platform.deliveries.map((delivery) => [delivery.forged, delivery.status])).toEqual(
      expect.arrayContaining([[true, 401], ...Array.from({ length: 5 }, () => [false, 500])]),
    )
    expect(on.platform.deliveries).toHaveLength(6)
  })

  test('the list is newest first with future entries before', async () => {
    const { access_token: token } = await connect()
    const body = (await (await call(token, 'GET', '/v1/workouts?page=1&per_page=5')).json()) as {
      workouts: { starts: string; workout_summary: object | null }[]
      total: number
    }
    expect(body.workouts).toHaveLength(5)
    expect(body.total).toBe(on.platform.activities().length + 1)
    expect(body.workouts[0]!.workout_summary).toBeNull()
    const starts = body.workouts.map((workout) => workout.starts)
    expect(starts).toEqual([...starts].sort().reverse())
  })
})

describe('plans of the simulated Wahoo', () => {
  test('a plan and a workout show on the device inside seven days only', async () => {
    const { access_token: token } = await connect()
    const made = await call(token, 'POST', '/v1/plans', planForm(planFile))
    const plan = (await made.json()) as { id: number; provider_updated_at: string }
    expect([made.status, plan.provider_updated_at]).toEqual([201, '2026-11-18T09:59:58.000Z'])
    const workout = (await (await call(token, 'POST', '/v1/workouts', workoutForm(plan.id))).json()) as { id: number }
    const ours = () => on.platform.calendar().filter((entry) => entry.ours)
    expect(ours()).toMatchObject([{ localDate: '2026-11-20', shown: true, externalId: 'session-1' }])
    expect(ours()[0]!.steps).toEqual([
      { text: 'Squat 8 reps 40 kg - set 1/1', seconds: 60 },
      { text: 'Rest', restSeconds: 120 },
    ])
    await call(token, 'PUT', `/v1/workouts/${workout.id}`, [['workout[starts]', '2026-11-26T12:00:00Z']])
    expect(ours()).toMatchObject([{ localDate: '2026-11-26', shown: false }])
    expect(await (await call(token, 'GET', `/v1/workouts/${workout.id}/plans`)).json()).toMatchObject([{ id: plan.id }])
    expect((await call(token, 'DELETE', `/v1/workouts/${workout.id}`)).status).toBe(204)
    expect((await call(token, 'DELETE', `/v1/plans/${plan.id}`)).status).toBe(204)
    expect(ours()).toEqual([])
  })

  test('the same external id exists already and is found', async () => {
    const { access_token: token } = await connect()
    await call(token, 'POST', '/v1/plans', planForm(planFile))
    const again = await call(token, 'POST', '/v1/plans', planForm(planFile))
    expect([again.status, await again.text()]).toEqual([422, expect.stringContaining('already exists')])
    expect(await (await call(token, 'GET', '/v1/plans?external_id=plan-1')).json()).toHaveLength(1)
  })

  test('posting a workout twice makes two', async () => {
    const { access_token: token } = await connect()
    const { id } = (await (await call(token, 'POST', '/v1/plans', planForm(planFile))).json()) as { id: number }
    await call(token, 'POST', '/v1/workouts', workoutForm(id))
    await call(token, 'POST', '/v1/workouts', workoutForm(id))
    expect(on.platform.calendar().filter((entry) => entry.ours)).toHaveLength(2)
  })

  test.each([
    ['bare base64', planForm(planFile, 'p', Buffer.from(JSON.stringify(planFile)).toString('base64')), 'unexpected character'],
    [
      'an unknown header key',
      planForm({ ...planFile, header: { ...planFile.header, author: 'me' } }),
      "field 'author' is not an allowed field",
    ],
    ['an interval without targets', planForm({ ...planFile, intervals: [interval('Squat', 180, 'active', [])] }), 'intervals'],
    ['a wrong sum', planForm({ ...planFile, header: { ...planFile.header, duration_s: 900 } }), 'sum'],
  ])('%s is refused', async (_, fields, text) => {
    const { access_token: token } = await connect()
    const answer = await call(token, 'POST', '/v1/plans', fields)
    expect([answer.status, await answer.text()]).toEqual([422, expect.stringContaining(text)])
  })

  test('a sandbox app has 25 calls in five minutes', async () => {
    await on.close()
    on = await stage('wahoo', { tier: 'evaluation' })
    const { access_token: token } = await connect()
    for (let i = 0; i < 25; i++) await call(token, 'GET', '/v1/user')
    const refused = await call(token, 'GET', '/v1/user')
    expect([refused.status, refused.headers.get('x-ratelimit-remaining')]).toEqual([429, '225,75,0'])
  })
})
