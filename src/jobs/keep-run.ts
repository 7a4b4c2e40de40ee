/** The one way in which a run gets into the tables, whoever tells of it: find the run it is, or make one, and settle its figures. */
import { randomUUID } from 'node:crypto'
import type { Activity } from '../core/run.ts'
import { qualityOf, reachSeconds, type Sameness, sameRun, spanSeconds, type Telling, whyBetter } from '../core/same-run.ts'
import { markDirty } from '../db/efforts.ts'
import type { Tx } from '../db/open.ts'
import { changeRunner, type RunnerRow } from '../db/runners.ts'
import {
  addRun,
  addSource,
  changeRun,
  changeSource,
  dropRun,
  hasRunAfter,
  type RunRow,
  runById,
  runsAround,
  type SourceHead,
  sourceByExternalId,
  sourcesOf,
} from '../db/runs.ts'
import type { SourceFacts } from '../db/schema.ts'
import type { ToldRun } from '../fit/telling.ts'
import { localMoment } from './local-time.ts'

/** One telling of a run, ready to be kept. */
export type NewTelling = {
  /** `upload` or a platform id. */
  from: string
  externalId: string
  arrivalId: string | null
  receivedAt: Date
  activity: Activity
  told: ToldRun
  /** Packed samples (src/fit/series.ts). */
  series: Uint8Array | null
  /** A platform's policy: it is not mixed with others and goes at this moment. */
  expiresAt?: Date | null
}

/** `known`: this very telling was kept before. `changed`: its source sent it anew. `hidden`: it is of a run that was deleted. */
export type Kept = { runId: string; outcome: 'new' | 'joined' | 'known' | 'changed' | 'restored' | 'hidden'; reason: string }

/**
 * Keeps one telling. The caller holds the runner's lock (`lockRunner`), so that two tellings of one run that come in at the
 * same time find each other. Run twice, it leaves the same rows.
 */
export async function keepRun(tx: Tx, runner: RunnerRow, given: NewTelling, now: Date): Promise<Kept> {
  const telling: NewTelling = { ...given, told: { ...given.told, recorded: { ...given.told.recorded, passing: Boolean(given.expiresAt) } } }
  const before = await sourceByExternalId(tx, runner.id, telling.from, telling.externalId)
  if (before) return keepAgain(tx, runner, telling, before, now)

  const facts = factsOf(telling)
  const match = await findRun(tx, runner.id, facts)
  const id = randomUUID()
  const row = { ...sourceColumns(telling, facts), runnerId: runner.id, id, from: telling.from, externalId: telling.externalId }
  if (!match) {
    const runId = randomUUID()
    await addRun(tx, { ...emptyRun(runner.id, runId, now), ...figuresOf(facts, runner), bestSourceId: id })
    await addSource(tx, { ...row, runId, reason: 'The first copy of this run.' })
    await markDirty(tx, runner.id, figuresOf(facts, runner).localDate)
    await followZone(tx, runner, facts)
    return { runId, outcome: 'new', reason: 'The first copy of this run.' }
  }
  await addSource(tx, { ...row, runId: match.run.id, reason: match.reason })
  const back = match.run.deletedAt !== null && telling.from === 'upload'
  if (back) await changeRun(tx, runner.id, match.run.id, { deletedAt: null, updatedAt: now })
  await settleRun(tx, runner, match.run.id, now)
  const outcome = back ? 'restored' : match.run.deletedAt ? 'hidden' : 'joined'
  return { runId: match.run.id, outcome, reason: match.reason }
}

async function keepAgain(tx: Tx, runner: RunnerRow, telling: NewTelling, before: SourceHead, now: Date): Promise<Kept> {
  const run = await runById(tx, runner.id, before.runId, true)
  const deleted = run?.deletedAt !== null
  const byHand = telling.from === 'upload'
  if (byHand && !deleted && before.goneAt === null) return { runId: before.runId, outcome: 'known', reason: before.reason }
  const facts = factsOf(telling)
  // A platform may tell of one activity twice, as a summary and as a file: the poorer one does not replace the richer.
  const poorer = qualityOf(facts.recorded) < before.quality - 15 && before.facts.recorded.records > 0
  if (!byHand && poorer && before.goneAt === null) return { runId: before.runId, outcome: 'known', reason: before.reason }
  await changeSource(tx, runner.id, before.id, { ...sourceColumns(telling, facts), goneAt: null })
  // Gone from the platform and back there: it was not the runner who deleted it here.
  const back = deleted && (byHand || before.goneAt !== null)
  if (back) await changeRun(tx, runner.id, before.runId, { deletedAt: null })
  await settleRun(tx, runner, before.runId, now)
  return { runId: before.runId, outcome: deleted ? (back ? 'restored' : 'hidden') : 'changed', reason: before.reason }
}

/** The facts of a telling as they are stored. */
export function factsOf({ activity, told }: Pick<NewTelling, 'activity' | 'told'>): SourceFacts {
  return {
    sport: activity.sport,
    subSport: activity.subSport,
    startAt: activity.startAt.toISOString(),
    offsetSeconds: activity.offsetSeconds,
    timeZone: activity.timeZone,
    distanceMeters: activity.distanceMeters,
    timerSeconds: activity.timerSeconds,
    movingSeconds: activity.movingSeconds,
    elapsedSeconds: activity.elapsedSeconds,
    ascentMeters: activity.ascentMeters,
    descentMeters: activity.descentMeters,
    averageHeartRate: activity.averageHeartRate,
    maxHeartRate: activity.maxHeartRate,
    averageCadence: activity.averageCadence,
    temperatureCelsius: activity.temperatureCelsius,
    heartRateSensor: activity.heartRateSensor,
    device: activity.device,
    race: activity.race,
    laps: activity.laps,
    recordCount: activity.samples?.seconds.length ?? 0,
    format: told.recorded.format,
    startLatitude: told.startLatitude,
    startLongitude: told.startLongitude,
    surface: told.surface,
    gradeAdjustedPaceSecondsPerKm: told.gradeAdjustedPaceSecondsPerKm,
    recorded: told.recorded,
    damage: activity.damage,
  }
}

function sourceColumns(telling: NewTelling, facts: SourceFacts) {
  return {
    arrivalId: telling.arrivalId,
    receivedAt: telling.receivedAt,
    facts,
    series: telling.series,
    prepared: telling.told.prepared,
    preparedVersion: telling.told.preparedVersion,
    quality: qualityOf(facts.recorded),
    expiresAt: telling.expiresAt ?? null,
  }
}

function tellingOf(facts: SourceFacts): Telling {
  return { ...facts, startAt: new Date(facts.startAt) }
}

/** The run that a telling is of: by time first, then by a repaired clock, then by a repaired zone. */
async function findRun(tx: Tx, runnerId: string, facts: SourceFacts): Promise<{ run: RunRow; reason: string } | null> {
  const telling = tellingOf(facts)
  const near = await runsAround(tx, runnerId, telling.startAt, reachSeconds(Math.max(spanSeconds(facts), 6 * 3600)))
  const order: Record<Extract<Sameness, { same: true }>['how'], number> = { overlap: 0, clock: 1, zone: 2 }
  const found = near.flatMap(({ run, sources }) =>
    sources.flatMap((source) => {
      if (source.apart) return []
      const answer = sameRun(tellingOf(source.facts), telling)
      const apart = Math.abs(new Date(source.facts.startAt).getTime() - telling.startAt.getTime())
      return answer.same ? [{ run, reason: answer.reason, rank: order[answer.how], apart }] : []
    }),
  )
  found.sort((a, b) => a.rank - b.rank || a.apart - b.apart)
  return found[0] ?? null
}

function emptyRun(runnerId: string, id: string, now: Date) {
  return { runnerId, id, createdAt: now, updatedAt: now }
}

/** A run's columns from the facts of its best source. */
export function figuresOf(facts: SourceFacts, runner: Pick<RunnerRow, 'profile'>) {
  const startAt = new Date(facts.startAt)
  const { zoneKnown: _zoneKnown, ...local } = localMoment({
    startAt,
    offsetSeconds: facts.offsetSeconds,
    timeZone: facts.timeZone,
    latitude: facts.startLatitude,
    longitude: facts.startLongitude,
    runnerZone: runner.profile.timeZone ?? 'UTC',
  })
  return {
    startAt,
    ...local,
    surface: facts.surface,
    distanceMeters: facts.distanceMeters,
    movingSeconds: facts.movingSeconds ?? facts.timerSeconds ?? facts.elapsedSeconds,
    elapsedSeconds: facts.elapsedSeconds ?? facts.timerSeconds,
    ascentMeters: facts.ascentMeters,
    descentMeters: facts.descentMeters,
    averageHeartRate: facts.averageHeartRate,
    maxHeartRate: facts.maxHeartRate,
    gradeAdjustedPaceSecondsPerKm: facts.gradeAdjustedPaceSecondsPerKm,
    laps: facts.laps,
    race: facts.race,
    device: facts.device,
  }
}

/** Best first; the same order whichever copy came first. */
function bestFirst(sources: SourceHead[]): SourceHead[] {
  return [...sources].sort((a, b) => b.quality - a.quality || (a.from + a.externalId < b.from + b.externalId ? -1 : 1))
}

/** Gives a run the figures of its best source and says why; a run without sources goes. @returns whether the run is still there */
export async function settleRun(tx: Tx, runner: RunnerRow, runId: string, now: Date): Promise<boolean> {
  const before = await runById(tx, runner.id, runId, true)
  if (before) await markDirty(tx, runner.id, before.localDate)
  const [best, ...others] = bestFirst(await sourcesOf(tx, runner.id, [runId]))
  if (!best) {
    await dropRun(tx, runner.id, runId)
    return false
  }
  const figures = figuresOf(best.facts, runner)
  await changeRun(tx, runner.id, runId, { ...figures, bestSourceId: best.id, updatedAt: now })
  await markDirty(tx, runner.id, figures.localDate)
  await changeSource(tx, runner.id, best.id, {
    choice: others[0] ? `The figures are from this copy. ${whyBetter(best.facts.recorded, others[0].facts.recorded)}` : null,
  })
  for (const other of others) await changeSource(tx, runner.id, other.id, { choice: 'Another copy has the better recording.' })
  await followZone(tx, runner, best.facts)
  return true
}

/** The runner's zone follows the newest run, unless the runner has fixed it. */
async function followZone(tx: Tx, runner: RunnerRow, facts: SourceFacts): Promise<void> {
  if (runner.timeZoneFixed) return
  const startAt = new Date(facts.startAt)
  if (await hasRunAfter(tx, runner.id, startAt)) return
  const runnerZone = runner.profile.timeZone ?? 'UTC'
  const where = { startAt, offsetSeconds: facts.offsetSeconds, timeZone: facts.timeZone, runnerZone }
  const local = localMoment({ ...where, latitude: facts.startLatitude, longitude: facts.startLongitude })
  if (!local.zoneKnown || local.timeZone === runnerZone) return
  runner.profile = { ...runner.profile, timeZone: local.timeZone }
  await changeRunner(tx, runner.id, { profile: runner.profile })
}

/** The runner says that a source is a run of its own. @returns the new run's id */
export async function splitSource(tx: Tx, runner: RunnerRow, source: SourceHead, now: Date): Promise<string> {
  const runId = randomUUID()
  await addRun(tx, { ...emptyRun(runner.id, runId, now), ...figuresOf(source.facts, runner), bestSourceId: source.id })
  await changeSource(tx, runner.id, source.id, { runId, apart: true, choice: null, reason: 'You said that this is a run of its own.' })
  await settleRun(tx, runner, source.runId, now)
  return runId
}

/** The runner says that a source is a copy of another run; also takes a split back. */
export async function joinSource(tx: Tx, runner: RunnerRow, source: SourceHead, runId: string, now: Date): Promise<void> {
  await changeSource(tx, runner.id, source.id, { runId, apart: false, reason: 'You said that this is a copy of this run.' })
  await settleRun(tx, runner, source.runId, now)
  await settleRun(tx, runner, runId, now)
}
