/** Platforms' pushes: kept with their job in one transaction, then read piece by piece. */
import { randomUUID } from 'node:crypto'
import { type Delivery, type Notice, type Secrets, splitDelivery } from '../../../webhooks/index.ts'
import { localIn } from '../../core/days.ts'
import { type ConnectionRow, changeConnection, connectionOf, runnersOfPlatformUsers } from '../../db/connections.ts'
import { deliveryByExternalId, deliveryOf } from '../../db/deliveries.ts'
import type { Tx } from '../../db/open.ts'
import { addWebhook, markHandled, noteOutcome, webhookById } from '../../db/webhooks.ts'
import type { Deps } from '../../deps.ts'
import { platformOf } from '../../platforms/index.ts'
import { sessionIdOf } from '../../platforms/marker.ts'
import { rightsOf } from '../../platforms/oauth.ts'
import type { RunNotice } from '../../platforms/platform.ts'
import type { PlatformId } from '../../settings.ts'
import { GiveUp, type Jobs } from '../queue.ts'
import { freshBackfill } from './import.ts'
import { webhookKey } from './subscriptions.ts'
import { restingState, withConnection } from './tokens.ts'

/** A change on the calendar so soon after our own is its echo. */
const ECHO_MS = 120_000

/** What the webhook address of a platform compares with; `null`: there is no such address. */
export async function secretFor(deps: Deps, platform: PlatformId): Promise<Secrets | null> {
  const { clientId, clientSecret, webhookSecret } = deps.settings.platforms[platform]
  if (!clientId || !clientSecret) return null
  return { clientId, clientSecret, webhookSecret: webhookSecret ?? (await webhookKey(deps, platform)) }
}

/** Keeps a delivery and its job, both or neither; nothing else happens before the answer. */
export async function keepDelivery(deps: Deps, delivery: Delivery): Promise<'kept' | 'seen before'> {
  const id = randomUUID()
  return deps.db.transaction(async (tx) => {
    if (!(await addWebhook(tx, { ...delivery, id }))) return 'seen before'
    await deps.queue.add(tx, 'webhook.read', { id })
    return 'kept'
  })
}

/** One kept delivery -> a job for each thing in it. */
export async function readWebhook(deps: Deps, { id }: Jobs['webhook.read']): Promise<void> {
  const row = await webhookById(deps.db, id)
  if (!row || row.handledAt) return
  const platform = row.platform as PlatformId
  let notices: Notice[]
  try {
    notices = splitDelivery(platform, row.rawBody, row.receivedAt)
  } catch (error) {
    const what = error instanceof Error ? error.name : 'unknown'
    await noteOutcome(deps.db, id, `not readable (${what})`)
    throw new GiveUp(`${platformOf(platform).label} pushed something of a shape that is not known.`)
  }
  const users = notices.flatMap((notice) => [notice.externalUserId, ...(notice.otherUserIds ?? [])])
  const runners = await runnersOfPlatformUsers(deps.db, platform, [...new Set(users)])
  await deps.db.transaction(async (tx) => {
    let taken = 0
    for (const [index, notice] of notices.entries()) {
      const ids = [notice.externalUserId, ...(notice.otherUserIds ?? [])]
      const runnerId = ids.map((one) => runners.get(one)).find((one) => one !== undefined)
      if (!runnerId) continue
      await act(deps, tx, { runnerId, platform, since: row.receivedAt.toISOString() }, notice, { id, index })
      taken++
    }
    for (const runnerId of new Set(runners.values())) await changeConnection(tx, runnerId, platform, { pushedAt: row.receivedAt })
    await markHandled(tx, id, `${taken} of ${notices.length} for a runner here`, deps.now())
  })
}

type For = { runnerId: string; platform: PlatformId; since: string }

async function act(deps: Deps, tx: Tx, who: For, notice: Notice, place: { id: string; index: number }): Promise<void> {
  const { queue } = deps
  switch (notice.kind) {
    case 'run':
    case 'runUpdated': {
      const { record, ...run } = notice.run
      // The record stays where it lies; the job carries its place.
      const kept =
        record === undefined || record === null ? run : { ...run, hints: { ...run.hints, [PLACE]: `${place.id}#${place.index}` } }
      return queue.add(tx, 'activity.fetch', { ...who, notice: kept, updated: notice.kind === 'runUpdated' })
    }
    case 'runDeleted':
      return queue.add(tx, 'activity.gone', { runnerId: who.runnerId, platform: who.platform, externalId: notice.externalId })
    case 'runPing':
      return queue.add(tx, 'push.expand', { ...who, address: notice.address })
    case 'deauthorized':
      return queue.add(tx, 'connection.prove', who, { key: `${who.runnerId}:${who.platform}` })
    case 'scopesChanged':
      return scopesChanged(deps, tx, who, notice.scopes)
    case 'calendarChanged':
      return calendarChanged(deps, tx, who, notice.entries)
  }
}

const PLACE = 'stridelift-record'

/** A notice with the record that it was pushed with. */
export async function withRecord(deps: Deps, platform: PlatformId, notice: RunNotice): Promise<RunNotice> {
  const place = notice.hints?.[PLACE]
  if (!place) return notice
  const [id = '', index = ''] = place.split('#')
  const row = await webhookById(deps.db, id)
  const found = row && splitDelivery(platform, row.rawBody, row.receivedAt)[Number(index)]
  const { [PLACE]: _place, ...hints } = notice.hints ?? {}
  return { ...notice, hints, record: found && 'run' in found ? found.run.record : undefined }
}

async function scopesChanged(deps: Deps, tx: Tx, { runnerId, platform: id, since }: For, scopes: string[]): Promise<void> {
  const row = await connectionOf(tx, runnerId, id)
  if (!row || row.state === 'off') return
  const platform = platformOf(id)
  const before = rightsOf(platform, row.scopes)
  const after = rightsOf(platform, scopes)
  const resting: Pick<ConnectionRow, 'state' | 'text'> | object = row.state === 'reconnect' ? {} : restingState(platform, scopes)
  await changeConnection(tx, runnerId, id, { scopes, ...resting, updatedAt: deps.now() })
  const key = `${runnerId}:${id}`
  if (after.canWrite && !before.canWrite) await deps.queue.add(tx, 'delivery.sync', { runnerId, platform: id, since }, { key })
  if (!after.canRead || before.canRead) return
  if (row.backfill) return deps.queue.add(tx, 'connection.sweep', { runnerId, platform: id, since }, { key })
  const backfill = freshBackfill(platform, localIn(deps.now(), 'UTC').localDate)
  await changeConnection(tx, runnerId, id, { backfill })
  await deps.queue.add(tx, 'connection.import', { runnerId, platform: id, since }, { key })
}

async function calendarChanged(deps: Deps, tx: Tx, who: For, entries: { externalId: string; marker: string | null }[]): Promise<void> {
  for (const { externalId, marker } of entries) {
    const row = marker
      ? await deliveryOf(tx, who.runnerId, sessionIdOf(marker), who.platform).catch(() => null)
      : await deliveryByExternalId(tx, who.runnerId, who.platform, externalId)
    if (!row || deps.now().getTime() - row.updatedAt.getTime() < ECHO_MS) continue
    const key = `${who.runnerId}:${who.platform}`
    return deps.queue.add(tx, 'delivery.sync', { ...who, verify: true }, { key, afterSeconds: 20, keepTime: true })
  }
}

/** The records behind an address that a push named -> a job for each. */
export async function expandPush(deps: Deps, { runnerId, platform: id, address, since }: Jobs['push.expand']): Promise<void> {
  const { expand } = platformOf(id).runs
  if (!expand) return
  const notices = await withConnection(deps, runnerId, id, (ctx) => expand(ctx, address))
  await deps.db.transaction((tx) =>
    deps.queue.addMany(
      tx,
      'activity.fetch',
      notices.map((notice) => ({ runnerId, platform: id, since, notice: { toldAt: since, ...notice } })),
    ),
  )
}
