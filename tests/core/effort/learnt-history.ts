import { addDays } from '../../../src/core/days.ts'
import { judge } from '../../../src/core/effort/learn.ts'
import { prepareRun } from '../../../src/core/effort/prepare.ts'
import { type EffortState, initialState } from '../../../src/core/effort/state.ts'
import { plainProfile } from '../../../src/core/effort/types.ts'
import { easy, inputOf, makeRun, type Part, part, reference, repeat } from './reference-runner.ts'

const V2 = reference.speed2
const week: Part[][] = [
  [easy(45)],
  [easy(10), ...repeat(6, part(200, 1.08 * V2), part(120, 2.79)), easy(10)],
  [part(2400, 2.7)],
  [easy(12), part(1200, 0.99 * V2), easy(10)],
  [easy(85)],
]
const days = [0, 1, 3, 4, 6]

/** Eight weeks of the reference runner's running, two hard runs and three easy ones a week and a 5 km in the fifth, learnt from nothing. */
export function learntState(samples = true): EffortState {
  let state = initialState(plainProfile)
  for (let w = 0; w < 8; w += 1)
    week.forEach((parts, i) => {
      const localDate = addDays('2026-04-06', 7 * w + days[i]!)
      const race = w === 4 && i === 3
      const made = makeRun(race ? [easy(10), part(1300, 1.035 * V2)] : parts, { seed: 100 * w + i })
      const input = inputOf(made)
      const full = prepareRun(input)
      const prepared = samples
        ? full
        : prepareRun({ ...input, samples: null, averageHeartRate: full.averageHeartRate, maxHeartRate: full.maxHeartRate })
      state = judge(state, prepared, { id: `h${w}${i}`, localDate, startAt: new Date(`${localDate}T06:00:00Z`) }, plainProfile).state
    })
  return state
}
