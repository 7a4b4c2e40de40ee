import type { Day, LocalTime } from '../days.ts'
import type { Demand, Runner } from '../runner.ts'
import type { PastSession, Session } from '../strength/session.ts'

/** A run that lies behind, as far as placement cares. */
export type PastRun = {
  id?: string
  localDate: Day
  localTime?: LocalTime | null
  movingSeconds?: number | null
  distanceMeters?: number | null
  effort?: 'easy' | 'hard' | 'unclear' | null
  pHard?: number | null
  demand?: Demand | null
  /** Minutes or points of load, one scale for all runs of one runner. */
  load?: number | null
  race?: boolean | null
  timeZone?: string | null
}

/** Sessions handed to the planner: past ones and those already published (`status: planned`, from today on). */
export type KnownSession = PastSession & Partial<Pick<Session, 'title' | 'reasons' | 'timeZone'>> & { published?: boolean }

/** All that the planner knows. The same situation gives the same plan, byte for byte. */
export type Situation = {
  today: Day
  /** Wall-clock time now in the runner's zone. */
  now: LocalTime
  runner: Runner
  runs: PastRun[]
  sessions: KnownSession[]
  /** Days from today on, 7 to 84. */
  horizonDays: number
}

export type ExpectedRun = { localDate: Day; localTime: LocalTime | null; pHard: number; demand: Demand; from: 'planned' | 'habit' }
export type Unplaced = { week: Day; rule: string; text: string }
export type Notice = { rule: string; text: string; sessionDate: Day | null }

/** Every session from today to the horizon, kept ones included. */
export type Plan = { sessions: Session[]; unplaced: Unplaced[]; notices: Notice[]; expectedRuns: ExpectedRun[] }
