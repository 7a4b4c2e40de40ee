/** The calls to COROS: status 200 with a code of its own inside, the token in query or form. @see ./readme.md */
import { z } from 'zod'
import { PlatformError, type Remedy } from '../../errors.ts'
import { type Call, call, type Facts, noRateHeaders, openFile, parsed } from '../http.ts'
import type { Limits, PlatformContext, Refusal } from '../platform.ts'
import { BindState, Deleted, Detail, Envelope, Profile, Pushed, type Workout, Workouts } from './schema.ts'

export const BASE = 'https://open.coros.com'

export const limits: Limits = {
  windows: [{ name: 'minute', seconds: 60, calls: 900, per: 'app', align: 'rolling', counts: ['read', 'write', 'oauth'] }],
  read: noRateHeaders,
}

const noFeature: Refusal = { remedy: 'app refused', what: 'has not switched this feature on for our app' }

export const facts: Facts = {
  id: 'coros',
  label: 'COROS',
  hosts: [
    { host: 'open.coros.com', use: 'api' },
    { host: 'oss.coros.com', use: 'file' },
    { host: '*.cloudfront.net', use: 'file' },
  ],
  limits,
  // A code in the body says more than the status, which is 200 as a rule and need not be.
  refusal(status, body) {
    const envelope = Envelope.safeParse(body)
    const known = codes[(envelope.success ? envelope.data.result : null)?.trim() ?? '']
    return known ?? (status === 403 ? noFeature : null)
  },
}

const codes: Record<string, { remedy: Remedy; what: string }> = {
  '1008': { remedy: 'give up', what: 'finds it too large' },
  '1031': { remedy: 'give up', what: 'does not accept the values' },
  '5001': { remedy: 'give up', what: 'refused for good' },
  '5006': { remedy: 'reconnect', what: 'no longer accepts the token' },
  '5010': { remedy: 'reconnect', what: 'no longer knows the user' },
  '5016': { remedy: 'retry', what: 'is not ready' },
  '30009': noFeature,
}
/** Doubles count as done. */
const fine = new Set(['5082', '13001'])

export function isSuccess(result: string | null): boolean {
  return result !== null && (/^0+$/.test(result.trim()) || fine.has(result.trim()))
}

/** The refusal behind a result code. */
export function refusalOf(result: string | null, what: string): PlatformError {
  const known = codes[result?.trim() ?? '']
  const said = known?.what ?? 'refused'
  return new PlatformError(
    'coros',
    known?.remedy ?? 'give up',
    `COROS ${said} (${what}, result ${/^\d{1,6}$/.test(result ?? '') ? result : 'missing'})`,
  )
}

type Asked = Omit<Call, 'as' | 'url'> & { path: string; also5016?: boolean; flat?: boolean }

/**
 * One call; the token is added to the query, or to the form of a writing one.
 * @returns data, or `undefined` for "not ready"; `flat`: its fields, which may also stand beside `data`
 */
async function ask(ctx: PlatformContext, what: string, { path, also5016, flat, ...request }: Asked): Promise<unknown> {
  const identity = { token: ctx.tokens?.access ?? '', ...(ctx.externalUserId ? { openId: ctx.externalUserId } : {}) }
  const form = request.form as Record<string, string> | undefined
  const placed = form ? { form: { ...identity, ...form } } : { query: { ...identity, ...request.query } }
  const answer = await call(ctx, facts, what, { ...request, ...placed, url: `${BASE}${path}`, as: 'nobody' })
  const envelope = parsed(facts, answer, Envelope, what)
  const { data } = envelope
  if (isSuccess(envelope.result)) return flat && (data === null || data === undefined) ? envelope : data
  if (also5016 && envelope.result?.trim() === '5016') return undefined
  throw refusalOf(envelope.result, what)
}

const read = <T extends z.ZodType>(schema: T, data: unknown, what: string): z.output<T> => {
  const result = schema.safeParse(data)
  if (!result.success) throw new PlatformError('coros', 'give up', `${what}: the answer has another shape than expected`)
  return result.data
}

const compact = (day: string) => day.replaceAll('-', '')

/** Workouts of at most 30 local days. */
export async function listWorkouts(ctx: PlatformContext, startDay: string, endDay: string): Promise<Workout[]> {
  const query = { startDate: compact(startDay), endDate: compact(endDay) }
  const data = await ask(ctx, 'list workouts', { path: '/v2/coros/sport/list', query, flat: true })
  const fields = z.looseObject({ sportDataList: z.unknown().optional() }).safeParse(data)
  const told = fields.success && ('sportDataList' in fields.data || 'result' in fields.data)
  const items = told ? (fields.data.sportDataList ?? []) : data
  const workouts = read(Workouts, items, 'list workouts')
  // What is not listed counts as deleted, so a list that cannot be read must not pass for an empty one.
  if (workouts.length === 0 && !(Array.isArray(items) && items.length === 0))
    throw new PlatformError('coros', 'give up', 'list workouts: no workout has the expected shape')
  return workouts
}

/** A fresh address of the file; `null` when there is none yet. */
export async function freshFileUrl(
  ctx: PlatformContext,
  workout: { labelId: string; mode: string; subMode: string },
): Promise<string | null> {
  const data = await ask(ctx, 'ask for the file', { path: '/v2/coros/sport/detail/fit', query: workout, also5016: true })
  const detail = read(Detail, data ?? {}, 'ask for the file')
  const other = (given: string | number | null, asked: string) => given !== null && String(given) !== asked
  if (other(detail.labelId, workout.labelId) || other(detail.mode, workout.mode) || other(detail.subMode, workout.subMode)) {
    throw new PlatformError('coros', 'give up', 'COROS answered with another workout than was asked')
  }
  return detail.fitUrl || null
}

/** The file; `null` when the address has expired, or has another form and is not asked. */
export async function getFile(ctx: PlatformContext, address: string): Promise<Uint8Array | null> {
  if (/^\/fit\/[\w.-]+\/[\w.-]+\.fit$/i.test(URL.parse(address)?.pathname ?? '')) return openFile(ctx, facts, address, 30)
  ctx.log.warn('the address of a file has another form than expected', { platform: 'coros' })
  return null
}

/** Sends the schedule of a window of days. @returns ids of ours that the push took away */
export async function pushSchedule(ctx: PlatformContext, schedule: object): Promise<string[]> {
  const form = { data: JSON.stringify(schedule) }
  return read(
    Pushed,
    (await ask(ctx, 'write the schedule', { method: 'POST', path: '/coros/tp/list/push', form })) ?? {},
    'write the schedule',
  )
}

export async function deleteWorkouts(ctx: PlatformContext, ids: number[]): Promise<void> {
  const form = { workoutIds: JSON.stringify(ids) }
  const data = await ask(ctx, 'withdraw a session', { method: 'POST', path: '/coros/tp/workout/deleteById', form })
  // Gone already or done already: nothing tells which, and neither can be mended.
  const kept = Deleted.parse(data).failIdList ?? []
  if (kept.length > 0) ctx.log.warn('coros did not take sessions away', { count: kept.length })
}

export async function isBound(ctx: PlatformContext): Promise<boolean> {
  try {
    const data = await ask(ctx, 'check the grant', { path: '/coros/bindState', flat: true })
    return read(BindState, data, 'check the grant').bindState
  } catch (error) {
    if (error instanceof PlatformError && error.remedy === 'reconnect') return false
    throw error
  }
}

export async function openIdOf(ctx: PlatformContext): Promise<string> {
  return read(Profile, await ask(ctx, 'read the user', { path: '/v2/user', flat: true }), 'read the user').openId
}

export async function deauthorize(ctx: PlatformContext): Promise<void> {
  const query = { token: ctx.tokens?.access ?? '' }
  const request = { method: 'POST', url: `${BASE}/oauth2/deauthorize`, query, as: 'nobody', kind: 'oauth', also: [401, 404] } as const
  const answer = await call(ctx, facts, 'disconnect', request)
  if (answer.status >= 300 || answer.bytes.length === 0) return
  const { result } = parsed(facts, answer, Envelope, 'disconnect')
  if (!isSuccess(result) && result?.trim() !== '5006' && result?.trim() !== '5010') throw refusalOf(result, 'disconnect')
}
