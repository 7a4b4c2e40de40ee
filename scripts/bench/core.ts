/** The rules by themselves: planning one runner, preparing and judging one run. */
import { addDays, type Day } from '../../src/core/days.ts'
import { judge } from '../../src/core/effort/learn.ts'
import { prepareRun } from '../../src/core/effort/prepare.ts'
import { initialState } from '../../src/core/effort/state.ts'
import { type PrepareInput, plainProfile } from '../../src/core/effort/types.ts'
import { planSessions } from '../../src/core/plan/plan.ts'
import type { KnownSession, PastRun, Situation } from '../../src/core/plan/situation.ts'
import { defaultRunner } from '../../src/core/runner.ts'
import { readActivityFile } from '../../src/fit/read.ts'
import { surfaceOf } from '../../src/fit/sport.ts'
import { quantile, type Row, times, yardstick } from './row.ts'
import { benchRun } from './service.ts'

const today: Day = '2026-09-21'

/** Four months of five runs a week, Tuesday and Thursday hard, Sunday long, each a little different. */
function pastRuns(): PastRun[] {
  return Array.from({ length: 17 * 7 }, (_, back) => ({ localDate: addDays(today, -1 - back), back })).flatMap(({ localDate, back }) => {
    const weekday = new Date(`${localDate}T00:00:00Z`).getUTCDay()
    if (weekday === 1 || weekday === 5) return []
    const hard = weekday === 2 || weekday === 4
    const long = weekday === 0
    const minutes = (long ? 100 : hard ? 60 : 45) + (back % 7)
    const run: PastRun = {
      id: `run-${back}`,
      localDate,
      localTime: long ? '09:00' : '18:00',
      movingSeconds: minutes * 60,
      distanceMeters: minutes * 180,
      effort: hard ? 'hard' : 'easy',
      pHard: hard ? 0.94 : 0.06,
      demand: long ? 'high' : hard ? 'moderate' : 'low',
      load: minutes * (hard ? 1.6 : 1),
    }
    return [run]
  })
}

/** Plans as the service makes them: what was planned before is known, the sessions of the past were done. */
function situation(): Situation {
  const runner = {
    ...defaultRunner,
    races: [{ localDate: addDays(today, 60), localTime: null, distanceMeters: 21_097.5, expectedMinutes: null, priority: 'A' as const }],
  }
  let sessions: KnownSession[] = []
  const runs = pastRuns()
  for (let weeksBack = 8; weeksBack >= 0; weeksBack--) {
    const day = addDays(today, -7 * weeksBack)
    const plan = planSessions({
      today: day,
      now: '06:00',
      runner,
      runs: runs.filter((run) => run.localDate < day),
      sessions,
      horizonDays: 14,
    })
    const past = sessions.filter((session) => session.localDate < day).map((session) => ({ ...session, status: 'done' as const }))
    sessions = [...past, ...plan.sessions]
  }
  return { today, now: '06:00', runner, runs, sessions, horizonDays: 14 }
}

/** Planning one runner again. */
export function benchPlan(): Row[] {
  const given = situation()
  const stick = yardstick()
  const took = times(() => planSessions(given), 200, 20)
  const [median, high] = [quantile(took, 0.5), quantile(took, 0.95)]
  return [
    {
      what: 'planning one runner again',
      figure: `${median.toFixed(1)} ms (median), ${high.toFixed(1)} ms (95th percentile); ${given.runs.length} runs, ${given.sessions.length} sessions`,
      ratio: `${(median / stick).toFixed(2)} of ten million multiplications`,
      bar: 'under 20 ms',
      met: median < 20,
    },
  ]
}

/** Preparing and judging runs of 45 minutes, recorded every second. */
export function benchClassify(count = 60): Row[] {
  const inputs: PrepareInput[] = Array.from({ length: count }, (_, n) => {
    const read = readActivityFile(benchRun(n), 'run.fit')
    if (read.outcome !== 'activities') throw new Error(read.detail)
    const activity = read.activities[0]!
    return { ...activity, surface: surfaceOf(activity) }
  })
  const stick = yardstick()
  const preparing: number[] = []
  const prepared = inputs.map((input) => {
    preparing.push(...times(() => prepareRun(input), 1, 0))
    return prepareRun(input)
  })
  const judging: number[] = []
  let state = initialState(plainProfile)
  prepared.reverse().forEach((run, n) => {
    const localDate = addDays('2026-03-02', Math.round(n * 1.4))
    const meta = { id: String(n), localDate, startAt: new Date(`${localDate}T06:00:00Z`) }
    judging.push(
      ...times(
        () => {
          state = judge(state, run, meta, plainProfile).state
        },
        1,
        0,
      ),
    )
  })
  const row = (what: string, took: number[]): Row => ({
    what,
    figure: `${quantile(took, 0.5).toFixed(1)} ms a run (median), ${quantile(took, 0.95).toFixed(1)} ms (95th percentile)`,
    ratio: `${(quantile(took, 0.5) / stick).toFixed(2)} of ten million multiplications`,
  })
  return [row('preparing a run for judging', preparing), row('judging a run', judging)]
}
