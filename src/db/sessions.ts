/** Strength sessions, what the planner said beside them, and strength activities that came back. */
import { and, asc, eq, gte, inArray, isNotNull, isNull, lt, lte, ne, notExists, or, type SQL, sql } from 'drizzle-orm'
import type { Db } from './open.ts'
import { connections, deliveries, messages, plans, runners, sessions, strengthActivities } from './schema.ts'

export type SessionRow = typeof sessions.$inferSelect
export type NewSession = typeof sessions.$inferInsert
export type PlanRow = typeof plans.$inferSelect
export type MessageRow = typeof messages.$inferSelect
export type DeliveryRow = typeof deliveries.$inferSelect
export type StrengthRow = typeof strengthActivities.$inferSelect

/** Sessions of local days from `from` to `to`, both included, in the order of their time. */
export function sessionsBetween(db: Db, runnerId: string, from: string, to: string, withdrawnToo = false): Promise<SessionRow[]> {
  return inOrder(db, runnerId, from, to, withdrawnToo ? undefined : ne(sessions.status, 'withdrawn'))
}

/** Sessions of a feed: those that anybody outside saw, and those to come; withdrawn ones only when they were ever shown. */
export function feedSessions(db: Db, runnerId: string, from: string, to: string): Promise<SessionRow[]> {
  return inOrder(db, runnerId, from, to, or(ne(sessions.status, 'withdrawn'), isNotNull(sessions.publishedAt)))
}

function inOrder(db: Db, runnerId: string, from: string, to: string, which: SQL | undefined): Promise<SessionRow[]> {
  return db
    .select()
    .from(sessions)
    .where(and(eq(sessions.runnerId, runnerId), gte(sessions.localDate, from), lte(sessions.localDate, to), which))
    .orderBy(asc(sessions.localDate), asc(sessions.localTime), asc(sessions.id))
}

export async function sessionById(db: Db, runnerId: string, id: string): Promise<SessionRow | null> {
  const [row] = await db
    .select()
    .from(sessions)
    .where(and(eq(sessions.runnerId, runnerId), eq(sessions.id, id)))
    .limit(1)
  return row ?? null
}

export async function addSession(db: Db, row: NewSession): Promise<void> {
  await db.insert(sessions).values(row)
}

export async function changeSession(db: Db, runnerId: string, id: string, change: Partial<NewSession>): Promise<void> {
  await db
    .update(sessions)
    .set(change)
    .where(and(eq(sessions.runnerId, runnerId), eq(sessions.id, id)))
}

/** Marks sessions as shown outside: from now on a change of them must be told. */
export async function markPublished(db: Db, runnerId: string, ids: string[], now: Date): Promise<void> {
  if (ids.length === 0) return
  await db
    .update(sessions)
    .set({ publishedAt: now })
    .where(and(eq(sessions.runnerId, runnerId), inArray(sessions.id, ids), isNull(sessions.publishedAt)))
}

export async function planOf(db: Db, runnerId: string): Promise<PlanRow | null> {
  const [row] = await db.select().from(plans).where(eq(plans.runnerId, runnerId)).limit(1)
  return row ?? null
}

export async function keepPlan(db: Db, row: PlanRow): Promise<void> {
  const { runnerId: _runnerId, ...rest } = row
  await db.insert(plans).values(row).onConflictDoUpdate({ target: plans.runnerId, set: rest })
}

export function deliveriesOf(db: Db, runnerId: string, sessionIds: string[]): Promise<DeliveryRow[]> {
  if (sessionIds.length === 0) return Promise.resolve([])
  return db
    .select()
    .from(deliveries)
    .where(and(eq(deliveries.runnerId, runnerId), inArray(deliveries.sessionId, sessionIds)))
    .orderBy(asc(deliveries.platform))
}

// ── Messages ────────────────────────────────────────────────────────────────────────────────────────────────────────

export type NewMessage = Pick<MessageRow, 'runnerId' | 'id' | 'key' | 'text' | 'createdAt'> &
  Partial<Pick<MessageRow, 'sessionId' | 'undo'>>

/** Keeps a message; one of the same key is replaced and unread again. */
export async function keepMessage(db: Db, message: NewMessage): Promise<void> {
  const { runnerId: _runnerId, id: _id, key: _key, ...rest } = message
  await db
    .insert(messages)
    .values(message)
    .onConflictDoUpdate({
      target: [messages.runnerId, messages.key],
      set: { sessionId: null, undo: null, ...rest, readAt: null, sentAt: null, sentBy: [] },
    })
}

/** Keeps a message unless one of its key is there. @returns whether it is new */
export async function addMessage(db: Db, message: NewMessage): Promise<boolean> {
  const rows = await db.insert(messages).values(message).onConflictDoNothing().returning({ id: messages.id })
  return rows.length === 1
}

/** Messages that were not sent anywhere yet, not older than a moment. */
export function unsentMessages(db: Db, runnerId: string, since: Date): Promise<MessageRow[]> {
  return db
    .select()
    .from(messages)
    .where(and(eq(messages.runnerId, runnerId), isNull(messages.sentAt), isNull(messages.readAt), gte(messages.createdAt, since)))
    .orderBy(asc(messages.createdAt), asc(messages.key))
}

/** Notes one way that a message went, before the others have. */
export async function markSentBy(db: Db, runnerId: string, id: string, way: string): Promise<void> {
  await db
    .update(messages)
    .set({ sentBy: sql`${messages.sentBy} || ${JSON.stringify([way])}::jsonb` })
    .where(and(eq(messages.runnerId, runnerId), eq(messages.id, id)))
}

export async function markSent(db: Db, runnerId: string, id: string, now: Date): Promise<void> {
  await db
    .update(messages)
    .set({ sentAt: now })
    .where(and(eq(messages.runnerId, runnerId), eq(messages.id, id)))
}

/** Runners with unsent messages and an address to send them to. */
export async function runnersToNotify(db: Db, since: Date): Promise<string[]> {
  const rows = await db
    .selectDistinct({ runnerId: messages.runnerId })
    .from(messages)
    .innerJoin(runners, eq(runners.id, messages.runnerId))
    .where(
      and(
        isNull(messages.sentAt),
        isNull(messages.readAt),
        gte(messages.createdAt, since),
        or(isNotNull(runners.noticeUrl), isNotNull(runners.noticeEmail)),
      ),
    )
  return rows.map(({ runnerId }) => runnerId)
}

export function unreadMessages(db: Db, runnerId: string): Promise<MessageRow[]> {
  return db
    .select()
    .from(messages)
    .where(and(eq(messages.runnerId, runnerId), isNull(messages.readAt)))
    .orderBy(asc(messages.createdAt), asc(messages.key))
}

export async function messageById(db: Db, runnerId: string, id: string): Promise<MessageRow | null> {
  const [row] = await db
    .select()
    .from(messages)
    .where(and(eq(messages.runnerId, runnerId), eq(messages.id, id)))
    .limit(1)
  return row ?? null
}

export async function markRead(db: Db, runnerId: string, id: string, now: Date): Promise<void> {
  await db
    .update(messages)
    .set({ readAt: now })
    .where(and(eq(messages.runnerId, runnerId), eq(messages.id, id)))
}

/** Puts a message away by its key, because what it said is over. */
export async function dropMessage(db: Db, runnerId: string, key: string): Promise<void> {
  await db.delete(messages).where(and(eq(messages.runnerId, runnerId), eq(messages.key, key)))
}

// ── Strength activities ─────────────────────────────────────────────────────────────────────────────────────────────

/** @returns false when it was kept before */
export async function addStrength(db: Db, row: StrengthRow): Promise<boolean> {
  const rows = await db.insert(strengthActivities).values(row).onConflictDoNothing().returning({ id: strengthActivities.id })
  return rows.length === 1
}

export async function strengthByExternalId(db: Db, runnerId: string, from: string, externalId: string): Promise<StrengthRow | null> {
  const [row] = await db
    .select()
    .from(strengthActivities)
    .where(and(eq(strengthActivities.runnerId, runnerId), eq(strengthActivities.from, from), eq(strengthActivities.externalId, externalId)))
    .limit(1)
  return row ?? null
}

/** Sessions of a day that an activity may be: not done by another one yet. */
export function sessionsToMatch(db: Db, runnerId: string, from: string, to: string): Promise<SessionRow[]> {
  return db
    .select()
    .from(sessions)
    .where(
      and(
        eq(sessions.runnerId, runnerId),
        gte(sessions.localDate, from),
        lte(sessions.localDate, to),
        or(eq(sessions.status, 'planned'), eq(sessions.status, 'missed'), eq(sessions.status, 'skipped')),
      ),
    )
    .orderBy(asc(sessions.localDate), asc(sessions.localTime))
}

// ── Platforms ───────────────────────────────────────────────────────────────────────────────────────────────────────

/** Whether a platform takes this runner's sessions, or has any of them still. */
export async function wantsSessions(db: Db, runnerId: string): Promise<boolean> {
  const [connected] = await db
    .select({ platform: connections.platform })
    .from(connections)
    .where(and(eq(connections.runnerId, runnerId), eq(connections.write, true)))
    .limit(1)
  if (connected) return true
  const [there] = await db
    .select({ platform: deliveries.platform })
    .from(deliveries)
    .where(and(eq(deliveries.runnerId, runnerId), ne(deliveries.state, 'withdrawn')))
    .limit(1)
  return there !== undefined
}

// ── What is no longer needed ────────────────────────────────────────────────────────────────────────────────────────

/** Withdrawn sessions that every calendar has seen go; those that still stand on a platform stay. */
export async function dropOldWithdrawn(db: Db, before: Date): Promise<void> {
  const there = db
    .select({ sessionId: deliveries.sessionId })
    .from(deliveries)
    .where(and(eq(deliveries.runnerId, sessions.runnerId), eq(deliveries.sessionId, sessions.id), ne(deliveries.state, 'withdrawn')))
  await db.delete(sessions).where(and(eq(sessions.status, 'withdrawn'), lt(sessions.updatedAt, before), notExists(there)))
}

export async function dropOldMessages(db: Db, before: Date): Promise<void> {
  await db.delete(messages).where(lt(messages.readAt, before))
}
