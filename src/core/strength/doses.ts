import type { DoseClass, Exercise } from './exercise.ts'
import type { SessionKind } from './session.ts'

/**
 * What one exercise is given before progression: sets, the range that reps (or seconds, for holds) climb through, rest
 * between sets in seconds, and tempo as lowering-pause-lifting (`X` is as fast as it can be done well).
 */
export type Dose = { sets: number; low: number; high: number; restSeconds: number; tempo: string | null }

const dose = (sets: number, low: number, high: number, restSeconds: number, tempo: string | null = null): Dose => ({
  sets,
  low,
  high,
  restSeconds,
  tempo,
})

const mobilityDose = dose(1, 45, 45, 0)

type Row = Partial<Record<SessionKind, Dose>>

/** Doses by class and kind (docs/training.md, doses). A class that a kind does not have is not given in it. */
const table: Record<DoseClass, Row> = {
  A: {
    foundation: dose(2, 10, 12, 75, '3-1-1'),
    hypertrophy: dose(3, 8, 10, 90, '3-0-1'),
    maxStrength: dose(3, 3, 5, 150, '2-0-X'),
    power: dose(3, 3, 3, 120, '2-0-X'),
    maintenance: dose(2, 4, 5, 120, '2-0-X'),
    activation: dose(1, 5, 5, 20, '2-0-1'),
  },
  B: {
    foundation: dose(2, 8, 10, 45, '3-1-1'),
    hypertrophy: dose(3, 8, 10, 60, '3-0-1'),
    maxStrength: dose(3, 5, 6, 90, '2-0-1'),
    power: dose(2, 4, 5, 75, '2-0-X'),
    maintenance: dose(2, 5, 6, 60, '2-0-1'),
    activation: dose(1, 5, 5, 20, '2-0-1'),
  },
  C: {
    foundation: dose(2, 12, 15, 40, '2-1-1'),
    hypertrophy: dose(2, 12, 15, 45, '2-1-1'),
    maxStrength: dose(2, 8, 10, 60, '2-1-1'),
    power: dose(1, 8, 10, 45, '2-1-1'),
    maintenance: dose(1, 10, 12, 40, '2-1-1'),
    activation: dose(1, 8, 8, 20, '1-1-1'),
    upperCore: dose(2, 12, 15, 30, '2-1-1'),
    coreMicro: dose(1, 10, 12, 20, '2-1-1'),
  },
  D: {
    foundation: dose(2, 12, 15, 40, '2-1-2'),
    hypertrophy: dose(3, 12, 15, 45, '2-1-2'),
    maxStrength: dose(3, 6, 8, 75, '2-1-2'),
    power: dose(2, 8, 10, 60, '2-0-1'),
    maintenance: dose(2, 8, 10, 45, '2-1-2'),
    activation: dose(1, 10, 10, 20, '1-1-1'),
    coreMicro: dose(1, 12, 15, 20, '2-1-2'),
  },
  E: {
    foundation: dose(2, 20, 30, 30),
    hypertrophy: dose(2, 40, 50, 40),
    maxStrength: dose(2, 40, 50, 40),
    power: dose(2, 30, 40, 30),
    maintenance: dose(1, 30, 40, 30),
    activation: dose(1, 20, 20, 20),
    upperCore: dose(2, 30, 45, 30),
    coreMicro: dose(1, 30, 45, 15),
  },
  F: {
    foundation: dose(2, 8, 10, 30, '2-1-1'),
    hypertrophy: dose(2, 10, 12, 40, '2-1-1'),
    maxStrength: dose(2, 8, 10, 40, '2-1-1'),
    power: dose(2, 8, 10, 30, '2-1-1'),
    maintenance: dose(1, 8, 10, 30, '2-1-1'),
    activation: dose(1, 6, 6, 20, '1-1-1'),
    upperCore: dose(2, 8, 10, 30, '2-1-1'),
    coreMicro: dose(1, 8, 10, 15, '2-1-1'),
  },
  G: {
    foundation: dose(2, 10, 10, 45),
    hypertrophy: dose(2, 12, 12, 45),
    maxStrength: dose(3, 10, 10, 45),
    power: dose(3, 12, 12, 60),
    maintenance: dose(2, 10, 10, 45),
    activation: dose(2, 10, 10, 30),
  },
  H: {
    maxStrength: dose(2, 5, 5, 75),
    power: dose(3, 5, 5, 90),
    maintenance: dose(2, 4, 4, 60),
    activation: dose(1, 4, 4, 30),
  },
  I: {
    foundation: dose(2, 30, 40, 20),
    hypertrophy: dose(1, 30, 40, 20),
    maxStrength: dose(1, 30, 40, 20),
    power: dose(1, 30, 40, 20),
    maintenance: dose(1, 30, 40, 20),
    activation: dose(1, 20, 20, 20),
    coreMicro: dose(1, 30, 40, 10),
    mobility: dose(1, 30, 40, 15),
  },
  J: {
    foundation: mobilityDose,
    hypertrophy: mobilityDose,
    maxStrength: mobilityDose,
    power: mobilityDose,
    maintenance: mobilityDose,
    activation: dose(1, 30, 30, 0),
    upperCore: mobilityDose,
    coreMicro: dose(1, 30, 30, 0),
    mobility: mobilityDose,
  },
  K: {
    foundation: dose(2, 10, 12, 45, '2-1-1'),
    hypertrophy: dose(3, 8, 10, 60, '2-0-1'),
    maxStrength: dose(2, 6, 8, 75, '2-0-1'),
    power: dose(2, 6, 8, 60, '2-0-1'),
    maintenance: dose(1, 8, 10, 45, '2-0-1'),
    upperCore: dose(3, 8, 12, 45, '2-0-1'),
  },
}

/** Week of the novice track from which a class gets its second set; sets so grow by less than a fifth a week. */
const secondSetFrom: Record<DoseClass, number> = { A: 1, B: 1, C: 2, D: 2, K: 3, E: 3, F: 4, I: 4, G: 1, H: 1, J: 99 }

/** Seconds for carries, which are counted by time although their class counts reps. */
const carrySeconds: Dose = dose(2, 30, 40, 30)

function heavyWithoutWeight(exercise: Exercise, kind: SessionKind, base: Dose): Dose {
  const hard = exercise.level >= 2
  const slower = kind === 'maintenance' ? '3-1-1' : '4-1-1'
  if (kind === 'hypertrophy') return hard ? { ...base, low: 8, high: 12, tempo: slower } : { ...base, low: 10, high: 15, tempo: slower }
  return hard
    ? { ...base, low: 5, high: 8, tempo: slower }
    : { ...base, low: 8, high: 15, tempo: slower, restSeconds: Math.min(base.restSeconds, 90) }
}

/** Calf raises, push-ups and small exercises without a weight stay at counts that still tire. */
function lightWithoutWeight(exercise: Exercise, kind: SessionKind, base: Dose): Dose {
  const counted = exercise.dose === 'D' || exercise.dose === 'K' || exercise.dose === 'C'
  const short = kind === 'maxStrength' || kind === 'power' || kind === 'maintenance'
  return counted && short && exercise.level < 3 ? { ...base, low: 10, high: 15 } : base
}

/**
 * The dose of an exercise in a kind of session, or null when the kind does not have its class.
 *
 * @param weekOfBlock 1 to 4 in a block, 1 to 6 and more on the novice track
 * @param novice the runner is on the novice track (fixed ramp, rule S1-15; low hops from week 5)
 * @param loaded a weight is used; without one, heavy kinds turn to slow lowering and more reps (rule S0-05)
 */
export function baseDose(
  exercise: Exercise,
  kind: SessionKind,
  options: { weekOfBlock: number; novice: boolean; loaded: boolean },
): Dose | null {
  const found = table[exercise.dose][kind]
  if (!found) return null
  let base = exercise.timed && exercise.dose === 'F' ? { ...carrySeconds, sets: found.sets } : found
  if (kind === 'foundation' && options.novice) {
    const sets = options.weekOfBlock >= secondSetFrom[exercise.dose] ? 2 : 1
    base = { ...base, sets: exercise.dose === 'A' && options.weekOfBlock >= 5 ? 3 : sets }
  }
  const heavy = kind === 'hypertrophy' || kind === 'maxStrength' || kind === 'maintenance'
  if (heavy && !options.loaded && (exercise.dose === 'A' || exercise.dose === 'B')) base = heavyWithoutWeight(exercise, kind, base)
  // Fast without a weight: a few reps of it would ask nothing of the legs.
  if (kind === 'power' && !options.loaded && (exercise.dose === 'A' || exercise.dose === 'B')) base = { ...base, low: 6, high: 8 }
  if (!options.loaded) base = lightWithoutWeight(exercise, kind, base)
  if (kind === 'maxStrength' && exercise.dose === 'A' && options.weekOfBlock === 3) base = { ...base, sets: base.sets + 1 }
  return base
}

/**
 * Reps aimed at in a week of a heavy block: volume week at the top of the range, intensity week at the bottom with more
 * weight, then both (rule S4-26). Null in kinds that climb by double progression alone.
 */
export function blockReps(kind: SessionKind, weekOfBlock: number, range: Pick<Dose, 'low' | 'high'>): number | null {
  if (kind !== 'hypertrophy' && kind !== 'maxStrength') return null
  if (weekOfBlock === 2) return range.low
  if (weekOfBlock === 3) return kind === 'hypertrophy' ? Math.ceil((range.low + range.high) / 2) : range.low
  return range.high
}
