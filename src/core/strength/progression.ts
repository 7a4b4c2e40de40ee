import { addDays, type Day, daysBetween } from '../days.ts'
import type { Runner } from '../runner.ts'
import { blockReps, type Dose } from './doses.ts'
import type { Exercise } from './exercises.ts'
import { nextWeight, roundDown, roundNearest, startWeight } from './loads.ts'
import type { Level } from './request.ts'
import type { PastSession, SessionKind } from './session.ts'

/** One exercise as it was done once. */
export type Performance = {
  day: Day
  kind: SessionKind
  sets: number
  /** Reps, or seconds of a hold: the fewest of all sets. */
  amount: number
  weightKg: number | null
  /** The weight was what the session asked for. */
  asAsked: boolean
  rpe: number | null
  /** Everything that was asked for was done. */
  complete: boolean
  technique: boolean
}

/** Whether a session counts as training: done, or planned and not yet due to be judged. */
export function counts(session: PastSession): boolean {
  return session.status === 'done' || session.status === 'planned'
}

function median(values: number[]): number | null {
  if (values.length === 0) return null
  return [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)]!
}

function performanceIn(session: PastSession, id: string): Performance | null {
  const asked = session.exercises?.find((item) => item.id === id && (item.part ?? 'main') === 'main')
  if (!asked) return null
  const logged = session.feedback?.sets?.filter((set) => set.exerciseId === id) ?? []
  const wanted = asked.reps ?? asked.seconds ?? 0
  const amounts = logged.flatMap((set) => set.reps ?? set.seconds ?? [])
  const weights = logged.flatMap((set) => set.weightKg ?? [])
  const amount = amounts.length > 0 ? Math.min(...amounts) : wanted
  return {
    day: session.localDate,
    kind: session.kind,
    sets: logged.length > 0 ? logged.length : asked.sets,
    amount,
    weightKg: median(weights) ?? asked.weightKg,
    asAsked: (median(weights) ?? 0) >= 0.97 * (asked.weightKg ?? 0) || weights.length === 0,
    rpe: session.feedback?.rpe ?? session.rpe ?? null,
    complete: session.feedback?.completed !== 'partly' && amount >= wanted && (logged.length === 0 || logged.length >= asked.sets),
    technique: session.feedback?.technique?.some((warning) => warning.exerciseId === id) ?? false,
  }
}

const indexes = new WeakMap<readonly PastSession[], Map<string, Performance[]>>()

/** Sessions that count, before a day, oldest first; a list of its own, in which looking things up is quick. */
export function sortedHistory(history: readonly PastSession[], before: Day): readonly PastSession[] {
  const sorted = history
    .filter((session) => counts(session) && session.localDate < before)
    .sort((a, b) => (a.localDate < b.localDate ? -1 : a.localDate > b.localDate ? 1 : 0))
  indexes.set(sorted, new Map())
  return sorted
}

/** Every time an exercise was done before a day, oldest first. */
export function performances(id: string, history: readonly PastSession[], before: Day): Performance[] {
  const index = indexes.get(history)
  let all = index?.get(id)
  if (!all) {
    const sessions = index ? history : sortedHistory(history, before)
    all = sessions.flatMap((session) => performanceIn(session, id) ?? [])
    index?.set(id, all)
  }
  return all.filter(({ day }) => day < before)
}

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

const hard = (entry: Performance | undefined): boolean => entry !== undefined && ((entry.rpe ?? 0) >= 9 || !entry.complete)

/** Days since the last session that loaded the legs, and whether that is a gap for this runner; null without history. */
export function trainingGap(history: readonly PastSession[], day: Day): number | null {
  const days = [
    ...new Set(history.filter((session) => counts(session) && session.localDate < day && loadsLegs(session.kind)).map((s) => s.localDate)),
  ]
  days.sort()
  const last = days.at(-1)
  if (!last) return null
  const gap = daysBetween(last, day)
  const rhythm = median(days.slice(-5).flatMap((entry, i, all) => (i === 0 ? [] : [daysBetween(all[i - 1]!, entry)])))
  return gap < 14 && (rhythm ?? 5) >= gap - 3 ? 0 : gap
}

/** Kinds that the legs pay for. */
export function loadsLegs(kind: SessionKind): boolean {
  return kind === 'foundation' || kind === 'hypertrophy' || kind === 'maxStrength' || kind === 'power' || kind === 'maintenance'
}

/** Share of the one-repetition maximum and reps in reserve that a kind works at. */
const reserve: Partial<Record<SessionKind, number>> = { foundation: 4, hypertrophy: 2, maxStrength: 1.5, maintenance: 2.5 }

/** Share of the maximum that power lifts are done with. */
const POWER_SHARE = 0.6

/** Epley's estimate of the maximum from a set (Epley 1985), read backwards for another number of reps. */
function converted(from: Performance, kind: SessionKind, reps: number): number {
  const weight = from.weightKg ?? 0
  const maximum = from.kind === 'power' ? weight / POWER_SHARE : weight * (1 + (from.amount + (reserve[from.kind] ?? 3)) / 30)
  if (kind === 'power') return maximum * POWER_SHARE
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

function ladderSteps(list: readonly Performance[], range: Dose): number {
  return list.filter((entry, i) => i > 0 && list[i - 1]!.amount >= range.high && entry.amount <= range.low).length
}

/** Largest weight that may follow another within a week: a tenth more, or the next weight that exists (rule S1-21). */
function capped(kg: number, before: number, exercise: Exercise, units: Runner['units']): number {
  const kind = exercise.load!.kind
  const limit = Math.max(roundDown(before * 1.1, kind, units), nextWeight(before, kind, units))
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
  // Fast lifts are light on purpose, so a slow one that is not long ago says more.
  const slow =
    kind === 'power' ? undefined : weighted.findLast((entry) => entry.kind !== 'power' && daysBetween(entry.day, context.day) <= 84)
  const last = slow ?? weighted.at(-1)
  if (!last) {
    const start = startWeight(exercise, context)!
    const factor = kind === 'maxStrength' ? 1.1 : kind === 'power' ? 0.8 : 1
    return roundDown(start * factor, load.kind, context.units)
  }
  const strength = kind === 'maintenance' ? weighted.findLast((entry) => entry.kind === 'maxStrength') : undefined
  return capped(strength?.weightKg ?? converted(last, kind, reps), last.weightKg!, exercise, context.units)
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
    const step = nextWeight(roundNearest(converted(last, last.kind, target), exercise.load!.kind, units), exercise.load!.kind, units)
    return { amount: target, weightKg: capped(step, weight, exercise, units), change: 'convert' }
  }
  if (target < last.amount) {
    const wanted = Math.max(converted(last, last.kind, target), nextWeight(weight, exercise.load!.kind, units))
    return { amount: target, weightKg: capped(wanted, weight, exercise, units), change: 'load' }
  }
  if (target > last.amount) return { amount: target, weightKg: weight, change: 'reps' }
  if (advance) return { amount: target, weightKg: nextWeight(weight, exercise.load!.kind, units), change: 'load' }
  return { amount: target, weightKg: weight, change: 'repeat' }
}

function doubleStep(
  exercise: Exercise,
  range: Dose,
  list: readonly Performance[],
  advance: boolean,
  context: DoseContext,
): Omit<NextDose, 'sets'> {
  const last = list.at(-1)!
  const before = list.at(-2)
  const steps = ladderSteps(list, range)
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
  const weightKg = next.weightKg === null || !exercise.load ? next.weightKg : roundDown(next.weightKg * share, exercise.load.kind, units)
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
  const any = withoutLight(performances(exercise.id, history, context.day), history)
  const same = any.filter((entry) => entry.kind === kind && (!context.loaded || (entry.weightKg ?? 0) > 0))
  const last = same.at(-1)
  const block = context.loaded && 'ABK'.includes(exercise.dose) ? blockReps(kind, context.weekOfBlock, range) : null
  const gap = trainingGap(history, context.day) ?? 0
  if (!last || daysBetween(last.day, context.day) > 180) {
    const amount = block ?? range.low
    const change = any.length > 0 ? 'convert' : 'start'
    const first = {
      sets: range.sets,
      amount,
      weightKg: firstWeight(exercise, kind, amount, any, context),
      tempo: range.tempo,
      change,
      readyForHarder: false,
    } as const
    return any.length > 0 ? withGap(first, gap, exercise, context.units) : first
  }
  const before = same.at(-2)
  const tempo = context.loaded ? range.tempo : slower(range.tempo, ladderSteps(same, range))
  const again: NextDose = {
    sets: range.sets,
    amount: Math.max(1, Math.min(last.amount, range.high)),
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
  if (hard(last) || last.technique || context.hold || gap >= 7) return withGap(again, gap, exercise, context.units)
  const advance = last.rpe !== null && last.rpe <= 5
  if (block !== null) return { ...again, ...blockStep(exercise, block, last, advance, context) }
  return { ...again, ...doubleStep(exercise, range, same, advance, context) }
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

/**
 * The week of a heavy block that the runner has reached by training: a missed week is done again (docs/training.md,
 * progression), so it is never past the weeks with a session of that kind plus one.
 */
export function reachedWeek(kind: SessionKind, weekOfBlock: number, history: readonly PastSession[], day: Day): number {
  if (kind !== 'hypertrophy' && kind !== 'maxStrength') return weekOfBlock
  const since = addDays(day, -7 * weekOfBlock)
  const weeks = new Set(
    history
      .filter((session) => counts(session) && session.kind === kind && session.localDate < day && session.localDate >= since)
      .map((session) => Math.floor(daysBetween(since, session.localDate) / 7)),
  )
  return Math.min(weekOfBlock, weeks.size + 1)
}

/** Legs that were very sore (6 of 10 or more) at the next demanding run: a set less of what caused it, for two weeks (rule S0-12). */
export function soreFrom(id: string, history: readonly PastSession[], day: Day): boolean {
  const since = addDays(day, -14)
  return history.some(
    (session) =>
      counts(session) &&
      session.localDate >= since &&
      session.localDate < day &&
      (session.feedback?.soreness ?? 0) >= 6 &&
      (session.exercises?.some((item) => item.id === id) ?? false),
  )
}

/** Hours added to the preferred gap before a demanding run while sore legs were reported within two weeks (rule S0-12). */
export function sorenessHours(history: readonly PastSession[], day: Day): number {
  const since = addDays(day, -14)
  return history.some((session) => session.localDate >= since && session.localDate < day && (session.feedback?.soreness ?? 0) >= 6) ? 12 : 0
}
