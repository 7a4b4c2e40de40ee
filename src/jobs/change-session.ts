/** What a runner does to a session: move it, do it, skip it, swap an exercise, take a move back. For the API and the pages. */
import { type Day, isTimeZone, type LocalTime } from '../core/days.ts'
import { zoneOn } from '../core/plan/forecast.ts'
import { findExercise } from '../core/strength/exercises.ts'
import type { Feedback } from '../core/strength/session.ts'
import { withSwaps } from '../core/strength/swaps.ts'
import type { Tx } from '../db/open.ts'
import { lockRunner, profileOf } from '../db/runners.ts'
import { changeSession, markRead, messageById, type NewSession, type SessionRow, sessionById, wantsSessions } from '../db/sessions.ts'
import type { Deps } from '../deps.ts'
import { NotFoundError, RequestRefused } from '../errors.ts'
import { localNow } from './plan.ts'

export type SessionChange = {
  localDate?: Day
  localTime?: LocalTime
  /** false gives a moved session back to the planner. */
  pinned?: boolean
  status?: 'done' | 'skipped' | 'planned'
  feedback?: Feedback | null
  /** Exercise id of the session -> the one wanted in its place; null takes a swap back. */
  swaps?: Record<string, string | null>
}

/**
 * Carries out a change and has the plan follow it.
 * @throws NotFoundError; RequestRefused 409 or 422 when it does not fit
 */
export async function editSession(deps: Deps, runnerId: string, id: string, change: SessionChange): Promise<void> {
  await deps.db.transaction(async (tx) => {
    const runner = await lockRunner(tx, runnerId)
    const row = await sessionById(tx, runnerId, id)
    if (!runner || !row) throw new NotFoundError('There is no such session.')
    if (row.status === 'withdrawn')
      throw new RequestRefused(409, 'This session was taken out of the plan; look at the plan for what is there instead.')
    const profile = profileOf(runner)
    const { today } = localNow(profile, deps.now())
    const set: Partial<NewSession> = {}
    if (change.localDate !== undefined || change.localTime !== undefined) move(set, row, change, today, (day) => zoneOn(profile, day))
    if (change.pinned !== undefined) set.pinned = change.pinned
    if (change.status !== undefined) setStatus(set, { ...row, ...set }, change.status, today)
    if (change.feedback !== undefined) set.feedback = change.feedback === null ? null : { ...row.feedback, ...change.feedback }
    if (change.swaps !== undefined) swap(set, row, change.swaps)
    await keep(deps, tx, row, set)
  })
}

function refuse(pointer: string, detail: string): never {
  throw new RequestRefused(422, detail, { errors: [{ pointer, detail }] })
}

function move(set: Partial<NewSession>, row: SessionRow, change: SessionChange, today: Day, zoneOf: (day: Day) => string): void {
  if (row.status !== 'planned' && change.status !== 'planned') {
    throw new RequestRefused(409, `This session is ${row.status}; set it to planned before you move it.`)
  }
  const localDate = change.localDate ?? row.localDate
  if (localDate < today) refuse('/localDate', `${localDate} is in the past; a session moves to today or later.`)
  const timeZone = zoneOf(localDate)
  set.localDate = localDate
  set.localTime = change.localTime ?? row.localTime
  set.timeZone = isTimeZone(timeZone) ? timeZone : row.timeZone
  set.pinned = true
}

function setStatus(set: Partial<NewSession>, row: Pick<SessionRow, 'localDate'>, status: 'done' | 'skipped' | 'planned', today: Day): void {
  set.status = status
  // Done ahead of its day: it counts on the day on which it was done.
  if (status === 'done' && row.localDate > today) set.localDate = today
}

function swap(set: Partial<NewSession>, row: SessionRow, wanted: Record<string, string | null>): void {
  const swaps = { ...row.swaps }
  for (const [from, to] of Object.entries(wanted)) {
    const there = row.exercises.some(({ id }) => id === from) || from in swaps
    if (!there) refuse(`/swaps/${from}`, 'is no exercise of this session')
    const planned = Object.entries(swaps).find(([, now]) => now === from)?.[0] ?? from
    if (to === null || to === planned) delete swaps[planned]
    else if (findExercise(to)) swaps[planned] = to
    else refuse(`/swaps/${from}`, `${to} is no exercise of the library`)
  }
  set.swaps = swaps
  const back = Object.fromEntries(Object.entries(row.swaps).map(([planned, now]) => [now, planned]))
  set.exercises = withSwaps(withSwaps(row.exercises, back), swaps)
}

async function keep(deps: Deps, tx: Tx, row: SessionRow, set: Partial<NewSession>): Promise<void> {
  const { runnerId } = row
  await changeSession(tx, runnerId, row.id, { ...set, sequence: row.sequence + 1, updatedAt: deps.now() })
  await deps.queue.add(tx, 'runner.plan', { runnerId })
  if (await wantsSessions(tx, runnerId)) await deps.queue.add(tx, 'runner.publish', { runnerId })
}

/** Takes back what a message told of: the session returns to where it was and stays there. @throws NotFoundError, RequestRefused */
export async function undoMove(deps: Deps, runnerId: string, messageId: string): Promise<void> {
  const message = await messageById(deps.db, runnerId, messageId)
  if (!message?.undo || !message.sessionId) throw new NotFoundError('There is nothing to take back.')
  await editSession(deps, runnerId, message.sessionId, message.undo)
  await markRead(deps.db, runnerId, messageId, deps.now())
}

/** Puts a message away. */
export async function readMessage(deps: Deps, runnerId: string, messageId: string): Promise<void> {
  if (!(await messageById(deps.db, runnerId, messageId))) throw new NotFoundError('There is no such message.')
  await markRead(deps.db, runnerId, messageId, deps.now())
}
