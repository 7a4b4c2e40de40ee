/** Writes FIT files by hand, good ones and bad ones, without the library that the product reads them with. */

const EPOCH_MS = 631_065_600_000

/** FIT base types by name: number, bytes, and the value that means "not known". */
const baseTypes = {
  enum: [0x00, 1, 0xff],
  sint8: [0x01, 1, 0x7f],
  uint8: [0x02, 1, 0xff],
  sint16: [0x83, 2, 0x7fff],
  uint16: [0x84, 2, 0xffff],
  sint32: [0x85, 4, 0x7fffffff],
  uint32: [0x86, 4, 0xffffffff],
  string: [0x07, 1, 0],
  float32: [0x88, 4, Number.NaN],
  uint8z: [0x0a, 1, 0],
  uint32z: [0x8c, 4, 0],
  byte: [0x0d, 1, 0xff],
} as const

export type BaseType = keyof typeof baseTypes
/** A field as it goes into the file: already scaled; `null` is written as the base type's invalid value. */
export type Field = [number: number, type: BaseType, value: number | null | string | readonly number[]]
export type DeveloperValue = { index: number; field: number; type: BaseType; value: number | null }

/** Seconds since 1989-12-31, as FIT counts. */
export function fitSeconds(date: Date): number {
  return Math.round((date.getTime() - EPOCH_MS) / 1000)
}

/** The CRC of FIT files over `bytes[from, to)`. */
export function fitCrc(bytes: Uint8Array, from = 0, to = bytes.length): number {
  let crc = 0
  for (let at = from; at < to; at++) {
    crc ^= bytes[at]!
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xa001 : crc >>> 1
  }
  return crc
}

function encode(type: BaseType, value: Field[2], littleEndian: boolean): Uint8Array {
  if (type === 'string') return new TextEncoder().encode(`${value ?? ''}\0`)
  const [, size, invalid] = baseTypes[type]
  const values = Array.isArray(value) ? (value as readonly number[]) : [value as number | null]
  const bytes = new Uint8Array(size * values.length)
  const view = new DataView(bytes.buffer)
  values.forEach((item, index) => {
    const number = item ?? invalid
    const at = index * size
    if (type === 'float32') view.setFloat32(at, number, littleEndian)
    else if (size === 1) view.setUint8(at, number & 0xff)
    else if (size === 2) view.setUint16(at, number & 0xffff, littleEndian)
    else view.setUint32(at, number >>> 0, littleEndian)
  })
  return bytes
}

/** One FIT file message by message. Definitions are written when they are needed. */
export class FitWriter {
  readonly littleEndian: boolean
  private data: Uint8Array
  private length = 0
  private readonly definitions = new Map<number, string>()

  constructor(options: { littleEndian?: boolean } = {}) {
    this.littleEndian = options.littleEndian ?? true
    this.data = new Uint8Array(1 << 16)
  }

  private push(bytes: ArrayLike<number>): void {
    if (this.length + bytes.length > this.data.length) {
      const larger = new Uint8Array(Math.max(this.data.length * 2, this.length + bytes.length))
      larger.set(this.data)
      this.data = larger
    }
    this.data.set(bytes, this.length)
    this.length += bytes.length
  }

  /** Writes a message under a local number (0 to 15), with its definition if the last one there was another. */
  message(global: number, fields: readonly Field[], options: { local?: number; developer?: readonly DeveloperValue[] } = {}): this {
    const local = options.local ?? 0
    const developer = options.developer ?? []
    const values = fields.map(([, type, value]) => encode(type, value, this.littleEndian))
    const developerValues = developer.map((field) => encode(field.type, field.value, this.littleEndian))
    const definition = [0, this.littleEndian ? 0 : 1]
    definition.push(...(this.littleEndian ? [global & 0xff, global >> 8] : [global >> 8, global & 0xff]), fields.length)
    fields.forEach(([number, type], index) => {
      definition.push(number, values[index]!.length, baseTypes[type][0])
    })
    if (developer.length > 0) definition.push(developer.length)
    developer.forEach((field, index) => {
      definition.push(field.field, developerValues[index]!.length, field.index)
    })
    const key = definition.join()
    if (this.definitions.get(local) !== key) {
      this.push([0x40 | (developer.length > 0 ? 0x20 : 0) | local])
      this.push(definition)
      this.definitions.set(local, key)
    }
    this.push([local])
    for (const value of values) this.push(value)
    for (const value of developerValues) this.push(value)
    return this
  }

  /** Writes bytes as they are, such as a record with a compressed timestamp or plain nonsense. */
  raw(bytes: ArrayLike<number>): this {
    this.push(bytes)
    return this
  }

  /** Header, messages and CRC. */
  finish(options: { headerBytes?: 12 | 14 } = {}): Uint8Array {
    const headerBytes = options.headerBytes ?? 14
    const file = new Uint8Array(headerBytes + this.length + 2)
    const view = new DataView(file.buffer)
    file.set([headerBytes, 0x20])
    view.setUint16(2, 2132, true)
    view.setUint32(4, this.length, true)
    file.set([0x2e, 0x46, 0x49, 0x54], 8)
    if (headerBytes === 14) view.setUint16(12, fitCrc(file, 0, 12), true)
    file.set(this.data.subarray(0, this.length), headerBytes)
    view.setUint16(file.length - 2, fitCrc(file, 0, file.length - 2), true)
    return file
  }
}

/** Several files in one, as some devices write them. */
export function chained(...files: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(files.reduce((sum, file) => sum + file.length, 0))
  let at = 0
  for (const file of files) {
    all.set(file, at)
    at += file.length
  }
  return all
}

/** The file with its last byte changed, so that its CRC is wrong. */
export function withWrongCrc(file: Uint8Array): Uint8Array {
  const copy = file.slice()
  copy[copy.length - 1]! ^= 0xff
  return copy
}

/** The first part of the file, as after a broken download. */
export function cutOff(file: Uint8Array, fraction: number): Uint8Array {
  return file.slice(0, Math.floor(file.length * fraction))
}
