/** A pretend Strava: sign-in, the one subscription, activities and streams. It takes no plans. */
import { createHmac } from 'node:crypto'
import type { Definition } from '../implementation.ts'
import { formOf, type Kit, runnerName, unknownNames, wallClock } from '../kit.ts'
import { basicOf, bearerOf, type Grant, type Token } from '../oauth.ts'
import { RateLimit } from '../rate-limit.ts'
import type { Answer, Exchange, SimulatedActivity } from '../types.ts'

const known = ['read', 'read_all', 'profile:read_all', 'profile:write', 'activity:read', 'activity:read_all', 'activity:write']
const labels: Record<string, string> = {
  read: 'see the public profile',
  'activity:read': 'see activities',
  'activity:read_all': 'see activities, private ones too',
  'profile:read_all': 'see the whole profile',
  'activity:write': 'upload activities',
}
const ACCESS_SECONDS = 21_600
const PER_PAGE_MAX = 200

type Fault = { resource: string; field: string; code: string }

function problem(status: number, message: string, ...errors: Fault[]): Answer {
  return { status, body: { message, errors } }
}
const badRequest = (resource: string, field: string, code: string) => problem(400, 'Bad Request', { resource, field, code })
const unauthorized = () => problem(401, 'Authorization Error', { resource: 'Athlete', field: 'access_token', code: 'invalid' })

function make(kit: Kit) {
  const overall = new RateLimit([
    { limit: 200, seconds: 900, aligned: true },
    { limit: 2000, seconds: 86_400, aligned: true },
  ])
  const reads = new RateLimit([
    { limit: 100, seconds: 900, aligned: true },
    { limit: 1000, seconds: 86_400, aligned: true },
  ])
  let subscription: { id: number; callbackUrl: string; createdAt: string } | null = null
  const athleteId = (runner: number) => Number(kit.options.runnerId(runner))
  const may = (scopes: readonly string[], all: boolean) =>
    scopes.includes('activity:read_all') || (!all && scopes.includes('activity:read'))

  function event(runner: number, object: 'activity' | 'athlete', id: number, aspect: string, updates: Record<string, string>): void {
    if (!subscription) return
    const body = (subscriptionId: number) =>
      JSON.stringify({
        aspect_type: aspect,
        event_time: Math.floor(kit.now().getTime() / 1000),
        object_id: id,
        object_type: object,
        owner_id: athleteId(runner),
        subscription_id: subscriptionId,
        updates,
      })
    const sent = body(subscription.id)
    const t = Math.floor(kit.now().getTime() / 1000)
    const signature = createHmac('sha256', 'a key that no app is given').update(`${t}.${sent}`).digest('hex')
    const headers = { 'x-strava-signature': `t=${t},v1=${signature}` }
    kit.sender.send({
      kind: `${object}/${aspect}`,
      body: sent,
      headers,
      forged: { headers, body: body(subscription.id + 1) },
      garbled: { headers, body: sent.slice(0, -9) },
    })
  }

  /** Tells about an activity, unless the rights hide it. */
  function tell(activity: SimulatedActivity, aspect: string, updates: Record<string, string> = {}): void {
    const grant = kit.authority.activeGrant(activity.runner)
    if (!grant || !may(grant.scopes, false)) return
    event(activity.runner, 'activity', Number(activity.externalId), aspect, updates)
  }
  const sees = (runner: number, activity: SimulatedActivity) =>
    !activity.private || (kit.authority.activeGrant(runner)?.scopes.includes('activity:read_all') ?? false)

  function clientFault(fields: URLSearchParams): Answer | null {
    if (fields.get('client_id') !== kit.app.clientId) return badRequest('Application', 'client_id', 'invalid')
    if (fields.get('client_secret') !== kit.app.clientSecret) return badRequest('Application', 'client_secret', 'invalid')
    return null
  }

  function token(exchange: Exchange): Answer {
    const form = formOf(exchange)
    const unknown = unknownNames(form, ['client_id', 'client_secret', 'code', 'grant_type', 'refresh_token', 'redirect_uri'])
    if (unknown.length > 0) {
      kit.violate(exchange, `token: ${unknown.join(', ')} is not a field of this platform`)
      return badRequest('Application', unknown[0]!, 'invalid')
    }
    const wrong = clientFault(form)
    if (wrong) return wrong
    if (form.get('grant_type') === 'authorization_code') {
      const code = kit.authority.takeCode(form.get('code'), kit.now())
      if (!code) return badRequest('RequestToken', 'code', 'invalid')
      kit.authority.end((grant) => grant.runner === code.runner)
      const grant = kit.authority.grant(code.runner, code.scopes)
      const [firstname, lastname] = runnerName(code.runner).split(' ')
      const athlete = { id: athleteId(code.runner), resource_state: 2, firstname, lastname }
      return { status: 200, body: { ...pair(grant), athlete } }
    }
    if (form.get('grant_type') !== 'refresh_token') return badRequest('Application', 'grant_type', 'invalid')
    const refresh = kit.authority.valid(form.get('refresh_token'), 'refresh', kit.now())
    if (!refresh) return badRequest('RefreshToken', 'refresh_token', 'invalid')
    const access = kit.authority.tokens.findLast((one) => one.kind === 'access' && one.grant === refresh.grant)
    if (access && kit.authority.works(access, kit.now()) && remaining(access) > 3600 && !kit.variants.has('rotateAlways'))
      return { status: 200, body: shown(access, refresh) }
    refresh.dead = true
    return { status: 200, body: pair(refresh.grant) }
  }
  const remaining = (access: Token) => Math.round(((access.expiresAt?.getTime() ?? 0) - kit.now().getTime()) / 1000)
  const shown = (access: Token, refresh: Token) => ({
    token_type: 'Bearer',
    expires_at: Math.floor((access.expiresAt?.getTime() ?? 0) / 1000),
    expires_in: remaining(access),
    refresh_token: refresh.value,
    access_token: access.value,
  })
  function pair(grant: Grant) {
    for (const old of kit.authority.tokens) if (old.grant === grant) old.dead = true
    return shown(kit.authority.issue('access', grant, kit.now(), ACCESS_SECONDS), kit.authority.issue('refresh', grant, kit.now(), null))
  }

  function endGrant(grant: Grant): void {
    kit.authority.end((other) => other === grant)
    event(grant.runner, 'athlete', athleteId(grant.runner), 'update', { authorized: 'false' })
  }

  function revoke(exchange: Exchange): Answer {
    const client = basicOf(exchange.headers.authorization)
    if (client?.user !== kit.app.clientId || client.password !== kit.app.clientSecret) return unauthorized()
    const form = formOf(exchange)
    if (unknownNames(form, ['token', 'token_type_hint']).length > 0 || !form.get('token')) {
      kit.violate(exchange, 'revoke: the form needs token')
      return badRequest('Application', 'token', 'invalid')
    }
    const value = form.get('token')
    const found = kit.authority.find(value, 'access') ?? kit.authority.find(value, 'refresh')
    if (found?.grant.active) endGrant(found.grant)
    return { status: 200, body: {} }
  }

  function deauthorize(exchange: Exchange): Answer {
    const access = kit.authority.valid(bearerOf(exchange.headers.authorization), 'access', kit.now())
    if (!access) return unauthorized()
    endGrant(access.grant)
    return { status: 200, body: { access_token: access.value } }
  }

  async function subscribe(exchange: Exchange): Promise<Answer> {
    const form = formOf(exchange)
    const wrong = clientFault(form)
    if (wrong) return wrong
    const refuse = (code: string) => badRequest('PushSubscription', 'callback url', code)
    const callbackUrl = form.get('callback_url') ?? ''
    const unknown = unknownNames(form, ['client_id', 'client_secret', 'callback_url', 'verify_token'])
    if (unknown.length > 0 || !URL.canParse(callbackUrl) || callbackUrl.length > 255 || !form.get('verify_token')) {
      kit.violate(exchange, 'push_subscriptions: callback_url of at most 255 characters and verify_token are needed, nothing else')
      return refuse('invalid')
    }
    if (subscription) return refuse('already exists')
    const challenge = kit.secretValue('challenge')
    const url = new URL(callbackUrl)
    url.searchParams.set('hub.mode', 'subscribe')
    url.searchParams.set('hub.challenge', challenge)
    url.searchParams.set('hub.verify_token', form.get('verify_token')!)
    const answer = await kit.sender.knock(url.href, { method: 'GET', kind: 'handshake' })
    if (answer?.status !== 200 || !echoes(answer.body, challenge)) return refuse('GET to callback URL does not return 200')
    subscription = { id: kit.number(301_000), callbackUrl, createdAt: kit.now().toISOString() }
    kit.sender.target = { url: callbackUrl }
    return { status: 201, body: shownSubscription() }
  }
  const shownSubscription = () => ({
    id: subscription!.id,
    resource_state: 2,
    application_id: Number(kit.app.clientId),
    callback_url: subscription!.callbackUrl,
    created_at: subscription!.createdAt,
    updated_at: subscription!.createdAt,
  })

  /** Answers for the owner of the token when the rights suffice. */
  const as =
    (right: 'activity' | 'profile:read_all' | null, work: (exchange: Exchange, grant: Grant) => Answer) => (exchange: Exchange) => {
      const access = kit.authority.valid(bearerOf(exchange.headers.authorization), 'access', kit.now())
      if (exchange.query.has('access_token')) kit.violate(exchange, 'the access token may travel only in the header')
      if (!access) return unauthorized()
      const { scopes } = access.grant
      const missing = right === 'activity' ? !may(scopes, false) : right !== null && !scopes.includes(right)
      if (missing)
        return problem(401, 'Authorization Error', {
          resource: 'AccessToken',
          field: right === 'activity' ? 'activity:read_permission' : right!,
          code: 'missing',
        })
      return work(exchange, access.grant)
    }
  const notFound = (resource = 'Activity') => problem(404, 'Record Not Found', { resource, field: '', code: 'not found' })
  const own = (work: (exchange: Exchange, activity: SimulatedActivity) => Answer) =>
    as('activity', (exchange, grant) => {
      const activity = kit.find(exchange.params.id ?? '')
      if (!activity || activity.runner !== grant.runner || !sees(grant.runner, activity) || !kit.ready(activity)) return notFound()
      return work(exchange, activity)
    })

  const list = as('activity', (exchange, grant) => {
    const { query } = exchange
    const unknown = unknownNames(query, ['before', 'after', 'page', 'per_page'])
    const perPage = Number(query.get('per_page') ?? 30)
    const page = Number(query.get('page') ?? 1)
    const [after, before] = [Number(query.get('after') ?? 0), Number(query.get('before') ?? 1e12)]
    const bad =
      [perPage, page, after, before].some((value) => !Number.isInteger(value)) || perPage < 1 || perPage > PER_PAGE_MAX || page < 1
    if (unknown.length > 0 || bad) {
      kit.violate(exchange, `activities: ${unknown.join(', ') || 'a number'} is wrong`)
      return badRequest('Activity', unknown[0] ?? 'per_page', 'invalid')
    }
    const rows = kit
      .list(grant.runner)
      .filter((activity) => sees(grant.runner, activity) && activity.notReadyReads === 0)
      .filter((activity) => activity.startAt.getTime() / 1000 > after && activity.startAt.getTime() / 1000 < before)
    const ordered = query.has('after') ? rows.reverse() : rows
    return {
      status: 200,
      body: ordered.slice((page - 1) * perPage, page * perPage).map((activity) => summary(activity, athleteId(grant.runner))),
    }
  })

  const streams = own((exchange, activity) => {
    const { query } = exchange
    const keys = (query.get('keys') ?? '').split(',')
    if (unknownNames(query, ['keys', 'key_by_type']).length > 0 || keys[0] === '' || query.get('key_by_type') !== 'true') {
      kit.violate(exchange, 'streams: keys and key_by_type=true are needed')
      return badRequest('Stream', 'keys', 'invalid')
    }
    if (activity.manual) return notFound('Stream')
    const columns = columnsOf(activity)
    const body: Record<string, object> = {}
    for (const key of keys) {
      const data = columns[key]
      if (data) body[key] = { data, series_type: 'distance', original_size: data.length, resolution: 'high' }
    }
    return { status: 200, body }
  })

  const laps = own((_, activity) => ({
    status: 200,
    body: [
      {
        id: Number(activity.externalId) * 10,
        resource_state: 2,
        lap_index: 1,
        elapsed_time: Math.round(activity.seconds),
        moving_time: Math.round(activity.seconds),
        distance: activity.distanceMeters,
        start_date: instant(activity.startAt),
        average_heartrate: activity.averageHeartRate,
        max_heartrate: activity.maxHeartRate,
      },
    ],
  }))

  const noWriting = as(null, (exchange) => {
    kit.violate(exchange, 'nothing is to be written to Strava')
    return problem(401, 'Authorization Error', { resource: 'AccessToken', field: 'activity:write_permission', code: 'missing' })
  })

  const api = '/api/v3'
  return {
    housekeeping: /^\/(oauth\/|api\/v3\/push_subscriptions)/,
    variants: ['rotateAlways'],
    notFound: () => ({
      status: 404,
      body: { message: 'Record Not Found', errors: [{ resource: 'resource', field: 'path', code: 'invalid' }] },
    }),
    guard(exchange: Exchange): Answer | null {
      if (!exchange.path.startsWith('/api/')) return null
      const all = overall.take(kit.now())
      const reading = exchange.method === 'GET' ? reads.take(kit.now()) : { allowed: true }
      if (all.allowed && reading.allowed) return null
      return problem(429, 'Rate Limit Exceeded', {
        resource: 'Application',
        field: all.allowed ? 'read rate limit' : 'overall rate limit',
        code: 'exceeded',
      })
    },
    finish: (_: Exchange, answer: Answer): Answer => ({
      ...answer,
      headers: {
        'x-ratelimit-limit': '200,2000',
        'x-ratelimit-usage': overall.peek(kit.now()).usage.join(','),
        'x-readratelimit-limit': '100,1000',
        'x-readratelimit-usage': reads.peek(kit.now()).usage.join(','),
        ...answer.headers,
      },
    }),
    created: (activity: SimulatedActivity) => {
      if (sees(activity.runner, activity)) tell(activity, 'create')
    },
    updated(activity: SimulatedActivity, what: string): void {
      if (what !== 'private') {
        if (sees(activity.runner, activity)) tell(activity, 'update', what === 'title' ? { title: activity.title } : { type: 'Run' })
        return
      }
      const all = kit.authority.activeGrant(activity.runner)?.scopes.includes('activity:read_all')
      if (all) tell(activity, 'update', { private: String(activity.private) })
      else tell(activity, activity.private ? 'delete' : 'create')
    },
    deleted: (activity: SimulatedActivity) => tell(activity, 'delete'),
    deauthorised: (runner: number) => event(runner, 'athlete', athleteId(runner), 'update', { authorized: 'false' }),
    calendar: () => [],
    removeEntry: () => undefined,
    moveEntry: () => undefined,
    routes: [
      ...kit.consentRoutes({
        path: '/oauth/authorize',
        known: ['client_id', 'redirect_uri', 'response_type', 'approval_prompt', 'scope', 'state'],
        required: ['client_id', 'redirect_uri', 'response_type', 'scope'],
        codeSeconds: 600,
        offered: (query) =>
          (query.get('scope') ?? '')
            .split(',')
            .filter((scope) => known.includes(scope))
            .map((id) => ({ id, label: labels[id] ?? id, checked: true, required: id === 'read' })),
        refusal: { error: 'access_denied' },
        returned: (code) => ({ scope: code.scopes.join(',') }),
        redirectAllowed: (uri) => ['localhost', '127.0.0.1'].includes(uri.hostname),
        refuse: (_, field) => badRequest('Application', field, 'invalid'),
      }),
      { method: 'POST', path: '/oauth/token', handle: token },
      { method: 'POST', path: '/oauth/revoke', handle: revoke },
      { method: 'POST', path: '/oauth/deauthorize', handle: deauthorize },
      { method: 'POST', path: `${api}/push_subscriptions`, handle: subscribe },
      {
        method: 'GET',
        path: `${api}/push_subscriptions`,
        handle: (exchange: Exchange) => clientFault(exchange.query) ?? { status: 200, body: subscription ? [shownSubscription()] : [] },
      },
      {
        method: 'DELETE',
        path: `${api}/push_subscriptions/:id`,
        handle(exchange: Exchange): Answer {
          const wrong = clientFault(exchange.query)
          if (wrong) return wrong
          if (!subscription || String(subscription.id) !== exchange.params.id) return notFound('PushSubscription')
          subscription = null
          kit.sender.target = null
          return { status: 204 }
        },
      },
      {
        method: 'GET',
        path: `${api}/athlete`,
        handle: as(null, (_, grant) => ({
          status: 200,
          body: { id: athleteId(grant.runner), resource_state: 2, firstname: runnerName(grant.runner).split(' ')[0] },
        })),
      },
      {
        method: 'GET',
        path: `${api}/athlete/zones`,
        handle: as('profile:read_all', () => {
          const zones = [0, 138, 155, 168, 178].map((min, index, all) => ({ min, max: all[index + 1] ?? -1 }))
          return { status: 200, body: { heart_rate: { custom_zones: false, zones } } }
        }),
      },
      { method: 'GET', path: `${api}/athlete/activities`, handle: list },
      {
        method: 'GET',
        path: `${api}/activities/:id`,
        handle: own((_, activity) => ({ status: 200, body: summary(activity, athleteId(activity.runner)) })),
      },
      { method: 'GET', path: `${api}/activities/:id/streams`, handle: streams },
      { method: 'GET', path: `${api}/activities/:id/laps`, handle: laps },
      { method: 'POST', path: `${api}/activities`, handle: noWriting },
      { method: 'PUT', path: `${api}/activities/:id`, handle: noWriting },
      { method: 'POST', path: `${api}/uploads`, handle: noWriting },
    ],
  }
}

const instant = (at: Date) => at.toISOString().replace(/\.\d+Z$/, 'Z')

function echoes(body: string, challenge: string): boolean {
  try {
    return (JSON.parse(body) as Record<string, unknown>)['hub.challenge'] === challenge
  } catch {
    return false
  }
}

function summary(activity: SimulatedActivity, athlete: number): object {
  const distance = activity.distanceMeters ?? 0
  const heart = activity.averageHeartRate
  return {
    id: Number(activity.externalId),
    resource_state: 3,
    athlete: { id: athlete, resource_state: 1 },
    name: activity.title,
    type: activity.sport === 'strength' ? 'WeightTraining' : 'Run',
    sport_type: activity.sport === 'strength' ? 'WeightTraining' : activity.surface === 'trail' ? 'TrailRun' : 'Run',
    workout_type: activity.race ? 1 : null,
    distance,
    moving_time: Math.round(activity.seconds),
    elapsed_time: Math.round(activity.seconds),
    total_elevation_gain: activity.ascentMeters,
    start_date: instant(activity.startAt),
    start_date_local: `${wallClock(activity.startAt, activity.offsetSeconds)}Z`,
    timezone: `(GMT+00:00) ${activity.timeZone}`,
    utc_offset: activity.offsetSeconds,
    trainer: activity.surface === 'treadmill',
    commute: false,
    manual: activity.manual,
    private: activity.private,
    visibility: activity.private ? 'only_me' : 'everyone',
    average_speed: Math.round((distance / activity.seconds) * 1000) / 1000,
    max_speed: Math.round((distance / activity.seconds) * 1200) / 1000,
    has_heartrate: heart !== null,
    heartrate_opt_out: false,
    ...(heart === null ? {} : { average_heartrate: heart, max_heartrate: activity.maxHeartRate }),
    ...(activity.averageCadence === null ? {} : { average_cadence: activity.averageCadence / 2 }),
    device_name: activity.device,
    external_id: `garmin_ping_${activity.externalId}`,
    upload_id: Number(activity.externalId) + 1,
    suffer_score: null,
  }
}

function columnsOf(activity: SimulatedActivity): Record<string, unknown[] | undefined> {
  const samples = activity.samples()
  const outside = activity.surface !== 'treadmill' && activity.sport === 'running'
  return {
    time: samples.seconds,
    distance: samples.distance,
    velocity_smooth: samples.speed,
    moving: samples.speed.map((speed) => speed > 0.3),
    cadence: samples.cadence.map((steps) => (steps === null ? null : Math.round(steps / 2))),
    altitude: outside ? samples.altitude : undefined,
    grade_smooth: outside ? samples.altitude.map(() => 0) : undefined,
    heartrate: activity.averageHeartRate === null ? undefined : samples.heartRate,
  }
}

export const strava: Definition = {
  options: {
    label: 'Strava',
    device: 'Garmin Forerunner 265',
    push: { attempts: 3, deadlineMs: 2000, accepted: (status) => status === 200 },
    newActivityId: (kit) => String(kit.number(15_822_900_000)),
    runnerId: (runner) => String(7_710_041 + runner),
  },
  credentials: { clientId: '152077', webhookSecret: 'strava-verify-8c1e40' },
  make,
}
