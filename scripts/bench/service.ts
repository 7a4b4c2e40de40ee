/** The service as a whole: its start, a zip of many runs, a large zip, memory. Each on a process of its own, over HTTP. */
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { readActivityFile } from '../../src/fit/read.ts'
import { tellRun } from '../../src/fit/telling.ts'
import { buildRunFit, type Segment } from '../../tests/support/fit-builder.ts'
import { buildZip } from '../../tests/support/zip-builder.ts'
import { type Service, startService, uploadAndWait } from '../support/service.ts'
import type { Row } from './row.ts'

const DAY_MS = 86_400_000
const newest = Date.UTC(2026, 8, 28, 6, 0, 0)

/** A believable easy run or interval session, one of many, each a little different; `minutes` long. */
export function benchRun(n: number, minutes = 45): Uint8Array<ArrayBuffer> {
  const hard = n % 5 === 1
  const segments: Segment[] = []
  const wobble = (n % 17) / 100
  if (hard) {
    segments.push({ seconds: 600, speed: 2.8 + wobble, heartRate: 138, cadence: 168 })
    for (let i = 0; i < 6; i++) {
      segments.push({ seconds: 180, speed: 3.9 + wobble, heartRate: 172, cadence: 178 })
      segments.push({ seconds: 90, speed: 2.3, heartRate: 150, cadence: 160 })
    }
    segments.push({ seconds: Math.max(60, minutes * 60 - 600 - 6 * 270), speed: 2.7, heartRate: 142, cadence: 166 })
  } else {
    for (let i = 0; i < 6; i++)
      segments.push({ seconds: minutes * 10, speed: 2.75 + wobble + i / 100, heartRate: 136 + i * 2, cadence: 168 })
  }
  const bytes = buildRunFit({ startAt: new Date(newest - n * 1.4 * DAY_MS), offsetSeconds: 3600, segments, laps: { meters: 1000 } })
  return new Uint8Array(bytes)
}

function metric(text: string, name: string): number {
  const line = text.split('\n').find((row) => row.startsWith(`${name} `))
  return Number(line?.split(' ').at(-1) ?? Number.NaN)
}

/** Event-loop delay since the last time it was asked for, in milliseconds; 10 of them are the measuring interval itself. */
async function delays(service: Service): Promise<{ p99: number; max: number }> {
  const text = await (await fetch(`${service.url}/metrics`)).text()
  return {
    p99: metric(text, 'event_loop_delay_seconds{quantile="0.99"}') * 1000,
    max: metric(text, 'event_loop_delay_seconds{quantile="1"}') * 1000,
  }
}

/** Resident megabytes of the process, now and at its highest. */
function memory(service: Service): { now: number; peak: number } {
  const text = readFileSync(`/proc/${service.process.pid}/status`, 'utf8')
  const of = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(text)?.[1] ?? 0) / 1024
  return { now: of('VmRSS'), peak: of('VmHWM') }
}

/** Processor seconds that the process has used (Linux counts in hundredths). */
function processorSeconds(service: Service): number {
  const fields = readFileSync(`/proc/${service.process.pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

/** Forgets the highest memory so far (Linux), so that the start's own peak does not count. */
function forgetPeak(service: Service): void {
  writeFileSync(`/proc/${service.process.pid}/clear_refs`, '5')
}

/** Waits until the queue is empty and the process rests. */
async function rest(service: Service): Promise<void> {
  for (let quiet = 0; quiet < 4; ) {
    const text = await (await fetch(`${service.url}/metrics`)).text()
    const waiting = text
      .split('\n')
      .filter((row) => row.startsWith('jobs_waiting{'))
      .reduce((sum, row) => sum + Number(row.split(' ').at(-1)), 0)
    quiet = waiting === 0 ? quiet + 1 : 0
    await wait(250)
  }
}

/** First and second start: until the service is ready, beside the start of a process that does nothing. */
export async function benchStart(): Promise<Row[]> {
  const from = performance.now()
  spawnSync(process.execPath, ['-e', '0'])
  const bare = performance.now() - from
  const first = await startService()
  await first.stop()
  const second = await startService({ dataDir: first.dataDir })
  await second.stop()
  await first.remove()
  const row = (what: string, ms: number): Row => ({
    what,
    figure: `${(ms / 1000).toFixed(2)} s until ready`,
    ratio: `${(ms / bare).toFixed(0)} starts of an empty process`,
  })
  return [
    row('first start (the database is made)', first.startMs),
    { ...row('second start', second.startMs), bar: 'under 3 s', met: second.startMs < 3000 },
  ]
}

const nameOf = (env: Record<string, string>) => (env.DATABASE_URL ? 'PostgreSQL' : 'embedded database')

/** A zip of `count` runs of 45 minutes: runs a second, event-loop delay, on the embedded database or on PostgreSQL. */
export async function benchUpload(count = 200, env: Record<string, string> = {}): Promise<Row[]> {
  const files = Array.from({ length: count }, (_, n) => ({ name: `run-${n}.fit`, bytes: benchRun(n) }))
  const service = await startService({ env })
  try {
    await rest(service)
    await delays(service)
    const [from, busyFrom] = [performance.now(), processorSeconds(service)]
    const [state] = await uploadAndWait(service.url, [{ name: 'runs.zip', bytes: buildZip(files) }])
    const seconds = (performance.now() - from) / 1000
    const { p99, max } = await delays(service)
    await rest(service)
    const all = (performance.now() - from) / 1000
    const busy = processorSeconds(service) - busyFrom
    const imported = state?.parts?.filter((part) => part.status === 'imported').length ?? 0
    const bare = readingSeconds(files.slice(0, 40)) / 40
    const where = nameOf(env)
    return [
      {
        what: `upload of a zip, ${where}`,
        figure: `${imported} of ${count} runs in ${seconds.toFixed(1)} s: ${(count / seconds).toFixed(1)} a second; judged and planned after ${all.toFixed(1)} s`,
        ratio: `${((busy / count) * 1000).toFixed(0)} ms of processor a run, ${(busy / count / bare).toFixed(1)} of reading and preparing it alone`,
      },
      {
        what: `event loop during it, ${where}`,
        figure: `99th percentile ${p99.toFixed(0)} ms, longest ${max.toFixed(0)} ms`,
        bar: 'under 50 ms',
        met: p99 < 50,
      },
    ]
  } finally {
    await service.remove()
  }
}

/** Seconds to decode the files and prepare their runs for the classifier, nothing else. */
function readingSeconds(files: { name: string; bytes: Uint8Array }[]): number {
  const from = performance.now()
  for (const { name, bytes } of files) {
    const read = readActivityFile(bytes, name)
    if (read.outcome === 'activities') for (const activity of read.activities) tellRun(activity, 'fit')
  }
  return (performance.now() - from) / 1000
}

/** A zip of about 200 MB: growth of the process over its resting size. */
export async function benchLargeZip(megabytes = 200, env: Record<string, string> = {}): Promise<Row[]> {
  const entries: { name: string; bytes: Uint8Array; stored: boolean }[] = []
  let size = 0
  for (let n = 0; size < megabytes * 1e6; n++) {
    const bytes = benchRun(n, 300)
    entries.push({ name: `long-${n}.fit`, bytes, stored: true })
    size += bytes.length
  }
  const service = await startService({ env })
  try {
    await rest(service)
    forgetPeak(service)
    const before = memory(service)
    const from = performance.now()
    await uploadAndWait(service.url, [{ name: 'large.zip', bytes: buildZip(entries) }], 1800)
    const seconds = (performance.now() - from) / 1000
    await rest(service)
    const { peak } = memory(service)
    const grown = peak - before.now
    const onServer = Boolean(env.DATABASE_URL)
    return [
      {
        what: `memory, zip of ${(size / 1e6).toFixed(0)} MB, ${nameOf(env)}`,
        figure: `${before.now.toFixed(0)} MB at rest, at most ${peak.toFixed(0)} MB: ${grown.toFixed(0)} MB more; ${entries.length} runs in ${seconds.toFixed(0)} s`,
        ratio: `${(grown / (size / 1e6)).toFixed(2)} of the zip`,
        bar: onServer ? 'below 512 MB in all' : 'less than 300 MB more',
        met: onServer ? peak < 512 : grown < 300,
      },
    ]
  } finally {
    await service.remove()
  }
}
