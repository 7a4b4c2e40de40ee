import { addDays } from '../days.ts'
import { isWeighted, pullSurplus } from './balance.ts'
import { sessionMinutes } from './duration.ts'
import { type Exercise, isJump, isLegExercise, isLegStrength, legPatterns } from './exercises.ts'
import type { Item } from './item.ts'
import { isLegKind } from './kinds.ts'
import type { SessionRequest } from './request.ts'
import type { Choice } from './select.ts'
import type { SessionExercise, SessionKind } from './session.ts'

/** What a full-body session has to hold (rules S0-02, S0-08, S0-10, S2-04, S3-09); dropping stops before the last of each. */
const duties: readonly ((exercise: Exercise) => boolean)[] = [
  (exercise) => isLegStrength(exercise) && exercise.perSide,
  (exercise) => exercise.focus.includes('coreHip') && !legPatterns.includes(exercise.pattern),
  (exercise) => exercise.focus.includes('upperBody'),
  (exercise) => exercise.pattern === 'hinge' || exercise.pattern === 'bridge',
  (exercise) => ['squat', 'lunge', 'step'].includes(exercise.pattern),
  (exercise) => exercise.pattern === 'calf',
]

function canDrop(item: Item, items: readonly Item[], kind: SessionKind): boolean {
  const others = items.filter((other) => other !== item)
  if (!isLegKind(kind)) return others.length >= 2
  if (!isUsable(others, kind)) return false
  return duties.every((duty) => !duty(item.exercise) || others.some((other) => duty(other.exercise)))
}

/** At least four exercises with two patterns of the legs in a leg session (rule H8), two in the light kinds. */
export function hasEnough(exercises: readonly Exercise[], kind: SessionKind): boolean {
  if (!isLegKind(kind)) return exercises.length >= 2
  if (exercises.length < 4) return false
  return new Set(exercises.filter(isLegStrength).map(({ pattern }) => pattern)).size >= 2
}

/** `hasEnough` of exercises with their doses. */
export function isUsable(items: readonly Item[], kind: SessionKind): boolean {
  return hasEnough(
    items.map(({ exercise }) => exercise),
    kind,
  )
}

const isMainLift = ({ slot }: Item) => slot.role === 'squat' || slot.role === 'hinge' || slot.role === 'step'
/** Balance that a goal asks for each week, and gentle work for a sore area (rules S4-16, S2-01). */
const isAskedFor = ({ slot }: Item) => slot.kept === true
/** Jumps that the phase is about. */
const isPlannedJump = ({ slot, exercise }: Item) => isJump(exercise) && !slot.extra

/** From the end, what is no main lift; a push goes before the pull that balances it (rule S3-11). */
function lastToDrop(items: readonly Item[], kind: SessionKind): Item | undefined {
  const last = items.findLast(
    (item) => !isMainLift(item) && item.slot.role !== 'mobility' && !isAskedFor(item) && !isPlannedJump(item) && canDrop(item, items, kind),
  )
  if (last?.slot.role !== 'pull') return last ?? (isLegKind(kind) ? undefined : items.findLast((item) => canDrop(item, items, kind)))
  return items.findLast((item) => item.slot.role === 'push' && canDrop(item, items, kind)) ?? last
}

/**
 * A session has at most a fifth more sets than the fullest of the last four weeks (rule S1-21); extras give way first, then
 * sets from the end, main lifts last.
 */
export function limitSetRise(items: Item[], choice: Choice): Item[] {
  const { request } = choice
  if (!isLegKind(request.kind)) return items
  const since = addDays(request.day, -28)
  const totals = request.history
    .filter(({ kind, localDate }) => isLegKind(kind) && localDate >= since)
    .map(({ exercises }) => (exercises ?? []).filter(({ part }) => (part ?? 'main') === 'main'))
    .filter((list) => list.length >= 5)
    .map((list) => list.reduce((sum, { sets }) => sum + sets, 0))
  if (totals.length === 0) return items
  const most = Math.max(10, Math.floor(Math.max(...totals) * 1.2))
  const kept = [...items]
  const total = () => kept.reduce((sum, { session }) => sum + session.sets, 0)
  while (total() > most) {
    const extra = kept.findLast((item) => item.slot.extra && !isJump(item.exercise) && canDrop(item, kept, request.kind))
    const long =
      kept.findLast((item) => item.session.sets > 2 && !isMainLift(item)) ??
      kept.findLast((item) => item.session.sets > 2) ??
      kept.findLast((item) => item.session.sets > 1)
    if (extra) kept.splice(kept.indexOf(extra), 1)
    else if (long) long.session = { ...long.session, sets: long.session.sets - 1 }
    else break
  }
  return kept
}

/** Something that was taken out, and how much it is worth now. */
type Cut = { worth: () => number; take: () => void; giveBack: () => void }

const isSmall = ({ exercise }: Item) => !isLegStrength(exercise) && !isJump(exercise)
const shorterRest = (seconds: number) => Math.min(seconds, Math.max(20, Math.round((seconds * 2) / 15) * 5))

/** What goes next, the whole exercise or a set of it; null when nothing is left to go. */
function nextCut(kept: readonly Item[], request: SessionRequest, optionalHops: boolean): { item: Item; whole: boolean } | null {
  const { kind } = request
  const set = (item: Item | undefined) => item && { item, whole: false }
  const whole = (item: Item | undefined) => item && { item, whole: true }
  const drop = (test: (item: Item) => boolean) => whole(kept.findLast((item) => test(item) && canDrop(item, kept, kind)))
  const isArmOrCore = ({ exercise }: Item) => !isLegExercise(exercise)
  const paysPush = (item: Item) => item.slot.role === 'pull' && pullSurplus(kept, request) <= 0
  return (
    whole(optionalHops ? kept.find((item) => item.slot.extra && item.slot.role === 'jump') : undefined) ??
    drop((item) => item.slot.extra && isArmOrCore(item)) ??
    set(kept.findLast((item) => item.raised && item.session.sets > 1 && isArmOrCore(item))) ??
    drop((item) => item.slot.extra) ??
    set(kept.findLast((item) => item.raised && item.session.sets > (isMainLift(item) ? 2 : 1))) ??
    (isLegKind(kind) ? set(kept.findLast((item) => item.session.sets > 1 && isArmOrCore(item) && !paysPush(item))) : undefined) ??
    whole(lastToDrop(kept, kind)) ??
    set(kept.findLast((item) => item.session.sets > 2) ?? kept.findLast((item) => item.session.sets > 1 && !isMainLift(item))) ??
    set(kept.findLast((item) => item.session.sets > 1 && !isWeighted(item))) ??
    drop(() => true) ??
    set(kept.findLast((item) => item.session.sets > 1)) ??
    null
  )
}

/**
 * Shortens until it fits: rests of small exercises, extras, sets that the goal added, second sets of arms and core, exercises
 * from the end, then a set each. What went and would fit after all comes back: exercises, second sets and those of heavy
 * lifts, other sets, rests. Null when it cannot.
 */
export function fitted(
  items: readonly Item[],
  minutes: number,
  request: SessionRequest,
  optionalHops: boolean,
  frame: (main: SessionExercise[]) => SessionExercise[],
): Item[] | null {
  const gone = new Set<Item>()
  const kept = () => items.filter((item) => !gone.has(item))
  const isLong = () => sessionMinutes(request.kind, frame(lettered(kept()))) > minutes
  const cuts: Cut[] = []
  const cut = (worth: Cut['worth'], take: () => void, giveBack: () => void) => {
    take()
    cuts.push({ worth, take, giveBack })
  }
  const change = (item: Item, to: Partial<SessionExercise>) => {
    item.session = { ...item.session, ...to }
  }
  if (isLong()) {
    for (const item of kept().filter(isSmall)) {
      const { restSeconds } = item.session
      cut(
        () => 0,
        () => change(item, { restSeconds: shorterRest(restSeconds) }),
        () => change(item, { restSeconds }),
      )
    }
  }
  while (isLong()) {
    const next = nextCut(kept(), request, optionalHops)
    if (!next) return null
    const { item, whole } = next
    const { raised } = item
    if (whole)
      cut(
        () => 3,
        () => gone.add(item),
        () => gone.delete(item),
      )
    else
      cut(
        () => (isWeighted(item) || item.session.sets === 1 ? 2 : 1),
        () => {
          change(item, { sets: item.session.sets - 1 })
          item.raised = false
        },
        () => {
          change(item, { sets: item.session.sets + 1 })
          item.raised = raised
        },
      )
  }
  let back = cuts.toReversed()
  for (const worth of [3, 2, 1, 0]) {
    for (const entry of back.filter((one) => one.worth() === worth)) {
      entry.giveBack()
      if (isLong()) entry.take()
      else back = back.filter((other) => other !== entry)
    }
  }
  return kept()
}

/** Small work for the legs that went and has room after all, such as hops or balance; it leaves every share as it is. */
export function refilled(items: readonly Item[], wanted: readonly Item[], fits: (main: SessionExercise[]) => boolean): Item[] {
  let kept = [...items]
  for (const item of wanted) {
    if (items.includes(item) || !isLegExercise(item.exercise) || isLegStrength(item.exercise)) continue
    const more = wanted.filter((other) => other === item || kept.includes(other))
    if (fits(lettered(more))) kept = more
  }
  return kept
}

/** Letters for pairs that are still whole and have as many sets; a lone half is done by itself. */
export function lettered(items: readonly Item[]): SessionExercise[] {
  const letters = new Map<string, string>()
  return items.map(({ session }) => {
    const group = session.group
    const pair = items.filter((other) => other.session.group === group)
    if (!group || pair.length < 2 || pair.some((other) => other.session.sets !== session.sets)) return { ...session, group: null }
    if (!letters.has(group)) letters.set(group, String.fromCharCode(65 + letters.size))
    return { ...session, group: letters.get(group)! }
  })
}
