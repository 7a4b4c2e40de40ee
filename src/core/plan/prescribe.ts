import { buildSession, canBuild } from '../strength/build-session.ts'
import { weekPlan } from '../strength/phases.ts'
import type { SessionRequest } from '../strength/request.ts'
import type { BuildOrder, Prescriber } from './prescriber.ts'
import type { World } from './world.ts'

function requestOf({ prescription, ...order }: BuildOrder, { situation: { runner } }: World): SessionRequest {
  const { level, phase, weekOfBlock, deload } = prescription
  const { goal, injuries, clearedInjuries, dislikes, units, sex, birthYear } = runner
  const who = { goal, injuries, clearedInjuries, dislikes, units, sex, birthYear, micro: runner.placement === 'micro' }
  return { ...order, ...who, level: level.level, phase, weekOfBlock, deload }
}

/** The training rules' own prescriber: phases say what is due in a week, templates what is in a session. */
export const defaultPrescriber: Prescriber = {
  week: (monday, history, { situation }) =>
    weekPlan(monday, { runner: situation.runner, sessions: history, runs: situation.runs, today: situation.today }),
  build: (order, world) => buildSession(requestOf(order, world)),
  canBuild: (order, world) => canBuild(requestOf(order, world)),
}
