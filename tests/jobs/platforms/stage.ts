/**
 * A service against simulated platforms with one clock for both, and a queue whose jobs run when the test says so: jobs are
 * rows of the same database, so that what a transaction takes back is taken back here too.
 */
import type { Server } from 'node:http'
import { serve } from '@hono/node-server'
import { sql } from 'drizzle-orm'
import { afterAll } from 'vitest'
import { type Simulated, type SimulatedOptions, type SimulatedPlatform, startSimulated } from '../../../scripts/simulated/server.ts'
import type { PlatformId } from '../../../scripts/simulated/types.ts'
import { freePort } from '../../../scripts/support/service.ts'
import { createApp } from '../../../src/app.tsx'
import { rowsOf, type Tx } from '../../../src/db/open.ts'
import { onlyRunner } from '../../../src/db/runners.ts'
import type { Deps } from '../../../src/deps.ts'
import { PlatformError } from '../../../src/errors.ts'
import { type DecodePool, decodePool } from '../../../src/fit/pool.ts'
import { handlers } from '../../../src/jobs/index.ts'
import { type AddOptions, GiveUp, type Handler, type JobName, type Queue, RetryLater } from '../../../src/jobs/queue.ts'
import { type Log, silentLog } from '../../../src/log.ts'
import { readSettings } from '../../../src/settings.ts'
import type { OpenTestDatabase, TestDatabase } from '../../support/databases.ts'

import { Killed, type Mortal } from './mortal.ts'

type JobRow = { id: number; name: JobName; payload: object; tries: number; run_at: string | Date }

export type Drained = { ran: number; dead: { name: string; error: string }[] }

export type Stage = {
  deps: Deps
  database: TestDatabase
  simulated: Simulated
  platform: SimulatedPlatform
  runnerId: string
  url: string
  clock: { now: Date; pass: (seconds: number) => void }
  /** Runs jobs that are due; with `hours`, also those that become due, moving the clock. */
  drain: (hours?: number) => Promise<Drained>
  /** Jobs that wait. */
  waiting: () => Promise<{ name: string; payload: object }[]>
  queue: (name: JobName, payload: object) => Promise<void>
  dead: { name: string; error: string }[]
  /** As a browser: the click, the consent, the way back. @returns the answer of the callback */
  connect: (id?: PlatformId, answer?: Parameters<SimulatedPlatform['consent']>[1]) => Promise<Response>
  api: (path: string, init?: { method?: string; body?: unknown }) => Promise<{ status: number; body: Record<string, unknown> }>
  /** A second process on the same database. */
  another: () => Deps
  close: () => Promise<void>
}

export type StageOptions = SimulatedOptions & {
  env?: Record<string, string>
  now?: Date
  log?: Log
  wrap?: (deps: Deps) => Deps
  mortal?: Mortal
  /** Short waits inside a job last, so that several can wait for one; otherwise they move the clock. */
  waits?: boolean
}

/** What takes a second to open is shared by all stages of a file, which come one after the other. */
let decode: DecodePool | null = null
const databases = new Map<OpenTestDatabase, TestDatabase>()
afterAll(async () => {
  await decode?.close()
  decode = null
  for (const database of databases.values()) await database.close()
  databases.clear()
})

/** A database without a row, under a handle of its own: what the service remembers of a database is not remembered from stage to stage. */
async function emptyDatabase(open: OpenTestDatabase): Promise<TestDatabase> {
  const database = databases.get(open) ?? (await open())
  databases.set(open, database)
  const found = await database.db.execute(sql`select tablename from pg_tables where schemaname = 'public'`)
  const tables = rowsOf<{ tablename: string }>(found).map(({ tablename }) => sql.identifier(tablename))
  await database.db.execute(sql`truncate ${sql.join(tables, sql`, `)} restart identity cascade`)
  await database.db.execute(
    sql`create table if not exists test_jobs (id serial primary key, name text, payload jsonb, key text, tries int default 0, run_at timestamptz)`,
  )
  return { ...database, db: new Proxy(database.db, {}) }
}

export async function stagePlatforms(open: OpenTestDatabase, ids: PlatformId[], options: StageOptions = {}): Promise<Stage> {
  const {
    env,
    log = silentLog,
    mortal,
    waits = false,
    wrap = (deps: Deps) => mortal?.wrap(deps) ?? deps,
    now = new Date('2026-11-18T09:00:00Z'),
    ...simulation
  } = options
  const clock = {
    now,
    pass: (seconds: number) => {
      clock.now = new Date(clock.now.getTime() + seconds * 1000)
    },
  }
  const database = await emptyDatabase(open)
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const simulated = await startSimulated({
    platforms: ids,
    today: () => clock.now,
    retryMs: 5,
    processingMs: 1,
    publicWebhookBase: url,
    ...simulation,
  })
  const settings = readSettings({
    PORT: String(port),
    ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
    ...simulated.environment(),
    ...env,
  })
  const queue = tableQueue(() => clock.now)
  decode ??= decodePool({ threads: 1 })
  const sleep = async (ms: number) => clock.pass(ms / 1000)
  const plain: Deps = { settings, db: database.db, queue, decode, now: () => clock.now, log, ...(waits ? {} : { sleep }) }
  const make = () => wrap({ ...plain })
  const deps = make()
  const server = await new Promise<Server>((done) => {
    const made = serve({ fetch: createApp(plain).fetch, hostname: '127.0.0.1', port }, () => done(made as Server))
  })
  const runnerId = await onlyRunner(database.db, clock.now, 'Europe/Lisbon')
  const dead: Stage['dead'] = []

  /** Takes the next job in one statement: a further one of its key is a row of its own from then on. */
  async function next(until: Date): Promise<JobRow | null> {
    const rows = await database.db.execute(
      sql`update test_jobs set key = null where id =
            (select id from test_jobs where run_at <= ${until.toISOString()}::timestamptz order by run_at, id limit 1) returning *`,
    )
    return rowsOf<JobRow>(rows)[0] ?? null
  }

  async function runJob(job: JobRow): Promise<void> {
    const handler = handlers[job.name] as Handler<JobName> | undefined
    const again = async (seconds: number) => {
      const at = new Date(clock.now.getTime() + seconds * 1000).toISOString()
      await database.db.execute(sql`update test_jobs set run_at = ${at}::timestamptz, tries = tries + 1 where id = ${job.id}`)
    }
    const done = () => database.db.execute(sql`delete from test_jobs where id = ${job.id}`)
    if (!handler) return void (await done())
    const context = { id: String(job.id), attempt: job.tries + 1, lastAttempt: false, signal: new AbortController().signal }
    try {
      await handler(deps, job.payload as never, context)
      await done()
    } catch (error) {
      if (error instanceof Killed) mortal?.revive()
      if (error instanceof RetryLater) return again(Math.max(1, error.afterSeconds))
      const hopeless = error instanceof GiveUp || (error instanceof PlatformError && error.remedy === 'give up')
      if (!hopeless && job.tries < 200) return again(error instanceof Killed ? 120 : 5)
      dead.push({ name: job.name, error: error instanceof Error ? error.message : String(error) })
      await done()
    }
  }

  const api: Stage['api'] = async (path, init = {}) => {
    const answer = await fetch(`${url}${path}`, {
      method: init.method ?? 'GET',
      ...(init.body === undefined ? {} : { body: JSON.stringify(init.body), headers: { 'content-type': 'application/json' } }),
    })
    const text = await answer.text()
    return { status: answer.status, body: text.startsWith('{') ? JSON.parse(text) : {} }
  }

  return {
    deps,
    database,
    simulated,
    platform: simulated.platform(ids[0]!),
    runnerId,
    url,
    clock,
    dead,
    drain: async (hours = 0) => {
      const until = new Date(clock.now.getTime() + hours * 3_600_000)
      const before = dead.length
      let ran = 0
      for (; ran < 20_000; ran++) {
        for (const id of ids) await simulated.platform(id).settle()
        const job = await next(until)
        if (!job) break
        const due = new Date(job.run_at)
        if (due > clock.now) clock.now = due
        await runJob(job)
      }
      return { ran, dead: dead.slice(before) }
    },
    waiting: async () => rowsOf(await database.db.execute(sql`select name, payload from test_jobs order by id`)),
    queue: async (name, payload) => {
      await database.db.transaction((tx) => queue.add(tx, name, payload as never))
    },
    connect: async (id = ids[0]!, answer) => {
      const start = await fetch(`${url}/connect/${id}`, { redirect: 'manual' })
      const location = start.headers.get('location')
      if (!location) throw new Error(`connecting was answered ${start.status}`)
      const cookie = (start.headers.get('set-cookie') ?? '').split(';')[0]!
      const back = await simulated.platform(id).consent(location, answer)
      return fetch(back, { redirect: 'manual', headers: { cookie } })
    },
    api,
    another: make,
    close: async () => {
      await simulated.close()
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
}

/** The queue's promise with a table of the test: kept in the caller's transaction, those of one key that wait become one. */
function tableQueue(now: () => Date): Queue {
  const at = (seconds: number) => new Date(now().getTime() + seconds * 1000).toISOString()
  const insert = async (tx: Tx, name: string, payload: unknown, options: AddOptions) => {
    const { key = null, afterSeconds = 0, keepTime } = options
    const data = JSON.stringify(payload)
    if (key !== null) {
      const time = keepTime ? sql`run_at` : sql`${at(afterSeconds)}::timestamptz`
      const rows = rowsOf(
        await tx.execute(
          sql`update test_jobs set payload = ${data}::jsonb, run_at = ${time} where name = ${name} and key = ${key} returning id`,
        ),
      )
      if (rows.length > 0) return
    }
    await tx.execute(
      sql`insert into test_jobs (name, payload, key, run_at) values (${name}, ${data}::jsonb, ${key}, ${at(afterSeconds)}::timestamptz)`,
    )
  }
  const perRunner = new Set(['runner.assess', 'runner.plan', 'runner.publish', 'runner.notify'])
  return {
    add: (tx, name, payload, options = {}) => {
      const key = options.key ?? (perRunner.has(name) && 'runnerId' in payload ? String(payload.runnerId) : undefined)
      return insert(tx, name, payload, { ...options, ...(key === undefined ? {} : { key }) })
    },
    addMany: async (tx, name, payloads) => {
      for (const payload of payloads) await insert(tx, name, payload, {})
    },
    work: async () => {},
    deadLetters: async () => [],
    replay: async () => false,
    depth: async () => ({}),
    isBusy: async () => false,
    check: async () => {},
    stop: async () => {},
  }
}
