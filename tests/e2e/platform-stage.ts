/**
 * The service on a real port with its real queue, simulated platforms beside it, one clock for all that a test can put
 * forward, a real browser, and a list of every address that the service has asked.
 */
import type { Server } from 'node:http'
import { serve } from '@hono/node-server'
import type { Browser, Page } from 'playwright-core'
import { expect, vi } from 'vitest'
import { type Simulated, type SimulatedOptions, type SimulatedPlatform, startSimulated } from '../../scripts/simulated/server.ts'
import type { CalendarEntry, PlatformId, SimulatedActivity } from '../../scripts/simulated/types.ts'
import { freePort } from '../../scripts/support/service.ts'
import { createApp } from '../../src/app.tsx'
import { onlyRunner } from '../../src/db/runners.ts'
import type { Deps } from '../../src/deps.ts'
import { decodePool } from '../../src/fit/pool.ts'
import { handlers } from '../../src/jobs/index.ts'
import { ensureSubscriptions } from '../../src/jobs/platforms/subscriptions.ts'
import { openQueue } from '../../src/jobs/queue.ts'
import { type Log, silentLog } from '../../src/log.ts'
import { readSettings } from '../../src/settings.ts'
import { openBrowser, type Watched, watchedPage } from '../support/browser.ts'
import { openTestPglite } from '../support/databases.ts'

export const MOMENT = { timeout: 90_000, interval: 100 }

export type Run = {
  id: string
  localDate: string
  start: string
  distanceMeters: number | null
  movingSeconds: number | null
  averageHeartRate: number | null
  surface: string
  sources: { from: string; externalId: string }[]
  effort: { label: string } | null
}
export type Delivery = { platform: string; state: string; fidelity: string | null; lost: string[]; externalId: string | null }
export type Session = {
  id: string
  localDate: string
  title: string
  status: string
  exercises: { name: string; sets: number; reps: number | null; seconds: number | null; weightKg: number | null; perSide: boolean }[]
  deliveries: Delivery[]
}
export type Connection = {
  platform: PlatformId
  state: string
  text: string
  write: boolean
  writeReason: string | null
  canRead: boolean
  canSchedule: boolean
  fidelity: string
  lost: string[]
  backfill: { state: string; found: number; read: number } | null
}

export type PlatformStage = {
  deps: Deps
  url: string
  runnerId: string
  simulated: Simulated
  platform: (id: PlatformId) => SimulatedPlatform
  browser: Browser
  watched: Watched
  page: Page
  now: () => Date
  /** Puts everybody's clock forward. */
  pass: (minutes: number) => void
  /** Origins that the service has asked, each once. */
  asked: Set<string>
  api: <Answer>(path: string, method?: string, body?: unknown) => Promise<Answer>
  status: (path: string, method?: string, body?: unknown) => Promise<{ status: number; text: string }>
  connection: (id: PlatformId) => Promise<Connection>
  runs: () => Promise<Run[]>
  runOf: (activity: Pick<SimulatedActivity, 'externalId'>) => Promise<Run | undefined>
  planned: () => Promise<Session[]>
  /** What of ours shows on the platform's calendar. */
  ours: (id: PlatformId) => CalendarEntry[]
  /** Looks for what no push told of, as the timer does. */
  sweep: (id: PlatformId) => Promise<void>
  /** Waits until no job waits or runs. */
  quiet: () => Promise<void>
  close: () => Promise<void>
}

/** Starts all of it. The day is fixed, so that every run of a test sees the same plan. */
export async function stagePlatforms(options: SimulatedOptions & { log?: Log; start?: Date } = {}): Promise<PlatformStage> {
  const { log = silentLog, start = new Date('2026-11-18T09:00:00Z'), ...simulation } = options
  const began = performance.now()
  let ahead = 0
  const now = () => new Date(start.getTime() + Math.round(performance.now() - began) + ahead)
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const simulated = await startSimulated({ publicWebhookBase: url, today: now, retryMs: 150, processingMs: 5, ...simulation })
  const settings = readSettings({
    PORT: String(port),
    ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
    ...simulated.environment(),
  })
  const database = await openTestPglite()
  const queue = await openQueue({ databaseUrl: null }, database, log)
  const decode = decodePool({ threads: 1 })
  const asked = new Set<string>()
  const noted: typeof fetch = async (input, init) => {
    asked.add(new URL(input instanceof Request ? input.url : input).origin)
    return fetch(input, init)
  }
  const deps: Deps = { settings, db: database.db, queue, decode, now, log, fetch: noted }
  const runnerId = await onlyRunner(database.db, now(), 'Europe/Lisbon')
  const server = await new Promise<Server>((done) => {
    const made = serve({ fetch: createApp(deps).fetch, hostname: '127.0.0.1', port, overrideGlobalObjects: false }, () =>
      done(made as Server),
    )
  })
  await queue.work(deps, handlers, [])
  await ensureSubscriptions(deps)
  const browser = await openBrowser()
  const watched = await watchedPage(browser, [url, simulated.url])

  const status: PlatformStage['status'] = async (path, method = 'GET', body) => {
    const json = body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
    const answer = await fetch(`${url}/api/v1${path}`, { method, ...json })
    return { status: answer.status, text: await answer.text() }
  }
  const api: PlatformStage['api'] = async (path, method, body) => {
    const { status: code, text } = await status(path, method, body)
    if (code >= 300) throw new Error(`${method ?? 'GET'} ${path} was answered ${code}: ${text}`)
    return text ? JSON.parse(text) : {}
  }
  const runs = async () => (await api<{ runs: Run[] }>('/runs?limit=500')).runs
  return {
    deps,
    url,
    runnerId,
    simulated,
    platform: simulated.platform,
    browser,
    watched,
    page: watched.page,
    now,
    pass: (minutes) => {
      ahead += minutes * 60_000
    },
    asked,
    api,
    status,
    connection: async (id) => {
      const { connections } = await api<{ connections: Connection[] }>('/connections')
      const found = connections.find(({ platform }) => platform === id)
      if (!found) throw new Error(`There is no connection called ${id}.`)
      return found
    },
    runs,
    runOf: async ({ externalId }) => (await runs()).find(({ sources }) => sources.some((source) => source.externalId === externalId)),
    planned: async () => (await api<{ sessions: Session[] }>('/plan')).sessions.filter((session) => session.status === 'planned'),
    ours: (id) =>
      simulated
        .platform(id)
        .calendar()
        .filter((entry) => entry.ours && entry.shown),
    sweep: async (platform) => {
      const payload = { runnerId, platform, since: now().toISOString() }
      await database.db.transaction((tx) => queue.add(tx, 'connection.sweep', payload, { key: `${runnerId}:${platform}` }))
    },
    quiet: async () => {
      for (const id of simulated.ids) await simulated.platform(id).settle()
      await vi.waitFor(
        async () => expect(Object.entries(await queue.depth()).filter(([name, waiting]) => waiting > 0 && name in handlers)).toEqual([]),
        MOMENT,
      )
    },
    close: async () => {
      await browser.close()
      await queue.stop(5)
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
      await simulated.close()
      await decode.close()
      await database.close()
    },
  }
}
