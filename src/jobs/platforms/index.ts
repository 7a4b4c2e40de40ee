/** The jobs that have to do with platforms. */
import { dropOldBudgets } from '../../db/budgets.ts'
import { dropOldFlows, keepResealed, liveConnections } from '../../db/connections.ts'
import { dropHandledWebhooks } from '../../db/webhooks.ts'
import type { Deps } from '../../deps.ts'
import type { Cron, Handlers } from '../queue.ts'
import { connectKeys } from './connect.ts'
import { sealerFor } from './context.ts'
import { publishRunner, syncDeliveries, verifyDeliveries } from './deliver.ts'
import { activityGone, expireSources, fetchActivity, fetchHistory } from './fetch.ts'
import { importHistory, sweepConnection, sweepConnections } from './import.ts'
import { expandPush, readWebhook } from './inbox.ts'
import { leavePlatform, proveLeft } from './leave.ts'
import { notifyRunner, sweepNotices } from './notices.ts'
import { patient } from './patience.ts'
import { ensureSubscription, ensureSubscriptions } from './subscriptions.ts'
import { openTokens, tokenColumns } from './tokens.ts'

export const platformHandlers = {
  'runner.publish': publishRunner,
  'webhook.read': readWebhook,
  'push.expand': patient<'push.expand'>(expandPush),
  'activity.fetch': patient<'activity.fetch'>(fetchActivity),
  'history.fetch': patient<'history.fetch'>(fetchHistory),
  'activity.gone': activityGone,
  'connection.import': patient<'connection.import'>(importHistory),
  'connection.sweep': patient<'connection.sweep'>(sweepConnection),
  'connections.sweep': async (deps) => {
    await connectKeys(deps)
    await sweepConnections(deps)
  },
  'connection.prove': patient<'connection.prove'>(proveLeft),
  'connection.leave': patient<'connection.leave'>(leavePlatform),
  'delivery.sync': patient<'delivery.sync'>(syncDeliveries),
  'deliveries.verify': verifyDeliveries,
  'subscription.ensure': patient<'subscription.ensure'>(async (deps, payload) => {
    await ensureSubscription(deps, payload)
  }),
  'sources.expire': expireSources,
  'runner.notify': notifyRunner,
  'notices.sweep': sweepNotices,
  'platforms.tidy': tidyPlatforms,
} satisfies Partial<Handlers>

export const platformCrons: Cron[] = [
  { name: 'connections.sweep', cron: '*/3 * * * *', payload: {} },
  { name: 'deliveries.verify', cron: '11 1 * * *', payload: {} },
  { name: 'sources.expire', cron: '23 * * * *', payload: {} },
  { name: 'notices.sweep', cron: '*/10 * * * *', payload: {} },
  { name: 'platforms.tidy', cron: '17 4 * * *', payload: {} },
]

const DAY_MS = 86_400_000

/** Pushes that were worked through after 30 days, connecting that was never finished after one, old counts after two; webhooks are looked at. */
async function tidyPlatforms(deps: Deps): Promise<void> {
  const before = (days: number) => new Date(deps.now().getTime() - days * DAY_MS)
  await dropHandledWebhooks(deps.db, before(30))
  await dropOldFlows(deps.db, before(1))
  await dropOldBudgets(deps.db, before(2))
  await ensureSubscriptions(deps)
  await sealAnew(deps)
}

/** Tokens that were sealed with a former key are sealed with the first one, so that the former can be taken out of the settings. */
async function sealAnew(deps: Deps): Promise<void> {
  const sealer = sealerFor(deps.settings)
  for (const row of await liveConnections(deps.db)) {
    if (row.sealedTokens === null || !sealer.isStale(row.sealedTokens)) continue
    const tokens = openTokens(deps, row)
    if (tokens) await keepResealed(deps.db, row, tokenColumns(deps, row, tokens).sealedTokens)
  }
}
