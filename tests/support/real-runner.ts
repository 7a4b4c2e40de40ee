/** Files that one runner's watch recorded, where the FIT corpus is beside the project (../shared/fit). */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { mondayOf } from '../../src/core/days.ts'
import type { NamedFile } from './files.ts'
import { redated } from './fit-redate.ts'

const corpus = fileURLToPath(new URL('../../../shared/fit/', import.meta.url))
export const hasCorpus = existsSync(corpus)
const RUNNER = 'dennissmith0/Running_Performance'
const WATCH = 'garmin fenix5xPlus'
const DAY = 86_400_000

type Recorded = { path: string; at: number }

function table(name: string): Record<string, string>[] {
  const [head, ...lines] = readFileSync(join(corpus, name), 'utf8').trimEnd().split('\n')
  const columns = head!.split('\t')
  return lines.map((line) => {
    const cells = line.split('\t')
    return Object.fromEntries(columns.map((column, index) => [column, cells[index] ?? '']))
  })
}

/** The runner's runs with a heart rate from one watch, oldest first. */
function recorded(): Recorded[] {
  const own = new Set(
    table('MANIFEST.tsv')
      .filter(
        ({ source_repo, sport, device, avg_hr }) => source_repo === RUNNER && sport === 'running' && device === WATCH && avg_hr !== '',
      )
      .map(({ file }) => file!),
  )
  return table('oracle.tsv')
    .filter(({ file, garmin_crc_ok }) => own.has(file!) && garmin_crc_ok === 'True')
    .map(({ file, g_start }) => ({ path: file!, at: Date.parse(g_start!) }))
    .sort((a, b) => a.at - b.at)
}

/**
 * Eight weeks of a real runner's runs, the last week ending before the present one: the recordings in their order, three a
 * week, each on the weekday and at the time of day when it was run (a weekday that is taken gives the next one).
 */
export function eightRealWeeks(now: Date): NamedFile[] {
  const runs = recorded().slice(-24)
  const monday = Date.parse(`${mondayOf(now.toISOString().slice(0, 10))}T00:00:00Z`) / DAY
  const taken = new Set<number>()
  return runs.map(({ path, at }, index) => {
    const week = Math.floor((index * 8) / runs.length)
    const day = Math.floor(at / DAY)
    let wanted = monday - 7 * (8 - week) + ((day + 3) % 7)
    while (taken.has(wanted)) wanted = wanted % 7 === 3 ? wanted - 6 : wanted + 1
    taken.add(wanted)
    return { name: path.split('/').at(-1)!, bytes: redated(new Uint8Array(readFileSync(join(corpus, path))), wanted - day) }
  })
}
