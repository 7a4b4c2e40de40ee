import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { startSimulated } from '../../scripts/simulated/server.ts'
import type { Simulated } from '../../scripts/simulated/types.ts'
import { freePort } from '../../scripts/support/service.ts'
import { createApp } from '../../src/app.tsx'
import { forEachDatabase } from '../support/databases.ts'
import { bodiesOf, type Description, type Operation, readDescription } from '../support/description.ts'
import { buildRunFit, type RunFile } from '../support/fit-builder.ts'
import { textOf } from '../support/html.ts'
import { startService, type TestService } from '../support/service.ts'
import { unzip } from '../support/unzip.ts'
import { type Visitor, visitor } from '../support/visitor.ts'

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 })

const NOW = new Date('2026-09-21T06:00:00Z')
const began = Date.now()
/** It goes, as limits of platforms are counted in time. */
const clock = () => new Date(NOW.getTime() + Date.now() - began)
const PASSWORD = 'long enough for all'
const PLATFORM = 'intervals-icu'
const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g
const JSON_BODY = { 'content-type': 'application/json' }

type Runner = Visitor & {
  email: string
  /** All that names this runner's things: ids, address, secrets, names of files. */
  marks: Set<string>
  /** Some ids of each kind. */
  ids: string[]
  /** A run with one of its copies, as two path parameters. */
  feedUrl: string
  oldFeedUrl: string
  token: string
}

/** Where an id stood in an answer, without places in lists, to take some of each kind. */
function collect(value: unknown, place: string, found: Map<string, Set<string>>): void {
  if (typeof value === 'string') {
    if (value.match(UUID)?.[0] === value) found.set(place, (found.get(place) ?? new Set()).add(value))
  } else if (Array.isArray(value)) for (const one of value) collect(one, place, found)
  else if (value && typeof value === 'object') for (const [key, one] of Object.entries(value)) collect(one, `${place}.${key}`, found)
}

function run(name: string, daysAgo: number, latitude: number): { name: string; bytes: Uint8Array } {
  const hard = daysAgo % 7 === 4
  const file: RunFile = {
    startAt: new Date(NOW.getTime() - daysAgo * 86_400_000 - 600_000),
    offsetSeconds: 3600,
    segments: [
      { seconds: 600, speed: 2.7, heartRate: 136 },
      { seconds: 1200, speed: hard ? 4.1 : 2.75, heartRate: hard ? 176 : 141 },
    ],
    position: { latitude, longitude: -9.14 },
    everySeconds: 10,
  }
  return { name, bytes: buildRunFit(file) }
}

/** Everything about a runner as the export has it: lists without their order. */
async function everything(of: Visitor): Promise<Record<string, unknown>> {
  const answer = await of.api('GET', '/export')
  expect(answer.status).toBe(200)
  const files = await unzip(new Uint8Array(await answer.arrayBuffer()))
  const entries = [...files].map(([name, bytes]) => {
    if (!name.endsWith('.json')) return [name, bytes.toString('base64').slice(0, 64) + bytes.length] as const
    const value: unknown = JSON.parse(bytes.toString('utf8'))
    return [name, Array.isArray(value) ? value.map((row) => JSON.stringify(row)).sort() : value] as const
  })
  const lists = await Promise.all(
    ['/tokens', '/connections', '/uploads', '/runs?limit=500', '/plan', '/runner', '/messages'].map(async (path) => {
      const body = await (await of.api('GET', path)).text()
      return [path, body.replaceAll(/"usedAt":"[^"]*"/g, '')] as const
    }),
  )
  return Object.fromEntries([...entries, ...lists])
}

forEachDatabase((_name, open) => {
  let service: TestService
  let simulated: Simulated
  let description: Description
  let ana: Runner
  let ben: Runner
  let port: number
  let joined = 0

  const someone = () => visitor((path, init) => service.request(path, init), { headers: { host: `127.0.0.1:${port}` } })
  const feed = async (url: string) => {
    const answer = await service.request(new URL(url).pathname)
    return { status: answer.status, text: await answer.text() }
  }

  async function signUp(name: string): Promise<Visitor & { email: string }> {
    joined++
    const one = someone()
    const email = `${name}${joined}@example.org`
    expect((await one.api('POST', '/accounts', { email, password: PASSWORD })).status).toBe(201)
    return { ...one, email }
  }

  async function connect(one: Visitor, runner: number, path = `/connect/${PLATFORM}`): Promise<Response> {
    const out = await one.request(path)
    expect(out.status).toBe(302)
    const back = new URL(await simulated.platform(PLATFORM).consent(out.headers.get('location')!, { runner }))
    return one.request(`${back.pathname}${back.search}`)
  }

  /** Walks all that a runner can read, from the description, and remembers what names it. */
  async function knowThings(one: Visitor): Promise<{ marks: Set<string>; ids: string[] }> {
    const found = new Map<string, Set<string>>()
    for (let round = 0; round < 2; round++) {
      const ids = [...found.values()].flatMap((kind) => [...kind].slice(0, 3))
      for (const operation of description.operations) {
        if (operation.method !== 'GET') continue
        const wanted = operation.parameters.filter((parameter) => parameter.in === 'path')
        const paths =
          wanted.length === 0
            ? [operation.path]
            : wanted.every(({ isId }) => isId)
              ? ids.map((id) => operation.path.replaceAll(/\{\w+\}/g, id))
              : []
        for (const path of paths) {
          const answer = await one.request(path)
          if (answer.headers.get('content-type')?.includes('application/json')) collect(await answer.json(), operation.path, found)
        }
      }
    }
    return {
      marks: new Set([...found.values()].flatMap((kind) => [...kind])),
      ids: [...found.values()].flatMap((kind) => [...kind].slice(0, 3)),
    }
  }

  async function settle(name: string, latitude: number, platformRunner: number): Promise<Runner> {
    const one = await signUp(name)
    const files = Array.from({ length: 15 }, (_, index) => run(`${name}-secret-${index}.fit`, index * 2 + 2, latitude))
    const form = new FormData()
    for (const { name: file, bytes } of files) form.append('file', new File([new Uint8Array(bytes)], file))
    form.append('file', new File([new Uint8Array(200).fill(3)], `${name}-secret-broken.fit`))
    expect((await one.request('/api/v1/uploads', { method: 'POST', body: form })).status).toBe(202)
    expect((await connect(one, platformRunner)).headers.get('location')).toBe('/')
    await service.quiet()
    const calendarUrl = async () => ((await (await one.api('GET', '/runner')).json()) as { calendarUrl: string }).calendarUrl
    const oldFeedUrl = await calendarUrl()
    expect((await one.api('POST', '/runner/calendar-url')).status).toBeLessThan(300)
    const feedUrl = await calendarUrl()
    const { token } = (await (await one.api('POST', '/tokens', { name: `${name}-secret-token` })).json()) as { token: string }
    await feed(feedUrl)
    await service.quiet()
    const { marks, ids } = await knowThings(one)
    for (const mark of [one.email, `${name}-secret`, token, ...one.cookies.values(), simulated.platform(PLATFORM).runnerId(platformRunner)])
      marks.add(mark)
    for (const url of [oldFeedUrl, feedUrl]) marks.add(new URL(url).pathname.split('/').at(-1)!.replace('.ics', ''))
    return { ...one, marks, ids, feedUrl, oldFeedUrl, token }
  }

  /** What of Ana's stands in an answer, less what the asker has said. */
  function leaked(text: string, said: string): string[] {
    return [...ana.marks].filter((mark) => text.includes(mark) && !said.includes(mark))
  }

  /** Ben as he is; a new one when he has just erased himself or signed out. */
  async function benNow(): Promise<Visitor> {
    if ((await ben.api('GET', '/tokens')).status === 200) return ben
    ben = { ...ben, ...(await signUp('ben')) }
    return ben
  }

  beforeAll(async () => {
    port = await freePort()
    simulated = await startSimulated({
      platforms: [PLATFORM],
      runners: 3,
      historyWeeks: 0,
      today: clock,
      publicWebhookBase: `http://127.0.0.1:${port}`,
      processingMs: 1,
      retryMs: 5,
    })
    service = await startService(open, { now: clock, env: { ACCOUNTS: 'on', PORT: String(port), ...simulated.environment() } })
    description = readDescription((await service.json('/openapi.json')) as Record<string, unknown>)
    ana = await settle('ana', 38.72, 1)
    ben = await settle('ben', 41.15, 2)
    await service.quiet()
  })
  afterAll(async () => {
    await service?.stop()
    await simulated?.close()
  })

  describe('Two runners of one service', () => {
    test('each have things of every kind that another could reach for', async () => {
      const has = await everything(ana)
      for (const list of ['runs.json', 'uploads.json', 'sessions.json', 'connections.json', 'deliveries.json'] as const) {
        expect([list, (has[list] as unknown[]).length > 0]).toEqual([list, true])
      }
      expect(ana.ids.length).toBeGreaterThan(10)
      expect([...ana.marks].filter((mark) => ben.marks.has(mark))).toEqual([])
      expect(description.operations.length).toBeGreaterThan(25)
      expect(description.operations.filter(({ parameters }) => parameters.some(({ isId }) => isId)).length).toBeGreaterThan(10)
    })

    /** Each way to ask for one operation with ids of these. */
    function requestsOf(operation: Operation, ids: string[], own: string[]): { path: string; body: unknown; inPath: boolean }[] {
      const places = operation.parameters.filter((parameter) => parameter.in === 'path')
      let paths = [operation.path]
      for (const { name, isId } of places) {
        const values = isId
          ? places.length > 1
            ? [...ids.slice(0, 8), ...own.slice(0, 4)]
            : [...ids, ...(operation.body ? own.slice(0, 2) : [])]
          : [PLATFORM, 'garmin']
        paths = paths.flatMap((path) => values.map((value) => path.replace(`{${name}}`, value)))
      }
      const query = operation.parameters.filter((parameter) => parameter.in === 'query' && parameter.isId)
      if (query.length > 0)
        paths = paths.flatMap((path) => ids.map((id) => `${path}?${query.map(({ name }) => `${name}=${id}`).join('&')}`))
      return paths.flatMap((path) => {
        const inPath = ids.some((id) => path.includes(id))
        const some = operation.body && !inPath ? ids.slice(0, 6) : [ids[0]!]
        const bodies = some.flatMap((id) => {
          const [least, ...more] = bodiesOf(description, operation, id)
          // Without one of her ids in the address only a body that holds one could be about her.
          return [least, ...more.filter((body) => inPath || JSON.stringify(body).includes(id))]
        })
        const distinct = new Map(bodies.map((body) => [JSON.stringify(body), body]))
        return [...distinct.values()].map((body) => ({ path, body, inPath }))
      })
    }

    test('reach nothing of each other by any operation of the description', async () => {
      const before = await everything(ana)
      const reached: string[] = []
      const order = (operation: Operation) => Number(operation.method === 'DELETE' && operation.parameters.length === 0)
      let calls = 0
      for (const operation of description.operations.toSorted((a, b) => order(a) - order(b))) {
        const answers = new Set<number>()
        for (const { path, body, inPath } of requestsOf(operation, ana.ids, ben.ids)) {
          const asker = operation.method === 'GET' ? ben : await benNow()
          const init = operation.multipart
            ? { body: new FormData() }
            : body === undefined
              ? {}
              : { body: JSON.stringify(body), headers: JSON_BODY }
          const answer = await asker.request(path, { method: operation.method, ...init })
          const said = `${path} ${JSON.stringify(body)}`
          const text = Buffer.from(await answer.arrayBuffer()).toString('latin1')
          for (const mark of leaked(text, said)) reached.push(`${operation.method} ${said}: ${mark}`)
          if (inPath && answer.ok) reached.push(`${operation.method} ${said} was answered ${answer.status}`)
          if (answer.status >= 500) reached.push(`${operation.method} ${said} was answered ${answer.status}: ${text}`)
          answers.add(answer.status)
          calls++
        }
        const byId = operation.parameters.some((parameter) => parameter.in === 'path' && parameter.isId)
        if (byId && !answers.has(404)) reached.push(`${operation.method} ${operation.path} never came as far as looking: ${[...answers]}`)
      }
      await service.quiet()
      expect(reached).toEqual([])
      expect(calls).toBeGreaterThan(300)
      expect(await everything(ana)).toEqual(before)
      expect(
        simulated
          .platform(PLATFORM)
          .grants(1)
          .some(({ active }) => active),
      ).toBe(true)
    })

    test('reach nothing of each other by any page', async () => {
      const before = await everything(ana)
      const entriesBefore = simulated.platform(PLATFORM).calendar(1)
      const reached: string[] = []
      const seen = new Set<string>()
      let pages = 0
      for (const { method, path } of createApp(service).routes) {
        if (!['GET', 'POST'].includes(method) || /^\/(api|webhooks)\b|\*/.test(path) || seen.has(`${method} ${path}`)) continue
        seen.add(`${method} ${path}`)
        const names = [...path.matchAll(/:(\w+)(?:\{(?:[^{}]|\{[^{}]*\})*\})?/g)]
        const values = names.some(([, name]) => name === 'platform') ? [PLATFORM] : ana.ids
        for (const id of names.length > 0 ? values : [ana.ids[0]!]) {
          const asked = names.reduce((text, [part]) => text.replace(part, id), path)
          const form = new URLSearchParams({
            id,
            runId: id,
            sessionId: id,
            exerciseId: id,
            to: id,
            back: '/',
            localDate: '2026-09-24',
            localTime: '07:00',
          })
          for (const [name, value] of Object.entries({
            status: 'skipped',
            effort: 'hard',
            write: 'off',
            rpe: '5',
            name: 'x',
            pinned: 'no',
          }))
            form.append(name, value)
          const asker = method === 'POST' ? await benNow() : ben
          const answer = await asker.request(asked, {
            method,
            headers: { accept: 'text/html' },
            ...(method === 'POST' ? { body: form } : {}),
          })
          const text = Buffer.from(await answer.arrayBuffer()).toString('latin1')
          for (const mark of leaked(text, `${asked} ${form}`)) reached.push(`${method} ${asked}: ${mark}`)
          if (asked.includes(id) && UUID.test(id) && method === 'GET' && answer.ok)
            reached.push(`${method} ${asked} was answered ${answer.status}`)
          UUID.lastIndex = 0
          if (answer.status >= 500) reached.push(`${method} ${asked} was answered ${answer.status}`)
          pages++
        }
      }
      await service.quiet()
      expect(reached).toEqual([])
      expect(pages).toBeGreaterThan(100)
      expect(await everything(ana)).toEqual(before)
      expect(simulated.platform(PLATFORM).calendar(1)).toEqual(entriesBefore)
    })

    test('without signing in nothing is reached at all', async () => {
      const reached: string[] = []
      for (const operation of description.operations.filter((one) => !one.open)) {
        const platform = operation.path.replaceAll('{platform}', PLATFORM)
        for (const id of /\{/.test(platform) ? ana.ids : [ana.ids[0]!]) {
          const path = platform.replaceAll(/\{\w+\}/g, id)
          for (const body of bodiesOf(description, operation, id).slice(0, 2)) {
            for (const headers of [{}, { authorization: 'Bearer slt_wrong' }, { cookie: 'stridelift=wrong' }]) {
              const init = body === undefined ? { headers } : { body: JSON.stringify(body), headers: { ...JSON_BODY, ...headers } }
              const answer = await service.request(path, { method: operation.method, ...init })
              const text = await answer.text()
              const type = answer.headers.get('content-type')
              const refused = answer.status === 401 || (answer.status === 422 && body !== undefined)
              const signsOut = operation.method === 'DELETE' && operation.path.endsWith('/session')
              if (!signsOut && (!refused || type !== 'application/problem+json'))
                reached.push(`${operation.method} ${path} was answered ${answer.status} ${type}`)
              for (const mark of leaked(text, path + JSON.stringify(body))) reached.push(`${operation.method} ${path}: ${mark}`)
            }
          }
        }
      }
      expect(reached).toEqual([])
    })

    test('every page leads who is not signed in to the sign-in page', async () => {
      const open = /^\/(assets|sign-in|sign-up|sign-out|connect|calendar\/:file|docs|openapi\.json|healthz|readyz|metrics|favicon\.ico)/
      const wrong: string[] = []
      for (const { method, path } of createApp(service).routes) {
        if (!['GET', 'POST'].includes(method) || /^\/(api|webhooks)\b|\*/.test(path) || open.test(path)) continue
        const asked = path.replaceAll(/:(\w+)(?:\{(?:[^{}]|\{[^{}]*\})*\})?/g, (_, name) => (name === 'platform' ? PLATFORM : ana.ids[0]!))
        const init = method === 'POST' ? { method, body: new URLSearchParams({ sure: 'erase' }) } : {}
        const answer = await service.request(asked, init)
        if (answer.status !== 303 || !answer.headers.get('location')?.startsWith('/sign-in'))
          wrong.push(`${method} ${asked}: ${answer.status}`)
        const text = await answer.text()
        for (const mark of leaked(text, asked)) wrong.push(`${method} ${asked}: ${mark}`)
      }
      expect(wrong).toEqual([])
    })

    test('a calendar address that was renewed shows nothing any more; the new one shows only its own runner’s plan', async () => {
      const old = await feed(ana.oldFeedUrl)
      expect(old.status).toBe(404)
      expect(leaked(old.text, ana.oldFeedUrl)).toEqual([])
      const now = await feed(ana.feedUrl)
      expect(now.status).toBe(200)
      const { sessions } = (await (await ana.api('GET', '/plan')).json()) as { sessions: { id: string }[] }
      for (const { id } of sessions) expect(now.text).toContain(id)
      const others = await feed(ben.feedUrl)
      expect(leaked(others.text, '')).toEqual([])
    })

    test('a platform account that belongs to one runner cannot be taken by the other', async () => {
      const taken = await connect(await benNow(), 1)
      expect(taken.status).toBe(409)
      expect(textOf(await taken.text())).toContain('is connected to another runner here')
    })

    test('who connected a platform signs in by it; who did not is told what to do', async () => {
      const back = someone()
      const page = await (await back.request('/sign-in')).text()
      const way = new RegExp(`href="(/connect/${PLATFORM}[^"]*)"`).exec(page)![1]!
      expect((await connect(back, 1, way)).headers.get('location')).toBe('/')
      expect(await (await back.api('GET', '/export')).headers.get('content-type')).toBe('application/zip')
      const runs = (await (await back.api('GET', '/runs')).json()) as { runs: { id: string }[] }
      expect(runs.runs.length).toBeGreaterThan(0)
      expect(runs.runs.every(({ id }) => ana.marks.has(id))).toBe(true)
      const stranger = someone()
      const refused = await connect(stranger, 3, way)
      expect(refused.status).toBe(400)
      expect(textOf(await refused.text())).toContain('Nobody here uses this')
      expect((await stranger.api('GET', '/runner')).status).toBe(401)
    })
  })
})
