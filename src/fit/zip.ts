/** ZIP archives: one activity packed by itself, and a bulk export read entry by entry without holding it in memory. */
import { crc32, inflateRawSync } from 'node:zlib'
import yauzl, { type Entry, type RandomAccessReader, type ZipFile } from 'yauzl'
import { limits as defaultLimits, isActivityName, isNoise, type Limits } from './unpack.ts'
import { UnreadableFile } from './unreadable.ts'

const MB = 1 << 20

/** A ZIP on disk, or anything that can be read at any place. */
export type ZipSource = string | { reader: RandomAccessReader; size: number }

/** One file of an archive. `name` is a label only and never a path to write to; `detail` is a sentence for the runner. */
export type ZipEntry =
  | { kind: 'file'; name: string; bytes: Uint8Array }
  /** An archive in the archive, to be read piece by piece; reading throws UnreadableFile when it is damaged. */
  | { kind: 'zip'; name: string; read: () => AsyncIterable<Uint8Array> }
  /** It could not be unpacked. */
  | { kind: 'rejected'; name: string; detail: string }
  /** By its name no activity (a list, a photo); it was not unpacked. */
  | { kind: 'other'; name: string; detail: string }

/** What became of the archive; `stopped` is the sentence when not everything was read. */
export type ZipWalk = { entries: number; stopped: string | null }

export type WalkOptions = {
  bounds?: Limits
  /** Whether the file at this place, from 0, is to be handed out; the others are counted only. */
  wanted?: (position: number) => boolean
  /** What other archives of the same upload have used of the bounds. */
  used?: { entries: number; bytes: number }
}

/**
 * Hands out the files of an archive one by one; the next is unpacked when `onEntry` has settled, so memory holds one at a
 * time. Folders, hidden files and what macOS adds are passed over. An entry that is damaged, encrypted or too large never
 * stops the others; a limit of the whole archive does.
 * @throws UnreadableFile when it is no ZIP archive at all
 */
export async function eachZipEntry(
  source: ZipSource,
  onEntry: (entry: ZipEntry, position: number) => Promise<void> | void,
  options: WalkOptions = {},
): Promise<ZipWalk> {
  const { bounds = defaultLimits, wanted = () => true, used = { entries: 0, bytes: 0 } } = options
  const zip = await open(source)
  let entries = 0
  let unpacked = used.bytes
  try {
    const listed = zip.entryCount + used.entries
    if (listed > bounds.zipEntries)
      return {
        entries,
        stopped: `${used.entries > 0 ? 'With what came with it, the' : 'The'} archive lists ${listed} files; ${bounds.zipEntries} is the most. Split it into smaller ones.`,
      }
    const list = zip.eachEntry()
    for (;;) {
      const entry = await nextOf(list)
      if (entry === 'damaged')
        return { entries, stopped: 'The list of files in the archive is damaged from here on. Download or export it again.' }
      if (entry === null) return { entries, stopped: null }
      const name = labelOf(entry)
      if (isNoise(name)) continue
      if (isActivityName(name) && unpacked + entry.uncompressedSize > bounds.zipUnpackedBytes)
        return {
          entries,
          stopped: `Unpacked, ${used.bytes > 0 ? 'all archives together are' : 'the archive is'} larger than ${Math.round(bounds.zipUnpackedBytes / MB)} MB. Split it and upload the rest.`,
        }
      const position = entries++
      const read = wanted(position) ? await readEntry(zip, entry, name, bounds) : null
      if (read ? read.kind === 'file' || read.kind === 'zip' : isActivityName(name)) unpacked += entry.uncompressedSize
      if (read) await onEntry(read, position)
    }
  } finally {
    zip.close()
  }
}

async function open(source: ZipSource): Promise<ZipFile> {
  const options = { autoClose: false, lazyEntries: true, decodeStrings: false } as const
  try {
    if (typeof source === 'string') return await yauzl.openPromise(source, options)
    return await yauzl.fromRandomAccessReaderPromise(source.reader, source.size, options)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') throw error
    throw new UnreadableFile('The archive is damaged or cut off: its list of files is missing. Download or export it again.')
  }
}

async function nextOf(list: AsyncIterator<Entry>): Promise<Entry | null | 'damaged'> {
  try {
    const next = await list.next()
    return next.done ? null : next.value
  } catch {
    return 'damaged'
  }
}

/** The entry's name for people: no way up, no drive, no control characters. */
function labelOf(entry: Entry): string {
  const name = yauzl.getFileNameLowLevel(entry.generalPurposeBitFlag, entry.fileNameRaw, entry.extraFields, false)
  return safeLabel(name)
}

/** A name from outside as a label: no way up, no drive, no control characters, 200 characters at most. */
export function safeLabel(name: string): string {
  const folder = /[/\\]$/.test(name) ? '/' : ''
  const parts = name
    .replaceAll('\\', '/')
    .split('/')
    .filter((part) => part !== '' && part !== '.' && part !== '..' && !/^[a-zA-Z]:$/.test(part))
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  const label = parts.join('/').replaceAll(/[\u0000-\u001f\u007f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')
  return (label.length > 200 ? `…${label.slice(-199)}` : label || 'unnamed') + folder
}

async function readEntry(zip: ZipFile, entry: Entry, name: string, bounds: Limits): Promise<ZipEntry> {
  if (!isActivityName(name)) return { kind: 'other', name, detail: 'By its name this is no FIT, TCX or GPX file.' }
  const rejected = (detail: string): ZipEntry => ({ kind: 'rejected', name, detail })
  if (entry.isEncrypted()) return rejected('This file of the archive has a password. Unpack the archive and upload the file itself.')
  if (!entry.canDecodeFileData())
    return rejected('This file of the archive is packed in a way that is not supported. Unpack the archive and upload the file itself.')
  const isArchive = /\.zip$/i.test(name)
  const problem = sizeProblem(entry.uncompressedSize, entry.compressedSize, bounds, isArchive)
  if (problem) return rejected(problem)
  if (isArchive) return { kind: 'zip', name, read: () => checkedBytes(zip, entry) }
  try {
    const bytes = new Uint8Array(entry.uncompressedSize)
    let length = 0
    for await (const chunk of checkedBytes(zip, entry)) {
      bytes.set(chunk, length)
      length += chunk.length
    }
    return { kind: 'file', name, bytes }
  } catch (error) {
    if (error instanceof UnreadableFile) return rejected(error.message)
    throw error
  }
}

/** An entry's bytes, which must be those that the archive declares: as many, with the same checksum. */
async function* checkedBytes(zip: ZipFile, entry: Entry): AsyncGenerator<Uint8Array> {
  let length = 0
  let sum = 0
  try {
    for await (const chunk of await zip.openReadStreamPromise(entry)) {
      length += chunk.length
      if (length > entry.uncompressedSize) throw new RangeError('more bytes than declared')
      sum = crc32(chunk, sum)
      yield chunk
    }
    if (length !== entry.uncompressedSize || sum !== entry.crc32) throw new RangeError('not what was packed')
  } catch {
    throw new UnreadableFile('This file of the archive is damaged and cannot be unpacked. Export it again and upload the new file.')
  }
}

function sizeProblem(unpacked: number, packed: number, bounds: Limits, isArchive = false): string | null {
  if (isArchive && unpacked > bounds.zipBytes)
    return `This archive in the archive is larger than ${Math.round(bounds.zipBytes / MB)} MB; split it into smaller ones.`
  if (!isArchive && unpacked > bounds.unpackedBytes)
    return `Unpacked, this file is larger than ${Math.round(bounds.unpackedBytes / MB)} MB, far more than an activity.`
  if (unpacked > MB && unpacked > packed * bounds.ratio)
    return 'This file of the archive unpacks to far more than an activity can; it was left packed.'
  return null
}

/**
 * Whether an archive, as it lies in another one, is one packed activity (Garmin Connect's "original") and not a part of a bulk
 * export. One that cannot be listed is taken for an activity too: whoever reads it says what is wrong.
 */
export async function holdsOneActivity(source: ZipSource): Promise<boolean> {
  let zip: ZipFile
  try {
    zip = await open(source)
  } catch (error) {
    if (error instanceof UnreadableFile) return true
    throw error
  }
  try {
    const names: string[] = []
    const list = zip.eachEntry()
    for (;;) {
      const entry = await nextOf(list)
      if (entry === 'damaged' || entry === null) break
      const name = labelOf(entry)
      if (isNoise(name) || !isActivityName(name)) continue
      names.push(name)
      if (names.length > 1) break
    }
    return names.length === 0 || (names.length === 1 && !/\.zip$/i.test(names[0]!))
  } finally {
    zip.close()
  }
}

type Listed = { name: string; method: number; flags: number; crc: number; packed: number; unpacked: number; at: number }

/**
 * The one activity in a small ZIP held in memory, such as Garmin Connect's "original".
 * @throws UnreadableFile when there is none or more than one, or it is damaged, encrypted or too large
 */
export function onlyActivityOf(bytes: Uint8Array, bounds: Limits = defaultLimits): Uint8Array {
  const files = listFiles(bytes).filter((file) => !isNoise(file.name) && isActivityName(file.name) && !/\.zip$/i.test(file.name))
  const [file] = files
  if (!file) throw new UnreadableFile('The archive holds no FIT, TCX or GPX file.')
  if (files.length > 1)
    throw new UnreadableFile(
      `The archive holds ${files.length} activities and lies in a place for one. Upload it by itself under a name that ends in .zip.`,
    )
  if (file.flags & 1) throw new UnreadableFile('The archive has a password. Unpack it and upload the file itself.')
  const problem = sizeProblem(file.unpacked, file.packed, bounds)
  if (problem) throw new UnreadableFile(problem)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  try {
    const from = file.at + 30 + view.getUint16(file.at + 26, true) + view.getUint16(file.at + 28, true)
    const data = bytes.subarray(from, from + file.packed)
    if (data.length !== file.packed || (file.method !== 0 && file.method !== 8)) throw new RangeError('not there')
    const unpacked = file.method === 0 ? data.slice() : inflateRawSync(data, { maxOutputLength: Math.max(1, file.unpacked) })
    if (unpacked.length !== file.unpacked || crc32(unpacked) !== file.crc) throw new RangeError('not what was packed')
    return unpacked
  } catch {
    throw new UnreadableFile('The archive is damaged and the activity in it cannot be unpacked. Download it again and upload the new file.')
  }
}

/** The central directory (PKWARE APPNOTE 4.3.12 and 4.3.16), without ZIP64: that is for archives far larger than one activity. */
function listFiles(bytes: Uint8Array): Listed[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let end = bytes.length - 22
  const stop = Math.max(0, end - 0xffff)
  while (end >= stop && view.getUint32(end, true) !== 0x06054b50) end--
  const damaged = 'The archive is damaged or cut off: its list of files is missing. Download it again and upload the new file.'
  if (end < stop) throw new UnreadableFile(damaged)
  const files: Listed[] = []
  try {
    let at = view.getUint32(end + 16, true)
    for (let left = view.getUint16(end + 10, true); left > 0; left--) {
      if (view.getUint32(at, true) !== 0x02014b50) throw new RangeError('no entry')
      const nameBytes = view.getUint16(at + 28, true)
      files.push({
        name: safeLabel(new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameBytes))),
        flags: view.getUint16(at + 8, true),
        method: view.getUint16(at + 10, true),
        crc: view.getUint32(at + 16, true),
        packed: view.getUint32(at + 20, true),
        unpacked: view.getUint32(at + 24, true),
        at: view.getUint32(at + 42, true),
      })
      at += 46 + nameBytes + view.getUint16(at + 30, true) + view.getUint16(at + 32, true)
    }
  } catch {
    throw new UnreadableFile(damaged)
  }
  return files
}
