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

export const Summaries = forgivingList(Summary)
export const UserId = z.object({ userId: Id })
export const Permissions = z.union([
  z.array(z.string()),
  z.object({ permissions: z.array(z.string()) }).transform(({ permissions }) => permissions),
])

/** A workout; of the answer only ids and text are used, the rest is kept to be sent back. */
export const Workout = z.looseObject({ workoutId: Id, ownerId: maybe(Id), description: maybe(z.string()) })

const Scheduled = z.object({
  scheduleId: maybe(Id),
  workoutScheduleId: maybe(Id),
  id: maybe(Id),
  workoutId: maybe(Id),
  date: maybe(z.string()),
})
export const Schedule = Scheduled.transform(({ scheduleId, workoutScheduleId, id, workoutId, date }) => ({
  scheduleId: scheduleId ?? workoutScheduleId ?? id,
  workoutId,
  date: date?.slice(0, 10) ?? null,
}))
export type Schedule = z.output<typeof Schedule>
export const Schedules = forgivingList(Schedule)
/** The answer to scheduling: an object under one of three names, a bare number, or nothing. */
export const ScheduleMade = z.union([Id, Schedule.transform(({ scheduleId }) => scheduleId)])
