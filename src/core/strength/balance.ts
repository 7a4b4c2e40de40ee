import { exerciseOf, isLegExercise, isLegStrength } from './exercises.ts'
import { isRaceGoal } from './goals.ts'
import type { Item } from './item.ts'
import { isLegKind } from './kinds.ts'
import { isLight, type SessionRequest } from './request.ts'

const addSets = (item: Item, sets: number) => {
  item.session = { ...item.session, sets: item.session.sets + sets }
}
const setsIn = (items: readonly Item[]) => items.reduce((sum, { session }) => sum + session.sets, 0)

/** "Muscle base" holds at most ten sets for the legs, calf work aside (rule C11); lifts on two legs give way first. */
function limitLegSets(items: Item[], request: SessionRequest): Item[] {
  if (request.kind !== 'hypertrophy') return items
  const legs = items.filter(({ exercise }) => isLegStrength(exercise))
  const weight = ({ exercise, session }: Item) => session.sets * 2 + (exercise.perSide ? 0 : 1)
  while (setsIn(legs) > 10)
    addSets(
      legs.reduce((most, item) => (weight(item) >= weight(most) ? item : most)),
      -1,
    )
  return items
}

/** Sets that load the knee and sets that load the hip; lunges, steps and the trap bar count half each (rule S2-02). */
export function kneeAndHip(items: readonly { id: string; sets: number }[]): { knee: number; hip: number } {
  let knee = 0
  let hip = 0
  for (const { id, sets } of items) {
    const exercise = exerciseOf(id)
    if (!isLegStrength(exercise) || exercise.id === 'hip_hinge_drill') continue
    const both = exercise.pattern === 'lunge' || exercise.pattern === 'step' || id === 'trap_bar_deadlift'
    const share = exercise.pattern === 'squat' ? 1 : both ? 0.5 : 0
    knee += sets * share
    hip += sets * (1 - share)
  }
  return { knee, hip }
}

/** Main work of the week's leg sessions so far. */
function mainBefore({ weekSoFar }: SessionRequest) {
  return weekSoFar
    .filter(({ kind }) => isLegKind(kind))
    .flatMap(({ exercises }) => exercises.filter(({ part }) => (part ?? 'main') === 'main'))
}

const isHip = ({ exercise }: Item) => isLegStrength(exercise) && (exercise.pattern === 'hinge' || exercise.pattern === 'bridge')
const isKnee = ({ exercise }: Item) => isLegStrength(exercise) && ['squat', 'lunge', 'step'].includes(exercise.pattern)
/** Whether the week's legs are all known with this session: it is the second, or the only one. */
const isWhole = (request: SessionRequest) => mainBefore(request).length > 0 || request.sessionsThisWeek === 1

/** Lifts that the session is for, two sets of which stay: those with a weight, and the first for the knee and for the hip. */
function isMainLift(item: Item, items: readonly Item[]): boolean {
  return isWeighted(item) || item === items.find(isKnee) || item === items.find(isHip)
}
/** A lift with a weight. */
export const isWeighted = ({ exercise, session }: Item) => 'AB'.includes(exercise.dose) && session.weightKg !== null

/** Of the items of a sort, the one that gives a set first: small work, then lifts without a weight, then those with one. */
function giver(items: readonly Item[], test: (item: Item) => boolean, least = 1): Item | undefined {
  const main = (item: Item) => isMainLift(item, items)
  const last = (over: number, other: (item: Item) => boolean) =>
    items.findLast((item) => item.session.sets > over && test(item) && other(item))
  return (
    last(Math.max(2, least), (item) => !main(item)) ??
    last(least, (item) => !main(item)) ??
    last(Math.max(2, least), (item) => !isWeighted(item)) ??
    last(Math.max(2, least), isWeighted)
  )
}

/** How far the hip may be above twice the knee: half a set, where two sessions share the week. */
const hipMargin = (request: SessionRequest) => (mainBefore(request).length > 0 ? 0.5 : 0)

/**
 * The hip gets at least as many sets as the knee over the week so far, and at most twice as many from the second session on
 * or where the week has one (rule S2-02). The lifts that the session is for keep two sets, even where the share is then only
 * nearly right.
 */
function keepHips(items: Item[], request: SessionRequest): Item[] {
  const before = mainBefore(request)
  const ratio = () => kneeAndHip([...before, ...items.map(({ session }) => session)])
  const isSquat = ({ exercise }: Item) => exercise.pattern === 'squat'
  for (let now = ratio(); now.knee > now.hip; now = ratio()) {
    const hinge = items.find((item) => isHip(item) && item.exercise.id !== 'hip_hinge_drill' && item.session.sets < 3)
    const less = giver(items, isSquat, 3) ?? (hinge ? undefined : giver(items, isSquat))
    if (less) addSets(less, -1)
    else if (hinge) addSets(hinge, 1)
    else break
  }
  for (let now = ratio(); isWhole(request) && now.hip > 2 * now.knee + hipMargin(request); now = ratio()) {
    const knee = items.find((item) => isKnee(item) && item.session.sets < 3)
    const long = giver(items, (item) => isHip(item) && !isWeighted(item), 2)
    const less = long ?? (knee ? undefined : giver(items, isHip))
    if (less) addSets(less, -1)
    else if (knee) addSets(knee, 1)
    else break
  }
  return items
}

/** In a light week the side that has too little gets its second sets back, where the week's legs are all known. */
function evenLight(items: Item[], request: SessionRequest): Item[] {
  if (!isWhole(request)) return items
  const ratio = () => kneeAndHip([...mainBefore(request), ...items.map(({ session }) => session)])
  const missing = () => {
    const { knee, hip } = ratio()
    return knee > hip ? isHip : hip > 2 * knee + hipMargin(request) ? isKnee : null
  }
  for (let side = missing(); side; side = missing()) {
    const more = items.find((item) => side(item) && item.session.sets < 2)
    if (!more) break
    addSets(more, 1)
  }
  return items
}

/** Sets of pulling less sets of pushing over the week so far; without equipment the floor back extension is the pull. */
export function pullSurplus(items: readonly Item[], request: SessionRequest): number {
  const all = [...request.weekSoFar.flatMap(({ exercises }) => exercises), ...items.map(({ session }) => session)]
  return all.reduce((sum, { id, sets }) => {
    const pattern = id === 'superman' ? 'pull' : exerciseOf(id).pattern
    return pattern === 'pull' ? sum + sets : pattern === 'push' ? sum - sets : sum
  }, 0)
}

/**
 * At least as much pulling as pushing over the week (rule S3-11): a set more to pull, else one less to push. Pulls that the
 * week's next session brings pay for pushes too.
 */
function keepPull(items: Item[], request: SessionRequest, pullsToCome: number): Item[] {
  while (pullSurplus(items, request) + pullsToCome < 0) {
    const pull = items.find(({ exercise, session }) => (exercise.pattern === 'pull' || exercise.id === 'superman') && session.sets < 3)
    const push = items.findLast(({ exercise, session }) => exercise.pattern === 'push' && session.sets > 1)
    if (pull && (!push || pull.session.sets < push.session.sets)) addSets(pull, 1)
    else if (push) addSets(push, -1)
    else break
  }
  return items
}

/** The item from which a set goes so that knee and hip, and one leg and two, come nearer to their shares; none when all is well. */
function tooMuch(items: readonly Item[], request: SessionRequest): Item | undefined {
  const { knee, hip } = kneeAndHip([...mainBefore(request), ...items.map(({ session }) => session)])
  // Sets that are halved already are not cut again; where the week is whole a lift goes down to one, those without a weight first.
  const bare = (item: Item) => item.session.sets > 1 && !isWeighted(item) && (isLight(request) || isWhole(request))
  const long = (item: Item) => item.session.sets > 1 && !isLight(request) && isWhole(request)
  const excess = (test: (item: Item) => boolean) =>
    (isLight(request) ? undefined : giver(items, test)) ??
    items.findLast((item) => test(item) && bare(item)) ??
    items.findLast((item) => test(item) && long(item))
  if (knee > hip) return excess(({ exercise }) => exercise.pattern === 'squat')
  if (hip > 2 * knee + hipMargin(request)) return excess(isHip)
  if (isOneLegged(items, request)) return undefined
  return excess((item) => isLegStrength(item.exercise) && !item.exercise.perSide)
}

/** In the shortest weeks one hinge or bridge a session is enough. */
function withoutSpareHinge(items: Item[], request: SessionRequest): Item[] {
  const { knee, hip } = kneeAndHip([...mainBefore(request), ...items.map(({ session }) => session)])
  const hips = items.filter(isHip)
  const legs = new Set(items.filter(({ exercise }) => isLegStrength(exercise)).map(({ exercise }) => exercise.pattern))
  if (isLight(request) || !isWhole(request) || hip <= 2 * knee + hipMargin(request) || hips.length < 2 || items.length < 5 || legs.size < 3)
    return items
  const spare = hips.findLast(({ exercise }) => !exercise.perSide) ?? hips.at(-1)!
  return items.filter((item) => item !== spare)
}

/** The balance after shortening, when nothing may be added (rules S2-02, S0-08, S3-11). */
export function withoutExcess(items: Item[], request: SessionRequest, pullsToCome = 0): Item[] {
  for (let item = tooMuch(items, request); item; item = tooMuch(items, request)) addSets(item, -1)
  return withoutExcessPush(withoutSpareHinge(items, request), request, pullsToCome)
}

/** Pushing gives way, set by set. */
function withoutExcessPush(items: Item[], request: SessionRequest, pullsToCome: number): Item[] {
  while (pullSurplus(items, request) + pullsToCome < 0) {
    const push = items.findLast(({ exercise, session }) => exercise.pattern === 'push' && session.sets > 1)
    if (!push) break
    addSets(push, -1)
  }
  return items
}

/** Whether a third of the leg sets of the week so far stand on one leg (rule S0-08). */
function isOneLegged(items: readonly Item[], request: SessionRequest): boolean {
  const all = [...mainBefore(request), ...items.map(({ session }) => session)]
  const legs = all.map(({ id, sets }) => ({ exercise: exerciseOf(id), sets })).filter(({ exercise }) => isLegStrength(exercise))
  const total = (list: typeof legs) => list.reduce((sum, { sets }) => sum + sets, 0)
  return total(legs.filter(({ exercise }) => exercise.perSide)) * 3 >= total(legs)
}

/** A third of the leg sets stand on one leg (rule S0-08): lifts on two legs with many sets give some, else one leg gets more. */
function keepOneLeg(items: Item[], request: SessionRequest): Item[] {
  const isTwoLegged = ({ exercise }: Item) => isLegStrength(exercise) && !exercise.perSide
  while (!isOneLegged(items, request)) {
    const more = items.find(({ exercise, session }) => isLegStrength(exercise) && exercise.perSide && session.sets < 3)
    const less = giver(items, isTwoLegged, 3) ?? (more ? undefined : giver(items, isTwoLegged))
    if (less) addSets(less, -1)
    else if (more) addSets(more, 1)
    else break
  }
  return items
}

/** Half to seven tenths of the sets train the legs (rule C7), six tenths at least for a race (rule S1-18). */
function keepLegShare(items: Item[], request: SessionRequest): Item[] {
  const least = isRaceGoal(request.goal) ? 0.6 : 0.5
  const share = () => setsIn(items.filter(({ exercise }) => isLegExercise(exercise))) / setsIn(items)
  while (share() < least) {
    const other = items.findLast(({ exercise, session }) => !isLegExercise(exercise) && session.sets > 1)
    if (!other) break
    addSets(other, -1)
  }
  return items
}

/** Brings the sets of a leg session into the proportions that the rules ask for; other sessions stay as they are. */
export function balanced(items: Item[], request: SessionRequest, pullsToCome = 0): Item[] {
  if (!isLegKind(request.kind)) return items
  // Where the sets are halved already the legs keep what they have.
  const legs = request.deload
    ? evenLight(items, request)
    : isLight(request)
      ? items
      : keepHips(limitLegSets(keepOneLeg(items, request), request), request)
  return keepLegShare(keepPull(legs, request, pullsToCome), request)
}
