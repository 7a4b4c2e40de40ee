import { http } from 'msw'
import { describe, expect, test } from 'vitest'
import { intervalsIcu } from '../../src/platforms/intervals-icu/index.ts'
import { ConnectRefused, exchange } from '../../src/platforms/oauth.ts'
import { json } from '../msw/fake.ts'
import { fakeIntervals } from '../msw/intervals-icu.ts'
import { requestProblems, sharedOpenApi } from '../support/openapi-check.ts'
import { anEntry, contextOf, settings } from './context.ts'
import { keepsThePlatformContract, pretendNetwork, putRequest, server, today, use } from './contract.ts'

keepsThePlatformContract(intervalsIcu, {
  fake: fakeIntervals,
  notice: { externalId: 'i98120443' },
  reads: (reading) => {
    expect(reading).toMatchObject({
      kind: 'file',
      name: 'intervals-icu-i98120443.fit.gz',
      about: { sport: 'run', originalId: '20417733101' },
    })
  },
  unknown: { externalId: 'i404' },
})

describe('intervals.icu', () => {
  pretendNetwork()
  const calendar = intervalsIcu.calendar!

  test('a run without a file comes from its samples, in our units', async () => {
    use(fakeIntervals().handlers)
    const reading = await intervalsIcu.runs.read(contextOf(), { externalId: 'i2' })
    expect(reading.kind).toBe('activity')
    if (reading.kind !== 'activity') return
    expect(reading.activity).toMatchObject({
      sport: 'running',
      distanceMeters: 8240.5,
      offsetSeconds: 3600,
      timeZone: 'Europe/Lisbon',
      movingSeconds: 2710,
    })
    expect([...reading.activity.samples!.seconds]).toEqual([0, 1, 2, 3])
    expect([...reading.activity.samples!.cadence!]).toEqual([168, 168, 170, 170])
    expect(reading.activity.samples!.heartRate![1]).toBeNaN()
    expect(reading.activity.samples!.longitude![0]).toBe(-9.1)
  })

  test('a run that came by Strava is not read, and the runner is told what to do', async () => {
    use(fakeIntervals().handlers)
    const reading = await intervalsIcu.runs.read(contextOf(), { externalId: 'i3' })
    expect(reading).toMatchObject({ kind: 'skipped', tellRunner: true })
  })

  test('a ride is nothing for us', async () => {
    use(fakeIntervals().handlers)
    expect(await intervalsIcu.runs.read(contextOf(), { externalId: 'i4' })).toMatchObject({ kind: 'skipped', tellRunner: false })
  })

  test('a strength activity says which entry it was done from', async () => {
    use(fakeIntervals().handlers)
    expect(await intervalsIcu.runs.read(contextOf(), { externalId: 'i5' })).toMatchObject({
      about: { sport: 'strength', plannedAs: '71120345' },
    })
  })

  test('a listed run is read without asking for it again', async () => {
    const fake = fakeIntervals()
    use(fake.handlers)
    const { runs } = await intervalsIcu.runs.list!(contextOf(), { fromDay: '2026-09-02', toDay: '2026-09-08', cursor: null })
    const notice = runs.find(({ externalId }) => externalId === 'i98120443')!
    fake.seen.length = 0
    await intervalsIcu.runs.read(contextOf(), JSON.parse(JSON.stringify(notice)))
    expect(fake.seen.map(({ url }) => new URL(url).pathname)).toEqual(['/api/v1/activity/i98120443/file'])
  })

  test('a year is listed in slices, newest first, without gaps', async () => {
    const fake = fakeIntervals()
    use(fake.handlers)
    let cursor: string | null = null
    do {
      const page = await intervalsIcu.runs.list!(contextOf(), { fromDay: '2025-09-08', toDay: '2026-09-08', cursor })
      cursor = page.next
    } while (cursor)
    const slices = fake.seen.map(({ url }) => [
      new URL(url).searchParams.get('oldest'),
      new URL(url).searchParams.get('newest')!.slice(0, 10),
    ])
    expect(slices[0]![1]).toBe('2026-09-08')
    expect(slices.at(-1)![0]).toBe('2025-09-08')
    for (let i = 1; i < slices.length; i++) expect(Date.parse(slices[i - 1]![0]!) - Date.parse(slices[i]![1]!)).toBe(86_400_000)
  })

  test('the text reads well and has no line that becomes a step', async () => {
    const fake = fakeIntervals()
    use(fake.handlers)
    await calendar.put(contextOf(), putRequest(anEntry(), null))
    const [event] = fake.events.filter(({ external_id }) => external_id)
    expect(event).toMatchObject({ start_date_local: '2026-09-10T07:00:00', moving_time: 2400, type: 'WeightTraining' })
    expect(String(event!.description).split('\n')).toEqual([
      'Placed after Thursday’s hard run, so that Friday stays easy.',
      '',
      '1. Goblet squat: 3 x 8, one weight of 16 kg, rest 90 s',
      '   Slow down, fast up.',
      '2. Side plank: 2 x 30 s each side, rest 45 s',
      '   Long line.',
    ])
    expect(String(event!.description)).not.toMatch(/^\s*-/m)
  })

  test('an attached FIT workout calls itself an experiment', async () => {
    const fake = fakeIntervals()
    use(fake.handlers)
    await calendar.put(contextOf(), putRequest(anEntry(undefined, { fit: new Uint8Array([1, 2, 3]), units: 'imperial' }), null))
    const sent = JSON.parse(fake.seen.at(-1)!.body)[0]
    expect(sent.file_contents_base64).toBe('AQID')
    expect(sent.description).toContain('experiment')
    expect(sent.description).toContain('35 lb')
  })

  test('with an API key the same session put twice stays one entry', async () => {
    const fake = fakeIntervals({ apiKey: true })
    use(fake.handlers)
    const ctx = contextOf({ tokens: null, settings: { ...settings, apiKey: 'key' } })
    await calendar.put(ctx, putRequest(anEntry(), null))
    await calendar.put(ctx, putRequest(anEntry(), null))
    expect(fake.entries()).toHaveLength(1)
    expect(fake.seen[0]!.authorization).toBe(`Basic ${Buffer.from('API_KEY:key').toString('base64')}`)
    await calendar.remove(ctx, { known: null, marker: anEntry().marker, localDate: '2026-09-10', today })
    expect(fake.entries()).toHaveLength(0)
    expect(fake.foreign()).toBe(1)
  })

  test('the rate headers are read', async () => {
    const fake = fakeIntervals()
    fake.faults.instead = () =>
      new Response('[]', {
        headers: { 'content-type': 'application/json', 'x-ratelimit-limit': '2500,5000', 'x-ratelimit-remaining': '2400,4000' },
      })
    use(fake.handlers)
    const ctx = contextOf()
    await intervalsIcu.runs.list!(ctx, { fromDay: today, toDay: today, cursor: null })
    expect(ctx.reports).toEqual([
      {
        windows: [
          { name: '15min', limit: 2500, used: 100 },
          { name: 'day', limit: 5000, used: 1000 },
        ],
        blockedUntil: null,
      },
    ])
  })

  const back = (query: string) => ({
    callback: new URL(`http://127.0.0.1:3000/connect/intervals-icu/callback?${query}`),
    redirectUri: 'http://127.0.0.1:3000/connect/intervals-icu/callback',
    state: 'st',
    verifier: null,
  })

  test('connecting learns the athlete, the scopes and that tokens do not end', async () => {
    use(fakeIntervals().handlers)
    const connected = await exchange(contextOf({ tokens: null }), intervalsIcu, back('code=ok&state=st'))
    expect(connected).toMatchObject({
      externalUserId: 'i204417',
      scopes: ['ACTIVITY:READ', 'CALENDAR:WRITE'],
      tokens: { access: 'b1f6', refresh: null, accessExpiresAt: null },
      rights: { canRead: true, canWrite: true, missing: [] },
    })
  })

  test('a token answer without the athlete is completed from the profile', async () => {
    use(fakeIntervals().handlers)
    expect(await intervalsIcu.oauth.identify(contextOf(), { access_token: 'b1f6' })).toEqual({ externalUserId: 'i204417' })
  })

  const bulk = 'https://intervals.icu/api/v1/athlete/0/events/bulk'
  const sent = { id: 9, category: 'WORKOUT', type: 'WeightTraining', external_id: anEntry().marker }

  test.each([
    ['a list', [sent]],
    ['one object', sent],
    ['an entry without our id', [{ ...sent, external_id: null }]],
  ])('a written session is recognised in %s', async (_form, body) => {
    use([http.post(bulk, () => json(body))])
    expect(await intervalsIcu.calendar!.put(contextOf(), putRequest(anEntry(), null))).toMatchObject({ externalId: '9' })
  })

  test.each([
    ['nothing', [], 'retry'],
    ['the entry of somebody else', [{ ...sent, external_id: 'a coach' }], 'retry'],
    ['an entry of another type', [{ ...sent, type: 'Other' }], 'give up'],
    ['a note', [{ ...sent, category: 'NOTE' }], 'give up'],
  ])('a session that is answered with %s is not delivered', async (_form, body, remedy) => {
    use([http.post(bulk, () => json(body))])
    await expect(intervalsIcu.calendar!.put(contextOf(), putRequest(anEntry(), null))).rejects.toMatchObject({ remedy })
  })

  test('an unticked box is noticed', async () => {
    use(fakeIntervals().handlers)
    const connected = await exchange(contextOf({ tokens: null }), intervalsIcu, back('code=less&state=st'))
    expect(connected.rights).toEqual({ canRead: true, canWrite: false, missing: ['CALENDAR:WRITE'] })
  })

  test('a refusal, a foreign state and a wrong client secret are told apart', async () => {
    use(fakeIntervals().handlers)
    const ctx = contextOf({ tokens: null })
    await expect(exchange(ctx, intervalsIcu, back('error=access_denied&state=st'))).rejects.toMatchObject({ reason: 'denied' })
    await expect(exchange(ctx, intervalsIcu, back('code=ok&state=other'))).rejects.toBeInstanceOf(ConnectRefused)
    const wrong = contextOf({ tokens: null, settings: { ...settings, clientSecret: 'wrong' } })
    await expect(exchange(wrong, intervalsIcu, back('code=ok&state=st'))).rejects.toMatchObject({ remedy: 'app refused' })
  })

  const api = sharedOpenApi('intervals-icu-openapi.json')
  test.skipIf(!api)('every request validates against the OpenAPI description (skipped where it is not at hand)', async () => {
    const problems: string[] = []
    const requests: string[] = []
    const check = async ({ request }: { request: Request }) => {
      if (!new URL(request.url).pathname.startsWith('/api/v1')) return
      requests.push(`${request.method} ${new URL(request.url).pathname}`)
      problems.push(...(await requestProblems(api!, request.clone())))
    }
    const fetchChecked: typeof fetch = async (input, init) => {
      await check({ request: new Request(input, init) })
      return fetch(input, init)
    }
    for (const apiKey of [false, true]) {
      server.resetHandlers()
      use(fakeIntervals({ apiKey }).handlers)
      const ctx = contextOf({ fetch: fetchChecked, ...(apiKey ? { tokens: null, settings: { ...settings, apiKey: 'key' } } : {}) })
      await intervalsIcu.runs.list!(ctx, { fromDay: '2026-09-01', toDay: today, cursor: null })
      await intervalsIcu.runs.read(ctx, { externalId: 'i2' })
      const known = await calendar.put(ctx, putRequest(anEntry(undefined, { fit: new Uint8Array(3) }), null))
      await calendar.put(ctx, putRequest(anEntry(), known))
      await calendar.list!(ctx, { fromDay: today, toDay: '2026-09-14', known: [known] })
      await calendar.remove(ctx, { known, marker: anEntry().marker, localDate: '2026-09-10', today })
      await intervalsIcu.duties.stillGranted(ctx)
      await intervalsIcu.duties.leave(ctx)
      if (apiKey) await intervalsIcu.apiKey!.identify(ctx)
    }
    expect(problems).toEqual([])
    expect(new Set(requests).size).toBeGreaterThan(8)
  })

  test.skipIf(!api)('the check finds what is wrong', async () => {
    const bad = new Request('https://intervals.icu/api/v1/athlete/0/events/bulk?upsert=1', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([{ category: 'GYM', moving_time: 1.5, nonsense: 1 }]),
    })
    const problems = await requestProblems(api!, bad)
    expect(problems.length).toBe(6)
    expect(await requestProblems(api!, new Request('https://intervals.icu/api/v1/nowhere'))).toHaveLength(1)
  })
})
