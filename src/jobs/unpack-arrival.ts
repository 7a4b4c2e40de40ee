/** A kept zip -> one arrival for each file in it, read entry by entry from the stored pieces. */
import { createHash, randomUUID } from 'node:crypto'
import {
  type Arrival,
  addArrival,
  addBytes,
  addPiece,
  arrivalById,
  changeArrival,
  dropArrival,
  dropBytes,
  nextInnerZip,
  partsOf,
  unpackedSoFar,
} from '../db/arrivals.ts'
import type { Tx } from '../db/open.ts'
import { lockRunner } from '../db/runners.ts'
import type { Deps } from '../deps.ts'
import { limits } from '../fit/unpack.ts'
import { UnreadableFile } from '../fit/unreadable.ts'
import { eachZipEntry, holdsOneActivity, type ZipEntry } from '../fit/zip.ts'
import { PieceReader, Pieces } from './pieces.ts'
import type { JobContext, Jobs } from './queue.ts'
import { endZip, passOn } from './read-arrival.ts'

/** Files up to this size are kept with their job in one transaction; larger ones piece by piece before it. */
const ONE_GO_BYTES = 1 << 20

/** An unpacking of one archive: of an upload, or of an archive in it. */
type Unpacking = { deps: Deps; zip: Arrival; reader: PieceReader; signal: AbortSignal }

/**
 * zip -> its files, each with its own job. Begun again after a crash, it goes on behind the last file that is kept. An archive
 * in the archive (a platform's bulk export in several parts) is kept as an arrival of its own and unpacked after the outer
 * one, one after the other, so that the bounds hold for all of them together; a third level is refused.
 */
export async function unpackArrival(deps: Deps, { runnerId, arrivalId }: Jobs['arrival.unpack'], job: JobContext): Promise<void> {
  const zip = await arrivalById(deps.db, runnerId, arrivalId)
  if (zip?.status !== 'queued' || zip.media !== 'zip' || zip.partCount !== null) return
  const parts = await partsOf(deps.db, runnerId, arrivalId)
  for (const broken of parts.filter((part) => part.status === 'receiving')) await dropArrival(deps.db, runnerId, broken.id)
  const kept = new Set(parts.filter((part) => part.status !== 'receiving').map((part) => part.position))
  const reader = new PieceReader(deps.db, zip)
  const unpacking: Unpacking = { deps, zip, reader, signal: job.signal }
  const used = zip.parentId ? await unpackedSoFar(deps.db, runnerId, zip.parentId, zip.id) : undefined
  try {
    const { entries, stopped } = await eachZipEntry(
      { reader, size: zip.sizeBytes ?? 0 },
      async (entry, position) => {
        job.signal.throwIfAborted()
        reader.throwFault()
        await keepEntry(unpacking, entry, position)
      },
      { wanted: (position) => !kept.has(position), ...(used ? { used } : {}) },
    )
    reader.throwFault()
    if (entries === 0 && stopped) await end(unpacking, { status: 'rejected', detail: stopped, finishedAt: deps.now() })
    else await end(unpacking, { partCount: entries, detail: stopped }, stopped)
  } catch (error) {
    reader.throwFault()
    if (!(error instanceof UnreadableFile)) throw error
    await end(unpacking, { status: 'rejected', detail: error.message, finishedAt: deps.now() })
  }
}

/** The archive's last word on its list of files, and the next archive's turn, in one transaction. */
async function end({ deps, zip }: Unpacking, change: Partial<Arrival>, stopped: string | null = null): Promise<void> {
  const { runnerId, id, parentId } = zip
  await deps.db.transaction(async (tx) => {
    if (!(await lockRunner(tx, runnerId))) return
    if (!(await changeArrival(tx, runnerId, id, change, 'queued'))) return
    if (parentId && stopped) await tellOuter(tx, zip, stopped)
    await dropBytes(tx, runnerId, [id])
    const next = await nextInnerZip(tx, runnerId, parentId ?? id)
    if (next) await deps.queue.add(tx, 'arrival.unpack', { runnerId, arrivalId: next })
    await endZip(tx, runnerId, id, deps.now())
    if (parentId) await endZip(tx, runnerId, parentId, deps.now())
    await passOn(tx, deps.queue, runnerId, false)
  })
}

/** An archive in the archive has no row of its own in the end, so that its fault is told with the outer one. */
async function tellOuter(tx: Tx, { runnerId, parentId, name }: Arrival, stopped: string): Promise<void> {
  const outer = await arrivalById(tx, runnerId, parentId ?? '')
  if (outer) await changeArrival(tx, runnerId, outer.id, { detail: [outer.detail, `${name}: ${stopped}`].filter(Boolean).join(' ') })
}

async function keepEntry(unpacking: Unpacking, entry: ZipEntry, position: number): Promise<void> {
  const { deps, zip, reader } = unpacking
  const { runnerId } = zip
  const id = randomUUID()
  const common = {
    runnerId,
    id,
    from: zip.from,
    name: zip.parentId ? `${zip.name}/${entry.name}` : entry.name,
    media: 'file' as const,
    parentId: zip.id,
    position,
    receivedAt: zip.receivedAt,
  }
  const reject = async (detail: string) => {
    await addArrival(deps.db, { ...common, status: 'rejected', detail, sizeBytes: 0, finishedAt: deps.now() })
  }
  if (entry.kind === 'zip') {
    if (zip.parentId) return reject('This archive lies two levels deep in another one. Unpack the outer one and upload this one by itself.')
    return keepInnerZip(unpacking, { ...common, media: 'zip' }, entry.read, reject)
  }
  reader.throwFault()
  if (entry.kind !== 'file') return reject(entry.detail)
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

/** Keeps an archive in the archive; one with a single activity is read like a file, the others wait for their turn. */
async function keepInnerZip(
  { deps, reader, signal }: Unpacking,
  row: Omit<Parameters<typeof addArrival>[1], 'status'>,
  read: () => AsyncIterable<Uint8Array>,
  reject: (detail: string) => Promise<void>,
): Promise<void> {
  const { runnerId, id } = row
  await addArrival(deps.db, { ...row, status: 'receiving' })
  const hash = createHash('sha256')
  const pieces = new Pieces((piece, bytes) => addPiece(deps.db, runnerId, id, piece, bytes))
  let sizeBytes = 0
  try {
    for await (const chunk of read()) {
      signal.throwIfAborted()
      sizeBytes += chunk.length
      hash.update(chunk)
      await pieces.add(chunk)
    }
    await pieces.end()
  } catch (error) {
    reader.throwFault()
    if (!(error instanceof UnreadableFile)) throw error
    await dropArrival(deps.db, runnerId, id)
    return reject(error.message)
  }
  const kept = { status: 'queued' as const, sizeBytes, sha256: hash.digest('hex') }
  const inner = new PieceReader(deps.db, { runnerId, id })
  const isFile = sizeBytes <= limits.fileBytes && (await holdsOneActivity({ reader: inner, size: sizeBytes }))
  inner.throwFault()
  await deps.db.transaction(async (tx) => {
    await changeArrival(tx, runnerId, id, { ...kept, media: isFile ? 'file' : 'zip' })
    if (isFile) await deps.queue.add(tx, 'arrival.read', { runnerId, arrivalId: id })
  })
}
