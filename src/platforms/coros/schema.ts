/** COROS's words, as far as they are used. Ids may be beyond 2^53. @see ./readme.md */
import { z } from 'zod'
import { forgivingList, Id, looseNumber, maybe } from '../json.ts'

const Part = z.object({ mode: looseNumber, subMode: looseNumber, distance: looseNumber, duration: looseNumber, fitUrl: maybe(z.string()) })

export const Workout = z.object({
  openId: maybe(Id),
  labelId: Id,
  mode: looseNumber,
  subMode: looseNumber,
  deviceName: maybe(z.string()),
  distance: looseNumber,
  duration: looseNumber,
  startTime: looseNumber,
  endTime: looseNumber,
  /** Quarter hours from UTC. */
  startTimezone: looseNumber,
  fitUrl: maybe(z.string()),
  planWorkoutId: maybe(Id),
  triathlonItemList: maybe(forgivingList(Part)),
})
export type Workout = z.output<typeof Workout>
export const Workouts = forgivingList(Workout)

/** The envelope of every answer; `result` is text or a number. */
export const Envelope = z.object({ result: maybe(Id), message: maybe(z.string()), data: z.unknown().optional() })
export const Detail = z.object({ labelId: maybe(Id), mode: looseNumber, subMode: looseNumber, fitUrl: maybe(z.string()) })
export const BindState = z.object({ bindState: looseNumber })
export const Profile = z.object({ openId: Id })
/** What a push deleted: a number, a list, or nothing; the key's case varies. */
export const Pushed = z
  .object({ deletedIds: z.unknown().optional(), DeletedIds: z.unknown().optional() })
  .transform(({ deletedIds, DeletedIds }) => {
    const value = deletedIds ?? DeletedIds ?? []
    return (Array.isArray(value) ? value : [value]).flatMap((id) => {
      const parsed = Id.safeParse(id)
      return parsed.success && parsed.data !== '0' ? [parsed.data] : []
    })
  })
