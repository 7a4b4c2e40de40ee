import { addDays, type Day } from '../days.ts'
import type { Demand } from '../runner.ts'
import { median, quantile } from './series.ts'
import type { EffortState, LoadKind } from './state.ts'

export type DemandInput = {
  day: Day
  minutes: number | null
  load: { kind: LoadKind; value: number }
  descentMeters: number | null
  distanceMeters: number | null
  race: boolean
}

/** Long, steep down, a race, or much more than usual is high; well under the usual load is low. */
export function demandOf(state: EffortState, input: DemandInput): Demand {
  const { day, load } = input
  const minutes = input.minutes ?? 0
  const recent = state.runs.filter((run) => run.day >= addDays(day, -28))
  const lengths = recent.flatMap((run) => (run.seconds ? [run.seconds / 60] : []))
  const usual = lengths.length >= 3 ? median(lengths) : null
  const weeks = Math.min(4, Math.max(1, (recent.length ? 28 : 7) / 7))
  const rarely = recent.length >= 6 && recent.length / weeks <= 3
  const loads = (days: number) =>
    state.runs.filter((run) => run.day >= addDays(day, -days) && run.loadKind === load.kind).map((run) => run.load)
  const month = loads(28)
  const usualLoad = month.length >= 4 ? median(month) : null
  const week = state.runs.filter((run) => run.day > addDays(day, -7))
  const weekMinutes = week.reduce((sum, run) => sum + (run.seconds ?? 0) / 60, 0)
  const km = (input.distanceMeters ?? 0) / 1000
  const descent = input.descentMeters ?? 0
  const high =
    input.race ||
    minutes >= 120 ||
    minutes >= Math.max(75, 1.6 * (usual ?? 0)) ||
    (rarely && usual !== null && minutes >= Math.max(60, 1.4 * usual)) ||
    (usualLoad !== null && load.value >= 1.5 * usualLoad && load.value >= quantile(loads(56), 0.85)) ||
    descent >= 700 ||
    (descent >= 400 && km > 0 && descent / km >= 40) ||
    (week.length >= 4 && minutes >= 60 && minutes > 0.35 * (weekMinutes + minutes))
  if (high) return 'high'
  if ((usualLoad !== null && load.value <= 0.6 * usualLoad) || (usualLoad === null && minutes > 0 && minutes <= 30)) return 'low'
  return 'moderate'
}
