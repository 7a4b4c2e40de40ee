import { sql } from 'drizzle-orm'
import { type OpenDatabase, rowsOf } from '../db/open.ts'
import type { Log } from '../log.ts'

const MB = 1 << 20
/** Log of changes (WAL) after which the embedded database gets a checkpoint; it never makes one by itself. */
const CHECKPOINT_BYTES = 64 * MB
const VACUUM_EVERY_MS = 6 * 3600_000

/** Does for the embedded database what a server does by itself: checkpoints as its log grows, vacuum a few times a day. @returns the function that ends it */
export function keepHouse(database: OpenDatabase, log: Log): () => void {
  if (database.kind !== 'pglite') return () => {}
  let busy = false
  let vacuumedAt = Date.now()
  let checkpointAt = 0
  const look = async () => {
    const [row] = rowsOf<{ at: string | number }>(await database.db.execute(sql`select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0') as at`))
    const at = Number(row?.at ?? 0)
    const all = Date.now() - vacuumedAt > VACUUM_EVERY_MS
    if (!all && at - checkpointAt < CHECKPOINT_BYTES) return
    const started = performance.now()
    await database.maintain(all ? 'all' : 'checkpoint')
    checkpointAt = at
    if (all) vacuumedAt = Date.now()
    log.info('database kept in order', { vacuum: all, ms: Math.round(performance.now() - started) })
  }
  const timer = setInterval(() => {
    if (busy) return
    busy = true
    look()
      .catch((error) => log.error('keeping the database in order failed', error))
      .finally(() => {
        busy = false
      })
  }, 20_000)
  timer.unref()
  return () => clearInterval(timer)
}
