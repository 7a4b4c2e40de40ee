/** Platforms: a year of history against simulated ones, and how soon a webhook is answered while a large history comes in. */
import { loadavg } from 'node:os'
import { setTimeout as wait } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { type Simulated, type SimulatedPlatform, startSimulated } from '../simulated/server.ts'
import type { PlatformId } from '../simulated/types.ts'
import { freePort, type Service, startService } from '../support/service.ts'
import { quantile, type Row } from './row.ts'

const DAY_MS = 86_400_000

type Beside = { service: Service; simulated: Simulated; platform: SimulatedPlatform; end: () => Promise<void> }

/** A service beside one simulated platform whose runner has so many runs in the last twelve months, their files made beforehand. */
async function beside(id: PlatformId, runs: number, env: Record<string, string>): Promise<Beside> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const simulated = await startSimulated({
    platforms: [...new Set<PlatformId>([id, 'intervals-icu'])],
    publicWebhookBase: url,
    processingMs: 0,
  })
  const platform = simulated.platform(id)
  for (let n = 0; n < runs; n++) {
    const startAt = new Date(Math.floor(Date.now() / 1000) * 1000 - DAY_MS - Math.floor((n * 360 * DAY_MS) / runs / 1000) * 1000)
    platform.addRun({ kind: n % 4 === 1 ? 'intervals' : 'easy', minutes: 40, startAt, webhook: false }).file()
  }
  const service = await startService({ env: { ...env, PORT: String(port), ...simulated.environment() } })
  return {
    service,
    simulated,
    platform,
    end: async () => {
      await service.remove()
      await simulated.close()
    },
  }
}

/** Connects as a browser does: click, consent, way back. */
async function connect({ service, platform }: Beside): Promise<void> {
  const start = await fetch(`${service.url}/connect/${platform.id}`, { redirect: 'manual' })
  const location = start.headers.get('location')
  if (!location) throw new Error(`Connecting was answered with ${start.status}.`)
  const back = await platform.consent(location)
  const cookie = (start.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
  await fetch(back, { redirect: 'manual', headers: { cookie } })
}

type Told = { connections: { platform: string; backfill: { state: string; found: number; read: number } | null }[] }

/** Waits until the history is read to its end. @returns the count of runs that are here then */
async function imported({ service, platform }: Beside, runs: number, seconds: number): Promise<number> {
  const until = performance.now() + seconds * 1000
  for (;;) {
    const { connections } = (await (await fetch(`${service.url}/api/v1/connections`)).json()) as Told
    const backfill = connections.find((one) => one.platform === platform.id)?.backfill
    if (backfill?.state === 'done' && backfill.read >= backfill.found) {
      const count = await countRuns(service)
      if (count >= runs || performance.now() > until) return count
    }
    if (performance.now() > until) return countRuns(service)
    await wait(200)
  }
}

async function countRuns(service: Service): Promise<number> {
  let count = 0
  let cursor: string | null = null
  do {
    const address = `${service.url}/api/v1/runs?limit=500${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`
    const page = (await (await fetch(address)).json()) as { runs: unknown[]; next: string | null }
    count += page.runs.length
    cursor = page.next
  } while (cursor)
  return count
}

/**
 * Twelve months of one runner's history, 300 runs, from simulated Suunto, which gives one file a call and allows 600 calls a
 * minute. The other platforms' own limits for the same: intervals.icu two calls a run at 10 a second, Strava 100 reads in a
 * quarter of an hour and six weeks back, Wahoo and COROS few calls, as files are not counted there, COROS three months back,
 * Garmin one month back, Polar nothing from before the connection.
 */
export async function benchHistory(env: Record<string, string> = {}, runs = 300): Promise<Row[]> {
  const stage = await beside('suunto', runs, env)
  try {
    const from = performance.now()
    await connect(stage)
    const count = await imported(stage, runs, 300)
    const seconds = (performance.now() - from) / 1000
    const most = stage.platform.maxRate(60)
    const clean = stage.platform.violations.length === 0 && stage.platform.requests.every(({ status }) => status !== 429)
    return [
      {
        what: `history of ${runs} runs from simulated Suunto`,
        figure: `${seconds.toFixed(1)} s, ${count} runs here`,
        bar: 'under 60 s',
        met: seconds < 60 && count === runs,
      },
      {
        what: 'its most requests in a minute',
        figure: `${most}, refused: ${clean ? 'none' : 'some'}`,
        bar: 'at most 600',
        met: most <= 600 && clean,
      },
    ]
  } finally {
    await stage.end()
  }
}

/** Posts pushes one after the other, in a thread whose clock nothing else holds up. */
const prober = `
const { parentPort, workerData } = require('node:worker_threads')
let going = true
parentPort.on('message', () => { going = false })
;(async () => {
  const times = []
  let refused = 0
  for (let n = 0; going; n++) {
    const event = { athlete_id: 'i1', type: 'ACTIVITY_UPLOADED', timestamp: new Date().toISOString(), activity: { id: 'i' + n } }
    const body = JSON.stringify({ secret: workerData.secret, events: [event] })
    const from = performance.now()
    const answer = await fetch(workerData.url, { method: 'POST', body, headers: workerData.headers })
    await answer.arrayBuffer()
    times.push(performance.now() - from)
    if (answer.status !== 200) refused++
    await new Promise((done) => setTimeout(done, 20))
  }
  parentPort.postMessage({ times, refused })
})()`

/** Milliseconds until a push of intervals.icu is kept and answered, while simulated Wahoo gives a history of many runs. */
export async function benchWebhooks(env: Record<string, string> = {}, runs = 1000): Promise<Row[]> {
  const stage = await beside('wahoo', runs, env)
  try {
    const intervals = stage.simulated.platform('intervals-icu')
    const target = intervals.webhook()
    const headers = { 'content-type': 'application/json', ...(target?.authorization ? { authorization: target.authorization } : {}) }
    const worker = new Worker(prober, {
      eval: true,
      workerData: { url: target?.url, secret: intervals.app.webhookSecret, headers },
    })
    const from = performance.now()
    await connect(stage)
    const count = await imported(stage, runs, 900)
    const seconds = (performance.now() - from) / 1000
    const answer = new Promise<{ times: number[]; refused: number }>((done, failed) => {
      worker.once('message', done)
      worker.once('error', failed)
    })
    worker.postMessage('enough')
    const { times, refused } = await answer
    await worker.terminate()
    const [median, p99, longest] = [0.5, 0.99, 1].map((share) => quantile(times, share).toFixed(1))
    const where = env.DATABASE_URL ? 'PostgreSQL' : 'embedded database'
    return [
      {
        what: `webhook answered during a history of ${runs} runs, ${where}`,
        figure: `99th percentile ${p99} ms, median ${median}, longest ${longest}, of ${times.length} pushes; refused ${refused}`,
        bar: 'under 100 ms',
        met: Number(p99) < 100 && refused === 0,
      },
      { what: `that history, ${where}`, figure: `${count} runs in ${seconds.toFixed(0)} s; load ${loadavg()[0]!.toFixed(1)}` },
    ]
  } finally {
    await stage.end()
  }
}
