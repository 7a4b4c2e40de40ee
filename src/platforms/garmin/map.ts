/** Garmin's words -> ours, and a session -> its workout. Pure. @see ./readme.md */
import type { Activity } from '../../core/run.ts'
import { findExercise } from '../../core/strength/exercises.ts'
import type { Session, SessionExercise } from '../../core/strength/session.ts'
import { activityOf, samplesFrom } from '../activity.ts'
import { garminName } from '../device.ts'
import { digestOf } from '../marker.ts'
import type { Entry } from '../platform.ts'
import { blocksOf, cut, sidesOf } from '../session-steps.ts'
import { garminExercise } from './exercises.ts'
import type { Detail, Summary } from './schema.ts'

const runTypes: Record<string, string | null> = {
  RUNNING: null,
  STREET_RUNNING: 'street',
  TRACK_RUNNING: 'track',
  TRAIL_RUNNING: 'trail',
  TREADMILL_RUNNING: 'treadmill',
  INDOOR_RUNNING: 'indoor_running',
  VIRTUAL_RUN: 'virtual_activity',
  ULTRA_RUN: 'ultra',
  OBSTACLE_RUN: 'obstacle',
}

export function sportOf(type: string | null): 'run' | 'strength' | null {
  if (type !== null && type in runTypes) return 'run'
  return type === 'STRENGTH_TRAINING' ? 'strength' : null
}

/** The activity's one id in all of Garmin's pushes. */
export function activityIdOf({ summaryId, activityId }: { summaryId: string; activityId: string | null }): string {
  return activityId ?? summaryId.replace(/-(file|detail)$/, '')
}

/** A device's name as Garmin wants it shown: `Garmin Forerunner 265`. */
export function deviceNameOf(name: string | null): string | null {
  return !name || name === 'unknown' ? null : garminName(name)
}

type Head = Omit<Summary, 'summaryId'>

/** An activity from a summary and, where they came, samples. @returns null without a start */
export function toActivity(summary: Head, detail: Pick<Detail, 'samples' | 'laps'> | null): Activity | null {
  const start = summary.startTimeInSeconds
  if (start === null) return null
  const samples = detail?.samples ?? []
  const lapStarts = (detail?.laps ?? []).map(({ startTimeInSeconds }) => startTimeInSeconds - start)
  const end = summary.durationInSeconds ?? 0
  return activityOf({
    sport: sportOf(summary.activityType) === 'strength' ? 'training' : 'running',
    subSport: sportOf(summary.activityType) === 'strength' ? 'strength_training' : (runTypes[summary.activityType ?? ''] ?? null),
    startAt: new Date(start * 1000),
    offsetSeconds: summary.startTimeOffsetInSeconds,
    distanceMeters: summary.distanceInMeters,
    timerSeconds: summary.durationInSeconds,
    movingSeconds: summary.movingDurationInSeconds,
    ascentMeters: summary.totalElevationGainInMeters,
    descentMeters: summary.totalElevationLossInMeters,
    averageHeartRate: summary.averageHeartRateInBeatsPerMinute || null,
    maxHeartRate: summary.maxHeartRateInBeatsPerMinute || null,
    device: deviceNameOf(summary.deviceName),
    laps: lapStarts.map((startSeconds, index) => ({
      startSeconds,
      seconds: Math.max(0, (lapStarts[index + 1] ?? end) - startSeconds),
      distanceMeters: null,
      averageHeartRate: null,
    })),
    samples: samplesFrom({
      seconds: samples.map(({ startTimeInSeconds }) => (startTimeInSeconds === null ? null : startTimeInSeconds - start)),
      heartRate: samples.map((sample) => sample.heartRate),
      speed: samples.map((sample) => sample.speedMetersPerSecond),
      cadence: samples.map((sample) => sample.stepsPerMinute),
      distance: samples.map((sample) => sample.totalDistanceInMeters),
      altitude: samples.map((sample) => sample.elevationInMeters),
      latitude: samples.map((sample) => sample.latitudeInDegree),
      longitude: samples.map((sample) => sample.longitudeInDegree),
      power: samples.map((sample) => sample.powerInWatts),
      temperature: samples.map((sample) => sample.airTemperatureCelcius),
    }),
  })
}

// ── Sessions ────────────────────────────────────────────────────────────────────────────────────────────────────────

const nameOf = (key: string) => key.toLowerCase().replaceAll('_', ' ')
const noTarget = { targetType: 'OPEN', targetValue: null, targetValueLow: null, targetValueHigh: null, targetValueType: null }
const noExercise = { exerciseCategory: null, exerciseName: null, weightValue: null, weightDisplayUnit: null }
const intensities = { warmUp: 'WARMUP', main: 'ACTIVE', coolDown: 'COOLDOWN' } as const

/** What stands beside the exercise: its real name where Garmin's is another, the side, the weight's number, the cue. */
function descriptionOf(exercise: SessionExercise, side: 'left' | 'right' | null, isNamed: boolean): string {
  const known = findExercise(exercise.id)
  const parts = [
    isNamed && garminExercise(exercise.id)?.exact ? '' : exercise.name,
    side ? `${side === 'left' ? 'Left' : 'Right'} side` : '',
    exercise.weightKg && known?.load?.kind === 'pair' ? 'one weight in each hand' : '',
    exercise.tempo ? `tempo ${exercise.tempo}` : '',
    exercise.cue,
  ]
  return cut(parts.filter(Boolean).join('. '), 512)
}

function workStep(exercise: SessionExercise, side: 'left' | 'right' | null, stepOrder: number, units: Entry['units'], isNamed: boolean) {
  // Category and name belong together: one without the other may cost the whole workout.
  const named = isNamed ? garminExercise(exercise.id) : null
  return {
    type: 'WorkoutStep',
    stepOrder,
    intensity: intensities[exercise.part ?? 'main'],
    description: descriptionOf(exercise, side, isNamed),
    durationType: exercise.seconds !== null ? 'TIME' : 'REPS',
    durationValue: exercise.seconds ?? exercise.reps ?? 1,
    durationValueType: null,
    ...noTarget,
    exerciseCategory: named?.category ?? null,
    exerciseName: named?.name ?? null,
    weightValue: exercise.weightKg ?? null,
    weightDisplayUnit: exercise.weightKg ? (units === 'imperial' ? 'POUND' : 'KILOGRAM') : null,
  }
}

function restStep(seconds: number, stepOrder: number) {
  return {
    type: 'WorkoutStep',
    stepOrder,
    intensity: 'REST',
    description: null,
    durationType: 'FIXED_REST',
    durationValue: seconds,
    durationValueType: null,
    ...noTarget,
    ...noExercise,
  }
}

type Step = ReturnType<typeof workStep> | ReturnType<typeof restStep>
type RepeatStep = {
  type: 'WorkoutRepeatStep'
  stepOrder: number
  repeatType: string
  repeatValue: number
  skipLastRestStep: boolean
  steps: Step[]
}

/** The steps of a workout: each block of equal rounds as one repeat, everything else set by set. */
export function workoutSteps(session: Session, units: Entry['units'], isNamed = true): (Step | RepeatStep)[] {
  const steps: (Step | RepeatStep)[] = []
  const blocks = blocksOf(session)
  let order = 0
  const round = (exercises: SessionExercise[], isLast: boolean): Step[] => {
    const made: Step[] = []
    exercises.forEach((exercise, index) => {
      for (const side of sidesOf(exercise)) made.push(workStep(exercise, side, ++order, units, isNamed))
      if (exercise.restSeconds > 0 && !(isLast && index === exercises.length - 1)) made.push(restStep(exercise.restSeconds, ++order))
    })
    return made
  }
  blocks.forEach(({ exercises, rounds }, index) => {
    const lastBlock = index === blocks.length - 1
    if (rounds > 1 && exercises.every(({ sets }) => sets === rounds)) {
      const stepOrder = ++order
      const inner = round(exercises, false)
      steps.push({
        type: 'WorkoutRepeatStep',
        stepOrder,
        repeatType: 'REPEAT_UNTIL_STEPS_CMPLT',
        repeatValue: rounds,
        skipLastRestStep: lastBlock,
        steps: inner,
      })
    } else {
      for (let set = 1; set <= rounds; set++) {
        const due = exercises.filter(({ sets }) => sets >= set)
        steps.push(...round(due, lastBlock && set === rounds))
      }
    }
  })
  return steps
}

/** How many steps Garmin counts: repeats and what stands in them. */
export function stepCount(steps: readonly (Step | RepeatStep)[]): number {
  return steps.reduce((sum, step) => sum + 1 + ('steps' in step ? step.steps.length : 0), 0)
}

const nothingEstimated = { estimatedDurationInSecs: null, estimatedDistanceInMeters: null, poolLength: null, poolLengthUnit: null }

/** The workout that stands for a session; its description ends with our marker. `named`: with Garmin's names for exercises. */
export function toWorkout(entry: Entry, { named } = { named: true }) {
  const { session, units, marker } = entry
  const why = session.reasons[0]?.text ?? ''
  return {
    workoutName: cut(session.title, 50),
    description: `${cut(`${why} Planned for ${session.localTime.slice(0, 5)}.`.trim(), 940)} [${marker}]`,
    sport: 'STRENGTH_TRAINING',
    ...nothingEstimated,
    workoutProvider: 'Stridelift',
    workoutSourceId: 'Stridelift',
    isSessionTransitionEnabled: false,
    segments: [{ segmentOrder: 1, sport: 'STRENGTH_TRAINING', ...nothingEstimated, steps: workoutSteps(session, units, named) }],
  }
}

export function digestOfEntry(entry: Entry): string {
  return digestOf([entry.session.localDate, toWorkout(entry)])
}

/** Exercises that Garmin has under another name or not at all, in one sentence with an example. */
export function loses(session: Session): string[] {
  const names = new Map(session.exercises.map(({ id, name }) => [id, name]))
  const others = [...names].flatMap(([id, name]) => {
    const named = garminExercise(id)
    return named?.exact ? [] : [{ name, shown: named ? `as ${nameOf(named.name)}` : 'without a name' }]
  })
  const first = others.find(({ shown }) => shown.startsWith('as ')) ?? others[0]
  if (!first) return []
  if (others.length === 1) return [`${first.name} is shown ${first.shown}, its own name in the step`]
  return [`${others.length} exercises carry the nearest name Garmin has, their own in the step (${first.name} ${first.shown})`]
}
