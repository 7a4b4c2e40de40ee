import { Decoder, Stream } from '@garmin/fitsdk'
import { buildSession, canBuild } from '../../src/core/strength/build-session.ts'
import { contactCaps, contactsOf } from '../../src/core/strength/contacts.ts'
import { sessionMinutes } from '../../src/core/strength/duration.ts'
import { exerciseOf, hasEquipmentFor } from '../../src/core/strength/exercises.ts'
import { injuryEffect } from '../../src/core/strength/injuries.ts'
import { kindMinutes } from '../../src/core/strength/kinds.ts'
import type { BuiltSession, SessionRequest } from '../../src/core/strength/request.ts'
import type { Session } from '../../src/core/strength/session.ts'
import { encodeWorkout, fitted, nameBytes, type WorkoutStep, workoutSteps } from '../../src/fit/workout.ts'

const createdAt = new Date('2026-03-05T06:00:00Z')

function asSession(built: BuiltSession, { kind, day }: SessionRequest): Session {
  const { template, title, minutes, exercises } = built
  const where = { id: 's1', localDate: day, localTime: '07:00', status: 'planned', pinned: false, reasons: [] } as const
  return { ...where, reasons: [], kind, template, title, minutes, exercises }
}

type Fields = Record<string, unknown>

/** The fields that a step has in the file, as the official decoder names them. */
function fieldsOf(step: WorkoutStep): Fields {
  if (step.kind === 'rest') return { durationType: 0, durationValue: step.seconds * 1000, intensity: 1 }
  if (step.kind === 'repeat') return { durationType: 6, durationValue: step.firstStep, targetValue: step.sets }
  const { id, name, perSide, reps, seconds, part, weightKg } = step.exercise
  const { category, name: number } = exerciseOf(id).fit
  const suffix = perSide ? ', each side' : ''
  return {
    ...(reps === null ? { durationType: 0, durationValue: (seconds ?? 0) * 1000 } : { durationType: 29, durationValue: reps }),
    intensity: part === 'warmUp' ? 2 : part === 'coolDown' ? 3 : 0,
    wktStepName: fitted(name, nameBytes.step - suffix.length) + suffix,
    exerciseCategory: category,
    ...(number === null ? {} : { exerciseName: number }),
    ...(weightKg ? { exerciseWeight: weightKg } : {}),
  }
}

function fileFaults(session: Session, units: SessionRequest['units']): string[] {
  const bytes = encodeWorkout(session, { createdAt, units, exerciseCode: (id) => exerciseOf(id).fit })
  const { messages, errors } = new Decoder(Stream.fromByteArray([...bytes])).read({
    convertTypesToStrings: false,
    expandSubFields: false,
  })
  if (errors.length > 0) return [`the file has errors: ${errors.join(', ')}`]
  const read = (messages.workoutStepMesgs ?? []) as Fields[]
  const wanted = workoutSteps(session).map(fieldsOf)
  if (read.length !== wanted.length) return [`${wanted.length} steps were written and ${read.length} read`]
  return wanted.flatMap((fields, i) =>
    Object.entries(fields).flatMap(([key, value]) => {
      const got = read[i]![key]
      const same = typeof value === 'number' && typeof got === 'number' ? Math.abs(value - got) < 0.011 : value === got
      return same ? [] : [`step ${i + 1} has ${key} ${String(got)} for ${String(value)}`]
    }),
  )
}

function bodyFaults(session: Session, request: SessionRequest): string[] {
  const faults: string[] = []
  const check = (ok: boolean, fault: string) => {
    if (!ok) faults.push(fault)
  }
  const { exercises, minutes, kind } = session
  check(minutes <= Math.min(request.minutes, kindMinutes(kind).max), `it takes ${minutes} of ${request.minutes} minutes`)
  check(minutes === sessionMinutes(kind, exercises), 'its minutes are not those of its exercises')
  check(exercises[0]?.part === 'warmUp', 'it has no warm-up')
  check(exercises.at(-1)?.part === 'coolDown', 'it has no cool-down')
  check(contactsOf(exercises) <= contactCaps[request.level], 'it has too many jump contacts')
  const main = exercises.filter(({ part }) => part === 'main').map(({ id }) => id)
  check(new Set(main).size === main.length, 'an exercise is in it twice')
  for (const item of exercises) {
    const exercise = exerciseOf(item.id)
    check(hasEquipmentFor(exercise, request.equipment), `${item.id} needs other equipment`)
    check(exercise.level <= request.level, `${item.id} is too hard`)
    check(injuryEffect(exercise, request.injuries) !== 'remove', `${item.id} is flagged`)
    check(!request.dislikes.includes(item.id), `${item.id} is disliked`)
    check(item.sets >= 1 && item.sets <= 5, `${item.id} has ${item.sets} sets`)
    check((item.reps ?? item.seconds ?? 0) >= 1, `${item.id} has neither reps nor seconds`)
  }
  return faults
}

/** What is wrong with the session of a request, in words; null when none can be built. */
export function faultsOf(request: SessionRequest): string[] | null {
  const built = buildSession(request)
  if (canBuild(request) !== (built !== null)) return ['canBuild says otherwise']
  if (!built) return null
  const session = asSession(built, request)
  return [...bodyFaults(session, request), ...fileFaults(session, request.units)]
}
