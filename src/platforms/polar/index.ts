import { addDays } from '../../core/days.ts'
import { PlatformError } from '../../errors.ts'
import { fileKind, missing } from '../activity.ts'
import { Id } from '../json.ts'
import type { About, Platform, PlatformContext, Reading, RunNotice } from '../platform.ts'
import { parsedRecord } from '../record.ts'
import * as api from './api.ts'
import { sportOf, startOf, toActivity } from './map.ts'
import { Exercise } from './schema.ts'
import { subscription } from './subscription.ts'

function noticeOf(exercise: Exercise): RunNotice {
  const { samples: _, ...record } = exercise
  return { externalId: exercise.id, revision: exercise.upload_time, startAt: startOf(exercise)?.toISOString() ?? null, record }
}

const aboutOf = (exercise: Exercise, sport: About['sport']): About => ({
  externalId: exercise.id,
  revision: exercise.upload_time,
  sport,
  plannedAs: null,
  originalId: null,
  device: exercise.device,
})

async function read(ctx: PlatformContext, notice: RunNotice): Promise<Reading> {
  const exercise = parsedRecord(Exercise, notice.record) ?? (await api.getExercise(ctx, notice.externalId, false))
  if (!exercise) return missing(ctx, notice, 7200)
  const sport = sportOf(exercise)
  if (!sport) return { kind: 'skipped', because: 'It is neither a run nor strength work.', tellRunner: false }
  const about = aboutOf(exercise, sport)
  const bytes = await api.getFit(ctx, exercise.id)
  const kind = bytes && fileKind(bytes)
  if (bytes && kind) return { kind: 'file', name: `polar-${exercise.id}.${kind}`, bytes, about }
  const full = (await api.getExercise(ctx, exercise.id, true)) ?? exercise
  const activity = toActivity(full)
  return activity
    ? { kind: 'activity', activity, about }
    : { kind: 'skipped', because: 'Polar gives no start time for it.', tellRunner: true }
}

function userIdOf(ctx: PlatformContext): string {
  if (!ctx.externalUserId) throw new PlatformError('polar', 'give up', 'the Polar user of this connection is not known')
  return ctx.externalUserId
}

/** Polar: files in, nothing out. @see ./readme.md */
export const polar: Platform = {
  id: 'polar',
  label: 'Polar',
  warning: null,
  needs: { connect: ['clientId', 'clientSecret'], webhook: [] },
  hosts: api.facts.hosts,
  limits: api.limits,
  oauth: {
    authorizeUrl: 'https://flow.polar.com/oauth2/authorization',
    tokenUrl: 'https://polarremote.com/v2/oauth2/token',
    scopes: ['accesslink.read_all'],
    scopeSeparator: ' ',
    asksForScopes: true,
    scopesForReading: [],
    scopesForWriting: [],
    clientAuthentication: 'basic',
    pkce: false,
    tokenHeaders: { accept: 'application/json;charset=UTF-8' },
    refresh: 'none',
    refreshEarlySeconds: 0,
    deadAfter: { refusals: 1, hours: 0 },
    async identify(ctx, answer) {
      const id = Id.safeParse(answer.x_user_id)
      if (!id.success) throw new PlatformError('polar', 'retry', 'the token answer does not say who the user is')
      await api.register(ctx, id.data)
      return { externalUserId: id.data }
    },
  },
  apiKey: null,
  runs: {
    arrive: 'ping',
    async list(ctx, { fromDay, toDay }) {
      const all = (await api.listExercises(ctx)).map(noticeOf)
      const [from, to] = [addDays(fromDay, -1), addDays(toDay, 2)]
      const within = all.filter(({ startAt }) => !startAt || (startAt >= from && startAt < to))
      return { runs: within.sort((a, b) => (b.startAt ?? '').localeCompare(a.startAt ?? '')), next: null }
    },
    request: null,
    expand: null,
    daysAtOnce: 30,
    historyDays: 0,
    read,
  },
  calendar: null,
  noCalendar: 'Polar has no way in for planned sessions. Subscribe to the calendar feed, or load the FIT workout file.',
  duties: {
    leave: (ctx) => api.deregister(ctx, userIdOf(ctx)),
    stillGranted: (ctx) => api.isRegistered(ctx, userIdOf(ctx)),
    policy: null,
    attribution: (device) => device ?? 'Polar',
    backLink: null,
  },
  subscription,
  setUp: [
    'At https://admin.polaraccesslink.com create a client with the redirect URI {callback} and the data type Exercise.',
    'The webhook {webhook} is registered by this service at start. If one exists already, put its key into POLAR_WEBHOOK_SECRET.',
  ],
}
