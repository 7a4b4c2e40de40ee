/** Reading out all that there is about one runner. Secrets (tokens, password hashes, keys of feeds) stay here. */
import { and, asc, eq, exists } from 'drizzle-orm'
import type { Arrival } from './arrivals.ts'
import type { Db } from './open.ts'
import {
  accounts,
  arrivalBytes,
  arrivals,
  connections,
  deliveries,
  messages,
  plans,
  runners,
  sessions,
  strengthActivities,
  thresholdVersions,
} from './schema.ts'

/** Tables as they are, by the name of their file. Runs come by `listRuns`, files by `keptFiles`. */
export async function exportedTables(db: Db, runnerId: string): Promise<Record<string, unknown>> {
  const [profile] = await db.select().from(runners).where(eq(runners.id, runnerId))
  return {
    profile,
    account: await db
      .select({ email: accounts.email, createdAt: accounts.createdAt })
      .from(accounts)
      .where(eq(accounts.runnerId, runnerId)),
    sessions: await db.select().from(sessions).where(eq(sessions.runnerId, runnerId)).orderBy(asc(sessions.localDate)),
    plan: await db.select().from(plans).where(eq(plans.runnerId, runnerId)),
    messages: await db.select().from(messages).where(eq(messages.runnerId, runnerId)).orderBy(asc(messages.createdAt)),
    thresholds: await db
      .select()
      .from(thresholdVersions)
      .where(eq(thresholdVersions.runnerId, runnerId))
      .orderBy(asc(thresholdVersions.fromDay)),
    strengthActivities: await db.select().from(strengthActivities).where(eq(strengthActivities.runnerId, runnerId)),
    uploads: await db
      .select()
      .from(arrivals)
      .where(eq(arrivals.runnerId, runnerId))
      .orderBy(asc(arrivals.receivedAt), asc(arrivals.position)),
    deliveries: await db.select().from(deliveries).where(eq(deliveries.runnerId, runnerId)),
    connections: await db
      .select({
        platform: connections.platform,
        externalUserId: connections.externalUserId,
        state: connections.state,
        text: connections.text,
        write: connections.write,
        scopes: connections.scopes,
        connectedAt: connections.connectedAt,
        lastRunAt: connections.lastRunAt,
      })
      .from(connections)
      .where(eq(connections.runnerId, runnerId)),
  }
}

/** Files whose bytes are kept, oldest first. */
export function keptFiles(db: Db, runnerId: string): Promise<Arrival[]> {
  const there = db
    .select({ piece: arrivalBytes.piece })
    .from(arrivalBytes)
    .where(and(eq(arrivalBytes.runnerId, arrivals.runnerId), eq(arrivalBytes.arrivalId, arrivals.id)))
  return db
    .select()
    .from(arrivals)
    .where(and(eq(arrivals.runnerId, runnerId), exists(there)))
    .orderBy(asc(arrivals.receivedAt), asc(arrivals.position), asc(arrivals.id))
}
