import { type BlendFacts, blend, historyLogOdds, type Models } from '../../src/core/effort/blend.ts'
import type { HistoryFeatures } from '../../src/core/effort/history.ts'
import { clamp, logistic } from '../../src/core/effort/series.ts'

/** One answer beside its human label. */
export type Answer = { runnerId: string; label: 'easy' | 'hard'; pHard: number }

/** The probability that is shown: blended log-odds under the cap of what was known. */
export function pHardOf(facts: BlendFacts, models: Models): number {
  if (facts.known === 'nothing') return 0.25
  const { total, cap } = blend(facts, models)
  return clamp(logistic(total), 1 - cap, cap)
}

/** The same from a history cut short, as a summary. */
export function pHardOfHistory(features: HistoryFeatures, models: Models): number {
  const odds = historyLogOdds(features, models)
  return odds === null ? 0.25 : clamp(logistic(odds), 0.15, 0.85)
}

const mean = (values: number[]) => values.reduce((sum, x) => sum + x, 0) / values.length

/** Balanced accuracy of each runner with at least `least` runs of each label. */
export function byRunner(
  answers: readonly Answer[],
  least = 5,
): Map<string, { balanced: number; sensitivity: number; specificity: number }> {
  const out = new Map<string, { balanced: number; sensitivity: number; specificity: number }>()
  for (const [runnerId, own] of Map.groupBy(answers, (answer) => answer.runnerId)) {
    const hard = own.filter((answer) => answer.label === 'hard')
    const easy = own.filter((answer) => answer.label === 'easy')
    if (hard.length < least || easy.length < least) continue
    const sensitivity = hard.filter((answer) => answer.pHard >= 0.5).length / hard.length
    const specificity = easy.filter((answer) => answer.pHard < 0.5).length / easy.length
    out.set(runnerId, { balanced: (sensitivity + specificity) / 2, sensitivity, specificity })
  }
  return out
}

/** Uniform numbers in [0, 1), the same every time (mulberry32). */
function uniform(seed: number): () => number {
  let a = seed
  return () => {
    a = (a + 0x6d2b79f5) | 0
    let t = Math.imul(a ^ (a >>> 15), 1 | a)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

export type Interval = { value: number; low: number; high: number; n: number }

/** Mean over runners with a 95 % interval by drawing runners with replacement. */
export function bootstrap(values: readonly number[], draws = 2000): Interval {
  if (!values.length) return { value: Number.NaN, low: Number.NaN, high: Number.NaN, n: 0 }
  const random = uniform(17)
  const means = Array.from({ length: draws }, () => mean(values.map(() => values[Math.floor(random() * values.length)]!))).sort(
    (a, b) => a - b,
  )
  return { value: mean([...values]), low: means[Math.floor(0.025 * draws)]!, high: means[Math.floor(0.975 * draws)]!, n: values.length }
}

export const balancedAccuracy = (answers: readonly Answer[], least = 5) =>
  bootstrap([...byRunner(answers, least).values()].map((r) => r.balanced))

/** Difference of two ways over the same runs, runner by runner. */
export function paired(a: readonly Answer[], b: readonly Answer[], least = 5): Interval {
  const first = byRunner(a, least)
  const second = byRunner(b, least)
  return bootstrap([...first].flatMap(([runner, { balanced }]) => (second.has(runner) ? [balanced - second.get(runner)!.balanced] : [])))
}

/** Each runner and class weighs alike, as in the fit. */
function weightsOf(answers: readonly Answer[]): number[] {
  const counts = new Map<string, number>()
  const key = (a: Answer) => `${a.runnerId} ${a.label}`
  for (const answer of answers) counts.set(key(answer), (counts.get(key(answer)) ?? 0) + 1)
  return answers.map((answer) => 1 / Math.max(10, counts.get(key(answer))!))
}

/** Expected calibration error in ten bins and Brier score, runners and classes alike. */
export function calibrationOf(answers: readonly Answer[]): { error: number; brier: number } {
  const weights = weightsOf(answers)
  const total = weights.reduce((sum, w) => sum + w, 0)
  const bins = Array.from({ length: 10 }, () => ({ weight: 0, p: 0, y: 0 }))
  let brier = 0
  answers.forEach((answer, i) => {
    const y = answer.label === 'hard' ? 1 : 0
    const bin = bins[Math.min(9, Math.floor(answer.pHard * 10))]!
    bin.weight += weights[i]!
    bin.p += weights[i]! * answer.pHard
    bin.y += weights[i]! * y
    brier += weights[i]! * (answer.pHard - y) ** 2
  })
  return { error: bins.reduce((sum, bin) => sum + Math.abs(bin.p - bin.y), 0) / total, brier: brier / total }
}

/** Share of answers at a confidence of at least `least`, and how many of those are right. */
export function coverage(answers: readonly Answer[], least = 0.8): { share: number; right: number } {
  const sure = answers.filter((answer) => Math.max(answer.pHard, 1 - answer.pHard) >= least - 1e-9)
  const right = sure.filter((answer) => answer.pHard >= 0.5 === (answer.label === 'hard')).length
  return { share: sure.length / Math.max(1, answers.length), right: right / Math.max(1, sure.length) }
}
