/** Tests that hold on both databases: each block runs on embedded PGlite and on PostgreSQL, with a fresh database per `open`. */
import { createHash, randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gunzipSync, gzipSync } from 'node:zlib'
import { PGlite } from '@electric-sql/pglite'
import postgres from 'postgres'
import { describe } from 'vitest'
import { type OpenDatabase, openDatabase, openPglite } from '../../src/db/open.ts'
import { openQueue } from '../../src/jobs/queue.ts'
import { silentLog } from '../../src/log.ts'
import { projectRoot } from '../../src/root.ts'
import { hasPostgres, serverUrl } from './postgres.ts'

export type DatabaseName = 'PGlite' | 'PostgreSQL'
/** A fresh, migrated database; `url` is null on PGlite. `close` also removes it. */
export type TestDatabase = OpenDatabase & { url: string | null }
export type OpenTestDatabase = () => Promise<TestDatabase>

/** Runs a block of tests once on each database. Where there is no PostgreSQL, its half is skipped and `npm test` says so. */
export function forEachDatabase(block: (name: DatabaseName, open: OpenTestDatabase) => void): void {
  describe('on PGlite', () => block('PGlite', openTestPglite))
  describe.skipIf(!hasPostgres())('on PostgreSQL', () => block('PostgreSQL', openTestPostgres))
}

function digest(): string {
  const hash = createHash('sha256')
  const folder = join(projectRoot(), 'migrations')
  for (const name of readdirSync(folder).sort()) if (name.endsWith('.sql')) hash.update(readFileSync(join(folder, name)))
  hash.update(readFileSync(join(projectRoot(), 'src/jobs/names.ts')))
  hash.update(readFileSync(join(projectRoot(), 'node_modules/@electric-sql/pglite/package.json')))
  return hash.digest('hex').slice(0, 16)
}

/** One process at a time makes what all need; the others wait. */
async function once(path: string, make: () => Promise<void>): Promise<void> {
  const turn = `${path}.turn`
  for (;;) {
    if (existsSync(path)) return
    try {
      mkdirSync(turn)
    } catch {
      if (existsSync(turn) && Date.now() - statSync(turn).mtimeMs > 120_000) rmSync(turn, { recursive: true, force: true })
      await sleep(100)
      continue
    }
    try {
      if (!existsSync(path)) await make()
      return
    } finally {
      rmdirSync(turn)
    }
  }
}

let dump: Blob | null = null

/** A migrated database in memory, from a dump that is made once for each state of the tables. */
export async function openTestPglite(): Promise<TestDatabase> {
  if (!dump) {
    const cache = join(projectRoot(), 'node_modules/.cache/stridelift')
    mkdirSync(cache, { recursive: true })
    const path = join(cache, `test-database-${digest()}.tar.gz`)
    await once(path, async () => {
      const made = await openPglite(await PGlite.create())
      const queue = await openQueue({ databaseUrl: null }, made, silentLog)
      await queue.stop()
      const tar = await made.pglite!.dumpDataDir('none')
      await made.close()
      writeFileSync(`${path}.making`, gzipSync(Buffer.from(await tar.arrayBuffer()), { level: 1 }))
      renameSync(`${path}.making`, path)
    })
    dump = new Blob([new Uint8Array(gunzipSync(readFileSync(path)))])
  }
  return { ...(await openPglite(await PGlite.create({ loadDataDir: dump }))), url: null }
}

const TEMPLATE = 'stridelift_template'

/** A database of its own on the tests' server. */
export async function openTestPostgres(): Promise<TestDatabase> {
  const { url, drop } = await newPostgresDatabase()
  const opened = await openDatabase({ databaseUrl: url, dataDir: '' }, silentLog)
  return {
    ...opened,
    url,
    close: async () => {
      await opened.close()
      await drop()
    },
  }
}

/** An empty but migrated PostgreSQL database, for a server process. */
export async function newPostgresDatabase(): Promise<{ url: string; drop: () => Promise<void> }> {
  const server = await serverUrl()
  const admin = postgres(`${server}/postgres`, { max: 1, onnotice: () => {} })
  const template = `${TEMPLATE}_${digest()}`
  const name = `stridelift_${randomUUID().replaceAll('-', '').slice(0, 12)}`
  try {
    await once(join(process.env.STRIDELIFT_TEST_RUN ?? '/tmp', 'postgres-template'), async () => {
      await makeTemplate(server, admin, template)
      writeFileSync(join(process.env.STRIDELIFT_TEST_RUN ?? '/tmp', 'postgres-template'), template)
    })
    await admin.unsafe(`create database ${name} template ${template}`)
  } finally {
    await admin.end()
  }
  const drop = async () => {
    const last = postgres(`${server}/postgres`, { max: 1, onnotice: () => {} })
    await last.unsafe(`drop database if exists ${name} with (force)`)
    await last.end()
  }
  return { url: `${server}/${name}`, drop }
}

async function makeTemplate(server: string, admin: postgres.Sql, template: string): Promise<void> {
  const there = await admin`select 1 from pg_database where datname = ${template}`
  if (there.length > 0) return
  const making = `${template}_making`
  await admin.unsafe(`drop database if exists ${making} with (force)`)
  await admin.unsafe(`create database ${making}`)
  const url = `${server}/${making}`
  const opened = await openDatabase({ databaseUrl: url, dataDir: '' }, silentLog)
  const queue = await openQueue({ databaseUrl: url }, opened, silentLog)
  await queue.stop()
  await opened.close()
  await admin.unsafe(`alter database ${making} rename to ${template}`)
}
