import { historyModel, type Linear } from './calibration.ts'
import type { Rules } from './decide.ts'
import type { HistoryFeatures, Summary } from './history.ts'
import type { EffortState } from './state.ts'
import type { EffortProfile, PreparedRun } from './types.ts'
import type { View } from './view.ts'

export function linear<Feature extends string>(model: Linear<Feature>, values: Record<Feature, number>): number {
  let sum = model.intercept
  for (const name in model.weights) sum += (model.weights[name] ?? 0) * values[name]
  return sum
}

export type Models = { history: typeof historyModel }
export const shippedModels: Models = { history: historyModel }

/** Log-odds of hard from how the run stands among earlier ones; `null` when it has neither pace nor heart rate. */
export function historyLogOdds(features: HistoryFeatures, models: Models = shippedModels): number | null {
  if (features.hasHeartRate) return linear(features.hasSpeed ? models.history.both : models.history.heart, features)
  return features.hasSpeed ? linear(models.history.pace, features) : null
}

export type BlendInput = {
  prepared: PreparedRun
  view: View
  features: HistoryFeatures
  rules: Rules
  summary: Summary
  state: EffortState
  profile: EffortProfile
}
export type Blended = { history: number | null; total: number; cap: number }

function capOf({ view, prepared, rules }: BlendInput): number {
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

/** How far the rules are believed outright: fully when the thresholds are the runner's own or known from earlier. */
function proven({ view, state }: BlendInput): boolean {
  const { speed2, heartRate1 } = view.thresholds
  const sure = (t: { origin: string } | null) => t !== null && (t.origin === 'runner' || state.seed !== null)
  if (view.known === 'paceOnly') return sure(speed2)
  if (view.known === 'heartRateOnly') return sure(heartRate1)
  return sure(speed2) && sure(heartRate1)
}

/** Brings rules and history together. */
export function blend(input: BlendInput, models: Models = shippedModels): Blended {
  const history = historyLogOdds(input.features, models)
  const rule = input.rules.total
  const cap = capOf(input)
  if (rule === null && history === null) return { history, total: 0, cap }
  const coarse = input.view.known === 'averages' || input.view.known === 'laps'
  if (proven(input) && !coarse && rule !== null) return { history, total: rule, cap }
  if (coarse || rule === null) return { history, total: history ?? rule ?? 0, cap }
  return { history, total: history === null || input.features.earlier === 0 ? rule : 0.6 * history + 0.5 * rule, cap }
}
