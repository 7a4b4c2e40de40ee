import { daysBetween } from '../days.ts'
import { exerciseSeconds } from './duration.ts'
import { exerciseOf, findExercise, hasEquipmentFor } from './exercises.ts'
import { injuryEffect } from './injuries.ts'
import type { Choice } from './select.ts'
import type { SessionExercise, SessionKind } from './session.ts'

type Move = readonly [id: string, amount: number]

/** Moves in order; reps or seconds (per side). The hinge drill comes before loaded hinges (rule S4-14), the wall slide opens the shoulders (rule S3-11). */
const warmUps: readonly (readonly Move[])[] = [
  [
    ['leg_swing', 30],
    ['hip_hinge_drill', 8],
    ['tib_raise', 12],
    ['overhead_reach', 30],
    ['glute_bridge', 10],
    ['clamshell', 10],
    ['cat_camel', 40],
    ['t_spine_rotation', 30],
    ['ankle_rock', 30],
    ['bird_dog', 6],
  ],
  [
    ['hip_switch_9090', 30],
    ['hip_hinge_drill', 8],
    ['tib_raise', 12],
    ['overhead_reach', 30],
    ['clamshell', 10],
    ['glute_bridge', 10],
    ['leg_swing', 30],
    ['cat_camel', 40],
    ['t_spine_rotation', 30],
    ['bird_dog', 6],
  ],
]

const special: Partial<Record<SessionKind, readonly Move[]>> = {
  upperCore: [
    ['cat_camel', 40],
    ['t_spine_rotation', 30],
    ['overhead_reach', 40],
    ['bird_dog', 6],
    ['leg_swing', 30],
    ['hip_switch_9090', 30],
  ],
  coreMicro: [
    ['cat_camel', 40],
    ['t_spine_rotation', 25],
    ['overhead_reach', 30],
    ['bird_dog', 4],
  ],
  activation: [
    ['leg_swing', 30],
    ['glute_bridge', 8],
    ['ankle_rock', 30],
    ['hip_switch_9090', 30],
    ['cat_camel', 40],
    ['overhead_reach', 40],
  ],
  mobility: [
    ['cat_camel', 45],
    ['t_spine_rotation', 40],
    ['leg_swing', 30],
    ['overhead_reach', 40],
    ['ankle_rock', 30],
  ],
}

const coolDowns: readonly (readonly Move[])[] = [
  [
    ['calf_stretch', 30],
    ['hip_flexor_stretch', 30],
    ['hamstring_stretch', 30],
    ['t_spine_rotation', 30],
    ['hip_switch_9090', 30],
    ['cat_camel', 60],
  ],
  [
    ['hamstring_stretch', 30],
    ['t_spine_rotation', 30],
    ['hip_flexor_stretch', 30],
    ['calf_stretch', 30],
    ['hip_switch_9090', 30],
    ['cat_camel', 60],
  ],
]

function moveOf([id, amount]: Move, part: 'warmUp' | 'coolDown'): SessionExercise {
  const exercise = exerciseOf(id)
  return {
    id,
    name: exercise.name,
    sets: 1,
    reps: exercise.timed ? null : amount,
    seconds: exercise.timed ? amount : null,
    perSide: exercise.perSide,
    weightKg: null,
    restSeconds: 0,
    cue: exercise.cue,
    tempo: exercise.timed ? null : '2-0-1',
    part,
    group: null,
  }
}

function take(
  moves: readonly Move[],
  part: 'warmUp' | 'coolDown',
  seconds: number,
  choice: Choice,
  taken: ReadonlySet<string>,
): SessionExercise[] {
  const { request } = choice
  const usable = moves.filter(([id]) => {
    const exercise = exerciseOf(id)
    return (
      !request.dislikes.includes(id) &&
      exercise.level <= request.level &&
      hasEquipmentFor(exercise, choice.equipment) &&
      injuryEffect(exercise, choice.injuries) !== 'remove'
    )
  })
  const list: SessionExercise[] = []
  const length = () => list.reduce((sum, item) => sum + exerciseSeconds(item, request.kind), 0)
  // What the session holds anyway comes last, so that no exercise stands in it twice unless nothing else is left.
  for (const move of [...usable.filter(([id]) => !taken.has(id)), ...usable.filter(([id]) => taken.has(id))]) {
    if (length() >= seconds) break
    list.push(moveOf(move, part))
  }
  while (list.length > 0 && length() < seconds) {
    const first = list[0]!
    list[0] = { ...first, seconds: first.seconds === null ? null : first.seconds + 10, reps: first.reps === null ? null : first.reps + 2 }
  }
  return list
}

const isAbductor = ({ id }: { id: string }) => findExercise(id)?.pattern === 'hipAbduction'

/** Days in which the hip abductors want work: a week in the first form of a template, a fortnight in the second (rule S4-09). */
const ABDUCTOR_DAYS = [6, 13] as const

function lacksAbductors({ request }: Choice, variant: number, taken: ReadonlySet<string>): boolean {
  const days = variant === 0 ? ABDUCTOR_DAYS[0] : ABDUCTOR_DAYS[1]
  const lately = request.history.filter(({ localDate }) => daysBetween(localDate, request.day) <= days)
  return (
    ![...lately, ...request.weekSoFar].some(({ exercises }) => exercises?.some(isAbductor)) && ![...taken].some((id) => isAbductor({ id }))
  )
}

/** The warm-up of a leg session: where the hip abductors have no work, theirs stands in the place of the first swings. */
function legMoves(choice: Choice, variant: number, taken: ReadonlySet<string>): readonly Move[] {
  const moves = warmUps[variant % warmUps.length]!
  if (!lacksAbductors(choice, variant, taken)) return moves
  const [swings, ...others] = moves
  return [...others.filter(isClam), ...others.filter((move) => !isClam(move)), swings!]
}
const isClam = ([id]: Move) => isAbductor({ id })

/** At least three minutes of activation (rule S4-19); half of it right after a run, before a few minutes of core. */
export function warmUp(choice: Choice, variant: number, taken: ReadonlySet<string>): SessionExercise[] {
  const moves = special[choice.request.kind] ?? legMoves(choice, variant, taken)
  return take(moves, 'warmUp', choice.request.kind === 'coreMicro' ? 90 : 180, choice, taken)
}

/** Two minutes of easy stretching at least (rule S4-24), four on the day of a hard run (rule S2-19). */
export function coolDown(choice: Choice, variant: number, taken: ReadonlySet<string>, seconds = 0): SessionExercise[] {
  const least = choice.request.hardDay || choice.request.sameVisit ? 210 : 120
  return take(coolDowns[variant % coolDowns.length]!, 'coolDown', Math.max(least, seconds), choice, taken)
}

/** Seconds of stretching that end a session as its block of mobility, the most first. */
const mobilityBlocks = [260, 190]
/** After work was taken out for want of time. */
const ONE_STRETCH_MORE = 190

/**
 * The longest cool-down that leaves the session within its time. Mobility belongs to the week (rule S4-17) and has no day of
 * its own: docs/decisions/0009-extras.md. What a shortened session has left over is one stretch more at most.
 */
export function longCoolDown(
  choice: Choice,
  variant: number,
  taken: ReadonlySet<string>,
  fits: (moves: SessionExercise[]) => boolean,
  shortened = false,
): SessionExercise[] {
  for (const seconds of mobilityBlocks) {
    if (shortened && seconds > ONE_STRETCH_MORE) continue
    const moves = coolDown(choice, variant, taken, seconds)
    if (fits(moves)) return moves
  }
  return coolDown(choice, variant, taken)
}
