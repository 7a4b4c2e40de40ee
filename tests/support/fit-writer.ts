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

const crcTable = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xa001 : crc >>> 1
  return crc
})

/** The CRC of FIT files over `bytes[from, to)`. */
export function fitCrc(bytes: Uint8Array, from = 0, to = bytes.length): number {
  let crc = 0
  for (let at = from; at < to; at++) crc = (crc >>> 8) ^ crcTable[(crc ^ bytes[at]!) & 0xff]!
  return crc
}

/** Bytes that a value takes in the file. */
function lengthOf(type: BaseType, value: Field[2]): number {
  if (type === 'string') return new TextEncoder().encode(`${value ?? ''}`).length + 1
  return baseTypes[type][1] * (Array.isArray(value) ? value.length : 1)
}

/** What a definition message says, to see whether the next record needs another one. */
type Shape = { global: number; fields: number[]; developer: number[] }

/** One FIT file message by message. Definitions are written when they are needed. */
export class FitWriter {
  readonly littleEndian: boolean
  private data: Uint8Array
  private length = 0
  private view: DataView
  private readonly definitions = new Map<number, Shape>()

  constructor(options: { littleEndian?: boolean } = {}) {
    this.littleEndian = options.littleEndian ?? true
    this.data = new Uint8Array(1 << 16)
    this.view = new DataView(this.data.buffer)
  }

  private reserve(bytes: number): void {
    if (this.length + bytes <= this.data.length) return
    const larger = new Uint8Array(Math.max(this.data.length * 2, this.length + bytes))
    larger.set(this.data)
    this.data = larger
    this.view = new DataView(larger.buffer)
  }

  private push(bytes: ArrayLike<number>): void {
    this.reserve(bytes.length)
    this.data.set(bytes, this.length)
    this.length += bytes.length
  }

  private number(type: BaseType, value: number | null): void {
    const [, size, invalid] = baseTypes[type]
    const number = value ?? invalid
    this.reserve(size)
    if (type === 'float32') this.view.setFloat32(this.length, number, this.littleEndian)
    else if (size === 1) this.view.setUint8(this.length, number & 0xff)
    else if (size === 2) this.view.setUint16(this.length, number & 0xffff, this.littleEndian)
    else this.view.setUint32(this.length, number >>> 0, this.littleEndian)
    this.length += size
  }

  private value(type: BaseType, value: Field[2]): void {
    if (type === 'string') this.push(new TextEncoder().encode(`${value ?? ''}\0`))
    else if (Array.isArray(value)) for (const item of value as readonly number[]) this.number(type, item)
    else this.number(type, value as number | null)
  }

  private defined(local: number, global: number, fields: readonly Field[], developer: readonly DeveloperValue[]): boolean {
    const shape = this.definitions.get(local)
    if (!shape || shape.global !== global || shape.fields.length !== fields.length * 3 || shape.developer.length !== developer.length * 3)
      return false
    for (let i = 0; i < fields.length; i++) {
      const [number, type, value] = fields[i]!
      const same = shape.fields[i * 3] === number && shape.fields[i * 3 + 2] === baseTypes[type][0]
      if (!same || shape.fields[i * 3 + 1] !== lengthOf(type, value)) return false
    }
    return developer.every((field, i) => shape.developer[i * 3] === field.field && shape.developer[i * 3 + 2] === field.index)
  }

  private define(local: number, global: number, fields: readonly Field[], developer: readonly DeveloperValue[]): void {
    const shape: Shape = {
      global,
      fields: fields.flatMap(([number, type, value]) => [number, lengthOf(type, value), baseTypes[type][0]]),
      developer: developer.flatMap((field) => [field.field, lengthOf(field.type, field.value), field.index]),
    }
    this.push([0x40 | (developer.length > 0 ? 0x20 : 0) | local, 0, this.littleEndian ? 0 : 1])
    this.push(this.littleEndian ? [global & 0xff, global >> 8] : [global >> 8, global & 0xff])
    this.push([fields.length, ...shape.fields])
    if (developer.length > 0) this.push([developer.length, ...shape.developer])
    this.definitions.set(local, shape)
  }

  /** Writes a message under a local number (0 to 15), with its definition if the last one there was another. */
  message(global: number, fields: readonly Field[], options: { local?: number; developer?: readonly DeveloperValue[] } = {}): this {
    const local = options.local ?? 0
    const developer = options.developer ?? []
    if (!this.defined(local, global, fields, developer)) this.define(local, global, fields, developer)
    this.push([local])
    for (const [, type, value] of fields) this.value(type, value)
    for (const field of developer) this.value(field.type, field.value)
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
