/** Strava's words -> ours. Pure. @see ./readme.md */
import type { Activity as OurActivity } from '../../core/run.ts'
import { activityOf, offsetBetween, samplesFrom } from '../activity.ts'
import { garminName } from '../device.ts'
import { instantFrom } from '../json.ts'
import type { Activity, Laps, Streams } from './schema.ts'

const runTypes: Record<string, string | null> = { Run: null, TrailRun: 'trail', VirtualRun: 'virtual_activity' }

export function sportOf(activity: Pick<Activity, 'sport_type' | 'type'>): 'run' | 'strength' | null {
  const type = activity.sport_type ?? activity.type
  if (type !== null && type in runTypes) return 'run'
  return type === 'WeightTraining' ? 'strength' : null
}

/** The IANA name behind the bracket of `(GMT+00:00) Europe/Lisbon`. */
export function zoneOf(timezone: string | null): string | null {
  return /^\([^)]*\)\s*(\S+\/\S+)$/.exec(timezone ?? '')?.[1] ?? null
}

/** The Garmin activity that it was made from, told by `garmin_ping_…` or `garmin_push_…`. */
export function garminIdOf(externalId: string | null): string | null {
  return /^garmin_(?:ping|push)_(\d+)/.exec(externalId ?? '')?.[1] ?? null
}

/** The device; what came from Garmin names it so, also where Strava does not tell the model. */
export function deviceOf({ device_name, external_id }: Pick<Activity, 'device_name' | 'external_id'>): string | null {
  return garminIdOf(external_id) === null ? device_name : garminName(device_name)
}

/** An activity from the record, its samples and its laps. @returns null without a start */
export function toActivity(activity: Activity, streams: Streams | null, laps: Laps): OurActivity | null {
  const startAt = instantFrom(activity.start_date)
  if (!startAt) return null
  const strength = sportOf(activity) === 'strength'
  const ground = activity.trainer ? 'treadmill' : (runTypes[activity.sport_type ?? activity.type ?? 'Run'] ?? null)
  return activityOf({
    sport: strength ? 'training' : 'running',
    subSport: strength ? 'strength_training' : ground,
    startAt,
    offsetSeconds: activity.utc_offset ?? offsetBetween(activity.start_date_local, startAt),
    timeZone: zoneOf(activity.timezone),
    distanceMeters: activity.distance,
    timerSeconds: activity.moving_time,
    movingSeconds: activity.moving_time,
    elapsedSeconds: activity.elapsed_time,
    ascentMeters: activity.total_elevation_gain,
    averageHeartRate: activity.average_heartrate || null,
    maxHeartRate: activity.max_heartrate || null,
    averageCadence: activity.average_cadence ? activity.average_cadence * 2 : null,
    device: deviceOf(activity),
    race: activity.workout_type === 1,
    laps: laps.flatMap((lap) => {
      const at = ((instantFrom(lap.start_date)?.getTime() ?? Number.NaN) - startAt.getTime()) / 1000
      if (Number.isNaN(at) || lap.elapsed_time === null) return []
      return [
        {
          startSeconds: Math.max(0, at),
          seconds: lap.elapsed_time,
          distanceMeters: lap.distance,
          averageHeartRate: lap.average_heartrate,
          maxHeartRate: lap.max_heartrate,
        },
      ]
    }),
    samples: streams?.time
      ? samplesFrom({
          seconds: streams.time.data,
          heartRate: streams.heartrate?.data ?? null,
          speed: streams.velocity_smooth?.data ?? null,
          distance: streams.distance?.data ?? null,
          cadence: streams.cadence?.data ?? null,
          altitude: streams.altitude?.data ?? null,
        })
      : null,
  })
}
