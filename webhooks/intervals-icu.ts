/** @see ../src/platforms/intervals-icu/readme.md */
import { z } from 'zod'
import { WebhookRefused } from '../src/errors.ts'
import { forgivingList, Id, instantFrom, maybe } from '../src/platforms/json.ts'
import { markerIn } from '../src/platforms/marker.ts'
import type { Notice, WebhookReceiver } from './receiver.ts'
import { fieldOf, jsonBody, readEach, sameSecret, sha256 } from './verify.ts'

const Activity = z.object({ id: Id, start_date: maybe(z.string()), analyzed: maybe(z.string()) })
const CalendarEvent = z.object({ id: Id, external_id: maybe(z.string()) })
const Event = z.object({
  athlete_id: Id,
  type: z.string(),
  timestamp: maybe(z.string()),
  activity: z.unknown().optional(),
  events: maybe(forgivingList(CalendarEvent)),
  deleted_events: maybe(forgivingList(z.union([CalendarEvent, Id.transform((id) => ({ id, external_id: null }))]))),
  event: z.unknown().optional(),
  scope: maybe(z.union([z.string(), z.array(z.string()).transform((scopes) => scopes.join(','))])),
  deauthorized: maybe(z.union([z.boolean(), z.stringbool()])),
})
const Body = z.object({ events: z.array(z.looseObject({ type: z.string() })) })

/** An athlete's id is written with and without its `i`. */
function user(id: string): { externalUserId: string; otherUserIds: string[] } {
  return { externalUserId: id, otherUserIds: [id.startsWith('i') ? id.slice(1) : `i${id}`] }
}

function noticesOf(event: z.output<typeof Event>, receivedAt: Date): Notice[] {
  const who = user(event.athlete_id)
  switch (event.type) {
    case 'ACTIVITY_UPLOADED':
    case 'ACTIVITY_ANALYZED':
    case 'ACTIVITY_UPDATED': {
      const { id, start_date, analyzed } = Activity.parse(event.activity)
      const kind = event.type === 'ACTIVITY_UPLOADED' ? 'run' : 'runUpdated'
      return [
        {
          ...who,
          kind,
          run: {
            externalId: id,
            startAt: instantFrom(start_date)?.toISOString() ?? null,
            revision: analyzed ?? event.timestamp,
            toldAt: receivedAt.toISOString(),
          },
        },
      ]
    }
    case 'ACTIVITY_DELETED':
      return [{ ...who, kind: 'runDeleted', externalId: Activity.parse(event.activity).id }]
    case 'CALENDAR_UPDATED':
    case 'CALENDAR_EVENT_UPDATED':
    case 'CALENDAR_EVENT_DELETED': {
      const one = CalendarEvent.safeParse(event.event)
      const single = one.success ? [one.data] : []
      const [changed, gone] = event.type === 'CALENDAR_EVENT_DELETED' ? [[], single] : [single, []]
      const entry = (deleted: boolean) => (item: z.output<typeof CalendarEvent>) => ({
        externalId: item.id,
        marker: markerIn(item.external_id),
        deleted,
      })
      const entries = [
        ...[...(event.events ?? []), ...changed].map(entry(false)),
        ...[...(event.deleted_events ?? []), ...gone].map(entry(true)),
      ]
      return entries.length > 0 ? [{ ...who, kind: 'calendarChanged', entries }] : []
    }
    case 'APP_SCOPE_CHANGED':
      if (event.deauthorized) return [{ ...who, kind: 'deauthorized' }]
      // Without the scopes it tells of no change; an empty text tells that all were taken back.
      if (event.scope === null) return []
      return [{ ...who, kind: 'scopesChanged', scopes: event.scope.split(/[\s,]+/).filter(Boolean) }]
    default:
      return []
  }
}

export const intervalsIcuReceiver: WebhookReceiver = {
  secretInPath: false,
  maxBytes: 5 << 20,
  verify({ rawBody }, { webhookSecret }) {
    if (!sameSecret(fieldOf(jsonBody(rawBody), 'secret'), webhookSecret)) throw new WebhookRefused(401, 'The secret is not ours.')
  },
  deliveryKey: ({ rawBody }) => sha256(rawBody),
  split(rawBody, receivedAt) {
    return readEach(Body.parse(jsonBody(rawBody)).events, (event) => noticesOf(Event.parse(event), receivedAt))
  },
}
