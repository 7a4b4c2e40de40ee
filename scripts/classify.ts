/**
 * `npm run -s classify -- RUNS.jsonl`: one run per line in, one answer per line out, in the order of the input. Each run
 * is judged with what was known of its runner from earlier days. Bad lines are named on standard error and end in exit 1.
 */
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { prepareRun } from '../src/core/effort/prepare.ts'
import { type ScoredRun, scoreHistory } from '../src/core/effort/rescore.ts'
import { type ParsedLine, profileFrom, readLines } from './classify/lines.ts'

const USAGE = 'Give a file with one run per line as JSON: npm run -s classify -- RUNS.jsonl (or - for standard input).'

function judgeAll(lines: readonly ParsedLine[]): Map<ParsedLine, ScoredRun> {
  const answers = new Map<ParsedLine, ScoredRun>()
  for (const [, own] of Map.groupBy(lines, (line) => line.runnerId)) {
    const byKey = new Map(own.map((line) => [key(line), line]))
    const runs = own.map((line) => ({ meta: { ...line.meta, id: key(line) }, prepared: prepareRun(line.input) }))
    for (const scored of scoreHistory(runs, profileFrom(own)).runs) answers.set(byKey.get(scored.id)!, scored)
  }
  return answers
}

/** A name that two lines with one id do not share, and that does not depend on the order of the lines when ids differ. */
const key = (line: ParsedLine) => `${line.meta.id}\u0000${line.line}`

function answerOf(line: ParsedLine, { assessment }: ScoredRun): string {
  const { label, pHard, confidence, demand, subtype, reasons } = assessment
  const rest = JSON.stringify({ label, pHard, confidence, demand, subtype, reasons })
  return `{"id":${line.idText},${rest.slice(1)}`
}

async function main(path: string | undefined): Promise<number> {
  if (!path) {
    process.stderr.write(`${USAGE}\n`)
    return 1
  }
  const input = path === '-' ? process.stdin : createReadStream(path)
  let read: Awaited<ReturnType<typeof readLines>>
  try {
    read = await readLines(createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY }))
  } catch (error) {
    process.stderr.write(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}\n${USAGE}\n`)
    return 1
  }
  const answers = judgeAll(read.lines)
  const out = read.lines.map((line) => `${answerOf(line, answers.get(line)!)}\n`).join('')
  await new Promise<void>((resolve) => process.stdout.write(out, () => resolve()))
  for (const { line, text } of read.problems) process.stderr.write(`Line ${line}: ${text}.\n`)
  return read.problems.length ? 1 : 0
}

process.exitCode = await main(process.argv[2])
