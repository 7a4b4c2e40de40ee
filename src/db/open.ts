import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { PGlite } from '@electric-sql/pglite'
import { sql } from 'drizzle-orm'
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core'
import { drizzle as drizzlePglite } from 'drizzle-orm/pglite'
import { migrate as migratePglite } from 'drizzle-orm/pglite/migrator'
import { drizzle as drizzlePostgres } from 'drizzle-orm/postgres-js'
import { migrate as migratePostgres } from 'drizzle-orm/postgres-js/migrator'
import postgres from 'postgres'
import { DatabaseUnreachable } from '../errors.ts'
import type { Log } from '../log.ts'
import { projectRoot } from '../root.ts'
import type { Settings } from '../settings.ts'
import { openEmbedded } from './embedded.ts'
import { guardHandle } from './guard.ts'
import { lockFolder } from './lock.ts'
import * as schema from './schema.ts'

/** The database as the rest of the service sees it: the same for PGlite and PostgreSQL. */
export type Db = PgDatabase<PgQueryResultHKT, typeof schema>
/** The handle inside a transaction. Functions that ask for it must be called within one. */
export type Tx = Parameters<Parameters<Db['transaction']>[0]>[0]

export type OpenDatabase = {
  /** For jobs. */
  db: Db
  /** The same database for the web side: on PGlite its queries go before those of jobs, on PostgreSQL it has connections of its own. */
  front: Db
  kind: 'pglite' | 'postgres'
  /** The embedded engine, for the queue; null on PostgreSQL. */
  pglite: PGlite | null
  /** Whether nobody else can use this database: what a dead process left behind may be picked up at once. */
  alone: boolean
  /** What a server does by itself and the embedded engine does not: vacuum, statistics, checkpoint. Does nothing on PostgreSQL. */
  maintain: (how?: 'checkpoint' | 'all') => Promise<void>
  sizeBytes: () => Promise<number>
  close: () => Promise<void>
}

/** The migrations' folder. */
const migrations = () => ({ migrationsFolder: join(projectRoot(), 'migrations') })

/** Rows of a raw query, whichever driver ran it. */
export function rowsOf<Row>(result: unknown): Row[] {
  if (Array.isArray(result)) return result
  return result !== null && typeof result === 'object' && 'rows' in result && Array.isArray(result.rows) ? result.rows : []
}

/**
 * Opens the database that the settings name and brings its tables up to date.
 * @throws DatabaseBusy when another process uses the embedded database's folder
 */
export async function openDatabase(settings: Pick<Settings, 'databaseUrl' | 'dataDir'>, log: Log): Promise<OpenDatabase> {
  return settings.databaseUrl ? openPostgres(settings.databaseUrl, log) : openFolder(resolve(settings.dataDir), log)
}

// ── PostgreSQL ──────────────────────────────────────────────────────────────────────────────────────────────────────

/** One process migrates, the others wait for it. The number is this service's own. */
const MIGRATION_LOCK = 7_305_411_662

async function openPostgres(url: string, log: Log): Promise<OpenDatabase> {
  const options = { onnotice: () => {}, connection: { application_name: 'stridelift' } }
  const migrating = postgres(url, { ...options, max: 1 })
  try {
    await migrating`select 1`.catch((error) => {
      throw new DatabaseUnreachable(
        `The PostgreSQL server in DATABASE_URL cannot be used: ${error.message}. Check the address, the user and whether the server runs.`,
        { cause: error },
      )
    })
    await migrating`select pg_advisory_lock(${MIGRATION_LOCK})`
    await migratePostgres(drizzlePostgres(migrating, { schema }), migrations())
    await migrating`select pg_advisory_unlock(${MIGRATION_LOCK})`
  } finally {
    await migrating.end()
  }
  const clients = { back: postgres(url, { ...options, max: 6 }), front: postgres(url, { ...options, max: 4 }) }
  const db: Db = guardHandle(drizzlePostgres(clients.back, { schema }))
  const front: Db = guardHandle(drizzlePostgres(clients.front, { schema }))
  log.info('database open', { kind: 'postgres' })
  return {
    db,
    front,
    kind: 'postgres',
    pglite: null,
    alone: false,
    maintain: async () => {},
    sizeBytes: () => sizeOf(db),
    close: async () => {
      await Promise.all([clients.back.end({ timeout: 5 }), clients.front.end({ timeout: 5 })])
    },
  }
}

async function sizeOf(db: Db): Promise<number> {
  const [row] = rowsOf<{ size: string | number }>(await db.execute(sql`select pg_database_size(current_database()) as size`))
  return Number(row?.size ?? 0)
}

// ── PGlite ──────────────────────────────────────────────────────────────────────────────────────────────────────────

async function openFolder(dataDir: string, log: Log): Promise<OpenDatabase> {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const unlock = await lockFolder(join(dataDir, 'database.lock'))
  try {
    const folder = join(dataDir, 'database')
    await makeCluster(dataDir, folder)
    const { back, front } = await openEmbedded(folder)
    const open = await openPglite(back, front)
    log.info('database open', { kind: 'pglite', folder })
    return {
      ...open,
      close: async () => {
        await open.close()
        unlock()
      },
    }
  } catch (error) {
    unlock()
    throw error
  }
}

/** An open engine -> the database, migrated. @param front a handle to it whose queries go first; without one there is no order */
export async function openPglite(pglite: PGlite, front: PGlite = pglite): Promise<OpenDatabase> {
  const handle = drizzlePglite(pglite, { schema })
  await migratePglite(handle, migrations())
  const db: Db = guardHandle(handle)
  let closed = false
  return {
    db,
    front: guardHandle(drizzlePglite(front, { schema })),
    kind: 'pglite',
    pglite,
    alone: true,
    maintain: async (how = 'all') => {
      if (closed) return
      if (how === 'all') await pglite.exec('vacuum (analyze)')
      await pglite.exec('checkpoint')
    },
    sizeBytes: () => sizeOf(db),
    close: async () => {
      if (closed) return
      closed = true
      await pglite.close()
    },
  }
}

const makeClusterScript = `
  const { PGlite } = await import('@electric-sql/pglite')
  const pglite = await PGlite.create(process.argv[1])
  await pglite.close()
`

/**
 * Makes the files of a new database in a child process: the memory that this takes never returns to a process. The folder
 * gets its name when it is complete, so an interrupted first start leaves nothing half made.
 */
async function makeCluster(dataDir: string, folder: string): Promise<void> {
  for (const name of readdirSync(dataDir)) {
    if (name.startsWith('database.making')) rmSync(join(dataDir, name), { recursive: true, force: true })
  }
  if (existsSync(join(folder, 'PG_VERSION'))) return
  const making = join(dataDir, `database.making-${process.pid}`)
  await new Promise<void>((done, failed) => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', makeClusterScript, making], {
      cwd: projectRoot(),
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let said = ''
    child.stderr.on('data', (piece) => {
      said += piece
    })
    child.on('error', failed)
    child.on('exit', (code) => (code === 0 ? done() : failed(new Error(`The database could not be made in ${dataDir}: ${said.trim()}`))))
  })
  rmSync(folder, { recursive: true, force: true })
  renameSync(making, folder)
}
