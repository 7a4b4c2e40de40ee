/**
 * Posts a folder of real FIT files to the service over HTTP and compares each run with what independent decoders read
 * (`oracle.tsv`), then posts all of them again. Prints a table; exits with 1 when something differs.
 *
 *   npm run corpus [-- FOLDER]        FOLDER holds runs/, other-sports/, broken/ and oracle.tsv; default ../shared/fit
 *
 * Tolerances: distance 0.05 m + 0.01 (rounding of the API), timer 0.1 s, start 1 s, average and maximum heart rate 0.5
 * bpm, laps and records exact.
 */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { startService, type UploadState, uploadAndWait } from './support/service.ts'

type Row = Record<string, string>
type Run = {
  start: string
  distanceMeters: number | null
  timerSeconds: number | null
  averageHeartRate: number | null
  maxHeartRate: number | null
  recordCount: number
  lapCount: number
  sources: { externalId: string; best: boolean }[]
}

const folder = resolve(process.argv[2] ?? join(import.meta.dirname, '../../shared/fit'))
if (!existsSync(join(folder, 'oracle.tsv'))) {
  console.error(`There is no oracle.tsv in ${folder}. Name the folder that holds the corpus.`)
  process.exit(1)
}

function table(path: string): Row[] {
  const [head = '', ...lines] = readFileSync(path, 'utf8').trimEnd().split('\n')
  const names = head.split('\t')
  return lines.map((line) => Object.fromEntries(line.split('\t').map((value, i) => [names[i]!, value])))
}

/** The decoder to believe for a file: the SDK, except where it gave up and the other read on. */
function expected(row: Row) {
  const p = row.g_error !== '' || Number(row.g_records || 0) < Number(row.p_records || 0) ? 'p' : 'g'
  const value = (name: string) => (row[`${p}_${name}`] ? Number(row[`${p}_${name}`]) : null)
  return {
    start: row[`${p}_start`] ? Date.parse(row[`${p}_start`]!) : null,
    distanceMeters: value('total_distance_m'),
    timerSeconds: value('total_timer_s'),
    averageHeartRate: value('avg_hr'),
    maxHeartRate: value('max_hr'),
    recordCount: value('records') ?? 0,
    lapCount: value('laps') ?? 0,
  }
}

function differences(run: Run, row: Row): string[] {
  const want = expected(row)
  const found: string[] = []
  const near = (name: 'distanceMeters' | 'timerSeconds' | 'averageHeartRate' | 'maxHeartRate', tolerance: number) => {
    const wanted = want[name]
    if (wanted === null) return
    const given = run[name]
    if (given === null ? wanted !== 0 : Math.abs(given - wanted) > tolerance) found.push(`${name} ${given} instead of ${wanted}`)
  }
  near('distanceMeters', 0.06)
  near('timerSeconds', 0.1)
  near('averageHeartRate', 0.5)
  near('maxHeartRate', 0.5)
  if (want.start !== null && Math.abs(Date.parse(run.start) - want.start) > 1000) found.push(`start ${run.start} instead of ${row.g_start}`)
  if (run.recordCount !== want.recordCount) found.push(`records ${run.recordCount} instead of ${want.recordCount}`)
  if (run.lapCount !== want.lapCount) found.push(`laps ${run.lapCount} instead of ${want.lapCount}`)
  return found
}

const oracle = new Map(table(join(folder, 'oracle.tsv')).map((row) => [row.file!, row]))
const files = ['runs', 'other-sports', 'broken'].flatMap((part) =>
  readdirSync(join(folder, part))
    .sort()
    .map((name) => ({ part, name, path: `${part}/${name}`, bytes: new Uint8Array(readFileSync(join(folder, part, name))) })),
)

const service = await startService()
try {
  const tally: Record<string, Record<string, number>> = {}
  const wrong: string[] = []
  const words: string[] = []
  const apart: string[] = []
  let compared = 0
  const first = new Map<string, UploadState>()
  for (const file of files) {
    const [state] = await uploadAndWait(service.url, [file])
    first.set(file.path, state!)
    const part = tally[file.part] ?? {}
    tally[file.part] = { ...part, [state!.status]: (part[state!.status] ?? 0) + 1 }
    if (file.part === 'broken') words.push(`  ${file.name}: ${state!.status}. ${state!.detail}`)
    if (file.part !== 'runs') continue
    if (state!.status === 'imported') {
      const run = (await (await fetch(`${service.url}/api/v1/runs/${state!.runId}`)).json()) as Run
      const row = oracle.get(file.path)!
      const digest = createHash('sha256').update(file.bytes).digest('hex')
      if (Math.max(Number(row.g_sessions || 0), Number(row.p_sessions || 0)) > 1) {
        apart.push(`  ${file.path}: holds ${row.g_sessions} sessions, each a run of its own. ${state!.detail}`)
      } else if (!run.sources.some((source) => source.best && source.externalId.startsWith(`sha256:${digest}`))) {
        apart.push(`  ${file.path}: the figures of a better copy are shown. ${state!.detail}`)
      } else {
        compared++
        for (const difference of differences(run, row)) wrong.push(`  ${file.path}: ${difference}`)
      }
    } else words.push(`  ${file.path}: ${state!.status}. ${state!.detail}`)
  }
  console.log('First pass, files by folder and state:')
  for (const [part, counts] of Object.entries(tally)) console.log(`  ${part.padEnd(14)}${JSON.stringify(counts)}`)
  console.log(`\nRuns compared with the oracle: ${compared}; that differ: ${wrong.length}`)
  for (const line of wrong) console.log(line)
  console.log(`\nNot compared one to one: ${apart.length}`)
  for (const line of apart) console.log(line)
  console.log('\nRefused, or not imported from runs/:')
  for (const line of words) console.log(line)

  const again: Record<string, number> = {}
  const changed: string[] = []
  for (const file of files) {
    const [state] = await uploadAndWait(service.url, [file])
    again[state!.status] = (again[state!.status] ?? 0) + 1
    const before = first.get(file.path)!.status
    const same = before === 'imported' ? state!.status === 'duplicate' : state!.status === before
    if (!same) changed.push(`  ${file.path}: ${before}, then ${state!.status}`)
  }
  console.log(`\nSecond pass: ${JSON.stringify(again)}; files that should be duplicates and are not: ${changed.length}`)
  for (const line of changed) console.log(line)
  if (wrong.length + changed.length > 0) process.exitCode = 1
} finally {
  await service.remove()
}
