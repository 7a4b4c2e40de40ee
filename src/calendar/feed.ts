/** Sessions -> an iCalendar feed (RFC 5545). Pure: the same sessions give the same bytes. */
import ical, { ICalCalendarMethod, ICalEventStatus } from 'ical-generator'
import { instantOf } from '../core/days.ts'
import { loadText } from '../core/strength/loads.ts'
import type { Reason, SessionExercise, SessionStatus } from '../core/strength/session.ts'

export type FeedSession = {
  id: string
  localDate: string
  localTime: string
  timeZone: string
  title: string
  minutes: number
  status: SessionStatus
  reasons: Reason[]
  exercises: SessionExercise[]
  sequence: number
  createdAt: Date
  updatedAt: Date
}

export type FeedOptions = {
  units: 'metric' | 'imperial'
  /** Where the session's page is. */
  sessionUrl: (id: string) => string
}

/** How often calendars should ask again, seconds. */
export const REFRESH_SECONDS = 3600

/** The feed. Instants are in UTC, so no calendar can put an event into a wrong zone; withdrawn sessions come as cancelled. */
export function calendarFeed(sessions: readonly FeedSession[], options: FeedOptions): string {
  const calendar = ical({
    name: 'Strength training',
    description: 'Strength sessions, placed around your runs',
    prodId: { company: 'Stridelift', product: 'Plan', language: 'EN' },
    ttl: REFRESH_SECONDS,
    method: ICalCalendarMethod.PUBLISH,
  })
  for (const session of sessions) {
    const start = instantOf(session.localDate, session.localTime, session.timeZone)
    const event = calendar.createEvent({
      id: `${session.id}@stridelift`,
      sequence: session.sequence,
      start,
      end: new Date(start.getTime() + session.minutes * 60_000),
      stamp: session.updatedAt,
      created: session.createdAt,
      lastModified: session.updatedAt,
      summary: summaryOf(session),
      description: descriptionOf(session, options.units),
      url: options.sessionUrl(session.id),
      status: session.status === 'withdrawn' || session.status === 'skipped' ? ICalEventStatus.CANCELLED : ICalEventStatus.CONFIRMED,
    })
    event.categories([{ name: 'Strength' }])
  }
  return calendar.toString()
}

function summaryOf({ title, status }: FeedSession): string {
  if (status === 'done') return `✓ ${title}`
  return status === 'missed' ? `${title} (missed)` : title
}

/** Reasons, then one line for each exercise. */
export function descriptionOf(session: Pick<FeedSession, 'reasons' | 'exercises' | 'minutes'>, units: 'metric' | 'imperial'): string {
  const reasons = session.reasons.map(({ text }) => sentence(text))
  const exercises = session.exercises.map((exercise) => `• ${exerciseLine(exercise, units)}`)
  return [...reasons, ...(exercises.length > 0 ? ['', `${session.minutes} minutes:`, ...exercises] : [])].join('\n')
}

function sentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`
}

/** Such as `Romanian deadlift: 3 × 8, 20 kg in each hand, rest 120 s`. */
export function exerciseLine(exercise: SessionExercise, units: 'metric' | 'imperial'): string {
  const dose = exercise.reps === null ? `${exercise.seconds ?? 0} s` : `${exercise.reps}`
  const load = loadText(exercise, units)
  const parts = [
    `${exercise.sets} × ${dose}${exercise.perSide ? ' each side' : ''}`,
    ...(load === null ? [] : [load]),
    ...(exercise.restSeconds > 0 ? [`rest ${exercise.restSeconds} s`] : []),
  ]
  return `${exercise.name}: ${parts.join(', ')}`
}
