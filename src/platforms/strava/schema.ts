/** Strava's words, as far as they are used. @see ./readme.md */
import { z } from 'zod'
import { forgivingList, Id, looseNumber, maybe } from '../json.ts'

export const Activity = z.object({
  id: Id,
  sport_type: maybe(z.string()),
  type: maybe(z.string()),
  trainer: maybe(z.boolean()),
  manual: maybe(z.boolean()),
  distance: looseNumber,
  moving_time: looseNumber,
  elapsed_time: looseNumber,
  total_elevation_gain: looseNumber,
  average_heartrate: looseNumber,
  max_heartrate: looseNumber,
  average_cadence: looseNumber,
  start_date: maybe(z.string()),
  start_date_local: maybe(z.string()),
  timezone: maybe(z.string()),
  utc_offset: looseNumber,
  workout_type: looseNumber,
  device_name: maybe(z.string()),
  external_id: maybe(z.string()),
})
export type Activity = z.output<typeof Activity>
export const Activities = forgivingList(Activity)

const column = z.object({ data: z.array(z.union([z.number(), z.null()])) })
/** Streams by their type, where they come as a list. */
const byType = (value: unknown): unknown => {
  const list = z.array(z.looseObject({ type: z.string() })).safeParse(value)
  return list.success ? Object.fromEntries(list.data.map((one) => [one.type, one])) : value
}
const Columns = z.object({
  time: maybe(column),
  distance: maybe(column),
  heartrate: maybe(column),
  velocity_smooth: maybe(column),
  cadence: maybe(column),
  altitude: maybe(column),
})
export const Streams = z.preprocess(byType, Columns)
export type Streams = z.output<typeof Streams>

export const Laps = forgivingList(
  z.object({
    start_date: maybe(z.string()),
    elapsed_time: looseNumber,
    distance: looseNumber,
    average_heartrate: looseNumber,
    max_heartrate: looseNumber,
  }),
)
export type Laps = z.output<typeof Laps>
export const Athlete = z.object({ id: Id })
export const PushSubscriptions = forgivingList(z.object({ id: Id, callback_url: maybe(z.string()) }))
export const PushSubscription = z.object({ id: Id })
/** Of an error only the codes are read. */
export const Trouble = z.object({
  message: maybe(z.string()),
  errors: maybe(forgivingList(z.object({ resource: maybe(z.string()), field: maybe(z.string()), code: maybe(z.string()) }))),
})
