/** What platforms pushed, byte for byte, until it is worked through. */
import { and, count, eq, isNotNull, isNull, lt, sql } from 'drizzle-orm'
import type { Db, Tx } from './open.ts'
import { webhookDeliveries } from './schema.ts'

export type WebhookRow = typeof webhookDeliveries.$inferSelect

/** Keeps a delivery. @returns false when this delivery was kept before */
export async function addWebhook(
  tx: Tx,
  row: Pick<WebhookRow, 'platform' | 'deliveryKey' | 'id' | 'rawBody' | 'receivedAt'>,
): Promise<boolean> {
  const rows = await tx.insert(webhookDeliveries).values(row).onConflictDoNothing().returning({ id: webhookDeliveries.id })
  return rows.length === 1
}

export async function webhookById(db: Db, id: string): Promise<WebhookRow | null> {
  const [row] = await db.select().from(webhookDeliveries).where(eq(webhookDeliveries.id, id)).limit(1)
  return row ?? null
}

/** @param outcome what became of it, in words for the operator */
export async function markHandled(db: Db, id: string, outcome: string, now: Date): Promise<void> {
  await db.update(webhookDeliveries).set({ handledAt: now, outcome }).where(eq(webhookDeliveries.id, id))
}

/** Why a delivery could not be read; it stays open. */
export async function noteOutcome(db: Db, id: string, outcome: string): Promise<void> {
  await db.update(webhookDeliveries).set({ outcome }).where(eq(webhookDeliveries.id, id))
}

/** Deliveries that nobody worked through, older than a moment. */
export async function unhandledWebhooks(db: Db, before: Date): Promise<number> {
  const [row] = await db
    .select({ open: count() })
    .from(webhookDeliveries)
    .where(and(isNull(webhookDeliveries.handledAt), lt(webhookDeliveries.receivedAt, before)))
  return row?.open ?? 0
}

/** The newest delivery of each platform. */
export async function lastWebhooks(db: Db): Promise<Map<string, Date>> {
  const rows = await db
    .select({ platform: webhookDeliveries.platform, at: sql<string>`max(${webhookDeliveries.receivedAt})` })
    .from(webhookDeliveries)
    .groupBy(webhookDeliveries.platform)
  return new Map(rows.map(({ platform, at }) => [platform, new Date(at)]))
}

/** Lets go of what was worked through. */
export async function dropHandledWebhooks(db: Db, before: Date): Promise<void> {
  await db.delete(webhookDeliveries).where(and(isNotNull(webhookDeliveries.handledAt), lt(webhookDeliveries.handledAt, before)))
}
