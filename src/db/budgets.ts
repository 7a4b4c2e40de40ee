/**
 * What is left of a platform's allowance, shared by all processes. A rolling window is counted in parts: a call counts
 * until its whole part lies outside, so the window never holds more than its limit.
 */
import { and, eq, inArray, sql } from 'drizzle-orm'
import type { Db, Tx } from './open.ts'
import { budgets } from './schema.ts'

/** One window as it is counted. `key` carries the runner where the limit is per user. */
export type Window = { key: string; seconds: number; limit: number; align: 'rolling' | 'clock' }

type Row = typeof budgets.$inferSelect
type Parts = [number, number][]

/** Parts of a rolling window; the more, the less is lost to rounding. */
const PARTS = 20
const WHOLE = '*'

const partMs = (window: Window) => (window.seconds * 1000) / (window.align === 'rolling' ? PARTS : 1)
const partNow = (window: Window, now: Date) => Math.floor(now.getTime() / partMs(window))

/** The parts that still count. */
function counting(window: Window, parts: Parts, now: Date): Parts {
  const oldest = partNow(window, now) - (window.align === 'rolling' ? PARTS : 0)
  return parts.filter(([part]) => part >= oldest)
}

const sum = (parts: Parts) => parts.reduce((total, [, calls]) => total + calls, 0)

/** Milliseconds until `calls` more fit; 0 when they do, infinite when they never will. */
function waitMs(window: Window, parts: Parts, limit: number, calls: number, now: Date): number {
  let over = sum(parts) + calls - limit
  if (over <= 0) return 0
  if (calls > limit) return Number.POSITIVE_INFINITY
  for (const [part, count] of [...parts].sort((a, b) => a[0] - b[0])) {
    over -= count
    const leaves = (part + (window.align === 'rolling' ? PARTS + 1 : 1)) * partMs(window)
    if (over <= 0) return Math.max(1, leaves - now.getTime())
  }
  return Math.max(1, window.seconds * 1000)
}

function added(window: Window, parts: Parts, calls: number, now: Date): Parts {
  const at = partNow(window, now)
  const rest = parts.filter(([part]) => part !== at)
  const here = parts.find(([part]) => part === at)?.[1] ?? 0
  return [...rest, [at, here + calls]]
}

/** Rows of these windows, locked until the transaction ends; missing ones are made. In one order, so that no two wait for each other. */
async function lockRows(tx: Tx, platform: string, keys: string[], now: Date): Promise<Map<string, Row>> {
  const read = () =>
    tx
      .select()
      .from(budgets)
      .where(and(eq(budgets.platform, platform), inArray(budgets.window, keys)))
      .orderBy(budgets.window)
      .for('update')
  let rows = await read()
  if (rows.length < keys.length) {
    await tx
      .insert(budgets)
      .values([...keys].sort().map((window) => ({ platform, window, updatedAt: now })))
      .onConflictDoNothing()
    rows = await read()
  }
  return new Map(rows.map((row) => [row.window, row]))
}

/** New counts of several windows in one statement. */
async function keepParts(tx: Tx, platform: string, counts: { key: string; parts: Parts }[], now: Date): Promise<void> {
  const rows = counts.map(({ key, parts }) => sql`(${key}::text, ${JSON.stringify(parts)}::jsonb)`)
  await tx.execute(sql`
    update budgets set parts = told.parts, updated_at = ${now.toISOString()}::timestamptz
    from (values ${sql.join(rows, sql`, `)}) as told (key, parts)
    where budgets.platform = ${platform} and budgets."window" = told.key`)
}

/**
 * Takes calls from every window or from none.
 * @param share of each window longer than a minute that may be used, so that a long import leaves something for today's runs
 * @returns milliseconds to wait; 0: it was taken
 */
export async function takeFromBudget(db: Db, platform: string, windows: Window[], calls: number, now: Date, share = 1): Promise<number> {
  return db.transaction(async (tx) => {
    const rows = await lockRows(tx, platform, [WHOLE, ...windows.map(({ key }) => key)], now)
    const blocked = Math.max(...[...rows.values()].map(({ blockedUntil }) => (blockedUntil ? blockedUntil.getTime() - now.getTime() : 0)))
    const looked = windows.map((window) => {
      const row = rows.get(window.key)
      const parts = counting(window, row?.parts ?? [], now)
      const most = Math.min(window.limit, row?.told ?? window.limit)
      const limit = window.seconds > 60 ? Math.max(1, Math.floor(most * share)) : most
      return { window, parts, wait: waitMs(window, parts, limit, calls, now) }
    })
    const wait = Math.max(blocked, ...looked.map((one) => one.wait))
    if (wait > 0) return wait
    if (looked.length > 0)
      await keepParts(
        tx,
        platform,
        looked.map(({ window, parts }) => ({ key: window.key, parts: added(window, parts, calls, now) })),
        now,
      )
    return 0
  })
}

/** Whether a platform counts more than we do, or by another limit. */
async function isNews(db: Db, platform: string, told: { window: Window; limit: number; used: number }[], now: Date): Promise<boolean> {
  const rows = await db
    .select()
    .from(budgets)
    .where(
      and(
        eq(budgets.platform, platform),
        inArray(
          budgets.window,
          told.map(({ window }) => window.key),
        ),
      ),
    )
  return told.some(({ window, limit, used }) => {
    const row = rows.find((one) => one.window === window.key)
    return !row || row.told !== limit || used > sum(counting(window, row.parts, now))
  })
}

/** Brings the count up to what the platform itself says; it never lowers it. */
export async function noteUsed(
  db: Db,
  platform: string,
  told: { window: Window; limit: number; used: number }[],
  blockedUntil: Date | null,
  now: Date,
): Promise<void> {
  if (blockedUntil === null && !(await isNews(db, platform, told, now))) return
  await db.transaction(async (tx) => {
    const keys = [...(blockedUntil ? [WHOLE] : []), ...told.map(({ window }) => window.key)]
    const rows = await lockRows(tx, platform, keys, now)
    for (const { window, limit, used } of told) {
      const parts = counting(window, rows.get(window.key)?.parts ?? [], now)
      const missing = used - sum(parts)
      if (missing <= 0 && rows.get(window.key)?.told === limit) continue
      const change = { told: limit, parts: missing > 0 ? added(window, parts, missing, now) : parts, updatedAt: now }
      await tx
        .update(budgets)
        .set(change)
        .where(and(eq(budgets.platform, platform), eq(budgets.window, window.key)))
    }
    if (blockedUntil) {
      await tx
        .update(budgets)
        .set({ blockedUntil: sql`greatest(${budgets.blockedUntil}, ${blockedUntil.toISOString()}::timestamptz)`, updatedAt: now })
        .where(and(eq(budgets.platform, platform), eq(budgets.window, WHOLE)))
    }
  })
}

/** Forgets windows that nobody counted in lately. */
export async function dropOldBudgets(db: Db, before: Date): Promise<void> {
  await db.delete(budgets).where(sql`${budgets.updatedAt} < ${before.toISOString()}::timestamptz`)
}
