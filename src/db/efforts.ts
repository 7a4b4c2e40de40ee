/** How far a runner's runs are judged, and the checkpoints from which judging begins again. */
import { and, desc, eq, gte, lte, sql } from 'drizzle-orm'
import type { Day } from '../core/days.ts'
import type { EffortState } from '../core/effort/state.ts'
import type { Thresholds } from '../core/effort/types.ts'
import type { Db } from './open.ts'
import { effortCheckpoints, effortStates, thresholdVersions } from './schema.ts'

export type EffortProgress = typeof effortStates.$inferSelect

/** The day before all runs: everything has to be judged again. */
export const BEGINNING: Day = '0001-01-01'

/** Runs from this day on have to be judged again. */
export async function markDirty(db: Db, runnerId: string, from: Day): Promise<void> {
  await db
    .insert(effortStates)
    .values({ runnerId, dirtyFrom: from, generation: 1 })
    .onConflictDoUpdate({
      target: effortStates.runnerId,
      set: {
        dirtyFrom: sql`least(coalesce(${effortStates.dirtyFrom}, excluded.dirty_from), excluded.dirty_from)`,
        generation: sql`${effortStates.generation} + 1`,
      },
    })
}

export async function effortProgress(db: Db, runnerId: string): Promise<EffortProgress | null> {
  const [row] = await db.select().from(effortStates).where(eq(effortStates.runnerId, runnerId)).limit(1)
  return row ?? null
}

/** Says that all is judged, unless something changed meanwhile. */
export async function markJudged(db: Db, runnerId: string, generation: number, rulesVersion: number, now: Date): Promise<void> {
  await db
    .insert(effortStates)
    .values({ runnerId, dirtyFrom: null, generation, rulesVersion, judgedAt: now })
    .onConflictDoUpdate({
      target: effortStates.runnerId,
      set: { dirtyFrom: null, rulesVersion, judgedAt: now },
      setWhere: eq(effortStates.generation, generation),
    })
}

/** The newest memory that holds no run of `day` or later. */
export async function checkpointBefore(db: Db, runnerId: string, day: Day): Promise<{ day: Day; state: EffortState } | null> {
  const [row] = await db
    .select()
    .from(effortCheckpoints)
    .where(and(eq(effortCheckpoints.runnerId, runnerId), lte(effortCheckpoints.day, day)))
    .orderBy(desc(effortCheckpoints.day))
    .limit(1)
  return row ? { day: row.day, state: row.state as EffortState } : null
}

export async function dropCheckpoints(db: Db, runnerId: string, from: Day): Promise<void> {
  await db.delete(effortCheckpoints).where(and(eq(effortCheckpoints.runnerId, runnerId), gte(effortCheckpoints.day, from)))
}

export async function keepCheckpoints(db: Db, runnerId: string, checkpoints: { day: Day; state: EffortState }[]): Promise<void> {
  for (const { day, state } of checkpoints) {
    await db
      .insert(effortCheckpoints)
      .values({ runnerId, day, state })
      .onConflictDoUpdate({ target: [effortCheckpoints.runnerId, effortCheckpoints.day], set: { state } })
  }
}

/** Replaces the thresholds from a day on. */
export async function keepThresholds(
  db: Db,
  runnerId: string,
  from: Day,
  versions: { fromDay: Day; thresholds: Thresholds }[],
): Promise<void> {
  await db.delete(thresholdVersions).where(and(eq(thresholdVersions.runnerId, runnerId), gte(thresholdVersions.fromDay, from)))
  for (let at = 0; at < versions.length; at += 50) {
    await db.insert(thresholdVersions).values(versions.slice(at, at + 50).map((version) => ({ runnerId, ...version })))
  }
}

/** The thresholds that held on a day; null before the first. */
export async function thresholdsAt(db: Db, runnerId: string, day: Day): Promise<Thresholds | null> {
  const [row] = await db
    .select()
    .from(thresholdVersions)
    .where(and(eq(thresholdVersions.runnerId, runnerId), lte(thresholdVersions.fromDay, day)))
    .orderBy(desc(thresholdVersions.fromDay))
    .limit(1)
  return row ? (row.thresholds as Thresholds) : null
}
