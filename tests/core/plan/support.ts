import { addDays, type Day } from '../../../src/core/days.ts'
import { type PlanOptions, planFully } from '../../../src/core/plan/plan.ts'
import type { Prescriber } from '../../../src/core/plan/prescriber.ts'
import type { KnownSession, PastRun, Situation } from '../../../src/core/plan/situation.ts'
import { isLegKind } from '../../../src/core/plan/spacing.ts'
import { defaultRunner, type PlannedRun, type Runner } from '../../../src/core/runner.ts'
import type { SessionKind } from '../../../src/core/strength/session.ts'

/** The Monday of every worked week; the Sunday before is `today`. */
export const MONDAY: Day = '2026-09-07'
export const SUNDAY_BEFORE: Day = addDays(MONDAY, -1)

const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun', 'nextMon', 'nextTue'] as const
export type DayKey = (typeof days)[number]

/** The date of a day of the worked week. */
export function on(day: DayKey): Day {
  return addDays(MONDAY, days.indexOf(day))
}

/** `tue 18:00 hard 50` as a planned run; effort is easy, hard or long (easy, high demand). */
export function run(text: string): PlannedRun {
  const [day, localTime, effort, minutes] = text.split(' ') as [DayKey, string, string, string?]
  const length = minutes ? Number(minutes) : effort === 'long' ? 120 : 60
  return {
    localDate: on(day),
    localTime,
    minutes: length,
    effort: effort === 'hard' ? 'hard' : 'easy',
    demand: effort === 'long' ? 'high' : effort === 'hard' ? 'moderate' : 'low',
  }
}

/** A prescriber that asks for the same kinds each week and builds sessions of 45 minutes, or as many as there are. */
export function given(kinds: readonly SessionKind[], fallback: SessionKind = 'maintenance', onlyFirstWeek = true): Prescriber {
  return {
    week: (monday) => ({
      monday,
      phase: 'strength',
      weekOfBlock: 2,
      deload: false,
      due:
        onlyFirstWeek && monday !== MONDAY
          ? []
          : kinds.map((kind) => ({
              kind,
              fallback: fallback === 'foundation' ? ['foundation', 'maintenance'] : ['maintenance', 'foundation'],
            })),
      activation: false,
      level: { level: 3, completed: 30, sessionsToNext: null, since: null },
      notices: [],
    }),
    build: ({ kind, minutes }) => ({ template: `${kind}_test`, title: kind, minutes: Math.min(45, minutes), exercises: [], notices: [] }),
  }
}

/** Two done sessions a week for three weeks: legs that know the kind. */
export function accustomed(kind: SessionKind, until: Day = SUNDAY_BEFORE): KnownSession[] {
  return [2, 4, 9, 11, 16, 18].map((back, i) => ({
    id: `old-${i}`,
    localDate: addDays(until, -back),
    localTime: '07:00',
    minutes: 45,
    kind,
    status: 'done',
  }))
}

export type Worked = {
  runs: string[]
  runner?: Partial<Runner>
  sessions?: KnownSession[]
  past?: PastRun[]
  today?: Day
  now?: string
  horizonDays?: number
}

/** A worked week as the plan command would be given it. */
export function situationOf({ runs, runner, sessions, past, today, now, horizonDays }: Worked): Situation {
  return {
    today: today ?? SUNDAY_BEFORE,
    now: now ?? '20:30',
    horizonDays: horizonDays ?? 8,
    runner: {
      ...defaultRunner,
      experience: 'advanced',
      equipment: 'gym',
      sleep: { from: '23:45', to: '06:30' },
      ...runner,
      plannedRuns: runs.map(run),
    },
    runs: past ?? [],
    sessions: sessions ?? accustomed('maxStrength'),
  }
}

/** Last Sunday's long run, 09:00. */
export const longSundayBefore: PastRun = {
  id: 'long-before',
  localDate: SUNDAY_BEFORE,
  localTime: '09:00',
  movingSeconds: 7200,
  effort: 'easy',
  demand: 'high',
}

/** Weekday, time and kind of each session, such as `Wed 07:00 maxStrength`. */
export function shown(
  situation: Situation,
  options: PlanOptions,
): { sessions: string[]; cost: number; plan: ReturnType<typeof planFully> } {
  const plan = planFully(situation, options)
  const names = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']
  const sessions = plan.sessions.map(
    ({ localDate, localTime, kind }) => `${names[(new Date(`${localDate}T00:00Z`).getUTCDay() + 6) % 7]} ${localTime} ${kind}`,
  )
  return { sessions, cost: Math.round(plan.summary.cost * 10) / 10, plan }
}

/** Only sessions with leg load. */
export function legs(sessions: readonly string[]): string[] {
  return sessions.filter((text) => isLegKind(text.split(' ')[2] as SessionKind))
}
