/**
 * `npm test`: runs all tests and says at the end how many ran on each database. Arguments go to vitest.
 * In CI both databases must be there.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

type Report = {
  testResults: { name: string; status: string; message?: string; assertionResults: { fullName: string; status: string }[] }[]
}

const root = resolve(import.meta.dirname, '..')
const folder = mkdtempSync(join(tmpdir(), 'stridelift-report-'))
const file = join(folder, 'report.json')
const vitest = join(root, 'node_modules/vitest/vitest.mjs')
const ran = spawnSync(
  process.execPath,
  [vitest, 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`, ...process.argv.slice(2)],
  {
    cwd: root,
    stdio: 'inherit',
  },
)

let report: Report | null = null
try {
  report = JSON.parse(readFileSync(file, 'utf8'))
} catch {}
rmSync(folder, { recursive: true, force: true })
if (!report) {
  console.error('The tests did not get as far as a report.')
  process.exit(1)
}

const tests = report.testResults.flatMap(({ assertionResults }) => assertionResults)
const count = (status: string, among = tests) => among.filter((test) => test.status === status).length
const on = (name: string) => tests.filter(({ fullName }) => fullName.includes(`on ${name}`))
const brokenFiles = report.testResults.filter(({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0)
const failed = count('failed') + brokenFiles.length
const skipped = tests.length - count('passed') - count('failed')
const onPostgres = count('passed', on('PostgreSQL'))

console.log(`\nOn PGlite: ${count('passed', on('PGlite'))} tests passed. On PostgreSQL: ${onPostgres} tests passed.`)
const lacking = on('PostgreSQL').length > 0 && on('PostgreSQL').every(({ status }) => status !== 'passed' && status !== 'failed')
if (lacking) console.log('No PostgreSQL was found here, so its tests were skipped. Install PostgreSQL or set TEST_DATABASE_URL.')
const ci = process.env.CI === 'true' && lacking
if (ci) console.log('In CI both databases must be there: this run has failed.')
console.log(`${count('passed')} passed, ${failed} failed, ${skipped} skipped`)
process.exit(failed > 0 || ci || ran.status !== 0 ? 1 : 0)
