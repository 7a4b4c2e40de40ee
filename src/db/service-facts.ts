/** Facts of the service itself: alarms to the operator, registered webhooks, numbers that were given out. */
import { eq, like, sql } from 'drizzle-orm'
import { type Db, rowsOf } from './open.ts'
import { serviceFacts } from './schema.ts'

export async function factOf(db: Db, key: string): Promise<unknown> {
  const [row] = await db.select({ value: serviceFacts.value }).from(serviceFacts).where(eq(serviceFacts.key, key)).limit(1)
  return row?.value ?? null
}

export async function keepFact(db: Db, key: string, value: unknown, now: Date): Promise<void> {
  await db
    .insert(serviceFacts)
    .values({ key, value, updatedAt: now })
    .onConflictDoUpdate({ target: serviceFacts.key, set: { value, updatedAt: now } })
}

export async function dropFact(db: Db, key: string): Promise<boolean> {
  return (await db.delete(serviceFacts).where(eq(serviceFacts.key, key)).returning({ key: serviceFacts.key })).length > 0
}

/** A number that nobody got before, 1 and rising. */
export async function nextNumber(db: Db, name: string, now: Date): Promise<number> {
  const rows = rowsOf<{ value: number }>(
    await db.execute(sql`
      insert into service_facts (key, value, updated_at) values (${`number:${name}`}, '1'::jsonb, ${now.toISOString()}::timestamptz)
      on conflict (key) do update set value = to_jsonb((service_facts.value)::int + 1), updated_at = excluded.updated_at
      returning (value)::int as value`),
  )
  return Number(rows[0]?.value)
}

// ── Alarms to the operator ──────────────────────────────────────────────────────────────────────────────────────────

export type Alarm = { platform: string; text: string; since: string }

/** Raises the alarm of a platform; one that is up keeps its beginning. @returns whether it is new */
export async function raiseAlarm(db: Db, platform: string, text: string, now: Date): Promise<boolean> {
  const rows = await db
    .insert(serviceFacts)
    .values({ key: `alarm:${platform}`, value: { platform, text, since: now.toISOString() }, updatedAt: now })
    .onConflictDoNothing()
    .returning({ key: serviceFacts.key })
  return rows.length > 0
}

/** @returns whether one was up */
export function endAlarm(db: Db, platform: string): Promise<boolean> {
  return dropFact(db, `alarm:${platform}`)
}

export async function alarms(db: Db): Promise<Alarm[]> {
  const rows = await db
    .select({ value: serviceFacts.value })
    .from(serviceFacts)
    .where(like(serviceFacts.key, 'alarm:%'))
    .orderBy(serviceFacts.key)
  return rows.map(({ value }) => value as Alarm)
}
