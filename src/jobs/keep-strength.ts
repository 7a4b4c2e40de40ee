/** A strength activity that comes back from a watch -> the session it was, done, with its sets. */
import { randomUUID } from 'node:crypto'
import { addDays, minutesOf } from '../core/days.ts'
import type { Activity, CompletedSet } from '../core/run.ts'
import { findExercise } from '../core/strength/exercises.ts'
import type { Feedback, SessionExercise } from '../core/strength/session.ts'
import { deliveryByExternalId } from '../db/deliveries.ts'
import type { Tx } from '../db/open.ts'
import type { RunnerRow } from '../db/runners.ts'
import { addStrength, changeSession, type SessionRow, sessionById, sessionsToMatch, strengthByExternalId } from '../db/sessions.ts'
import { localMoment } from './local-time.ts'

type Sets = NonNullable<Feedback['sets']>

/**
 * Keeps the activity and marks the session of its day as done: the nearest in time, one of the days beside it only when it
 * fell just beyond midnight. The caller holds the runner's lock.
 * @returns the session, or null when none fits; `changed` is false when it was kept before
 */
export async function keepStrength(
  tx: Tx,
  runner: RunnerRow,
  given: { from: string; externalId: string; activity: Activity; plannedAs?: string | null },
  now: Date,
): Promise<{ session: SessionRow | null; changed: boolean }> {
  const { activity } = given
  const before = await strengthByExternalId(tx, runner.id, given.from, given.externalId)
  if (before) return { session: before.sessionId ? await sessionById(tx, runner.id, before.sessionId) : null, changed: false }
  const local = localMoment({
    startAt: activity.startAt,
    offsetSeconds: activity.offsetSeconds,
    timeZone: activity.timeZone,
    latitude: null,
    longitude: null,
    runnerZone: runner.profile.timeZone ?? 'UTC',
  })
  const session =
    (await sessionNamed(tx, runner.id, given.from, given.plannedAs ?? null)) ??
    (await findSession(tx, runner.id, local.localDate, local.localTime))
  await addStrength(tx, {
    runnerId: runner.id,
    id: randomUUID(),
    from: given.from,
    externalId: given.externalId,
    startAt: activity.startAt,
    localDate: local.localDate,
    seconds: activity.timerSeconds ?? activity.elapsedSeconds,
    sets: activity.sets,
    sessionId: session?.id ?? null,
  })
  if (!session) return { session: null, changed: false }
  const sets = setsOf(activity.sets, session.exercises)
  await changeSession(tx, runner.id, session.id, {
    status: 'done',
    feedback: { ...session.feedback, completed: 'done', ...(sets.length > 0 ? { sets } : {}) },
    sequence: session.sequence + 1,
    updatedAt: now,
  })
  return { session, changed: true }
}

/** The session that the platform itself says it was: by our marker or by its own id of the entry. */
async function sessionNamed(tx: Tx, runnerId: string, from: string, plannedAs: string | null): Promise<SessionRow | null> {
  if (!plannedAs) return null
  const marked = /^stridelift-([0-9a-f-]{36})$/.exec(plannedAs)?.[1] ?? null
  const id = marked ?? (await deliveryByExternalId(tx, runnerId, from, plannedAs))?.sessionId ?? null
  const session = id ? await sessionById(tx, runnerId, id) : null
  return session && session.status !== 'done' ? session : null
}

async function findSession(tx: Tx, runnerId: string, day: string, time: string): Promise<SessionRow | null> {
  const near = await sessionsToMatch(tx, runnerId, addDays(day, -1), addDays(day, 1))
  const ranked = near
    .map((session) => ({ session, minutes: Math.abs(minutesBetween(day, time, session)) }))
    .filter(({ session, minutes }) => session.localDate === day || minutes <= 180)
    .sort((a, b) => Number(b.session.localDate === day) - Number(a.session.localDate === day) || a.minutes - b.minutes)
  return ranked[0]?.session ?? null
}

function minutesBetween(day: string, time: string, session: SessionRow): number {
  const days = session.localDate === day ? 0 : session.localDate > day ? 1 : -1
  return days * 1440 + minutesOf(session.localTime) - minutesOf(time)
}

/** The watch's sets with our exercise ids: by the FIT numbers of the session's own exercises, else by their category. */
export function setsOf(completed: CompletedSet[], exercises: Pick<SessionExercise, 'id'>[]): Sets {
  const known = exercises.flatMap(({ id }) => {
    const exercise = findExercise(id)
    return exercise ? [{ id, fit: exercise.fit }] : []
  })
  return completed
    .filter((set) => set.kind === 'active')
    .flatMap((set) => {
      const exact = known.find(({ fit }) => fit.category === set.category && fit.name === set.name)
      const found = exact ?? known.find(({ fit }) => fit.category === set.category)
      return found ? [{ exerciseId: found.id, reps: set.reps, seconds: set.seconds, weightKg: set.weightKg }] : []
    })
}
