/** Wahoo's words, as far as they are used. Numbers of a summary come as text. @see ./readme.md */
import { z } from 'zod'
import { forgivingList, Id, looseNumber, maybe } from '../json.ts'

export const WorkoutSummary = z.object({
  id: maybe(Id),
  distance_accum: looseNumber,
  duration_active_accum: looseNumber,
  duration_total_accum: looseNumber,
  ascent_accum: looseNumber,
  heart_rate_avg: looseNumber,
  cadence_avg: looseNumber,
  updated_at: maybe(z.string()),
  manual: maybe(z.boolean()),
  fitness_app_id: looseNumber,
  file: maybe(z.object({ url: maybe(z.string()) })),
})
export type WorkoutSummary = z.output<typeof WorkoutSummary>

export const Workout = z.object({
  id: Id,
  starts: maybe(z.string()),
  name: maybe(z.string()),
  minutes: looseNumber,
  plan_id: maybe(Id),
  plan_ids: maybe(z.array(Id)),
  workout_token: maybe(z.string()),
  workout_type_id: looseNumber,
  workout_summary: maybe(WorkoutSummary),
})
export type Workout = z.output<typeof Workout>
export const Workouts = z.object({ workouts: forgivingList(Workout), total: looseNumber, per_page: looseNumber })

export const Plan = z.object({ id: Id, external_id: maybe(Id), deleted: maybe(z.boolean()) })
/** The search answers with a list, or with an object around it. */
export const Plans = z.union([forgivingList(Plan), z.object({ plans: forgivingList(Plan) }).transform(({ plans }) => plans)])
export const User = z.object({ id: Id })
