/**
 * `node scripts/simulate.ts [--runners 210] [--weeks 52] [--first 0] [--out FILE]`: runners of many kinds through a year,
 * planned every evening, each plan checked by a checker that shares no code with the planner. Exit 1 when one broke a rule.
 */
import { writeFileSync } from 'node:fs'
import { reportOf } from './simulate/report.ts'
import { simulatedRunner } from './simulate/runners.ts'
import { simulateYear, type YearResult } from './simulate/year.ts'

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
  const began = process.cpuUsage()
  const results: YearResult[] = []
  for (let id = first; id < first + runners; id++) results.push(simulateYear(simulatedRunner(id, START), START, weeks))
  const report = reportOf(results, secondsSince(began))
  if (out) writeFileSync(out, `${report}\n`)
  else process.stdout.write(`${report}\n`)
  return results.some((result) => result.violations.length + result.duplicates.length + result.emptyFortnights.length > 0) ? 1 : 0
}

process.exitCode = main()
