import { addDays, dayNumber, mondayOf } from '../days.ts'
import { balanced, withoutExcess } from './balance.ts'
import { rampUpMinutes, sessionMinutes } from './duration.ts'
import { corePatterns, type Exercise, exerciseOf, isJump, isLegStrength, legPatterns } from './exercises.ts'
import { goalFactor, wantsBalance } from './goals.ts'
import { helpfulExercises, injuryEffect, injuryNotices, slowCalf, stopsLegs } from './injuries.ts'
import type { Item } from './item.ts'
import { isLegKind, kindMinutes } from './kinds.ts'
import { roundDown, roundNearest } from './loads.ts'
import { nextDose, reachedWeek, soreFrom } from './progression.ts'
import type { BuiltSession, Level, RuleText, SessionRequest } from './request.ts'
import { type Choice, choiceFor, chooseFor, contactsLately, doseContext, rangeFor } from './select.ts'
import type { SessionExercise, SessionKind } from './session.ts'
import { microTemplate, type Role, type Slot, type Template, templatesFor } from './templates.ts'
import { coolDown, warmUp } from './warm-up.ts'

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

/**
 * Which of a template's forms: the first and second leg session of a week differ; with one a week they alternate by week,
 * but a taper brings nothing new (docs/training.md, contexts).
 */
function variantOf(template: Template, request: SessionRequest): number {
  if (request.phase === 'taper' && request.kind !== 'maintenance') {
    const known = knownVariant(template, request)
    if (known !== null) return known
  }
  const earlier = request.weekSoFar.filter(({ kind }) => isLegKind(kind) === isLegKind(request.kind)).length
  const single = request.sessionsThisWeek === 1 || !isLegKind(request.kind)
  const sameSort = request.micro ? 0 : earlier
  const week = single ? Math.floor(dayNumber(mondayOf(request.day)) / 7) : 0
  return (((sameSort + week) % template.variants.length) + template.variants.length) % template.variants.length
}

/** The template's places, with what flags and goal add to them. */
function slotsFor(template: Template, variant: number, choice: Choice): Slot[] {
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

function setsOf(exercise: Exercise, sets: number, choice: Choice): { sets: number; raised: boolean } {
  const { request } = choice
  const full = isLegKind(request.kind) && !(request.kind === 'foundation' && choice.novice)
  const light = request.kind === 'maintenance' || request.phase === 'raceWeek' || request.phase === 'recovery'
  const cap = corePatterns.includes(exercise.pattern) ? 3 : 4
  const most = light ? sets : Math.max(sets, Math.min(cap, sets + 1))
  const weighed = full ? Math.max(1, Math.min(most, Math.floor(sets * goalFactor(exercise, request.goal) + 0.35))) : sets
  let result = weighed
  if (request.micro && request.kind === 'coreMicro') result += 1
  if (request.sameVisit && isLegKind(request.kind)) result -= 1
  if (soreFrom(exercise.id, request.history, request.day)) result -= 1
  if (request.deload) result = Math.round(result * 0.55)
  if (request.phase === 'return') result = Math.round(result * 0.5)
  if (request.phase === 'taper' && request.kind !== 'maintenance' && isLegKind(request.kind)) {
    result = exercise.dose === 'A' ? Math.round(result * 0.5) : Math.floor(result * 0.5)
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
  const share = (request.deload ? 0.9 : 1) * (request.phase === 'recovery' ? 0.8 : 1)
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

function mainItems(template: Template, variant: number, choice: Choice): Item[] {
  const taken = new Set<string>()
  const items: Item[] = []
  const { deload, phase } = choice.request
  const light = deload || phase === 'taper' || phase === 'raceWeek' || phase === 'recovery'
  for (const slot of slotsFor(template, variant, choice)) {
    if (light && slot.extra && isLegKind(choice.request.kind)) continue
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
  return inOrder(items)
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

function limitContacts(items: Item[], choice: Choice): Item[] {
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
function isUsable(items: readonly Item[], kind: SessionKind): boolean {
  if (!isLegKind(kind)) return items.length >= 2
  const patterns = new Set(items.filter(({ exercise }) => isLegStrength(exercise)).map(({ exercise }) => exercise.pattern))
  return items.length >= 4 && patterns.size >= 2
}

const isMainLift = ({ slot }: Item) => slot.role === 'squat' || slot.role === 'hinge' || slot.role === 'step'
/** Balance that a goal asks for each week, and gentle work for a sore area (rules S4-16, S2-01). */
const isAskedFor = ({ slot }: Item) => slot.kept === true

/** From the end, what is no main lift; a push goes before the pull that balances it (rule S3-11). */
function lastToDrop(items: readonly Item[], kind: SessionKind): Item | undefined {
  const last = items.findLast(
    (item) => !isMainLift(item) && item.slot.role !== 'mobility' && !isAskedFor(item) && canDrop(item, items, kind),
  )
  if (last?.slot.role !== 'pull') return last ?? (isLegKind(kind) ? undefined : items.findLast((item) => canDrop(item, items, kind)))
  return items.findLast((item) => item.slot.role === 'push' && canDrop(item, items, kind)) ?? last
}

/**
 * A session has at most a fifth more sets than the fullest of the last four weeks (rule S1-21); extras give way first, then
 * sets from the end, main lifts last.
 */
function limitSetRise(items: Item[], choice: Choice): Item[] {
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

/** Shortens until it fits: extras, sets that the goal added, exercises from the end, then a set each. Null when it cannot. */
function fitted(
  items: readonly Item[],
  minutes: number,
  kind: SessionKind,
  optionalHops: boolean,
  frame: (main: SessionExercise[]) => SessionExercise[],
): Item[] | null {
  const kept = [...items]
  const length = () => sessionMinutes(kind, frame(lettered(kept)))
  const takeSet = (item: Item) => {
    item.session = { ...item.session, sets: item.session.sets - 1 }
    item.raised = false
  }
  while (length() > minutes) {
    const hops = optionalHops ? kept.find((item) => item.slot.extra && item.slot.role === 'jump') : undefined
    const extra = hops ?? kept.findLast((item) => item.slot.extra && canDrop(item, kept, kind))
    const raised = kept.findLast((item) => item.raised && item.session.sets > 1)
    const last = lastToDrop(kept, kind)
    const long = kept.findLast((item) => item.session.sets > 2) ?? kept.findLast((item) => item.session.sets > 1 && !isMainLift(item))
    const main = kept.findLast((item) => canDrop(item, kept, kind))
    const rest = kept.findLast((item) => item.session.sets > 1)
    if (extra) kept.splice(kept.indexOf(extra), 1)
    else if (raised) takeSet(raised)
    else if (last) kept.splice(kept.indexOf(last), 1)
    else if (long) takeSet(long)
    else if (main) kept.splice(kept.indexOf(main), 1)
    else if (rest) takeSet(rest)
    else return null
  }
  return kept
}

/** Letters for pairs that are still whole and have as many sets; a lone half is done by itself. */
function lettered(items: readonly Item[]): SessionExercise[] {
  const letters = new Map<string, string>()
  return items.map(({ session }) => {
    const group = session.group
    const pair = items.filter((other) => other.session.group === group)
    if (!group || pair.length < 2 || pair.some((other) => other.session.sets !== session.sets)) return { ...session, group: null }
    if (!letters.has(group)) letters.set(group, String.fromCharCode(65 + letters.size))
    return { ...session, group: letters.get(group)! }
  })
}

const kindNames: Record<SessionKind, string> = {
  foundation: 'Foundation',
  hypertrophy: 'Muscle base',
  maxStrength: 'Strength',
  power: 'Power',
  maintenance: 'Maintenance',
  upperCore: 'Upper body and core',
  coreMicro: 'Core after your run',
  activation: 'Wake-up before the race',
  mobility: 'Mobility',
}

const microNames: Record<string, string> = {
  micro_hips: 'Hips and core after your run',
  micro_calves: 'Calves and core after your run',
  micro_balance: 'Balance and core after your run',
}

const roleNames: Partial<Record<Role, string>> = { jump: 'jumps', squat: 'squat', hinge: 'hinge', step: 'single-leg' }

function titleOf({ id, kind }: Template, variant: number, items: readonly Item[]): string {
  if (!isLegKind(kind)) return microNames[id] ?? kindNames[kind]
  const names = [
    ...new Set(
      items.flatMap(({ slot, exercise }) =>
        slot.role === 'squat' && exercise.pattern === 'lunge' ? 'single-leg' : (roleNames[slot.role] ?? []),
      ),
    ),
  ]
  return `${kindNames[kind]} ${variant === 0 ? 'A' : 'B'}: ${names.slice(0, 2).join(' and ')}`
}

function noticesOf(items: readonly Item[], choice: Choice, ramp: boolean): RuleText[] {
  const notices: RuleText[] = injuryNotices(choice.injuries)
  if (items.some(({ firstWeight }) => firstWeight)) {
    notices.push({
      rule: 'S1-23',
      text: 'First weights are a cautious guess: change them so that about three more reps would have been possible.',
    })
  }
  if (ramp)
    notices.push({ rule: 'S4-19', text: 'Before the first lift, do two lighter sets of five: half the weight, then three quarters.' })
  return notices
}

function built(template: Template, choice: Choice): BuiltSession | null {
  const { request } = choice
  const { kind } = request
  const variant = variantOf(template, request)
  const most = template.id === 'core_micro' && !request.micro ? 10 : kindMinutes(kind).max
  const limit = Math.min(request.minutes, most)
  const all = limitContacts(mainItems(template, variant, choice), choice)
  if (!isUsable(all, kind)) return null
  const ids = new Set(all.map(({ exercise }) => exercise.id))
  const before = warmUp(choice, variant, ids)
  const after = coolDown(choice, variant, ids)
  const frame = (main: SessionExercise[]) => [...before, ...main, ...after]
  const hopsFirst = kind === 'foundation' && !choice.novice
  const once = fitted(balanced(limitSetRise(all, choice), request), limit, kind, hopsFirst, frame)
  const fit = once && fitted(balanced(once, request), limit, kind, hopsFirst, frame)
  if (!fit) return null
  const items = isLegKind(kind) ? withoutExcess(fit, request) : fit
  const exercises = frame(lettered(items))
  const minutes = sessionMinutes(kind, exercises)
  return {
    template: template.id,
    title: titleOf(template, variant, items),
    minutes,
    exercises,
    notices: noticesOf(items, choice, rampUpMinutes(kind, exercises) > 0),
  }
}

/** Templates to try, best first. Where short blocks are all there is they take turns, the core alone while legs must rest. */
function templatesOf({ request, equipment, injuries }: Choice): Template[] {
  const usual = templatesFor(request.kind, equipment, request.minutes)
  if (!request.micro || request.kind !== 'coreMicro' || stopsLegs(injuries)) return usual
  return [microTemplate(request.weekSoFar.filter(({ kind }) => kind === 'coreMicro').length), ...usual]
}

/**
 * Builds one session (docs/training.md, templates): template and form by kind, equipment and week; exercises by slot,
 * level, flags and dislikes; doses by class, phase and what was done before; shortened to the minutes there are.
 *
 * @returns null when the level does not have the kind, when legs must rest, when fewer than four exercises with two leg
 * patterns are left (two in the light kinds), or when it does not fit; another kind may
 */
export function buildSession(request: SessionRequest): BuiltSession | null {
  const heavy = request.kind === 'hypertrophy' || request.kind === 'maxStrength' || request.kind === 'power'
  if (heavy && request.level === 1) return null
  const choice = choiceFor(request)
  if ((isLegKind(request.kind) || request.kind === 'activation') && stopsLegs(choice.injuries)) return null
  for (const template of templatesOf(choice)) {
    const session = built(template, choice)
    if (session) return session
  }
  return null
}
