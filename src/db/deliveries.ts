/** What we put on runners' platforms: the only rows that cannot be made again. */
import { and, eq, isNotNull, ne, or } from 'drizzle-orm'
import type { Db } from './open.ts'
import { deliveries } from './schema.ts'

export type DeliveryRow = typeof deliveries.$inferSelect
export type DeliveryChange = Partial<Omit<typeof deliveries.$inferInsert, 'runnerId' | 'sessionId' | 'platform'>>

/** Everything that stands, shall stand or may stand on a runner's platform. */
export function openDeliveries(db: Db, runnerId: string, platform: string): Promise<DeliveryRow[]> {
  return db
    .select()
    .from(deliveries)
    .where(
      and(
        eq(deliveries.runnerId, runnerId),
        eq(deliveries.platform, platform),
        or(ne(deliveries.state, 'withdrawn'), isNotNull(deliveries.intent)),
      ),
    )
}

export async function deliveryOf(db: Db, runnerId: string, sessionId: string, platform: string): Promise<DeliveryRow | null> {
  const [row] = await db
    .select()
    .from(deliveries)
    .where(and(eq(deliveries.runnerId, runnerId), eq(deliveries.sessionId, sessionId), eq(deliveries.platform, platform)))
    .limit(1)
  return row ?? null
}

/** The session behind the platform's own id of an entry. */
export async function deliveryByExternalId(db: Db, runnerId: string, platform: string, externalId: string): Promise<DeliveryRow | null> {
  const [row] = await db
    .select()
    .from(deliveries)
    .where(and(eq(deliveries.runnerId, runnerId), eq(deliveries.platform, platform), eq(deliveries.externalId, externalId)))
    .limit(1)
  return row ?? null
}

/** Makes or changes the row of a session on a platform. */
export async function keepDelivery(
  db: Db,
  key: { runnerId: string; sessionId: string; platform: string },
  change: DeliveryChange & { updatedAt: Date },
): Promise<void> {
  await db
    .insert(deliveries)
    .values({ state: 'pending', ...change, ...key })
    .onConflictDoUpdate({ target: [deliveries.runnerId, deliveries.sessionId, deliveries.platform], set: change })
}

/** Changes the row of a session on a platform, if it is there. */
export async function changeDelivery(
  db: Db,
  { runnerId, sessionId, platform }: { runnerId: string; sessionId: string; platform: string },
  change: DeliveryChange,
): Promise<void> {
  await db
    .update(deliveries)
    .set(change)
    .where(and(eq(deliveries.runnerId, runnerId), eq(deliveries.sessionId, sessionId), eq(deliveries.platform, platform)))
}

/** Forgets everything that stood on a runner's platform. */
export async function dropDeliveries(db: Db, runnerId: string, platform: string): Promise<void> {
  await db.delete(deliveries).where(and(eq(deliveries.runnerId, runnerId), eq(deliveries.platform, platform)))
}

/** Platforms on which something of this runner stands. */
export async function platformsWithEntries(db: Db, runnerId: string): Promise<string[]> {
  const rows = await db
    .selectDistinct({ platform: deliveries.platform })
    .from(deliveries)
    .where(and(eq(deliveries.runnerId, runnerId), or(ne(deliveries.state, 'withdrawn'), isNotNull(deliveries.intent))))
  return rows.map(({ platform }) => platform)
}
