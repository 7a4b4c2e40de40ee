/** Assessed runs, profile and sessions -> the sessions of the coming weeks. */
import { randomUUID } from 'node:crypto'
import { addDays, instantOf, localIn } from '../core/days.ts'
import { partsOfRuns } from '../core/effort/parts.ts'
import { zoneOn } from '../core/plan/forecast.ts'
import { planSessions } from '../core/plan/plan.ts'
import type { KnownSession, PastRun, Situation } from '../core/plan/situation.ts'
import type { Runner } from '../core/runner.ts'
import type { Session } from '../core/strength/session.ts'
import { withSwaps } from '../core/strength/swaps.ts'
import type { Tx } from '../db/open.ts'
import { lockRunner, profileOf, runnerIds } from '../db/runners.ts'
import { listRuns, type RunWithAnswer } from '../db/runs.ts'
import {
  addSession,
  changeSession,
  dropMessage,
  keepMessage,
  keepPlan,
  planOf,
  type SessionRow,
  sessionsBetween,
  wantsSessions,
} from '../db/sessions.ts'
import type { Deps } from '../deps.ts'
import type { Jobs } from './queue.ts'

/** Days that are planned, today included. */
export const HORIZON_DAYS = 14
const RUN_DAYS = 120
const SESSION_DAYS = 182
/** After this long nobody is still in the session. */
const GRACE_MS = 2 * 3600_000

/** The runner's calendar day and clock time at an instant; away from home, those of the place. */
export function localNow(runner: Runner, now: Date): { today: string; now: string; timeZone: string } {
  const home = localIn(now, runner.timeZone)
  const timeZone = zoneOn(runner, home.localDate)
  const here = localIn(now, timeZone)
  return { today: here.localDate, now: here.localTime, timeZone }
}

/** Plans one runner. Run twice at the same moment, it changes nothing the second time. */
export async function planRunner(deps: Deps, { runnerId }: Jobs['runner.plan']): Promise<void> {
  const now = deps.now()
  await deps.db.transaction(async (tx) => {
    const row = await lockRunner(tx, runnerId)
    if (!row) return
    const runner = profileOf(row)
    const { today } = localNow(runner, now)
    await markMissed(tx, runnerId, runner, today, now)
    const { situation, rows } = await situationOf(tx, runnerId, runner, now)
    const plan = planSessions(situation)
    await keepInStep(tx, { runnerId, runner, rows, wanted: plan.sessions, today, now })
    await keepPlan(tx, { runnerId, plannedAt: now, unplaced: plan.unplaced, notices: plan.notices, expectedRuns: plan.expectedRuns })
    if (await wantsSessions(tx, runnerId)) await deps.queue.add(tx, 'runner.publish', { runnerId })
  })
}

/** All that the planner gets, and the sessions' rows by the planner's own names. */
export async function situationOf(
  tx: Tx,
  runnerId: string,
  runner: Runner,
  now: Date,
  horizonDays: number = HORIZON_DAYS,
): Promise<{ situation: Situation; rows: SessionRow[] }> {
  const local = localNow(runner, now)
  const runs = await listRuns(tx, runnerId, { from: addDays(local.today, -RUN_DAYS), to: local.today, limit: 2000 })
  const rows = await sessionsBetween(tx, runnerId, addDays(local.today, -SESSION_DAYS), addDays(local.today, 370))
  const situation: Situation = {
    today: local.today,
    now: local.now,
    runner,
    runs: pastRuns(runs),
    sessions: rows.map(knownSession),
    horizonDays,
  }
  return { situation, rows }
}

/** Past runs as placement reads them, oldest first; a cool-down that was saved by itself is none. */
function pastRuns(all: RunWithAnswer[]): PastRun[] {
  const parts = partsOfRuns(all.map(({ run }) => ({ ...run, seconds: run.elapsedSeconds ?? run.movingSeconds })))
  const found = all.filter(({ run }) => !parts.has(run.id))
  const loads = found.map(
    ({ assessment }) => (assessment?.evidence as { load?: { kind: string; value: number } } | undefined)?.load ?? null,
  )
  const oneScale = new Set(loads.map((load) => load?.kind)).size === 1
  return found
    .map(({ run, assessment }, at) => ({
      id: run.id,
      localDate: run.localDate,
      localTime: run.localTime,
      timeZone: run.timeZone,
      movingSeconds: run.movingSeconds,
      distanceMeters: run.distanceMeters,
      race: run.race || assessment?.subtype === 'race',
      effort: assessment?.label ?? null,
      pHard: assessment?.pHard ?? null,
      demand: assessment?.demand ?? null,
      load: oneScale ? (loads[at]?.value ?? null) : null,
    }))
    .reverse()
}

/** A session's row as the planner knows it: under the planner's own name. */
export function knownSession(row: SessionRow): KnownSession {
  return {
    id: row.planKey,
    localDate: row.localDate,
    localTime: row.localTime,
    timeZone: row.timeZone,
    minutes: row.minutes,
    kind: row.kind,
    template: row.template,
    title: row.title,
    status: row.status,
    pinned: row.pinned,
    reasons: row.reasons,
    rpe: row.feedback?.rpe ?? null,
    feedback: row.feedback,
    exercises: row.exercises.map(({ id, sets, reps, seconds, weightKg, part }) => ({ id, sets, reps, seconds, weightKg, part })),
    published: row.publishedAt !== null,
  }
}

/** When a session of a row begins. */
export function startOf(row: Pick<SessionRow, 'localDate' | 'localTime' | 'timeZone'>): Date {
  return instantOf(row.localDate, row.localTime, row.timeZone)
}

async function markMissed(tx: Tx, runnerId: string, runner: Runner, today: string, now: Date): Promise<void> {
  for (const row of await sessionsBetween(tx, runnerId, addDays(today, -SESSION_DAYS), today)) {
    const over = startOf(row).getTime() + row.minutes * 60_000 + GRACE_MS <= now.getTime()
    const paused = runner.pauses.some(({ from, to }) => row.localDate >= from && row.localDate <= to)
    if (row.status === 'planned' && over) {
      await changeSession(tx, runnerId, row.id, { status: paused ? 'withdrawn' : 'missed', sequence: row.sequence + 1, updatedAt: now })
    }
  }
}

type Step = { runnerId: string; runner: Runner; rows: SessionRow[]; wanted: Session[]; today: string; now: Date }

/** Brings the rows to what is wanted: new ones, changed ones, withdrawn ones. */
async function keepInStep(tx: Tx, step: Step): Promise<void> {
  const { runnerId, rows, wanted, now } = step
  const byKey = new Map(
    (await sessionsBetween(tx, runnerId, addDays(step.today, -SESSION_DAYS), addDays(step.today, 370), true)).map((row) => [
      row.planKey,
      row,
    ]),
  )
  for (const session of wanted) {
    const row = byKey.get(session.id)
    if (row && row.status !== 'planned' && row.status !== 'withdrawn') continue
    await (row ? change(tx, step, row, session) : add(tx, step, session))
  }
  const keys = new Set(wanted.map(({ id }) => id))
  for (const row of rows) {
    const begun = startOf(row) <= now
    if (row.status !== 'planned' || keys.has(row.planKey) || begun) continue
    await changeSession(tx, runnerId, row.id, { status: 'withdrawn', sequence: row.sequence + 1, updatedAt: now })
    if (row.publishedAt) await tellTakenOut(tx, step, row)
  }
}

function columnsOf(session: Session, runner: Runner) {
  return {
    localDate: session.localDate,
    localTime: session.localTime,
    timeZone: session.timeZone ?? zoneOn(runner, session.localDate),
    title: session.title,
    kind: session.kind,
    template: session.template,
    minutes: session.minutes,
    pinned: session.pinned,
    reasons: session.reasons,
    exercises: session.exercises,
  }
}

async function add(tx: Tx, { runnerId, runner, now }: Step, session: Session): Promise<void> {
  const columns = columnsOf(session, runner)
  await addSession(tx, { ...columns, runnerId, id: randomUUID(), planKey: session.id, status: 'planned', createdAt: now, updatedAt: now })
}

async function change(tx: Tx, step: Step, row: SessionRow, session: Session): Promise<void> {
  const { runnerId, now } = step
  const columns = { ...columnsOf(session, step.runner), exercises: withSwaps(session.exercises, row.swaps, step.runner.units) }
  const stays = row.status === 'planned'
  if (stays && stable(columns) === stable(row)) return
  await changeSession(tx, runnerId, row.id, { ...columns, status: 'planned', sequence: row.sequence + 1, updatedAt: now })
  const moved = row.localDate !== columns.localDate || row.localTime !== columns.localTime
  if (stays && moved && row.publishedAt && !row.pinned) await tellMoved(tx, step, row, columns)
}

type Columns = ReturnType<typeof columnsOf>

/** The content of a session as one text; jsonb gives keys back in its own order. */
function stable(columns: Columns): string {
  const { localDate, localTime, timeZone, title, kind, template, minutes, pinned, reasons, exercises } = columns
  return sorted([localDate, localTime, timeZone, title, kind, template, minutes, pinned, reasons, exercises])
}

function sorted(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}

async function tellMoved(tx: Tx, { runnerId, now }: Step, row: SessionRow, to: Columns): Promise<void> {
  const why = to.reasons[0]?.text
  await keepMessage(tx, {
    runnerId,
    id: randomUUID(),
    key: `moved:${row.id}`,
    text: `“${to.title}” moved from ${row.localDate} ${row.localTime} to ${to.localDate} ${to.localTime}.${why ? ` ${why}.`.replace(/\.\.$/, '.') : ''}`,
    sessionId: row.id,
    undo: { localDate: row.localDate, localTime: row.localTime },
    createdAt: now,
  })
}

async function tellTakenOut(tx: Tx, { runnerId, now }: Step, row: SessionRow): Promise<void> {
  await dropMessage(tx, runnerId, `moved:${row.id}`)
  await keepMessage(tx, {
    runnerId,
    id: randomUUID(),
    key: `out:${row.id}`,
    text: `“${row.title}” of ${row.localDate} was taken out of the plan.`,
    sessionId: row.id,
    createdAt: now,
  })
}

/** Plans every runner whose plan was made on an earlier day of theirs, or whose session has passed since. */
export async function renewPlans(deps: Deps): Promise<void> {
  const now = deps.now()
  for (const runnerId of await runnerIds(deps.db)) {
    const plan = await planOf(deps.db, runnerId)
    if (plan && now.getTime() - plan.plannedAt.getTime() < 3 * 3600_000) continue
    await deps.db.transaction((tx) => deps.queue.add(tx, 'runner.plan', { runnerId }))
    await new Promise((done) => setImmediate(done))
  }
}
