import { describe, expect, test } from 'vitest'
import { type Delivery, splitDelivery, webhookRoutes } from '../../webhooks/index.ts'
import type { Secrets } from '../../webhooks/receiver.ts'
import { signatureMatches, signatureOf } from '../../webhooks/verify.ts'

const secrets: Secrets = { webhookSecret: 'hook-secret', clientId: 'client-1', clientSecret: 'secret-of-the-app' }
const receivedAt = new Date('2026-09-08T07:03:00Z')
const bytes = (body: unknown) => new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body))

function inbox(more: { secrets?: Secrets | null; keep?: () => Promise<'kept' | 'seen before'> } = {}) {
  const kept: Delivery[] = []
  const routes = webhookRoutes({
    secretFor: () => (more.secrets === undefined ? secrets : more.secrets),
    keep:
      more.keep ??
      (async (delivery) => {
        const seen = kept.some(({ platform, deliveryKey }) => platform === delivery.platform && deliveryKey === delivery.deliveryKey)
        if (!seen) kept.push(delivery)
        return seen ? 'seen before' : 'kept'
      }),
    now: () => receivedAt,
  })
  const post = (path: string, body: string, headers: Record<string, string> = {}) =>
    routes.request(path, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } })
  return { kept, post, get: (path: string) => routes.request(path), routes }
}

const intervals = (event: object, secret = 'hook-secret') => ({
  secret,
  events: [{ athlete_id: 'i204417', timestamp: '2026-09-08T07:02:11Z', ...event }],
})
const strava = {
  aspect_type: 'create',
  event_time: 1788850000,
  object_id: 15822904417,
  object_type: 'activity',
  owner_id: 7710042,
  subscription_id: 1,
  updates: {},
}
const suunto = { type: 'WORKOUT_CREATED', username: 'johndoe123', workout: { workoutKey: '6760', startTime: 1702729200000 } }
const polar = { event: 'EXERCISE', user_id: 475, entity_id: 'aQlC83', timestamp: '2026-05-15T14:22:24Z', url: 'https://evil.example/x' }
const coros =
  '{"sportDataList":[{"openId":"f3","labelId":418173315956375553,"mode":8,"subMode":1,"startTime":1771570800,"fitUrl":"https://oss.coros.com/fit/1/1.fit"}]}'
const wahoo = {
  event_type: 'workout_summary',
  webhook_token: 'hook-secret',
  user: { id: 60462 },
  workout_summary: {
    updated_at: '2026-10-23T15:38:23.000Z',
    fitness_app_id: 7,
    edited: false,
    workout: { id: 56519, starts: '2026-10-23T14:45:00.000Z' },
  },
}
const garmin = { activities: [{ userId: 'd3c0', summaryId: '20417733101', activityId: 20417733101, startTimeInSeconds: 1788246000 }] }

/** A true delivery of each platform, and the same one forged. */
const deliveries: [
  string,
  {
    path: string
    body: string
    headers: Record<string, string>
    forged: { path?: string; body?: string; headers?: Record<string, string> }
    status: number
  },
][] = [
  [
    'intervals-icu',
    {
      path: '/intervals-icu',
      body: JSON.stringify(intervals({ type: 'ACTIVITY_ANALYZED', activity: { id: 'i9' } })),
      headers: {},
      forged: { body: JSON.stringify(intervals({ type: 'X' }, 'guess')) },
      status: 401,
    },
  ],
  ['strava', { path: '/strava/hook-secret', body: JSON.stringify(strava), headers: {}, forged: { path: '/strava/guess' }, status: 404 }],
  [
    'garmin',
    {
      path: '/garmin/hook-secret',
      body: JSON.stringify(garmin),
      headers: { 'garmin-client-id': 'client-1' },
      forged: { headers: { 'garmin-client-id': 'other' } },
      status: 403,
    },
  ],
  [
    'polar',
    {
      path: '/polar',
      body: JSON.stringify(polar),
      headers: { 'polar-webhook-event': 'EXERCISE', 'polar-webhook-signature': signatureOf(bytes(polar), 'hook-secret') },
      forged: { body: JSON.stringify({ ...polar, user_id: 476 }) },
      status: 401,
    },
  ],
  [
    'suunto',
    {
      path: '/suunto',
      body: JSON.stringify(suunto),
      headers: { 'x-hmac-sha256-signature': signatureOf(bytes(suunto), 'hook-secret').toUpperCase() },
      forged: { headers: { 'x-hmac-sha256-signature': 'zz' } },
      status: 401,
    },
  ],
  [
    'coros',
    {
      path: '/coros',
      body: coros,
      headers: { client: 'client-1', secret: 'secret-of-the-app' },
      forged: { headers: { client: 'client-1', secret: 'guess' } },
      status: 401,
    },
  ],
  [
    'wahoo',
    {
      path: '/wahoo',
      body: JSON.stringify(wahoo),
      headers: {},
      forged: { body: JSON.stringify({ ...wahoo, webhook_token: 'guess' }) },
      status: 401,
    },
  ],
]

describe.each(deliveries)('%s', (platform, { path, body, headers, forged, status }) => {
  test('a true delivery is kept byte for byte and answered 200', async () => {
    const { kept, post } = inbox()
    expect((await post(path, body, headers)).status).toBe(200)
    expect(kept).toMatchObject([{ platform, receivedAt }])
    expect(new TextDecoder().decode(kept[0]!.rawBody)).toBe(body)
  })

  test('the same delivery again is kept once', async () => {
    const { kept, post } = inbox()
    await post(path, body, headers)
    expect((await post(path, body, headers)).status).toBe(200)
    expect(kept).toHaveLength(1)
  })

  test('a forged one is refused and not kept', async () => {
    const { kept, post } = inbox()
    const response = await post(forged.path ?? path, forged.body ?? body, forged.headers ?? headers)
    expect(response.status).toBe(status)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(JSON.stringify(await response.json())).not.toMatch(/hook-secret|secret-of-the-app/)
    expect(kept).toHaveLength(0)
  })

  test('a garbled one is refused and not kept', async () => {
    const { kept, post } = inbox()
    const garbled = body.slice(0, -20)
    const signed = platform === 'polar' ? { 'polar-webhook-signature': signatureOf(bytes(garbled), 'x') } : headers
    expect([400, 401]).toContain((await post(path, garbled, signed)).status)
    expect(kept).toHaveLength(0)
  })

  test('one that is too large is refused, said or not', async () => {
    const { kept, routes } = inbox()
    const said = await routes.request(path, { method: 'POST', body: 'x', headers: { ...headers, 'content-length': '999999999999' } })
    expect(said.status).toBe(413)
    if (platform === 'garmin') return
    const stream = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.enqueue(new Uint8Array(1 << 20))
      },
    })
    const unsaid = await routes.request(new Request(`http://x${path}`, { method: 'POST', body: stream, headers, duplex: 'half' }))
    expect(unsaid.status).toBe(413)
    expect(kept).toHaveLength(0)
  })

  test('where the platform is not set up, its address does not exist', async () => {
    expect((await inbox({ secrets: null }).post(path, body, headers)).status).toBe(404)
  })

  test('an unset webhook secret opens nothing', async () => {
    const bare = inbox({ secrets: { webhookSecret: null, clientId: null, clientSecret: null } })
    expect((await bare.post(path.replace('hook-secret', ''), body, { ...headers, client: '', secret: '' })).status).toBeGreaterThanOrEqual(
      400,
    )
    expect(bare.kept).toHaveLength(0)
  })

  test('when it cannot be kept, it is not acknowledged', async () => {
    const broken = inbox({ keep: () => Promise.reject(new Error('the database is away')) })
    broken.routes.onError((_error, context) => context.body(null, 500))
    expect((await broken.post(path, body, headers)).status).toBe(500)
  })

  test('it tells of a run', () => {
    expect(splitDelivery(platform as Delivery['platform'], bytes(body), receivedAt)).toMatchObject([
      { kind: expect.stringMatching(/^run/), run: {} },
    ])
  })
})

describe('The routes', () => {
  test('an unknown platform and a secret at the wrong place do not exist', async () => {
    const { post, get } = inbox()
    expect((await post('/nobody', '{}')).status).toBe(404)
    expect((await post('/constructor', '{}')).status).toBe(404)
    expect((await post('/polar/hook-secret', '{}')).status).toBe(404)
    expect((await post('/strava', JSON.stringify(strava))).status).toBe(404)
    expect((await get('/polar')).status).toBe(404)
  })

  test('Strava’s handshake gets its challenge back for the right token only', async () => {
    const { get } = inbox()
    const query = 'hub.mode=subscribe&hub.challenge=15f7d1a91c1f40f8a748fd134752feb3'
    const right = await get(`/strava/hook-secret?${query}&hub.verify_token=hook-secret`)
    expect([right.status, right.headers.get('content-type'), await right.json()]).toEqual([
      200,
      'application/json',
      { 'hub.challenge': '15f7d1a91c1f40f8a748fd134752feb3' },
    ])
    expect((await get(`/strava/hook-secret?${query}&hub.verify_token=guess`)).status).toBe(403)
    expect((await get(`/strava/guess?${query}&hub.verify_token=hook-secret`)).status).toBe(404)
  })

  test('Polar’s ping is answered before a key is known, and nothing is kept', async () => {
    const { kept, post } = inbox({ secrets: { ...secrets, webhookSecret: null } })
    expect((await post('/polar', '{"event":"PING","timestamp":"2018-05-15T14:22:24Z"}', { 'polar-webhook-event': 'PING' })).status).toBe(
      200,
    )
    expect((await post('/polar', JSON.stringify(polar))).status).toBe(401)
    expect(kept).toHaveLength(0)
  })

  test('COROS gets its own words for success and for its status check', async () => {
    const { post, get } = inbox()
    const answer = await post('/coros', coros, { client: 'client-1', secret: 'secret-of-the-app' })
    expect(await answer.json()).toEqual({ message: 'ok', result: '0000' })
    expect(await (await get('/coros')).json()).toEqual({ message: 'ok', result: '0000' })
  })

  test('Wahoo’s webhook is JSON and nothing else', async () => {
    expect((await inbox().post('/wahoo', JSON.stringify(wahoo), { 'content-type': 'text/plain' })).status).toBe(415)
  })

  test('a signature must be hex of the right length', () => {
    const body = bytes('x')
    expect(signatureMatches(body, signatureOf(body, 'k'), 'k')).toBe(true)
    for (const wrong of ['', 'abc', `${signatureOf(body, 'k')}00`, 'g'.repeat(64), undefined])
      expect(signatureMatches(body, wrong, 'k')).toBe(false)
    expect(signatureMatches(body, signatureOf(body, ''), '')).toBe(false)
  })
})

describe('What deliveries tell', () => {
  const split = (platform: Delivery['platform'], body: unknown) => splitDelivery(platform, bytes(body), receivedAt)

  test('large integers keep every digit', () => {
    expect(split('coros', coros)).toMatchObject([
      { kind: 'run', externalUserId: 'f3', run: { externalId: '418173315956375553', hints: { mode: '8', subMode: '1' } } },
    ])
  })

  test('intervals.icu: edits, deletions, its calendar, rights and leaving', () => {
    const athlete = { externalUserId: 'i204417', otherUserIds: ['204417'] }
    expect(split('intervals-icu', intervals({ type: 'ACTIVITY_DELETED', activity: { id: 'i9' } }))).toEqual([
      { ...athlete, kind: 'runDeleted', externalId: 'i9' },
    ])
    const calendar = intervals({ type: 'CALENDAR_UPDATED', events: [{ id: 1, external_id: 'stridelift-a' }], deleted_events: [2] })
    expect(split('intervals-icu', calendar)).toMatchObject([
      {
        kind: 'calendarChanged',
        entries: [
          { externalId: '1', marker: 'stridelift-a', deleted: false },
          { externalId: '2', deleted: true },
        ],
      },
    ])
    expect(split('intervals-icu', intervals({ type: 'APP_SCOPE_CHANGED', scope: 'ACTIVITY:READ', deauthorized: false }))).toMatchObject([
      { kind: 'scopesChanged', scopes: ['ACTIVITY:READ'] },
    ])
    expect(split('intervals-icu', intervals({ type: 'APP_SCOPE_CHANGED', deauthorized: true }))).toMatchObject([{ kind: 'deauthorized' }])
    expect(split('intervals-icu', intervals({ type: 'WELLNESS_UPDATED', records: [] }))).toEqual([])
    expect(
      split('intervals-icu', {
        secret: 'x',
        events: [...intervals({ type: 'ACTIVITY_UPLOADED', activity: { id: 'i1' } }).events, ...intervals({ type: 'NEW' }).events],
      }),
    ).toHaveLength(1)
  })

  test('Strava: creations, edits, deletions, leaving', () => {
    expect(split('strava', strava)).toMatchObject([
      { kind: 'run', externalUserId: '7710042', run: { externalId: '15822904417', toldAt: '2026-09-08T06:46:40.000Z' } },
    ])
    expect(split('strava', { ...strava, aspect_type: 'update', updates: { private: 'true' } })).toMatchObject([{ kind: 'runUpdated' }])
    expect(split('strava', { ...strava, aspect_type: 'delete' })).toMatchObject([{ kind: 'runDeleted', externalId: '15822904417' }])
    expect(split('strava', { ...strava, object_type: 'athlete', aspect_type: 'update', updates: { authorized: 'false' } })).toMatchObject([
      { kind: 'deauthorized' },
    ])
    expect(split('strava', { ...strava, object_type: 'athlete', aspect_type: 'update', updates: {} })).toEqual([])
  })

  test('Garmin: records, files, pings, rights and leaving of many users in one body', () => {
    const file = {
      userId: 'd3c0',
      summaryId: '204-file',
      activityId: 204,
      activityType: 'RUNNING',
      callbackURL: 'https://apis.garmin.com/wellness-api/rest/activityFile?id=204',
    }
    const notices = split('garmin', {
      activityDetails: [
        { userId: 'e1', summaryId: '205-detail', activityId: 205, summary: { startTimeInSeconds: 1788246000 }, samples: [] },
      ],
      activityFiles: [file],
      activities: [{ userId: 'd3c0', callbackURL: 'https://apis.garmin.com/wellness-api/rest/activities?x=1' }],
      deregistrations: [{ userId: 'd3c0' }],
      userPermissionsChange: [
        { userId: 'a', permissions: ['ACTIVITY_EXPORT'] },
        { userId: 'b', permissions: { ACTIVITY_EXPORT: true, WORKOUT_IMPORT: false } },
      ],
      moveIQActivities: [{ odd: true }],
    })
    expect(notices).toMatchObject([
      { kind: 'run', externalUserId: 'e1', run: { externalId: '205', startAt: '2026-09-01T07:00:00.000Z' } },
      { kind: 'run', run: { externalId: '204', fileUrl: file.callbackURL, hints: { activityType: 'RUNNING' } } },
      { kind: 'runPing', address: 'https://apis.garmin.com/wellness-api/rest/activities?x=1' },
      { kind: 'deauthorized', externalUserId: 'd3c0' },
      { kind: 'scopesChanged', externalUserId: 'a', scopes: ['ACTIVITY_EXPORT'] },
      { kind: 'scopesChanged', externalUserId: 'b', scopes: ['ACTIVITY_EXPORT'] },
    ])
  })

  test('Polar’s address is not taken from the notice', () => {
    expect(JSON.stringify(split('polar', polar))).not.toContain('evil')
    expect(split('polar', { event: 'SLEEP', user_id: 1, date: '2026-01-01' })).toEqual([])
  })

  test('COROS: the running parts of a multisport workout', () => {
    const parts = [
      { mode: 9, subMode: 1, fitUrl: 'https://oss.coros.com/fit/1/a.fit' },
      { mode: 8, subMode: 1, fitUrl: 'https://oss.coros.com/fit/1/b.fit' },
    ]
    const item = { openId: 'f3', labelId: 5, mode: 13, subMode: 1, startTime: 1, triathlonItemList: parts }
    expect(split('coros', { sportDataList: [item, { ...item, subMode: 3 }] })).toMatchObject([
      { run: { externalId: '5-1', fileUrl: 'https://oss.coros.com/fit/1/b.fit' } },
      { run: { externalId: '5' } },
    ])
  })

  test('Wahoo: what other apps uploaded is left out, edits are edits', () => {
    const summary = wahoo.workout_summary
    expect(split('wahoo', { ...wahoo, workout_summary: { ...summary, fitness_app_id: 1001 } })).toEqual([])
    expect(split('wahoo', { ...wahoo, workout_summary: { ...summary, edited: true } })).toMatchObject([
      { kind: 'runUpdated', run: { revision: '2026-10-23T15:38:23.000Z' } },
    ])
    expect(split('wahoo', { event_type: 'other', webhook_token: 'x' })).toEqual([])
  })

  test('a known kind in a new shape is an error, so that it is seen', () => {
    expect(() => split('suunto', { type: 'WORKOUT_CREATED', workout: {} })).toThrow()
    expect(() => split('polar', { event: 'EXERCISE' })).toThrow()
    expect(() => split('strava', { object_type: 'activity' })).toThrow()
  })
})
