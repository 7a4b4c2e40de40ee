/** Builds activity files in code (FIT, TCX, GPX), so that no real runner stands in a test. */
import { type DeveloperValue, type Field, FitWriter, fitSeconds } from './fit-writer.ts'

export { chained, cutOff, FitWriter, fitSeconds, withWrongCrc } from './fit-writer.ts'

/** A stretch of even running; `pause` leaves a hole in the records of that length, without distance. */
export type Segment = {
  seconds: number
  /** Metres a second. */
  speed: number
  heartRate?: number | null
  /** Steps a minute, both feet. */
  cadence?: number | null
  /** Metres above sea level at the start of the stretch; otherwise it goes on where the last one ended. */
  altitude?: number
  /** Metres of climb for each metre run. */
  grade?: number
  pause?: boolean
}

export type DeveloperField = { name: string; units: string; value: (second: number) => number | null }

export type RunFile = {
  startAt: Date
  /** Local time less UTC; `null` leaves it out of the file. */
  offsetSeconds?: number | null
  segments: readonly Segment[]
  /** FIT profile numbers; 1 is running. */
  sport?: number
  subSport?: number
  /** One lap for each segment (default), laps of so many metres, or one lap. */
  laps?: 'segments' | 'one' | { meters: number }
  /** Seconds between records. */
  everySeconds?: number
  /** Where it starts; `null` is a run without positions. */
  position?: { latitude: number; longitude: number } | null
  /** Whether speed and distance are recorded; a treadmill without a foot pod has neither. */
  distance?: boolean
  altitude?: boolean
  heartRateSensor?: 'chest' | 'wrist' | null
  device?: { manufacturer: number; product: number; name?: string }
  /** Whether the file has a session message. */
  session?: boolean
  records?: boolean
  developerFields?: readonly DeveloperField[]
  title?: string
  littleEndian?: boolean
  headerBytes?: 12 | 14
}

export type Point = {
  second: number
  speed: number
  heartRate: number | null
  cadence: number | null
  altitude: number
  distance: number
  latitude: number
  longitude: number
  segment: number
}

const METERS_PER_DEGREE = 111_194.926_6
const defaultPosition = { latitude: 60.5, longitude: 0 }

/** What a perfect watch would have recorded: a run due north. The last point lies at the very end. */
export function runPoints(file: RunFile): Point[] {
  const every = file.everySeconds ?? 1
  const start = file.position ?? defaultPosition
  const points: Point[] = []
  let second = 0
  let distance = 0
  let altitude = 100
  file.segments.forEach((segment, index) => {
    altitude = segment.altitude ?? altitude
    const moved = segment.pause ? 0 : segment.speed
    if (!segment.pause) for (let at = 0; at < segment.seconds; at += every) points.push(point(at))
    if (index === file.segments.length - 1 && !segment.pause) points.push(point(segment.seconds))
    second += segment.seconds
    distance += moved * segment.seconds
    altitude += moved * segment.seconds * (segment.grade ?? 0)

    function point(at: number): Point {
      return {
        second: second + at,
        speed: segment.speed,
        heartRate: segment.heartRate ?? null,
        cadence: segment.cadence ?? null,
        altitude: altitude + moved * at * (segment.grade ?? 0),
        distance: distance + moved * at,
        latitude: start.latitude + (distance + moved * at) / METERS_PER_DEGREE,
        longitude: start.longitude,
        segment: index,
      }
    }
  })
  return points
}

type Sums = { start: number; elapsed: number; timer: number; distance: number; heartRates: number[]; ascent: number; descent: number }

function sums(file: RunFile, points: readonly Point[], start: number, end: number): Sums {
  const inside = points.filter(
    (point) => point.second >= start && (point.second < end || (point.second === end && point === points.at(-1))),
  )
  const first = points.find((point) => point.second >= start)
  const next = points.find((point) => point.second >= end) ?? points.at(-1)
  let paused = 0
  let at = 0
  for (const segment of file.segments) {
    if (segment.pause) paused += Math.max(0, Math.min(end, at + segment.seconds) - Math.max(start, at))
    at += segment.seconds
  }
  let ascent = 0
  let descent = 0
  for (let i = 1; i < inside.length; i++) {
    const climb = inside[i]!.altitude - inside[i - 1]!.altitude
    if (climb > 0) ascent += climb
    else descent -= climb
  }
  return {
    start,
    elapsed: end - start,
    timer: end - start - paused,
    distance: (next?.distance ?? 0) - (first?.distance ?? 0),
    heartRates: inside.flatMap((point) => (point.heartRate === null ? [] : [point.heartRate])),
    ascent,
    descent,
  }
}

function lapBounds(file: RunFile, points: readonly Point[]): number[] {
  const total = file.segments.reduce((sum, segment) => sum + segment.seconds, 0)
  const laps = file.laps ?? 'segments'
  const bounds = [0]
  if (laps === 'segments') {
    let at = 0
    for (const segment of file.segments) {
      at += segment.seconds
      bounds.push(at)
    }
    return bounds
  }
  if (laps !== 'one')
    for (const point of points)
      if (point.second > 0 && point.second < total && point.distance >= laps.meters * bounds.length) bounds.push(point.second)
  bounds.push(total)
  return bounds
}

function summaryFields(file: RunFile, part: Sums, startAt: number, kind: 'lap' | 'session'): Field[] {
  const averageHeartRate = part.heartRates.length > 0 ? part.heartRates.reduce((a, b) => a + b, 0) / part.heartRates.length : null
  const maxHeartRate = part.heartRates.length > 0 ? Math.max(...part.heartRates) : null
  const heartRateAt = kind === 'lap' ? 15 : 16
  const fields: Field[] = [
    [253, 'uint32', startAt + Math.round(part.start + part.elapsed)],
    [2, 'uint32', startAt + Math.round(part.start)],
    [7, 'uint32', Math.round(part.elapsed * 1000)],
    [8, 'uint32', Math.round(part.timer * 1000)],
    [9, 'uint32', file.distance === false ? null : Math.round(part.distance * 100)],
    [heartRateAt, 'uint8', averageHeartRate === null ? null : Math.round(averageHeartRate)],
    [heartRateAt + 1, 'uint8', maxHeartRate === null ? null : Math.round(maxHeartRate)],
  ]
  if (file.altitude !== false) {
    const at = kind === 'lap' ? 21 : 22
    fields.push([at, 'uint16', Math.round(part.ascent)], [at + 1, 'uint16', Math.round(part.descent)])
  }
  return fields
}

function writeHead(writer: FitWriter, file: RunFile, startAt: number): void {
  const device = file.device ?? { manufacturer: 1, product: 3113 }
  writer.message(0, [
    [0, 'enum', 4],
    [1, 'uint16', device.manufacturer],
    [2, 'uint16', device.product],
    [3, 'uint32z', 123_456],
    [4, 'uint32', startAt],
  ])
  writer.message(23, [
    [253, 'uint32', startAt],
    [0, 'uint8', 0],
    [2, 'uint16', device.manufacturer],
    [4, 'uint16', device.product],
    [27, 'string', device.name ?? ''],
  ])
  if (file.heartRateSensor)
    writer.message(23, [
      [253, 'uint32', startAt],
      [0, 'uint8', 1],
      [1, 'uint8', file.heartRateSensor === 'chest' ? 120 : 10],
      [25, 'enum', file.heartRateSensor === 'chest' ? 1 : 5],
    ])
  if (file.title)
    writer.message(12, [
      [0, 'enum', file.sport ?? 1],
      [1, 'enum', file.subSport ?? 0],
      [3, 'string', file.title],
    ])
  if (file.developerFields?.length) {
    writer.message(207, [
      [1, 'byte', Array.from({ length: 16 }, (_, i) => i)],
      [3, 'uint8', 0],
    ])
    file.developerFields.forEach((field, index) => {
      writer.message(206, [
        [0, 'uint8', 0],
        [1, 'uint8', index],
        [2, 'uint8', 0x88],
        [3, 'string', field.name],
        [8, 'string', field.units],
      ])
    })
  }
}

function writeRecord(writer: FitWriter, file: RunFile, point: Point, startAt: number): void {
  const semicircles = 2 ** 31 / 180
  const fields: Field[] = [[253, 'uint32', startAt + Math.round(point.second)]]
  if (file.position !== null)
    fields.push([0, 'sint32', Math.round(point.latitude * semicircles)], [1, 'sint32', Math.round(point.longitude * semicircles)])
  if (file.altitude !== false) fields.push([78, 'uint32', Math.round((point.altitude + 500) * 5)])
  fields.push([3, 'uint8', point.heartRate === null ? null : Math.round(point.heartRate)])
  if (point.cadence !== null) {
    const oneFoot = point.cadence / 2
    fields.push([4, 'uint8', Math.floor(oneFoot)], [53, 'uint8', Math.round((oneFoot % 1) * 128)])
  } else fields.push([4, 'uint8', null], [53, 'uint8', null])
  if (file.distance !== false) fields.push([5, 'uint32', Math.round(point.distance * 100)], [73, 'uint32', Math.round(point.speed * 1000)])
  const developer: DeveloperValue[] = (file.developerFields ?? []).map((field, index) => ({
    index: 0,
    field: index,
    type: 'float32',
    value: field.value(point.second),
  }))
  writer.message(20, fields, { local: 1, developer })
}

/** A FIT activity of one session, by default a run with records every second, positions and a lap for each segment. */
export function buildRunFit(file: RunFile): Uint8Array {
  const writer = new FitWriter({ littleEndian: file.littleEndian ?? true })
  const startAt = fitSeconds(file.startAt)
  const points = runPoints(file)
  const total = file.segments.reduce((sum, segment) => sum + segment.seconds, 0)
  writeHead(writer, file, startAt)
  writer.message(
    21,
    [
      [253, 'uint32', startAt],
      [0, 'enum', 0],
      [1, 'enum', 0],
    ],
    { local: 2 },
  )
  if (file.records !== false) for (const point of points) writeRecord(writer, file, point, startAt)
  writer.message(
    21,
    [
      [253, 'uint32', startAt + Math.round(total)],
      [0, 'enum', 0],
      [1, 'enum', 4],
    ],
    { local: 2 },
  )
  const bounds = lapBounds(file, points)
  for (let i = 1; i < bounds.length; i++)
    writer.message(19, summaryFields(file, sums(file, points, bounds[i - 1]!, bounds[i]!), startAt, 'lap'), { local: 3 })
  if (file.session !== false)
    writer.message(
      18,
      [
        ...summaryFields(file, sums(file, points, 0, total), startAt, 'session'),
        [5, 'enum', file.sport ?? 1],
        [6, 'enum', file.subSport ?? 0],
        [26, 'uint16', bounds.length - 1],
      ],
      { local: 4 },
    )
  const offset = file.offsetSeconds === undefined ? 0 : file.offsetSeconds
  writer.message(
    34,
    [
      [253, 'uint32', startAt + Math.round(total)],
      [0, 'uint32', Math.round(total * 1000)],
      [1, 'uint16', 1],
      [2, 'enum', 0],
      [5, 'uint32', offset === null ? null : startAt + Math.round(total) + offset],
    ],
    { local: 5 },
  )
  return writer.finish({ headerBytes: file.headerBytes })
}

export type StrengthSet = {
  kind: 'active' | 'rest'
  seconds: number
  reps?: number | null
  weightKg?: number | null
  category?: number | null
  name?: number | null
}

/** A strength activity as a watch records it: sets, heart rate, no distance. */
export function buildStrengthFit(file: {
  startAt: Date
  offsetSeconds?: number | null
  sets: readonly StrengthSet[]
  heartRate?: number | null
}): Uint8Array {
  const writer = new FitWriter()
  const startAt = fitSeconds(file.startAt)
  const total = file.sets.reduce((sum, set) => sum + set.seconds, 0)
  const run: RunFile = {
    startAt: file.startAt,
    segments: [{ seconds: total, speed: 0, heartRate: file.heartRate ?? null }],
    sport: 10,
    subSport: 20,
    distance: false,
    position: null,
    altitude: false,
  }
  writeHead(writer, run, startAt)
  const points = runPoints(run)
  for (const point of points) writeRecord(writer, run, point, startAt)
  let at = startAt
  file.sets.forEach((set, index) => {
    writer.message(
      225,
      [
        [254, 'uint32', at + Math.round(set.seconds)],
        [0, 'uint32', Math.round(set.seconds * 1000)],
        [3, 'uint16', set.reps ?? null],
        [4, 'uint16', set.weightKg == null ? null : Math.round(set.weightKg * 16)],
        [5, 'uint8', set.kind === 'active' ? 1 : 0],
        [6, 'uint32', at],
        [7, 'uint16', [set.category ?? null, null, null].map((value) => value ?? 0xffff)],
        [8, 'uint16', [set.name ?? null, null, null].map((value) => value ?? 0xffff)],
        [10, 'uint16', index],
      ],
      { local: 6 },
    )
    at += Math.round(set.seconds)
  })
  writer.message(19, summaryFields(run, sums(run, points, 0, total), startAt, 'lap'), { local: 3 })
  writer.message(18, [...summaryFields(run, sums(run, points, 0, total), startAt, 'session'), [5, 'enum', 10], [6, 'enum', 20]], {
    local: 4,
  })
  writer.message(34, [
    [253, 'uint32', startAt + Math.round(total)],
    [1, 'uint16', 1],
    [5, 'uint32', file.offsetSeconds === null ? null : startAt + Math.round(total) + (file.offsetSeconds ?? 0)],
  ])
  return writer.finish()
}

/** A FIT file that holds no activity: 2 settings, 5 workout, 6 course, 9 weight, 32 monitoring. */
export function buildOtherFit(type: number, createdAt = new Date('2026-01-01T00:00:00Z')): Uint8Array {
  return new FitWriter()
    .message(0, [
      [0, 'enum', type],
      [1, 'uint16', 1],
      [4, 'uint32', fitSeconds(createdAt)],
    ])
    .finish()
}

const iso = (file: RunFile, second: number) => new Date(file.startAt.getTime() + second * 1000).toISOString()

/** The run as Garmin's TCX, with speed in its extension. */
export function buildTcx(file: RunFile, sport = 'Running'): string {
  const points = runPoints(file)
  const bounds = lapBounds(file, points)
  const laps = bounds.slice(1).map((end, index) => {
    const start = bounds[index]!
    const part = sums(file, points, start, end)
    const last = index === bounds.length - 2
    const average = part.heartRates.length > 0 ? Math.round(part.heartRates.reduce((a, b) => a + b, 0) / part.heartRates.length) : null
    const trackpoints = points
      .filter((point) => point.second >= start && (point.second < end || (last && point.second === end)))
      .map((point) => tcxPoint(file, point))
    return [
      `<Lap StartTime="${iso(file, start)}"><TotalTimeSeconds>${part.timer}</TotalTimeSeconds>`,
      file.distance === false ? '' : `<DistanceMeters>${part.distance}</DistanceMeters>`,
      average === null ? '' : `<AverageHeartRateBpm><Value>${average}</Value></AverageHeartRateBpm>`,
      average === null ? '' : `<MaximumHeartRateBpm><Value>${Math.max(...part.heartRates)}</Value></MaximumHeartRateBpm>`,
      `<Intensity>Active</Intensity><TriggerMethod>Manual</TriggerMethod><Track>${trackpoints.join('')}</Track></Lap>`,
    ].join('')
  })
  return `<?xml version="1.0" encoding="UTF-8"?>
<TrainingCenterDatabase xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2" xmlns:ns3="http://www.garmin.com/xmlschemas/ActivityExtension/v2">
<Activities><Activity Sport="${sport}"><Id>${iso(file, 0)}</Id>${laps.join('\n')}
<Creator xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="Device_t"><Name>${file.device?.name ?? 'Test watch'}</Name></Creator></Activity></Activities>
</TrainingCenterDatabase>
`
}

function tcxPoint(file: RunFile, point: Point): string {
  const position = `<Position><LatitudeDegrees>${point.latitude}</LatitudeDegrees><LongitudeDegrees>${point.longitude}</LongitudeDegrees></Position>`
  return [
    `<Trackpoint><Time>${iso(file, point.second)}</Time>`,
    file.position === null ? '' : position,
    file.altitude === false ? '' : `<AltitudeMeters>${point.altitude}</AltitudeMeters>`,
    file.distance === false ? '' : `<DistanceMeters>${point.distance}</DistanceMeters>`,
    point.heartRate === null ? '' : `<HeartRateBpm><Value>${Math.round(point.heartRate)}</Value></HeartRateBpm>`,
    '<Extensions><ns3:TPX>',
    file.distance === false ? '' : `<ns3:Speed>${point.speed}</ns3:Speed>`,
    point.cadence === null ? '' : `<ns3:RunCadence>${Math.round(point.cadence / 2)}</ns3:RunCadence>`,
    '</ns3:TPX></Extensions></Trackpoint>',
  ].join('')
}

/** The run as GPX 1.1 with Garmin's TrackPointExtension. */
export function buildGpx(file: RunFile, type = 'running'): string {
  const points = runPoints(file).map(
    (point) =>
      `<trkpt lat="${point.latitude}" lon="${point.longitude}">${file.altitude === false ? '' : `<ele>${point.altitude}</ele>`}<time>${iso(file, point.second)}</time>` +
      `<extensions><gpxtpx:TrackPointExtension>${point.heartRate === null ? '' : `<gpxtpx:hr>${Math.round(point.heartRate)}</gpxtpx:hr>`}${
        point.cadence === null ? '' : `<gpxtpx:cad>${Math.round(point.cadence / 2)}</gpxtpx:cad>`
      }</gpxtpx:TrackPointExtension></extensions></trkpt>`,
  )
  return `<?xml version="1.0" encoding="UTF-8"?>
<gpx version="1.1" creator="Test watch" xmlns="http://www.topografix.com/GPX/1/1" xmlns:gpxtpx="http://www.garmin.com/xmlschemas/TrackPointExtension/v1">
<metadata><time>${iso(file, 0)}</time></metadata>
<trk><name>${file.title ?? 'Morning Run'}</name>${type ? `<type>${type}</type>` : ''}<trkseg>
${points.join('\n')}
</trkseg></trk></gpx>
`
}
