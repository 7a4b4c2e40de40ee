import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { mapped, ownHost, redirected } from '../../src/platforms/hosts.ts'
import { call, type Facts, harmless, noRateHeaders, openFile, parsed, retryAfterOf } from '../../src/platforms/http.ts'
import { epochMillis, epochSeconds, Id, instantFrom, isoFrom, jsonNumber, looseNumber, maybe, parseJson } from '../../src/platforms/json.ts'
import { contextOf, settings } from './context.ts'

const facts: Facts = {
  id: 'coros',
  label: 'Somewhere',
  hosts: [
    { host: 'api.example.com', use: 'api' },
    { host: '*.files.example.com', use: 'file' },
  ],
  limits: { windows: [], read: noRateHeaders },
}

describe('Large integers', () => {
  test('keep every digit, as text', () => {
    expect(parseJson('{"labelId":418173315956375553,"n":12,"f":1.5,"e":1e30}')).toEqual({
      labelId: '418173315956375553',
      n: 12,
      f: 1.5,
      e: 1e30,
    })
    expect(Id.parse(parseJson('9007199254740993'))).toBe('9007199254740993')
    expect(Id.parse(7)).toBe('7')
  })

  test('go out as numbers with every digit', () => {
    expect(JSON.stringify({ id: jsonNumber('418173315956375553'), small: jsonNumber('12'), text: jsonNumber('i12') })).toBe(
      '{"id":418173315956375553,"small":12,"text":"i12"}',
    )
  })
})

describe('Forgiving fields', () => {
  test('odd values are null and numbers may be text', () => {
    const Shape = z.object({ a: maybe(z.string()), b: looseNumber })
    expect(Shape.parse({ a: 5, b: '12.50' })).toEqual({ a: null, b: 12.5 })
    expect(Shape.parse({ b: 'about 12' })).toEqual({ a: null, b: null })
  })
})

describe('Instants', () => {
  test.each([
    ['2026-09-08T05:58:10Z'],
    ['2026-09-08T05:58:10'],
    ['2026-09-08 05:58:10.000'],
    ['2026-09-08T06:58:10+01:00'],
    ['2026-09-08T05:58:10.000+0000'],
    ['2026-09-08 05:58:10 UTC'],
  ])('%s is the same instant; without a zone it is UTC', (text) => {
    expect(instantFrom(text)?.toISOString()).toBe('2026-09-08T05:58:10.000Z')
  })

  test('what is no instant is null', () => {
    expect(['', 'soon', null, undefined].map(instantFrom)).toEqual([null, null, null, null])
    expect([null, 9e15].map(isoFrom)).toEqual([null, null])
  })

  test('seconds and milliseconds since 1970 are told apart by their size', () => {
    expect([1788847090, 1788847090000, '1788847090'].map((value) => epochSeconds.parse(value))).toEqual([
      1788847090, 1788847090, 1788847090,
    ])
    expect([1788847090, 1788847090000].map((value) => epochMillis.parse(value))).toEqual([1788847090000, 1788847090000])
    expect(epochMillis.parse(undefined)).toBeNull()
  })
})

describe('Own hosts', () => {
  test.each([
    ['https://api.example.com/x', true],
    ['https://a.files.example.com/x', true],
    ['http://api.example.com/x', false],
    ['https://api.example.com:8443/x', false],
    ['https://user@api.example.com/x', false],
    ['https://files.example.com/x', false],
    ['https://a.files.example.com.evil.example/x', false],
    ['https://evilfiles.example.com/x', false],
    ['https://api.example.com.evil.example/', false],
    ['not an address', false],
  ])('%s: %s', (address, own) => {
    expect(ownHost(facts, address) !== null).toBe(own)
  })

  test('a replaced origin keeps path and query, and refuses foreign addresses first', () => {
    const here = { url: 'http://127.0.0.1:9100/coros' }
    expect(mapped(facts, here, 'https://api.example.com/v2/x?token=1').url.href).toBe('http://127.0.0.1:9100/coros/v2/x?token=1')
    expect(() => mapped(facts, here, 'http://127.0.0.1:9100/coros/v2/x')).toThrow(/own hosts/)
  })

  test('redirects are followed only to own hosts', () => {
    const from = mapped(facts, { url: null }, 'https://api.example.com/x')
    expect(redirected(facts, { url: null }, from, 'https://a.files.example.com/y')?.host.use).toBe('file')
    expect(redirected(facts, { url: null }, from, '/y')?.url.href).toBe('https://api.example.com/y')
    expect(redirected(facts, { url: null }, from, 'https://evil.example/y')).toBeNull()
    const here = { url: 'http://127.0.0.1:9100/p' }
    const replaced = mapped(facts, here, 'https://api.example.com/x')
    expect(redirected(facts, here, replaced, '/p/y')?.url.href).toBe('http://127.0.0.1:9100/p/y')
    expect(redirected(facts, here, replaced, 'http://127.0.0.1:9100/other/y')).toBeNull()
    expect(redirected(facts, here, replaced, 'http://127.0.0.1:9100/p/y')?.host.use).toBe('file')
  })
})

type Sent = { url: string; init: RequestInit }

function answering(...answers: Response[]) {
  const sent: Sent[] = []
  const fetch = (async (url: string | URL | Request, init?: RequestInit) => {
    sent.push({ url: String(url), init: init ?? {} })
    return answers[sent.length - 1]!
  }) as typeof globalThis.fetch
  return { ctx: contextOf({ fetch }), sent }
}
const headersOf = (sent: Sent) => sent.init.headers as Record<string, string>

describe('One call', () => {
  test('carries token, user agent and its cost', async () => {
    const { ctx, sent } = answering(new Response('{}'))
    await call(ctx, facts, 'try', { url: 'https://api.example.com/x', query: { a: 1, b: null }, as: 'token' })
    expect(sent[0]!.url).toBe('https://api.example.com/x?a=1')
    expect(headersOf(sent[0]!)).toMatchObject({
      authorization: 'Bearer token-of-the-runner',
      'user-agent': expect.stringContaining('Stridelift'),
    })
    expect(ctx.spent).toEqual([{ platform: 'coros', kind: 'read', calls: 1, userKey: 'runner-1' }])
  })

  test('loses its token on the way to a file host', async () => {
    const moved = new Response(null, { status: 302, headers: { location: 'https://a.files.example.com/f.fit' } })
    const { ctx, sent } = answering(moved, new Response('x'))
    await call(ctx, facts, 'try', { url: 'https://api.example.com/x', as: 'token' })
    expect(sent).toHaveLength(2)
    expect(headersOf(sent[1]!).authorization).toBeUndefined()
  })

  test('does not follow a redirect elsewhere, nor one of a writing call', async () => {
    const away = () => new Response(null, { status: 302, headers: { location: 'https://evil.example/' } })
    const { ctx, sent } = answering(away())
    await expect(call(ctx, facts, 'try', { url: 'https://api.example.com/x', as: 'token' })).rejects.toMatchObject({ remedy: 'give up' })
    expect(sent).toHaveLength(1)
    const same = new Response(null, { status: 307, headers: { location: '/y' } })
    const writing = answering(same)
    await expect(
      call(writing.ctx, facts, 'try', { method: 'POST', url: 'https://api.example.com/x', as: 'token', json: {} }),
    ).rejects.toMatchObject({
      remedy: 'give up',
    })
  })

  test('stops an answer that is too large, said or not', async () => {
    const small = answering(new Response('x'.repeat(2000)))
    await expect(call(small.ctx, facts, 'try', { url: 'https://api.example.com/x', as: 'token', maxBytes: 1000 })).rejects.toMatchObject({
      remedy: 'give up',
    })
    const said = answering(new Response('x', { headers: { 'content-length': '99999999999' } }))
    await expect(call(said.ctx, facts, 'try', { url: 'https://api.example.com/x', as: 'token' })).rejects.toMatchObject({
      remedy: 'give up',
    })
  })

  test('that never comes back is tried again later', async () => {
    const fetch = () => Promise.reject(new TypeError('fetch failed: token-of-the-runner'))
    const told = await call(contextOf({ fetch }), facts, 'try', { url: 'https://api.example.com/x?token=abc', as: 'token' }).catch(
      (error: unknown) => error,
    )
    expect(told).toMatchObject({ remedy: 'retry' })
    expect(String(told)).not.toMatch(/abc|token-of/)
  })

  test('is not made when the allowance is used up', async () => {
    const { ctx, sent } = answering()
    const spend = () => Promise.reject(new Error('wait'))
    await expect(call({ ...ctx, spend }, facts, 'try', { url: 'https://api.example.com/x', as: 'token' })).rejects.toThrow('wait')
    expect(sent).toHaveLength(0)
  })

  test('with another shape than expected says which field', async () => {
    const { ctx } = answering(new Response('{"a":"x"}'))
    const answer = await call(ctx, facts, 'try', { url: 'https://api.example.com/x', as: 'client' })
    expect(() => parsed(facts, answer, z.object({ a: z.number() }), 'try')).toThrow('another shape than expected (a)')
    expect(() => parsed(facts, { ...answer, bytes: new TextEncoder().encode('<html>') }, z.object({}), 'try')).toThrow('no JSON')
  })

  test('sends id and secret of the app where it asks in its own name', async () => {
    const { ctx, sent } = answering(new Response('{}'))
    await call({ ...ctx, settings }, facts, 'try', { url: 'https://api.example.com/x', as: 'client' })
    expect(headersOf(sent[0]!).authorization).toBe(`Basic ${btoa('client-1:secret-of-the-app')}`)
  })
})

test('a file at a foreign address is not asked for, and is no file', async () => {
  const ctx = contextOf({ fetch: () => Promise.reject(new Error('asked')) })
  expect(await openFile(ctx, facts, 'https://elsewhere.example/f.fit', 1)).toBeNull()
  expect(ctx.spent).toEqual([])
})

test.each([
  ['that leads to a foreign host', () => new Response(null, { status: 302, headers: { location: 'https://elsewhere.example/f.fit' } })],
  ['that is refused for good', () => new Response('expired', { status: 400 })],
  ['that is too large', () => new Response(new Uint8Array(3 << 20))],
])('a file %s is no file', async (_what, answer) => {
  const asked: string[] = []
  const ctx = contextOf({
    fetch: async (input) => {
      asked.push(String(input))
      return answer()
    },
  })
  expect(await openFile(ctx, facts, 'https://a.files.example.com/f.fit', 1)).toBeNull()
  expect(asked).toEqual(['https://a.files.example.com/f.fit'])
})

test('Retry-After comes in seconds or as a date', () => {
  const now = new Date('2026-09-08T08:00:00Z')
  expect(retryAfterOf(new Headers({ 'retry-after': '7' }), now)).toBe(7)
  expect(retryAfterOf(new Headers({ 'retry-after': 'Tue, 08 Sep 2026 08:01:00 GMT' }), now)).toBe(60)
  expect(retryAfterOf(new Headers({ 'retry-after': '1.5' }), now)).toBe(2)
  expect(retryAfterOf(new Headers({ 'retry-after': 'soon' }), now)).toBeUndefined()
})

test('a platform’s own sentence loses addresses, mail and what may be a token', () => {
  expect(harmless('Bad  step at https://x.example/?token=1 for ana@example.com, token abcdefghijklmnopqrstuvwxyz')).toBe(
    'Bad step at [address] for [mail], token [hidden]',
  )
})
