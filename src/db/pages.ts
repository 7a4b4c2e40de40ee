/** What only the pages ask for: slim rows of many runs and sessions, counts by week, files of an upload. */
import { and, asc, desc, eq, gte, isNull, lte, ne, type SQL, sql } from 'drizzle-orm'
import type { Day } from '../core/days.ts'
import type { Thresholds } from '../core/effort/types.ts'
import { filesIn } from './arrivals.ts'
import { type Db, rowsOf } from './open.ts'
import { arrivals, assessments, runSources, runs, sessions, strengthActivities, thresholdVersions } from './schema.ts'

const answers = and(eq(assessments.runnerId, runs.runnerId), eq(assessments.runId, runs.id))

/** The source that gives a run its figures. */
const figuresFrom = and(eq(runSources.runnerId, runs.runnerId), eq(runSources.id, runs.bestSourceId), isNull(runSources.goneAt))

/** Runs of local days, newest first, with only what a mark needs. */
export async function runMarks(db: Db, runnerId: string, from: Day, to: Day) {
  return db
    .select({
      id: runs.id,
      localDate: runs.localDate,
      localTime: runs.localTime,
      distanceMeters: runs.distanceMeters,
      movingSeconds: runs.movingSeconds,
      label: assessments.label,
      subtype: assessments.subtype,
      demand: assessments.demand,
      ask: assessments.ask,
      decidedBy: assessments.decidedBy,
      device: runs.device,
      from: runSources.from,
      externalId: runSources.externalId,
    })
    .from(runs)
    .leftJoin(assessments, answers)
    .leftJoin(runSources, figuresFrom)
    .where(and(eq(runs.runnerId, runnerId), isNull(runs.deletedAt), gte(runs.localDate, from), lte(runs.localDate, to)))
    .orderBy(desc(runs.startAt), desc(runs.id))
}

/** Where the figures of the runs since a day are from, and by which devices; each pair once, without uploaded files. */
export async function platformsAndDevices(db: Db, runnerId: string, from: Day): Promise<{ from: string; device: string | null }[]> {
  return db
    .selectDistinct({ from: runSources.from, device: runs.device })
    .from(runs)
    .innerJoin(runSources, figuresFrom)
    .where(and(eq(runs.runnerId, runnerId), isNull(runs.deletedAt), gte(runs.localDate, from), ne(runSources.from, 'upload')))
    .orderBy(asc(runSources.from), asc(runs.device))
}

/** Years with runs, newest first. */
export async function runYears(db: Db, runnerId: string): Promise<string[]> {
  const year = sql<string>`to_char(${runs.localDate}, 'YYYY')`
  const rows = await db
    .selectDistinct({ year })
    .from(runs)
    .where(and(eq(runs.runnerId, runnerId), isNull(runs.deletedAt)))
    .orderBy(desc(year))
  return rows.map((row) => row.year)
}

export async function hasRuns(db: Db, runnerId: string): Promise<boolean> {
  const [row] = await db
    .select({ id: runs.id })
    .from(runs)
    .where(and(eq(runs.runnerId, runnerId), isNull(runs.deletedAt)))
    .limit(1)
  return row !== undefined
}

/** Days and states of sessions, for counting. */
export async function sessionStates(db: Db, runnerId: string, from: Day, to: Day) {
  return db
    .select({ localDate: sessions.localDate, status: sessions.status })
    .from(sessions)
    .where(
      and(eq(sessions.runnerId, runnerId), gte(sessions.localDate, from), lte(sessions.localDate, to), ne(sessions.status, 'withdrawn')),
    )
}

/** Sessions whose reasons name this run, in the order of their days. */
export async function sessionsBecauseOf(db: Db, runnerId: string, runId: string) {
  const named: SQL = sql`${sessions.reasons} @> ${JSON.stringify([{ runIds: [runId] }])}::jsonb`
  return db
    .select()
    .from(sessions)
    .where(and(eq(sessions.runnerId, runnerId), ne(sessions.status, 'withdrawn'), named))
    .orderBy(asc(sessions.localDate))
    .limit(6)
}

/** Thresholds by the day from which they hold, oldest first. */
export async function thresholdHistory(db: Db, runnerId: string, from: Day): Promise<{ day: Day; thresholds: Thresholds }[]> {
  const rows = await db
    .select()
    .from(thresholdVersions)
    .where(and(eq(thresholdVersions.runnerId, runnerId), gte(thresholdVersions.fromDay, from)))
    .orderBy(asc(thresholdVersions.fromDay))
  return rows.map((row) => ({ day: row.fromDay, thresholds: row.thresholds as Thresholds }))
}

export type WeekShareRow = { monday: Day; easyRuns: number; hardRuns: number; easySeconds: number; hardSeconds: number }

/**
 * Easy and hard by week (its Monday): runs by label, seconds below and above the first threshold. Seconds come from the
 * pace zones, else the heart-rate zones, else the whole run counts as its label.
 */
export async function weekShares(db: Db, runnerId: string, from: Day): Promise<WeekShareRow[]> {
  const zone = (index: number) =>
    sql`coalesce((${assessments.evidence}->'secondsInZonePace'->>${sql.raw(String(index))})::float8, (${assessments.evidence}->'secondsInZoneHeartRate'->>${sql.raw(String(index))})::float8)`
  const moving = (label: 'easy' | 'hard') =>
    sql`case when ${assessments.label} = ${sql.raw(`'${label}'`)} then coalesce(${runs.movingSeconds}, 0) else 0 end`
  const result = await db.execute(sql`
    select to_char(date_trunc('week', ${runs.localDate}::timestamp), 'YYYY-MM-DD') as monday,
      (count(*) filter (where ${assessments.label} = 'easy'))::int as "easyRuns",
      (count(*) filter (where ${assessments.label} = 'hard'))::int as "hardRuns",
      sum(coalesce(${zone(0)}, ${moving('easy')}))::float8 as "easySeconds",
      sum(coalesce(${zone(1)} + ${zone(2)}, ${moving('hard')}))::float8 as "hardSeconds"
    from ${runs} join ${assessments} on ${answers}
    where ${runs.runnerId} = ${runnerId} and ${runs.deletedAt} is null and ${runs.localDate} >= ${from}::date
    group by 1 order by 1`)
  return rowsOf<WeekShareRow>(result)
}

/** Files of a zip for the import page: refused ones first, then those that wait, then the others in the zip's order. */
export async function uploadRows(db: Db, runnerId: string, parentId: string, limit: number) {
  const rank = sql`case ${arrivals.status} when 'rejected' then 0 when 'notARun' then 2 when 'duplicate' then 3 when 'queued' then 4 else 1 end`
  return db
    .select()
    .from(arrivals)
    .where(await filesIn(db, runnerId, parentId))
    .orderBy(rank, asc(arrivals.position))
    .limit(limit)
}

/** The runner looks at the made-up history: files of its names came in. */
export async function hasDemoFiles(db: Db, runnerId: string): Promise<boolean> {
  const [row] = await db
    .select({ id: arrivals.id })
    .from(arrivals)
    .where(and(eq(arrivals.runnerId, runnerId), eq(arrivals.from, 'upload'), sql`${arrivals.name} like 'demo-____-__-__.fit'`))
    .limit(1)
  return row !== undefined
}

/** Strength activities that came back for a session. */
export async function strengthOfSession(db: Db, runnerId: string, sessionId: string) {
  return db
    .select({ sets: strengthActivities.sets, seconds: strengthActivities.seconds })
    .from(strengthActivities)
    .where(and(eq(strengthActivities.runnerId, runnerId), eq(strengthActivities.sessionId, sessionId)))
    .orderBy(asc(strengthActivities.startAt))
}
