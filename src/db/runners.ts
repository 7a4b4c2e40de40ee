/** People: their profile, their feed, and erasing all of it. */
import { randomBytes, randomUUID } from 'node:crypto'
import { asc, desc, eq, sql } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'
import type { Thresholds } from '../core/effort/types.ts'
import { defaultRunner, type Runner } from '../core/runner.ts'
import type { Db, Tx } from './open.ts'
import * as schema from './schema.ts'
import { calendarFeeds, runners, thresholdVersions } from './schema.ts'

export type RunnerRow = typeof runners.$inferSelect

/** The oldest runner: with ACCOUNTS=off, the only one. Made at the first call. */
export async function onlyRunner(db: Db, now: Date, timeZone: string): Promise<string> {
  return db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(7305411663)`)
    const [row] = await tx.select({ id: runners.id }).from(runners).where(eq(runners.demo, false)).orderBy(asc(runners.createdAt)).limit(1)
    if (row) return row.id
    return addRunner(tx, { now, profile: { timeZone } })
  })
}

/** A runner with a feed of its own. @returns its id */
export async function addRunner(tx: Tx, given: { now: Date; profile?: Partial<Runner>; demo?: boolean }): Promise<string> {
  const id = randomUUID()
  await tx.insert(runners).values({ id, profile: given.profile ?? {}, demo: given.demo ?? false, createdAt: given.now })
  await newFeed(tx, id, given.now)
  return id
}

export async function runnerRow(db: Db, id: string): Promise<RunnerRow | null> {
  const [row] = await db.select().from(runners).where(eq(runners.id, id)).limit(1)
  return row ?? null
}

/** Holds every other change of this runner back until the transaction ends. @returns null when the runner is gone */
export async function lockRunner(tx: Tx, id: string): Promise<RunnerRow | null> {
  const [row] = await tx.select().from(runners).where(eq(runners.id, id)).for('update')
  return row ?? null
}

export async function changeRunner(
  db: Db,
  id: string,
  change: Partial<Pick<RunnerRow, 'profile' | 'timeZoneFixed' | 'noticeUrl' | 'noticeEmail'>>,
): Promise<void> {
  await db.update(runners).set(change).where(eq(runners.id, id))
}

export async function runnerIds(db: Db): Promise<string[]> {
  return (await db.select({ id: runners.id }).from(runners).orderBy(asc(runners.createdAt))).map(({ id }) => id)
}

/** The profile with the defaults filled in; learnt figures are not in it (see `figuresOf`). */
export function profileOf(row: Pick<RunnerRow, 'profile'>): Runner {
  return { ...defaultRunner, ...row.profile }
}

/** The newest thresholds; null while nothing was learnt. */
export async function newestThresholds(db: Db, runnerId: string): Promise<Thresholds | null> {
  const [row] = await db
    .select()
    .from(thresholdVersions)
    .where(eq(thresholdVersions.runnerId, runnerId))
    .orderBy(desc(thresholdVersions.fromDay))
    .limit(1)
  return row ? (row.thresholds as Thresholds) : null
}

/** The secret of the runner's calendar feed. */
export async function feedToken(db: Db, runnerId: string): Promise<string | null> {
  const [row] = await db
    .select({ token: calendarFeeds.token })
    .from(calendarFeeds)
    .where(eq(calendarFeeds.runnerId, runnerId))
    .orderBy(desc(calendarFeeds.createdAt))
    .limit(1)
  return row?.token ?? null
}

export async function runnerOfFeed(db: Db, token: string): Promise<string | null> {
  const [row] = await db.select({ runnerId: calendarFeeds.runnerId }).from(calendarFeeds).where(eq(calendarFeeds.token, token)).limit(1)
  return row?.runnerId ?? null
}

/** A new secret; the old address answers no more. */
export async function newFeed(tx: Tx, runnerId: string, now: Date): Promise<string> {
  const token = randomBytes(24).toString('base64url')
  await tx.delete(calendarFeeds).where(eq(calendarFeeds.runnerId, runnerId))
  await tx.insert(calendarFeeds).values({ token, runnerId, createdAt: now })
  return token
}

type OwnedTable = PgTable & { runnerId: typeof schema.arrivals.runnerId | typeof schema.plans.runnerId }

/** Every table with rows of a runner. A test compares this list with the schema. */
export const ownedTables = {
  arrivalBytes: schema.arrivalBytes,
  arrivals: schema.arrivals,
  runSources: schema.runSources,
  assessments: schema.assessments,
  runs: schema.runs,
  thresholdVersions: schema.thresholdVersions,
  effortStates: schema.effortStates,
  effortCheckpoints: schema.effortCheckpoints,
  strengthActivities: schema.strengthActivities,
  deliveries: schema.deliveries,
  sessions: schema.sessions,
  plans: schema.plans,
  messages: schema.messages,
  connections: schema.connections,
  platformUsers: schema.platformUsers,
  oauthFlows: schema.oauthFlows,
  calendarFeeds: schema.calendarFeeds,
  credentials: schema.credentials,
  accounts: schema.accounts,
} as const

/** Erases a runner and every row of theirs. What stands on platforms must have been withdrawn before. */
export async function eraseRunner(tx: Tx, runnerId: string): Promise<void> {
  for (const table of Object.values(ownedTables) as OwnedTable[]) await tx.delete(table).where(eq(table.runnerId, runnerId))
  await tx.delete(runners).where(eq(runners.id, runnerId))
}
