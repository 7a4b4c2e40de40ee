import { Decoder, Profile, Stream } from '@garmin/fitsdk'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findExercise } from '../../src/core/strength/exercises.ts'
import type { Session, SessionExercise, SessionKind } from '../../src/core/strength/session.ts'
import { encodeWorkout, fitted, nameBytes, workoutSteps } from '../../src/fit/workout.ts'

const createdAt = new Date('2026-09-08T12:00:00Z')
const exerciseCode = (id: string) => findExercise(id)?.fit ?? null

function exercise(given: Partial<SessionExercise> = {}): SessionExercise {
  return {
    id: 'bw_squat',
    name: 'Bodyweight squat',
    sets: 3,
    reps: 8,
    seconds: null,
    perSide: false,
    weightKg: null,
    restSeconds: 60,
    cue: 'Sit back and down.',
    ...given,
  }
}

function session(exercises: SessionExercise[], given: Partial<Session> = {}): Session {
  return {
    id: 's1',
    localDate: '2026-09-10',
    localTime: '07:00',
    title: 'Strength A: hinge and single-leg',
    kind: 'foundation',
    template: 'foundation_bw',
    minutes: 30,
    status: 'planned',
    pinned: false,
    reasons: [],
    exercises,
    ...given,
  }
}

/** What Garmin's own SDK reads out of a file. */
function decoded(bytes: Uint8Array) {
  expect(new Decoder(Stream.fromByteArray([...bytes])).checkIntegrity()).toBe(true)
  const { messages, errors } = new Decoder(Stream.fromByteArray([...bytes])).read({ convertTypesToStrings: false })
  expect(errors).toEqual([])
  return messages
}

/** The steps as the SDK should read them, from the session alone. */
function expectedSteps(given: Session) {
  return workoutSteps(given).map((step, messageIndex) => {
    const target = { messageIndex, targetType: 2 }
    if (step.kind === 'rest') return { ...target, durationType: 0, durationValue: step.seconds * 1000, intensity: 1, wktStepName: 'Rest' }
    if (step.kind === 'repeat') return { ...target, durationType: 6, durationValue: step.firstStep, targetValue: step.sets, intensity: 0 }
    const { name, perSide, reps, seconds, part, weightKg, cue, id } = step.exercise
    const code = exerciseCode(id)
    const suffix = perSide ? ', each side' : ''
    return {
      ...target,
      durationType: reps !== null ? 29 : seconds !== null ? 0 : 5,
      durationValue: reps ?? (seconds !== null ? seconds * 1000 : 0),
      intensity: part === 'warmUp' ? 2 : part === 'coolDown' ? 3 : 0,
      wktStepName: fitted(name, nameBytes.step - suffix.length) + suffix,
      ...(cue.trim() === '' ? {} : { notes: fitted(cue, nameBytes.notes) }),
      ...(code ? { exerciseCategory: code.category } : {}),
      ...(code && code.name !== null ? { exerciseName: code.name } : {}),
      ...(weightKg ? { exerciseWeight: weightKg, weightDisplayUnit: 1 } : {}),
    }
  })
}

const anyExercise: fc.Arbitrary<SessionExercise> = fc
  .record({
    id: fc.constantFrom('bw_squat', 'goblet_squat', 'db_rdl', 'side_plank', 'pogo', 'nothing_known', 'calf_raise'),
    name: fc.string({ minLength: 1, maxLength: 80, unit: 'grapheme' }).filter((name) => fitted(name, 40) !== ''),
    sets: fc.integer({ min: 1, max: 6 }),
    amount: fc.oneof(
      fc.record({ reps: fc.integer({ min: 1, max: 40 }), seconds: fc.constant(null) }),
      fc.record({ reps: fc.constant(null), seconds: fc.integer({ min: 5, max: 300 }) }),
      fc.constant({ reps: null, seconds: null }),
    ),
    perSide: fc.boolean(),
    weightKg: fc.oneof(
      fc.constant(null),
      fc.integer({ min: 1, max: 1200 }).map((quarters) => quarters / 4),
    ),
    restSeconds: fc.integer({ min: 0, max: 240 }),
    cue: fc.string({ maxLength: 300 }),
    part: fc.constantFrom('warmUp' as const, 'main' as const, 'coolDown' as const),
    group: fc.constantFrom(null, 'a', 'b'),
  })
  .map(({ amount, ...rest }) => ({ ...rest, ...amount }))

describe('a session as a FIT workout', () => {
  test('is decoded by the official SDK, step for step', () => {
    const given = session([
      exercise({ name: 'Leg swing', id: 'leg_swing', sets: 1, part: 'warmUp', restSeconds: 0, reps: 10, perSide: true }),
      exercise({ id: 'db_rdl', name: 'Romanian deadlift', weightKg: 42.5, restSeconds: 120, part: 'main' }),
      exercise({ id: 'push_up', name: 'Push-up', group: 'a', restSeconds: 60, part: 'main' }),
      exercise({ id: 'side_plank', name: 'Side plank', group: 'a', reps: null, seconds: 30, perSide: true, restSeconds: 45, part: 'main' }),
      exercise({ id: 'calf_stretch', name: 'Calf stretch', sets: 1, reps: null, seconds: 45, restSeconds: 0, part: 'coolDown' }),
    ])
    const messages = decoded(encodeWorkout(given, { createdAt, exerciseCode }))
    expect(messages.fileIdMesgs![0]).toMatchObject({ type: 5, timeCreated: createdAt })
    expect(messages.workoutMesgs).toEqual([{ sport: 10, subSport: 20, numValidSteps: 9, wktName: 'Strength A: hinge and single-leg' }])
    const steps = messages.workoutStepMesgs!
    expect(steps.length).toBe(9)
    expect(steps.map((step) => [step.wktStepName ?? null, step.durationType, step.durationValue, step.intensity])).toEqual([
      ['Leg swing, each side', 29, 10, 2],
      ['Romanian deadlift', 29, 8, 0],
      ['Rest', 0, 120_000, 1],
      [null, 6, 1, 0],
      ['Push-up', 29, 8, 0],
      ['Side plank, each side', 0, 30_000, 0],
      ['Rest', 0, 60_000, 1],
      [null, 6, 4, 0],
      ['Calf stretch', 0, 45_000, 3],
    ])
    expect(steps[1]).toMatchObject({ exerciseWeight: 42.5, weightDisplayUnit: 1, exerciseCategory: 8, notes: 'Sit back and down.' })
    expect(steps[7]).toMatchObject({ targetValue: 3 })
    expect(steps).toMatchObject(expectedSteps(given))
  })

  test('equals the session, whatever is in it', () => {
    fc.assert(
      fc.property(
        fc.array(anyExercise, { minLength: 1, maxLength: 12 }),
        fc.string({ maxLength: 90, unit: 'grapheme' }),
        (exercises, title) => {
          const given = session(exercises, { title })
          const messages = decoded(encodeWorkout(given, { createdAt, exerciseCode }))
          const steps = messages.workoutStepMesgs ?? []
          expect(messages.workoutMesgs![0]!.numValidSteps).toBe(steps.length)
          expect(messages.workoutMesgs![0]!.wktName).toBe(fitted(title, nameBytes.workout) || 'Strength')
          const wanted = expectedSteps(given)
          expect(steps.length).toBe(wanted.length)
          wanted.forEach((step, i) => {
            expect(steps[i]).toMatchObject(step)
          })
        },
      ),
      { numRuns: 60 },
    )
  })

  test('does every set of every exercise: the repeats add up', () => {
    fc.assert(
      fc.property(fc.array(anyExercise, { minLength: 1, maxLength: 12 }), (exercises) => {
        const done = new Map<SessionExercise, number>()
        const steps = workoutSteps({ exercises })
        const rounds = new Map<number, number>()
        for (let at = 0; at < steps.length; at++) {
          const step = steps[at]!
          if (step.kind === 'exercise') done.set(step.exercise, (done.get(step.exercise) ?? 0) + 1)
          if (step.kind === 'repeat') {
            const round = (rounds.get(at) ?? 1) + 1
            rounds.set(at, round)
            if (round <= step.sets) at = step.firstStep - 1
          }
        }
        expect(exercises.map((entry) => done.get(entry))).toEqual(exercises.map((entry) => entry.sets))
      }),
    )
  })

  test('is flexibility training when it is mobility, and shows pounds when asked to', () => {
    const given = session([exercise({ weightKg: 20 })], { kind: 'mobility' satisfies SessionKind })
    const messages = decoded(encodeWorkout(given, { createdAt, exerciseCode, units: 'imperial' }))
    expect(messages.workoutMesgs![0]).toMatchObject({ sport: 10, subSport: 19 })
    expect(messages.workoutStepMesgs![0]).toMatchObject({ exerciseWeight: 20, weightDisplayUnit: 2 })
  })

  test('is the same bytes for the same session and time, and another serial for another session', () => {
    const given = session([exercise()])
    const bytes = encodeWorkout(given, { createdAt, exerciseCode })
    expect(encodeWorkout(given, { createdAt, exerciseCode })).toEqual(bytes)
    const serial = (id: string) => decoded(encodeWorkout({ ...given, id }, { createdAt, exerciseCode })).fileIdMesgs![0]!.serialNumber
    expect(serial('s1')).not.toBe(serial('s2'))
  })

  test('cuts long names between characters and never inside one', () => {
    expect(fitted('Übung für den Rücken', 10)).toBe('Übung…')
    expect(fitted('👩‍👩‍👧 family', 12)).toBe('…')
    expect(fitted(' a\n b\u0000 ', 20)).toBe('a  b')
    expect(fitted('short', 5)).toBe('short')
  })

  test('uses numbers that the profile knows', () => {
    const categories: Record<string, string> = Profile.types.exerciseCategory
    expect(categories[String(exerciseCode('bw_squat')!.category)]).toBe('squat')
  })
})
