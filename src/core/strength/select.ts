import { addDays, dayNumber, daysBetween, mondayOf } from '../days.ts'
import type { Equipment, Injury } from '../runner.ts'
import { baseDose } from './doses.ts'
import { type Exercise, isLift, tierOrder } from './exercise.ts'
import { calfKind, exerciseList, exerciseOf, findExercise, hasEquipmentFor, isJump } from './exercises.ts'
import { performances, sortedHistory } from './history.ts'
import { activeInjuries, clearedWithin, injuryEffect } from './injuries.ts'
import { nextDose } from './progression.ts'
import type { SessionRequest } from './request.ts'
import type { PastSession } from './session.ts'
import type { Role, Slot } from './templates.ts'

/** What every choice in one session looks at, worked out once. */
export type Choice = {
  request: SessionRequest
  injuries: Injury[]
  /** Equipment the level may use (rule C5). */
  equipment: Equipment
  novice: boolean
  age: number | null
  jumps: boolean
  /** Remembered answers of `isAllowed`, by exercise. */
  allowed: Map<Exercise, boolean>
}

/** Age in years in the year of a day, or null. */
export function ageOn(day: string, birthYear: number | null | undefined): number | null {
  return birthYear ? Number(day.slice(0, 4)) - birthYear : null
}

function leastOf(a: Equipment, b: Equipment): Equipment {
  return tierOrder.indexOf(a) < tierOrder.indexOf(b) ? a : b
}

/** Works out what holds for the whole session. Level 1 has its own weight and bands, and light dumbbells from week 5 (rules S0-05, C5). */
export function choiceFor(request: SessionRequest): Choice {
  const history = sortedHistory(request.history, request.day)
  const novice = request.level === 1
  const unlocked = request.phase === 'novice' && request.weekOfBlock >= 5
  return {
    request: { ...request, history },
    injuries: activeInjuries(request.injuries, history, request.day),
    equipment: novice ? leastOf(request.equipment, unlocked ? 'dumbbells' : 'bands') : request.equipment,
    novice,
    age: ageOn(request.day, request.birthYear),
    allowed: new Map(),
    jumps:
      !request.sameVisit &&
      request.phase !== 'return' &&
      !clearedWithin(request.clearedInjuries, request.day, 28) &&
      (request.contactsAllowed ?? 1) > 0 &&
      (!novice || unlocked),
  }
}

/** Whether a weight is used: the exercise has one and the equipment reaches up to it. */
export function isLoaded(exercise: Exercise, equipment: Equipment): boolean {
  return exercise.load !== null && tierOrder.indexOf(exercise.tier) <= tierOrder.indexOf(equipment)
}

/** The most jump contacts of one session within so many days, both legs counted. */
export function contactsLately({ history, day }: SessionRequest, days: number): number {
  const since = addDays(day, -days)
  const contacts = history
    .filter(({ localDate }) => localDate >= since && localDate < day)
    .map(({ exercises }) =>
      (exercises ?? []).reduce((sum, { id, sets, reps }) => {
        const exercise = findExercise(id)
        return exercise && isJump(exercise) ? sum + sets * (reps ?? 0) * (exercise.perSide ? 2 : 1) : sum
      }, 0),
    )
  return Math.max(0, ...contacts)
}

function jumpAllowed(exercise: Exercise, choice: Choice): boolean {
  const { request, age } = choice
  if (!choice.jumps || (request.deload && exercise.dose === 'H')) return false
  if (request.kind === 'activation' && contactsLately(request, 56) === 0) return false
  if (age === null || age < 60 || exercise.level < 3) return true
  return performances(exercise.id, request.history, request.day).some((entry) => daysBetween(entry.day, request.day) <= 56)
}

/** Whether the exercise may be in this session at all: equipment, level, flags, dislikes, jumps. */
export function isAllowed(exercise: Exercise, choice: Choice): boolean {
  const known = choice.allowed.get(exercise)
  if (known !== undefined) return known
  const allowed = mayBeIn(exercise, choice)
  choice.allowed.set(exercise, allowed)
  return allowed
}

function mayBeIn(exercise: Exercise, choice: Choice): boolean {
  const { request } = choice
  if (exercise.level > request.level || exercise.optIn || request.dislikes.includes(exercise.id)) return false
  if (!hasEquipmentFor(exercise, choice.equipment)) return false
  if (injuryEffect(exercise, choice.injuries, request.phase) === 'remove') return false
  return !isJump(exercise) || jumpAllowed(exercise, choice)
}

/** Everything else that could take an exercise's place in the session: same pattern, nearest in level first. */
export function swapsFor(exerciseId: string, request: SessionRequest): Exercise[] {
  const exercise = findExercise(exerciseId)
  if (!exercise) return []
  const choice = choiceFor(request)
  const distance = (other: Exercise) => Math.abs(other.level - exercise.level) * 4 + tierDistance(exercise, other)
  return exerciseList
    .filter((other) => other.id !== exercise.id && other.pattern === exercise.pattern && isAllowed(other, choice) && hasDose(other, choice))
    .sort((a, b) => distance(a) - distance(b))
}

function tierDistance(a: Exercise, b: Exercise): number {
  return Math.abs(tierOrder.indexOf(a.tier) - tierOrder.indexOf(b.tier))
}

function hasDose(exercise: Exercise, choice: Choice): boolean {
  return rangeFor(exercise, choice) !== null
}

/** The dose range of an exercise in this session, or null when the kind does not have it. */
export function rangeFor(exercise: Exercise, choice: Choice, weekOfBlock: number = choice.request.weekOfBlock) {
  return baseDose(exercise, choice.request.kind, { weekOfBlock, novice: choice.novice, loaded: isLoaded(exercise, choice.equipment) })
}

function blockStart(request: SessionRequest): string {
  return addDays(mondayOf(request.day), -7 * (request.weekOfBlock - 1))
}

/** An exercise that has run for eight weeks when a block begins makes way for a variant, so that none runs past twelve (rule C8). */
function isStale(id: string, request: SessionRequest): boolean {
  const start = blockStart(request)
  const done = performances(id, request.history, start)
  let from = done.at(-1)?.day
  if (!from || daysBetween(from, start) > 21) return false
  for (let i = done.length - 2; i >= 0 && daysBetween(done[i]!.day, from) <= 21; i--) from = done[i]!.day
  return daysBetween(from, start) >= 56
}

/** The calf work of the session before: this week's, else the latest in the history. */
function lastCalf(request: SessionRequest): 'straight' | 'bent' | null {
  for (const sessions of [request.weekSoFar, request.history]) {
    for (let i = sessions.length - 1; i >= 0; i--) {
      const calf = sessions[i]!.exercises?.find(({ id }) => calfKind(id) !== null)
      if (calf) return calfKind(calf.id)
    }
  }
  return null
}

const calfExercises: Record<'straight' | 'bent', readonly string[]> = {
  straight: ['sl_calf_raise', 'db_calf_raise', 'calf_raise'],
  bent: ['bent_knee_sl_calf', 'seated_calf_raise'],
}

function preferred(slot: Slot, choice: Choice): string[] {
  const { request } = choice
  let ids = slot.prefer
  if (slot.role === 'calf' && calfKind(ids[0]!) !== null) {
    const before = lastCalf(request)
    const wanted = before === null ? calfKind(ids[0]!)! : before === 'straight' ? 'bent' : 'straight'
    const own = calfKind(ids[0]!) === wanted ? ids.filter((id) => calfKind(id) === wanted) : []
    ids = [...own, ...calfExercises[wanted], ...ids]
  }
  if (slot.rotates) {
    const turn = (choice.novice ? Math.floor((request.weekOfBlock - 1) / 4) : Math.floor(dayNumber(blockStart(request)) / 28)) % ids.length
    ids = [...ids.slice(turn), ...ids.slice(0, turn)]
  }
  return [...new Set(ids)]
}

/** Weeks in which nothing new begins: light weeks, and those round a race (docs/training.md, contexts). */
export function isLightPhase({ deload, phase }: SessionRequest): boolean {
  return deload || phase === 'peak' || phase === 'taper' || phase === 'raceWeek' || phase === 'recovery'
}

/** In light weeks, what was done within eight weeks; inside a block its own lifts, which stay to its end (rule C8). */
function isRecent(id: string, request: SessionRequest): boolean {
  const { history, day, kind } = request
  const done = performances(id, history, day)
  const last = done.findLast((entry) => entry.kind !== 'activation' || kind === 'activation')
  if (isLightPhase(request)) return last !== undefined && daysBetween(last.day, day) <= 56
  const inBlocks = kind === 'hypertrophy' || kind === 'maxStrength' || kind === 'power'
  return inBlocks && request.weekOfBlock > 1 && done.some((entry) => entry.kind === kind && entry.day >= blockStart(request))
}

/** The light week of a block has the block's own exercises. */
function isRecentInKind(id: string, { history, day, kind }: SessionRequest): boolean {
  return performances(id, history, day).some((entry) => entry.kind === kind && daysBetween(entry.day, day) <= 28)
}

const liftRoles: readonly Role[] = ['squat', 'hinge', 'step']

/**
 * No new lift begins in a light week: what the template names and was done lately, else the last lift of its patterns. A
 * light week of a block keeps the block's own; before a race what was done with a weight comes first.
 */
function lately(slot: Slot, able: readonly Exercise[], choice: Choice, usable: (exercise: Exercise) => boolean): Exercise | undefined {
  const { request } = choice
  const isKnown = (exercise: Exercise) => isRecent(exercise.id, request)
  const lastDay = (exercise: Exercise) => latest(exercise.id, request.history, request.day)!.day
  const known = able.filter(isKnown)
  // The knee angles take turns in light weeks too (rule S4-11).
  if (slot.role === 'calf') return known[0]
  const others = () => {
    if (slot.extra || request.kind === 'activation' || !liftRoles.includes(slot.role)) return []
    const same = exerciseList.filter((exercise) => slot.patterns.includes(exercise.pattern) && usable(exercise) && isKnown(exercise))
    return same.sort((a, b) => lastDay(b).localeCompare(lastDay(a)))
  }
  const withWeight = (exercise: Exercise) => !request.deload && request.kind !== 'activation' && isLoaded(exercise, choice.equipment)
  const heavy = known.find(withWeight)
  if (heavy) return heavy
  const all = [...known, ...others()]
  return all.find(withWeight) ?? all.find((exercise) => isRecentInKind(exercise.id, request)) ?? all[0]
}

/** In place of what has run for long enough: another of the same weight in training, named by the template or not. */
function variantOf(
  exercise: Exercise,
  slot: Slot,
  choice: Choice,
  usable: (exercise: Exercise) => boolean,
  taken: ReadonlySet<string>,
): Exercise {
  if (!isStale(exercise.id, choice.request)) return exercise
  const others = [...preferred(slot, choice).map(exerciseOf), ...exerciseList.filter(({ pattern }) => slot.patterns.includes(pattern))]
  // Not the easier or harder form of what the session holds.
  const isForm = (other: Exercise) => [...taken].map(exerciseOf).some(({ easier, harder }) => easier === other.id || harder === other.id)
  const equal = (other: Exercise) => other.id !== exercise.id && Math.abs(other.level - exercise.level) <= 1 && !isForm(other)
  const fresh = others.filter((other) => equal(other) && usable(other) && !isStale(other.id, choice.request))
  const sameSort = fresh.filter((other) => other.dose === exercise.dose || (isLift(other) && isLift(exercise)))
  const start = ({ load }: Exercise) => (load ? load.startKg[1] * (load.kind === 'pair' ? 2 : 1) : 0)
  const heaviness = (other: Exercise) =>
    Math.abs(start(other) - start(exercise)) + (other.dose === exercise.dose ? 0 : 2) + (other.perSide === exercise.perSide ? 0 : 20)
  if (isLoaded(exercise, choice.equipment)) {
    const loaded = sameSort.filter((other) => isLoaded(other, choice.equipment))
    if (loaded.length > 0) return loaded.reduce((best, other) => (heaviness(other) < heaviness(best) ? other : best))
  }
  return sameSort.find(({ dose }) => dose === exercise.dose) ?? exercise
}

function latest(id: string, history: readonly PastSession[], day: string) {
  return performances(id, history, day).findLast(({ kind }) => kind !== 'activation')
}

/** A harder or easier form in place of the exercise: the ladder is climbed, or form was lost (rules S0-14, S4-22). */
function onLadder(exercise: Exercise, choice: Choice, taken: ReadonlySet<string>): Exercise {
  const { request } = choice
  const free = (id: string | null) => {
    const other = id === null ? null : findExercise(id)
    return other && !taken.has(other.id) && isAllowed(other, choice) && hasDose(other, choice) ? other : null
  }
  const last = latest(exercise.id, request.history, request.day)
  if (last?.technique) return free(exercise.easier) ?? exercise
  const harder = free(exercise.harder)
  if (!harder || harder.pattern !== exercise.pattern || isJump(exercise) || isLoaded(exercise, choice.equipment)) return exercise
  const taught = latest(harder.id, request.history, request.day)
  if (taught?.technique) return exercise
  const often = performances(exercise.id, request.history, request.day).length >= 4
  if (taught && last && often && taught.day >= last.day) return harder
  if (isLightPhase(request) || request.phase === 'return' || request.kind === 'activation') return exercise
  // Who has lately done the harder form does not go back to the easier one.
  if (taught && daysBetween(taught.day, request.day) <= 28) return harder
  // Whose level is well past the exercise begins with its weighted form.
  if (!last && request.kind === 'foundation' && harder.level < request.level && isLoaded(harder, choice.equipment)) return harder
  const range = rangeFor(exercise, choice)
  if (!range || !last) return exercise
  const next = nextDose(exercise, request.kind, range, request.history, doseContext(exercise, choice, false))
  return next.readyForHarder ? harder : exercise
}

/** What progression needs to know of this session. */
export function doseContext(exercise: Exercise, choice: Choice, hold: boolean) {
  const { request } = choice
  return {
    day: request.day,
    weekOfBlock: request.weekOfBlock,
    level: request.level,
    units: request.units,
    sex: request.sex ?? null,
    age: choice.age,
    loaded: isLoaded(exercise, choice.equipment),
    hold,
  }
}

/** The exercise for a place of the template, or null when nothing of its patterns is left. */
export function chooseFor(slot: Slot, choice: Choice, taken: ReadonlySet<string>): Exercise | null {
  const usable = (exercise: Exercise) => !taken.has(exercise.id) && isAllowed(exercise, choice) && hasDose(exercise, choice)
  const able = preferred(slot, choice).map(exerciseOf).filter(usable)
  const light = isLightPhase(choice.request) ? lately(slot, able, choice, usable) : undefined
  if (light) return light
  const known = able.find((exercise) => isRecent(exercise.id, choice.request))
  if (known) return onLadder(known, choice, taken)
  const first = able[0]
  if (first) return onLadder(variantOf(first, slot, choice, usable, taken), choice, taken)
  if (slot.extra || (slot.role === 'jump' && isLightPhase(choice.request))) return null
  const wanted = exerciseOf(slot.prefer[0]!)
  const order = (exercise: Exercise) =>
    (exercise.pattern === wanted.pattern ? 0 : 100) +
    (slot.patterns.includes(exercise.pattern) ? 0 : 50) +
    Math.abs(exercise.level - choice.request.level) * 4 +
    tierDistance(exercise, wanted)
  const others = exerciseList.filter(
    (exercise) => (slot.patterns.includes(exercise.pattern) || exercise.pattern === wanted.pattern) && usable(exercise),
  )
  return others.sort((a, b) => order(a) - order(b))[0] ?? null
}
