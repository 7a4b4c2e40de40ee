export type Surface = 'road' | 'trail' | 'track' | 'treadmill' | 'virtual' | 'unknown'

/**
 * What a run recorded, as columns of one length. `NaN` is a missing value. Nothing here is cleaned: that is the
 * classifier's work, so that a better rule can be run over an old run.
 */
export type Samples = {
  /** Seconds since the start of the run, never falling (a device may record twice in one second); a jump is a pause. */
  seconds: Float64Array
  /** Metres a second. */
  speed?: Float32Array
  /** Beats a minute. */
  heartRate?: Float32Array
  /** Metres above sea level. */
  altitude?: Float32Array
  /** Steps a minute, both feet. */
  cadence?: Float32Array
  /** Metres since the start. */
  distance?: Float32Array
  /** Degrees; both or neither. */
  latitude?: Float64Array
  longitude?: Float64Array
  /** Watts. */
  power?: Float32Array
  /** Degrees Celsius at the sensor. */
  temperature?: Float32Array
}

/** One lap. `startSeconds` is on the clock of the samples; `seconds` counts without pauses, as pace needs it. */
export type Lap = {
  startSeconds: number
  seconds: number
  distanceMeters: number | null
  averageHeartRate: number | null
  maxHeartRate?: number | null
  ascentMeters?: number | null
}

/**
 * An activity as a file or a platform gave it, before it is anybody's run.
 * `sport` and `subSport` are FIT profile names in snake case (`running`, `trail`, `strength_training`).
 */
export type Activity = {
  sport: string
  subSport: string | null
  startAt: Date
  /** Local time less UTC; `null` when the source does not know. */
  offsetSeconds: number | null
  /** An IANA name where the source gives one. */
  timeZone: string | null
  distanceMeters: number | null
  /** Seconds without pauses. */
  timerSeconds: number | null
  elapsedSeconds: number | null
  /** Seconds in motion, where the source says so; else worked out from the samples. */
  movingSeconds: number | null
  ascentMeters: number | null
  descentMeters: number | null
  averageHeartRate: number | null
  maxHeartRate: number | null
  averageCadence: number | null
  temperatureCelsius: number | null
  /** Beats came from a strap (`chest`), the wrist, or nobody knows. */
  heartRateSensor: 'chest' | 'arm' | 'wrist' | null
  device: string | null
  /** The source's own word that this was a race. */
  race: boolean
  laps: Lap[]
  samples: Samples | null
  /** Sets of a strength activity, in order. */
  sets: CompletedSet[]
  /** Damage that was read around, as one sentence for the runner; `null` when there is none. */
  damage: string | null
}

/** One set of a strength activity as a watch recorded it. */
export type CompletedSet = {
  kind: 'active' | 'rest'
  startAt: Date | null
  seconds: number | null
  reps: number | null
  weightKg: number | null
  /** FIT profile numbers. */
  category: number | null
  name: number | null
}
