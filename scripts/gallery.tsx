/** Draws every page from made-up data into a folder, to be looked at: `node scripts/run.ts scripts/gallery.tsx FOLDER`. */
import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Child } from 'hono/jsx'
import { projectRoot } from '../src/root.ts'
import { SignInPage, SignUpPage, TokensPage } from '../src/web/pages/account.tsx'
import { CalendarPage } from '../src/web/pages/calendar.tsx'
import { ConnectionsPage } from '../src/web/pages/connections.tsx'
import { ImportPage } from '../src/web/pages/import.tsx'
import { connectProblem, ProblemPage } from '../src/web/pages/problem.tsx'
import { RunPage } from '../src/web/pages/run.tsx'
import { SessionPage } from '../src/web/pages/session.tsx'
import { SettingsPage } from '../src/web/pages/settings.tsx'
import { TrendsPage } from '../src/web/pages/trends.tsx'
import { WeekPage } from '../src/web/pages/week.tsx'
import { WelcomePage } from '../src/web/pages/welcome.tsx'
import * as samples from '../tests/support/web-samples.ts'

const folder = process.argv[2]
if (!folder) {
  console.error('Say into which folder the pages go.')
  process.exit(1)
}
const { shellOf } = samples
const moved = {
  text: 'Thursday’s run was harder than expected, so strength moved from Thursday to Friday.',
  tone: 'notice' as const,
  undo: { action: '/sessions/x/move', fields: { localDate: '2026-11-19', localTime: '07:00' } },
  dismiss: '/messages/x/read',
}
const pages: Record<string, Child> = {
  welcome: <WelcomePage shell={shellOf('Welcome', 'week')} platforms={false} />,
  week: <WeekPage shell={shellOf('This week', 'week', { notices: [moved] })} view={samples.week} />,
  'week-imperial': (
    <WeekPage
      shell={shellOf('This week', 'week', { units: 'imperial', demo: true })}
      view={{ ...samples.week, questions: [], unplaced: [] }}
    />
  ),
  calendar: <CalendarPage shell={shellOf('Runs', 'runs')} view={samples.calendarOf(120)} />,
  run: <RunPage shell={shellOf('Run', 'runs')} run={samples.run} />,
  'run-imperial': <RunPage shell={shellOf('Run', 'runs', { units: 'imperial' })} run={samples.run} />,
  session: <SessionPage shell={shellOf('Session', 'week')} view={samples.session} />,
  trends: <TrendsPage shell={shellOf('Trends', 'trends')} view={samples.trends} />,
  import: <ImportPage shell={shellOf('Import', 'import')} view={samples.imports} />,
  connections: <ConnectionsPage shell={shellOf('Connect', 'connections')} view={samples.connections} />,
  settings: <SettingsPage shell={shellOf('Settings', 'settings')} view={samples.settings} />,
  'sign-in': (
    <SignInPage
      shell={shellOf('Sign in', 'none')}
      view={{ email: '', problem: 'The address or the password is wrong.', platforms: [{ label: 'Polar', url: '/sign-in/polar' }] }}
    />
  ),
  'sign-up': <SignUpPage shell={shellOf('Sign up', 'none')} view={{ email: '', problem: null, platforms: [] }} />,
  tokens: (
    <TokensPage
      shell={shellOf('Tokens', 'account')}
      view={{ tokens: [{ id: 't', name: 'My script', createdAt: new Date('2026-11-01T00:00:00Z'), usedAt: null }], fresh: 'sl_5f2d' }}
    />
  ),
  refused: <ProblemPage shell={shellOf('Not connected', 'connections')} view={connectProblem('Garmin', 'refused', '/connect/garmin')} />,
}
mkdirSync(join(folder, 'assets'), { recursive: true })
const assets = join(projectRoot(), 'src/web/assets')
for (const name of readdirSync(assets)) copyFileSync(join(assets, name), join(folder, 'assets', name))
for (const [name, page] of Object.entries(pages)) {
  writeFileSync(join(folder, `${name}.html`), String(await page).replaceAll('"/assets/', '"assets/'))
}
console.log(`${Object.keys(pages).length} pages in ${folder}`)
