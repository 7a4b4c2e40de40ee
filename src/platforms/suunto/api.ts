/** The calls to Suunto. @see ./readme.md */

import { z } from 'zod'
import { PlatformError } from '../../errors.ts'
import { type Answer, type Call, call, type Facts, jsonOf, noRateHeaders, parsed } from '../http.ts'
import type { Limits, PlatformContext } from '../platform.ts'
import { Envelope, type Guide, Guide as GuideSchema, Guides, type Workout, Workouts } from './schema.ts'

const API = 'https://cloudapi.suunto.com'

/** Numbers are not public; ten calls a second at most, and 429 is obeyed. */
export const limits: Limits = {
  windows: [{ name: 'minute', seconds: 60, calls: 600, per: 'app', align: 'rolling', counts: ['read', 'write', 'file', 'oauth'] }],
  read: noRateHeaders,
}

function messageOf(body: unknown): string {
  const message = typeof body === 'object' && body !== null && 'message' in body ? body.message : ''
  return typeof message === 'string' ? message : ''
}

export const facts: Facts = {
  id: 'suunto',
  label: 'Suunto',
  hosts: [
    { host: 'cloudapi.suunto.com', use: 'api' },
    { host: 'cloudapi-oauth.suunto.com', use: 'oauth' },
  ],
  limits,
  apiHeaders: (ctx): Record<string, string> =>
    ctx.settings.subscriptionKey ? { 'ocp-apim-subscription-key': ctx.settings.subscriptionKey } : {},
  refusal(status, body, headers) {
    const gateway = /subscription key/i.test(messageOf(body)) || /AzureApiManagementKey/i.test(headers.get('www-authenticate') ?? '')
    if (status === 401 && gateway) return { remedy: 'app refused', what: 'does not accept SUUNTO_SUBSCRIPTION_KEY' }
    // The gateway answers 403, and not 429, when the subscription's calls of a period are used up.
    if (status === 403 && /quota/i.test(messageOf(body)))
      return { remedy: 'retry', what: 'has given all the calls that our subscription has' }
    if (status === 403) return { remedy: 'reconnect', what: 'ended the connection (after a change of password, for example)' }
    return null
  },
}

/** @throws PlatformError when a 200 carries an error */
function refuseErrorInside(answer: Answer, what: string): void {
  const envelope = Envelope.safeParse(jsonOf(answer))
  const error = envelope.success ? envelope.data.error : null
  if (error === null || error === undefined || error === '') return
  throw new PlatformError('suunto', 'retry', `${what}: Suunto answered with an error inside`, { status: answer.status })
}

/** The payload of an envelope. @throws PlatformError when a 200 carries an error */
function payloadOf<T extends z.ZodType>(answer: Answer, schema: T, what: string): z.output<T> {
  refuseErrorInside(answer, what)
  const envelope = parsed(facts, answer, Envelope, what)
  const result = schema.safeParse(envelope.payload)
  if (!result.success)
    throw new PlatformError('suunto', 'give up', `${what}: the answer has another shape than expected`, { status: answer.status })
  return result.data
}

export async function listWorkouts(ctx: PlatformContext, since: number, until: number, offset: number): Promise<Workout[]> {
  const query = { since, until, limit: 100, offset, 'filter-by-modification-time': false }
  const answer = await call(ctx, facts, 'list workouts', { url: `${API}/v3/workouts`, query, as: 'token' })
  return payloadOf(answer, Workouts, 'list workouts')
}

export async function getWorkout(ctx: PlatformContext, key: string): Promise<Workout | null> {
  const answer = await call(ctx, facts, 'read a workout', {
    url: `${API}/v3/workouts/${encodeURIComponent(key)}`,
    as: 'token',
    also: [404],
  })
  return answer.status === 404 ? null : (payloadOf(answer, Workouts, 'read a workout').find(({ workoutKey }) => workoutKey === key) ?? null)
}

/** The answer to asking for the file, whatever it is: it may not be whole yet. */
export function getFit(ctx: PlatformContext, key: string): Promise<Answer> {
  const url = `${API}/v3/workouts/${encodeURIComponent(key)}/fit`
  return call(ctx, facts, 'read a file', {
    url,
    as: 'token',
    kind: 'file',
    accept: 'application/octet-stream',
    also: [404],
    timeoutSeconds: 60,
  })
}

export async function tokenLives(ctx: PlatformContext): Promise<boolean> {
  const now = ctx.now().getTime()
  const query = { since: now - 86_400_000, until: now, limit: 1, offset: 0 }
  try {
    await call(ctx, facts, 'check the grant', { url: `${API}/v3/workouts`, query, as: 'token' })
    return true
  } catch (error) {
    if (error instanceof PlatformError && error.remedy === 'reconnect') return false
    throw error
  }
}

export async function deauthorize(ctx: PlatformContext): Promise<void> {
  const query = { client_id: ctx.settings.clientId }
  await call(ctx, facts, 'disconnect', {
    url: 'https://cloudapi-oauth.suunto.com/oauth/deauthorize',
    query,
    as: 'token',
    kind: 'oauth',
    also: [401, 403, 404],
  })
}

// ── Guides ──────────────────────────────────────────────────────────────────────────────────────────────────────────

const zip = (body: Uint8Array): Pick<Call, 'bytes'> => ({ bytes: { type: 'application/zip', body } })

/** Our guides of this runner. */
export async function listGuides(ctx: PlatformContext): Promise<Guide[]> {
  const guides = new Map<string, Guide>()
  // A page may hold fewer than were asked for; the end is a page with nothing new.
  for (let asked = 0; asked < 40; asked++) {
    const query = { offset: guides.size, limit: 50 }
    const answer = await call(ctx, facts, 'list guides', { url: `${API}/v2/guides/items`, query, as: 'token' })
    const before = guides.size
    for (const guide of payloadOf(answer, Guides, 'list guides')) guides.set(guide.id, guide)
    if (guides.size === before) break
  }
  return [...guides.values()]
}

/** Creates a guide; `null` when one with our id is there already, or the answer does not tell which it is. */
export async function createGuide(ctx: PlatformContext, body: Uint8Array): Promise<Guide | null> {
  const request = { method: 'POST', url: `${API}/v2/guides/files`, as: 'token', also: [409], ...zip(body) } as const
  const answer = await call(ctx, facts, 'write a guide', request)
  if (answer.status === 409) return null
  refuseErrorInside(answer, 'write a guide')
  const made = z.object({ payload: GuideSchema }).safeParse(jsonOf(answer))
  return made.success ? made.data.payload : null
}

/** Replaces a guide's content. @returns false when it is gone */
export async function replaceGuide(ctx: PlatformContext, id: string, body: Uint8Array): Promise<boolean> {
  const url = `${API}/v2/guides/files/${encodeURIComponent(id)}`
  const answer = await call(ctx, facts, 'change a guide', { method: 'PUT', url, as: 'token', also: [404], ...zip(body) })
  if (answer.status === 404) return false
  refuseErrorInside(answer, 'change a guide')
  return true
}

export async function deleteGuide(ctx: PlatformContext, id: string): Promise<void> {
  const url = `${API}/v2/guides/files/${encodeURIComponent(id)}`
  const answer = await call(ctx, facts, 'delete a guide', { method: 'DELETE', url, as: 'token', also: [404] })
  if (answer.status !== 404) refuseErrorInside(answer, 'delete a guide')
}
