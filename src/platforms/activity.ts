/** Building activities from a platform's JSON, and telling what its files are. */
import { gunzipSync } from 'node:zlib'
import type { Activity, Samples } from '../core/run.ts'
import { bothFeet } from '../fit/figures.ts'
import type { PlatformContext, Reading, RunNotice } from './platform.ts'

/** An activity of which nothing is known but what is given. */
export function activityOf(known: Pick<Activity, 'sport' | 'startAt'> & Partial<Activity>): Activity {
  return {
    subSport: null,
    offsetSeconds: null,
    timeZone: null,
    distanceMeters: null,
    timerSeconds: null,
    elapsedSeconds: null,
    movingSeconds: null,
    ascentMeters: null,
    descentMeters: null,
    averageHeartRate: null,
    maxHeartRate: null,
    averageCadence: null,
    temperatureCelsius: null,
    heartRateSensor: null,
    device: null,
    race: false,
    laps: [],
    samples: null,
    sets: [],
    damage: null,
    ...known,
  }
}

export type Columns = { seconds: readonly (number | null)[] } & {
  [Name in Exclude<keyof Samples, 'seconds'>]?: readonly (number | null)[] | null
}

/** Heart rate 0 is no heart rate; positions 0,0 are no positions. */
function value(name: string, given: number | null | undefined): number {
  if (given === null || given === undefined || !Number.isFinite(given)) return Number.NaN
  return name === 'heartRate' && given <= 0 ? Number.NaN : given
}

/**
 * Columns of a platform as samples: rows without a rising time are left out, columns without any value too. Cadence may be
 * of one foot or of both. @returns null when there are fewer than two rows
 */
export function samplesFrom(columns: Columns): Samples | null {
  const rows: number[] = []
  let last = Number.NEGATIVE_INFINITY
  columns.seconds.forEach((second, row) => {
    if (second === null || !Number.isFinite(second) || second <= last) return
    rows.push(row)
    last = second
  })
  if (rows.length < 2) return null
  const floats = (name: Exclude<keyof Columns, 'seconds'>): Float32Array | undefined => {
    const column = columns[name]
    if (!column?.some((given) => Number.isFinite(value(name, given)))) return undefined
    return Float32Array.from(rows, (row) => value(name, column[row]))
  }
  const doubles = (name: 'latitude' | 'longitude'): Float64Array | undefined => {
    const column = columns[name]
    return column?.some((given) => typeof given === 'number') ? Float64Array.from(rows, (row) => value(name, column[row])) : undefined
  }
  const latitude = doubles('latitude')
  const longitude = doubles('longitude')
  const cadence = floats('cadence')
  const found = {
    speed: floats('speed'),
    heartRate: floats('heartRate'),
    altitude: floats('altitude'),
    cadence: cadence && bothFeet(cadence),
    distance: floats('distance'),
    power: floats('power'),
    temperature: floats('temperature'),
    ...(latitude && longitude ? { latitude, longitude } : {}),
  }
  const there = Object.fromEntries(Object.entries(found).filter(([, column]) => column !== undefined))
  return { seconds: Float64Array.from(rows, (row) => columns.seconds[row] as number), ...there }
}

/** What kind of activity file these bytes are, looked at from their beginning; `null` for none. */
export function fileKind(bytes: Uint8Array): 'fit' | 'tcx' | 'gpx' | 'fit.gz' | 'tcx.gz' | 'gpx.gz' | 'zip' | null {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    try {
      const inner = fileKind(gunzipSync(bytes, { maxOutputLength: 64 << 20 }))
      if (inner === 'fit' || inner === 'tcx' || inner === 'gpx') return `${inner}.gz`
      return inner
    } catch {
      return null
    }
  }
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) return 'zip'
  if (Buffer.from(bytes.subarray(8, 12)).toString('latin1') === '.FIT') return 'fit'
  const head = Buffer.from(bytes.subarray(0, 2048)).toString('utf8')
  if (head.includes('<TrainingCenterDatabase')) return 'tcx'
  return head.includes('<gpx') ? 'gpx' : null
}

/** Whether a FIT file is as long as its header says. */
export function fitIsWhole(bytes: Uint8Array): boolean {
  if (bytes.length < 14) return false
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return bytes.length >= view.getUint8(0) + view.getUint32(4, true) + 2
}

/** What a missing activity means: told of moments ago, it is not ready yet; later, it is gone. */
export function missing(ctx: PlatformContext, notice: RunNotice, patienceSeconds: number): Reading {
  const age = notice.toldAt ? (ctx.now().getTime() - Date.parse(notice.toldAt)) / 1000 : Number.POSITIVE_INFINITY
  if (!(age < patienceSeconds)) return { kind: 'gone' }
  return {
    kind: 'notYet',
    retryAfterSeconds: Math.min(1800, Math.max(5, Math.round(age * 1.5))),
    because: 'the platform told of it but has it not ready',
  }
}

/** Offset of a local wall-clock time from an instant, in seconds, rounded to quarter hours; `null` when one is missing. */
export function offsetBetween(local: string | null, utc: Date): number | null {
  const wall = local ? Date.parse(`${local.slice(0, 19)}Z`) : Number.NaN
  if (Number.isNaN(wall) || Number.isNaN(utc.getTime())) return null
  const seconds = Math.round((wall - utc.getTime()) / 900_000) * 900
  return Math.abs(seconds) <= 14 * 3600 ? seconds : null
}
