/** The service inside the test's process: real database, queue, worker and app; a clock that the test sets. */
import { sql } from 'drizzle-orm'
import { createApp } from '../../src/app.tsx'
import { rowsOf } from '../../src/db/open.ts'
import type { Deps } from '../../src/deps.ts'
import { decodePool } from '../../src/fit/pool.ts'
import { handlers } from '../../src/jobs/index.ts'
import { openQueue } from '../../src/jobs/queue.ts'
import { type Log, silentLog } from '../../src/log.ts'
import { readSettings } from '../../src/settings.ts'
import { passwordCost } from '../../src/web/accounts/passwords.ts'
import type { OpenTestDatabase, TestDatabase } from './databases.ts'

/** Guesses are cheap here; tests/web/accounts/passwords.test.ts has the real cost. */
passwordCost.N = 2 ** 10

export type TestService = Deps & {
  database: TestDatabase
  /** Asks the app as this machine's own browser or program would. */
  request: (path: string, init?: RequestInit) => Promise<Response>
  json: (path: string, init?: RequestInit) => Promise<unknown>
  /** Posts files as the upload page does. @returns the uploads as they were answered */
  upload: (...files: { name: string; bytes: Uint8Array }[]) => Promise<{ id: string; file: string; status: string }[]>
  /** Waits until no job waits or runs that could run within `soonSeconds`. */
  quiet: () => Promise<void>
  setNow: (now: Date) => void
  stop: () => Promise<void>
}

export type ServiceOptions = {
  env?: Record<string, string> /** A moment, or a clock that goes. */
  now?: Date | (() => Date)
  work?: boolean
  log?: Log
}

/** Starts the service on a fresh database. */
export async function startService(open: OpenTestDatabase, options: ServiceOptions = {}): Promise<TestService> {
  const database = await open()
  const settings = readSettings({ PORT: '3000', ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'), ...options.env })
  const log = options.log ?? silentLog
  const queue = await openQueue({ databaseUrl: database.url }, database, log)
  let moment: Date | (() => Date) = options.now ?? new Date('2026-09-21T06:00:00Z')
  const deps: Deps = {
    settings,
    db: database.db,
    queue,
    decode: decodePool({ threads: 1 }),
    now: () => (moment instanceof Date ? moment : moment()),
    log,
  }
  if (options.work !== false) await queue.work(deps, handlers, [])
  const app = createApp(deps)
  const request = async (path: string, init?: RequestInit) => app.request(`http://127.0.0.1:3000${path}`, init)
  return {
    ...deps,
    database,
    request,
    json: async (path, init) => (await request(path, init)).json(),
    upload: async (...files) => {
      const form = new FormData()
      for (const { name, bytes } of files) form.append('file', new File([new Uint8Array(bytes)], name))
      const answer = await request('/api/v1/uploads', { method: 'POST', body: form })
      if (answer.status !== 202) throw new Error(`The upload was answered ${answer.status}: ${await answer.text()}`)
      return ((await answer.json()) as { uploads: { id: string; file: string; status: string }[] }).uploads
    },
    quiet: async () => {
      // Due soon, or running: what waits for a later hour (a nightly check, a limit of a platform) is no work of now.
      const due = sql`select name, count(*)::int as jobs from pgboss.job where state <= 'active' and (state = 'active' or start_after <= now() + interval '10 seconds') group by name`
      let open: { name: string; jobs: number }[] = []
      for (let waited = 0; waited < 60_000; waited += 50) {
        open = rowsOf<{ name: string; jobs: number }>(await database.db.execute(due)).filter(({ name }) => name in handlers)
        if (open.length === 0) return
        await new Promise((done) => setTimeout(done, 50))
      }
      throw new Error(`Jobs did not end within a minute: ${JSON.stringify(open)}`)
    },
    setNow: (now) => {
      moment = now
    },
    stop: async () => {
      await queue.stop(5)
      await deps.decode.close()
      await database.close()
    },
  }
}
