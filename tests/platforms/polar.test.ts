import { HttpResponse, http } from 'msw'
import { describe, expect, test } from 'vitest'
import { exchange } from '../../src/platforms/oauth.ts'
import { polar } from '../../src/platforms/polar/index.ts'
import { secondsOf, sportOf } from '../../src/platforms/polar/map.ts'
import { json, nothing } from '../msw/fake.ts'
import { fakePolar } from '../msw/polar.ts'
import { requestProblems, sharedOpenApi } from '../support/openapi-check.ts'
import { contextOf } from './context.ts'
import { keepsThePlatformContract, pretendNetwork, server, today, use } from './contract.ts'

keepsThePlatformContract(polar, {
  fake: fakePolar,
  context: () => contextOf({ externalUserId: '10579' }),
  notice: { externalId: 'aQlC83' },
  reads: (reading) =>
    expect(reading).toMatchObject({ kind: 'file', name: 'polar-aQlC83.fit', about: { sport: 'run', device: 'Polar Vantage V3' } }),
  unknown: { externalId: 'none' },
})

describe('Polar', () => {
  pretendNetwork()
  const ctx = () => contextOf({ externalUserId: '10579' })
  const redirectUri = 'http://127.0.0.1:3000/connect/polar/callback'
  const back = { callback: new URL(`${redirectUri}?code=c&state=st`), redirectUri, state: 'st', verifier: null }

  test('without a file the samples are read: km/h, missing values, UTC from local time less the offset', async () => {
    use(fakePolar({ fit: false }).handlers)
    const reading = await polar.runs.read(ctx(), { externalId: 'aQlC83' })
    if (reading.kind !== 'activity') throw new Error(reading.kind)
    expect(reading.activity).toMatchObject({
      startAt: new Date('2026-09-08T06:05:31Z'),
      offsetSeconds: 10800,
      subSport: 'trail',
      timerSeconds: 3134.5,
    })
    expect(reading.activity.samples!.speed![1]).toBeCloseTo(3)
    expect([...reading.activity.samples!.heartRate!].map((beats) => (Number.isNaN(beats) ? null : beats))).toEqual([
      null,
      null,
      102,
      104,
      107,
    ])
  })

  test('durations are read', () => {
    expect([secondsOf('PT2H44M'), secondsOf('PT52M14.5S'), secondsOf('P1DT1S'), secondsOf('soon'), secondsOf(null)]).toEqual([
      9840,
      3134.5,
      86401,
      null,
      null,
    ])
  })

  test('the detailed name decides what is a run', () => {
    expect(sportOf({ detailed_sport_info: 'WATER_RUNNING', sport: 'RUNNING' })).toBeNull()
    expect(sportOf({ detailed_sport_info: 'TREADMILL_RUNNING', sport: 'OTHER' })).toBe('run')
    expect(sportOf({ detailed_sport_info: null, sport: 'RUNNING' })).toBe('run')
    expect(sportOf({ detailed_sport_info: 'STRENGTH_TRAINING', sport: 'OTHER' })).toBe('strength')
  })

  test('connecting registers the user; one that is registered already is fine', async () => {
    for (const registered of [false, true]) {
      server.resetHandlers()
      use(fakePolar({ registered }).handlers)
      const connected = await exchange(contextOf({ tokens: null }), polar, back)
      expect(connected).toMatchObject({ externalUserId: '10579', tokens: { refresh: null } })
    }
  })

  test('missing consents are told in words and break no token', async () => {
    const fake = fakePolar()
    fake.faults.instead = () => new Response(null, { status: 403 })
    use(fake.handlers)
    await expect(polar.runs.read(ctx(), { externalId: 'aQlC83' })).rejects.toMatchObject({
      remedy: 'give up',
      message: expect.stringContaining('account.polar.com'),
    })
  })

  test('consents that are missing while connecting are told to the runner', async () => {
    const fake = fakePolar()
    use(fake.handlers)
    use([http.post('https://www.polaraccesslink.com/v3/users', () => new HttpResponse(null, { status: 403 }))])
    await expect(exchange(contextOf({ tokens: null }), polar, back)).rejects.toMatchObject({
      name: 'ConnectRefused',
      message: expect.stringMatching(/^Polar needs consents/),
    })
  })

  test('a wrong client secret is the operator’s matter', async () => {
    const fake = fakePolar()
    fake.faults.instead = () => new Response(null, { status: 401 })
    use(fake.handlers)
    await expect(
      polar.subscription!.ensure(ctx(), { callbackUrl: 'https://a.example', verifyToken: null, key: null }),
    ).rejects.toMatchObject({
      remedy: 'app refused',
    })
  })

  test('the webhook is made, moved, switched on, and made anew when its key is lost', async () => {
    const fake = fakePolar()
    use(fake.handlers)
    const asked = (callbackUrl: string, key: string | null) => polar.subscription!.ensure(ctx(), { callbackUrl, verifyToken: null, key })
    expect(await asked('https://a.example/webhooks/polar', null)).toMatchObject({ state: 'made', key: 'abe1f3ae' })
    expect(await asked('https://a.example/webhooks/polar', 'abe1f3ae')).toMatchObject({ state: 'right' })
    expect(await asked('https://b.example/webhooks/polar', 'abe1f3ae')).toMatchObject({ state: 'mended', key: 'abe1f3ae' })
    fake.webhooks[0]!.active = false
    expect(await asked('https://b.example/webhooks/polar', 'abe1f3ae')).toMatchObject({ state: 'mended' })
    expect(fake.webhooks[0]).toMatchObject({ active: true, url: 'https://b.example/webhooks/polar', events: ['EXERCISE'] })
    expect(await asked('https://b.example/webhooks/polar', null)).toMatchObject({ state: 'mended', key: 'abe1f3ae' })
    expect(fake.webhooks).toHaveLength(1)
  })

  test('the key of a new webhook is read with dashes and with underscores', async () => {
    const made = { data: { id: 'abdf33', 'signature-secret-key': 'told once' } }
    use([
      http.get('https://www.polaraccesslink.com/v3/webhooks', () => nothing()),
      http.post('https://www.polaraccesslink.com/v3/webhooks', () => json(made, 201)),
    ])
    const asked = { callbackUrl: 'https://a.example/webhooks/polar', verifyToken: null, key: null }
    expect(await polar.subscription!.ensure(contextOf(), asked)).toMatchObject({ state: 'made', key: 'told once' })
  })

  test('usage in the headers is what is spent', async () => {
    const fake = fakePolar()
    const headers = { 'ratelimit-usage': '520, 900', 'ratelimit-limit': '520, 5100', 'ratelimit-reset': '60, 4000' }
    fake.faults.instead = () => new Response(null, { status: 429, headers })
    use(fake.handlers)
    const context = ctx()
    await expect(polar.runs.read(context, { externalId: 'x' })).rejects.toMatchObject({ remedy: 'retry' })
    expect(context.reports[0]).toEqual({
      windows: [
        { name: '15min', limit: 520, used: 520 },
        { name: 'day', limit: 5100, used: 900 },
      ],
      blockedUntil: new Date('2026-09-08T08:01:00Z'),
    })
  })

  const api = sharedOpenApi('polar-accesslink-v3.openapi.yaml')
  test.skipIf(!api)('every request validates against the OpenAPI description (skipped where it is not at hand)', async () => {
    use(fakePolar({ fit: false }).handlers)
    const problems: string[] = []
    const requests = new Set<string>()
    const checked: typeof fetch = async (input, init) => {
      const request = new Request(input, init)
      if (request.url.startsWith('https://www.polaraccesslink.com')) {
        requests.add(`${request.method} ${new URL(request.url).pathname}`)
        problems.push(...(await requestProblems(api!, request)))
      }
      return fetch(input, init)
    }
    const context = { ...ctx(), fetch: checked }
    await exchange(context, polar, back)
    await polar.runs.list!(context, { fromDay: '2026-09-01', toDay: today, cursor: null })
    await polar.runs.read(context, { externalId: 'aQlC83' })
    await polar.subscription!.ensure(context, { callbackUrl: 'https://a.example/webhooks/polar', verifyToken: null, key: null })
    await polar.subscription!.ensure(context, { callbackUrl: 'https://b.example/webhooks/polar', verifyToken: null, key: 'abe1f3ae' })
    await polar.subscription!.ensure(context, { callbackUrl: 'https://b.example/webhooks/polar', verifyToken: null, key: null })
    await polar.duties.stillGranted(context)
    await polar.duties.leave(context)
    expect(problems).toEqual([])
    expect(requests.size).toBeGreaterThan(8)
  })
})
