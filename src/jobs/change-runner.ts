/** What a runner does to the profile: change it, renew the calendar's address, leave. For the API and the pages. */
import { type ClearedInjury, defaultRunner, type Runner } from '../core/runner.ts'
import { BEGINNING, markDirty } from '../db/efforts.ts'
import { changeRunner, eraseRunner, lockRunner, newFeed, type RunnerRow } from '../db/runners.ts'
import type { Deps } from '../deps.ts'
import { NotFoundError } from '../errors.ts'
import { localNow } from './plan.ts'
import { keepLeaving, leaveEverything } from './platforms/leave.ts'

export type ProfileChange = {
  /** Fields to set; a field that is `undefined` falls back to its default. */
  profile: { [Field in keyof Runner]?: Runner[Field] | undefined }
  noticeUrl?: string | null
  noticeEmail?: string | null
}

/** Fields that the classifier reads: a change of one judges every run again. */
const judging: (keyof Runner)[] = [
  'units',
  'birthYear',
  'sex',
  'maxHeartRate',
  'restingHeartRate',
  'thresholdHeartRate',
  'thresholdPaceSecondsPerKm',
  'ignoreHeartRate',
  'races',
]

/** The cleared injuries with those that the change took off the list, the newest of each area; null when it took none. */
function clearedNow(before: Partial<Runner>, after: Partial<Runner>, now: Date): ClearedInjury[] | null {
  const still = new Set(after.injuries?.map(({ area }) => area))
  const gone = [...new Set(before.injuries?.map(({ area }) => area).filter((area) => !still.has(area)))]
  if (gone.length === 0) return null
  const { today } = localNow({ ...defaultRunner, ...after }, now)
  const others = (after.clearedInjuries ?? []).filter(({ area }) => !gone.includes(area))
  return [...others, ...gone.map((area) => ({ area, localDate: today }))]
}

/** Keeps a changed profile and has labels and plan follow it. @throws NotFoundError */
export async function changeProfile(deps: Deps, runnerId: string, changeOf: (row: RunnerRow) => ProfileChange): Promise<void> {
  await deps.db.transaction(async (tx) => {
    const row = await lockRunner(tx, runnerId)
    if (!row) throw new NotFoundError('There is no such runner.')
    const change = changeOf(row)
    const profile: Partial<Runner> = { ...row.profile, ...change.profile }
    for (const key of Object.keys(profile) as (keyof Runner)[]) if (profile[key] === undefined) delete profile[key]
    const timeZoneFixed = 'timeZone' in change.profile ? change.profile.timeZone !== undefined : row.timeZoneFixed
    // Without a word of the runner the zone is that of the newest run; it keeps its present value until then.
    if (profile.timeZone === undefined && row.profile.timeZone !== undefined) profile.timeZone = row.profile.timeZone
    const cleared = clearedNow(row.profile, profile, deps.now())
    if (cleared) profile.clearedInjuries = cleared
    const { noticeUrl = row.noticeUrl, noticeEmail = row.noticeEmail } = change
    await changeRunner(tx, runnerId, { profile, timeZoneFixed, noticeUrl, noticeEmail })
    const rejudge = judging.some((field) => JSON.stringify(row.profile[field]) !== JSON.stringify(profile[field]))
    if (rejudge) await markDirty(tx, runnerId, BEGINNING)
    await deps.queue.add(tx, rejudge ? 'runner.assess' : 'runner.plan', { runnerId })
  })
}

/** Gives the calendar feed a new secret address; the old one answers no more. @returns the token */
export async function renewFeed(deps: Deps, runnerId: string): Promise<string> {
  return deps.db.transaction((tx) => newFeed(tx, runnerId, deps.now()))
}

/**
 * Erases a runner and everything of theirs. Platforms that do not answer within seconds are told later, by what is kept for
 * that alone.
 */
export async function eraseEverything(deps: Deps, runnerId: string): Promise<void> {
  await leaveEverything(deps, runnerId).catch((error) => deps.log.error('leaving a platform failed', error, { runnerId }))
  await deps.db.transaction(async (tx) => {
    await lockRunner(tx, runnerId)
    await keepLeaving(deps, tx, runnerId)
    await eraseRunner(tx, runnerId)
  })
}
