import { heartTrustOf, neededMinutes, paceTrustOf, type Trust } from './decide.ts'
import {
  type Columns,
  columnsOf,
  type Doses,
  type Drift,
  dosesOf,
  dosesOfSegments,
  type Limits,
  limitsFor,
  maskHeartRate,
  subtractDrift,
} from './doses.ts'
import { type Structure, structureOf } from './structure.ts'
import type { EffortProfile, Known, PreparedRun, Removed, Segment, Threshold, Thresholds } from './types.ts'

/** A run held against the thresholds of its day: all that the decision, the words and the page need. */
export type View = {
  known: Known
  thresholds: Thresholds
  limits: Limits
  trust: Trust
  structure: Structure
  paceDose: number | null
  heartDose: number | null
  needed: number
  doses: Doses | null
  drift: Drift | null
  removed: Removed[]
  flags: string[]
  heartRate: Float32Array | null
  movingSeconds: number | null
}

const noStructure: Structure = { structured: false, bouts: [], medianSeconds: 0, regular: false, uphill: false, strides: false }

/** While nothing is known of the runner's pace, a run of clear repeats shows it: its slow parts are taken as usual pace. */
function guessFromRests(prepared: PreparedRun, thresholds: Thresholds): Thresholds {
  const figures = prepared.figures
  if (thresholds.speed2 || !figures?.restSpeed || prepared.paceQuality === 0) return thresholds
  const guess = 1.25 * figures.restSpeed
  if (!structureOf(prepared, guess).structured) return thresholds
  const make = (value: number): Threshold => ({
    value,
    sd: value * 0.053,
    origin: 'age',
    evidence: 'A guess from the slow parts of this run.',
  })
  return { ...thresholds, speed1: make(guess * 0.825), speed2: make(guess) }
}

function streamView(prepared: PreparedRun, thresholds: Thresholds, limits: Limits, profile: EffortProfile, flags: string[]): View {
  const columns: Columns = columnsOf(prepared.stream!)
  const mask = maskHeartRate(prepared, columns, limits, thresholds.line)
  const movingSeconds = prepared.movingSeconds ?? prepared.stream!.flags.length
  const drift = subtractDrift(prepared, mask.heartRate, movingSeconds / 60)
  const doses = dosesOf(prepared, columns, mask.heartRate, limits)
  const lockedShare = mask.locked / Math.max(1, prepared.stream!.flags.length)
  if (mask.locked >= 60) flags.push('cadenceLock')
  let heartQuality = doses.heartShare * prepared.sensorFactor * (lockedShare > 0.2 ? 0.5 : 1)
  if (drift.beyond) heartQuality = Math.min(heartQuality, 0.6)
  const useHeart = !profile.ignoreHeartRate && heartQuality >= 0.5 && doses.heartSeconds >= 600
  const usePace = doses.paceDose !== null && prepared.paceQuality > 0
  const useShortHeart = !usePace && !profile.ignoreHeartRate && heartQuality >= 0.5 && doses.heartSeconds >= 240
  const heart = useHeart || useShortHeart
  const trust: Trust = {
    paceQuality: usePace ? prepared.paceQuality : 0,
    paceTrust: paceTrustOf(thresholds),
    heartQuality: heart ? clampQuality(heartQuality) : 0,
    heartTrust: heartTrustOf(thresholds),
  }
  return {
    known: usePace && heart ? 'paceAndHeartRate' : usePace ? 'paceOnly' : heart ? 'heartRateOnly' : 'nothing',
    thresholds,
    limits,
    trust,
    structure: usePace && limits.speed2 !== null && prepared.surface !== 'treadmill' ? structureOf(prepared, limits.speed2) : noStructure,
    paceDose: usePace ? doses.paceDose : null,
    heartDose: heart ? doses.heartDose : null,
    needed: neededMinutes(doses.movingSeconds),
    doses,
    drift,
    removed: [...prepared.removed, ...mask.removed].sort((a, b) => a.startSeconds - b.startSeconds),
    flags,
    heartRate: mask.heartRate,
    movingSeconds,
  }
}

const clampQuality = (q: number) => Math.min(1, Math.max(0, q))

/** Laps where there are at least three, else the averages as one lap. */
function coarseSegments(prepared: PreparedRun): { segments: Segment[]; known: Known } {
  if (prepared.segments.length >= 3) return { segments: prepared.segments, known: 'laps' }
  const seconds = prepared.movingSeconds
  if (seconds === null) return { segments: [], known: 'nothing' }
  const speed = prepared.distanceMeters === null ? null : prepared.distanceMeters / seconds
  const heartRate = prepared.averageHeartRate
  return { segments: [{ startSeconds: 0, seconds, speed: speed !== null && speed < 8.5 ? speed : null, heartRate }], known: 'averages' }
}

/** Holds a run against thresholds. @param climbedMeters height of the start above the runner's home */
export function viewRun(prepared: PreparedRun, known: Thresholds, profile: EffortProfile, climbedMeters: number): View {
  const thresholds = guessFromRests(prepared, known)
  const limits = limitsFor(thresholds, prepared.temperatureCelsius, climbedMeters)
  const flags: string[] = []
  if (climbedMeters >= 600) flags.push('altitude')
  if (prepared.stream && prepared.figures) {
    const view = streamView(prepared, thresholds, limits, profile, flags)
    if (view.known !== 'nothing') return view
  }
  const { segments, known: form } = coarseSegments(prepared)
  const doses = dosesOfSegments(segments, limits)
  const heartDose = profile.ignoreHeartRate ? null : doses.heartDose
  const maximum = profile.ignoreHeartRate ? null : prepared.maxHeartRate
  const anything = prepared.distanceMeters !== null && prepared.movingSeconds !== null
  return {
    known: doses.paceDose !== null || heartDose !== null || maximum !== null || anything ? form : 'nothing',
    thresholds,
    limits,
    trust: {
      paceQuality: doses.paceDose === null ? 0 : prepared.paceQuality,
      paceTrust: paceTrustOf(thresholds),
      heartQuality: heartDose === null ? 0 : prepared.sensorFactor,
      heartTrust: heartTrustOf(thresholds),
    },
    structure: noStructure,
    paceDose: doses.paceDose,
    heartDose,
    needed: neededMinutes(prepared.movingSeconds ?? 0),
    doses: null,
    drift: null,
    removed: prepared.removed,
    flags,
    heartRate: null,
    movingSeconds: prepared.movingSeconds,
  }
}
