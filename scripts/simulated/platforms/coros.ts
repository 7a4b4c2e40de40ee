/** A pretend COROS: sign-in, result codes, batched pushes, int64 ids and signed file addresses. The schedule stands in coros-schedule.ts. */
import { addDays, type Day, daysBetween } from '../../../src/core/days.ts'
import type { Definition } from '../implementation.ts'
import { formOf, isForm, type Kit, unknownNames } from '../kit.ts'
import type { Token } from '../oauth.ts'
import { RateLimit } from '../rate-limit.ts'
import type { Answer, Exchange, SimulatedActivity } from '../types.ts'
import { corosSchedule } from './coros-schedule.ts'

const LIFE_SECONDS = 2_592_000
const FILE_SECONDS = 7200
const modes: Record<SimulatedActivity['surface'], [number, number]> = { road: [8, 1], treadmill: [8, 2], trail: [15, 1], track: [20, 1] }

/** An int64 stands in the JSON text as a bare number, digit for digit. */
const int64 = (value: string) => `int64:${value}`
const bare = (value: unknown) => JSON.stringify(value).replace(/"int64:(\d+)"/g, '$1')
const compact = (day: Day) => day.replaceAll('-', '')

function make(kit: Kit) {
  const limit = new RateLimit([{ limit: 1000, seconds: 60 }])
  const result = (code: string, message: string, data?: unknown): Answer => ({
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: bare(data === undefined ? { result: code, message } : { result: code, message, data }),
  })
  const ok = (data?: unknown) => result('0000', 'OK', data)
  const refuse = (exchange: Exchange, text: string): Answer => {
    kit.violate(exchange, text)
    return result('1031', text)
  }
  const mode = (activity: SimulatedActivity): [number, number] => (activity.sport === 'strength' ? [23, 2] : modes[activity.surface])
  const account = (runner: number) => `40741900${runner}`

  function fileUrl(activity: SimulatedActivity): string {
    const expires = Math.floor(kit.now().getTime() / 1000) + FILE_SECONDS
    return `https://oss.coros.com/fit/${account(activity.runner)}/${activity.externalId}.fit?Expires=${expires}&Signature=${signature(activity, expires)}`
  }
  const signature = (activity: SimulatedActivity, expires: number) => `${activity.externalId.slice(-6)}${expires}`

  function item(activity: SimulatedActivity): object {
    const [main, sub] = mode(activity)
    const quarter = activity.offsetSeconds / 900
    const pace = activity.distanceMeters ? Math.round((1000 * activity.seconds) / activity.distanceMeters) : 0
    const start = Math.floor(activity.startAt.getTime() / 1000)
    const hasFile = !activity.manual && activity.notReadyReads === 0 && !kit.variants.has('noFileUrl')
    return {
      openId: kit.options.runnerId(activity.runner),
      labelId: int64(activity.externalId),
      mode: main,
      subMode: sub,
      deviceName: activity.device,
      distance: activity.distanceMeters ?? 0,
      duration: Math.round(activity.seconds),
      calorie: Math.round(activity.seconds / 5) * 1000,
      avgSpeed: pace,
      avgFrequency: activity.averageCadence ?? 0,
      step: Math.round(((activity.averageCadence ?? 0) * activity.seconds) / 60),
      startTime: start,
      endTime: start + Math.round(activity.seconds),
      startTimezone: quarter,
      endTimezone: quarter,
      ...(hasFile ? { fitUrl: fileUrl(activity) } : {}),
      ...(activity.entryId === null ? {} : { planWorkoutId: int64(schedule.planWorkoutId(activity.entryId)) }),
      triathlonItemList: null,
    }
  }

  function push(activity: SimulatedActivity): void {
    if (!kit.authority.activeGrant(activity.runner)) return
    const body = bare({ sportDataList: [item(activity)] })
    const headers = { client: kit.app.clientId, secret: kit.app.clientSecret }
    kit.sender.send({
      kind: 'sportDataList',
      body,
      headers,
      forged: { body, headers: { ...headers, secret: 'a secret of somebody else' } },
      garbled: { body: body.slice(0, -8), headers },
    })
  }

  function tokens(exchange: Exchange): Answer {
    const form = formOf(exchange)
    const unknown = unknownNames(form, ['client_id', 'client_secret', 'redirect_uri', 'code', 'grant_type'])
    if (!isForm(exchange) || unknown.length > 0 || form.get('grant_type') !== 'authorization_code')
      return refuse(exchange, `accesstoken: ${unknown.join(', ') || 'grant_type'} is wrong`)
    if (form.get('client_id') !== kit.app.clientId || form.get('client_secret') !== kit.app.clientSecret)
      return result('1031', 'client invalid')
    const code = kit.authority.takeCode(form.get('code'), kit.now())
    if (!code || code.redirectUri !== form.get('redirect_uri')) return result('5001', 'code invalid')
    kit.authority.end((grant) => grant.runner === code.runner)
    const grant = kit.authority.grant(code.runner, code.scopes)
    const access = kit.authority.issue('access', grant, kit.now(), LIFE_SECONDS)
    const refresh = kit.authority.issue('refresh', grant, kit.now(), null)
    const body = {
      access_token: access.value,
      refresh_token: refresh.value,
      expires_in: LIFE_SECONDS,
      openId: kit.options.runnerId(code.runner),
    }
    return { status: 200, body }
  }

  function refresh(exchange: Exchange): Answer {
    const form = formOf(exchange)
    const unknown = unknownNames(form, ['client_id', 'client_secret', 'refresh_token', 'grant_type'])
    if (!isForm(exchange) || unknown.length > 0 || form.get('grant_type') !== 'refresh_token')
      return refuse(exchange, `refresh-token: ${unknown.join(', ') || 'grant_type'} is wrong`)
    if (form.get('client_id') !== kit.app.clientId || form.get('client_secret') !== kit.app.clientSecret)
      return result('1031', 'client invalid')
    const token = kit.authority.valid(form.get('refresh_token'), 'refresh', kit.now())
    const access = token ? kit.authority.tokens.findLast((one) => one.kind === 'access' && one.grant === token.grant) : null
    if (!access) return result('5006', 'token invalid')
    access.expiresAt = new Date(kit.now().getTime() + LIFE_SECONDS * 1000)
    return ok()
  }

  /** The owner of the token, who must be the one of `openId` where that is asked for. */
  function caller(fields: URLSearchParams, withOpenId = true): Token | Answer {
    const token = kit.authority.valid(fields.get('token'), 'access', kit.now())
    if (!token) return result('5006', 'token invalid')
    if (withOpenId && fields.get('openId') !== kit.options.runnerId(token.grant.runner)) return result('5010', 'openId invalid')
    return token
  }
  const isAnswer = (value: Token | Answer): value is Answer => 'status' in value

  const list = (exchange: Exchange): Answer => {
    const { query } = exchange
    const token = caller(query)
    if (isAnswer(token)) return token
    const unknown = unknownNames(query, ['token', 'openId', 'startDate', 'endDate'])
    const [start, end] = ['startDate', 'endDate'].map((name) => dayOfNumber(query.get(name)))
    if (unknown.length > 0 || !start || !end || end < start) return refuse(exchange, 'sport/list needs startDate and endDate as YYYYMMDD')
    if (daysBetween(start, end) > 29) return refuse(exchange, 'sport/list takes at most 30 days')
    if (daysBetween(start, kit.today()) > 92) return refuse(exchange, 'sport/list reaches back three months at most')
    const rows = kit.list(token.grant.runner).filter((activity) => {
      const day = new Date(activity.startAt.getTime() + activity.offsetSeconds * 1000).toISOString().slice(0, 10)
      return day >= start && day <= end
    })
    return ok(rows.map(item))
  }

  const detail = (exchange: Exchange): Answer => {
    const { query } = exchange
    const token = caller(query)
    if (isAnswer(token)) return token
    const unknown = unknownNames(query, ['token', 'openId', 'labelId', 'mode', 'subMode'])
    if (unknown.length > 0 || !query.get('labelId')) return refuse(exchange, 'sport/detail/fit needs labelId, mode and subMode')
    // A push may tell of a workout that is gone when it is asked for: an answer like any other, and no offence.
    const activity = kit.find(query.get('labelId') ?? '')
    if (!activity || activity.runner !== token.grant.runner) return result('1031', 'no such workout')
    const [main, sub] = mode(activity)
    if (query.get('mode') !== String(main) || query.get('subMode') !== String(sub))
      return refuse(exchange, 'sport/detail/fit: mode and subMode are wrong')
    if (!kit.ready(activity)) return result('5016', 'temporarily unavailable')
    if (activity.manual) return result('5001', 'no file')
    return ok({ labelId: int64(activity.externalId), mode: main, subMode: sub, fitUrl: fileUrl(activity) })
  }

  const schedule = corosSchedule(kit, { caller, isAnswer, refuse, ok, result })
  return {
    housekeeping: /^\/oauth2\//,
    /** `noFileUrl`: items come without a file address. `noTrainingPlan`: the app may not write schedules. */
    variants: ['noFileUrl', 'noTrainingPlan'],
    notFound: (): Answer => ({ status: 404, body: { result: '1031', message: 'no such path' } }),
    guard: (): Answer | null => (limit.take(kit.now(), false).allowed ? null : { status: 429, headers: { 'retry-after': '60' }, body: '' }),
    created: push,
    updated: () => undefined,
    deleted: () => undefined,
    deauthorised: () => undefined,
    calendar: schedule.entries,
    removeEntry: schedule.removeByRunner,
    moveEntry: schedule.moveByRunner,
    routes: [
      ...kit.consentRoutes({
        path: '/oauth2/authorize',
        known: ['client_id', 'redirect_uri', 'response_type', 'state', 'scope'],
        required: ['client_id', 'redirect_uri', 'response_type', 'state'],
        codeSeconds: 1800,
        offered: () => [{ id: 'all', label: 'everything', checked: true, required: true }],
        refusal: { error: 'access_denied' },
        refuse: (text) => result('1031', text),
      }),
      { method: 'POST', path: '/oauth2/accesstoken', handle: tokens },
      { method: 'POST', path: '/oauth2/refresh-token', handle: refresh },
      {
        method: 'POST',
        path: '/oauth2/deauthorize',
        handle(exchange: Exchange): Answer {
          const token = caller(exchange.query, false)
          if (isAnswer(token)) return token
          kit.authority.end((grant) => grant === token.grant)
          return ok()
        },
      },
      {
        method: 'GET',
        path: '/coros/bindState',
        handle(exchange: Exchange): Answer {
          const token = kit.authority.find(exchange.query.get('token'), 'access')
          const known = token !== null && exchange.query.get('openId') === kit.options.runnerId(token.grant.runner)
          return known ? ok({ bindState: token.grant.active ? 1 : 0 }) : result('5006', 'token invalid')
        },
      },
      {
        method: 'GET',
        path: '/v2/user',
        handle(exchange: Exchange): Answer {
          const token = caller(exchange.query, false)
          return isAnswer(token) ? token : ok({ openId: kit.options.runnerId(token.grant.runner) })
        },
      },
      { method: 'GET', path: '/v2/coros/sport/list', handle: list },
      { method: 'GET', path: '/v2/coros/sport/detail/fit', handle: detail },
      {
        method: 'GET',
        path: '/fit/:account/:name',
        handle(exchange: Exchange): Answer {
          const activity = kit.find((exchange.params.name ?? '').replace(/\.fit$/, ''))
          const expires = Number(exchange.query.get('Expires'))
          if (exchange.headers.authorization) kit.violate(exchange, 'the file host is not to be given the token')
          if (!activity || account(activity.runner) !== exchange.params.account) return { status: 404, body: '' }
          if (exchange.query.get('Signature') !== signature(activity, expires) || expires * 1000 <= kit.now().getTime())
            return { status: 403, body: '' }
          return { status: 200, headers: { 'content-type': 'application/octet-stream' }, body: activity.file() }
        },
      },
      ...schedule.routes,
    ],
  }
}

/** `YYYYMMDD` as a day; `null` when it is none. */
function dayOfNumber(value: string | null): Day | null {
  const match = /^(\d{4})(\d{2})(\d{2})$/.exec(value ?? '')
  if (!match) return null
  const day = `${match[1]}-${match[2]}-${match[3]}`
  try {
    return compact(addDays(day, 0)) === value ? day : null
  } catch {
    return null
  }
}

export const coros: Definition = {
  options: {
    label: 'COROS',
    device: 'COROS PACE 3',
    push: {
      attempts: 3,
      deadlineMs: 10_000,
      accepted(status, body) {
        try {
          return status === 200 && (JSON.parse(body) as { result?: unknown }).result === '0000'
        } catch {
          return false
        }
      },
    },
    newActivityId: (kit) => `4181733159563${kit.number(75_553)}`,
    runnerId: (runner) => `f3a1c9d2e4b5a697${String(runner).padStart(4, '0')}`,
  },
  credentials: { clientId: 'simulated-coros-client', webhookSecret: null },
  make,
}
