import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { bearer, form, redirectUri, returned, type Stage, stage } from './support.ts'

let on: Stage
beforeEach(async () => {
  on = await stage('garmin', { historyWeeks: 8 })
  on.platform.setWebhook({ url: `${on.listener.url}/webhooks/garmin/secret` })
})
afterEach(() => on.close())

const verifier = 'v'.repeat(64)
const challenge = createHash('sha256').update(verifier).digest('base64url')
const authorizeUrl = (more: Record<string, string> = {}) =>
  `${on.platform.url}/oauth2Confirm?${form({
    response_type: 'code',
    client_id: on.platform.app.clientId,
    code_challenge: challenge,
    code_challenge_method: 'S256',
    redirect_uri: redirectUri,
    state: 's1',
    ...more,
  })}`
const tokenCall = (fields: Record<string, string>) =>
  fetch(`${on.platform.url}/di-oauth2-service/oauth/token`, {
    method: 'POST',
    body: form({ client_id: on.platform.app.clientId, client_secret: on.platform.app.clientSecret, ...fields }),
  })
const exchange = (code: string, more: Record<string, string> = {}) =>
  tokenCall({ grant_type: 'authorization_code', code, code_verifier: verifier, redirect_uri: redirectUri, ...more })
type Pair = { access_token: string; refresh_token: string; expires_in: number }
const all = ['ACTIVITY_EXPORT', 'WORKOUT_IMPORT', 'HISTORICAL_DATA_EXPORT']
async function connect(scopes: readonly string[] = all): Promise<Pair> {
  const { code } = returned(await on.platform.consent(authorizeUrl(), { scopes }))
  return (await (await exchange(code!)).json()) as Pair
}
const call = (token: string, method: string, path: string, body?: unknown) =>
  fetch(`${on.platform.url}${path}`, {
    method,
    headers: { ...bearer(token), ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    body: body === undefined ? undefined : JSON.stringify(body),
  })
const bodies = () => on.listener.received.map((request) => JSON.parse(request.body) as Record<string, Record<string, never>[]>)
const mapped = (url: string) => {
  expect(new URL(url).origin).toBe('https://apis.garmin.com')
  return url.slice('https://apis.garmin.com'.length)
}

const noTarget = { targetType: 'OPEN', targetValue: null, targetValueLow: null, targetValueHigh: null, targetValueType: null }
const noExercise = { exerciseCategory: null, exerciseName: null, weightValue: null, weightDisplayUnit: null }
const step = (stepOrder: number, more: Record<string, unknown>) => ({
  type: 'WorkoutStep',
  stepOrder,
  intensity: 'ACTIVE',
  description: null,
  durationType: 'REPS',
  durationValue: 8,
  durationValueType: null,
  ...noTarget,
  ...noExercise,
  ...more,
})
const size = { estimatedDurationInSecs: null, estimatedDistanceInMeters: null, poolLength: null, poolLengthUnit: null }
const workoutOf = (steps: unknown[]) => ({
  workoutName: 'Strength A',
  description: 'After an easy run.',
  sport: 'STRENGTH_TRAINING',
  ...size,
  workoutProvider: 'OurApp',
  workoutSourceId: 'OurApp',
  isSessionTransitionEnabled: false,
  segments: [{ segmentOrder: 1, sport: 'STRENGTH_TRAINING', ...size, steps }],
})
const squat = { exerciseCategory: 'SQUAT', exerciseName: 'GOBLET_SQUAT', weightValue: 16, weightDisplayUnit: 'KILOGRAM' }
const rest = { intensity: 'REST', durationType: 'FIXED_REST', durationValue: 90 }
const rounds = {
  type: 'WorkoutRepeatStep',
  stepOrder: 2,
  repeatType: 'REPEAT_UNTIL_STEPS_CMPLT',
  repeatValue: 3,
  skipLastRestStep: true,
  steps: [step(3, squat), step(4, rest)],
}
const good = workoutOf([step(1, { intensity: 'WARMUP', durationType: 'TIME', durationValue: 300 }), rounds])

describe('signing in to the simulated Garmin', () => {
  test('needs S256 and the verifier that belongs to it', async () => {
    expect((await fetch(authorizeUrl({ code_challenge_method: 'plain' }))).status).toBe(400)
    const first = returned(await on.platform.consent(authorizeUrl()))
    expect((await exchange(first.code!, { code_verifier: 'w'.repeat(64) })).status).toBe(400)
    const second = returned(await on.platform.consent(authorizeUrl()))
    expect((await exchange(second.code!, { redirect_uri: `${redirectUri}/` })).status).toBe(400)
    const pair = await connect()
    expect(pair).toMatchObject({ expires_in: 86_400, token_type: 'bearer', refresh_token_expires_in: 7_775_998 })
    expect(await (await call(pair.access_token, 'GET', '/wellness-api/rest/user/id')).json()).toEqual({ userId: on.platform.runnerId() })
  })

  test('a refresh token works once and brings a new pair', async () => {
    const pair = await connect()
    const again = () => tokenCall({ grant_type: 'refresh_token', refresh_token: pair.refresh_token })
    const next = (await (await again()).json()) as Pair
    expect(next.refresh_token).not.toBe(pair.refresh_token)
    const refused = await again()
    expect(refused.status).toBe(400)
    expect(await refused.json()).toMatchObject({ error: 'invalid_grant' })
  })

  test('a day later the token is not active', async () => {
    const pair = await connect()
    on.clock.now = new Date(on.clock.now.getTime() + 86_401_000)
    const answer = await call(pair.access_token, 'GET', '/wellness-api/rest/user/id')
    expect([answer.status, await answer.json()]).toEqual([401, { errorMessage: 'Token is not active' }])
  })

  test('leaving ends the token and is told', async () => {
    const pair = await connect()
    expect((await call(pair.access_token, 'DELETE', '/wellness-api/rest/user/registration')).status).toBe(204)
    expect((await call(pair.access_token, 'GET', '/wellness-api/rest/user/id')).status).toBe(401)
    await on.platform.settle()
    expect(bodies()).toEqual([{ deregistrations: [{ userId: on.platform.runnerId() }] }])
  })
})

describe('runs of the simulated Garmin', () => {
  test('a run is pushed, its file announced, and the file taken once', async () => {
    const { access_token: token } = await connect()
    const run = on.platform.addRun({ kind: 'tempo' })
    await on.platform.settle()
    const [pushed] = bodies().flatMap((body) => body.activities ?? [])
    expect(pushed).toMatchObject({ userId: on.platform.runnerId(), summaryId: run.externalId, activityType: 'RUNNING' })
    const [notice] = bodies().flatMap((body) => body.activityFiles ?? [])
    const path = mapped((notice as unknown as { callbackURL: string }).callbackURL)
    const file = new Uint8Array(await (await call(token, 'GET', path)).arrayBuffer())
    expect(new TextDecoder().decode(file.slice(8, 12))).toBe('.FIT')
    expect((await call(token, 'GET', path)).status).toBe(410)
    expect(on.listener.received[0]!.headers['garmin-client-id']).toBe(on.platform.app.clientId)
  })

  test('a file is gone after a day', async () => {
    await connect()
    on.platform.addRun()
    await on.platform.settle()
    const notice = bodies().flatMap((body) => body.activityFiles ?? [])[0] as unknown as { callbackURL: string }
    on.clock.now = new Date(on.clock.now.getTime() + 86_401_000)
    const { access_token: token } = await connect()
    expect((await call(token, 'GET', mapped(notice.callbackURL))).status).toBe(410)
  })

  test('the ping form holds the same activity behind its address, and a pull without it is refused', async () => {
    on.platform.variant('ping')
    const { access_token: token } = await connect()
    const run = on.platform.addRun()
    await on.platform.settle()
    const notice = bodies().flatMap((body) => body.activities ?? [])[0] as unknown as { callbackURL: string }
    const rows = (await (await call(token, 'GET', mapped(notice.callbackURL))).json()) as { summaryId: string }[]
    expect(rows.map((row) => row.summaryId)).toEqual([run.externalId])
    const pull = await call(token, 'GET', '/wellness-api/rest/activities?uploadStartTimeInSeconds=1&uploadEndTimeInSeconds=2')
    expect([pull.status, on.platform.violations.length]).toEqual([400, 1])
  })

  test('backfill comes through the pushes, each period once, no further back than a month', async () => {
    const { access_token: token } = await connect()
    const now = on.clock.now.getTime() / 1000
    const ask = (from: number, to: number) =>
      call(token, 'GET', `/wellness-api/rest/backfill/activities?summaryStartTimeInSeconds=${from}&summaryEndTimeInSeconds=${to}`).then(
        (answer) => answer.status,
      )
    expect(await ask(now - 30 * 86_400, now)).toBe(202)
    expect(await ask(now - 20 * 86_400, now)).toBe(409)
    expect(await ask(now - 60 * 86_400, now - 30 * 86_400)).toBe(400)
    await on.platform.settle()
    const wanted = on.platform.activities().filter((run) => run.startAt.getTime() / 1000 >= now - 30 * 86_400)
    expect(wanted.length).toBeGreaterThan(15)
    expect(bodies().flatMap((body) => body.activities ?? [])).toHaveLength(wanted.length)
    expect(bodies().flatMap((body) => body.activityFiles ?? [])).toHaveLength(wanted.length)
  })

  test('without the right to the past there is no backfill, without the right to activities no push', async () => {
    const { access_token: token } = await connect(['ACTIVITY_EXPORT'])
    const path = '/wellness-api/rest/backfill/activities?summaryStartTimeInSeconds=1794900000&summaryEndTimeInSeconds=1794990000'
    expect((await call(token, 'GET', path)).status).toBe(403)
    on.platform.setScopes(['WORKOUT_IMPORT'])
    on.platform.addRun()
    await on.platform.settle()
    expect(bodies().map((body) => Object.keys(body)[0])).toEqual(['userPermissionsChange'])
  })
})

describe('the Training API of the simulated Garmin', () => {
  test('a workout is made, placed, moved and removed, and the watch shows its rounds', async () => {
    const { access_token: token } = await connect()
    const workout = (await (await call(token, 'POST', '/workoutportal/workout/v2', good)).json()) as { workoutId: number; ownerId: number }
    const placed = await call(token, 'POST', '/training-api/schedule/', { workoutId: workout.workoutId, date: '2026-11-20' })
    const scheduled = (await placed.json()) as { scheduleId: number }
    const path = `/training-api/schedule/${scheduled.scheduleId}`
    expect((await call(token, 'PUT', path, { ...scheduled, workoutId: workout.workoutId, date: '2026-11-21' })).status).toBe(200)
    const [ours] = on.platform.calendar().filter((entry) => entry.ours)
    expect(ours).toMatchObject({ localDate: '2026-11-21', name: 'Strength A' })
    expect(ours!.steps.map((one) => one.reps ?? one.restSeconds ?? one.seconds)).toEqual([300, 8, 90, 8, 90, 8])
    expect((await call(token, 'DELETE', `/training-api/workout/v2/${workout.workoutId}`)).status).toBe(424)
    expect((await call(token, 'DELETE', path)).status).toBe(204)
    expect(on.platform.leftovers()).toEqual([{ id: String(workout.workoutId), name: 'Strength A' }])
    expect((await call(token, 'DELETE', `/training-api/workout/v2/${workout.workoutId}`)).status).toBe(204)
    expect(on.platform.leftovers()).toEqual([])
    expect(on.platform.calendar().filter((entry) => entry.ours)).toEqual([])
    expect(on.platform.calendar()).toHaveLength(1)
  })

  test.each([
    ['an exercise that does not exist', workoutOf([step(1, { ...squat, exerciseName: 'MAGIC_SQUAT' })])],
    ['a step whose keys are not all there', workoutOf([{ type: 'WorkoutStep', stepOrder: 1 }])],
    ['a counter that starts again in a repeat', workoutOf([{ ...rounds, stepOrder: 1, steps: [step(1, squat)] }])],
    ['a provider of more than 20 characters', { ...good, workoutProvider: 'x'.repeat(21), workoutSourceId: 'x'.repeat(21) }],
    ['an unknown key', { ...good, colour: 'red' }],
  ])('%s is refused', async (_, workout) => {
    const { access_token: token } = await connect()
    const answer = await call(token, 'POST', '/workoutportal/workout/v2', workout)
    expect(answer.status).toBe(400)
    expect(await answer.json()).toHaveProperty('errorMessage')
    expect(on.platform.violations).toHaveLength(1)
  })

  test('a wrong slash is a route failure, a missing right 412, a past day 400', async () => {
    const { access_token: token } = await connect()
    const { workoutId } = (await (await call(token, 'POST', '/workoutportal/workout/v2', good)).json()) as { workoutId: number }
    expect((await call(token, 'POST', '/training-api/schedule', { workoutId, date: '2026-11-20' })).status).toBe(500)
    expect((await call(token, 'POST', '/training-api/schedule/', { workoutId, date: '2026-11-10' })).status).toBe(400)
    on.platform.setScopes(['ACTIVITY_EXPORT'])
    expect((await call(token, 'POST', '/training-api/schedule/', { workoutId, date: '2026-11-20' })).status).toBe(412)
  })

  test('an evaluation key has a hundred calls a minute', async () => {
    await on.close()
    on = await stage('garmin', { tier: 'evaluation' })
    const { access_token: token } = await connect()
    const statuses: number[] = []
    for (let i = 0; i < 101; i++)
      statuses.push((await call(token, 'GET', '/training-api/schedule?startDate=2026-11-18&endDate=2026-11-20')).status)
    expect(statuses.filter((status) => status === 429)).toHaveLength(2)
  })
})
