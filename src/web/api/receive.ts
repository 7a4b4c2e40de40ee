/** Takes uploaded files off the wire into the database, piece by piece; none is ever held as a whole. */
import { createHash, randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import { Busboy, type BusboyFileStream } from '@fastify/busboy'
import { type Arrival, addArrival, addPiece, arrivalById, changeArrival, dropArrival } from '../../db/arrivals.ts'
import type { Deps } from '../../deps.ts'
import { RequestRefused } from '../../errors.ts'
import { limits } from '../../fit/unpack.ts'
import { Pieces } from '../../jobs/pieces.ts'

/** Files of one request that are taken; of those beyond, this many get a row that says so, and one row speaks for the rest. */
export const MAX_FILES = 1000
const MAX_REFUSED = 1000
const TOO_MANY = `At most ${MAX_FILES} files go into one upload; this one was not taken. Send it again, or put all files into one zip.`
const MB = 1 << 20
const TAKEN = /\.(fit|tcx|gpx)(\.gz)?$|\.zip$/i

export type Received = Pick<Arrival, 'id' | 'name' | 'status'>

/**
 * Reads a multipart body; every part that is a file becomes an arrival with its job. A file that is too large, or that by its
 * name is none of ours, or that is one too many, becomes a rejected arrival and never stops the others.
 * @throws RequestRefused 415 for another content type, 422 when no file is in it, 400 when the body breaks off
 */
export async function receiveUploads(deps: Deps, runnerId: string, request: Request): Promise<Received[]> {
  const contentType = request.headers.get('content-type') ?? ''
  if (!/^multipart\/form-data\b/i.test(contentType) || !/boundary=/i.test(contentType)) {
    throw new RequestRefused(415, 'Send the files as multipart/form-data, each in a field named “file”.')
  }
  if (!request.body) throw new RequestRefused(422, 'No file came. Send at least one in a field named “file”.')
  const received: Promise<Received>[] = []
  const parser = new Busboy({
    headers: { 'content-type': contentType },
    limits: { files: MAX_FILES + MAX_REFUSED, fieldSize: 64 * 1024, fileSize: limits.zipBytes },
    isPartAFile: (field) => field === 'file',
  })
  let tooMany = false
  let newest: BusboyFileStream | null = null
  const finished = new Promise<void>((done, failed) => {
    parser.on('file', (_field, stream, filename) => {
      newest = stream
      // Told to whoever reads the stream, now or later; without a listener it would end the process.
      stream.on('error', () => {})
      const name = nameOf(filename)
      const one = received.length < MAX_FILES ? receiveFile(deps, runnerId, stream, name) : refuseFile(deps, runnerId, stream, name)
      one.catch((error) => {
        failed(error)
        stream.resume()
      })
      received.push(one)
    })
    parser.on('filesLimit', () => {
      tooMany = true
    })
    parser.on('finish', done)
    parser.on('error', () => {
      // The parser itself would end a file that was cut off as if it were whole.
      newest?.destroy(brokenOff())
      failed(brokenOff())
    })
    const body = Readable.fromWeb(request.body as ReadableStream)
    body.on('error', () => parser.end())
    body.pipe(parser)
  })
  try {
    await finished
  } catch (error) {
    await Promise.allSettled(received)
    throw error
  }
  const all = await Promise.all(received)
  if (tooMany) all.push(await keepRefused(deps, runnerId, 'further files', TOO_MANY))
  if (all.length === 0) throw new RequestRefused(422, 'No file came. Send at least one in a field named “file”.')
  return all
}

function brokenOff(): RequestRefused {
  return new RequestRefused(400, 'The upload broke off. The files that came through whole are imported; send the others again.')
}

/** The file's name without folders and control characters. */
function nameOf(given: string | undefined): string {
  const last = (given ?? '').replaceAll('\\', '/').split('/').at(-1) ?? ''
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out
  const clean = last.replaceAll(/[\u0000-\u001f\u007f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '').trim()
  return clean.length > 200 ? `…${clean.slice(-199)}` : clean || 'unnamed'
}

type FileStream = AsyncIterable<Buffer> & { truncated: boolean; resume: () => void }

async function receiveFile(deps: Deps, runnerId: string, stream: FileStream, name: string): Promise<Received> {
  const id = randomUUID()
  const isZip = /\.zip$/i.test(name)
  const most = isZip ? limits.zipBytes : limits.fileBytes
  const media = isZip ? ('zip' as const) : ('file' as const)
  await addArrival(deps.db, { runnerId, id, from: 'upload', name, media, status: 'receiving', receivedAt: deps.now() })
  const hash = createHash('sha256')
  const pieces = new Pieces((piece, bytes) => addPiece(deps.db, runnerId, id, piece, bytes))
  let size = 0
  let refusal = TAKEN.test(name) ? null : 'Only .fit, .tcx and .gpx files are taken, each also as .gz, and .zip files of them.'
  try {
    for await (const chunk of stream) {
      size += chunk.length
      if (size > most && !refusal) refusal = tooLarge(isZip, most)
      if (refusal) continue
      hash.update(chunk)
      await pieces.add(chunk)
    }
  } catch (error) {
    await dropArrival(deps.db, runnerId, id)
    throw error
  }
  if (stream.truncated && !refusal) refusal = tooLarge(isZip, most)
  if (!refusal) await pieces.end()
  return endFile(deps, { runnerId, id, name, media, size, sha256: hash.digest('hex'), refusal })
}

/** A file beyond the number that is taken: its bytes are passed over. */
function refuseFile(deps: Deps, runnerId: string, stream: FileStream, name: string): Promise<Received> {
  stream.resume()
  return keepRefused(deps, runnerId, name, TOO_MANY)
}

async function keepRefused(deps: Deps, runnerId: string, name: string, detail: string): Promise<Received> {
  const id = randomUUID()
  const ended = { status: 'rejected' as const, detail, sizeBytes: 0, finishedAt: deps.now() }
  await addArrival(deps.db, { runnerId, id, from: 'upload', name, media: 'file', receivedAt: deps.now(), ...ended })
  return { id, name, status: 'rejected' }
}

function tooLarge(isZip: boolean, most: number): string {
  return isZip
    ? `The archive is larger than ${most / MB} MB; split it into smaller ones.`
    : `The file is larger than ${most / MB} MB, far more than an activity.`
}

type Ended = Pick<Arrival, 'runnerId' | 'id' | 'name' | 'media'> & { size: number; sha256: string; refusal: string | null }

/** The row's last word and its job, in one transaction. */
async function endFile(deps: Deps, file: Ended): Promise<Received> {
  const { runnerId, id } = file
  await deps.db.transaction(async (tx) => {
    const refused = { status: 'rejected' as const, detail: file.refusal, sizeBytes: file.size, finishedAt: deps.now() }
    const queued = { status: 'queued' as const, sizeBytes: file.size, sha256: file.sha256 }
    await changeArrival(tx, runnerId, id, file.refusal ? refused : queued)
    if (!file.refusal) await deps.queue.add(tx, file.media === 'zip' ? 'arrival.unpack' : 'arrival.read', { runnerId, arrivalId: id })
  })
  const row = await arrivalById(deps.db, runnerId, id)
  return { id, name: file.name, status: row?.status ?? 'queued' }
}
