/**
 * Whether two tellings (files, platforms' records) are of one run, and which of them is better. Pure; times are UTC.
 * The main rule is plain: nobody runs two runs at the same time. The others repair clocks.
 */

/** What is compared of one telling. `null` is not known. */
export type Telling = {
  startAt: Date
  /** Start to end, pauses included. */
  elapsedSeconds: number | null
  /** Without pauses. */
  timerSeconds: number | null
  distanceMeters: number | null
  startLatitude: number | null
  startLongitude: number | null
  /** A FIT file's times are UTC by definition; the others may be local times that claim to be UTC. */
  format: 'fit' | 'tcx' | 'gpx' | 'record'
  device: string | null
}

export type Sameness = { same: true; how: 'overlap' | 'clock' | 'zone'; reason: string } | { same: false }

const different: Sameness = { same: false }
/** Device clocks that were never set by satellite or phone are seldom further off. */
const CLOCK_SECONDS = 15 * 60
/** Local times lie at most this far from UTC, in quarters of an hour. */
const ZONE_SECONDS = 14 * 3600
const QUARTER = 900

/** Seconds from start to end; a telling without any is a point in time. */
export function spanSeconds(telling: Pick<Telling, 'elapsedSeconds' | 'timerSeconds'>): number {
  return Math.max(telling.elapsedSeconds ?? 0, telling.timerSeconds ?? 0)
}

/** How far apart two starts can be for `sameRun` to be worth asking, seconds. */
export function reachSeconds(span: number): number {
  return ZONE_SECONDS + QUARTER + span
}

/**
 * Compares two tellings of one runner. Two runs back to back are two runs; a short overlap of their edges (a watch that is
 * stopped late) does not join them.
 * @returns why they are one run, as a sentence for the runner
 */
export function sameRun(a: Telling, b: Telling): Sameness {
  const spanA = spanSeconds(a)
  const spanB = spanSeconds(b)
  const shift = (b.startAt.getTime() - a.startAt.getTime()) / 1000
  if (spanA === 0 || spanB === 0) return Math.abs(shift) <= 60 ? overlapping(a, b) : different
  const shorter = Math.min(spanA, spanB)
  const overlap = Math.min(spanA, shift + spanB) - Math.max(0, shift)
  if (overlap >= 0.5 * shorter) return overlapping(a, b)
  if (Math.abs(shift) <= CLOCK_SECONDS && overlap > 0 && alike(a, b, 0.02, 15)) {
    return { same: true, how: 'clock', reason: `Same length and distance; the clocks are ${minutes(shift)} apart.` }
  }
  if (isZoneShift(a, b, shift) && alike(a, b, 0.01, 5)) {
    return { same: true, how: 'zone', reason: `Same length and distance; one of them keeps local time, ${hours(shift)} away.` }
  }
  return different
}

function overlapping(a: Telling, b: Telling): Sameness {
  const apart = Math.abs(b.startAt.getTime() - a.startAt.getTime()) / 1000
  const when = apart < 5 ? 'at the same second' : apart < 90 ? 'within a minute or so' : `${minutes(apart)} apart`
  return { same: true, how: 'overlap', reason: `Recorded at the same time, begun ${when}: one person, one run.` }
}

/** A start that lies whole quarters of an hour away to the second, where at least one telling may hold local time. */
function isZoneShift(a: Telling, b: Telling, shift: number): boolean {
  if (a.format === 'fit' && b.format === 'fit') return false
  const distance = Math.abs(shift)
  if (distance < 1800 || distance > ZONE_SECONDS + 5) return false
  const off = distance % QUARTER
  return Math.min(off, QUARTER - off) <= 5 && !farApart(a, b)
}

/** The same length and, where both know it, the same distance; places that differ are two runs. */
function alike(a: Telling, b: Telling, share: number, seconds: number): boolean {
  if (farApart(a, b)) return false
  const spans = near(spanSeconds(a), spanSeconds(b), share, seconds) || near(a.timerSeconds ?? -1e9, b.timerSeconds ?? 1e9, share, seconds)
  if (!spans) return false
  if (a.distanceMeters !== null && b.distanceMeters !== null) return near(a.distanceMeters, b.distanceMeters, Math.max(share, 0.03), 30)
  // Without any distance to compare, only the places could tell; then the time must do, and to the second.
  return near(spanSeconds(a), spanSeconds(b), 0.002, 2)
}

function near(a: number, b: number, share: number, least: number): boolean {
  return Math.abs(a - b) <= Math.max(least, share * Math.max(a, b))
}

/** Both know where they began, and it is more than half a kilometre apart. */
function farApart(a: Telling, b: Telling): boolean {
  if (a.startLatitude === null || a.startLongitude === null || b.startLatitude === null || b.startLongitude === null) return false
  const north = (a.startLatitude - b.startLatitude) * 111_320
  const east = (a.startLongitude - b.startLongitude) * 111_320 * Math.cos((a.startLatitude * Math.PI) / 180)
  return Math.hypot(north, east) > 500
}

function minutes(seconds: number): string {
  const whole = Math.max(1, Math.round(Math.abs(seconds) / 60))
  return whole === 1 ? 'one minute' : `${whole} minutes`
}

function hours(seconds: number): string {
  const value = Math.abs(seconds) / 3600
  return `${Number.isInteger(value) ? value : value.toFixed(2).replace(/0$/, '')} h`
}

// ── Which telling is better ─────────────────────────────────────────────────────────────────────────────────────────

/** What a telling recorded, as shares of its length from 0 to 1. */
export type Recorded = {
  format: Telling['format']
  records: number
  spanSeconds: number
  heartRate: number
  speed: number
  position: number
  altitude: number
  cadence: number
  heartRateSensor: 'chest' | 'arm' | 'wrist' | null
  distanceKnown: boolean
  laps: number
  damaged: boolean
  /** A platform's policy forbids to keep or mix it. */
  passing: boolean
}

/** A telling's quality; higher is better. Heart rate and speed decide, as they decide easy or hard. */
export function qualityOf(recorded: Recorded): number {
  const density = recorded.spanSeconds > 0 ? Math.min(1, recorded.records / recorded.spanSeconds) : 0
  const strap = recorded.heartRateSensor === 'chest' ? 6 : recorded.heartRateSensor === 'arm' ? 4 : 0
  const score =
    (recorded.records > 0 ? 20 : 0) +
    10 * density +
    30 * recorded.heartRate +
    strap * recorded.heartRate +
    25 * recorded.speed +
    5 * recorded.position +
    4 * recorded.altitude +
    3 * recorded.cadence +
    (recorded.distanceKnown ? 3 : 0) +
    (recorded.laps > 1 ? 2 : 0) +
    (recorded.format === 'fit' ? 3 : recorded.format === 'tcx' ? 2 : 0) -
    (recorded.damaged ? 8 : 0) -
    (recorded.passing ? 1000 : 0)
  return Math.round(score * 10) / 10
}

/** What the better telling has that the other lacks; a sentence for the runner. */
export function whyBetter(best: Recorded, other: Recorded): string {
  const has: string[] = []
  if (best.records > 0 && other.records === 0) has.push('the course second by second')
  if (best.heartRate > other.heartRate + 0.1) has.push('more heart rate')
  else if (best.heartRateSensor === 'chest' && other.heartRateSensor !== 'chest' && best.heartRate > 0) has.push('a chest strap')
  if (best.speed > other.speed + 0.1) has.push('more speed')
  if (best.spanSeconds > other.spanSeconds * 1.1) has.push('more of the run')
  if (other.damaged && !best.damaged) has.push('no damage')
  if (other.passing && !best.passing) return 'The other copy may not be kept for long, by its platform’s rules.'
  if (has.length === 0) return 'Both are as good; the first one stays.'
  return `It has ${has.join(', ')}.`
}
