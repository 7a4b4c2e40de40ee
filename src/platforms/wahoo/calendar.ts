/** Sessions at Wahoo: a plan holds the steps, a dated workout points at it. A plan alone never shows. */
import { addDays, type Day } from '../../core/days.ts'
import { PlatformError } from '../../errors.ts'
import { markerIn } from '../marker.ts'
import type { Calendar, Found, Known, PlatformContext, PutRequest } from '../platform.ts'
import * as api from './api.ts'
import { digestOfEntry, loses, planForm, workoutForm } from './map.ts'
import type { Workout } from './schema.ts'

/** Planned workouts that start on or after a day, newest first. */
async function plannedSince(ctx: PlatformContext, day: Day): Promise<Workout[]> {
  const found: Workout[] = []
  for (let page = 1; page <= 20; page++) {
    const { workouts } = await api.listWorkouts(ctx, page)
    found.push(...workouts.filter(({ workout_summary, starts }) => workout_summary === null && (starts ?? '') >= day))
    const last = workouts.at(-1)
    if (!last || workouts.length < 100 || (last.starts ?? '') < day) break
  }
  return found
}

const knownOf = (planId: string | null, workoutId: string): Known => ({
  externalId: workoutId,
  parts: { workoutId, ...(planId ? { planId } : {}) },
})

async function planFor(ctx: PlatformContext, { entry, known }: PutRequest): Promise<string> {
  const form = planForm(entry, ctx.now())
  const knownId = known?.parts.planId
  if (knownId && (await api.changePlan(ctx, knownId, form))) return knownId
  const made = await api.createPlan(ctx, form)
  if (made) return made
  const there = await api.findPlan(ctx, entry.marker)
  if (there && (await api.changePlan(ctx, there, form))) return there
  throw new PlatformError('wahoo', 'retry', 'Wahoo says that the plan exists but does not show it')
}

async function put(ctx: PlatformContext, request: PutRequest): Promise<Known> {
  const { entry, known, today, record } = request
  const planId = await planFor(ctx, request)
  const form = workoutForm(entry, planId)
  const knownId = known?.parts.workoutId ?? null
  if (knownId && (await api.changeWorkout(ctx, knownId, form))) return knownOf(planId, knownId)
  if (!knownId) await record({ externalId: '', parts: { planId } })
  // Posting is not safe to repeat: what a lost answer may have left is looked for first.
  const left = (await plannedSince(ctx, addDays(today, -1))).find(({ workout_token }) => workout_token === entry.marker)
  if (left && (await api.changeWorkout(ctx, left.id, form))) return knownOf(planId, left.id)
  return knownOf(planId, await api.createWorkout(ctx, form))
}

async function remove(ctx: PlatformContext, { known, marker, today }: { known: Known | null; marker: string; today: Day }): Promise<void> {
  const workoutId = known?.parts.workoutId
  if (workoutId) await api.deleteWorkout(ctx, workoutId)
  else {
    for (const { id, workout_token } of await plannedSince(ctx, addDays(today, -1)))
      if (workout_token === marker) await api.deleteWorkout(ctx, id)
  }
  const planId = known?.parts.planId ?? (await api.findPlan(ctx, marker))
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
    return [{ ...knownOf(planId, workout.id), marker, localDate: null, digest: null }]
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
