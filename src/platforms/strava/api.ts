/** The calls to Strava; nothing is ever written there but our own webhook. @see ./readme.md */
import type { z } from 'zod'
import { call, type Facts, parsed, retryAfterOf } from '../http.ts'
import type { AppContext, Limits, PlatformContext, Refusal } from '../platform.ts'
import { Activities, Activity, Athlete, Laps, PushSubscription, PushSubscriptions, Streams, Trouble } from './schema.ts'

export const API = 'https://www.strava.com/api/v3'

const pair = (value: string | null) => (value ?? '').split(',').map((part) => Number.parseInt(part.trim(), 10))

/** Seconds to the next quarter of an hour, or to midnight UTC when the day is spent, and a little more. */
function waitOf(dayIsSpent: boolean, now: Date): number {
  const length = dayIsSpent ? 86_400 : 900
  return length - (Math.floor(now.getTime() / 1000) % length) + 5
}

export const limits: Limits = {
  windows: [
    { name: 'read 15min', seconds: 900, calls: 100, per: 'app', align: 'clock', counts: ['read'] },
    { name: 'read day', seconds: 86_400, calls: 1000, per: 'app', align: 'clock', counts: ['read'] },
    { name: '15min', seconds: 900, calls: 200, per: 'app', align: 'clock', counts: ['read', 'write'] },
    { name: 'day', seconds: 86_400, calls: 2000, per: 'app', align: 'clock', counts: ['read', 'write'] },
  ],
  read(headers, status, now) {
    const windows = [
      ['x-readratelimit', 'read '],
      ['x-ratelimit', ''],
    ].flatMap(([header, prefix]) => {
      const limit = pair(headers.get(`${header}-limit`))
      const used = pair(headers.get(`${header}-usage`))
      return ['15min', 'day'].flatMap((name, index) => {
        const [most, spent] = [limit[index] ?? Number.NaN, used[index] ?? Number.NaN]
        return most > 0 && Number.isFinite(spent) ? [{ name: `${prefix}${name}`, limit: most, used: spent }] : []
      })
    })
    const spentDay = windows.some(({ name, limit, used }) => name.endsWith('day') && used >= limit)
    const seconds = status === 429 ? (retryAfterOf(headers, now) ?? waitOf(spentDay, now)) : undefined
    if (windows.length === 0 && seconds === undefined) return null
    return { windows, blockedUntil: seconds === undefined ? null : new Date(now.getTime() + seconds * 1000) }
  },
}

/** What the codes in an error body say, where they say more than the status. */
export function refusalOf(status: number, body: unknown): Refusal | null {
  const trouble = Trouble.safeParse(body)
  const [first] = (trouble.success ? trouble.data.errors : null) ?? []
  const code = first?.code?.toLowerCase() ?? ''
  const resource = first?.resource?.toLowerCase() ?? ''
  if (status === 403 && resource === 'application')
    return { remedy: 'app refused', what: 'has switched the app off (a lapsed subscription or tier, for example)' }
  if (status === 400 && resource === 'application') return { remedy: 'app refused', what: 'does not accept our client id and secret' }
  if (status === 403 && /limit of connected athletes/i.test((trouble.success && trouble.data.message) || '')) {
    return { remedy: 'app refused', what: 'lets no further athletes connect; the tier of the app is full' }
  }
  if (/read_permission|write_permission/.test(code))
    return { remedy: 'give up', what: 'was not given this right by you; connect again and leave the boxes ticked' }
  return null
}

export const facts: Facts = {
  id: 'strava',
  label: 'Strava',
  hosts: [{ host: 'www.strava.com', use: 'api' }],
  limits,
  refusal: (status, body) => refusalOf(status, body),
}

export async function listActivities(ctx: PlatformContext, after: number, before: number, page: number): Promise<Activity[]> {
  const query = { after, before, page, per_page: 200 }
  const answer = await call(ctx, facts, 'list activities', { url: `${API}/athlete/activities`, query, as: 'token' })
  return parsed(facts, answer, Activities, 'list activities')
}

export async function getActivity(ctx: PlatformContext, id: string): Promise<Activity | null> {
  const url = `${API}/activities/${encodeURIComponent(id)}`
  const answer = await call(ctx, facts, 'read an activity', { url, query: { include_all_efforts: false }, as: 'token', also: [404] })
  return answer.status === 404 ? null : parsed(facts, answer, Activity, 'read an activity')
}

/** Samples; `null` for an activity without any. */
export async function getStreams(ctx: PlatformContext, id: string): Promise<Streams | null> {
  const url = `${API}/activities/${encodeURIComponent(id)}/streams`
  const query = { keys: 'time,distance,heartrate,velocity_smooth,cadence,altitude', key_by_type: true }
  const answer = await call(ctx, facts, 'read samples', { url, query, as: 'token', also: [404] })
  return answer.status === 404 ? null : parsed(facts, answer, Streams, 'read samples')
}

export async function getLaps(ctx: PlatformContext, id: string): Promise<Laps> {
  const url = `${API}/activities/${encodeURIComponent(id)}/laps`
  const answer = await call(ctx, facts, 'read laps', { url, as: 'token', also: [404] })
  return answer.status === 404 ? [] : parsed(facts, answer, Laps, 'read laps')
}

export async function tokenLives(ctx: PlatformContext): Promise<boolean> {
  const answer = await call(ctx, facts, 'check the grant', { url: `${API}/athlete`, as: 'token', also: [401] })
  return answer.status !== 401
}

export async function athleteId(ctx: PlatformContext): Promise<string> {
  const answer = await call(ctx, facts, 'read the athlete', { url: `${API}/athlete`, as: 'token' })
  return parsed(facts, answer, Athlete, 'read the athlete').id
}

/** Ends the grant: by the address of today, or where that does not take the call by the former one with the runner's token. */
export async function revoke(ctx: PlatformContext): Promise<void> {
  const form = { token: ctx.tokens?.access ?? '', token_type_hint: 'access_token' }
  const request = {
    method: 'POST',
    url: 'https://www.strava.com/oauth/revoke',
    form,
    as: 'client',
    kind: 'oauth',
    also: [400, 401, 404, 405],
  } as const
  if ((await call(ctx, facts, 'disconnect', request)).status < 300) return
  const former = { method: 'POST', url: 'https://www.strava.com/oauth/deauthorize', as: 'token', kind: 'oauth', also: [401, 404] } as const
  await call(ctx, facts, 'disconnect', former)
}

const secrets = (ctx: AppContext) => ({ client_id: ctx.settings.clientId ?? '', client_secret: ctx.settings.clientSecret ?? '' })

export async function listSubscriptions(ctx: AppContext): Promise<z.output<typeof PushSubscriptions>> {
  const answer = await call(ctx, facts, 'read the webhook', { url: `${API}/push_subscriptions`, query: secrets(ctx), as: 'nobody' })
  return parsed(facts, answer, PushSubscriptions, 'read the webhook')
}

/** Registers the webhook; Strava asks the address for its handshake while this call is open. */
export async function subscribe(ctx: AppContext, callbackUrl: string, verifyToken: string): Promise<string> {
  const form = { ...secrets(ctx), callback_url: callbackUrl, verify_token: verifyToken }
  const answer = await call(ctx, facts, 'register the webhook', { method: 'POST', url: `${API}/push_subscriptions`, form, as: 'nobody' })
  return parsed(facts, answer, PushSubscription, 'register the webhook').id
}

export async function unsubscribe(ctx: AppContext, id: string): Promise<void> {
  const url = `${API}/push_subscriptions/${encodeURIComponent(id)}`
  await call(ctx, facts, 'delete the webhook', { method: 'DELETE', url, query: secrets(ctx), as: 'nobody', also: [404] })
}
