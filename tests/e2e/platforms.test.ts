/**
 * The seven platforms from the first click to the last word: a real browser, the service over HTTP with its real queue, the
 * simulated platforms. All seven are connected to one runner, and each step is asked of each of them. With E2E_TABLE set to
 * a file, the table of platforms and steps is written there.
 */
import { createServer } from 'node:net'
import { afterAll, beforeAll, expect, vi } from 'vitest'
import { makeRun, type Recipe } from '../../scripts/simulated/history.ts'
import type { CalendarEntry, PlatformId, SimulatedActivity } from '../../scripts/simulated/types.ts'
import { uploadAndWait } from '../../scripts/support/service.ts'
import { addDays, localIn } from '../../src/core/days.ts'
import { markerOf } from '../../src/platforms/marker.ts'
import { describeWithBrowser, picture } from '../support/browser.ts'
import { type PlatformFacts, platformFacts, step, writeTable } from './platform-facts.ts'
import { MOMENT, type PlatformStage, type Run, type Session, stagePlatforms } from './platform-stage.ts'

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 })

const ZONE = 'Europe/Lisbon'

describeWithBrowser('The seven platforms', () => {
  let stage: PlatformStage
  const foreign = new Map<PlatformId, CalendarEntry[]>()
  const told = new Map<PlatformId, SimulatedActivity[]>()
  let moved: { session: Session; from: string; to: string }

  const notOurs = (id: PlatformId) =>
    stage
      .platform(id)
      .calendar()
      .filter((entry) => !entry.ours)

  beforeAll(async () => {
    stage = await stagePlatforms({ historyWeeks: 2, timeZone: ZONE })
    await stage.api('/runner', 'PATCH', { equipment: 'dumbbells', experience: 'intermediate' })
    for (const { id } of platformFacts) foreign.set(id, notOurs(id))
  })
  afterAll(async () => {
    writeTable()
    await stage?.close()
  })

  const today = () => localIn(stage.now(), ZONE).localDate
  const row = (label: string) =>
    stage.page.locator('section.connection', { has: stage.page.getByRole('heading', { name: label, exact: true }) })

  /** Runs of the afternoons and evenings of the last days, three a day, when the runner has no other. */
  function later(slot: number, kind: Recipe['kind'] = 'easy'): Recipe {
    const day = addDays(today(), -1 - Math.floor(slot / 3))
    return makeRun({
      seed: 1,
      kind,
      startAt: new Date(`${day}T${[13, 17, 21][slot % 3]}:${10 + 2 * slot}:10Z`),
      timeZone: ZONE,
      ...(kind === 'easy' ? { minutes: 40 } : {}),
    })
  }

  /** What stands on a platform is what is planned within its window, each once. */
  async function agrees({ id, ahead }: PlatformFacts): Promise<void> {
    const last = addDays(today(), ahead ?? 0)
    const named = (localDate: string, name: string) => `${localDate} ${name.slice(0, 20)}`
    await expect
      .poll(async () => {
        const wanted = (await stage.planned()).filter(({ localDate }) => localDate <= last)
        const stands = stage.ours(id).map(({ localDate, name }) => named(localDate, name))
        return { stands: stands.sort(), wanted: wanted.map(({ localDate, title }) => named(localDate, title)).sort() }
      }, MOMENT)
      .toSatisfy(({ stands, wanted }: { stands: string[]; wanted: string[] }) => wanted.length > 0 && stands.join() === wanted.join())
  }

  /** The figures of a run are those that the watch recorded. */
  function sameFigures(run: Run | undefined, activity: SimulatedActivity): void {
    expect(run).toBeDefined()
    expect(Date.parse(run!.start)).toBe(activity.startAt.getTime())
    const distance = activity.distanceMeters ?? 0
    expect(Math.abs((run!.distanceMeters ?? 0) - distance)).toBeLessThanOrEqual(0.005 * distance + 1)
    expect(Math.abs((run!.movingSeconds ?? 0) - activity.seconds)).toBeLessThanOrEqual(5)
    expect(Math.abs((run!.averageHeartRate ?? 0) - (activity.averageHeartRate ?? 0))).toBeLessThanOrEqual(1)
  }

  /** Sets, repetitions and loads that stand on the calendar are those of the session. */
  function sameExercises(id: PlatformId, entry: CalendarEntry, session: Session): void {
    if (id === 'intervals-icu') {
      expect(entry.externalId).toBe(markerOf(session.id))
      for (const { name, sets, reps, seconds } of session.exercises)
        expect(entry.notes).toMatch(new RegExp(`${name.replace(/[()/]/g, '\\$&')}: ${sets} x ${reps ?? `${seconds} s`}`))
      return
    }
    const sides = (exercise: Session['exercises'][number]) => (exercise.perSide ? 2 : 1)
    const sum = (of: (exercise: Session['exercises'][number]) => number) =>
      session.exercises.reduce((total, exercise) => total + exercise.sets * sides(exercise) * of(exercise), 0)
    const repsIn = (text: string) => Number(/(\d+) (?:reps|x)/.exec(text)?.[1] ?? 0)
    const work = entry.steps.filter(({ text }) => !/^(\d+ s )?rest\b|session done$/i.test(text))
    expect(work.length).toBe(sum(() => 1))
    expect(work.reduce((total, one) => total + (one.reps ?? repsIn(one.text)), 0)).toBe(sum(({ reps }) => reps ?? 0))
    const loads = (values: (number | null | undefined)[]) => [...new Set(values.filter((one) => one))].sort().join()
    const kilograms = (text: string) => Number(/([\d.]+) ?kg/.exec(text)?.[1] ?? 0)
    expect(loads(work.map((one) => one.weightKg ?? kilograms(one.text)))).toBe(loads(session.exercises.map(({ weightKg }) => weightKg)))
  }

  /** Strava lays down the words of its own link, whatever the state. */
  const connectWord = (label: string, word: string): string => (label === 'Strava' ? 'Connect with Strava' : word)

  /** Connects in the browser. @param empty a box of the consent page to leave empty */
  async function connect(label: string, link: string, empty: string | null = null): Promise<void> {
    const { page } = stage
    await page.goto(`${stage.url}/connections`)
    await row(label)
      .getByRole('link', { name: connectWord(label, link), exact: true })
      .click()
    for (const box of await page.getByRole('checkbox').all()) await box.setChecked((await box.getAttribute('value')) !== empty)
    await page.getByRole('button', { name: 'Allow' }).click()
    await page.waitForURL(`${stage.url}/`)
  }

  step('refused', 'a refused consent lands on a page that says what to do', {
    async act({ id, label }) {
      const { page } = stage
      await page.goto(`${stage.url}/connections`)
      await page.getByRole('link', { name: connectWord(label, `Connect ${label}`), exact: true }).click()
      await page.getByRole('button', { name: 'Refuse' }).click()
      await page.waitForURL(`${stage.url}/connect/${id}/callback*`)
      expect(await page.locator('main').innerText()).toMatch(/not connected[\s\S]*try again and agree/)
      expect(await page.getByRole('link', { name: `Try ${label} again` }).getAttribute('href')).toBe(`/connect/${id}`)
      expect((await stage.connection(id)).state).toBe('off')
      // The page is answered with 400, which the browser notes.
      for (const complaint of stage.watched.complaints.splice(0)) expect(complaint).toMatch(/status of 400|favicon/)
    },
  })

  step('connected', 'Connect and Allow connect it; the first that takes sessions gets them, a further one says why it does not', {
    async act({ id, label, ahead }) {
      await connect(label, `Connect ${label}`)
      const connection = await stage.connection(id)
      const first = id === platformFacts[0]!.id
      expect(connection).toMatchObject({ state: 'connected', canRead: true, canSchedule: ahead !== null, write: first })
      if (ahead === null || first) return
      expect(connection.writeReason).toMatch(/intervals\.icu already.*twice/)
      return 'ok, write off'
    },
  })

  step('history', 'its history arrives, each run once however many platforms have it', {
    async act({ id, history }) {
      await expect.poll(async () => (await stage.connection(id)).backfill?.state ?? 'done', MOMENT).toBe('done')
      if (!history) return 'starts at the connection'
      const activities = stage.platform(id).activities()
      expect(activities.length).toBeGreaterThanOrEqual(7)
      const from = async () => (await stage.runs()).filter(({ sources }) => sources.some((source) => source.from === id)).length
      await expect.poll(from, MOMENT).toBe(activities.length)
      const runs = await stage.runs()
      expect(runs).toHaveLength(activities.length)
      for (const activity of activities)
        sameFigures(
          runs.find(({ sources }) => sources.some(({ externalId }) => externalId === activity.externalId)),
          activity,
        )
      return `${activities.length} runs`
    },
  })

  step('write', 'the runner says whether sessions go there', {
    async act({ id, label, ahead }) {
      const answer = await stage.status(`/connections/${id}`, 'PATCH', { write: true })
      if (ahead === null) {
        expect(answer.status).toBe(409)
        expect(answer.text).toContain(`${label} has no way in for planned sessions`)
        return 'refused in words'
      }
      expect(answer.status).toBe(200)
      expect((await stage.connection(id)).write).toBe(true)
    },
  })

  step('session', 'planned sessions stand on its calendar with their exercises, or their absence is explained', {
    prepare: () => stage.quiet(),
    async act(platform) {
      const { id, ahead } = platform
      if (ahead === null) {
        const connection = await stage.connection(id)
        expect(connection).toMatchObject({ canSchedule: false, fidelity: 'none' })
        expect(connection.text).toMatch(/no way in for planned sessions\. Subscribe to the calendar feed, or load the FIT workout file/)
        return 'none, explained'
      }
      await agrees(platform)
      const inWindow = (await stage.planned()).filter(({ localDate }) => localDate <= addDays(today(), ahead))
      for (const session of inWindow) {
        const delivery = session.deliveries.find((one) => one.platform === id)
        expect(delivery).toMatchObject({ state: 'delivered', externalId: expect.any(String) })
        expect(delivery!.fidelity).toBe(delivery!.lost.length === 0 ? 'exact' : 'degraded')
        sameExercises(id, stage.ours(id).find(({ localDate }) => localDate === session.localDate)!, session)
      }
      expect(stage.platform(id).leftovers()).toEqual([])
      expect(notOurs(id)).toEqual(foreign.get(id))
      await stage.page.goto(`${stage.url}/connections`)
      await picture(stage.page, 'connections')
      return `${inWindow.length}, ${(await stage.connection(id)).fidelity}`
    },
  })

  step('moved', 'a session that is moved stands on its new day and no longer on the old one', {
    async prepare() {
      const planned = await stage.planned()
      const session = planned.find(({ localDate }) => localDate > today() && localDate <= addDays(today(), 5))!
      const to = [1, 2, 3, 4, 5].map((days) => addDays(today(), days)).find((day) => planned.every(({ localDate }) => localDate !== day))!
      moved = { session, from: session.localDate, to }
      await stage.api(`/sessions/${session.id}`, 'PATCH', { localDate: to })
      await stage.quiet()
    },
    async act(platform) {
      if (platform.ahead === null) return '–'
      await agrees(platform)
      const days = stage.ours(platform.id).map(({ localDate }) => localDate)
      expect(days.filter((day) => day === moved.to)).toHaveLength(1)
      if ((await stage.planned()).every(({ localDate }) => localDate !== moved.from)) expect(days).not.toContain(moved.from)
    },
  })

  step('skipped', 'a session that is skipped is taken away', {
    async prepare() {
      await stage.api(`/sessions/${moved.session.id}`, 'PATCH', { status: 'skipped' })
      await stage.quiet()
    },
    async act(platform) {
      if (platform.ahead === null) return '–'
      await agrees(platform)
      expect(stage.ours(platform.id).map(({ localDate }) => localDate)).not.toContain(moved.to)
      expect(stage.platform(platform.id).leftovers()).toEqual([])
    },
  })

  step('webhook', 'runs arrive by webhook with right figures and label, once though pushes come twice and in the wrong order', {
    async prepare() {
      platformFacts.forEach(({ id }, index) => {
        const platform = stage.platform(id)
        platform.webhookFault({ kind: 'reordered', times: 1 })
        const first = platform.addRun({ recipe: later(index) })
        platform.webhookFault({ kind: 'doubled', times: 1 })
        const second = platform.addRun({ recipe: later(platformFacts.length + index, index % 2 ? 'easy' : 'intervals') })
        told.set(id, [first, second])
      })
      await stage.quiet()
    },
    async act({ id }) {
      for (const [index, activity] of told.get(id)!.entries()) {
        await expect.poll(() => stage.runOf(activity), MOMENT).toBeDefined()
        const run = (await stage.runOf(activity))!
        sameFigures(run, activity)
        expect(run.sources).toHaveLength(1)
        const hard = index === 1 && platformFacts.findIndex((one) => one.id === id) % 2 === 0
        expect(run.effort?.label).toBe(hard ? 'hard' : 'easy')
      }
      const runs = await stage.runs()
      expect(new Set(runs.map(({ start }) => start)).size).toBe(runs.length)
    },
  })

  step('forged', 'a push without the platform’s secret is refused and changes nothing', {
    async act({ id }) {
      const platform = stage.platform(id)
      await stage.quiet()
      const before = (await stage.runs()).length
      const sent = platform.deliveries.findLast(({ status, forged }) => status === 200 && !forged)!
      const { webhookSecret } = platform.app
      const body = webhookSecret ? sent.body.replaceAll(webhookSecret, 'somebody-else') : sent.body
      const url = webhookSecret ? sent.url.replace(webhookSecret, 'somebody-else') : sent.url
      const answer = await fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json' } })
      expect(url.endsWith('/somebody-else') ? 404 : 401).toBe(answer.status)
      expect(answer.headers.get('content-type')).toContain('application/problem+json')
      await stage.quiet()
      expect((await stage.runs()).length).toBe(before)
      return String(answer.status)
    },
  })

  step('foreign host', 'a file that a push places on a foreign host is never asked for', {
    async act({ id }) {
      const platform = stage.platform(id)
      let visits = 0
      const canary = createServer((socket) => {
        visits++
        socket.destroy()
      })
      await new Promise<void>((done) => canary.listen(0, '127.0.0.1', done))
      const address = canary.address()
      const port = typeof address === 'object' && address ? address.port : 0
      const withUrl = platform.deliveries.filter(({ body }) => /https:\/\//.test(body)).at(-1)
      const before = (await stage.runs()).length
      const known = { garmin: true, coros: true, wahoo: true }
      if (withUrl && id in known) {
        const renumbered = withUrl.body
          .replace(/"(activityId|labelId)":(\d+)\d{3}/g, '"$1":$2987')
          .replace(/"summaryId":"(\d+)\d{3}/g, '"summaryId":"$1987')
        for (const host of [`https://127.0.0.1:${port}`, `http://127.0.0.1:${port}`, 'https://files.example']) {
          const body = renumbered.replace(/https:\/\/[^/"]+/g, host)
          const headers: Record<string, string> = { 'content-type': 'application/json' }
          if (id === 'coros') Object.assign(headers, { client: platform.app.clientId, secret: platform.app.clientSecret })
          expect((await fetch(withUrl.url, { method: 'POST', body, headers })).status).toBe(200)
        }
        await stage.quiet()
      }
      canary.close()
      expect(visits).toBe(0)
      expect([...stage.asked]).toEqual([stage.simulated.url])
      expect((await stage.runs()).length).toBe(before)
      return withUrl && id in known ? undefined : 'no file address in its pushes'
    },
  })

  step('three sources', 'the same run from it, from a second platform and as a file is one run with three sources', {
    async prepare() {
      const files: { name: string; bytes: Uint8Array }[] = []
      platformFacts.forEach(({ id }, index) => {
        const recipe = later(2 * platformFacts.length + index)
        const one = stage.platform(id).addRun({ recipe })
        const other = platformFacts[(index + 1) % platformFacts.length]!.id
        stage.platform(other).addRun({ recipe })
        files.push({ name: `${id}.fit`, bytes: one.file() })
        told.get(id)!.push(one)
      })
      await uploadAndWait(stage.url, files)
      await stage.quiet()
    },
    async act({ id }) {
      const other = platformFacts[(platformFacts.findIndex((one) => one.id === id) + 1) % platformFacts.length]!.id
      const activity = told.get(id)![2]!
      const run = await stage.runOf(activity)
      expect(run?.sources.map(({ from }) => from).sort()).toEqual([id, other, 'upload'].sort())
      sameFigures(run, activity)
      const runs = await stage.runs()
      expect(new Set(runs.map(({ start }) => start)).size).toBe(runs.length)
    },
  })

  step('edited', 'a run that is edited there is read again and stays one', {
    async prepare() {
      stage.pass(5)
      for (const { id } of platformFacts) {
        stage.platform(id).editRun(told.get(id)![0]!.externalId, { title: 'Shown to friends', surface: 'trail', race: false })
      }
      for (const { id, tells } of platformFacts) if (!tells.edits) await stage.sweep(id)
      await stage.quiet()
    },
    async act({ id }) {
      const run = await stage.runOf(told.get(id)![0]!)
      expect(run?.sources).toHaveLength(1)
      sameFigures(run, told.get(id)![0]!)
      // Where there is a file, the surface is the file's; Strava has none.
      expect(run?.surface).toBe(id === 'strava' ? 'trail' : 'road')
    },
  })

  step('deleted', 'a run that is deleted there goes', {
    async prepare() {
      stage.pass(75)
      for (const { id } of platformFacts) stage.platform(id).deleteRun(told.get(id)![0]!.externalId)
      for (const { id, tells } of platformFacts) if (tells.deletions === false) await stage.sweep(id)
      await stage.quiet()
    },
    async act({ id, tells }) {
      const gone = async () => (await stage.runOf(told.get(id)![0]!)) === undefined
      if (tells.deletions === 'never') {
        expect(await gone()).toBe(false)
        return 'never told, never listed'
      }
      await expect.poll(gone, MOMENT).toBe(true)
      return tells.deletions ? undefined : 'ok, found by looking'
    },
  })

  step('disconnected', 'disconnecting takes coming entries away, gives the access back and leaves the runs', {
    async act({ id, label }) {
      const { page } = stage
      await stage.quiet()
      const before = (await stage.runs()).length
      await page.goto(`${stage.url}/connections`)
      await row(label).getByText('Disconnect', { exact: true }).click()
      await row(label)
        .getByRole('button', { name: `Disconnect ${label}` })
        .click()
      await page.waitForURL(`${stage.url}/connections*`)
      await expect.poll(async () => (await stage.connection(id)).state, { timeout: 15_000 }).toBe('off')
      await expect
        .poll(
          () =>
            stage
              .platform(id)
              .grants()
              .some(({ active }) => active),
          MOMENT,
        )
        .toBe(false)
      await stage.quiet()
      expect(stage.ours(id)).toEqual([])
      expect(stage.platform(id).leftovers()).toEqual([])
      expect(notOurs(id)).toEqual(foreign.get(id))
      expect((await stage.connection(id)).text).toBe(`${label} is not connected.`)
      expect((await stage.runs()).length).toBe(before)
    },
  })

  step('right missing', 'a right that was not given is said and asked for again', {
    async act({ id, label, untick }) {
      const { page } = stage
      await connect(label, `Connect ${label}`, untick?.box)
      if (untick) {
        const connection = await stage.connection(id)
        expect(connection).toMatchObject({ state: 'limited', canRead: untick.missing === 'writing' })
        expect(connection.text).toMatch(/a right is missing .* Connect again and leave every box ticked/)
        await page.goto(`${stage.url}/connections`)
        expect(await row(label).innerText()).toContain('a right is missing')
        await connect(label, `Connect ${label} again`)
      }
      expect((await stage.connection(id)).state).toBe('connected')
      await stage.quiet()
      return untick ? undefined : 'all or nothing there'
    },
  })

  /** A true push with a false word: that the runner has left. */
  function falseWord(id: PlatformId): object {
    const { app, runnerId } = stage.platform(id)
    const user = runnerId()
    const timestamp = stage.now().toISOString()
    if (id === 'garmin') return { deregistrations: [{ userId: user }] }
    if (id === 'intervals-icu')
      return {
        secret: app.webhookSecret,
        events: [{ athlete_id: user, type: 'APP_SCOPE_CHANGED', timestamp, scope: '', deauthorized: true }],
      }
    return {
      object_type: 'athlete',
      aspect_type: 'update',
      object_id: Number(user),
      owner_id: Number(user),
      subscription_id: 1,
      event_time: Math.floor(stage.now().getTime() / 1000),
      updates: { authorized: 'false' },
    }
  }

  step('left there', 'the word that the runner left is proved before it is believed', {
    async act({ id, label, tells }) {
      const platform = stage.platform(id)
      const state = async () => (await stage.connection(id)).state
      if (tells.leaving) {
        const { url, authorization } = platform.webhook()!
        const headers = { 'content-type': 'application/json', ...(authorization ? { authorization } : {}) }
        expect((await fetch(url, { method: 'POST', body: JSON.stringify(falseWord(id)), headers })).status).toBe(200)
        await vi.waitFor(async () => {
          const depth = await stage.deps.queue.depth()
          expect([depth['webhook.read'] ?? 0, depth['connection.prove'] ?? 0]).toEqual([0, 0])
        }, MOMENT)
        expect(await state()).toBe('connected')
        // Two of the same second would be one push that came twice.
        stage.pass(1)
      }
      platform.deauthorise()
      // Without a word from the platform the next looks find it out; one refusal alone is not believed everywhere.
      for (let looks = 0; !tells.leaving && looks < 12 && (await state()) !== 'reconnect'; looks++) {
        stage.pass(150)
        await stage.sweep(id)
        await new Promise((done) => setTimeout(done, 500))
      }
      const ended = tells.leaving ? 'off' : 'reconnect'
      await expect.poll(state, MOMENT).toBe(ended)
      await stage.page.goto(`${stage.url}/connections`)
      const word = tells.leaving ? `Connect ${label}` : `Reconnect ${label}`
      await row(label)
        .getByRole('link', { name: connectWord(label, word), exact: true })
        .waitFor()
      return ended
    },
  })

  step('within the rules', 'nothing was sent that the platform does not allow, nor anywhere else', {
    async act({ id, ahead }) {
      const platform = stage.platform(id)
      expect(platform.violations).toEqual([])
      if (ahead === null) expect(platform.writes()).toEqual([])
      expect([...stage.asked]).toEqual([stage.simulated.url])
      expect(notOurs(id)).toEqual(foreign.get(id))
      for (const complaint of stage.watched.complaints) expect(complaint).toMatch(/favicon/)
      return ahead === null ? '0 writing requests' : undefined
    },
  })
})
