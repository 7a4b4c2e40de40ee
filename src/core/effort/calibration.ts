import type { HistoryFeature } from './history.ts'

/** Made by scripts/calibrate.ts from development runs; see docs/classification-report.md. */
export type Linear<Feature extends string> = { intercept: number; weights: Partial<Record<Feature, number>> }

export const historyModel: { both: Linear<HistoryFeature>; pace: Linear<HistoryFeature>; heart: Linear<HistoryFeature> } = {
  both: { intercept: -2.32, weights: { qMax: 3.35, zDiff: 0.42, zSpeed: 0.55, weekday: 3.22, previous: -1.49 } },
  pace: { intercept: -0.3, weights: { zSpeed: 0.9, weekday: 3.22, previous: -1.49 } },
  heart: { intercept: -2.3, weights: { qMax: 3.6, zDiff: 0.42, weekday: 3.22, previous: -1.49 } },
}
export const sampleFeatures = ['history', 'rules', 'fastMinutes'] as const
export type SampleFeature = (typeof sampleFeatures)[number]
export const sampleModel: Linear<SampleFeature> = { intercept: -0.5, weights: { history: 0.7, rules: 0.4, fastMinutes: 0.1 } }
