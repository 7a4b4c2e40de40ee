import { calibration } from './calibration.ts'
import type { Rules } from './decide.ts'
import type { HistoryFeature, HistoryFeatures } from './history.ts'
import { clamp } from './series.ts'
import type { PreparedRun } from './types.ts'
import type { View } from './view.ts'

/** A log-odds as intercept plus weighted features. */
export type Linear<Feature extends string> = { intercept: number; weights: Partial<Record<Feature, number>> }
export type SampleFeature = 'history' | 'rules' | 'spread'
export type Form = 'both' | 'pace' | 'heart'
export type Models = {
  history: { warm: Record<Form, Linear<HistoryFeature>>; cold: Record<Form, Linear<HistoryFeature>> }
  samples: Record<Form, Linear<SampleFeature>>
}
export const shippedModels: Models = calibration

export function linear<Feature extends string>(model: Linear<Feature>, values: Record<Feature, number>): number {
  let sum = model.intercept
  for (const name in model.weights) sum += (model.weights[name] ?? 0) * values[name]
  return sum
}

/** Earlier runs after which a runner's own history is all that counts. */
export const warmRuns = 10

/** Which sources the summary has; `null` for neither. */
export function historyForm(features: HistoryFeatures): Form | null {
  if (features.hasHeartRate) return features.hasSpeed ? 'both' : 'heart'
  return features.hasSpeed ? 'pace' : null
}

/** Log-odds of hard from how the run stands among the runner's earlier ones; `null` when it has neither pace nor heart rate. */
export function historyLogOdds(features: HistoryFeatures, models: Models = shippedModels): number | null {
  const form = historyForm(features)
  if (form === null) return null
  const warm = clamp(features.earlier / warmRuns, 0, 1)
  return warm * linear(models.history.warm[form], features) + (1 - warm) * linear(models.history.cold[form], features)
}

/** What the blend reads: plain facts, so that calibration can be tried again without judging again. */
export type BlendFacts = {
  features: HistoryFeatures
  rules: Pick<Rules, 'total' | 'flags'>
  known: View['known']
  /** Speed spread over the runner's usual speed. */
  spread: number | null
  cap: number
  proven: boolean
}

export type Blended = { history: number | null; total: number; cap: number }

/** Highest confidence that this kind of evidence earns. */
function capOf(view: View, prepared: PreparedRun, rules: Rules): number {
  const { thresholds } = view
  if (view.known === 'nothing') return 0.6
  if (view.known === 'averages' || view.known === 'laps') return 0.85
  const pace = view.known !== 'heartRateOnly'
  const heart = view.known !== 'paceOnly'
  const paceKnown = pace && thresholds.speed2 !== null && thresholds.speed2.origin !== 'age'
  const heartKnown = heart && thresholds.heartRate1.origin !== 'age'
  if (rules.flags.includes('sawTooth')) return 0.7
  if (!paceKnown && !heartKnown) return 0.8
  if (pace && heart && prepared.surface !== 'treadmill') return paceKnown && heartKnown ? 0.97 : 0.9
  return 0.9
}

/** Whether the thresholds in use are the runner's own or known from earlier, not learnt from these runs. */
function areProven(view: View, seeded: boolean): boolean {
  const { speed2, heartRate1 } = view.thresholds
  const pace = speed2 !== null && (seeded || speed2.origin === 'runner')
  const heart = seeded || heartRate1.origin === 'runner'
  if (view.known === 'paceOnly') return pace
  if (view.known === 'heartRateOnly') return heart
  return pace && heart
}

/** Spread of the laps' speeds by time, 90th less 20th percentile, m/s. */
function lapSpread(prepared: PreparedRun): number | null {
  const laps = prepared.segments.filter((lap) => lap.speed !== null && lap.speed > 0.8).sort((a, b) => a.speed! - b.speed!)
  const total = laps.reduce((sum, lap) => sum + lap.seconds, 0)
  if (laps.length < 3) return null
  const speedAt = (share: number) => {
    let sum = 0
    return laps.find((lap) => {
      sum += lap.seconds
      return sum >= share * total
    })!.speed!
  }
  return speedAt(0.9) - speedAt(0.2)
}

/** The plain facts of a run for `blend`. @param seeded the thresholds were known from earlier */
export function blendFacts(prepared: PreparedRun, view: View, features: HistoryFeatures, rules: Rules, seeded: boolean): BlendFacts {
  const spread = view.known === 'laps' ? lapSpread(prepared) : (prepared.figures?.speedSpread ?? null)
  return {
    features,
    rules,
    known: view.known,
    spread: spread === null || prepared.surface === 'treadmill' ? null : clamp(spread / features.usualSpeed, 0, 1),
    cap: capOf(view, prepared, rules),
    proven: areProven(view, seeded),
  }
}

function sampleForm(facts: BlendFacts): Form | null {
  if (facts.known === 'paceAndHeartRate') return facts.spread === null ? 'heart' : 'both'
  if (facts.known === 'heartRateOnly') return 'heart'
  if (facts.known === 'laps' && facts.spread !== null) return facts.features.hasHeartRate ? 'both' : 'pace'
  if (facts.known !== 'paceOnly' || facts.spread === null) return null
  return facts.features.hasHeartRate ? 'both' : 'pace'
}

/**
 * Brings the rules (doses against thresholds) and the runner's history together. Thresholds that the runner set decide by
 * the rules alone, one of the two for two thirds; thresholds that were learnt are less sure than the run's place among earlier
 * runs, so both count.
 */
export function blend(facts: BlendFacts, models: Models = shippedModels): Blended {
  const { features, rules, cap } = facts
  const history = historyLogOdds(features, models)
  const rule = rules.total
  if (rule === null && history === null) return { history, total: 0, cap }
  const form = sampleForm(facts)
  if (form === null || rule === null || history === null) {
    const coarse = facts.known === 'averages' || facts.known === 'laps'
    if (facts.proven && coarse && rule !== null && history !== null) return { history, total: 0.7 * history + 0.3 * rule, cap }
    return { history, total: coarse ? (history ?? rule!) : (rule ?? history!), cap }
  }
  if (facts.proven && facts.known !== 'laps') return { history, total: rule, cap }
  let total = linear(models.samples[form], { history, rules: rule, spread: facts.spread ?? 0 })
  if (rules.flags.includes('ownPace') || rules.flags.includes('ownHeartRate')) total = (total + 2 * rule) / 3
  if (rules.flags.includes('walk')) total = Math.min(total, -2)
  return { history, total, cap }
}
