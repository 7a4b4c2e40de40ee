import { http } from 'msw'
import { describe, expect, test } from 'vitest'
import { offered } from '../../src/platforms/index.ts'
import { exchange, refresh } from '../../src/platforms/oauth.ts'
import { strava } from '../../src/platforms/strava/index.ts'
import { json, nothing } from '../msw/fake.ts'
import { activity, fakeStrava } from '../msw/strava.ts'
import { contextOf, settings } from './context.ts'
import { keepsThePlatformContract, pretendNetwork, today, use } from './contract.ts'

keepsThePlatformContract(strava, {
  fake: fakeStrava,
  notice: { externalId: '15822904417' },
  reads: (reading) => {
    if (reading.kind !== 'activity') throw new Error(reading.kind)
    expect(reading.about).toMatchObject({ sport: 'run', originalId: '20417733101' })
    expect(reading.activity).toMatchObject({
      race: true,
      timeZone: 'Europe/Lisbon',
      offsetSeconds: 3600,
      averageCadence: 171,
      startAt: new Date('2026-09-08T05:58:10Z'),
    })
    expect([...reading.activity.samples!.cadence!]).toEqual([168, 170, 170])
    expect(reading.activity.laps).toHaveLength(1)
  },
  unknown: { externalId: '404' },
})

describe('Strava', () => {
  pretendNetwork()

  test('its terms are kept by code: seven days, owner only, never merged, off by default', () => {
    expect(strava.duties.policy).toMatchObject({ keepDays: 7, ownerOnly: true, neverMerge: true })
    expect(strava.warning).toContain('seven days')
    expect(offered(strava, { ...settings, clientId: null, clientSecret: null })).toBeNull()
    expect(strava.oauth.scopes.join()).not.toContain('write')
  })

  test('older runs of a list are taken as they stand, without a further call', async () => {
    const fake = fakeStrava()
    use(fake.handlers)
    const page = await strava.runs.list!(contextOf(), { fromDay: '2026-08-01', toDay: today, cursor: null })
    expect(page.runs.map(({ externalId }) => externalId)).toEqual(['15822904417', '1'])
    fake.seen.length = 0
    expect(await strava.runs.read(contextOf(), page.runs[1]!)).toMatchObject({ kind: 'activity', activity: { samples: null } })
    expect(fake.seen).toHaveLength(0)
    const end = await strava.runs.list!(contextOf(), { fromDay: '2026-08-01', toDay: today, cursor: page.next })
    expect(end).toEqual({ runs: [], next: null })
  })

  test('a hidden clock and a treadmill are read as they are', async () => {
    const reading = await strava.runs.read(contextOf(), {
      externalId: '1',
      record: { ...activity, start_date: '2026-08-01T06:00:00Z', trainer: true },
    })
    expect(reading).toMatchObject({ activity: { subSport: 'treadmill' } })
  })

  const bad = (errors: object[], message = 'x') => JSON.stringify({ message, errors })
  test.each([
    [403, bad([{ resource: 'Application', field: 'Status', code: 'Inactive' }]), 'app refused'],
    [403, bad([], 'The limit of connected athletes is reached'), 'app refused'],
    [401, bad([{ resource: 'Athlete', field: 'access_token', code: 'invalid' }]), 'reconnect'],
    [401, bad([{ resource: 'Application', field: '', code: 'invalid' }]), 'reconnect'],
    [403, bad([{ resource: 'AccessToken', field: 'activity:read_permission', code: 'activity:read_permission' }]), 'give up'],
  ])('%i %s means %s', async (status, body, remedy) => {
    const fake = fakeStrava()
    fake.faults.instead = () => new Response(body, { status })
    use(fake.handlers)
    await expect(strava.runs.read(contextOf(), { externalId: '9' })).rejects.toMatchObject({ remedy })
  })

  test.each([
    ['100,500', '100,1000', '2026-09-08T08:15:05.000Z'],
    ['20,1000', '100,1000', '2026-09-09T00:00:05.000Z'],
  ])('a read usage of %s waits until %s', async (usage, limit, until) => {
    const fake = fakeStrava()
    const headers = {
      'X-ReadRateLimit-Limit': limit,
      'X-ReadRateLimit-Usage': usage,
      'X-RateLimit-Limit': '200,2000',
      'X-RateLimit-Usage': '100,1100',
    }
    fake.faults.instead = () => new Response(null, { status: 429, headers })
    use(fake.handlers)
    const ctx = contextOf()
    await expect(strava.runs.read(ctx, { externalId: '9' })).rejects.toMatchObject({ remedy: 'retry' })
    expect(ctx.reports[0]!.windows).toHaveLength(4)
    expect(ctx.reports[0]!.blockedUntil!.toISOString()).toBe(until)
  })

  const redirectUri = 'http://127.0.0.1:3000/connect/strava/callback'
  const back = (query: string) => ({ callback: new URL(`${redirectUri}?${query}`), redirectUri, state: 'st', verifier: null })

  test('the scopes of the callback count, and expires_at is the end of the token', async () => {
    use(fakeStrava().handlers)
    const full = await exchange(contextOf({ tokens: null }), strava, back('code=c&state=st&scope=read,activity:read_all'))
    expect(full).toMatchObject({
      externalUserId: '7710042',
      rights: { canRead: true, canWrite: false, missing: [] },
      tokens: { accessExpiresAt: '2026-09-01T15:40:00.000Z' },
    })
    const less = await exchange(contextOf({ tokens: null }), strava, back('code=c&state=st&scope=read'))
    expect(less.rights).toMatchObject({ canRead: false, missing: ['activity:read_all'] })
  })

  test('samples are read by their name and as a list', async () => {
    use(fakeStrava().handlers)
    const list = [
      { type: 'time', data: [0, 1, 2] },
      { type: 'heartrate', data: [98, 99, 101] },
    ]
    use([http.get('https://www.strava.com/api/v3/activities/:id/streams', () => json(list))])
    const reading = await strava.runs.read(contextOf(), { externalId: '15822904417' })
    if (reading.kind !== 'activity') throw new Error(reading.kind)
    expect([...reading.activity.samples!.heartRate!]).toEqual([98, 99, 101])
  })

  test.each([[400], [401], [404], [405]])('where the address for leaving answers %d, the former one ends the grant', async (status) => {
    const asked: (string | null)[] = []
    use([
      http.post('https://www.strava.com/oauth/revoke', () => nothing(status)),
      http.post('https://www.strava.com/oauth/deauthorize', ({ request }) => {
        asked.push(request.headers.get('authorization'))
        return json({ access_token: 'x' })
      }),
    ])
    await strava.duties.leave(contextOf())
    expect(asked).toEqual(['Bearer token-of-the-runner'])
  })

  test('a dead refresh token means connect again; a lapsed tier does not', async () => {
    use(fakeStrava().handlers)
    const tokens = { access: 'a', refresh: 'dead', accessExpiresAt: null, refreshExpiresAt: null }
    await expect(refresh(contextOf(), strava, tokens)).rejects.toMatchObject({ remedy: 'reconnect' })
    await expect(refresh(contextOf(), strava, { ...tokens, refresh: 'lapsed' })).rejects.toMatchObject({ remedy: 'app refused' })
  })

  test('the one webhook of the app is made, kept and moved', async () => {
    const fake = fakeStrava()
    use(fake.handlers)
    const asked = (callbackUrl: string) => strava.subscription!.ensure(contextOf(), { callbackUrl, verifyToken: 'v', key: null })
    expect(await asked('https://a.example/webhooks/strava/v')).toMatchObject({ state: 'made', id: '301877' })
    expect(await asked('https://a.example/webhooks/strava/v')).toMatchObject({ state: 'right' })
    expect(await asked('https://b.example/webhooks/strava/v')).toMatchObject({ state: 'mended' })
    expect(fake.subscriptions).toHaveLength(1)
  })
})
