/** For the people and programs that keep the service running: alive, ready, figures. */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { sql } from 'drizzle-orm'
import { Hono } from 'hono'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { alarms } from '../../db/service-facts.ts'
import type { Deps } from '../../deps.ts'

export type Metrics = {
  registry: Registry
  request: (method: string, route: string, status: number, seconds: number) => void
}

/** The process's figures; one set for each app. */
export function makeMetrics(deps: Pick<Deps, 'queue' | 'decode' | 'db'>): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const requests = new Counter({
    name: 'http_requests_total',
    help: 'Requests answered',
    labelNames: ['method', 'route', 'status'],
    registers: [registry],
  })
  const seconds = new Histogram({
    name: 'http_request_seconds',
    help: 'Time until the answer',
    labelNames: ['method', 'route'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60],
    registers: [registry],
  })
  new Gauge({
    name: 'jobs_waiting',
    help: 'Jobs that wait or run',
    labelNames: ['queue'],
    registers: [registry],
    async collect() {
      this.reset()
      for (const [queue, waiting] of Object.entries(await deps.queue.depth())) this.set({ queue }, waiting)
    },
  })
  new Gauge({
    name: 'files_waiting_for_a_thread',
    help: 'Files that wait to be decoded',
    registers: [registry],
    collect() {
      this.set(deps.decode.waiting())
    },
  })
  new Gauge({
    name: 'platform_alarm',
    help: 'A platform refuses the whole app',
    labelNames: ['platform'],
    registers: [registry],
    async collect() {
      this.reset()
      for (const { platform } of await alarms(deps.db)) this.set({ platform }, 1)
    },
  })
  new Gauge({
    name: 'dead_letters',
    help: 'Jobs that were given up and can be replayed',
    registers: [registry],
    async collect() {
      this.set((await deps.queue.deadLetters()).length)
    },
  })
  const delay = monitorEventLoopDelay({ resolution: 10 })
  delay.enable()
  new Gauge({
    name: 'event_loop_delay_seconds',
    help: 'Event loop delay since the last scrape',
    labelNames: ['quantile'],
    registers: [registry],
    collect() {
      this.set({ quantile: '0.5' }, delay.percentile(50) / 1e9)
      this.set({ quantile: '0.99' }, delay.percentile(99) / 1e9)
      this.set({ quantile: '1' }, delay.max / 1e9)
      delay.reset()
    },
  })
  return {
    registry,
    request: (method, route, status, took) => {
      requests.inc({ method, route, status })
      seconds.observe({ method, route }, took)
    },
  }
}

/** `/healthz`, `/readyz`, `/metrics`. */
export function serviceRoutes(deps: Deps, metrics: Metrics): Hono {
  const app = new Hono()
  app.get('/healthz', (c) => c.json({ status: 'alive' }))
  app.get('/readyz', async (c) => {
    const [database, queue] = await Promise.all([answers(() => deps.db.execute(sql`select 1`)), answers(() => deps.queue.check())])
    const ready = database && queue
    return c.json({ status: ready ? 'ready' : 'not ready', database, queue }, ready ? 200 : 503)
  })
  app.get('/metrics', async (c) => c.body(await metrics.registry.metrics(), 200, { 'content-type': metrics.registry.contentType }))
  return app
}

async function answers(ask: () => Promise<unknown>): Promise<boolean> {
  const late = new Promise<never>((_, failed) => setTimeout(failed, 3000, new Error('late')).unref())
  try {
    await Promise.race([ask(), late])
    return true
  } catch {
    return false
  }
}
