import { gzipSync } from 'node:zlib'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { arrivals, runSources, runs, sessions } from '../../src/db/schema.ts'
import { readArrival } from '../../src/jobs/read-arrival.ts'
import { MAX_FILES } from '../../src/web/api/receive.ts'
import { forEachDatabase } from '../support/databases.ts'
import { easyRun, fitFile, gpxFile, hardRun, type NamedFile } from '../support/files.ts'
import { buildRunFit, buildStrengthFit, cutOff } from '../support/fit-builder.ts'
import { startService, type TestService } from '../support/service.ts'
import { buildZip } from '../support/zip-builder.ts'

type Upload = {
  id: string
  file: string
  status: string
  runId: string | null
  detail: string | null
  parts?: Upload[]
  progress?: { done: number; total: number | null }
}
type RunJson = {
  id: string
  start: string
  localDate: string
  localTime: string
  timeZone: string
  distanceMeters: number | null
  sources: { id: string; from: string; externalId: string; best: boolean; reason: string; choice: string | null }[]
  effort: { label: string; decidedBy: string; pHard: number; reasons: string[] }
}

forEachDatabase((_name, open) => {
  let service: TestService
  beforeAll(async () => {
    service = await startService(open, { now: new Date('2026-09-21T05:00:00Z') })
  })
  afterAll(() => service.stop())

  const uploadOf = async (id: string) => (await service.json(`/api/v1/uploads/${id}`)) as Upload
  const runOf = async (id: string | null) => (await service.json(`/api/v1/runs/${id}`)) as RunJson
  const allRuns = async () => ((await service.json('/api/v1/runs?limit=500')) as { runs: RunJson[] }).runs
  async function import1(file: NamedFile): Promise<Upload> {
    const [queued] = await service.upload(file)
    await service.quiet()
    return uploadOf(queued!.id)
  }
  const write = (path: string, method: string, body?: unknown) =>
    service.request(path, {
      method,
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    })

  describe('An uploaded file', () => {
    test('becomes a run with its figures, its local day and its label', async () => {
      const upload = await import1(fitFile('morning.fit', easyRun(0)))
      expect(upload).toMatchObject({ file: 'morning.fit', status: 'imported', detail: 'Imported.' })
      const run = await runOf(upload.runId)
      expect(run).toMatchObject({ start: '2026-08-01T06:00:10Z', localDate: '2026-08-01', localTime: '07:00', timeZone: 'Europe/Lisbon' })
      expect(run.distanceMeters).toBeCloseTo(4200, -1)
      expect(run.effort.label).toMatch(/easy|hard/)
      expect(run.effort.reasons.length).toBeGreaterThan(0)
      expect(run.sources[0]).toMatchObject({ from: 'upload', best: true })
    })
    test('is a duplicate the second time, whatever its name', async () => {
      const before = (await allRuns()).length
      const upload = await import1(fitFile('again.fit', easyRun(0)))
      expect(upload.status).toBe('duplicate')
      expect(upload.runId).not.toBeNull()
      expect(upload.detail).toContain('morning.fit')
      expect((await allRuns()).length).toBe(before)
    })
    test('is a duplicate packed as well as plain, whichever comes first', async () => {
      const plain = fitFile('plain.fit', easyRun(50))
      const packed = { name: 'packed.fit.gz', bytes: gzipSync(plain.bytes) }
      const first = await import1(packed)
      expect(first.status).toBe('imported')
      for (const again of [plain, packed, { name: 'other.fit.gz', bytes: gzipSync(plain.bytes, { level: 1 }) }])
        expect(await import1(again)).toMatchObject({ status: 'duplicate', runId: first.runId })
      expect((await runOf(first.runId)).sources).toHaveLength(1)
    })
    test('leaves the same rows when its job runs twice', async () => {
      const upload = await import1(fitFile('twice.fit', easyRun(1)))
      const [row] = await service.db.select().from(arrivals).where(eq(arrivals.id, upload.id))
      const count = async () => [(await service.db.select().from(runs)).length, (await service.db.select().from(runSources)).length]
      const before = await count()
      await service.db.update(arrivals).set({ status: 'queued' }).where(eq(arrivals.id, upload.id))
      await readArrival(service, { runnerId: row!.runnerId, arrivalId: upload.id })
      await readArrival(service, { runnerId: row!.runnerId, arrivalId: upload.id })
      await service.quiet()
      expect(await count()).toEqual(before)
      expect((await uploadOf(upload.id)).runId).toBe(upload.runId)
    })
    test.each<[string, NamedFile, string, RegExp]>([
      ['gzipped FIT', { name: 'packed.fit.gz', bytes: gzipSync(buildRunFit(easyRun(40))) }, 'imported', /Imported/],
      ['a bike ride', fitFile('ride.fit', easyRun(41, { sport: 2 })), 'notARun', /bike ride/],
      ['random bytes', { name: 'noise.fit', bytes: new Uint8Array(5000).map((_, i) => (i * 197) % 251) }, 'rejected', /no FIT, TCX or GPX/],
      ['an empty file', { name: 'empty.fit', bytes: new Uint8Array(0) }, 'rejected', /empty/],
      ['a spreadsheet', { name: 'list.xlsx', bytes: new Uint8Array([1, 2, 3]) }, 'rejected', /Only \.fit, \.tcx and \.gpx/],
      [
        'a text that calls itself a zip',
        { name: 'fake.zip', bytes: new TextEncoder().encode('no zip at all, but long enough to look for its end') },
        'rejected',
        /archive is damaged/,
      ],
      ['a gzip bomb', { name: 'bomb.fit.gz', bytes: gzipSync(new Uint8Array(120 << 20)) }, 'rejected', /larger than/],
    ])('%s ends in its own state with a sentence', async (_what, file, status, sentence) => {
      const upload = await import1(file)
      expect(upload.status).toBe(status)
      expect(upload.detail).toMatch(sentence)
    })
    test('that is cut off keeps the run that can be rescued, or says why not', async () => {
      const upload = await import1({ name: 'cut.fit', bytes: cutOff(buildRunFit(easyRun(42)), 0.6) })
      expect(['imported', 'rejected']).toContain(upload.status)
      expect(upload.detail!.length).toBeGreaterThan(20)
    })
    test('of a treadmill without distance or places is a run', async () => {
      const upload = await import1(fitFile('treadmill.fit', easyRun(43, { subSport: 1, position: null, distance: false })))
      expect(upload.status).toBe('imported')
      expect(await runOf(upload.runId)).toMatchObject({ surface: 'treadmill', distanceMeters: null, timeZone: 'Europe/Lisbon' })
    })
  })

  describe('The same run in two files', () => {
    test('is one run with two sources, and the better one gives the figures', async () => {
      const first = await import1(gpxFile('phone.gpx', easyRun(10, { segments: [{ seconds: 1480, speed: 2.7 }], heartRateSensor: null })))
      const second = await import1(fitFile('watch.fit', easyRun(10)))
      expect(second.status).toBe('imported')
      expect(second.runId).toBe(first.runId)
      expect(second.detail).toContain('Another copy')
      const run = await runOf(first.runId)
      expect(run.sources).toHaveLength(2)
      const best = run.sources.find((source) => source.best)!
      expect(best.externalId).toBe((await service.db.select().from(arrivals).where(eq(arrivals.id, second.id)))[0]!.externalId)
      expect(best.choice).toContain('heart rate')
    })
    test('can be taken apart and put together again', async () => {
      const [run] = (await allRuns()).filter(({ sources }) => sources.length === 2)
      const other = run!.sources.find((source) => !source.best)!
      const split = await write(`/api/v1/runs/${run!.id}/sources/${other.id}/split`, 'POST')
      expect(split.status).toBe(200)
      const made = (await split.json()) as RunJson
      expect(made.id).not.toBe(run!.id)
      expect((await runOf(run!.id)).sources).toHaveLength(1)
      expect((await write(`/api/v1/runs/${run!.id}/sources/${run!.sources[0]!.id}/split`, 'POST')).status).toBe(409)
      expect((await write(`/api/v1/runs/${run!.id}/join`, 'POST', { runId: made.id })).status).toBe(200)
      expect((await runOf(run!.id)).sources).toHaveLength(2)
      expect((await service.request(`/api/v1/runs/${made.id}`)).status).toBe(404)
    })
  })

  describe('A zip', () => {
    test('has a row for each file in it, and one bad file stops none', async () => {
      const files = Array.from({ length: 6 }, (_, day) => fitFile(`activities/${day}.fit`, easyRun(20 + day)))
      const zip = buildZip([
        ...files,
        { name: 'activities.csv', bytes: new TextEncoder().encode('a,b') },
        { name: 'activities/broken.fit', bytes: new Uint8Array(300).fill(7) },
        { name: 'activities/again.fit.gz', bytes: gzipSync(files[0]!.bytes) },
        { name: 'activities/ride.fit', bytes: buildRunFit(easyRun(27, { sport: 2 })) },
      ])
      const upload = await import1({ name: 'export.zip', bytes: zip })
      expect(upload.status).toBe('imported')
      expect(upload.parts!.map(({ status }) => status)).toEqual([
        ...Array(6).fill('imported'),
        'rejected',
        'rejected',
        'duplicate',
        'notARun',
      ])
      expect(upload.detail).toBe('6 runs imported, 1 duplicate, 1 is no run, 2 were refused.')
      for (const part of upload.parts!) expect(part.detail).not.toBeNull()
    })
    test('in a zip gives its files to the outer one, each by its full name', async () => {
      const part = (from: number) => buildZip([0, 1, 2].map((n) => fitFile(`${from + n}.fit`, easyRun(100 + from + n))))
      const zip = buildZip([
        { name: 'DI_CONNECT/part1.zip', bytes: part(0), stored: true },
        fitFile('between.fit', easyRun(120)),
        {
          name: 'DI_CONNECT/part2.zip',
          bytes: buildZip([...[3, 4].map((n) => fitFile(`${n}.fit`, easyRun(100 + n))), { name: 'deep.zip', bytes: part(6) }]),
        },
        { name: 'original.zip', bytes: buildZip([fitFile('only.fit', easyRun(121))]) },
        { name: 'cut.zip', bytes: part(9).slice(0, 400) },
      ])
      const upload = await import1({ name: 'account.zip', bytes: zip })
      expect(upload.parts!.map(({ file, status }) => [file, status])).toEqual([
        ['DI_CONNECT/part1.zip/0.fit', 'imported'],
        ['DI_CONNECT/part1.zip/1.fit', 'imported'],
        ['DI_CONNECT/part1.zip/2.fit', 'imported'],
        ['between.fit', 'imported'],
        ['DI_CONNECT/part2.zip/3.fit', 'imported'],
        ['DI_CONNECT/part2.zip/4.fit', 'imported'],
        ['DI_CONNECT/part2.zip/deep.zip', 'rejected'],
        ['original.zip', 'imported'],
        ['cut.zip', 'rejected'],
      ])
      expect(upload).toMatchObject({ status: 'imported', progress: { done: 9, total: 9 } })
      expect(upload.detail).toBe('7 runs imported, 2 were refused.')
      expect(upload.parts!.at(-3)!.detail).toMatch(/two levels deep/)
      expect(upload.parts!.at(-1)!.detail).toMatch(/list of files is missing/)
      expect(await (await service.request('/import')).text()).toContain('7 runs imported, 2 were refused.')
    })
    test('gives only duplicates the second time', async () => {
      const upload = await import1({ name: 'second.zip', bytes: buildZip([fitFile('a.fit', easyRun(20)), fitFile('b.fit', easyRun(21))]) })
      expect(upload.parts!.map(({ status }) => status)).toEqual(['duplicate', 'duplicate'])
      expect(upload).toMatchObject({ status: 'duplicate', detail: '0 runs imported, 2 duplicates.' })
    })
    test('with nothing of use in it is no import', async () => {
      const ride = { name: 'ride.fit', bytes: buildRunFit(easyRun(28, { sport: 2 })) }
      const text = { name: 'note.txt', bytes: new TextEncoder().encode('hello') }
      expect((await import1({ name: 'ride.zip', bytes: buildZip([ride, text]) })).status).toBe('notARun')
      expect((await import1({ name: 'note.zip', bytes: buildZip([text]) })).status).toBe('rejected')
    })
  })

  test('of an upload beyond the number that is taken gets a row that says so', { timeout: 60_000 }, async () => {
    const form = new FormData()
    for (let n = 0; n < MAX_FILES + 3; n++) form.append('file', new File(['x'], `${n}.txt`))
    const answer = await service.request('/api/v1/uploads', { method: 'POST', body: form })
    const { uploads } = (await answer.json()) as { uploads: Upload[] }
    expect(uploads).toHaveLength(MAX_FILES + 3)
    expect(uploads.at(-1)!.file).toBe(`${MAX_FILES + 2}.txt`)
    expect(await uploadOf(uploads.at(-1)!.id)).toMatchObject({
      status: 'rejected',
      detail: expect.stringContaining(`At most ${MAX_FILES} files`),
    })
    expect((await uploadOf(uploads[MAX_FILES - 1]!.id)).detail).toContain('Only .fit')
  })

  describe("The runner's word", () => {
    test('wins over the classifier, and null gives the run back', async () => {
      const [run] = await allRuns()
      const hard = (await (await write(`/api/v1/runs/${run!.id}`, 'PATCH', { effort: 'hard' })).json()) as RunJson
      expect(hard.effort).toMatchObject({ label: 'hard', decidedBy: 'runner', pHard: 1 })
      const back = (await (await write(`/api/v1/runs/${run!.id}`, 'PATCH', { effort: null })).json()) as RunJson
      expect(back.effort.decidedBy).toBe('classifier')
    })
    test('to delete a run holds until its file is uploaded again', async () => {
      const upload = await import1(fitFile('gone.fit', easyRun(30)))
      expect((await write(`/api/v1/runs/${upload.runId}`, 'DELETE')).status).toBe(204)
      expect((await service.request(`/api/v1/runs/${upload.runId}`)).status).toBe(404)
      const back = await import1(fitFile('gone.fit', easyRun(30)))
      expect(back).toMatchObject({ status: 'imported', runId: upload.runId, detail: 'The run had been deleted; it is back.' })
      expect((await runOf(upload.runId)).effort).not.toBeNull()
    })
  })

  describe('The plan', () => {
    test('is made from the runs, and planning again changes nothing', async () => {
      for (let week = 0; week < 5; week++) await service.upload(fitFile(`h${week}.fit`, hardRun(46 - week * 7)))
      await service.quiet()
      const plan = (await service.json('/api/v1/plan')) as { sessions: { id: string; localDate: string }[] }
      expect(plan.sessions.length).toBeGreaterThanOrEqual(2)
      const before = await service.db.select().from(sessions)
      const [runner] = before
      await service.db.transaction((tx) => service.queue.add(tx, 'runner.plan', { runnerId: runner!.runnerId }))
      await service.quiet()
      expect(await service.db.select().from(sessions)).toEqual(expect.arrayContaining(before))
    })
    test('follows a skipped session and a moved one', async () => {
      const { sessions: planned } = (await service.json('/api/v1/plan')) as {
        sessions: { id: string; localDate: string; status: string }[]
      }
      const [first, second] = planned
      const skipped = await write(`/api/v1/sessions/${first!.id}`, 'PATCH', { status: 'skipped' })
      expect(await skipped.json()).toMatchObject({ id: first!.id, status: 'skipped' })
      const day = '2026-10-03'
      const moved = await write(`/api/v1/sessions/${second!.id}`, 'PATCH', { localDate: day })
      expect(await moved.json()).toMatchObject({ id: second!.id, localDate: day, pinned: true })
      expect((await write(`/api/v1/sessions/${second!.id}`, 'PATCH', { localDate: '2020-01-01' })).status).toBe(422)
    })
    test('takes a strength activity of the day as its session done', async () => {
      const { sessions: planned } = (await service.json('/api/v1/plan')) as {
        sessions: { id: string; localDate: string; localTime: string; status: string }[]
      }
      const next = planned.find(({ status }) => status === 'planned')!
      const startAt = new Date(`${next.localDate}T${next.localTime}:00+01:00`)
      const bytes = buildStrengthFit({
        startAt,
        offsetSeconds: 3600,
        sets: [{ kind: 'active', seconds: 40, reps: 8, category: 28, name: 61 }],
      })
      const upload = await import1({ name: 'gym.fit', bytes })
      expect(upload.status).toBe('notARun')
      expect(upload.detail).toContain('done')
      expect(await service.json(`/api/v1/sessions/${next.id}`)).toMatchObject({ status: 'done' })
    })
  })
})

test('the order in which files come in changes no label', { timeout: 120_000 }, async () => {
  const files = Array.from({ length: 8 }, (_, day) => fitFile(`${day}.fit`, day % 4 === 3 ? hardRun(day * 2) : easyRun(day * 2)))
  const { openTestPglite } = await import('../support/databases.ts')
  const labels = async (order: NamedFile[]) => {
    const service = await startService(openTestPglite)
    for (const file of order) {
      await service.upload(file)
      await service.quiet()
    }
    const { runs: all } = (await service.json('/api/v1/runs?limit=100')) as { runs: RunJson[] }
    await service.stop()
    return all.map(({ start, effort }) => [start, effort.label, effort.pHard, effort.reasons])
  }
  expect(await labels([...files].reverse())).toEqual(await labels(files))
})
