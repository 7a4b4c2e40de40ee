import type { Lap } from '../run.ts'
import { bothFeet, cleanHeartRate, cleanSpeed, lockCandidates, RemovedSpans } from './clean.ts'
import { bestEfforts, findBouts, sawTeeth, steadyBlocks } from './efforts.ts'
import { gradeFactor, gradesOf } from './grade.ts'
import { type Grid, resample } from './resample.ts'
import { clamp, finite, mean, meanBetween, quantileOfSorted, rollingMean, sumsOf, within } from './series.ts'
import { bit, noSpeed, type PreparedRun, type PrepareInput, type Segment, type Stream, type StreamFigures } from './types.ts'

export const preparedVersion = 1

const sensorFactors = { chest: 1, arm: 0.95, wrist: 0.85, unknown: 0.85 } as const

function segmentsOf(laps: Lap[]): Segment[] {
  return laps.flatMap((lap) => {
    const seconds = within(lap.seconds, 5, 90_000)
    if (seconds === null) return []
    const distance = within(lap.distanceMeters, 0, 300_000)
    const speed = distance === null ? null : within(distance / seconds, 0, 8.5)
    const startSeconds = Math.max(0, finite(lap.startSeconds) ?? 0)
    return [{ startSeconds, seconds, speed, heartRate: within(lap.averageHeartRate, 40, 225) }]
  })
}

/** Fills the gaps of altitude and speeds, works out grades, and returns grade-adjusted speed. */
function adjustForGrade(
  grid: Grid,
  indoors: boolean,
): { speed: Float32Array; grade: Float32Array; ascent: number; descent: number; noisy: boolean } {
  const n = grid.speed.length
  if (indoors || !grid.hasAltitude || !grid.hasSpeed)
    return { speed: grid.speed, grade: new Float32Array(n), ascent: Number.NaN, descent: Number.NaN, noisy: false }
  const { grade, ascentMeters, descentMeters, noisy } = gradesOf(grid.altitude, grid.speed)
  return { speed: grid.speed.map((v, i) => v * gradeFactor(grade[i]!)), grade, ascent: ascentMeters, descent: descentMeters, noisy }
}

function flagsOf(grid: Grid, grade: Float32Array, like: Uint8Array, step: boolean, outdoors: boolean): Uint8Array {
  const n = grid.speed.length
  const flags = new Uint8Array(n)
  const cadence = grid.hasCadence ? bothFeet(grid.cadence) : null
  for (let i = 0; i < n; i += 1) {
    const v = grid.speed[i]!
    const steps = cadence ? cadence[i]! : Number.NaN
    const moving = grid.hasSpeed ? v >= 0.5 || (Number.isNaN(v) && steps >= 100) : true
    let value = moving ? bit.moving : 0
    const walking = steps > 0 ? steps < 140 && (Number.isNaN(v) ? grid.hasSpeed === false : v < 2.3) : v < 1.8
    if (moving && walking) value |= bit.walking
    if (like[i]) value |= step ? bit.lockLike | bit.lockStep : bit.lockLike
    if (Math.abs(grade[i]!) > 0.12) value |= bit.steep
    if (outdoors && i < 30) value |= bit.start
    flags[i] = value
  }
  return flags
}

/** Where the running begins and ends: walking and standing of two minutes and more at either end belongs to no average. */
function runningSpan(flags: Uint8Array): { from: number; to: number } {
  const running = (i: number) => (flags[i]! & bit.moving) !== 0 && (flags[i]! & bit.walking) === 0
  let from = 0
  while (from < flags.length && !running(from)) from += 1
  let to = flags.length
  while (to > from && !running(to - 1)) to -= 1
  if (to - from < 300) return { from: 0, to: flags.length }
  return { from: from >= 120 ? from : 0, to: flags.length - to >= 120 ? to : flags.length }
}

type SpeedFigures = Pick<StreamFigures, 'meanSpeed' | 'normalizedSpeed' | 'variability' | 'speedSpread' | 'fastSpeed'>

function speedFigures(smooth: Float32Array, flags: Uint8Array, span: { from: number; to: number }): SpeedFigures {
  const values: number[] = []
  const inner: number[] = []
  const running: number[] = []
  for (let i = 0; i < smooth.length; i += 1) {
    if (!(flags[i]! & bit.moving) || !(smooth[i]! >= 0)) continue
    values.push(smooth[i]!)
    if (i < span.from || i >= span.to) continue
    inner.push(smooth[i]!)
    if (!(flags[i]! & bit.walking)) running.push(smooth[i]!)
  }
  if (values.length < 120) return { meanSpeed: null, normalizedSpeed: null, variability: null, speedSpread: null, fastSpeed: null }
  const centre = mean(values)
  const normalized = mean(values.map((v) => v ** 4)) ** 0.25
  const least = running.length ? 0.75 * quantileOfSorted(Float64Array.from(running).sort(), 0.5) : 0
  const sorted = Float64Array.from(inner, (v) => Math.max(v, least)).sort()
  return {
    meanSpeed: centre,
    normalizedSpeed: normalized,
    variability: normalized / centre,
    speedSpread: quantileOfSorted(sorted, 0.9) - quantileOfSorted(sorted, 0.2),
    fastSpeed: quantileOfSorted(sorted, 0.95),
  }
}

/** Efficiency of the first half less that of the second, over the first; halves of what follows minute 10. */
function decouplingOf(speed: Float32Array, heartRate: Float32Array, span: { from: number; to: number }): number | null {
  const from = span.from + 600
  if (span.to - from < 1500) return null
  const middle = (from + span.to) >> 1
  const speeds = sumsOf(speed)
  const beats = sumsOf(heartRate)
  const first = meanBetween(speeds, from, middle) / meanBetween(beats, from, middle)
  const second = meanBetween(speeds, middle, span.to) / meanBetween(beats, middle, span.to)
  return finite((first - second) / first)
}

function heartFigures(heartRate: Float32Array, flags: Uint8Array, span: { from: number; to: number }) {
  const free = heartRate.map((v, i) => (flags[i]! & bit.lockStep ? Number.NaN : v))
  const sums = sumsOf(free)
  let peak = 0
  let minute = 0
  let maximum = 0
  const box: number[] = []
  for (let i = 0; i < free.length; i += 1) {
    if (free[i]! > maximum) maximum = free[i]!
    if (i + 60 <= free.length && sums.count[i + 60]! - sums.count[i]! >= 45) minute = Math.max(minute, meanBetween(sums, i, i + 60))
    if (i % 10 || i + 30 > free.length) continue
    box.length = 0
    for (let j = i; j < i + 30; j += 1) if (free[j]! > 0) box.push(free[j]!)
    if (box.length < 20) continue
    box.sort((a, b) => a - b)
    peak = Math.max(peak, box[box.length >> 1]!)
  }
  const inner = free.subarray(span.from, span.to).filter((v, i) => v > 0 && (flags[span.from + i]! & bit.moving) !== 0)
  const sorted = Float32Array.from(inner).sort()
  const average = meanBetween(sums, span.from, span.to)
  const last = meanBetween(sums, Math.max(span.from, span.to - 1200), span.to)
  const some = inner.length >= 120
  return {
    highHeartRate: some ? quantileOfSorted(sorted, 0.95) : null,
    peakHeartRate: peak || null,
    peakMinuteHeartRate: minute || null,
    maxHeartRate: maximum || null,
    meanHeartRate: some ? finite(average) : null,
    lastTwentyHeartRate: span.to - span.from >= 1500 ? finite(last) : null,
  }
}

function share(flags: Uint8Array, accept: (flag: number, i: number) => boolean): number {
  let moving = 0
  let found = 0
  for (let i = 0; i < flags.length; i += 1) {
    if (!(flags[i]! & bit.moving)) continue
    moving += 1
    if (accept(flags[i]!, i)) found += 1
  }
  return moving ? found / moving : 0
}

type Streamed = Pick<PreparedRun, 'stream' | 'pauses' | 'figures' | 'removed' | 'startAltitudeMeters'> & {
  jumps: number
  meters: number
  moving: number
  ascent: number
  descent: number
  noisy: boolean
  lost: number
}

function streamOf(input: PrepareInput): Streamed | null {
  const grid = input.samples ? resample(input.samples) : null
  if (!grid || (!grid.hasSpeed && !grid.hasHeartRate) || grid.clock.length < 60) return null
  const indoors = input.surface === 'treadmill' || input.surface === 'virtual'
  const removed = new RemovedSpans(grid.clock)
  const raw = grid.heartRate.slice()
  const jumps = grid.hasSpeed ? cleanSpeed(grid, removed) : 0
  const { like, step } =
    grid.hasCadence && grid.hasHeartRate
      ? lockCandidates(raw, bothFeet(grid.cadence), grid.speed, grid.hasSpeed)
      : { like: new Uint8Array(grid.clock.length), step: false }
  cleanHeartRate(grid, removed)
  const { speed, grade, ascent, descent, noisy } = adjustForGrade(grid, indoors)
  const flags = flagsOf(grid, grade, like, step, !indoors && grid.hasSpeed)
  const span = runningSpan(flags)
  const beats = sumsOf(grid.heartRate)
  const unlocked = grid.heartRate.map((v, i) => (like[i] ? Number.NaN : v))
  const contrast = grid.hasSpeed ? findBouts(speed, grade, grid.pauses) : { bouts: [], restSpeed: null }
  const teeth = sawTeeth(grid.heartRate)
  const rawSums = sumsOf(grid.speed)
  const meters = rawSums.sum[span.to]! - rawSums.sum[span.from]!
  let moving = 0
  let gradedMeters = 0
  for (let i = span.from; i < span.to; i += 1) {
    if (!(flags[i]! & bit.moving)) continue
    moving += 1
    if (speed[i]! >= 0) gradedMeters += speed[i]!
  }
  const figures: StreamFigures = {
    ...speedFigures(rollingMean(speed, 30), flags, span),
    ...heartFigures(grid.heartRate, flags, span),
    bestEfforts: grid.hasSpeed && !indoors ? bestEfforts(speed, beats, grid.pauses) : [],
    steadyBlocks: grid.hasSpeed && grid.hasHeartRate && !indoors ? steadyBlocks(speed, unlocked) : [],
    bouts: contrast.bouts,
    restSpeed: contrast.restSpeed,
    teeth: teeth.count,
    toothTop: teeth.top,
    decoupling: grid.hasSpeed ? decouplingOf(speed, grid.heartRate, span) : null,
    heartRateShare: share(flags, (_, i) => grid.heartRate[i]! > 0),
    lockShare: share(flags, (flag) => (flag & bit.lockLike) !== 0),
    walkShare: share(flags, (flag) => (flag & bit.walking) !== 0),
    innerWalkShare: share(flags.subarray(span.from, span.to), (flag) => (flag & bit.walking) !== 0),
    hasSpeed: grid.hasSpeed,
    runMeters: grid.hasSpeed ? meters : null,
    runSeconds: moving,
    runSpeed: moving >= 60 && grid.hasSpeed ? meters / moving : null,
    gradedRunSpeed: moving >= 60 && grid.hasSpeed && grid.hasAltitude && !noisy && !indoors ? gradedMeters / moving : null,
  }
  return {
    stream: {
      speed: Uint16Array.from(speed, (v) => (v >= 0 ? Math.min(60_000, Math.round(v * 100)) : noSpeed)),
      heartRate: Uint8Array.from(grid.heartRate, (v) => (v > 0 ? Math.round(v) : 0)),
      flags,
    } satisfies Stream,
    pauses: grid.pauses,
    figures,
    removed: removed.spans,
    startAltitudeMeters: grid.hasAltitude ? finite(grid.altitude.find((v) => !Number.isNaN(v))) : null,
    jumps,
    meters,
    moving,
    ascent,
    descent,
    noisy,
    lost: grid.hasSpeed ? share(flags, (_, i) => !(grid.speed[i]! >= 0)) : 1,
  }
}

function paceQualityOf(input: PrepareInput, streamed: Streamed | null, distance: number | null): number {
  if (!streamed?.figures?.hasSpeed && distance === null) return 0
  let quality = input.surface === 'treadmill' ? 0.6 : 1
  if (streamed && streamed.lost + streamed.jumps > 0.2) quality *= 0.6
  if (streamed?.noisy) quality *= 0.8
  return quality
}

/**
 * The heavy half of judging a run, free of any threshold: cleans the samples, puts them on whole seconds, adjusts speed
 * for grade and works out bests, bouts and steady blocks. Made once per run and kept; about 20 ms for an hour.
 * Anything unreadable in the input counts as missing; it never throws on numbers.
 */
export function prepareRun(input: PrepareInput): PreparedRun {
  const streamed = streamOf(input)
  const figures = streamed?.figures ?? null
  const reportedMeters = within(input.distanceMeters, 50, 1_000_000)
  const reportedSeconds = within(input.movingSeconds, 20, 400_000) ?? within(input.elapsedSeconds, 20, 400_000)
  const jumped = streamed !== null && streamed.jumps > 0
  const ownMeters = streamed && figures?.hasSpeed && streamed.meters > 50 ? streamed.meters : null
  const distanceMeters = jumped ? ownMeters : (reportedMeters ?? ownMeters)
  const movingSeconds = reportedSeconds ?? (streamed && streamed.moving >= 20 ? streamed.moving : null)
  const reportedMax = within(input.maxHeartRate, 60, 230)
  const ownMax = figures?.maxHeartRate ?? null
  const maxHeartRate = ownMax !== null && figures!.heartRateShare > 0.3 ? ownMax : reportedMax
  return {
    version: preparedVersion,
    surface: input.surface,
    race: input.race === true,
    sensorFactor: sensorFactors[input.heartRateSensor ?? 'unknown'],
    temperatureCelsius: within(input.temperatureCelsius, -40, 55),
    startAltitudeMeters: streamed?.startAltitudeMeters ?? null,
    distanceMeters,
    movingSeconds,
    ascentMeters: within(input.ascentMeters, 0, 20_000) ?? finite(streamed?.ascent),
    descentMeters: within(input.descentMeters, 0, 20_000) ?? finite(streamed?.descent),
    averageHeartRate: figures?.meanHeartRate ?? within(input.averageHeartRate, 45, 225),
    maxHeartRate,
    paceQuality: clamp(paceQualityOf(input, streamed, distanceMeters), 0, 1),
    segments: segmentsOf(input.laps),
    stream: streamed?.stream ?? null,
    pauses: streamed?.pauses ?? [],
    figures,
    removed: streamed?.removed ?? [],
  }
}
