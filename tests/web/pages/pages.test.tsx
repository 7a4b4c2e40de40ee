import type { Child } from 'hono/jsx'
import { describe, expect, test } from 'vitest'
import { SignInPage, SignUpPage, TokensPage } from '../../../src/web/pages/account.tsx'
import { CalendarPage } from '../../../src/web/pages/calendar.tsx'
import { ConnectionsPage } from '../../../src/web/pages/connections.tsx'
import { ImportPage } from '../../../src/web/pages/import.tsx'
import { type ConnectFailure, connectProblem, notFound, ProblemPage } from '../../../src/web/pages/problem.tsx'
import { RunPage } from '../../../src/web/pages/run.tsx'
import { SessionPage } from '../../../src/web/pages/session.tsx'
import { SettingsPage } from '../../../src/web/pages/settings.tsx'
import { TrendsPage } from '../../../src/web/pages/trends.tsx'
import { WeekPage } from '../../../src/web/pages/week.tsx'
import { WelcomePage } from '../../../src/web/pages/welcome.tsx'
import { elementsOf, pageProblems, textOf } from '../../support/html.ts'
import * as samples from '../../support/web-samples.ts'

const { shellOf } = samples
const html = (page: Child) => String(page)
const signIn = { email: 'a@b.example', problem: 'Wrong password.', platforms: [{ label: 'Polar', url: '/x' }] }

const pages: [string, () => Child][] = [
  ['welcome', () => <WelcomePage shell={shellOf('Welcome', 'week')} platforms />],
  ['week', () => <WeekPage shell={shellOf('Week', 'week', { demo: true, signedIn: true })} view={samples.week} />],
  ['calendar', () => <CalendarPage shell={shellOf('Runs', 'runs')} view={samples.calendarOf(40)} />],
  ['run', () => <RunPage shell={shellOf('Run', 'runs')} run={samples.run} />],
  ['session', () => <SessionPage shell={shellOf('Session', 'week')} view={samples.session} />],
  ['trends', () => <TrendsPage shell={shellOf('Trends', 'trends')} view={samples.trends} />],
  ['import', () => <ImportPage shell={shellOf('Import', 'import')} view={samples.imports} />],
  ['connections', () => <ConnectionsPage shell={shellOf('Connect', 'connections')} view={samples.connections} />],
  ['settings', () => <SettingsPage shell={shellOf('Settings', 'settings')} view={samples.settings} />],
  ['sign in', () => <SignInPage shell={shellOf('Sign in', 'none')} view={signIn} />],
  ['sign up', () => <SignUpPage shell={shellOf('Sign up', 'none')} view={signIn} />],
  ['tokens', () => <TokensPage shell={shellOf('Tokens', 'account')} view={{ tokens: [], fresh: 'abc' }} />],
  ['not found', () => <ProblemPage shell={shellOf('Nothing here', 'none')} view={notFound} />],
]

describe('every page', () => {
  test.each(pages)('%s has one heading, labels on all fields, forms that work without script and nothing inline', (_, page) => {
    expect(pageProblems(html(page()))).toEqual([])
  })

  test.each(pages)('%s shows no missing value as a word of the machine', (_, page) => {
    expect(textOf(html(page()))).not.toMatch(/\bNaN\b|\bundefined\b|\bnull\b|\[object/)
  })

  test.each(pages)('%s marks at most one place as the present one', (_, page) => {
    const here = elementsOf(html(page())).filter(
      ({ attributes, ancestors }) => attributes['aria-current'] === 'page' && ancestors.some((one) => one.attributes.class === 'places'),
    )
    expect(here.length).toBeLessThanOrEqual(1)
  })
})

describe('the week', () => {
  const text = (more: Partial<typeof samples.week> = {}, units: 'metric' | 'imperial' = 'metric') =>
    textOf(html(<WeekPage shell={shellOf('Week', 'week', { units })} view={{ ...samples.week, ...more }} />))

  test('says what comes next and why, before anything else', () => {
    const all = text()
    expect(all.indexOf('Next strength')).toBeLessThan(all.indexOf('This week'))
    expect(all).toContain('Today 07:00 · Strength B: single-leg and calves · 35 min')
    expect(all).toContain('Why today: 49 hours before Sunday’s long run, and not on a hard day.')
  })

  test('tells easy and hard apart in words, not only by mark', () => {
    expect(text()).toMatch(/9\.4 km\s*hard, intervals/)
    expect(text()).toMatch(/7\.1 km\s*easy/)
    expect(text()).toContain('Long run, expected')
  })

  test('says what arrived on which watch and what was lost', () => {
    expect(text()).toContain('On Garmin ✓ exactly as here')
    expect(text()).toContain('On intervals.icu ✓ (as text: exercises are in the notes)')
  })

  test('gives the reason for a session that found no place', () => {
    expect(text()).toContain('on Saturday it would end 23 hours before the long run')
  })

  test('speaks in miles to a runner who does', () => {
    expect(text({}, 'imperial')).toContain('5.8 mi')
    expect(text({}, 'imperial')).not.toMatch(/\bkm\b/)
  })

  test('while files are read it says so instead of showing nothing', () => {
    expect(text({ next: null, importing: 12 })).toContain('12 runs still to be read')
  })

  test('a session of today can be done, moved and skipped with plain forms', () => {
    const actions = elementsOf(html(<WeekPage shell={shellOf('Week', 'week')} view={samples.week} />))
      .filter((element) => element.name === 'form')
      .map((element) => element.attributes.action)
    expect(actions).toContain('/sessions/session-2026-11-20/move')
    expect(actions).toContain('/sessions/session-2026-11-20/status')
  })

  test('the runner’s own words are never markup', () => {
    const nasty = '<script>alert(1)</script>"><b>'
    const next = { ...samples.week.next!, title: nasty }
    const page = html(<WeekPage shell={shellOf('Week', 'week')} view={{ ...samples.week, next, sessions: [{ ...next }] }} />)
    expect(page).not.toContain('<script>alert')
    expect(textOf(page)).toContain(nasty)
  })
})

describe('the run', () => {
  const page = (more: Partial<typeof samples.run> = {}, units: 'metric' | 'imperial' = 'metric') =>
    html(<RunPage shell={shellOf('Run', 'runs', { units })} run={{ ...samples.run, ...more }} />)

  test('begins with the sentence that says what it was and why', () => {
    expect(textOf(page())).toContain('Hard: 18 min faster than your threshold zone (from 4:33/km), in 6 repeats.')
    expect(textOf(page({}, 'imperial'))).toContain('(from 7:19/mi)')
  })

  test('asks easy or hard with two buttons, and shows which one the runner pressed', () => {
    const said = { ...samples.run.effort!, decidedBy: 'runner' as const }
    const buttons = elementsOf(page({ effort: said })).filter((element) => element.name === 'button')
    expect(buttons.find((button) => button.text === 'Hard')?.attributes['aria-pressed']).toBe('true')
    expect(buttons.find((button) => button.text === 'Easy')?.attributes['aria-pressed']).toBe('false')
    expect(buttons.some((button) => button.text === 'Let the numbers decide')).toBe(true)
  })

  test('shows every source, which one won and why, and lets them be taken apart', () => {
    const text = textOf(page())
    expect(text).toContain('Garmin figures taken from here')
    expect(text).toContain('it has no heart rate, so its figures were not taken')
    expect(page()).toContain('/runs/run-2026-11-17/sources/b/split')
  })

  test('shows zones by pace and by heart rate with the runner’s limits', () => {
    const text = textOf(page())
    expect(text).toContain('slower than 5:29/km')
    expect(text).toContain('above 169 bpm')
    expect(text).toContain('From your 5 km on 3 May')
  })

  test('says what was left out of the judgement', () => {
    expect(textOf(page())).toContain('Heart rate, 50 seconds: the watch counted steps instead of heartbeats.')
  })

  test('a run known by its summary alone has no chart and no empty parts', () => {
    const bare = page({ series: null, evidence: null, thresholds: null, laps: [], distanceMeters: null, averagePaceSecondsPerKm: null })
    expect(pageProblems(bare)).toEqual([])
    expect(bare).not.toContain('runchart')
    expect(textOf(bare)).not.toContain('Distance')
  })

  test('a run that is not judged yet says so', () => {
    expect(textOf(page({ effort: null }))).toContain('still being judged')
  })
})

describe('what platforms want said beside their data', () => {
  const strava = (id: string) => ({
    words: 'Powered by Strava, Garmin Forerunner 265',
    link: { words: 'View on Strava', url: `https://www.strava.com/activities/${id}` },
  })
  const [first, second] = samples.run.sources
  const runPage = (sources: typeof samples.run.sources, device: string | null = 'Garmin Forerunner 265') =>
    html(<RunPage shell={shellOf('Run', 'runs')} run={{ ...samples.run, device, sources }} />)
  const linksOf = (page: string) =>
    elementsOf(page).flatMap(({ name, text, attributes }) => (name === 'a' && text === 'View on Strava' ? [attributes.href] : []))
  const times = (page: string, words: string) => textOf(page).split(words).length - 1

  test('a run’s page names the platform and the device of its figures once, and links back', () => {
    const page = runPage([{ ...first!, label: 'Strava', credit: strava('15822904417') }])
    expect(textOf(page)).toContain('Road · Powered by Strava, Garmin Forerunner 265 · View on Strava')
    expect(times(page, 'Garmin Forerunner 265')).toBe(1)
    expect(linksOf(page)).toEqual(['https://www.strava.com/activities/15822904417'])
    expect(pageProblems(page)).toEqual([])
  })

  test('a run of several platforms names each once, and every activity of Strava has its link', () => {
    const copies = [strava('1'), strava('2')].map((credit, index) => ({ ...second!, id: `s${index}`, label: 'Strava', credit }))
    const page = runPage([{ ...first!, credit: { words: 'Garmin Forerunner 265 by intervals.icu', link: null } }, ...copies])
    expect(times(page, 'Powered by Strava')).toBe(1)
    expect(times(page, 'by intervals.icu')).toBe(1)
    expect(linksOf(page)).toEqual(['https://www.strava.com/activities/1', 'https://www.strava.com/activities/2'])
  })

  test('a run from a file names its device and claims no platform', () => {
    const page = runPage([{ ...first!, label: 'File', credit: null }], 'Garmin Forerunner 945')
    expect(textOf(page)).toContain('Road · Garmin Forerunner 945')
    expect(textOf(page)).not.toMatch(/Powered by|View on/)
    expect(textOf(html(<WeekPage shell={shellOf('Week', 'week')} view={samples.week} />))).not.toContain('Run data:')
  })

  const runs = [
    samples.runMark('2026-11-17', 'hard', 'intervals', 9.4, { credit: strava('17') }),
    samples.runMark('2026-11-18', 'easy', 'easy', 7.1, { credit: { words: 'Garmin', link: null } }),
    samples.runMark('2026-11-19', 'easy', 'easy', 7.1, { credit: { words: 'Polar Pacer', link: null } }),
    samples.runMark('2026-11-20', 'easy', 'easy', 7.1),
  ]
  const lists: [string, () => Child][] = [
    ['the week', () => <WeekPage shell={shellOf('Week', 'week')} view={{ ...samples.week, runs, questions: [] }} />],
    ['the diary', () => <CalendarPage shell={shellOf('Runs', 'runs')} view={{ ...samples.calendarOf(0), runs }} />],
  ]
  test.each(lists)('%s names each platform once and links each activity of Strava back, by its day for those who listen', (_, list) => {
    const page = html(list())
    expect(textOf(page)).toContain('Run data: Powered by Strava, Garmin Forerunner 265 · Polar Pacer')
    expect(times(page, 'Powered by Strava')).toBe(1)
    expect(linksOf(page)).toEqual(['https://www.strava.com/activities/17'])
    expect(page).toContain('aria-label="View on Strava: Tuesday 17 November"')
    expect(pageProblems(page)).toEqual([])
  })

  test('trends name whose runs they were worked out from', () => {
    const page = html(<TrendsPage shell={shellOf('Trends', 'trends')} view={samples.trends} />)
    expect(textOf(page)).toContain('Run data: Garmin Forerunner 255')
  })

  test('the link to Strava’s consent page has Strava’s words', () => {
    const [one] = samples.connections.connections
    for (const state of ['off', 'reconnect', 'limited'] as const) {
      const connection = { ...one!, platform: 'strava', label: 'Strava', connectWords: 'Connect with Strava', state }
      const page = html(
        <ConnectionsPage shell={shellOf('Connect', 'connections')} view={{ ...samples.connections, connections: [connection] }} />,
      )
      const link = elementsOf(page).find(({ name, attributes }) => name === 'a' && attributes.href === connection.connectUrl)
      expect(link?.text).toBe('Connect with Strava')
    }
  })
})

describe('the session', () => {
  const page = (more: Partial<typeof samples.session> = {}, units: 'metric' | 'imperial' = 'metric') =>
    html(<SessionPage shell={shellOf('Session', 'week', { units })} view={{ ...samples.session, ...more }} />)

  test('shows sets, repetitions, load in the runner’s unit, rest and cue', () => {
    const text = textOf(page())
    expect(text).toMatch(/Romanian deadlift\s*3 × 5 40 kg in each hand · 2:30 min rest · tempo 2-0-1\s*Long back/)
    expect(text).toContain('2 × 40 s each side')
    expect(textOf(page({}, 'imperial'))).toContain('88 lb')
  })

  test('asks for the effort alone; everything else is optional', () => {
    const required = elementsOf(page()).filter(
      ({ attributes, ancestors }) =>
        attributes.required !== undefined && ancestors.some((one) => one.attributes.action === '/sessions/session-2026-11-20/done'),
    )
    expect(new Set(required.map(({ attributes }) => attributes.name))).toEqual(new Set(['rpe']))
    expect(required).toHaveLength(11)
  })

  test('offers swaps and the way back from one', () => {
    const text = textOf(page())
    expect(text).toContain('Instead of Romanian deadlift')
    expect(text).toContain('as it was planned')
  })

  test('gives the second-best place on request', () => {
    expect(textOf(page())).toContain('Monday 07:00 came second')
  })

  test('a skipped session can be taken back in and no longer asks how hard it was', () => {
    const skipped = page({ status: 'skipped' })
    expect(textOf(skipped)).toContain('Take it back in')
    expect(skipped).not.toContain('name="rpe"')
  })

  test('links the workout file', () => {
    expect(page()).toContain('/api/v1/sessions/session-2026-11-20/workout.fit')
  })
})

describe('import, watches and settings', () => {
  test('the import page shows progress, and each refused file with its sentence', () => {
    const page = html(<ImportPage shell={shellOf('Import', 'import')} view={samples.imports} />)
    expect(textOf(page)).toContain('163 of 200 files done')
    expect(textOf(page)).toContain('The file ends in the middle. Export it again from the watch.')
    expect(page).toContain('data-poll')
  })

  test('a zip that is still being unpacked says so and is asked for again, even when all that is out is read', () => {
    const [zip] = samples.imports.groups
    const group = {
      ...zip!,
      unpacking: true,
      total: 31,
      counts: { ...zip!.counts, imported: 30, queued: 1, duplicate: 0, notARun: 0, rejected: 0 },
    }
    const page = html(<ImportPage shell={shellOf('Import', 'import')} view={{ groups: [group], open: 1 }} />)
    expect(textOf(page)).toContain('30 files done so far, and it is still being unpacked')
    expect(page).toContain('data-poll')
  })

  test('a finished import is not asked for again', () => {
    const view = { groups: samples.imports.groups.slice(1), open: 0 }
    expect(html(<ImportPage shell={shellOf('Import', 'import')} view={view} />)).not.toContain('data-poll')
  })

  test('the watches page prints the exact addresses to paste and says the mend', () => {
    const page = html(<ConnectionsPage shell={shellOf('Connect', 'connections')} view={samples.connections} />)
    expect(page).toContain('value="http://127.0.0.1:3000/connect/garmin/callback"')
    expect(page).toContain('value="http://127.0.0.1:3000/webhooks/garmin"')
    expect(textOf(page)).toContain('Garmin has stopped answering for you. Reconnect, it takes a minute.')
    expect(textOf(page)).toContain('Reconnect Garmin')
    expect(page).toContain('webcal://127.0.0.1:3000/calendar/')
  })

  test('a platform that takes no sessions says what to use instead', () => {
    const page = textOf(html(<ConnectionsPage shell={shellOf('Connect', 'connections')} view={samples.connections} />))
    expect(page).toContain('Takes no sessions. Use the calendar address and the workout file instead.')
  })

  test('settings give each policy its reason and what it does with the week', () => {
    const text = textOf(html(<SettingsPage shell={shellOf('Settings', 'settings')} view={samples.settings} />))
    expect(text).toContain('Hard runs get fresh legs')
    expect(text).toContain('so that easy days are truly easy')
    expect(text).toContain('One session finds no place.')
    expect(text).toContain('Strength moves from Wednesday 25 to Monday 23 November')
  })

  test('a field that makes no sense is marked with its sentence', () => {
    const view = { ...samples.settings, problems: [{ field: 'birthYear', text: 'Give a year between 1900 and 2020.' }] }
    const page = html(<SettingsPage shell={shellOf('Settings', 'settings')} view={view} />)
    expect(pageProblems(page)).toEqual([])
    expect(textOf(page)).toContain('Give a year between 1900 and 2020.')
    expect(page).toContain('aria-describedby="birthYear-problem"')
  })

  test.each(['refused', 'missingScopes', 'stale', 'platformDown', 'notConfigured', 'taken'] as ConnectFailure[])(
    'a connection that failed (%s) says what to do and gives a way on',
    (why) => {
      const view = connectProblem('Garmin', why, '/connect/garmin')
      expect(pageProblems(html(<ProblemPage shell={shellOf('Not connected', 'connections')} view={view} />))).toEqual([])
      expect(view.sentences.length).toBeGreaterThanOrEqual(2)
      expect(view.doing.length).toBeGreaterThanOrEqual(1)
    },
  )
})

test('five years of runs stand on one page, newest first, each with its label in words', () => {
  const page = html(<CalendarPage shell={shellOf('Runs', 'runs')} view={samples.calendarOf(1500)} />)
  expect(page.match(/href="\/runs\//g)).toHaveLength(1500)
  expect(page).toContain('aria-label="Sunday 15 November: 18.3 km, easy, long"')
  expect(page.indexOf('November 2026')).toBeLessThan(page.indexOf('November 2025'))
})
