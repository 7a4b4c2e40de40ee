/** Large bytes as the database holds them: cut into pieces of one size on the way in, read at any place on the way out. */
import { Readable } from 'node:stream'
import { RandomAccessReader } from 'yauzl'
import { type Arrival, PIECE_BYTES, pieceOf } from '../db/arrivals.ts'
import type { Db } from '../db/open.ts'

/** Cuts a stream into pieces of one size. */
export class Pieces {
  private readonly keep: (piece: number, bytes: Uint8Array) => Promise<void>
  private held: Uint8Array[] = []
  private length = 0
  private piece = 0

  constructor(keep: (piece: number, bytes: Uint8Array) => Promise<void>) {
    this.keep = keep
  }

  async add(chunk: Uint8Array): Promise<void> {
    this.held.push(chunk)
    this.length += chunk.length
    while (this.length >= PIECE_BYTES) {
      const all = this.held.length === 1 ? this.held[0]! : Buffer.concat(this.held)
      this.held = [all.subarray(PIECE_BYTES)]
      this.length = all.length - PIECE_BYTES
      await this.keep(this.piece++, all.subarray(0, PIECE_BYTES))
      await new Promise((done) => setImmediate(done))
    }
  }

  /** Hands out what is left, shorter than a piece. */
  async end(): Promise<void> {
    if (this.length > 0) await this.keep(this.piece++, Buffer.concat(this.held))
  }
}

/** Reads a zip's bytes where they lie: in the pieces of the database. Holds one piece. */
export class PieceReader extends RandomAccessReader {
  private readonly db: Db
  private readonly zip: Pick<Arrival, 'runnerId' | 'id'>
  private held: { piece: number; bytes: Uint8Array } | null = null
  private fault: unknown = null

  constructor(db: Db, zip: Pick<Arrival, 'runnerId' | 'id'>) {
    super()
    this.db = db
    this.zip = zip
  }

  /** Throws what the database failed with, if it did: to the zip's reader this looks like a damaged archive. */
  throwFault(): void {
    if (this.fault !== null) throw this.fault
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
      if (part.length === 0) throw this.failed(new Error(`The bytes of arrival ${this.zip.id} end at ${at}.`))
      yield Buffer.from(part.buffer, part.byteOffset, part.byteLength)
      at += part.length
    }
  }

  private failed(error: unknown): unknown {
    this.fault ??= error
    return error
  }

  private async piece(piece: number): Promise<Uint8Array> {
    if (this.held?.piece === piece) return this.held.bytes
    const bytes = await pieceOf(this.db, this.zip.runnerId, this.zip.id, piece).catch((error) => {
      throw this.failed(error)
    })
    if (!bytes) throw this.failed(new Error(`Piece ${piece} of arrival ${this.zip.id} is missing.`))
    this.held = { piece, bytes }
    return bytes
  }
}
