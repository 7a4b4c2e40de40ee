import type { Surface } from '../run.ts'
import { type Doses, type Drift, isProgression, type Limits } from './doses.ts'
import { clamp } from './series.ts'
import type { Structure } from './structure.ts'
import type { Known, PreparedRun, Thresholds } from './types.ts'

/** How far a source can be believed: quality of the recording times trust in its thresholds, each 0 to 1. */
export type Trust = { paceQuality: number; paceTrust: number; heartQuality: number; heartTrust: number }

/** Trust in the speeds: 1 up to a spread of 3 %, falling to 0.4 at 10 %. */
export function paceTrustOf(thresholds: Thresholds): number {
  const { speed2 } = thresholds
  if (!speed2) return 0
  return 1 - 0.6 * clamp((speed2.sd / speed2.value - 0.03) / 0.07, 0, 1)
}

/** Trust in the heart rates: 1 up to a spread of 4 bpm, falling to 0.5 at 11. */
export function heartTrustOf(thresholds: Thresholds): number {
  return 1 - 0.5 * clamp((thresholds.heartRate1.sd - 4) / 7, 0, 1)
}

/** Minutes of dose that make a run hard: 8, or 15 % of a longer run. */
export function neededMinutes(movingSeconds: number): number {
  return Math.max(8, (0.15 * movingSeconds) / 60)
}

/** A rise of pace from third to third is meant: its dose counts more. */
const PROGRESSION = 1.37

function fromDose(dose: number, needed: number): number {
  return clamp(2.5 * Math.log(Math.max(dose / needed, 0.02)), -4, 4)
}

export type Rules = {
  pace: number | null
  heart: number | null
  total: number | null
  /** Which special rules spoke. */
  flags: string[]
}

export type RuleInput = {
  prepared: PreparedRun
  limits: Limits
  known: Known
  trust: Trust
  paceDose: number | null
  heartDose: number | null
  needed: number
  structure: Structure
  doses: Doses | null
  drift: Drift | null
  thresholds: Pick<Thresholds, 'speed2' | 'heartRate2'>
}

type Weights = { pace: number; heart: number }

function surfaceWeights(surface: Surface, ascentPerKm: number): Weights | null {
  if (surface === 'treadmill') return { pace: 0.15, heart: 0.85 }
  if (surface === 'trail' || ascentPerKm >= 30) return { pace: 0.3, heart: 0.7 }
  return null
}

/** Whose number decides where pace and heart rate differ: the one that the runner gave, when the other was only learnt. */
export function ownSource({ speed2, heartRate2 }: Pick<Thresholds, 'speed2' | 'heartRate2'>): 'pace' | 'heartRate' | null {
  const pace = speed2?.origin === 'runner'
  const heart = heartRate2.origin === 'runner'
  return pace === heart ? null : pace ? 'pace' : 'heartRate'
}

const ownWeights: Record<'pace' | 'heartRate', Weights> = { pace: { pace: 0.85, heart: 0.15 }, heartRate: { pace: 0.15, heart: 0.85 } }

function combined(pace: number | null, heart: number | null, weights: Weights, trust: Trust): number | null {
  const qp = trust.paceQuality * trust.paceTrust
  const qh = trust.heartQuality * trust.heartTrust
  if (pace !== null && heart !== null) {
    const wp = weights.pace * qp
    const wh = weights.heart * qh
    const both = (wp * pace + wh * heart) / (wp + wh)
    return both * (Math.sign(pace) === Math.sign(heart) ? 1.15 : 0.8) * Math.min(1, Math.max(qp, qh) + 0.15)
  }
  if (pace !== null) return pace * 0.9 * qp
  if (heart !== null) return heart * 0.9 * qh
  return null
}

/** A stream of repeats is read twice, as repeats and as one run, and the harder reading holds: faster repeats never count less. */
function readings(input: RuleInput, flags: string[]): { pace: number | null; heart: number | null; total: number | null } {
  const { prepared, paceDose, heartDose, needed, structure, trust } = input
  const km = (prepared.distanceMeters ?? 0) / 1000
  const ascent = km > 1 ? (prepared.ascentMeters ?? 0) / km : 0
  const fixed = surfaceWeights(prepared.surface, structure.structured && structure.uphill ? 0 : ascent)
  const pace = paceDose === null ? null : fromDose(paceDose, needed)
  const heart = heartDose === null ? null : fromDose(heartDose, needed)
  const own = fixed === null && pace !== null && heart !== null ? ownSource(input.thresholds) : null
  if (own) flags.push(own === 'pace' ? 'ownPace' : 'ownHeartRate')
  const usual = fixed ?? (own ? ownWeights[own] : { pace: 0.5, heart: 0.5 })
  let plain = { pace, heart, total: combined(pace, heart, usual, trust) }
  const harder = (reading: typeof plain) => {
    if ((reading.total ?? -9) > (plain.total ?? -9)) plain = reading
  }
  if (input.doses && isProgression(input.doses.thirds) && input.doses.movingSeconds < 5400) {
    flags.push('progression')
    const rising = paceDose === null ? null : fromDose(paceDose * PROGRESSION, needed)
    const beating = heartDose === null ? null : fromDose(heartDose * PROGRESSION, needed)
    harder({ pace: rising, heart: beating, total: combined(rising, beating, usual, trust) })
  }
  if (pace !== null && heart !== null && (prepared.figures?.innerWalkShare ?? 0) >= 0.3) {
    flags.push('walkBreaks')
    harder({ pace, heart, total: combined(pace, heart, { pace: 0.15, heart: 0.85 }, trust) })
  }
  if (!structure.structured || pace === null) return plain
  flags.push('structured')
  const short = structure.medianSeconds < 180
  const repeats = fromDose(paceDose! * 1.5, needed)
  const lagging = heart !== null && short ? Math.max(heart, -1) : heart
  const weights =
    fixed ?? (structure.medianSeconds < 90 ? { pace: 0.85, heart: 0.15 } : short ? { pace: 0.7, heart: 0.3 } : { pace: 0.5, heart: 0.5 })
  const total = combined(repeats, lagging, weights, trust)
  return total! >= plain.total! ? { pace: repeats, heart: lagging, total } : plain
}

/** Lets a saw-tooth of heart rate speak where there is no pace. */
function sawTooth(input: RuleInput): boolean {
  const figures = input.prepared.figures
  return figures !== null && input.paceDose === null && figures.teeth >= 4 && (figures.toothTop ?? 0) >= input.limits.heartRate1 - 6
}

/**
 * The rules' log-odds of hard (docs/training.md): doses by pace and by heart rate against what a run of this length needs,
 * weighted by what each source is worth here, then the overrides for races, walks and maximal efforts.
 */
export function ruleLogOdds(input: RuleInput, isRace: boolean): Rules {
  const flags: string[] = []
  const { figures } = input.prepared
  const read = readings(input, flags)
  let { heart, total } = read
  if (total !== null && sawTooth(input)) {
    flags.push('sawTooth')
    heart = Math.max(heart ?? 0, 0.5)
    total = Math.max(total, 0.5)
  }
  if (isRace) {
    flags.push('race')
    total = Math.max(total ?? 0, 4)
  } else if (total !== null && figures) {
    const calm = input.heartDose === null || input.heartDose < input.needed
    if (figures.walkShare >= 0.6 && calm) {
      flags.push('walk')
      total = Math.min(total, -2)
    } else if ((figures.peakMinuteHeartRate ?? 0) >= 0.95 * input.limits.maxHeartRate && input.trust.heartQuality >= 0.6) {
      flags.push('maximal')
      total = Math.max(total, 1.4)
    }
  }
  return { pace: read.pace, heart, total, flags }
}
