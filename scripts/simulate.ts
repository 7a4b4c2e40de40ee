/**
 * `node scripts/simulate.ts [--runners 210] [--weeks 52] [--first 0] [--out FILE] [--digest]`: runners of many kinds through
 * a year, planned every evening, each plan checked by a checker that shares no code with the planner. Exit 1 when one broke
 * a rule. `--read ID` writes the year of one runner as a diary instead. `--digest` prints the SHA-256 of all plans, by which two versions of the planner are told apart.
 */
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { diaryOf } from './simulate/diary.ts'
import { reportOf } from './simulate/report.ts'
import { simulatedRunner } from './simulate/runners.ts'
import { simulateYear, type Watcher, type YearResult } from './simulate/year.ts'

const START = '2026-01-05'

function option(name: string, otherwise: string): string {
  const at = process.argv.indexOf(`--${name}`)
  return at >= 0 ? (process.argv[at + 1] ?? otherwise) : otherwise
}

/** Processor time, so that what else the machine does is left out. */
function secondsSince(began: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(began)
  return (user + system) / 1e6
}

function main(): number {
  const runners = Number(option('runners', '210'))
  const weeks = Number(option('weeks', '52'))
  const first = Number(option('first', '0'))
  const out = option('out', '')
  const read = option('read', '')
  if (read) {
    process.stdout.write(`${diaryOf(simulatedRunner(Number(read), START), START, weeks)}\n`)
    return 0
  }
  const began = process.cpuUsage()
  const results: YearResult[] = []
  const digest = process.argv.includes('--digest') ? createHash('sha256') : null
  const watch: Watcher = digest ? { planned: (_, plan) => digest.update(JSON.stringify(plan)) } : {}
  for (let id = first; id < first + runners; id++) results.push(simulateYear(simulatedRunner(id, START), START, weeks, watch))
  const report = reportOf(results, secondsSince(began))
  if (out) writeFileSync(out, `${report}\n`)
  else process.stdout.write(`${report}\n`)
  if (digest) process.stdout.write(`plans ${digest.digest('hex')}\n`)
  return results.some((result) => result.violations.length + result.duplicates.length + result.emptyFortnights.length > 0) ? 1 : 0
}

process.exitCode = main()
