/**
 * `node scripts/calibrate.ts [FOLDER]`: fits the statistical part of the classifier on the development runs and writes
 * src/core/effort/calibration.ts. Deterministic: the same runs give the same bytes.
 */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { collect } from './classify/collect.ts'
import { developmentRuns } from './classify/development.ts'
import { type Collected, fitModels } from './classify/models.ts'

const folder = process.argv[2] ?? fileURLToPath(new URL('../../shared/training', import.meta.url))
const target = fileURLToPath(new URL('../src/core/effort/calibration.ts', import.meta.url))

const runs = developmentRuns(folder, true)
if (!runs) {
  process.stderr.write(`The development runs are not at ${folder}: name their folder, node scripts/calibrate.ts FOLDER.\n`)
  process.exitCode = 1
} else {
  const collected: Collected = {
    full: collect(runs, 'full'),
    summary: collect(runs, 'summary'),
    paceOnly: collect(runs, 'paceOnly'),
    heartOnly: collect(runs, 'heartOnly'),
  }
  const json = JSON.stringify(fitModels(collected), null, 2).replace(/"(\w+)":/g, '$1:')
  const heading =
    '// Made by scripts/calibrate.ts from the development runs: do not edit by hand. docs/classification-report.md has the figures.\n'
  writeFileSync(target, `${heading}export const calibration = ${json}\n`)
  process.stdout.write(`Wrote ${target}; format it with npm run format.\n`)
}
