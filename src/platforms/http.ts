/** The one way to call a platform: own hosts only, timeout, size limit, parsed answers, status -> remedy, allowance. */
import type { z } from 'zod'
import { PlatformError, type Remedy } from '../errors.ts'
import { mapped, ownHost, redirected } from './hosts.ts'
import { parseJson } from './json.ts'
import type { AppContext, Host, Limits, PlatformContext, PlatformId, Refusal, Spend } from './platform.ts'

export const userAgent = 'Stridelift/0.1 (+strength training that follows running)'

/** What the caller of a platform must know of it. */
export type Facts = {
  id: PlatformId
  label: string
  hosts: readonly Host[]
  limits: Limits
  /** Reads the platform's own error answers; `null` leaves it to the status. */
  refusal?: (status: number, body: unknown, headers: Headers) => Refusal | null
  /** Headers that every call of an `api` host carries beside the token. */
  apiHeaders?: (ctx: AppContext) => Record<string, string>
}

export type Call = {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** The platform's real address; `P_URL` is applied here. */
  url: string
  query?: Record<string, string | number | boolean | null | undefined>
  json?: unknown
  form?: Record<string, string> | readonly (readonly [string, string])[]
  bytes?: { type: string; body: Uint8Array }
  accept?: string
  headers?: Record<string, string>
  /** `token`: the runner's. `client`: id and secret of the app. */
  as: 'token' | 'client' | 'nobody'
  kind?: Spend['kind']
  /** Statuses beside 2xx that are answers and no errors. */
  also?: readonly number[]
  timeoutSeconds?: number
  maxBytes?: number
}

/** An answer that was read to its end. */
export type Answer = { status: number; headers: Headers; bytes: Uint8Array; contentType: string }

const REDIRECTS = new Set([301, 302, 303, 307, 308])
const megabyte = 1 << 20

/** Bytes of an answer, up to a limit. @throws RangeError beyond it */
async function bytesOf(response: Response, limit: number): Promise<Uint8Array> {
  const declared = Number(response.headers.get('content-length') ?? 0)
  if (declared > limit) {
    await response.body?.cancel()
    throw new RangeError('too large')
  }
  const parts: Uint8Array[] = []
  let length = 0
  if (response.body) {
    for await (const part of response.body) {
      length += part.length
      if (length > limit) throw new RangeError('too large')
      parts.push(part)
    }
  }
  return new Uint8Array(Buffer.concat(parts))
}

/** Seconds of a Retry-After header (seconds or a date), RFC 9110 section 10.2.3. */
export function retryAfterOf(headers: Headers, now: Date): number | undefined {
  const value = headers.get('retry-after')?.trim()
  if (!value) return undefined
  const seconds = /^\d+(\.\d+)?$/.test(value) ? Number(value) : (Date.parse(value) - now.getTime()) / 1000
  return Number.isFinite(seconds) ? Math.max(0, Math.ceil(seconds)) : undefined
}

/** The remedy that a status usually means. */
export function usualRemedy(status: number): Remedy {
  if (status === 401) return 'reconnect'
  if (status === 408 || status === 425 || status === 429 || status >= 500) return 'retry'
  return 'give up'
}

const words: Partial<Record<number, string>> = {
  400: 'did not accept the request',
  401: 'does not accept the token or the credentials',
  403: 'does not allow this',
  404: 'does not know this',
  409: 'sees a conflict',
  410: 'no longer has this',
  413: 'finds the request too large',
  422: 'did not accept the content',
  429: 'asks us to slow down',
}

/** JSON of an answer's bytes, or `undefined` when it is none. */
export function jsonOf(answer: Pick<Answer, 'bytes'>): unknown {
  try {
    return parseJson(new TextDecoder().decode(answer.bytes))
  } catch {
    return undefined
  }
}

/** The answer's JSON as this schema has it. @throws PlatformError `give up` when it is something else */
export function parsed<T extends z.ZodType>(facts: Pick<Facts, 'id'>, answer: Answer, schema: T, what: string): z.output<T> {
  const json = jsonOf(answer)
  if (json === undefined) throw new PlatformError(facts.id, 'retry', `${what}: the answer was no JSON`, { status: answer.status })
  const result = schema.safeParse(json)
  if (!result.success) {
    const fields = result.error.issues.map((issue) => issue.path.join('.') || 'the whole').slice(0, 3)
    throw new PlatformError(facts.id, 'give up', `${what}: the answer has another shape than expected (${fields.join(', ')})`, {
      status: answer.status,
    })
  }
  return result.data
}

/** Takes what could be a secret, an address or a person out of a platform's own error sentence and shortens it. */
export function harmless(text: string): string {
  return text
    .replace(/https?:\/\/\S+/gi, '[address]')
    .replace(/[\w.+-]+@[\w-]+\.\w+/g, '[mail]')
    .replace(/[\w~+/=-]{20,}/g, '[hidden]')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 140)
}

function bodyOf(call: Call): { body?: string | Uint8Array<ArrayBuffer>; type?: string } {
  if (call.json !== undefined) return { body: JSON.stringify(call.json), type: 'application/json' }
  if (call.form) {
    const pairs = Array.isArray(call.form) ? call.form : Object.entries(call.form)
    return { body: new URLSearchParams(pairs as [string, string][]).toString(), type: 'application/x-www-form-urlencoded' }
  }
  if (call.bytes) return { body: new Uint8Array(call.bytes.body), type: call.bytes.type }
  return {}
}

function credentials(ctx: AppContext | PlatformContext, call: Call): string | null {
  if (call.as === 'token') {
    const tokens = 'tokens' in ctx ? ctx.tokens : null
    if (tokens) return `Bearer ${tokens.access.replace(/^Bearer\s+/i, '')}`
    return ctx.settings.apiKey ? `Basic ${Buffer.from(`API_KEY:${ctx.settings.apiKey}`).toString('base64')}` : null
  }
  if (call.as === 'client') {
    const pair = `${ctx.settings.clientId ?? ''}:${ctx.settings.clientSecret ?? ''}`
    return `Basic ${Buffer.from(pair).toString('base64')}`
  }
  return null
}

function withQuery(call: Call): string {
  const url = new URL(call.url)
  for (const [name, value] of Object.entries(call.query ?? {})) {
    if (value !== null && value !== undefined) url.searchParams.append(name, String(value))
  }
  return url.href
}

async function send(ctx: AppContext, facts: Facts, call: Call, headers: Record<string, string>, authorization: string | null) {
  const { body, type } = bodyOf(call)
  if (type) headers['content-type'] = type
  let at = mapped(facts, ctx.settings, withQuery(call))
  const signal = AbortSignal.timeout((call.timeoutSeconds ?? 30) * 1000)
  for (let hop = 0; ; hop++) {
    const sent = { ...headers }
    if (at.host.use !== 'file') {
      if (authorization) sent.authorization = authorization
      if (at.host.use === 'api') Object.assign(sent, facts.apiHeaders?.(ctx))
    }
    const response = await ctx.fetch(at.url, { method: call.method ?? 'GET', headers: sent, body, redirect: 'manual', signal })
    if (!REDIRECTS.has(response.status)) return response
    await response.body?.cancel()
    const next = redirected(facts, ctx.settings, at, response.headers.get('location') ?? '')
    if (!next || hop >= 3 || (call.method ?? 'GET') !== 'GET') {
      throw new PlatformError(facts.id, 'give up', 'an answer led to an address that is not asked', { status: response.status })
    }
    at = next
  }
}

/** What the answer says went wrong, as an error. */
function errorOf(ctx: AppContext | PlatformContext, facts: Facts, answer: Answer, what: string, as: Call['as']): PlatformError {
  const own = facts.refusal?.(answer.status, jsonOf(answer), answer.headers) ?? null
  const ofTheApp = as === 'client' || !('userKey' in ctx)
  const remedy = own?.remedy ?? (ofTheApp && answer.status === 401 ? 'app refused' : usualRemedy(answer.status))
  const told = own?.what ?? words[answer.status] ?? (answer.status >= 500 ? 'has trouble' : 'refused')
  const retryAfterSeconds = own?.retryAfterSeconds ?? retryAfterOf(answer.headers, ctx.now())
  return new PlatformError(facts.id, remedy, `${facts.label} ${told} (${what}, status ${answer.status})`, {
    status: answer.status,
    retryAfterSeconds,
  })
}

/**
 * Makes one request and reads its answer to the end. `what` names the call in errors and never holds a secret.
 * @throws PlatformError with the remedy that the status or the platform's own words ask for
 */
export async function call(ctx: AppContext | PlatformContext, facts: Facts, what: string, request: Call): Promise<Answer> {
  const kind = request.kind ?? ((request.method ?? 'GET') === 'GET' ? 'read' : 'write')
  await ctx.spend({ platform: facts.id, kind, calls: 1, userKey: 'userKey' in ctx ? ctx.userKey : null })
  const headers: Record<string, string> = { 'user-agent': userAgent, accept: request.accept ?? 'application/json', ...request.headers }
  let answer: Answer
  try {
    const response = await send(ctx, facts, request, headers, credentials(ctx, request))
    const bytes = await bytesOf(response, request.maxBytes ?? 32 * megabyte)
    answer = { status: response.status, headers: response.headers, bytes, contentType: response.headers.get('content-type') ?? '' }
  } catch (error) {
    if (error instanceof PlatformError) throw error
    if (error instanceof RangeError) throw new PlatformError(facts.id, 'give up', `${what}: the answer is larger than we take`)
    const late = error instanceof Error && error.name === 'TimeoutError'
    throw new PlatformError(facts.id, 'retry', `${facts.label} ${late ? 'did not answer in time' : 'could not be reached'} (${what})`)
  }
  const report = facts.limits.read(answer.headers, answer.status, ctx.now())
  if (report) await ctx.report(facts.id, report)
  const fine = answer.status >= 200 && answer.status < 300
  if (fine || request.also?.includes(answer.status)) return answer
  throw errorOf(ctx, facts, answer, what, request.as)
}

/** Limits of a platform whose headers tell nothing but Retry-After. */
export function noRateHeaders(headers: Headers, status: number, now: Date) {
  if (status !== 429) return null
  const seconds = retryAfterOf(headers, now)
  return seconds === undefined ? null : { windows: [], blockedUntil: new Date(now.getTime() + seconds * 1000) }
}

/**
 * The file behind an address that carries its own right to be read; `null` when the address no longer leads to it, or leads
 * to a host that is not the platform's and so is not asked.
 */
export async function openFile(ctx: PlatformContext, facts: Facts, address: string, megabytes: number): Promise<Uint8Array | null> {
  if (!ownHost(facts, address)) {
    ctx.log.warn('the address of a file lies outside the hosts of its platform', { platform: facts.id })
    return null
  }
  const limits = { maxBytes: megabytes * megabyte, timeoutSeconds: 60 }
  try {
    const request = { url: address, as: 'nobody', kind: 'file', accept: '*/*', also: [401, 403, 404, 410], ...limits } as const
    const answer = await call(ctx, facts, 'read a file', request)
    return answer.status < 300 && answer.bytes.length > 0 ? answer.bytes : null
  } catch (error) {
    // It led elsewhere, is too large, or is refused for good: as good as none.
    if (!(error instanceof PlatformError) || error.remedy !== 'give up') throw error
    ctx.log.warn('a file could not be had', { platform: facts.id, why: error.message })
    return null
  }
}
