/** A pretend Wahoo Cloud: sign-in with single-use refresh, the push with its token, workouts as runs. Plans stand in wahoo-plans.ts. */
import type { Definition } from '../implementation.ts'
import { formOf, isForm, type Kit, runnerName, unknownNames } from '../kit.ts'
import { type Grant, verifierFits } from '../oauth.ts'
import { RateLimit } from '../rate-limit.ts'
import type { Answer, Exchange, SimulatedActivity } from '../types.ts'
import { isAnswer, problem, wahooCaller } from './wahoo-caller.ts'
import { wahooPlans } from './wahoo-plans.ts'

const scopeNames =
  'email user_read user_write workouts_read workouts_write plans_read plans_write power_zones_read power_zones_write routes_read routes_write offline_data'.split(
    ' ',
  )
const ACCESS_SECONDS = 7200
const TOKEN_CAP = 10
const types: Record<SimulatedActivity['surface'], number> = { road: 1, track: 3, trail: 4, treadmill: 5 }
const fileHost = 'https://cdn.wahooligan.com'
const filePath = '/wahoo-cloud/production/uploads/workout_file/file'

function make(kit: Kit) {
  const production = kit.options.tier === 'production'
  const sizes = production ? [5000, 1000, 200] : [250, 100, 25]
  const limit = new RateLimit([
    { limit: sizes[0]!, seconds: 86_400 },
    { limit: sizes[1]!, seconds: 3600 },
    { limit: sizes[2]!, seconds: 300 },
  ])
  const revisions = new Map<string, { edited: boolean }>()
  const instant = (at: Date) => at.toISOString()
  const decimal = (value: number | null) => (value === null ? null : value.toFixed(1))

  function summary(activity: SimulatedActivity): object {
    const speed = activity.distanceMeters === null ? null : (activity.distanceMeters / activity.seconds).toFixed(2)
    const hasFile = !activity.manual && activity.notReadyReads === 0
    return {
      id: Number(activity.externalId) + 5_000_000,
      ascent_accum: decimal(activity.ascentMeters),
      cadence_avg: activity.averageCadence === null ? null : decimal(activity.averageCadence / 2),
      calories_accum: decimal(activity.seconds / 5),
      distance_accum: decimal(activity.distanceMeters),
      duration_active_accum: decimal(activity.seconds),
      duration_paused_accum: '0.0',
      duration_total_accum: decimal(activity.seconds),
      heart_rate_avg: decimal(activity.averageHeartRate),
      power_bike_np_last: null,
      power_bike_tss_last: null,
      power_avg: null,
      speed_avg: speed,
      work_accum: null,
      created_at: instant(activity.uploadedAt),
      updated_at: instant(activity.updatedAt),
      manual: activity.manual,
      edited: revisions.get(activity.externalId)?.edited ?? false,
      fitness_app_id: kit.variants.has('thirdParty') ? 1042 : 7,
      file: hasFile ? { url: `${fileHost}${filePath}/${activity.externalId}/${activity.startAt.toISOString().slice(0, 10)}.fit` } : null,
    }
  }

  function workout(activity: SimulatedActivity): Record<string, unknown> {
    const planId = activity.entryId === null ? null : plans.planOfEntry(activity.entryId)
    return {
      id: Number(activity.externalId),
      starts: instant(activity.startAt),
      minutes: Math.round(activity.seconds / 60),
      name: activity.title,
      plan_id: planId,
      plan_ids: planId === null ? [] : [planId],
      route_id: null,
      workout_token: `ELEMNT 5F2A:${activity.externalId}`,
      workout_type_id: activity.sport === 'strength' ? 42 : types[activity.surface],
      created_at: instant(activity.uploadedAt),
      updated_at: instant(activity.updatedAt),
    }
  }

  function push(activity: SimulatedActivity): void {
    if (!kit.authority.grants.some((grant) => grant.runner === activity.runner && grant.active && grant.scopes.includes('offline_data')))
      return
    const body = (token: string | null) =>
      JSON.stringify({
        event_type: 'workout_summary',
        webhook_token: token,
        user: { id: Number(kit.options.runnerId(activity.runner)) },
        workout_summary: { ...summary(activity), workout: workout(activity) },
      })
    const sent = body(kit.app.webhookSecret)
    kit.sender.send({
      kind: 'workout_summary',
      body: sent,
      headers: {},
      forged: { headers: {}, body: body('00000000-0000-4000-8000-000000000000') },
      garbled: { headers: {}, body: sent.slice(0, -12) },
    })
  }

  function token(exchange: Exchange): Answer {
    const oauthError = (error: string, text: string, status = 400) => ({ status, body: { error, error_description: text } })
    const form = formOf(exchange)
    const unknown = unknownNames(form, [
      'grant_type',
      'client_id',
      'client_secret',
      'code',
      'redirect_uri',
      'code_verifier',
      'refresh_token',
    ])
    if (!isForm(exchange) || unknown.length > 0) {
      kit.violate(exchange, `token: ${unknown.join(', ') || 'a form is needed'}`)
      return oauthError('invalid_request', 'unknown parameter')
    }
    if (form.get('client_id') !== kit.app.clientId || form.get('client_secret') !== kit.app.clientSecret)
      return oauthError('invalid_client', 'Client authentication failed', 401)
    const full = (runner: number) =>
      kit.authority.tokens.filter((one) => one.kind === 'access' && !one.dead && one.grant.active && one.grant.runner === runner).length >=
      TOKEN_CAP
    const cap = {
      status: 400,
      body: {
        error:
          'Too many unrevoked access tokens exist for this app and user. You can only create a new token if you revoke an old one first.',
      },
    }
    if (form.get('grant_type') === 'authorization_code') {
      const code = kit.authority.takeCode(form.get('code'), kit.now())
      if (!code || code.redirectUri !== form.get('redirect_uri'))
        return oauthError('invalid_grant', 'The provided authorization grant is invalid')
      if (code.challenge !== null && !verifierFits(form.get('code_verifier'), code.challenge))
        return oauthError('invalid_grant', 'code_verifier is wrong')
      return full(code.runner) ? cap : pair(kit.authority.grant(code.runner, code.scopes))
    }
    if (form.get('grant_type') !== 'refresh_token') return oauthError('unsupported_grant_type', 'grant_type is wrong')
    const refresh = kit.authority.valid(form.get('refresh_token'), 'refresh', kit.now())
    if (!refresh) return oauthError('invalid_grant', 'The provided authorization grant is invalid, expired, or revoked')
    if (full(refresh.grant.runner)) return cap
    refresh.dead = true
    return pair(refresh.grant)
  }
  function pair(grant: Grant): Answer {
    const access = kit.authority.issue('access', grant, kit.now(), ACCESS_SECONDS)
    const refresh = kit.authority.issue('refresh', grant, kit.now(), null)
    return {
      status: 200,
      body: {
        access_token: access.value,
        token_type: 'Bearer',
        expires_in: ACCESS_SECONDS,
        refresh_token: refresh.value,
        scope: grant.scopes.join(' '),
        created_at: Math.floor(kit.now().getTime() / 1000),
      },
    }
  }

  const as = (scope: string | null, work: (exchange: Exchange, runner: number) => Answer) => (exchange: Exchange) => {
    const caller = wahooCaller(kit, exchange, scope)
    return isAnswer(caller) ? caller : work(exchange, caller.runner)
  }
  const plans = wahooPlans(kit, as)
  const recorded = (exchange: Exchange, runner: number) => {
    const activity = kit.find(exchange.params.id ?? '')
    return activity && activity.runner === runner ? activity : null
  }

  const list = as('workouts_read', (exchange, runner) => {
    const { query } = exchange
    const [page, perPage] = [Number(query.get('page') ?? 1), Number(query.get('per_page') ?? 30)]
    const bad = !Number.isInteger(page) || !Number.isInteger(perPage) || page < 1 || perPage < 1 || perPage > 100
    const unknown = unknownNames(query, ['page', 'per_page'])
    if (unknown.length > 0 || bad) {
      kit.violate(exchange, `workouts: ${unknown.join(', ') || 'page or per_page'} is wrong`)
      return problem(422, { page: ['is invalid'] })
    }
    const rows = [
      ...kit.list(runner).map((activity) => ({ ...workout(activity), workout_summary: summary(activity) })),
      ...plans.planned(runner),
    ].sort((a, b) => String((b as { starts: string }).starts).localeCompare(String((a as { starts: string }).starts), 'en'))
    const shown = rows.slice((page - 1) * perPage, page * perPage)
    return { status: 200, body: { workouts: shown, total: rows.length, page, per_page: perPage, order: 'descending', sort: 'starts' } }
  })

  const one = as('workouts_read', (exchange, runner) => {
    const activity = recorded(exchange, runner)
    if (activity) {
      kit.ready(activity)
      return { status: 200, body: { ...workout(activity), workout_summary: summary(activity) } }
    }
    const planned = plans.planned(runner).find((row) => String(row.id) === exchange.params.id)
    return planned ? { status: 200, body: planned } : problem(404)
  })

  const oneSummary = as('workouts_read', (exchange, runner) => {
    const activity = recorded(exchange, runner)
    if (!activity) return problem(404)
    kit.ready(activity)
    return { status: 200, body: summary(activity) }
  })

  return {
    housekeeping: /^\/(oauth\/|v1\/permissions$)/,
    /** `thirdParty`: runs were uploaded by another app. */
    variants: ['thirdParty'],
    notFound: () => problem(404),
    guard(exchange: Exchange): Answer | null {
      if (!exchange.path.startsWith('/v1/')) return null
      const { allowed, resetSeconds } = limit.take(kit.now(), false)
      if (allowed) return null
      return {
        status: 429,
        headers: { 'x-ratelimit-reset': String(resetSeconds), 'retry-after': String(resetSeconds) },
        body: { error: 'Rate limit exceeded' },
      }
    },
    finish(exchange: Exchange, answer: Answer): Answer {
      if (!exchange.path.startsWith('/v1/')) return answer
      const left = limit.peek(kit.now()).usage.map((used, index) => Math.max(0, sizes[index]! - used))
      const headers = {
        'x-ratelimit-limit': sizes.join(','),
        'x-ratelimit-remaining': left.join(','),
        'x-ratelimit-reset': '300',
        ...answer.headers,
      }
      return { ...answer, headers }
    },
    created(activity: SimulatedActivity): void {
      const early = activity.notReadyReads > 0
      push(activity)
      if (!early) return
      kit.sender.later(kit.options.processingMs, () => {
        activity.notReadyReads = 0
        activity.updatedAt = new Date(Math.max(kit.now().getTime(), activity.updatedAt.getTime() + 1))
        push(activity)
      })
    },
    updated(activity: SimulatedActivity, what: string): void {
      if (what === 'private') return
      revisions.set(activity.externalId, { edited: true })
      activity.updatedAt = new Date(Math.max(kit.now().getTime(), activity.uploadedAt.getTime() + 1))
      push(activity)
    },
    deleted: () => undefined,
    deauthorised: () => undefined,
    calendar: plans.entries,
    leftovers: plans.leftovers,
    removeEntry: plans.removeByRunner,
    moveEntry: plans.moveByRunner,
    routes: [
      ...kit.consentRoutes({
        path: '/oauth/authorize',
        known: ['client_id', 'redirect_uri', 'response_type', 'scope', 'state', 'code_challenge', 'code_challenge_method'],
        required: ['client_id', 'redirect_uri', 'response_type', 'scope'],
        codeSeconds: 600,
        offered: (query) =>
          (query.get('scope') ?? '')
            .split(' ')
            .filter((scope) => scopeNames.includes(scope))
            .map((id) => ({ id, label: id.replaceAll('_', ' '), checked: true, required: true })),
        refusal: { error: 'access_denied', error_description: 'The resource owner or authorization server denied the request.' },
        refuse: (text) => ({ status: 400, body: { error: 'invalid_request', error_description: text } }),
      }),
      { method: 'POST', path: '/oauth/token', handle: token },
      {
        method: 'DELETE',
        path: '/v1/permissions',
        handle: as(null, (_, runner) => {
          kit.authority.end((grant) => grant.runner === runner)
          return { status: 204 }
        }),
      },
      {
        method: 'GET',
        path: '/v1/user',
        handle: as('user_read', (_, runner) => {
          const [first, last] = runnerName(runner).split(' ')
          return { status: 200, body: { id: Number(kit.options.runnerId(runner)), first, last, height: '1.68', weight: '58.0' } }
        }),
      },
      { method: 'GET', path: '/v1/workouts', handle: list },
      ...plans.routes,
      { method: 'GET', path: '/v1/workouts/:id', handle: one },
      { method: 'GET', path: '/v1/workouts/:id/workout_summary', handle: oneSummary },
      {
        method: 'GET',
        path: `${filePath}/:id/:name`,
        handle(exchange: Exchange): Answer {
          const activity = kit.find(exchange.params.id ?? '')
          if (exchange.headers.authorization) kit.violate(exchange, 'the file host is not to be given the token')
          if (!activity || activity.manual) return { status: 404, body: 'not found' }
          return { status: 200, headers: { 'content-type': 'application/octet-stream' }, body: activity.file() }
        },
      },
    ],
  }
}

export const wahoo: Definition = {
  options: {
    label: 'Wahoo',
    device: 'ELEMNT RIVAL',
    push: { attempts: 5, deadlineMs: 10_000, accepted: (status) => status === 200 },
    newActivityId: (kit) => String(kit.number(56_500)),
    runnerId: (runner) => String(60_461 + runner),
  },
  credentials: { clientId: 'simulated-wahoo-client', webhookSecret: '97661c16-6359-4854-9498-a49c07b6ec11' },
  make,
}
