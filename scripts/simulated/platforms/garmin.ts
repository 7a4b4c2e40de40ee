/** A pretend Garmin Connect: sign-in, pushes, pings, files and backfill. Training API in garmin-training.ts. */
import type { Definition } from '../implementation.ts'
import { formOf, isForm, type Kit, unknownNames } from '../kit.ts'
import { basicOf, verifierFits } from '../oauth.ts'
import type { Answer, Exchange, SimulatedActivity } from '../types.ts'
import { garminCaller, isAnswer, problem } from './garmin-caller.ts'
import { garminTraining } from './garmin-training.ts'

const permissions = ['ACTIVITY_EXPORT', 'WORKOUT_IMPORT', 'HISTORICAL_DATA_EXPORT', 'HEALTH_EXPORT', 'COURSE_IMPORT', 'MCT_EXPORT']
const permissionLabels = [
  'see activities',
  'put workouts on the calendar',
  'see activities of the past',
  'see health data',
  'send courses',
  'cycle tracking',
]
const ACCESS_SECONDS = 86_400
const REFRESH_SECONDS = 7_775_998
const DAY_SECONDS = 86_400
const PUSH_LIMIT = 50
const activityTypes: Record<SimulatedActivity['surface'], string> = {
  road: 'RUNNING',
  trail: 'TRAIL_RUNNING',
  track: 'TRACK_RUNNING',
  treadmill: 'TREADMILL_RUNNING',
}

const seconds = (at: Date) => Math.floor(at.getTime() / 1000)

function summary(activity: SimulatedActivity): Record<string, unknown> {
  const speed = activity.distanceMeters === null ? null : activity.distanceMeters / activity.seconds
  return {
    summaryId: activity.externalId,
    activityId: Number(activity.externalId),
    activityName: activity.title,
    activityType: activity.sport === 'strength' ? 'STRENGTH_TRAINING' : activityTypes[activity.surface],
    startTimeInSeconds: seconds(activity.startAt),
    startTimeOffsetInSeconds: activity.offsetSeconds,
    durationInSeconds: Math.round(activity.seconds),
    ...(speed === null
      ? {}
      : {
          distanceInMeters: activity.distanceMeters,
          averageSpeedInMetersPerSecond: Math.round(speed * 1000) / 1000,
          averagePaceInMinutesPerKilometer: Math.round((1000 / speed / 60) * 1000) / 1000,
          totalElevationGainInMeters: activity.ascentMeters,
        }),
    ...(activity.averageHeartRate === null
      ? {}
      : { averageHeartRateInBeatsPerMinute: activity.averageHeartRate, maxHeartRateInBeatsPerMinute: activity.maxHeartRate }),
    ...(activity.averageCadence === null ? {} : { averageRunCadenceInStepsPerMinute: activity.averageCadence }),
    activeKilocalories: Math.round(activity.seconds / 5),
    deviceName: activity.manual ? 'unknown' : activity.device,
    manual: activity.manual,
    isWebUpload: false,
  }
}

function details(activity: SimulatedActivity): object {
  const samples = activity.samples()
  const start = seconds(activity.startAt)
  return {
    summaryId: `${activity.externalId}-detail`,
    activityId: Number(activity.externalId),
    summary: summary(activity),
    samples: activity.manual
      ? []
      : samples.seconds.map((second, index) => ({
          startTimeInSeconds: start + Math.round(second),
          ...(samples.heartRate[index] === null ? {} : { heartRate: samples.heartRate[index] }),
          speedMetersPerSecond: samples.speed[index],
          ...(samples.cadence[index] === null ? {} : { stepsPerMinute: samples.cadence[index] }),
          totalDistanceInMeters: samples.distance[index],
          elevationInMeters: samples.altitude[index],
          movingDurationInSeconds: Math.round(second),
          timerDurationInSeconds: Math.round(second),
          clockDurationInSeconds: Math.round(second),
        })),
    laps: [{ startTimeInSeconds: start }],
  }
}

type FileTicket = { externalId: string; expiresAt: Date; used: boolean }

function make(kit: Kit) {
  const tickets = new Map<string, FileTicket>()
  const pings = new Map<string, { externalIds: string[]; kind: 'activities' | 'activityDetails' }>()
  const firstLinkedAt = new Map<number, Date>()
  const asked: { runner: number; kind: string; from: number; to: number }[] = []
  const granted = (runner: number, permission: string) => kit.authority.activeGrant(runner)?.scopes.includes(permission) ?? false

  function push(kind: string, items: object[]): void {
    const body = JSON.stringify({ [kind]: items })
    const headers = { 'user-agent': 'Garmin Health API', 'garmin-client-id': kit.app.clientId }
    kit.sender.send({
      kind,
      body,
      headers,
      forged: { headers: { ...headers, 'garmin-client-id': 'somebody-else' }, body },
      garbled: { headers, body: body.slice(0, -10) },
    })
  }

  function fileNotice(activity: SimulatedActivity): object {
    const token = kit.secretValue('file')
    tickets.set(token, { externalId: activity.externalId, expiresAt: new Date(kit.now().getTime() + DAY_SECONDS * 1000), used: false })
    return {
      userId: kit.options.runnerId(activity.runner),
      summaryId: `${activity.externalId}-file`,
      fileType: 'FIT',
      activityId: Number(activity.externalId),
      activityType: summary(activity).activityType,
      deviceName: activity.device,
      startTimeInSeconds: seconds(activity.startAt),
      manual: false,
      callbackURL: `https://apis.garmin.com/wellness-api/rest/activityFile?id=${activity.externalId}&token=${token}`,
    }
  }

  function pingNotice(kind: 'activities' | 'activityDetails', runner: number, externalIds: string[]): object {
    const token = kit.secretValue('ping')
    pings.set(token, { externalIds, kind })
    const at = seconds(kit.now())
    const window = `uploadStartTimeInSeconds=${at - 300}&uploadEndTimeInSeconds=${at + 100}`
    return {
      userId: kit.options.runnerId(runner),
      callbackURL: `https://apis.garmin.com/wellness-api/rest/${kind}?${window}&token=${token}`,
    }
  }

  /** Sends activities: summaries pushed, details announced, files announced. */
  function announce(activities: readonly SimulatedActivity[], kind = 'activities'): void {
    for (let at = 0; at < activities.length; at += PUSH_LIMIT) {
      const some = activities.slice(at, at + PUSH_LIMIT).filter((activity) => granted(activity.runner, 'ACTIVITY_EXPORT'))
      if (some.length === 0) continue
      const files = kind === 'activities' ? some.filter((activity) => !activity.manual) : []
      const sendFiles = () => files.length > 0 && push('activityFiles', files.map(fileNotice))
      if (kit.variants.has('filesFirst')) sendFiles()
      if (kit.variants.has('ping')) pushPings(kind, some)
      else
        push(
          kind,
          some.map((activity) => ({ userId: kit.options.runnerId(activity.runner), ...summary(activity) })),
        )
      if (kit.variants.has('details') && kind === 'activities') announceDetails(some)
      if (!kit.variants.has('filesFirst')) sendFiles()
    }
  }

  function pushPings(kind: string, some: readonly SimulatedActivity[]): void {
    const runners = [...new Set(some.map((activity) => activity.runner))]
    const ids = (runner: number) => some.filter((activity) => activity.runner === runner).map((activity) => activity.externalId)
    push(
      kind,
      runners.map((runner) => pingNotice('activities', runner, ids(runner))),
    )
  }

  function announceDetails(activities: readonly SimulatedActivity[]): void {
    if (activities.length === 0) return
    const runner = activities[0]!.runner
    const ids = activities.map((activity) => activity.externalId)
    push('activityDetails', [pingNotice('activityDetails', runner, ids)])
  }

  function token(exchange: Exchange): Answer {
    const oauthError = (error: string, text: string) => ({ status: 400, body: { error, error_description: text } })
    if (!isForm(exchange)) return oauthError('invalid_request', 'a form is needed')
    const form = formOf(exchange)
    const known = ['grant_type', 'client_id', 'client_secret', 'code', 'code_verifier', 'redirect_uri', 'refresh_token']
    const unknown = unknownNames(form, known)
    if (unknown.length > 0) {
      kit.violate(exchange, `token: ${unknown.join(', ')} is not a field of this platform`)
      return oauthError('invalid_request', `unknown parameter ${unknown.join(', ')}`)
    }
    const basic = basicOf(exchange.headers.authorization)
    const client = basic ? [basic.user, basic.password] : [form.get('client_id'), form.get('client_secret')]
    if (client[0] !== kit.app.clientId || client[1] !== kit.app.clientSecret)
      return { status: 401, body: { error: 'invalid_client', error_description: 'client id or secret is wrong' } }
    if (form.get('grant_type') === 'authorization_code') {
      const code = kit.authority.takeCode(form.get('code'), kit.now())
      if (!code || code.redirectUri !== form.get('redirect_uri')) return oauthError('invalid_grant', 'code or redirect_uri is wrong')
      if (!verifierFits(form.get('code_verifier'), code.challenge)) return oauthError('invalid_grant', 'code_verifier is wrong')
      kit.authority.end((grant) => grant.runner === code.runner)
      if (!firstLinkedAt.has(code.runner)) firstLinkedAt.set(code.runner, kit.now())
      return pair(kit.authority.grant(code.runner, code.scopes))
    }
    if (form.get('grant_type') !== 'refresh_token') return oauthError('unsupported_grant_type', 'grant_type is wrong')
    const refresh = kit.authority.valid(form.get('refresh_token'), 'refresh', kit.now())
    if (!refresh) return oauthError('invalid_grant', 'refresh token is not valid')
    refresh.dead = true
    return pair(refresh.grant)
  }

  function pair(grant: Parameters<typeof kit.authority.issue>[1]): Answer {
    const now = kit.now()
    const access = kit.authority.issue('access', grant, now, ACCESS_SECONDS)
    const refresh = kit.authority.issue('refresh', grant, now, REFRESH_SECONDS)
    return {
      status: 200,
      body: {
        access_token: access.value,
        expires_in: ACCESS_SECONDS,
        token_type: 'bearer',
        refresh_token: refresh.value,
        scope: 'PARTNER_WRITE PARTNER_READ CONNECT_READ CONNECT_WRITE',
        jti: kit.secretValue('jti'),
        refresh_token_expires_in: REFRESH_SECONDS,
      },
    }
  }

  /** Answers for the owner of the Bearer token. */
  const as = (work: (exchange: Exchange, runner: number) => Answer) => (exchange: Exchange) => {
    const caller = garminCaller(kit, exchange)
    return isAnswer(caller) ? caller : work(exchange, caller.runner)
  }

  const disconnect = as((_, runner) => {
    kit.authority.end((grant) => grant.runner === runner)
    push('deregistrations', [{ userId: kit.options.runnerId(runner) }])
    return { status: 204 }
  })

  const backfill = (kind: 'activities' | 'activityDetails') =>
    as((exchange, runner) => {
      const { query } = exchange
      const unknown = unknownNames(query, ['summaryStartTimeInSeconds', 'summaryEndTimeInSeconds'])
      const from = Number(query.get('summaryStartTimeInSeconds') ?? Number.NaN)
      const to = Number(query.get('summaryEndTimeInSeconds') ?? Number.NaN)
      const refuse = (status: number, text: string) => {
        kit.violate(exchange, `backfill: ${text}`)
        return problem(status, text)
      }
      if (unknown.length > 0 || !Number.isInteger(from) || !Number.isInteger(to) || to <= from) return refuse(400, 'bad time range')
      if (!granted(runner, 'HISTORICAL_DATA_EXPORT')) return problem(403, 'HISTORICAL_DATA_EXPORT is not granted')
      if (to - from > 30 * DAY_SECONDS) return refuse(400, 'the range exceeds 30 days')
      const earliest = seconds(firstLinkedAt.get(runner) ?? kit.now()) - 31 * DAY_SECONDS
      if (from < earliest) return refuse(400, 'start is before the min start time of one month before the first link')
      const before = asked.filter((one) => one.runner === runner && one.kind === kind)
      if (before.some((one) => from < one.to && one.from < to)) return problem(409, 'duplicate backfill processed')
      asked.push({ runner, kind, from, to })
      const found = kit.list(runner).filter((activity) => seconds(activity.startAt) >= from && seconds(activity.startAt) < to)
      kit.sender.later(kit.options.processingMs, () => (kind === 'activities' ? announce(found) : announceDetails(found)))
      return { status: 202 }
    })

  /** What a ping's callback address holds; without a token it is a pull, which OAuth 2 apps may not do. */
  const pull = (kind: 'activities' | 'activityDetails') =>
    as((exchange, runner) => {
      const ping = pings.get(exchange.query.get('token') ?? '')
      if (!ping || ping.kind !== kind) {
        kit.violate(exchange, 'a pull without the token of a ping')
        return problem(400, 'InvalidPullTokenException failure : null')
      }
      const found = ping.externalIds.map((id) => kit.find(id)).filter((activity) => activity !== null && activity.runner === runner)
      const userId = kit.options.runnerId(runner)
      const rows = found.map((activity) => ({ userId, ...(kind === 'activities' ? summary(activity!) : details(activity!)) }))
      return { status: 200, body: rows }
    })

  const file = as((exchange, runner) => {
    const ticket = tickets.get(exchange.query.get('token') ?? '')
    const activity = ticket && ticket.externalId === exchange.query.get('id') ? kit.find(ticket.externalId) : null
    if (!ticket || !activity || activity.runner !== runner) return problem(404, 'no such file')
    if (!kit.ready(activity)) return problem(404, 'file is not ready')
    if (ticket.used || ticket.expiresAt <= kit.now()) return problem(410, 'file was taken already or is too old')
    ticket.used = true
    return { status: 200, headers: { 'content-type': 'application/octet-stream' }, body: activity.file() }
  })

  const training = garminTraining(kit)
  const routeFailure = (exchange: Exchange): Answer => problem(500, `no route for ${exchange.method} ${exchange.path}`)
  const rest = '/wellness-api/rest'
  return {
    housekeeping: /^\/(di-oauth2-service|wellness-api)\//,
    notFound: routeFailure,
    created: (activity: SimulatedActivity) => announce([activity]),
    updated: (activity: SimulatedActivity, what: string) => {
      if (what !== 'private') announce([activity], 'manuallyUpdatedActivities')
    },
    deleted: () => undefined,
    deauthorised: (runner: number) => push('deregistrations', [{ userId: kit.options.runnerId(runner) }]),
    calendar: training.entries,
    leftovers: training.leftovers,
    removeEntry: training.removeByRunner,
    moveEntry: training.moveByRunner,
    guard: training.guard,
    rescoped(runner: number, scopes: string[]): void {
      const all = Object.fromEntries(permissions.map((name) => [name, scopes.includes(name)]))
      push('userPermissionsChange', [
        {
          userId: kit.options.runnerId(runner),
          summaryId: `x153${kit.number(100)}`,
          permissions: kit.variants.has('permissionsAsObject') ? all : scopes,
          changeTimeInSeconds: seconds(kit.now()),
        },
      ])
    },
    /** `ping`: activities are announced instead of pushed. `details`: details are announced too. The rest: replies seen by clients. */
    variants: ['ping', 'details', 'filesFirst', 'permissionsAsObject', 'scheduleReplyId', 'scheduleReplyNumber', 'scheduleReplyEmpty'],
    routes: [
      ...kit.consentRoutes({
        path: '/oauth2Confirm',
        known: ['response_type', 'client_id', 'code_challenge', 'code_challenge_method', 'redirect_uri', 'state'],
        required: ['response_type', 'client_id', 'redirect_uri', 'code_challenge'],
        codeSeconds: 600,
        pkce: true,
        offered: () => permissions.slice(0, 3).map((id, index) => ({ id, label: permissionLabels[index]!, checked: index < 2 })),
        refusal: { error: 'access_denied' },
        refuse: (text) => problem(400, text),
      }),
      { method: 'POST', path: '/di-oauth2-service/oauth/token', handle: token },
      {
        method: 'GET',
        path: `${rest}/user/id`,
        handle: as((_, runner) => ({ status: 200, body: { userId: kit.options.runnerId(runner) } })),
      },
      {
        method: 'GET',
        path: `${rest}/user/permissions`,
        handle: as((_, runner) => ({ status: 200, body: { permissions: kit.authority.activeGrant(runner)!.scopes } })),
      },
      {
        method: 'GET',
        path: '/userPermissions/',
        handle: as((_, runner) => ({ status: 200, body: kit.authority.activeGrant(runner)!.scopes })),
      },
      { method: 'DELETE', path: `${rest}/user/registration`, handle: disconnect },
      { method: 'GET', path: `${rest}/backfill/activities`, handle: backfill('activities') },
      { method: 'GET', path: `${rest}/backfill/activityDetails`, handle: backfill('activityDetails') },
      { method: 'GET', path: `${rest}/activities`, handle: pull('activities') },
      { method: 'GET', path: `${rest}/activityDetails`, handle: pull('activityDetails') },
      { method: 'GET', path: `${rest}/activityFile`, handle: file },
      ...training.routes,
    ],
  }
}

export const garmin: Definition = {
  options: {
    label: 'Garmin',
    device: 'forerunner265',
    push: { attempts: 8, deadlineMs: 30_000, accepted: (status) => status === 200 },
    newActivityId: (kit) => String(kit.number(20_417_730_000)),
    runnerId: (runner) => `d3c0a1f2-7b6e-4d21-9a55-0000000000${String(runner).padStart(2, '0')}`,
  },
  credentials: { clientId: 'simulated-garmin-client', webhookSecret: 'garmin-push-path-5f0e1c' },
  make,
}
