/**
 * `npm run docs`: writes the table of rules into docs/training.md from src/core/strength/rules.ts. With `--check` nothing is
 * written; what is stale or missing is named, exit 1.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { placementRules, type TrainingRule, trainingRules } from '../src/core/strength/rules.ts'

const ROOT = new URL('../', import.meta.url)
const PAGE = 'docs/training.md'
const BEGIN = '<!-- rules: begin -->'
const END = '<!-- rules: end -->'

const read = (path: string): string => readFileSync(new URL(path, ROOT), 'utf8')

/** All rules of the table: of the sources, of the choices between them, of placement. */
export const allRules: readonly TrainingRule[] = [...trainingRules, ...placementRules]

function row({ id, kind, says, where, test }: TrainingRule): string {
  return `| ${id} | ${says} | ${kind === 'text' ? '' : where} | ${test ?? '*words only*'} |`
}

/** The table as it should stand in the page. */
export function rulesTable(): string {
  return ['| rule | what | where | test |', '|---|---|---|---|', ...allRules.map(row)].join('\n')
}

/** The page with the table of today. @throws Error when its markers are gone */
export function pageWithTable(page: string): string {
  const from = page.indexOf(BEGIN)
  const to = page.indexOf(END)
  if (from === -1 || to < from) throw new Error(`${PAGE} has lost the markers ${BEGIN} and ${END}: put them back around the table.`)
  return `${page.slice(0, from + BEGIN.length)}\n${rulesTable()}\n${page.slice(to)}`
}

/** Rule ids in the titles of a test file: of every call whose first argument is a text and whose second is a function. */
export function rulesNamedIn(source: string): Set<string> {
  const titles = source.match(/\(\s*(['`])(?:(?!\1)[\s\S])*\1\s*,\s*(?:async\s*)?\(/g) ?? []
  return new Set(titles.flatMap((title) => title.match(/\b(?:S\d-\d{2}|[CHP]\d{1,2})\b/g) ?? []))
}

/** Rules of behaviour that no title of their test file names, and places or tests that do not exist. */
export function ruleFaults(): string[] {
  return allRules.flatMap(({ id, kind, where, test }) => {
    if (kind === 'text') return []
    const gone = [...(where.match(/src\/[\w/.-]+\.ts/g) ?? []), test ?? ''].filter((path) => !existsSync(new URL(path, ROOT)))
    if (gone.length > 0) return gone.map((path) => `${id}: ${path || 'its test'} does not exist`)
    return rulesNamedIn(read(test!)).has(id) ? [] : [`${id}: no test title in ${test} names it`]
  })
}

/** The name that a heading gets as an anchor, as the usual renderers make it. */
function slugOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\w\s-]/g, '')
    .trim()
    .replaceAll(/\s+/g, '-')
}

function anchorsOf(page: string): Set<string> {
  const headings = page.match(/^#+ .+$/gm) ?? []
  const named = [...page.matchAll(/<a id="([\w-]+)">/g)].map((match) => match[1]!)
  return new Set([...named, ...headings.map((heading) => slugOf(heading.replace(/^#+ /, '')))])
}

function filesUnder(folder: string, ending: RegExp): string[] {
  return readdirSync(new URL(`${folder}/`, ROOT), { recursive: true, encoding: 'utf8' })
    .map((file) => `${folder}/${file.replaceAll('\\', '/')}`)
    .filter((file) => ending.test(file))
}

/** Anchors of the training page that code or docs point to and that are not there. */
export function anchorFaults(): string[] {
  const anchors = anchorsOf(read(PAGE))
  const pointing = [...filesUnder('src', /\.tsx?$/), ...filesUnder('scripts', /\.ts$/), ...filesUnder('docs', /\.md$/)]
  return pointing.flatMap((file) =>
    [...read(file).matchAll(/training\.md#([\w-]+)/g)]
      .filter((match) => !anchors.has(match[1]!))
      .map((match) => `${file} points to ${match[0]}, which is not there`),
  )
}

const PLACES = /(?<![\w/.-])(?:src|scripts|tests|docs|migrations)\/[\w./-]*\w\.(?:tsx|ts|md|json|sql)\b/g

/** Paths of this repository that the docs name and that do not exist; links count from the page that holds them. */
export function pathFaults(): string[] {
  return [...filesUnder('docs', /\.md$/), ...(existsSync(new URL('README.md', ROOT)) ? ['README.md'] : [])].flatMap((file) => {
    const page = read(file)
    const named = (page.match(PLACES) ?? []).filter((path) => !existsSync(new URL(path, ROOT)))
    const links = [...page.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map((match) => match[1]!)
    const dead = links.filter((link) => !existsSync(new URL(link, new URL(file, ROOT))))
    return [...new Set([...named, ...dead])].map((path) => `${file} names ${path}, which does not exist`)
  })
}

function main(args: readonly string[]): number {
  const page = read(PAGE)
  const fresh = pageWithTable(page)
  if (!args.includes('--check')) {
    writeFileSync(new URL(PAGE, ROOT), fresh)
    return 0
  }
  const faults = [
    ...(fresh === page ? [] : [`${PAGE} is stale: npm run docs writes it anew.`]),
    ...ruleFaults(),
    ...anchorFaults(),
    ...pathFaults(),
  ]
  for (const fault of faults) process.stderr.write(`${fault}\n`)
  return faults.length > 0 ? 1 : 0
}

if (import.meta.main) process.exitCode = main(process.argv.slice(2))
