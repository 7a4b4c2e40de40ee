import { preparedVersion } from './prepare.ts'
import type { PreparedRun, Stream } from './types.ts'

const MAGIC = 0x5052
const HEADER = 10

/**
 * A prepared run as bytes: magic, version, lengths, the figures as JSON, then the columns (four bytes a second; speed and
 * heart rate as differences, so that a general compressor does well on them).
 */
export function encodePrepared(prepared: PreparedRun): Uint8Array {
  const { stream, ...rest } = prepared
  const json = new TextEncoder().encode(JSON.stringify(rest))
  const n = stream?.speed.length ?? 0
  const out = new Uint8Array(HEADER + json.length + n * 4)
  const view = new DataView(out.buffer)
  view.setUint16(0, MAGIC)
  view.setUint32(2, json.length)
  view.setUint32(6, stream ? n : 0xffffffff)
  out.set(json, HEADER)
  if (!stream) return out
  let at = HEADER + json.length
  let speed = 0
  for (let i = 0; i < n; i += 1) {
    const step = (stream.speed[i]! - speed) & 0xffff
    speed = stream.speed[i]!
    out[at + i] = step & 0xff
    out[at + n + i] = step >> 8
  }
  at += 2 * n
  let beats = 0
  for (let i = 0; i < n; i += 1) {
    out[at + i] = (stream.heartRate[i]! - beats) & 0xff
    beats = stream.heartRate[i]!
  }
  out.set(stream.flags, at + n)
  return out
}

/** The inverse of `encodePrepared`. @returns `null` when the bytes are of another version: prepare the run again */
export function decodePrepared(bytes: Uint8Array): PreparedRun | null {
  if (bytes.length < HEADER) return null
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (view.getUint16(0) !== MAGIC) return null
  const length = view.getUint32(2)
  const columns = view.getUint32(6)
  if (HEADER + length > bytes.length) return null
  const rest: Omit<PreparedRun, 'stream'> = JSON.parse(new TextDecoder().decode(bytes.subarray(HEADER, HEADER + length)))
  if (rest.version !== preparedVersion) return null
  if (columns === 0xffffffff) return { ...rest, stream: null }
  const n = columns
  let at = HEADER + length
  if (bytes.length !== at + 4 * n) return null
  const stream: Stream = { speed: new Uint16Array(n), heartRate: new Uint8Array(n), flags: bytes.slice(at + 3 * n) }
  let speed = 0
  for (let i = 0; i < n; i += 1) {
    speed = (speed + bytes[at + i]! + (bytes[at + n + i]! << 8)) & 0xffff
    stream.speed[i] = speed
  }
  at += 2 * n
  let beats = 0
  for (let i = 0; i < n; i += 1) {
    beats = (beats + bytes[at + i]!) & 0xff
    stream.heartRate[i] = beats
  }
  return { ...rest, stream }
}
