/** COROS's words -> ours, and sessions -> a push of the training schedule. Pure. @see ./readme.md */
import type { Activity } from '../../core/run.ts'
import type { Session } from '../../core/strength/session.ts'
import { activityOf } from '../activity.ts'
import { digestOf } from '../marker.ts'
import type { Entry } from '../platform.ts'
import { ascii, cut, stepsOf } from '../session-steps.ts'
import type { Workout } from './schema.ts'

const runs: Record<string, string | null> = { '8/1': null, '8/2': 'treadmill', '15/1': 'trail', '20/1': 'track' }

export function sportOf(mode: number | null, subMode: number | null): 'run' | 'strength' | null {
  if (`${mode}/${subMode}` in runs) return 'run'
  return mode === 23 ? 'strength' : null
}

/** A triathlon or multisport activity, whose parts count by themselves. Other 13s are single ones. */
export function isComposite({ mode, subMode }: Pick<Workout, 'mode' | 'subMode'>): boolean {
  return mode === 13 && (subMode === 1 || subMode === 2)
}

/** Quarter hours from UTC -> seconds; `null` for what no zone on earth has. */
function offsetOf(quarters: number | null): number | null {
  return quarters === null || Math.abs(quarters) > 56 ? null : quarters * 900
}

/** An activity from the summary alone; it has no heart rate. @returns null without a start */
export function toActivity(workout: Workout): Activity | null {
  if (workout.startTime === null) return null
  const strength = sportOf(workout.mode, workout.subMode) === 'strength'
  return activityOf({
    sport: strength ? 'training' : 'running',
    subSport: strength ? 'strength_training' : (runs[`${workout.mode}/${workout.subMode}`] ?? null),
    startAt: new Date(workout.startTime * 1000),
    offsetSeconds: offsetOf(workout.startTimezone),
    distanceMeters: workout.distance,
    timerSeconds: workout.duration,
    elapsedSeconds: workout.endTime === null ? null : workout.endTime - workout.startTime,
    device: workout.deviceName,
  })
}

// ── The training schedule ───────────────────────────────────────────────────────────────────────────────────────────

const unused = { Ftp: 0, ThresholdHr: 0, ThresholdSpeed: 0 }
const classes = { warmUp: 'WarmUp', main: 'Active', coolDown: 'CoolDown' } as const

type PushStep = {
  Type: 'Step'
  IntensityClass: string
  Name: string
  Description: string
  Ftp: number
  ThresholdHr: number
  ThresholdSpeed: number
  Length: { Unit: 'Reps' | 'Second'; Value: number }
  Rest?: { Unit: 'Second'; Value: number }
  IntensityTarget: { Unit: 'ValueOfEquipmentWeight'; Value: number } | []
}

/** Every set as a step of its own, with the rest that follows it. */
function structureOf(session: Session): PushStep[] {
  const steps: PushStep[] = []
  for (const step of stepsOf(session)) {
    if (step.kind === 'rest') {
      const last = steps.at(-1)
      if (last) last.Rest = { Unit: 'Second', Value: Math.max(1, Math.round(step.seconds)) }
      continue
    }
    const { exercise, set, sets, side } = step
    const sideText = side ? ` (${side})` : ''
    steps.push({
      Type: 'Step',
      IntensityClass: classes[exercise.part ?? 'main'],
      Name: cut(`${exercise.name}${sideText}`, 60),
      Description: cut([sets > 1 ? `Set ${set} of ${sets}` : '', exercise.cue].filter(Boolean).join('. '), 200),
      ...unused,
      Length: exercise.seconds !== null ? { Unit: 'Second', Value: exercise.seconds } : { Unit: 'Reps', Value: exercise.reps ?? 1 },
      IntensityTarget: exercise.weightKg ? { Unit: 'ValueOfEquipmentWeight', Value: exercise.weightKg } : [],
    })
  }
  return steps
}

/** The workout of a session. @param id ours, a small integer; @param modified local time without a zone */
export function toWorkout({ session }: Entry, id: number, modified: string) {
  return {
    Id: id,
    Title: cut(ascii(session.title), 60),
    Description: cut(`${session.reasons[0]?.text ?? ''} Planned for ${session.localTime.slice(0, 5)}.`.trim(), 200),
    LastModifiedDate: modified,
    WorkoutDay: session.localDate,
    WorkoutType: 'strength',
    TotalTime: session.minutes * 60,
    Structure: structureOf(session),
  }
}

export function digestOfEntry(entry: Entry): string {
  return digestOf(toWorkout(entry, 0, ''))
}

/** Sets, repetitions, seconds, weights and rests all have their fields. */
export function loses(): string[] {
  return []
}
