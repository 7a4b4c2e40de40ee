/** Reading files off the main thread, so that the event loop goes on while hundreds of them come in. */
import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { Piscina } from 'piscina'
import type { ReadOutcome, ReadTask } from './worker.ts'

export type { DecodedActivity, ReadOutcome } from './worker.ts'

export type DecodePool = {
  /**
   * Reads one file; never throws for what is in it. A file that takes too long or too much memory is rejected, and the pool
   * goes on with the next.
   */
  read: (bytes: Uint8Array, name: string) => Promise<ReadOutcome>
  /** The same for a platform's record (record.ts). */
  record: (bytes: Uint8Array) => Promise<ReadOutcome>
  /** Files that wait for a thread. */
  waiting: () => number
  close: () => Promise<void>
}

export type PoolOptions = {
  /** Threads at most; by default one less than there are cores. */
  threads?: number
  /** How long one file may take, waiting not counted. */
  timeoutMs?: number
  /** Heap of one thread. */
  memoryMb?: number
  /** Told about a fault of the reader itself, for the log. */
  onFault?: (error: unknown, name: string) => void
}

/** The worker beside the bundle, or its source where the sources run as they are. */
function workerFile(): string {
  const bundled = fileURLToPath(new URL('./worker.js', import.meta.url))
  return existsSync(bundled) ? bundled : fileURLToPath(new URL('./worker.ts', import.meta.url))
}

/** Opens a pool of reading threads; the threads start with the first file and end after half a minute without one. */
export function decodePool(options: PoolOptions = {}): DecodePool {
  const threads = options.threads ?? Math.max(1, availableParallelism() - 1)
  const timeoutMs = options.timeoutMs ?? 30_000
  const pool = new Piscina<ReadTask, ReadOutcome>({
    filename: workerFile(),
    minThreads: 0,
    maxThreads: threads,
    idleTimeout: 30_000,
    // Reading gives way to whoever waits for an answer; on Linux only, where each thread has a priority of its own.
    niceIncrement: process.platform === 'linux' ? 10 : 0,
    execArgv: [],
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: options.memoryMb ?? 512, maxYoungGenerationSizeMb: 16 },
  })
  const turns = new Turns(threads)

  return {
    read: (bytes, name) => run({ bytes, name, kind: 'file' }),
    record: (bytes) => run({ bytes, name: 'record', kind: 'record' }),
    waiting: () => turns.waiting,
    close: async () => {
      await pool.destroy()
    },
  }

  async function run(task: ReadTask): Promise<ReadOutcome> {
    await turns.take()
    try {
      return await pool.run(task, { signal: AbortSignal.timeout(timeoutMs) })
    } catch (error) {
      return { outcome: 'rejected', detail: refusal(error, task.name) }
    } finally {
      turns.give()
    }
  }

  function refusal(error: unknown, name: string): string {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ERR_WORKER_OUT_OF_MEMORY') return 'The file needs far more memory than an activity does; reading it was stopped.'
    if (error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError'))
      return `The file took longer than ${Math.round(timeoutMs / 1000)} seconds to read, far more than an activity does; reading it was stopped.`
    options.onFault?.(error, name)
    return 'The file could not be read: what it holds makes no sense as an activity. Export it again, as FIT if you can.'
  }
}

/** As many at a time as there are threads, first come first served; so that a file's time limit starts when its turn comes. */
class Turns {
  private free: number
  private readonly queue: (() => void)[] = []

  constructor(count: number) {
    this.free = count
  }

  get waiting(): number {
    return this.queue.length
  }

  async take(): Promise<void> {
    if (this.free > 0) {
      this.free--
      return
    }
    await new Promise<void>((resolve) => {
      this.queue.push(resolve)
    })
  }

  give(): void {
    const next = this.queue.shift()
    if (next) next()
    else this.free++
  }
}
