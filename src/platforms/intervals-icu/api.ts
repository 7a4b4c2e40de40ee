/** The calls to intervals.icu. @see ./readme.md */
import { addDays } from '../../core/days.ts'
import { PlatformError } from '../../errors.ts'
import { type Answer, call, type Facts, parsed, retryAfterOf } from '../http.ts'
import { jsonNumber } from '../json.ts'
import type { AppContext, Limits, PlatformContext } from '../platform.ts'
import type { toEvent } from './map.ts'
import { Activities, Activity, Athlete, type Event, Events, Streams } from './schema.ts'

type NewEvent = ReturnType<typeof toEvent>

const BASE = 'https://intervals.icu/api/v1'

const pair = (value: string | null) => (value ?? '').split(',').map((part) => Number(part.trim()))

export const limits: Limits = {
  windows: [
    { name: 'second', seconds: 1, calls: 8, per: 'app', align: 'rolling', counts: ['read', 'write', 'oauth', 'file'] },
    { name: '15min', seconds: 900, calls: 2500, per: 'app', align: 'rolling', counts: ['read', 'write', 'oauth', 'file'] },
    { name: 'day', seconds: 86_400, calls: 5000, per: 'app', align: 'clock', counts: ['read', 'write', 'oauth', 'file'] },
  ],
  read(headers, status, now) {
    const limit = pair(headers.get('x-ratelimit-limit'))
    const left = pair(headers.get('x-ratelimit-remaining'))
    const windows = ['15min', 'day'].flatMap((name, index) => {
      const [most, rest] = [limit[index] ?? Number.NaN, left[index] ?? Number.NaN]
      return most > 0 && Number.isFinite(rest) ? [{ name, limit: most, used: Math.max(0, most - rest) }] : []
    })
    const seconds = status === 429 ? (retryAfterOf(headers, now) ?? 30) : undefined
    if (windows.length === 0 && seconds === undefined) return null
    return { windows, blockedUntil: seconds === undefined ? null : new Date(now.getTime() + seconds * 1000) }
  },
}

export const facts: Facts = {
  id: 'intervals-icu',
  label: 'intervals.icu',
  hosts: [{ host: 'intervals.icu', use: 'api' }],
  limits,
  refusal: (status) =>
    status === 403
      ? { remedy: 'give up', what: 'does not allow this; a right may be missing, so please connect again and leave all boxes ticked' }
      : null,
}

const fields = Object.keys(Activity.shape).join(',')

/** The activities of these days, newest first. */
export async function listActivities(ctx: PlatformContext, fromDay: string, toDay: string): Promise<Activity[]> {
  const query = { oldest: fromDay, newest: `${toDay}T23:59:59`, fields }
  const answer = await call(ctx, facts, 'list activities', { url: `${BASE}/athlete/0/activities`, query, as: 'token' })
  return parsed(facts, answer, Activities, 'list activities')
}

/** One activity; `null` when there is none. */
export async function getActivity(ctx: PlatformContext, id: string): Promise<Activity | null> {
  const url = `${BASE}/activity/${encodeURIComponent(id)}`
  const answer = await call(ctx, facts, 'read an activity', { url, as: 'token', also: [404] })
  return answer.status === 404 ? null : parsed(facts, answer, Activity, 'read an activity')
}

/** The file that the activity was made from; `null` where there is none. */
export async function getFile(ctx: PlatformContext, id: string): Promise<Uint8Array | null> {
  const url = `${BASE}/activity/${encodeURIComponent(id)}/file`
  const answer = await call(ctx, facts, 'read a file', { url, as: 'token', accept: '*/*', also: [403, 404, 410, 422], timeoutSeconds: 60 })
  return answer.status < 300 && answer.bytes.length > 0 ? answer.bytes : null
}

/** The samples of an activity; empty where there are none. */
export async function getStreams(ctx: PlatformContext, id: string): Promise<Streams> {
  const url = `${BASE}/activity/${encodeURIComponent(id)}/streams.json`
  const query = { types: 'time,heartrate,velocity_smooth,distance,cadence,altitude,latlng' }
  const answer = await call(ctx, facts, 'read samples', { url, query, as: 'token', also: [404, 422] })
  return answer.status < 300 ? parsed(facts, answer, Streams, 'read samples') : []
}

/** Planned workouts of these days. */
export async function listEvents(ctx: PlatformContext, fromDay: string, toDay: string): Promise<Event[]> {
  const query = { oldest: fromDay, newest: toDay, category: 'WORKOUT' }
  const answer = await call(ctx, facts, 'list the calendar', { url: `${BASE}/athlete/0/events`, query, as: 'token' })
  return parsed(facts, answer, Events, 'list the calendar')
}

/** What the calendar kept of the one entry that was sent. @throws PlatformError when that is not what was sent */
function stored(answer: Answer, events: Event[], sent: { type: string; external_id: string }): Event {
  const event = events.find(({ external_id }) => external_id === sent.external_id) ?? events.find(({ external_id }) => external_id === null)
  if (!event) throw new PlatformError(facts.id, 'retry', 'the calendar answered without the entry', { status: answer.status })
  if (event.category !== null && event.category !== 'WORKOUT') {
    throw new PlatformError(facts.id, 'give up', `the calendar kept the session as ${event.category.toLowerCase()} and not as a workout`)
  }
  if (event.type !== null && event.type !== sent.type)
    throw new PlatformError(facts.id, 'give up', `the calendar kept the session as ${event.type} and not as ${sent.type}`)
  return event
}

/** Creates the event or updates the one with the same external_id that this app made. */
export async function upsertEvent(ctx: PlatformContext, event: NewEvent): Promise<Event> {
  const query = { upsert: true, upsertOnUid: false, updatePlanApplied: false }
  const url = `${BASE}/athlete/0/events/bulk`
  const answer = await call(ctx, facts, 'write a session', { method: 'POST', url, query, json: [event], as: 'token' })
  return stored(answer, parsed(facts, answer, Events, 'write a session'), event)
}

/** Changes an event by its id; `null` when there is none. */
export async function updateEvent(ctx: PlatformContext, id: string, event: NewEvent): Promise<Event | null> {
  const url = `${BASE}/athlete/0/events/${encodeURIComponent(id)}`
  const answer = await call(ctx, facts, 'change a session', { method: 'PUT', url, json: event, as: 'token', also: [404] })
  return answer.status === 404 ? null : stored(answer, parsed(facts, answer, Events, 'change a session'), event)
}

/** Deletes events of ours; those that are gone already are no error. */
export async function deleteEvents(ctx: PlatformContext, doomed: { id?: string; external_id?: string }[]): Promise<void> {
  const json = doomed.map(({ id, external_id }) => (id === undefined ? { external_id } : { id: jsonNumber(id) }))
  const url = `${BASE}/athlete/0/events/bulk-delete`
  await call(ctx, facts, 'withdraw a session', { method: 'PUT', url, json, as: 'token', also: [404] })
}

/** The id of the token's owner. */
export async function athleteId(ctx: PlatformContext): Promise<string> {
  const answer = await call(ctx, facts, 'read the profile', { url: `${BASE}/athlete/0`, as: 'token' })
  return parsed(facts, answer, Athlete, 'read the profile').id
}

/** Whether the token is still taken. */
export async function tokenLives(ctx: PlatformContext): Promise<boolean> {
  const today = ctx.now().toISOString().slice(0, 10)
  const query = { oldest: addDays(today, -1), newest: today, limit: 1, fields: 'id' }
  const answer = await call(ctx, facts, 'check the token', { url: `${BASE}/athlete/0/activities`, query, as: 'token', also: [401, 403] })
  return answer.status !== 401
}

/** Takes our app out of the runner's account. */
export async function disconnectApp(ctx: PlatformContext & AppContext): Promise<void> {
  await call(ctx, facts, 'disconnect', { method: 'DELETE', url: `${BASE}/disconnect-app`, as: 'token', also: [401, 404] })
}
