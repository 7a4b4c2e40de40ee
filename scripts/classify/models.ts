import { type Form, historyLogOdds, type Linear, type Models, type SampleFeature } from '../../src/core/effort/blend.ts'
import type { HistoryFeature, HistoryFeatures } from '../../src/core/effort/history.ts'
import type { Row, Variant } from './collect.ts'
import { balancedWeights, fitLogistic } from './fit.ts'

export type Collected = Record<Variant, Row[]>

/**
 * What an easy run of 90 minutes and more is given against being called hard. Titles name an intensity on few long runs
 * and mostly on races; the long runs without one are easy by habit, so equal classes would be wrong here.
 */
const LONG = -2.3

const warmFeatures: Record<Form, HistoryFeature[]> = {
  both: ['qMax', 'zDiff', 'fast', 'weekday', 'previous', 'longMean', 'longRace'],
  pace: ['fast', 'weekday', 'previous', 'longRace'],
  heart: ['qMax', 'zDiff', 'weekday', 'previous', 'longMean'],
}
const coldFeatures: Record<Form, HistoryFeature[]> = {
  both: ['qMax', 'zDiff', 'fast', 'longMean', 'longRace'],
  pace: ['fast', 'longRace'],
  heart: ['qMax', 'zDiff', 'longMean'],
}
const sampleFeatures: Record<Form, SampleFeature[]> = {
  both: ['history', 'rules', 'spread'],
  pace: ['history', 'rules', 'spread'],
  heart: ['history', 'rules'],
}
/**
 * Where the runs with samples are drawn to: five runners cannot carry a free fit, so with pace and heart rate the weights
 * stay close to the middle of the plateau on which balanced accuracy hardly changes; `pull` says how close.
 */
const sampleCentre: Record<Form, { centre: number[]; pull: number; intercept: number }> = {
  both: { centre: [-0.9, 0.6, 0.25, 3.5], pull: 0.5, intercept: 1 },
  pace: { centre: [-0.9, 0.6, 0.35, 3.5], pull: 0.05, intercept: 0.2 },
  heart: { centre: [-0.1, 0.6, 0.3], pull: 0.05, intercept: 0.2 },
}

/**
 * Cross-validation found the log-odds with heart rate a little timid (the cap on confidence of a summary cuts the sure
 * ones) and those of pace alone too bold: they are stretched by this. Labels do not change by it.
 */
const stretch: Record<Form, number> = { both: 1.12, heart: 1.06, pace: 0.9 }

type Labelled = { runnerId: string; label: 'easy' | 'hard'; features: HistoryFeatures }

const round = (value: number) => Math.round(value * 1000) / 1000

function linearOf<Feature extends string>(
  names: Feature[],
  theta: number[],
  least: Partial<Record<Feature, number>> = {},
): Linear<Feature> {
  const weights: Partial<Record<Feature, number>> = {}
  names.forEach((name, i) => {
    weights[name] = round(Math.max(least[name] ?? Number.NEGATIVE_INFINITY, theta[i + 1]!))
  })
  return { intercept: round(theta[0]!), weights }
}

function fitHistory(rows: Labelled[], names: HistoryFeature[], factor: number): Linear<HistoryFeature> {
  const weights = balancedWeights(rows)
  const theta = fitLogistic(
    rows.map((row, i) => ({ x: names.map((name) => row.features[name]), y: row.label === 'hard' ? 1 : 0, weight: weights[i]! })),
    1e-4,
  )
  const model = linearOf(
    names,
    theta.map((t) => factor * t),
    { fast: 0 } as Partial<Record<HistoryFeature, number>>,
  )
  return { ...model, weights: { ...model.weights, long: round(factor * LONG) } }
}

const scoredWith = (rows: Row[], form: Form) =>
  rows.filter((row) => {
    const { hasHeartRate, hasSpeed } = row.facts.features
    return form === 'both' ? hasHeartRate && hasSpeed : form === 'pace' ? hasSpeed : hasHeartRate
  })

function fitForm(collected: Collected, form: Form): { warm: Linear<HistoryFeature>; cold: Linear<HistoryFeature> } {
  const source = form === 'pace' ? collected.paceOnly : form === 'heart' ? collected.heartOnly : collected.summary
  const rows = scoredWith(source, form)
  const warm = rows.filter((row) => row.facts.features.earlier >= 5).map((row) => ({ ...row, features: row.facts.features }))
  const cold = rows.flatMap((row) => row.cut.map((features) => ({ ...row, features })))
  return { warm: fitHistory(warm, warmFeatures[form], stretch[form]), cold: fitHistory(cold, coldFeatures[form], stretch[form]) }
}

function fitSamples(rows: Row[], form: Form, history: Models['history']): Linear<SampleFeature> {
  const names = sampleFeatures[form]
  const usable = rows.flatMap((row) => {
    const { facts } = row
    const odds = historyLogOdds(facts.features, { history, samples: {} as Models['samples'] })
    if (!row.hasStream || odds === null || facts.rules.total === null || (names.includes('spread') && facts.spread === null)) return []
    return [{ ...row, values: { history: odds, rules: facts.rules.total, spread: facts.spread ?? 0 } }]
  })
  const { centre, pull, intercept } = sampleCentre[form]
  const weights = balancedWeights(usable)
  const theta = usable.length
    ? fitLogistic(
        usable.map((row, i) => ({ x: names.map((name) => row.values[name]), y: row.label === 'hard' ? 1 : 0, weight: weights[i]! })),
        pull,
        centre,
        intercept,
      )
    : centre
  return linearOf(names, theta, { history: 0.1, rules: 0.1, spread: 0 } as Partial<Record<SampleFeature, number>>)
}

/** Fits all models on the runs given. Deterministic. */
export function fitModels(collected: Collected): Models {
  const forms = ['both', 'pace', 'heart'] as const
  const fitted = Object.fromEntries(forms.map((form) => [form, fitForm(collected, form)])) as Record<Form, ReturnType<typeof fitForm>>
  const history: Models['history'] = {
    warm: { both: fitted.both.warm, pace: fitted.pace.warm, heart: fitted.heart.warm },
    cold: { both: fitted.both.cold, pace: fitted.pace.cold, heart: fitted.heart.cold },
  }
  return {
    history,
    samples: {
      both: fitSamples(collected.full, 'both', history),
      pace: fitSamples(collected.paceOnly, 'pace', history),
      heart: fitSamples(collected.heartOnly, 'heart', history),
    },
  }
}

/** The same without one runner. */
export function without(collected: Collected, runnerId: string): Collected {
  const drop = (rows: Row[]) => rows.filter((row) => row.runnerId !== runnerId)
  return {
    full: drop(collected.full),
    summary: drop(collected.summary),
    paceOnly: drop(collected.paceOnly),
    heartOnly: drop(collected.heartOnly),
  }
}
