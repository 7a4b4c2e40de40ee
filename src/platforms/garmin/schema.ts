/** Garmin's words, as far as they are used. @see ./readme.md */
import { z } from 'zod'
import { forgivingList, Id, looseNumber, maybe } from '../json.ts'

export const Summary = z.object({
  userId: maybe(Id),
  summaryId: Id,
  activityId: maybe(Id),
  activityType: maybe(z.string()),
  startTimeInSeconds: looseNumber,
  startTimeOffsetInSeconds: looseNumber,
  durationInSeconds: looseNumber,
  movingDurationInSeconds: looseNumber,
  distanceInMeters: looseNumber,
  averageHeartRateInBeatsPerMinute: looseNumber,
  maxHeartRateInBeatsPerMinute: looseNumber,
  totalElevationGainInMeters: looseNumber,
  totalElevationLossInMeters: looseNumber,
  deviceName: maybe(z.string()),
  manual: maybe(z.boolean()),
  isParent: maybe(z.boolean()),
  parentSummaryId: maybe(Id),
})
export type Summary = z.output<typeof Summary>

export const Sample = z.object({
  startTimeInSeconds: looseNumber,
  heartRate: looseNumber,
  speedMetersPerSecond: looseNumber,
  stepsPerMinute: looseNumber,
  totalDistanceInMeters: looseNumber,
  elevationInMeters: looseNumber,
  latitudeInDegree: looseNumber,
  longitudeInDegree: looseNumber,
  airTemperatureCelcius: looseNumber,
  powerInWatts: looseNumber,
})
export type Sample = z.output<typeof Sample>

/** The record of a notice: a summary, or details with samples. */
export const Detail = z.object({
  userId: maybe(Id),
  summaryId: Id,
  activityId: maybe(Id),
  summary: maybe(Summary.partial({ summaryId: true })),
  samples: maybe(forgivingList(Sample)),
  laps: maybe(forgivingList(z.object({ startTimeInSeconds: z.number() }))),
})
export type Detail = z.output<typeof Detail>

/** The records behind a ping: a list, or lists under the names of a push. */
export const Records = z.union([
  z.array(z.unknown()),
  z.record(z.string(), z.array(z.unknown())).transform((lists) => Object.values(lists).flat()),
])
export const UserId = z.object({ userId: Id })

/** Granted rights by name, or every right with whether it is granted. */
export const Rights = z.union([
  z.array(z.string()),
  z.record(z.string(), z.boolean()).transform((rights) => Object.keys(rights).filter((right) => rights[right])),
])
export const Permissions = z.union([z.object({ permissions: Rights }).transform(({ permissions }) => permissions), Rights])

/** A workout; of the answer only ids and text are used. */
export const Workout = z
  .object({ workoutId: maybe(Id), id: maybe(Id), ownerId: maybe(Id), description: maybe(z.string()) })
  .transform(({ workoutId, id, ownerId, description }) => ({ workoutId: workoutId ?? id, ownerId, description }))
/** The answer to creating one: the workout, or its bare number. */
export const WorkoutMade = z.union([Workout, z.number().transform((id) => ({ workoutId: String(id), ownerId: null, description: null }))])

const Scheduled = z.object({
  scheduleId: maybe(Id),
  workoutScheduleId: maybe(Id),
  id: maybe(Id),
  workoutId: maybe(Id),
  workout: maybe(Workout),
  date: maybe(z.string()),
})
export const Schedule = Scheduled.transform(({ scheduleId, workoutScheduleId, id, workoutId, workout, date }) => ({
  scheduleId: scheduleId ?? workoutScheduleId ?? id,
  workoutId: workoutId ?? workout?.workoutId ?? null,
  date: date?.slice(0, 10) ?? null,
}))
export type Schedule = z.output<typeof Schedule>
export const Schedules = forgivingList(Schedule)
/** The answer to scheduling: an object under one of three names, a bare number, or nothing. */
export const ScheduleMade = z.union([
  z.string().regex(/^\d+$/),
  z.number().transform(String),
  Schedule.transform(({ scheduleId }) => scheduleId),
])
