import { http } from 'msw'
import { describe, expect, test } from 'vitest'
import { coros } from '../../src/platforms/coros/index.ts'
import { exchange, refresh } from '../../src/platforms/oauth.ts'
import { fakeCoros, pushed } from '../msw/coros.ts'
import { json } from '../msw/fake.ts'
import { anEntry, aSession, contextOf } from './context.ts'
import { keepsThePlatformContract, pretendNetwork, putRequest, use } from './contract.ts'

const notice = { externalId: pushed.labelId, fileUrl: pushed.fitUrl, record: pushed }
const context = () => contextOf({ externalUserId: 'f3a1c9' })
const answered = (address: string, body: object, result = '0000') =>
  use([http.get(address, () => json({ result, message: 'OK', ...body }))])

keepsThePlatformContract(coros, {
  fake: fakeCoros,
  context,
  notice,
  reads: (reading) =>
    expect(reading).toMatchObject({ kind: 'file', name: 'coros-418173315956375553.fit', about: { plannedAs: '443847671331979261' } }),
  unknown: null,
})

describe('COROS', () => {
  pretendNetwork()
  const calendar = coros.calendar!

  test('an expired address is asked for anew, with every digit of the id', async () => {
    const fake = fakeCoros()
    fake.expired.is = true
    use(fake.handlers)
    expect(await coros.runs.read(context(), notice)).toMatchObject({ kind: 'file' })
    expect(fake.seen.map(({ url }) => new URL(url).hostname)).toEqual(['oss.coros.com', 'open.coros.com', 'd1.cloudfront.net'])
    expect(new URL(fake.seen[1]!.url).searchParams.get('labelId')).toBe('418173315956375553')
  })

  test.each([
    ['https://d1.cloudfront.net.evil.example/fit/1/1.fit'],
    ['https://cloudfront.net/fit/1/1.fit'],
    ['https://oss.coros.com/other/1.fit'],
    ['http://oss.coros.com/fit/1/1.fit'],
  ])('%s is never asked; COROS gives a fresh address', async (fileUrl) => {
    const fake = fakeCoros()
    use(fake.handlers)
    expect(await coros.runs.read(context(), { ...notice, fileUrl })).toMatchObject({ kind: 'file' })
    expect(fake.seen.map(({ url }) => new URL(url).hostname)).toEqual(['open.coros.com', 'd1.cloudfront.net'])
  })

  test('a file that is not ready is asked for later, long after the summary stands in', async () => {
    const fake = fakeCoros()
    fake.result.instead = '5016'
    use(fake.handlers)
    const early = { ...notice, fileUrl: null, toldAt: '2026-09-08T07:58:00Z' }
    expect(await coros.runs.read(context(), early)).toMatchObject({ kind: 'notYet' })
    expect(await coros.runs.read(context(), { ...early, toldAt: null })).toMatchObject({
      kind: 'activity',
      activity: { distanceMeters: 10020.5, offsetSeconds: 3600 },
    })
  })

  test.each([
    ['5006', 'reconnect'],
    ['5010', 'reconnect'],
    ['5016', 'retry'],
    ['30009', 'app refused'],
    ['1031', 'give up'],
    ['9999', 'give up'],
  ])('result %s means %s', async (result, remedy) => {
    const fake = fakeCoros()
    fake.result.instead = result
    use(fake.handlers)
    await expect(calendar.put(context(), putRequest(anEntry(), null))).rejects.toMatchObject({ remedy })
  })

  test('a push names all sessions of its days, so that none is taken away', async () => {
    const fake = fakeCoros()
    use(fake.handlers)
    const ctx = context()
    const between = anEntry(aSession({ id: 'between', localDate: '2026-09-11' }))
    const first = anEntry()
    const known = await calendar.put(ctx, putRequest(first, null))
    const other = { entry: between, known: await calendar.put(ctx, putRequest(between, null, [{ entry: first, known }])) }
    await calendar.put(ctx, putRequest(anEntry(aSession({ localDate: '2026-09-13' })), known, [other]))
    expect(
      fake
        .entries()
        .map(({ localDate }) => localDate)
        .sort(),
    ).toEqual(['2026-09-11', '2026-09-13'])
  })

  test('repetitions, seconds, weight and rest have their fields', async () => {
    const fake = fakeCoros()
    use(fake.handlers)
    await calendar.put(context(), putRequest(anEntry(), null))
    expect(fake.planned[0]!.Structure).toMatchObject([
      {
        Name: 'Goblet squat',
        Description: 'Set 1 of 3. Slow down, fast up.',
        Length: { Unit: 'Reps', Value: 8 },
        Rest: { Unit: 'Second', Value: 90 },
        IntensityTarget: { Unit: 'ValueOfEquipmentWeight', Value: 16 },
      },
      { Name: 'Goblet squat' },
      { Name: 'Goblet squat' },
      { Name: 'Side plank (left)', Length: { Unit: 'Second', Value: 30 }, IntensityTarget: [] },
      { Name: 'Side plank (right)', Rest: { Value: 45 } },
      { Name: 'Side plank (left)' },
      { Name: 'Side plank (right)' },
    ])
    expect(calendar.loses(aSession())).toEqual([])
  })

  test('the numbers of sessions are kept before they are used and stay the same', async () => {
    const fake = fakeCoros()
    use(fake.handlers)
    const ctx = context()
    fake.faults.loseAnswer = 1
    await expect(calendar.put(ctx, putRequest(anEntry(), null))).rejects.toMatchObject({ remedy: 'retry' })
    const kept = ctx.memory[`workout:${anEntry().sessionId}`]
    expect((await calendar.put(ctx, putRequest(anEntry(), null))).externalId).toBe(String(kept))
  })

  test('a list is asked in slices of thirty days', async () => {
    const fake = fakeCoros()
    use(fake.handlers)
    const page = await coros.runs.list!(context(), { fromDay: '2026-06-12', toDay: '2026-09-08', cursor: null })
    expect(new URL(fake.seen[0]!.url).searchParams.get('startDate')).toBe('20260810')
    expect(page.next).toBe('2026-08-09')
    expect(page.runs[0]).toMatchObject({ externalId: '418173315956375553' })
  })

  test('the file behind a fresh address of an unknown host is left, and the summary stands in', async () => {
    answered('https://open.coros.com/v2/coros/sport/detail/fit', { data: { fitUrl: 'https://files.example/fit/1/1.fit' } })
    const late = { ...notice, fileUrl: null, toldAt: '2026-09-01T08:00:00Z' }
    expect(await coros.runs.read(context(), late)).toMatchObject({ kind: 'activity', activity: { distanceMeters: 10020.5 } })
  })

  test('a start in milliseconds is the same start, and a zone that no place has is none', async () => {
    answered('https://open.coros.com/v2/coros/sport/detail/fit', {}, '5016')
    const record = { ...pushed, startTime: pushed.startTime * 1000, endTime: pushed.endTime * 1000, startTimezone: 480 }
    const late = { externalId: pushed.labelId, record, toldAt: '2026-09-01T08:00:00Z' }
    expect(await coros.runs.read(context(), late)).toMatchObject({
      activity: { startAt: new Date(pushed.startTime * 1000), elapsedSeconds: 3190, offsetSeconds: null },
    })
  })

  test.each([
    ['in data', { data: [pushed] }, 1],
    ['beside data', { sportDataList: [pushed] }, 1],
    ['as one object', { data: { sportDataList: pushed } }, 1],
    ['as nothing', { data: null }, 0],
  ])('a list is read %s', async (_where, body, count) => {
    answered('https://open.coros.com/v2/coros/sport/list', body)
    const { runs } = await coros.runs.list!(context(), { fromDay: '2026-09-01', toDay: '2026-09-08', cursor: null })
    expect(runs).toHaveLength(count)
  })

  test('a list of unknown shape is no empty list, since what is not listed counts as deleted', async () => {
    answered('https://open.coros.com/v2/coros/sport/list', { data: [{ id: 1 }] })
    const asked = coros.runs.list!(context(), { fromDay: '2026-09-01', toDay: '2026-09-08', cursor: null })
    await expect(asked).rejects.toMatchObject({ remedy: 'give up' })
  })

  test.each([
    [{ data: { bindState: '1' } }, true],
    [{ bindState: 0 }, false],
    [{ data: { bindState: false } }, false],
  ])('the grant is read from %j', async (body, granted) => {
    answered('https://open.coros.com/coros/bindState', body)
    expect(await coros.duties.stillGranted(context())).toBe(granted)
  })

  test('an answer that does not tell of the grant is no proof that the runner left', async () => {
    answered('https://open.coros.com/coros/bindState', { data: {} })
    await expect(coros.duties.stillGranted(context())).rejects.toMatchObject({ remedy: 'give up' })
  })

  test('a code in the body counts before the status', async () => {
    use([http.get('https://open.coros.com/v2/coros/sport/list', () => json({ result: 5006 }, 403))])
    const asked = coros.runs.list!(context(), { fromDay: '2026-09-01', toDay: '2026-09-08', cursor: null })
    await expect(asked).rejects.toMatchObject({ remedy: 'reconnect' })
  })

  test('a push that was taken is taken, whatever its answer says of deleted ids', async () => {
    use([http.post('https://open.coros.com/coros/tp/list/push', () => json({ result: '0000', message: 'OK', data: 'done' }))])
    expect(await calendar.put(context(), putRequest(anEntry(), null))).toMatchObject({ externalId: '1' })
  })

  test('tokens are read inside data too', async () => {
    const data = { accessToken: 'a1', refreshToken: 'r1', expiresIn: '2592000', openId: 77 }
    use([http.post('https://open.coros.com/oauth2/accesstoken', () => json({ result: '0000', message: 'OK', data }))])
    const redirectUri = 'http://127.0.0.1:3000/connect/coros/callback'
    const callback = new URL(`${redirectUri}?code=c&state=st`)
    const connected = await exchange(contextOf({ tokens: null }), coros, { callback, redirectUri, state: 'st', verifier: null })
    expect(connected).toMatchObject({ externalUserId: '77', tokens: { access: 'a1', refresh: 'r1' } })
  })

  test.each([
    ['an answer that says nothing', {}],
    ['a busy COROS', { result: '5016' }],
  ])('%s prolongs no token and breaks no connection', async (_name, body) => {
    use([http.post('https://open.coros.com/oauth2/refresh-token', () => json(body))])
    const tokens = { access: 'a1', refresh: 'r1', accessExpiresAt: null, refreshExpiresAt: null }
    await expect(refresh(contextOf(), coros, tokens)).rejects.toMatchObject({ remedy: 'retry' })
  })

  test('a refresh with empty tokens beside its success keeps the pair', async () => {
    use([http.post('https://open.coros.com/oauth2/refresh-token', () => json({ result: 0, access_token: null, refresh_token: '' }))])
    const tokens = { access: 'a1', refresh: 'r1', accessExpiresAt: null, refreshExpiresAt: null }
    expect((await refresh(contextOf(), coros, tokens)).tokens).toMatchObject({ access: 'a1', refresh: 'r1' })
  })

  test('connecting reads names in either case; refreshing prolongs the same pair', async () => {
    use(fakeCoros().handlers)
    const redirectUri = 'http://127.0.0.1:3000/connect/coros/callback'
    const back = (code: string) => ({ callback: new URL(`${redirectUri}?code=${code}&state=st`), redirectUri, state: 'st', verifier: null })
    const { tokens, externalUserId } = await exchange(contextOf({ tokens: null }), coros, back('ok'))
    expect({ tokens, externalUserId }).toMatchObject({
      externalUserId: 'f3a1c9',
      tokens: { access: 'a1', refresh: 'r1', accessExpiresAt: '2026-10-08T08:00:00.000Z' },
    })
    const later = contextOf({ now: () => new Date('2026-10-03T08:00:00Z') })
    expect((await refresh(later, coros, tokens)).tokens).toMatchObject({
      access: 'a1',
      refresh: 'r1',
      accessExpiresAt: '2026-11-02T08:00:00.000Z',
    })
    await expect(refresh(later, coros, { ...tokens, refresh: 'dead' })).rejects.toMatchObject({ remedy: 'reconnect' })
    await expect(exchange(contextOf({ tokens: null }), coros, back('old'))).rejects.toMatchObject({ reason: 'expired' })
  })
})
