import { remembered } from '../remembered.ts'
import { balanced, withoutExcess } from './balance.ts'
import { limitContacts } from './contacts.ts'
import { exerciseSeconds, longestRampUp, sessionMinutes } from './duration.ts'
import { type Exercise, isJump } from './exercises.ts'
import { stopsLegs } from './injuries.ts'
import type { Item } from './item.ts'
import { isLegKind, kindMinutes } from './kinds.ts'
import type { BuiltSession, SessionRequest } from './request.ts'
import { type Choice, choiceFor, chooseFor, isLoaded, rangeFor } from './select.ts'
import type { SessionExercise } from './session.ts'
import { isLeftOut, mainItems, pullsToCome } from './session-items.ts'
import { slotsFor, templatesOf, variantOf } from './session-slots.ts'
import { noticesOf, titleOf } from './session-words.ts'
import { fitted, hasEnough, isUsable, lettered, limitSetRise, refilled } from './shorten.ts'
import type { Template } from './templates.ts'
import { coolDown, longCoolDown, warmUp } from './warm-up.ts'

/** The most minutes that a template may take in this request. */
function limitOf(template: Template, { kind, micro, minutes }: SessionRequest): number {
  const most = template.id === 'core_micro' && !micro ? 10 : kindMinutes(kind).max
  return Math.min(minutes, most)
}

const setsIn = (items: readonly Item[]) => items.reduce((sum, { session }) => sum + session.sets, 0)

function built(template: Template, choice: Choice): BuiltSession | null {
  const { request } = choice
  const { kind } = request
  const variant = variantOf(template, request)
  const limit = limitOf(template, request)
  const all = limitContacts(mainItems(template, variant, choice), choice)
  if (!isUsable(all, kind)) return null
  // What is done in the main work stands in the warm-up only when nothing else is left.
  const roundWork = remembered((ids: string) => {
    const taken = new Set(ids.split(' '))
    return { taken, before: warmUp(choice, variant, taken), after: coolDown(choice, variant, taken) }
  })
  const idsOf = (main: readonly SessionExercise[]) => main.map(({ id }) => id).join(' ')
  const frame = (main: SessionExercise[]) => {
    const { before, after } = roundWork(idsOf(main))
    return [...before, ...main, ...after]
  }
  const hopsFirst = kind === 'foundation' && !choice.novice
  const pulls = pullsToCome(template, variant, choice)
  const shortened = (list: Item[]) => fitted(list, limit, request, hopsFirst, frame)
  const wanted = balanced(limitSetRise(all, choice), request, pulls)
  const most = setsIn(wanted)
  const once = shortened(wanted)
  const fit = once && shortened(balanced(once, request, pulls))
  const even = fit && isLegKind(kind) ? shortened(withoutExcess(fit, request, pulls)) : fit
  if (!even) return null
  const items = refilled(even, wanted, (main) => sessionMinutes(kind, frame(main)) <= limit)
  const main = lettered(items)
  const { taken, before } = roundWork(idsOf(main))
  const stretched = (moves: SessionExercise[]) => [...before, ...main, ...moves]
  const fits = (moves: SessionExercise[]) => sessionMinutes(kind, stretched(moves)) <= limit
  const mobile = isLegKind(kind) || kind === 'upperCore'
  const exercises = mobile ? stretched(longCoolDown(choice, variant, taken, fits, setsIn(items) < most)) : frame(main)
  const minutes = sessionMinutes(kind, exercises)
  return {
    template: template.id,
    title: titleOf(template, variant, items),
    minutes,
    exercises,
    notices: noticesOf(items, choice),
  }
}

/** What no template can mend: a heavy kind at level 1, legs that must rest. */
function isRefused({ request: { kind, level }, injuries }: Choice): boolean {
  const heavy = kind === 'hypertrophy' || kind === 'maxStrength' || kind === 'power'
  return (heavy && level === 1) || ((isLegKind(kind) || kind === 'activation') && stopsLegs(injuries))
}

/**
 * Builds one session (docs/training.md, templates): template and form by kind, equipment and week; exercises by slot,
 * level, flags and dislikes; doses by class, phase and what was done before; shortened to the minutes there are.
 *
 * @returns null when the level does not have the kind, when legs must rest, when fewer than four exercises with two leg
 * patterns are left (two in the light kinds), or when it does not fit; another kind may
 */
export function buildSession(request: SessionRequest): BuiltSession | null {
  const choice = choiceFor(request)
  if (isRefused(choice)) return null
  for (const template of templatesOf(choice)) {
    const session = built(template, choice)
    if (session) return session
  }
  return null
}

/** Warm-up and cool-down together never take longer, their last moves included; on hard days there is more stretching. */
const FRAME_SECONDS = { usual: 460, hardDay: 560 }

/** Seconds of one set of an exercise at its longest: the top of its range, without a weight lowered as slowly as it gets. */
function longestSet(exercise: Exercise, choice: Choice): number {
  const range = rangeFor(exercise, choice)
  if (!range) return 0
  const { id, name, perSide, cue, timed } = exercise
  const tempo = isLoaded(exercise, choice.equipment) ? range.tempo : (range.tempo?.replace(/^\d/, '5') ?? null)
  const [reps, seconds] = timed ? [null, range.high] : [range.high, null]
  const item: SessionExercise = { id, name, sets: 1, reps, seconds, perSide, weightKg: null, restSeconds: 0, cue, tempo, part: 'main' }
  return exerciseSeconds(item, choice.request.kind)
}

/** Whether a template surely makes a session: there are exercises enough, and one set of each, which shortening may always reach, fits. */
function surelyFits(template: Template, choice: Choice): boolean {
  const { request } = choice
  const taken = new Set<string>()
  const steady: Exercise[] = []
  let seconds = FRAME_SECONDS[request.hardDay || request.sameVisit ? 'hardDay' : 'usual'] + longestRampUp(request.kind) * 60
  for (const slot of slotsFor(template, variantOf(template, request), choice)) {
    if (isLeftOut(slot, choice)) continue
    const exercise = chooseFor(slot, choice, taken)
    if (!exercise) continue
    taken.add(exercise.id)
    seconds += longestSet(exercise, choice)
    if (!isJump(exercise)) steady.push(exercise)
  }
  return hasEnough(steady, request.kind) && seconds <= limitOf(template, request) * 60
}

/** Minutes in which a leg session can always be built where nothing is sore or disliked. */
const PLENTY_MINUTES = 30

/** Whether `buildSession` builds something: the same answer, mostly without the work. */
export function canBuild(request: SessionRequest): boolean {
  const choice = choiceFor(request)
  if (isRefused(choice)) return false
  if (isLegKind(request.kind) && request.minutes >= PLENTY_MINUTES && choice.injuries.length + request.dislikes.length === 0) return true
  const [first] = templatesOf(choice)
  return (first !== undefined && surelyFits(first, choice)) || buildSession(request) !== null
}
