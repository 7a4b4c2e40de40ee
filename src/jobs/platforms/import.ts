/** The history of a connection, newest first, and the looks for runs that no push told of. */
import { addDays, type Day, daysBetween, localIn } from '../../core/days.ts'
import { platformArrivals } from '../../db/arrivals.ts'
import {
  type ConnectionRow,
  changeConnection,
  connectionOf,
  liveConnections,
  lockConnection,
  noteRun,
  remember,
} from '../../db/connections.ts'
import type { Tx } from '../../db/open.ts'
import { profileOf, runnerRow } from '../../db/runners.ts'
import { platformSources } from '../../db/runs.ts'
import type { Deps } from '../../deps.ts'
import { findPlatform, platformOf } from '../../platforms/index.ts'
import { rightsOf } from '../../platforms/oauth.ts'
import type { Platform, PlatformContext, RunNotice } from '../../platforms/platform.ts'
import { isLoopback, type PlatformId, type Settings } from '../../settings.ts'
import type { JobContext, Jobs } from '../queue.ts'
import { HISTORY_REFUSED } from './state.ts'
import { idleRefreshDue, isUncertain, withConnection } from './tokens.ts'

/** History that helps: thresholds and habits are learnt from a year. */
const HISTORY_DAYS = 365
/** A look back over so many days, for runs whose push was lost and for late files. */
const LOOK_BACK_DAYS = 3
/** Once a day over so many, as far as the platform lists them, for deletions and edits that no push told of. */
const LONG_LOOK_BACK_DAYS = 90
const LONG_LOOK_BACK_MS = 22 * 3_600_000
/** Remembered of a connection: when the long look back was. */
const LOOKED_BACK = 'lookedBackAt'
const MINUTE = 60_000
/** A moment long past: what is asked for with it is either there or gone. */
const LONG_AGO = '2000-01-01T00:00:00Z'

async function todayOf(deps: Deps, runnerId: string): Promise<Day> {
  const row = await runnerRow(deps.db, runnerId)
  return localIn(deps.now(), row ? profileOf(row).timeZone : 'UTC').localDate
}

/** The beginning of an import, for a new connection. */
export function freshBackfill(platform: Platform, today: Day): Backfill {
  const days = Math.min(platform.runs.historyDays ?? HISTORY_DAYS, HISTORY_DAYS)
  const nothing = days <= 0 || (!platform.runs.list && !platform.runs.request)
  return {
    state: nothing ? 'done' : 'waiting',
    reachedDay: null,
    fromDay: addDays(today, -Math.max(0, days)),
    toDay: today,
    found: 0,
    read: 0,
    cursor: null,
  }
}

/** Goes back window by window; after a crash or a pause it goes on where it was. */
export async function importHistory(deps: Deps, { runnerId, platform: id }: Jobs['connection.import'], job: JobContext): Promise<void> {
  while (!job.signal.aborted) {
    const row = await connectionOf(deps.db, runnerId, id)
    if (!row?.backfill || row.state === 'off' || row.backfill.state === 'done') return
    await importWindow(deps, platformOf(id), row, row.backfill)
  }
  job.signal.throwIfAborted()
}

async function importWindow(deps: Deps, platform: Platform, row: ConnectionRow, at: Backfill): Promise<void> {
  const { runnerId } = row
  const toDay = at.reachedDay ? addDays(at.reachedDay, -1) : at.toDay
  if (toDay < at.fromDay) {
    await deps.db.transaction((tx) => noteProgress(tx, row, (current) => ({ ...current, state: 'done' })))
    return
  }
  const fromDay = daysBetween(at.fromDay, toDay) >= platform.runs.daysAtOnce ? addDays(toDay, 1 - platform.runs.daysAtOnce) : at.fromDay
  const page = await withConnection(deps, runnerId, platform.id, (ctx) => pageOf(platform, ctx, fromDay, toDay, at.cursor), {
    use: 'history',
  })
  const fresh = await unknownOf(deps, runnerId, platform.id, page.runs)
  const now = deps.now()
  await deps.db.transaction(async (tx) => {
    const since = now.toISOString()
    await deps.queue.addMany(
      tx,
      'history.fetch',
      fresh.map((notice) => ({ runnerId, platform: platform.id, since, notice })),
    )
    const reachedDay = page.next === null ? fromDay : at.reachedDay
    await noteProgress(tx, row, ({ found, ...current }) => ({
      ...current,
      state: 'running',
      found: found + fresh.length,
      cursor: page.next,
      reachedDay,
    }))
    await changeConnection(tx, runnerId, platform.id, { lastCheckedAt: now })
  })
}

type Backfill = NonNullable<ConnectionRow['backfill']>

/** Changes the import's progress under the row's lock: the runs that are read count in the same column. */
async function noteProgress(tx: Tx, row: ConnectionRow, change: (current: Backfill) => Backfill): Promise<void> {
  const { runnerId, platform } = row
  const backfill = (await lockConnection(tx, runnerId, platform))?.backfill
  if (backfill) await changeConnection(tx, runnerId, platform, { backfill: change(backfill) })
}

async function pageOf(platform: Platform, ctx: PlatformContext, fromDay: Day, toDay: Day, cursor: string | null) {
  const { list, request } = platform.runs
  if (list) return list(ctx, { fromDay, toDay, cursor })
  // What is asked for comes by webhook; a window that may not be asked for is passed over, and said.
  const answer = request && (await request(ctx, { fromDay, toDay }))
  if (answer && (answer === 'not allowed') !== (ctx.memory[HISTORY_REFUSED] === true))
    await ctx.remember({ [HISTORY_REFUSED]: answer === 'not allowed' })
  return { runs: [], next: null }
}

/** Those that are not here yet in this revision. */
async function unknownOf(deps: Deps, runnerId: string, id: PlatformId, notices: RunNotice[]): Promise<RunNotice[]> {
  const externalIds = notices.map(({ externalId }) => externalId)
  const arrivals = await platformArrivals(deps.db, runnerId, id, externalIds)
  const gone = new Set(
    (await platformSources(deps.db, runnerId, id, { externalIds })).filter(({ goneAt }) => goneAt).map(({ externalId }) => externalId),
  )
  return notices.filter(({ externalId, revision }) => {
    if (gone.has(externalId)) return true
    const before = arrivals.filter((arrival) => arrival.externalId === externalId)
    return (
      before.length === 0 || (revision != null && !before.some((arrival) => arrival.revision === revision || arrival.revision === null))
    )
  })
}

// ── Sweeping ────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Whether the platform's pushes can come in: a public address and, where the platform needs it, a secret. */
export function pushesArrive(settings: Pick<Settings, 'publicUrl' | 'platforms'>, platform: Platform): boolean {
  if (platform.runs.arrive === 'poll' || !settings.platforms[platform.id].clientId) return false
  return !isLoopback(new URL(settings.publicUrl).hostname)
}

/** Milliseconds from one look to the next, a little different for each runner. */
function intervalMs(deps: Deps, platform: Platform, runnerId: string): number {
  const minutes = !platform.runs.list ? 24 * 60 : pushesArrive(deps.settings, platform) ? 6 * 60 : 12
  const spread = (Number.parseInt(runnerId.slice(0, 4), 16) % 100) / 100
  return minutes * (0.9 + spread / 5) * MINUTE
}

/** Queues a look for every connection whose turn it is. */
export async function sweepConnections(deps: Deps): Promise<void> {
  const now = deps.now()
  for (const row of await liveConnections(deps.db)) {
    const platform = findPlatform(row.platform)
    if (!platform || row.state === 'reconnect') continue
    const due = now.getTime() - (row.sweptAt?.getTime() ?? 0) >= intervalMs(deps, platform, row.runnerId)
    if (!due && !isUncertain(row, now) && !idleRefreshDue(platform, row, now)) continue
    const payload = { runnerId: row.runnerId, platform: platform.id, since: now.toISOString() }
    await deps.db.transaction((tx) =>
      deps.queue.add(tx, 'connection.sweep', payload, { key: `${row.runnerId}:${platform.id}`, keepTime: true }),
    )
  }
}

/** Looks for what pushes did not tell of, proves what is not listed any more, and renews tokens that would end unused. */
export async function sweepConnection(deps: Deps, { runnerId, platform: id }: Jobs['connection.sweep']): Promise<void> {
  const platform = platformOf(id)
  const row = await connectionOf(deps.db, runnerId, id)
  if (!row || row.state === 'off') return
  const today = await todayOf(deps, runnerId)
  const far = isLongLookDue(platform, row, deps.now())
  const checked = row.lastCheckedAt ? localIn(row.lastCheckedAt, 'UTC').localDate : today
  const near = addDays(checked < today ? checked : today, -LOOK_BACK_DAYS)
  const fromDay = far ? addDays(today, -longLookBackDays(platform)) : near
  const { canRead } = rightsOf(platform, row.scopes)
  const look = async (ctx: PlatformContext) => (canRead ? recent(platform, ctx, row, fromDay, today) : null)
  const listed = await withConnection(deps, runnerId, id, look, { renewIdle: true, use: far ? 'history' : 'today' })
  const now = deps.now()
  if (listed && far) await remember(deps.db, runnerId, id, { [LOOKED_BACK]: now.toISOString() })
  if (listed) await takeListed(deps, row, platform, listed, { fromDay, toDay: today })
  await changeConnection(deps.db, runnerId, id, { sweptAt: now, ...(listed ? { lastCheckedAt: now } : {}) })
}

/** What a platform does not list any more must not pass for deleted. */
function longLookBackDays({ runs }: Platform): number {
  return Math.min(LONG_LOOK_BACK_DAYS, Math.max(runs.historyDays ?? LONG_LOOK_BACK_DAYS, runs.daysAtOnce) - 1)
}

function isLongLookDue({ runs }: Platform, row: ConnectionRow, now: Date): boolean {
  if (!runs.list || (row.backfill && row.backfill.state !== 'done')) return false
  const before = row.memory[LOOKED_BACK]
  const last = typeof before === 'string' ? Date.parse(before) : row.connectedAt.getTime()
  return now.getTime() - last > LONG_LOOK_BACK_MS
}

/** The runs of these days, newest first, in pieces that the platform gives at once; null where it lists none. */
async function recent(platform: Platform, ctx: PlatformContext, row: ConnectionRow, fromDay: Day, toDay: Day): Promise<RunNotice[] | null> {
  const { list, request } = platform.runs
  if (!list) {
    const yesterday = addDays(toDay, -1)
    const before = row.sweptAt ? localIn(row.sweptAt, 'UTC').localDate : yesterday
    if (request && before < toDay) await request(ctx, { fromDay: yesterday, toDay: yesterday })
    return null
  }
  const found: RunNotice[] = []
  for (let until = toDay; until >= fromDay; ) {
    const first = addDays(until, 1 - platform.runs.daysAtOnce)
    const from = first > fromDay ? first : fromDay
    let cursor: string | null = null
    do {
      const page: Awaited<ReturnType<typeof list>> = await list(ctx, { fromDay: from, toDay: until, cursor })
      found.push(...page.runs)
      cursor = page.next
    } while (cursor !== null)
    until = addDays(from, -1)
  }
  return found
}

async function takeListed(deps: Deps, row: ConnectionRow, platform: Platform, listed: RunNotice[], span: { fromDay: Day; toDay: Day }) {
  const { runnerId } = row
  const now = deps.now()
  const fresh = await unknownOf(deps, runnerId, platform.id, listed)
  const there = new Set(listed.map(({ externalId }) => externalId))
  const known = await platformSources(deps.db, runnerId, platform.id, { fromDay: addDays(span.fromDay, 1), toDay: addDays(span.toDay, -1) })
  const missing = known.filter(
    ({ externalId, goneAt, receivedAt }) =>
      goneAt === null && !there.has(externalId) && !externalId.includes('#') && now.getTime() - receivedAt.getTime() > 60 * MINUTE,
  )
  const since = now.toISOString()
  const notices: RunNotice[] = [...fresh, ...missing.map(({ externalId }) => ({ externalId, toldAt: LONG_AGO }))]
  await deps.db.transaction((tx) =>
    deps.queue.addMany(
      tx,
      'activity.fetch',
      notices.map((notice) => ({ runnerId, platform: platform.id, since, notice, updated: true })),
    ),
  )
  const newest = listed
    .map(({ startAt }) => startAt ?? '')
    .sort()
    .at(-1)
  if (newest) await noteRun(deps.db, runnerId, platform.id, new Date(newest))
}
