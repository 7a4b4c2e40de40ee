import { createHash } from 'node:crypto'
import { Decoder, Stream } from '@garmin/fitsdk'
import ICAL from 'ical.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestPglite } from '../../support/databases.ts'
import { easyRun, fitFile, hardRun } from '../../support/files.ts'
import { startService, type TestService } from '../../support/service.ts'

type Json = Record<string, unknown>
type Plan = {
  sessions: { id: string; localDate: string; title: string; exercises: { sets: number }[] }[]
  expectedRuns: Json[]
  unplaced: Json[]
  notices: Json[]
}

describe('The HTTP interface', () => {
  let service: TestService
  beforeAll(async () => {
    service = await startService(openTestPglite, { now: new Date('2026-09-21T05:00:00Z') })
    const files = Array.from({ length: 20 }, (_, day) =>
      fitFile(`${day}.fit`, day % 4 === 0 ? hardRun(10 + day * 2) : easyRun(10 + day * 2)),
    )
    await service.upload(...files)
    await service.quiet()
  })
  afterAll(() => service.stop())

  const send = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    service.request(path, {
      method,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
  async function problemOf(answer: Response, status: number): Promise<{ title: string; detail: string; errors?: { pointer: string }[] }> {
    expect(answer.status).toBe(status)
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    const document = (await answer.json()) as { type: string; title: string; status: number; detail: string }
    expect(document).toMatchObject({ type: 'about:blank', status })
    expect(document.detail).toMatch(/[.”!]$/)
    return document
  }

  describe('Runs', () => {
    test('come newest first, page by page, each once', async () => {
      const seen: string[] = []
      let cursor: string | null = ''
      while (cursor !== null) {
        const page = (await service.json(`/api/v1/runs?limit=7${cursor && `&cursor=${cursor}`}`)) as {
          runs: { id: string; start: string }[]
          next: string | null
        }
        seen.push(...page.runs.map(({ start }) => start))
        cursor = page.next
      }
      expect(seen).toHaveLength(20)
      expect(seen).toEqual([...new Set(seen)].sort().reverse())
    })
    test('come page by page too where more are asked for than one page holds', async () => {
      expect((await service.json('/api/v1/runs?limit=100000')) as object).toMatchObject({ next: null })
    })
    test('can be asked for by local day', async () => {
      const { runs } = (await service.json('/api/v1/runs?from=2026-08-15&to=2026-08-17')) as { runs: { localDate: string }[] }
      expect(runs.map(({ localDate }) => localDate)).toEqual(['2026-08-17', '2026-08-15'])
    })
    test('have every field of the contract', async () => {
      const { runs } = (await service.json('/api/v1/runs?limit=1')) as { runs: Json[] }
      for (const field of [
        'id start localDate timeZone surface distanceMeters movingSeconds elapsedSeconds ascentMeters averageHeartRate maxHeartRate',
        'averagePaceSecondsPerKm gradeAdjustedPaceSecondsPerKm sources effort',
      ]
        .join(' ')
        .split(' '))
        expect(runs[0]).toHaveProperty(field)
      expect(Object.keys(runs[0]!.effort as Json)).toEqual(['label', 'pHard', 'confidence', 'decidedBy', 'demand', 'subtype', 'reasons'])
    })
  })

  describe('Problems', () => {
    test.each([
      ['GET', '/api/v1/nothing', 404],
      ['GET', '/nothing', 404],
      ['GET', '/api/v1/runs/00000000-0000-4000-8000-000000000000', 404],
      ['GET', '/api/v1/runs/no-id', 404],
      ['GET', '/api/v1/uploads/00000000-0000-4000-8000-000000000000', 404],
      ['GET', '/api/v1/sessions/00000000-0000-4000-8000-000000000000/workout.fit', 404],
      ['GET', '/calendar/AAAAAAAAAAAAAAAAAAAAAAAA.ics', 404],
      ['GET', '/api/v1/runs?limit=0', 422],
      ['GET', '/api/v1/runs?from=yesterday', 422],
      ['GET', '/api/v1/runs?cursor=abc', 422],
      ['POST', '/api/v1/uploads', 415],
    ])('%s %s is answered %i with a problem document', async (method, path, status) => {
      await problemOf(await send(method, path), status)
    })
    test('say which fields make no sense, by pointer', async () => {
      const document = await problemOf(
        await send('PATCH', '/api/v1/runner', {
          sessionsPerWeek: 9,
          timeZone: 'Mars/Base',
          availability: { monday: { minutes: -1 } },
          shoes: 'red',
        }),
        422,
      )
      expect(document.errors!.map(({ pointer }) => pointer).sort()).toEqual([
        '/availability/monday/minutes',
        '/sessionsPerWeek',
        '/shoes',
        '/timeZone',
      ])
    })
    test('meet a body that is no JSON, an empty upload and a wrong word', async () => {
      await problemOf(await send('PATCH', '/api/v1/runner', '{"a":'), 400)
      const { runs } = (await service.json('/api/v1/runs?limit=1')) as { runs: { id: string }[] }
      await problemOf(await send('PATCH', `/api/v1/runs/${runs[0]!.id}`, { effort: 'medium' }), 422)
      const form = new FormData()
      form.append('note', 'hello')
      await problemOf(await service.request('/api/v1/uploads', { method: 'POST', body: form }), 422)
    })
    test('say what a field must be, in words', async () => {
      const { errors } = (await problemOf(await send('GET', '/api/v1/runs?limit=many'), 422)) as { errors?: { detail?: string }[] }
      expect(errors).toEqual([{ pointer: '/limit', detail: 'must be a whole number' }])
      const plan = (await service.json('/api/v1/plan')) as Plan
      const path = `/api/v1/sessions/${plan.sessions[0]!.id}`
      const { detail } = await problemOf(await send('PATCH', path, { status: 'missed', feedback: { rpe: 11, sets: [{}] } }), 422)
      expect(detail).toContain('/status must be one of done, skipped, planned')
      expect(detail).toContain('/feedback/rpe must be at most 10')
      expect(detail).toContain('/feedback/sets/0/exerciseId is missing: it must be a text')
    })
    test('meet a body that is far too large', async () => {
      const large = JSON.stringify({ races: 'x'.repeat(3 << 20) })
      await problemOf(await send('PATCH', '/api/v1/runner', large, { 'content-length': String(large.length) }), 413)
      await problemOf(await send('PATCH', '/api/v1/runner', large, { 'transfer-encoding': 'chunked' }), 413)
      expect((await send('PATCH', '/api/v1/runner', { units: 'metric' }, { 'transfer-encoding': 'chunked' })).status).toBe(200)
    })
    test('say nothing of what broke inside', async () => {
      const bad = await send('PATCH', '/api/v1/runs/00000000-0000-4000-8000-000000000000', { effort: 'easy' })
      expect(JSON.stringify(await bad.json())).not.toMatch(/select|stack|\.ts:/i)
    })
  })

  describe('With no sign-in, only this machine', () => {
    test('a foreign host name is refused: it may be DNS rebinding', async () => {
      await problemOf(await send('GET', '/api/v1/runner', undefined, { host: 'evil.example' }), 403)
      await problemOf(await send('GET', '/api/v1/runner', undefined, { host: '127.0.0.1.evil.example' }), 403)
    })
    test.each(['localhost:3000', '127.0.0.1:3000', '[::1]:3000'])('%s is this machine', async (host) => {
      expect((await send('GET', '/api/v1/runner', undefined, { host })).status).toBe(200)
    })
    test('a write from a page of another website is refused', async () => {
      await problemOf(await send('PATCH', '/api/v1/runner', { units: 'metric' }, { origin: 'https://evil.example' }), 403)
      await problemOf(await send('PATCH', '/api/v1/runner', { units: 'metric' }, { 'sec-fetch-site': 'cross-site' }), 403)
      const own = await send('PATCH', '/api/v1/runner', { units: 'metric' }, { host: '127.0.0.1:3000', origin: 'http://127.0.0.1:3000' })
      expect(own.status).toBe(200)
    })
  })

  describe('The runner', () => {
    test('shows what was learnt, and a figure of the runner’s own wins until it is taken back', async () => {
      const before = (await service.json('/api/v1/runner')) as Json
      expect(before).toMatchObject({ timeZone: 'Europe/Lisbon', units: 'metric', sessionsPerWeek: 2, placement: 'easyDays' })
      const own = await (await send('PATCH', '/api/v1/runner', { maxHeartRate: { value: 196, from: 'runner' } })).json()
      expect(own).toMatchObject({ maxHeartRate: { value: 196, from: 'runner' } })
      const back = (await (await send('PATCH', '/api/v1/runner', { maxHeartRate: null })).json()) as Json
      expect(back.maxHeartRate).toEqual(before.maxHeartRate)
    })
    test('is patched as RFC 7396 says: objects merge, lists replace, null takes back', async () => {
      await send('PATCH', '/api/v1/runner', { availability: { monday: { minutes: 45, localTime: '06:45' } }, goal: { distance: 'half' } })
      const merged = await (
        await send('PATCH', '/api/v1/runner', { availability: { tuesday: { minutes: 0 } }, goal: { terrain: 'hilly' } })
      ).json()
      expect(merged).toMatchObject({
        availability: { monday: { minutes: 45, localTime: '06:45' }, tuesday: { minutes: 0 } },
        goal: { distance: 'half', terrain: 'hilly' },
      })
      const less = (await (await send('PATCH', '/api/v1/runner', { availability: { monday: null }, goal: null })).json()) as Json
      expect(less.availability).toEqual({ tuesday: { minutes: 0 } })
      expect(less.goal).toEqual({ distance: 'general', terrain: 'flat' })
      await send('PATCH', '/api/v1/runner', { availability: null })
    })
    test('can send back what it got', async () => {
      const whole = await service.json('/api/v1/runner')
      const answer = await send('PATCH', '/api/v1/runner', whole)
      expect(answer.status).toBe(200)
      expect(await answer.json()).toMatchObject({ maxHeartRate: (whole as Json).maxHeartRate })
    })
  })

  describe('Out of the service', () => {
    test('the calendar feed is read by an independent parser and answers 304 to what is known', async () => {
      const { calendarUrl } = (await service.json('/api/v1/runner')) as { calendarUrl: string }
      const plan = (await service.json('/api/v1/plan')) as Plan
      const answer = await service.request(new URL(calendarUrl).pathname)
      expect(answer.headers.get('content-type')).toBe('text/calendar; charset=utf-8')
      const events = new ICAL.Component(ICAL.parse(await answer.text())).getAllSubcomponents('vevent')
      const uids = events.map((event) => event.getFirstPropertyValue('uid'))
      for (const { id } of plan.sessions) expect(uids).toContain(`${id}@stridelift`)
      const etag = answer.headers.get('etag')!
      expect((await service.request(new URL(calendarUrl).pathname, { headers: { 'if-none-match': etag } })).status).toBe(304)
    })
    test('a session that leaves the plan is cancelled in the feed, with a higher sequence', async () => {
      const { calendarUrl } = (await service.json('/api/v1/runner')) as { calendarUrl: string }
      const read = async () => {
        const events = new ICAL.Component(
          ICAL.parse(await (await service.request(new URL(calendarUrl).pathname)).text()),
        ).getAllSubcomponents('vevent')
        return new Map(
          events.map((event) => [
            event.getFirstPropertyValue('uid'),
            [event.getFirstPropertyValue('status'), event.getFirstPropertyValue('sequence') ?? 0] as [string, number],
          ]),
        )
      }
      const before = await read()
      await send('PATCH', '/api/v1/runner', { sessionsPerWeek: 0 })
      const after = await read()
      const gone = [...before.keys()].filter((uid) => after.get(uid)?.[0] === 'CANCELLED')
      expect(gone.length).toBeGreaterThan(0)
      for (const uid of gone) expect(Number(after.get(uid)![1])).toBeGreaterThan(Number(before.get(uid)![1]))
      await send('PATCH', '/api/v1/runner', { sessionsPerWeek: null })
    })
    test('a renewed address answers and the old one does not', async () => {
      const { calendarUrl: old } = (await service.json('/api/v1/runner')) as { calendarUrl: string }
      const { calendarUrl } = (await (await send('POST', '/api/v1/runner/calendar-url')).json()) as { calendarUrl: string }
      expect((await service.request(new URL(calendarUrl).pathname)).status).toBe(200)
      await problemOf(await service.request(new URL(old).pathname), 404)
    })
    test('sets may be told by exercise and number, as a session shows them', async () => {
      const { sessions } = (await service.json('/api/v1/plan')) as Plan
      const set = { id: 'db_rdl', sets: 3, reps: 8, weightKg: 40 }
      const answer = await send('PATCH', `/api/v1/sessions/${sessions[0]!.id}`, { feedback: { rpe: 7, sets: [set] } })
      const { feedback } = (await answer.json()) as { feedback: Json }
      expect(feedback).toEqual({ rpe: 7, sets: Array(3).fill({ exerciseId: 'db_rdl', reps: 8, weightKg: 40 }) })
    })
    test('a workout file is read by the official SDK', async () => {
      const { sessions } = (await service.json('/api/v1/plan')) as Plan
      const answer = await service.request(`/api/v1/sessions/${sessions[0]!.id}/workout.fit`)
      expect(answer.headers.get('content-disposition')).toMatch(/^attachment; filename="2026-[\w-]+\.fit"$/)
      const decoder = new Decoder(Stream.fromByteArray(new Uint8Array(await answer.arrayBuffer())))
      expect(decoder.checkIntegrity()).toBe(true)
      const { messages, errors } = decoder.read()
      expect(errors).toEqual([])
      expect(messages.workoutMesgs?.[0]).toMatchObject({ sport: 'training', subSport: 'strengthTraining' })
    })
    test('the export is a zip with everything in it, the files as they came', async () => {
      const bytes = new Uint8Array(await (await service.request('/api/v1/export')).arrayBuffer())
      expect(Buffer.from(bytes.subarray(0, 4)).toString('latin1')).toBe('PK\u0003\u0004')
      const text = Buffer.from(bytes).toString('latin1')
      for (const name of ['runner.json', 'runs.json', 'sessions.json', 'thresholds.json', 'uploads.json', '-0.fit', '-19.fit'])
        expect(text).toContain(name)
      const { bytes: original } = fitFile('1.fit', easyRun(12))
      expect(text.includes(Buffer.from(original).toString('latin1'))).toBe(true)
      expect(createHash('sha256').update(original).digest('hex')).toHaveLength(64)
    })
    test('the description lists every route, and its page needs nothing from outside', async () => {
      const document = (await service.json('/openapi.json')) as { openapi: string; paths: Json }
      expect(document.openapi).toBe('3.1.0')
      for (const path of [
        '/api/v1/uploads',
        '/api/v1/uploads/{id}',
        '/api/v1/runs',
        '/api/v1/runs/{id}',
        '/api/v1/runner',
        '/api/v1/plan',
        '/api/v1/sessions/{id}',
        '/api/v1/export',
      ])
        expect(document.paths).toHaveProperty([path])
      const page = await (await service.request('/docs')).text()
      expect(page).toContain('GET /api/v1/runs/{id}')
      expect(page).not.toMatch(/<script|https?:\/\/(?!127\.0\.0\.1)/)
    })
    test('health, readiness and metrics answer', async () => {
      expect(await service.json('/healthz')).toEqual({ status: 'alive' })
      expect(await service.json('/readyz')).toEqual({ status: 'ready', database: true, queue: true })
      expect(await (await service.request('/metrics')).text()).toContain('http_requests_total')
    })
    test('erasing leaves nothing', async () => {
      expect((await send('DELETE', '/api/v1/runner')).status).toBe(204)
      expect(await service.json('/api/v1/runs')).toEqual({ runs: [], next: null })
      expect(((await service.json('/api/v1/uploads')) as { uploads: Json[] }).uploads).toEqual([])
    })
  })
})
