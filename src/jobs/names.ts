/** Every job of the service: its payload and how its queue behaves. A new job is one line in each of the two. */

import type { RunNotice } from '../platforms/platform.ts'
import type { PlatformId } from '../settings.ts'

/** A runner's connection. `since` is when the work was first queued (ISO 8601): how long it may wait is counted from there. */
export type OnPlatform = { runnerId: string; platform: PlatformId; since: string }

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
  /** What a platform pushed -> a job for each thing in it. */
  'webhook.read': { id: string }
  /** The records behind an address that a push named. */
  'push.expand': OnPlatform & { address: string }
  /** One activity of a platform -> arrival. */
  'activity.fetch': OnPlatform & { notice: RunNotice; updated?: boolean }
  /** The same for the history, which yields to what is of today. */
  'history.fetch': OnPlatform & { notice: RunNotice }
  /** A platform took an activity back. */
  'activity.gone': { runnerId: string; platform: PlatformId; externalId: string }
  /** The history of a new connection, newest first. */
  'connection.import': OnPlatform
  /** Runs that no push told of, and tokens that would end unused. */
  'connection.sweep': OnPlatform
  /** A connection sweep for everyone whose turn it is. */
  'connections.sweep': Record<string, never>
  /** The platform says that the runner left: to be proved. */
  'connection.prove': OnPlatform
  /** The runner left: entries are withdrawn, the platform is told, tokens go. */
  'connection.leave': OnPlatform
  /** Wanted sessions against what stands on a platform. */
  'delivery.sync': OnPlatform & { verify?: boolean }
  /** A comparison with every platform that has sessions. */
  'deliveries.verify': Record<string, never>
  /** Our webhook at a platform that registers it by call. */
  'subscription.ensure': { platform: PlatformId; since: string }
  /** Figures that a platform's policy lets nobody keep. */
  'sources.expire': Record<string, never>
  /** Words that a runner was not sent yet. */
  'runner.notify': { runnerId: string }
  'notices.sweep': Record<string, never>
  /** What platforms left behind, and our webhooks there. */
  'platforms.tidy': Record<string, never>
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
  /** Who fetches jobs in each process; how many each fetches at once, and of those, how many run at the same time. */
  fetchers: number
  batch: number
  together: number
}

const plain: QueueFacts = {
  perRunner: false,
  tries: 6,
  firstWaitSeconds: 1,
  longestWaitSeconds: 300,
  expireSeconds: 900,
  fetchers: 2,
  batch: 6,
  together: 3,
}
const perRunner: QueueFacts = { ...plain, perRunner: true, fetchers: 1, batch: 5, together: 2 }

/** Work that waits for a platform for many hours by itself; these tries are for faults of our own. */
const platform: QueueFacts = { ...plain, tries: 10, longestWaitSeconds: 3600 }
const onConnection: QueueFacts = { ...platform, perRunner: true, fetchers: 1 }

export const queues: Record<JobName, QueueFacts> = {
  'arrival.read': plain,
  'arrival.unpack': { ...plain, expireSeconds: 4 * 3600, batch: 2, together: 1 },
  'runner.assess': perRunner,
  'runner.plan': perRunner,
  'runner.publish': { ...perRunner, tries: 12, longestWaitSeconds: 3 * 3600 },
  'webhook.read': { ...plain, tries: 10, longestWaitSeconds: 3600 },
  'push.expand': platform,
  'activity.fetch': platform,
  // A history has time: few at once leave room for what is of today.
  'history.fetch': { ...platform, fetchers: 1 },
  'activity.gone': plain,
  'connection.import': { ...onConnection, batch: 4, together: 2, expireSeconds: 3600 },
  'connection.sweep': { ...onConnection, batch: 8, together: 2 },
  'connections.sweep': { ...plain, batch: 2, together: 1 },
  'connection.prove': onConnection,
  'connection.leave': onConnection,
  'delivery.sync': { ...onConnection, batch: 8, together: 3 },
  'deliveries.verify': { ...plain, batch: 2, together: 1 },
  'subscription.ensure': { ...platform, batch: 2, together: 1 },
  'sources.expire': { ...plain, batch: 2, together: 1 },
  'runner.notify': { ...perRunner, tries: 8, longestWaitSeconds: 7200 },
  'notices.sweep': { ...plain, batch: 2, together: 1 },
  'platforms.tidy': { ...plain, batch: 2, together: 1 },
  'plans.renew': { ...plain, batch: 2, together: 1 },
  'service.tidy': { ...plain, batch: 2, together: 1 },
}
