/** A pretend intervals.icu, built from its documentation. */
import { gzipSync } from 'node:zlib'
import { type Fake, handlersOf, json, newFaults, nothing, type Seen } from './fake.ts'

type Event = Record<string, unknown> & { id: number; external_id?: string; start_date_local: string; oauth_client_id: number | null }

const run = {
  id: 'i98120443',
  type: 'Run',
  start_date: '2026-09-08T05:58:10Z',
  start_date_local: '2026-09-08T06:58:10',
  timezone: 'Europe/Lisbon',
  moving_time: 2710,
  elapsed_time: 2744,
  distance: 8240.5,
  average_heartrate: 146,
  max_heartrate: 163,
  total_elevation_gain: 61,
  trainer: false,
  source: 'GARMIN_CONNECT',
  external_id: '20417733101',
  analyzed: '2026-09-08T07:02:10.998+00:00',
  device_name: 'Garmin Forerunner 265',
}

export const activities: Record<string, Record<string, unknown>> = {
  i98120443: run,
  i2: { ...run, id: 'i2', source: 'UPLOAD' },
  i3: { id: 'i3', icu_athlete_id: 'i204417', start_date_local: '2026-09-01T07:00:00', source: 'STRAVA', _note: 'not available' },
  i4: { ...run, id: 'i4', type: 'Ride' },
  i5: { ...run, id: 'i5', type: 'WeightTraining', source: 'GARMIN_CONNECT', distance: null, paired_event_id: 71120345 },
}

export const fitBytes = (() => {
  const bytes = Buffer.alloc(64)
  bytes[0] = 14
  bytes.writeUInt32LE(48, 4)
  bytes.write('.FIT', 8, 'latin1')
  return bytes
})()

export function fakeIntervals({ apiKey = false } = {}): Fake & { events: Event[] } {
  const faults = newFaults()
  const seen: Seen[] = []
  const events: Event[] = [
    { id: 1, category: 'WORKOUT', type: 'Run', name: 'Coach', start_date_local: '2026-09-10T00:00:00', oauth_client_id: null },
  ]
  let next = 71120345
  const client = apiKey ? null : 118
  const store = (event: Record<string, unknown>): Event => {
    const stored: Event = {
      ...event,
      id: next++,
      start_date_local: String(event.start_date_local),
      oauth_client_id: client,
      workout_doc: {},
      push_errors: null,
    }
    delete stored.file_contents_base64
    events.push(stored)
    return stored
  }
  const base = 'https://intervals.icu/api/v1'
  const handlers = handlersOf(
    [
      ['GET', `${base}/athlete/0`, () => json({ id: 'i204417', name: 'Ana' })],
      [
        'GET',
        `${base}/athlete/0/activities`,
        ({ url }) => {
          if (!url.searchParams.get('oldest')) return json({ status: 422, error: 'oldest is required' }, 422)
          const [from, to] = [url.searchParams.get('oldest')!, url.searchParams.get('newest') ?? '9999']
          return json(Object.values(activities).filter(({ start_date_local: at }) => String(at) >= from && String(at) <= to))
        },
      ],
      [
        'GET',
        `${base}/activity/:id`,
        ({ params }) => (activities[params.id!] ? json(activities[params.id!]) : json({ status: 404, error: 'Not Found' }, 404)),
      ],
      ['GET', `${base}/activity/:id/file`, ({ params }) => (params.id === 'i2' ? nothing(404) : new Response(gzipSync(fitBytes)))],
      [
        'GET',
        `${base}/activity/:id/streams.json`,
        () =>
          json([
            { type: 'time', data: [0, 1, 2, 3] },
            { type: 'heartrate', data: [98, null, 101, 103] },
            { type: 'velocity_smooth', data: [0, 2.1, 2.6, 2.7] },
            { type: 'cadence', data: [84, 84, 85, 85] },
            { type: 'latlng', data: [38.7, 38.7001, 38.7002, 38.7003], data2: [-9.1, -9.1, -9.1, -9.1] },
          ]),
      ],
      [
        'GET',
        `${base}/athlete/0/events`,
        ({ url }) =>
          json(
            events.filter(
              ({ start_date_local: at }) =>
                at.slice(0, 10) >= url.searchParams.get('oldest')! && at.slice(0, 10) <= url.searchParams.get('newest')!,
            ),
          ),
      ],
      [
        'POST',
        `${base}/athlete/0/events/bulk`,
        ({ url, body }) =>
          json(
            (JSON.parse(Buffer.from(body, 'latin1').toString('utf8')) as Record<string, unknown>[]).map((event) => {
              const same = events.find(
                ({ external_id, oauth_client_id }) => external_id === event.external_id && client !== null && oauth_client_id === client,
              )
              if (url.searchParams.get('upsert') === 'true' && same) return Object.assign(same, event)
              return store(event)
            }),
          ),
      ],
      [
        'PUT',
        `${base}/athlete/0/events/:id`,
        ({ params, body, request }) => {
          if (request.url.endsWith('/bulk-delete')) {
            const doomed = JSON.parse(body) as { id?: number; external_id?: string }[]
            const hit = events.filter((event) =>
              doomed.some(({ id, external_id }) => id === event.id || (external_id !== undefined && external_id === event.external_id)),
            )
            for (const event of hit) events.splice(events.indexOf(event), 1)
            return json({ eventsDeleted: hit.length })
          }
          const event = events.find(({ id }) => String(id) === params.id)
          return event
            ? json(Object.assign(event, JSON.parse(Buffer.from(body, 'latin1').toString('utf8'))))
            : json({ status: 404, error: 'Not Found' }, 404)
        },
      ],
      ['DELETE', `${base}/disconnect-app`, () => nothing(200)],
      [
        'POST',
        'https://intervals.icu/api/oauth/token',
        ({ body }) => {
          const form = new URLSearchParams(body)
          if (form.get('client_secret') !== 'secret-of-the-app') return new Response('client and/or secret not found', { status: 404 })
          const scope = form.get('code') === 'less' ? 'ACTIVITY:READ' : 'ACTIVITY:READ,CALENDAR:WRITE'
          return json({ token_type: 'Bearer', access_token: 'b1f6', scope, athlete: { id: 'i204417', name: 'Ana Silva' } })
        },
      ],
    ],
    faults,
    seen,
  )
  return {
    handlers,
    faults,
    seen,
    events,
    entries: () =>
      events
        .filter(({ external_id }) => external_id !== undefined)
        .map((event) => ({
          marker: event.external_id!,
          localDate: event.start_date_local.slice(0, 10),
          text: JSON.stringify([event.name, event.description]),
        })),
    foreign: () => events.filter(({ external_id }) => external_id === undefined).length,
  }
}
