import { addDays, dayNumber, mondayOf } from '../days.ts'
import { exerciseOf, legPatterns } from './exercises.ts'
import { wantsBalance } from './goals.ts'
import { helpfulExercises, stopsLegs } from './injuries.ts'
import { isLegKind } from './kinds.ts'
import type { SessionRequest } from './request.ts'
import { type Choice, isLightPhase } from './select.ts'
import type { SessionKind } from './session.ts'
import { microTemplate, type Role, type Slot, type Template, templatesFor } from './templates.ts'

/** Templates to try, best first. Where short blocks are all there is they take turns, the core alone while legs must rest. */
export function templatesOf({ request, equipment, injuries }: Choice): Template[] {
  const usual = templatesFor(request.kind, equipment, request.minutes)
  if (!request.micro || request.kind !== 'coreMicro' || stopsLegs(injuries)) return usual
  return [microTemplate(request.weekSoFar.filter(({ kind }) => kind === 'coreMicro').length), ...usual]
}

const extraSlot = (role: Role, id: string, extra: boolean): Slot => ({
  role,
  prefer: [id],
  patterns: [exerciseOf(id).pattern],
  rotates: false,
  extra,
  group: null,
  fast: false,
})

/** The form of a template whose exercises were done most in sessions of the kind within eight weeks; null when none stands out. */
function knownVariant(template: Template, { history, day, kind }: SessionRequest): number | null {
  const since = addDays(day, -56)
  const same = history.filter((session) => session.kind === kind && session.localDate >= since)
  const done = new Set(same.flatMap(({ exercises }) => (exercises ?? []).map(({ id }) => id)))
  const known = template.variants.map((slots) => slots.filter(({ extra, prefer }) => !extra && prefer.some((id) => done.has(id))).length)
  const most = Math.max(...known)
  return known.filter((count) => count === most).length === 1 ? known.indexOf(most) : null
}

const mainLift = (variant: readonly Slot[]): string => variant.find(({ role }) => role !== 'jump')!.prefer[0]!

/** The only form whose first lift was trained in heavy sessions within eight weeks; null when that tells none apart. */
function trainedVariant(template: Template, { history, day }: SessionRequest): number | null {
  const since = addDays(day, -56)
  const heavy = history.filter(({ kind, localDate }) => isHeavy(kind) && localDate >= since && localDate < mondayOf(day))
  const done = new Set(heavy.flatMap(({ exercises }) => (exercises ?? []).map(({ id }) => id)))
  const known = template.variants.flatMap((variant, i) => (done.has(mainLift(variant)) ? [i] : []))
  return known.length === 1 ? known[0]! : null
}

const isHeavy = (kind: SessionKind): boolean => kind !== 'foundation' && kind !== 'activation' && isLegKind(kind)

/**
 * Which of a template's forms: the first and second leg session of a week differ, and where they are of two kinds they do not share their first lift; with
 * one a week they alternate by week, a novice begins with the first form, and nothing new begins before a race
 * (docs/training.md, contexts).
 */
export function variantOf(template: Template, request: SessionRequest): number {
  if (request.phase === 'taper' && request.kind !== 'maintenance') {
    const known = knownVariant(template, request)
    if (known !== null) return known
  }
  if (request.kind === 'maintenance' && isLightPhase(request)) {
    const trained = trainedVariant(template, request)
    if (trained !== null) return trained
  }
  const earlier = request.weekSoFar.filter(({ kind }) => isLegKind(kind) === isLegKind(request.kind)).length
  if (request.phase === 'novice' && earlier === 0 && !request.history.some(({ kind }) => isLegKind(kind))) return 0
  const single = request.sessionsThisWeek === 1 || !isLegKind(request.kind)
  const sameSort = request.micro ? 0 : earlier
  const week = single ? Math.floor(dayNumber(mondayOf(request.day)) / 7) : 0
  const turn = (((sameSort + week) % template.variants.length) + template.variants.length) % template.variants.length
  if (earlier === 0 || !isLegKind(request.kind)) return turn
  const others = request.weekSoFar.filter(({ kind }) => kind !== request.kind)
  const inWeek = new Set(others.flatMap(({ exercises }) => exercises.map(({ id }) => id)))
  const other = template.variants.findIndex((variant) => !inWeek.has(mainLift(variant)))
  return inWeek.has(mainLift(template.variants[turn]!)) && other >= 0 ? other : turn
}

/** The template's places, with what flags and goal add to them. */
export function slotsFor(template: Template, variant: number, choice: Choice): Slot[] {
  const { request } = choice
  let slots = [...template.variants[variant]!]
  if (!isLegKind(request.kind)) return slots
  // Hops are new to a novice and belong to weeks 5 and 6, so time is made for them.
  if (choice.novice && choice.jumps) slots = slots.map((slot) => (slot.role === 'jump' ? { ...slot, extra: false } : slot))
  const inWeek = new Set(request.weekSoFar.flatMap(({ exercises }) => exercises.map(({ id }) => exerciseOf(id).pattern)))
  const ankle = choice.injuries.some(({ area }) => area === 'ankle')
  if ((wantsBalance(request.goal) || ankle) && !inWeek.has('balance')) {
    const without = slots.filter(({ role }) => role !== 'balance')
    const balance: Slot = {
      ...extraSlot('balance', request.level >= 2 ? 'sl_reach' : 'sl_stand', false),
      kept: true,
      prefer: request.level >= 2 ? ['sl_reach', 'sl_stand'] : ['sl_stand'],
    }
    slots.splice(0, slots.length, ...without, balance)
  }
  const steps = slots.findIndex(({ role }) => role === 'step')
  if (request.goal.distance === 'ultra' && variant === 1 && steps >= 0 && request.kind !== 'power') {
    const slot = slots[steps]!
    slots[steps] = { ...slot, prefer: ['heel_tap_box', ...slot.prefer] }
  }
  for (const [i, id] of helpfulExercises(choice.injuries).slice(0, 2).entries()) {
    const pattern = exerciseOf(id).pattern
    const role: Role =
      pattern === 'calf'
        ? 'calf'
        : pattern === 'balance'
          ? 'balance'
          : pattern === 'hipAbduction'
            ? 'lateral'
            : legPatterns.includes(pattern)
              ? 'hinge'
              : 'core'
    slots.push(i === 0 ? { ...extraSlot(role, id, false), kept: true } : extraSlot(role, id, true))
  }
  return slots
}
