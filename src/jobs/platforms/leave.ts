/** Leaving a platform: what stands there is withdrawn, the platform is told, tokens are erased. */
import { localIn } from '../../core/days.ts'
import { changeConnection, connectionOf, connectionsOf, dropPlatformUser, lockConnection } from '../../db/connections.ts'
import { keepDelivery, openDeliveries } from '../../db/deliveries.ts'
import { profileOf, runnerRow } from '../../db/runners.ts'
import { changeSource, policySources } from '../../db/runs.ts'
import { sessionById } from '../../db/sessions.ts'
import type { Deps } from '../../deps.ts'
import { NotFoundError, PlatformError } from '../../errors.ts'
import { platformOf } from '../../platforms/index.ts'
import { markerOf } from '../../platforms/marker.ts'
import type { Platform, PlatformContext } from '../../platforms/platform.ts'
import type { PlatformId } from '../../settings.ts'
import type { Jobs } from '../queue.ts'
import { tellTrouble } from './notices.ts'
import { textOf } from './state.ts'
import { withConnection } from './tokens.ts'

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
export async function leavePlatform(deps: Deps, { runnerId, platform: id, since }: Jobs['connection.leave']): Promise<void> {
  const row = await connectionOf(deps.db, runnerId, id)
  if (!row || row.leavingAt === null) return
  const platform = platformOf(id)
  try {
    await withdrawAll(deps, platform, runnerId)
    await withConnection(deps, runnerId, id, (ctx) => platform.duties.leave(ctx), { leaving: true })
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error
    const waiting = deps.now().getTime() - Date.parse(since) < TELL_MS
    if (waiting && (error.remedy === 'retry' || error.remedy === 'app refused')) throw error
    deps.log.warn('a platform could not be told that a runner left', { platform: id, why: error.message })
  }
  await eraseTokens(deps, platform, runnerId)
}

async function withdrawAll(deps: Deps, platform: Platform, runnerId: string): Promise<void> {
  const { calendar } = platform
  if (!calendar) return
  const runner = await runnerRow(deps.db, runnerId)
  const today = localIn(deps.now(), runner ? profileOf(runner).timeZone : 'UTC').localDate
  for (const delivery of await openDeliveries(deps.db, runnerId, platform.id)) {
    const session = await sessionById(deps.db, runnerId, delivery.sessionId)
    const localDate = delivery.localDate ?? session?.localDate ?? today
    const past = localDate < today || session?.status === 'done'
    if (!past) {
      const known = delivery.externalId ? { externalId: delivery.externalId, parts: delivery.parts } : null
      const remove = (ctx: PlatformContext) => calendar.remove(ctx, { known, marker: markerOf(delivery.sessionId), localDate, today })
      await withConnection(deps, runnerId, platform.id, remove, { leaving: true })
    }
    await keepDelivery(deps.db, delivery, { state: 'withdrawn', intent: null, updatedAt: deps.now() })
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

const WITHIN_SECONDS = 20

/**
 * Leaves every platform of a runner who is about to be erased, for a few seconds; what does not answer by then is given up,
 * for its tokens go with the runner.
 * @returns platforms that could not be told
 */
export async function leaveEverything(deps: Deps, runnerId: string): Promise<string[]> {
  const untold: string[] = []
  const deadline = Date.now() + WITHIN_SECONDS * 1000
  for (const { platform, state, leavingAt } of await connectionsOf(deps.db, runnerId)) {
    if (state === 'off' && leavingAt === null) continue
    const id = platform as PlatformId
    await disconnect(deps, runnerId, id)
    const leaving = leavePlatform(deps, { runnerId, platform: id, since: deps.now().toISOString() })
    const left = await Promise.race([
      leaving.then(
        () => true,
        () => false,
      ),
      new Promise<false>((done) => setTimeout(() => done(false), Math.max(500, deadline - Date.now())).unref()),
    ])
    if (!left) untold.push(platformOf(id).label)
  }
  return untold
}
