/** Sessions out: what stands on a platform is brought to what is wanted, one call at a time, each recorded before and after. */
import { addDays, type Day } from '../../core/days.ts'
import { lastPublishedDay } from '../../core/plan/publish.ts'
import { type ListedEntry, type ReconcileAction, type RecordedEntry, reconcile, type WantedEntry } from '../../core/reconcile.ts'
import { findExercise } from '../../core/strength/exercises.ts'
import { type ConnectionRow, changeConnection, connectionOf, connectionsOf, liveConnections, remember } from '../../db/connections.ts'
import { type DeliveryRow, keepDelivery, openDeliveries, platformsWithEntries } from '../../db/deliveries.ts'
import { profileOf, runnerRow } from '../../db/runners.ts'
import { markPublished, planOf, type SessionRow, sessionsBetween } from '../../db/sessions.ts'
import type { Deps } from '../../deps.ts'
import { PlatformError } from '../../errors.ts'
import { encodeWorkout } from '../../fit/workout.ts'
import { findPlatform, platformOf } from '../../platforms/index.ts'
import { markerOf, sessionIdOf } from '../../platforms/marker.ts'
import { rightsOf } from '../../platforms/oauth.ts'
import type { Calendar, Entry, Found, Known, Platform } from '../../platforms/platform.ts'
import type { PlatformId } from '../../settings.ts'
import { localNow } from '../plan.ts'
import type { JobContext, Jobs } from '../queue.ts'
import { entryOf, sessionOf } from './entry.ts'
import { ATTACH, sentenceOf } from './state.ts'
import { withConnection } from './tokens.ts'

/** Sessions further ahead change too often to be shown on a watch. */
const AHEAD_DAYS = 10
const BEHIND_DAYS = 7
const VERIFY_MS = 20 * 3_600_000

const keyOf = (runnerId: string, platform: string) => ({ key: `${runnerId}:${platform}` })

/** Sessions changed: every platform that takes them or has some is brought in step. */
export async function publishRunner(deps: Deps, { runnerId }: Jobs['runner.publish']): Promise<void> {
  const writing = (await connectionsOf(deps.db, runnerId)).filter((row) => row.write && row.state !== 'off').map((row) => row.platform)
  const all = new Set([...writing, ...(await platformsWithEntries(deps.db, runnerId))])
  const since = deps.now().toISOString()
  await deps.db.transaction(async (tx) => {
    for (const platform of all) {
      await deps.queue.add(tx, 'delivery.sync', { runnerId, platform: platform as PlatformId, since }, keyOf(runnerId, platform))
    }
  })
}

/** Once a night: what we put on platforms is compared with what stands there. Not all at the same moment. */
export async function verifyDeliveries(deps: Deps): Promise<void> {
  const since = deps.now().toISOString()
  for (const row of await liveConnections(deps.db)) {
    if (row.state === 'reconnect' || !findPlatform(row.platform)?.calendar) continue
    const payload = { runnerId: row.runnerId, platform: row.platform as PlatformId, since, verify: true }
    const afterSeconds = Number.parseInt(row.runnerId.slice(0, 4), 16) % 3600
    await deps.db.transaction((tx) => deps.queue.add(tx, 'delivery.sync', payload, { ...keyOf(row.runnerId, row.platform), afterSeconds }))
  }
}

/** Whether sessions go to a platform; switching it off withdraws what is to come. */
export async function setWrite(deps: Deps, runnerId: string, platform: PlatformId, write: boolean): Promise<void> {
  const now = deps.now()
  await deps.db.transaction(async (tx) => {
    const writeReason = write ? null : 'You switched it off.'
    await changeConnection(tx, runnerId, platform, { write, writeReason, updatedAt: now })
    await deps.queue.add(tx, 'delivery.sync', { runnerId, platform, since: now.toISOString() }, keyOf(runnerId, platform))
  })
}

/** Whether the FIT workout goes along with sessions, where the platform takes one. Those that stand there follow. */
export async function setAttachment(deps: Deps, runnerId: string, platform: PlatformId, attach: boolean): Promise<void> {
  const since = deps.now().toISOString()
  await deps.db.transaction(async (tx) => {
    await remember(tx, runnerId, platform, { [ATTACH]: attach })
    await deps.queue.add(tx, 'delivery.sync', { runnerId, platform, since }, keyOf(runnerId, platform))
  })
}

type Work = {
  deps: Deps
  runnerId: string
  platform: Platform
  calendar: Calendar
  today: Day
  entries: Map<string, Entry>
  digests: Map<string, string>
  /** What is known of each session's entry now. */
  known: Map<string, Known | null>
}

/** Compares and acts. Run again after a crash or a lost answer, it ends in the same state. @throws PlatformError */
export async function syncDeliveries(
  deps: Deps,
  { runnerId, platform: id, verify }: Jobs['delivery.sync'],
  job?: JobContext,
): Promise<void> {
  const platform = platformOf(id)
  const { calendar } = platform
  const row = await connectionOf(deps.db, runnerId, id)
  const runner = await runnerRow(deps.db, runnerId)
  if (!calendar || !runner || !row || row.state === 'off' || row.state === 'reconnect') return
  const profile = profileOf(runner)
  const { today } = localNow(profile, deps.now())
  const sessions = await sessionsBetween(deps.db, runnerId, addDays(today, -BEHIND_DAYS), addDays(today, 370), true)
  const rows = await openDeliveries(deps.db, runnerId, id)
  const said = await planOf(deps.db, runnerId)
  const until = said ? lastPublishedDay(said, today) : addDays(today, AHEAD_DAYS)
  const planned = wantedSessions(platform, row, sessions, until)
  if (planned.length === 0 && rows.length === 0) return
  const entries = new Map(
    sessions.map((session) => [session.id, entryOf(deps.settings, session, profile.units, fitOf(calendar, row, session))]),
  )
  const wanted = planned.map(({ id: sessionId, localDate }) => ({ sessionId, localDate, digest: calendar.digest(entries.get(sessionId)!) }))
  const digests = new Map(wanted.map(({ sessionId, digest }) => [sessionId, digest]))
  const known = new Map(rows.map((one) => [one.sessionId, knownOf(one)]))
  const work: Work = { deps, runnerId, platform, calendar, today, entries, digests, known }
  const due = !row.verifiedAt || deps.now().getTime() - row.verifiedAt.getTime() > VERIFY_MS
  const asked = verify || due || rows.some(({ intent }) => intent !== null)
  const found = calendar.list && asked ? await listed(work, calendar.list) : null
  const own = new Set([...entries.keys(), ...known.keys()])
  const window = { ...calendar.window, toDays: Math.min(calendar.window.toDays, AHEAD_DAYS) }
  const untouched = new Set(sessions.filter(({ status }) => status === 'done').map((session) => session.id))
  const recorded = rows.map(recordedOf)
  const listing = found && oursOf(found, own, rows)
  const actions = reconcile({
    today,
    window,
    wanted,
    recorded,
    listed: listing,
    untouched,
    check: verify === true && calendar.list === null,
  })
  const failedBefore = new Set(verify ? [] : rows.filter((one) => isHopeless(one, wanted)).map(({ sessionId }) => sessionId))
  for (const action of removalsFirst(actions)) {
    job?.signal.throwIfAborted()
    if (action.kind !== 'put' || !failedBefore.has(action.sessionId)) await carryOut(work, action)
  }
  if (found) await noteTroubles(work, found)
  if (asked) await changeConnection(deps.db, runnerId, id, { verifiedAt: deps.now() })
}

function knownOf({ externalId, parts }: Pick<DeliveryRow, 'externalId' | 'parts'>): Known | null {
  return externalId === null ? null : { externalId, parts }
}

function recordedOf(row: DeliveryRow): RecordedEntry {
  const { sessionId, state, digest, localDate } = row
  return { sessionId, state, digest, localDate, known: knownOf(row), uncertain: row.intent !== null }
}

/** It was refused for good as it is now; the nightly check tries it again. */
function isHopeless(row: DeliveryRow, wanted: WantedEntry[]): boolean {
  return (
    row.state === 'failed' &&
    row.intent === null &&
    wanted.some(({ sessionId, digest }) => sessionId === row.sessionId && digest === row.digest)
  )
}

/** Entries with the marker of one of this runner's sessions, or an id that is recorded; the marker of another service is not ours. */
function oursOf(found: Found[], own: ReadonlySet<string>, rows: DeliveryRow[]): ListedEntry[] {
  const ids = new Set(rows.map(({ externalId }) => externalId))
  return found.flatMap(({ externalId, parts, marker, localDate, digest }) => {
    const sessionId = marker === null ? null : sessionIdOf(marker)
    const ours = sessionId === null ? ids.has(externalId) : own.has(sessionId)
    return ours ? [{ externalId, parts, sessionId, localDate, digest }] : []
  })
}

/** What is taken away goes before what is put, so that a full day or a full list has room. */
function removalsFirst(actions: ReconcileAction[]): ReconcileAction[] {
  return [...actions.filter(({ kind }) => kind === 'remove'), ...actions.filter(({ kind }) => kind !== 'remove')]
}

/** What a platform says of entries that it could not bring to the watch. */
async function noteTroubles({ deps, runnerId, platform, known }: Work, found: Found[]): Promise<void> {
  for (const { externalId, trouble } of found) {
    const sessionId = [...known].find(([, one]) => one?.externalId === externalId)?.[0]
    if (trouble && sessionId)
      await keepDelivery(deps.db, { runnerId, sessionId, platform: platform.id }, { error: trouble, updatedAt: deps.now() })
  }
}

function wantedSessions(platform: Platform, row: ConnectionRow, sessions: SessionRow[], until: Day): SessionRow[] {
  if (!row.write || !rightsOf(platform, row.scopes).canWrite) return []
  return sessions.filter(({ status, localDate, publishedAt }) => status === 'planned' && (localDate <= until || publishedAt !== null))
}

function fitOf(calendar: Calendar, row: ConnectionRow, session: SessionRow): Uint8Array | null {
  if (!calendar.attachment || row.memory[ATTACH] !== true) return null
  return encodeWorkout(sessionOf(session), { exerciseCode: (id) => findExercise(id)?.fit ?? null, createdAt: session.createdAt })
}

async function listed(work: Work, list: NonNullable<Calendar['list']>): Promise<Found[]> {
  const { deps, runnerId, platform, today, calendar } = work
  const known = [...work.known.values()].filter((one) => one !== null)
  const asked = { fromDay: today, toDay: addDays(today, Math.max(AHEAD_DAYS, calendar.window.toDays)), known }
  return withConnection(deps, runnerId, platform.id, (ctx) => list(ctx, asked))
}

async function carryOut(work: Work, action: ReconcileAction): Promise<void> {
  const { deps, runnerId, platform } = work
  const now = deps.now()
  const key = { runnerId, sessionId: action.sessionId, platform: platform.id }
  switch (action.kind) {
    case 'confirm':
      return keepDelivery(deps.db, key, { verifiedAt: now, error: null, updatedAt: now })
    case 'adopt': {
      const { known, digest, localDate } = action
      work.known.set(action.sessionId, known)
      return keepDelivery(deps.db, key, {
        ...stands(known, digest, localDate),
        ...lossOf(work, action.sessionId),
        verifiedAt: now,
        updatedAt: now,
      })
    }
    case 'forget':
      return keepDelivery(deps.db, key, { ...withdrawn, updatedAt: now })
    case 'remove':
      return remove(work, action)
    case 'put':
      return put(work, action)
  }
}

const withdrawn = { state: 'withdrawn', intent: null, externalId: null, parts: {}, digest: null, error: null } as const

function stands(known: Known, digest: string, localDate: Day) {
  const { externalId, parts } = known
  return { state: 'delivered', externalId, parts, digest, localDate, intent: null, attempts: 0, error: null } as const
}

function lossOf({ calendar, entries }: Work, sessionId: string): Pick<DeliveryRow, 'fidelity' | 'lost'> {
  const entry = entries.get(sessionId)
  const lost = entry ? calendar.loses(entry.session) : []
  return { fidelity: lost.length > 0 ? 'degraded' : 'exact', lost }
}

async function remove(work: Work, action: Extract<ReconcileAction, { kind: 'remove' }>): Promise<void> {
  const { deps, runnerId, platform, calendar, today } = work
  const { sessionId, known, because } = action
  const key = { runnerId, sessionId, platform: platform.id }
  const marker = markerOf(sessionId)
  const startedAt = deps.now().toISOString()
  await keepDelivery(deps.db, key, { intent: { action: 'remove', digest: null, marker, startedAt }, updatedAt: deps.now() })
  const localDate = action.localDate ?? work.entries.get(sessionId)?.session.localDate ?? today
  try {
    await withConnection(deps, runnerId, platform.id, (ctx) => calendar.remove(ctx, { known, marker, localDate, today }))
  } catch (error) {
    return await failed(work, sessionId, error)
  }
  if (because === 'double') return await keepDelivery(deps.db, key, { intent: null, updatedAt: deps.now() })
  work.known.delete(sessionId)
  await keepDelivery(deps.db, key, { ...withdrawn, updatedAt: deps.now() })
}

async function put(work: Work, action: Extract<ReconcileAction, { kind: 'put' }>): Promise<void> {
  const { deps, runnerId, platform, calendar, today, entries, digests } = work
  const { sessionId, known } = action
  const entry = entries.get(sessionId)
  const digest = digests.get(sessionId)
  if (!entry || digest === undefined) throw new Error('A session that is not wanted was to be put on a platform.')
  const key = { runnerId, sessionId, platform: platform.id }
  const { localDate } = entry.session
  const startedAt = deps.now().toISOString()
  await keepDelivery(deps.db, key, {
    state: 'pending',
    externalId: known?.externalId ?? null,
    parts: known?.parts ?? {},
    ...lossOf(work, sessionId),
    intent: { action: 'put', digest, marker: entry.marker, startedAt },
    updatedAt: deps.now(),
  })
  await markPublished(deps.db, runnerId, [sessionId], deps.now())
  work.known.set(sessionId, known)
  const record = async (state: Known) => {
    await keepDelivery(deps.db, key, { externalId: state.externalId, parts: state.parts, updatedAt: deps.now() })
    work.known.set(sessionId, state)
  }
  let there: Known
  try {
    there = await withConnection(deps, runnerId, platform.id, (ctx) =>
      calendar.put(ctx, { entry, known: work.known.get(sessionId) ?? null, others: othersOf(work, sessionId), today, record }),
    )
  } catch (error) {
    return await failed(work, sessionId, error)
  }
  work.known.set(sessionId, there)
  await keepDelivery(deps.db, key, { ...stands(there, digest, localDate), verifiedAt: null, updatedAt: deps.now() })
}

/** Further sessions that stand there or shall, with what is recorded of them. */
function othersOf({ entries, known, digests, today, calendar }: Work, except: string): { entry: Entry; known: Known | null }[] {
  const last = addDays(today, Math.min(calendar.window.toDays, AHEAD_DAYS))
  const coming = [...digests.keys()].filter((sessionId) => (entries.get(sessionId)?.session.localDate ?? last) <= last)
  const stands = [...known]
    .filter(([sessionId, one]) => one !== null && entries.get(sessionId)?.session.status === 'done')
    .map(([sessionId]) => sessionId)
  return [...new Set([...coming, ...stands])].flatMap((sessionId) => {
    const entry = entries.get(sessionId)
    return entry && sessionId !== except && entry.session.localDate >= today ? [{ entry, known: known.get(sessionId) ?? null }] : []
  })
}

/** What cannot heal is written down and the rest goes on; everything else stops here and is tried again. */
async function failed({ deps, runnerId, platform, digests }: Work, sessionId: string, error: unknown): Promise<void> {
  if (!(error instanceof PlatformError)) throw error
  const key = { runnerId, sessionId, platform: platform.id }
  if (error.remedy !== 'give up') {
    await keepDelivery(deps.db, key, { error: sentenceOf(error), updatedAt: deps.now() })
    throw error
  }
  deps.log.warn('a session could not be brought to a platform', { platform: platform.id, sessionId, why: error.message })
  await keepDelivery(deps.db, key, {
    state: 'failed',
    digest: digests.get(sessionId) ?? null,
    intent: null,
    error: sentenceOf(error),
    updatedAt: deps.now(),
  })
}
