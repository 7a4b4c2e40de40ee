/** What the documents say of the platforms, made from the platform objects themselves. */
import { platforms } from './index.ts'
import type { Platform } from './platform.ts'

const arrives = { push: 'pushed with the record', ping: 'told by webhook, then read', poll: 'asked for' } as const

function historyOf({ runs }: Platform): string {
  if (runs.historyDays === 0) return 'none before connecting'
  const reach = runs.historyDays === null ? 'all' : `${runs.historyDays} days`
  return runs.list ? reach : `${reach}, sent on request`
}

function limitsOf({ limits }: Platform): string {
  return limits.windows
    .map(
      ({ name, calls, callsPerUser, per }) =>
        `${calls}${callsPerUser ? ` + ${callsPerUser} for each user` : ''} (${name}${per === 'user' ? ' and runner' : ''}`,
    )
    .join(', ')
}

function windowOf({ calendar }: Platform): string {
  return calendar ? `today to ${calendar.window.toDays} days ahead` : 'none'
}

/** A row for each platform: how runs come in and sessions go out. */
export function platformTable(): string {
  const rows = platforms.map((platform) =>
    [
      platform.label,
      arrives[platform.runs.arrive],
      historyOf(platform),
      platform.calendar?.as ?? 'none',
      windowOf(platform),
      platform.calendar?.list ? 'listed and compared' : platform.calendar ? 'sent again' : '',
      limitsOf(platform),
    ].join(' | '),
  )
  const head = 'Platform | Runs in | History | Sessions out | Days | Nightly check | Limits kept'
  return [`| ${head} |`, `|${' --- |'.repeat(7)}`, ...rows.map((row) => `| ${row} |`)].join('\n')
}

/** What the operator does for each platform, as a list. */
export function setUpText(): string {
  return platforms
    .map((platform) => {
      const callback = `\`PUBLIC_URL/connect/${platform.id}/callback\``
      const webhook = `\`${webhookOf(platform)}\``
      const steps = platform.setUp.map(
        (step, index) => `${index + 1}. ${step.replaceAll('{callback}', callback).replaceAll('{webhook}', webhook)}`,
      )
      const words = [platform.noCalendar, platform.warning].filter((text) => text !== null).join('\n\n')
      return `### ${platform.label}\n\n${steps.join('\n')}${words ? `\n\n${words}` : ''}`
    })
    .join('\n\n')
}

function webhookOf({ id }: Platform): string {
  const secret = { strava: '/STRAVA_WEBHOOK_SECRET', garmin: '/GARMIN_WEBHOOK_SECRET' } as Partial<Record<string, string>>
  return `PUBLIC_URL/webhooks/${id}${secret[id] ?? ''}`
}
