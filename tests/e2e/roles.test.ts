import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dataFolder, type Service, startService } from '../../scripts/support/service.ts'
import { newPostgresDatabase } from '../support/databases.ts'
import { eightWeeks } from '../support/history.ts'
import { hasPostgres } from '../support/postgres.ts'
import { buildZip } from '../support/zip-builder.ts'

const SLOW = { timeout: 240_000 }

type Upload = { id: string; status: string; progress?: { done: number; total: number | null }; parts?: { file: string; status: string }[] }

describe.skipIf(!hasPostgres())('Two processes on PostgreSQL, one for the web and one for the work', () => {
  const folder = dataFolder()
  const runs = eightWeeks(new Date(), 12)
  let database: { url: string; drop: () => Promise<void> }
  let env: Record<string, string>
  let web: Service
  const workers: Service[] = []

  const startWorker = async () => {
    const worker = await startService({ dataDir: folder.path, env: { ...env, ROLE: 'worker' } })
    workers.push(worker)
    return worker
  }
  const api = async <Answer>(path: string) => (await (await fetch(`${web.url}/api/v1${path}`)).json()) as Answer
  async function post(name: string, bytes: Uint8Array): Promise<string> {
    const form = new FormData()
    form.append('file', new File([new Uint8Array(bytes)], name))
    const answer = await fetch(`${web.url}/api/v1/uploads`, { method: 'POST', body: form })
    expect(answer.status).toBe(202)
    return ((await answer.json()) as { uploads: Upload[] }).uploads[0]!.id
  }
  async function until<Answer>(ask: () => Promise<Answer>, good: (answer: Answer) => boolean): Promise<Answer> {
    for (const began = Date.now(); ; await sleep(40)) {
      const answer = await ask()
      if (good(answer)) return answer
      if (Date.now() - began > 150_000)
        throw new Error(`It did not come about: ${JSON.stringify(answer).slice(0, 600)}\n${workers.at(-1)?.output().slice(-1500)}`)
    }
  }

  beforeAll(async () => {
    database = await newPostgresDatabase()
    env = { DATABASE_URL: database.url, ENCRYPTION_KEY: randomBytes(32).toString('base64') }
    web = await startService({ dataDir: folder.path, env: { ...env, ROLE: 'web' } })
  }, 120_000)
  afterAll(async () => {
    for (const worker of workers) await worker.kill()
    await web?.stop()
    await database?.drop()
    folder.remove()
  }, 60_000)

  test('the web process takes a file and leaves the work to the worker', SLOW, async () => {
    const id = await post('first.fit', runs[0]!.bytes)
    expect((await api<Upload>(`/uploads/${id}`)).status).toBe('queued')
    await startWorker()
    const upload = await until(
      () => api<Upload>(`/uploads/${id}`),
      ({ status }) => status !== 'queued',
    )
    expect(upload.status).toBe('imported')
  })

  test('a worker that is killed in the middle of a zip is followed by another that ends it, every file once', SLOW, async () => {
    const entries = runs.slice(1).map(({ name, bytes }) => ({ name: `all/${name}`, bytes }))
    const id = await post('all.zip', buildZip([...entries, { name: 'all/bad.fit', bytes: new Uint8Array(300).fill(9) }]))
    const ask = () => api<Upload>(`/uploads/${id}`)
    const middle = await until(ask, ({ status, progress }) => status !== 'queued' || (progress?.done ?? 0) >= 5)
    await workers.at(-1)!.kill()
    expect(middle.status).toBe('queued')
    await startWorker()
    const upload = await until(ask, ({ status }) => status !== 'queued')
    expect(upload.status).toBe('imported')
    expect(upload.parts!.map(({ file }) => file.split('/').at(-1)).sort()).toEqual(
      [...entries.map(({ name }) => name.slice(4)), 'bad.fit'].sort(),
    )
    expect(upload.parts!.map(({ status }) => status).sort()).toEqual([...entries.map(() => 'imported'), 'rejected'])
    const { runs: all } = await api<{ runs: { start: string; sources: unknown[] }[] }>('/runs?limit=500')
    expect(all).toHaveLength(runs.length)
    expect(new Set(all.map(({ start }) => start)).size).toBe(runs.length)
    expect(all.every(({ sources }) => sources.length === 1)).toBe(true)
  })

  test('the plan of the worker is shown by the web process', SLOW, async () => {
    type Plan = { sessions: { status: string; localDate: string }[] }
    const plan = await until(
      () => api<Plan>('/plan'),
      ({ sessions }) => sessions.length >= 3,
    )
    expect(plan.sessions.every(({ status }) => status === 'planned')).toBe(true)
    const page = await (await fetch(web.url)).text()
    expect(page).toContain('Next strength')
    const metrics = await (await fetch(`${web.url}/metrics`)).text()
    expect(metrics).toMatch(/jobs_waiting/)
    expect((await fetch(`${web.url}/readyz`)).status).toBe(200)
  })

  test('both end in order when they are asked to', SLOW, async () => {
    expect(await workers.at(-1)!.stop()).toBe(0)
    expect(await web.stop()).toBe(0)
  })
})
