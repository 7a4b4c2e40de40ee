/** Lets go of what is no longer needed. */
import { dropOldBytes, dropUnfinished } from '../db/arrivals.ts'
import { dropOldMessages, dropOldWithdrawn } from '../db/sessions.ts'
import type { Deps } from '../deps.ts'

const DAY_MS = 86_400_000

/** Broken-off uploads after an hour, bytes of refused files after 30 days, withdrawn sessions after 60, read messages after 90. */
export async function tidy(deps: Deps): Promise<void> {
  const before = (days: number) => new Date(deps.now().getTime() - days * DAY_MS)
  await dropUnfinished(deps.db, before(1 / 24))
  await dropOldBytes(deps.db, before(30))
  await dropOldWithdrawn(deps.db, before(60))
  await dropOldMessages(deps.db, before(90))
}
