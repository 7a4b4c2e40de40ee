import type { Day } from '../days.ts'
import type { Lap, Samples, Surface } from '../run.ts'
import type { Figure, Race } from '../runner.ts'

/** What `prepareRun` reads of one run; every figure may be missing. `temperatureCelsius` is the weather, never the watch's own sensor. */
export type PrepareInput = {
  samples: Samples | null
  laps: Lap[]
  distanceMeters: number | null
  movingSeconds: number | null
  elapsedSeconds: number | null
  ascentMeters: number | null
  descentMeters: number | null
  averageHeartRate: number | null
  maxHeartRate: number | null
  surface: Surface
  race: boolean
  heartRateSensor: 'chest' | 'arm' | 'wrist' | null
  temperatureCelsius: number | null
}

/** One second a column entry, pauses cut out. Speed is grade-adjusted, cm/s, `noSpeed` where unknown; heart rate 0 where unknown. */
export type Stream = { speed: Uint16Array; heartRate: Uint8Array; flags: Uint8Array }
export const noSpeed = 65_535
/** Bits of `Stream.flags`. */
export const bit = { moving: 1, walking: 2, lockLike: 4, lockStep: 8, steep: 16, start: 32 } as const

/** Seconds that the recording stood still before the stream's entry `at`. */
export type Pause = { at: number; seconds: number }
export type RemovedWhy = 'spike' | 'dropout' | 'flat' | 'cadenceLock' | 'jump' | 'overMaximum'
/** What was cleaned away, in seconds since the start of the run. */
export type Removed = { startSeconds: number; endSeconds: number; what: 'heartRate' | 'speed'; why: RemovedWhy }
/** A fast stretch of the run: stream entries `from` up to `to`, mean grade-adjusted speed, mean grade as a fraction. */
export type Bout = { from: number; to: number; speed: number; grade: number }
/** Best mean grade-adjusted speed over `seconds`; `heartRate` is the mean of its second half, `null` when it was not recorded. */
export type BestEffort = { seconds: number; speed: number; heartRate: number | null }
/** Four steady minutes: a point of the runner's heart-rate-to-speed line. */
export type SteadyBlock = { speed: number; heartRate: number }
export type Segment = { startSeconds: number; seconds: number; speed: number | null; heartRate: number | null }

/** Figures of the stream that need no thresholds. Speeds are grade-adjusted m/s. */
export type StreamFigures = {
  meanSpeed: number | null
  normalizedSpeed: number | null
  variability: number | null
  /** Spread of the 30-s speed of the running part, 90th less 20th percentile, m/s; walking counts as slow running. */
  speedSpread: number | null
  fastSpeed: number | null
  highHeartRate: number | null
  /** Highest median of 30 s, and highest mean of 60 s. */
  peakHeartRate: number | null
  peakMinuteHeartRate: number | null
  maxHeartRate: number | null
  meanHeartRate: number | null
  lastTwentyHeartRate: number | null
  bestEfforts: BestEffort[]
  steadyBlocks: SteadyBlock[]
  bouts: Bout[]
  /** Mean speed of what is not a bout. */
  restSpeed: number | null
  /** Rises and falls of heart rate that make a saw-tooth, and the median top of them. */
  teeth: number
  toothTop: number | null
  decoupling: number | null
  heartRateShare: number
  lockShare: number
  walkShare: number
  /** The same within the running part: walks at either end left out. */
  innerWalkShare: number
  hasSpeed: boolean
  /** Plain (not grade-adjusted) speed of the running part; walks of two minutes and more at either end are no part of it. */
  runSpeed: number | null
  /** The same adjusted for grade second by second; `null` without usable altitude. */
  gradedRunSpeed: number | null
  runMeters: number | null
  runSeconds: number
}

/** A run made ready for judging: cleaned, resampled to 1 Hz, and everything worked out that needs no thresholds. */
export type PreparedRun = {
  version: number
  surface: Surface
  race: boolean
  sensorFactor: number
  temperatureCelsius: number | null
  startAltitudeMeters: number | null
  distanceMeters: number | null
  movingSeconds: number | null
  ascentMeters: number | null
  descentMeters: number | null
  averageHeartRate: number | null
  maxHeartRate: number | null
  paceQuality: number
  segments: Segment[]
  stream: Stream | null
  pauses: Pause[]
  figures: StreamFigures | null
  removed: Removed[]
}

/** `word` is the runner's own label of the run. */
export type RunMeta = { id: string; localDate: Day; startAt: Date; word?: 'easy' | 'hard' | null }

/** The runner's own settings that judging reads. Figures count only when they are the runner's. */
export type EffortProfile = {
  units: 'metric' | 'imperial'
  birthYear: number | null
  sex: 'female' | 'male' | null
  maxHeartRate: Figure | null
  restingHeartRate: Figure | null
  thresholdHeartRate: Figure | null
  thresholdPaceSecondsPerKm: Figure | null
  ignoreHeartRate: boolean
  races: Pick<Race, 'localDate' | 'distanceMeters'>[]
}

export const plainProfile: EffortProfile = {
  units: 'metric',
  birthYear: null,
  sex: null,
  maxHeartRate: null,
  restingHeartRate: null,
  thresholdHeartRate: null,
  thresholdPaceSecondsPerKm: null,
  ignoreHeartRate: false,
  races: [],
}

/** A number with its spread (one standard deviation, same unit), where it comes from, and the sentence that says so. */
export type Threshold = { value: number; sd: number; origin: 'runner' | 'learnt' | 'age'; evidence: string }

/** What was known of the runner before a day. Speeds are grade-adjusted m/s; `null` while nothing is known of the runner's pace. */
export type Thresholds = {
  day: Day
  speed1: Threshold | null
  speed2: Threshold | null
  heartRate1: Threshold
  heartRate2: Threshold
  maxHeartRate: Threshold
  restingHeartRate: Threshold | null
  /** The runner's line heart rate = a + b·speed; `null` until it can be drawn. */
  line: { a: number; b: number } | null
}

export type Known = 'paceAndHeartRate' | 'paceOnly' | 'heartRateOnly' | 'laps' | 'averages' | 'nothing'

/** What the answer rests on, for the run page. */
export type Evidence = {
  known: Known
  /** Below the first threshold, between, above the second; seconds. */
  secondsInZonePace: [number, number, number] | null
  secondsInZoneHeartRate: [number, number, number] | null
  bouts: { startSeconds: number; endSeconds: number; speed: number }[]
  removed: Removed[]
  flags: string[]
  paceDoseMinutes: number | null
  heartRateDoseMinutes: number | null
  neededMinutes: number
  intensityFactor: number | null
  variability: number | null
  decoupling: number | null
  quality: { pace: number; heartRate: number }
  load: { kind: 'heartRate' | 'pace' | 'minutes'; value: number }
  /** Log-odds of hard by source; what was left out is `null`. */
  logOdds: { pace: number | null; heartRate: number | null; history: number | null; bias: number; total: number }
}
