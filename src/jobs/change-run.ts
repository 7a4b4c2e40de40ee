/** What a runner does to a run: say how it felt, delete it, take its copies apart. For the API and the pages. */

import { dropBytes } from '../db/arrivals.ts'
import { markDirty } from '../db/efforts.ts'
import { lockRunner } from '../db/runners.ts'
import { changeRun, changeSource, dropAnswer, runById, sourceById, sourcesOf } from '../db/runs.ts'
import type { Deps } from '../deps.ts'
import { NotFoundError, RequestRefused } from '../errors.ts'
import { joinSource, splitSource } from './keep-run.ts'

const gone = 'There is no such run.'

/** Keeps the runner's word, which wins over the classifier; null gives the run back to it. @throws NotFoundError */
export async function sayEffort(deps: Deps, runnerId: string, runId: string, word: 'easy' | 'hard' | null): Promise<void> {
  await deps.db.transaction(async (tx) => {
    await lockRunner(tx, runnerId)
    const run = await runById(tx, runnerId, runId)
    if (!run) throw new NotFoundError(gone)
    const now = deps.now()
    await changeRun(tx, runnerId, runId, { word, wordAt: word ? now : null, updatedAt: now })
    await markDirty(tx, runnerId, run.localDate)
    await deps.queue.add(tx, 'runner.assess', { runnerId })
  })
}

/**
 * Deletes a run with its recordings. The row stays as a mark, so that the run does not come back by itself from a platform;
 * uploading its file again does bring it back.
 * @throws NotFoundError
 */
export async function deleteRun(deps: Deps, runnerId: string, runId: string): Promise<void> {
  await deps.db.transaction(async (tx) => {
    await lockRunner(tx, runnerId)
    const run = await runById(tx, runnerId, runId)
    if (!run) throw new NotFoundError(gone)
    const now = deps.now()
    await changeRun(tx, runnerId, runId, { deletedAt: now, updatedAt: now, laps: [] })
    const sources = await sourcesOf(tx, runnerId, [runId])
    for (const source of sources) await changeSource(tx, runnerId, source.id, { series: null, prepared: null, preparedVersion: null })
    await dropBytes(
      tx,
      runnerId,
      sources.flatMap(({ arrivalId }) => (arrivalId ? [arrivalId] : [])),
    )
    await dropAnswer(tx, runnerId, runId)
    await markDirty(tx, runnerId, run.localDate)
    await deps.queue.add(tx, 'runner.assess', { runnerId })
  })
}

/** Makes one copy a run of its own. @returns the new run's id @throws NotFoundError, RequestRefused when it is the only copy */
export async function splitRun(deps: Deps, runnerId: string, runId: string, sourceId: string): Promise<string> {
  return deps.db.transaction(async (tx) => {
    const runner = await lockRunner(tx, runnerId)
    const source = await sourceById(tx, runnerId, sourceId)
    if (!runner || !source || source.runId !== runId || !(await runById(tx, runnerId, runId)))
      throw new NotFoundError('There is no such copy.')
    if ((await sourcesOf(tx, runnerId, [runId])).length < 2) throw new RequestRefused(409, 'It is the only copy of this run.')
    const made = await splitSource(tx, runner, source, deps.now())
    await deps.queue.add(tx, 'runner.assess', { runnerId })
    return made
  })
}

/** Makes all copies of another run copies of this one; takes a split back. @throws NotFoundError, RequestRefused for itself */
export async function joinRuns(deps: Deps, runnerId: string, runId: string, otherId: string): Promise<void> {
  if (runId === otherId) throw new RequestRefused(409, 'A run is a copy of itself already.')
  await deps.db.transaction(async (tx) => {
    const runner = await lockRunner(tx, runnerId)
    if (!runner || !(await runById(tx, runnerId, runId)) || !(await runById(tx, runnerId, otherId))) throw new NotFoundError(gone)
    for (const source of await sourcesOf(tx, runnerId, [otherId])) await joinSource(tx, runner, source, runId, deps.now())
    await deps.queue.add(tx, 'runner.assess', { runnerId })
  })
}
