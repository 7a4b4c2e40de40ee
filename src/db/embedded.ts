/**
 * PGlite in a worker thread. It works synchronously, so on the main thread every query would hold the event loop back; here
 * the loop stays free. The main side keeps the one connection's order: a transaction has it alone until it ends. There are two
 * handles to it: what somebody waits for (a page, a platform's push) goes in front of the jobs' work that waits, see `Line`.
 */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { PGlite, QueryOptions, Results, Transaction } from '@electric-sql/pglite'

export type Question = { id: number } & (
  | { kind: 'query'; text: string; params: unknown[]; rowMode?: 'array' | 'object'; asText?: number[] }
  | { kind: 'exec'; text: string }
  | { kind: 'listen'; channel: string }
  | { kind: 'unlisten'; listener: number }
  | { kind: 'close' }
)
type Asked = Question extends infer One ? (One extends Question ? Omit<One, 'id'> : never) : never
export type Answer =
  | { ready: true }
  | { id: number; result: unknown }
  | { id: number; error: Record<string, unknown> }
  | { told: number; payload: string }

/** What drizzle and pg-boss use of PGlite. */
type Used = Pick<PGlite, 'query' | 'exec' | 'transaction' | 'listen' | 'close'>

/** The worker beside the bundle, or its source where the sources run as they are. */
function workerFile(): string {
  const bundled = fileURLToPath(new URL('./embedded.js', import.meta.url))
  return existsSync(bundled) ? bundled : fileURLToPath(new URL('./embedded-worker.ts', import.meta.url))
}

/** Two handles to one engine; each can be used like a PGlite, without blobs and live queries. */
export type Embedded = {
  /** For work that nobody waits for. */
  back: PGlite
  /** For what is to be answered at once: it goes before all that waits in `back`. */
  front: PGlite
}

/** Opens the database in a folder, in a thread of its own. Closing either handle closes it. */
export async function openEmbedded(folder: string): Promise<Embedded> {
  const worker = new Worker(workerFile(), {
    workerData: folder,
    execArgv: [],
    name: 'database',
    // Queries leave short-lived garbage only; a small young generation is swept often and keeps the process small.
    resourceLimits: { maxYoungGenerationSizeMb: 16 },
  })
  const line = new Line(worker)
  await line.ready
  return { back: handle(line, worker, 'back'), front: handle(line, worker, 'front') }
}

function handle(line: Line, worker: Worker, lane: Lane): PGlite {
  const used: Used = {
    query: (text, params, options) => line.alone(lane, () => line.query(text, params, options)),
    exec: (text) => line.alone(lane, () => line.exec(text)),
    transaction: (work) => line.alone(lane, () => transaction(line, work)),
    listen: async (channel, callback) => {
      const listener = await line.alone(lane, () => line.listen(channel, callback))
      return async () => {
        await line.alone(lane, () => line.ask({ kind: 'unlisten', listener }))
      }
    },
    close: async () => {
      await line.alone(lane, () => line.ask({ kind: 'close' }))
      await worker.terminate()
    },
  }
  return used as PGlite
}

type Lane = keyof Embedded

/** After so many in front one in the back has its turn, so that it comes to its end under any stream of requests. */
const FRONT_IN_A_ROW = 8

/**
 * Questions and answers between the threads, and the turn-taking on the one connection: whoever has it keeps it to the end of
 * the transaction; then comes who waits in front, then who waits in the back, each in the order of asking.
 */
class Line {
  readonly ready: Promise<void>
  private readonly worker: Worker
  private readonly open = new Map<number, { done: (value: unknown) => void; failed: (error: Error) => void }>()
  private readonly listeners = new Map<number, (payload: string) => void>()
  private readonly waiting: Record<Lane, (() => void)[]> = { front: [], back: [] }
  private taken = false
  private frontInARow = 0
  private ids = 0
  private broken: Error | null = null

  constructor(worker: Worker) {
    this.worker = worker
    this.ready = new Promise((done, failed) => {
      const fail = (error: Error) => {
        this.broken = error
        failed(error)
        for (const one of this.open.values()) one.failed(error)
        this.open.clear()
      }
      worker.on('error', fail)
      worker.on('exit', () => fail(new Error('The embedded database has ended.')))
      worker.on('message', (answer: Answer) => {
        if ('ready' in answer) done()
        else this.take(answer)
      })
    })
  }

  private take(answer: Exclude<Answer, { ready: true }>): void {
    if ('told' in answer) {
      this.listeners.get(answer.told)?.(answer.payload)
      return
    }
    const one = this.open.get(answer.id)
    this.open.delete(answer.id)
    if ('error' in answer) one?.failed(Object.assign(new Error(String(answer.error.message)), answer.error))
    else one?.done(answer.result)
  }

  /** Runs `work` when its turn has come; nothing else runs meanwhile. */
  async alone<Result>(lane: Lane, work: () => Promise<Result>): Promise<Result> {
    if (this.taken) await new Promise<void>((turn) => this.waiting[lane].push(turn))
    this.taken = true
    try {
      return await work()
    } finally {
      this.passOn()
    }
  }

  private passOn(): void {
    const { front, back } = this.waiting
    const isFront = front.length > 0 && (back.length === 0 || this.frontInARow < FRONT_IN_A_ROW)
    this.frontInARow = isFront ? this.frontInARow + 1 : 0
    const turn = (isFront ? front : back).shift()
    if (turn) turn()
    else this.taken = false
  }

  ask(question: Asked): Promise<unknown> {
    if (this.broken) return Promise.reject(this.broken)
    const id = ++this.ids
    return new Promise((done, failed) => {
      this.open.set(id, { done, failed })
      this.worker.postMessage({ id, ...question })
    })
  }

  async query<Row>(text: string, params: unknown[] = [], options?: QueryOptions): Promise<Results<Row>> {
    const asText = options?.parsers && Object.keys(options.parsers).map(Number)
    return (await this.ask({ kind: 'query', text, params, rowMode: options?.rowMode, asText })) as Results<Row>
  }

  async exec(text: string): Promise<Results[]> {
    return (await this.ask({ kind: 'exec', text })) as Results[]
  }

  async listen(channel: string, callback: (payload: string) => void): Promise<number> {
    const listener = this.ids + 1
    this.listeners.set(listener, callback)
    await this.ask({ kind: 'listen', channel })
    return listener
  }
}

/** Begins, works, commits; an error rolls back and rises. The thread answers in order, so the first query need not wait for `begin`. */
async function transaction<Result>(line: Line, work: (tx: Transaction) => Promise<Result>): Promise<Result> {
  const begun = line.exec('begin')
  begun.catch(() => {})
  let ended = false
  const check = () => {
    if (ended) throw new Error('The transaction has ended.')
  }
  const used: Pick<Transaction, 'query' | 'exec' | 'rollback' | 'closed'> = {
    query: (text, params, options) => {
      check()
      return line.query(text, params, options)
    },
    exec: (text) => {
      check()
      return line.exec(text)
    },
    rollback: async () => {
      check()
      ended = true
      await line.exec('rollback')
    },
    get closed() {
      return ended
    },
  }
  try {
    const result = await work(used as Transaction)
    await begun
    if (!ended) {
      ended = true
      await line.exec('commit')
    }
    return result
  } catch (error) {
    if (!ended) {
      ended = true
      await line.exec('rollback')
    }
    throw error
  }
}
