import { type Day, daysBetween } from '../days.ts'
import type { Runner } from '../runner.ts'
import { blockReps, type Dose } from './doses.ts'
import { isLift } from './exercise.ts'
import { type Exercise, isLegExercise } from './exercises.ts'
import { type Performance, performances, trainingGap } from './history.ts'
import { nextWeight, roundDown, roundNearest, startWeight } from './loads.ts'
import type { Level } from './request.ts'
import type { PastSession, SessionKind } from './session.ts'

/**
 * Leaves out light sessions, which say nothing about what the runner can do: less weight was asked for than in the last one
 * of the kind, for no more reps and although that one went well. After a gap in training less weight is no light session.
 */
function withoutLight(list: readonly Performance[], history: readonly PastSession[]): Performance[] {
  const kept: Performance[] = []
  for (const entry of list) {
    const before = kept.findLast(({ kind }) => kind === entry.kind)
    const light =
      before !== undefined &&
      entry.asAsked &&
      !hard(before) &&
      !before.technique &&
      daysBetween(before.day, entry.day) <= 35 &&
      entry.amount <= before.amount &&
      (entry.weightKg ?? 0) < 0.95 * (before.weightKg ?? 0) &&
      (trainingGap(history, entry.day) ?? 0) < 14
    if (!light) kept.push(entry)
  }
  return kept
}

/** Lists that were looked through already: one session asks for the same exercise more than once. */
const looked = new WeakMap<readonly Performance[], readonly Performance[]>()

/** What says something about the next dose of a kind: no light sessions, and wake-ups only for wake-ups. */
function telling(list: readonly Performance[], kind: SessionKind, history: readonly PastSession[]): readonly Performance[] {
  if (kind === 'activation') return withoutLight(list, history)
  const known = looked.get(list)
  if (known) return known
  const kept = withoutLight(
    list.filter((entry) => entry.kind !== 'activation'),
    history,
  )
  looked.set(list, kept)
  return kept
}

const hard = (entry: Performance | undefined): boolean => entry !== undefined && ((entry.rpe ?? 0) >= 9 || !entry.complete)

/** Share of the one-repetition maximum and reps in reserve that a kind works at. */
const reserve: Partial<Record<SessionKind, number>> = { foundation: 4, hypertrophy: 2, maxStrength: 1.5, maintenance: 2.5 }

/** Share of the maximum that power lifts are done with. */
const POWER_SHARE = 0.6

/** Only lifts are done fast, and only in power sessions. */
const isFast = (exercise: Exercise, kind: SessionKind): boolean => kind === 'power' && isLift(exercise)

/** Epley's estimate of the maximum from a set (Epley 1985), read backwards for another number of reps. */
function converted(exercise: Exercise, from: Performance, kind: SessionKind, reps: number): number {
  const weight = from.weightKg ?? 0
  const maximum = isFast(exercise, from.kind) ? weight / POWER_SHARE : weight * (1 + (from.amount + (reserve[from.kind] ?? 3)) / 30)
  if (isFast(exercise, kind)) return maximum * POWER_SHARE
  return maximum / (1 + (reps + (reserve[kind] ?? 3)) / 30)
}

export type Change = 'start' | 'repeat' | 'reps' | 'load' | 'tempo' | 'both' | 'less' | 'convert'

export type NextDose = {
  sets: number
  amount: number
  weightKg: number | null
  tempo: string | null
  change: Change
  /** The bodyweight ladder is climbed: a harder exercise may take over. */
  readyForHarder: boolean
}

export type DoseContext = {
  day: Day
  weekOfBlock: number
  level: Level
  units: Runner['units']
  sex: Runner['sex']
  age: number | null
  loaded: boolean
  /** No step up: deload, taper, the way back, a tendon that answers slowly, sets that rise this week anyway. */
  hold: boolean
}

/** Lowering seconds of a tempo, slowed by `steps`, five at most. */
function slower(tempo: string | null, steps: number): string | null {
  if (!tempo || steps === 0) return tempo
  const [down, ...others] = tempo.split('-')
  return [Math.min(5, Number(down) + steps), ...others].join('-')
}

/** How often the lowering was slowed: each time within a kind the reps, once done, began anew further down. Never for a wake-up. */
function ladderSteps(list: readonly Performance[], kind: SessionKind): number {
  if (kind === 'activation') return 0
  return list.filter((entry, i) => {
    const before = list[i - 1]
    return before?.kind === entry.kind && before.complete && entry.complete && before.amount - entry.amount >= 2
  }).length
}

/** Largest weight that may follow another: a tenth more for each week between, or the next weight that exists (rule S1-21). */
function capped(kg: number, before: Performance, exercise: Exercise, { day, units }: Pick<DoseContext, 'day' | 'units'>): number {
  const kind = exercise.load!.kind
  const weeks = Math.min(3, Math.max(1, Math.floor(daysBetween(before.day, day) / 7)))
  const weight = before.weightKg!
  const limit = Math.max(roundDown(weight * 1.1 ** weeks, kind, units), nextWeight(weight, kind, units))
  return Math.min(roundNearest(kg, kind, units), limit)
}

function firstWeight(
  exercise: Exercise,
  kind: SessionKind,
  reps: number,
  any: readonly Performance[],
  context: DoseContext,
): number | null {
  const load = exercise.load
  if (!context.loaded || !load) return null
  const weighted = any.filter((entry) => (entry.weightKg ?? 0) > 0)
  const newest = weighted.at(-1)
  if (!newest) return startWeight(exercise, context, kind === 'maxStrength' ? 1.1 : isFast(exercise, kind) ? 0.8 : 1)
  const recent = weighted.filter((entry) => daysBetween(entry.day, context.day) <= 84 && !hard(entry))
  if (!isLift(exercise)) return smallWeight(exercise, kind, reps, newest, recent, context)
  // Fast lifts are light on purpose, and a gap takes some off: what was lifted slowly of late, and best, says more.
  const slow = isFast(exercise, kind) ? [] : recent.filter((entry) => !isFast(exercise, entry.kind))
  const kg = (entry: Performance) => converted(exercise, entry, kind, reps)
  const strength = kind === 'maintenance' ? slow.findLast((entry) => entry.kind === 'maxStrength') : undefined
  const best = Math.max(strength?.weightKg ?? 0, ...(slow.length > 0 ? slow : [newest]).map(kg))
  if (isFast(exercise, newest.kind) && !isFast(exercise, kind)) return roundDown(best, load.kind, context.units)
  return capped(best, newest, exercise, context)
}

/** Small work has its weight from double progression alone: another kind takes some off for more reps, and gives it back. */
function smallWeight(
  exercise: Exercise,
  kind: SessionKind,
  reps: number,
  newest: Performance,
  recent: readonly Performance[],
  context: DoseContext,
): number {
  const kg = Math.min(capped(converted(exercise, newest, kind, reps), newest, exercise, context), newest.weightKg!)
  const done = Math.max(0, ...recent.filter((entry) => entry.amount >= reps).map((entry) => entry.weightKg!))
  return Math.max(kg, Math.min(capped(done, newest, exercise, context), done))
}

function blockStep(
  exercise: Exercise,
  target: number,
  last: Performance,
  advance: boolean,
  context: DoseContext,
): Pick<NextDose, 'amount' | 'weightKg' | 'change'> {
  const units = context.units
  const weight = last.weightKg!
  if (daysBetween(last.day, context.day) > 13) {
    // A new round of the block begins one step above where the last one ended, for the same effort.
    const kg = converted(exercise, last, last.kind, target)
    const step = nextWeight(roundNearest(kg, exercise.load!.kind, units), exercise.load!.kind, units)
    return { amount: target, weightKg: capped(step, last, exercise, context), change: 'convert' }
  }
  if (target < last.amount) {
    const wanted = Math.max(converted(exercise, last, last.kind, target), nextWeight(weight, exercise.load!.kind, units))
    return { amount: target, weightKg: capped(wanted, last, exercise, context), change: 'load' }
  }
  if (target > last.amount) return { amount: target, weightKg: weight, change: 'reps' }
  if (advance) return { amount: target, weightKg: nextWeight(weight, exercise.load!.kind, units), change: 'load' }
  return { amount: target, weightKg: weight, change: 'repeat' }
}

function doubleStep(
  exercise: Exercise,
  kind: SessionKind,
  range: Dose,
  list: readonly Performance[],
  advance: boolean,
  context: DoseContext,
): Omit<NextDose, 'sets'> {
  const last = list.at(-1)!
  const before = list.at(-2)
  const steps = ladderSteps(list, kind)
  const tempo = context.loaded ? range.tempo : slower(range.tempo, steps)
  const weightKg = context.loaded ? last.weightKg : null
  const stay = { weightKg, tempo, readyForHarder: false }
  if (last.amount < range.high) {
    const step = (exercise.timed ? 5 : 1) * (advance ? 2 : 1)
    return { ...stay, amount: Math.max(range.low, Math.min(range.high, last.amount + step)), change: 'reps' }
  }
  const twice = before !== undefined && before.amount >= range.high && before.weightKg === last.weightKg && before.complete
  if (!twice && !advance) return { ...stay, amount: range.high, change: 'repeat' }
  if (context.loaded && exercise.load && weightKg !== null) {
    return { ...stay, amount: range.low, weightKg: nextWeight(weightKg, exercise.load.kind, context.units), change: 'load' }
  }
  const slowest = !range.tempo || Number(range.tempo.split('-')[0]) + steps >= 5
  if (range.tempo && !slowest && range.high > range.low)
    return { ...stay, amount: range.low, tempo: slower(range.tempo, steps + 1), change: 'tempo' }
  return { ...stay, amount: range.high, change: 'repeat', readyForHarder: true }
}

function withGap(next: NextDose, gap: number, exercise: Exercise, units: Runner['units']): NextDose {
  if (gap < 14) return next
  const share = gap < 21 ? 0.9 : 0.8
  const weightKg = next.weightKg === null || !exercise.load ? next.weightKg : roundNearest(next.weightKg * share, exercise.load.kind, units)
  return { ...next, weightKg, sets: gap < 21 ? Math.max(1, next.sets - 1) : next.sets, change: 'less' }
}

/**
 * What an exercise is given next (docs/training.md, progression): double progression, one variable at a time
 * (rule S4-20), steered by what was done and said (rules S0-12, S4-03).
 *
 * Done with effort 5 or less: the next step at once. 9 or more, or only partly done: the same again, and after two such
 * sessions a tenth less weight or a set less. A form warning or a gap of 7 to 13 days: the same again; longer gaps take
 * weight off.
 *
 * @param range sets and the range of reps or seconds of this kind and week, from `baseDose`
 */
export function nextDose(
  exercise: Exercise,
  kind: SessionKind,
  range: Dose,
  history: readonly PastSession[],
  context: DoseContext,
): NextDose {
  const any = telling(performances(exercise.id, history, context.day), kind, history)
  const isBlockLift = context.loaded && isLift(exercise)
  const same = any.filter((entry) => (entry.kind === kind || !isBlockLift) && (!context.loaded || (entry.weightKg ?? 0) > 0))
  const last = same.at(-1)
  const block = context.loaded && 'ABK'.includes(exercise.dose) ? blockReps(kind, context.weekOfBlock, range) : null
  const gap = trainingGap(history, context.day, isLegExercise(exercise)) ?? 0
  if (
    !last ||
    daysBetween(last.day, context.day) > 180 ||
    outOfRange(last, kind, range, context.loaded) ||
    isOutdated(last, any, context)
  ) {
    const amount = block ?? (last ? Math.max(range.low, Math.min(range.high, last.amount)) : range.low)
    const change = any.length > 0 ? 'convert' : 'start'
    const first = {
      sets: range.sets,
      amount,
      weightKg: firstWeight(exercise, kind, amount, any, context),
      tempo: context.loaded ? range.tempo : slower(range.tempo, ladderSteps(same, kind)),
      change,
      readyForHarder: false,
    } as const
    return any.length > 0 ? withGap(first, gap, exercise, context.units) : first
  }
  const before = same.at(-2)
  const tempo = context.loaded ? range.tempo : slower(range.tempo, ladderSteps(same, kind))
  const again: NextDose = {
    sets: range.sets,
    amount: Math.max(last.kind === kind ? 1 : range.low, Math.min(last.amount, range.high)),
    weightKg: context.loaded ? last.weightKg : null,
    tempo,
    change: 'repeat',
    readyForHarder: false,
  }
  const kept = kind === 'maintenance' ? strengthSince(last, any) : null
  if (context.loaded && kept !== null && !hard(last) && kept > (last.weightKg ?? 0)) {
    return withGap({ ...again, amount: range.low, weightKg: kept, change: 'load' }, gap, exercise, context.units)
  }
  if (hard(last) && hard(before)) return withGap(eased(again, exercise, context.units), gap, exercise, context.units)
  // A lift without a weight is lowered more slowly in heavy kinds: one thing at a time (rule S4-20).
  const isNewKind =
    isLift(exercise) && !context.loaded && !same.some((entry) => entry.kind === kind && daysBetween(entry.day, context.day) <= 28)
  if (hard(last) || last.technique || context.hold || gap >= 7 || isNewKind) return withGap(again, gap, exercise, context.units)
  const former = context.loaded ? regained(exercise, same, kind, context) : null
  if (former !== null)
    return { ...again, amount: Math.max(1, Math.min(range.high, block ?? again.amount)), weightKg: former, change: 'load' }
  const advance = last.rpe !== null && last.rpe <= 5
  if (block !== null) return { ...again, ...blockStep(exercise, block, last, advance, context) }
  return { ...again, ...doubleStep(exercise, kind, range, same, advance, context) }
}

/** The session before was of another kind, with reps that this one does not have: its reps, or its weight, are converted. */
function outOfRange(last: Performance, kind: SessionKind, { low, high }: Dose, loaded: boolean): boolean {
  return last.kind !== kind && (last.amount > high || (loaded && last.amount < low - 1))
}

/** Other kinds of session have said more of late: a block's last weight of more than four weeks ago gives way to theirs. */
function isOutdated(last: Performance, any: readonly Performance[], { day, loaded }: DoseContext): boolean {
  const newest = any.findLast((entry) => !loaded || (entry.weightKg ?? 0) > 0)
  return newest !== undefined && newest.day > last.day && daysBetween(last.day, day) > 28
}

/** After a gap or a light week the weight of before comes back, a tenth a week, for as many reps (rule S1-21); else null. */
function regained(exercise: Exercise, same: readonly Performance[], kind: SessionKind, context: DoseContext): number | null {
  const last = same.at(-1)!
  const former = same.findLast(
    (entry) =>
      entry.kind === kind &&
      !hard(entry) &&
      !entry.technique &&
      entry.amount >= last.amount &&
      (entry.weightKg ?? 0) > 1.04 * (last.weightKg ?? 0) &&
      daysBetween(entry.day, context.day) <= 120,
  )
  return former && last.kind === kind ? capped(former.weightKg!, last, exercise, context) : null
}

/** The weight of a heavy session that came after: maintenance goes on with it (rule C4). */
function strengthSince(last: Performance, any: readonly Performance[]): number | null {
  return any.findLast((entry) => entry.kind === 'maxStrength' && entry.day > last.day && !hard(entry))?.weightKg ?? null
}

function eased(dose: NextDose, exercise: Exercise, units: Runner['units']): NextDose {
  if (dose.weightKg !== null && exercise.load) {
    return { ...dose, weightKg: roundDown(dose.weightKg * 0.9, exercise.load.kind, units), change: 'less' }
  }
  return { ...dose, sets: Math.max(1, dose.sets - 1), change: 'less' }
}
