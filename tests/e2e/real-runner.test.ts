import { readFileSync } from 'node:fs'
import { Decoder, Stream } from '@garmin/fitsdk'
import ICAL from 'ical.js'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { violationsOf } from '../../scripts/simulate/checker.ts'
import { type Service, startService } from '../../scripts/support/service.ts'
import type { PastRun, Plan } from '../../src/core/plan/situation.ts'
import type { Runner } from '../../src/core/runner.ts'
import { workoutSteps } from '../../src/fit/workout.ts'
import { describeWithBrowser, openBrowser, picture, type Watched, watchedPage } from '../support/browser.ts'
import { eightRealWeeks, hasCorpus } from '../support/real-runner.ts'

const MOMENT = { timeout: 60_000, interval: 150 }
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })
if (!hasCorpus) console.info('The FIT corpus is not here (../shared/fit); the real runner’s eight weeks are skipped.')

type Effort = { label: 'easy' | 'hard' | 'unclear'; pHard: number; demand: 'low' | 'moderate' | 'high'; reasons: string[] }
type RunJson = PastRun & { id: string; localDate: string; effort: Effort | null }
type Figure = { value: number | null; from: 'runner' | 'learnt' | 'age' }
type Figures = Record<'maxHeartRate' | 'thresholdHeartRate' | 'thresholdPaceSecondsPerKm', Figure>

const text = async (page: Page, selector: string) => (await page.locator(selector).first().innerText()).replace(/\s+/g, ' ')

describe.skipIf(!hasCorpus)('A real runner’s recordings', () => {
  describeWithBrowser('Eight weeks of them, by clicking', () => {
    let service: Service
    let browser: Browser
    let watched: Watched
    let page: Page
    const now = new Date()
    const files = hasCorpus ? eightRealWeeks(now) : []
    const api = async <Answer>(path: string) => (await (await fetch(`${service.url}/api/v1${path}`)).json()) as Answer
    const open = (word: string) => page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: word, exact: true }).click()

    beforeAll(async () => {
      ;[service, browser] = await Promise.all([startService(), openBrowser()])
      watched = await watchedPage(browser, [service.url], { viewport: { width: 390, height: 844 } })
      page = watched.page
    })
    afterAll(async () => {
      await browser?.close()
      await service?.remove()
    })

    test('every recording is read', async () => {
      expect(files.length).toBe(24)
      await page.goto(service.url)
      await page
        .getByLabel('Files from your watch')
        .setInputFiles(files.map(({ name, bytes }) => ({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(bytes) })))
      await page.getByRole('button', { name: 'Read these files' }).click()
      await page.waitForURL('**/import')
      await vi.waitFor(async () => expect(await text(page, '#imports')).toContain('24 files done: 24 read.'), MOMENT)
    })

    test('every run has a label with reasons, some easy and some hard', async () => {
      const runs = await vi.waitFor(async () => {
        const { runs } = await api<{ runs: RunJson[] }>('/runs?limit=100')
        expect(runs).toHaveLength(24)
        for (const { effort } of runs) expect(effort).not.toBeNull()
        return runs
      }, MOMENT)
      for (const { effort } of runs) expect(effort!.reasons.length).toBeGreaterThan(0)
      const labels = runs.map(({ effort }) => effort!.label)
      expect(labels.filter((label) => label === 'easy').length).toBeGreaterThanOrEqual(6)
      expect(labels.filter((label) => label === 'hard').length).toBeGreaterThanOrEqual(2)
      const hard = runs.find(({ effort }) => effort!.label === 'hard')!
      await page.goto(`${service.url}/runs/${hard.id}`)
      expect(await text(page, '.verdict')).toMatch(/^Hard: .{10,}/)
      await picture(page, 'real-run')
    })

    test('thresholds are learnt, and the page draws them', async () => {
      const { maxHeartRate, thresholdHeartRate, thresholdPaceSecondsPerKm } = await api<Figures>('/runner')
      expect([maxHeartRate.from, thresholdHeartRate.from, thresholdPaceSecondsPerKm.from]).toEqual(['learnt', 'learnt', 'learnt'])
      expect(maxHeartRate.value).toBeGreaterThan(170)
      expect(thresholdHeartRate.value).toBeGreaterThan(140)
      expect(thresholdHeartRate.value).toBeLessThan(maxHeartRate.value!)
      expect(thresholdPaceSecondsPerKm.value).toBeGreaterThan(200)
      expect(thresholdPaceSecondsPerKm.value).toBeLessThan(420)
      await open('Trends')
      expect(await page.locator('svg').count()).toBeGreaterThan(0)
      await picture(page, 'real-trends')
    })

    test('two sessions a week stand in the coming fortnight, and break no hard constraint', async () => {
      const [runner, { runs }, plan] = await Promise.all([
        api<Runner>('/runner'),
        api<{ runs: RunJson[] }>('/runs?limit=100'),
        api<Plan>('/plan'),
      ])
      const legs = plan.sessions.filter(({ kind }) => kind !== 'mobility' && kind !== 'coreMicro')
      const today = now.toISOString().slice(0, 10)
      expect(legs.length).toBeGreaterThanOrEqual(3)
      expect(legs.length).toBeLessThanOrEqual(5)
      const past = runs.map((run) => ({ ...run, effort: run.effort!.label, pHard: run.effort!.pHard, demand: run.effort!.demand }))
      expect(violationsOf({ today, now: '00:00', runner, runs: past, sessions: [], horizonDays: 14 }, plan)).toEqual([])
      await open('Week')
      expect(await text(page, '.next')).toMatch(/Why \w+: \S+/)
      await picture(page, 'real-week')
    })

    test('the calendar parses and holds them, and each workout file is one that a watch accepts', async () => {
      const { sessions } = await api<Plan>('/plan')
      await open('Settings')
      const feed = await fetch(await page.getByLabel('Calendar address').inputValue())
      const events = new ICAL.Component(ICAL.parse(await feed.text())).getAllSubcomponents('vevent').map((one) => new ICAL.Event(one))
      expect(events.map(({ uid }) => uid.replace('@stridelift', '')).sort()).toEqual(sessions.map(({ id }) => id).sort())
      for (const session of sessions) {
        await page.goto(`${service.url}/sessions/${session.id}`)
        const [download] = await Promise.all([
          page.waitForEvent('download'),
          page.getByRole('link', { name: 'Workout file for the watch' }).click(),
        ])
        const bytes = [...readFileSync(await download.path())]
        expect(new Decoder(Stream.fromByteArray(bytes)).checkIntegrity()).toBe(true)
        const { messages, errors } = new Decoder(Stream.fromByteArray(bytes)).read()
        expect(errors).toEqual([])
        expect(messages.workoutStepMesgs).toHaveLength(workoutSteps(session).length)
      }
      expect(watched.complaints).toEqual([])
    })
  })
})
