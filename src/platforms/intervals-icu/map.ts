/** intervals.icu's words -> ours, and a session -> its event. Pure. @see ./readme.md */
import type { Activity as OurActivity } from '../../core/run.ts'
import { activityOf, offsetBetween, samplesFrom } from '../activity.ts'
import { garminName } from '../device.ts'
import { instantFrom } from '../json.ts'
import { digestOf } from '../marker.ts'
import type { Entry } from '../platform.ts'
import { sessionText } from '../session-steps.ts'
import type { Activity, Event, Streams } from './schema.ts'

const runTypes = new Set(['Run', 'TrailRun', 'VirtualRun'])
const strengthTypes = new Set(['WeightTraining', 'Crossfit'])

/** What a type is to us; `null` is nothing. */
export function sportOf(type: string | null): 'run' | 'strength' | null {
  if (type && runTypes.has(type)) return 'run'
  return type && strengthTypes.has(type) ? 'strength' : null
}

/** The device; what came over from Garmin names it so, also where the model is not told. */
export function deviceOf({ device_name, source }: Pick<Activity, 'device_name' | 'source'>): string | null {
  return source === 'GARMIN_CONNECT' ? garminName(device_name) : device_name
}

function subSportOf(activity: Activity): string | null {
  if (sportOf(activity.type) === 'strength') return 'strength_training'
  if (activity.type === 'TrailRun') return 'trail'
  if (activity.type === 'VirtualRun') return activity.trainer ? 'treadmill' : 'virtual_activity'
  return activity.trainer ? 'treadmill' : null
}

/** The start as an instant: UTC where it is given, else the local time in the activity's zone is not known well enough. */
export function startOf(activity: Activity): Date | null {
  return instantFrom(activity.start_date) ?? instantFrom(activity.start_date_local?.slice(0, 19))
}

/** An activity from its summary and its streams. */
export function toActivity(activity: Activity, streams: Streams, startAt: Date): OurActivity {
  const column = (name: string) => streams.find(({ type }) => type === name)?.data ?? null
  const time = column('time')
  const positions = streams.find(({ type }) => type === 'latlng')
  return activityOf({
    sport: sportOf(activity.type) === 'strength' ? 'training' : 'running',
    subSport: subSportOf(activity),
    startAt,
    offsetSeconds: activity.start_date ? offsetBetween(activity.start_date_local, startAt) : null,
    timeZone: activity.timezone,
    distanceMeters: activity.distance,
    timerSeconds: activity.moving_time,
    movingSeconds: activity.moving_time,
    elapsedSeconds: activity.elapsed_time,
    ascentMeters: activity.total_elevation_gain,
    descentMeters: activity.total_elevation_loss,
    averageHeartRate: activity.average_heartrate || null,
    maxHeartRate: activity.max_heartrate || null,
    averageCadence: activity.average_cadence,
    device: deviceOf(activity),
    race: activity.race === true || activity.sub_type === 'RACE',
    samples: time
      ? samplesFrom({
          seconds: time,
          heartRate: column('heartrate'),
          speed: column('velocity_smooth'),
          distance: column('distance'),
          cadence: column('cadence'),
          altitude: column('altitude') ?? column('fixed_altitude'),
          latitude: positions?.data ?? null,
          longitude: positions?.data2 ?? null,
        })
      : null,
  })
}

const EXPERIMENT = 'The attached FIT workout is an experiment: your watch may show its exercises, or only this text.'

/** Whether an event came with the FIT workout. Nothing that the platform gives back tells of a file, so its text does. */
export const hasAttachment = (event: Pick<Event, 'description'>): boolean => plain(event.description).includes(EXPERIMENT)

/** The event that stands for a session. */
export function toEvent(entry: Entry) {
  const { session, units, fit } = entry
  const experiment = fit ? `\n\n${EXPERIMENT}` : ''
  return {
    category: 'WORKOUT',
    type: 'WeightTraining',
    start_date_local: `${session.localDate}T${session.localTime.slice(0, 5)}:00`,
    name: session.title,
    moving_time: Math.round(session.minutes * 60),
    description: `${sessionText(session, units)}${experiment}`,
    external_id: entry.marker,
    ...(fit ? { filename: `${entry.marker}.fit`, file_contents_base64: Buffer.from(fit).toString('base64') } : {}),
  }
}

const plain = (text: string | null) => (text ?? '').replace(/\s+/g, ' ').trim()

/** What is compared of an event: what we send, as it comes back. */
export function digestOfEvent(
  event: Pick<Event, 'category' | 'type' | 'start_date_local' | 'name' | 'description' | 'moving_time'>,
): string {
  const day = (event.start_date_local ?? '').slice(0, 16)
  return digestOf([event.category, event.type, day, plain(event.name), plain(event.description), event.moving_time])
}
