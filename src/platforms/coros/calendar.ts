/**
 * Sessions in the COROS training schedule. A push may take away what it does not name inside its days, so each push holds
 * all of the runner's sessions from its first to its last day. Ids are small integers of ours, kept before they are used.
 */
import { addDays, localIn } from '../../core/days.ts'
import type { Calendar, Entry, Known, PlatformContext, PutRequest } from '../platform.ts'
import * as api from './api.ts'
import { digestOfEntry, loses, toWorkout } from './map.ts'

const MOST = 30

/** Our number for a session, the same for ever. */
async function idOf(ctx: PlatformContext, sessionId: string): Promise<number> {
  const key = `workout:${sessionId}`
  const known = ctx.memory[key]
  if (typeof known === 'number') return known
  const id = await ctx.nextNumber('coros workout')
  await ctx.remember({ [key]: id })
  return id
}

/** Our number for the runner, the same for ever. */
async function athleteIdOf(ctx: PlatformContext): Promise<number> {
  const known = ctx.memory.athleteId
  if (typeof known === 'number') return known
  const athleteId = await ctx.nextNumber('coros athlete')
  await ctx.remember({ athleteId })
  return athleteId
}

/** The sessions of one push: this one, and the nearest others of the window that it spans, the old day included. */
function together({ entry, known, others, today }: PutRequest): { entries: Entry[]; from: string; to: string } {
  const [first, last] = [today, addDays(today, 365)]
  const standing = others.filter(({ entry: { session } }) => session.localDate >= first && session.localDate <= last)
  const nearest = standing.map((other) => other.entry).sort((a, b) => a.session.localDate.localeCompare(b.session.localDate))
  const entries = [entry, ...nearest.slice(0, MOST - 1)]
  const old = known?.parts.day
  const days = [...entries.map(({ session }) => session.localDate), ...(old && old >= first ? [old] : [])].sort()
  const to =
    nearest.length >= MOST
      ? entries
          .map(({ session }) => session.localDate)
          .sort()
          .at(-1)!
      : days.at(-1)!
  return { entries, from: days[0]!, to }
}

async function put(ctx: PlatformContext, request: PutRequest): Promise<Known> {
  const { entries, from, to } = together(request)
  const local = localIn(ctx.now(), request.entry.timeZone)
  const modified = `${local.localDate}T${local.localTime}:${ctx.now().toISOString().slice(17, 19)}`
  const workouts: ReturnType<typeof toWorkout>[] = []
  for (const entry of entries) workouts.push(toWorkout(entry, await idOf(ctx, entry.sessionId), modified))
  const own = workouts[0]!.Id
  workouts.sort((a, b) => a.WorkoutDay.localeCompare(b.WorkoutDay) || a.Id - b.Id)
  const schedule = { AthleteId: await athleteIdOf(ctx), StartDate: from, EndDate: to, Workouts: workouts }
  const deleted = await api.pushSchedule(ctx, schedule)
  const surprise = deleted.filter((id) => workouts.some((workout) => String(workout.Id) === id))
  if (surprise.length > 0) ctx.log.warn('coros took away sessions of the push itself', { count: surprise.length })
  return { externalId: String(own), parts: { day: request.entry.session.localDate } }
}

export const calendar: Calendar = {
  as: 'workout in the training schedule',
  where: 'It stands in the training calendar of the COROS app and comes to the watch with the next sync.',
  window: { fromDays: 0, toDays: 60 },
  loses,
  digest: digestOfEntry,
  put,
  async remove(ctx, { known, marker, localDate, today }) {
    const kept = ctx.memory[`workout:${marker.replace(/^stridelift-/, '')}`]
    const id = Number(known?.externalId ?? kept)
    // Only what is to come can be taken away there; what lies behind stays as it is.
    if (Number.isInteger(id) && id > 0 && localDate >= today) await api.deleteWorkouts(ctx, [id])
  },
  list: null,
}
