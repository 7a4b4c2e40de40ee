/**
 * Samples as a compact column store: scaled whole numbers, differences from sample to sample, and deflate over all of it.
 * Nothing that a sensor can resolve is lost: 0.01 s, 1 mm/s, 0.1 bpm, 0.1 m of altitude, 0.01 m of distance, 0.1 steps/min,
 * 1e-7 degrees (11 mm), 1 W, 0.1 °C.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { Samples } from '../core/run.ts'

type Column = Exclude<keyof Samples, 'seconds'>

/** Order and scale are part of the stored form; a new column goes to the end. */
const columns: readonly (readonly [name: keyof Samples, scale: number])[] = [
  ['seconds', 100],
  ['speed', 1000],
  ['heartRate', 10],
  ['altitude', 10],
  ['cadence', 10],
  ['distance', 100],
  ['latitude', 1e7],
  ['longitude', 1e7],
  ['power', 1],
  ['temperature', 10],
]
const doubles: ReadonlySet<keyof Samples> = new Set(['seconds', 'latitude', 'longitude'])
const FORMAT = 1
/** A column is kept as differences or as differences of differences, whichever comes out shorter. */
const orders = [1, 2] as const

/** Samples -> bytes for a database column. */
export function packSamples(samples: Samples): Uint8Array {
  const count = samples.seconds.length
  const parts: Uint8Array[] = []
  let present = 0
  columns.forEach(([name, scale], index) => {
    const values = samples[name]
    if (!values) return
    if (values.length !== count) throw new RangeError(`The column ${name} has ${values.length} values, not ${count}.`)
    present |= 1 << index
    parts.push(shortest(values, scale))
  })
  const writer = new Writer(16)
  writer.byte(FORMAT)
  writer.unsigned(count)
  writer.unsigned(present)
  for (const part of parts) writer.unsigned(part.length)
  const head = writer.done()
  return Buffer.concat([head, ...parts])
}

/** The inverse of `packSamples`. @throws RangeError when the bytes are not its work */
export function unpackSamples(bytes: Uint8Array): Samples {
  const reader = new Reader(bytes)
  if (reader.byte() !== FORMAT) throw new RangeError('These bytes are not packed samples of a known form.')
  const count = reader.unsigned()
  const present = reader.unsigned()
  const names = columns.filter((_, index) => present & (1 << index))
  const lengths = names.map(() => reader.unsigned())
  const samples: Samples = { seconds: new Float64Array(0) }
  let at = reader.at
  names.forEach(([name, scale], index) => {
    const values = doubles.has(name) ? new Float64Array(count) : new Float32Array(count)
    readColumn(bytes.subarray(at, at + lengths[index]!), values, scale)
    at += lengths[index]!
    put(samples, name, values)
  })
  return samples
}

function put(samples: Samples, name: keyof Samples, values: Float64Array | Float32Array): void {
  if (name === 'seconds' || name === 'latitude' || name === 'longitude') {
    if (values instanceof Float64Array) samples[name] = values
  } else if (values instanceof Float32Array) samples[name satisfies Column] = values
}

function shortest(values: Float64Array | Float32Array, scale: number): Uint8Array {
  const tries = orders.map((order) => writeColumn(values, scale, order))
  return tries.reduce((a, b) => (b.length < a.length ? b : a))
}

/** One column: its order, then, deflated, the lengths of present and missing stretches in turn and the differences as signed varints. */
function writeColumn(values: Float64Array | Float32Array, scale: number, order: 1 | 2): Uint8Array {
  const holes = new Writer(16)
  const data = new Writer(values.length * 2)
  let run = 0
  let missing = false
  let runs = 0
  let last = 0
  let slope = 0
  for (const value of values) {
    const absent = !Number.isFinite(value)
    if (absent !== missing) {
      holes.unsigned(run)
      runs++
      run = 0
      missing = absent
    }
    run++
    if (absent) continue
    const whole = Math.round(value * scale)
    const step = whole - last
    data.signed(order === 1 ? step : step - slope)
    slope = step
    last = whole
  }
  const head = new Writer(16)
  head.byte(order)
  head.unsigned(runs)
  return Buffer.concat([head.done(), deflateRawSync(Buffer.concat([holes.done(), data.done()]), { level: 9 })])
}

function readColumn(bytes: Uint8Array, values: Float64Array | Float32Array, scale: number): void {
  const head = new Reader(bytes)
  const order = head.byte()
  const runs = head.unsigned()
  // At most ten bytes for each sample and each hole.
  const body = new Reader(inflateRawSync(bytes.subarray(head.at), { maxOutputLength: 64 + 20 * values.length }))
  const bounds: number[] = []
  let bound = 0
  for (let i = 0; i < runs; i++) {
    bound += body.unsigned()
    bounds.push(bound)
  }
  bounds.push(values.length)
  let last = 0
  let slope = 0
  let next = 0
  bounds.forEach((end, index) => {
    for (; next < end && next < values.length; next++) {
      if (index % 2 === 1) {
        values[next] = Number.NaN
        continue
      }
      const step = body.signed() + (order === 2 ? slope : 0)
      slope = step
      last += step
      values[next] = last / scale
    }
  })
}

class Writer {
  private bytes: Uint8Array
  private length = 0
  constructor(size: number) {
    this.bytes = new Uint8Array(Math.max(16, size))
  }

  byte(value: number): void {
    if (this.length === this.bytes.length) {
      const larger = new Uint8Array(this.bytes.length * 2)
      larger.set(this.bytes)
      this.bytes = larger
    }
    this.bytes[this.length++] = value
  }

  /** Seven bits a byte, lowest first; up to 2^53. */
  unsigned(value: number): void {
    let rest = value
    while (rest >= 0x80) {
      this.byte((rest % 0x80) | 0x80)
      rest = Math.floor(rest / 0x80)
    }
    this.byte(rest)
  }

  /** Zigzag: 0, -1, 1, -2 become 0, 1, 2, 3. */
  signed(value: number): void {
    this.unsigned(value < 0 ? -2 * value - 1 : 2 * value)
  }

  done(): Uint8Array {
    return this.bytes.subarray(0, this.length)
  }
}

class Reader {
  private readonly bytes: Uint8Array
  at = 0
  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }

  byte(): number {
    const value = this.bytes[this.at++]
    if (value === undefined) throw new RangeError('Packed samples end too early.')
    return value
  }

  unsigned(): number {
    let value = 0
    let weight = 1
    for (;;) {
      const byte = this.byte()
      value += (byte & 0x7f) * weight
      if (byte < 0x80) return value
      weight *= 0x80
    }
  }

  signed(): number {
    const value = this.unsigned()
    return value % 2 === 1 ? -(value + 1) / 2 : value / 2
  }
}
