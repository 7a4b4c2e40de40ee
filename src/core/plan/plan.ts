import { addDays, type Day, mondayOf } from '../days.ts'
import { sessionOf } from './build-spot.ts'
import { type FullPlan, newDraft, type PlannedSession, type PlanOptions } from './draft.ts'
import { blocksWaitNotice, moveNotices, policyOffer, restDayNotice } from './notices.ts'
import { nameSessions } from './publish.ts'
import type { ExpectedRun, Plan, Situation } from './situation.ts'
import { planWeek } from './week.ts'
import { buildWorld, type World } from './world.ts'

export type { FullPlan, PlannedSession, PlanOptions } from './draft.ts'

/** Mondays of the weeks that the horizon touches. */
function mondaysOf(situation: Situation, horizonEnd: Day): Day[] {
  const mondays: Day[] = []
  for (let monday = mondayOf(situation.today); monday <= horizonEnd; monday = addDays(monday, 7)) mondays.push(monday)
  return mondays
}

function expectedRuns(world: World, horizonEnd: Day): ExpectedRun[] {
  return world.forecast.runs
    .filter((run) => run.localDate <= horizonEnd && (run.pRun >= 0.5 || run.pHard >= 0.5))
    .map(({ localDate, localTime, pHard, demand, from }) => ({ localDate, localTime, pHard: Math.round(pHard * 100) / 100, demand, from }))
}

/** The plan with the figures by which policies and what-ifs are compared. */
export function planFully(situation: Situation, options: PlanOptions = {}): FullPlan {
  const horizonEnd = addDays(situation.today, situation.horizonDays - 1)
  const mondays = mondaysOf(situation, horizonEnd)
  const world = buildWorld(situation, addDays(mondays.at(-1)!, 6))
  const draft = newDraft(world, situation, horizonEnd, options)
  for (const [i, monday] of mondays.entries()) planWeek(draft, monday, mondays[i + 1] ?? null)
  restDayNotice(draft, mondays)
  blocksWaitNotice(draft)
  if (options.offers !== false) policyOffer(draft, situation, planFully)
  if (world.forecast.provisional && situation.runner.sessionsPerWeek > 0)
    draft.notices.push({
      rule: 'forecast',
      text: 'The plan is provisional: with three weeks of runs, or with your usual hard and long days, it will know your week.',
      sessionDate: null,
    })
  const visible = draft.sessions.filter(({ spot }) => spot.slot.day <= horizonEnd)
  const named = nameSessions(
    world,
    visible.map(({ spot }) => spot),
    draft.states,
    horizonEnd,
    draft.unplaced,
  )
  moveNotices(draft, named.moves)
  return {
    sessions: visible.map((entry, i) => sessionOf(draft, entry, named.ids[i]!)),
    unplaced: draft.unplaced,
    notices: draft.notices.filter(
      ({ rule, sessionDate }) => (sessionDate === null || sessionDate <= horizonEnd) && (rule !== 'C3' || draft.unplaced.length === 0),
    ),
    expectedRuns: expectedRuns(world, horizonEnd),
    summary: draft.summary,
  }
}

/**
 * Places the strength sessions that are due from today to the horizon. Pure: the same situation gives the same plan.
 * @throws RangeError for a day, time or zone that does not exist
 * @see docs/training.md#placement
 */
export function planSessions(situation: Situation, options: PlanOptions = {}): Plan & { sessions: PlannedSession[] } {
  const { sessions, unplaced, notices, expectedRuns: runs } = planFully(situation, options)
  return { sessions, unplaced, notices, expectedRuns: runs }
}
