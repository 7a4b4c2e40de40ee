import type { YearResult } from './year.ts'

const sum = (results: readonly YearResult[], of: (result: YearResult) => number) => results.reduce((total, result) => total + of(result), 0)
const two = (value: number) => value.toFixed(2)

function row(name: string, own: readonly YearResult[]): string {
  const published = sum(own, (r) => r.published)
  const days = sum(own, (r) => r.forecast.days)
  const brier = days ? sum(own, (r) => r.forecast.brier * r.forecast.days) / days : 0
  const demanding = sum(own, (r) => r.forecast.demandingDays)
  const recall = demanding ? sum(own, (r) => r.forecast.recalled) / demanding : 1
  return [
    name,
    own.length,
    sum(own, (r) => r.weeks),
    sum(own, (r) => r.violations.length),
    sum(own, (r) => r.duplicates.length),
    sum(own, (r) => r.emptyFortnights.length),
    two(sum(own, (r) => r.done) / sum(own, (r) => r.weeks)),
    two(sum(own, (r) => r.unplaced) / sum(own, (r) => r.weeks)),
    two(published ? sum(own, (r) => r.moves) / published : 0),
    two(published ? sum(own, (r) => r.withdrawals) / published : 0),
    brier.toFixed(3),
    two(recall),
    two(sum(own, (r) => r.planMilliseconds) / sum(own, (r) => r.plans)),
  ].join(' | ')
}

/** How bad a year was, for the list of those to be read one by one. */
export function badness(result: YearResult): number {
  const { violations, duplicates, emptyFortnights, moves, withdrawals, published, unplaced, weeks, close, done, exercises } = result
  return (
    violations.length * 100 +
    duplicates.length * 100 +
    emptyFortnights.length * 10 +
    ((moves + withdrawals) / Math.max(1, published)) * 10 +
    unplaced / weeks +
    (close / Math.max(1, done)) * 2 +
    Math.max(0, 1 - exercises / 30)
  )
}

function worstLine(result: YearResult): string[] {
  const {
    id,
    type,
    violations,
    duplicates,
    emptyFortnights,
    moves,
    withdrawals,
    published,
    done,
    missed,
    unplaced,
    close,
    exercises,
    forecast,
  } = result
  return [
    `### ${id}, ${type}`,
    `moves ${moves}, withdrawn ${withdrawals} of ${published} published; done ${done}, missed ${missed}; without a place ${unplaced}; ${close} within 60 h; ${exercises} exercises; Brier ${forecast.brier.toFixed(3)}, recall ${two(forecast.recall)}`,
    ...violations.slice(0, 5).map(({ today, rule, text }) => `- on ${today} ${rule}: ${text}`),
    ...duplicates.slice(0, 3).map((text) => `- duplicate: ${text}`),
    ...emptyFortnights.slice(0, 3).map((text) => `- empty fortnight ${text}`),
    '',
  ]
}

/** The report of a simulation, as Markdown. */
export function reportOf(results: readonly YearResult[], seconds: number): string {
  const weeks = sum(results, (r) => r.weeks)
  const byType = Map.groupBy(results, (result) => result.type)
  const worst = [...results].sort((a, b) => badness(b) - badness(a)).slice(0, 10)
  return [
    '# Simulated years',
    '',
    `${results.length} runners, ${weeks} runner-weeks, ${sum(results, (r) => r.plans)} plans in ${seconds.toFixed(0)} s of one processor (${((seconds * 10_000) / weeks).toFixed(0)} s for 10,000 runner-weeks); slowest plan ${Math.max(...results.map((r) => r.slowestMilliseconds)).toFixed(0)} ms.`,
    '',
    'type | runners | weeks | violations | duplicates | empty fortnights | done a week | without a place a week | moves per published | withdrawn per published | Brier | recall | ms a plan',
    '--- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | ---',
    ...[...byType].map(([type, own]) => row(type, own)),
    row('all', results),
    '',
    '## The worst ten',
    '',
    ...worst.flatMap(worstLine),
  ].join('\n')
}
