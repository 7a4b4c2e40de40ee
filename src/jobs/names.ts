/** Every job of the service: its payload and how its queue behaves. A new job is one line in each of the two. */

/** Payloads hold ids only: the job reads the row before it, writes the row after it and names the next job. */
export type Jobs = {
  /** One kept file -> run (or why not). */
  'arrival.read': { runnerId: string; arrivalId: string }
  /** A kept zip -> one arrival for each file in it. */
  'arrival.unpack': { runnerId: string; arrivalId: string }
  /** Runs -> easy or hard, thresholds. */
  'runner.assess': { runnerId: string }
  /** Assessed runs, profile, sessions -> the coming sessions. */
  'runner.plan': { runnerId: string }
  /** Sessions -> the platforms that take them. */
  'runner.publish': { runnerId: string }
  /** Every runner's plan moves on with the calendar. */
  'plans.renew': Record<string, never>
  /** Rows that are no longer needed. */
  'service.tidy': Record<string, never>
}
export type JobName = keyof Jobs

/** How one queue behaves. */
export type QueueFacts = {
  /** One at a time for each runner, over all processes; those that wait for the same runner become one. */
  perRunner: boolean
  /** Tries in all before it becomes a dead letter. */
  tries: number
  /** Wait before the second try; each further wait doubles, with jitter, up to `longestWaitSeconds`. */
  firstWaitSeconds: number
  longestWaitSeconds: number
  /** A job that runs longer is given to another worker. */
  expireSeconds: number
  /** Jobs fetched at once, and of those, how many run at the same time. */
  batch: number
  together: number
}

const plain: QueueFacts = {
  perRunner: false,
  tries: 6,
  firstWaitSeconds: 1,
  longestWaitSeconds: 300,
  expireSeconds: 900,
  batch: 6,
  together: 3,
}
const perRunner: QueueFacts = { ...plain, perRunner: true, batch: 5, together: 2 }

export const queues: Record<JobName, QueueFacts> = {
  'arrival.read': plain,
  'arrival.unpack': { ...plain, expireSeconds: 4 * 3600, batch: 2, together: 1 },
  'runner.assess': perRunner,
  'runner.plan': perRunner,
  'runner.publish': { ...perRunner, tries: 12, longestWaitSeconds: 3 * 3600 },
  'plans.renew': { ...plain, batch: 2, together: 1 },
  'service.tidy': { ...plain, batch: 2, together: 1 },
}
