import { remembered } from '../remembered.ts'
import { type Exercise, exerciseOf, findExercise, isJump } from './exercises.ts'
import type { PastSession, SessionExercise, SessionKind } from './session.ts'

const rampMinutes: Partial<Record<SessionKind, number>> = { maxStrength: 5, hypertrophy: 2, power: 3, maintenance: 3 }

/** Seconds that one repetition takes at a tempo such as `3-1-1`; `X` counts one second. */
export function repSeconds(exercise: Exercise, tempo: string | null | undefined): number {
  if (exercise.dose === 'G') return 1
  if (isJump(exercise)) return 4
  return tempo ? tempoSeconds(tempo) : 3
}

const tempoSeconds = remembered((tempo: string) => tempo.split('-').reduce((sum, part) => sum + (part === 'X' ? 1 : Number(part)), 0))

const flowing: readonly SessionKind[] = ['coreMicro', 'activation', 'mobility']

/**
 * Seconds that one exercise takes with its rests. Main work has 30 s to set up and 20 s to change over (15 s in all in the
 * short kinds, which need nothing set up), and pairs share their rests (45 % counts); warm-up and cool-down flow with 10 s
 * between items.
 */
export function exerciseSeconds(item: SessionExercise, kind: SessionKind): number {
  const exercise = exerciseOf(item.id)
  const sides = item.perSide ? 2 : 1
  const work = item.sets * (item.seconds ?? (item.reps ?? 0) * repSeconds(exercise, item.tempo)) * sides
  if (item.part === 'warmUp' || item.part === 'coolDown') return work + 10
  const rests = (item.sets - 1) * item.restSeconds * (item.group ? 0.45 : 1)
  return work + rests + (flowing.includes(kind) ? 15 : 50)
}

/** The most minutes that a kind takes over its lighter sets. */
export function longestRampUp(kind: SessionKind): number {
  return rampMinutes[kind] ?? 0
}

/** The first lift of a session that lighter sets lead up to; null where no such weight is lifted. */
export function rampLift<T extends NonNullable<PastSession['exercises']>[number]>(kind: SessionKind, items: readonly T[]): T | null {
  if (!rampMinutes[kind]) return null
  const isLift = ({ id, weightKg, part }: T) =>
    (part ?? 'main') === 'main' && (weightKg ?? 0) > 0 && 'AB'.includes(findExercise(id)?.dose ?? '-')
  return items.find(isLift) ?? null
}

/** Minutes of lighter sets before the working weights; none where no weight is lifted. */
export function rampUpMinutes(kind: SessionKind, items: readonly SessionExercise[]): number {
  return rampLift(kind, items) ? (rampMinutes[kind] ?? 0) : 0
}

/** Whole minutes of a session: warm-up, work, rests, ramp-up and cool-down (docs/training.md, templates). */
export function sessionMinutes(kind: SessionKind, items: readonly SessionExercise[]): number {
  const seconds = items.reduce((sum, item) => sum + exerciseSeconds(item, kind), 0)
  return Math.ceil(seconds / 60 + rampUpMinutes(kind, items))
}

/** Seconds of one part of a session. */
export function partSeconds(kind: SessionKind, items: readonly SessionExercise[], part: 'warmUp' | 'main' | 'coolDown'): number {
  return items.filter((item) => item.part === part).reduce((sum, item) => sum + exerciseSeconds(item, kind), 0)
}
