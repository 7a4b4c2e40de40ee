/** Our webhooks at platforms that register them by call, and their keys. */

import { receivers } from '../../../webhooks/index.ts'
import type { Db } from '../../db/open.ts'
import { factOf, keepFact } from '../../db/service-facts.ts'
import type { Deps } from '../../deps.ts'
import { PlatformError } from '../../errors.ts'
import { offered, platformOf, platforms } from '../../platforms/index.ts'
import type { Platform } from '../../platforms/platform.ts'
import { isLoopback, type PlatformId, type Settings } from '../../settings.ts'
import type { Jobs } from '../queue.ts'
import { alarm, appContext, type Remembered, remembered, sealerFor } from './context.ts'

/** What is kept of a registered webhook. */
export type Registered = {
  state: 'right' | 'made' | 'mended' | 'failed'
  words: string
  sealedKey: string | null
  id: string | null
  callbackUrl: string
  at: string
}

const keys = new WeakMap<Db, Map<string, Remembered<Registered | null>>>()
const factKey = (platform: PlatformId) => `subscription:${platform}`
const ownerOf = (platform: PlatformId) => `service:${platform}`

/** The exact address of a platform's pushes; `null` while its secret is not set and stands in the address. */
export function webhookUrl(settings: Pick<Settings, 'publicUrl' | 'platforms'>, id: PlatformId): string | null {
  const base = `${settings.publicUrl}/webhooks/${id}`
  if (!receivers[id].secretInPath) return base
  const secret = settings.platforms[id].webhookSecret
  return secret === null ? null : `${base}/${encodeURIComponent(secret)}`
}

/** The exact address that the platform sends the browser back to. */
export function callbackUrl(settings: Pick<Settings, 'publicUrl'>, id: PlatformId): string {
  return `${settings.publicUrl}/connect/${id}/callback`
}

export async function registered(deps: Pick<Deps, 'db'>, id: PlatformId): Promise<Registered | null> {
  return (await factOf(deps.db, factKey(id))) as Registered | null
}

/** The key that a platform gave to our webhook when it was registered; null where there is none. */
export async function webhookKey(deps: Deps, id: PlatformId): Promise<string | null> {
  if (!platformOf(id).subscription) return null
  const kept = await remembered(keys, deps.db, id, () => registered(deps, id))
  return kept?.sealedKey ? sealerFor(deps.settings).open(kept.sealedKey, ownerOf(id)) : null
}

/** Platforms whose webhook this service registers by itself. */
export function selfRegistering(settings: Pick<Settings, 'platforms'>): Platform[] {
  return platforms.filter((platform) => platform.subscription && offered(platform, settings.platforms[platform.id]) === 'oauth')
}

/** Queues the registration of every webhook that is registered by call; at start and once a day. */
export async function ensureSubscriptions(deps: Deps): Promise<void> {
  const loopback = isLoopback(new URL(deps.settings.publicUrl).hostname)
  for (const { id } of selfRegistering(deps.settings)) {
    // A platform on the internet cannot reach this machine; a simulated one beside it can.
    if (loopback && !deps.settings.platforms[id].url) continue
    const payload = { platform: id, since: deps.now().toISOString() }
    await deps.db.transaction((tx) => deps.queue.add(tx, 'subscription.ensure', payload, { key: id }))
  }
}

/** Makes one registration right and keeps its key. @throws PlatformError */
export async function ensureSubscription(
  deps: Deps,
  { platform: id }: Pick<Jobs['subscription.ensure'], 'platform'>,
): Promise<Registered | null> {
  const platform = platformOf(id)
  const callback = webhookUrl(deps.settings, id)
  if (!platform.subscription || !callback || offered(platform, deps.settings.platforms[id]) !== 'oauth') return null
  const before = await registered(deps, id)
  const own = deps.settings.platforms[id].webhookSecret
  const key = own ?? (before?.sealedKey ? sealerFor(deps.settings).open(before.sealedKey, ownerOf(id)) : null)
  const at = deps.now().toISOString()
  try {
    const made = await platform.subscription.ensure(appContext(deps, id), { callbackUrl: callback, verifyToken: own, key })
    const sealedKey = made.key ? sealerFor(deps.settings).seal(made.key, ownerOf(id)) : null
    const kept: Registered = { state: made.state, words: made.words, sealedKey, id: made.id, callbackUrl: callback, at }
    await keepFact(deps.db, factKey(id), kept, deps.now())
    keys.get(deps.db)?.delete(id)
    deps.log.info('webhook registration', { platform: id, state: made.state })
    return kept
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error
    if (error.remedy === 'app refused') await alarm(deps, error)
    const kept: Registered = {
      state: 'failed',
      words: error.message,
      sealedKey: before?.sealedKey ?? null,
      id: before?.id ?? null,
      callbackUrl: callback,
      at,
    }
    await keepFact(deps.db, factKey(id), kept, deps.now())
    throw error
  }
}
