import type { PlannedSession } from '../../src/core/plan/plan.ts'
import type { Plan } from '../../src/core/plan/situation.ts'

/** A plan as the outside of the product has it: the fields of docs, in their order, and nothing else. */
export function planJson(plan: Omit<Plan, 'sessions'> & { sessions: readonly PlannedSession[] }) {
  return {
    sessions: plan.sessions.map((session) => ({
      id: session.id,
      localDate: session.localDate,
      title: session.title,
      localTime: session.localTime,
      ...(session.timeZone ? { timeZone: session.timeZone } : {}),
      kind: session.kind,
      template: session.template,
      minutes: session.minutes,
      status: session.status,
      pinned: session.pinned,
      reasons: session.reasons.map(({ rule, text, runIds }) => ({ rule, text, runIds: runIds ?? [] })),
      exercises: session.exercises.map(({ id, name, sets, reps, seconds, perSide, weightKg, restSeconds, cue }) => ({
        id,
        name,
        sets,
        reps,
        seconds,
        perSide,
        weightKg,
        restSeconds,
        cue,
      })),
      ...(session.alternatives ? { alternatives: session.alternatives } : {}),
    })),
    unplaced: plan.unplaced.map(({ week, rule, text }) => ({ week, rule, text })),
    notices: plan.notices.map(({ rule, text, sessionDate }) => ({ rule, text, sessionDate })),
    expectedRuns: plan.expectedRuns.map(({ localDate, localTime, pHard, demand, from }) => ({ localDate, localTime, pHard, demand, from })),
  }
}
