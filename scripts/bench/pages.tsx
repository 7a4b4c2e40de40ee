/**
 * How long pages take to draw, from view model to text: `node scripts/run.ts scripts/bench/pages.tsx`. Prints the median of
 * each and its ratio to writing the same bytes out of one plain template, measured in the same process.
 */
import type { Child } from 'hono/jsx'
import { CalendarPage } from '../../src/web/pages/calendar.tsx'
import { RunPage } from '../../src/web/pages/run.tsx'
import { SessionPage } from '../../src/web/pages/session.tsx'
import { SettingsPage } from '../../src/web/pages/settings.tsx'
import { TrendsPage } from '../../src/web/pages/trends.tsx'
import { WeekPage } from '../../src/web/pages/week.tsx'
import * as samples from '../../tests/support/web-samples.ts'

const { shellOf } = samples
const fiveYears = samples.calendarOf(1500)
const pages: Record<string, () => Child> = {
  'calendar, 1,500 runs': () => <CalendarPage shell={shellOf('Runs', 'runs')} view={fiveYears} />,
  'calendar, one year': () => <CalendarPage shell={shellOf('Runs', 'runs')} view={{ ...fiveYears, runs: fiveYears.runs.slice(0, 260) }} />,
  week: () => <WeekPage shell={shellOf('Week', 'week')} view={samples.week} />,
  'run, one hour at 1 Hz': () => <RunPage shell={shellOf('Run', 'runs')} run={samples.run} />,
  session: () => <SessionPage shell={shellOf('Session', 'week')} view={samples.session} />,
  trends: () => <TrendsPage shell={shellOf('Trends', 'trends')} view={samples.trends} />,
  settings: () => <SettingsPage shell={shellOf('Settings', 'settings')} view={samples.settings} />,
}

function median(times: number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] as number
}

function time(run: () => unknown, rounds: number): number {
  for (let i = 0; i < 5; i++) run()
  return median(
    Array.from({ length: rounds }, () => {
      const started = performance.now()
      run()
      return performance.now() - started
    }),
  )
}

const plain = (runs: typeof fiveYears.runs) => runs.map((run) => `<td><a href="/runs/${run.id}">${run.distanceMeters}</a></td>`).join('')
const base = time(() => plain(fiveYears.runs), 50)
console.log(`plain strings, 1,500 cells: ${base.toFixed(2)} ms = 1.00`)
let slow = false
for (const [name, page] of Object.entries(pages)) {
  const html = String(page())
  const took = time(() => String(page()), 30)
  if (name.startsWith('calendar, 1,500') && took >= 50) slow = true
  console.log(`${name}: ${took.toFixed(1)} ms (${(took / base).toFixed(0)}), ${Math.round(html.length / 1024)} KB`)
}
if (slow) {
  console.error('The calendar of five years takes 50 ms or more.')
  process.exitCode = 1
}
