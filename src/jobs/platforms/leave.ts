/** Leaving a platform: what stands there is withdrawn, the platform is told, tokens are erased. */
import { randomUUID } from 'node:crypto'
import { localIn } from '../../core/days.ts'
import {
  changeConnection,
  connectionOf,
  connectionsOf,
  dropConnection,
  dropPlatformUser,
  keepConnection,
  lockConnection,
} from '../../db/connections.ts'
import { changeDelivery, type DeliveryRow, dropDeliveries, keepDelivery, openDeliveries } from '../../db/deliveries.ts'
import type { Tx } from '../../db/open.ts'
import { profileOf, runnerRow } from '../../db/runners.ts'
import { changeSource, policySources } from '../../db/runs.ts'
import { sessionById } from '../../db/sessions.ts'
import type { Deps } from '../../deps.ts'
import { NotFoundError, PlatformError } from '../../errors.ts'
import { platformOf } from '../../platforms/index.ts'
import { markerOf } from '../../platforms/marker.ts'
import type { Platform, PlatformContext } from '../../platforms/platform.ts'
import type { PlatformId } from '../../settings.ts'
import type { JobContext, Jobs } from '../queue.ts'
import { tellTrouble } from './notices.ts'
import { textOf } from './state.ts'
import { openTokens, tokenColumns, withConnection } from './tokens.ts'

/** A platform that does not answer is told for so long; then the tokens go without it. */
const TELL_MS = 48 * 3_600_000

/** Ends a connection for the runner at once; the rest is done as soon as the platform answers. @throws NotFoundError */
export async function disconnect(deps: Deps, runnerId: string, id: PlatformId): Promise<void> {
  await deps.db.transaction(async (tx) => {
    const row = await lockConnection(tx, runnerId, id)
    if (!row) throw new NotFoundError('This platform is not connected.')
    if (row.state === 'off' && row.leavingAt === null) return
    const now = deps.now()
    const off = { state: 'off', text: textOf.leaving(platformOf(id).label), write: false, writeReason: null, backfill: null } as const
    await changeConnection(tx, runnerId, id, { ...off, leavingAt: row.leavingAt ?? now, updatedAt: now })
    await dropPlatformUser(tx, id, runnerId)
    await deps.queue.add(tx, 'connection.leave', { runnerId, platform: id, since: now.toISOString() }, { key: `${runnerId}:${id}` })
  })
}

/** Withdraws, tells, erases. Run again after a crash, it goes on. @throws PlatformError `retry` while the platform is down */
export async function leavePlatform(
  deps: Deps,
  { runnerId, platform: id, since }: Jobs['connection.leave'],
  job?: Pick<JobContext, 'signal'>,
): Promise<void> {
  const row = await connectionOf(deps.db, runnerId, id)
  if (!row || row.leavingAt === null) return
  const platform = platformOf(id)
  try {
    await withdrawAll(deps, platform, runnerId, job)
    job?.signal.throwIfAborted()
    await withConnection(deps, runnerId, id, (ctx) => platform.duties.leave(ctx), { leaving: true })
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error
    const waiting = deps.now().getTime() - Date.parse(since) < TELL_MS
    if (waiting && (error.remedy === 'retry' || error.remedy === 'app refused')) throw error
    deps.log.warn('a platform could not be told that a runner left', { platform: id, why: error.message })
  }
  await eraseTokens(deps, platform, runnerId)
  if (!(await runnerRow(deps.db, runnerId))) await dropRemains(deps, runnerId, id)
}

async function withdrawAll(deps: Deps, platform: Platform, runnerId: string, job?: Pick<JobContext, 'signal'>): Promise<void> {
  const { calendar } = platform
  if (!calendar) return
  const runner = await runnerRow(deps.db, runnerId)
  const today = localIn(deps.now(), runner ? profileOf(runner).timeZone : 'UTC').localDate
  for (const delivery of await openDeliveries(deps.db, runnerId, platform.id)) {
    const session = await sessionById(deps.db, runnerId, delivery.sessionId)
    const localDate = delivery.localDate ?? session?.localDate ?? today
    const past = localDate < today || session?.status === 'done'
    job?.signal.throwIfAborted()
    if (!past) {
      const known = delivery.externalId ? { externalId: delivery.externalId, parts: delivery.parts } : null
      const remove = (ctx: PlatformContext) => calendar.remove(ctx, { known, marker: markerOf(delivery.sessionId), localDate, today })
      await withConnection(deps, runnerId, platform.id, remove, { leaving: true })
    }
    await changeDelivery(deps.db, delivery, { state: 'withdrawn', intent: null, updatedAt: deps.now() })
  }
}

/** Forgets the tokens and whose account it was; figures that a policy ties to the grant go too. */
async function eraseTokens(deps: Deps, platform: Platform, runnerId: string): Promise<void> {
  await deps.db.transaction(async (tx) => {
    const row = await lockConnection(tx, runnerId, platform.id)
    if (row?.state !== 'off') return
    const now = deps.now()
    await changeConnection(tx, runnerId, platform.id, {
      text: textOf.off(platform.label),
      sealedTokens: null,
      accessExpiresAt: null,
      refreshExpiresAt: null,
      refreshLeaseUntil: null,
      refreshStartedAt: null,
      refreshNotBefore: null,
      tokenGeneration: row.tokenGeneration + 1,
      externalUserId: null,
      scopes: [],
      memory: {},
      failures: 0,
      failingSince: null,
      leavingAt: null,
      updatedAt: now,
    })
    await dropPlatformUser(tx, platform.id, runnerId)
    if (!platform.duties.policy) return
    const yesterday = new Date(now.getTime() - 1)
    for (const { id } of await policySources(tx, runnerId, platform.id)) await changeSource(tx, runnerId, id, { expiresAt: yesterday })
    await deps.queue.add(tx, 'sources.expire', {})
  })
}

/** The platform says that the runner took the access away: believed when the platform's API says so too. */
export async function proveLeft(deps: Deps, { runnerId, platform: id }: Jobs['connection.prove']): Promise<void> {
  const platform = platformOf(id)
  const row = await connectionOf(deps.db, runnerId, id)
  if (!row || row.state === 'off') return
  if (await stillGranted(deps, platform, runnerId)) {
    deps.log.warn('a push said that a runner left, and it is not so', { platform: id })
    return
  }
  await deps.db.transaction(async (tx) => {
    const now = deps.now()
    await changeConnection(tx, runnerId, id, {
      state: 'off',
      text: textOf.off(platform.label),
      write: false,
      writeReason: null,
      backfill: null,
      updatedAt: now,
    })
    for (const delivery of await openDeliveries(tx, runnerId, id)) {
      await keepDelivery(tx, delivery, { state: 'withdrawn', intent: null, updatedAt: now })
    }
  })
  await eraseTokens(deps, platform, runnerId)
  await tellTrouble(
    deps,
    runnerId,
    id,
    `${platform.label} says that you ended the connection there. Runs no longer arrive from it; connect again if that was a slip.`,
  )
}

async function stillGranted(deps: Deps, platform: Platform, runnerId: string): Promise<boolean> {
  try {
    return await withConnection(deps, runnerId, platform.id, (ctx) => platform.duties.stillGranted(ctx))
  } catch (error) {
    if (error instanceof PlatformError && error.remedy === 'reconnect') return false
    throw error
  }
}

// ── Leaving for good ────────────────────────────────────────────────────────────────────────────────────────────────

/** The runner waits so long for the platforms, all asked at the same time; what takes longer goes on without them. */
const WITHIN_MS = 4000

/** Leaves every platform of a runner who is about to be erased, as far as they answer at once. */
export async function leaveEverything(deps: Deps, runnerId: string): Promise<void> {
  const live = (await connectionsOf(deps.db, runnerId)).filter(({ state, leavingAt }) => state !== 'off' || leavingAt !== null)
  const waiting = new AbortController()
  const since = deps.now().toISOString()
  const leaving = live.map(async ({ platform }) => {
    const id = platform as PlatformId
    await disconnect(deps, runnerId, id)
    await leavePlatform(deps, { runnerId, platform: id, since }, waiting)
  })
  const enough = new Promise<void>((done) => setTimeout(done, WITHIN_MS).unref())
  await Promise.race([Promise.allSettled(leaving), enough])
  waiting.abort()
}

/**
 * Hands what a platform was not told yet, its entries and the sealed tokens, to a name that nobody has, under which the telling
 * goes on when the runner's own rows are gone. In the transaction that erases them.
 */
export async function keepLeaving(deps: Deps, tx: Tx, runnerId: string): Promise<void> {
  const now = deps.now()
  for (const row of await connectionsOf(tx, runnerId)) {
    if (row.leavingAt === null) continue
    const platform = row.platform as PlatformId
    const nobody = { runnerId: randomUUID(), platform }
    const tokens = openTokens(deps, row)
    await keepConnection(tx, { ...row, ...nobody, ...(tokens ? tokenColumns(deps, nobody, tokens) : {}) })
    for (const delivery of await openDeliveries(tx, runnerId, platform)) {
      const done = (await sessionById(tx, runnerId, delivery.sessionId))?.status === 'done'
      if (!done) await keepDelivery(tx, { ...nobody, sessionId: delivery.sessionId }, delivered(delivery))
    }
    await deps.queue.add(tx, 'connection.leave', { ...nobody, since: now.toISOString() }, { key: `${nobody.runnerId}:${platform}` })
  }
}

function delivered({ runnerId: _runnerId, sessionId: _sessionId, platform: _platform, ...rest }: DeliveryRow) {
  return rest
}

/** The last rows of a runner who is gone. */
async function dropRemains(deps: Deps, runnerId: string, platform: PlatformId): Promise<void> {
  await deps.db.transaction(async (tx) => {
    await dropDeliveries(tx, runnerId, platform)
    await dropConnection(tx, runnerId, platform)
  })
}
