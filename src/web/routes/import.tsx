/** Files in: by form, by drop, and the made-up runner, which takes the same road. */
import type { Hono } from 'hono'
import { accountOf } from '../../db/accounts.ts'
import { type Arrival, latestUploads, nextInnerZip, partCounts } from '../../db/arrivals.ts'
import { hasDemoFiles, hasRuns, uploadRows } from '../../db/pages.ts'
import { runnerRow } from '../../db/runners.ts'
import type { Deps } from '../../deps.ts'
import { RequestRefused } from '../../errors.ts'
import { giveCookie } from '../accounts/cookie.ts'
import { reopenAccount } from '../api/accounts.ts'
import { receiveUploads } from '../api/receive.ts'
import { demoFile, demoRuns } from '../demo-history.ts'
import { ImportList, ImportPage } from '../pages/import.tsx'
import type { ImportView, UploadGroup, UploadView } from '../pages/view.ts'
import type { Who } from '../who.ts'
import { count } from '../words.ts'
import { back, type CallApi, draw, refused, shellOf, type Visit, visitOf } from './kit.tsx'

const UPLOADS = 200
const GROUPS = 12
const ROWS = 60
/** Single files that came within this time of each other stand together. */
const TOGETHER_MS = 10 * 60_000

const noCounts = (): UploadGroup['counts'] => ({ receiving: 0, queued: 0, imported: 0, duplicate: 0, notARun: 0, rejected: 0 })

function uploadView(row: Arrival): UploadView {
  return { id: row.id, file: row.name, status: row.status, runId: row.runId, detail: row.detail }
}

async function zipGroup(deps: Deps, runnerId: string, zip: Arrival): Promise<UploadGroup> {
  const counts = { ...noCounts(), ...(await partCounts(deps.db, runnerId, zip.id)) }
  const known = Object.values(counts).reduce((sum, files) => sum + files, 0)
  const ended = zip.status !== 'queued' && zip.status !== 'receiving'
  const unpacked = ended || (zip.partCount !== null && (await nextInnerZip(deps.db, runnerId, zip.id)) === null)
  // While it is unpacked there is more to come, even when every file that is out is read.
  if (!unpacked) counts.queued += 1
  else if (!ended) counts.queued += Math.max((zip.partCount ?? 0) - known, 0)
  const rows = await uploadRows(deps.db, runnerId, zip.id, ROWS)
  return {
    id: zip.id,
    name: zip.name,
    receivedAt: zip.receivedAt,
    isZip: true,
    counts,
    total: unpacked ? Math.max(known, zip.partCount ?? 0) : known + 1,
    rows: rows.map(uploadView),
    detail: ended && !zip.partCount ? zip.detail : null,
    summary: ended && zip.partCount ? zip.detail : null,
    unpacking: !unpacked,
  }
}

function looseGroup(files: Arrival[]): UploadGroup {
  const counts = noCounts()
  for (const file of files) counts[file.status]++
  const refusedFirst = files.toSorted((a, b) => Number(b.status === 'rejected') - Number(a.status === 'rejected'))
  return {
    id: files[0]!.id,
    name: files.length === 1 ? files[0]!.name : count(files.length, 'file'),
    receivedAt: files[0]!.receivedAt,
    isZip: false,
    counts,
    total: files.length,
    summary: null,
    unpacking: false,
    rows: refusedFirst.slice(0, ROWS).map(uploadView),
    detail: null,
  }
}

/** Uploads as groups, newest first: each zip by itself, single files by the time at which they came. */
async function importView(deps: Deps, runnerId: string): Promise<ImportView> {
  const uploads = await latestUploads(deps.db, runnerId, UPLOADS)
  const groups: (Arrival | Arrival[])[] = []
  for (const upload of uploads) {
    const last = groups.at(-1)
    if (upload.media === 'zip') groups.push(upload)
    else if (Array.isArray(last) && last.at(-1)!.receivedAt.getTime() - upload.receivedAt.getTime() < TOGETHER_MS) last.push(upload)
    else groups.push([upload])
  }
  const views: UploadGroup[] = []
  for (const group of groups.slice(0, GROUPS)) views.push(Array.isArray(group) ? looseGroup(group) : await zipGroup(deps, runnerId, group))
  return { groups: views, open: views.reduce((sum, { counts }) => sum + counts.queued + counts.receiving, 0) }
}

/** One file as an upload like any other. */
async function uploadFile(deps: Deps, runnerId: string, { name, bytes }: { name: string; bytes: Uint8Array }): Promise<void> {
  const form = new FormData()
  form.append('file', new File([new Uint8Array(bytes)], name))
  await receiveUploads(deps, runnerId, new Request('http://here/demo', { method: 'POST', body: form }))
}

/** Runners whose made-up history is on its way. */
const filling = new Set<string>()

/** Brings the made-up runs in, the newest first; answers after the first, the others follow one by one. */
async function fillDemo(deps: Deps, { runnerId, runner, today }: Visit): Promise<void> {
  if (filling.has(runnerId)) return
  filling.add(runnerId)
  const [first, ...rest] = demoRuns(today)
    .map((run, index) => () => uploadFile(deps, runnerId, demoFile(run, index + 1, runner.timeZone)))
    .reverse()
  const others = async () => {
    try {
      for (const upload of rest) {
        await new Promise((done) => setImmediate(done))
        if (!(await runnerRow(deps.db, runnerId))) return
        await upload()
      }
    } catch (error) {
      deps.log.error('the made-up runs did not all come in', error)
    } finally {
      filling.delete(runnerId)
    }
  }
  await first?.()
  void others()
}

export function importRoutes(app: Hono<Who>, deps: Deps, call: CallApi): void {
  app.get('/import', async (c) => {
    const visit = await visitOf(c, deps)
    const view = await importView(deps, visit.runnerId)
    return draw(c, <ImportPage shell={shellOf(c, deps, visit, { title: 'Import', place: 'import' })} view={view} />)
  })

  app.get('/import/list', async (c) => {
    const visit = await visitOf(c, deps)
    return draw(c, <ImportList view={await importView(deps, visit.runnerId)} units={visit.runner.units} />)
  })

  app.post('/import', async (c) => {
    const visit = await visitOf(c, deps)
    try {
      await receiveUploads(deps, visit.runnerId, c.req.raw)
    } catch (error) {
      if (error instanceof RequestRefused) return refused(c, deps, visit, { status: error.status, detail: error.message }, '/import')
      throw error
    }
    return c.redirect('/import', 303)
  })

  app.post('/demo', async (c) => {
    const visit = await visitOf(c, deps)
    if (await hasRuns(deps.db, visit.runnerId)) {
      const detail = 'You have runs of your own here, and the made-up ones would mix with them. Nothing was changed.'
      return refused(c, deps, visit, { status: 409, detail }, '/')
    }
    await fillDemo(deps, visit)
    return back(c, null, '/', { said: 'demo' })
  })

  app.post('/demo/leave', async (c) => {
    const visit = await visitOf(c, deps)
    if (!(await hasDemoFiles(deps.db, visit.runnerId))) {
      return refused(c, deps, visit, { status: 409, detail: 'There is no made-up runner here. Nothing was changed.' }, '/')
    }
    const account = await accountOf(deps.db, visit.runnerId)
    const answer = await call(visit.runnerId, 'DELETE', '/runner')
    if (!answer.ok) return refused(c, deps, visit, answer, '/')
    if (account) await giveCookie(c, deps, await reopenAccount(deps, account))
    return c.redirect('/', 303)
  })
}
