/** What every call of a platform is given: settings, network, clock, and the allowance that all processes share. */
import { setTimeout as timer } from 'node:timers/promises'
import { noteUsed, takeFromBudget, type Window } from '../../db/budgets.ts'
import { countConnected } from '../../db/connections.ts'
import type { Db } from '../../db/open.ts'
import { endAlarm, factOf, nextNumber, raiseAlarm } from '../../db/service-facts.ts'
import type { Deps } from '../../deps.ts'
import { PlatformError } from '../../errors.ts'
import { platformOf } from '../../platforms/index.ts'
import type { AppContext, LimitWindow, Platform } from '../../platforms/platform.ts'
import { type Sealer, sealerOf } from '../../platforms/seal.ts'
import type { PlatformId, Settings } from '../../settings.ts'

/** A wait for the allowance that is sat out; a longer one is the job's own matter. */
const SHORT_WAIT_MS = 2500
const LONG_WINDOW_SHARE = 0.85
/** The count of users, and whether an alarm is up, are looked up this often. */
const REMEMBER_MS = 20_000

const sealers = new WeakMap<Uint8Array[], Sealer>()

/** Seals and opens tokens with the service's keys. */
export function sealerFor(settings: Pick<Settings, 'encryptionKeys'>): Sealer {
  let sealer = sealers.get(settings.encryptionKeys)
  if (!sealer) {
    sealer = sealerOf(settings.encryptionKeys)
    sealers.set(settings.encryptionKeys, sealer)
  }
  return sealer
}

export type Remembered<T> = { at: number; value: T }
const users = new WeakMap<Db, Map<string, Remembered<number>>>()
const alarmed = new WeakMap<Db, Map<string, Remembered<boolean>>>()

/** What was asked lately of this database; asked again after some seconds. */
export async function remembered<T>(held: WeakMap<Db, Map<string, Remembered<T>>>, db: Db, key: string, ask: () => Promise<T>): Promise<T> {
  let byKey = held.get(db)
  if (!byKey) {
    byKey = new Map()
    held.set(db, byKey)
  }
  const known = byKey.get(key)
  if (known && performance.now() - known.at < REMEMBER_MS) return known.value
  const value = await ask()
  byKey.set(key, { at: performance.now(), value })
  return value
}

async function windowOf(deps: Deps, platform: Platform, window: LimitWindow, userKey: string | null): Promise<Window> {
  const perUser = window.callsPerUser
    ? window.callsPerUser * (await remembered(users, deps.db, platform.id, () => countConnected(deps.db, platform.id)))
    : 0
  const key = window.per === 'user' ? `${window.name}:${userKey}` : window.name
  return { key, seconds: window.seconds, limit: window.calls + perUser, align: window.align }
}

/**
 * The context of the app's own calls.
 * @param use `history` leaves a part of the allowance to what is of today
 */
export function appContext(deps: Deps, id: PlatformId, use: 'today' | 'history' = 'today', userKey: string | null = null): AppContext {
  const platform = platformOf(id)
  return {
    settings: deps.settings.platforms[id],
    fetch: deps.fetch ?? globalThis.fetch,
    now: deps.now,
    log: deps.log,
    async spend(cost) {
      const counted = platform.limits.windows.filter(
        (window) => window.counts.includes(cost.kind) && (window.per === 'app' || cost.userKey !== null),
      )
      const windows = await Promise.all(counted.map((window) => windowOf(deps, platform, window, cost.userKey)))
      const share = use === 'history' ? LONG_WINDOW_SHARE : 1
      let slept = 0
      for (;;) {
        const wait = await takeFromBudget(deps.db, id, windows, cost.calls, deps.now(), share)
        if (wait === 0) return
        if (slept + wait > SHORT_WAIT_MS) {
          const seconds = Number.isFinite(wait) ? Math.ceil(wait / 1000) : 3600
          throw new PlatformError(id, 'retry', `${platform.label}'s allowance of requests is used up for now`, {
            retryAfterSeconds: seconds,
          })
        }
        await (deps.sleep ?? timer)(wait)
        slept += wait
      }
    },
    async report(_platform, report) {
      const told = report.windows.flatMap((one) => {
        const window = platform.limits.windows.find(({ name }) => name === one.name)
        return window && (window.per === 'app' || userKey !== null) ? [{ window, limit: one.limit, used: one.used }] : []
      })
      const windows = await Promise.all(told.map(async (one) => ({ ...one, window: await windowOf(deps, platform, one.window, userKey) })))
      if (windows.length > 0 || report.blockedUntil) await noteUsed(deps.db, id, windows, report.blockedUntil, deps.now())
    },
    nextNumber: (name) => nextNumber(deps.db, `${id}:${name}`, deps.now()),
  }
}

/** Tells the operator, once, that a platform refuses the whole app. No runner's connection is touched. */
export async function alarm(deps: Deps, error: PlatformError): Promise<void> {
  const fresh = await raiseAlarm(deps.db, error.platform, error.message, deps.now())
  alarmed.get(deps.db)?.delete(error.platform)
  if (fresh) deps.log.error('a platform refuses the app', error, { platform: error.platform })
}

/** A call worked: an alarm that is up is over. */
export async function noAlarm(deps: Deps, platform: PlatformId): Promise<void> {
  const up = await remembered(alarmed, deps.db, platform, async () => (await factOf(deps.db, `alarm:${platform}`)) !== null)
  if (!up) return
  await endAlarm(deps.db, platform)
  alarmed.get(deps.db)?.delete(platform)
  deps.log.info('the platform takes the app again', { platform })
}
