import { addDays, type Day, daysBetween } from '../days.ts'
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

/** Kinds that the legs pay for. */
export function loadsLegs(kind: SessionKind): boolean {
  return kind === 'foundation' || kind === 'hypertrophy' || kind === 'maxStrength' || kind === 'power' || kind === 'maintenance'
}

function median(values: number[]): number | null {
  if (values.length === 0) return null
  return [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)]!
}

/** The main work of a session by exercise, remembered with the session, which nobody changes once it is read. */
const performed = new WeakMap<PastSession, Map<string, Performance>>()

function performancesIn(session: PastSession): Map<string, Performance> {
  let known = performed.get(session)
  if (!known) {
    known = new Map()
    for (const asked of session.exercises ?? [])
      if ((asked.part ?? 'main') === 'main' && !known.has(asked.id)) known.set(asked.id, performanceOf(session, asked))
    performed.set(session, known)
  }
  return known
}

function performanceOf(session: PastSession, asked: NonNullable<PastSession['exercises']>[number]): Performance {
  const { id } = asked
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

/** A history in which looking things up is quick: sorted, by exercise, and the days that loaded the legs. */
type Index = { byExercise: Map<string, Performance[]>; legDays: Day[]; days: Day[] }

const indexes = new WeakMap<readonly PastSession[], Index>()

function indexOf(sorted: readonly PastSession[]): Index {
  let index = indexes.get(sorted)
  if (!index) {
    index = { byExercise: new Map(), legDays: [], days: [] }
    for (const session of sorted) {
      for (const [id, performance] of performancesIn(session)) {
        const list = index.byExercise.get(id)
        if (list) list.push(performance)
        else index.byExercise.set(id, [performance])
      }
      if (index.days.at(-1) !== session.localDate) index.days.push(session.localDate)
      if (loadsLegs(session.kind) && index.legDays.at(-1) !== session.localDate) index.legDays.push(session.localDate)
    }
    indexes.set(sorted, index)
  }
  return index
}

/** Sorted forms of a list of sessions, by how many of them lie before the day that was asked for. */
const sortedForms = new WeakMap<
  readonly PastSession[],
  { length: number; all: readonly PastSession[]; until: Map<number, readonly PastSession[]> }
>()

function allSorted(history: readonly PastSession[]) {
  const known = sortedForms.get(history)
  if (known && known.length === history.length) return known
  const all = history.filter(counts).sort((a, b) => (a.localDate < b.localDate ? -1 : a.localDate > b.localDate ? 1 : 0))
  const form = { length: history.length, all, until: new Map<number, readonly PastSession[]>([[all.length, all]]) }
  sortedForms.set(history, form)
  sortedForms.set(all, form)
  return form
}

/**
 * Sessions that count, before a day, oldest first. The same list and day give the same object, so that what is worked out
 * from it is worked out once.
 */
export function sortedHistory(history: readonly PastSession[], before: Day): readonly PastSession[] {
  const form = allSorted(history)
  let count = form.all.length
  while (count > 0 && form.all[count - 1]!.localDate >= before) count--
  const known = form.until.get(count)
  if (known) return known
  const until = form.all.slice(0, count)
  form.until.set(count, until)
  return until
}

/** What was asked last: one session asks for its history again and again. */
let asked: { history: readonly PastSession[]; length: number; before: Day; index: Index } | null = null

/** Every time an exercise was done before a day, oldest first. */
export function performances(id: string, history: readonly PastSession[], before: Day): readonly Performance[] {
  if (asked?.history !== history || asked.length !== history.length || asked.before !== before)
    asked = { history, length: history.length, before, index: indexOf(sortedHistory(history, before)) }
  return asked.index.byExercise.get(id) ?? []
}

/**
 * Days since the last session that loaded the legs, 0 where that is no gap for this runner; null without history.
 * @param legs false: since the last session of any kind
 */
export function trainingGap(history: readonly PastSession[], day: Day, legs = true): number | null {
  const index = indexOf(allSorted(history).all)
  const known = legs ? index.legDays : index.days
  let count = known.length
  while (count > 0 && known[count - 1]! >= day) count--
  const days = known.slice(Math.max(0, count - 5), count)
  const last = days.at(-1)
  if (!last) return null
  const gap = daysBetween(last, day)
  const rhythm = median(days.flatMap((entry, i, all) => (i === 0 ? [] : [daysBetween(all[i - 1]!, entry)])))
  return gap < 14 && (rhythm ?? 5) >= gap - 3 ? 0 : gap
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
