/** A session as the steps of its doing, and as text: what every platform writes in its own form. */
import { findExercise } from '../core/strength/exercises.ts'
import { loadText } from '../core/strength/loads.ts'
import type { Session, SessionExercise } from '../core/strength/session.ts'

export type Side = 'left' | 'right'
export type Step =
  | { kind: 'work'; exercise: SessionExercise; set: number; sets: number; side: Side | null }
  | { kind: 'rest'; seconds: number; after: SessionExercise }

/** Exercises that are done in turn; one alone where there is no superset. */
export type Block = { exercises: SessionExercise[]; rounds: number }

/** The session's exercises, supersets together. */
export function blocksOf(session: Session): Block[] {
  const blocks: (Block & { group: string | null })[] = []
  for (const exercise of session.exercises) {
    const last = blocks.at(-1)
    const group = exercise.group ?? null
    if (last && group !== null && last.group === group) {
      last.exercises.push(exercise)
      last.rounds = Math.max(last.rounds, exercise.sets)
    } else blocks.push({ exercises: [exercise], rounds: exercise.sets, group })
  }
  return blocks
}

/** The sides of one set, in order; `null` is both at once. */
export function sidesOf(exercise: SessionExercise): (Side | null)[] {
  return exercise.perSide ? ['left', 'right'] : [null]
}

/** Every set and rest in order, without a rest at the very end. */
export function stepsOf(session: Session): Step[] {
  const steps: Step[] = []
  for (const { exercises, rounds } of blocksOf(session)) {
    for (let set = 1; set <= rounds; set++) {
      for (const exercise of exercises) {
        if (set > exercise.sets) continue
        for (const side of sidesOf(exercise)) steps.push({ kind: 'work', exercise, set, sets: exercise.sets, side })
        if (exercise.restSeconds > 0) steps.push({ kind: 'rest', seconds: exercise.restSeconds, after: exercise })
      }
    }
  }
  return steps.at(-1)?.kind === 'rest' ? steps.slice(0, -1) : steps
}

/** Seconds that one set takes: as given, or 4 for each repetition and never under 30. */
export function workSeconds(exercise: SessionExercise): number {
  return exercise.seconds ?? Math.max(30, Math.ceil((exercise.reps ?? 0) * 4))
}

const short = (value: number) => String(Math.round(value * 10) / 10)

/** A weight in the runner's units, with how it is held: `16 kg`, `2 x 25 lb`. Empty for body weight. */
export function weightText(exercise: SessionExercise, units: 'metric' | 'imperial'): string {
  if (!exercise.weightKg) return ''
  const weight = units === 'imperial' ? `${Math.round(exercise.weightKg * 2.204_622_6)} lb` : `${short(exercise.weightKg)} kg`
  return findExercise(exercise.id)?.load?.kind === 'pair' ? `2 x ${weight}` : weight
}

/** `8 reps` or `45 s`. */
export function amountText(exercise: SessionExercise): string {
  return exercise.seconds !== null ? `${exercise.seconds} s` : `${exercise.reps ?? 0} reps`
}

/** One exercise in a line: `Goblet squat: 3 x 8, one weight of 16 kg, rest 90 s`. */
export function exerciseLine(exercise: SessionExercise, units: 'metric' | 'imperial'): string {
  const amount = exercise.seconds !== null ? `${exercise.seconds} s` : `${exercise.reps ?? 0}`
  const parts = [
    `${exercise.sets} x ${amount}${exercise.perSide ? ' each side' : ''}`,
    loadText(exercise, units) ?? '',
    exercise.tempo ? `tempo ${exercise.tempo}` : '',
    exercise.restSeconds > 0 ? `rest ${exercise.restSeconds} s` : '',
  ]
  return `${exercise.name}: ${parts.filter(Boolean).join(', ')}`
}

/** The whole session as numbered lines, why it is there, and its cues; no line begins with a dash. */
export function sessionText(session: Session, units: 'metric' | 'imperial'): string {
  const lines: string[] = []
  let number = 0
  for (const { exercises } of blocksOf(session)) {
    if (exercises.length > 1) lines.push(`In turn, ${exercises.map(({ name }) => name).join(' and ')}:`)
    for (const exercise of exercises) {
      number += 1
      lines.push(`${number}. ${exerciseLine(exercise, units)}`)
      if (exercise.cue) lines.push(`   ${exercise.cue}`)
    }
  }
  const reason = session.reasons[0]?.text
  return [...(reason ? [reason, ''] : []), ...lines].join('\n')
}

/** Text cut to a length, at a word where that is near. */
export function cut(text: string, length: number): string {
  if (text.length <= length) return text
  const head = text.slice(0, length - 1)
  const space = head.lastIndexOf(' ')
  return `${(space > length * 0.6 ? head.slice(0, space) : head).trimEnd()}…`.slice(0, length)
}

/** ASCII text for displays that know nothing else: accents go, dashes and quotes become plain. */
export function ascii(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/[‐-―−]/g, '-')
    .replace(/[‘’‚′]/g, "'")
    .replace(/[“”„″]/g, '"')
    .replace(/…/g, '...')
    .replace(/[×]/g, 'x')
    .replace(/[^\x20-\x7e°\n]/g, '')
}
