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
  /** Sessions until the next level, at least; null at level 3. */
  sessionsToNext: number | null
  /** The day the present level opened through training; null when it was stated. */
  since: Day | null
}

const sessionsForLevel2 = 8
const daysForLevel2 = 42
const sessionsForLevel3 = 12

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
    const ready = sessions.slice(done - 3, done).every(smooth)
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
    const weeksLeft = sessions[0] ? Math.ceil((daysForLevel2 - daysBetween(sessions[0].localDate, day)) / 7) : daysForLevel2 / 7
    const left = Math.max(sessionsForLevel2 - completed, weeksLeft, 1)
    return { level: 1, completed, sessionsToNext: left, since: null }
  }
  const more = completed - opened
  const since = opened > 0 ? sessions[opened - 1]!.localDate : null
  if (more < sessionsForLevel3) return { level: 2, completed, sessionsToNext: sessionsForLevel3 - more, since }
  return { level: 3, completed, sessionsToNext: null, since: sessions[opened + sessionsForLevel3 - 1]!.localDate }
}

/** What the level means for the runner now: the gate that is shut, or the one that has just opened. */
export function levelNotices(status: LevelStatus, day: Day): RuleText[] {
  if (status.level === 1) {
    const left = status.sessionsToNext ?? 1
    return [{ rule: 'C5', text: `Building form first; weights unlock after ${left} more ${left === 1 ? 'session' : 'sessions'}.` }]
  }
  if (status.since !== null && daysBetween(status.since, day) <= 7) {
    return [{ rule: 'S1-26', text: `Level ${status.level} is open: have somebody who knows check your form on the new lifts once.` }]
  }
  return []
}
