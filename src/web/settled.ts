import { openFiles } from '../db/arrivals.ts'
import type { Deps } from '../deps.ts'
import type { JobName } from '../jobs/queue.ts'

const WAIT_MS = 4000
const POLL_MS = 80

/**
 * Waits until what the runner just did has reached the tables: judging and planning take a moment after an upload, a word or
 * a changed setting. Four seconds at most, and not while an import goes on.
 */
export async function settled(deps: Deps, runnerId: string, names: JobName[] = ['runner.assess', 'runner.plan']): Promise<void> {
  for (let waited = 0; waited < WAIT_MS; waited += POLL_MS) {
    if (!(await deps.queue.isBusy(names, runnerId))) return
    if ((await openFiles(deps.db, runnerId)) > 0) return
    await new Promise((done) => setTimeout(done, POLL_MS))
  }
}
