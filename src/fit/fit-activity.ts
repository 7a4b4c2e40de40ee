/** Messages of a FIT file -> activities. */
import type { Activity, CompletedSet, Lap, Samples } from '../core/run.ts'
import { climb, largest, lastOf, mean, movingSeconds } from './figures.ts'
import { deviceName, type FitFile, type FitMessage } from './fit-decode.ts'
import { numberOf, samplesOf, timeOf, withStrapHeartRates } from './fit-samples.ts'
import { countsSteps } from './sport.ts'

/**
 * A file's sessions, each with its own records, laps and sets; one made from the records where a file has no session message.
 * `heartRates` are the `hr` messages of the whole chain: a watch appends what the strap kept as files of their own.
 */
export function activitiesOf(file: FitFile, heartRates: readonly FitMessage[] = file.heartRates): Activity[] {
  const records = withStrapHeartRates(file.records, heartRates)
  const sessions = inOrder(file.sessions)
  const whole = sessions.length > 0 ? null : madeSession(file, records)
  const all = whole ? [whole] : sessions
  const starts = all.map(startOf)
  const recordsOf = byStart(records, starts, (record) => timeOf(record.timestamp))
  const lapsOf = lapsBySession(file.laps, all, starts)
  const setsOf = byStart(
    file.sets.map((set, index) => ({ set, index })),
    starts,
    ({ set }) => timeOf(set.start_time ?? set.timestamp),
  )
  return all.map((session, i) => {
    const activity = activityOf(file, session, starts[i]!, recordsOf[i]!, lapsOf[i]!)
    activity.sets = setsOf[i]!.map(({ set, index }) => setOf(set, file.setExercises[index]))
    if (whole) activity.damage = 'The file has no summary of the activity; its figures were worked out from the records.'
    return activity
  })
}

function inOrder(sessions: readonly FitMessage[]): FitMessage[] {
  return [...sessions].sort((a, b) => startOf(a) - startOf(b) || timeOf(a.timestamp) - timeOf(b.timestamp))
}

/** Milliseconds of the start; worked out from the end where a device left it out. */
function startOf(message: FitMessage): number {
  const start = timeOf(message.start_time)
  if (!Number.isNaN(start)) return start
  return timeOf(message.timestamp) - (numberOf(message.total_elapsed_time) || 0) * 1000
}

function madeSession(file: FitFile, records: readonly FitMessage[]): FitMessage | null {
  const times = records.map((record) => timeOf(record.timestamp)).filter((time) => !Number.isNaN(time))
  const first = file.laps[0]
  if (times.length === 0 && !first) return null
  const lapStarts = file.laps.map(startOf).filter((time) => !Number.isNaN(time))
  const start = times.concat(lapStarts).reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
  const end = times.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)
  const sum = (field: string) => file.laps.reduce((total, lap) => total + (numberOf(lap[field]) || 0), 0)
  const elapsed = end > start ? (end - start) / 1000 : sum('total_elapsed_time')
  const timer = sum('total_timer_time')
  return {
    start_time: new Date(start),
    total_elapsed_time: elapsed,
    total_timer_time: timer > 0 ? timer : elapsed,
    sport: file.sports.at(-1)?.sport ?? first?.sport,
    sub_sport: file.sports.at(-1)?.sub_sport ?? first?.sub_sport,
  }
}

/** Each item to the last session that began by then; what comes before the first belongs to the first. */
function byStart<T>(items: readonly T[], starts: readonly number[], timeOfItem: (item: T) => number): T[][] {
  const result: T[][] = starts.map(() => [])
  if (starts.length === 0) return result
  for (const item of items) {
    const time = timeOfItem(item)
    let at = 0
    while (at + 1 < starts.length && starts[at + 1]! <= time) at++
    result[at]!.push(item)
  }
  return result
}

/** By the sessions' own lap counts where they add up, else by time. */
function lapsBySession(laps: readonly FitMessage[], sessions: readonly FitMessage[], starts: readonly number[]): FitMessage[][] {
  const counts = sessions.map((session) => numberOf(session.num_laps))
  if (counts.reduce((a, b) => a + b, 0) !== laps.length) return byStart(laps, starts, startOf)
  const ordered = [...laps].sort((a, b) => startOf(a) - startOf(b))
  let at = 0
  return counts.map((count) => {
    at += count
    return ordered.slice(at - count, at)
  })
}

function known(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}

function positive(value: unknown): number | null {
  const number = known(value)
  return number !== null && number > 0 ? number : null
}

function activityOf(
  file: FitFile,
  session: FitMessage,
  startMs: number,
  records: readonly FitMessage[],
  laps: readonly FitMessage[],
): Activity {
  const sport = typeof session.sport === 'string' ? session.sport : 'generic'
  const subSport = typeof session.sub_sport === 'string' && session.sub_sport !== 'generic' ? session.sub_sport : null
  const samples = samplesOf(withinReach(records, startMs, session), startMs, countsSteps(sport))
  const elapsedSeconds = positive(session.total_elapsed_time) ?? (samples ? (samples.seconds.at(-1) ?? null) : null)
  const timerSeconds = positive(session.total_timer_time) ?? elapsedSeconds
  const climbed = climb(samples?.altitude)
  return {
    sport,
    subSport,
    startAt: new Date(startMs),
    offsetSeconds: offsetOf(file.activity),
    timeZone: null,
    distanceMeters: known(session.total_distance) ?? positive(lastOf(samples?.distance)),
    timerSeconds,
    elapsedSeconds,
    movingSeconds: movingOf(session, samples, timerSeconds),
    ascentMeters: known(session.total_ascent) ?? climbed?.ascent ?? null,
    descentMeters: known(session.total_descent) ?? climbed?.descent ?? null,
    averageHeartRate: positive(session.avg_heart_rate) ?? mean(samples?.heartRate),
    maxHeartRate: positive(session.max_heart_rate) ?? largest(samples?.heartRate),
    averageCadence: cadenceOf(session, samples, countsSteps(sport)),
    temperatureCelsius: known(session.avg_temperature) ?? mean(samples?.temperature),
    heartRateSensor: sensorOf(file.devices),
    device: deviceName(file),
    race: [session.sport_profile_name, ...file.sports.map((message) => message.name)].some(saysRace),
    laps: laps.map((lap) => lapOf(lap, startMs)),
    samples,
    sets: [],
    damage: null,
  }
}

/** Leaves out records whose clock jumped: more than a day before the start or after the end of their session. */
function withinReach(records: readonly FitMessage[], startMs: number, session: FitMessage): readonly FitMessage[] {
  const dayMs = 86_400_000
  const until = startMs + (positive(session.total_elapsed_time) ?? 0) * 1000 + dayMs
  return records.filter((record) => {
    const time = timeOf(record.timestamp)
    return time >= startMs - dayMs && time <= until
  })
}

function movingOf(session: FitMessage, samples: Samples | null, timerSeconds: number | null): number | null {
  const own = positive(session.total_moving_time)
  const moving = own ?? (samples ? movingSeconds(samples) : null)
  if (moving === null || moving === 0) return timerSeconds
  return timerSeconds === null ? moving : Math.min(moving, timerSeconds)
}

function cadenceOf(session: FitMessage, samples: Samples | null, steps: boolean): number | null {
  const own = positive(session.avg_cadence)
  if (own === null) return mean(samples?.cadence?.map((value) => (value > 0 ? value : Number.NaN)))
  const exact = own + (numberOf(session.avg_fractional_cadence) || 0)
  return steps && exact <= 130 ? exact * 2 : exact
}

function lapOf(lap: FitMessage, startMs: number): Lap {
  const start = (startOf(lap) - startMs) / 1000
  return {
    startSeconds: Number.isFinite(start) ? Math.max(0, start) : 0,
    seconds: known(lap.total_timer_time) ?? known(lap.total_elapsed_time) ?? 0,
    distanceMeters: known(lap.total_distance),
    averageHeartRate: positive(lap.avg_heart_rate),
    maxHeartRate: positive(lap.max_heart_rate),
    ascentMeters: known(lap.total_ascent),
  }
}

function setOf(set: FitMessage, exercise: FitFile['setExercises'][number] | undefined): CompletedSet {
  return {
    kind: set.set_type === 'rest' || set.set_type === 0 ? 'rest' : 'active',
    startAt: set.start_time instanceof Date ? set.start_time : null,
    seconds: known(set.duration),
    reps: known(set.repetitions),
    weightKg: known(set.weight),
    category: exercise?.category ?? null,
    name: exercise?.name ?? null,
  }
}

/** Local time less UTC, from the activity message; only whole quarters of an hour up to 14 hours are believed. */
function offsetOf(activity: FitMessage | null): number | null {
  const seconds = (timeOf(activity?.local_timestamp) - timeOf(activity?.timestamp)) / 1000
  const quarter = Math.round(seconds / 900) * 900
  return Math.abs(seconds - quarter) <= 5 && Math.abs(quarter) <= 14 * 3600 ? quarter + 0 : null
}

function saysRace(name: unknown): boolean {
  return typeof name === 'string' && /\brace\b/i.test(name) && !/\bpace\b/i.test(name)
}

/** From the list of sensors that were connected. */
function sensorOf(devices: readonly FitMessage[]): Activity['heartRateSensor'] {
  const straps = devices.filter(
    (device) => device.device_type === 'heart_rate' || (device.device_type === 120 && device.source_type !== 'local'),
  )
  if (straps.some((device) => /oh1|verity|rhythm|tickr fit|scosche|coros hr/i.test(String(device.product_name ?? device.descriptor ?? ''))))
    return 'arm'
  if (straps.length > 0) return 'chest'
  return devices.some((device) => device.device_type === 'whr') ? 'wrist' : null
}
