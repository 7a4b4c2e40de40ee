/** A pretend Strava, built from its documentation. */
import { type Fake, handlersOf, json, newFaults, nothing, type Seen } from './fake.ts'

export const activity = {
  id: 15822904417,
  sport_type: 'Run',
  trainer: false,
  manual: false,
  distance: 8240.5,
  moving_time: 2710,
  elapsed_time: 2744,
  total_elevation_gain: 41,
  average_heartrate: 146,
  max_heartrate: 162,
  average_cadence: 85.5,
  start_date: '2026-09-08T05:58:10Z',
  start_date_local: '2026-09-08T06:58:10Z',
  timezone: '(GMT+00:00) Europe/Lisbon',
  utc_offset: 3600,
  workout_type: 1,
  device_name: 'Garmin Forerunner 265',
  external_id: 'garmin_ping_20417733101',
}

export function fakeStrava(): Fake & { subscriptions: { id: number; callback_url: string }[] } {
  const faults = newFaults()
  const seen: Seen[] = []
  const subscriptions: { id: number; callback_url: string }[] = []
  const api = 'https://www.strava.com/api/v3'
  const handlers = handlersOf(
    [
      ['GET', `${api}/athlete`, () => json({ id: 7710042 })],
      [
        'GET',
        `${api}/athlete/activities`,
        ({ url }) =>
          json(url.searchParams.get('page') === '1' ? [{ ...activity, id: 1, start_date: '2026-08-20T06:00:00Z' }, activity] : []),
      ],
      ['GET', `${api}/activities/:id`, ({ params }) => (params.id === '15822904417' ? json(activity) : nothing(404))],
      [
        'GET',
        `${api}/activities/:id/streams`,
        () =>
          json({
            time: { data: [0, 1, 2], series_type: 'distance' },
            heartrate: { data: [98, 99, 101] },
            velocity_smooth: { data: [0, 2.1, 2.6] },
            cadence: { data: [84, 85, 85] },
          }),
      ],
      [
        'GET',
        `${api}/activities/:id/laps`,
        () => json([{ start_date: '2026-09-08T05:58:10Z', elapsed_time: 300, distance: 1000, average_heartrate: 140 }]),
      ],
      ['POST', 'https://www.strava.com/oauth/revoke', () => nothing(200)],
      [
        'POST',
        'https://www.strava.com/oauth/token',
        ({ body }) => {
          const form = new URLSearchParams(body)
          const trouble = (resource: string, field: string, code: string, status: number) =>
            json({ message: 'Bad Request', errors: [{ resource, field, code }] }, status)
          if (form.get('client_secret') !== 'secret-of-the-app') return trouble('Application', 'client_id', 'invalid', 400)
          if (form.get('refresh_token') === 'dead') return trouble('RefreshToken', 'refresh_token', 'invalid', 400)
          if (form.get('refresh_token') === 'lapsed') return trouble('Application', 'Status', 'Inactive', 403)
          const athlete = form.has('code') ? { athlete: { id: 7710042 } } : {}
          return json({
            token_type: 'Bearer',
            expires_at: 1788277200,
            expires_in: 21600,
            refresh_token: '9c1f',
            access_token: '41b7',
            ...athlete,
          })
        },
      ],
      ['GET', `${api}/push_subscriptions`, () => json(subscriptions)],
      [
        'POST',
        `${api}/push_subscriptions`,
        ({ body }) => {
          if (subscriptions.length > 0)
            return json({ message: 'Bad Request', errors: [{ resource: 'PushSubscription', field: '', code: 'already exists' }] }, 400)
          subscriptions.push({ id: 301877, callback_url: new URLSearchParams(body).get('callback_url')! })
          return json({ id: 301877, resource_state: 2 }, 201)
        },
      ],
      [
        'DELETE',
        `${api}/push_subscriptions/:id`,
        () => {
          subscriptions.length = 0
          return nothing()
        },
      ],
    ],
    faults,
    seen,
  )
  return { handlers, faults, seen, subscriptions, entries: () => [], foreign: () => 0 }
}
