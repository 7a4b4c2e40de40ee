/** A strength session -> a FIT workout file for a watch. Message and field numbers: FIT profile, `workout` 26, `workout_step` 27. */
import { FitBaseType, FitEncoder, type FitEncoderField } from 'fit-file-parser/encoder'
import type { Session, SessionExercise } from '../core/strength/session.ts'

/** FIT numbers of an exercise: category, and its name within the category where there is a fitting one. */
export type ExerciseCode = { category: number; name: number | null }

export type WorkoutOptions = {
  /** Stands in the file as its creation; the same session and time give the same bytes. */
  createdAt: Date
  /** FIT numbers by exercise id; null where the profile has nothing like it, then the step has its name as text only. */
  exerciseCode: (exerciseId: string) => ExerciseCode | null
  /** Which unit the watch shows weights in; they are stored in kilograms either way. */
  units?: 'metric' | 'imperial'
}

/** What watches show of a name, and room for it in the file; UTF-8 bytes. */
export const nameBytes = { workout: 48, step: 48, notes: 200 } as const

const durationType = { time: 0, open: 5, repeatUntilStepsComplete: 6, reps: 29 } as const
const intensity = { active: 0, rest: 1, warmUp: 2, coolDown: 3 } as const
const OPEN_TARGET = 2
const TRAINING = 10
const FLEXIBILITY_TRAINING = 19
const STRENGTH_TRAINING = 20
const WORKOUT_FILE = 5
const DEVELOPMENT = 255
const PROFILE_VERSION = 21_188
const MAX_WEIGHT_KG = 655

/** One step of the file, before its bytes. */
export type WorkoutStep =
  | { kind: 'exercise'; exercise: SessionExercise }
  | { kind: 'rest'; seconds: number }
  /** Goes back to `firstStep` until the block has been done `sets` times. */
  | { kind: 'repeat'; firstStep: number; sets: number }

/**
 * The session's steps in order. Sets are a repeat over the exercise and its rest. Neighbours of one group with equal sets are
 * one repeat, done in turn, with the longer of their rests at the end of each round.
 */
export function workoutSteps(session: Pick<Session, 'exercises'>): WorkoutStep[] {
  const steps: WorkoutStep[] = []
  for (const block of blocksOf(session.exercises)) {
    const firstStep = steps.length
    for (const exercise of block) steps.push({ kind: 'exercise', exercise })
    const seconds = Math.max(...block.map((exercise) => exercise.restSeconds))
    if (seconds > 0) steps.push({ kind: 'rest', seconds })
    const sets = Math.round(block[0]!.sets)
    if (sets > 1) steps.push({ kind: 'repeat', firstStep, sets })
  }
  return steps
}

function blocksOf(exercises: readonly SessionExercise[]): SessionExercise[][] {
  const blocks: SessionExercise[][] = []
  for (const exercise of exercises) {
    const last = blocks.at(-1)?.[0]
    const together = last?.group && last.group === exercise.group && last.sets === exercise.sets && last.part === exercise.part
    if (together) blocks.at(-1)!.push(exercise)
    else blocks.push([exercise])
  }
  return blocks
}

/**
 * The bytes of a FIT workout: sport training, sub-sport strength training (mobility sessions: flexibility training).
 * The same input gives the same bytes.
 */
export function encodeWorkout(session: Session, options: WorkoutOptions): Uint8Array {
  const steps = workoutSteps(session)
  const encoder = new FitEncoder({ protocolVersion: 0x20, profileVersion: PROFILE_VERSION })
  encoder.writeMessage(0, [
    field(0, FitBaseType.Enum, WORKOUT_FILE),
    field(1, FitBaseType.Uint16, DEVELOPMENT),
    field(2, FitBaseType.Uint16, 1),
    field(3, FitBaseType.Uint32z, serialOf(session.id)),
    field(4, FitBaseType.Uint32, FitEncoder.toFitTimestamp(options.createdAt)),
  ])
  encoder.writeMessage(
    26,
    [
      field(4, FitBaseType.Enum, TRAINING),
      field(11, FitBaseType.Enum, session.kind === 'mobility' ? FLEXIBILITY_TRAINING : STRENGTH_TRAINING),
      field(6, FitBaseType.Uint16, steps.length),
      text(8, session.title, nameBytes.workout, 'Strength'),
    ],
    1,
  )
  steps.forEach((step, index) => {
    encoder.writeMessage(27, [field(254, FitBaseType.Uint16, index), ...stepFields(step, options)], 2)
  })
  return encoder.close()
}

function stepFields(step: WorkoutStep, options: WorkoutOptions): FitEncoderField[] {
  switch (step.kind) {
    case 'repeat':
      return durationFields(durationType.repeatUntilStepsComplete, step.firstStep, step.sets)
    case 'rest':
      return [...durationFields(durationType.time, milliseconds(step.seconds), 0, intensity.rest), text(0, 'Rest', nameBytes.step)]
    case 'exercise':
      return exerciseFields(step.exercise, options)
  }
}

function exerciseFields(exercise: SessionExercise, options: WorkoutOptions): FitEncoderField[] {
  const code = options.exerciseCode(exercise.id)
  const [type, value] = durationOf(exercise)
  const fields = durationFields(
    type,
    value,
    0,
    intensity[exercise.part === 'warmUp' || exercise.part === 'coolDown' ? exercise.part : 'active'],
  )
  fields.push(text(0, stepName(exercise), nameBytes.step))
  if (exercise.cue.trim() !== '') fields.push(text(8, exercise.cue, nameBytes.notes))
  if (code) {
    fields.push(field(10, FitBaseType.Uint16, code.category))
    if (code.name !== null) fields.push(field(11, FitBaseType.Uint16, code.name))
  }
  if (exercise.weightKg !== null && exercise.weightKg > 0) {
    fields.push(field(12, FitBaseType.Uint16, Math.round(Math.min(exercise.weightKg, MAX_WEIGHT_KG) * 100)))
    fields.push(field(13, FitBaseType.Uint16, options.units === 'imperial' ? 2 : 1))
  }
  return fields
}

function durationOf(exercise: SessionExercise): [type: number, value: number] {
  if (exercise.reps !== null) return [durationType.reps, Math.max(1, Math.round(exercise.reps))]
  if (exercise.seconds !== null) return [durationType.time, milliseconds(exercise.seconds)]
  return [durationType.open, 0]
}

function milliseconds(seconds: number): number {
  return Math.max(1000, Math.round(seconds * 1000))
}

/** The exercise's own name; newer FIT name numbers are blank on older watches. One-sided work says so. */
function stepName(exercise: SessionExercise): string {
  const suffix = exercise.perSide ? ', each side' : ''
  return fitted(exercise.name, nameBytes.step - suffix.length) + suffix
}

function durationFields(type: number, value: number, target: number, effort: number = intensity.active): FitEncoderField[] {
  return [
    field(1, FitBaseType.Enum, type),
    field(2, FitBaseType.Uint32, value),
    field(3, FitBaseType.Enum, OPEN_TARGET),
    field(4, FitBaseType.Uint32, target),
    field(7, FitBaseType.Enum, effort),
  ]
}

const sizes: ReadonlyMap<number, number> = new Map([
  [FitBaseType.Enum, 1],
  [FitBaseType.Uint16, 2],
  [FitBaseType.Uint32, 4],
  [FitBaseType.Uint32z, 4],
])

function field(number: number, baseType: FitBaseType, value: number): FitEncoderField {
  return { number, size: sizes.get(baseType)!, baseType, value }
}

function text(number: number, value: string, maxBytes: number, otherwise = ''): FitEncoderField {
  const bytes = FitEncoder.string(fitted(value, maxBytes) || otherwise)
  return { number, size: bytes.length, baseType: FitBaseType.String, value: bytes }
}

/** As much of a text as fits into so many UTF-8 bytes, cut between characters; line breaks become spaces. */
export function fitted(value: string, maxBytes: number): string {
  const clean = value
    .toWellFormed()
    .replaceAll(/\p{Cc}+/gu, ' ')
    .trim()
  const encoder = new TextEncoder()
  if (encoder.encode(clean).length <= maxBytes) return clean
  let result = ''
  let bytes = encoder.encode('…').length
  for (const { segment } of new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(clean)) {
    bytes += encoder.encode(segment).length
    if (bytes > maxBytes) break
    result += segment
  }
  return `${result.trimEnd()}…`
}

/** A serial number that stays with the session: FNV-1a of its id. Zero would mean "none". */
function serialOf(id: string): number {
  let hash = 0x811c9dc5
  for (const byte of new TextEncoder().encode(id)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0
  return hash || 1
}
