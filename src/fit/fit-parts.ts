/**
 * The first pass over a FIT file: finds damage, takes chained files apart, and leaves out what no run needs, so that the
 * decoder behind it has less to do and nothing to trip over. Layout: the FIT protocol's description of header, definition
 * and data messages. Reasons: docs/decisions/0003-reading-fit.md.
 */
import { UnreadableFile } from './unreadable.ts'

/** FIT global message numbers that are read. */
export const messageNumber = {
  fileId: 0,
  sport: 12,
  session: 18,
  lap: 19,
  record: 20,
  deviceInfo: 23,
  activity: 34,
  hr: 132,
  set: 225,
} as const

/** Fields that are read, by message; 253 is the timestamp. Developer fields are left out: they may take a native field's name. */
const wanted: ReadonlyMap<number, ReadonlySet<number>> = new Map([
  [messageNumber.fileId, new Set([0, 1, 2, 4, 8])],
  [messageNumber.sport, new Set([0, 1, 3])],
  [messageNumber.session, new Set([253, 254, 2, 5, 6, 7, 8, 9, 16, 17, 18, 22, 23, 25, 26, 57, 59, 92, 110])],
  [messageNumber.lap, new Set([253, 254, 2, 7, 8, 9, 15, 16, 21, 22])],
  [messageNumber.record, new Set([253, 0, 1, 2, 3, 4, 5, 6, 7, 8, 13, 53, 73, 78])],
  [messageNumber.deviceInfo, new Set([0, 1, 2, 4, 18, 19, 25, 27])],
  [messageNumber.activity, new Set([253, 0, 1, 5])],
  [messageNumber.hr, new Set([253, 0, 1, 6, 9, 10])],
  [messageNumber.set, new Set([254, 0, 3, 4, 5, 6, 7, 8, 10])],
])

/** More messages than a week of recording every second has; beyond it a file is a trap or broken. */
export const MAX_MESSAGES = 1_500_000

/** One FIT file of a chain, reduced to what is read. */
export type FitPart = {
  /** A FIT file (14-byte header, no CRC at the end) with wanted messages and fields only. */
  bytes: Uint8Array<ArrayBuffer>
  /** Messages by global number, before anything was left out. */
  counts: ReadonlyMap<number, number>
}

type Definition = {
  global: number
  littleEndian: boolean
  bytes: number
  /** Where field 253 lies in the data, when it is a plain one. */
  timestampAt: number | null
  timestampFirst: boolean
  /** Stretches of the data that are kept, `[from, to)`; null leaves the whole message out. */
  spans: number[] | null
  /** The definition message without its first byte, for plain and for compressed-timestamp headers. */
  plain: Uint8Array
  compressed: Uint8Array
}

const crcTable = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xa001 : crc >>> 1
  return crc
})

/** The FIT checksum of `bytes[from, to)`. */
export function fitCrc(bytes: Uint8Array, from: number, to: number): number {
  let crc = 0
  for (let at = from; at < to; at++) crc = (crc >>> 8) ^ crcTable[(crc ^ bytes[at]!) & 0xff]!
  return crc
}

/** Whether the bytes begin like a FIT file. */
export function looksLikeFit(bytes: Uint8Array, at = 0): boolean {
  return bytes[at + 8] === 0x2e && bytes[at + 9] === 0x46 && bytes[at + 10] === 0x49 && bytes[at + 11] === 0x54
}

const again = 'Export or synchronise it again and upload the new file.'

/**
 * Takes a file apart into its FIT files (one, or several in a chain).
 * @throws UnreadableFile when any part of it is cut off, changed or unfinished
 */
export function fitParts(bytes: Uint8Array): FitPart[] {
  const parts: FitPart[] = []
  let at = 0
  while (at < bytes.length) {
    const rest = bytes.length - at
    if (at > 0 && bytes.subarray(at).every((byte) => byte === 0)) break
    if (rest < 14 || !looksLikeFit(bytes, at) || (bytes[at] !== 12 && bytes[at] !== 14)) {
      if (at === 0) throw new UnreadableFile(`The file is too short or begins wrongly for a FIT file. ${again}`)
      throw new UnreadableFile(`After a whole FIT file come ${rest} bytes that belong to none: the second part is broken. ${again}`)
    }
    const end = checkedEnd(bytes, at)
    parts.push(new PartReader(bytes, at + bytes[at]!, end).read(bytes.subarray(at, at + 4)))
    at = end + 2
  }
  return parts
}

function checkedEnd(bytes: Uint8Array, at: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const headerBytes = bytes[at]!
  const dataBytes = view.getUint32(at + 4, true)
  const end = at + headerBytes + dataBytes
  if (dataBytes === 0)
    throw new UnreadableFile('The device never finished this file: its header says that nothing follows. Synchronise the device once more.')
  if (end + 2 > bytes.length) {
    const share = Math.min(99, Math.round((100 * (bytes.length - at)) / (headerBytes + dataBytes + 2)))
    throw new UnreadableFile(`${at === 0 ? 'The file' : 'The second part of the file'} was cut off: ${share} % of it is here. ${again}`)
  }
  const headerCrc = headerBytes === 14 ? view.getUint16(at + 12, true) : 0
  if (headerCrc !== 0 && headerCrc !== fitCrc(bytes, at, at + 12))
    throw new UnreadableFile(`The file is damaged: the checksum of its header does not fit. ${again}`)
  if (fitCrc(bytes, at, end) !== view.getUint16(end, true))
    throw new UnreadableFile(`The file is damaged: its checksum does not fit its content, so something in it was changed or lost. ${again}`)
  return end
}

/** Walks the messages of one FIT file and copies what is wanted. */
class PartReader {
  private readonly bytes: Uint8Array
  private readonly view: DataView
  private readonly end: number
  private at: number
  private out: Uint8Array<ArrayBuffer>
  private length = 14
  private messages = 0
  private timestamp: number | null = null
  private readonly counts = new Map<number, number>()
  private readonly definitions: (Definition | undefined)[] = []
  /** The definition bytes that the output has under each local number now. */
  private readonly written: (Uint8Array | undefined)[] = []

  constructor(bytes: Uint8Array, at: number, end: number) {
    this.bytes = bytes
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.at = at
    this.end = end
    this.out = new Uint8Array(1024 + ((end - at) >> 1))
  }

  read(versions: Uint8Array): FitPart {
    while (this.at < this.end) {
      const header = this.bytes[this.at++]!
      if ((header & 0xc0) === 0x40) this.readDefinition(header)
      else this.readData(header)
    }
    const view = new DataView(this.out.buffer)
    this.out.set(versions)
    this.out[0] = 14
    view.setUint32(4, this.length - 14, true)
    this.out.set([0x2e, 0x46, 0x49, 0x54], 8)
    return { bytes: this.out.slice(0, this.length), counts: this.counts }
  }

  private take(count: number): number {
    const from = this.at
    if (from + count > this.end) throw this.damage()
    this.at += count
    return from
  }

  private damage(): UnreadableFile {
    return new UnreadableFile(`The file is damaged at byte ${this.at}: what stands there is no FIT message. ${again}`)
  }

  private readDefinition(header: number): void {
    const { bytes } = this
    const head = this.take(5)
    const littleEndian = bytes[head + 1] === 0
    const global = this.view.getUint16(head + 2, littleEndian)
    const count = bytes[head + 4]!
    const fields = this.take(count * 3)
    const keep = wanted.get(global)
    const kept: number[] = []
    const definition: Omit<Definition, 'plain' | 'compressed'> = {
      global,
      littleEndian,
      bytes: 0,
      timestampAt: null,
      timestampFirst: count > 0 && bytes[fields] === 253,
      spans: keep ? [] : null,
    }
    for (let i = 0; i < count; i++) {
      const field = fields + i * 3
      const size = bytes[field + 1]!
      if (bytes[field] === 253 && size === 4) definition.timestampAt = definition.bytes
      if (keep?.has(bytes[field]!) && size > 0) {
        kept.push(field)
        const { spans } = definition
        if (spans!.at(-1) === definition.bytes) spans![spans!.length - 1] = definition.bytes + size
        else spans!.push(definition.bytes, definition.bytes + size)
      }
      definition.bytes += size
    }
    if (header & 0x20) {
      const developerCount = bytes[this.take(1)]!
      const developer = this.take(developerCount * 3)
      for (let i = 0; i < developerCount; i++) definition.bytes += bytes[developer + i * 3 + 1]!
    }
    this.definitions[header & 0x0f] = {
      ...definition,
      plain: this.definitionBytes(head, kept, false),
      compressed: this.definitionBytes(head, kept, true),
    }
  }

  private definitionBytes(head: number, kept: readonly number[], compressed: boolean): Uint8Array {
    const fields = compressed ? kept.filter((field) => this.bytes[field] !== 253) : kept
    const result = new Uint8Array(5 + (fields.length + (compressed ? 1 : 0)) * 3)
    result.set(this.bytes.subarray(head, head + 4))
    result[4] = fields.length + (compressed ? 1 : 0)
    let at = 5
    if (compressed) {
      result.set([253, 4, 0x86], at)
      at += 3
    }
    for (const field of fields) {
      result.set(this.bytes.subarray(field, field + 3), at)
      at += 3
    }
    return result
  }

  private readData(header: number): void {
    const compressed = (header & 0x80) !== 0
    if (!compressed && header & 0x30) throw this.damage()
    const local = compressed ? (header >> 5) & 3 : header & 0x0f
    const definition = this.definitions[local]
    if (!definition) throw this.damage()
    if (++this.messages > MAX_MESSAGES)
      throw new UnreadableFile(`The file holds more than ${MAX_MESSAGES / 1e6} million messages, more than any run has.`)
    this.counts.set(definition.global, (this.counts.get(definition.global) ?? 0) + 1)
    const skipped = compressed && definition.timestampFirst ? 4 : 0
    const from = this.take(definition.bytes - skipped) - skipped
    if (compressed) this.moveClock(header & 0x1f)
    else if (definition.timestampAt !== null) {
      const timestamp = this.view.getUint32(from + definition.timestampAt, definition.littleEndian)
      this.timestamp = timestamp === 0xffffffff ? null : timestamp
    }
    if (definition.spans && (compressed || definition.spans.length > 0)) this.copy(definition, definition.spans, local, from, compressed)
  }

  /** A compressed header holds the last five bits of the time, which never goes back. */
  private moveClock(offset: number): void {
    if (this.timestamp === null) return
    const last = this.timestamp & 0x1f
    this.timestamp += offset - last + (offset < last ? 0x20 : 0)
  }

  private copy(definition: Definition, spans: readonly number[], local: number, from: number, compressed: boolean): void {
    const shape = compressed ? definition.compressed : definition.plain
    this.makeRoom(shape.length + definition.bytes + 6)
    const { out } = this
    if (this.written[local] !== shape) {
      out[this.length++] = 0x40 | local
      out.set(shape, this.length)
      this.length += shape.length
      this.written[local] = shape
    }
    out[this.length++] = local
    if (compressed) {
      new DataView(out.buffer).setUint32(this.length, this.timestamp ?? 0xffffffff, definition.littleEndian)
      this.length += 4
    }
    for (let i = 0; i < spans.length; i += 2) {
      const start = compressed && definition.timestampFirst && spans[i] === 0 ? 4 : spans[i]!
      const stop = spans[i + 1]!
      for (let at = start; at < stop; at++) out[this.length++] = this.bytes[from + at]!
    }
  }

  private makeRoom(count: number): void {
    if (this.length + count <= this.out.length) return
    const larger = new Uint8Array(Math.max(this.out.length * 2, this.length + count))
    larger.set(this.out)
    this.out = larger
  }
}
