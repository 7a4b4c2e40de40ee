/** A pretend Suunto Cloud: sign-in, subscription key, signed pushes, workouts and FIT. Guides stand in suunto-guides.ts. */
import { createHmac } from 'node:crypto'
import type { Definition } from '../implementation.ts'
import { formOf, isForm, type Kit, unknownNames } from '../kit.ts'
import { basicOf, bearerOf, type Grant } from '../oauth.ts'
import { RateLimit } from '../rate-limit.ts'
import type { Answer, Exchange, SimulatedActivity } from '../types.ts'
import { suuntoGuides } from './suunto-guides.ts'

const ACCESS_SECONDS = 86_400
const activityIds: Record<SimulatedActivity['surface'], number> = { road: 1, trail: 22, treadmill: 53, track: 103 }
const base64 = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

function make(kit: Kit) {
  const limit = new RateLimit([{ limit: 600, seconds: 60 }])
  const envelope = (payload: unknown, status = 200): Answer => ({
    status,
    body: { error: null, payload, metadata: { ts: String(kit.now().getTime()) } },
  })
  const problem = (status: number, description: string): Answer => ({ status, body: { error: { description } } })
  const refuse = (exchange: Exchange, description: string): Answer => {
    kit.violate(exchange, description)
    return problem(400, description)
  }

  function workout(activity: SimulatedActivity): Record<string, unknown> {
    const strength = activity.sport === 'strength'
    const speed = activity.distanceMeters === null ? 0 : activity.distanceMeters / activity.seconds
    const heart = activity.averageHeartRate
    return {
      workoutKey: activity.externalId,
      workoutId: 0,
      activityId: strength ? 23 : activityIds[activity.surface],
      startTime: activity.startAt.getTime(),
      stopTime: activity.startAt.getTime() + Math.round(activity.seconds * 1000),
      totalTime: activity.seconds,
      timeOffsetInMinutes: activity.offsetSeconds / 60,
      totalDistance: activity.distanceMeters ?? 0,
      totalAscent: activity.ascentMeters,
      totalDescent: activity.ascentMeters,
      stepCount: activity.averageCadence === null ? 0 : Math.round((activity.averageCadence * activity.seconds) / 60),
      energyConsumption: Math.round(activity.seconds / 5),
      avgSpeed: Math.round(speed * 100) / 100,
      avgSpeedInKmH: Math.round(speed * 360) / 100,
      avgPace: speed === 0 ? null : Math.round((100_000 / speed / 60) * 1) / 100,
      maxSpeed: Math.round(speed * 120) / 100,
      ...(heart === null
        ? {}
        : {
            hrdata: {
              workoutAvgHR: heart,
              workoutMaxHR: activity.maxHeartRate,
              avg: heart,
              hrmax: activity.maxHeartRate,
              max: 190,
              userMaxHR: 190,
            },
          }),
      isManuallyAdded: activity.manual,
      isEdited: activity.updatedAt > activity.uploadedAt,
    }
  }
  const gear = { manufacturer: 'Suunto', name: 'Suunto Vertical', productType: 'SPORT_WATCH' }

  function push(activity: SimulatedActivity): void {
    if (!kit.authority.activeGrant(activity.runner)) return
    const body = JSON.stringify({
      type: 'WORKOUT_CREATED',
      username: kit.options.runnerId(activity.runner),
      workout: workout(activity),
      gear,
    })
    const signed = (text: string, key: string) => {
      const hex = createHmac('sha256', key).update(text).digest('hex')
      return { 'x-hmac-sha256-signature': kit.variants.has('upperCaseSignature') ? hex.toUpperCase() : hex }
    }
    const key = kit.app.webhookSecret ?? ''
    const broken = body.slice(0, -11)
    kit.sender.send({
      kind: 'WORKOUT_CREATED',
      body,
      headers: signed(body, key),
      forged: { body, headers: signed(body, 'a key of somebody else') },
      garbled: { body: broken, headers: signed(broken, key) },
    })
  }

  function token(exchange: Exchange): Answer {
    const oauthError = (status: number, error: string): Answer => ({ status, body: { error } })
    const client = basicOf(exchange.headers.authorization)
    if (client?.user !== kit.app.clientId || client.password !== kit.app.clientSecret) return oauthError(401, 'invalid_client')
    const form = formOf(exchange)
    const unknown = unknownNames(form, ['grant_type', 'code', 'redirect_uri', 'refresh_token'])
    if (!isForm(exchange) || unknown.length > 0) {
      kit.violate(exchange, `token: ${unknown.join(', ') || 'a form is needed'}`)
      return oauthError(400, 'invalid_request')
    }
    if (form.get('grant_type') === 'authorization_code') {
      const code = kit.authority.takeCode(form.get('code'), kit.now())
      if (!code || code.redirectUri !== form.get('redirect_uri')) return oauthError(400, 'invalid_grant')
      kit.authority.end((grant) => grant.runner === code.runner)
      const grant = kit.authority.grant(code.runner, code.scopes)
      return tokens(grant, kit.authority.issue('refresh', grant, kit.now(), null).value)
    }
    if (form.get('grant_type') !== 'refresh_token') return oauthError(400, 'unsupported_grant_type')
    const refresh = kit.authority.valid(form.get('refresh_token'), 'refresh', kit.now())
    if (!refresh) return oauthError(400, 'invalid_grant')
    return tokens(refresh.grant, kit.variants.has('refreshTokenLeftOut') ? null : refresh.value)
  }
  function tokens(grant: Grant, refreshToken: string | null): Answer {
    const user = kit.options.runnerId(grant.runner)
    const now = Math.floor(kit.now().getTime() / 1000)
    const claims = { user, sub: user, iat: now, exp: now + ACCESS_SECONDS, jti: kit.secretValue('jti') }
    const jwt = `${base64({ alg: 'RS256', typ: 'JWT' })}.${base64(claims)}.${Buffer.from(kit.secretValue('signature')).toString('base64url')}`
    kit.authority.issue('access', grant, kit.now(), ACCESS_SECONDS, jwt)
    const body = { access_token: jwt, token_type: 'bearer', expires_in: ACCESS_SECONDS, scope: 'workout', user }
    return { status: 200, body: refreshToken === null ? body : { ...body, refresh_token: refreshToken } }
  }

  /** Answers for the owner of the token: an old one is 401, a grant that is gone 403. */
  const as = (work: (exchange: Exchange, runner: number) => Answer | Promise<Answer>) => (exchange: Exchange) => {
    const known = kit.authority.find(bearerOf(exchange.headers.authorization), 'access')
    if (!known) return problem(401, 'Invalid token')
    if (!known.grant.active) return problem(403, 'Access to this user is gone')
    if (!kit.authority.works(known, kit.now())) return problem(401, 'Token has expired')
    return work(exchange, known.grant.runner)
  }
  const guides = suuntoGuides(kit, as, envelope, problem)

  const list = as((exchange, runner) => {
    const { query } = exchange
    const unknown = unknownNames(query, ['since', 'until', 'limit', 'offset', 'filter-by-modification-time'])
    const numbers = ['since', 'until', 'limit', 'offset'].filter((name) => query.has(name)).map((name) => Number(query.get(name)))
    const count = Number(query.get('limit') ?? 50)
    if (unknown.length > 0 || numbers.some((value) => !Number.isInteger(value) || value < 0) || count > 100 || count < 1)
      return refuse(exchange, `workouts: ${unknown.join(', ') || 'a number'} is wrong`)
    const since = Number(query.get('since') ?? 0)
    const until = Number(query.get('until') ?? Number.MAX_SAFE_INTEGER)
    const changed = query.get('filter-by-modification-time') === 'true'
    const at = (activity: SimulatedActivity) => (changed ? activity.updatedAt : activity.startAt).getTime()
    const rows = kit.list(runner).filter((activity) => at(activity) >= since && at(activity) <= until)
    const offset = Number(query.get('offset') ?? 0)
    return envelope(rows.slice(offset, offset + count).map((activity) => ({ ...workout(activity), gear })))
  })

  const own = (work: (activity: SimulatedActivity) => Answer) =>
    as((exchange, runner) => {
      const activity = kit.find(exchange.params.key ?? '')
      return activity && activity.runner === runner ? work(activity) : problem(404, 'Workout not found')
    })

  const fit = own((activity) => {
    if (activity.manual) return problem(404, 'No FIT file')
    const headers = { 'content-type': 'application/octet-stream' }
    const left = activity.notReadyReads
    if (!kit.ready(activity)) return notReady(left, activity.file())
    if (!kit.variants.has('multipartFit')) return { status: 200, headers, body: activity.file() }
    const boundary = 'simulated-boundary'
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="workout.fit"\r\nContent-Type: application/octet-stream\r\n\r\n`
    const body = new Uint8Array(Buffer.concat([Buffer.from(head), activity.file(), Buffer.from(`\r\n--${boundary}--\r\n`)]))
    return { status: 200, headers: { 'content-type': `multipart/form-data; boundary=${boundary}` }, body }
  })

  return {
    housekeeping: /^\/oauth\//,
    /** `multipartFit`: the file comes wrapped. `refreshTokenLeftOut`: a refresh does not repeat the refresh token. */
    variants: ['multipartFit', 'refreshTokenLeftOut', 'upperCaseSignature'],
    notFound: (exchange: Exchange): Answer => ({ status: 404, body: { statusCode: 404, message: `Resource not found: ${exchange.path}` } }),
    guard(exchange: Exchange): Answer | null {
      if (exchange.path.startsWith('/oauth/')) return null
      const given = exchange.headers['ocp-apim-subscription-key']
      if (given !== kit.app.subscriptionKey) {
        kit.violate(exchange, 'the subscription key is missing or wrong')
        const message = given
          ? 'Access denied due to invalid subscription key. Make sure to provide a valid key for an active subscription.'
          : 'Access denied due to missing subscription key. Make sure to include subscription key when making requests to an API.'
        return {
          status: 401,
          headers: {
            'www-authenticate': 'AzureApiManagementKey realm="https://cloudapi.suunto.com",name="Ocp-Apim-Subscription-Key",type="header"',
          },
          body: { statusCode: 401, message },
        }
      }
      const { allowed, resetSeconds } = limit.take(kit.now(), false)
      if (allowed) return null
      const message = `Rate limit is exceeded. Try again in ${resetSeconds} seconds.`
      return { status: 429, headers: { 'retry-after': String(resetSeconds) }, body: { statusCode: 429, message } }
    },
    created: push,
    updated: () => undefined,
    deleted: () => undefined,
    deauthorised: () => undefined,
    calendar: guides.entries,
    removeEntry: guides.removeByRunner,
    moveEntry: guides.moveByRunner,
    routes: [
      ...kit.consentRoutes({
        path: '/oauth/authorize',
        known: ['response_type', 'client_id', 'redirect_uri', 'state', 'scope'],
        required: ['response_type', 'client_id', 'redirect_uri'],
        codeSeconds: 600,
        offered: () => [{ id: 'workout', label: 'see workouts and send guides', checked: true, required: true }],
        refusal: { error: 'access_denied' },
        refuse: (text) => problem(400, text),
      }),
      { method: 'POST', path: '/oauth/token', handle: token },
      {
        method: 'GET',
        path: '/oauth/deauthorize',
        handle: as((exchange, runner) => {
          if (exchange.query.get('client_id') !== kit.app.clientId) return problem(400, 'client_id is missing or wrong')
          kit.authority.end((grant) => grant.runner === runner)
          return { status: 200, body: {} }
        }),
      },
      { method: 'GET', path: '/v3/workouts', handle: list },
      { method: 'GET', path: '/v3/workouts/:key', handle: own((activity) => envelope({ ...workout(activity), gear })) },
      { method: 'GET', path: '/v3/workouts/:key/fit', handle: fit },
      { method: 'GET', path: '/v2/workout/exportFit/:key', handle: fit },
      ...guides.routes,
    ],
  }
}

/** The ways in which a file was seen to be unfinished, one after another. */
function notReady(left: number, file: Uint8Array): Answer {
  const headers = { 'content-type': 'application/octet-stream' }
  const ways: Answer[] = [
    { status: 200, headers, body: file.slice(0, file.length - 2) },
    { status: 200, headers, body: new Uint8Array(0) },
    { status: 200, headers: { 'content-type': 'application/json' }, body: { error: null, payload: null } },
    { status: 206, headers, body: file },
    { status: 200, headers, body: file.slice(0, 400) },
  ]
  return ways[left % ways.length]!
}

export const suunto: Definition = {
  options: {
    label: 'Suunto',
    device: 'Suunto Vertical',
    push: {
      attempts: 5,
      deadlineMs: 2000,
      accepted: (status) => status >= 200 && status < 300,
      again: (status) => status === null || status >= 500,
    },
    newActivityId: (kit) => `67604889401b9421${kit.number(0x84620000).toString(16)}`,
    runnerId: (runner) => `simulatedrunner${runner}`,
  },
  credentials: {
    clientId: 'simulated-suunto-client',
    webhookSecret: 'suunto-notification-secret-71',
    subscriptionKey: 'simulated-subscription-key',
  },
  make,
}
