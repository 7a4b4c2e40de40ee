import { addDays, type Day } from '../../../src/core/days.ts'
import { defaultRunner, type Runner } from '../../../src/core/runner.ts'
import { buildSession } from '../../../src/core/strength/build-session.ts'
import { type PhaseContext, weekPlan } from '../../../src/core/strength/phases.ts'
import type { BuiltSession, SessionRequest, WeekSession } from '../../../src/core/strength/request.ts'
import type { PastSession, SessionExercise, SessionKind } from '../../../src/core/strength/session.ts'

/** A Tuesday. */
export const tuesday: Day = '2026-03-03'
export const monday: Day = '2026-03-02'

/** A trained runner with a gym in the strength block, who has 45 minutes. */
export function request(over: Partial<SessionRequest> = {}): SessionRequest {
  return {
    kind: 'maxStrength',
    minutes: 45,
    equipment: 'gym',
    level: 3,
    phase: 'strength',
    weekOfBlock: 1,
    deload: false,
    goal: { distance: 'general', terrain: 'flat' },
    injuries: [],
    dislikes: [],
    history: [],
    weekSoFar: [],
    day: tuesday,
    units: 'metric',
    ...over,
  }
}

/** The session of a request, which has to be there. */
export function build(over: Partial<SessionRequest> = {}): BuiltSession {
  const session = buildSession(request(over))
  if (!session) throw new Error(`nothing was built for ${JSON.stringify(over)}`)
  return session
}

/** Both leg sessions of a week. */
export function buildWeek(over: Partial<SessionRequest> = {}): WeekSession[] {
  const kind = over.kind ?? 'maxStrength'
  const first: WeekSession = { kind, exercises: build(over).exercises }
  return [first, { kind, exercises: build({ ...over, weekSoFar: [first] }).exercises }]
}

export const mainOf = (session: BuiltSession): SessionExercise[] => session.exercises.filter(({ part }) => part === 'main')
export const idsOf = (session: BuiltSession): string[] => mainOf(session).map(({ id }) => id)
export const setsOf = (items: readonly { sets: number }[]): number => items.reduce((sum, { sets }) => sum + sets, 0)

/** A session that lies behind. */
export function past(localDate: Day, kind: SessionKind, over: Partial<PastSession> = {}): PastSession {
  return { localDate, kind, status: 'done', ...over }
}

/** `count` done sessions of one kind, two a week, the last ones just before `day`. */
export function trained(kind: SessionKind, weeks: number, before: Day, over: Partial<PastSession> = {}): PastSession[] {
  return Array.from({ length: weeks }, (_, i) => weeks - i).flatMap((back) => [
    past(addDays(before, -7 * back + 1), kind, over),
    past(addDays(before, -7 * back + 4), kind, over),
  ])
}

export function runnerWith(over: Partial<Runner> = {}): Runner {
  return { ...defaultRunner, experience: 'intermediate', equipment: 'gym', ...over }
}

/** The prescription of the week of `monday` for a runner. */
export function week(runner: Partial<Runner> = {}, over: Partial<PhaseContext> = {}, of: Day = monday) {
  return weekPlan(of, { runner: runnerWith(runner), sessions: [], runs: [], today: of, ...over })
}

export const kindsOf = (prescription: { due: { kind: SessionKind }[] }): SessionKind[] => prescription.due.map(({ kind }) => kind)
