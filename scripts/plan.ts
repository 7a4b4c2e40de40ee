/**
 * `npm run -s plan -- SITUATION.json`: the placement of strength sessions as JSON. `--weeks N` looks N weeks ahead,
 * `--why` adds the runner-up of each session, `--what-if policy=hardDays` (or `race=2026-10-04`, `saturday=45`) shows what
 * a change would do. What makes no sense is refused with a sentence and exit 1.
 */
import { readFileSync } from 'node:fs'
import { planSessions } from '../src/core/plan/plan.ts'
import { whatIf } from '../src/core/plan/what-if.ts'
import { readSituation } from '../src/web/api/runner-schema.ts'
import { type Asked, readArguments } from './plan/arguments.ts'
import { planJson } from './plan/output.ts'

const USAGE = 'Give a file with a situation as JSON: npm run -s plan -- SITUATION.json (or - for standard input).'

function refuse(sentences: readonly string[]): number {
  for (const sentence of sentences) process.stderr.write(`${sentence}\n`)
  return 1
}

function readInput(path: string): { input: unknown } | { problem: string } {
  let text: string
  try {
    text = readFileSync(path === '-' ? 0 : path, 'utf8')
  } catch {
    return { problem: `${path} cannot be read: give the path of a file that is there.` }
  }
  try {
    return { input: JSON.parse(text.replace(/^\uFEFF/, '')) }
  } catch (error) {
    return { problem: `${path} is not JSON: ${error instanceof Error ? error.message : 'it cannot be parsed'}.` }
  }
}

function answer(asked: Asked, input: unknown): number {
  const read = readSituation(input)
  if ('problems' in read) return refuse(read.problems.map(({ pointer, detail }) => `${pointer || 'The input'} ${detail}.`))
  const situation = asked.weeks === null ? read.situation : { ...read.situation, horizonDays: asked.weeks * 7 }
  const shown = asked.change
    ? (({ before, after, differences }) => ({ before: planJson(before), after: planJson(after), differences }))(
        whatIf(situation, asked.change, { why: asked.why }),
      )
    : planJson(planSessions(situation, { why: asked.why }))
  process.stdout.write(`${JSON.stringify(shown, null, 2)}\n`)
  return 0
}

function main(args: readonly string[]): number {
  const asked = readArguments(args)
  if ('problem' in asked) return refuse([asked.problem])
  if (asked.path === null) return refuse([USAGE])
  const read = readInput(asked.path)
  return 'problem' in read ? refuse([read.problem]) : answer(asked, read.input)
}

process.exitCode = main(process.argv.slice(2))
