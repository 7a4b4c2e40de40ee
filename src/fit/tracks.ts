/** TCX and GPX -> activities. */
import type { Activity, Lap, Samples } from '../core/run.ts'
import { bothFeet, climb, largest, lastOf, mean, movingSeconds, unlessEmpty } from './figures.ts'
import { complete } from './fit-samples.ts'
import { countsSteps } from './sport.ts'
import { NoActivity, UnreadableFile } from './unreadable.ts'
import { child, children, type Document, type Element, find, numberAt, parseXml, textOf } from './xml.ts'

/**
 * Reads a TCX or GPX file. Tracks of a GPX file that follow each other within two minutes are one activity.
 * @throws UnreadableFile when it is neither, or broken @throws NoActivity when it holds a course, a route or a workout
 */
export function readTracks(bytes: Uint8Array): Activity[] {
  const { root, whole } = parseXml(bytes)
  const tcx = child(root, 'TrainingCenterDatabase')
  if (tcx) return readTcx(tcx, whole)
  const gpx = child(root, 'gpx')
  if (gpx) return readGpx(gpx, whole)
  throw new UnreadableFile('This XML file is neither TCX nor GPX. Export the activity as FIT (best), TCX or GPX and upload that.')
}

/** One recorded point; NaN is what the file does not say. */
type Point = {
  time: number
  latitude: number
  longitude: number
  altitude: number
  distance: number
  speed: number
  heartRate: number
  cadence: number
  power: number
  temperature: number
}

type Summary = {
  sport: string
  subSport: string | null
  start: string | null
  device: string | null
  laps: (startMs: number) => Lap[]
  elapsedSeconds?: number
  timerSeconds?: number
  distanceMeters?: number
  averageHeartRate?: number
  maxHeartRate?: number
}

type Whole = Document['whole']

function readTcx(root: Element, whole: Whole): Activity[] {
  const multisport = children(child(root, 'Activities'), 'MultiSportSession')
  const nested = multisport.flatMap((session) => ['FirstSport', 'NextSport'].flatMap((name) => children(session, name)))
  const activities = [child(root, 'Activities'), ...nested].flatMap((holder) => children(holder, 'Activity'))
  if (activities.length === 0) {
    if (find(root, 'Course')) throw new NoActivity('This is a course (a route to follow), not a recorded run.')
    if (find(root, 'Workout')) throw new NoActivity('This is a workout plan, not a recorded run.')
    throw new UnreadableFile('The TCX file holds no activity.')
  }
  return activities.map((activity) => tcxActivity(activity, whole))
}

function tcxActivity(activity: Element, whole: Whole): Activity {
  const laps = children(activity, 'Lap')
  const points = laps.flatMap((lap) =>
    children(lap, 'Track').flatMap((track) => children(track, 'Trackpoint').map((point) => tcxPoint(whole(point)))),
  )
  const sum = (name: string): number => laps.reduce((total, lap) => total + (numberAt(lap, name) || 0), 0)
  const maxima = laps.map((lap) => numberAt(lap, 'MaximumHeartRateBpm', 'Value')).filter((value) => value > 0)
  const start = textOf(activity, 'Id') ?? attribute(laps[0], 'StartTime')
  return activityOf(points, {
    ...tcxSport(attribute(activity, 'Sport')),
    start: Number.isNaN(millisecondsOf(start)) ? attribute(laps[0], 'StartTime') : start,
    device: textOf(activity, 'Creator', 'Name'),
    laps: (startMs) => laps.map((lap) => tcxLap(lap, startMs)),
    timerSeconds: sum('TotalTimeSeconds'),
    distanceMeters: sum('DistanceMeters'),
    averageHeartRate: tcxAverage(laps),
    maxHeartRate: maxima.length > 0 ? Math.max(...maxima) : undefined,
  })
}

/** The laps' means, each with the weight of its time. */
function tcxAverage(laps: readonly Element[]): number | undefined {
  let sum = 0
  let time = 0
  for (const lap of laps) {
    const beats = numberAt(lap, 'AverageHeartRateBpm', 'Value')
    const seconds = numberAt(lap, 'TotalTimeSeconds')
    if (beats > 0 && seconds > 0) {
      sum += beats * seconds
      time += seconds
    }
  }
  return time > 0 ? sum / time : undefined
}

function tcxLap(lap: Element, startMs: number): Lap {
  const start = (millisecondsOf(attribute(lap, 'StartTime')) - startMs) / 1000
  return {
    startSeconds: Number.isFinite(start) ? Math.max(0, start) : 0,
    seconds: orNull(numberAt(lap, 'TotalTimeSeconds')) ?? 0,
    distanceMeters: orNull(numberAt(lap, 'DistanceMeters')),
    averageHeartRate: positiveOrNull(numberAt(lap, 'AverageHeartRateBpm', 'Value')),
    maxHeartRate: positiveOrNull(numberAt(lap, 'MaximumHeartRateBpm', 'Value')),
    ascentMeters: null,
  }
}

function tcxPoint(point: Element): Point {
  const extension = child(point, 'Extensions', 'TPX')
  const runCadence = numberAt(extension, 'RunCadence')
  return {
    time: millisecondsOf(textOf(point, 'Time')),
    latitude: numberAt(point, 'Position', 'LatitudeDegrees'),
    longitude: numberAt(point, 'Position', 'LongitudeDegrees'),
    altitude: numberAt(point, 'AltitudeMeters'),
    distance: numberAt(point, 'DistanceMeters'),
    speed: numberAt(extension, 'Speed'),
    heartRate: numberAt(point, 'HeartRateBpm', 'Value'),
    cadence: Number.isNaN(runCadence) ? numberAt(point, 'Cadence') : runCadence,
    power: numberAt(extension, 'Watts'),
    temperature: Number.NaN,
  }
}

/** TCX itself knows Running, Biking and Other; apps write more. */
function tcxSport(name: string | null): { sport: string; subSport: string | null } {
  return sportOfWords(name ?? '') ?? { sport: 'generic', subSport: null }
}

function readGpx(root: Element, whole: Whole): Activity[] {
  const tracks = children(root, 'trk')
  if (tracks.length === 0) throw new NoActivity('This GPX file holds a route or places, not a recorded run.')
  const creator = attribute(root, 'creator')
  const joined: { words: string; points: Point[] }[] = []
  for (const track of tracks) {
    const points = children(track, 'trkseg')
      .flatMap((segment) => children(segment, 'trkpt').map((point) => gpxPoint(whole(point))))
      .filter((point) => !Number.isNaN(point.time))
    const words = textOf(track, 'type') ?? ''
    const before = joined.at(-1)
    const gap = before && points[0] ? points[0].time - before.points.at(-1)!.time : Number.POSITIVE_INFINITY
    if (before && before.words === words && Math.abs(gap) <= 120_000) before.points.push(...points)
    else if (points.length > 0) joined.push({ words, points })
  }
  if (joined.length === 0) throw new NoActivity('This GPX file has no times: it is a route, not a recorded run.')
  return joined.map(({ words, points }) => {
    const named = sportOfWords(words)
    const activity = activityOf(points, {
      ...(named ?? { sport: 'running', subSport: null }),
      start: null,
      device: creator,
      laps: () => [],
    })
    if (!named && (words !== '' || !movesLikeARunner(activity))) activity.sport = words === '' ? 'generic' : plain(words)
    return activity
  })
}

function gpxPoint(point: Element): Point {
  const extensions = child(point, 'extensions')
  const inner = child(extensions, 'TrackPointExtension') ?? extensions
  const first = (...names: string[]): number => {
    for (const holder of [inner, extensions, point])
      for (const name of names) {
        const value = numberAt(holder, name)
        if (!Number.isNaN(value)) return value
      }
    return Number.NaN
  }
  return {
    time: millisecondsOf(textOf(point, 'time')),
    latitude: Number(attribute(point, 'lat') ?? Number.NaN),
    longitude: Number(attribute(point, 'lon') ?? Number.NaN),
    altitude: numberAt(point, 'ele'),
    distance: first('distance'),
    speed: first('speed'),
    heartRate: first('hr', 'heartrate'),
    cadence: first('cad', 'cadence'),
    power: first('power', 'PowerInWatts'),
    temperature: first('atemp', 'temp'),
  }
}

/** A word for a sport as exports spell it -> FIT profile names; null when it says nothing known. */
function sportOfWords(words: string): { sport: string; subSport: string | null } | null {
  const text = words
    .toLowerCase()
    .replaceAll(/[\s_-]+/g, ' ')
    .trim()
  if (text === '9' || /\b(run|running|jogging|jog|laufen|course à pied)\b/.test(text) || /run(ning)?$/.test(text)) {
    if (/treadmill|indoor/.test(text)) return { sport: 'running', subSport: 'treadmill' }
    if (/trail|mountain|ultra/.test(text)) return { sport: 'running', subSport: 'trail' }
    if (/virtual/.test(text)) return { sport: 'running', subSport: 'virtual_activity' }
    if (/track/.test(text)) return { sport: 'running', subSport: 'track' }
    return { sport: 'running', subSport: null }
  }
  if (text === '1' || /\b(bik(e|ing)|cycl(e|ing)|ride|mtb|gravel)\b/.test(text)) return { sport: 'cycling', subSport: null }
  if (/\bwalk(ing)?\b/.test(text)) return { sport: 'walking', subSport: null }
  if (/\bhik(e|ing)\b/.test(text)) return { sport: 'hiking', subSport: null }
  if (/\bswim(ming)?\b/.test(text)) return { sport: 'swimming', subSport: null }
  return null
}

function plain(words: string): string {
  return (
    words
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '_')
      .slice(0, 40) || 'generic'
  )
}

/** Whether an activity without a word for its sport moved at a runner's speed: 1.9 to 6.5 m/s while moving. */
function movesLikeARunner(activity: Activity): boolean {
  const { distanceMeters, movingSeconds: moving } = activity
  if (!distanceMeters || !moving) return false
  const speed = distanceMeters / moving
  return speed >= 1.9 && speed <= 6.5
}

function activityOf(read: readonly Point[], summary: Summary): Activity {
  const points = read.filter((point) => !Number.isNaN(point.time)).sort((a, b) => a.time - b.time)
  const startMs = [millisecondsOf(summary.start), points[0]?.time ?? Number.NaN].find((time) => !Number.isNaN(time))
  if (startMs === undefined) throw new UnreadableFile('The activity in this file has no times, so nobody can say when it was.')
  const samples = samplesOf(points, startMs, countsSteps(summary.sport))
  const span = samples ? (samples.seconds.at(-1) ?? 0) : 0
  const timerSeconds = summary.timerSeconds || (samples ? timerOf(samples) : 0)
  const climbed = climb(samples?.altitude)
  const moving = samples ? movingSeconds(samples) : null
  return {
    sport: summary.sport,
    subSport: summary.subSport,
    startAt: new Date(startMs),
    offsetSeconds: offsetIn(summary.start),
    timeZone: null,
    distanceMeters: positiveOrNull(summary.distanceMeters ?? Number.NaN) ?? positiveOrNull(lastOf(samples?.distance) ?? Number.NaN),
    timerSeconds: positiveOrNull(timerSeconds),
    elapsedSeconds: positiveOrNull(Math.max(span, timerSeconds)),
    movingSeconds: moving ? Math.min(moving, timerSeconds || moving) : positiveOrNull(timerSeconds),
    ascentMeters: climbed?.ascent ?? null,
    descentMeters: climbed?.descent ?? null,
    averageHeartRate: summary.averageHeartRate ?? mean(samples?.heartRate),
    maxHeartRate: summary.maxHeartRate ?? largest(samples?.heartRate),
    averageCadence: mean(samples?.cadence?.map((value) => (value > 0 ? value : Number.NaN))),
    temperatureCelsius: mean(samples?.temperature),
    heartRateSensor: null,
    device: summary.device,
    race: false,
    laps: summary.laps(startMs),
    samples,
    sets: [],
    damage: null,
  }
}

/** Without a timer in the file, holes of more than half a minute are pauses. */
function timerOf(samples: Samples): number {
  let timer = 0
  for (let i = 1; i < samples.seconds.length; i++) {
    const time = samples.seconds[i]! - samples.seconds[i - 1]!
    if (time <= 30) timer += time
  }
  return timer
}

function samplesOf(points: readonly Point[], startMs: number, steps: boolean): Samples | null {
  if (points.length === 0) return null
  const column = (pick: (point: Point) => number) => unlessEmpty(Float32Array.from(points, pick))
  const there = (point: Point): boolean =>
    Math.abs(point.latitude) <= 90 && Math.abs(point.longitude) <= 180 && (point.latitude !== 0 || point.longitude !== 0)
  const cadence = column((point) => point.cadence)
  return complete({
    seconds: Float64Array.from(points, (point) => Math.max(0, (point.time - startMs) / 1000)),
    speed: column((point) => point.speed),
    heartRate: column((point) => (point.heartRate > 0 ? point.heartRate : Number.NaN)),
    altitude: column((point) => point.altitude),
    cadence: cadence && steps ? bothFeet(cadence) : cadence,
    distance: column((point) => point.distance),
    latitude: unlessEmpty(Float64Array.from(points, (point) => (there(point) ? point.latitude : Number.NaN))),
    longitude: unlessEmpty(Float64Array.from(points, (point) => (there(point) ? point.longitude : Number.NaN))),
    power: column((point) => point.power),
    temperature: column((point) => point.temperature),
  })
}

/** An instant of ISO 8601; one without an offset is UTC, whatever zone this machine is in. */
function millisecondsOf(text: string | null): number {
  if (!text) return Number.NaN
  return Date.parse(/(Z|[+-]\d{2}:?\d{2})$/i.test(text) ? text : `${text}Z`)
}

/** The offset that a time carries with it, if it is not simply UTC. */
function offsetIn(text: string | null): number | null {
  const match = /([+-])(\d{2}):?(\d{2})$/.exec(text?.includes('T') ? text : '')
  if (!match) return null
  const seconds = (Number(match[2]) * 60 + Number(match[3])) * 60
  return seconds <= 14 * 3600 ? (match[1] === '-' ? -seconds : seconds) + 0 : null
}

function attribute(element: Element | null | undefined, name: string): string | null {
  const value = element?.[`@${name}`]
  return typeof value === 'string' && value !== '' ? value : null
}

function orNull(value: number): number | null {
  return Number.isFinite(value) ? value : null
}

function positiveOrNull(value: number): number | null {
  return Number.isFinite(value) && value > 0 ? value : null
}
