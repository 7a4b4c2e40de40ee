/**
 * What every platform owes the service. A platform's own test calls this with its pretend counterpart and adds what is
 * special to it.
 */
import type { HttpHandler } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { PlatformError } from '../../src/errors.ts'
import { ownHost } from '../../src/platforms/hosts.ts'
import { authorizeAddress } from '../../src/platforms/oauth.ts'
import type { Calendar, Known, Platform, PlatformContext, PutRequest, Reading, RunNotice } from '../../src/platforms/platform.ts'
import type { Fake } from '../msw/fake.ts'
import { anEntry, aSession, contextOf, settings, type TestContext } from './context.ts'

export type Recorded = {
  fake: () => Fake
  context?: () => TestContext
  /** A run that the fake can give. */
  notice: RunNotice
  /** What must come out, as far as it is named. */
  reads: (reading: Reading) => void
  /** A notice of which the fake knows nothing, long ago. */
  unknown: RunNotice | null
}

export const server = setupServer()

/** Starts the pretend network for a test file; a request that nobody prepared is an error. */
export function pretendNetwork(): void {
  beforeAll(() => server.listen({ onUnhandledFrame: 'error' }))
  afterEach(() => server.resetHandlers())
  afterAll(() => server.close())
}

export function use(handlers: HttpHandler[]): void {
  server.use(...handlers)
}

export const today = '2026-09-08'

/** A put with everything that it may need; `known` is followed as the service would. */
export function putRequest(
  entry: PutRequest['entry'],
  known: Known | null,
  others: PutRequest['others'] = [],
): PutRequest & { recorded: Known[] } {
  const recorded: Known[] = []
  return {
    entry,
    known,
    others,
    today,
    recorded,
    record: async (next) => {
      recorded.push(next)
    },
  }
}

function hostsAreOwn(platform: Platform, fake: Fake): void {
  for (const { url } of fake.seen) expect(ownHost(platform, url), url).not.toBeNull()
}

/** Tries again as the service would, with what was recorded on the way. */
async function putUntilDone(calendar: Calendar, ctx: PlatformContext, entry: PutRequest['entry'], start: Known | null): Promise<Known> {
  let known = start
  for (let attempt = 0; attempt < 8; attempt++) {
    const request = putRequest(entry, known)
    try {
      return await calendar.put(ctx, request)
    } catch (error) {
      if (!(error instanceof PlatformError) || error.remedy !== 'retry') throw error
      known = request.recorded.at(-1) ?? known
    }
  }
  throw new Error('put did not come to an end')
}

export function keepsThePlatformContract(platform: Platform, recorded: Recorded): void {
  const context = recorded.context ?? (() => contextOf())

  describe(`${platform.label} keeps the platform contract`, () => {
    pretendNetwork()

    test('a run that was told of is read', async () => {
      const fake = recorded.fake()
      use(fake.handlers)
      recorded.reads(await platform.runs.read(context(), recorded.notice))
      hostsAreOwn(platform, fake)
    })

    test('a file host is given no token', async () => {
      const fake = recorded.fake()
      use(fake.handlers)
      await platform.runs.read(context(), recorded.notice)
      for (const { url, authorization } of fake.seen) {
        if (ownHost(platform, url)?.use === 'file') expect(authorization, url).toBeNull()
      }
    })

    test('with an address that replaces the hosts, every request goes there with its path unchanged', async () => {
      const asked: string[] = []
      const ctx = {
        ...context(),
        settings: { ...settings, url: 'http://127.0.0.1:9100/prefix' },
        fetch: async (input: string | URL | Request) => {
          asked.push(String(input))
          return new Response(null, { status: 503 })
        },
      }
      const { record: _, ...bare } = recorded.notice
      await platform.runs.read(ctx, recorded.unknown ? bare : recorded.notice).catch(() => null)
      if (platform.calendar) await platform.calendar.put(ctx, putRequest(anEntry(), null)).catch(() => null)
      await platform.duties.leave(ctx).catch(() => null)
      expect(asked.length).toBeGreaterThan(0)
      for (const address of asked) expect(address).toMatch(/^http:\/\/127\.0\.0\.1:9100\/prefix\/./)
      const { url } = await authorizeAddress(platform, ctx.settings, {
        redirectUri: 'http://127.0.0.1:3000/connect/x/callback',
        state: 's',
      })
      const real = new URL(platform.oauth.authorizeUrl)
      expect(url.startsWith(`http://127.0.0.1:9100/prefix${real.pathname}?`)).toBe(true)
    })

    if (recorded.unknown) {
      const unknown = recorded.unknown
      test.each([
        { status: 429, headers: { 'retry-after': '30' }, remedy: 'retry', retryAfterSeconds: 30 },
        { status: 503, headers: {}, remedy: 'retry' },
        { status: 401, headers: {}, remedy: 'reconnect' },
      ])('status $status means $remedy', async ({ status, headers, ...want }) => {
        const fake = recorded.fake()
        fake.faults.instead = () => new Response(null, { status, headers: headers as Record<string, string> })
        use(fake.handlers)
        await expect(platform.runs.read(context(), unknown)).rejects.toMatchObject(want)
      })

      test('an activity that is not there long after it was told of is gone', async () => {
        use(recorded.fake().handlers)
        expect(await platform.runs.read(context(), unknown)).toEqual({ kind: 'gone' })
      })

      test('an activity that is not there moments after it was told of is asked for again', async () => {
        use(recorded.fake().handlers)
        const early = await platform.runs.read(context(), { ...unknown, toldAt: '2026-09-08T07:59:50Z' })
        expect(early).toMatchObject({ kind: 'notYet' })
      })
    }

    test('no answer shows a token, an address or a body in its error', async () => {
      const fake = recorded.fake()
      fake.faults.instead = () => new Response('{"error":"token-of-the-runner https://x.example/?token=abc"}', { status: 400 })
      use(fake.handlers)
      const told = await platform.runs.read(context(), recorded.unknown ?? recorded.notice).then(
        () => '',
        (error: unknown) => String(error),
      )
      expect(told).not.toMatch(/token-of-the-runner|x\.example|secret-of-the-app/)
    })

    test('it says what the operator has to set up', () => {
      expect(platform.setUp.length).toBeGreaterThan(0)
      expect(platform.setUp.join(' ')).toContain('{callback}')
    })

    const { calendar } = platform
    if (!calendar) {
      test('it cannot take sessions and says so in words', () => {
        expect(platform.noCalendar).toMatch(/calendar feed/)
      })
      return
    }
    writes(platform, calendar, recorded, context)
  })
}

function writes(platform: Platform, calendar: Calendar, recorded: Recorded, context: () => TestContext): void {
  test('the same session put again stays one entry, known or not', async () => {
    const fake = recorded.fake()
    use(fake.handlers)
    const ctx = context()
    const known = await calendar.put(ctx, putRequest(anEntry(), null))
    await calendar.put(ctx, putRequest(anEntry(), known))
    await calendar.put(ctx, putRequest(anEntry(), null))
    expect(fake.entries()).toHaveLength(1)
    hostsAreOwn(platform, fake)
  })

  test.each(['loseAnswer', 'dropBefore'] as const)('%s at any writing call leaves exactly one entry in the end', async (fault) => {
    for (let place = 0; place < 4; place++) {
      const fake = recorded.fake()
      use(fake.handlers)
      const ctx = context()
      let calls = 0
      const through: typeof fetch = (input, init) => {
        if ((init?.method ?? 'GET') !== 'GET') {
          if (calls === place) fake.faults[fault] = 1
          calls += 1
        }
        return fetch(input, init)
      }
      const known = await putUntilDone(calendar, { ...ctx, fetch: through }, anEntry(), null)
      expect(fake.entries(), `${fault} at writing call ${place}`).toHaveLength(1)
      await calendar.remove(ctx, { known, marker: anEntry().marker, localDate: '2026-09-10', today })
      expect(fake.entries()).toHaveLength(0)
      server.resetHandlers()
    }
  })

  test('a moved session leaves nothing on its old day, also when the answer is lost', async () => {
    const fake = recorded.fake()
    use(fake.handlers)
    const ctx = context()
    const known = await calendar.put(ctx, putRequest(anEntry(), null))
    const moved = anEntry(aSession({ localDate: '2026-09-11' }))
    fake.faults.loseAnswer = 1
    await putUntilDone(calendar, ctx, moved, known)
    expect(fake.entries().map(({ localDate }) => localDate)).toEqual(['2026-09-11'])
  })

  test('changed content replaces the former', async () => {
    const fake = recorded.fake()
    use(fake.handlers)
    const ctx = context()
    const known = await calendar.put(ctx, putRequest(anEntry(), null))
    const before = fake.entries()[0]!.text
    const changed = anEntry(aSession({ title: 'Strength B: squat', exercises: aSession().exercises.slice(0, 1) }))
    expect(calendar.digest(changed)).not.toBe(calendar.digest(anEntry()))
    await calendar.put(ctx, putRequest(changed, known))
    expect(fake.entries()).toHaveLength(1)
    expect(fake.entries()[0]!.text).not.toBe(before)
    hostsAreOwn(platform, fake)
  })

  test('two sessions are two entries, and what others put there stays', async () => {
    const fake = recorded.fake()
    use(fake.handlers)
    const ctx = context()
    const foreign = fake.foreign()
    const first = anEntry()
    const second = anEntry(aSession({ id: '0f6b2a52-6d1c-4b52-9a6f-3a2f6f1f0a02', localDate: '2026-09-12' }))
    const a = await calendar.put(ctx, putRequest(first, null))
    const b = await calendar.put(ctx, putRequest(second, null, [{ entry: first, known: a }]))
    expect(fake.entries()).toHaveLength(2)
    await calendar.remove(ctx, { known: a, marker: first.marker, localDate: '2026-09-10', today })
    expect(fake.entries().map(({ localDate }) => localDate)).toEqual(['2026-09-12'])
    await calendar.remove(ctx, { known: b, marker: second.marker, localDate: '2026-09-12', today })
    expect(fake.entries()).toHaveLength(0)
    expect(fake.foreign()).toBe(foreign)
  })

  test('removing what is gone already is done', async () => {
    const fake = recorded.fake()
    use(fake.handlers)
    const ctx = context()
    const known = await calendar.put(ctx, putRequest(anEntry(), null))
    const gone = { known, marker: anEntry().marker, localDate: '2026-09-10', today }
    await calendar.remove(ctx, gone)
    await calendar.remove(ctx, gone)
    expect(fake.entries()).toHaveLength(0)
  })

  test('an entry that the runner deleted there comes back with the next put', async () => {
    const fake = recorded.fake()
    use(fake.handlers)
    const ctx = context()
    const known = await calendar.put(ctx, putRequest(anEntry(), null))
    await calendar.remove(ctx, { known, marker: anEntry().marker, localDate: '2026-09-10', today })
    await calendar.put(ctx, putRequest(anEntry(), known))
    expect(fake.entries()).toHaveLength(1)
  })

  test('an old id and a lost answer together make no second entry, and its marker is enough to remove it', async () => {
    const fake = recorded.fake()
    use(fake.handlers)
    const ctx = context()
    const known = await calendar.put(ctx, putRequest(anEntry(), null))
    const entry = { marker: anEntry().marker, localDate: '2026-09-10', today }
    await calendar.remove(ctx, { ...entry, known })
    for (let place = 0; place < 4; place++) {
      let calls = 0
      const through: typeof fetch = (input, init) => {
        if ((init?.method ?? 'GET') !== 'GET' && calls++ === place) fake.faults.loseAnswer = 1
        return fetch(input, init)
      }
      const lost = await calendar.put({ ...ctx, fetch: through }, putRequest(anEntry(), known)).catch((error: unknown) => error)
      fake.faults.loseAnswer = 0
      if (lost instanceof PlatformError) await calendar.put(ctx, putRequest(anEntry(), known))
      expect(fake.entries()).toHaveLength(1)
      await calendar.remove(ctx, { ...entry, known: null })
      expect(fake.entries()).toHaveLength(0)
    }
  })

  if (calendar.list) {
    const list = calendar.list
    test('what stands there can be listed, with our marker and the digest of what was sent where it comes back', async () => {
      const fake = recorded.fake()
      use(fake.handlers)
      const ctx = context()
      const known = await calendar.put(ctx, putRequest(anEntry(), null))
      const found = await list(ctx, { fromDay: today, toDay: '2026-09-14', known: [known] })
      expect(found).toHaveLength(1)
      expect(found[0]).toMatchObject({ externalId: known.externalId })
      if (found[0]!.marker !== null) expect(found[0]!.marker).toBe(anEntry().marker)
      if (found[0]!.localDate !== null) expect(found[0]!.localDate).toBe('2026-09-10')
      if (found[0]!.digest !== null) expect(found[0]!.digest).toBe(calendar.digest(anEntry()))
    })
  }

  test('what is lost is known before anything is sent', () => {
    for (const sentence of calendar.loses(aSession())) expect(sentence).toMatch(/\w+ \w+/)
  })
}
