import { sql } from 'drizzle-orm'
import { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { secretInAddress } from '../../../src/web/routes/connections.tsx'
import { pageRoutes } from '../../../src/web/routes/index.tsx'
import { resolveRunner, theOnlyRunner, type Who } from '../../../src/web/who.ts'
import { receivers } from '../../../webhooks/index.ts'
import { forEachDatabase } from '../../support/databases.ts'
import { buildRunFit } from '../../support/fit-builder.ts'
import { elementsOf, pageProblems, textOf } from '../../support/html.ts'
import { startService, type TestService } from '../../support/service.ts'

const NOW = new Date('2026-09-21T06:00:00Z')

/** A browser without script: follows redirects and posts forms as they stand in the page. */
function browser(service: TestService) {
  const app = new Hono<Who>()
  app.use(resolveRunner(service, theOnlyRunner))
  app.route('/', pageRoutes(service))
  const open = async (path: string, init?: RequestInit): Promise<{ status: number; path: string; html: string; text: string }> => {
    const answer = await app.request(`http://127.0.0.1:3000${path}`, { ...init, headers: { accept: 'text/html', ...init?.headers } })
    const next = answer.headers.get('location')
    if (next) return open(new URL(next, `http://127.0.0.1:3000${path}`).href.replace('http://127.0.0.1:3000', ''))
    const html = await answer.text()
    return { status: answer.status, path, html, text: html.includes('<body') ? textOf(html) : html }
  }
  const post = (path: string, fields: Record<string, string> | URLSearchParams) =>
    open(path, { method: 'POST', body: new URLSearchParams(fields) })
  return { open, post, fetch: (path: string) => app.request(`http://127.0.0.1:3000${path}`) }
}

/** Links of a page that begin like this. */
const links = (html: string, start: string) =>
  elementsOf(html).flatMap(({ name, attributes }) => (name === 'a' && attributes.href?.startsWith(start) ? [attributes.href] : []))

/** Four weeks of easy runs and one hard one a week. */
function history(): { name: string; bytes: Uint8Array }[] {
  return Array.from({ length: 24 }, (_, index) => {
    const startAt = new Date(NOW.getTime() - (index + 1) * 86_400_000 - 3600_000)
    const hard = index % 6 === 1
    const segments = hard
      ? [
          { seconds: 600, speed: 2.7, heartRate: 138 },
          { seconds: 1500, speed: 3.9, heartRate: 176 },
          { seconds: 300, speed: 2.5, heartRate: 140 },
        ]
      : [{ seconds: 2400, speed: 2.7, heartRate: 136 }]
    return { name: `run-${index}.fit`, bytes: buildRunFit({ startAt, offsetSeconds: 0, segments }) }
  })
}

forEachDatabase((name, open) => {
  describe(`pages of one runner, ${name}`, () => {
    let service: TestService
    let at: ReturnType<typeof browser>
    beforeAll(async () => {
      service = await startService(open, { now: NOW })
      at = browser(service)
    })
    afterAll(() => service.stop())

    test('the first visit offers three doors and needs nothing else', async () => {
      const { html, text, status } = await at.open('/')
      expect(status).toBe(200)
      expect(text).toContain('Drop your files here')
      expect(text).toContain('Connect a watch')
      expect(text).toContain('Show me the demo runner')
      expect(pageProblems(html)).toEqual([])
    })

    test.each(['/calendar', '/trends', '/import', '/connections', '/settings'])(
      '%s is a good page before there is anything',
      async (path) => {
        const { html, status } = await at.open(path)
        expect(status).toBe(200)
        expect(pageProblems(html)).toEqual([])
      },
    )

    test('files posted by the plain form are listed with what became of them', async () => {
      const form = new FormData()
      for (const { name: file, bytes } of history()) form.append('file', new File([new Uint8Array(bytes)], file))
      form.append('file', new File(['no run at all'], 'notes <b>.txt'))
      const landed = await at.open('/import', { method: 'POST', body: form })
      expect(landed.path).toBe('/import')
      await service.quiet()
      const { text, html } = await at.open('/import')
      expect(text).toContain('25 files done: 24 read, 1 refused')
      expect(text).toContain('notes <b>.txt')
      expect(html).not.toContain('notes <b>')
      expect(html).not.toContain('data-poll')
    })

    test('the week shows runs, what comes next and why', async () => {
      const { text, html } = await at.open('/?week=2026-09-14')
      expect(pageProblems(html)).toEqual([])
      expect(text).toContain('Last week')
      expect(text).toMatch(/Next strength .* min/)
      expect(text).toMatch(/Why /)
      expect(links(html, '/runs/').length).toBeGreaterThanOrEqual(6)
    })

    test('a run’s page says what it was, and the runner’s word wins and can be taken back', async () => {
      const week = await at.open('/?week=2026-09-14')
      const path = links(week.html, '/runs/')[0]!
      const run = await at.open(path)
      expect(pageProblems(run.html)).toEqual([])
      expect(run.html).toContain('runchart')
      const said = await at.post(`${path}/effort`, { effort: 'hard' })
      expect(said.text).toContain('Noted: it was hard.')
      expect(elementsOf(said.html).find((one) => one.name === 'button' && one.attributes['aria-pressed'] === 'true')?.text).toBe('Hard')
      const back = await at.post(`${path}/effort`, { effort: '' })
      expect(back.text).toContain('The numbers decide again.')
    })

    test('a session is moved and put back, skipped and taken back in, and done, all by plain forms', async () => {
      const home = await at.open('/')
      const path = links(home.html, '/sessions/')[0]!
      const page = await at.open(path)
      expect(pageProblems(page.html)).toEqual([])
      const moved = await at.post(`${path}/move`, { localDate: '2026-09-25', localTime: '12:30', back: path })
      expect(moved.text).toContain('Friday 25 September, 12:30')
      expect(moved.text).toContain('Moved. It stays where you put it.')
      expect(moved.text).toContain('Undo')
      expect((await at.post(`${path}/status`, { status: 'skipped', back: path })).text).toContain('Skipped.')
      expect((await at.post(`${path}/status`, { status: 'planned', back: path })).text).toContain('It is back in the plan.')
      const again = await at.open(path)
      const id = /name="set\.([a-z0-9_]+)\.0\.amount"/.exec(again.html)![1]!
      const done = await at.post(`${path}/done`, { rpe: '6', [`set.${id}.0.amount`]: '9', [`set.${id}.0.load`]: '12.5' })
      expect(done.text).toContain('Well done.')
      const told = (await service.json(`/api/v1${path}`)) as {
        status: string
        feedback: { rpe: number; sets: { exerciseId: string; weightKg: number }[] }
      }
      expect(told.status).toBe('done')
      expect(told.feedback.rpe).toBe(6)
      expect(told.feedback.sets[0]).toMatchObject({ exerciseId: id, weightKg: 12.5 })
    })

    test('a week is made light and usual again', async () => {
      const { html, text } = await at.open('/')
      expect(text).toContain('Make it a light week')
      const week = elementsOf(html).find(({ attributes }) => attributes.name === 'week')!.attributes.value!
      const light = await at.post('/weeks/light', { week, light: 'yes' })
      expect(light.text).toContain('A light week. The plan follows.')
      expect(light.text).toContain('Back to the usual week')
      expect(await service.json('/api/v1/runner')).toMatchObject({ lightWeek: week })
      expect((await at.post('/weeks/light', { week, light: 'no' })).text).toContain('Make it a light week')
      expect((await at.post('/weeks/light', { week: 'soon', light: 'yes' })).status).toBe(409)
    })
    test('what cannot be done says why and gives a way back', async () => {
      const home = await at.open('/')
      const path = links(home.html, '/sessions/').find((one) => !home.html.includes(`item session done" href="${one}`))!
      const refused = await at.post(`${path}/move`, { localDate: '2026-01-01', localTime: '07:00', back: '/' })
      expect(refused.status).toBe(409)
      expect(refused.text).toContain('is in the past')
      expect(pageProblems(refused.html)).toEqual([])
    })

    test('settings are tried out without being saved, then saved', async () => {
      const tried = await at.post('/settings', { intent: 'preview', placement: 'hardDays', sessionsPerWeek: '3', units: 'imperial' })
      expect(tried.text).toContain('Not saved yet.')
      expect(tried.text).toContain('What this would change')
      expect((await service.json('/api/v1/runner')) as object).toMatchObject({ placement: 'easyDays', units: 'metric' })
      const saved = await at.post('/settings', {
        intent: 'save',
        placement: 'hardDays',
        sessionsPerWeek: '2',
        units: 'imperial',
        'availability.monday.0.minutes': '0',
      })
      expect(saved.text).toContain('Saved. The plan follows.')
      expect((await service.json('/api/v1/runner')) as object).toMatchObject({
        placement: 'hardDays',
        units: 'imperial',
        availability: { monday: { minutes: 0 } },
      })
      await at.post('/settings', { intent: 'save', units: 'metric', 'availability.monday.0.minutes': '' })
      expect((await service.json('/api/v1/runner')) as object).toMatchObject({ units: 'metric', availability: {} })
    })

    test('the panel beside the settings is a fragment that the script can ask for', async () => {
      const { html, status } = await at.post('/settings/preview', { placement: 'micro' })
      expect(status).toBe(200)
      expect(html.startsWith('<aside id="whatif"')).toBe(true)
    })

    test('a field that makes no sense is marked and nothing is saved', async () => {
      const { status, text } = await at.post('/settings', { intent: 'save', birthYear: '88', placement: 'micro' })
      expect(status).toBe(422)
      expect(text).toContain('Nothing was saved')
      expect(text).toContain('Must be a whole number from 1900 to 2100.')
      expect((await service.json('/api/v1/runner')) as object).toMatchObject({ birthYear: null })
    })

    test('a renewed calendar address is another one', async () => {
      const address = async () => /calendar\/[\w-]+\.ics/.exec((await at.open('/settings')).html)![0]
      const before = await address()
      expect((await at.post('/settings/calendar', {})).text).toContain('Your calendar has a new address.')
      expect(await address()).not.toBe(before)
    })

    test('trends and the diary show what came in', async () => {
      expect((await at.open('/trends')).text).toMatch(/\d+ % easy by runs/)
      const diary = await at.open('/calendar?year=all')
      expect(links(diary.html, '/runs/')).toHaveLength(24)
      expect(pageProblems(diary.html)).toEqual([])
    })

    test('the made-up runner is not mixed into runs of one’s own', async () => {
      const { status, text } = await at.post('/demo', {})
      expect(status).toBe(409)
      expect(text).toContain('would mix with them')
    })

    test('a redirect never leaves the service', async () => {
      const home = await at.open('/')
      const path = links(home.html, '/runs/')[0] ?? links((await at.open('/calendar')).html, '/runs/')[0]!
      for (const evil of ['//evil.example/x', 'https://evil.example', '/\\evil.example', 'javascript:alert(1)']) {
        const landed = await at.post(`${path}/effort`, { effort: '', back: evil })
        expect(landed.path.startsWith(path)).toBe(true)
      }
    })

    test('words in the address never reach the page', async () => {
      const { text, html } = await at.open('/?said=moved&id=<script>&day=<b>&time=x')
      expect(html).not.toContain('<script>&')
      expect(text).not.toContain('Moved.')
      expect((await at.open('/?said=Your+account+is+locked')).text).not.toContain('locked')
    })

    test('what is not there is a page that says so', async () => {
      const { status, text, html } = await at.open('/runs/00000000-0000-4000-8000-000000000000')
      expect(status).toBe(404)
      expect(text).toContain('There is nothing here')
      expect(pageProblems(html)).toEqual([])
    })

    test('a run can be deleted, and everything erased after the word was typed', async () => {
      const path = links((await at.open('/calendar?year=all')).html, '/runs/')[0]!
      expect((await at.post(`${path}/delete`, {})).text).toContain('The run is deleted.')
      expect((await at.post('/settings/erase', { sure: 'no' })).text).toContain('Nothing was erased')
      expect((await at.post('/settings/erase', { sure: 'erase' })).text).toContain('Drop your files here')
    })
  })
})

forEachDatabase((name, open) => {
  describe(`whose data is shown, ${name}`, () => {
    let service: TestService
    let at: ReturnType<typeof browser>
    beforeAll(async () => {
      service = await startService(open, { now: NOW, env: { STRAVA_CLIENT_ID: '1', STRAVA_CLIENT_SECRET: 'x' } })
      at = browser(service)
      await service.upload(...history().slice(0, 3))
      await service.quiet()
    })
    afterAll(() => service.stop())

    /** Lets the file of a day be what a platform told. */
    async function told(day: string, from: string, externalId: string, device: string): Promise<string> {
      const run = sql`select best_source_id from runs where local_date = ${day}::date`
      await service.db.execute(
        sql`update run_sources set "from" = ${from}, external_id = ${externalId}, facts = jsonb_set(facts, '{device}', ${JSON.stringify(device)}::jsonb) where id in (${run})`,
      )
      await service.db.execute(sql`update runs set device = ${device} where local_date = ${day}::date`)
      const { runs } = (await service.json(`/api/v1/runs?from=${day}&to=${day}`)) as { runs: { id: string }[] }
      return `/runs/${runs[0]!.id}`
    }

    const pagesOfRuns = ['/?week=2026-09-14', '/calendar?year=all', '/trends']

    test('files claim no platform anywhere', async () => {
      for (const path of pagesOfRuns) expect((await at.open(path)).text).not.toMatch(/Run data:|Powered by|View on/)
    })

    test('runs of Strava and of a Garmin watch through intervals.icu say so wherever they are shown', async () => {
      const strava = await told('2026-09-18', 'strava', '15822904417', 'Garmin Forerunner 265')
      const intervals = await told('2026-09-19', 'intervals-icu', 'i98120443', 'Garmin Fenix 7')
      const [byIntervals, byStrava] = ['Garmin Fenix 7 by intervals.icu', 'Powered by Strava, Garmin Forerunner 265']
      for (const path of pagesOfRuns) {
        const { html, text } = await at.open(path)
        expect(text).toContain(byIntervals)
        expect(text).toContain(byStrava)
        expect(pageProblems(html)).toEqual([])
        const back = links(html, 'https://www.strava.com/')
        expect(back).toEqual(path === '/trends' ? [] : ['https://www.strava.com/activities/15822904417'])
      }
      const run = await at.open(strava)
      expect(run.text).toContain(`${byStrava} · View on Strava`)
      expect(links(run.html, 'https://www.strava.com/')).toEqual(['https://www.strava.com/activities/15822904417'])
      expect((await at.open(intervals)).text).toContain(byIntervals)
    })

    test('Strava is connected by its own words', async () => {
      const { html } = await at.open('/connections')
      const link = elementsOf(html).find(({ name: tag, attributes }) => tag === 'a' && attributes.href === '/connect/strava')
      expect(link?.text).toBe('Connect with Strava')
    })
  })
})

describe('the files beside the pages', () => {
  test('style sheet, script and icon are kept for ever under an address that changes with them', async () => {
    const app = pageRoutes({ settings: { accounts: 'off' } } as never)
    for (const [file, type] of [
      ['app.css', 'text/css'],
      ['app.js', 'text/javascript'],
      ['icon.svg', 'image/svg+xml'],
    ]) {
      const plain = await app.request(`/assets/${file}`)
      expect(plain.headers.get('content-type')).toContain(type)
      expect(plain.headers.get('cache-control')).toBe('no-cache')
    }
    expect((await app.request('/assets/../index.tsx')).status).toBe(404)
    expect((await app.request('/assets/toString')).status).toBe(404)
  })

  test('the style sheet gives every pair of text and ground a contrast of 4.5 and more', async () => {
    const css = await (await pageRoutes({ settings: { accounts: 'off' } } as never).request('/assets/app.css')).text()
    const schemes = [...css.matchAll(/:root \{([^}]*)\}/g)]
      .slice(0, 2)
      .map((match) => Object.fromEntries([...match[1]!.matchAll(/--([\w-]+): (#[0-9a-f]{6})/g)].map((pair) => [pair[1]!, pair[2]!])))
    const light = (hex: string) => {
      const [r, g, b] = [1, 3, 5]
        .map((index) => Number.parseInt(hex.slice(index, index + 2), 16) / 255)
        .map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)) as [number, number, number]
      return 0.2126 * r + 0.7152 * g + 0.0722 * b
    }
    const contrast = (a: string, b: string) => {
      const [high, low] = [light(a), light(b)].sort((x, y) => y - x) as [number, number]
      return (high + 0.05) / (low + 0.05)
    }
    expect(schemes).toHaveLength(2)
    for (const colours of schemes)
      for (const ground of ['paper', 'raised'])
        for (const ink of ['ink', 'muted', 'easy', 'hard', 'strength', 'accent', 'problem'])
          expect(contrast(colours[ink]!, colours[ground]!), `${ink} on ${ground}`).toBeGreaterThanOrEqual(4.5)
    for (const colours of schemes) expect(contrast(colours['on-accent']!, colours.accent!)).toBeGreaterThanOrEqual(4.5)
  })
})

test('the page knows for which platforms the webhook’s address holds the secret', () => {
  const inPath = Object.entries(receivers).flatMap(([platform, receiver]) => (receiver.secretInPath ? [platform] : []))
  expect([...secretInAddress].sort()).toEqual(inPath.sort())
})
