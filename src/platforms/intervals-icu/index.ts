import { addDays, dayNumber, dayOf } from '../../core/days.ts'
import { fileKind, missing } from '../activity.ts'
import { markerIn } from '../marker.ts'
import type { About, Entry, Found, Known, Platform, PlatformContext, Reading, RunNotice } from '../platform.ts'
import { parsedRecord } from '../record.ts'
import * as api from './api.ts'
import { deviceOf, digestOfEvent, hasAttachment, sportOf, startOf, toActivity, toEvent } from './map.ts'
import { Activity, type Event, TokenAthlete } from './schema.ts'

const fromStrava =
  'This run came to intervals.icu from Strava, whose rules keep it from other services. Connect your watch to intervals.icu itself (Settings, Connections), then your runs arrive here.'

function noticeOf(activity: Activity): RunNotice {
  return {
    externalId: activity.id,
    revision: activity.analyzed ?? activity.icu_sync_date,
    startAt: startOf(activity)?.toISOString() ?? null,
    record: activity,
  }
}

function aboutOf(activity: Activity, sport: About['sport']): About {
  return {
    externalId: activity.id,
    revision: activity.analyzed ?? activity.icu_sync_date,
    sport,
    plannedAs: activity.paired_event_id,
    originalId: activity.external_id,
    device: deviceOf(activity),
  }
}

async function read(ctx: PlatformContext, notice: RunNotice): Promise<Reading> {
  const activity = parsedRecord(Activity, notice.record) ?? (await api.getActivity(ctx, notice.externalId))
  if (!activity) return missing(ctx, notice, 900)
  if (activity.source === 'STRAVA' && !activity.type) return { kind: 'skipped', because: fromStrava, tellRunner: true }
  const sport = sportOf(activity.type)
  if (!sport) return { kind: 'skipped', because: 'It is neither a run nor strength work.', tellRunner: false }
  const about = aboutOf(activity, sport)
  if (activity.source !== 'MANUAL') {
    const bytes = await api.getFile(ctx, activity.id)
    const kind = bytes && fileKind(bytes)
    if (bytes && kind) return { kind: 'file', name: `intervals-icu-${activity.id}.${kind}`, bytes, about }
  }
  const startAt = startOf(activity)
  if (!startAt) return { kind: 'skipped', because: 'intervals.icu gives no start time for it.', tellRunner: true }
  const streams = activity.source === 'MANUAL' ? [] : await api.getStreams(ctx, activity.id)
  return { kind: 'activity', activity: toActivity(activity, streams, startAt), about }
}

const ATTACHED = { attached: 'fit' }
const knownOf = (event: Event): Known => ({ externalId: event.id, parts: hasAttachment(event) ? ATTACHED : {} })

async function find(ctx: PlatformContext, marker: string, today: string): Promise<Event | null> {
  const events = await api.listEvents(ctx, addDays(today, -60), addDays(today, 120))
  return events.find((event) => event.external_id === marker) ?? null
}

async function put(ctx: PlatformContext, { entry, known, today }: { entry: Entry; known: Known | null; today: string }): Promise<Known> {
  const event = toEvent(entry)
  // A file that was attached stays with its event, so an event that is to have none is made anew.
  if (known?.parts.attached && !entry.fit) {
    await api.deleteEvents(ctx, [{ id: known.externalId }])
    return knownOf(await api.upsertEvent(ctx, event))
  }
  // Without an OAuth app the platform cannot tell whose external_id it is, so the entry is looked for first.
  if (!ctx.tokens) {
    const byId = known ? await api.updateEvent(ctx, known.externalId, event) : null
    if (byId) return knownOf(byId)
    const id = (await find(ctx, entry.marker, today))?.id
    const changed = id ? await api.updateEvent(ctx, id, event) : null
    if (changed) return knownOf(changed)
  }
  return knownOf(await api.upsertEvent(ctx, event))
}

function foundOf(event: Event, marker: string): Found {
  const error = event.push_errors?.[0]
  return {
    ...knownOf(event),
    marker,
    localDate: event.start_date_local?.slice(0, 10) ?? null,
    digest: digestOfEvent(event),
    trouble: error ? `intervals.icu could not forward it${error.service ? ` to ${error.service.toLowerCase()}` : ''}` : null,
  }
}

/** intervals.icu: the open road in both directions. @see ./readme.md */
export const intervalsIcu: Platform = {
  id: 'intervals-icu',
  label: 'intervals.icu',
  warning: null,
  needs: { connect: ['clientId', 'clientSecret'], webhook: ['webhookSecret'] },
  hosts: api.facts.hosts,
  limits: api.limits,
  oauth: {
    authorizeUrl: 'https://intervals.icu/oauth/authorize',
    tokenUrl: 'https://intervals.icu/api/oauth/token',
    scopes: ['ACTIVITY:READ', 'CALENDAR:WRITE'],
    scopeSeparator: ',',
    asksForScopes: true,
    scopesForReading: [['ACTIVITY:READ', 'ACTIVITY:WRITE']],
    scopesForWriting: [['CALENDAR:WRITE']],
    clientAuthentication: 'body',
    pkce: false,
    refresh: 'none',
    refreshEarlySeconds: 0,
    deadAfter: { refusals: 1, hours: 0 },
    // A wrong client id or secret is answered with 404.
    mend: ({ status, body }) => (status === 404 ? { status: 401, body: { error: 'invalid_client' } } : { status, body }),
    async identify(ctx, answer) {
      const id = TokenAthlete.safeParse(answer)
      return { externalUserId: id.success ? id.data : await api.athleteId(ctx) }
    },
  },
  apiKey: {
    ready: (settings) => settings.apiKey !== null,
    identify: async (ctx) => ({ externalUserId: await api.athleteId(ctx), scopes: ['ACTIVITY:READ', 'CALENDAR:WRITE'] }),
  },
  runs: {
    arrive: 'ping',
    async list(ctx, { fromDay, toDay, cursor }) {
      const until = cursor ?? toDay
      const from = dayOf(Math.max(dayNumber(fromDay), dayNumber(until) - 41))
      const activities = await api.listActivities(ctx, from, until)
      return { runs: activities.map(noticeOf), next: from > fromDay ? addDays(from, -1) : null }
    },
    request: null,
    expand: null,
    daysAtOnce: 366,
    historyDays: null,
    read,
  },
  calendar: {
    as: 'workout in the calendar',
    where:
      'It stands in your intervals.icu calendar, and on your watch where intervals.icu uploads planned workouts to it (Settings, Connections).',
    window: { fromDays: 0, toDays: 90 },
    loses: () => ['exercises arrive as text'],
    attachment: {
      name: 'FIT workout',
      about: 'An experiment: the exercises may reach your watch as steps where intervals.icu forwards the file. Nobody has seen that yet.',
    },
    digest: (entry) => digestOfEvent(toEvent(entry)),
    put,
    async remove(ctx, { known, marker, today }) {
      const id = known?.externalId ?? (ctx.tokens ? undefined : (await find(ctx, marker, today))?.id)
      if (id === undefined && !ctx.tokens) return
      await api.deleteEvents(ctx, [id === undefined ? { external_id: marker } : { id }])
    },
    async list(ctx, { fromDay, toDay }) {
      const events = await api.listEvents(ctx, fromDay, toDay)
      return events.flatMap((event) => {
        const marker = markerIn(event.external_id)
        return marker ? [foundOf(event, marker)] : []
      })
    },
  },
  noCalendar: null,
  duties: {
    leave: async (ctx) => {
      if (ctx.tokens) await api.disconnectApp(ctx)
    },
    stillGranted: api.tokenLives,
    policy: null,
    attribution: (device) => (device ? `${device} by intervals.icu` : 'intervals.icu'),
    backLink: null,
  },
  subscription: null,
  setUp: [
    'Write to the author of intervals.icu for an app: name, description, website, logo, privacy policy and the redirect URI {callback}.',
    'In Settings, Manage App, enter the webhook URL {webhook} and tick Activity uploaded, analysed, updated and deleted, Calendar updated and App scope changed.',
    'Copy the webhook secret from there into INTERVALS_ICU_WEBHOOK_SECRET.',
    'For one runner no app is needed: set INTERVALS_ICU_API_KEY to the key under Settings, Developer; runs are then asked for every few minutes.',
  ],
}
