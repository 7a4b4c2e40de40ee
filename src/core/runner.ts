import type { Day, LocalTime, Weekday } from './days.ts'

export type Figure = { value: number; from: 'runner' | 'learnt' | 'age' }
export type Equipment = 'none' | 'bands' | 'dumbbells' | 'gym'
export type Experience = 'novice' | 'intermediate' | 'advanced'
export type Placement = 'easyDays' | 'hardDays' | 'micro'
export type Demand = 'low' | 'moderate' | 'high'
/** Time on one weekday in which strength may be. No `localTime` leaves the hour open; 0 minutes is no strength. */
export type Window = { minutes: number; localTime?: LocalTime | null; equipment?: Equipment | null }
export type Goal = {
  distance: '5k' | '10k' | 'half' | 'marathon' | 'ultra' | 'general'
  terrain: 'flat' | 'hilly' | 'trail'
}
export type RacePriority = 'A' | 'B' | 'C'
export type Race = {
  localDate: Day
  localTime?: LocalTime | null
  distanceMeters: number
  expectedMinutes?: number | null
  priority: RacePriority
  timeZone?: string | null
}
export type PlannedRun = {
  localDate: Day
  localTime?: LocalTime | null
  minutes?: number | null
  effort?: 'easy' | 'hard' | null
  demand?: Demand | null
  timeZone?: string | null
}
export const injuryAreas = [
  'knee',
  'itBand',
  'achilles',
  'calf',
  'plantar',
  'shin',
  'boneStress',
  'ankle',
  'hamstring',
  'hip',
  'lowBack',
  'shoulder',
  'wrist',
] as const
export type InjuryArea = (typeof injuryAreas)[number]
/** Pain on a scale of 0 to 10. */
export type Injury = { area: InjuryArea; painAtRest?: number | null; painDuring?: number | null; nightPain?: boolean | null }

/** An area that hurt and was taken off the list of injuries on that day. */
export type ClearedInjury = { area: InjuryArea; localDate: Day }

/** The runner as the training rules see them: profile and preferences. */
export type Runner = {
  timeZone: string
  units: 'metric' | 'imperial'
  birthYear: number | null
  sex: 'female' | 'male' | null
  maxHeartRate: Figure | null
  restingHeartRate: Figure | null
  thresholdHeartRate: Figure | null
  thresholdPaceSecondsPerKm: Figure | null
  /** 0 to 3. */
  sessionsPerWeek: number
  /** A day that is not named is open, with the default minutes. */
  availability: Partial<Record<Weekday, Window | Window[]>>
  placement: Placement
  equipment: Equipment
  experience: Experience
  goal: Goal
  races: Race[]
  plannedRuns: PlannedRun[]
  injuries: Injury[]
  /** Kept by the service: the way back from an injury is counted from the day it was cleared. */
  clearedInjuries?: ClearedInjury[] | null
  /** A day of the week that the runner wants to be a light one. */
  lightWeek?: Day | null
  restDayGuard: boolean
  sleep: { from: LocalTime; to: LocalTime }
  awayFrom: { from: Day; to: Day; equipment?: Equipment | null; timeZone?: string | null }[]
  pauses: { from: Day; to: Day; why: 'ill' | 'paused' }[]
  /** Exercises the runner does not want, by id. */
  dislikes: string[]
  /** Heart rate is left out of the classifier (beta blockers, a broken sensor). */
  ignoreHeartRate: boolean
}

/** What is assumed of a runner who has said nothing: it already gives a good plan. */
export const defaultRunner: Runner = {
  timeZone: 'UTC',
  units: 'metric',
  birthYear: null,
  sex: null,
  maxHeartRate: null,
  restingHeartRate: null,
  thresholdHeartRate: null,
  thresholdPaceSecondsPerKm: null,
  sessionsPerWeek: 2,
  availability: {},
  placement: 'easyDays',
  equipment: 'none',
  experience: 'novice',
  goal: { distance: 'general', terrain: 'flat' },
  races: [],
  plannedRuns: [],
  injuries: [],
  restDayGuard: true,
  sleep: { from: '22:30', to: '06:30' },
  awayFrom: [],
  pauses: [],
  dislikes: [],
  ignoreHeartRate: false,
}
