import { addDays, type Day, daysBetween } from '../days.ts'
import type { Experience } from '../runner.ts'
import { counts } from './history.ts'
import { isLegKind } from './kinds.ts'
import type { Level, RuleText } from './request.ts'
import type { PastSession } from './session.ts'

export type LevelStatus = {
  level: Level
  /** Full-body sessions done in full so far. */
  completed: number
  /** Sessions until the next level, at least; null at level 3. At level 1 they may all be done while `waits` are not over. */
  sessionsToNext: number | null
  /** What level 1 waits for besides the number of sessions: six weeks from the first one, three in a row that go smoothly. */
  waits?: { weeks: boolean; smooth: boolean }
  /** The day the present level opened through training; null when it was stated. */
  since: Day | null
}

const sessionsForLevel2 = 8
const daysForLevel2 = 42
const sessionsForLevel3 = 12
const smoothInARow = 3

/** A session that shows mastery: done in full, effort 7 of 10 or less, pain 3 of 10 or less. */
function smooth(session: PastSession): boolean {
  const rpe = session.feedback?.rpe ?? session.rpe ?? 0
  return rpe <= 7 && (session.feedback?.pain?.level ?? 0) <= 3
}

function fullSessions(history: readonly PastSession[], day: Day): PastSession[] {
  return history
    .filter((session) => counts(session) && isLegKind(session.kind) && session.localDate < day && session.feedback?.completed !== 'partly')
    .sort((a, b) => (a.localDate < b.localDate ? -1 : a.localDate > b.localDate ? 1 : 0))
}

/** How many sessions it took until the gate to level 2 opened; null while it is shut. */
function gateOpenedAfter(sessions: readonly PastSession[], day: Day): number | null {
  const first = sessions[0]
  if (!first) return null
  const opensOn = addDays(first.localDate, daysForLevel2)
  for (let done = sessionsForLevel2; done <= sessions.length; done++) {
    const onDay = sessions[done - 1]!.localDate
    const next = sessions[done]?.localDate ?? day
    const ready = sessions.slice(done - smoothInARow, done).every(smooth)
    if (ready && (onDay >= opensOn || next >= opensOn) && day >= opensOn) return done
  }
  return null
}

/**
 * The level of a runner on a day (rule C5). Level 1 lasts for at least six weeks and eight full sessions, then until three
 * sessions in a row went smoothly; level 3 opens after twelve more. Half a year of lifting, as an intermediate runner
 * states it, starts at level 2; years of it at level 3.
 *
 * @param history sessions before `day`; planned ones count as if they were done
 */
export function levelOn(day: Day, experience: Experience, history: readonly PastSession[]): LevelStatus {
  const sessions = fullSessions(history, day)
  const completed = sessions.length
  if (experience === 'advanced') return { level: 3, completed, sessionsToNext: null, since: null }
  const opened = experience === 'intermediate' ? 0 : gateOpenedAfter(sessions, day)
  if (opened === null) {
    const lastRough = sessions.findLastIndex((session) => !smooth(session))
    const toSmooth = Math.max(0, lastRough + 1 + smoothInARow - completed)
    const toCount = Math.max(0, sessionsForLevel2 - completed)
    const waits = { weeks: !sessions[0] || day < addDays(sessions[0].localDate, daysForLevel2), smooth: toSmooth > toCount }
    return { level: 1, completed, sessionsToNext: Math.max(toCount, toSmooth), since: null, waits }
  }
  const more = completed - opened
  const since = opened > 0 ? sessions[opened - 1]!.localDate : null
  if (more < sessionsForLevel3) return { level: 2, completed, sessionsToNext: sessionsForLevel3 - more, since }
  return { level: 3, completed, sessionsToNext: null, since: sessions[opened + sessionsForLevel3 - 1]!.localDate }
}

/** When the gate to level 2 opens, in words. */
function gateWords({ sessionsToNext, waits }: LevelStatus): string {
  const left = sessionsToNext ?? 0
  if (left === 0) return waits?.weeks ? 'six weeks after your first session' : 'next week'
  const smoothly = waits?.smooth ? ' that go smoothly (effort 7 of 10 or less, pain 3 or less)' : ''
  const weeks = waits?.weeks ? ', and not before six weeks from your first one' : ''
  return `after ${left} more ${left === 1 ? 'session' : 'sessions'}${smoothly}${weeks}`
}

/**
 * What the level means for the runner now: the gate that is shut, or the one that has just opened.
 * @param weights whether the runner has weights; bodies and bands go on to harder exercises
 */
export function levelNotices(status: LevelStatus, day: Day, weights: boolean): RuleText[] {
  if (status.level === 1)
    return [{ rule: 'C5', text: `Building form first; ${weights ? 'heavy weights' : 'harder exercises'} unlock ${gateWords(status)}.` }]
  if (status.since !== null && daysBetween(status.since, day) <= 7) {
    const what = weights ? 'lifts' : 'exercises'
    return [{ rule: 'S1-26', text: `Level ${status.level} is open: have somebody who knows check your form on the new ${what} once.` }]
  }
  return []
}
