/** The page on which a stranger plays the watch: records runs, looks at its calendar, breaks the platform. */
import { weekdayOf } from '../../src/core/days.ts'
import { escaped, page } from './consent-page.ts'
import type { Kit } from './kit.ts'
import type { CalendarEntry, SimulatedActivity, SimulatedOptions, SimulatedPlatform } from './types.ts'

/** Platforms that other apps cannot write plans to. */
const takesNoPlans: readonly string[] = ['strava', 'polar']

type Shown = { platform: SimulatedPlatform; kit: Kit }
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

function dayName(day: string): string {
  const weekday = weekdayOf(day)
  return `${weekday[0]!.toUpperCase()}${weekday.slice(1, 3)} ${Number(day.slice(8))} ${months[Number(day.slice(5, 7)) - 1]}`
}

function entryHtml(entry: CalendarEntry): string {
  const steps = entry.steps.map((step) => `<li>${escaped(step.text)}</li>`).join('')
  const name = `<span class="${entry.ours ? 'ours' : 'theirs'}">${escaped(entry.name)}</span>${entry.shown ? '' : ' <small>(not shown on the device)</small>'}`
  const more = steps
    ? `<details><summary>${entry.steps.length === 1 ? '1 step' : `${entry.steps.length} steps`}</summary><ol>${steps}</ol></details>`
    : ''
  return `<li><span>${dayName(entry.localDate)}${entry.localTime ? ` ${entry.localTime}` : ''}</span><div>${name}${more}</div></li>`
}

function runLine(activity: SimulatedActivity): string {
  const kilometers = activity.distanceMeters === null ? '' : `${(activity.distanceMeters / 1000).toFixed(1)} km, `
  const heart = activity.averageHeartRate === null ? '' : `, ${activity.averageHeartRate} bpm`
  return `${escaped(activity.title)}: ${kilometers}${Math.round(activity.seconds / 60)} min${heart}`
}

function buttons(platform: SimulatedPlatform, runner: number, actions: readonly (readonly [string, string])[]): string {
  return `<form class="row" method="post" action="/control/${platform.id}"><input type="hidden" name="runner" value="${runner}">${actions
    .map(([action, label]) => `<button name="action" value="${action}">${escaped(label)}</button>`)
    .join('')}</form>`
}

function sectionHtml({ platform, kit }: Shown): string {
  const today = kit.today()
  const entries = platform.calendar().filter((entry) => entry.localDate >= today)
  const connected = platform.grants().some((grant) => grant.active)
  const [last] = platform.activities()
  const faults = [...kit.faults.list(), ...kit.sender.faults.list()].map((fault) => ('label' in fault && fault.label) || fault.kind)
  const push = platform.deliveries.at(-1)
  const heard = push?.status == null ? 'not answered' : `answered with ${push.status}`
  const pushed = push ? `<p class="soft">Last push: ${escaped(push.kind)}, ${heard}</p>` : ''
  const calendar = takesNoPlans.includes(platform.id)
    ? '<p class="soft">Other apps cannot put sessions on this calendar.</p>'
    : `<ol class="week">${entries.map(entryHtml).join('') || '<li>The calendar is empty.</li>'}</ol>`
  const refused = platform.violations.at(-1)
  return `<section id="${platform.id}"><header><h2>Simulated ${escaped(platform.label)}</h2><span class="soft">${
    connected ? 'connected' : 'not connected yet'
  } · ${platform.activities().length} activities${last ? `, the last: ${runLine(last)}` : ''}</span></header>
${buttons(platform, 1, [
  ['easy', 'Record an easy run now'],
  ['intervals', 'Record intervals now'],
  ['delete', 'Delete last run'],
])}${pushed}
${calendar}
<details><summary>Break it</summary>${buttons(platform, 1, [
    ['down', 'Platform is down'],
    ['limit', 'Too many requests'],
    ['lost', 'Lose the next push'],
    ['double', 'Send the next push twice'],
    ['forge', 'Forge the next push'],
    ['expire', 'Tokens run out'],
    ['withdraw', 'Runner withdraws access'],
    ['mend', 'Everything works again'],
  ])}${faults.length > 0 ? `<p class="bad">Switched on: ${faults.map((fault) => escaped(String(fault))).join(', ')}</p>` : ''}${
    refused ? `<p class="bad">Last refused: ${escaped(refused.text)}</p>` : ''
  }</details></section>`
}

export function controlPage(platforms: readonly Shown[], options: SimulatedOptions): string {
  const home = options.publicWebhookBase ? ` · <a href="${escaped(options.publicWebhookBase)}">Back to Stridelift</a>` : ''
  const back = `<p><a href="/">Look again</a>${home}</p>`
  return page(
    'Simulated watches',
    `<h1>Simulated watches</h1><p>Each of these plays a platform with a runner, a watch and a calendar. Connect one in Stridelift, record a run here, and see what lands on the calendar: ▣ marks what Stridelift wrote, the rest was there before.</p>${back}${platforms
      .map(sectionHtml)
      .join('')}`,
  )
}

/** Does what a button says. @returns where the browser goes next */
export async function controlAction(platforms: readonly Shown[], path: string, form: URLSearchParams): Promise<string> {
  const id = path.split('/')[2]
  const shown = platforms.find(({ platform }) => platform.id === id)
  if (!shown) return '/'
  const { platform } = shown
  const runner = Number(form.get('runner') ?? 1)
  const actions: Record<string, () => void> = {
    easy: () => platform.addRun({ kind: 'easy', runner }),
    intervals: () => platform.addRun({ kind: 'intervals', runner }),
    delete: () => {
      const [last] = platform.activities(runner)
      if (last) platform.deleteRun(last.externalId)
    },
    down: () => platform.fault({ on: '* /', kind: 'status', status: 503, label: 'platform is down' }),
    limit: () => platform.fault({ on: '* /', kind: 'status', status: 429, times: 5, label: 'too many requests' }),
    lost: () => platform.webhookFault({ kind: 'lost', times: 1 }),
    double: () => platform.webhookFault({ kind: 'doubled', times: 1 }),
    forge: () => platform.webhookFault({ kind: 'forged', times: 1 }),
    expire: () => platform.expireTokens(),
    withdraw: () => platform.deauthorise(runner),
    mend: () => platform.clearFaults(),
  }
  actions[form.get('action') ?? '']?.()
  return `/#${platform.id}`
}
