/** Moves a recorded FIT file to another day, byte by byte: its content stays what the watch wrote, all its times move together. */
import { fitCrc } from './fit-writer.ts'

const DAY_SECONDS = 86_400
/** Times of `file_id`, `session`, `lap`, `event`, `activity` and `segment_lap`: global message -> fields besides the common 253. */
const timeFields: Record<number, readonly number[]> = { 0: [4], 18: [2], 19: [2], 34: [5], 142: [2] }
const COMMON_TIMESTAMP = 253
const UNKNOWN = 0xffffffff
/** Below this a time counts from the watch's start, not from 1989. */
const FIRST_DATE = 0x10000000

type Definition = { littleEndian: boolean; global: number; fields: { number: number; size: number }[]; size: number }

function readDefinition(bytes: Uint8Array, at: number, hasDeveloperFields: boolean): { definition: Definition; end: number } {
  const littleEndian = bytes[at + 1] === 0
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  const fields: Definition['fields'] = []
  let next = at + 5
  for (let left = bytes[at + 4]!; left > 0; left--, next += 3) fields.push({ number: bytes[next]!, size: bytes[next + 1]! })
  let size = fields.reduce((sum, field) => sum + field.size, 0)
  if (hasDeveloperFields) for (let left = bytes[next++]!; left > 0; left--, next += 3) size += bytes[next + 1]!
  return { definition: { littleEndian, global: view.getUint16(at + 2, littleEndian), fields, size }, end: next }
}

/**
 * A copy of the file, `days` later (or earlier, when negative). Whole days are multiples of 32 s, so compressed timestamps stay right.
 * @param file one whole FIT file (not a chain of several)
 */
export function redated(file: Uint8Array, days: number): Uint8Array {
  const bytes = file.slice()
  const view = new DataView(bytes.buffer)
  const headerSize = bytes[0]!
  const end = headerSize + view.getUint32(4, true)
  const definitions = new Map<number, Definition>()
  for (let at = headerSize; at < end; ) {
    const header = bytes[at++]!
    const isCompressed = (header & 0x80) !== 0
    const local = isCompressed ? (header >> 5) & 0x03 : header & 0x0f
    if (!isCompressed && header & 0x40) {
      const read = readDefinition(bytes, at, (header & 0x20) !== 0)
      definitions.set(local, read.definition)
      at = read.end
      continue
    }
    const definition = definitions.get(local)
    if (!definition) throw new Error(`Byte ${at} speaks of message ${local}, which was not defined.`)
    let field = at
    for (const { number, size } of definition.fields) {
      if (size === 4 && (number === COMMON_TIMESTAMP || timeFields[definition.global]?.includes(number))) {
        const time = view.getUint32(field, definition.littleEndian)
        if (time !== UNKNOWN && time >= FIRST_DATE) view.setUint32(field, time + days * DAY_SECONDS, definition.littleEndian)
      }
      field += size
    }
    at += definition.size
  }
  if (headerSize >= 14) view.setUint16(12, fitCrc(bytes, 0, 12), true)
  view.setUint16(end, fitCrc(bytes, 0, end), true)
  return bytes
}
