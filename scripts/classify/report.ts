import type { BlendFacts, Models } from '../../src/core/effort/blend.ts'
import { type Ablation, ablations, type Row } from './collect.ts'
import type { Collected } from './models.ts'
import {
  type Answer,
  balancedAccuracy,
  byRunner,
  calibrationOf,
  coverage,
  type Interval,
  paired,
  pHardOf,
  pHardOfHistory,
} from './score.ts'

type ModelsFor = (row: Row) => Models
export type ReportOptions = { worst: number; crossValidated: boolean; write: (line: string) => void }

const two = (x: number) => (Number.isNaN(x) ? '–' : x.toFixed(2))
const three = (x: number) => (Number.isNaN(x) ? '–' : x.toFixed(3))
const shown = (i: Interval) => (i.n ? `${three(i.value)} (${two(i.low)}–${two(i.high)})` : 'too few runs')

const answered = (rows: readonly Row[], p: (row: Row) => number): Answer[] =>
  rows.map((row) => ({ runnerId: row.runnerId, label: row.label, pHard: p(row) }))

const usable = (row: Row) => row.facts.known !== 'nothing'
const withHeart = (row: Row) => row.facts.features.hasHeartRate && row.facts.features.hasSpeed
const settled = (row: Row) => row.facts.features.earlier >= 5

function line(name: string, rows: readonly Row[], p: (row: Row) => number): string {
  const answers = answered(rows, p)
  const each = [...byRunner(answers).values()]
  const mean = (pick: (r: (typeof each)[number]) => number) =>
    each.length ? each.reduce((sum, r) => sum + pick(r), 0) / each.length : Number.NaN
  const { error, brier } = calibrationOf(answers)
  const sure = coverage(answers)
  return `| ${name} | ${rows.length} | ${each.length} | ${shown(balancedAccuracy(answers))} | ${two(mean((r) => r.sensitivity))} | ${two(mean((r) => r.specificity))} | ${two(sure.share)} / ${two(sure.right)} | ${three(brier)} | ${three(error)} |`
}

const heading = [
  '| runs | n | runners | balanced accuracy (95 %) | sensitivity | specificity | confidence ≥ 0.8: share / right | Brier | calibration error |',
  '|---|---|---|---|---|---|---|---|---|',
]

/** The same runs by their summary: rows of one collection by key. */
const keyed = (rows: readonly Row[]) => new Map(rows.map((row) => [row.key, row]))

function longEasy(rows: readonly Row[], p: (row: Row) => number): string {
  const long = rows.filter((row) => row.label === 'easy' && row.minutes >= 90 && usable(row))
  const wrong = long.filter((row) => p(row) >= 0.5).length
  const runners = [...Map.groupBy(long, (row) => row.runnerId).values()].map(
    (own) => own.filter((row) => p(row) >= 0.5).length / own.length,
  )
  const mean = runners.reduce((sum, x) => sum + x, 0) / Math.max(1, runners.length)
  return `${wrong} of ${long.length} (${two(wrong / Math.max(1, long.length))}; runners alike ${two(mean)} of ${runners.length} runners)`
}

function intervalsFound(rows: readonly Row[], p: (row: Row) => number): string {
  const rowsOf = rows.filter((row) => row.kind === 'intervals' && usable(row))
  const each = [...Map.groupBy(rowsOf, (row) => row.runnerId).values()].map((own) => own.filter((row) => p(row) >= 0.5).length / own.length)
  return `${two(rowsOf.filter((row) => p(row) >= 0.5).length / Math.max(1, rowsOf.length))} of ${rowsOf.length} (runners alike ${two(each.reduce((a, b) => a + b, 0) / Math.max(1, each.length))})`
}

/** Prints the whole table. */
export function printReport(collected: Collected, modelsFor: ModelsFor, { worst, crossValidated, write }: ReportOptions): void {
  const p = (row: Row) => pHardOf(row.facts, modelsFor(row))
  const { full, summary, paceOnly, heartOnly } = collected
  const scored = (rows: readonly Row[]) => rows.filter((row) => row.scored && usable(row))
  const main = scored(summary).filter((row) => withHeart(row) && settled(row))
  const streams = scored(full).filter((row) => row.hasStream && settled(row))
  const summaryOf = keyed(summary)
  const streamSummaries = streams.map((row) => summaryOf.get(row.key)!)
  write(
    `Runs with a label: ${full.length}, of ${new Set(full.map((row) => row.runnerId)).size} runners. Runners with five and more of each label count for balanced accuracy.`,
  )
  write(crossValidated ? 'Each runner is judged with a calibration fitted on all others.' : 'Judged with the shipped calibration.')
  write('')
  for (const text of heading) write(text)
  write(line('all runs, all that is known', scored(full), p))
  write(line('summary only: pace and heart rate, 5 and more earlier runs', main, p))
  write(line('with samples', streams, p))
  write(line('… the same runs by their summary', streamSummaries, p))
  const both = streams.filter((row) => row.facts.known === 'paceAndHeartRate')
  write(line('… with samples of pace and heart rate', both, p))
  write(
    line(
      'with samples, pace only',
      scored(paceOnly).filter((row) => row.hasStream && settled(row)),
      p,
    ),
  )
  write(
    line(
      'with samples, heart rate only',
      scored(heartOnly).filter((row) => row.hasStream && settled(row)),
      p,
    ),
  )
  write(
    line(
      'summary, pace only',
      scored(paceOnly).filter((row) => !row.hasStream && settled(row)),
      p,
    ),
  )
  write(
    line(
      'summary, heart rate only',
      scored(heartOnly).filter((row) => !row.hasStream && settled(row) && row.facts.features.hasHeartRate),
      p,
    ),
  )
  for (const surface of ['treadmill', 'trail']) {
    const rows = scored(full).filter((row) => row.surface === surface)
    write(rows.length ? line(surface, rows, p) : `| ${surface} | 0 | | no such run in these data | | | | | |`)
  }
  const cold = main.flatMap((row) => row.cut.map((features) => ({ ...row, facts: { ...row.facts, features } })))
  write(line('first five runs (histories cut to 0–4)', cold, (row) => pHardOfHistory(row.facts.features, modelsFor(row))))
  const first = scored(full).filter((row) => row.facts.features.earlier < 5)
  write(line('true first five runs', first, p))
  printBaselines(main, streams, p, write)
  write('')
  write(`Samples against their own summary, paired: ${shown(paired(answered(streams, p), answered(streamSummaries, p)))}`)
  write(`Interval sessions found: with samples ${intervalsFound(streams, p)}; by summary ${intervalsFound(main, p)}`)
  write(
    `Easy runs of 90 minutes and more called hard: all that is known ${longEasy(full, p)}; with samples ${longEasy(
      full.filter((row) => row.hasStream),
      p,
    )}; by summary ${longEasy(summary, p)}`,
  )
  printAblations(streams, modelsFor, write)
  if (worst > 0) printWorst(scored(full), p, worst, write)
}

function printBaselines(main: readonly Row[], streams: readonly Row[], p: (row: Row) => number, write: (line: string) => void): void {
  const ways: [string, (row: Row) => number][] = [
    ['faster than the runner’s median', (row) => (row.baseline.pace > 0.5 ? 1 : 0)],
    ['mean heart rate over 80 % of the highest so far', (row) => (row.baseline.heart > 0.8 ? 1 : 0)],
    ['maximum heart rate above 60 % of earlier maxima', (row) => (row.baseline.rank > 0.6 ? 1 : 0)],
  ]
  write('')
  write('| baseline | on summaries (95 %) | gain over it, paired (95 %) | on runs with samples | gain, paired |')
  write('|---|---|---|---|---|')
  for (const [name, way] of ways) {
    const cells = [main, streams].flatMap((rows) => [
      shown(balancedAccuracy(answered(rows, way))),
      shown(paired(answered(rows, p), answered(rows, way))),
    ])
    write(`| ${name} | ${cells.join(' | ')} |`)
  }
}

function printAblations(streams: readonly Row[], modelsFor: ModelsFor, write: (line: string) => void): void {
  const rulesAlone = (facts: BlendFacts): BlendFacts => ({ ...facts, proven: true })
  const ways: [string, (row: Row) => BlendFacts][] = [
    ['all', (row) => row.facts],
    ['rules alone, without history', (row) => rulesAlone(row.facts)],
    ...ablations.flatMap((name: Ablation): [string, (row: Row) => BlendFacts][] => [
      [name, (row) => row.ablated[name] ?? row.facts],
      [`rules alone, ${name}`, (row) => rulesAlone(row.ablated[name] ?? row.facts)],
    ]),
    ['without speed spread', (row) => ({ ...row.facts, spread: row.facts.spread === null ? null : 0.24 })],
  ]
  write('')
  write('| ablation, runs with samples | balanced accuracy (95 %) |')
  write('|---|---|')
  for (const [name, facts] of ways)
    write(`| ${name} | ${shown(balancedAccuracy(answered(streams, (row) => pHardOf(facts(row), modelsFor(row)))))} |`)
}

function printWorst(rows: readonly Row[], p: (row: Row) => number, count: number, write: (line: string) => void): void {
  const wrong = rows
    .map((row) => ({ row, pHard: p(row) }))
    .filter(({ row, pHard }) => pHard >= 0.5 !== (row.label === 'hard'))
    .map((item) => ({ ...item, miss: Math.abs(item.pHard - (item.row.label === 'hard' ? 1 : 0)) }))
    .sort((a, b) => b.miss - a.miss || (a.row.key < b.row.key ? -1 : 1))
  write('')
  write(`The ${count} worst mistakes (of ${wrong.length})`)
  for (const { row, pHard } of wrong.slice(0, count)) {
    const { features, rules, known } = row.facts
    const figures = [
      `${row.minutes.toFixed(0)} min`,
      row.summary.speed === null ? '' : `${row.summary.speed.toFixed(2)} m/s`,
      `hr ${row.summary.meanHeartRate?.toFixed(0) ?? '–'}/${row.summary.maxHeartRate ?? '–'}`,
      `qMax ${two(features.qMax)} qMean ${two(features.qMean)} zDiff ${two(features.zDiff)} fast ${two(features.fast)}`,
      `rules ${rules.total === null ? '–' : two(rules.total)} spread ${row.facts.spread === null ? '–' : two(row.facts.spread)}`,
    ]
    write(
      `${row.runnerId} ${row.day} said ${row.label} (${row.kind}${row.title ? `, ${row.title}` : ''}) pHard ${two(pHard)} ${known} ${figures.join(' ')}`,
    )
  }
}
