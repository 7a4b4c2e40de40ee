/** A decoded run -> what is stored of it beside its samples. Heavy (it prepares the run for the classifier): runs in a worker. */
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { decodePrepared, encodePrepared } from '../core/effort/encode.ts'
import { preparedVersion, prepareRun } from '../core/effort/prepare.ts'
import type { PreparedRun } from '../core/effort/types.ts'
import type { Activity, Samples, Surface } from '../core/run.ts'
import type { Recorded } from '../core/same-run.ts'
import { surfaceOf } from './sport.ts'

export type Format = 'fit' | 'tcx' | 'gpx' | 'record'

/** What a run's row needs that is worked out of its samples. */
export type ToldRun = {
  surface: Surface
  /** The prepared run as it is stored; `readPrepared` reads it. */
  prepared: Uint8Array
  preparedVersion: number
  recorded: Recorded
  gradeAdjustedPaceSecondsPerKm: number | null
  startLatitude: number | null
  startLongitude: number | null
}

/** Prepares a run for storing. @param format the kind of file, or a platform's record */
export function tellRun(activity: Activity, format: Format): ToldRun {
  const surface = surfaceOf(activity)
  const prepared = prepareRun({
    samples: activity.samples,
    laps: activity.laps,
    distanceMeters: activity.distanceMeters,
    movingSeconds: activity.movingSeconds ?? activity.timerSeconds,
    elapsedSeconds: activity.elapsedSeconds,
    ascentMeters: activity.ascentMeters,
    descentMeters: activity.descentMeters,
    averageHeartRate: activity.averageHeartRate,
    maxHeartRate: activity.maxHeartRate,
    surface,
    race: activity.race,
    heartRateSensor: activity.heartRateSensor,
    temperatureCelsius: null,
  })
  const speed = prepared.figures?.meanSpeed ?? null
  const [startLatitude, startLongitude] = firstPlace(activity.samples)
  return {
    surface,
    prepared: deflateRawSync(encodePrepared(prepared)),
    preparedVersion,
    recorded: recordedOf(activity, format),
    gradeAdjustedPaceSecondsPerKm: speed !== null && speed > 0.3 ? 1000 / speed : null,
    startLatitude,
    startLongitude,
  }
}

/** Stored bytes -> the prepared run; null when another version wrote them. */
export function readPrepared(bytes: Uint8Array): PreparedRun | null {
  return decodePrepared(inflateRawSync(bytes, { maxOutputLength: 64 << 20 }))
}

function firstPlace(samples: Samples | null): [number | null, number | null] {
  const { latitude, longitude } = samples ?? {}
  if (!latitude || !longitude) return [null, null]
  const at = latitude.findIndex((value, i) => Number.isFinite(value) && Number.isFinite(longitude[i]!))
  return at < 0 ? [null, null] : [latitude[at]!, longitude[at]!]
}

/** What a telling recorded, as shares of its length. */
export function recordedOf(activity: Activity, format: Format): Recorded {
  const { samples } = activity
  const records = samples?.seconds.length ?? 0
  const share = (column: Float32Array | Float64Array | undefined) => {
    if (!column || records === 0) return 0
    let there = 0
    for (const value of column) if (Number.isFinite(value)) there++
    return there / records
  }
  return {
    format,
    records,
    spanSeconds: Math.max(activity.elapsedSeconds ?? 0, activity.timerSeconds ?? 0, samples?.seconds.at(-1) ?? 0),
    heartRate: share(samples?.heartRate),
    speed: Math.max(share(samples?.speed), share(samples?.distance)),
    position: share(samples?.latitude),
    altitude: share(samples?.altitude),
    cadence: share(samples?.cadence),
    heartRateSensor: activity.heartRateSensor,
    distanceKnown: activity.distanceMeters !== null,
    laps: activity.laps.length,
    damaged: activity.damage !== null,
    passing: false,
  }
}

/** The kind of a file by its first bytes, packed or not by its name. */
export function formatOf(bytes: Uint8Array, name: string): Format {
  const start = String.fromCharCode(...bytes.subarray(0, 400)).toLowerCase()
  if (start.slice(8, 12) === '.fit') return 'fit'
  if (start.includes('<gpx')) return 'gpx'
  if (start.includes('<trainingcenterdatabase')) return 'tcx'
  return /\.gpx(\.gz)?$/i.test(name) ? 'gpx' : /\.tcx(\.gz)?$/i.test(name) ? 'tcx' : 'fit'
}
