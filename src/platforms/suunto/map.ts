/** Suunto's words -> ours, and a session -> its guide. Pure. @see ./readme.md */
import type { Activity } from '../../core/run.ts'
import type { Session } from '../../core/strength/session.ts'
import { activityOf } from '../activity.ts'
import { isoFrom } from '../json.ts'
import { digestOf } from '../marker.ts'
import type { Entry } from '../platform.ts'
import { amountText, ascii, cut, type Step, stepsOf, weightText } from '../session-steps.ts'
import { iconPng, zipOf } from './archive.ts'
import type { Workout } from './schema.ts'

const runs: Record<number, string | null> = { 1: null, 22: 'trail', 53: 'treadmill', 59: 'track', 103: 'track', 115: 'trail' }
const strength = new Set([17, 20, 23, 54, 63, 73, 104])
const GYM = 23
/** The name of the app at Suunto; a guide of another owner is refused. */
export const OWNER = 'Stridelift'

export function sportOf(activityId: number | null): 'run' | 'strength' | null {
  if (activityId === null) return null
  if (activityId in runs) return 'run'
  return strength.has(activityId) ? 'strength' : null
}

export function deviceOf({ gear }: Workout): string | null {
  return gear?.displayName ?? gear?.name ?? null
}

/** An activity from the summary alone, where there is no file. @returns null without a start */
export function toActivity(workout: Workout): Activity | null {
  if (isoFrom(workout.startTime) === null || workout.startTime === null) return null
  const isStrength = sportOf(workout.activityId) === 'strength'
  const elapsed = workout.stopTime === null ? null : (workout.stopTime - workout.startTime) / 1000
  return activityOf({
    sport: isStrength ? 'training' : 'running',
    subSport: isStrength ? 'strength_training' : (runs[workout.activityId ?? 1] ?? null),
    startAt: new Date(workout.startTime),
    offsetSeconds: workout.timeOffsetInMinutes === null ? null : workout.timeOffsetInMinutes * 60,
    distanceMeters: workout.totalDistance,
    timerSeconds: workout.totalTime,
    elapsedSeconds: elapsed ?? workout.totalTime,
    ascentMeters: workout.totalAscent,
    descentMeters: workout.totalDescent,
    averageHeartRate: workout.hrdata?.workoutAvgHR || workout.hrdata?.avg || null,
    maxHeartRate: workout.hrdata?.workoutMaxHR || workout.hrdata?.hrmax || null,
    device: deviceOf(workout),
  })
}

// ── Guides ──────────────────────────────────────────────────────────────────────────────────────────────────────────

const line = (text: string, length: number) => ascii(cut(ascii(text), length)).slice(0, length)
/** Text shown beside other fields holds 40 characters. */
const text = (value: string) => ({ type: 'text', value: line(value, 40) })
const lap = { type: 'manualLap' }
const byLap = [{ condition: lap }]
const after = (seconds: number) => [{ condition: { type: 'or', conditions: [{ type: 'stepDuration', value: seconds }, lap] } }]

function guideStep(step: Step, units: Entry['units']) {
  if (step.kind === 'rest') {
    return {
      type: 'fields',
      title: 'Rest',
      fields: [{ type: 'stepDurationCountdown', value: step.seconds }],
      transitions: after(step.seconds),
    }
  }
  const { exercise, set, sets, side } = step
  const count = sets > 1 ? `${set}/${sets}` : ''
  const name = ascii(exercise.name)
    .slice(0, 13 - (count ? count.length + 1 : 0))
    .trimEnd()
  const title = `${name} ${count}`.trim()
  const amount = [amountText(exercise), side ? `${side} side` : '', weightText(exercise, units)].filter(Boolean).join(', ')
  if (exercise.seconds !== null) {
    const fields = [text(exercise.name), text(amount), { type: 'stepDurationCountdown', value: exercise.seconds }]
    return { type: 'fields', title, fields, transitions: after(exercise.seconds) }
  }
  return { type: 'fields', title, fields: [text(exercise.name), text(amount), { type: 'heartRate' }], transitions: byLap }
}

/** The guide that stands for a session: one step for each set, rests by the clock, and a last one that stays. */
export function toGuide({ session, units, marker, url }: Entry) {
  const done = {
    type: 'fields',
    title: 'Complete',
    fields: [{ type: 'text', value: 'Session done' }],
    notification: { title: 'Complete', text: 'Session done' },
  }
  return {
    name: line(session.title, 60),
    shortDescription: line(`${session.minutes} min strength`, 23),
    description: line(session.reasons[0]?.text ?? session.title, 256),
    owner: OWNER,
    url: url.slice(0, 256),
    type: 'sequence',
    usage: 'workout',
    activities: [GYM],
    localDate: session.localDate,
    externalId: marker.slice(0, 64),
    steps: [...stepsOf(session).map((step) => guideStep(step, units)), done].slice(0, 1000),
  }
}

/** The ZIP that is sent. */
export function guideZip(entry: Entry): Uint8Array {
  const guide = toGuide(entry)
  const manifest = { name: guide.name, type: 'sequence', owner: OWNER, description: guide.description }
  const json = (value: object) => new TextEncoder().encode(JSON.stringify(value))
  return zipOf([
    { name: 'manifest.json', bytes: json(manifest) },
    { name: 'guide.json', bytes: json(guide) },
    { name: 'icon.png', bytes: iconPng() },
  ])
}

export function digestOfEntry(entry: Entry): string {
  return digestOf(toGuide(entry))
}

export function loses(session: Session): string[] {
  const reps = session.exercises.some(({ seconds }) => seconds === null)
  const weight = session.exercises.some(({ weightKg }) => weightKg)
  return [
    'exercises arrive as text, one step for each set',
    ...(reps ? ['repetitions are not counted; press the lap button after each set'] : []),
    ...(weight ? ['weights arrive as text'] : []),
    'nothing reminds you on the day; start the guide from the watch',
  ]
}
