/**
 * `npm run examples`: writes the twelve-week plans of docs/examples, one page for each situation beside it. With `--check`
 * nothing is written and stale pages are named, exit 1.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { planSessions } from '../src/core/plan/plan.ts'
import { readSituation } from '../src/web/api/runner-schema.ts'
import { examplePage } from './examples/page.ts'

const FOLDER = new URL('../docs/examples/', import.meta.url)
const DAYS = 84

function titleOf(file: string): string {
  const name = file.replace(/\.json$/, '').replaceAll('-', ' ')
  return `${name[0]!.toUpperCase()}${name.slice(1)}`
}

/** Name and text of each example's page. @throws Error when a situation makes no sense */
export function examplePages(): { file: string; text: string }[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => {
      const read = readSituation(JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')))
      if ('problems' in read) throw new Error(`${file}: ${read.problems.map(({ pointer, detail }) => `${pointer} ${detail}`).join('; ')}`)
      const situation = { ...read.situation, horizonDays: DAYS }
      return { file: file.replace(/\.json$/, '.md'), text: examplePage(titleOf(file), file, situation, planSessions(situation)) }
    })
}

/** Names of the pages that are not what the rules make today. */
export function staleExamples(): string[] {
  return examplePages()
    .filter(({ file, text }) => {
      try {
        return readFileSync(new URL(file, FOLDER), 'utf8') !== text
      } catch {
        return true
      }
    })
    .map(({ file }) => file)
}

function main(args: readonly string[]): number {
  if (args.includes('--check')) {
    const stale = staleExamples()
    for (const file of stale) process.stderr.write(`docs/examples/${file} is stale: npm run examples writes it anew.\n`)
    return stale.length > 0 ? 1 : 0
  }
  for (const { file, text } of examplePages()) writeFileSync(new URL(file, FOLDER), text)
  return 0
}

if (import.meta.main) process.exitCode = main(process.argv.slice(2))
