/** An activity of a platform -> an arrival, which takes the road of every file; an activity that is gone -> its run again. */
import { createHash, randomUUID } from 'node:crypto'
import { addArrival, addBytes, dropBytes, platformArrivals } from '../../db/arrivals.ts'
import { countRead, noteRun } from '../../db/connections.ts'
import { markDirty } from '../../db/efforts.ts'
import { lockRunner } from '../../db/runners.ts'
import { changeRun, changeSource, dropAnswer, expiredSources, runById, sourceByExternalId, sourcesOf } from '../../db/runs.ts'
import type { ArrivalAbout } from '../../db/schema.ts'
import type { Deps } from '../../deps.ts'
import { writeRecord } from '../../fit/record.ts'
import { platformOf } from '../../platforms/index.ts'
import type { About, Platform, Reading, RunNotice } from '../../platforms/platform.ts'
import { settleRun } from '../keep-run.ts'
import { GiveUp, type Jobs, RetryLater } from '../queue.ts'
import { withRecord } from './inbox.ts'
import { withConnection } from './tokens.ts'

/** An activity that a platform told of and does not show is waited for so long. */
const NOT_YET_MS = 30 * 3_600_000

/** Reads one activity and keeps it with the job that reads the file. */
export async function fetchActivity(deps: Deps, payload: Jobs['activity.fetch']): Promise<void> {
  await fetchOne(deps, payload, 'today')
}

/** The same for a run of the history. */
export async function fetchHistory(deps: Deps, payload: Jobs['history.fetch']): Promise<void> {
  await fetchOne(deps, payload, 'history')
  await countRead(deps.db, payload.runnerId, payload.platform)
}

async function fetchOne(deps: Deps, { runnerId, platform: id, notice, since, updated }: Jobs['activity.fetch'], use: 'today' | 'history') {
  const platform = platformOf(id)
  if (await isKnown(deps, runnerId, id, notice, updated === true)) return
  const told = await withRecord(deps, id, { ...notice, toldAt: notice.toldAt ?? since })
  const reading = await withConnection(deps, runnerId, id, (ctx) => platform.runs.read(ctx, told), { use })
  switch (reading.kind) {
    case 'file':
      return keep(deps, runnerId, platform, notice, reading.about, { media: 'file', name: reading.name, bytes: reading.bytes })
    case 'activity': {
      const bytes = writeRecord(reading.activity)
      return keep(deps, runnerId, platform, notice, reading.about, { media: 'record', name: `${id}-${reading.about.externalId}`, bytes })
    }
    case 'notYet':
      return wait(deps, since, reading)
    case 'gone':
      return activityGone(deps, { runnerId, platform: id, externalId: notice.externalId })
    case 'skipped':
      // Another sport now, or not readable for us: what was kept of it as a run is no run any more.
      if (!notice.fileUrl) await activityGone(deps, { runnerId, platform: id, externalId: notice.externalId })
  }
}

function wait(deps: Deps, since: string, reading: Extract<Reading, { kind: 'notYet' }>): never {
  if (deps.now().getTime() - Date.parse(since) > NOT_YET_MS) throw new GiveUp(`An activity never became readable: ${reading.because}.`)
  throw new RetryLater(Math.max(1, reading.retryAfterSeconds), reading.because)
}

/** The platform's words of this very revision were read before, and the run is still there. */
async function isKnown(deps: Deps, runnerId: string, id: string, notice: RunNotice, updated: boolean): Promise<boolean> {
  if (!notice.revision && updated) return false
  const before = await platformArrivals(deps.db, runnerId, id, [notice.externalId])
  const same = before.some((arrival) => arrival.revision !== null && arrival.revision === notice.revision)
  if (!same) return false
  return (await sourceByExternalId(deps.db, runnerId, id, notice.externalId))?.goneAt == null
}

type Content = { media: 'file' | 'record'; name: string; bytes: Uint8Array }

function aboutOf(platform: Platform, about: About, now: Date): ArrivalAbout {
  const { sport, plannedAs, originalId, device } = about
  const days = platform.duties.policy?.keepDays
  return {
    sport,
    plannedAs,
    originalId,
    device,
    expiresAt: days === undefined ? null : new Date(now.getTime() + days * 86_400_000).toISOString(),
  }
}

/** Row, bytes and job in one transaction; the same bytes of the same activity are kept once. */
async function keep(deps: Deps, runnerId: string, platform: Platform, notice: RunNotice, about: About, content: Content): Promise<void> {
  const { externalId } = about
  const sha256 = createHash('sha256').update(content.bytes).digest('hex')
  const now = deps.now()
  await deps.db.transaction(async (tx) => {
    if (!(await lockRunner(tx, runnerId))) return
    const source = await sourceByExternalId(tx, runnerId, platform.id, externalId)
    const before = await platformArrivals(tx, runnerId, platform.id, [externalId])
    if (source?.goneAt == null && before.some((arrival) => arrival.sha256 === sha256)) return
    const id = randomUUID()
    await addArrival(tx, {
      runnerId,
      id,
      from: platform.id,
      externalId,
      revision: about.revision ?? notice.revision ?? null,
      about: aboutOf(platform, about, now),
      name: content.name,
      media: content.media,
      status: 'queued',
      sha256,
      sizeBytes: content.bytes.length,
      receivedAt: now,
    })
    await addBytes(tx, runnerId, id, content.bytes)
    await deps.queue.add(tx, 'arrival.read', { runnerId, arrivalId: id })
  })
  if (about.sport === 'run' && notice.startAt) await noteRun(deps.db, runnerId, platform.id, new Date(notice.startAt))
}

/** A platform has it no more: without another source the run goes, with one it is settled anew. */
export async function activityGone(deps: Deps, { runnerId, platform, externalId }: Jobs['activity.gone']): Promise<void> {
  await deps.db.transaction(async (tx) => {
    const runner = await lockRunner(tx, runnerId)
    const source = runner && (await sourceByExternalId(tx, runnerId, platform, externalId))
    if (runner && !source && (await platformArrivals(tx, runnerId, platform, [externalId])).some(({ status }) => status === 'queued')) {
      throw new RetryLater(10, 'it is just being read')
    }
    if (!runner || !source || source.goneAt !== null) return
    const run = await runById(tx, runnerId, source.runId, true)
    if (!run || run.deletedAt !== null) return
    const now = deps.now()
    await changeSource(tx, runnerId, source.id, { goneAt: now, series: null, prepared: null, preparedVersion: null })
    if (source.arrivalId) await dropBytes(tx, runnerId, [source.arrivalId])
    if ((await sourcesOf(tx, runnerId, [source.runId])).length > 0) await settleRun(tx, runner, source.runId, now)
    else {
      await changeRun(tx, runnerId, run.id, { deletedAt: now, updatedAt: now })
      await dropAnswer(tx, runnerId, run.id)
      await markDirty(tx, runnerId, run.localDate)
    }
    await deps.queue.add(tx, 'runner.assess', { runnerId })
  })
}

/**
 * Drops the figures that a platform's policy lets nobody keep. Of a run that nobody else told of, its day and our own
 * judgement stay.
 */
export async function expireSources(deps: Deps): Promise<void> {
  for (const source of await expiredSources(deps.db, deps.now())) {
    await deps.db.transaction(async (tx) => {
      const { runnerId, facts } = source
      if (!(await lockRunner(tx, runnerId))) return
      const now = deps.now()
      const nothing = {
        distanceMeters: null,
        movingSeconds: null,
        elapsedSeconds: null,
        ascentMeters: null,
        descentMeters: null,
        averageHeartRate: null,
        maxHeartRate: null,
        laps: [],
        device: null,
      }
      const recorded = {
        ...facts.recorded,
        records: 0,
        heartRate: 0,
        speed: 0,
        position: 0,
        altitude: 0,
        cadence: 0,
        laps: 0,
        distanceKnown: false,
      }
      const bare = { ...facts, ...nothing, timerSeconds: null, averageCadence: null, startLatitude: null, startLongitude: null }
      await changeSource(tx, runnerId, source.id, {
        facts: { ...bare, temperatureCelsius: null, gradeAdjustedPaceSecondsPerKm: null, recordCount: 0, recorded },
        series: null,
        prepared: null,
        preparedVersion: null,
        choice: 'Its platform’s rules let nobody keep the figures any longer.',
      })
      if (source.arrivalId) await dropBytes(tx, runnerId, [source.arrivalId])
      const run = await runById(tx, runnerId, source.runId, true)
      if (run?.bestSourceId !== source.id) return
      await changeRun(tx, runnerId, run.id, { ...nothing, gradeAdjustedPaceSecondsPerKm: null, bestSourceId: null, updatedAt: now })
    })
  }
}
