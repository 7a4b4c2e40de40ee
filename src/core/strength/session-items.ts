import { corePatterns, type Exercise, isJump, isLegStrength } from './exercises.ts'
import { goalFactor } from './goals.ts'
import { reachedWeek, soreFrom } from './history.ts'
import { injuryEffect, slowCalf } from './injuries.ts'
import type { Item } from './item.ts'
import { isLegKind, kindMinutes } from './kinds.ts'
import { easedForRace, fullSetsOf } from './light-sessions.ts'
import { roundDown, roundNearest } from './loads.ts'
import { nextDose } from './progression.ts'
import { isLight } from './request.ts'
import { type Choice, chooseFor, doseContext, rangeFor } from './select.ts'
import { slotsFor } from './session-slots.ts'
import type { Slot, Template } from './templates.ts'

function setsOf(exercise: Exercise, sets: number, choice: Choice): { sets: number; raised: boolean } {
  const { request } = choice
  const full = isLegKind(request.kind) && !(request.kind === 'foundation' && choice.novice)
  const light = request.kind === 'maintenance' || request.phase === 'raceWeek' || request.phase === 'recovery'
  const cap = corePatterns.includes(exercise.pattern) ? 3 : 4
  const most = light ? sets : Math.max(sets, Math.min(cap, sets + 1))
  const weighed = full ? Math.max(1, Math.min(most, Math.floor(sets * goalFactor(exercise, request.goal) + 0.35))) : sets
  const isTaper = request.phase === 'taper' && request.kind !== 'maintenance'
  // Half is half of what was done, where it is known.
  let result = (request.deload || isTaper) && isLegKind(request.kind) ? (fullSetsOf(exercise.id, request) ?? weighed) : weighed
  if (request.micro && request.kind === 'coreMicro') result += 1
  if (request.sameVisit && isLegKind(request.kind) && result > 2) result -= 1
  if (soreFrom(exercise.id, request.history, request.day)) result -= 1
  if (request.deload) result = Math.round(result * 0.55)
  if (request.phase === 'return') result = Math.round(result * 0.5)
  if (request.phase === 'taper' && request.kind !== 'maintenance' && isLegKind(request.kind)) {
    result = isLegStrength(exercise) && 'AB'.includes(exercise.dose) ? Math.ceil(result * 0.5) : Math.floor(result * 0.5)
  }
  return { sets: Math.max(1, result), raised: result > sets }
}

function itemFor(exercise: Exercise, slot: Slot, choice: Choice): Item | null {
  const { request } = choice
  const week = reachedWeek(request.kind, request.weekOfBlock, request.history, request.day)
  const range = rangeFor(exercise, choice, week)
  if (!range) return null
  const before = week > 1 ? rangeFor(exercise, choice, week - 1) : null
  const effect = injuryEffect(exercise, choice.injuries, request.phase)
  const hold =
    request.deload ||
    request.phase === 'taper' ||
    request.phase === 'raceWeek' ||
    request.phase === 'recovery' ||
    request.phase === 'return' ||
    effect === 'ease' ||
    (exercise.pattern === 'calf' && slowCalf(choice.injuries)) ||
    (before !== null && range.sets > before.sets)
  const next = nextDose(exercise, request.kind, range, request.history, { ...doseContext(exercise, choice, hold), weekOfBlock: week })
  const { sets, raised } = setsOf(exercise, next.sets, choice)
  const share = (request.deload && next.change !== 'less' ? 0.9 : 1) * (request.phase === 'recovery' ? 0.8 : 1)
  const full = next.weightKg === null || !exercise.load ? null : roundNearest(next.weightKg * share, exercise.load.kind, request.units)
  const weightKg = effect === 'ease' && full !== null ? roundDown(full * 0.5, exercise.load!.kind, request.units) : full
  const fast = slot.fast && request.kind === 'power'
  const tempo = fast ? '2-0-X' : next.tempo
  return {
    exercise,
    slot,
    raised,
    firstWeight: next.change === 'start' && weightKg !== null,
    session: {
      id: exercise.id,
      name: exercise.name,
      sets,
      reps: exercise.timed ? null : next.amount,
      seconds: exercise.timed ? next.amount : null,
      perSide: exercise.perSide,
      weightKg,
      restSeconds: range.restSeconds,
      cue: effect === 'ease' ? `Half range, pain 3 of 10 at most. ${exercise.cue}` : exercise.cue,
      tempo,
      part: 'main',
      group: slot.group,
    },
  }
}

/** Extras have no place in light weeks. */
export function isLeftOut(slot: Slot, choice: Choice): boolean {
  return slot.extra && isLegKind(choice.request.kind) && isLight(choice.request)
}

/** The main work of a session before it is shortened: an exercise for each place, with its dose. */
export function mainItems(template: Template, variant: number, choice: Choice): Item[] {
  const taken = new Set<string>()
  const items: Item[] = []
  const light = isLight(choice.request)
  for (const slot of slotsFor(template, variant, choice)) {
    if (isLeftOut(slot, choice)) continue
    const exercise = chooseFor(slot, choice, taken)
    const item = exercise && itemFor(exercise, slot, choice)
    if (!exercise || !item) continue
    taken.add(exercise.id)
    items.push(item)
  }
  const back = choice.injuries.some(({ area }) => area === 'lowBack' || area === 'hip')
  const core = items.find(({ slot }) => slot.role === 'core')
  if (core && core.session.sets < 3 && isLegKind(choice.request.kind) && !light && (choice.request.hasLongRunThisWeek || back)) {
    core.session.sets += 1
    core.raised = true
  }
  return inOrder(easedForRace(items, choice.request))
}

/**
 * Sets of pulling beyond those of pushing that the other form of the template brings later in the week, one of each exercise
 * where the time is short; 0 in the week's last session.
 */
export function pullsToCome(template: Template, variant: number, choice: Choice): number {
  const { request } = choice
  const isLast = (request.sessionsThisWeek ?? 2) < 2 || request.weekSoFar.some(({ kind }) => isLegKind(kind))
  const other = (variant + 1) % template.variants.length
  if (!isLegKind(request.kind) || isLast || other === variant) return 0
  const taken = new Set<string>()
  let sets = 0
  for (const slot of slotsFor(template, other, choice)) {
    if (slot.extra || (slot.role !== 'push' && slot.role !== 'pull')) continue
    const exercise = chooseFor(slot, choice, taken)
    if (!exercise) continue
    taken.add(exercise.id)
    const full = rangeFor(exercise, choice)?.sets ?? 0
    sets += slot.role === 'push' ? -full : request.minutes < Math.max(template.minutes, kindMinutes(request.kind).usual) ? 1 : full
  }
  return Math.max(0, sets)
}

const coreOrder: Partial<Record<Exercise['pattern'], number>> = { antiRotation: 0, antiExtension: 1, rotation: 2 }

/** Jumps first (rule C15), and core work as anti-rotation, anti-extension, rotation (rule S4-07) on the places it has. */
function inOrder(items: Item[]): Item[] {
  const cores = items
    .filter(({ slot }) => slot.role === 'core')
    .sort((a, b) => (coreOrder[a.exercise.pattern] ?? 3) - (coreOrder[b.exercise.pattern] ?? 3))
  const ordered = items.map((item) => {
    if (item.slot.role !== 'core') return item
    const next = cores.shift()!
    return {
      ...next,
      slot: { ...next.slot, group: item.slot.group },
      session: { ...next.session, group: item.slot.group },
    }
  })
  return [...ordered.filter(({ exercise }) => isJump(exercise)), ...ordered.filter(({ exercise }) => !isJump(exercise))]
}
