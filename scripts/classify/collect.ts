import type { BlendFacts } from '../../src/core/effort/blend.ts'
import { ruleLogOdds } from '../../src/core/effort/decide.ts'
import { type HistoryFeatures, historyFeaturesOf } from '../../src/core/effort/history.ts'
import { judge, workOut } from '../../src/core/effort/learn.ts'
import { prepareRun } from '../../src/core/effort/prepare.ts'
import { inOrder } from '../../src/core/effort/rescore.ts'
import { type EffortState, initialState } from '../../src/core/effort/state.ts'
import { noSpeed, type PreparedRun, plainProfile } from '../../src/core/effort/types.ts'
import type { LabelledRun } from './development.ts'
import { leftOut } from './development.ts'

/** What is left of each run: everything, the summary alone, or one source alone. */
export type Variant = 'full' | 'summary' | 'paceOnly' | 'heartOnly'
export const ablations = ['without structure', 'without drift', 'without grade', 'without learning'] as const
export type Ablation = (typeof ablations)[number]

/** One labelled run with all that its answer is made from. */
export type Row = {
  key: string
  runnerId: string
  day: string
  label: 'easy' | 'hard'
  kind: string
  title: string
  /** Counts for balanced accuracy; easy long runs count only for the long-run figure. */
  scored: boolean
  minutes: number
  surface: string
  hasStream: boolean
  facts: BlendFacts
  /** The run against the last 0 to 4 runs before it. */
  cut: HistoryFeatures[]
  ablated: Partial<Record<Ablation, BlendFacts>>
  baseline: { pace: number; heart: number; rank: number }
  summary: { speed: number | null; meanHeartRate: number | null; maxHeartRate: number | null }
}

/** The run without its samples. */
export function summaryOnly(prepared: PreparedRun): PreparedRun {
  return { ...prepared, stream: null, figures: null, pauses: [], segments: [], removed: [] }
}

function withoutHeartRate(prepared: PreparedRun): PreparedRun {
  const stream = prepared.stream && { ...prepared.stream, heartRate: new Uint8Array(prepared.stream.heartRate.length) }
  const figures = prepared.figures && {
    ...prepared.figures,
    highHeartRate: null,
    peakHeartRate: null,
    peakMinuteHeartRate: null,
    maxHeartRate: null,
    meanHeartRate: null,
    lastTwentyHeartRate: null,
    steadyBlocks: [],
    bestEfforts: prepared.figures.bestEfforts.map((e) => ({ ...e, heartRate: null })),
    teeth: 0,
    decoupling: null,
    heartRateShare: 0,
  }
  return { ...prepared, stream, figures, averageHeartRate: null, maxHeartRate: null }
}

function withoutPace(prepared: PreparedRun): PreparedRun {
  const stream = prepared.stream && { ...prepared.stream, speed: new Uint16Array(prepared.stream.speed.length).fill(noSpeed) }
  const figures = prepared.figures && {
    ...prepared.figures,
    hasSpeed: false,
    meanSpeed: null,
    normalizedSpeed: null,
    variability: null,
    speedSpread: null,
    fastSpeed: null,
    bestEfforts: [],
    steadyBlocks: [],
    bouts: [],
    restSpeed: null,
    decoupling: null,
    runSpeed: null,
    gradedRunSpeed: null,
    runMeters: null,
    walkShare: 0,
    innerWalkShare: 0,
  }
  return { ...prepared, stream, figures, distanceMeters: null, ascentMeters: null, paceQuality: 0 }
}

const reduced: Record<Variant, (prepared: PreparedRun) => PreparedRun> = {
  full: (prepared) => prepared,
  summary: summaryOnly,
  paceOnly: withoutHeartRate,
  heartOnly: withoutPace,
}

function ablatedFacts(run: LabelledRun, before: EffortState): Partial<Record<Ablation, BlendFacts>> {
  const { prepared, meta, input } = run
  if (!prepared.stream || !prepared.figures || !input) return {}
  const facts = (p: PreparedRun, state = before) => workOut(state, p, meta, plainProfile).facts
  const flat = input.samples && { ...input, samples: { ...input.samples, altitude: undefined } }
  const { view, race } = workOut(before, prepared, meta, plainProfile)
  const plain = ruleLogOdds({ prepared, ...view, structure: { ...view.structure, structured: false } }, race)
  return {
    'without structure': { ...facts(prepared), rules: plain },
    'without drift': facts({ ...prepared, figures: { ...prepared.figures, decoupling: null } }),
    ...(flat ? { 'without grade': facts(prepareRun({ ...flat, samples: { ...flat.samples } })) } : {}),
    'without learning': facts(prepared, initialState()),
  }
}

function baselineOf(state: EffortState, summary: Row['summary']): Row['baseline'] {
  const values = (pick: (run: EffortState['runs'][number]) => number | null) => state.runs.map(pick).filter((x): x is number => x !== null)
  const place = (all: number[], value: number | null) =>
    value === null || !all.length ? 0.5 : all.reduce((sum, x) => sum + (x < value ? 1 : x === value ? 0.5 : 0), 0) / all.length
  const highest = Math.max(...values((run) => run.maxHeartRate), 0)
  return {
    pace: place(
      values((run) => run.speed),
      summary.speed,
    ),
    heart: summary.meanHeartRate !== null && highest > 0 ? summary.meanHeartRate / highest : 0,
    rank: place(
      values((run) => run.maxHeartRate),
      summary.maxHeartRate,
    ),
  }
}

/** Judges whole histories oldest first and notes, for each labelled run, what its answer is made from. */
export function collect(runs: readonly LabelledRun[], variant: Variant, withAblations = false): Row[] {
  const rows: Row[] = []
  for (const [runnerId, own] of Map.groupBy(runs, (run) => run.runnerId)) {
    let state = initialState()
    for (const run of inOrder(own)) {
      const prepared = reduced[variant](run.prepared)
      const working = workOut(state, prepared, run.meta, plainProfile)
      if (run.label && run.kind !== 'warmup') {
        const { summary } = working
        rows.push({
          key: run.meta.id,
          runnerId,
          day: run.meta.localDate,
          label: run.label,
          kind: run.kind,
          title: run.title,
          scored: !leftOut.has(run.kind),
          minutes: (prepared.movingSeconds ?? 0) / 60,
          surface: prepared.surface,
          hasStream: prepared.stream !== null,
          facts: working.facts,
          cut: [0, 1, 2, 3, 4].map((k) => historyFeaturesOf({ ...working.state, runs: k ? working.state.runs.slice(-k) : [] }, summary)),
          ablated: withAblations && variant === 'full' ? ablatedFacts(run, state) : {},
          baseline: baselineOf(working.state, summary),
          summary,
        })
      }
      state = judge(state, prepared, run.meta, plainProfile).state
    }
  }
  return rows
}
