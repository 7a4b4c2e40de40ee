import { dayNumber } from '../../core/days.ts'
import { PlatformError } from '../../errors.ts'
import { fileKind, fitIsWhole, missing } from '../activity.ts'
import type { Answer } from '../http.ts'
import { Id, isoFrom } from '../json.ts'
import { markerIn } from '../marker.ts'
import type { About, Calendar, Known, Platform, PlatformContext, PutRequest, Reading, RunNotice, TokenAnswer } from '../platform.ts'
import { parsedRecord } from '../record.ts'
import * as api from './api.ts'
import { deviceOf, digestOfEntry, guideZip, loses, sportOf, toActivity } from './map.ts'
import { Claims, Workout } from './schema.ts'

const DAY_MS = 86_400_000

function noticeOf(workout: Workout): RunNotice {
  return {
    externalId: workout.workoutKey,
    revision: workout.lastModified === null ? null : String(workout.lastModified),
    startAt: isoFrom(workout.startTime),
    record: workout,
  }
}

const aboutOf = (workout: Workout, sport: About['sport']): About => ({
  externalId: workout.workoutKey,
  revision: workout.lastModified === null ? null : String(workout.lastModified),
  sport,
  plannedAs: null,
  originalId: null,
  device: deviceOf(workout),
})

/** The FIT bytes of an answer, out of a multipart body where they are wrapped; `null` when they are not whole yet. */
export function wholeFit(answer: Pick<Answer, 'status' | 'bytes' | 'contentType'>): Uint8Array | null {
  if (answer.status !== 200) return null
  let bytes = answer.bytes
  // The boundary stands in the header, or nowhere but in the body's first line. No FIT file begins with dashes.
  const first = Buffer.from(bytes.subarray(0, 200)).toString('latin1')
  const boundary = /multipart\/[^;]+;.*boundary="?([^";]+)/i.exec(answer.contentType)?.[1] ?? /^--([^\r\n]+)\r\n/.exec(first)?.[1]
  if (boundary) {
    const body = Buffer.from(bytes)
    const start = body.indexOf('\r\n\r\n')
    const end = body.indexOf(`\r\n--${boundary}`, start)
    if (start < 0 || end < 0) return null
    bytes = new Uint8Array(body.subarray(start + 4, end))
  }
  return bytes.length > 512 && fileKind(bytes) === 'fit' && fitIsWhole(bytes) ? bytes : null
}

async function read(ctx: PlatformContext, notice: RunNotice): Promise<Reading> {
  const workout = parsedRecord(Workout, notice.record) ?? (await api.getWorkout(ctx, notice.externalId))
  if (!workout) return missing(ctx, notice, 3600)
  const sport = sportOf(workout.activityId)
  if (!sport) return { kind: 'skipped', because: 'It is neither a run nor strength work.', tellRunner: false }
  const about = aboutOf(workout, sport)
  if (!workout.isManuallyAdded) {
    const bytes = wholeFit(await api.getFit(ctx, workout.workoutKey))
    if (bytes) return { kind: 'file', name: `suunto-${workout.workoutKey}.fit`, bytes, about }
    const later = missing(ctx, notice, 6 * 3600)
    if (later.kind === 'notYet') return { ...later, retryAfterSeconds: Math.max(60, later.retryAfterSeconds) }
  }
  const activity = toActivity(workout)
  return activity
    ? { kind: 'activity', activity, about }
    : { kind: 'skipped', because: 'Suunto gives no start time for it.', tellRunner: true }
}

/** The user name: a claim of the token, which an older field must not contradict. */
function userOf(answer: TokenAnswer): string {
  const middle = String(answer.access_token).split('.')[1] ?? ''
  let claim: string | null = null
  try {
    claim = Claims.parse(JSON.parse(Buffer.from(middle, 'base64url').toString('utf8'))).user
  } catch {
    claim = null
  }
  const field = Id.safeParse(answer.user)
  if (claim && field.success && field.data !== claim) {
    throw new PlatformError('suunto', 'give up', 'the token answer names two different users')
  }
  const user = claim ?? (field.success ? field.data : null)
  if (!user) throw new PlatformError('suunto', 'retry', 'the token answer does not say who the user is')
  return user
}

const knownOf = (id: string): Known => ({ externalId: id, parts: {} })
const find = async (ctx: PlatformContext, marker: string) =>
  (await api.listGuides(ctx)).find(({ externalId }) => externalId === marker) ?? null

async function put(ctx: PlatformContext, { entry, known }: PutRequest): Promise<Known> {
  const body = guideZip(entry)
  if (known?.externalId && (await api.replaceGuide(ctx, known.externalId, body))) return known
  const made = await api.createGuide(ctx, body)
  if (made) return knownOf(made.id)
  const there = await find(ctx, entry.marker)
  if (there && (await api.replaceGuide(ctx, there.id, body))) return knownOf(there.id)
  throw new PlatformError('suunto', 'retry', 'Suunto says that the guide exists but does not show it')
}

const calendar: Calendar = {
  as: 'SuuntoPlus Guide',
  where: 'It appears in your SuuntoPlus Guides; start it on the watch inside a gym exercise.',
  window: { fromDays: 0, toDays: 6 },
  loses,
  digest: digestOfEntry,
  put,
  async remove(ctx, { known, marker }) {
    const id = known?.externalId || (await find(ctx, marker))?.id
    if (id) await api.deleteGuide(ctx, id)
  },
  async list(ctx) {
    return (await api.listGuides(ctx)).flatMap(({ id, externalId, localDate }) => {
      const marker = markerIn(externalId)
      return marker ? [{ ...knownOf(id), marker, localDate: localDate?.slice(0, 10) ?? null, digest: null }] : []
    })
  },
}

/** Suunto: FIT files in, SuuntoPlus Guides out. @see ./readme.md */
export const suunto: Platform = {
  id: 'suunto',
  label: 'Suunto',
  warning: null,
  needs: { connect: ['clientId', 'clientSecret', 'subscriptionKey'], webhook: ['webhookSecret'] },
  hosts: api.facts.hosts,
  limits: api.limits,
  oauth: {
    authorizeUrl: 'https://cloudapi-oauth.suunto.com/oauth/authorize',
    tokenUrl: 'https://cloudapi-oauth.suunto.com/oauth/token',
    scopes: ['workout'],
    scopeSeparator: ' ',
    asksForScopes: true,
    scopesForReading: [],
    scopesForWriting: [],
    clientAuthentication: 'basic',
    pkce: false,
    refresh: 'keeps',
    refreshEarlySeconds: 600,
    // An outage answered refreshes with a false invalid_grant; the same tokens worked hours later.
    deadAfter: { refusals: 4, hours: 6 },
    identify: async (_ctx, answer) => ({ externalUserId: userOf(answer) }),
  },
  apiKey: null,
  runs: {
    arrive: 'ping',
    async list(ctx, { fromDay, toDay, cursor }) {
      // The cursor is how many were given and the first of the last page: one that comes again is the end.
      const [offset = '0', former = null] = cursor?.split(' ') ?? []
      const [since, until] = [dayNumber(fromDay) * DAY_MS - DAY_MS / 2, (dayNumber(toDay) + 1) * DAY_MS + DAY_MS / 2]
      const workouts = await api.listWorkouts(ctx, since, until, Number(offset))
      const first = workouts[0]?.workoutKey ?? null
      if (first === null || first === former) return { runs: [], next: null }
      const newestFirst = workouts.toSorted((a, b) => (b.startTime ?? 0) - (a.startTime ?? 0))
      return { runs: newestFirst.map(noticeOf), next: `${Number(offset) + workouts.length} ${first}` }
    },
    request: null,
    expand: null,
    daysAtOnce: 90,
    historyDays: null,
    read,
  },
  calendar,
  noCalendar: null,
  duties: {
    leave: api.deauthorize,
    stillGranted: api.tokenLives,
    policy: null,
    attribution: (device) => device ?? 'Suunto',
    backLink: null,
  },
  subscription: null,
  setUp: [
    'At https://apizone.suunto.com name the OAuth application Stridelift (guides of another owner are refused) and enter the redirect URI {callback}.',
    'Enter the webhook URL {webhook} in its profile and copy the notification secret into SUUNTO_WEBHOOK_SECRET.',
    'Copy the subscription key from your profile there into SUUNTO_SUBSCRIPTION_KEY.',
  ],
}
