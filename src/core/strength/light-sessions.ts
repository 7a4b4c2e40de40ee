import { addDays } from '../days.ts'
import { kneeAndHip } from './balance.ts'
import { isLegStrength } from './exercises.ts'
import type { Item } from './item.ts'
import { isLegKind } from './kinds.ts'
import type { SessionRequest } from './request.ts'
import type { PastSession } from './session.ts'

const mainOf = ({ exercises }: PastSession) => (exercises ?? []).filter(({ part }) => (part ?? 'main') === 'main')
const setsIn = (list: readonly { sets: number }[]) => list.reduce((sum, { sets }) => sum + sets, 0)

/**
 * Sets of an exercise in the last full session of the request's kind within eight weeks that has it: light ones, with less
 * than three quarters of the sets of the fullest of them, are passed over. Null when there is none.
 */
export function fullSetsOf(id: string, { history, day, kind }: SessionRequest): number | null {
  const since = addDays(day, -56)
  const same = history.filter((session) => session.kind === kind && session.localDate >= since)
  const lists = same.map(mainOf).filter((list) => list.some((item) => item.id === id))
  const fullest = Math.max(0, ...lists.map(setsIn))
  const last = lists.findLast((list) => setsIn(list) >= 0.75 * fullest)
  return last?.find((item) => item.id === id)?.sets ?? null
}

const totalOf = (items: readonly Item[]) => setsIn(items.map(({ session }) => session))
const setTo = (item: Item, sets: number) => {
  item.session = { ...item.session, sets }
}

const isLeg = ({ exercise }: Item) => isLegStrength(exercise)

/** Whether knee, hip and one leg have their shares of the sets for the legs (rules S2-02, S0-08). */
function isInShares(items: readonly Item[]): boolean {
  const legs = items.filter(isLeg)
  const { knee, hip } = kneeAndHip(legs.map(({ session }) => session))
  return knee <= hip && totalOf(legs.filter(({ exercise }) => exercise.perSide)) * 3 >= totalOf(legs)
}

/** A set each, and a second one of the heavy lift (without weights, of the first) where the shares allow it. */
function leastWork(items: readonly Item[]): void {
  for (const item of items) setTo(item, 1)
  const legs = items.filter(isLeg)
  const heavy = legs.filter(({ exercise, session }) => exercise.dose === 'A' && session.weightKg !== null)
  for (const item of heavy.length > 0 ? heavy : legs.slice(0, 1)) {
    setTo(item, 2)
    if (isInShares(legs)) return
    setTo(item, 1)
  }
}

/** Takes a set: of what trains no leg strength, else where the shares stay, else from the end. @returns whether there was one */
function takeSet(items: readonly Item[]): boolean {
  const long = items.filter(({ session }) => session.sets > 1).toReversed()
  const without = (item: Item) =>
    items.map((other) => (other === item ? { ...item, session: { ...item.session, sets: item.session.sets - 1 } } : other))
  const less = long.find((item) => !isLeg(item)) ?? long.find((item) => isInShares(without(item))) ?? long[0]
  if (less) setTo(less, less.session.sets - 1)
  return less !== undefined
}

/**
 * From the taper to the recovery after a race the sets fall or stay (rules C4, S0-16): maintenance has a set each, two of the
 * heavy lift at most. The taper's first week has no more sets than the three weeks before it, each later session no more than
 * the leg session before it.
 */
export function easedForRace(items: Item[], request: SessionRequest): Item[] {
  const { phase, kind, weekOfBlock, history, day } = request
  if (!isLegKind(kind) || (phase !== 'taper' && phase !== 'raceWeek' && phase !== 'recovery')) return items
  if (kind === 'maintenance') leastWork(items)
  const begins = phase === 'taper' && weekOfBlock === 1
  const since = addDays(day, -21)
  const before = history.filter((session) => isLegKind(session.kind) && session.localDate >= since).map(mainOf)
  const totals = before.filter((list) => list.length >= 5).map(setsIn)
  const most = begins ? Math.max(0, ...totals) : (totals.at(-1) ?? 0)
  while (most > 0 && totalOf(items) > most) if (!takeSet(items)) break
  return items
}
