import { addDays, type Day, daysBetween } from '../days.ts'
import { clamp, logistic, quantile } from './series.ts'
import type { EffortProfile } from './types.ts'

export type LoadKind = 'heartRate' | 'pace' | 'minutes'

/** What is remembered of one run: its summary, its load, and what was said of it. Speed is adjusted for gain. */
export type PastRun = {
  id: string
  day: Day
  speed: number | null
  maxHeartRate: number | null
  meanHeartRate: number | null
  seconds: number | null
  load: number
  loadKind: LoadKind
  /** Log-odds of hard before the runner's bias. */
  logOdds: number
  word: 'easy' | 'hard' | null
}

export type Peak = { day: Day; bpm: number; chest: boolean }
export type PastEffort = { day: Day; seconds: number; speed: number; heartRate: number | null; race: boolean }
export type SteadyEffort = { day: Day; seconds: number; speed: number; heartRate: number; race: boolean }
export type PastRace = { day: Day; meters: number; seconds: number; speed: number; heartRate: number | null }
export type PastBlock = { day: Day; speed: number; heartRate: number }

/** What one run adds to the memory once its day is over. */
export type Digest = {
  run: PastRun
  peak: Peak | null
  efforts: PastEffort[]
  steady: SteadyEffort | null
  race: PastRace | null
  blocks: PastBlock[]
  hardEnough: boolean
  startAltitude: number | null
}

/** Thresholds that are taken as given, as from an earlier memory: they count like strong evidence of their day. */
export type Seed = {
  day: Day
  speed1: number
  speed2: number
  heartRate1: number
  heartRate2: number
  maxHeartRate: number
  restingHeartRate: number | null
}

export type Published = { day: Day; speed2: number | null; speedSd: number; heartRate1: number; heartRate2: number; learnt: boolean }

/** All that the classifier remembers of a runner. Plain JSON, some 40 kB. `pending` are the runs of the latest day. */
export type EffortState = {
  version: number
  day: Day | null
  count: number
  runs: PastRun[]
  peaks: Peak[]
  efforts: PastEffort[]
  steady: SteadyEffort[]
  races: PastRace[]
  blocks: PastBlock[]
  hardRuns: number
  altitudes: { day: Day; meters: number }[]
  published: Published | null
  pending: Digest[]
  seed: Seed | null
}

export const stateVersion = 2
const WINDOW = 150

/** The memory of a runner of whom nothing is known yet. */
export function initialState(_profile?: EffortProfile): EffortState {
  return {
    version: stateVersion,
    day: null,
    count: 0,
    runs: [],
    peaks: [],
    efforts: [],
    steady: [],
    races: [],
    blocks: [],
    hardRuns: 0,
    altitudes: [],
    published: null,
    pending: [],
    seed: null,
  }
}

/** The same memory with thresholds known from elsewhere on a day. */
export function withThresholds(state: EffortState, seed: Seed): EffortState {
  return { ...state, seed }
}

const best = <T extends { speed: number }>(items: T[], keep: number) => items.toSorted((a, b) => b.speed - a.speed).slice(0, keep)

function absorbOne(state: EffortState, digest: Digest): EffortState {
  const { day } = digest.run
  const since = (days: number) => addDays(day, -days)
  const young = <T extends { day: Day }>(items: readonly T[], days: number) => items.filter((item) => item.day >= since(days))
  const efforts = young([...state.efforts, ...digest.efforts], 90)
  const lengths = [...new Set(efforts.map((e) => e.seconds))]
  const steady = digest.steady ? [...state.steady, digest.steady] : state.steady
  const peaks = young(digest.peak ? [...state.peaks, digest.peak] : state.peaks, 365)
  return {
    ...state,
    day,
    count: state.count + 1,
    runs: [...state.runs, digest.run].slice(-WINDOW),
    peaks: peaks.length > 40 ? peaks.toSorted((a, b) => b.bpm - a.bpm).slice(0, 20) : peaks,
    efforts:
      efforts.length > 66
        ? lengths.flatMap((seconds) =>
            best(
              efforts.filter((e) => e.seconds === seconds),
              4,
            ),
          )
        : efforts,
    steady: young(steady, 90).slice(-30),
    races: young(digest.race ? [...state.races, digest.race] : state.races, 365).slice(-15),
    blocks: young([...state.blocks, ...digest.blocks], 60).slice(-50),
    hardRuns: state.hardRuns + (digest.hardEnough ? 1 : 0),
    altitudes: digest.startAltitude === null ? state.altitudes : [...state.altitudes, { day, meters: digest.startAltitude }].slice(-20),
  }
}

/** The memory after the runs of earlier days became part of it; runs of `day` itself stay pending. @throws RangeError for a day before the memory's own */
export function absorbBefore(state: EffortState, day: Day): EffortState {
  if (state.day !== null && day < state.day)
    throw new RangeError(`The run of ${day} lies before what is known already (${state.day}): judge the whole history again, oldest first.`)
  if (state.day === day || state.pending.length === 0) return { ...state, day }
  let next: EffortState = { ...state, pending: [] }
  for (const digest of state.pending) next = absorbOne(next, digest)
  return { ...next, day }
}

/** Notes the runner's word on a run that is still remembered; `null` takes it back. The same memory when it is not. */
export function withWord(state: EffortState, runId: string, word: 'easy' | 'hard' | null): EffortState {
  const set = (run: PastRun): PastRun => (run.id === runId ? { ...run, word } : run)
  return { ...state, runs: state.runs.map(set), pending: state.pending.map((digest) => ({ ...digest, run: set(digest.run) })) }
}

/**
 * The remembered runs that were run. Some histories hold walks under the name of runs; those are no yardstick. A walk is
 * slower than 1.95 m/s and than three quarters of the runner's quicker runs, so that a slow runner's runs stay in.
 */
export function runsThatWereRun(runs: readonly PastRun[]): PastRun[] {
  const speeds = runs.flatMap((run) => (run.speed === null ? [] : [run.speed]))
  if (speeds.length < 5) return [...runs]
  const cut = Math.min(1.95, 0.75 * quantile(speeds, 0.85))
  return runs.filter((run) => run.speed === null || run.speed >= cut)
}

const PRIOR_SD = 0.7

/**
 * The runner's bias on the log-odds, from runs of earlier days with a word: the most likely value under a normal prior
 * of mean 0 and deviation 0.7, each word one logistic observation (Newton's method), clamped to ±1.5.
 */
export function biasOf(state: EffortState, day: Day): number {
  const said = state.runs.filter((run) => run.word !== null && daysBetween(run.day, day) > 0)
  if (!said.length) return 0
  let beta = 0
  for (let step = 0; step < 20; step += 1) {
    let slope = -beta / PRIOR_SD ** 2
    let curve = 1 / PRIOR_SD ** 2
    for (const run of said) {
      const p = logistic(clamp(run.logOdds, -6, 6) + beta)
      slope += (run.word === 'hard' ? 1 : 0) - p
      curve += p * (1 - p)
    }
    const move = slope / curve
    beta += clamp(move, -1, 1)
    if (Math.abs(move) < 1e-6) break
  }
  return clamp(beta, -1.5, 1.5)
}
