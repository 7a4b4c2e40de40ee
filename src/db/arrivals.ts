/** What came in, byte for byte, and what became of it. */
import { and, asc, count, desc, eq, inArray, isNull, lt, ne, or, type SQL, sql } from 'drizzle-orm'
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

/** What lies in a zip itself, in its order. */
export function partsOf(db: Db, runnerId: string, parentId: string): Promise<Arrival[]> {
  return db
    .select()
    .from(arrivals)
    .where(and(eq(arrivals.runnerId, runnerId), eq(arrivals.parentId, parentId)))
    .orderBy(asc(arrivals.position))
}

/** What counts as a file of an upload: an archive in it does only until its own list of files has been read, or when it is refused. */
const isFile = or(ne(arrivals.media, 'zip'), isNull(arrivals.partCount), eq(arrivals.status, 'rejected'))

/** A zip and the archives in it. */
async function zipAndInner(db: Db, runnerId: string, zipId: string): Promise<Map<string, Arrival | null>> {
  const inner = await db
    .select()
    .from(arrivals)
    .where(and(eq(arrivals.runnerId, runnerId), eq(arrivals.parentId, zipId), eq(arrivals.media, 'zip')))
  return new Map([[zipId, null], ...inner.map((row) => [row.id, row] as const)])
}

/** The condition for the files of a zip, those of archives in it included. */
export async function filesIn(db: Db, runnerId: string, zipId: string): Promise<SQL | undefined> {
  const zips = await zipAndInner(db, runnerId, zipId)
  return and(eq(arrivals.runnerId, runnerId), inArray(arrivals.parentId, [...zips.keys()]), isFile)
}

/** All files of a zip in its order, those of archives in it in their archive's place. */
export async function filesOf(db: Db, runnerId: string, zipId: string): Promise<Arrival[]> {
  const zips = await zipAndInner(db, runnerId, zipId)
  const rows = await db
    .select()
    .from(arrivals)
    .where(and(eq(arrivals.runnerId, runnerId), inArray(arrivals.parentId, [...zips.keys()]), isFile))
    .orderBy(asc(arrivals.position))
  const place = (row: Arrival) => zips.get(row.parentId ?? '')?.position ?? row.position ?? 0
  return rows.sort((a, b) => place(a) - place(b))
}

/** How many files of a zip are in each state. */
export async function partCounts(db: Db, runnerId: string, zipId: string): Promise<Partial<Record<ArrivalStatus, number>>> {
  const rows = await db
    .select({ status: arrivals.status, files: count() })
    .from(arrivals)
    .where(await filesIn(db, runnerId, zipId))
    .groupBy(arrivals.status)
  return Object.fromEntries(rows.map(({ status, files }) => [status, files]))
}

/** Whether a file of a zip, or an archive in it, is not in its last state yet. */
export async function hasOpenParts(db: Db, runnerId: string, zipId: string): Promise<boolean> {
  const [row] = await db
    .select({ id: arrivals.id })
    .from(arrivals)
    .where(and(eq(arrivals.runnerId, runnerId), eq(arrivals.parentId, zipId), inArray(arrivals.status, ['receiving', 'queued'])))
    .limit(1)
  return row !== undefined
}

/** The next archive in a zip whose list of files is not read yet. */
export async function nextInnerZip(db: Db, runnerId: string, zipId: string): Promise<string | null> {
  const [row] = await db
    .select({ id: arrivals.id })
    .from(arrivals)
    .where(
      and(
        eq(arrivals.runnerId, runnerId),
        eq(arrivals.parentId, zipId),
        eq(arrivals.media, 'zip'),
        eq(arrivals.status, 'queued'),
        isNull(arrivals.partCount),
      ),
    )
    .orderBy(asc(arrivals.position))
    .limit(1)
  return row?.id ?? null
}

/** Rows and unpacked bytes that an upload has come to, without those of one archive in it. */
export async function unpackedSoFar(db: Db, runnerId: string, zipId: string, not: string): Promise<{ entries: number; bytes: number }> {
  const zips = [...(await zipAndInner(db, runnerId, zipId)).keys()].filter((id) => id !== not)
  const [row] = await db
    .select({ entries: count(), bytes: sql<string | number | null>`sum(${arrivals.sizeBytes})` })
    .from(arrivals)
    .where(and(eq(arrivals.runnerId, runnerId), inArray(arrivals.parentId, zips)))
  return { entries: row?.entries ?? 0, bytes: Number(row?.bytes ?? 0) }
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

/** Whether a file, zips aside, is not in its last state yet. */
export async function hasOpenFiles(db: Db, runnerId: string): Promise<boolean> {
  const [row] = await db
    .select({ id: arrivals.id })
    .from(arrivals)
    .where(and(eq(arrivals.runnerId, runnerId), eq(arrivals.status, 'queued'), ne(arrivals.media, 'zip')))
    .limit(1)
  return row !== undefined
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

/** Uploads that were broken off: their rows and bytes go. A zip's own parts are the business of its job. */
export async function dropUnfinished(db: Db, before: Date): Promise<void> {
  const stale = await db
    .select({ runnerId: arrivals.runnerId, id: arrivals.id })
    .from(arrivals)
    .where(and(eq(arrivals.status, 'receiving'), isNull(arrivals.parentId), lt(arrivals.receivedAt, before)))
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
