/**
 * `npm run mutate-rules`: takes each rule out of a copy of the code in turn and runs the tests that name it; every one has to
 * fail. `-- ID ID` takes those rules only. Exit 1 when a rule can go without a test noticing.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { allRules } from './docs.ts'
import { type Mutation, mutations } from './mutate/mutations.ts'

const ROOT = fileURLToPath(new URL('../', import.meta.url))
const COPIED = ['src', 'tests', 'scripts', 'docs', 'migrations', 'package.json', 'tsconfig.json']
const CONFIG = "export default { test: { include: ['tests/**/*.test.ts'], pool: 'threads', maxWorkers: 1 } }\n"

function copyOfTree(): string {
  const copy = mkdtempSync(join(tmpdir(), 'rules-'))
  for (const name of COPIED) cpSync(join(ROOT, name), join(copy, name), { recursive: true })
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'))
  writeFileSync(join(copy, 'vitest.config.ts'), CONFIG)
  return copy
}

/** Takes the rule out. @returns how to put it back @throws Error when the code is no longer there */
function takeOut(copy: string, { rules, edits }: Mutation): () => void {
  const originals = new Map<string, string>()
  for (const { file, from, to } of edits) {
    const path = join(copy, file)
    const text = readFileSync(path, 'utf8')
    if (!text.includes(from)) throw new Error(`${rules.join(', ')}: ${file} no longer holds ${from}`)
    if (!originals.has(path)) originals.set(path, text)
    writeFileSync(path, text.replaceAll(from, to))
  }
  return () => {
    for (const [path, text] of originals) writeFileSync(path, text)
  }
}

type Outcome = 'caught' | 'missed' | 'no test'

function testsOf(copy: string, rule: string, file: string): Outcome {
  const report = join(copy, 'report.json')
  rmSync(report, { force: true })
  const vitest = join(copy, 'node_modules', 'vitest', 'vitest.mjs')
  const name = `(^|[^\\w-])${rule}([^\\w-]|$)`
  spawnSync(process.execPath, [vitest, 'run', file, '-t', name, '--reporter=json', `--outputFile=${report}`], {
    cwd: copy,
    stdio: 'ignore',
  })
  const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, 'utf8')) as { numPassedTests: number; numFailedTests: number }
  if (numFailedTests > 0) return 'caught'
  return numPassedTests > 0 ? 'missed' : 'no test'
}

function main(asked: readonly string[]): number {
  const copy = copyOfTree()
  const counts: Record<Outcome, number> = { caught: 0, missed: 0, 'no test': 0 }
  try {
    for (const mutation of mutations) {
      const rules = mutation.rules.filter((rule) => asked.length === 0 || asked.includes(rule))
      if (rules.length === 0) continue
      const putBack = takeOut(copy, mutation)
      for (const rule of rules) {
        const file = allRules.find(({ id }) => id === rule)?.test
        const outcome = file ? testsOf(copy, rule, file) : 'no test'
        counts[outcome] += 1
        if (outcome !== 'caught') process.stdout.write(`${rule}: ${outcome} in ${file ?? 'any file'}\n`)
      }
      putBack()
    }
  } finally {
    rmSync(copy, { recursive: true, force: true })
  }
  const total = counts.caught + counts.missed + counts['no test']
  process.stdout.write(`${total} rules taken out, ${counts.caught} caught, ${counts.missed} missed, ${counts['no test']} without a test\n`)
  return counts.caught === total ? 0 : 1
}

if (import.meta.main) process.exitCode = main(process.argv.slice(2))
