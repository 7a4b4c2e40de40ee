/** The calls to Garmin. @see ./readme.md */
import { PlatformError } from '../../errors.ts'
import { type Answer, call, type Facts, jsonOf, noRateHeaders, parsed } from '../http.ts'
import { jsonNumber } from '../json.ts'
import type { Limits, PlatformContext } from '../platform.ts'
import { Permissions, Records, Schedule, ScheduleMade, Schedules, UserId, Workout, WorkoutMade } from './schema.ts'

const API = 'https://apis.garmin.com'
const wellness = `${API}/wellness-api/rest`
const training = `${API}/training-api`

/** An evaluation key's limits; a production key allows more. */
export const limits: Limits = {
  windows: [
    { name: 'minute', seconds: 60, calls: 100, per: 'app', align: 'rolling', counts: ['read', 'write', 'oauth'] },
    { name: 'day', seconds: 86_400, calls: 200, per: 'user', align: 'rolling', counts: ['read', 'write'] },
  ],
  read: noRateHeaders,
}

export const facts: Facts = {
  id: 'garmin',
  label: 'Garmin',
  hosts: [
    { host: 'apis.garmin.com', use: 'api' },
    { host: 'connect.garmin.com', use: 'oauth' },
    { host: 'diauth.garmin.com', use: 'oauth' },
  ],
  limits,
  refusal: (status) => {
    if (status === 412) return { remedy: 'give up', what: 'was not given this right by you; connect again and leave all boxes ticked' }
    if (status === 424) return { remedy: 'retry', what: 'still has the workout on the calendar' }
    return null
  },
}

export async function userId(ctx: PlatformContext): Promise<string> {
  const answer = await call(ctx, facts, 'read the user id', { url: `${wellness}/user/id`, as: 'token' })
  return parsed(facts, answer, UserId, 'read the user id').userId
}

/** Granted rights; `null` when Garmin does not tell yet. Two addresses are known; right after connecting either may be empty. */
export async function permissions(ctx: PlatformContext): Promise<string[] | null> {
  let told: string[] | null = null
  for (const url of [`${wellness}/user/permissions`, `${API}/userPermissions/`]) {
    const answer = await call(ctx, facts, 'read the rights', { url, as: 'token', also: [400, 401, 403, 404, 500, 503] })
    const result = Permissions.safeParse(jsonOf(answer))
    if (answer.status < 300 && result.success) told = result.data
    if (told && told.length > 0) return told
  }
  return told
}

/** Whether Garmin still knows the grant. */
export async function tokenLives(ctx: PlatformContext): Promise<boolean> {
  const answer = await call(ctx, facts, 'check the grant', { url: `${wellness}/user/id`, as: 'token', also: [401, 403] })
  return answer.status < 300
}

export async function deregister(ctx: PlatformContext): Promise<void> {
  await call(ctx, facts, 'disconnect', { method: 'DELETE', url: `${wellness}/user/registration`, as: 'token', also: [401, 403, 404] })
}

/** Asks for summaries and files of a period by webhook; at most 30 days. */
export async function requestBackfill(
  ctx: PlatformContext,
  fromSeconds: number,
  toSeconds: number,
): Promise<'asked' | 'asked before' | 'not allowed'> {
  const query = { summaryStartTimeInSeconds: fromSeconds, summaryEndTimeInSeconds: toSeconds }
  const url = `${wellness}/backfill/activities`
  const answer = await call(ctx, facts, 'ask for history', { url, query, as: 'token', also: [403, 409, 412] })
  if (answer.status === 409) return 'asked before'
  return answer.status < 300 ? 'asked' : 'not allowed'
}

/** The file behind a ping; `null` when it was taken already or is too old. The bytes can be had once. */
export async function takeFile(ctx: PlatformContext, address: string): Promise<Uint8Array | null> {
  const request = { url: address, as: 'token', kind: 'file', accept: '*/*', also: [404, 410], timeoutSeconds: 60 } as const
  const answer = await call(ctx, facts, 'take a file', request)
  return answer.status < 300 && answer.bytes.length > 0 ? answer.bytes : null
}

/** The records behind a ping, summaries or details. */
export async function takeRecords(ctx: PlatformContext, address: string): Promise<unknown[]> {
  const answer = await call(ctx, facts, 'take summaries', { url: address, as: 'token', kind: 'file', also: [404, 410] })
  return answer.status < 300 && answer.bytes.length > 0 ? parsed(facts, answer, Records, 'take summaries') : []
}

const workoutUrl = (id: string) => `${training}/workout/v2/${encodeURIComponent(id)}`

/**
 * Creates a workout; creating has a path of its own.
 * @throws PlatformError `give up` when the answer does not tell the id: a second try at once would make a second workout
 */
export async function createWorkout(ctx: PlatformContext, workout: object): Promise<{ workoutId: string; ownerId: string | null }> {
  const url = `${API}/workoutportal/workout/v2`
  const answer = await call(ctx, facts, 'create a workout', { method: 'POST', url, json: workout, as: 'token' })
  const made = WorkoutMade.safeParse(jsonOf(answer))
  const workoutId = made.success ? made.data.workoutId : null
  if (!made.success || workoutId === null)
    throw new PlatformError('garmin', 'give up', 'Garmin took the workout without telling its id', { status: answer.status })
  return { workoutId, ownerId: made.data.ownerId }
}

export async function getWorkout(ctx: PlatformContext, id: string) {
  const answer = await call(ctx, facts, 'read a workout', { url: workoutUrl(id), as: 'token', also: [404] })
  return answer.status === 404 ? null : parsed(facts, answer, Workout, 'read a workout')
}

/** Replaces a workout's content. @returns false when it is gone */
export async function replaceWorkout(ctx: PlatformContext, id: string, ownerId: string | null, workout: object): Promise<boolean> {
  const json = { ...workout, workoutId: jsonNumber(id), ownerId: ownerId === null ? null : jsonNumber(ownerId) }
  const answer = await call(ctx, facts, 'change a workout', { method: 'PUT', url: workoutUrl(id), json, as: 'token', also: [404] })
  return answer.status !== 404
}

/** Deletes a workout; one that stands on a further day stays. */
export async function deleteWorkout(ctx: PlatformContext, id: string): Promise<void> {
  await call(ctx, facts, 'delete a workout', { method: 'DELETE', url: workoutUrl(id), as: 'token', also: [404, 424] })
}

/** What stands on the calendar on these days. */
export async function listSchedule(ctx: PlatformContext, startDate: string, endDate: string): Promise<Schedule[]> {
  const answer = await call(ctx, facts, 'list the calendar', {
    url: `${training}/schedule`,
    query: { startDate, endDate },
    as: 'token',
    also: [404],
  })
  return answer.status === 404 || answer.bytes.length === 0 ? [] : parsed(facts, answer, Schedules, 'list the calendar')
}

function scheduleIdOf(answer: Answer): string | null {
  const made = ScheduleMade.safeParse(jsonOf(answer))
  return made.success ? made.data : null
}

/** Puts a workout on a day; `null` when the answer does not tell the id. */
export async function schedule(ctx: PlatformContext, workoutId: string, date: string): Promise<string | null> {
  const json = { workoutId: jsonNumber(workoutId), date }
  return scheduleIdOf(await call(ctx, facts, 'put a workout on a day', { method: 'POST', url: `${training}/schedule/`, json, as: 'token' }))
}

/** Moves an entry to a day. @returns false when it is gone */
export async function moveSchedule(ctx: PlatformContext, scheduleId: string, workoutId: string, date: string): Promise<boolean> {
  const json = { scheduleId: jsonNumber(scheduleId), workoutId: jsonNumber(workoutId), date }
  const url = `${training}/schedule/${encodeURIComponent(scheduleId)}`
  const answer = await call(ctx, facts, 'move a workout', { method: 'PUT', url, json, as: 'token', also: [404] })
  return answer.status !== 404
}

export async function deleteSchedule(ctx: PlatformContext, scheduleId: string): Promise<void> {
  const url = `${training}/schedule/${encodeURIComponent(scheduleId)}`
  await call(ctx, facts, 'take a workout off its day', { method: 'DELETE', url, as: 'token', also: [404] })
}

/** @throws PlatformError always: the session cannot be held */
export function tooLong(steps: number): never {
  throw new PlatformError('garmin', 'give up', `Garmin holds 100 steps in a workout; this session has ${steps}`)
}

export { Schedule }
