/**
 * Acting for a runner on a platform with tokens that live. One refresh at a time for each connection, over all processes,
 * without an open transaction while the platform is asked: a lease on the row. The new pair is stored before it is used.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { type ConnectionChange, type ConnectionRow, connectionOf, endRefresh, leaseRefresh, remember } from '../../db/connections.ts'
import type { Deps } from '../../deps.ts'
import { PlatformError } from '../../errors.ts'
import { platformOf } from '../../platforms/index.ts'
import { refresh, rightsOf } from '../../platforms/oauth.ts'
import type { Platform, PlatformContext, Tokens } from '../../platforms/platform.ts'
import type { PlatformId } from '../../settings.ts'
import { alarm, appContext, noAlarm, sealerFor } from './context.ts'
import { dropTrouble, tellTrouble } from './notices.ts'
import { textOf } from './state.ts'

/** The runner is not connected, so there is nothing to do. */
export class NotConnected extends Error {
  override readonly name = 'NotConnected'
}

const LEASE_SECONDS = 75
const WAIT_FOR_OTHER_MS = 60_000
const MINUTE = 60_000

const ownerOf = (row: Pick<ConnectionRow, 'runnerId' | 'platform'>) => `${row.runnerId}:${row.platform}`

/** The pair of a connection; null with an API key in the settings. @throws Error when the key of the sealed text is unknown */
export function openTokens(deps: Deps, row: ConnectionRow): Tokens | null {
  return row.sealedTokens === null ? null : JSON.parse(sealerFor(deps.settings).open(row.sealedTokens, ownerOf(row)))
}

/** The columns of a pair. */
export function tokenColumns(deps: Deps, owner: Pick<ConnectionRow, 'runnerId' | 'platform'>, tokens: Tokens) {
  return {
    sealedTokens: sealerFor(deps.settings).seal(JSON.stringify(tokens), ownerOf(owner)),
    accessExpiresAt: tokens.accessExpiresAt ? new Date(tokens.accessExpiresAt) : null,
    refreshExpiresAt: tokens.refreshExpiresAt ? new Date(tokens.refreshExpiresAt) : null,
  }
}

/** What the state is while nothing is wrong with the tokens. */
export function restingState(platform: Platform, scopes: readonly string[]): Pick<ConnectionRow, 'state' | 'text'> {
  const { canRead, missing } = rightsOf(platform, scopes)
  if (missing.length === 0) return { state: 'connected', text: '' }
  return { state: 'limited', text: textOf.missing(platform.label, canRead, missing) }
}

const untroubled = { failures: 0, failingSince: null, refreshStartedAt: null, refreshNotBefore: null } as const

/** Whether nobody knows if the pair lives: a refresh was sent and its answer never stored. */
export function isUncertain(row: Pick<ConnectionRow, 'refreshStartedAt' | 'refreshLeaseUntil'>, now: Date): boolean {
  return row.refreshStartedAt !== null && (row.refreshLeaseUntil === null || row.refreshLeaseUntil <= now)
}

function renews(platform: Platform, row: ConnectionRow): boolean {
  return platform.oauth.refresh !== 'none' && row.sealedTokens !== null
}

function accessLives(row: ConnectionRow, now: Date): boolean {
  return row.accessExpiresAt === null || row.accessExpiresAt > now
}

function refreshDue(platform: Platform, row: ConnectionRow, now: Date): boolean {
  if (!renews(platform, row)) return false
  if (row.refreshStartedAt !== null) return true
  return row.accessExpiresAt !== null && row.accessExpiresAt.getTime() - platform.oauth.refreshEarlySeconds * 1000 <= now.getTime()
}

/** An unused connection whose refresh token would end before long. */
export function idleRefreshDue(platform: Platform, row: ConnectionRow, now: Date): boolean {
  const { refreshIdleDays } = platform.oauth
  if (!renews(platform, row) || refreshIdleDays === undefined || row.refreshExpiresAt === null) return false
  return row.refreshExpiresAt.getTime() - refreshIdleDays * 86_400_000 <= now.getTime()
}

/**
 * Does something for a runner on a platform. Tokens are renewed before they end; where the platform refuses one all the same,
 * it is renewed once and `act` runs again, so `act` must bear being run twice.
 * @throws NotConnected when the runner has no such connection
 * @throws PlatformError; `reconnect` when the connection is dead
 */
export async function withConnection<T>(
  deps: Deps,
  runnerId: string,
  id: PlatformId,
  act: (ctx: PlatformContext, row: ConnectionRow) => Promise<T>,
  options: { use?: 'today' | 'history'; leaving?: boolean; renewIdle?: boolean } = {},
): Promise<T> {
  const platform = platformOf(id)
  let row = await liveRow(deps, runnerId, id, options.leaving ?? false)
  const due = refreshDue(platform, row, deps.now()) || (options.renewIdle === true && idleRefreshDue(platform, row, deps.now()))
  if (due) row = await renew(deps, platform, row, false)
  try {
    const result = await act(contextOf(deps, row, options.use), row)
    await worked(deps, platform, row)
    return result
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error
    if (error.remedy === 'app refused') await alarm(deps, error)
    if (error.remedy !== 'reconnect') throw error
    return await again(deps, platform, row, error, act, options)
  }
}

async function liveRow(deps: Deps, runnerId: string, id: PlatformId, leaving: boolean): Promise<ConnectionRow> {
  const row = await connectionOf(deps.db, runnerId, id)
  if (!row || (row.state === 'off' && !leaving)) throw new NotConnected(`${platformOf(id).label} is not connected.`)
  if (row.state === 'reconnect' && !leaving) throw new PlatformError(id, 'reconnect', textOf.reconnect(platformOf(id).label))
  return row
}

/** The platform refused the token: another process may have renewed it meanwhile; else it is renewed now. One more try. */
async function again<T>(
  deps: Deps,
  platform: Platform,
  seen: ConnectionRow,
  refusal: PlatformError,
  act: (ctx: PlatformContext, row: ConnectionRow) => Promise<T>,
  options: { use?: 'today' | 'history'; leaving?: boolean },
): Promise<T> {
  let row = await liveRow(deps, seen.runnerId, platform.id, options.leaving ?? false)
  if (row.tokenGeneration === seen.tokenGeneration) {
    if (!renews(platform, row)) throw await refused(deps, platform, row, refusal)
    row = await renew(deps, platform, row, true)
  }
  try {
    const result = await act(contextOf(deps, row, options.use), row)
    await worked(deps, platform, row)
    return result
  } catch (error) {
    if (error instanceof PlatformError && error.remedy === 'reconnect') throw await refused(deps, platform, row, error)
    throw error
  }
}

/** The context of one runner's calls. */
export function contextOf(deps: Deps, row: ConnectionRow, use: 'today' | 'history' = 'today'): PlatformContext {
  const id = row.platform as PlatformId
  const tokens = openTokens(deps, row)
  const memory: Record<string, unknown> = { ...row.memory }
  return {
    ...appContext(deps, id, use, row.runnerId),
    userKey: row.runnerId,
    externalUserId: row.externalUserId,
    tokens: tokens && { access: tokens.access },
    scopes: row.scopes,
    memory,
    remember: async (patch) => {
      await remember(deps.db, row.runnerId, id, patch)
      Object.assign(memory, patch)
    },
  }
}

/** A call worked: what was in doubt is in doubt no more, except a refresh whose answer was lost. */
async function worked(deps: Deps, platform: Platform, row: ConnectionRow): Promise<void> {
  await noAlarm(deps, platform.id)
  if (row.state === 'off' || row.refreshStartedAt !== null || (row.failures > 0 && renews(platform, row))) return
  const resting = restingState(platform, row.scopes)
  if (row.failures === 0 && row.state === resting.state && row.text === resting.text) return
  await endRefresh(deps.db, row, { ...resting, failures: 0, failingSince: null, updatedAt: deps.now() })
  await dropTrouble(deps, row.runnerId, platform.id)
}

// ── Renewing ────────────────────────────────────────────────────────────────────────────────────────────────────────

const renewals = new WeakMap<Deps, Map<string, Promise<ConnectionRow>>>()

/** Within one process all who need the same pair wait for one; between processes the lease decides. */
function renew(deps: Deps, platform: Platform, seen: ConnectionRow, forced: boolean): Promise<ConnectionRow> {
  const running = renewals.get(deps) ?? new Map<string, Promise<ConnectionRow>>()
  renewals.set(deps, running)
  const key = `${ownerOf(seen)}:${seen.tokenGeneration}:${forced}`
  const known = running.get(key)
  if (known) return known
  const mine = renewAlone(deps, platform, seen, forced).finally(() => running.delete(key))
  running.set(key, mine)
  return mine
}

/** @param forced the access token was refused, so the old pair is of no use */
async function renewAlone(deps: Deps, platform: Platform, first: ConnectionRow, forced: boolean): Promise<ConnectionRow> {
  let pauseMs = 40
  let waitedMs = 0
  let row = first
  for (;;) {
    const now = deps.now()
    if (row.refreshNotBefore && row.refreshNotBefore > now) {
      if (!forced && accessLives(row, now)) return row
      const seconds = Math.ceil((row.refreshNotBefore.getTime() - now.getTime()) / 1000)
      throw new PlatformError(platform.id, 'retry', textOf.checking(platform.label), { retryAfterSeconds: seconds })
    }
    if (await leaseRefresh(deps.db, row, now, new Date(now.getTime() + LEASE_SECONDS * 1000)))
      return await refreshNow(deps, platform, row, forced)
    if (waitedMs > WAIT_FOR_OTHER_MS) {
      throw new PlatformError(platform.id, 'retry', textOf.checking(platform.label), { retryAfterSeconds: 30 })
    }
    await (deps.sleep ?? sleep)(pauseMs)
    waitedMs += pauseMs
    pauseMs = Math.min(500, pauseMs * 1.5)
    row = await liveRow(deps, row.runnerId, platform.id, first.state === 'off')
    if (row.tokenGeneration !== first.tokenGeneration) return row
  }
}

/** Seconds to the next try of a refresh after so many minutes of trouble. */
function pauseSeconds(since: Date | null, now: Date): number {
  const minutes = since ? (now.getTime() - since.getTime()) / MINUTE : 0
  return Math.round(Math.min(1800, 20 + minutes * 15))
}

async function refreshNow(deps: Deps, platform: Platform, row: ConnectionRow, forced: boolean): Promise<ConnectionRow> {
  const tokens = openTokens(deps, row)
  if (!tokens) throw new Error('A connection without tokens cannot be renewed.')
  try {
    const renewed = await refresh(appContext(deps, platform.id, 'today', row.runnerId), platform, tokens)
    const scopes = renewed.scopes && rightsOf(platform, renewed.scopes).canRead ? renewed.scopes : row.scopes
    const resting = row.state === 'off' ? {} : restingState(platform, scopes)
    const stored = await endRefresh(deps.db, row, {
      ...tokenColumns(deps, row, renewed.tokens),
      ...untroubled,
      ...resting,
      scopes,
      tokenGeneration: row.tokenGeneration + 1,
      updatedAt: deps.now(),
    })
    if (stored) await dropTrouble(deps, row.runnerId, platform.id)
    await noAlarm(deps, platform.id)
    return await liveRow(deps, row.runnerId, platform.id, row.state === 'off')
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error
    return await refreshFailed(deps, platform, row, error, forced)
  }
}

/** What a failed refresh means. @returns the old row where its access token still serves; throws otherwise */
async function refreshFailed(
  deps: Deps,
  platform: Platform,
  row: ConnectionRow,
  error: PlatformError,
  forced: boolean,
): Promise<ConnectionRow> {
  const now = deps.now()
  if (error.remedy === 'reconnect' || error.remedy === 'give up') throw await refused(deps, platform, row, error)
  // Spending refuses before anything is sent; every other failure without a status may have had its effect.
  const sent = !(error.status === undefined && error.remedy === 'retry' && error.retryAfterSeconds !== undefined)
  const answered = error.status !== undefined && error.status < 500
  const uncertain = row.refreshStartedAt ?? (sent && !answered && error.remedy === 'retry' ? now : null)
  if (error.remedy === 'app refused') await alarm(deps, error)
  const wait = error.retryAfterSeconds ?? pauseSeconds(row.refreshStartedAt, now)
  const shown = uncertain && row.state === 'connected' ? { state: 'limited' as const, text: textOf.checking(platform.label) } : {}
  await endRefresh(deps.db, row, {
    ...shown,
    refreshStartedAt: uncertain,
    refreshNotBefore: new Date(now.getTime() + wait * 1000),
    updatedAt: now,
  })
  if (!forced && accessLives(row, now)) return { ...row, ...shown, refreshStartedAt: uncertain }
  throw new PlatformError(platform.id, error.remedy, error.message.replace(`${platform.id}: `, ''), {
    status: error.status,
    retryAfterSeconds: wait,
  })
}

/**
 * The platform said that the tokens are no good. Believed when it said so often and long enough (`oauth.deadAfter`); until
 * then the connection is being checked.
 * @returns the error for the caller: `reconnect` when dead, else `retry`
 */
async function refused(deps: Deps, platform: Platform, row: ConnectionRow, error: PlatformError): Promise<PlatformError> {
  const now = deps.now()
  const failures = row.failures + 1
  const failingSince = row.failingSince ?? now
  const { deadAfter } = platform.oauth
  const hours = (now.getTime() - failingSince.getTime()) / (60 * MINUTE)
  const dead = failures >= deadAfter.refusals && hours >= deadAfter.hours
  const wait = Math.max(pauseSeconds(failingSince, now), dead ? 0 : 30)
  const change: ConnectionChange = {
    failures,
    failingSince,
    refreshStartedAt: null,
    refreshNotBefore: dead ? null : new Date(now.getTime() + wait * 1000),
    updatedAt: now,
  }
  if (row.state !== 'off') {
    change.state = dead ? 'reconnect' : 'limited'
    change.text = dead ? textOf.reconnect(platform.label) : textOf.checking(platform.label)
  }
  const stored = await endRefresh(deps.db, row, change)
  if (dead && stored && row.state !== 'off' && row.state !== 'reconnect')
    await tellTrouble(deps, row.runnerId, platform.id, textOf.reconnect(platform.label))
  if (dead) return new PlatformError(platform.id, 'reconnect', textOf.reconnect(platform.label), { status: error.status })
  return new PlatformError(platform.id, 'retry', textOf.checking(platform.label), { status: error.status, retryAfterSeconds: wait })
}
