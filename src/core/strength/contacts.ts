import { exerciseOf, isJump } from './exercises.ts'
import type { Item } from './item.ts'
import type { Level } from './request.ts'
import { type Choice, contactsLately } from './select.ts'
import type { SessionExercise } from './session.ts'

/** Jump contacts a session may have, by level (docs/training.md, doses). */
export const contactCaps: Record<Level, number> = { 1: 40, 2: 80, 3: 120 }

/** Contacts of a first session with jumps; from there they rise by three tenths at most (rule S4-13). */
const firstContacts: Record<Level, number> = { 1: 20, 2: 48, 3: 64 }

/** Contacts of jumps in a list of exercises, both legs counted. */
export function contactsOf(items: readonly SessionExercise[]): number {
  return items
    .filter((item) => isJump(exerciseOf(item.id)))
    .reduce((sum, item) => sum + item.sets * (item.reps ?? 0) * (item.perSide ? 2 : 1), 0)
}

/**
 * The jump that gives next: low hops down to two sets, high ones to three and two, then a high one that is an extra. Few high
 * jumps are worth more than many hops (rule S4-05).
 */
function nextToGive(jumps: readonly Item[]): { item: Item; whole: boolean } {
  const last = (over: number, test: (item: Item) => boolean) => {
    const item = jumps.findLast((jump) => jump.session.sets > over && test(jump))
    return item && { item, whole: false }
  }
  const isHigh = ({ exercise }: Item) => exercise.dose === 'H'
  const isLow = (item: Item) => !isHigh(item)
  const high = jumps.filter(isHigh)
  const spare = high.length > 1 ? high.findLast(({ slot }) => slot.extra) : undefined
  return (
    last(2, isLow) ??
    last(3, isHigh) ??
    last(2, isHigh) ??
    (spare && { item: spare, whole: true }) ??
    last(1, isLow) ??
    last(1, isHigh) ?? { item: jumps.at(-1)!, whole: true }
  )
}

/** Takes jumps out, set by set, until the session has no more contacts than the runner may have. */
export function limitContacts(items: Item[], choice: Choice): Item[] {
  const { request } = choice
  const byAge = choice.age !== null && choice.age >= 60 ? contactCaps[2] : contactCaps[3]
  const used = Math.max(firstContacts[request.level], Math.ceil(contactsLately(request, 42) * 1.3))
  const most = Math.min(contactCaps[request.level], byAge, request.contactsAllowed ?? Number.POSITIVE_INFINITY, used)
  // Beside a hard run of the same day a short block of jumps is enough (rule C15).
  const cap = Math.min(most, request.hardDay ? 60 : most) * (request.deload ? 0.5 : 1)
  const kept = [...items]
  const over = () => contactsOf(kept.map(({ session }) => session)) > cap
  while (over()) {
    const { item, whole } = nextToGive(kept.filter(({ exercise }) => isJump(exercise)))
    if (whole) kept.splice(kept.indexOf(item), 1)
    else item.session = { ...item.session, sets: item.session.sets - 1 }
  }
  return kept
}
