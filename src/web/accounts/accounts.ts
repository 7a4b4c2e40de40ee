/**
 * Signing up, in and out (ACCOUNTS=on), and personal API tokens. Secrets are random, 32 bytes; only their SHA-256 is
 * stored, so the table opens no door.
 */
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import * as table from '../../db/accounts.ts'
import type { Db, Tx } from '../../db/open.ts'
import { RequestRefused } from '../../errors.ts'
import { hashPassword, passwordMatches } from './passwords.ts'

const COOKIE_DAYS = 60
const WINDOW_MINUTES = 15
/** Wrong passwords in one window: for one address, and from one caller. */
const GUESSES = { address: 10, caller: 50 }
/** New accounts from one caller in one window. */
const SIGN_UPS = 20

export type Secret = { secret: string; id: string; expiresAt: Date | null }

export function secretHash(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}

function windowOf(now: Date): Date {
  const length = WINDOW_MINUTES * 60_000
  return new Date(Math.floor(now.getTime() / length) * length)
}

function refuseGuess(now: Date): never {
  const retryAfterSeconds = Math.ceil((windowOf(now).getTime() + WINDOW_MINUTES * 60_000 - now.getTime()) / 1000)
  throw new RequestRefused(429, `Too many tries. Wait ${Math.ceil(retryAfterSeconds / 60)} minutes, then try again.`, { retryAfterSeconds })
}

/** An e-mail address as it is stored. */
export function normalEmail(email: string): string {
  return email.trim().toLowerCase()
}

/**
 * Makes the account of a runner that `addRunner` has made in the same transaction.
 * @throws RequestRefused 409 when the address has an account, 429 after too many from one caller
 */
export async function signUp(
  db: Db,
  {
    email,
    password,
    caller,
    now,
    addRunner,
  }: { email: string; password: string; caller: string; now: Date; addRunner: (tx: Tx) => Promise<string> },
): Promise<string> {
  if ((await table.countAttempt(db, `sign-up ${caller}`, windowOf(now))) > SIGN_UPS) refuseGuess(now)
  const passwordHash = await hashPassword(password)
  return await db.transaction(async (tx) => {
    const runnerId = await addRunner(tx)
    if (!(await table.addAccount(tx, { email: normalEmail(email), runnerId, passwordHash, now }))) {
      throw new RequestRefused(409, 'This e-mail address has an account already. Sign in instead.')
    }
    return runnerId
  })
}

/**
 * The runner of an address and password.
 * @throws RequestRefused 401 when they do not belong together, 429 after too many wrong ones
 */
export async function signIn(
  db: Db,
  { email, password, caller, now }: { email: string; password: string; caller: string; now: Date },
): Promise<string> {
  const window = windowOf(now)
  const address = `guess ${secretHash(normalEmail(email)).slice(0, 32)}`
  // Counted before they are tried and taken back when they are right, so that many at once are no more than one by one.
  const counted = [
    { what: `guess from ${caller}`, most: GUESSES.caller },
    { what: address, most: GUESSES.address },
  ]
  for (const { what, most } of counted) if ((await table.countAttempt(db, what, window)) > most) refuseGuess(now)
  const account = await table.accountByEmail(db, normalEmail(email))
  if (await passwordMatches(password, account?.passwordHash ?? null)) {
    for (const { what } of counted) await table.uncountAttempt(db, what, window)
    return account!.runnerId
  }
  throw new RequestRefused(401, 'This e-mail address and password do not belong together.')
}

/** A new cookie (60 days) or personal API token (until taken back). The secret is seen only here. */
export async function issue(
  db: Db,
  { runnerId, kind, name, now }: { runnerId: string; kind: 'cookie' | 'token'; name?: string; now: Date },
): Promise<Secret> {
  const secret = `${kind === 'token' ? 'slt_' : ''}${randomBytes(32).toString('base64url')}`
  const id = randomUUID()
  const expiresAt = kind === 'cookie' ? new Date(now.getTime() + COOKIE_DAYS * 86_400_000) : null
  await table.addCredential(db, { hash: secretHash(secret), runnerId, kind, id, name: name ?? null, now, expiresAt })
  return { secret, id, expiresAt }
}

/** Whose secret this is, if it still holds. */
export async function runnerOf(db: Db, secret: string, kind: 'cookie' | 'token', now: Date): Promise<string | null> {
  return await table.runnerOfCredential(db, secretHash(secret), kind, now)
}

/** Takes a cookie back. */
export async function signOut(db: Db, secret: string): Promise<void> {
  await table.dropCredential(db, secretHash(secret))
}
