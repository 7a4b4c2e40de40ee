/** Runs -> easy or hard, and the thresholds that were learnt on the way. */
import { setImmediate as breathe } from 'node:timers/promises'
import { addDays, type Day } from '../core/days.ts'
import { type Judged, judge } from '../core/effort/learn.ts'
import { partsOfRuns } from '../core/effort/parts.ts'
import { preparedVersion, prepareRun } from '../core/effort/prepare.ts'
import { absorbBefore, type EffortState, initialState, stateVersion } from '../core/effort/state.ts'
import { thresholdsOn } from '../core/effort/thresholds.ts'
import type { EffortProfile, PreparedRun, Thresholds } from '../core/effort/types.ts'
import type { Runner } from '../core/runner.ts'
import { BEGINNING, checkpointBefore, dropCheckpoints, effortProgress, keepCheckpoints, keepThresholds, markJudged } from '../db/efforts.ts'
import type { Db } from '../db/open.ts'
import { profileOf, runnerRow } from '../db/runners.ts'
import { type AssessmentRow, assessmentsFor, keepAssessments, preparedOf, type RunToAssess, runsToAssess, seriesOf } from '../db/runs.ts'
import type { Deps } from '../deps.ts'
import { unpackSamples } from '../fit/series.ts'
import { readPrepared } from '../fit/telling.ts'
import type { Jobs } from './queue.ts'

/** Rises when a new version of the rules must judge every run again. */
export const rulesVersion = stateVersion * 1000 + preparedVersion

type Outcome = {
  answers: { run: RunToAssess; judged: Judged }[]
  checkpoints: { day: Day; state: EffortState }[]
  versions: { fromDay: Day; thresholds: Thresholds }[]
}

/**
 * Judges every run from the first day on that something changed, oldest first, beginning at the checkpoint before it. What
 * comes out depends on the runs and the profile alone, not on the order in which they came in.
 */
export async function assessRunner(deps: Deps, { runnerId }: Jobs['runner.assess']): Promise<void> {
  const runner = await runnerRow(deps.db, runnerId)
  if (!runner) return
  const progress = await effortProgress(deps.db, runnerId)
  const dirtyFrom = progress && progress.rulesVersion === rulesVersion ? progress.dirtyFrom : BEGINNING
  if (dirtyFrom === null) {
    await deps.db.transaction((tx) => deps.queue.add(tx, 'runner.plan', { runnerId }))
    return
  }
  const profile = effortProfileOf(profileOf(runner))
  const checkpoint = dirtyFrom === BEGINNING ? null : await checkpointBefore(deps.db, runnerId, dirtyFrom)
  const from = checkpoint?.day ?? BEGINNING
  const outcome = await judgeFrom(deps.db, runnerId, profile, from, checkpoint?.state ?? initialState(profile))
  await write(deps, runnerId, from, outcome, progress?.generation ?? 0)
}

/** What the classifier reads of a profile. */
export function effortProfileOf(runner: Runner): EffortProfile {
  const own = <Figure extends { from: string } | null>(figure: Figure) => (figure?.from === 'runner' ? figure : null)
  return {
    units: runner.units,
    birthYear: runner.birthYear,
    sex: runner.sex,
    maxHeartRate: own(runner.maxHeartRate),
    restingHeartRate: own(runner.restingHeartRate),
    thresholdHeartRate: own(runner.thresholdHeartRate),
    thresholdPaceSecondsPerKm: own(runner.thresholdPaceSecondsPerKm),
    ignoreHeartRate: runner.ignoreHeartRate,
    races: runner.races,
  }
}

async function judgeFrom(db: Db, runnerId: string, profile: EffortProfile, from: Day, start: EffortState): Promise<Outcome> {
  const runs = await runsToAssess(db, runnerId, from)
  const outcome: Outcome = { answers: [], checkpoints: [], versions: [] }
  const parts = partsOfRuns(runs.map(({ run }) => ({ ...run, seconds: run.elapsedSeconds ?? run.movingSeconds })))
  let state = start
  let month = ''
  for (let at = 0; at < runs.length; at += 20) {
    const some = runs.slice(at, at + 20)
    const prepared = await preparedRuns(db, runnerId, some)
    for (const run of some) {
      const { localDate } = run.run
      if (localDate.slice(0, 7) !== month) {
        month = localDate.slice(0, 7)
        const day = `${month}-01`
        state = absorbBefore(state, day > (state.day ?? day) ? day : (state.day ?? day))
        outcome.checkpoints.push({ day, state })
      }
      const meta = { id: run.run.id, localDate, startAt: run.run.startAt, word: run.run.word }
      const judged = judge(state, prepared.get(run.run.id)!, meta, profile)
      if (parts.has(run.run.id)) outcome.answers.push({ run, judged: asPart(judged) })
      else {
        state = judged.state
        outcome.answers.push({ run, judged })
      }
      note(outcome.versions, localDate, judged.thresholds)
      await breathe()
    }
  }
  const last = runs.at(-1)?.run.localDate ?? start.day
  if (last) {
    const next = addDays(last, 1)
    note(outcome.versions, next, thresholdsOn(absorbBefore(state, next), next, profile))
  }
  return outcome
}

/** The answer for a cool-down that was saved by itself (core/effort/parts.ts). */
function asPart(judged: Judged): Judged {
  const reason = 'This is a part of the run just before it: nothing is learnt from it, and sessions are placed without it.'
  return { ...judged, assessment: { ...judged.assessment, ask: false, reasons: [...judged.assessment.reasons, reason] } }
}

/** A version of the thresholds begins where they differ from the one before. */
function note(versions: Outcome['versions'], fromDay: Day, thresholds: Thresholds): void {
  const before = versions.at(-1)
  if (before?.fromDay === fromDay) return
  const plain = (given: Thresholds) => JSON.stringify({ ...given, day: null })
  if (!before || plain(before.thresholds) !== plain(thresholds)) versions.push({ fromDay, thresholds })
}

/** The prepared runs of some rows; those of another version are prepared again from their samples. */
async function preparedRuns(db: Db, runnerId: string, some: RunToAssess[]): Promise<Map<string, PreparedRun>> {
  const stored = await preparedOf(
    db,
    runnerId,
    some.map(({ run }) => run.bestSourceId ?? ''),
  )
  const found = new Map<string, PreparedRun>()
  for (const { run, facts } of some) {
    const bytes = stored.get(run.bestSourceId ?? '')
    const known = bytes ? readPrepared(bytes) : null
    if (known?.version === preparedVersion) {
      found.set(run.id, known)
      continue
    }
    const series = run.bestSourceId ? await seriesOf(db, runnerId, run.bestSourceId) : null
    found.set(
      run.id,
      prepareRun({
        ...facts,
        samples: series ? unpackSamples(series) : null,
        movingSeconds: facts.movingSeconds ?? facts.timerSeconds,
        surface: run.surface,
        temperatureCelsius: null,
      }),
    )
  }
  return found
}

async function write(deps: Deps, runnerId: string, from: Day, outcome: Outcome, generation: number): Promise<void> {
  const now = deps.now()
  const before = await assessmentsFor(
    deps.db,
    runnerId,
    outcome.answers.map(({ run }) => run.run.id),
  )
  const changed = outcome.answers.flatMap(({ run, judged }) => {
    const row = rowOf(runnerId, run, judged, before.get(run.run.id) ?? null, now)
    return row ? [row] : []
  })
  // In small transactions: on the embedded database a transaction holds every other query back.
  for (let at = 0; at < changed.length; at += 20) {
    await keepAssessments(deps.db, changed.slice(at, at + 20))
    await breathe()
  }
  await dropCheckpoints(deps.db, runnerId, addDays(from, from === BEGINNING ? 0 : 1))
  for (const checkpoint of outcome.checkpoints) {
    await keepCheckpoints(deps.db, runnerId, [checkpoint])
    await breathe()
  }
  await deps.db.transaction(async (tx) => {
    await keepThresholds(tx, runnerId, from, outcome.versions)
    await markJudged(tx, runnerId, generation, rulesVersion, now)
    await deps.queue.add(tx, 'runner.plan', { runnerId })
  })
}

/** The row of an answer; null when it stands there already. */
function rowOf(runnerId: string, { run }: RunToAssess, judged: Judged, before: AssessmentRow | null, now: Date) {
  const { assessment, evidence, thresholds } = judged
  const row = { runnerId, runId: run.id, ...assessment, evidence, thresholdsDay: thresholds.day, rulesVersion }
  const plain = (given: typeof row | AssessmentRow) =>
    JSON.stringify([
      given.label,
      given.pHard,
      given.confidence,
      given.decidedBy,
      given.demand,
      given.subtype,
      given.ask,
      given.reasons,
      given.thresholdsDay,
    ])
  if (before && before.rulesVersion === rulesVersion && plain(before) === plain(row)) return null
  const moved = before !== null && before.label !== assessment.label
  return { ...row, previous: moved ? previousOf(before) : (before?.previous ?? null), assessedAt: now }
}

function previousOf(row: AssessmentRow) {
  const { label, pHard, confidence, decidedBy, demand, subtype, hardForPlacement, reasons, ask } = row
  return { label, pHard, confidence, decidedBy, demand, subtype, hardForPlacement, reasons, ask }
}
