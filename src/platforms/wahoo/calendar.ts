/** Sessions at Wahoo: a plan holds the steps, a dated workout points at it. A plan alone never shows. */
import { addDays, type Day } from '../../core/days.ts'
import { PlatformError } from '../../errors.ts'
import { markerIn } from '../marker.ts'
import type { Calendar, Found, Known, PlatformContext, PutRequest } from '../platform.ts'
import * as api from './api.ts'
import { digestOfEntry, loses, planForm, workoutForm } from './map.ts'
import type { Workout } from './schema.ts'

/** A page may hold fewer than were asked for; the total tells, and without it an empty page. */
export const isLastPage = (page: number, length: number, total: number | null): boolean =>
  length === 0 || (total !== null && page * length >= total)

/** Planned workouts that start on or after a day, newest first. */
async function plannedSince(ctx: PlatformContext, day: Day): Promise<Workout[]> {
  const found: Workout[] = []
  for (let page = 1; page <= 20; page++) {
    const { workouts, total } = await api.listWorkouts(ctx, page)
    found.push(...workouts.filter(({ workout_summary, starts }) => workout_summary === null && (starts ?? '') >= day))
    const last = workouts.at(-1)
    if (!last || (last.starts ?? '') < day || isLastPage(page, workouts.length, total)) break
  }
  return found
}

/** A plan's id, and its name of ours where that is not the session's marker. */
type PlanParts = { planId?: string; planName?: string }

const knownOf = (plan: PlanParts, workoutId: string): Known => ({ externalId: workoutId, parts: { workoutId, ...plan } })

/** The plan with today's content. The name of one that was deleted may stay taken: then the next name is. */
async function planFor(ctx: PlatformContext, { entry, known }: PutRequest): Promise<PlanParts> {
  const { planId: knownId, planName } = known?.parts ?? {}
  const partsOf = (planId: string, name: string): PlanParts => ({ planId, ...(name === entry.marker ? {} : { planName: name }) })
  if (knownId && (await api.changePlan(ctx, knownId, planForm(entry, ctx.now(), planName))))
    return partsOf(knownId, planName ?? entry.marker)
  for (const name of [entry.marker, `${entry.marker}.2`, `${entry.marker}.3`, `${entry.marker}.4`]) {
    const form = planForm(entry, ctx.now(), name)
    const made = await api.createPlan(ctx, form)
    if (made) return partsOf(made, name)
    const there = await api.findPlan(ctx, name)
    if (!there) break
    if (!there.isDeleted && (await api.changePlan(ctx, there.id, form))) return partsOf(there.id, name)
  }
  throw new PlatformError('wahoo', 'retry', 'Wahoo says that the plan exists but does not show it')
}

async function put(ctx: PlatformContext, request: PutRequest): Promise<Known> {
  const { entry, known, today, record } = request
  const plan = await planFor(ctx, request)
  const form = workoutForm(entry, plan.planId ?? '')
  const knownId = known?.parts.workoutId ?? null
  if (knownId && (await api.changeWorkout(ctx, knownId, form))) return knownOf(plan, knownId)
  if (!knownId) await record({ externalId: '', parts: { ...plan } })
  // Posting is not safe to repeat: what a lost answer may have left is looked for first.
  const standing = async () => (await plannedSince(ctx, addDays(today, -1))).find(({ workout_token }) => workout_token === entry.marker)
  const left = await standing()
  if (left && (await api.changeWorkout(ctx, left.id, form))) return knownOf(plan, left.id)
  const made = (await api.createWorkout(ctx, form)) ?? (await standing())?.id
  if (!made) throw new PlatformError('wahoo', 'retry', 'Wahoo does not show the workout yet', { retryAfterSeconds: 60 })
  return knownOf(plan, made)
}

async function remove(ctx: PlatformContext, { known, marker, today }: { known: Known | null; marker: string; today: Day }): Promise<void> {
  const workoutId = known?.parts.workoutId
  if (workoutId) await api.deleteWorkout(ctx, workoutId)
  else {
    for (const { id, workout_token } of await plannedSince(ctx, addDays(today, -1)))
      if (workout_token === marker) await api.deleteWorkout(ctx, id)
  }
  const planId = known?.parts.planId ?? (await api.findPlan(ctx, marker))?.id
  if (planId) await api.deletePlan(ctx, planId)
}

async function list(
  ctx: PlatformContext,
  { fromDay, toDay, known }: { fromDay: Day; toDay: Day; known: readonly Known[] },
): Promise<Found[]> {
  const plans = new Map(known.map((one) => [one.parts.workoutId ?? one.externalId, one.parts.planId ?? null]))
  const planned = await plannedSince(ctx, addDays(fromDay, -1))
  return planned.flatMap((workout) => {
    const marker = markerIn(workout.workout_token)
    // The zone of a start is not told, so a day more on either side may be ours too.
    if (marker === null || (workout.starts ?? '') > addDays(toDay, 2)) return []
    const planId = plans.get(workout.id) ?? workout.plan_ids?.[0] ?? workout.plan_id
    return [{ ...knownOf(planId ? { planId } : {}, workout.id), marker, localDate: null, digest: null }]
  })
}

export const calendar: Calendar = {
  as: 'planned workout',
  where: 'It stands in the Wahoo app and on ELEMNT computers, from six days before its day.',
  window: { fromDays: 0, toDays: 6 },
  loses,
  digest: digestOfEntry,
  put,
  remove,
  list,
}
