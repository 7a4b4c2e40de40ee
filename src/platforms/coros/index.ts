import { addDays, dayNumber, dayOf } from '../../core/days.ts'
import { PlatformError } from '../../errors.ts'
import { fileKind, missing } from '../activity.ts'
import { Id, isoFrom } from '../json.ts'
import type { About, Platform, PlatformContext, Reading, RunNotice, TokenAnswer } from '../platform.ts'
import { parsedRecord } from '../record.ts'
import * as api from './api.ts'
import { calendar } from './calendar.ts'
import { isComposite, sportOf, toActivity } from './map.ts'
import { Workout } from './schema.ts'

/** The notices of a workout: itself, or its running parts where it is a multisport one. */
export function noticesOf(workout: Workout): RunNotice[] {
  const startAt = isoFrom(workout.startTime === null ? null : workout.startTime * 1000)
  const hints = { mode: String(workout.mode ?? ''), subMode: String(workout.subMode ?? '') }
  const base = { startAt, revision: null, hints }
  if (!isComposite(workout)) return [{ ...base, externalId: workout.labelId, fileUrl: workout.fitUrl || null, record: workout }]
  return (workout.triathlonItemList ?? []).flatMap((part, index) => {
    const record = { ...workout, ...part, labelId: workout.labelId, startTime: null, triathlonItemList: null }
    return sportOf(part.mode, part.subMode) === null
      ? []
      : [{ ...base, externalId: `${workout.labelId}-${index}`, fileUrl: part.fitUrl || null, record }]
  })
}

function aboutOf(externalId: string, workout: Workout, sport: About['sport']): About {
  return { externalId, revision: null, sport, plannedAs: workout.planWorkoutId, originalId: null, device: workout.deviceName }
}

/** The file by the notice's address, or by a fresh one where that has expired. A part is only had by its own address. */
async function fileOf(ctx: PlatformContext, notice: RunNotice, workout: Workout): Promise<Uint8Array | null> {
  const bytes = notice.fileUrl ? await api.getFile(ctx, notice.fileUrl) : null
  if (bytes || notice.externalId !== workout.labelId) return bytes
  const asked = { labelId: workout.labelId, mode: String(workout.mode ?? ''), subMode: String(workout.subMode ?? '') }
  const address = await api.freshFileUrl(ctx, asked)
  return address ? api.getFile(ctx, address) : null
}

async function read(ctx: PlatformContext, notice: RunNotice): Promise<Reading> {
  const workout = parsedRecord(Workout, notice.record)
  if (!workout) return missing(ctx, notice, 86_400)
  const sport = sportOf(workout.mode, workout.subMode)
  if (!sport) return { kind: 'skipped', because: 'It is neither a run nor strength work.', tellRunner: false }
  const about = aboutOf(notice.externalId, workout, sport)
  const bytes = await fileOf(ctx, notice, workout)
  const kind = bytes && fileKind(bytes)
  if (bytes && kind) return { kind: 'file', name: `coros-${notice.externalId}.${kind}`, bytes, about }
  const later = missing(ctx, notice, 86_400)
  if (later.kind === 'notYet') return { ...later, retryAfterSeconds: Math.max(120, later.retryAfterSeconds) }
  const activity = toActivity(workout)
  return activity
    ? { kind: 'activity', activity, about }
    : { kind: 'skipped', because: 'COROS gives neither file nor start for it.', tellRunner: true }
}

const errors: Record<string, string> = { '5006': 'invalid_grant', '5010': 'invalid_grant', '30009': 'invalid_client' }

/** Names in either case, inside `data` or beside it, and the result code, as the standard would say it. */
function mend(
  { status, body: given }: { status: number; body: TokenAnswer },
  asked: 'code' | 'refresh',
): { status: number; body: TokenAnswer } {
  const { data, ...outer } = given
  const body: TokenAnswer = { ...outer, ...(typeof data === 'object' ? data : {}) }
  const result = Id.safeParse(body.result)
  const code = result.success ? result.data.trim() : null
  if (code !== null && !api.isSuccess(code)) {
    if (code === '5016') throw new PlatformError('coros', 'retry', 'COROS is not ready to give tokens', { status })
    return { status: status < 300 ? 400 : status, body: { error: errors[code] ?? 'invalid_request' } }
  }
  const { accessToken, refreshToken, expiresIn, ...rest } = body
  // The refresh answers without a token: only its code tells that the pair lives on.
  if (asked === 'refresh' && status < 300 && code === null && !accessToken && !rest.access_token)
    throw new PlatformError('coros', 'retry', 'COROS answered the refresh without saying whether it was done', { status })
  return {
    status,
    body: {
      ...rest,
      ...(accessToken ? { access_token: accessToken } : {}),
      ...(refreshToken ? { refresh_token: refreshToken } : {}),
      expires_in: rest.expires_in ?? expiresIn ?? 2_592_000,
    },
  }
}

/** COROS: files in, strength in the training schedule out. @see ./readme.md */
export const coros: Platform = {
  id: 'coros',
  label: 'COROS',
  warning: null,
  needs: { connect: ['clientId', 'clientSecret'], webhook: [] },
  hosts: api.facts.hosts,
  limits: api.limits,
  oauth: {
    authorizeUrl: `${api.BASE}/oauth2/authorize`,
    tokenUrl: `${api.BASE}/oauth2/accesstoken`,
    refreshUrl: `${api.BASE}/oauth2/refresh-token`,
    scopes: [],
    scopeSeparator: ' ',
    asksForScopes: false,
    scopesForReading: [],
    scopesForWriting: [],
    clientAuthentication: 'body',
    pkce: false,
    refresh: 'prolongs',
    refreshEarlySeconds: 5 * 86_400,
    deadAfter: { refusals: 2, hours: 0 },
    mend,
    async identify(ctx, answer) {
      const id = Id.safeParse(answer.openId ?? answer.openid)
      return { externalUserId: id.success ? id.data : await api.openIdOf(ctx) }
    },
  },
  apiKey: null,
  runs: {
    arrive: 'push',
    async list(ctx, { fromDay, toDay, cursor }) {
      const to = cursor ?? toDay
      const from = dayOf(Math.max(dayNumber(fromDay), dayNumber(to) - 29))
      const workouts = (await api.listWorkouts(ctx, from, to)).toSorted((a, b) => (b.startTime ?? 0) - (a.startTime ?? 0))
      return { runs: workouts.flatMap(noticesOf), next: from > fromDay ? addDays(from, -1) : null }
    },
    request: null,
    expand: null,
    daysAtOnce: 30,
    historyDays: 89,
    read,
  },
  calendar,
  noCalendar: null,
  duties: {
    leave: api.deauthorize,
    stillGranted: api.isBound,
    policy: null,
    attribution: (device) => device ?? 'COROS',
    backLink: null,
  },
  subscription: null,
  setUp: [
    'Send COROS (api@coros.com) the redirect URI {callback} and the push URL {webhook}; the same address answers their status check.',
    'Have the features activity data, FIT upload and training plan switched on for the app.',
  ],
}
