/** A pretend Polar, built from its description. */
import { type Fake, handlersOf, json, newFaults, nothing, type Seen } from './fake.ts'
import { fitBytes } from './intervals-icu.ts'

export const exercise = {
  id: 'aQlC83',
  upload_time: '2026-09-08T07:20:02.000Z',
  device: 'Polar Vantage V3',
  start_time: '2026-09-08T09:05:31',
  start_time_utc_offset: 180,
  duration: 'PT52M14.5S',
  distance: 10012.0,
  heart_rate: { average: 151, maximum: 172 },
  sport: 'RUNNING',
  has_route: true,
  detailed_sport_info: 'TRAIL_RUNNING',
  'running-index': 54,
}
const samples = [
  { 'recording-rate': 1, 'sample-type': '0', data: '0,null,102,104,107' },
  { 'recording-rate': 1, 'sample-type': '1', data: '9.0,10.8,10.8,10.8,10.8' },
  { 'recording-rate': null, 'sample-type': '11', data: '588,590,601' },
]

export type Webhook = { id: string; url: string; active: boolean; events: string[] }

export function fakePolar({ fit = true, registered = false } = {}): Fake & { webhooks: Webhook[]; members: string[] } {
  const faults = newFaults()
  const seen: Seen[] = []
  const webhooks: Webhook[] = []
  const members: string[] = registered ? ['before'] : []
  const v3 = 'https://www.polaraccesslink.com/v3'
  const handlers = handlersOf(
    [
      ['GET', `${v3}/exercises`, () => json([exercise, { ...exercise, id: 'swim', detailed_sport_info: 'SWIMMING' }])],
      [
        'GET',
        `${v3}/exercises/:id`,
        ({ params, url }) =>
          params.id === 'aQlC83' ? json(url.searchParams.get('samples') === 'true' ? { ...exercise, samples } : exercise) : nothing(404),
      ],
      ['GET', `${v3}/exercises/:id/fit`, () => (fit ? new Response(fitBytes) : nothing(404))],
      [
        'POST',
        `${v3}/users`,
        ({ body }) => {
          const id = (JSON.parse(body) as Record<string, string>)['member-id']!
          if (members.length > 0) return json({ error: { status: 409, error_type: 'Conflict' } }, 409)
          members.push(id)
          return json({ 'polar-user-id': 10579, 'member-id': id })
        },
      ],
      ['GET', `${v3}/users/:id`, () => (members.length > 0 ? json({ 'polar-user-id': 10579 }) : nothing(204))],
      [
        'DELETE',
        `${v3}/users/:id`,
        () => {
          members.length = 0
          return nothing(204)
        },
      ],
      ['GET', `${v3}/webhooks`, () => json({ data: webhooks })],
      [
        'POST',
        `${v3}/webhooks`,
        ({ body }) => {
          if (webhooks.length > 0) return json({ error: { status: 409 } }, 409)
          const made = { ...(JSON.parse(body) as { url: string; events: string[] }), id: 'abdf33', active: true }
          webhooks.push(made)
          return json({ data: { ...made, signature_secret_key: 'abe1f3ae' } }, 201)
        },
      ],
      ['PATCH', `${v3}/webhooks/:id`, ({ body }) => json({ data: Object.assign(webhooks[0]!, JSON.parse(body)) })],
      [
        'DELETE',
        `${v3}/webhooks/:id`,
        () => {
          webhooks.length = 0
          return nothing()
        },
      ],
      [
        'POST',
        `${v3}/webhooks/activate`,
        () => {
          for (const webhook of webhooks) webhook.active = true
          return nothing(200)
        },
      ],
      [
        'POST',
        'https://polarremote.com/v2/oauth2/token',
        ({ request, body }) => {
          if (request.headers.get('authorization') !== `Basic ${btoa('client-1:secret-of-the-app')}` || body.includes('client_secret')) {
            return json({ error: 'invalid_client' }, 401)
          }
          return json({ access_token: '2e8d', token_type: 'bearer', expires_in: 315359999, x_user_id: 10579 })
        },
      ],
    ],
    faults,
    seen,
  )
  return { handlers, faults, seen, webhooks, members, entries: () => [], foreign: () => 0 }
}
