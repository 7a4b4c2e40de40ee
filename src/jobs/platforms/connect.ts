/** Connecting a runner's account: from the click to the stored tokens. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { localIn } from '../../core/days.ts'
import {
  addFlow,
  type ConnectionRow,
  claimPlatformUser,
  connectionsOf,
  keepConnection,
  lockConnection,
  type OauthFlow,
  runnerOfPlatformUser,
  takeFlow,
} from '../../db/connections.ts'
import type { Tx } from '../../db/open.ts'
import { lockRunner, onlyRunner, profileOf } from '../../db/runners.ts'
import { dropMessage } from '../../db/sessions.ts'
import type { Deps } from '../../deps.ts'
import { PlatformError } from '../../errors.ts'
import { findPlatform, offered, platforms } from '../../platforms/index.ts'
import { authorizeAddress, type Connected, ConnectRefused, exchange, provisional, rightsOf } from '../../platforms/oauth.ts'
import type { Platform } from '../../platforms/platform.ts'
import { alarm, appContext } from './context.ts'
import { freshBackfill } from './import.ts'
import { callbackUrl } from './subscriptions.ts'
import { restingState, tokenColumns } from './tokens.ts'

/** From the click to the callback: time enough to sign in at the platform and read. */
const FLOW_MS = 30 * 60_000

/** Why a connection did not come about; the pages have the words. */
export type NotConnectedWhy = 'refused' | 'missingScopes' | 'stale' | 'platformDown' | 'notConfigured' | 'taken' | 'unknownUser'
export type Ended =
  | { ok: true; runnerId: string; platform: Platform; signedIn: boolean }
  | { ok: false; why: NotConnectedWhy; sentence: string | null }

const no = (why: NotConnectedWhy, sentence: string | null = null): Ended => ({ ok: false, why, sentence })
const digest = (secret: string) => createHash('sha256').update(secret).digest('hex')

function isSame(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))
}

/** A secret for the browser's cookie. */
export function browserSecret(): string {
  return randomBytes(24).toString('base64url')
}

/**
 * Begins to connect.
 * @param runnerId null: signing in by a platform that is connected already
 * @param browser the secret in the browser's cookie; the callback must come from the same one
 * @returns the platform's address for the browser
 */
export async function beginConnect(
  deps: Deps,
  platform: Platform,
  { runnerId, browser }: { runnerId: string | null; browser: string },
): Promise<string> {
  const state = randomBytes(24).toString('base64url')
  const redirectUri = callbackUrl(deps.settings, platform.id)
  const { url, verifier } = await authorizeAddress(platform, deps.settings.platforms[platform.id], { redirectUri, state })
  await addFlow(deps.db, { state, platform: platform.id, runnerId, browser: digest(browser), verifier, redirectUri, createdAt: deps.now() })
  return url
}

export type Callback = { platform: Platform; address: URL; browser: string | null; runnerId: string | null }

/** Ends it: the state is used once, by the browser that got it, for the runner who asked. */
export async function endConnect(deps: Deps, { platform, address, browser, runnerId }: Callback): Promise<Ended> {
  const now = deps.now()
  const flow = await takeFlow(deps.db, address.searchParams.get('state') ?? '', platform.id, now, new Date(now.getTime() - FLOW_MS))
  if (!flow || browser === null || !isSame(digest(browser), flow.browser)) return no('stale')
  if (flow.runnerId !== null && flow.runnerId !== runnerId) return no('stale')
  try {
    const connected = await exchange(appContext(deps, platform.id), platform, {
      callback: withRedirect(flow, address),
      redirectUri: flow.redirectUri,
      state: flow.state,
      verifier: flow.verifier,
    })
    return await storeConnected(deps, platform, flow.runnerId, connected)
  } catch (error) {
    if (error instanceof ConnectRefused) return no(error.reason === 'denied' ? 'refused' : 'stale', error.message)
    if (!(error instanceof PlatformError)) throw error
    if (error.remedy === 'app refused') await alarm(deps, error)
    return no(error.remedy === 'app refused' ? 'notConfigured' : 'platformDown', error.message.replace(`${platform.id}: `, ''))
  }
}

/** The callback as the platform meant it, whatever name the browser reached us by. */
function withRedirect(flow: OauthFlow, address: URL): URL {
  const url = new URL(flow.redirectUri)
  url.search = address.search
  return url
}

async function storeConnected(deps: Deps, platform: Platform, wanted: string | null, connected: Connected): Promise<Ended> {
  const owner = await runnerOfPlatformUser(deps.db, platform.id, connected.externalUserId)
  if (wanted !== null && owner !== null && owner !== wanted) return no('taken')
  const runnerId = wanted ?? owner
  if (runnerId === null) return no('unknownUser')
  const stored = await deps.db.transaction(async (tx) => {
    if (!(await lockRunner(tx, runnerId))) return false
    return await keepConnected(deps, tx, platform, runnerId, connected)
  })
  return stored ? { ok: true, runnerId, platform, signedIn: wanted === null } : no('taken')
}

/** The first platform that takes sessions gets them; a further one says why it does not. */
function writing(platform: Platform, before: ConnectionRow | null, all: ConnectionRow[]): Pick<ConnectionRow, 'write' | 'writeReason'> {
  if (!platform.calendar) return { write: false, writeReason: null }
  const other = all.find((row) => row.platform !== platform.id && row.write && row.state !== 'off')
  if (before && before.state !== 'off') return { write: before.write, writeReason: before.writeReason }
  if (!other) return { write: true, writeReason: null }
  const label = findPlatform(other.platform)?.label ?? other.platform
  return { write: false, writeReason: `Sessions go to ${label} already; where both reach the same watch, each would stand there twice.` }
}

type NewConnection = Omit<Connected, 'tokens'> & { tokens: Connected['tokens'] | null }

async function keepConnected(deps: Deps, tx: Tx, platform: Platform, runnerId: string, connected: NewConnection): Promise<boolean> {
  if (!(await claimPlatformUser(tx, platform.id, connected.externalUserId, runnerId))) return false
  const now = deps.now()
  const runner = await lockRunner(tx, runnerId)
  const before = await lockConnection(tx, runnerId, platform.id)
  const same = before?.externalUserId === connected.externalUserId
  const key = { runnerId, platform: platform.id }
  const today = localIn(now, runner ? profileOf(runner).timeZone : 'UTC').localDate
  // Without the right to read nothing is asked for; connecting again with it begins the import.
  const backfill = rightsOf(platform, connected.scopes).canRead ? freshBackfill(platform, today) : null
  const noTokens = { sealedTokens: null, accessExpiresAt: null, refreshExpiresAt: null }
  await keepConnection(tx, {
    ...key,
    ...restingState(platform, connected.scopes),
    ...writing(platform, before, await connectionsOf(tx, runnerId)),
    ...(connected.tokens ? tokenColumns(deps, key, connected.tokens) : noTokens),
    externalUserId: connected.externalUserId,
    tokenGeneration: (before?.tokenGeneration ?? 0) + 1,
    refreshLeaseUntil: null,
    refreshStartedAt: null,
    refreshNotBefore: null,
    scopes: connected.scopes,
    memory: same ? { ...before?.memory, ...connected.memory } : connected.memory,
    backfill,
    failures: 0,
    failingSince: null,
    lastRunAt: same ? before?.lastRunAt : null,
    lastCheckedAt: same ? before?.lastCheckedAt : null,
    sweptAt: now,
    verifiedAt: null,
    leavingAt: null,
    connectedAt: now,
    updatedAt: now,
  })
  await dropMessage(tx, runnerId, `connection:${platform.id}`)
  const work = { ...key, since: now.toISOString() }
  if (backfill && backfill.state !== 'done') await deps.queue.add(tx, 'connection.import', work, { key: `${runnerId}:${platform.id}` })
  await deps.queue.add(tx, 'runner.publish', { runnerId })
  return true
}

/** Connects one runner with the key in the settings. @throws PlatformError */
export async function connectByKey(deps: Deps, platform: Platform, runnerId: string): Promise<boolean> {
  if (!platform.apiKey?.ready(deps.settings.platforms[platform.id])) return false
  const memory: Record<string, unknown> = {}
  const identity = await platform.apiKey.identify(provisional(appContext(deps, platform.id), null, memory))
  const scopes = identity.scopes ?? [...platform.oauth.scopes]
  const connected: NewConnection = {
    tokens: null,
    scopes,
    externalUserId: identity.externalUserId,
    memory: { ...memory, ...identity.memory },
    rights: rightsOf(platform, scopes),
  }
  return deps.db.transaction((tx) => keepConnected(deps, tx, platform, runnerId, connected))
}

/** Connects the only runner wherever the settings hold a key for it. Called at start; a platform that is down is tried again. */
export async function connectKeys(deps: Deps): Promise<void> {
  if (deps.settings.accounts === 'on') return
  for (const platform of platforms) {
    if (offered(platform, deps.settings.platforms[platform.id]) !== 'apiKey') continue
    const runnerId = await onlyRunner(deps.db, deps.now(), 'UTC')
    const known = (await connectionsOf(deps.db, runnerId)).find((row) => row.platform === platform.id)
    // One that the runner ended stays ended until they connect again.
    if (known && known.state !== 'reconnect') continue
    try {
      await connectByKey(deps, platform, runnerId)
      deps.log.info('connected by the key in the settings', { platform: platform.id })
    } catch (error) {
      if (!(error instanceof PlatformError)) throw error
      deps.log.error('the key in the settings does not connect', error, { platform: platform.id })
    }
  }
}
