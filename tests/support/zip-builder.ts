/** Builds ZIP archives in code, also such as no honest program writes. */
import { crc32, deflateRawSync } from 'node:zlib'

export type ZipFileEntry = {
  name: string
  bytes: Uint8Array
  /** Default: deflate. */
  stored?: boolean
  encrypted?: boolean
  /** Says another size or checksum than the content has. */
  claimedBytes?: number
  claimedCrc?: number
  method?: number
}

/** An archive of these entries, in this order, with a central directory. */
export function buildZip(entries: readonly ZipFileEntry[]): Uint8Array {
  const locals: Uint8Array[] = []
  const directory: Uint8Array[] = []
  let at = 0
  for (const entry of entries) {
    const name = new TextEncoder().encode(entry.name)
    const data = entry.stored ? entry.bytes : deflateRawSync(entry.bytes)
    const fields = (view: DataView, from: number): void => {
      view.setUint16(from, 20, true)
      view.setUint16(from + 2, (entry.encrypted ? 1 : 0) | 0x800, true)
      view.setUint16(from + 4, entry.method ?? (entry.stored ? 0 : 8), true)
      view.setUint32(from + 10, entry.claimedCrc ?? crc32(entry.bytes), true)
      view.setUint32(from + 14, data.length, true)
      view.setUint32(from + 18, entry.claimedBytes ?? entry.bytes.length, true)
      view.setUint16(from + 22, name.length, true)
    }
    const local = new Uint8Array(30 + name.length + data.length)
    const localView = new DataView(local.buffer)
    localView.setUint32(0, 0x04034b50, true)
    fields(localView, 4)
    local.set(name, 30)
    local.set(data, 30 + name.length)
    locals.push(local)
    const central = new Uint8Array(46 + name.length)
    const centralView = new DataView(central.buffer)
    centralView.setUint32(0, 0x02014b50, true)
    centralView.setUint16(4, 20, true)
    fields(centralView, 6)
    centralView.setUint32(42, at, true)
    central.set(name, 46)
    directory.push(central)
    at += local.length
  }
  const directoryBytes = directory.reduce((sum, part) => sum + part.length, 0)
  const end = new Uint8Array(22)
  const endView = new DataView(end.buffer)
  endView.setUint32(0, 0x06054b50, true)
  endView.setUint16(8, entries.length, true)
  endView.setUint16(10, entries.length, true)
  endView.setUint32(12, directoryBytes, true)
  endView.setUint32(16, at, true)
  return new Uint8Array(Buffer.concat([...locals, ...directory, end]))
}
