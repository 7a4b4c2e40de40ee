/** A platform's record of an activity as bytes, so that it is kept and read like a file. */
import type { Activity } from '../core/run.ts'
import { packSamples, unpackSamples } from './series.ts'

const FORM = 'stridelift activity 1'

/** The same activity gives the same bytes. */
export function writeRecord(activity: Activity): Uint8Array {
  const { samples, ...rest } = activity
  const packed = samples ? Buffer.from(packSamples(samples)).toString('base64') : null
  return new Uint8Array(Buffer.from(JSON.stringify({ form: FORM, activity: rest, samples: packed })))
}

/** The inverse of `writeRecord`. @throws RangeError when the bytes are not its work */
export function readRecord(bytes: Uint8Array): Activity {
  const read: { form?: string; activity: Activity; samples: string | null } = JSON.parse(new TextDecoder().decode(bytes))
  if (read.form !== FORM) throw new RangeError('These bytes are no kept record of an activity.')
  const { activity, samples } = read
  return {
    ...activity,
    startAt: new Date(activity.startAt),
    sets: activity.sets.map((set) => ({ ...set, startAt: set.startAt && new Date(set.startAt) })),
    samples: samples ? unpackSamples(new Uint8Array(Buffer.from(samples, 'base64'))) : null,
  }
}
