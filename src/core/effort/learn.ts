import { addDays, type Day } from '../days.ts'
import type { Assessment } from './assessment.ts'
import { type Blended, type BlendFacts, blend, blendFacts, type Models, shippedModels } from './blend.ts'
import { type Rules, ruleLogOdds } from './decide.ts'
import { demandOf } from './demand.ts'
import { digestOf, intensityOf, type Load, loadOf } from './digest.ts'
import { clockOf } from './doses.ts'
import { type HistoryFeatures, historyFeaturesOf, type Summary, summaryOf } from './history.ts'
import { clamp, logistic, median } from './series.ts'
import { absorbBefore, biasOf, type EffortState } from './state.ts'
import { subtypeOf } from './subtype.ts'
import { raisedByRun, thresholdsOn } from './thresholds.ts'
import type { EffortProfile, Evidence, PreparedRun, RunMeta, Thresholds } from './types.ts'
import { type View, viewRun } from './view.ts'
import { reasonsOf } from './words.ts'

export type Judged = { assessment: Assessment; thresholds: Thresholds; evidence: Evidence; state: EffortState }

/** Everything that was worked out on the way to an answer; what calibration and the bench read. */
export type Working = {
  state: EffortState
  thresholds: Thresholds
  view: View
  summary: Summary
  features: HistoryFeatures
  rules: Rules
  race: boolean
  facts: BlendFacts
  blended: Blended
}

const UNCLEAR = Math.log(0.25 / 0.75)

function isRace(prepared: PreparedRun, profile: EffortProfile, day: Day): boolean {
  if (prepared.race) return true
  const meters = prepared.distanceMeters
  return (
    meters !== null &&
    profile.races.some((race) => race.localDate === day && Math.abs(race.distanceMeters - meters) <= 0.03 * race.distanceMeters)
  )
}

/** Height of the start above where the runner usually starts; half of it after two weeks up there. */
function climbedOf(state: EffortState, prepared: PreparedRun, day: Day): number {
  const start = prepared.startAltitudeMeters
  if (start === null || state.altitudes.length < 5) return 0
  const climbed = start - median(state.altitudes.map((a) => a.meters))
  if (climbed < 600) return 0
  const settled = state.altitudes.some((a) => a.day <= addDays(day, -14) && a.meters >= start - 300)
  return settled ? climbed / 2 : climbed
}

/** The state of mind before the verdict: memory up to the day before, thresholds, doses, rules, and their blend. */
export function workOut(
  before: EffortState,
  prepared: PreparedRun,
  meta: RunMeta,
  profile: EffortProfile,
  models: Models = shippedModels,
): Working {
  const state = absorbBefore(before, meta.localDate)
  const known = thresholdsOn(state, meta.localDate, profile)
  const useHeart = !profile.ignoreHeartRate
  const thresholds = raisedByRun(known, useHeart ? (prepared.figures?.peakHeartRate ?? null) : null)
  const view = viewRun(prepared, thresholds, profile, climbedOf(state, prepared, meta.localDate))
  const summary = summaryOf(prepared, meta.localDate, useHeart)
  const features = historyFeaturesOf(state, summary)
  const race = isRace(prepared, profile, meta.localDate)
  const rules = ruleLogOdds({ prepared, ...view }, race)
  const facts = blendFacts(prepared, view, features, rules, state.seed !== null)
  const blended = blend(facts, models)
  return {
    state,
    thresholds: known,
    view,
    summary,
    features,
    rules,
    race,
    facts,
    blended: race ? { ...blended, total: Math.max(blended.total, 4) } : blended,
  }
}

function published(state: EffortState, thresholds: Thresholds): EffortState['published'] {
  const { speed2, heartRate1, heartRate2, day } = thresholds
  return {
    day,
    speed2: speed2?.value ?? null,
    speedSd: speed2?.sd ?? 1,
    heartRate1: heartRate1.value,
    heartRate2: heartRate2.value,
    learnt: state.published?.learnt === true || (state.count >= 10 && speed2?.origin === 'learnt' && heartRate2.origin !== 'age'),
  }
}

function cappedOdds(total: number, cap: number): { pHard: number; confidence: number } {
  const raw = clamp(logistic(total), 1 - cap, cap)
  return { pHard: Math.round(raw * 100) / 100, confidence: Math.round(Math.max(raw, 1 - raw) * 100) / 100 }
}

/** Whether the answer could move a strength session: only for runs that are not demanding anyway. */
function worthAsking(confidence: number, demandHigh: boolean, race: boolean, decided: boolean): boolean {
  return !decided && confidence < 0.65 && !demandHigh && !race
}

function assess(
  working: Working,
  prepared: PreparedRun,
  meta: RunMeta,
  profile: EffortProfile,
  load: Load,
  bias: number,
): { assessment: Assessment; total: number } {
  const { view, state, race, blended, rules } = working
  const word = meta.word ?? null
  const usable = view.known !== 'nothing' || race
  const total = usable ? clamp(blended.total + bias, -8, 8) : UNCLEAR
  const { pHard, confidence } = word
    ? { pHard: word === 'hard' ? 1 : 0, confidence: 1 }
    : usable
      ? cappedOdds(total, race ? 0.97 : blended.cap)
      : { pHard: 0.25, confidence: 0.6 }
  const hard = word ? word === 'hard' : pHard >= 0.5
  const minutes = view.movingSeconds === null ? null : view.movingSeconds / 60
  const demand = demandOf(state, {
    day: meta.localDate,
    minutes,
    load,
    descentMeters: prepared.descentMeters,
    distanceMeters: prepared.distanceMeters,
    race,
  })
  const recent = state.runs.filter((run) => run.seconds && run.day >= addDays(meta.localDate, -28)).map((run) => run.seconds! / 60)
  const subtype = subtypeOf({
    hard,
    race,
    walk: rules.flags.includes('walk'),
    sawTooth: rules.flags.includes('sawTooth'),
    usable,
    structure: view.structure,
    doses: view.doses,
    minutes,
    usualMinutes: recent.length >= 3 ? median(recent) : null,
  })
  const cold = view.thresholds.maxHeartRate.origin === 'age' && state.count < 10
  const reasons = reasonsOf({
    hard,
    confidence,
    known: view.known,
    subtype,
    demandHigh: demand === 'high',
    flags: [...rules.flags, ...view.flags, ...(cold ? ['cold'] : [])],
    thresholds: view.thresholds,
    limits: view.limits,
    structure: view.structure,
    doses: view.doses,
    drift: view.drift,
    paceLogOdds: rules.pace,
    heartLogOdds: rules.heart,
    temperature: prepared.temperatureCelsius,
    maxHeartRate: working.summary.maxHeartRate,
    rank: working.features.hasHeartRate ? working.features.qMax : null,
    earlier: state.runs.length,
    meanSpeed: prepared.figures?.meanSpeed ?? working.summary.speed,
    word,
    units: profile.units,
  })
  return {
    total,
    assessment: {
      label: usable || word ? (hard ? 'hard' : 'easy') : 'unclear',
      pHard,
      confidence,
      decidedBy: word ? 'runner' : 'classifier',
      demand,
      subtype,
      hardForPlacement: hard || demand === 'high' || race,
      reasons,
      ask: worthAsking(confidence, demand === 'high', race, word !== null),
    },
  }
}

function evidenceOf(working: Working, prepared: PreparedRun, load: Load, bias: number, total: number): Evidence {
  const { view, rules, blended } = working
  const clock = clockOf(prepared)
  return {
    known: view.known,
    secondsInZonePace: view.doses?.pace ?? null,
    secondsInZoneHeartRate: view.doses?.heart ?? null,
    bouts: view.structure.bouts.map((bout) => ({ startSeconds: clock(bout.from), endSeconds: clock(bout.to - 1) + 1, speed: bout.speed })),
    removed: view.removed,
    flags: [...rules.flags, ...view.flags],
    paceDoseMinutes: view.paceDose,
    heartRateDoseMinutes: view.heartDose,
    neededMinutes: view.needed,
    intensityFactor: intensityOf(prepared, view),
    variability: prepared.figures?.variability ?? null,
    decoupling: prepared.figures?.decoupling ?? null,
    quality: { pace: view.trust.paceQuality, heartRate: view.trust.heartQuality },
    load,
    logOdds: { pace: rules.pace, heartRate: rules.heart, history: blended.history, bias, total },
  }
}

/**
 * Judges one run with what was known from runs of earlier days, and returns the memory with this run in it. Runs come
 * oldest day first; those of one day do not see each other.
 * @throws RangeError when the run's day lies before the memory's: the history has to be judged again from the start
 */
export function judge(
  before: EffortState,
  prepared: PreparedRun,
  meta: RunMeta,
  profile: EffortProfile,
  models: Models = shippedModels,
): Judged {
  const working = workOut(before, prepared, meta, profile, models)
  const { state, thresholds, view, summary } = working
  const load = loadOf(prepared, view, profile)
  const bias = biasOf(state, meta.localDate)
  const { assessment, total } = assess(working, prepared, meta, profile, load, bias)
  const digest = digestOf(prepared, view, summary, meta, working.race, load, total - bias)
  const pending = [...state.pending, digest].sort((a, b) => (a.run.id < b.run.id ? -1 : 1))
  return {
    assessment,
    thresholds,
    evidence: evidenceOf(working, prepared, load, bias, total),
    state: { ...state, pending, published: published(state, thresholds) },
  }
}
