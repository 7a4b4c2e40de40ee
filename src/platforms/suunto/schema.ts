/** Suunto's words, as far as they are used. @see ./readme.md */
import { z } from 'zod'
import { epochMillis, forgivingList, Id, listed, looseNumber, maybe } from '../json.ts'

export const Workout = z.object({
  workoutKey: Id,
  activityId: looseNumber,
  startTime: epochMillis,
  stopTime: epochMillis,
  totalTime: looseNumber,
  timeOffsetInMinutes: looseNumber,
  totalDistance: looseNumber,
  totalAscent: looseNumber,
  totalDescent: looseNumber,
  /** `max` and `userMaxHR` are the runner's own maximum and none of this run: they are not read. */
  hrdata: maybe(z.object({ workoutAvgHR: looseNumber, avg: looseNumber, workoutMaxHR: looseNumber, hrmax: looseNumber })),
  lastModified: looseNumber,
  isManuallyAdded: maybe(z.boolean()),
  gear: maybe(z.object({ name: maybe(z.string()), displayName: maybe(z.string()) })),
})
export type Workout = z.output<typeof Workout>

/** The envelope of every answer; a 200 may carry an error. */
export const Envelope = z.object({ error: z.unknown().optional(), payload: z.unknown().optional() })
const listOf = <T extends z.ZodType>(type: T) => z.preprocess((payload) => listed(payload ?? []), forgivingList(type))
export const Workouts = listOf(Workout)

export const Guide = z.object({
  id: Id,
  externalId: maybe(z.string()),
  localDate: maybe(z.string()),
  name: maybe(z.string()),
})
export type Guide = z.output<typeof Guide>
export const Guides = listOf(Guide)
/** The user name in a token. */
export const Claims = z.object({ user: maybe(Id), sub: maybe(Id) })
