/** A pretend Polar AccessLink v3: sign-in, registration, the signed webhook and exercises. It takes no plans. */
import { createHmac } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import type { Definition } from '../implementation.ts'
import { formOf, isForm, jsonOf, type Kit, runnerName, unknownNames, wallClock } from '../kit.ts'
import { basicOf, bearerOf } from '../oauth.ts'
import { RateLimit } from '../rate-limit.ts'
import type { Answer, Exchange, SimulatedActivity } from '../types.ts'

const TOKEN_SECONDS = 315_359_999
const DAY_MS = 86_400_000
const eventKinds = [
  'EXERCISE',
  'SLEEP',
  'CONTINUOUS_HEART_RATE',
  'SLEEP_WISE_CIRCADIAN_BEDTIME',
  'SLEEP_WISE_ALERTNESS',
  'ACTIVITY_SUMMARY',
  'PHYSICAL_INFORMATION',
]
const sports: Record<SimulatedActivity['surface'], string> = {
  road: 'ROAD_RUNNING',
  trail: 'TRAIL_RUNNING',
  track: 'TRACK_AND_FIELD_RUNNING',
  treadmill: 'TREADMILL_RUNNING',
}

type Webhook = { id: string; events: string[]; url: string; active: boolean; key: string; since: Date }
type Registered = { memberId: string; at: Date }

function make(kit: Kit) {
  const registered = new Map<number, Registered>()
  let webhook: Webhook | null = null
  let limits = limitsFor(0)
  let limit = new RateLimit(limits)
  function limitsFor(users: number) {
    return [
      { limit: 500 + 20 * users, seconds: 900 },
      { limit: 5000 + 100 * users, seconds: 86_400 },
    ]
  }
  const problem = (status: number, kind: string, message: string): Answer => ({
    status,
    body: {
      error: {
        timestamp: kit.now().toISOString().slice(0, 23),
        status,
        error_type: kind,
        message,
        corr_id: kit.secretValue('corr').slice(0, 12),
      },
    },
  })
  const refuse = (exchange: Exchange, message: string): Answer => {
    kit.violate(exchange, message)
    return problem(400, 'BadRequestException', message)
  }
  const userId = (runner: number) => Number(kit.options.runnerId(runner))
  const sign = (body: string, key: string) => createHmac('sha256', key).update(body).digest('hex')
  const key = () => webhook?.key ?? kit.app.webhookSecret ?? 'unknown'

  function push(activity: SimulatedActivity): void {
    if (!webhookWorks() || !registered.has(activity.runner)) return
    const body = JSON.stringify({
      event: 'EXERCISE',
      user_id: userId(activity.runner),
      entity_id: activity.externalId,
      timestamp: instant(kit.now()),
      url: `https://www.polaraccesslink.com/v3/exercises/${activity.externalId}`,
    })
    const headers = (text: string, signer = key()) => ({ 'polar-webhook-event': 'EXERCISE', 'polar-webhook-signature': sign(text, signer) })
    const broken = body.slice(0, -7)
    kit.sender.send({
      kind: 'EXERCISE',
      body,
      headers: headers(body),
      forged: { body, headers: headers(body, 'a key of somebody else') },
      garbled: { body: broken, headers: headers(broken) },
    })
  }

  /** A webhook that had no success for seven days is switched off. */
  function webhookWorks(): boolean {
    if (!webhook) return kit.sender.target !== null
    const lastSuccess = kit.sender.deliveries.findLast((delivery) => delivery.status === 200)?.at ?? webhook.since
    const since = lastSuccess > webhook.since ? lastSuccess : webhook.since
    const failed = kit.sender.deliveries.some((delivery) => delivery.at >= since && delivery.status !== 200)
    if (failed && kit.now().getTime() - since.getTime() > 7 * DAY_MS) webhook.active = false
    return webhook.active
  }

  async function ping(url: string, signer: string): Promise<Answer | null> {
    const body = JSON.stringify({ event: 'PING', timestamp: instant(kit.now()) })
    const headers = { 'content-type': 'application/json', 'polar-webhook-event': 'PING', 'polar-webhook-signature': sign(body, signer) }
    const answer = await kit.sender.knock(url, { method: 'POST', kind: 'PING', body, headers })
    if (answer?.status === 200) return null
    return problem(400, 'WebhookPingFailedException', `Ping failed to URL ${url}. Response code was [${answer?.status ?? 'none'}]`)
  }

  /** For calls of the app itself, signed in with HTTP Basic. */
  const asApp = (work: (exchange: Exchange) => Answer | Promise<Answer>) => (exchange: Exchange) => {
    const client = basicOf(exchange.headers.authorization)
    if (client?.user !== kit.app.clientId || client.password !== kit.app.clientSecret)
      return problem(401, 'UnauthorizedException', 'Basic authentication is needed')
    return work(exchange)
  }
  const asUser = (work: (exchange: Exchange, runner: number) => Answer) => (exchange: Exchange) => {
    const token = kit.authority.valid(bearerOf(exchange.headers.authorization), 'access', kit.now())
    return token ? work(exchange, token.grant.runner) : problem(401, 'UnauthorizedException', 'Access token is not valid')
  }

  function token(exchange: Exchange): Answer {
    const client = basicOf(exchange.headers.authorization)
    const oauthError = (status: number, error: string) => ({ status, body: { error } })
    if (client?.user !== kit.app.clientId || client.password !== kit.app.clientSecret) return oauthError(401, 'invalid_client')
    const form = formOf(exchange)
    const unknown = unknownNames(form, ['grant_type', 'code', 'redirect_uri'])
    if (!isForm(exchange) || unknown.length > 0 || form.get('grant_type') !== 'authorization_code') {
      kit.violate(exchange, `token: ${unknown.join(', ') || 'grant_type'} is wrong; client id and secret go into the Basic header only`)
      return oauthError(400, 'invalid_request')
    }
    const code = kit.authority.takeCode(form.get('code'), kit.now())
    if (!code || form.get('redirect_uri') !== code.redirectUri) return oauthError(400, 'invalid_grant')
    const access = kit.authority.issue('access', kit.authority.grant(code.runner, code.scopes), kit.now(), TOKEN_SECONDS)
    const body = { access_token: access.value, token_type: 'bearer', expires_in: TOKEN_SECONDS, x_user_id: userId(code.runner) }
    return { status: 200, body }
  }

  const user = (runner: number) => {
    const [first, last] = runnerName(runner).split(' ')
    return {
      'polar-user-id': userId(runner),
      'member-id': registered.get(runner)!.memberId,
      'registration-date': registered.get(runner)!.at.toISOString(),
      'first-name': first,
      'last-name': last,
      birthdate: '1989-04-02',
      gender: 'FEMALE',
      weight: 58,
      height: 168,
      'extra-info': [],
    }
  }

  const register = asUser((exchange, runner) => {
    const given = jsonOf(exchange) as Record<string, unknown> | undefined
    const memberId = given?.['member-id']
    if (typeof memberId !== 'string' || memberId === '' || Object.keys(given!).length !== 1)
      return refuse(exchange, 'the body must be {"member-id": text}')
    if (kit.variants.has('consentsMissing')) return problem(403, 'ForbiddenException', 'User has not accepted all mandatory consents')
    const taken = [...registered.entries()].some(([other, one]) => other !== runner && one.memberId === memberId)
    if (registered.has(runner) || taken)
      return problem(409, 'ConflictException', 'User already registered to partner or duplicated member-id')
    registered.set(runner, { memberId, at: kit.now() })
    limits = limitsFor(registered.size)
    limit = new RateLimit(limits)
    return { status: 200, body: user(runner) }
  })

  const ownId = (exchange: Exchange, runner: number) => exchange.params.id === String(userId(runner))
  const deregister = asUser((exchange, runner) => {
    if (!ownId(exchange, runner)) return problem(403, 'ForbiddenException', 'this is another user')
    registered.delete(runner)
    kit.authority.end((grant) => grant.runner === runner)
    return { status: 204 }
  })

  /** What the app may see: uploaded since the registration, within 30 days. */
  const visible = (runner: number) => {
    const since = registered.get(runner)?.at
    if (!since) return []
    const oldest = kit.now().getTime() - 30 * DAY_MS
    return kit
      .list(runner)
      .filter((activity) => activity.uploadedAt >= since && activity.uploadedAt.getTime() >= oldest)
      .filter((activity) => !activity.manual || activity.sport === 'running')
  }
  const registeredUser = (work: (exchange: Exchange, runner: number) => Answer) =>
    asUser((exchange, runner) => {
      if (!registered.has(runner)) return problem(403, 'ForbiddenException', 'User is not registered')
      if (kit.variants.has('consentsMissing')) return problem(403, 'ForbiddenException', 'User has not accepted all mandatory consents')
      return work(exchange, runner)
    })
  const exercise = (work: (activity: SimulatedActivity, exchange: Exchange) => Answer) =>
    registeredUser((exchange, runner) => {
      const activity = visible(runner).find((one) => one.externalId === exchange.params.id)
      if (!activity || !kit.ready(activity)) return problem(404, 'NotFoundException', 'No exercise found')
      return work(activity, exchange)
    })
  const extras = ['samples', 'zones', 'route']
  const badExtras = (exchange: Exchange): Answer | null => {
    const unknown = unknownNames(exchange.query, extras)
    return unknown.length > 0 ? refuse(exchange, `exercises: ${unknown.join(', ')} is not a parameter`) : null
  }

  const createWebhook = asApp(async (exchange) => {
    const given = jsonOf(exchange) as { events?: unknown; url?: unknown } | undefined
    const events = eventsOf(given?.events)
    if (!given || !events || typeof given.url !== 'string' || Object.keys(given).length !== 2)
      return refuse(exchange, 'the body must hold events and url')
    if (webhook) return problem(409, 'ConflictException', 'Webhook already exists')
    const made: Webhook = {
      id: kit.secretValue('webhook').slice(0, 6),
      events,
      url: given.url,
      active: true,
      key: kit.secretValue('signature'),
      since: kit.now(),
    }
    const failed = await ping(given.url, made.key)
    if (failed) return failed
    webhook = made
    kit.sender.target = { url: made.url }
    return { status: 201, body: { data: { id: made.id, events, url: made.url, signature_secret_key: made.key } } }
  })

  const changeWebhook = asApp(async (exchange) => {
    if (!webhook || webhook.id !== exchange.params.id) return problem(404, 'NotFoundException', 'No webhook found')
    const given = (jsonOf(exchange) ?? {}) as { events?: unknown; url?: unknown }
    const events = given.events === undefined ? webhook.events : eventsOf(given.events)
    if (!events || Object.keys(given).some((name) => !['events', 'url'].includes(name)))
      return refuse(exchange, 'the body may hold events and url')
    if (typeof given.url === 'string') {
      const failed = await ping(given.url, webhook.key)
      if (failed) return failed
      webhook.url = given.url
    }
    webhook.events = events
    kit.sender.target = { url: webhook.url }
    return { status: 200, body: { data: { id: webhook.id, events, url: webhook.url } } }
  })

  const switchWebhook = (active: boolean) =>
    asApp(async () => {
      if (!webhook) return { status: 204 }
      if (active) {
        const failed = await ping(webhook.url, webhook.key)
        if (failed) return failed
        webhook.since = kit.now()
      }
      webhook.active = active
      return { status: 200 }
    })

  return {
    housekeeping: /^\/(v2\/oauth2|v3\/(users|webhooks))/,
    /** `consentsMissing`: the runner has not agreed to Polar's own terms. `plainTcx`: TCX without gzip. */
    variants: ['consentsMissing', 'plainTcx'],
    notFound: (exchange: Exchange) => problem(404, 'NotFoundException', `${exchange.path} does not exist`),
    guard(exchange: Exchange): Answer | null {
      if (!exchange.path.startsWith('/v3/')) return null
      return limit.take(kit.now(), false).allowed ? null : problem(429, 'TooManyRequestsException', 'Quota exceeded')
    },
    finish: (_: Exchange, answer: Answer): Answer => ({
      ...answer,
      headers: {
        'ratelimit-usage': limit.peek(kit.now()).usage.join(', '),
        'ratelimit-limit': limits.map((window) => window.limit).join(', '),
        'ratelimit-reset': '900, 86400',
        ...answer.headers,
      },
    }),
    created: push,
    updated: () => undefined,
    deleted: () => undefined,
    deauthorised: (runner: number) => {
      registered.delete(runner)
    },
    calendar: () => [],
    removeEntry: () => undefined,
    moveEntry: () => undefined,
    routes: [
      ...kit.consentRoutes({
        path: '/oauth2/authorization',
        known: ['response_type', 'client_id', 'redirect_uri', 'scope', 'state'],
        required: ['response_type', 'client_id'],
        codeSeconds: 600,
        offered: () => [{ id: 'accesslink.read_all', label: 'see your Polar data', checked: true, required: true }],
        refusal: { error: 'access_denied' },
        refuse: (text) => problem(400, 'BadRequestException', text),
      }),
      { method: 'POST', path: '/v2/oauth2/token', handle: token },
      { method: 'POST', path: '/v3/users', handle: register },
      {
        method: 'GET',
        path: '/v3/users/physical-info',
        handle: registeredUser(() => ({
          status: 200,
          body: {
            weight: 58,
            height: 168,
            maximum_heart_rate: 188,
            resting_heart_rate: 48,
            aerobic_threshold: 148,
            anaerobic_threshold: 169,
            vo2_max: 54,
          },
        })),
      },
      {
        method: 'GET',
        path: '/v3/users/:id',
        handle: asUser((exchange, runner) => {
          if (!ownId(exchange, runner)) return problem(403, 'ForbiddenException', 'this is another user')
          return registered.has(runner) ? { status: 200, body: user(runner) } : { status: 204 }
        }),
      },
      { method: 'DELETE', path: '/v3/users/:id', handle: deregister },
      { method: 'POST', path: '/v3/webhooks', handle: createWebhook },
      {
        method: 'GET',
        path: '/v3/webhooks',
        handle: asApp(() => {
          webhookWorks()
          const data = webhook ? [{ id: webhook.id, events: webhook.events, url: webhook.url, active: webhook.active }] : []
          return { status: 200, body: { data } }
        }),
      },
      { method: 'POST', path: '/v3/webhooks/activate', handle: switchWebhook(true) },
      { method: 'POST', path: '/v3/webhooks/deactivate', handle: switchWebhook(false) },
      { method: 'PATCH', path: '/v3/webhooks/:id', handle: changeWebhook },
      {
        method: 'DELETE',
        path: '/v3/webhooks/:id',
        handle: asApp((exchange) => {
          if (!webhook || webhook.id !== exchange.params.id) return problem(404, 'NotFoundException', 'No webhook found')
          webhook = null
          kit.sender.target = null
          return { status: 204 }
        }),
      },
      {
        method: 'GET',
        path: '/v3/notifications',
        handle: asApp(() => {
          const users = [...registered.keys()].filter((runner) => visible(runner).length > 0)
          if (users.length === 0) return { status: 204 }
          const rows = users.map((runner) => ({
            'user-id': userId(runner),
            'data-type': 'EXERCISE',
            url: 'https://www.polaraccesslink.com/v3/exercises',
          }))
          return { status: 200, body: { 'available-user-data': rows } }
        }),
      },
      {
        method: 'GET',
        path: '/v3/exercises',
        handle: registeredUser((exchange, runner) => {
          const rows = visible(runner).filter((activity) => activity.notReadyReads === 0)
          return badExtras(exchange) ?? { status: 200, body: rows.map((activity) => shown(activity, userId(runner), exchange.query)) }
        }),
      },
      {
        method: 'GET',
        path: '/v3/exercises/:id',
        handle: exercise(
          (activity, exchange) => badExtras(exchange) ?? { status: 200, body: shown(activity, userId(activity.runner), exchange.query) },
        ),
      },
      {
        method: 'GET',
        path: '/v3/exercises/:id/fit',
        handle: exercise((activity) =>
          activity.manual
            ? problem(404, 'NotFoundException', 'No FIT')
            : { status: 200, headers: { 'content-type': 'application/octet-stream' }, body: activity.file() },
        ),
      },
      {
        method: 'GET',
        path: '/v3/exercises/:id/tcx',
        handle: exercise((activity) => {
          const tcx = tcxOf(activity)
          return {
            status: 200,
            headers: { 'content-type': 'application/vnd.garmin.tcx+xml' },
            body: kit.variants.has('plainTcx') ? tcx : gzipSync(tcx),
          }
        }),
      },
    ],
  }
}

const instant = (at: Date) => at.toISOString().replace(/\.\d+Z$/, 'Z')

function eventsOf(value: unknown): string[] | null {
  if (!Array.isArray(value) || value.length === 0) return null
  return value.every((kind) => eventKinds.includes(kind)) ? (value as string[]) : null
}

/** ISO 8601 duration with fractions of a second. */
function duration(seconds: number): string {
  const hours = Math.floor(seconds / 3600)
  const minutes = Math.floor((seconds % 3600) / 60)
  return `PT${hours > 0 ? `${hours}H` : ''}${minutes > 0 ? `${minutes}M` : ''}${(seconds % 60).toFixed(1).replace(/\.0$/, '')}S`
}

function shown(activity: SimulatedActivity, user: number, query: URLSearchParams): object {
  const strength = activity.sport === 'strength'
  const treadmill = activity.surface === 'treadmill'
  const body: Record<string, unknown> = {
    id: activity.externalId,
    upload_time: activity.uploadedAt.toISOString(),
    polar_user: `https://www.polaraccesslink.com/v3/users/${user}`,
    device: activity.device,
    device_id: '1111AAAA',
    start_time: wallClock(activity.startAt, activity.offsetSeconds),
    start_time_utc_offset: activity.offsetSeconds / 60,
    duration: duration(activity.seconds),
    calories: Math.round(activity.seconds / 5),
    training_load: Math.round(activity.seconds / 30),
    sport: strength || treadmill ? 'OTHER' : 'RUNNING',
    has_route: !strength && !treadmill,
    detailed_sport_info: strength ? 'STRENGTH_TRAINING' : sports[activity.surface],
  }
  if (activity.distanceMeters !== null) body.distance = activity.distanceMeters
  if (activity.averageHeartRate !== null) body.heart_rate = { average: activity.averageHeartRate, maximum: activity.maxHeartRate }
  if (!strength) body['running-index'] = 54
  if (query.get('samples') === 'true' && !activity.manual) body.samples = samplesOf(activity)
  if (query.get('zones') === 'true') body.heart_rate_zones = [{ index: 1, 'lower-limit': 94, 'upper-limit': 112, 'in-zone': 'PT2M' }]
  if (query.get('route') === 'true') body.route = []
  return body
}

function samplesOf(activity: SimulatedActivity): object[] {
  const samples = activity.samples()
  const column = (type: string, data: readonly (number | null)[]) => ({
    'recording-rate': 1,
    'sample-type': type,
    data: data.map((value) => (value === null ? 'null' : String(value))).join(','),
  })
  const columns = [
    column(
      '1',
      samples.speed.map((speed) => Math.round(speed * 360) / 100),
    ),
    column('3', samples.altitude),
    column('8', samples.cadence),
    column('10', samples.distance),
  ]
  return activity.averageHeartRate === null ? columns : [column('0', samples.heartRate), ...columns]
}

function tcxOf(activity: SimulatedActivity): string {
  const samples = activity.samples()
  const points = samples.seconds
    .map((second, index) => {
      const at = new Date(activity.startAt.getTime() + second * 1000).toISOString()
      const heart = samples.heartRate[index]
      return `<Trackpoint><Time>${at}</Time><DistanceMeters>${samples.distance[index]}</DistanceMeters>${
        heart == null ? '' : `<HeartRateBpm><Value>${heart}</Value></HeartRateBpm>`
      }</Trackpoint>`
    })
    .join('')
  const start = activity.startAt.toISOString()
  return `<?xml version="1.0" encoding="UTF-8"?><TrainingCenterDatabase xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"><Activities><Activity Sport="Running"><Id>${start}</Id><Lap StartTime="${start}"><TotalTimeSeconds>${activity.seconds}</TotalTimeSeconds><DistanceMeters>${activity.distanceMeters ?? 0}</DistanceMeters><Intensity>Active</Intensity><TriggerMethod>Manual</TriggerMethod><Track>${points}</Track></Lap></Activity></Activities></TrainingCenterDatabase>`
}

export const polar: Definition = {
  options: {
    label: 'Polar',
    device: 'Polar Vantage V3',
    push: { attempts: 4, deadlineMs: 10_000, accepted: (status) => status === 200 },
    newActivityId: (kit) => `aQ${kit.number(100_000).toString(36)}`,
    runnerId: (runner) => String(10_578 + runner),
  },
  credentials: { clientId: 'simulated-polar-client', webhookSecret: null },
  make,
}
