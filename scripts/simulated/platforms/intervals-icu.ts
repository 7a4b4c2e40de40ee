/** A pretend intervals.icu: sign-in, activities and pushes. Its calendar stands in intervals-icu-calendar.ts. */
import { gzipSync } from 'node:zlib'
import type { Definition } from '../implementation.ts'
import { formOf, isForm, type Kit, runnerName, unknownNames, wallClock } from '../kit.ts'
import { RateLimit } from '../rate-limit.ts'
import type { Answer, Exchange, SimulatedActivity } from '../types.ts'
import { zipOf } from '../zip.ts'
import { intervalsCalendar } from './intervals-icu-calendar.ts'
import { intervalsCaller, isAnswer, kitTime, ownAthlete, problem } from './intervals-icu-caller.ts'

const areas = ['ACTIVITY', 'WELLNESS', 'CALENDAR', 'CHATS', 'LIBRARY', 'SETTINGS']
const labels: Record<string, string> = {
  'ACTIVITY:READ': 'see activities',
  'CALENDAR:WRITE': 'see and change the calendar',
  'SETTINGS:READ': 'see zones and settings',
}
const CODE_SECONDS = 120

function activityType(activity: SimulatedActivity): string {
  if (activity.sport === 'strength') return 'WeightTraining'
  return activity.surface === 'trail' ? 'TrailRun' : 'Run'
}

function summary(kit: Kit, activity: SimulatedActivity, analyzed = true): Record<string, unknown> {
  const distance = activity.distanceMeters
  return {
    id: activity.externalId,
    icu_athlete_id: kit.options.runnerId(activity.runner),
    name: activity.title,
    type: activityType(activity),
    start_date_local: wallClock(activity.startAt, activity.offsetSeconds),
    start_date: activity.startAt.toISOString().replace('.000Z', 'Z'),
    timezone: activity.timeZone,
    moving_time: Math.round(activity.seconds),
    elapsed_time: Math.round(activity.seconds),
    distance,
    average_speed: distance === null ? null : Math.round((distance / activity.seconds) * 1000) / 1000,
    total_elevation_gain: activity.ascentMeters,
    average_heartrate: activity.averageHeartRate,
    max_heartrate: activity.maxHeartRate,
    has_heartrate: activity.averageHeartRate !== null,
    trainer: activity.surface === 'treadmill',
    sub_type: activity.race ? 'RACE' : 'NONE',
    race: activity.race,
    source: activity.manual ? 'MANUAL' : 'GARMIN_CONNECT',
    external_id: activity.manual ? null : `2${activity.externalId.slice(1)}`,
    paired_event_id: activity.entryId === null ? null : Number(activity.entryId),
    device_name: activity.device,
    stream_types: activity.manual ? [] : ['time', 'heartrate', 'velocity_smooth', 'distance', 'cadence', 'altitude'],
    icu_hr_zones: [138, 150, 160, 169, 175, 181, 190],
    lthr: 168,
    athlete_max_hr: 190,
    threshold_pace: 3.9,
    analyzed: analyzed ? kitTime(kit.now()) : null,
  }
}

function streams(activity: SimulatedActivity, types: readonly string[]): object[] {
  const samples = activity.samples()
  const columns: Record<string, (number | null)[]> = {
    time: samples.seconds,
    velocity_smooth: samples.speed,
    distance: samples.distance,
    cadence: samples.cadence.map((steps) => (steps === null ? null : steps / 2)),
    altitude: samples.altitude,
  }
  if (activity.averageHeartRate !== null) columns.heartrate = samples.heartRate
  return types.filter((type) => columns[type]).map((type) => ({ type, name: null, data: columns[type], data2: null }))
}

function make(kit: Kit) {
  const rolling = new RateLimit([
    { limit: 2500, seconds: 900 },
    { limit: 5000, seconds: 86_400 },
  ])
  let tokens = 20
  let lastTick = performance.now()
  let lastNow = kit.now().getTime()

  function push(runner: number, events: object[]): void {
    if (!kit.authority.grants.some((grant) => grant.runner === runner && (grant.active || events.some(isScopeChange)))) return
    const body = (secret: unknown) => JSON.stringify({ secret, events })
    const secret = kit.app.webhookSecret
    kit.sender.send({
      kind: (events[0] as { type: string }).type,
      headers: {},
      body: body(secret),
      forged: { headers: {}, body: body('ws_somebody_else') },
      garbled: { headers: {}, body: body(secret).slice(0, -20) },
    })
  }
  const isScopeChange = (event: object) => (event as { type: string }).type === 'APP_SCOPE_CHANGED'
  const event = (runner: number, type: string, more: object) => ({
    athlete_id: kit.options.runnerId(runner),
    type,
    timestamp: kitTime(kit.now()),
    ...more,
  })
  const calendar = intervalsCalendar(kit, (runner, type, more) => push(runner, [event(runner, type, more)]))

  function token(exchange: Exchange): Answer {
    if (!isForm(exchange)) return problem(415, 'Unsupported Media Type')
    const form = formOf(exchange)
    const unknown = unknownNames(form, ['client_id', 'client_secret', 'code', 'grant_type', 'redirect_uri'])
    if (unknown.length > 0) {
      kit.violate(exchange, `token: ${unknown.join(', ')} is not a field of this platform`)
      return problem(422, `Unknown parameter ${unknown.join(', ')}`)
    }
    if (form.get('client_id') !== kit.app.clientId || form.get('client_secret') !== kit.app.clientSecret)
      return problem(404, 'client_id and/or client_secret not found')
    const code = kit.authority.takeCode(form.get('code'), kit.now())
    if (!code || (form.has('redirect_uri') && form.get('redirect_uri') !== code.redirectUri))
      return problem(404, 'Code not found or expired')
    kit.authority.end((grant) => grant.runner === code.runner)
    const grant = kit.authority.grant(code.runner, code.scopes)
    const access = kit.authority.issue('access', grant, kit.now(), null)
    const athlete = { id: kit.options.runnerId(code.runner), name: runnerName(code.runner) }
    return { status: 200, body: { token_type: 'Bearer', access_token: access.value, scope: code.scopes.join(','), athlete } }
  }

  /** An activity of the caller, or the refusal. */
  function own(exchange: Exchange): SimulatedActivity | Answer {
    const caller = intervalsCaller(kit, exchange, 'ACTIVITY:READ')
    if (isAnswer(caller)) return caller
    const activity = kit.find(exchange.params.id ?? '')
    if (!activity || activity.runner !== caller.runner || !kit.ready(activity)) return problem(404, 'Activity not found')
    return activity
  }

  function list(exchange: Exchange): Answer {
    const caller = intervalsCaller(kit, exchange, 'ACTIVITY:READ')
    if (isAnswer(caller)) return caller
    const refused = ownAthlete(kit, exchange, caller)
    if (refused) return refused
    const { query } = exchange
    const unknown = unknownNames(query, ['oldest', 'newest', 'fields', 'limit', 'route_id'])
    if (unknown.length > 0) kit.violate(exchange, `activities: ${unknown.join(', ')} is not a parameter`)
    const oldest = query.get('oldest')
    if (!oldest || !/^\d{4}-\d{2}-\d{2}/.test(oldest)) {
      kit.violate(exchange, 'activities: oldest is required')
      return problem(422, "Required parameter 'oldest' is not present")
    }
    const newest = query.get('newest') ?? '9999-12-31'
    const until = newest.length === 10 ? `${newest}T23:59:59` : newest
    const fields = query.get('fields')?.split(',')
    const rows = kit
      .list(caller.runner)
      .filter((activity) => activity.notReadyReads === 0)
      .map((activity) => summary(kit, activity))
      .filter((row) => String(row.start_date_local) >= oldest && String(row.start_date_local) <= until)
      .slice(0, Number(query.get('limit') ?? 100_000))
    if (!fields) return { status: 200, body: rows }
    return { status: 200, body: rows.map((row) => Object.fromEntries(fields.map((field) => [field, row[field] ?? null]))) }
  }

  function one(exchange: Exchange): Answer {
    const activity = own(exchange)
    if (isAnswer(activity)) return activity
    return { status: 200, body: summary(kit, activity) }
  }

  function withSamples(exchange: Exchange, answer: (activity: SimulatedActivity) => Answer): Answer {
    const activity = own(exchange)
    if (isAnswer(activity)) return activity
    return activity.manual ? problem(404, 'No data') : answer(activity)
  }

  const binary = (bytes: Uint8Array, type: string): Answer => ({ status: 200, headers: { 'content-type': type }, body: bytes })
  const zones = { lthr: 168, max_hr: 190, hr_zones: [138, 150, 160, 169, 175, 181, 190], threshold_pace: 3.9 }

  function settings(exchange: Exchange, body: (runner: number) => object): Answer {
    const caller = intervalsCaller(kit, exchange, 'SETTINGS:READ')
    if (isAnswer(caller)) return caller
    return ownAthlete(kit, exchange, caller) ?? { status: 200, body: body(caller.runner) }
  }

  function disconnect(exchange: Exchange): Answer {
    const caller = intervalsCaller(kit, exchange, null)
    if (isAnswer(caller) || caller.client === null) return problem(401, 'Unauthorized')
    kit.authority.end((grant) => grant.runner === caller.runner)
    return { status: 200, body: {} }
  }

  function fitFiles(exchange: Exchange): Answer {
    const caller = intervalsCaller(kit, exchange, 'ACTIVITY:READ')
    if (isAnswer(caller)) return caller
    const ids = (exchange.query.get('ids') ?? '').split(',')
    const files = ids
      .map((id) => kit.find(id))
      .filter((activity): activity is SimulatedActivity => activity !== null && activity.runner === caller.runner && !activity.manual)
      .map((activity) => ({ name: `${activity.externalId}.fit`, bytes: activity.file() }))
    return binary(zipOf(files), 'application/zip')
  }

  return {
    housekeeping: /^\/(oauth|api\/oauth|api\/v1\/disconnect-app|api\/v1\/athlete\/[^/]+\/download-fit-files)/,
    notFound: (exchange: Exchange): Answer => ({
      status: 404,
      body: { timestamp: kitTime(kit.now()), status: 404, error: 'Not Found', path: exchange.path },
    }),
    guard(exchange: Exchange): Answer | null {
      const agent = exchange.headers['user-agent'] ?? ''
      if (agent === '' || /^(node|undici|axios|python|curl|got)\b/i.test(agent)) {
        kit.violate(exchange, 'a proper User-Agent is needed')
        return { status: 403, headers: { 'content-type': 'text/html' }, body: '<html><title>Attention Required!</title></html>' }
      }
      // Ten a second by the real clock, or by the simulator's own where that one runs ahead.
      const tick = performance.now()
      const now = kit.now().getTime()
      tokens = Math.min(20, tokens + (Math.max(tick - lastTick, now - lastNow) / 1000) * 10)
      lastTick = tick
      lastNow = now
      const { allowed } = rolling.take(kit.now(), false)
      if (tokens < 1 || !allowed) return { ...problem(429, 'Too many requests'), headers: { 'retry-after': allowed ? '1' : '900' } }
      tokens -= 1
      return null
    },
    finish(_: Exchange, answer: Answer): Answer {
      const { usage } = rolling.peek(kit.now())
      const remaining = [2500 - usage[0]!, 5000 - usage[1]!].map((left) => Math.max(0, left)).join(',')
      return { ...answer, headers: { 'x-ratelimit-limit': '2500,5000', 'x-ratelimit-remaining': remaining, ...answer.headers } }
    },
    created(activity: SimulatedActivity): void {
      const at = (type: string, analyzed: boolean) =>
        push(activity.runner, [event(activity.runner, type, { activity: summary(kit, activity, analyzed) })])
      at('ACTIVITY_UPLOADED', false)
      kit.sender.later(kit.options.processingMs, () => at('ACTIVITY_ANALYZED', true))
    },
    updated(activity: SimulatedActivity, what: string): void {
      if (what === 'private') return
      push(activity.runner, [event(activity.runner, 'ACTIVITY_UPDATED', { activity: summary(kit, activity) })])
    },
    deleted(activity: SimulatedActivity): void {
      push(activity.runner, [event(activity.runner, 'ACTIVITY_DELETED', { activity: { id: activity.externalId } })])
    },
    deauthorised(runner: number): void {
      const more = { scope: '', deauthorized: true, client_id: Number(kit.app.clientId), client_name: kit.app.appName }
      push(runner, [event(runner, 'APP_SCOPE_CHANGED', more)])
    },
    rescoped(runner: number, scopes: string[]): void {
      const more = { scope: scopes.join(','), deauthorized: false, client_id: Number(kit.app.clientId), client_name: kit.app.appName }
      push(runner, [event(runner, 'APP_SCOPE_CHANGED', more)])
    },
    calendar: calendar.entries,
    removeEntry: calendar.removeByRunner,
    moveEntry: calendar.moveByRunner,
    routes: [
      ...kit.consentRoutes({
        path: '/oauth/authorize',
        known: ['client_id', 'redirect_uri', 'scope', 'state', 'response_type'],
        required: ['client_id', 'redirect_uri', 'scope'],
        codeSeconds: CODE_SECONDS,
        offered: (query) =>
          (query.get('scope') ?? '')
            .split(',')
            .filter((scope) => areas.includes(scope.split(':')[0]!) && /:(READ|WRITE)$/.test(scope))
            .map((id) => ({ id, label: labels[id] ?? id, checked: true })),
        refusal: { error: 'access_denied' },
        redirectAllowed: (uri) => uri.protocol === 'http:' && uri.hostname === 'localhost',
        refuse: (text) => problem(422, text),
      }),
      { method: 'POST', path: '/api/oauth/token', handle: token },
      { method: 'DELETE', path: '/api/v1/disconnect-app', handle: disconnect },
      { method: 'GET', path: '/api/v1/athlete/:athlete/activities', handle: list },
      { method: 'GET', path: '/api/v1/activity/:id', handle: one },
      {
        method: 'GET',
        path: '/api/v1/activity/:id/streams.json',
        handle: (exchange: Exchange) =>
          withSamples(exchange, (activity) => ({
            status: 200,
            body: streams(activity, exchange.query.get('types')?.split(',') ?? ['time', 'heartrate', 'velocity_smooth', 'distance']),
          })),
      },
      {
        method: 'GET',
        path: '/api/v1/activity/:id/file',
        handle: (exchange: Exchange) => withSamples(exchange, (activity) => binary(gzipSync(activity.file()), 'application/octet-stream')),
      },
      {
        method: 'GET',
        path: '/api/v1/activity/:id/fit-file',
        handle: (exchange: Exchange) => withSamples(exchange, (activity) => binary(activity.file(), 'application/octet-stream')),
      },
      { method: 'POST', path: '/api/v1/athlete/:athlete/download-fit-files', handle: fitFiles },
      {
        method: 'GET',
        path: '/api/v1/athlete/:athlete/sport-settings',
        handle: (exchange: Exchange) =>
          settings(exchange, () => [
            {
              id: 1,
              types: ['Run', 'VirtualRun', 'TrailRun'],
              ...zones,
              pace_zones: [78, 88, 95, 100, 104, 112, 999],
              pace_units: 'MINS_KM',
            },
          ]),
      },
      {
        method: 'GET',
        path: '/api/v1/athlete/:athlete',
        handle: (exchange: Exchange) =>
          settings(exchange, (runner) => ({
            id: kit.options.runnerId(runner),
            name: runnerName(runner),
            timezone: kit.options.timeZone,
            icu_garmin_upload_workouts: true,
            suunto_upload_workouts: false,
            coros_upload_workouts: false,
            wahoo_upload_workouts: false,
            zwift_upload_workouts: false,
            zepp_upload_workouts: false,
            huawei_upload_workouts: false,
          })),
      },
      ...calendar.routes,
    ],
  }
}

export const intervalsIcu: Definition = {
  options: {
    label: 'intervals.icu',
    device: 'Garmin Forerunner 265',
    push: { attempts: 6, deadlineMs: 10_000, accepted: (status) => status === 200 },
    newActivityId: (kit) => `i${kit.number(98_120_000)}`,
    runnerId: (runner) => `i${204_416 + runner}`,
  },
  credentials: { clientId: '118', webhookSecret: 'ws_simulated_9d0f52c7', apiKey: 'simulated-api-key' },
  make,
}
