/** The durable queue: pg-boss on the service's own database. A job is written in the transaction of the row that it is for. */
import { type SQL, sql } from 'drizzle-orm'
import { fromDrizzle, fromPglite, type JobResult, type JobWithMetadata, PgBoss } from 'pg-boss'
import { refuseInsideTransaction } from '../db/guard.ts'
import { type OpenDatabase, rowsOf, type Tx } from '../db/open.ts'
import type { Deps } from '../deps.ts'
import { PlatformError } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Settings } from '../settings.ts'
import { type JobName, type Jobs, type QueueFacts, queues } from './names.ts'

export type { JobName, Jobs } from './names.ts'

/** Thrown by a job that can go on only later: it is queued again and the try does not count. */
export class RetryLater extends Error {
  override readonly name = 'RetryLater'
  readonly afterSeconds: number
  constructor(afterSeconds: number, why: string) {
    super(why)
    this.afterSeconds = afterSeconds
  }
}

/** Thrown by a job that can never succeed: it becomes a dead letter at once. */
export class GiveUp extends Error {
  override readonly name = 'GiveUp'
}

/** What a handler knows of its job beside the payload. */
export type JobContext = {
  id: string
  /** 1 for the first try. */
  attempt: number
  lastAttempt: boolean
  /** Aborted when the service stops or the job has run out of time. */
  signal: AbortSignal
}
export type Handler<Name extends JobName> = (deps: Deps, payload: Jobs[Name], job: JobContext) => Promise<void>
export type Handlers = { [Name in JobName]: Handler<Name> }
/** A job that is queued by the clock; `cron` is in UTC. */
export type Cron = { [Name in JobName]: { name: Name; cron: string; payload: Jobs[Name] } }[JobName]

/** A job that failed for good. */
export type DeadLetter = {
  id: string
  name: string
  payload: unknown
  error: string
  tries: number
  failedAt: Date
  queuedAt: Date | null
}

export type AddOptions = {
  afterSeconds?: number
  /** Jobs of one key that still wait become one; per-runner queues use the runner by themselves. */
  key?: string
  /** A job of this key that waits already keeps its time; otherwise it is moved to `afterSeconds` from now. */
  keepTime?: boolean
}

export type Queue = {
  /** Queues a job in the caller's transaction: both are kept or neither. */
  add: <Name extends JobName>(tx: Tx, name: Name, payload: Jobs[Name], options?: AddOptions) => Promise<void>
  addMany: <Name extends JobName>(tx: Tx, name: Name, payloads: Jobs[Name][]) => Promise<void>
  /** Begins to take jobs, in every queue that has a handler. */
  work: (deps: Deps, handlers: Partial<Handlers>, crons: Cron[]) => Promise<void>
  /** Newest first. */
  deadLetters: () => Promise<DeadLetter[]>
  /** Gives a dead letter its tries back. @returns false when there is none of this id, or its work waits already */
  replay: (id: string) => Promise<boolean>
  /** Jobs that wait or run, by queue. */
  depth: () => Promise<Record<string, number>>
  /** Whether a job of this key waits (within `soonSeconds`) or runs in one of the queues. */
  isBusy: (names: JobName[], key: string, soonSeconds?: number) => Promise<boolean>
  /** @throws when the queue's tables do not answer */
  check: () => Promise<void>
  /** Lets running jobs end (at most `seconds`), then stops. */
  stop: (seconds?: number) => Promise<void>
}

const DEAD_LETTERS = 'dead-letters'
const HEARTBEAT_SECONDS = 10
const names = Object.keys(queues) as JobName[]

/** Opens the queue on the service's database; its tables are made or brought up to date. */
export async function openQueue(settings: Pick<Settings, 'databaseUrl'>, database: OpenDatabase, log: Log): Promise<Queue> {
  const boss = new PgBoss({
    ...(database.pglite
      ? { db: fromPglite(database.pglite), backend: 'pglite' as const }
      : { connectionString: settings.databaseUrl ?? '', max: 4, application_name: 'stridelift-queue' }),
    useListenNotify: true,
    // A killed process is noticed by its silent heartbeat; where the database is ours alone, it is repaired at the start.
    superviseIntervalSeconds: database.alone ? 60 : 3,
    monitorIntervalSeconds: database.alone ? 60 : 3,
    warningQueueSize: 100_000,
    reindex: !database.alone,
    monitorVacuum: !database.alone,
  })
  boss.on('error', (error) => log.error('queue error', error))
  boss.on('warning', (warning) => log.warn('queue warning', { text: warning.message }))
  await boss.start()
  await makeQueues(boss)
  if (database.alone) await takeBack(boss)

  let tending: NodeJS.Timeout | undefined
  const soon = new Set<NodeJS.Timeout>()
  let working = false

  async function add<Name extends JobName>(tx: Tx, name: Name, payload: Jobs[Name], options: AddOptions = {}): Promise<void> {
    const db = through(tx)
    const key = options.key ?? (queues[name].perRunner && 'runnerId' in payload ? payload.runnerId : undefined)
    const startAfter = options.afterSeconds ?? 0
    if (key !== undefined) {
      // Touching the waiting job locks its row until this transaction ends: no worker takes it before our rows are visible.
      const waiting = await boss.update(name, payload, { singletonKey: key, db, ...(options.keepTime ? {} : { startAfter }) })
      if (waiting.updated > 0) return
    }
    await boss.send(name, payload, { db, startAfter, ...(key === undefined ? {} : { singletonKey: key }) })
  }

  async function addMany<Name extends JobName>(tx: Tx, name: Name, payloads: Jobs[Name][]): Promise<void> {
    if (payloads.length === 0) return
    await boss.insert(
      name,
      payloads.map((data) => ({ data })),
      { db: through(tx) },
    )
  }

  async function later(name: JobName, job: JobWithMetadata<object>, afterSeconds: number): Promise<void> {
    await boss.send(name, job.data, { startAfter: afterSeconds, ...(job.singletonKey === null ? {} : { singletonKey: job.singletonKey }) })
  }

  async function run(deps: Deps, name: JobName, handler: Handler<JobName>, job: JobWithMetadata<object>): Promise<JobResult> {
    const started = performance.now()
    const fields = { job: name, id: job.id, ...idsOf(job.data), attempt: job.retryCount + 1 }
    const took = () => Math.round(performance.now() - started)
    try {
      await handler(deps, job.data as Jobs[JobName], contextOf(job))
      log.info('job done', { ...fields, ms: took() })
      return { id: job.id, status: 'completed' }
    } catch (error) {
      const wait = waitOf(error)
      if (wait !== null) {
        log.info('job waits', { ...fields, ms: took(), seconds: wait, why: error instanceof Error ? error.message : undefined })
        await later(name, job, wait)
        return { id: job.id, status: 'completed' }
      }
      const hopeless = error instanceof GiveUp || (error instanceof PlatformError && error.remedy === 'give up')
      const forGood = hopeless || contextOf(job).lastAttempt
      log.error(forGood ? 'job failed for good' : 'job failed', error, { ...fields, ms: took() })
      if (forGood && queues[name].perRunner) tendSoon()
      return { id: job.id, status: hopeless ? 'deadletter' : 'failed', output: { message: sentence(error) } }
    }
  }

  const tend = () => void unblock(boss).catch((error) => log.error('queue tending failed', error))

  /** The failed job is in its last state a moment after its handler has ended. */
  function tendSoon(): void {
    for (const wait of [500, 3000]) soon.add(setTimeout(tend, wait).unref())
  }

  async function work(deps: Deps, handlers: Partial<Handlers>, crons: Cron[]): Promise<void> {
    working = true
    for (const name of names) {
      const handler = handlers[name] as Handler<JobName> | undefined
      if (!handler) continue
      const facts = queues[name]
      const options = {
        batchSize: facts.batch,
        perJobResults: true,
        includeMetadata: true,
        burstWhenBatchFull: true,
        localConcurrency: facts.fetchers,
        pollingIntervalSeconds: 1,
        notifyPollingIntervalSeconds: facts.perRunner ? 1 : 3,
      } as const
      await boss.work(name, options, (jobs: JobWithMetadata<object>[]) =>
        together(jobs, facts.together, (job) => run(deps, name, handler, job)),
      )
    }
    await keepSchedules(boss, crons)
    tending = setInterval(tend, 30_000)
    tending.unref()
  }

  return {
    add,
    addMany,
    work,
    deadLetters: async () => {
      const jobs = await boss.findJobs<object>(DEAD_LETTERS, { queued: true })
      return jobs.map(toDeadLetter).sort((a, b) => b.failedAt.getTime() - a.failedAt.getTime())
    },
    replay: async (id) => {
      refuseInsideTransaction('queue.replay')
      await unblock(boss)
      return (await boss.redrive(DEAD_LETTERS, { ids: [id] })) > 0
    },
    depth: async () => {
      const found = await database.front.execute(
        sql`select name, count(*)::int as waiting from pgboss.job where state <= 'active' group by name`,
      )
      return Object.fromEntries(rowsOf<{ name: string; waiting: number }>(found).map(({ name, waiting }) => [name, waiting]))
    },
    isBusy: async (some, key, soonSeconds = 5) => {
      refuseInsideTransaction('queue.isBusy')
      const found = await database.front.execute(
        sql`select 1 from pgboss.job where name in ${some} and singleton_key = ${key} and state <= 'active'
             and (state = 'active' or start_after <= now() + ${soonSeconds} * interval '1 second') limit 1`,
      )
      return rowsOf(found).length > 0
    },
    check: async () => {
      refuseInsideTransaction('queue.check')
      const found = await database.front.execute(sql`select version from pgboss.version limit 1`)
      if (rowsOf(found).length === 0) throw new Error('The queue has no tables.')
    },
    stop: async (seconds = 10) => {
      clearInterval(tending)
      for (const timer of soon) clearTimeout(timer)
      await boss.stop({ graceful: working, timeout: seconds * 1000, close: true })
    },
  }
}

/** The caller's transaction as pg-boss wants it. */
function through(tx: Tx) {
  return fromDrizzle({ execute: async (query: SQL) => ({ rows: rowsOf<Record<string, unknown>>(await tx.execute(query)) }) }, sql)
}

function contextOf(job: JobWithMetadata<object>): JobContext {
  return { id: job.id, attempt: job.retryCount + 1, lastAttempt: job.retryCount >= job.retryLimit, signal: job.signal }
}

/** Seconds after which the error asks for another go that does not count as a try; null when it does not ask. */
function waitOf(error: unknown): number | null {
  if (error instanceof RetryLater) return error.afterSeconds
  if (error instanceof PlatformError && error.remedy === 'retry' && error.retryAfterSeconds !== undefined) return error.retryAfterSeconds
  return null
}

function sentence(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
}

/** The ids of a payload, for the log. */
function idsOf(data: object): Record<string, string> {
  return Object.fromEntries(Object.entries(data).filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
}

/** Runs `act` over all items, `limit` at the same time; results in the items' order. */
async function together<Item, Result>(items: Item[], limit: number, act: (item: Item) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = []
  let next = 0
  const lane = async () => {
    for (let at = next++; at < items.length; at = next++) results[at] = await act(items[at]!)
  }
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, lane))
  return results
}

function optionsOf(facts: QueueFacts) {
  return {
    retryLimit: facts.tries - 1,
    retryDelay: facts.firstWaitSeconds,
    retryBackoff: true,
    retryDelayMax: facts.longestWaitSeconds,
    expireInSeconds: facts.expireSeconds,
    heartbeatSeconds: HEARTBEAT_SECONDS,
    deleteAfterSeconds: 3600,
    deadLetter: DEAD_LETTERS,
    notify: true,
  }
}

/** Makes the queues that are missing and gives the others their present facts. */
async function makeQueues(boss: PgBoss): Promise<void> {
  const there = new Map((await boss.getQueues()).map((queue) => [queue.name, queue]))
  if (!there.has(DEAD_LETTERS)) await boss.createQueue(DEAD_LETTERS, { retentionSeconds: 90 * 86_400 })
  for (const name of names) {
    const options = optionsOf(queues[name])
    const known = there.get(name)
    if (!known) await boss.createQueue(name, { ...options, policy: queues[name].perRunner ? 'key_strict_fifo' : 'standard' })
    else if (Object.entries(options).some(([key, value]) => known[key as keyof typeof options] !== value))
      await boss.updateQueue(name, options)
    // The first use of a queue reads its row on pg-boss's own connection, which inside a transaction would wait for ever.
    await boss.update(name, {}, { singletonKey: 'none' })
  }
}

/**
 * Puts back the jobs that a killed process was working on. Only where no other process can be at work: on the embedded
 * database, whose folder is locked. Their try counts, so a job that kills the process ends as a dead letter.
 */
async function takeBack(boss: PgBoss): Promise<void> {
  const db = boss.getDb()
  const { rows } = await db.executeSql(`select id, name from pgboss.job where state = 'active' and retry_count >= retry_limit`)
  for (const row of rows)
    await boss.fail(String(row.name), String(row.id), { message: 'The service was stopped while it did this, each time.' })
  await db.executeSql(`update pgboss.job set state = 'retry', start_after = now(), heartbeat_on = null where state = 'active'`)
}

/** A job that failed for good stands in the way of its runner's next ones; its copy among the dead letters is what counts. */
async function unblock(boss: PgBoss): Promise<void> {
  for (const name of names) {
    if (!queues[name].perRunner) continue
    for (const key of await boss.getBlockedKeys(name)) {
      const failed = (await boss.findJobs(name, { key })).filter((job) => job.state === 'failed')
      if (failed.length > 0)
        await boss.deleteJob(
          name,
          failed.map((job) => job.id),
        )
    }
  }
}

async function keepSchedules(boss: PgBoss, crons: Cron[]): Promise<void> {
  for (const old of await boss.getSchedules()) {
    if (!crons.some((cron) => cron.name === old.name)) await boss.unschedule(old.name)
  }
  for (const { name, cron, payload } of crons) await boss.schedule(name, cron, payload, { tz: 'UTC' })
}

function toDeadLetter(job: JobWithMetadata<object>): DeadLetter {
  const output = job.sourceOutput as { message?: unknown } | null
  return {
    id: job.id,
    name: job.sourceName ?? '',
    payload: job.data,
    error: typeof output?.message === 'string' ? output.message : 'unknown',
    tries: (job.sourceRetryCount ?? 0) + 1,
    failedAt: job.createdOn,
    queuedAt: job.sourceCreatedOn,
  }
}
