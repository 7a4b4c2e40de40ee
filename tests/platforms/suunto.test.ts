import { describe, expect, test } from 'vitest'
import { exchange, refresh } from '../../src/platforms/oauth.ts'
import { suunto } from '../../src/platforms/suunto/index.ts'
import { guideZip, toGuide } from '../../src/platforms/suunto/map.ts'
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
