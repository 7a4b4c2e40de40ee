/** Bytes of any file a runner may have -> activities. Synchronous and heavy: runs inside a worker (see pool.ts). */
import type { Activity } from '../core/run.ts'
import { activitiesOf } from './fit-activity.ts'
import { decodeFit, type FitFile } from './fit-decode.ts'
import { looksLikeFit } from './fit-parts.ts'
import { readTracks } from './tracks.ts'
import { gunzip, isGzip, isZip, limits, megabytes } from './unpack.ts'
import { NoActivity, UnreadableFile } from './unreadable.ts'
import { onlyActivityOf } from './zip.ts'

export { isRun, isStrength, surfaceOf, whyNotARun } from './sport.ts'

/** What a file holds. `detail` is a sentence for the runner. */
export type ReadResult =
  | { outcome: 'activities'; activities: Activity[] /** The file's own bytes, unpacked. */; plain: Uint8Array }
  | { outcome: 'notARun'; detail: string }
  | { outcome: 'rejected'; detail: string }

/**
 * Reads a FIT, TCX or GPX file, plain, gzipped, or alone in a ZIP. The content decides what it is; the name is only used in
 * sentences. Every activity in it comes back, of any sport, in the file's order.
 */
export function readActivityFile(bytes: Uint8Array, name: string): ReadResult {
  try {
    const plain = unpacked(bytes)
    const activities = readPlain(plain, name)
    const timed = activities.filter((activity) => activity.samples !== null || (activity.elapsedSeconds ?? 0) > 0)
    if (timed.length > 0) return { outcome: 'activities', activities: timed, plain }
    return { outcome: 'rejected', detail: 'The file is an activity without any record or time in it: there is nothing to keep.' }
  } catch (error) {
    if (error instanceof UnreadableFile) return { outcome: 'rejected', detail: error.message }
    if (error instanceof NoActivity) return { outcome: 'notARun', detail: error.message }
    throw error
  }
}

function unpacked(bytes: Uint8Array): Uint8Array {
  if (bytes.length === 0) throw new UnreadableFile('The file is empty. Export or synchronise it again and upload the new file.')
  if (isGzip(bytes)) {
    const inner = gunzip(bytes)
    if (isGzip(inner) || isZip(inner)) throw new UnreadableFile('The file is packed more than once. Unpack it and upload what is inside.')
    return inner
  }
  if (isZip(bytes)) {
    const inner = onlyActivityOf(bytes)
    return isGzip(inner) ? gunzip(inner) : inner
  }
  return bytes
}

function readPlain(bytes: Uint8Array, name: string): Activity[] {
  if (looksLikeFit(bytes)) return readFit(bytes)
  const start = new TextDecoder('utf-8').decode(bytes.subarray(0, 400)).trimStart().toLowerCase()
  if (start.startsWith('<!doctype html') || start.startsWith('<html'))
    throw new UnreadableFile(
      'This is a web page, not an activity file: the download probably ended on a sign-in page. Download the file again.',
    )
  if (start.startsWith('<')) {
    if (bytes.length > limits.xmlBytes)
      throw new UnreadableFile(
        `A TCX or GPX file may have ${megabytes(limits.xmlBytes)} at most. Export the activity as FIT; that is far smaller.`,
      )
    return readTracks(bytes)
  }
  if (bytes.length < 14 && /\.fit(\.gz)?$/i.test(name))
    throw new UnreadableFile('The file is too short to be a FIT file. Export or synchronise it again and upload the new file.')
  throw new UnreadableFile('This is no FIT, TCX or GPX file. Export the activity as FIT (best), TCX or GPX and upload that.')
}

function readFit(bytes: Uint8Array): Activity[] {
  const files = decodeFit(bytes)
  const heartRates = files.flatMap((file) => file.heartRates)
  const activities = files.flatMap((file) => (holdsActivity(file) ? activitiesOf(file, heartRates) : []))
  if (activities.length > 0) return activities
  const type = files[0]?.fileId.type
  const what = typeof type === 'string' || typeof type === 'number' ? otherFiles[String(type)] : undefined
  if (type !== 'activity' && type !== undefined)
    throw new NoActivity(`This is ${what ?? 'a file of the device itself'}, not a recorded run.`)
  throw new UnreadableFile('The file has no summary and no record with a time: the device stored an activity without content.')
}

function holdsActivity(file: FitFile): boolean {
  const { type } = file.fileId
  return type === 'activity' || type === 'activity_summary' || type === undefined || (file.sessions.length > 0 && type !== 'course')
}

const otherFiles: Readonly<Record<string, string>> = {
  device: 'a description of a device',
  settings: "a watch's settings",
  sport: "a watch's sport settings",
  workout: 'a workout plan',
  course: 'a course (a route to follow)',
  schedules: 'a schedule of workouts',
  weight: 'a weight measurement',
  totals: 'a list of totals',
  goals: 'a list of goals',
  blood_pressure: 'a blood pressure measurement',
  monitoring_a: "a day's monitoring (steps, heart rate)",
  monitoring_daily: "a day's monitoring (steps, heart rate)",
  monitoring_b: "a day's monitoring (steps, heart rate)",
  segment: 'a segment',
  segment_list: 'a list of segments',
  '44': "a watch's performance measurements",
  '49': "a night's sleep",
}
