/** Records of a FIT file -> columns of samples. */
import type { Samples } from '../core/run.ts'
import { bothFeet, distanceFromPositions, speedFromDistance, unlessEmpty } from './figures.ts'
import type { FitMessage } from './fit-decode.ts'

/** Milliseconds of a message's date; NaN without one. */
export function timeOf(value: unknown): number {
  return value instanceof Date ? value.getTime() : Number.NaN
}

/** A number of a message; NaN where the device did not know. */
export function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : Number.NaN
}

/** `steps`: cadence is feet on the ground, kept for one foot. */
export function samplesOf(records: readonly FitMessage[], startMs: number, steps: boolean): Samples | null {
  const ordered = inOrder(records)
  const count = ordered.length
  if (count === 0) return null
  const column = () => new Float32Array(count).fill(Number.NaN)
  const seconds = new Float64Array(count)
  const speed = column()
  const heartRate = column()
  const altitude = column()
  const cadence = column()
  const distance = column()
  const power = column()
  const temperature = column()
  const latitude = new Float64Array(count).fill(Number.NaN)
  const longitude = new Float64Array(count).fill(Number.NaN)
  const packed = new CompressedSpeedDistance()
  ordered.forEach((record, i) => {
    seconds[i] = Math.max(0, (timeOf(record.timestamp) - startMs) / 1000)
    const old = packed.read(record.compressed_speed_distance)
    speed[i] = numberOf(record.enhanced_speed ?? record.speed ?? old?.speed)
    const beats = numberOf(record.heart_rate)
    if (beats > 0) heartRate[i] = beats
    altitude[i] = numberOf(record.enhanced_altitude ?? record.altitude)
    cadence[i] = numberOf(record.cadence) + (numberOf(record.fractional_cadence) || 0)
    distance[i] = numberOf(record.distance ?? old?.distance)
    power[i] = numberOf(record.power)
    temperature[i] = numberOf(record.temperature)
    const north = numberOf(record.position_lat)
    const east = numberOf(record.position_long)
    if (Math.abs(north) <= 90 && Math.abs(east) <= 180 && (north !== 0 || east !== 0)) {
      latitude[i] = north
      longitude[i] = east
    }
  })
  return complete({
    seconds,
    speed: unlessEmpty(speed),
    heartRate: unlessEmpty(heartRate),
    altitude: unlessEmpty(altitude),
    cadence: unlessEmpty(steps ? bothFeet(cadence) : cadence),
    distance: unlessEmpty(distance),
    latitude: unlessEmpty(latitude),
    longitude: unlessEmpty(longitude),
    power: unlessEmpty(power),
    temperature: unlessEmpty(temperature),
  })
}

/** Fills distance from positions and speed from distance where a file has neither, and drops empty columns. */
export function complete(columns: { [Name in keyof Samples]: Samples[Name] | undefined } & { seconds: Float64Array }): Samples {
  const { latitude, longitude, seconds } = columns
  const distance = columns.distance ?? (latitude && longitude ? distanceFromPositions(latitude, longitude) : undefined)
  const speed = columns.speed ?? (distance ? unlessEmpty(speedFromDistance(seconds, distance)) : undefined)
  const all = { ...columns, distance, speed }
  const samples: Samples = { seconds }
  for (const name of ['speed', 'heartRate', 'altitude', 'cadence', 'distance', 'power', 'temperature'] as const)
    if (all[name]) samples[name] = all[name]
  if (latitude && longitude) Object.assign(samples, { latitude, longitude })
  return samples
}

/** Records with a time, in its order; equal times stay in the file's order. */
function inOrder(records: readonly FitMessage[]): FitMessage[] {
  const timed = records.filter((record) => record.timestamp instanceof Date)
  let last = Number.NEGATIVE_INFINITY
  for (const record of timed) {
    const time = timeOf(record.timestamp)
    if (time < last) return timed.sort((a, b) => timeOf(a.timestamp) - timeOf(b.timestamp))
    last = time
  }
  return timed
}

/** Speed and distance in three bytes, as foot pods of about 2008 kept them: 12 bits of 0.01 m/s, 12 bits of 1/16 m that roll over. */
class CompressedSpeedDistance {
  private last: number | null = null
  private total = 0

  read(value: unknown): { speed: number; distance: number } | null {
    if (!Array.isArray(value) || value.length < 3 || value.every((byte) => byte === null)) return null
    const [a, b, c] = value.map((byte) => (typeof byte === 'number' ? byte : 0xff)) as [number, number, number]
    const ticks = (b >> 4) | (c << 4)
    if (this.last !== null) this.total += (ticks - this.last) & 0xfff
    else this.total = ticks
    this.last = ticks
    return { speed: (a | ((b & 0x0f) << 8)) / 100, distance: this.total / 16 }
  }
}

type Beat = { time: number; rate: number }

/**
 * Heart rates that a strap kept by itself and handed over afterwards (`hr` messages): every record without a heart rate gets
 * the mean of the beats since the record before it. Times and beats are packed as the FIT profile's `hr` message says.
 */
export function withStrapHeartRates(records: FitMessage[], heartRates: readonly FitMessage[]): FitMessage[] {
  const beats = strapBeats(heartRates)
  if (beats.length === 0) return records
  let next = 0
  let from = Number.NaN
  return records.map((record) => {
    const to = timeOf(record.timestamp)
    if (Number.isNaN(to)) return record
    const since = Number.isNaN(from) || from >= to ? to - 1000 : from
    from = to
    while (next > 0 && beats[next - 1]!.time > since) next--
    let sum = 0
    let count = 0
    while (next < beats.length && beats[next]!.time <= to) {
      if (beats[next]!.time > since) {
        sum += beats[next]!.rate
        count++
      }
      next++
    }
    return count > 0 && record.heart_rate === undefined ? { ...record, heart_rate: Math.round(sum / count) } : record
  })
}

function strapBeats(messages: readonly FitMessage[]): Beat[] {
  const beats: Beat[] = []
  let anchorMs = Number.NaN
  let anchorTicks = 0
  let ticks = 0
  for (const message of messages) {
    const rates = listOf(message.filtered_bpm)
    const exact = listOf(message.event_timestamp)
    const started = timeOf(message.timestamp)
    if (!Number.isNaN(started)) {
      anchorMs = started + (numberOf(message.fractional_timestamp) || 0) * 1000
      if (exact.length > 0) anchorTicks = exact[0]! * 1024
    }
    const times = exact.length > 0 ? exact.map((seconds) => seconds * 1024) : unpackTicks(listOf(message.event_timestamp12, 0xff), ticks)
    if (times.length > 0) ticks = times.at(-1)!
    if (Number.isNaN(anchorMs)) continue
    times.forEach((time, i) => {
      const rate = rates[i]
      if (rate !== undefined && rate > 0) beats.push({ time: anchorMs + ((time - anchorTicks) / 1024) * 1000, rate })
    })
  }
  return beats.sort((a, b) => a.time - b.time)
}

function listOf(value: unknown, missing = Number.NaN): number[] {
  const items = Array.isArray(value) ? value : value === undefined ? [] : [value]
  return items.map((item) => (typeof item === 'number' ? item : missing))
}

/** Two times of 12 bits in each three bytes, counted on from `last` (1/1024 s). */
function unpackTicks(bytes: readonly number[], last: number): number[] {
  const times: number[] = []
  let ticks = last
  for (let i = 0; i + 2 < bytes.length; i += 3) {
    for (const low of [bytes[i]! | ((bytes[i + 1]! & 0x0f) << 8), (bytes[i + 1]! >> 4) | (bytes[i + 2]! << 4)]) {
      ticks += (low - (ticks & 0xfff)) & 0xfff
      times.push(ticks)
    }
  }
  return times
}
