/** The calls to Polar AccessLink v3. @see ./readme.md */
import { randomUUID } from 'node:crypto'
import { PlatformError } from '../../errors.ts'
import { call, type Facts, parsed, retryAfterOf } from '../http.ts'
import type { AppContext, Limits, PlatformContext } from '../platform.ts'
import { Exercise, Exercises, type Webhook, Webhooks } from './schema.ts'

const V3 = 'https://www.polaraccesslink.com/v3'

const numbers = (value: string | null) => (value ?? '').split(',').map((part) => Number.parseInt(part.trim(), 10))

export const limits: Limits = {
  windows: [
    { name: '15min', seconds: 900, calls: 500, callsPerUser: 20, per: 'app', align: 'rolling', counts: ['read', 'write', 'file'] },
    { name: 'day', seconds: 86_400, calls: 5000, callsPerUser: 100, per: 'app', align: 'rolling', counts: ['read', 'write', 'file'] },
  ],
  /** Usage is what is spent; one number or two (15 minutes, day). */
  read(headers, status, now) {
    const limit = numbers(headers.get('ratelimit-limit'))
    const used = numbers(headers.get('ratelimit-usage'))
    const reset = numbers(headers.get('ratelimit-reset'))
    const windows = ['15min', 'day'].flatMap((name, index) => {
      const [most, spent] = [limit[index] ?? Number.NaN, used[index] ?? Number.NaN]
      return most > 0 && Number.isFinite(spent) ? [{ name, limit: most, used: spent }] : []
    })
    const full = windows.findIndex((window) => window.used >= window.limit)
    const wait = retryAfterOf(headers, now) ?? reset[full < 0 ? 0 : full]
    const seconds = status === 429 ? (Number.isFinite(wait) ? Number(wait) : 900) : undefined
    if (windows.length === 0 && seconds === undefined) return null
    return { windows, blockedUntil: seconds === undefined ? null : new Date(now.getTime() + Math.min(seconds, 86_400) * 1000) }
  },
}

const consents = 'needs consents that you have not given yet; give them at account.polar.com under Privacy, then press Connect again'

export const facts: Facts = {
  id: 'polar',
  label: 'Polar',
  hosts: [
    { host: 'www.polaraccesslink.com', use: 'api' },
    { host: 'flow.polar.com', use: 'oauth' },
    { host: 'polarremote.com', use: 'oauth' },
  ],
  limits,
  refusal: (status) => (status === 403 ? { remedy: 'give up', what: consents } : null),
}

/**
 * Registers the runner with our client, which Polar wants once. 409 means: registered already, or our name for them is
 * taken; asking for the user tells which.
 */
export async function register(ctx: PlatformContext, polarUserId: string): Promise<void> {
  for (let attempt = 0; attempt < 3; attempt++) {
    const json = { 'member-id': `stridelift-${randomUUID()}` }
    const answer = await call(ctx, facts, 'register the user', { method: 'POST', url: `${V3}/users`, json, as: 'token', also: [409] })
    if (answer.status === 200 || answer.status === 201) return
    if (answer.status === 204) throw new PlatformError('polar', 'give up', 'Polar does not know this user')
    if (await isRegistered(ctx, polarUserId)) return
  }
  throw new PlatformError('polar', 'retry', 'Polar did not register the user')
}

/** Whether the runner is registered with our client. */
export async function isRegistered(ctx: PlatformContext, polarUserId: string): Promise<boolean> {
  const url = `${V3}/users/${encodeURIComponent(polarUserId)}`
  const answer = await call(ctx, facts, 'look for the user', { url, as: 'token', also: [401, 404] })
  return answer.status === 200
}

/** Ends the registration and the token. */
export async function deregister(ctx: PlatformContext, polarUserId: string): Promise<void> {
  const url = `${V3}/users/${encodeURIComponent(polarUserId)}`
  await call(ctx, facts, 'disconnect', { method: 'DELETE', url, as: 'token', also: [401, 403, 404] })
}

/** Exercises of the last 30 days, those only that were uploaded after the registration. */
export async function listExercises(ctx: PlatformContext): Promise<Exercise[]> {
  const answer = await call(ctx, facts, 'list exercises', { url: `${V3}/exercises`, as: 'token', also: [404] })
  return answer.status === 200 ? parsed(facts, answer, Exercises, 'list exercises') : []
}

export async function getExercise(ctx: PlatformContext, id: string, samples: boolean): Promise<Exercise | null> {
  const query = samples ? { samples: true } : {}
  const answer = await call(ctx, facts, 'read an exercise', {
    url: `${V3}/exercises/${encodeURIComponent(id)}`,
    query,
    as: 'token',
    also: [404],
  })
  return answer.status === 200 ? parsed(facts, answer, Exercise, 'read an exercise') : null
}

export async function getFit(ctx: PlatformContext, id: string): Promise<Uint8Array | null> {
  const url = `${V3}/exercises/${encodeURIComponent(id)}/fit`
  const answer = await call(ctx, facts, 'read a file', {
    url,
    as: 'token',
    kind: 'file',
    accept: '*/*',
    also: [404, 410],
    timeoutSeconds: 60,
  })
  return answer.status === 200 && answer.bytes.length > 0 ? answer.bytes : null
}

// ── The webhook of the app: one for all users ───────────────────────────────────────────────────────────────────────

export async function getWebhooks(ctx: AppContext): Promise<Webhook[]> {
  const answer = await call(ctx, facts, 'read the webhook', { url: `${V3}/webhooks`, as: 'client', also: [204, 404] })
  return answer.status === 200 ? parsed(facts, answer, Webhooks, 'read the webhook') : []
}

/** Registers the webhook; Polar calls the address while this call is open. @returns null when there is one already */
export async function createWebhook(ctx: AppContext, url: string): Promise<{ id: string; key: string } | null> {
  const json = { events: ['EXERCISE'], url }
  const request = { method: 'POST', url: `${V3}/webhooks`, json, as: 'client', also: [400, 409] } as const
  const answer = await call(ctx, facts, 'register the webhook', request)
  if (answer.status === 409) return null
  if (answer.status === 400) {
    throw new PlatformError(
      'polar',
      'give up',
      'Polar could not reach the webhook address; PUBLIC_URL must be reachable from the internet over https',
    )
  }
  const [made] = parsed(facts, answer, Webhooks, 'register the webhook')
  if (!made?.signature_secret_key) throw new PlatformError('polar', 'retry', 'Polar registered the webhook without giving its key')
  return { id: made.id, key: made.signature_secret_key }
}

export async function moveWebhook(ctx: AppContext, id: string, address: string): Promise<void> {
  const json = { events: ['EXERCISE'], url: address }
  await call(ctx, facts, 'move the webhook', { method: 'PATCH', url: `${V3}/webhooks/${encodeURIComponent(id)}`, json, as: 'client' })
}

export async function deleteWebhook(ctx: AppContext, id: string): Promise<void> {
  await call(ctx, facts, 'delete the webhook', {
    method: 'DELETE',
    url: `${V3}/webhooks/${encodeURIComponent(id)}`,
    as: 'client',
    also: [404],
  })
}

export async function activateWebhook(ctx: AppContext): Promise<void> {
  await call(ctx, facts, 'switch the webhook on', { method: 'POST', url: `${V3}/webhooks/activate`, as: 'client' })
}
