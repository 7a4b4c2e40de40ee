/** The calls to Wahoo. @see ./readme.md */

import type { z } from 'zod'
import { PlatformError } from '../../errors.ts'
import { call, type Facts, harmless, jsonOf, openFile, parsed, retryAfterOf } from '../http.ts'
import type { Limits, PlatformContext } from '../platform.ts'
import { Plan, Plans, User, Workout, Workouts, type Workouts as WorkoutsPage } from './schema.ts'

const V1 = 'https://api.wahooligan.com/v1'

const numbers = (value: string | null) => (value ?? '').split(',').map((part) => Number.parseInt(part.trim(), 10))

export const limits: Limits = {
  windows: [
    { name: '5min', seconds: 300, calls: 200, per: 'app', align: 'rolling', counts: ['read', 'write'] },
    { name: 'hour', seconds: 3600, calls: 1000, per: 'app', align: 'rolling', counts: ['read', 'write'] },
    { name: 'day', seconds: 86_400, calls: 5000, per: 'app', align: 'rolling', counts: ['read', 'write'] },
  ],
  /** Three numbers in the order day, hour, five minutes. */
  read(headers, status, now) {
    const limit = numbers(headers.get('x-ratelimit-limit'))
    const left = numbers(headers.get('x-ratelimit-remaining'))
    const windows = ['day', 'hour', '5min'].flatMap((name, index) => {
      const [most, rest] = [limit[index] ?? Number.NaN, left[index] ?? Number.NaN]
      return most > 0 && Number.isFinite(rest) ? [{ name, limit: most, used: Math.max(0, most - rest) }] : []
    })
    const reset = numbers(headers.get('x-ratelimit-reset'))[0] ?? Number.NaN
    const seconds = status === 429 ? (retryAfterOf(headers, now) ?? (Number.isFinite(reset) ? Math.min(reset, 86_400) : 300)) : undefined
    if (windows.length === 0 && seconds === undefined) return null
    return { windows, blockedUntil: seconds === undefined ? null : new Date(now.getTime() + seconds * 1000) }
  },
}

export const facts: Facts = {
  id: 'wahoo',
  label: 'Wahoo',
  hosts: [
    { host: 'api.wahooligan.com', use: 'api' },
    { host: 'cdn.wahooligan.com', use: 'file' },
  ],
  limits,
  refusal: (status) =>
    status === 403 ? { remedy: 'give up', what: 'was not given this right by you; connect again and leave all boxes ticked' } : null,
}

export async function userId(ctx: PlatformContext): Promise<string> {
  const answer = await call(ctx, facts, 'read the user', { url: `${V1}/user`, as: 'token' })
  return parsed(facts, answer, User, 'read the user').id
}

export async function tokenLives(ctx: PlatformContext): Promise<boolean> {
  const answer = await call(ctx, facts, 'check the grant', { url: `${V1}/user`, as: 'token', also: [401, 403] })
  return answer.status !== 401
}

/** Takes our app out of the account and ends all of its tokens. */
export async function revoke(ctx: PlatformContext): Promise<void> {
  await call(ctx, facts, 'disconnect', { method: 'DELETE', url: `${V1}/permissions`, as: 'token', also: [401, 404] })
}

/** One page of workouts, the latest start first; planned ones of the future stand at the beginning. */
export async function listWorkouts(ctx: PlatformContext, page: number): Promise<z.output<typeof WorkoutsPage>> {
  const answer = await call(ctx, facts, 'list workouts', { url: `${V1}/workouts`, query: { page, per_page: 100 }, as: 'token' })
  return parsed(facts, answer, Workouts, 'list workouts')
}

export async function getWorkout(ctx: PlatformContext, id: string): Promise<Workout | null> {
  const answer = await call(ctx, facts, 'read a workout', { url: `${V1}/workouts/${encodeURIComponent(id)}`, as: 'token', also: [404] })
  return answer.status === 404 ? null : parsed(facts, answer, Workout, 'read a workout')
}

/** The file of a workout; `null` when the address no longer leads to it. */
export async function getFile(ctx: PlatformContext, address: string): Promise<Uint8Array | null> {
  return openFile(ctx, facts, address, 20)
}

/** The plan with our id, or null. One that was deleted may still be shown. */
export async function findPlan(ctx: PlatformContext, externalId: string): Promise<{ id: string; isDeleted: boolean } | null> {
  const answer = await call(ctx, facts, 'look for a plan', {
    url: `${V1}/plans`,
    query: { external_id: externalId },
    as: 'token',
    also: [404],
  })
  if (answer.status === 404) return null
  const plans = parsed(facts, answer, Plans, 'look for a plan').filter((plan) => plan.external_id === externalId)
  const plan = plans.find(({ deleted }) => deleted !== true) ?? plans[0]
  return plan ? { id: plan.id, isDeleted: plan.deleted === true } : null
}

/** Creates a plan; `null` when one with our id is there already, or the answer does not tell which it is. */
export async function createPlan(ctx: PlatformContext, form: Record<string, string>): Promise<string | null> {
  const answer = await call(ctx, facts, 'write a plan', { method: 'POST', url: `${V1}/plans`, form, as: 'token', also: [409, 422] })
  if (answer.status < 300) {
    const made = Plan.safeParse(jsonOf(answer))
    return made.success ? made.data.id : null
  }
  const told = JSON.stringify(jsonOf(answer) ?? '')
  if (answer.status === 409 || /already (exists|been taken)/i.test(told)) return null
  throw new PlatformError('wahoo', 'give up', `Wahoo did not accept the plan: ${harmless(told)}`, { status: 422 })
}

/** @returns false when the plan is gone */
export async function changePlan(ctx: PlatformContext, id: string, form: Record<string, string>): Promise<boolean> {
  const answer = await call(ctx, facts, 'change a plan', {
    method: 'PUT',
    url: `${V1}/plans/${encodeURIComponent(id)}`,
    form,
    as: 'token',
    also: [404],
  })
  if (answer.status === 404) return false
  const now = Plan.safeParse(jsonOf(answer))
  return !(now.success && now.data.deleted === true)
}

export async function deletePlan(ctx: PlatformContext, id: string): Promise<void> {
  await call(ctx, facts, 'delete a plan', { method: 'DELETE', url: `${V1}/plans/${encodeURIComponent(id)}`, as: 'token', also: [404] })
}

/** Creates a workout; `null` when the answer does not tell its id. */
export async function createWorkout(ctx: PlatformContext, form: readonly (readonly [string, string])[]): Promise<string | null> {
  const answer = await call(ctx, facts, 'write a workout', { method: 'POST', url: `${V1}/workouts`, form, as: 'token' })
  const made = Workout.safeParse(jsonOf(answer))
  return made.success ? made.data.id : null
}

/** @returns false when the workout is gone */
export async function changeWorkout(ctx: PlatformContext, id: string, form: readonly (readonly [string, string])[]): Promise<boolean> {
  const url = `${V1}/workouts/${encodeURIComponent(id)}`
  return (await call(ctx, facts, 'change a workout', { method: 'PUT', url, form, as: 'token', also: [404] })).status !== 404
}

export async function deleteWorkout(ctx: PlatformContext, id: string): Promise<void> {
  await call(ctx, facts, 'delete a workout', {
    method: 'DELETE',
    url: `${V1}/workouts/${encodeURIComponent(id)}`,
    as: 'token',
    also: [404],
  })
}
