/** Who signs in: accounts, cookies, personal API tokens, and the count of failed guesses. */
import { and, eq, gt, isNull, lt, or, sql } from 'drizzle-orm'
import type { Db, Tx } from './open.ts'
import { accounts, attempts, credentials } from './schema.ts'

/** @returns false when the address is taken */
export async function addAccount(
  db: Db | Tx,
  account: { email: string; runnerId: string; passwordHash: string | null; now: Date },
): Promise<boolean> {
  const rows = await db
    .insert(accounts)
    .values({ email: account.email, runnerId: account.runnerId, passwordHash: account.passwordHash, createdAt: account.now })
    .onConflictDoNothing()
    .returning({ email: accounts.email })
  return rows.length === 1
}

export async function accountByEmail(db: Db, email: string): Promise<{ runnerId: string; passwordHash: string | null } | null> {
  const [row] = await db.select().from(accounts).where(eq(accounts.email, email)).limit(1)
  return row ?? null
}

/** What opens the runner's account; null where there is none. */
export async function accountOf(db: Db, runnerId: string): Promise<{ email: string; passwordHash: string | null } | null> {
  const [row] = await db
    .select({ email: accounts.email, passwordHash: accounts.passwordHash })
    .from(accounts)
    .where(eq(accounts.runnerId, runnerId))
    .limit(1)
  return row ?? null
}

export async function emailOf(db: Db, runnerId: string): Promise<string | null> {
  const [row] = await db.select({ email: accounts.email }).from(accounts).where(eq(accounts.runnerId, runnerId)).limit(1)
  return row?.email ?? null
}

export type NewCredential = {
  hash: string
  runnerId: string
  kind: 'cookie' | 'token'
  id: string
  name: string | null
  now: Date
  expiresAt: Date | null
}

export async function addCredential(db: Db, { now, ...credential }: NewCredential): Promise<void> {
  await db.insert(credentials).values({ ...credential, createdAt: now })
}

const USED_AGAIN_MS = 3_600_000

/** The runner of a cookie or token that still holds. Its use is noted, at most once an hour. */
export async function runnerOfCredential(db: Db, hash: string, kind: 'cookie' | 'token', now: Date): Promise<string | null> {
  const [row] = await db
    .select({ runnerId: credentials.runnerId, usedAt: credentials.usedAt })
    .from(credentials)
    .where(and(eq(credentials.hash, hash), eq(credentials.kind, kind), or(isNull(credentials.expiresAt), gt(credentials.expiresAt, now))))
    .limit(1)
  if (!row) return null
  if (!row.usedAt || now.getTime() - row.usedAt.getTime() > USED_AGAIN_MS) {
    await db.update(credentials).set({ usedAt: now }).where(eq(credentials.hash, hash))
  }
  return row.runnerId
}

export async function dropCredential(db: Db, hash: string): Promise<void> {
  await db.delete(credentials).where(eq(credentials.hash, hash))
}

/** Tokens of a runner, without the secret, newest first. */
export async function tokensOf(
  db: Db,
  runnerId: string,
): Promise<{ id: string; name: string | null; createdAt: Date; usedAt: Date | null }[]> {
  return await db
    .select({ id: credentials.id, name: credentials.name, createdAt: credentials.createdAt, usedAt: credentials.usedAt })
    .from(credentials)
    .where(and(eq(credentials.runnerId, runnerId), eq(credentials.kind, 'token')))
    .orderBy(sql`${credentials.createdAt} desc`, credentials.id)
}

/** Takes back one token, or all of the runner's. @returns how many */
export async function dropTokens(db: Db, runnerId: string, id: string | null): Promise<number> {
  const mine = and(eq(credentials.runnerId, runnerId), eq(credentials.kind, 'token'))
  const rows = await db
    .delete(credentials)
    .where(id === null ? mine : and(mine, eq(credentials.id, id)))
    .returning({ id: credentials.id })
  return rows.length
}

/** Counts one more and forgets windows that lie a day back. @returns the count with this one */
export async function countAttempt(db: Db, what: string, windowStart: Date): Promise<number> {
  const [row] = await db
    .insert(attempts)
    .values({ what, windowStart, count: 1 })
    .onConflictDoUpdate({ target: [attempts.what, attempts.windowStart], set: { count: sql`${attempts.count} + 1` } })
    .returning({ count: attempts.count })
  await db.delete(attempts).where(lt(attempts.windowStart, new Date(windowStart.getTime() - 86_400_000)))
  return row?.count ?? 1
}

/** Takes one count back. */
export async function uncountAttempt(db: Db, what: string, windowStart: Date): Promise<void> {
  await db
    .update(attempts)
    .set({ count: sql`${attempts.count} - 1` })
    .where(and(eq(attempts.what, what), eq(attempts.windowStart, windowStart)))
}
