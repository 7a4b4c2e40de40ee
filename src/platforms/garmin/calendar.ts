/**
 * Sessions on the Garmin calendar. Garmin has no id of ours and no list of workouts, so the description carries our marker,
 * every id is recorded as soon as it is known, and after a lost answer the calendar is searched before anything is made.
 */
import { addDays, type Day } from '../../core/days.ts'
import { PlatformError } from '../../errors.ts'
import { markerIn } from '../marker.ts'
import type { Calendar, Entry, Found, Known, PlatformContext, PutRequest } from '../platform.ts'
import * as api from './api.ts'
import { digestOfEntry, loses, stepCount, toWorkout, workoutSteps } from './map.ts'
import type { Schedule } from './schema.ts'

/** Days on which an entry of ours can stand that we may have lost. */
const span = (today: Day): [Day, Day] => [addDays(today, -1), addDays(today, 35)]

function knownOf(workoutId: string, ownerId: string | null, scheduleId: string | null): Known {
  return { externalId: workoutId, parts: { workoutId, ...(ownerId ? { ownerId } : {}), ...(scheduleId ? { scheduleId } : {}) } }
}

/** Entries whose workout carries this marker; workouts of others that are known already are not asked. */
async function withMarker(ctx: PlatformContext, marker: string, today: Day, notThese: ReadonlySet<string>): Promise<Schedule[]> {
  const found: Schedule[] = []
  const asked = new Map<string, boolean>()
  for (const entry of await api.listSchedule(ctx, ...span(today))) {
    const { workoutId } = entry
    if (workoutId === null || notThese.has(workoutId)) continue
    if (!asked.has(workoutId)) asked.set(workoutId, markerIn((await api.getWorkout(ctx, workoutId))?.description) === marker)
    if (asked.get(workoutId)) found.push(entry)
  }
  return found
}

/** Writes the session; where Garmin refuses what stands in it, once more without its names for the exercises. */
async function written<T>(ctx: PlatformContext, entry: Entry, write: (content: object) => Promise<T>): Promise<T> {
  try {
    return await write(toWorkout(entry))
  } catch (error) {
    if (!(error instanceof PlatformError) || error.status !== 400) throw error
    ctx.log.warn('garmin refused a workout; it is sent without exercise names', { sessionId: entry.sessionId })
    return write(toWorkout(entry, { named: false }))
  }
}

/** The workout with today's content: the known one, one that a lost answer left, or a new one. */
async function workoutFor(ctx: PlatformContext, { entry, known, others, today }: PutRequest): Promise<Known> {
  const replaced = (id: string, ownerId: string | null) => written(ctx, entry, (content) => api.replaceWorkout(ctx, id, ownerId, content))
  const knownId = known?.parts.workoutId ?? known?.externalId ?? null
  if (knownId && (await replaced(knownId, known?.parts.ownerId ?? null))) {
    return knownOf(knownId, known?.parts.ownerId ?? null, known?.parts.scheduleId ?? null)
  }
  const foreign = new Set(others.flatMap((other) => other.known?.externalId ?? []))
  const first = (await withMarker(ctx, entry.marker, today, foreign))[0]
  if (first?.workoutId) {
    const workout = await api.getWorkout(ctx, first.workoutId)
    if (await replaced(first.workoutId, workout?.ownerId ?? null)) {
      return knownOf(first.workoutId, workout?.ownerId ?? null, first.scheduleId)
    }
  }
  const made = await written(ctx, entry, (content) => api.createWorkout(ctx, content))
  return knownOf(made.workoutId, made.ownerId, null)
}

async function put(ctx: PlatformContext, request: PutRequest): Promise<Known> {
  const { entry, today, record } = request
  const steps = stepCount(workoutSteps(entry.session, entry.units))
  if (steps > 100) api.tooLong(steps)
  const day = entry.session.localDate
  const known = await workoutFor(ctx, request)
  const { workoutId, ownerId = null, scheduleId = null } = known.parts as { workoutId: string; ownerId?: string; scheduleId?: string }
  if (!scheduleId) await record(known)
  if (scheduleId && (await api.moveSchedule(ctx, scheduleId, workoutId, day))) return known
  const standing = async () => (await api.listSchedule(ctx, ...span(today))).filter((one) => one.workoutId === workoutId)
  const there = (await standing())[0]
  if (there?.scheduleId) {
    if (there.date !== day) await api.moveSchedule(ctx, there.scheduleId, workoutId, day)
    return knownOf(workoutId, ownerId, there.scheduleId)
  }
  const made = (await api.schedule(ctx, workoutId, day)) ?? (await standing())[0]?.scheduleId
  // An answer without an id proves nothing: the calendar has to show the entry.
  if (!made) throw new PlatformError('garmin', 'retry', 'Garmin does not show the workout on its day yet', { retryAfterSeconds: 60 })
  return knownOf(workoutId, ownerId, made)
}

async function remove(ctx: PlatformContext, { known, marker, today }: { known: Known | null; marker: string; today: Day }): Promise<void> {
  const workoutId = known?.parts.workoutId ?? known?.externalId ?? null
  const scheduleId = known?.parts.scheduleId ?? null
  if (workoutId && scheduleId) {
    await api.deleteSchedule(ctx, scheduleId)
    await api.deleteWorkout(ctx, workoutId)
    return
  }
  const left = workoutId
    ? (await api.listSchedule(ctx, ...span(today))).filter((one) => one.workoutId === workoutId)
    : await withMarker(ctx, marker, today, new Set())
  for (const entry of left) if (entry.scheduleId) await api.deleteSchedule(ctx, entry.scheduleId)
  for (const id of new Set([...(workoutId ? [workoutId] : []), ...left.flatMap((entry) => entry.workoutId ?? [])]))
    await api.deleteWorkout(ctx, id)
}

async function list(
  ctx: PlatformContext,
  { fromDay, toDay, known }: { fromDay: Day; toDay: Day; known: readonly Known[] },
): Promise<Found[]> {
  const ours = new Map(known.map((one) => [one.parts.workoutId ?? one.externalId, one]))
  const markers = new Map<string, string | null>()
  const found: Found[] = []
  for (const entry of await api.listSchedule(ctx, fromDay, toDay)) {
    const { workoutId, scheduleId, date } = entry
    if (workoutId === null) continue
    if (!ours.has(workoutId) && !markers.has(workoutId))
      markers.set(workoutId, markerIn((await api.getWorkout(ctx, workoutId))?.description))
    const marker = markers.get(workoutId) ?? null
    if (!ours.has(workoutId) && marker === null) continue
    found.push({ ...knownOf(workoutId, ours.get(workoutId)?.parts.ownerId ?? null, scheduleId), marker, localDate: date, digest: null })
  }
  return found
}

export const calendar: Calendar = {
  as: 'workout in the calendar',
  where: 'It stands in your Garmin Connect calendar and comes to the watch with the next sync.',
  window: { fromDays: 0, toDays: 30 },
  loses,
  digest: digestOfEntry,
  put,
  remove,
  list,
}
