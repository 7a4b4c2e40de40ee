/** Runs and the sources that tell of them. */
import { and, asc, desc, eq, gt, gte, inArray, isNotNull, isNull, lte, or, type SQL, sql } from 'drizzle-orm'
import type { Db } from './open.ts'
import { assessments, runSources, runs } from './schema.ts'

export type RunRow = typeof runs.$inferSelect
export type NewRun = typeof runs.$inferInsert
export type SourceRow = typeof runSources.$inferSelect
export type NewSource = typeof runSources.$inferInsert
export type AssessmentRow = typeof assessments.$inferSelect
/** A source without its columns of samples. */
export type SourceHead = Omit<SourceRow, 'series' | 'prepared'>

const heads = {
  runnerId: runSources.runnerId,
  id: runSources.id,
  runId: runSources.runId,
  from: runSources.from,
  externalId: runSources.externalId,
  arrivalId: runSources.arrivalId,
  receivedAt: runSources.receivedAt,
  facts: runSources.facts,
  preparedVersion: runSources.preparedVersion,
  quality: runSources.quality,
  reason: runSources.reason,
  choice: runSources.choice,
  apart: runSources.apart,
  expiresAt: runSources.expiresAt,
  goneAt: runSources.goneAt,
}

const one = (runnerId: string, id: string) => and(eq(runs.runnerId, runnerId), eq(runs.id, id))

/** @returns null for an unknown id and, unless `deletedToo`, for a deleted run */
export async function runById(db: Db, runnerId: string, id: string, deletedToo = false): Promise<RunRow | null> {
  const [row] = await db.select().from(runs).where(one(runnerId, id)).limit(1)
  return row && (deletedToo || row.deletedAt === null) ? row : null
}

export async function addRun(db: Db, run: NewRun): Promise<void> {
  await db.insert(runs).values(run)
}

export async function changeRun(db: Db, runnerId: string, id: string, change: Partial<NewRun>): Promise<void> {
  await db.update(runs).set(change).where(one(runnerId, id))
}

/** Removes the row itself; for a run whose last source moved away. */
export async function dropRun(db: Db, runnerId: string, id: string): Promise<void> {
  await dropAnswer(db, runnerId, id)
  await db.delete(runs).where(one(runnerId, id))
}

export async function dropAnswer(db: Db, runnerId: string, runId: string): Promise<void> {
  await db.delete(assessments).where(and(eq(assessments.runnerId, runnerId), eq(assessments.runId, runId)))
}

export type RunWithAnswer = { run: RunRow; assessment: AssessmentRow | null }
export type RunFilter = {
  /** Local days, both included. */
  from?: string
  to?: string
  /** Only runs before this place (newest first). */
  before?: { startAt: Date; id: string }
  limit: number
}

/** Runs newest first, with their answers. */
export async function listRuns(db: Db, runnerId: string, filter: RunFilter): Promise<RunWithAnswer[]> {
  const conditions: (SQL | undefined)[] = [eq(runs.runnerId, runnerId), isNull(runs.deletedAt)]
  if (filter.from) conditions.push(gte(runs.localDate, filter.from))
  if (filter.to) conditions.push(lte(runs.localDate, filter.to))
  if (filter.before) {
    const { startAt, id } = filter.before
    conditions.push(sql`(${runs.startAt}, ${runs.id}) < (${startAt.toISOString()}::timestamptz, ${id}::uuid)`)
  }
  return db
    .select({ run: runs, assessment: assessments })
    .from(runs)
    .leftJoin(assessments, and(eq(assessments.runnerId, runs.runnerId), eq(assessments.runId, runs.id)))
    .where(and(...conditions))
    .orderBy(desc(runs.startAt), desc(runs.id))
    .limit(filter.limit)
}

export async function runWithAnswer(db: Db, runnerId: string, id: string): Promise<RunWithAnswer | null> {
  const [row] = await db
    .select({ run: runs, assessment: assessments })
    .from(runs)
    .leftJoin(assessments, and(eq(assessments.runnerId, runs.runnerId), eq(assessments.runId, runs.id)))
    .where(and(one(runnerId, id), isNull(runs.deletedAt)))
    .limit(1)
  return row ?? null
}

/** Sources of these runs that are still there, best first. */
export async function sourcesOf(db: Db, runnerId: string, runIds: string[]): Promise<SourceHead[]> {
  if (runIds.length === 0) return []
  return db
    .select(heads)
    .from(runSources)
    .where(and(eq(runSources.runnerId, runnerId), inArray(runSources.runId, runIds), isNull(runSources.goneAt)))
    .orderBy(desc(runSources.quality), asc(runSources.receivedAt), asc(runSources.id))
}

export async function sourceById(db: Db, runnerId: string, id: string): Promise<SourceHead | null> {
  const [row] = await db
    .select(heads)
    .from(runSources)
    .where(and(eq(runSources.runnerId, runnerId), eq(runSources.id, id)))
    .limit(1)
  return row ?? null
}

/** @param externalId the source's own id of the run, or `sha256:…` of a file */
export async function sourceByExternalId(db: Db, runnerId: string, from: string, externalId: string): Promise<SourceHead | null> {
  const [row] = await db
    .select(heads)
    .from(runSources)
    .where(and(eq(runSources.runnerId, runnerId), eq(runSources.from, from), eq(runSources.externalId, externalId)))
    .limit(1)
  return row ?? null
}

export async function addSource(db: Db, source: NewSource): Promise<void> {
  await db.insert(runSources).values(source)
}

export async function changeSource(db: Db, runnerId: string, id: string, change: Partial<NewSource>): Promise<void> {
  await db
    .update(runSources)
    .set(change)
    .where(and(eq(runSources.runnerId, runnerId), eq(runSources.id, id)))
}

/** Runs, deleted ones too, that begin within `seconds` of an instant, each with its sources' heads. */
export async function runsAround(
  db: Db,
  runnerId: string,
  startAt: Date,
  seconds: number,
): Promise<{ run: RunRow; sources: SourceHead[] }[]> {
  const near = await db
    .select()
    .from(runs)
    .where(
      and(
        eq(runs.runnerId, runnerId),
        gte(runs.startAt, new Date(startAt.getTime() - seconds * 1000)),
        lte(runs.startAt, new Date(startAt.getTime() + seconds * 1000)),
      ),
    )
    .orderBy(asc(runs.startAt), asc(runs.id))
  const sources = await sourcesOf(
    db,
    runnerId,
    near.map((run) => run.id),
  )
  return near.map((run) => ({ run, sources: sources.filter((source) => source.runId === run.id) }))
}

export async function hasRunAfter(db: Db, runnerId: string, startAt: Date): Promise<boolean> {
  const [row] = await db
    .select({ id: runs.id })
    .from(runs)
    .where(and(eq(runs.runnerId, runnerId), gt(runs.startAt, startAt), isNull(runs.deletedAt)))
    .limit(1)
  return row !== undefined
}

/** Packed samples of a run's best source; null for a summary. */
export async function seriesOf(db: Db, runnerId: string, sourceId: string): Promise<Uint8Array | null> {
  const [row] = await db
    .select({ series: runSources.series })
    .from(runSources)
    .where(and(eq(runSources.runnerId, runnerId), eq(runSources.id, sourceId)))
    .limit(1)
  return row?.series ?? null
}

export type RunToAssess = { run: RunRow; facts: SourceHead['facts'] }

/** Rows of a long reading that are asked for at once: on the embedded database each query holds every other one back. */
const AT_ONCE = 100

/** Runs from a local day on, in the order of their days and starts, with the facts of their best source. */
export async function runsToAssess(db: Db, runnerId: string, from: string): Promise<RunToAssess[]> {
  const found: RunToAssess[] = []
  for (;;) {
    const last = found.at(-1)?.run
    const after = last
      ? sql`(${runs.localDate}, ${runs.startAt}, ${runs.id}) > (${last.localDate}::date, ${last.startAt.toISOString()}::timestamptz, ${last.id}::uuid)`
      : undefined
    const some = await db
      .select({ run: runs, facts: runSources.facts })
      .from(runs)
      .innerJoin(runSources, and(eq(runSources.runnerId, runs.runnerId), eq(runSources.id, runs.bestSourceId)))
      .where(and(eq(runs.runnerId, runnerId), isNull(runs.deletedAt), gte(runs.localDate, from), after))
      .orderBy(asc(runs.localDate), asc(runs.startAt), asc(runs.id))
      .limit(AT_ONCE)
    found.push(...some)
    if (some.length < AT_ONCE) return found
  }
}

export async function preparedOf(db: Db, runnerId: string, sourceIds: string[]): Promise<Map<string, Uint8Array>> {
  if (sourceIds.length === 0) return new Map()
  const rows = await db
    .select({ id: runSources.id, prepared: runSources.prepared })
    .from(runSources)
    .where(and(eq(runSources.runnerId, runnerId), inArray(runSources.id, sourceIds), isNotNull(runSources.prepared)))
  return new Map(rows.flatMap(({ id, prepared }) => (prepared ? [[id, prepared]] : [])))
}

/** The answers for some runs. */
export async function assessmentsFor(db: Db, runnerId: string, runIds: string[]): Promise<Map<string, AssessmentRow>> {
  const found = new Map<string, AssessmentRow>()
  for (let at = 0; at < runIds.length; at += AT_ONCE) {
    const rows = await db
      .select()
      .from(assessments)
      .where(and(eq(assessments.runnerId, runnerId), inArray(assessments.runId, runIds.slice(at, at + AT_ONCE))))
    for (const row of rows) found.set(row.runId, row)
  }
  return found
}

export async function keepAssessments(db: Db, rows: (typeof assessments.$inferInsert)[]): Promise<void> {
  if (rows.length === 0) return
  const excluded = (name: string) => sql.raw(`excluded.${name}`)
  await db
    .insert(assessments)
    .values(rows)
    .onConflictDoUpdate({
      target: [assessments.runnerId, assessments.runId],
      set: {
        label: excluded('label'),
        pHard: excluded('p_hard'),
        confidence: excluded('confidence'),
        decidedBy: excluded('decided_by'),
        demand: excluded('demand'),
        subtype: excluded('subtype'),
        hardForPlacement: excluded('hard_for_placement'),
        ask: excluded('ask'),
        reasons: excluded('reasons'),
        evidence: excluded('evidence'),
        thresholdsDay: excluded('thresholds_day'),
        rulesVersion: excluded('rules_version'),
        previous: excluded('previous'),
        assessedAt: excluded('assessed_at'),
      },
    })
}

/** Sources whose platform's policy says that they must go by now. */
export function expiredSources(db: Db, now: Date): Promise<SourceHead[]> {
  return db
    .select(heads)
    .from(runSources)
    .where(and(lte(runSources.expiresAt, now), isNull(runSources.goneAt), or(isNotNull(runSources.series), isNotNull(runSources.prepared))))
    .limit(500)
}

/** Sources from one platform: by its ids, or of runs on local days (both included). */
export async function platformSources(
  db: Db,
  runnerId: string,
  from: string,
  asked: { externalIds: string[] } | { fromDay: string; toDay: string },
): Promise<Pick<SourceHead, 'externalId' | 'goneAt' | 'receivedAt'>[]> {
  if ('externalIds' in asked && asked.externalIds.length === 0) return []
  const which =
    'externalIds' in asked
      ? inArray(runSources.externalId, asked.externalIds)
      : and(gte(runs.localDate, asked.fromDay), lte(runs.localDate, asked.toDay), isNull(runs.deletedAt))
  return db
    .select({ externalId: runSources.externalId, goneAt: runSources.goneAt, receivedAt: runSources.receivedAt })
    .from(runSources)
    .innerJoin(runs, and(eq(runs.runnerId, runSources.runnerId), eq(runs.id, runSources.runId)))
    .where(and(eq(runSources.runnerId, runnerId), eq(runSources.from, from), which))
}

/** Sources of a platform whose figures a policy ties to a day. */
export function policySources(db: Db, runnerId: string, from: string): Promise<{ id: string }[]> {
  return db
    .select({ id: runSources.id })
    .from(runSources)
    .where(and(eq(runSources.runnerId, runnerId), eq(runSources.from, from), isNotNull(runSources.expiresAt)))
}
