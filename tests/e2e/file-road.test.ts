import { readFileSync } from 'node:fs'
import { Decoder, Stream } from '@garmin/fitsdk'
import ICAL from 'ical.js'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type Service, startService } from '../../scripts/support/service.ts'
import type { Session } from '../../src/core/strength/session.ts'
import { workoutSteps } from '../../src/fit/workout.ts'
import { describeWithBrowser, openBrowser, picture, type Watched, watchedPage } from '../support/browser.ts'
import { buildGpx } from '../support/fit-builder.ts'
import { eightWeeks } from '../support/history.ts'

const SLOW = { timeout: 120_000 }
const MOMENT = { timeout: 60_000, interval: 150 }
vi.setConfig({ testTimeout: 150_000, hookTimeout: 150_000 })

type Plan = { sessions: (Session & { id: string })[] }

/** The events of the feed that a calendar program would show, by the session's id. */
async function feedOf(url: string): Promise<Map<string, { start: string; sequence: number; cancelled: boolean; title: string }>> {
  const answer = await fetch(url)
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/calendar; charset=utf-8'])
  const calendar = new ICAL.Component(ICAL.parse(await answer.text()))
  const events = calendar.getAllSubcomponents('vevent').map((component) => {
    const event = new ICAL.Event(component)
    const cancelled = component.getFirstPropertyValue('status') === 'CANCELLED'
    const start = event.startDate.toJSDate().toISOString()
    return [event.uid.replace('@stridelift', ''), { start, sequence: event.sequence ?? 0, cancelled, title: event.summary }] as const
  })
  return new Map(events)
}

const text = async (page: Page, selector: string) => (await page.locator(selector).first().innerText()).replace(/\s+/g, ' ')

describeWithBrowser('The road from files to a calendar, by clicking', () => {
  let service: Service
  let browser: Browser
  let watched: Watched
  let page: Page
  let calendarUrl = ''
  const now = new Date()
  const runs = eightWeeks(now)

  const api = async <Answer>(path: string) => (await (await fetch(`${service.url}/api/v1${path}`)).json()) as Answer
  const planned = async () => (await api<Plan>('/plan')).sessions.filter(({ status }) => status === 'planned')
  const step = (word: string) => page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: word, exact: true }).click()

  beforeAll(async () => {
    ;[service, browser] = await Promise.all([startService(), openBrowser()])
    watched = await watchedPage(browser, [service.url], { viewport: { width: 390, height: 844 } })
    page = watched.page
  })
  afterAll(async () => {
    await browser?.close()
    await service?.remove()
  })

  test('the first page says what to do, and takes eight weeks of files', SLOW, async () => {
    await page.goto(service.url)
    expect(await text(page, 'h1')).toContain('Strength training')
    expect(await page.locator('.door').count()).toBe(3)
    await picture(page, '01-welcome')
    await page
      .getByLabel('Files from your watch')
      .setInputFiles([
        ...runs.map(({ name, bytes }) => ({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(bytes) })),
        { name: 'broken.fit', mimeType: 'application/octet-stream', buffer: Buffer.alloc(300, 7) },
      ])
    await page.getByRole('button', { name: 'Read these files' }).click()
    await page.waitForURL('**/import')
  })

  test('the import page shows how far it is, also after a reload, and what became of each file', SLOW, async () => {
    const total = runs.length + 1
    await page.locator('#imports .group').first().waitFor()
    expect(await text(page, '#imports')).toContain(`${total} files`)
    await page.reload()
    expect(await text(page, '#imports')).toContain(`${total} files`)
    await vi.waitFor(
      async () => expect(await text(page, '#imports')).toContain(`${total} files done: ${runs.length} read, 1 refused.`),
      MOMENT,
    )
    const refused = await text(page, '.file.rejected')
    expect(refused).toContain('broken.fit')
    expect(refused).toMatch(/refused .{20,}/)
    await picture(page, '02-import')
  })

  test('a file that is dropped anywhere on the page is read, and one that is known is said to be known', SLOW, async () => {
    const known = runs[3]!
    const transfer = await page.evaluateHandle(`(() => {
      const data = new DataTransfer()
      data.items.add(new File([new Uint8Array(${JSON.stringify([...known.bytes])})], 'dropped.fit'))
      return data
    })()`)
    await page.dispatchEvent('main', 'dragenter', { dataTransfer: transfer })
    await page.dispatchEvent('main', 'drop', { dataTransfer: transfer })
    await vi.waitFor(async () => expect(await text(page, '#imports')).toContain('1 here already'), MOMENT)
  })

  test('the week shows runs, easy and hard apart in words, and the next session with its reason', SLOW, async () => {
    await step('Week')
    await vi.waitFor(async () => {
      await page.reload()
      expect(await page.locator('.next a[href^="/sessions/"]').count()).toBeGreaterThan(0)
      expect((await planned()).length).toBeGreaterThanOrEqual(3)
    }, MOMENT)
    expect(await text(page, '.next')).toMatch(/Why \w+: \S+/)
    await picture(page, '03-week')
    await page.getByRole('link', { name: 'Before' }).click()
    await vi.waitFor(async () => expect(await page.locator('a.item.run').count()).toBe(4), MOMENT)
    const lines = await page.locator('a.item.run').allInnerTexts()
    expect(lines.filter((line) => /\bhard\b/.test(line))).toHaveLength(1)
    expect(lines.filter((line) => /\beasy\b/.test(line))).toHaveLength(3)
    expect(await page.locator('a.item.run.hard use').first().getAttribute('href')).toBe('#m-hard')
    await picture(page, '04-week-before')
  })

  test('two sessions a week stand in the coming days', SLOW, async () => {
    const sessions = await planned()
    const days = sessions.map(({ localDate }) => localDate)
    expect(new Set(days).size).toBe(days.length)
    expect(sessions.length).toBeGreaterThanOrEqual(3)
    expect(sessions.length).toBeLessThanOrEqual(5)
    for (const session of sessions) expect(session.reasons.length).toBeGreaterThan(0)
  })

  test('a hard run says why it is hard, with its chart', SLOW, async () => {
    await page.locator('a.item.run.hard').first().click()
    await page.locator('.verdict').waitFor()
    expect(await text(page, '.verdict')).toMatch(/^Hard: .{10,}/)
    await page.locator('[data-chart=run] svg').first().hover()
    await vi.waitFor(async () => expect(await text(page, '[data-read]')).toMatch(/\d+:\d{2}.* bpm/), MOMENT)
    await picture(page, '05-run-hard')
    await page.goBack()
  })

  test('the runner’s word about a run wins, and can be taken back', SLOW, async () => {
    await page.locator('a.item.run.easy').first().click()
    await page.locator('.verdict').waitFor()
    expect(await text(page, '.verdict')).toMatch(/^Easy: /)
    await page.getByRole('button', { name: 'Hard', exact: true }).click()
    await page.getByText('Noted: it was hard.').waitFor()
    expect(await page.getByRole('button', { name: /Hard$/ }).getAttribute('aria-pressed')).toBe('true')
    await page.reload()
    expect(await text(page, '.verdict')).toMatch(/^Hard/)
    await page.getByRole('button', { name: 'Let the numbers decide' }).click()
    await page.getByText('The numbers decide again.').waitFor()
    expect(await text(page, '.verdict')).toMatch(/^Easy: /)
    await picture(page, '06-run-easy')
  })

  test('a session says why, and what to do step by step', SLOW, async () => {
    await step('Week')
    await page.locator('.next a[href^="/sessions/"]').first().click()
    await page.locator('.stepslist').first().waitFor()
    const id = new URL(page.url()).pathname.split('/').at(-1)!
    const session = (await planned()).find((one) => one.id === id)!
    expect(await text(page, 'section[aria-labelledby=why]')).toMatch(/^Why on \w+ \S.{20,}/)
    const steps = await page.locator('.step h3').allInnerTexts()
    expect(steps).toEqual(session.exercises.map(({ name }) => name))
    await picture(page, '07-session')
  })

  test('its workout file is what a watch expects: every step, named', SLOW, async () => {
    const id = new URL(page.url()).pathname.split('/').at(-1)!
    const session = (await planned()).find((one) => one.id === id)!
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Workout file for the watch' }).click(),
    ])
    expect(download.suggestedFilename()).toMatch(/\.fit$/)
    const bytes = [...readFileSync(await download.path())]
    expect(new Decoder(Stream.fromByteArray(bytes)).checkIntegrity()).toBe(true)
    const { messages, errors } = new Decoder(Stream.fromByteArray(bytes)).read()
    expect(errors).toEqual([])
    const [workout] = messages.workoutMesgs as { sport: string; subSport: string; numValidSteps: number }[]
    const steps = workoutSteps(session)
    expect(workout).toMatchObject({ sport: 'training', subSport: 'strengthTraining', numValidSteps: steps.length })
    const names = (messages.workoutStepMesgs as { wktStepName?: string }[]).map(({ wktStepName }) => wktStepName)
    const expected = steps.map((one) => (one.kind === 'rest' ? 'Rest' : one.kind === 'repeat' ? undefined : one.exercise.name))
    expect(names).toHaveLength(expected.length)
    for (const [index, name] of expected.entries()) expect(names[index] ?? '').toContain((name ?? '').slice(0, 20))
  })

  test('an exercise is swapped for another', SLOW, async () => {
    const swap = page.locator('details.swap').first()
    await swap.locator('summary').click()
    const wanted = (await swap.locator('label.choice span').first().innerText()).split('\n')[0]!.trim()
    const first = (await page.locator('.step h3').allInnerTexts())[0]
    await swap.locator('input[type=radio]').first().check()
    await swap.getByRole('button', { name: 'Swap it' }).click()
    await page.getByText('Swapped.').waitFor()
    const steps = await page.locator('.step h3').allInnerTexts()
    expect(steps).not.toContain(first)
    expect(steps.some((name) => wanted.startsWith(name))).toBe(true)
  })

  test('a setting is tried out, saved and kept', SLOW, async () => {
    await step('Settings')
    await picture(page, '08-settings')
    await page.locator('select[name=sessionsPerWeek]').selectOption('3')
    await vi.waitFor(async () => expect(await text(page, '#whatif')).toMatch(/strength at \d\d:\d\d/), MOMENT)
    await page.locator('select[name=equipment]').selectOption('dumbbells')
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByText('Saved. The plan follows.').waitFor()
    await page.reload()
    expect(await page.locator('select[name=sessionsPerWeek]').inputValue()).toBe('3')
    expect(await page.locator('select[name=equipment]').inputValue()).toBe('dumbbells')
    expect(await api('/runner')).toMatchObject({ sessionsPerWeek: 3, equipment: 'dumbbells' })
    await page.locator('select[name=sessionsPerWeek]').selectOption('2')
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByText('Saved. The plan follows.').waitFor()
    await vi.waitFor(async () => expect((await planned()).length).toBeLessThanOrEqual(5), MOMENT)
  })

  test('the calendar’s address holds the sessions of the plan, each at its time', SLOW, async () => {
    calendarUrl = await page.getByLabel('Calendar address').inputValue()
    await vi.waitFor(async () => {
      const events = [...(await feedOf(calendarUrl))].filter(([, event]) => !event.cancelled)
      const sessions = await planned()
      expect(events.map(([id]) => id).sort()).toEqual(sessions.map(({ id }) => id).sort())
      for (const { id, localDate, localTime, title } of sessions) {
        const event = events.find(([uid]) => uid === id)![1]
        expect(event).toMatchObject({ title, start: new Date(`${localDate}T${localTime}:00Z`).toISOString() })
      }
    }, MOMENT)
  })

  test('a session that is skipped is cancelled in the calendar', SLOW, async () => {
    const [first] = await planned()
    await step('Week')
    await page.locator('.next').getByRole('button', { name: 'Skip' }).click()
    await page.getByText('Skipped. The rest of the week follows.').waitFor()
    await vi.waitFor(async () => {
      const event = (await feedOf(calendarUrl)).get(first!.id)
      expect(event).toMatchObject({ cancelled: true })
    }, MOMENT)
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByText('It is back in the plan.').waitFor()
    await vi.waitFor(async () => expect((await feedOf(calendarUrl)).get(first!.id)).toMatchObject({ cancelled: false }), MOMENT)
  })

  test('a session that is moved stays there, and moves in the calendar', SLOW, async () => {
    const session = (await planned()).at(-1)!
    const before = (await feedOf(calendarUrl)).get(session.id)!
    await page.goto(`${service.url}/sessions/${session.id}`)
    await page.locator('details.move summary').click()
    const options = await page.locator('select[name=localDate] option').all()
    const days = await Promise.all(options.map((option) => option.getAttribute('value')))
    const taken = (await planned()).map(({ localDate }) => localDate)
    const day = days.findLast((one) => one !== null && !taken.includes(one))!
    await page.locator('select[name=localDate]').selectOption(day)
    await page.locator('details.move input[name=localTime]').fill('12:15')
    await page.getByRole('button', { name: 'Move and keep it there' }).click()
    await page.getByText('Moved. It stays where you put it.').waitFor()
    expect(await text(page, '.lead')).toContain('you put it here')
    await vi.waitFor(async () => {
      const after = (await feedOf(calendarUrl)).get(session.id)!
      expect(after.start).toBe(new Date(`${day}T12:15:00Z`).toISOString())
      expect(after.sequence).toBeGreaterThan(before.sequence)
    }, MOMENT)
  })

  test('the other pages open', SLOW, async () => {
    for (const [name, path] of [
      ['09-runs', '/calendar'],
      ['10-trends', '/trends'],
      ['11-connections', '/connections'],
      ['12-docs', '/docs'],
    ] as const) {
      await page.goto(`${service.url}${path}`)
      expect(await page.locator('h1').count()).toBe(1)
      await picture(page, name)
    }
  })

  test('no page is wider than a phone', SLOW, async () => {
    await page.setViewportSize({ width: 390, height: 844 })
    const [session] = await planned()
    const { runs: some } = await api<{ runs: { id: string }[] }>('/runs?limit=1')
    for (const path of [
      '/',
      '/calendar',
      '/trends',
      '/import',
      '/connections',
      '/settings',
      '/docs',
      `/runs/${some[0]!.id}`,
      `/sessions/${session!.id}`,
    ]) {
      await page.goto(`${service.url}${path}`)
      expect([path, await page.evaluate('document.documentElement.scrollWidth')]).toEqual([path, 390])
    }
  })

  test('nothing was complained about, and no other host was asked', () => {
    expect(watched.complaints).toEqual([])
  })

  test('the same works without script', SLOW, async () => {
    const plain = await watchedPage(browser, [service.url], { javaScriptEnabled: false, viewport: { width: 390, height: 844 } })
    const { page } = plain
    const newest = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() - 60, 9, 0, 0))
    const gpx = buildGpx({
      startAt: newest,
      segments: [{ seconds: 1500, speed: 2.7, heartRate: 139 }],
      position: { latitude: 64.13, longitude: -21.9 },
    })
    await page.goto(`${service.url}/import`)
    await page
      .getByLabel('Files from your watch')
      .setInputFiles({ name: 'plain.gpx', mimeType: 'application/gpx+xml', buffer: Buffer.from(gpx) })
    await page.getByRole('button', { name: 'Read these files' }).click()
    await page.waitForURL('**/import')
    await vi.waitFor(async () => {
      await page.reload()
      expect(await text(page, '#imports')).toContain(`${runs.length + 1} read`)
    }, MOMENT)
    const [session] = await planned()
    const back = { waitUntil: 'load' as const }
    await page.goto(`${service.url}/sessions/${session!.id}`)
    await page.getByRole('button', { name: 'Skip' }).click()
    await page.waitForURL('**said=skipped**', back)
    expect(await text(page, '.lead')).toContain('skipped')
    await page.getByRole('button', { name: 'Take it back in' }).click()
    await page.waitForURL('**said=planned**', back)
    await page.locator('#done input[value="6"]').check({ force: true })
    await page.locator('#done button[type=submit]').click()
    await page.waitForURL('**said=done**', back)
    expect(await text(page, '.lead')).toContain('done')
    const later = (await planned()).at(-1)!
    await page.goto(`${service.url}/sessions/${later.id}`)
    await page.locator('details.move summary').click()
    await page.locator('details.move input[name=localTime]').fill('12:45')
    await page.getByRole('button', { name: 'Move and keep it there' }).click()
    await page.waitForURL('**said=moved**', back)
    expect(await text(page, '.lead')).toContain('12:45')
    const { runs: some } = await api<{ runs: { id: string }[] }>('/runs?limit=1')
    await page.goto(`${service.url}/runs/${some[0]!.id}`)
    await page.getByRole('button', { name: 'Hard', exact: true }).click()
    await page.waitForURL('**said=hard**', back)
    expect(await text(page, '.verdict')).toMatch(/^Hard/)
    await page.goto(`${service.url}/settings`)
    await page.getByLabel('Year of birth').fill('1988')
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.waitForURL('**said=saved**', back)
    expect(await page.getByLabel('Year of birth').inputValue()).toBe('1988')
    expect(plain.complaints).toEqual([])
    await plain.context.close()
  })
})
