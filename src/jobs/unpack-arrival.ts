/** A kept zip -> one arrival for each file in it, read entry by entry from the stored pieces. */
import { createHash, randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import { RandomAccessReader } from 'yauzl'
import {
  type Arrival,
  addArrival,
  addBytes,
  arrivalById,
  changeArrival,
  dropArrival,
  dropBytes,
  PIECE_BYTES,
  partsOf,
  pieceOf,
} from '../db/arrivals.ts'
import type { Db } from '../db/open.ts'
import { lockRunner } from '../db/runners.ts'
import type { Deps } from '../deps.ts'
import { UnreadableFile } from '../fit/unreadable.ts'
import { eachZipEntry, type ZipEntry } from '../fit/zip.ts'
import type { JobContext, Jobs } from './queue.ts'
import { endZip, passOn } from './read-arrival.ts'

/** Files up to this size are kept with their job in one transaction; larger ones piece by piece before it. */
const ONE_GO_BYTES = 1 << 20

/** zip -> its files, each with its own job. Begun again after a crash, it goes on behind the last file that is kept. */
export async function unpackArrival(deps: Deps, { runnerId, arrivalId }: Jobs['arrival.unpack'], job: JobContext): Promise<void> {
  const zip = await arrivalById(deps.db, runnerId, arrivalId)
  if (!zip || zip.status !== 'queued' || zip.partCount !== null) return
  const parts = await partsOf(deps.db, runnerId, arrivalId)
  for (const broken of parts.filter((part) => part.status === 'receiving')) await dropArrival(deps.db, runnerId, broken.id)
  const kept = new Set(parts.filter((part) => part.status !== 'receiving').map((part) => part.position))
  const source = { reader: new PieceReader(deps.db, zip), size: zip.sizeBytes ?? 0 }
  let position = 0
  let stopped: string | null
  try {
    const walk = await eachZipEntry(source, async (entry) => {
      job.signal.throwIfAborted()
      if (!kept.has(position)) await keepEntry(deps, zip, entry, position)
      position++
    })
    stopped = walk.stopped
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error
    return refuse(deps, zip, error.message)
  }
  if (position === 0 && stopped) return refuse(deps, zip, stopped)
  await deps.db.transaction(async (tx) => {
    if (!(await lockRunner(tx, runnerId))) return
    await changeArrival(tx, runnerId, arrivalId, { partCount: position, detail: stopped })
    await dropBytes(tx, runnerId, [arrivalId])
    await endZip(tx, runnerId, arrivalId, deps.now())
    await passOn(tx, deps.queue, runnerId, false)
  })
}

async function refuse(deps: Deps, zip: Arrival, detail: string): Promise<void> {
  await deps.db.transaction(async (tx) => {
    await changeArrival(tx, zip.runnerId, zip.id, { status: 'rejected', detail, finishedAt: deps.now() }, 'queued')
    await dropBytes(tx, zip.runnerId, [zip.id])
  })
}

async function keepEntry(deps: Deps, zip: Arrival, entry: ZipEntry, position: number): Promise<void> {
  const { runnerId } = zip
  const id = randomUUID()
  const common = {
    runnerId,
    id,
    from: zip.from,
    name: entry.name,
    media: 'file' as const,
    parentId: zip.id,
    position,
    receivedAt: zip.receivedAt,
  }
  if (entry.kind !== 'file') {
    const status = 'rejected' as const
    await addArrival(deps.db, { ...common, status, detail: entry.detail, sizeBytes: 0, finishedAt: deps.now() })
    return
  }
  const { bytes } = entry
  const digest = { sizeBytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }
  if (bytes.length <= ONE_GO_BYTES) {
    await deps.db.transaction(async (tx) => {
      await addArrival(tx, { ...common, ...digest, status: 'queued' })
      await addBytes(tx, runnerId, id, bytes)
      await deps.queue.add(tx, 'arrival.read', { runnerId, arrivalId: id })
    })
  } else {
    await addArrival(deps.db, { ...common, ...digest, status: 'receiving' })
    await addBytes(deps.db, runnerId, id, bytes)
    await deps.db.transaction(async (tx) => {
      await changeArrival(tx, runnerId, id, { status: 'queued' })
      await deps.queue.add(tx, 'arrival.read', { runnerId, arrivalId: id })
    })
  }
  await new Promise((done) => setImmediate(done))
}

/** Reads a zip's bytes where they lie: in the pieces of the database. Holds one piece. */
class PieceReader extends RandomAccessReader {
  private readonly db: Db
  private readonly zip: Arrival
  private held: { piece: number; bytes: Uint8Array } | null = null

  constructor(db: Db, zip: Arrival) {
    super()
    this.db = db
    this.zip = zip
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(this.range(start, end), { objectMode: false, highWaterMark: PIECE_BYTES })
  }

  private async *range(start: number, end: number): AsyncGenerator<Buffer> {
    for (let at = start; at < end; ) {
      const piece = Math.floor(at / PIECE_BYTES)
      const bytes = await this.piece(piece)
      const from = at - piece * PIECE_BYTES
      const part = bytes.subarray(from, Math.min(bytes.length, from + end - at))
      if (part.length === 0) throw new Error(`The bytes of arrival ${this.zip.id} end at ${at}.`)
      yield Buffer.from(part)
      at += part.length
    }
  }

  private async piece(piece: number): Promise<Uint8Array> {
    if (this.held?.piece === piece) return this.held.bytes
    const bytes = await pieceOf(this.db, this.zip.runnerId, this.zip.id, piece)
    if (!bytes) throw new Error(`Piece ${piece} of arrival ${this.zip.id} is missing.`)
    this.held = { piece, bytes }
    return bytes
  }
}
