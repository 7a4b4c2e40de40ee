import { addDays, type Day, daysBetween, mondayOf } from '../days.ts'
import type { PastRun } from '../plan/situation.ts'
import type { Runner } from '../runner.ts'
import { tierOrder } from './exercise.ts'

/** Above this share of the mean of four weeks a week is one of much running (rule S0-13). */
export const BIG_WEEK = 1.15
/** A week so little above the fullest of the four is none. */
const USUAL_RISE = 1.05

/** Minutes of a run; where only the distance is known, at six minutes a kilometre. */
function minutesOfRun(run: PastRun): number {
  if (run.movingSeconds) return run.movingSeconds / 60
  return run.distanceMeters ? (run.distanceMeters / 1000) * 6 : 45
}

/** Runs a week over the last four whole weeks, rounded; 0 without runs. */
export function runsPerWeek(runs: readonly PastRun[], today: Day): number {
  const end = mondayOf(today)
  const recent = runs.filter(({ localDate }) => localDate < end && daysBetween(localDate, end) <= 28)
  if (recent.length === 0) return runs.filter(({ localDate }) => localDate >= end && localDate <= today).length
  const first = recent.reduce((least, { localDate }) => (localDate < least ? localDate : least), end)
  return Math.round(recent.length / Math.max(1, Math.ceil(daysBetween(mondayOf(first), end) / 7)))
}

/** Running minutes of the week that begins on a Monday. */
function minutesFrom(monday: Day, runs: readonly PastRun[]): number {
  const next = addDays(monday, 7)
  let minutes = 0
  for (const run of runs) if (run.localDate >= monday && run.localDate < next) minutes += minutesOfRun(run)
  return minutes
}

/**
 * Running minutes expected in a week over the mean of the four weeks before today's (rules S0-13, S2-05), or null where
 * there is too little to compare: fewer than three weeks of runs, a mean under two hours, no idea of the week.
 */
export function loadRatio(
  monday: Day,
  { runner, runs, today, expectedMinutes }: { runner: Runner; runs: readonly PastRun[]; today: Day; expectedMinutes?: number | null },
): number | null {
  const thisWeek = mondayOf(today)
  const end = monday < thisWeek ? monday : thisWeek
  const weekly = [1, 2, 3, 4].map((back) => minutesFrom(addDays(end, -7 * back), runs))
  const known = weekly.filter((minutes) => minutes > 0)
  if (known.length < 3) return null
  const mean = known.reduce((sum, minutes) => sum + minutes, 0) / known.length
  if (mean < 120) return null
  const sunday = addDays(monday, 6)
  const done = runs.filter(({ localDate }) => localDate >= monday && localDate <= sunday && localDate <= today)
  const doneMinutes = done.reduce((sum, run) => sum + minutesOfRun(run), 0)
  const plannedDays = runner.plannedRuns.filter(
    ({ localDate }) =>
      localDate >= monday &&
      localDate <= sunday &&
      (localDate > today || (localDate === today && !done.some((run) => run.localDate === today))),
  )
  const races = runner.races.filter(({ localDate }) => localDate >= monday && localDate <= sunday && localDate > today)
  const planned =
    plannedDays.reduce((sum, { minutes }) => sum + (minutes ?? 45), 0) + races.reduce((sum, race) => sum + (race.expectedMinutes ?? 0), 0)
  const expected = Math.max(expectedMinutes ?? 0, doneMinutes + planned)
  if (expected <= 0) return null
  // Plans are seldom run in full: what the legs did in one of these weeks already is no peak.
  const isUsual = expected <= USUAL_RISE * Math.max(...known)
  return isUsual ? Math.min(BIG_WEEK, expected / mean) : expected / mean
}

/** Whether three days or more of the week are spent where there is less equipment than at home. */
export function isTravelWeek(monday: Day, runner: Runner): boolean {
  const days = [0, 1, 2, 3, 4, 5, 6].filter((offset) => {
    const day = addDays(monday, offset)
    return runner.awayFrom.some(
      ({ from, to, equipment }) =>
        from <= day && day <= to && tierOrder.indexOf(equipment ?? runner.equipment) < tierOrder.indexOf(runner.equipment),
    )
  })
  return days.length >= 3
}

/** Whether the runner has weights to lift, at home or in the hour of any weekday; bands are none. */
export function hasWeights({ equipment, availability }: Runner): boolean {
  const windows = Object.values(availability).flat()
  return [equipment, ...windows.map((window) => window?.equipment)].some((one) => one === 'dumbbells' || one === 'gym')
}

/** Why the whole week is a pause, or null. */
export function wholeWeekPause(monday: Day, runner: Runner): 'ill' | 'paused' | null {
  const sunday = addDays(monday, 6)
  return runner.pauses.find(({ from, to }) => from <= monday && to >= sunday)?.why ?? null
}
