import { addDays } from '../../core/days.ts'
import { fileKind, missing } from '../activity.ts'
import { instantFrom } from '../json.ts'
import { markerIn } from '../marker.ts'
import type { About, Platform, PlatformContext, Reading, RunNotice } from '../platform.ts'
import { parsedRecord } from '../record.ts'
import * as api from './api.ts'
import { calendar, isLastPage } from './calendar.ts'
import { sportOf, toActivity } from './map.ts'
import { Workout, type WorkoutSummary } from './schema.ts'

/** An app id above 1000 is an upload by somebody else's app: a copy of what its own platform tells. */
export function isThirdParty(fitnessAppId: number | null): boolean {
  return fitnessAppId !== null && fitnessAppId > 1000
}

const noticeOf = (workout: Workout): RunNotice => ({
  externalId: workout.id,
  revision: workout.workout_summary?.updated_at ?? null,
  startAt: instantFrom(workout.starts)?.toISOString() ?? null,
  record: workout,
})

function aboutOf(workout: Workout, summary: WorkoutSummary, sport: About['sport']): About {
  const plannedAs = markerIn(workout.workout_token) ?? workout.plan_ids?.[0] ?? workout.plan_id
  return { externalId: workout.id, revision: summary.updated_at, sport, plannedAs, originalId: null, device: null }
}

/** The file, by the address that the notice gave or by a fresh one. */
async function fileOf(ctx: PlatformContext, workout: Workout, fresh: boolean): Promise<Uint8Array | null> {
  const address = workout.workout_summary?.file?.url
  const bytes = address ? await api.getFile(ctx, address) : null
  if (bytes || fresh) return bytes
  const again = await api.getWorkout(ctx, workout.id)
  const newer = again?.workout_summary?.file?.url
  return newer && newer !== address ? api.getFile(ctx, newer) : null
}

async function read(ctx: PlatformContext, notice: RunNotice): Promise<Reading> {
  const told = parsedRecord(Workout, notice.record)
  const workout = told ?? (await api.getWorkout(ctx, notice.externalId))
  const summary = workout?.workout_summary
  if (!workout || !summary) return missing(ctx, notice, 86_400)
  if (isThirdParty(summary.fitness_app_id))
    return { kind: 'skipped', because: 'Another app put it there; its own platform tells of it.', tellRunner: false }
  const sport = sportOf(workout.workout_type_id)
  if (!sport) return { kind: 'skipped', because: 'It is neither a run nor strength work.', tellRunner: false }
  const about = aboutOf(workout, summary, sport)
  const bytes = await fileOf(ctx, workout, told === null)
  const kind = bytes && fileKind(bytes)
  if (bytes && kind) return { kind: 'file', name: `wahoo-${workout.id}.${kind}`, bytes, about }
  const later = summary.manual ? null : missing(ctx, notice, 3600)
  if (later?.kind === 'notYet') return later
  const activity = toActivity(workout, summary)
  return activity
    ? { kind: 'activity', activity, about }
    : { kind: 'skipped', because: 'Wahoo gives no start time for it.', tellRunner: true }
}

/** Wahoo: files in, timed plans out. @see ./readme.md */
export const wahoo: Platform = {
  id: 'wahoo',
  label: 'Wahoo',
  warning: null,
  needs: { connect: ['clientId', 'clientSecret'], webhook: ['webhookSecret'] },
  hosts: api.facts.hosts,
  limits: api.limits,
  oauth: {
    authorizeUrl: 'https://api.wahooligan.com/oauth/authorize',
    tokenUrl: 'https://api.wahooligan.com/oauth/token',
    scopes: ['user_read', 'workouts_read', 'workouts_write', 'plans_read', 'plans_write', 'offline_data'],
    scopeSeparator: ' ',
    asksForScopes: true,
    scopesForReading: [['workouts_read'], ['offline_data']],
    scopesForWriting: [['workouts_write'], ['plans_write'], ['plans_read']],
    clientAuthentication: 'body',
    pkce: false,
    refresh: 'rotates',
    refreshEarlySeconds: 120,
    deadAfter: { refusals: 2, hours: 0 },
    // Too many tokens that were never revoked: only a new agreement after leaving helps.
    mend: ({ status, body }) =>
      /unrevoked access tokens/i.test(JSON.stringify(body)) ? { status: 400, body: { error: 'invalid_grant' } } : { status, body },
    identify: async (ctx) => ({ externalUserId: await api.userId(ctx) }),
  },
  apiKey: null,
  runs: {
    arrive: 'ping',
    async list(ctx, { fromDay, toDay, cursor }) {
      const page = Number(cursor ?? 1)
      const { workouts, total } = await api.listWorkouts(ctx, page)
      const [from, to] = [addDays(fromDay, -1), addDays(toDay, 2)]
      const done = workouts.filter(
        ({ workout_summary, starts }) => workout_summary !== null && (starts ?? '') >= from && (starts ?? '') < to,
      )
      const last = workouts.at(-1)
      const more = (last?.starts ?? '') >= from && !isLastPage(page, workouts.length, total)
      return { runs: done.map(noticeOf), next: more ? String(page + 1) : null }
    },
    request: null,
    expand: null,
    daysAtOnce: 3660,
    historyDays: null,
    read,
  },
  calendar,
  noCalendar: null,
  duties: {
    leave: api.revoke,
    stillGranted: api.tokenLives,
    policy: null,
    attribution: () => 'Wahoo',
    backLink: null,
  },
  subscription: null,
  setUp: [
    'At https://developers.wahooligan.com enter the redirect URI {callback} and tick all of: user_read, workouts_read, workouts_write, plans_read, plans_write, offline_data.',
    'Enter the webhook URL {webhook} there and copy its token into WAHOO_WEBHOOK_SECRET.',
  ],
}
