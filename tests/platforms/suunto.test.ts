import { http } from 'msw'
import { describe, expect, test } from 'vitest'
import { exchange, refresh } from '../../src/platforms/oauth.ts'
import { suunto, wholeFit } from '../../src/platforms/suunto/index.ts'
import { guideZip, toGuide } from '../../src/platforms/suunto/map.ts'
import { json } from '../msw/fake.ts'
import { fakeSuunto, wholeFitBytes } from '../msw/suunto.ts'
import { anEntry, aSession, contextOf } from './context.ts'
import { keepsThePlatformContract, pretendNetwork, putRequest, use } from './contract.ts'

const key = '67604889401b942184624cb8'

keepsThePlatformContract(suunto, {
  fake: fakeSuunto,
  notice: { externalId: key },
  reads: (reading) => expect(reading).toMatchObject({ kind: 'file', name: `suunto-${key}.fit`, about: { sport: 'run' } }),
  unknown: { externalId: 'missing' },
})

function page<T>(all: readonly T[], address: string, size: number): T[] {
  const offset = Number(new URL(address).searchParams.get('offset'))
  return all.slice(offset, offset + size)
}

describe('Suunto', () => {
  pretendNetwork()
  const calendar = suunto.calendar!

  test.each([
    ['an empty body', () => new Response(null)],
    ['a small body', () => new Response(wholeFitBytes.subarray(0, 400))],
    ['a JSON body', () => new Response(JSON.stringify({ error: null, payload: 'x'.repeat(600) }))],
    ['a file that lacks its checksum', () => new Response(wholeFitBytes.subarray(0, -2))],
    ['status 206', () => new Response(wholeFitBytes, { status: 206 })],
  ])('%s means later, and long after, the summary', async (_name, answer) => {
    const fake = fakeSuunto()
    fake.fit.answer = answer
    use(fake.handlers)
    expect(await suunto.runs.read(contextOf(), { externalId: key, toldAt: '2026-09-08T07:59:00Z' })).toMatchObject({ kind: 'notYet' })
    expect(await suunto.runs.read(contextOf(), { externalId: key, toldAt: '2026-09-01T07:59:00Z' })).toMatchObject({
      kind: 'activity',
      activity: { averageHeartRate: 145, maxHeartRate: 175, offsetSeconds: 3600, timerSeconds: 3600.5 },
    })
  })

  test('a file in a multipart body is unwrapped', async () => {
    const fake = fakeSuunto()
    const head = '--xyz\r\nContent-Disposition: form-data; name="file"\r\n\r\n'
    const body = Buffer.concat([Buffer.from(head), wholeFitBytes, Buffer.from('\r\n--xyz--\r\n')])
    fake.fit.answer = () => new Response(body, { headers: { 'content-type': 'multipart/form-data; boundary=xyz' } })
    use(fake.handlers)
    const reading = await suunto.runs.read(contextOf(), { externalId: key })
    if (reading.kind !== 'file') throw new Error(reading.kind)
    expect(Buffer.from(reading.bytes).equals(wholeFitBytes)).toBe(true)
  })

  test('a file is unwrapped where only the body tells the boundary', async () => {
    const head = '--xyz\r\nContent-Disposition: form-data; name="file"\r\n\r\n'
    const bytes = Buffer.concat([Buffer.from(head), wholeFitBytes, Buffer.from('\r\n--xyz--\r\n')])
    const found = wholeFit({ status: 200, bytes, contentType: 'multipart/form-data' })
    expect(Buffer.from(found!).equals(wholeFitBytes)).toBe(true)
  })

  const workouts = 'https://cloudapi.suunto.com/v3/workouts'
  const envelope = (payload: unknown, error: unknown = null) => json({ error, payload })
  const run = { workoutKey: key, activityId: 1, startTime: 1788847090, totalTime: 3600, totalDistance: 10000, isManuallyAdded: true }

  test('a single workout may come as a list, its start in seconds, and an empty error is none', async () => {
    use([http.get(`${workouts}/:key`, () => envelope([run], ''))])
    expect(await suunto.runs.read(contextOf(), { externalId: key })).toMatchObject({ activity: { startAt: new Date(1788847090000) } })
    use([http.get(`${workouts}/:key`, () => envelope(null))])
    expect(await suunto.runs.read(contextOf(), { externalId: key })).toEqual({ kind: 'gone' })
  })

  async function listedKeys(): Promise<string[]> {
    const keys: string[] = []
    let cursor: string | null = null
    do {
      const page = await suunto.runs.list!(contextOf(), { fromDay: '2026-06-12', toDay: '2026-09-08', cursor })
      keys.push(...page.runs.map(({ externalId }) => externalId))
      cursor = page.next
    } while (cursor !== null && keys.length < 500)
    return keys
  }

  test('a list is followed to its end when its pages hold fewer than were asked for', async () => {
    const all = Array.from({ length: 130 }, (_, index) => ({ ...run, workoutKey: `w${index}` }))
    use([http.get(workouts, ({ request }) => envelope(page(all, request.url, 40)))])
    expect(new Set(await listedKeys()).size).toBe(130)
    use([http.get(workouts, () => envelope(null))])
    expect(await listedKeys()).toEqual([])
  })

  test('a list that gives the same page for ever comes to an end', async () => {
    use([http.get(workouts, () => envelope([run]))])
    expect(await listedKeys()).toEqual([key])
  })

  test('a guide is found behind pages that hold fewer than were asked for', async () => {
    const fake = fakeSuunto()
    use(fake.handlers)
    await calendar.put(contextOf(), putRequest(anEntry(), null))
    const all = [...Array.from({ length: 60 }, (_, index) => ({ id: `o${index}`, externalId: `other-${index}` })), ...fake.guides]
    use([http.get('https://cloudapi.suunto.com/v2/guides/items', ({ request }) => envelope(page(all, request.url, 20)))])
    const found = await calendar.list!(contextOf(), { fromDay: '2026-09-08', toDay: '2026-09-14', known: [] })
    expect(found).toHaveLength(1)
  })

  test.each([
    ['nothing', () => new Response(null, { status: 201 })],
    ['another shape', () => json({ error: null, payload: { guideId: 'g' } }, 201)],
  ])('a guide that is answered with %s is found by its marker', async (_what, answer) => {
    const fake = fakeSuunto()
    use(fake.handlers)
    const silent: typeof fetch = async (input, init) => {
      const response = await fetch(input, init)
      return init?.method === 'POST' ? answer() : response
    }
    const known = await calendar.put(contextOf({ fetch: silent }), putRequest(anEntry(), null))
    expect(known.externalId).toBe(fake.guides.at(-1)!.id)
    expect(fake.entries()).toHaveLength(1)
  })

  test('a change that is answered 200 with an error inside is not done', async () => {
    use(fakeSuunto().handlers)
    const known = await calendar.put(contextOf(), putRequest(anEntry(), null))
    use([http.put('https://cloudapi.suunto.com/v2/guides/files/:id', () => envelope(null, { description: 'no' }))])
    await expect(calendar.put(contextOf(), putRequest(anEntry(), known))).rejects.toMatchObject({ remedy: 'retry' })
  })

  test('a subscription whose calls are used up means later, and breaks no connection', async () => {
    const body = { statusCode: 403, message: 'Out of call volume quota. Quota will be replenished in 01:00:00.' }
    use([http.get(`${workouts}/:key`, () => json(body, 403)), http.get(workouts, () => json(body, 403))])
    await expect(suunto.runs.read(contextOf(), { externalId: key })).rejects.toMatchObject({ remedy: 'retry' })
    await expect(suunto.duties.stillGranted(contextOf())).rejects.toMatchObject({ remedy: 'retry' })
    use([http.get(workouts, () => json({ error: 'Forbidden' }, 403))])
    expect(await suunto.duties.stillGranted(contextOf())).toBe(false)
  })

  test('every call carries the subscription key, and the token host does not get it', async () => {
    const fake = fakeSuunto()
    use(fake.handlers)
    const ctx = contextOf()
    await suunto.runs.read(ctx, { externalId: key })
    await suunto.duties.leave(ctx)
    for (const { url, headers } of fake.seen) {
      expect(headers.get('ocp-apim-subscription-key')).toBe(url.includes('cloudapi-oauth') ? null : 'subscription-key')
    }
  })

  test('a wrong subscription key is the operator’s matter', async () => {
    const fake = fakeSuunto()
    const body = { statusCode: 401, message: 'Access denied due to invalid subscription key.' }
    fake.faults.instead = () =>
      new Response(JSON.stringify(body), { status: 401, headers: { 'www-authenticate': 'AzureApiManagementKey realm="x"' } })
    use(fake.handlers)
    await expect(suunto.runs.read(contextOf(), { externalId: key })).rejects.toMatchObject({ remedy: 'app refused' })
  })

  test('the guide keeps to plain characters and short texts', () => {
    const session = aSession({ title: 'Größe “A” – hüftdominant '.repeat(5) })
    const guide = toGuide(anEntry(session))
    expect(guide.name.length).toBeLessThanOrEqual(60)
    expect(JSON.stringify(guide)).not.toMatch(/[^\x20-\x7e]/)
    expect(guide.steps.slice(0, 3).map(({ title }) => title)).toEqual(['Goblet sq 1/3', 'Rest', 'Goblet sq 2/3'])
    expect(guide.steps.at(-1)).toMatchObject({ title: 'Complete' })
  })

  test('the same guide is the same bytes', () => {
    expect(Buffer.from(guideZip(anEntry())).equals(Buffer.from(guideZip(anEntry())))).toBe(true)
  })

  test('the guides of other apps are not ours', async () => {
    const fake = fakeSuunto()
    use(fake.handlers)
    await calendar.put(contextOf(), putRequest(anEntry(), null))
    expect(await calendar.list!(contextOf(), { fromDay: '2026-09-08', toDay: '2026-09-14', known: [] })).toHaveLength(1)
  })

  test('the user is the claim of the token; two names are refused', async () => {
    use(fakeSuunto().handlers)
    const redirectUri = 'http://127.0.0.1:3000/connect/suunto/callback'
    const back = (code: string) => ({ callback: new URL(`${redirectUri}?code=${code}&state=st`), redirectUri, state: 'st', verifier: null })
    expect(await exchange(contextOf({ tokens: null }), suunto, back('ok'))).toMatchObject({ externalUserId: 'johndoe123' })
    await expect(exchange(contextOf({ tokens: null }), suunto, back('mixed'))).rejects.toThrow(/two different users/)
  })

  test('a refresh without a refresh token keeps the former', async () => {
    use(fakeSuunto().handlers)
    const former = { access: 'a', refresh: 'r1', accessExpiresAt: null, refreshExpiresAt: null }
    expect((await refresh(contextOf(), suunto, former)).tokens.refresh).toBe('r1')
    expect(suunto.oauth.deadAfter.refusals).toBeGreaterThan(1)
  })
})
