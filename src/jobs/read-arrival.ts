/** One kept file -> a run, or the sentence why not. */
import type { Activity } from '../core/run.ts'
import {
  type Arrival,
  arrivalById,
  bytesOf,
  changeArrival,
  dropBytes,
  hasOpenFiles,
  hasOpenParts,
  partCounts,
  sameBytes,
} from '../db/arrivals.ts'
import type { Db, Tx } from '../db/open.ts'
import { lockRunner, type RunnerRow } from '../db/runners.ts'
import { runById } from '../db/runs.ts'
import type { ArrivalStatus } from '../db/schema.ts'
import type { Deps } from '../deps.ts'
import type { DecodedActivity, ReadOutcome } from '../fit/pool.ts'
import { isRun, isStrength, whyNotARun } from '../fit/sport.ts'
import { type Kept, keepRun } from './keep-run.ts'
import { keepStrength } from './keep-strength.ts'
import type { Jobs, Queue } from './queue.ts'

type Ending = { status: Exclude<ArrivalStatus, 'receiving' | 'queued'>; detail: string; runId: string | null; changed: boolean }

/**
 * While more files wait, the runs are judged this often, and more seldom the more of them a zip has brought in: judging goes
 * through all of them. After the last file, at once.
 */
const MEANWHILE_SECONDS = 8
const FILES_A_SECOND = 20

/** arrival -> run, source, answer to the sender. Run twice, it leaves the same rows. */
export async function readArrival(deps: Deps, { runnerId, arrivalId }: Jobs['arrival.read']): Promise<void> {
  const row = await arrivalById(deps.db, runnerId, arrivalId)
  if (row?.status !== 'queued') return
  const known = await importedBefore(deps.db, row)
  const read: ReadOutcome | null = known ? null : await decoded(deps, row)
  // A packed file is the file in it, so that both are told to be one.
  const arrival = read?.outcome === 'activities' && read.plainSha256 ? { ...row, sha256: read.plainSha256 } : row
  await deps.db.transaction(async (tx) => {
    const runner = await lockRunner(tx, runnerId)
    const now = deps.now()
    if (!runner || (await arrivalById(tx, runnerId, arrivalId))?.status !== 'queued') return
    const twin = known ?? (await importedBefore(tx, arrival))
    const ending = twin || !read ? sameAs(twin) : await endingOf(tx, runner, arrival, read, now)
    await changeArrival(tx, runnerId, arrivalId, {
      sha256: arrival.sha256,
      status: ending.status,
      detail: ending.detail,
      runId: ending.runId,
      finishedAt: now,
      externalId: arrival.externalId ?? `sha256:${arrival.sha256}`,
    })
    if (ending.status === 'duplicate') await dropBytes(tx, runnerId, [arrivalId])
    await passOn(tx, deps.queue, runnerId, ending.changed, arrival.position ?? 0)
    if (arrival.parentId) await endZip(tx, runnerId, arrival.parentId, now)
  })
}

/** An upload of the same bytes whose run is still there. */
async function importedBefore(db: Db, arrival: Arrival): Promise<Arrival | null> {
  if (arrival.from !== 'upload' || !arrival.sha256) return null
  const known = await sameBytes(db, arrival.runnerId, arrival.from, arrival.sha256, arrival.id)
  return known?.runId && (await runById(db, arrival.runnerId, known.runId)) ? known : null
}

function sameAs(known: Arrival | null): Ending {
  const detail = `This very file was imported before, as “${known?.name}”.`
  return { status: 'duplicate', detail, runId: known?.runId ?? null, changed: false }
}

async function decoded(deps: Deps, arrival: Arrival): Promise<ReadOutcome> {
  const bytes = await bytesOf(deps.db, arrival)
  return arrival.media === 'record' ? deps.decode.record(bytes) : deps.decode.read(bytes, arrival.name)
}

async function endingOf(tx: Tx, runner: RunnerRow, arrival: Arrival, read: ReadOutcome, now: Date): Promise<Ending> {
  if (read.outcome !== 'activities') return { status: read.outcome, detail: read.detail, runId: null, changed: false }
  const runs = read.activities.filter(({ activity }) => isRun(activity))
  if (runs.length === 0) return endingWithoutRun(tx, runner, arrival, read.activities, now)
  const kept: Kept[] = []
  for (const [place, decoded] of runs.entries()) kept.push(await keepOne(tx, runner, arrival, decoded, place, now))
  const damage = runs.map(({ activity }) => activity.damage).find((sentence) => sentence !== null) ?? null
  const news = kept.filter(({ outcome }) => outcome !== 'known' && outcome !== 'hidden')
  return {
    status: news.length > 0 ? 'imported' : 'duplicate',
    detail: [sentenceOf(kept), damage].filter(Boolean).join(' '),
    runId: (news[0] ?? kept[0])?.runId ?? null,
    changed: news.length > 0,
  }
}

async function keepOne(tx: Tx, runner: RunnerRow, arrival: Arrival, decoded: DecodedActivity, place: number, now: Date): Promise<Kept> {
  const { packed, told } = decoded
  const activity = { ...decoded.activity, device: deviceOf(decoded.activity.device, arrival.about?.device ?? null) }
  if (!told) throw new Error('A run came from the reader without what is stored of it.')
  const externalId = `${arrival.externalId ?? `sha256:${arrival.sha256}`}${place === 0 ? '' : `#${place + 1}`}`
  const expiresAt = arrival.about?.expiresAt ? new Date(arrival.about.expiresAt) : null
  const source = { from: arrival.from, externalId, arrivalId: arrival.id, receivedAt: arrival.receivedAt, expiresAt }
  return keepRun(tx, runner, { ...source, activity, told, series: packed }, now)
}

/** The file's word for the device, unless the platform's says the same and more: maker and model, not the one alone. */
function deviceOf(inFile: string | null, told: string | null): string | null {
  if (inFile === null || told === null) return inFile ?? told
  return told.toLowerCase().includes(inFile.toLowerCase()) ? told : inFile
}

function sentenceOf(kept: Kept[]): string {
  const [first] = kept
  if (!first) return ''
  if (kept.length > 1) return `${kept.length} runs are in this file.`
  switch (first.outcome) {
    case 'new':
      return 'Imported.'
    case 'joined':
      return `Another copy of a run that is here already. ${first.reason}`
    case 'restored':
      return 'The run had been deleted; it is back.'
    case 'changed':
      return 'The run was brought up to date.'
    case 'known':
      return 'This very file was imported before.'
    case 'hidden':
      return 'It is a run that you deleted; it stays deleted.'
  }
}

/** Strength training comes back to its session; every other sport is told apart in words. */
async function endingWithoutRun(tx: Tx, runner: RunnerRow, arrival: Arrival, decoded: DecodedActivity[], now: Date): Promise<Ending> {
  const activities: Activity[] = decoded.map(({ activity }) => activity)
  const strength = activities.find(isStrength)
  if (!strength) return { status: 'notARun', detail: whyNotARun(activities), runId: null, changed: false }
  const externalId = arrival.externalId ?? `sha256:${arrival.sha256}`
  const { session, changed } = await keepStrength(
    tx,
    runner,
    { from: arrival.from, externalId, activity: strength, plannedAs: arrival.about?.plannedAs ?? null },
    now,
  )
  const detail = session
    ? `This is strength training; it was taken as “${session.title}” of ${session.localDate}, done.`
    : 'This is strength training; no planned session of that day fits it, so it is only remembered.'
  return { status: 'notARun', detail, runId: null, changed }
}

/** Queues the judging of the runner's runs: now and then while files wait, at once after the last. */
export async function passOn(tx: Tx, queue: Queue, runnerId: string, changed: boolean, filesBefore = 0): Promise<void> {
  const waiting = await hasOpenFiles(tx, runnerId)
  const afterSeconds = MEANWHILE_SECONDS + Math.round(filesBefore / FILES_A_SECOND)
  if (!waiting) await queue.add(tx, 'runner.assess', { runnerId })
  else if (changed) await queue.add(tx, 'runner.assess', { runnerId }, { afterSeconds, keepTime: true })
}

/** An archive as a whole is the best of what is in it. */
const ranked = ['imported', 'duplicate', 'notARun', 'rejected'] as const

/** Ends a zip when its last file has ended and its list has been read through; one in another zip may end that too. */
export async function endZip(tx: Tx, runnerId: string, zipId: string, now: Date): Promise<void> {
  const zip = await arrivalById(tx, runnerId, zipId)
  if (zip?.status !== 'queued' || zip.partCount === null) return
  if (await hasOpenParts(tx, runnerId, zipId)) return
  const counts = await partCounts(tx, runnerId, zipId)
  await changeArrival(tx, runnerId, zipId, {
    status: ranked.find((status) => counts[status]) ?? 'rejected',
    detail: [zipSentence(counts), zip.detail].filter(Boolean).join(' '),
    finishedAt: now,
  })
  await dropBytes(tx, runnerId, [zipId])
  if (zip.parentId) await endZip(tx, runnerId, zip.parentId, now)
}

function zipSentence(counts: Partial<Record<ArrivalStatus, number>>): string {
  const { imported = 0, duplicate = 0, notARun = 0, rejected = 0 } = counts
  if (imported + duplicate + notARun + rejected === 0) return 'The archive holds no file.'
  const words = [
    `${imported} ${imported === 1 ? 'run' : 'runs'} imported`,
    duplicate > 0 && `${duplicate} ${duplicate === 1 ? 'duplicate' : 'duplicates'}`,
    notARun > 0 && `${notARun} ${notARun === 1 ? 'is no run' : 'are no runs'}`,
    rejected > 0 && `${rejected} ${rejected === 1 ? 'was' : 'were'} refused`,
  ]
  return `${words.filter(Boolean).join(', ')}.`
}
