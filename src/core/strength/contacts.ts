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

/** Takes jumps out, set by set from the longest, until the session has no more contacts than the runner may have. */
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
    const jumps = kept.filter(({ exercise }) => isJump(exercise))
    const longest = jumps.findLast(({ session }) => session.sets > 1) ?? jumps.at(-1)!
    if (longest.session.sets > 1) longest.session = { ...longest.session, sets: longest.session.sets - 1 }
    else kept.splice(kept.indexOf(longest), 1)
  }
  return kept
}
