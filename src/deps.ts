/** Types of what is handed in everywhere. Types only: who makes them stands in main.ts. */

import type { Db } from './db/open.ts'
import type { DecodePool } from './fit/pool.ts'
import type { Queue } from './jobs/queue.ts'
import type { Log } from './log.ts'
import type { Settings } from './settings.ts'

export type Deps = {
  settings: Settings
  db: Db
  queue: Queue
  decode: DecodePool
  now: () => Date
  log: Log
  /** For calls to platforms; unset: the runtime's own. */
  fetch?: typeof fetch
  /** For short waits inside a job; unset: the runtime's own. */
  sleep?: (ms: number) => Promise<void>
}
