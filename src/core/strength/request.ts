import type { Day } from '../days.ts'
import type { ClearedInjury, Equipment, Goal, Injury, Runner } from '../runner.ts'
import type { PastSession, SessionExercise, SessionKind } from './session.ts'

/** Where a week stands in the training year (docs/training.md, phases). */
export const phases = [
  'novice',
  'base',
  'strength',
  'power',
  'peak',
  'taper',
  'raceWeek',
  'recovery',
  'offSeason',
  'maintenance',
  'return',
] as const
export type Phase = (typeof phases)[number]

export type Level = 1 | 2 | 3

/** A rule of docs/training.md and what it means for the runner, as one sentence. */
export type RuleText = { rule: string; text: string }

/** A session that already has its place in the week, as far as the week's balance needs it. */
export type WeekSession = { kind: SessionKind; exercises: { id: string; sets: number; part?: SessionExercise['part'] | null }[] }

/** All that decides what is in one session. The same request gives the same session. */
export type SessionRequest = {
  kind: SessionKind
  /** Minutes there are. */
  minutes: number
  /** What is at hand on that day. */
  equipment: Equipment
  level: Level
  phase: Phase
  /** From 1; on the novice track it counts on past 6. */
  weekOfBlock: number
  deload: boolean
  goal: Goal
  injuries: readonly Injury[]
  clearedInjuries?: readonly ClearedInjury[] | null
  /** Short blocks after runs are all there is (policy MICRO): they train hips, calves, balance and core in turn. */
  micro?: boolean
  dislikes: readonly string[]
  /** Sessions before `day`; planned ones count as if they were done. */
  history: readonly PastSession[]
  /** Sessions of the same Monday week that come before this one. */
  weekSoFar: readonly WeekSession[]
  /** Sessions that the week holds in all; 2 when not said. */
  sessionsThisWeek?: number
  day: Day
  units: Runner['units']
  sex?: Runner['sex']
  birthYear?: number | null
  /** Right after a hard run: a set less, no jumps (rule C2). */
  sameVisit?: boolean
  /** On the day of a hard run: mobility at the end (rule S2-19). */
  hardDay?: boolean
  hasLongRunThisWeek?: boolean
  /** Jump contacts that are left, below the level's own cap; 0 is no jumps. */
  contactsAllowed?: number
}

export type BuiltSession = {
  template: string
  title: string
  /** Whole minutes, never above the request's. */
  minutes: number
  exercises: SessionExercise[]
  notices: RuleText[]
}

/** Sessions that have few sets on purpose: light weeks, and those from the taper to the recovery after a race. */
export function isLight({ deload, phase }: SessionRequest): boolean {
  return deload || phase === 'taper' || phase === 'raceWeek' || phase === 'recovery'
}
