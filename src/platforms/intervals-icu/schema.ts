/** intervals.icu's words, as far as they are used. @see ./readme.md */
import { z } from 'zod'
import { forgivingList, Id, listed, looseNumber, maybe } from '../json.ts'

export const Activity = z.object({
  id: Id,
  type: maybe(z.string()),
  start_date: maybe(z.string()),
  start_date_local: maybe(z.string()),
  timezone: maybe(z.string()),
  moving_time: looseNumber,
  elapsed_time: looseNumber,
  distance: looseNumber,
  total_elevation_gain: looseNumber,
  total_elevation_loss: looseNumber,
  average_heartrate: looseNumber,
  max_heartrate: looseNumber,
  average_cadence: looseNumber,
  trainer: maybe(z.boolean()),
  race: maybe(z.boolean()),
  sub_type: maybe(z.string()),
  source: maybe(z.string()),
  external_id: maybe(Id),
  paired_event_id: maybe(Id),
  analyzed: maybe(z.string()),
  device_name: maybe(z.string()),
  icu_sync_date: maybe(z.string()),
})
export type Activity = z.output<typeof Activity>
export const Activities = forgivingList(Activity)

export const Streams = forgivingList(
  z.object({
    type: z.string(),
    data: maybe(z.array(z.union([z.number(), z.null()]))),
    data2: maybe(z.array(z.union([z.number(), z.null()]))),
  }),
)
export type Streams = z.output<typeof Streams>

export const Event = z.object({
  id: Id,
  category: maybe(z.string()),
  type: maybe(z.string()),
  start_date_local: maybe(z.string()),
  name: maybe(z.string()),
  description: maybe(z.string()),
  moving_time: looseNumber,
  external_id: maybe(z.string()),
  push_errors: maybe(forgivingList(z.object({ service: maybe(z.string()), message: maybe(z.string()) }))),
})
export type Event = z.output<typeof Event>
export const Events = z.preprocess(listed, forgivingList(Event))

export const TokenAthlete = z.object({ athlete: z.object({ id: Id }) }).transform(({ athlete }) => athlete.id)
export const Athlete = z.object({ id: Id })
