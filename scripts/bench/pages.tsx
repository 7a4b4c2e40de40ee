/**
 * How long pages take to draw, from view model to text; `npm run bench -- pages` starts it through scripts/run.ts.
 * Prints rows as JSON: the median of each page and its ratio to plain strings out of one template, measured in the same process.
 */
import type { Child } from 'hono/jsx'
import { CalendarPage } from '../../src/web/pages/calendar.tsx'
import { RunPage } from '../../src/web/pages/run.tsx'
import { SessionPage } from '../../src/web/pages/session.tsx'
import { SettingsPage } from '../../src/web/pages/settings.tsx'
import { TrendsPage } from '../../src/web/pages/trends.tsx'
import { WeekPage } from '../../src/web/pages/week.tsx'
import * as samples from '../../tests/support/web-samples.ts'
import { quantile, type Row, times } from './row.ts'

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

const plain = (runs: typeof fiveYears.runs) => runs.map((run) => `<td><a href="/runs/${run.id}">${run.distanceMeters}</a></td>`).join('')
const base = quantile(
  times(() => plain(fiveYears.runs), 50),
  0.5,
)
const rows: Row[] = Object.entries(pages).map(([name, page]) => {
  const html = String(page())
  const took = times(() => String(page()), 30)
  const median = quantile(took, 0.5)
  const row: Row = {
    what: `page: ${name}`,
    figure: `${median.toFixed(1)} ms (median), ${quantile(took, 0.95).toFixed(1)} ms (95th percentile); ${Math.round(html.length / 1024)} KB`,
    ratio: `${(median / base).toFixed(0)} of plain strings for 1,500 cells`,
  }
  return name.startsWith('calendar, 1,500') ? { ...row, bar: 'under 50 ms', met: median < 50 } : row
})
console.log(JSON.stringify(rows))
