/** The Training API of the pretend Garmin: workouts, the schedule, and what the watch shows of them. */
import { z } from 'zod'
import { type Day, dayNumber } from '../../../src/core/days.ts'
import { jsonOf, type Kit, sortedByDate, unknownNames } from '../kit.ts'
import { RateLimit } from '../rate-limit.ts'
import type { Answer, CalendarEntry, CalendarStep, Exchange, Route } from '../types.ts'
import { garminCaller, isAnswer, problem } from './garmin-caller.ts'
import { isExercise } from './garmin-exercises.ts'

const isDay = (text: string) => {
  try {
    dayNumber(text)
    return true
  } catch {
    return false
  }
}
const whole = z.number().int().positive()
const nothing = z.null()
const Step = z.strictObject({
  type: z.literal('WorkoutStep'),
  stepOrder: whole,
  intensity: z.enum(['ACTIVE', 'REST', 'WARMUP', 'COOLDOWN', 'RECOVERY', 'INTERVAL']),
  description: z.string().max(512).nullable(),
  durationType: z.enum(['REPS', 'TIME', 'FIXED_REST', 'OPEN', 'DISTANCE', 'CALORIES']),
  durationValue: z.number().positive().nullable(),
  durationValueType: nothing,
  targetType: z.literal('OPEN').nullable(),
  targetValue: nothing,
  targetValueLow: nothing,
  targetValueHigh: nothing,
  targetValueType: nothing,
  exerciseCategory: z.string().nullable(),
  exerciseName: z.string().nullable(),
  weightValue: z.number().nonnegative().nullable(),
  weightDisplayUnit: z.enum(['KILOGRAM', 'POUND']).nullable(),
})
const Repeat = z.strictObject({
  type: z.literal('WorkoutRepeatStep'),
  stepOrder: whole,
  repeatType: z.literal('REPEAT_UNTIL_STEPS_CMPLT'),
  repeatValue: whole,
  skipLastRestStep: z.boolean(),
  steps: z.array(Step).min(1),
})
const sport = z.enum([
  'RUNNING',
  'CYCLING',
  'LAP_SWIMMING',
  'STRENGTH_TRAINING',
  'CARDIO_TRAINING',
  'GENERIC',
  'YOGA',
  'PILATES',
  'MULTI_SPORT',
])
const shared = {
  sport,
  estimatedDurationInSecs: z.number().nullable(),
  estimatedDistanceInMeters: z.number().nullable(),
  poolLength: nothing,
  poolLengthUnit: nothing,
}
const Segment = z.strictObject({
  segmentOrder: whole,
  ...shared,
  steps: z.array(z.union([Step, Repeat])).min(1),
})
const Workout = z.strictObject({
  workoutName: z.string().min(1).max(80),
  description: z.string().max(1024).nullable(),
  ...shared,
  workoutProvider: z.string().min(1).max(20),
  workoutSourceId: z.string().min(1).max(20),
  isSessionTransitionEnabled: z.boolean(),
  segments: z.array(Segment).min(1),
})
const Existing = Workout.extend({
  workoutId: whole,
  ownerId: whole,
  createdDate: z.unknown().optional(),
  updatedDate: z.unknown().optional(),
})
type Workout = z.infer<typeof Workout>
type Kept = Workout & { workoutId: number; ownerId: number; createdDate: string; updatedDate: string; runner: number; ours: boolean }
type Scheduled = { scheduleId: number; workoutId: number; date: Day; runner: number }

/** What the schema cannot say: the running counter, sizes, durations, exercise names. */
function faultIn(workout: Workout): string | null {
  if (workout.workoutProvider !== workout.workoutSourceId) return 'workoutProvider and workoutSourceId must be the same'
  for (const segment of workout.segments) {
    const flat = segment.steps.flatMap((step) => (step.type === 'WorkoutRepeatStep' ? [step, ...step.steps] : [step]))
    if (flat.some((step, index) => step.stepOrder !== index + 1)) return 'stepOrder must count all steps of the segment, children included'
    if (flat.length > 100) return 'more than 100 steps'
    for (const step of flat) {
      const wrong = step.type === 'WorkoutStep' ? faultInStep(step) : null
      if (wrong) return `step ${step.stepOrder}: ${wrong}`
    }
  }
  return null
}

function faultInStep(step: z.infer<typeof Step>): string | null {
  if (step.durationType !== 'OPEN' && step.durationValue === null) return `${step.durationType} needs a durationValue`
  if (step.durationType === 'OPEN' && step.durationValue !== null) return 'OPEN takes no durationValue'
  if (step.durationType === 'REPS' && !Number.isInteger(step.durationValue)) return 'REPS must be a whole number'
  if ((step.exerciseCategory === null) !== (step.exerciseName === null)) return 'exerciseCategory and exerciseName belong together'
  if (step.exerciseCategory !== null && !isExercise(step.exerciseCategory, step.exerciseName))
    return `${step.exerciseCategory}/${step.exerciseName} is not an exercise`
  if ((step.weightValue === null) !== (step.weightDisplayUnit === null)) return 'weightValue and weightDisplayUnit belong together'
  return null
}

function stepText(step: z.infer<typeof Step>): CalendarStep {
  const name = step.exerciseName ? step.exerciseName.toLowerCase().replaceAll('_', ' ') : step.intensity.toLowerCase()
  const value = step.durationValue ?? undefined
  const amount = step.durationType === 'REPS' ? `${value} x ` : value === undefined ? '' : `${value} s `
  const weight = step.weightValue === null ? '' : ` ${step.weightValue} kg`
  return {
    text: `${amount}${name}${weight}${step.description ? ` (${step.description})` : ''}`,
    ...(step.durationType === 'REPS' ? { reps: value } : step.durationType === 'FIXED_REST' ? { restSeconds: value } : { seconds: value }),
    ...(step.weightValue === null ? {} : { weightKg: step.weightValue }),
  }
}

/** The watch shows every round. */
function stepsOf(workout: Workout): CalendarStep[] {
  return workout.segments
    .flatMap((segment) => segment.steps)
    .flatMap((step) => {
      if (step.type === 'WorkoutStep') return [stepText(step)]
      return Array.from({ length: step.repeatValue }, (_, round) =>
        step.steps
          .filter((child, index) => {
            const lastRest = step.skipLastRestStep && round === step.repeatValue - 1 && index === step.steps.length - 1
            return !(lastRest && child.intensity === 'REST')
          })
          .map(stepText),
      ).flat()
    })
}

export function garminTraining(kit: Kit) {
  const workouts = new Map<number, Kept>()
  const schedule = new Map<number, Scheduled>()
  const production = kit.options.tier === 'production'
  const perApp = new RateLimit([{ limit: production ? 3000 : 100, seconds: 60 }])
  const perRunner = new Map<number, RateLimit>()

  for (let runner = 1; runner <= kit.options.runners; runner++) {
    const id = kit.number(1_193_000_000)
    const step = {
      type: 'WorkoutStep' as const,
      stepOrder: 1,
      intensity: 'ACTIVE' as const,
      description: null,
      durationType: 'TIME' as const,
    }
    const empty = {
      durationValueType: null,
      targetType: null,
      targetValue: null,
      targetValueLow: null,
      targetValueHigh: null,
      targetValueType: null,
    }
    const none = { exerciseCategory: null, exerciseName: null, weightValue: null, weightDisplayUnit: null }
    const size = { estimatedDurationInSecs: null, estimatedDistanceInMeters: null, poolLength: null, poolLengthUnit: null }
    workouts.set(id, {
      workoutName: 'Base run from the coach',
      description: null,
      sport: 'RUNNING',
      ...size,
      workoutProvider: 'Garmin Coach',
      workoutSourceId: 'Garmin Coach',
      isSessionTransitionEnabled: false,
      segments: [{ segmentOrder: 1, sport: 'RUNNING', ...size, steps: [{ ...step, durationValue: 2400, ...empty, ...none }] }],
      workoutId: id,
      ownerId: 1,
      createdDate: kit.now().toISOString(),
      updatedDate: kit.now().toISOString(),
      runner,
      ours: false,
    })
    const scheduleId = kit.number(771_000_000)
    schedule.set(scheduleId, { scheduleId, workoutId: id, date: kit.dayFromToday(3), runner })
  }

  /** Rights, budgets and the owner; then the work. */
  const as = (work: (exchange: Exchange, runner: number) => Answer) => (exchange: Exchange) => {
    const caller = garminCaller(kit, exchange)
    if (isAnswer(caller)) return caller
    if (!caller.scopes.includes('WORKOUT_IMPORT')) return problem(412, 'the user has not granted WORKOUT_IMPORT')
    let budget = perRunner.get(caller.runner)
    if (!budget) {
      budget = new RateLimit([{ limit: production ? 1000 : 200, seconds: 86_400 }])
      perRunner.set(caller.runner, budget)
    }
    if (!budget.take(kit.now(), false).allowed) return problem(429, 'too many requests for this user')
    return work(exchange, caller.runner)
  }
  const refuse = (exchange: Exchange, text: string, status = 400): Answer => {
    kit.violate(exchange, text)
    return problem(status, text)
  }
  const shown = ({ runner: _runner, ours: _ours, ...workout }: Kept) => workout
  const shownSchedule = ({ runner: _runner, ...scheduled }: Scheduled) => scheduled
  const ownWorkout = (exchange: Exchange, runner: number) => {
    const workout = workouts.get(Number(exchange.params.id))
    return workout && workout.runner === runner && workout.ours ? workout : null
  }
  const ownSchedule = (exchange: Exchange, runner: number) => {
    const scheduled = schedule.get(Number(exchange.params.id))
    return scheduled && scheduled.runner === runner ? scheduled : null
  }
  const firstIssue = (error: z.ZodError) => {
    const issue = error.issues[0]!
    return `${issue.path.join('.')}: ${issue.message}`
  }

  const create = as((exchange, runner) => {
    const given = Workout.safeParse(jsonOf(exchange))
    if (!given.success) return refuse(exchange, firstIssue(given.error))
    const wrong = faultIn(given.data)
    if (wrong) return refuse(exchange, wrong)
    const at = kit.now().toISOString()
    const kept: Kept = {
      ...given.data,
      workoutId: kit.number(1_193_358_000),
      ownerId: 90_117_244 + runner,
      createdDate: at,
      updatedDate: at,
      runner,
      ours: true,
    }
    workouts.set(kept.workoutId, kept)
    return { status: 200, body: shown(kept) }
  })

  const change = as((exchange, runner) => {
    const workout = ownWorkout(exchange, runner)
    if (!workout) return problem(404, 'workout not found')
    const given = Existing.safeParse(jsonOf(exchange))
    if (!given.success) return refuse(exchange, firstIssue(given.error))
    if (given.data.workoutId !== workout.workoutId || given.data.ownerId !== workout.ownerId)
      return refuse(exchange, 'workoutId and ownerId must be those of the workout')
    const wrong = faultIn(given.data)
    if (wrong) return refuse(exchange, wrong)
    Object.assign(workout, given.data, { createdDate: workout.createdDate, updatedDate: kit.now().toISOString() })
    return { status: 200, body: shown(workout) }
  })

  const removeWorkout = as((exchange, runner) => {
    const workout = ownWorkout(exchange, runner)
    if (!workout) return problem(404, 'workout not found')
    if ([...schedule.values()].some((scheduled) => scheduled.workoutId === workout.workoutId))
      return problem(424, 'the workout is still on the calendar')
    workouts.delete(workout.workoutId)
    return { status: 204 }
  })

  const Placement = z.strictObject({ workoutId: whole, date: z.string().refine(isDay, 'must be YYYY-MM-DD') })
  const Moved = Placement.extend({ scheduleId: whole })
  const placementFault = (exchange: Exchange, given: { workoutId: number; date: Day }, runner: number): Answer | null => {
    const workout = workouts.get(given.workoutId)
    if (!workout || workout.runner !== runner || !workout.ours) return problem(404, 'workout not found')
    if (given.date < kit.dayFromToday(-1)) return refuse(exchange, 'the date is in the past')
    return null
  }

  const place = as((exchange, runner) => {
    const given = Placement.safeParse(jsonOf(exchange))
    if (!given.success) return refuse(exchange, firstIssue(given.error))
    const wrong = placementFault(exchange, given.data, runner)
    if (wrong) return wrong
    const scheduled: Scheduled = { scheduleId: kit.number(771_620_000), ...given.data, runner }
    schedule.set(scheduled.scheduleId, scheduled)
    if (kit.variants.has('scheduleReplyId')) return { status: 200, body: { id: scheduled.scheduleId } }
    if (kit.variants.has('scheduleReplyNumber')) return { status: 200, body: String(scheduled.scheduleId) }
    if (kit.variants.has('scheduleReplyEmpty')) return { status: 204 }
    return { status: 200, body: shownSchedule(scheduled) }
  })

  const move = as((exchange, runner) => {
    const scheduled = ownSchedule(exchange, runner)
    if (!scheduled) return problem(404, 'schedule not found')
    const given = Moved.safeParse(jsonOf(exchange))
    if (!given.success) return refuse(exchange, firstIssue(given.error))
    if (given.data.scheduleId !== scheduled.scheduleId) return refuse(exchange, 'scheduleId must be that of the path')
    const wrong = placementFault(exchange, given.data, runner)
    if (wrong) return wrong
    Object.assign(scheduled, given.data)
    return { status: 200, body: shownSchedule(scheduled) }
  })

  const unplace = as((exchange, runner) => {
    const scheduled = ownSchedule(exchange, runner)
    if (!scheduled) return problem(404, 'schedule not found')
    if (!workouts.get(scheduled.workoutId)?.ours) return refuse(exchange, 'this entry belongs to somebody else', 403)
    schedule.delete(scheduled.scheduleId)
    return { status: 204 }
  })

  const find = as((exchange, runner) => {
    const { query } = exchange
    const [start, end] = [query.get('startDate') ?? '', query.get('endDate') ?? '']
    if (unknownNames(query, ['startDate', 'endDate']).length > 0 || !isDay(start) || !isDay(end))
      return refuse(exchange, 'startDate and endDate are needed, as YYYY-MM-DD')
    const rows = [...schedule.values()].filter((one) => one.runner === runner && one.date >= start && one.date <= end)
    return { status: 200, body: rows.map(shownSchedule) }
  })

  const workoutPath = '/training-api/workout/v2/:id'
  const schedulePath = '/training-api/schedule/:id'
  const routes: Route[] = [
    { method: 'POST', path: '/workoutportal/workout/v2', handle: create },
    {
      method: 'GET',
      path: workoutPath,
      handle: as((exchange, runner) => {
        const workout = ownWorkout(exchange, runner)
        return workout ? { status: 200, body: shown(workout) } : problem(404, 'workout not found')
      }),
    },
    { method: 'PUT', path: workoutPath, handle: change },
    { method: 'DELETE', path: workoutPath, handle: removeWorkout },
    { method: 'POST', path: '/training-api/schedule/', handle: place },
    { method: 'GET', path: '/training-api/schedule', handle: find },
    {
      method: 'GET',
      path: schedulePath,
      handle: as((exchange, runner) => {
        const scheduled = ownSchedule(exchange, runner)
        return scheduled ? { status: 200, body: shownSchedule(scheduled) } : problem(404, 'schedule not found')
      }),
    },
    { method: 'PUT', path: schedulePath, handle: move },
    { method: 'DELETE', path: schedulePath, handle: unplace },
  ]

  function entry(scheduled: Scheduled): CalendarEntry {
    const workout = workouts.get(scheduled.workoutId)
    return {
      id: String(scheduled.scheduleId),
      runner: scheduled.runner,
      localDate: scheduled.date,
      localTime: null,
      name: workout?.workoutName ?? '',
      notes: workout?.description ?? '',
      steps: workout ? stepsOf(workout) : [],
      ours: workout?.ours ?? false,
      externalId: workout ? String(workout.workoutId) : null,
      shown: true,
    }
  }
  const byId = (id: string) => {
    const scheduled = schedule.get(Number(id))
    if (!scheduled) throw new Error(`the simulated calendar has no entry ${id}`)
    return scheduled
  }
  return {
    routes,
    /** Sign-in calls count as well as calls of the Training API. */
    guard(exchange: Exchange): Answer | null {
      if (!/^\/(di-oauth2-service|training-api|workoutportal)\//.test(exchange.path)) return null
      return perApp.take(kit.now(), false).allowed ? null : problem(429, 'too many requests')
    },
    entries: (runner: number) => sortedByDate([...schedule.values()].filter((one) => one.runner === runner).map(entry)),
    removeByRunner(id: string): void {
      const scheduled = byId(id)
      schedule.delete(scheduled.scheduleId)
      workouts.delete(scheduled.workoutId)
    },
    moveByRunner(id: string, localDate: Day): void {
      byId(id).date = localDate
    },
    leftovers(runner: number): { id: string; name: string }[] {
      const placed = new Set([...schedule.values()].map((scheduled) => scheduled.workoutId))
      return [...workouts.values()]
        .filter((workout) => workout.ours && workout.runner === runner && !placed.has(workout.workoutId))
        .map((workout) => ({ id: String(workout.workoutId), name: workout.workoutName }))
    },
  }
}
