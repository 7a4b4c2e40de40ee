/** Runs in a worker thread (see pool.ts): bytes in, activities with their columns out. */
import { createHash } from 'node:crypto'
import { move, transferableSymbol, valueSymbol } from 'piscina'
import type { Activity } from '../core/run.ts'
import { readActivityFile } from './read.ts'
import { readRecord } from './record.ts'
import { packSamples } from './series.ts'
import { isRun } from './sport.ts'
import { type Format, formatOf, type ToldRun, tellRun } from './telling.ts'

/** An activity and what was worked out of it off the main thread. */
export type DecodedActivity = {
  activity: Activity
  /** The samples as they are stored (series.ts); null where there are none. */
  packed: Uint8Array | null
  /** What else is stored of a run; null for other sports. */
  told: ToldRun | null
}

/** What a file holds; `detail` is a sentence for the runner. */
export type ReadOutcome =
  | {
      outcome: 'activities'
      activities: DecodedActivity[]
      /** Of what a packed file holds; null of a file that came as it is. */
      plainSha256: string | null
    }
  | { outcome: 'notARun'; detail: string }
  | { outcome: 'rejected'; detail: string }

/** What a worker is asked to do. */
export type ReadTask = { bytes: Uint8Array; name: string; kind: 'file' | 'record' }

function decoded(activity: Activity, format: Format): DecodedActivity {
  const packed = activity.samples ? packSamples(activity.samples) : null
  const told = isRun(activity) ? tellRun(activity, format) : null
  return { activity, packed, told }
}

function outcomeOf({ bytes, name, kind }: ReadTask): ReadOutcome {
  if (kind === 'record') return { outcome: 'activities', activities: [decoded(readRecord(bytes), 'record')], plainSha256: null }
  const result = readActivityFile(bytes, name)
  if (result.outcome !== 'activities') return result
  const plainSha256 = result.plain === bytes ? null : createHash('sha256').update(result.plain).digest('hex')
  const activities = result.activities.map((activity) => decoded(activity, formatOf(bytes, name)))
  return { outcome: 'activities', activities, plainSha256 }
}

/** Reads one file or record. The result is marked so that its columns are moved to the main thread, not copied. */
export default function read(task: ReadTask) {
  const outcome = outcomeOf(task)
  const movable = { [transferableSymbol]: [...buffersIn(outcome)], [valueSymbol]: outcome }
  return move(movable)
}

/** The memory behind every typed array of a result. */
function buffersIn(value: unknown, found: Set<ArrayBufferLike> = new Set()): Set<ArrayBufferLike> {
  if (ArrayBuffer.isView(value)) {
    if (value.byteLength > 0 && value.byteLength === value.buffer.byteLength) found.add(value.buffer)
  } else if (Array.isArray(value)) for (const item of value) buffersIn(item, found)
  else if (typeof value === 'object' && value !== null && !(value instanceof Date))
    for (const item of Object.values(value)) buffersIn(item, found)
  return found
}
