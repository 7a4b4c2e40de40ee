/**
 * `npm run bench [-- PART …]`: how fast the service is and what memory it takes, as one table. Without a name all parts run,
 * one after the other: decode, plan, classify, pages, start, upload, platforms, memory.
 */
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, loadavg, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import postgres from 'postgres'
import { hasPostgres, serverUrl, stopCluster } from '../tests/support/postgres.ts'
import { benchClassify, benchPlan } from './bench/core.ts'
import { benchDecode } from './bench/fit.ts'
import { benchHistory, benchWebhooks } from './bench/platforms.ts'
import type { Row } from './bench/row.ts'
import { benchLargeZip, benchStart, benchUpload } from './bench/service.ts'

const parts: Record<string, () => Row[] | Promise<Row[]>> = {
  decode: benchDecode,
  plan: benchPlan,
  classify: benchClassify,
  pages: benchPages,
  start: benchStart,
  upload: () => onBoth('upload of a zip', (env) => benchUpload(200, env)),
  platforms: async () => [...(await benchHistory()), ...(await onBoth('webhooks', (env) => benchWebhooks(env)))],
  memory: () => onBoth('memory, large zip', (env) => benchLargeZip(200, env)),
}

/** Pages are drawn from .tsx, which has to be bundled: a process of its own. */
function benchPages(): Row[] {
  const ran = spawnSync(process.execPath, ['scripts/run.ts', 'scripts/bench/pages.tsx'], {
    cwd: resolve(import.meta.dirname, '..'),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (ran.status !== 0) throw new Error('The pages could not be drawn.')
  return JSON.parse(ran.stdout) as Row[]
}

/** On the embedded database, then on a PostgreSQL that is brought up for it, where there is one. */
async function onBoth(what: string, bench: (env: Record<string, string>) => Promise<Row[]>): Promise<Row[]> {
  const embedded = await bench({})
  if (!hasPostgres()) return [...embedded, { what: `${what}, PostgreSQL`, figure: 'not measured: no PostgreSQL was found here' }]
  const folder = mkdtempSync(join(tmpdir(), 'stridelift-bench-'))
  chmodSync(folder, 0o755)
  process.env.STRIDELIFT_TEST_RUN = folder
  try {
    const name = `stridelift_bench_${process.pid}`
    const server = await serverUrl()
    const admin = postgres(`${server}/postgres`, { max: 1, onnotice: () => {} })
    await admin.unsafe(`create database ${name}`)
    try {
      return [...embedded, ...(await bench({ DATABASE_URL: `${server}/${name}` }))]
    } finally {
      await admin.unsafe(`drop database ${name} with (force)`)
      await admin.end()
    }
  } finally {
    stopCluster(folder)
    rmSync(folder, { recursive: true, force: true })
  }
}

const load = () => loadavg()[0]!.toFixed(1)

/** Columns as wide as their widest cell. */
function table(rows: Row[]): string {
  const cells = rows.map(({ what, figure, ratio = '', bar, met }) => [what, figure, ratio, bar ? `${bar}: ${met ? 'met' : 'missed'}` : ''])
  const all = [['measured', 'figure', 'beside it', 'should be'], ...cells]
  const widths = all[0]!.map((_, column) => Math.max(...all.map((row) => row[column]!.length)))
  const line = (row: string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd()
  return [line(all[0]!), widths.map((width) => '-'.repeat(width)).join('  '), ...all.slice(1).map(line)].join('\n')
}

const asked = process.argv.slice(2)
const unknown = asked.filter((name) => !(name in parts))
if (unknown.length > 0) {
  console.error(`There is no part “${unknown.join(', ')}”. The parts are ${Object.keys(parts).join(', ')}.`)
  process.exit(1)
}
console.log(`${availableParallelism()} cores, Node ${process.versions.node}; load at the beginning ${load()}`)
const rows: Row[] = []
for (const [name, run] of Object.entries(parts)) {
  if (asked.length > 0 && !asked.includes(name)) continue
  const before = load()
  const found = await run()
  rows.push(...found)
  process.stderr.write(`${name} done (load ${before} before, ${load()} after)\n`)
}
console.log(`${table(rows)}\nload at the end ${load()}; figures of a loaded machine are too high, ratios hold better`)
