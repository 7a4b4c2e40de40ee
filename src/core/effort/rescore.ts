import { type Day, daysBetween } from '../days.ts'
import type { Assessment } from './assessment.ts'
import { judge } from './learn.ts'
import { partsOfRuns } from './parts.ts'
import { type EffortState, initialState } from './state.ts'
import type { EffortProfile, Evidence, PreparedRun, RunMeta, Thresholds } from './types.ts'

export type HistoryRun = { meta: RunMeta; prepared: PreparedRun }
export type ScoredRun = { id: string; assessment: Assessment; thresholds: Thresholds; evidence: Evidence }

/** Oldest first; runs of one instant by their id, so that no order of arrival matters. */
export function inOrder<T extends { meta: RunMeta }>(runs: readonly T[]): T[] {
  return runs.toSorted(
    (a, b) =>
      (a.meta.localDate < b.meta.localDate ? -1 : a.meta.localDate > b.meta.localDate ? 1 : 0) ||
      a.meta.startAt.getTime() - b.meta.startAt.getTime() ||
      (a.meta.id < b.meta.id ? -1 : a.meta.id > b.meta.id ? 1 : 0),
  )
}

/**
 * Judges a whole history, each run with what was known up to the day before it. Nothing is learnt from parts of other runs
 * (parts.ts).
 * @param corrections the runner's words by run id; they win over `meta.word`
 * @returns the runs oldest first, and the memory after the last one
 */
export function scoreHistory(
  runs: readonly HistoryRun[],
  profile: EffortProfile,
  corrections: ReadonlyMap<string, 'easy' | 'hard'> = new Map(),
  start: EffortState = initialState(profile),
): { runs: ScoredRun[]; state: EffortState } {
  const parts = partsOfRuns(runs.map(({ meta, prepared }) => ({ ...meta, seconds: secondsOf(prepared), race: prepared.race })))
  let state = start
  const scored = inOrder(runs).map(({ meta, prepared }) => {
    const word = corrections.get(meta.id) ?? meta.word ?? null
    const { assessment, thresholds, evidence, state: next } = judge(state, prepared, { ...meta, word }, profile)
    if (!parts.has(meta.id)) state = next
    return { id: meta.id, assessment, thresholds, evidence }
  })
  return { runs: scored, state }
}

function secondsOf({ movingSeconds, pauses }: PreparedRun): number | null {
  return movingSeconds === null ? null : movingSeconds + pauses.reduce((sum, pause) => sum + pause.seconds, 0)
}

const RESCORED_DAYS = 14
const HYSTERESIS = 0.15

/** Whether a fresh answer may replace a stored one: never over the runner's word, only within 14 days, a label only when it crosses 0.5 by 0.15. */
export function mayReplace(stored: Assessment, fresh: Assessment, localDate: Day, today: Day): boolean {
  if (stored.decidedBy === 'runner') return false
  if (daysBetween(localDate, today) > RESCORED_DAYS) return false
  if (stored.label === fresh.label) return true
  if (stored.label === 'unclear' || fresh.label === 'unclear') return true
  return fresh.label === 'hard' ? fresh.pHard >= 0.5 + HYSTERESIS : fresh.pHard <= 0.5 - HYSTERESIS
}

export type Rescored = { id: string; assessment: Assessment }

/**
 * Holds runs of the last 14 days against the thresholds of `today` and says which stored answers change. The memory must
 * hold the runs up to `today`.
 */
export function rescore(
  state: EffortState,
  runs: readonly (HistoryRun & { stored: Assessment })[],
  profile: EffortProfile,
  today: Day,
): Rescored[] {
  return inOrder(runs).flatMap(({ meta, prepared, stored }) => {
    if (daysBetween(meta.localDate, today) > RESCORED_DAYS || meta.localDate > today || stored.decidedBy === 'runner') return []
    const without: EffortState = { ...state, runs: state.runs.filter((run) => run.id !== meta.id) }
    const { assessment } = judge(
      without,
      prepared,
      { ...meta, localDate: today > (state.day ?? today) ? today : (state.day ?? today) },
      profile,
    )
    return mayReplace(stored, assessment, meta.localDate, today) && differs(stored, assessment) ? [{ id: meta.id, assessment }] : []
  })
}

function differs(a: Assessment, b: Assessment): boolean {
  return a.label !== b.label || a.pHard !== b.pHard || a.demand !== b.demand || a.subtype !== b.subtype
}
