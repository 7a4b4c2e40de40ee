/**
 * `npm run bench:classify [-- FILE.jsonl] [-- --worst 30]`: how well easy and hard agree with the runners' own titles. Without
 * a file it reads the development runs beside the repository and refits the calibration with each runner left out; a file
 * (contract lines with a `title` or `label` beside) is scored with the calibration that is shipped.
 */
import { fileURLToPath } from 'node:url'
import { type Models, shippedModels } from '../src/core/effort/blend.ts'
import { collect, type Row } from './classify/collect.ts'
import { developmentRuns, type LabelledRun } from './classify/development.ts'
import { labelledFile } from './classify/labelled-file.ts'
import { type Collected, fitModels, without } from './classify/models.ts'
import { printReport } from './classify/report.ts'

const args = process.argv.slice(2)
const worstAt = args.indexOf('--worst')
const worst = worstAt >= 0 ? Number(args[worstAt + 1] ?? 30) : 0
const file = args.find((arg, i) => !arg.startsWith('--') && (worstAt < 0 || i !== worstAt + 1))

async function runsOf(): Promise<LabelledRun[] | null> {
  if (file) return labelledFile(file)
  return developmentRuns(fileURLToPath(new URL('../../shared/training', import.meta.url)), true)
}

/** For each runner the models fitted on everybody else. */
function crossValidated(collected: Collected): (row: Row) => Models {
  const models = new Map<string, Models>()
  const runners = new Set(Object.values(collected).flatMap((rows) => rows.map((row) => row.runnerId)))
  for (const runnerId of runners) models.set(runnerId, fitModels(without(collected, runnerId)))
  return (row) => models.get(row.runnerId)!
}

async function main(): Promise<number> {
  let runs: LabelledRun[] | null
  try {
    runs = await runsOf()
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    return 1
  }
  if (!runs) {
    process.stderr.write(
      'The development runs are not beside the repository. Name a file of labelled runs: npm run bench:classify -- FILE.jsonl\n',
    )
    return 1
  }
  if (!runs.some((run) => run.label)) {
    process.stderr.write('No run of the file has a label: give each line a "label" (easy or hard) or a "title" that names the intensity.\n')
    return 1
  }
  const collected: Collected = {
    full: collect(runs, 'full', true),
    summary: collect(runs, 'summary'),
    paceOnly: collect(runs, 'paceOnly'),
    heartOnly: collect(runs, 'heartOnly'),
  }
  const modelsFor = file ? () => shippedModels : crossValidated(collected)
  printReport(collected, modelsFor, { worst, crossValidated: !file, write: (line) => process.stdout.write(`${line}\n`) })
  return 0
}

process.exitCode = await main()
