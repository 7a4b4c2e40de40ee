/** Wahoo's words -> ours, and a session -> its plan file and workout. Pure. @see ./readme.md */
import { instantOf } from '../../core/days.ts'
import type { Activity } from '../../core/run.ts'
import type { Session } from '../../core/strength/session.ts'
import { activityOf } from '../activity.ts'
import { instantFrom } from '../json.ts'
import { digestOf } from '../marker.ts'
import type { Entry } from '../platform.ts'
import { amountText, cut, stepsOf, weightText, workSeconds } from '../session-steps.ts'
import type { Workout, WorkoutSummary } from './schema.ts'

const runTypes: Record<number, string | null> = {
  1: null,
  3: 'track',
  4: 'trail',
  5: 'treadmill',
  19: 'treadmill',
  67: null,
  71: 'virtual_activity',
}
export const GYM = 42

export function sportOf(type: number | null): 'run' | 'strength' | null {
  if (type !== null && type in runTypes) return 'run'
  return type === GYM ? 'strength' : null
}

/** An activity from the summary alone, where there is no file. @returns null without a start */
export function toActivity(workout: Workout, summary: WorkoutSummary): Activity | null {
  const startAt = instantFrom(workout.starts)
  if (!startAt) return null
  const strength = sportOf(workout.workout_type_id) === 'strength'
  return activityOf({
    sport: strength ? 'training' : 'running',
    subSport: strength ? 'strength_training' : (runTypes[workout.workout_type_id ?? 1] ?? null),
    startAt,
    distanceMeters: summary.distance_accum,
    timerSeconds: summary.duration_active_accum,
    movingSeconds: summary.duration_active_accum,
    elapsedSeconds: summary.duration_total_accum,
    ascentMeters: summary.ascent_accum,
    averageHeartRate: summary.heart_rate_avg || null,
    race: workout.workout_type_id === 67,
  })
}

const intensities = { warmUp: 'wu', main: 'active', coolDown: 'cd' } as const
/** An interval without a target was refused; this one says nothing. */
const targets = [{ type: 'rpe', low: 1, high: 10 }]

/** The plan file: every set and rest as a timed interval, with its repetitions and weight in the name. */
export function toPlan({ session, units }: Entry) {
  const intervals = stepsOf(session).map((step) => {
    if (step.kind === 'rest') {
      return { name: 'Rest', exit_trigger_type: 'time', exit_trigger_value: step.seconds, intensity_type: 'rest', targets }
    }
    const { exercise, set, sets, side } = step
    const what = [exercise.name, amountText(exercise), weightText(exercise, units), side ?? ''].filter(Boolean).join(' ')
    const name = sets > 1 ? `${what} - set ${set}/${sets}` : what
    const seconds = workSeconds(exercise)
    return { name, exit_trigger_type: 'time', exit_trigger_value: seconds, intensity_type: intensities[exercise.part ?? 'main'], targets }
  })
  const seconds = intervals.reduce((sum, interval) => sum + interval.exit_trigger_value, 0)
  return {
    header: {
      name: cut(session.title, 80),
      description: cut(session.reasons[0]?.text ?? session.title, 250),
      version: '1.0.0',
      workout_type_family: 6,
      workout_type_location: 0,
      duration_s: seconds,
    },
    intervals,
  }
}

/** When the workout starts: the session's day and time in its zone. */
export function startOf({ session, timeZone }: Entry): Date {
  return instantOf(session.localDate, session.localTime, session.timeZone ?? timeZone)
}

/** @param name ours for the plan, unique for the app and the runner */
export function planForm(entry: Entry, now: Date, name: string = entry.marker): Record<string, string> {
  const file = Buffer.from(JSON.stringify(toPlan(entry))).toString('base64')
  return {
    'plan[file]': `data:application/json;base64,${file}`,
    'plan[filename]': 'plan.json',
    'plan[external_id]': name,
    'plan[provider_updated_at]': now.toISOString(),
  }
}

export function workoutForm(entry: Entry, planId: string): [string, string][] {
  const minutes = Math.round((toPlan(entry).header.duration_s / 60) * 100) / 100
  return [
    ['workout[name]', entry.session.title],
    ['workout[workout_type_id]', String(GYM)],
    ['workout[starts]', startOf(entry).toISOString()],
    ['workout[minutes]', String(minutes)],
    ['workout[workout_token]', entry.marker],
    ['workout[plan_id]', planId],
    ['workout[plan_ids][]', planId],
  ]
}

export function digestOfEntry(entry: Entry): string {
  return digestOf([toPlan(entry), workoutForm(entry, '')])
}

export function loses(session: Session): string[] {
  const reps = session.exercises.some(({ seconds }) => seconds === null)
  const weight = session.exercises.some(({ weightKg }) => weightKg)
  return [
    'exercises arrive as names of timed steps',
    ...(reps ? ['repetitions arrive as text; their sets end after a time'] : []),
    ...(weight ? ['weights arrive as text'] : []),
  ]
}
