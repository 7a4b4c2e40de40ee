/** COROS's words, as far as they are used. Ids may be beyond 2^53. @see ./readme.md */
import { z } from 'zod'
import { epochSeconds, forgivingList, Id, listed, looseNumber, maybe } from '../json.ts'

const Part = z.object({ mode: looseNumber, subMode: looseNumber, distance: looseNumber, duration: looseNumber, fitUrl: maybe(z.string()) })

export const Workout = z.object({
  openId: maybe(Id),
  labelId: Id,
  mode: looseNumber,
  subMode: looseNumber,
  deviceName: maybe(z.string()),
  distance: looseNumber,
  duration: looseNumber,
  startTime: epochSeconds,
  endTime: epochSeconds,
  /** Quarter hours from UTC. */
  startTimezone: looseNumber,
  fitUrl: maybe(z.string()),
  planWorkoutId: maybe(Id),
  triathlonItemList: maybe(forgivingList(Part)),
})
export type Workout = z.output<typeof Workout>
export const Workouts = z.preprocess(listed, forgivingList(Workout))

/** The envelope of every answer; `result` is text or a number. What should stand in `data` may stand beside it. */
export const Envelope = z.looseObject({ result: maybe(Id), message: maybe(z.string()), data: z.unknown().optional() })
export const Detail = z.object({ labelId: maybe(Id), mode: looseNumber, subMode: looseNumber, fitUrl: maybe(z.string()) })
/** 1 or 0; anything else tells nothing. */
export const BindState = z.object({
  bindState: z.union([z.literal([1, '1', true]).transform(() => true), z.literal([0, '0', false]).transform(() => false)]),
})
/** Ids that could not be deleted. */
export const Deleted = z.object({ failIdList: maybe(forgivingList(Id)) }).catch({ failIdList: null })
export const Profile = z.object({ openId: Id })
/** What a push deleted: a number, a list, or nothing; the key's case varies. */
export const Pushed = z
  .object({ deletedIds: z.unknown().optional(), DeletedIds: z.unknown().optional() })
  .catch({})
  .transform(({ deletedIds, DeletedIds }) => {
    const value = deletedIds ?? DeletedIds ?? []
    return (Array.isArray(value) ? value : [value]).flatMap((id) => {
      const parsed = Id.safeParse(id)
      return parsed.success && parsed.data !== '0' ? [parsed.data] : []
    })
  })
