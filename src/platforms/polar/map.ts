/** Polar's words -> ours. Pure. @see ./readme.md */
import type { Activity, Samples } from '../../core/run.ts'
import { activityOf, samplesFrom } from '../activity.ts'
import type { Exercise } from './schema.ts'

const runs: Record<string, string | null> = {
  RUNNING: null,
  JOGGING: null,
  ROAD_RUNNING: 'street',
  TRACK_AND_FIELD_RUNNING: 'track',
  TRAIL_RUNNING: 'trail',
  TREADMILL_RUNNING: 'treadmill',
  ULTRARUNNING_RUNNING: 'ultra',
  DUATHLON_RUNNING: null,
  TRIATHLON_RUNNING: null,
  OFFROADDUATHLON_RUNNING: 'trail',
  OFFROADTRIATHLON_RUNNING: 'trail',
  'CROSS-COUNTRY_RUNNING': 'trail',
  CROSS_COUNTRY_RUNNING: 'trail',
}

/** The detailed name decides; the coarse one only where there is no detailed one. */
export function sportOf({
  detailed_sport_info: detailed,
  sport,
}: Pick<Exercise, 'detailed_sport_info' | 'sport'>): 'run' | 'strength' | null {
  const name = detailed ?? sport
  if (name === null) return null
  if (name === 'STRENGTH_TRAINING') return 'strength'
  return name in runs ? 'run' : null
}

/** Seconds of an ISO 8601 duration (`PT2H44M`, `PT52M14.5S`); `null` when it is none. */
export function secondsOf(duration: string | null): number | null {
  const match = /^P(?:(\d+)D)?T?(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?$/.exec(duration ?? '')
  if (!match || duration === 'P' || duration === 'PT') return null
  const [, days = 0, hours = 0, minutes = 0, seconds = 0] = match.map((part) => Number(part ?? 0))
  return days * 86_400 + hours * 3600 + minutes * 60 + seconds
}

/** The start in UTC: the local wall time less its offset. */
export function startOf(exercise: Exercise): Date | null {
  const local = Date.parse(`${exercise.start_time?.slice(0, 19)}Z`)
  return Number.isNaN(local) ? null : new Date(local - (exercise.start_time_utc_offset ?? 0) * 60_000)
}

/** Sample types: 0 beats a minute, 1 km/h, 3 metres, 8 steps a minute, 10 metres since the start. */
function samplesOf(exercise: Exercise): Samples | null {
  const series = (type: string) => exercise.samples?.find((one) => one.sample_type === type && (one.recording_rate ?? 0) > 0)
  const values = (type: string, scale = 1) =>
    series(type)
      ?.data.split(',')
      .map((text) => (/^\s*-?\d/.test(text) ? Number(text) * scale : null)) ?? null
  const first = ['0', '1', '10', '8', '3'].map(series).find((one) => one !== undefined)
  if (!first) return null
  const rate = first.recording_rate ?? 1
  const length = Math.max(...['0', '1', '3', '8', '10'].map((type) => values(type)?.length ?? 0))
  return samplesFrom({
    seconds: Array.from({ length }, (_, index) => index * rate),
    heartRate: values('0'),
    speed: values('1', 1 / 3.6),
    altitude: values('3'),
    cadence: values('8'),
    distance: values('10'),
  })
}

/** An activity from the JSON, where no file can be had. @returns null without a start */
export function toActivity(exercise: Exercise): Activity | null {
  const startAt = startOf(exercise)
  if (!startAt) return null
  const strength = sportOf(exercise) === 'strength'
  const seconds = secondsOf(exercise.duration)
  return activityOf({
    sport: strength ? 'training' : 'running',
    subSport: strength ? 'strength_training' : (runs[exercise.detailed_sport_info ?? 'RUNNING'] ?? null),
    startAt,
    offsetSeconds: exercise.start_time_utc_offset === null ? null : exercise.start_time_utc_offset * 60,
    distanceMeters: exercise.distance,
    timerSeconds: seconds,
    elapsedSeconds: seconds,
    averageHeartRate: exercise.heart_rate?.average || null,
    maxHeartRate: exercise.heart_rate?.maximum || null,
    device: exercise.device,
    samples: samplesOf(exercise),
  })
}
