/** What came in, byte for byte, and what became of it. */
import { and, asc, count, desc, eq, inArray, isNull, lt, ne, type SQL, sql } from 'drizzle-orm'
import type { Db } from './open.ts'
import { type ArrivalStatus, arrivalBytes, arrivals } from './schema.ts'

export type Arrival = typeof arrivals.$inferSelect
export type NewArrival = Pick<Arrival, 'runnerId' | 'id' | 'from' | 'name' | 'media' | 'status' | 'receivedAt'> &
  Partial<Pick<Arrival, 'externalId' | 'revision' | 'about' | 'parentId' | 'position' | 'sha256' | 'sizeBytes' | 'detail' | 'finishedAt'>>

/** Bytes of one stored piece. The embedded database takes some milliseconds for each on the main thread, so it is small. */
export const PIECE_BYTES = 256 * 1024

/** @returns false when the zip's entry of this position is there already */
export async function addArrival(db: Db, arrival: NewArrival): Promise<boolean> {
  const rows = await db.insert(arrivals).values(arrival).onConflictDoNothing().returning({ id: arrivals.id })
  return rows.length === 1
}

export async function arrivalById(db: Db, runnerId: string, id: string): Promise<Arrival | null> {
  const [row] = await db
    .select()
    .from(arrivals)
    .where(and(eq(arrivals.runnerId, runnerId), eq(arrivals.id, id)))
    .limit(1)
  return row ?? null
}

/** Files of a zip in its order. */
export function partsOf(db: Db, runnerId: string, parentId: string): Promise<Arrival[]> {
  return db
    .select()
    .from(arrivals)
    .where(and(eq(arrivals.runnerId, runnerId), eq(arrivals.parentId, parentId)))
    .orderBy(asc(arrivals.position))
}

/** How many files of a zip are in each state. */
export async function partCounts(db: Db, runnerId: string, parentId: string): Promise<Partial<Record<ArrivalStatus, number>>> {
  const rows = await db
    .select({ status: arrivals.status, files: count() })
    .from(arrivals)
    .where(and(eq(arrivals.runnerId, runnerId), eq(arrivals.parentId, parentId)))
    .groupBy(arrivals.status)
  return Object.fromEntries(rows.map(({ status, files }) => [status, files]))
}

/** Places in a zip whose file is kept already. */
export async function partPositions(db: Db, runnerId: string, parentId: string): Promise<Set<number>> {
  const rows = await db
    .select({ position: arrivals.position })
    .from(arrivals)
    .where(and(eq(arrivals.runnerId, runnerId), eq(arrivals.parentId, parentId)))
  return new Set(rows.map(({ position }) => position ?? -1))
}

/** Uploads of a runner, newest first, without the files inside zips. */
export function latestUploads(db: Db, runnerId: string, limit: number): Promise<Arrival[]> {
  return db
    .select()
    .from(arrivals)
    .where(and(eq(arrivals.runnerId, runnerId), eq(arrivals.from, 'upload'), isNull(arrivals.parentId), ne(arrivals.status, 'receiving')))
    .orderBy(desc(arrivals.receivedAt), desc(arrivals.id))
    .limit(limit)
}

/** Files that are not in their last state yet, zips aside. */
export async function openFiles(db: Db, runnerId: string): Promise<number> {
  const [row] = await db
    .select({ files: count() })
    .from(arrivals)
    .where(and(eq(arrivals.runnerId, runnerId), eq(arrivals.status, 'queued'), ne(arrivals.media, 'zip')))
  return row?.files ?? 0
}

export async function changeArrival(
  db: Db,
  runnerId: string,
  id: string,
  change: Partial<
    Pick<Arrival, 'status' | 'detail' | 'runId' | 'finishedAt' | 'sha256' | 'sizeBytes' | 'externalId' | 'partCount' | 'media'>
  >,
  onlyWhen?: ArrivalStatus,
): Promise<boolean> {
  const conditions: SQL[] = [eq(arrivals.runnerId, runnerId), eq(arrivals.id, id)]
  if (onlyWhen) conditions.push(eq(arrivals.status, onlyWhen))
  const rows = await db
    .update(arrivals)
    .set(change)
    .where(and(...conditions))
    .returning({ id: arrivals.id })
  return rows.length === 1
}

export async function addPiece(db: Db, runnerId: string, arrivalId: string, piece: number, bytes: Uint8Array): Promise<void> {
  await db.insert(arrivalBytes).values({ runnerId, arrivalId, piece, bytes }).onConflictDoNothing()
}

/** Cuts bytes into pieces and keeps them; for bytes that are in memory as a whole. */
export async function addBytes(db: Db, runnerId: string, arrivalId: string, bytes: Uint8Array): Promise<void> {
  for (let at = 0, piece = 0; at < bytes.length; at += PIECE_BYTES, piece++) {
    await addPiece(db, runnerId, arrivalId, piece, bytes.subarray(at, at + PIECE_BYTES))
    await new Promise((done) => setImmediate(done))
  }
}

/** One piece; null behind the last. */
export async function pieceOf(db: Db, runnerId: string, arrivalId: string, piece: number): Promise<Uint8Array | null> {
  const [row] = await db
    .select({ bytes: arrivalBytes.bytes })
    .from(arrivalBytes)
    .where(and(eq(arrivalBytes.runnerId, runnerId), eq(arrivalBytes.arrivalId, arrivalId), eq(arrivalBytes.piece, piece)))
  return row?.bytes ?? null
}

/** All bytes of an arrival in an array of their own; for a file, never for a zip. */
export async function bytesOf(db: Db, arrival: Pick<Arrival, 'runnerId' | 'id' | 'sizeBytes'>): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(arrival.sizeBytes ?? 0)
  for (let at = 0, piece = 0; at < bytes.length; piece++) {
    const part = await pieceOf(db, arrival.runnerId, arrival.id, piece)
    if (!part) throw new Error(`Arrival ${arrival.id} ends after ${at} of ${bytes.length} bytes.`)
    bytes.set(part, at)
    at += part.length
    await new Promise((done) => setImmediate(done))
  }
  return bytes
}

/** Forgets the bytes, not the row. */
export async function dropBytes(db: Db, runnerId: string, arrivalIds: string[]): Promise<void> {
  if (arrivalIds.length === 0) return
  await db.delete(arrivalBytes).where(and(eq(arrivalBytes.runnerId, runnerId), inArray(arrivalBytes.arrivalId, arrivalIds)))
}

/** Uploads that were broken off: their rows and bytes go. */
export async function dropUnfinished(db: Db, before: Date): Promise<void> {
  const stale = await db
    .select({ runnerId: arrivals.runnerId, id: arrivals.id })
    .from(arrivals)
    .where(and(eq(arrivals.status, 'receiving'), lt(arrivals.receivedAt, before)))
  for (const { runnerId, id } of stale) await dropArrival(db, runnerId, id)
}

/** Forgets the bytes of refused files and of files without a run that ended long ago. */
export async function dropOldBytes(db: Db, before: Date): Promise<void> {
  const old = await db
    .select({ runnerId: arrivals.runnerId, id: arrivals.id })
    .from(arrivals)
    .where(and(inArray(arrivals.status, ['rejected', 'notARun']), lt(arrivals.finishedAt, before)))
    .limit(5000)
  for (const { runnerId, id } of old) await dropBytes(db, runnerId, [id])
}

export async function dropArrival(db: Db, runnerId: string, id: string): Promise<void> {
  await dropBytes(db, runnerId, [id])
  await db.delete(arrivals).where(and(eq(arrivals.runnerId, runnerId), eq(arrivals.id, id)))
}

/** An earlier file from the same place with the same content that ended; the oldest. */
export async function sameBytes(db: Db, runnerId: string, from: string, sha256: string, not: string): Promise<Arrival | null> {
  const [row] = await db
    .select()
    .from(arrivals)
    .where(
      and(
        eq(arrivals.runnerId, runnerId),
        eq(arrivals.from, from),
        eq(arrivals.sha256, sha256),
        ne(arrivals.id, not),
        eq(arrivals.status, 'imported'),
      ),
    )
    .orderBy(asc(arrivals.receivedAt))
    .limit(1)
  return row ?? null
}

/** Files whose job got lost (they cannot: row and job are one transaction) would show here; used by the doctor. */
export async function stuckFiles(db: Db, before: Date): Promise<number> {
  const [row] = await db
    .select({ files: sql<number>`count(*)::int` })
    .from(arrivals)
    .where(and(eq(arrivals.status, 'queued'), lt(arrivals.receivedAt, before)))
  return row?.files ?? 0
}

/** Arrivals of these activities of a platform, without those that were refused. */
export async function platformArrivals(db: Db, runnerId: string, from: string, externalIds: string[]): Promise<Arrival[]> {
  if (externalIds.length === 0) return []
  return db
    .select()
    .from(arrivals)
    .where(
      and(
        eq(arrivals.runnerId, runnerId),
        eq(arrivals.from, from),
        inArray(arrivals.externalId, externalIds),
        ne(arrivals.status, 'rejected'),
      ),
    )
    .orderBy(asc(arrivals.receivedAt))
}
