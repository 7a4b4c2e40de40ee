/** All simulated platforms on one address, each under its own path prefix. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { controlAction, controlPage } from './control-page.ts'
import { type Fault, meant } from './faults.ts'
import type { Implementation } from './implementation.ts'
import { Kit } from './kit.ts'
import { definitions } from './platforms/index.ts'
import {
  type Answer,
  type AppCredentials,
  type Exchange,
  type PlatformId,
  platformIds,
  type RecordedRequest,
  type Route,
  type Simulated,
  type SimulatedOptions,
  type SimulatedPlatform,
} from './types.ts'

export type { Simulated, SimulatedOptions, SimulatedPlatform } from './types.ts'

const environmentPrefix: Record<PlatformId, string> = {
  'intervals-icu': 'INTERVALS_ICU',
  garmin: 'GARMIN',
  strava: 'STRAVA',
  polar: 'POLAR',
  wahoo: 'WAHOO',
  suunto: 'SUUNTO',
  coros: 'COROS',
}
/** Platforms whose push address carries the secret, because the push itself does not. */
const secretInPath: readonly PlatformId[] = ['strava', 'garmin']
/** Platforms whose push address is registered by call, not on a page. */
const registersByCall: readonly PlatformId[] = ['strava', 'polar']
const BODY_LIMIT = 20 * 1024 * 1024

type Compiled = Route & { pattern: RegExp; names: string[] }
type Running = { kit: Kit; implementation: Implementation; routes: Compiled[]; platform: SimulatedPlatform }
type Result = Answer | 'drop'

function compile(route: Route): Compiled {
  const names: string[] = []
  const source = route.path.replace(/[.$()+]/g, '\\$&').replace(/:(\w+)(\*?)/g, (_, name: string, rest: string) => {
    names.push(name)
    return rest ? '(.+)' : '([^/]+)'
  })
  return { ...route, names, pattern: new RegExp(`^${source}$`) }
}

async function dispatch(running: Running, exchange: Exchange, route: Compiled | null): Promise<Answer> {
  const { implementation } = running
  if (route?.browser) return route.handle(exchange)
  const answer = implementation.guard?.(exchange) ?? (route ? await route.handle(exchange) : refuseUnknown(running, exchange))
  return implementation.finish?.(exchange, answer) ?? answer
}

function refuseUnknown({ kit, implementation }: Running, exchange: Exchange): Answer {
  kit.violate(exchange, `there is no ${exchange.method} ${exchange.path} on this platform`)
  return implementation.notFound(exchange)
}

function garble(answer: Answer): Answer {
  const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body ?? {})
  return {
    ...answer,
    headers: { 'content-type': 'application/json', ...answer.headers },
    body: `${text.slice(0, Math.max(1, text.length / 2))}�`,
  }
}

async function answerWithFaults(running: Running, exchange: Exchange, route: Compiled | null, fault: Fault | null): Promise<Result> {
  if (!fault) return dispatch(running, exchange, route)
  if (fault.kind === 'dropBefore') return 'drop'
  if (fault.kind === 'dropAfter') {
    await dispatch(running, exchange, route)
    return 'drop'
  }
  if (fault.kind === 'status') {
    if (fault.afterEffect) await dispatch(running, exchange, route)
    return { status: fault.status ?? 503, headers: fault.headers, body: fault.body ?? '' }
  }
  if (fault.kind === 'garbled') return garble(await dispatch(running, exchange, route))
  await new Promise((resolve) => setTimeout(resolve, fault.ms ?? 1000))
  return dispatch(running, exchange, route)
}

async function handle(running: Running, exchange: Exchange): Promise<Result> {
  const { kit } = running
  const fitting = running.routes.filter((route) => route.pattern.test(exchange.path))
  const route = fitting.find((candidate) => candidate.method === exchange.method) ?? null
  if (route) {
    const values = route.pattern.exec(exchange.path)!.slice(1)
    exchange.params = Object.fromEntries(route.names.map((name, index) => [name, decodeURIComponent(values[index]!)]))
  }
  const record = recordOf(kit, exchange, route?.browser === true)
  kit.requests.push(record)
  const fault = route?.browser ? null : kit.faults.take((candidate) => meant(candidate, exchange, kit.now()))
  record.fault = fault?.kind ?? null
  const result = await answerWithFaults(running, exchange, route, fault)
  record.status = result === 'drop' ? null : result.status
  return result
}

function recordOf(kit: Kit, exchange: Exchange, browser: boolean): RecordedRequest {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(exchange.headers)) {
    if (value === undefined || /cookie|subscription-key|^secret$/.test(name)) continue
    headers[name] = name === 'authorization' ? value.split(' ')[0]! : value
  }
  const type = exchange.headers['content-type'] ?? ''
  const isText = /json|urlencoded|text|xml/.test(type)
  return {
    at: kit.now(),
    tickMs: performance.now(),
    by: browser ? 'browser' : 'service',
    method: exchange.method,
    path: exchange.path,
    query: kit.redact(exchange.query.toString()),
    headers,
    body: isText ? kit.redact(new TextDecoder().decode(exchange.body)) : exchange.body.length > 0 ? `${exchange.body.length} bytes` : '',
    status: null,
    fault: null,
  }
}

function mostInWindow(ticks: readonly number[], windowMs: number): number {
  let most = 0
  let from = 0
  for (let to = 0; to < ticks.length; to++) {
    while (ticks[to]! - ticks[from]! >= windowMs) from++
    most = Math.max(most, to - from + 1)
  }
  return most
}

function platformOf(kit: Kit, implementation: Implementation): SimulatedPlatform {
  const found = (externalId: string) => {
    const activity = kit.find(externalId)
    if (!activity) throw new Error(`simulated ${kit.id} has no activity ${externalId}`)
    activity.updatedAt = kit.now()
    return activity
  }
  const byService = () => kit.requests.filter((request) => request.by === 'service')
  return {
    id: kit.id,
    label: kit.label,
    url: kit.url,
    app: kit.app,
    requests: kit.requests,
    violations: kit.violations,
    deliveries: kit.sender.deliveries,
    setWebhook: (target) => {
      kit.sender.target = target
    },
    webhook: () => kit.sender.target,
    runnerId: (runner = 1) => kit.options.runnerId(runner),
    activities: (runner = 1) => kit.list(runner),
    addRun: (input = {}) => {
      const activity = kit.addRun(input)
      if (input.webhook !== false) implementation.created(activity)
      return activity
    },
    addStrength: (input) => {
      const activity = kit.addStrength(input)
      if (input.webhook !== false) implementation.created(activity)
      return activity
    },
    editRun: (externalId, change) => {
      const activity = Object.assign(found(externalId), change)
      implementation.updated(activity, change.title !== undefined ? 'title' : 'data')
    },
    deleteRun: (externalId) => {
      const activity = found(externalId)
      activity.deleted = true
      implementation.deleted(activity)
    },
    setPrivate: (externalId, value) => {
      const activity = found(externalId)
      activity.private = value
      implementation.updated(activity, 'private')
    },
    deauthorise: (runner = 1) => {
      kit.authority.end((grant) => grant.runner === runner)
      implementation.deauthorised(runner)
    },
    expireTokens: () => {
      for (const token of kit.authority.tokens) if (token.kind === 'access') token.expiresAt = new Date(0)
    },
    setScopes: (scopes, runner = 1) => {
      const grant = kit.authority.activeGrant(runner)
      if (!grant) throw new Error(`simulated ${kit.id} is not connected`)
      grant.scopes = [...scopes]
      implementation.rescoped?.(runner, grant.scopes)
    },
    variant: (name, on = true) => {
      if (!implementation.variants?.includes(name)) throw new Error(`simulated ${kit.id} knows no variant ${name}`)
      if (on) kit.variants.add(name)
      else kit.variants.delete(name)
    },
    grants: (runner = 1) =>
      kit.authority.grants.filter((grant) => grant.runner === runner).map(({ scopes, active }) => ({ scopes: [...scopes], active })),
    calendar: (runner = 1) => implementation.calendar(runner),
    leftovers: (runner = 1) => implementation.leftovers?.(runner) ?? [],
    removeEntry: implementation.removeEntry,
    moveEntry: implementation.moveEntry,
    fault: (fault) => kit.faults.add(fault),
    webhookFault: (fault) => kit.sender.faults.add(fault),
    clearFaults: () => {
      kit.faults.clear()
      kit.sender.faults.clear()
    },
    maxRate: (windowSeconds) =>
      mostInWindow(
        byService().map((request) => request.tickMs),
        windowSeconds * 1000,
      ),
    writes: () =>
      byService().filter((request) => !['GET', 'HEAD'].includes(request.method) && !implementation.housekeeping.test(request.path)),
    settle: () => kit.sender.settle(),
    consent,
  }
}

const consent: SimulatedPlatform['consent'] = async (authorizeUrl, answer = {}) => {
  const opened = await fetch(authorizeUrl, { redirect: 'manual' })
  const text = await opened.text()
  const action = /<form method="post" action="([^"]+)"/.exec(text)?.[1]
  const id = /name="id" value="([^"]+)"/.exec(text)?.[1]
  if (!action || !id) throw new Error(`no consent page, but ${opened.status}: ${text.slice(0, 300)}`)
  const form = new URLSearchParams({ id, runner: String(answer.runner ?? 1), decision: answer.allow === false ? 'refuse' : 'allow' })
  const checked = [...text.matchAll(/<input type="(checkbox|hidden)" name="scope" value="([^"]+)"( checked)?/g)]
  for (const [, type, scope, on] of checked)
    if (answer.scopes ? answer.scopes.includes(scope!) : type === 'hidden' || on) form.append('scope', scope!)
  const decided = await fetch(action, { method: 'POST', body: form, redirect: 'manual' })
  const location = decided.headers.get('location')
  if (!location) throw new Error(`the consent page answered ${decided.status}`)
  return location
}

async function bodyOf(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > BODY_LIMIT) throw new Error('the body is too large')
    chunks.push(chunk)
  }
  return new Uint8Array(Buffer.concat(chunks))
}

function write(response: ServerResponse, answer: Answer): void {
  const { status, body } = answer
  const headers: Record<string, string> = { ...answer.headers }
  let bytes: Uint8Array | string = ''
  if (body instanceof Uint8Array || typeof body === 'string') bytes = body
  else if (body !== null && body !== undefined) {
    bytes = JSON.stringify(body)
    headers['content-type'] ??= 'application/json;charset=UTF-8'
  }
  response.writeHead(status, headers)
  response.end(bytes)
}

function credentialsOf(id: PlatformId, options: SimulatedOptions): AppCredentials {
  const standard = definitions[id].credentials
  return {
    clientId: standard.clientId,
    clientSecret: `simulated-${id}-secret`,
    webhookSecret: standard.webhookSecret,
    subscriptionKey: standard.subscriptionKey ?? null,
    apiKey: standard.apiKey ?? null,
    appName: 'Stridelift',
    ...options.credentials?.[id],
  }
}

function start(id: PlatformId, origin: string, options: SimulatedOptions): Running {
  const definition = definitions[id]
  const kit = new Kit({
    id,
    app: credentialsOf(id, options),
    url: `${origin}/${id}`,
    now: options.today ?? (() => new Date()),
    seed: options.seed ?? 1,
    timeZone: options.timeZone ?? 'Europe/Lisbon',
    historyWeeks: options.historyWeeks ?? 0,
    runners: options.runners ?? 1,
    retryMs: options.retryMs ?? 200,
    processingMs: options.processingMs ?? 20,
    tier: options.tier ?? 'production',
    publicWebhookBase: options.publicWebhookBase?.replace(/\/+$/, '') ?? null,
    ...definition.options,
  })
  const implementation = definition.make(kit)
  const base = kit.options.publicWebhookBase
  if (base !== null && !registersByCall.includes(id))
    kit.sender.target = { url: `${base}/webhooks/${id}${secretInPath.includes(id) ? `/${kit.app.webhookSecret}` : ''}` }
  return { kit, implementation, routes: implementation.routes.map(compile), platform: platformOf(kit, implementation) }
}

/**
 * Starts the simulated platforms on loopback. `port` 0 or unset takes a free one.
 * @param options.publicWebhookBase set: redirect addresses must be the service's own, and pushes go there without further set-up
 */
export async function startSimulated(options: SimulatedOptions = {}): Promise<Simulated> {
  const ids = options.platforms ?? platformIds
  const running = new Map<PlatformId, Running>()
  const host = options.host ?? '127.0.0.1'
  const server = createServer((request, response) => {
    serve(request, response).catch(() => {
      if (!response.headersSent) write(response, { status: 500, body: 'The simulator failed.' })
    })
  })

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://simulated')
    const prefix = url.pathname.split('/')[1] ?? ''
    const target = running.get(prefix as PlatformId)
    const body = await bodyOf(request)
    if (!target) {
      const platforms = [...running.values()].map((one) => ({ platform: one.platform, kit: one.kit }))
      if (request.method === 'GET' && url.pathname === '/')
        return write(response, {
          status: 200,
          headers: { 'content-type': 'text/html; charset=utf-8' },
          body: controlPage(platforms, options),
        })
      if (request.method === 'POST' && url.pathname.startsWith('/control/')) {
        const location = await controlAction(platforms, url.pathname, new URLSearchParams(new TextDecoder().decode(body)))
        return write(response, { status: 303, headers: { location } })
      }
      return write(response, { status: 404, body: `No simulated platform is called ${prefix}.` })
    }
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
    )
    const path = url.pathname.slice(prefix.length + 1) || '/'
    const exchange: Exchange = { method: request.method ?? 'GET', path, query: url.searchParams, headers, body, params: {} }
    const result = await handle(target, exchange)
    if (result === 'drop') response.destroy()
    else write(response, result)
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, host, resolve)
  })
  const { port } = server.address() as AddressInfo
  const origin = `http://${host}:${port}`
  for (const id of ids) running.set(id, start(id, origin, options))
  return {
    url: origin,
    port,
    ids,
    platform: (id) => {
      const found = running.get(id)
      if (!found) throw new Error(`the simulated ${id} was not started`)
      return found.platform
    },
    environment: () => environmentOf([...running.values()].map((one) => one.kit)),
    close: async () => {
      for (const { kit } of running.values()) kit.sender.stop()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function environmentOf(kits: readonly Kit[]): Record<string, string> {
  const environment: Record<string, string> = {}
  for (const { id, app, url } of kits) {
    const prefix = environmentPrefix[id]
    environment[`${prefix}_CLIENT_ID`] = app.clientId
    environment[`${prefix}_CLIENT_SECRET`] = app.clientSecret
    if (app.webhookSecret) environment[`${prefix}_WEBHOOK_SECRET`] = app.webhookSecret
    if (app.subscriptionKey) environment[`${prefix}_SUBSCRIPTION_KEY`] = app.subscriptionKey
    environment[`${prefix}_URL`] = url
  }
  return environment
}
