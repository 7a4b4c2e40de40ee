import { buildSession } from '../strength/build-session.ts'
import { weekPlan } from '../strength/phases.ts'
import type { Prescriber } from './prescriber.ts'

/** The training rules' own prescriber: phases say what is due in a week, templates what is in a session. */
export const defaultPrescriber: Prescriber = {
  week: (monday, history, { situation }) =>
    weekPlan(monday, { runner: situation.runner, sessions: history, runs: situation.runs, today: situation.today }),
  build: ({ prescription, ...order }, { situation: { runner } }) => {
    const { level, phase, weekOfBlock, deload } = prescription
    const { goal, injuries, clearedInjuries, dislikes, units, sex, birthYear } = runner
    const who = { goal, injuries, clearedInjuries, dislikes, units, sex, birthYear, micro: runner.placement === 'micro' }
    return buildSession({ ...order, ...who, level: level.level, phase, weekOfBlock, deload })
  },
}
