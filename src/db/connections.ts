/** Runners' accounts on platforms, connecting in progress, and the directory platform user -> runner. */
import { and, asc, eq, inArray, isNotNull, isNull, lt, lte, ne, or, sql } from 'drizzle-orm'
import type { Db, Tx } from './open.ts'
import { connections, oauthFlows, platformUsers } from './schema.ts'

export type ConnectionRow = typeof connections.$inferSelect
export type ConnectionChange = Partial<Omit<typeof connections.$inferInsert, 'runnerId' | 'platform'>>
export type OauthFlow = typeof oauthFlows.$inferSelect

const one = (runnerId: string, platform: string) => and(eq(connections.runnerId, runnerId), eq(connections.platform, platform))

export async function connectionOf(db: Db, runnerId: string, platform: string): Promise<ConnectionRow | null> {
  const [row] = await db.select().from(connections).where(one(runnerId, platform)).limit(1)
  return row ?? null
}

/** Holds other changes of this connection back until the transaction ends. */
export async function lockConnection(tx: Tx, runnerId: string, platform: string): Promise<ConnectionRow | null> {
  const [row] = await tx.select().from(connections).where(one(runnerId, platform)).for('update')
  return row ?? null
}

export function connectionsOf(db: Db, runnerId: string): Promise<ConnectionRow[]> {
  return db.select().from(connections).where(eq(connections.runnerId, runnerId)).orderBy(asc(connections.connectedAt))
}

/** Every connection that is not off, of all runners. */
export function liveConnections(db: Db): Promise<ConnectionRow[]> {
  return db.select().from(connections).where(ne(connections.state, 'off')).orderBy(asc(connections.connectedAt))
}

export async function countConnected(db: Db, platform: string): Promise<number> {
  const [row] = await db
    .select({ users: sql<number>`count(*)::int` })
    .from(connections)
    .where(and(eq(connections.platform, platform), ne(connections.state, 'off')))
  return row?.users ?? 0
}

/** Makes the connection or makes it anew. */
export async function keepConnection(db: Db, row: typeof connections.$inferInsert): Promise<void> {
  const { runnerId: _runnerId, platform: _platform, ...rest } = row
  await db
    .insert(connections)
    .values(row)
    .onConflictDoUpdate({ target: [connections.runnerId, connections.platform], set: rest })
}

export async function changeConnection(db: Db, runnerId: string, platform: string, change: ConnectionChange): Promise<void> {
  await db.update(connections).set(change).where(one(runnerId, platform))
}

export async function dropConnection(db: Db, runnerId: string, platform: string): Promise<void> {
  await db.delete(connections).where(one(runnerId, platform))
}

/** Adds keys to what the platform wants remembered. */
export async function remember(db: Db, runnerId: string, platform: string, patch: Record<string, unknown>): Promise<void> {
  await db
    .update(connections)
    .set({ memory: sql`${connections.memory} || ${JSON.stringify(patch)}::jsonb` })
    .where(one(runnerId, platform))
}

/** Counts a run of the history as read. */
export async function countRead(db: Db, runnerId: string, platform: string): Promise<void> {
  await db
    .update(connections)
    .set({
      backfill: sql`jsonb_set(${connections.backfill}, '{read}', to_jsonb((${connections.backfill}->>'read')::int + 1))`,
    })
    .where(and(one(runnerId, platform), isNotNull(connections.backfill)))
}

/** Raises the time of the newest run; an older run leaves it as it is. */
export async function noteRun(db: Db, runnerId: string, platform: string, at: Date): Promise<void> {
  await db
    .update(connections)
    .set({ lastRunAt: at })
    .where(and(one(runnerId, platform), or(isNull(connections.lastRunAt), lt(connections.lastRunAt, at))))
}

// ── Renewing tokens: one process at a time ──────────────────────────────────────────────────────────────────────────

/**
 * Takes the right to refresh, if nobody has it and the pair is still the one that was seen. One statement; no transaction
 * is open while the platform is asked.
 * @returns false when another process has it or the pair was renewed meanwhile
 */
export async function leaseRefresh(db: Db, seen: ConnectionRow, now: Date, until: Date): Promise<boolean> {
  const rows = await db
    .update(connections)
    .set({ refreshLeaseUntil: until, refreshStartedAt: now })
    .where(
      and(
        one(seen.runnerId, seen.platform),
        eq(connections.tokenGeneration, seen.tokenGeneration),
        isNotNull(connections.sealedTokens),
        or(isNull(connections.refreshLeaseUntil), lte(connections.refreshLeaseUntil, now)),
      ),
    )
    .returning({ platform: connections.platform })
  return rows.length === 1
}

/** Stores what a refresh came to, unless a newer pair is there. @returns whether it was stored */
export async function endRefresh(db: Db, seen: ConnectionRow, change: ConnectionChange): Promise<boolean> {
  const rows = await db
    .update(connections)
    .set({ ...change, refreshLeaseUntil: null })
    .where(and(one(seen.runnerId, seen.platform), eq(connections.tokenGeneration, seen.tokenGeneration)))
    .returning({ platform: connections.platform })
  return rows.length === 1
}

/** Stores the same pair sealed with another key, unless it was renewed meanwhile. */
export async function keepResealed(db: Db, seen: ConnectionRow, sealedTokens: string): Promise<void> {
  await db
    .update(connections)
    .set({ sealedTokens })
    .where(
      and(one(seen.runnerId, seen.platform), eq(connections.tokenGeneration, seen.tokenGeneration), isNull(connections.refreshLeaseUntil)),
    )
}

// ── Whose platform account it is ────────────────────────────────────────────────────────────────────────────────────

/** The runner behind a platform's user, or null. */
export async function runnerOfPlatformUser(db: Db, platform: string, externalUserId: string): Promise<string | null> {
  const [row] = await db
    .select({ runnerId: platformUsers.runnerId })
    .from(platformUsers)
    .where(and(eq(platformUsers.platform, platform), eq(platformUsers.externalUserId, externalUserId)))
    .limit(1)
  return row?.runnerId ?? null
}

/** Runners behind platform users, for a push that names several. */
export async function runnersOfPlatformUsers(db: Db, platform: string, ids: string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map()
  const rows = await db
    .select()
    .from(platformUsers)
    .where(and(eq(platformUsers.platform, platform), inArray(platformUsers.externalUserId, ids)))
  return new Map(rows.map((row) => [row.externalUserId, row.runnerId]))
}

/** Takes a platform's user for this runner. @returns false when it belongs to another runner */
export async function claimPlatformUser(tx: Tx, platform: string, externalUserId: string, runnerId: string): Promise<boolean> {
  await dropPlatformUser(tx, platform, runnerId, externalUserId)
  await tx.insert(platformUsers).values({ platform, externalUserId, runnerId }).onConflictDoNothing()
  return (await runnerOfPlatformUser(tx, platform, externalUserId)) === runnerId
}

/** Forgets a runner's accounts on a platform, except one. */
export async function dropPlatformUser(db: Db, platform: string, runnerId: string, except?: string): Promise<void> {
  await db
    .delete(platformUsers)
    .where(
      and(
        eq(platformUsers.platform, platform),
        eq(platformUsers.runnerId, runnerId),
        except === undefined ? undefined : ne(platformUsers.externalUserId, except),
      ),
    )
}

// ── Connecting in progress ──────────────────────────────────────────────────────────────────────────────────────────

export async function addFlow(db: Db, flow: typeof oauthFlows.$inferInsert): Promise<void> {
  await db.insert(oauthFlows).values(flow)
}

/** Uses a connecting in progress up. @returns null when there is none, it was used before, or it is older than `notBefore` */
export async function takeFlow(db: Db, state: string, platform: string, now: Date, notBefore: Date): Promise<OauthFlow | null> {
  const [row] = await db
    .update(oauthFlows)
    .set({ usedAt: now })
    .where(and(eq(oauthFlows.state, state), eq(oauthFlows.platform, platform), isNull(oauthFlows.usedAt)))
    .returning()
  return row && row.createdAt >= notBefore ? row : null
}

export async function dropOldFlows(db: Db, before: Date): Promise<void> {
  await db.delete(oauthFlows).where(lt(oauthFlows.createdAt, before))
}
