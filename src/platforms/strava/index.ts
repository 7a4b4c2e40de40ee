import { dayNumber } from '../../core/days.ts'
import { PlatformError } from '../../errors.ts'
import { missing } from '../activity.ts'
import { isGarmin } from '../device.ts'
import { Id, instantFrom } from '../json.ts'
import type { About, Platform, PlatformContext, Reading, RunNotice, Subscription, TokenAnswer } from '../platform.ts'
import { parsedRecord } from '../record.ts'
import * as api from './api.ts'
import { deviceOf, garminIdOf, sportOf, toActivity } from './map.ts'
import { Activity } from './schema.ts'

const policyWords =
  'Strava allows storing its data for seven days, shows it to its owner only, and forbids mixing it with other data and using it with AI. This service keeps to that by code: figures from Strava are erased after seven days, never merged into a run that another source knows, and shown to nobody else. Whether your use is allowed at all is for you to settle with Strava.'

/** Samples are asked for where they are kept long enough to be worth a call. */
const FRESH_MS = 7 * 86_400_000

const noticeOf = (activity: Activity): RunNotice => ({
  externalId: activity.id,
  revision: null,
  startAt: instantFrom(activity.start_date)?.toISOString() ?? null,
  record: activity,
})

const aboutOf = (activity: Activity, sport: About['sport']): About => ({
  externalId: activity.id,
  revision: null,
  sport,
  plannedAs: null,
  originalId: garminIdOf(activity.external_id),
  device: deviceOf(activity),
})

async function read(ctx: PlatformContext, notice: RunNotice): Promise<Reading> {
  const activity = parsedRecord(Activity, notice.record) ?? (await api.getActivity(ctx, notice.externalId))
  if (!activity) return missing(ctx, notice, 600)
  const sport = sportOf(activity)
  if (!sport) return { kind: 'skipped', because: 'It is neither a run nor strength work.', tellRunner: false }
  const fresh = ctx.now().getTime() - (instantFrom(activity.start_date)?.getTime() ?? Number.NaN) < FRESH_MS
  const detailed = sport === 'run' && fresh && !activity.manual
  const streams = detailed ? await api.getStreams(ctx, activity.id) : null
  const laps = streams ? await api.getLaps(ctx, activity.id) : []
  const made = toActivity(activity, streams, laps)
  if (!made) return { kind: 'skipped', because: 'Strava gives no start time for it.', tellRunner: true }
  return { kind: 'activity', activity: made, about: aboutOf(activity, sport) }
}

/** Strava's error words in those of the standard. */
function mend({ status, body }: { status: number; body: TokenAnswer }): { status: number; body: TokenAnswer } {
  if (status < 300) return { status, body }
  const text = JSON.stringify(body.errors ?? '').toLowerCase()
  if (/"application"/.test(text) || /limit of connected athletes/i.test(String(body.message)))
    return { status: 401, body: { error: 'invalid_client' } }
  return /token|code/.test(text) ? { status: 400, body: { error: 'invalid_grant' } } : { status, body: { error: 'invalid_request' } }
}

async function identify(ctx: PlatformContext, answer: TokenAnswer) {
  const athlete = answer.athlete
  const id = Id.safeParse(typeof athlete === 'object' && athlete !== null && 'id' in athlete ? athlete.id : null)
  return { externalUserId: id.success ? id.data : await api.athleteId(ctx) }
}

const subscription: Subscription = {
  async ensure(ctx, { callbackUrl, verifyToken }) {
    if (!verifyToken)
      throw new PlatformError(
        'strava',
        'give up',
        'STRAVA_WEBHOOK_SECRET is not set; it is the verify token and the last part of the webhook address',
      )
    const there = await api.listSubscriptions(ctx)
    const right = there.find(({ callback_url }) => callback_url === callbackUrl)
    if (right) return { state: 'right', key: null, id: right.id, words: 'The webhook stands.' }
    for (const { id } of there) await api.unsubscribe(ctx, id)
    const id = await api.subscribe(ctx, callbackUrl, verifyToken)
    return { state: there.length > 0 ? 'mended' : 'made', key: null, id, words: 'The webhook was registered.' }
  },
}

/** Strava: a source of runs under strict terms, off unless the operator wants it. @see ./readme.md */
export const strava: Platform = {
  id: 'strava',
  label: 'Strava',
  connectWords: 'Connect with Strava',
  warning: policyWords,
  needs: { connect: ['clientId', 'clientSecret'], webhook: ['webhookSecret'] },
  hosts: api.facts.hosts,
  limits: api.limits,
  oauth: {
    authorizeUrl: 'https://www.strava.com/oauth/authorize',
    tokenUrl: 'https://www.strava.com/oauth/token',
    scopes: ['read', 'activity:read_all'],
    scopeSeparator: ',',
    asksForScopes: true,
    scopesForReading: [['activity:read_all', 'activity:read']],
    scopesForWriting: [],
    clientAuthentication: 'body',
    pkce: false,
    authorizeParameters: { approval_prompt: 'auto' },
    refresh: 'rotates',
    refreshEarlySeconds: 300,
    deadAfter: { refusals: 2, hours: 0 },
    mend,
    identify,
  },
  apiKey: null,
  runs: {
    arrive: 'ping',
    async list(ctx, { fromDay, toDay, cursor }) {
      const page = Number(cursor ?? 1)
      const [after, before] = [dayNumber(fromDay) * 86_400 - 50_400, (dayNumber(toDay) + 1) * 86_400 + 50_400]
      const activities = await api.listActivities(ctx, after, before, page)
      const newestFirst = activities.toSorted((a, b) => (b.start_date ?? '').localeCompare(a.start_date ?? ''))
      return { runs: newestFirst.map(noticeOf), next: activities.length === 0 ? null : String(page + 1) }
    },
    request: null,
    expand: null,
    daysAtOnce: 42,
    historyDays: 42,
    read,
  },
  calendar: null,
  noCalendar: 'Strava has no way in for planned sessions. Subscribe to the calendar feed, or load the FIT workout file.',
  duties: {
    leave: api.revoke,
    stillGranted: api.tokenLives,
    policy: { keepDays: 7, ownerOnly: true, neverMerge: true, words: policyWords },
    attribution: (device) => (isGarmin(device) ? `Powered by Strava, ${device}` : 'Powered by Strava'),
    backLink: { words: 'View on Strava', url: (externalId) => `https://www.strava.com/activities/${encodeURIComponent(externalId)}` },
  },
  subscription,
  setUp: [
    'At https://www.strava.com/settings/api enter the host of {callback} as the callback domain.',
    'Set STRAVA_WEBHOOK_SECRET to a long random word; the webhook {webhook} is then registered by this service at start.',
  ],
}
