import { describe, expect, test } from 'vitest'
import { addDays } from '../../../src/core/days.ts'
import { forecastRuns, scoreForecast } from '../../../src/core/plan/forecast.ts'
import { demandingShare, habitOf } from '../../../src/core/plan/habit.ts'
import type { PastRun, Situation } from '../../../src/core/plan/situation.ts'
import { defaultRunner, type Runner } from '../../../src/core/runner.ts'
import { MONDAY } from './support.ts'

type Effort = 'easy' | 'hard' | 'long' | null

/** Weeks of runs before the Monday: `of` says what a weekday (Monday 0) was so many weeks back. */
function weeks(count: number, of: (weekday: number, back: number) => Effort, time: (back: number) => string = () => '18:00'): PastRun[] {
  const runs: PastRun[] = []
  for (let back = 1; back <= count; back++)
    for (let d = 0; d < 7; d++) {
      const effort = of(d, back)
      if (!effort) continue
      const demand = effort === 'long' ? 'high' : 'low'
      runs.push({
        localDate: addDays(MONDAY, d - 7 * back),
        localTime: time(back),
        movingSeconds: 3000,
        effort: effort === 'hard' ? 'hard' : 'easy',
        demand,
      })
    }
  return runs
}

function situation(runs: PastRun[], runner: Partial<Runner> = {}, today = MONDAY): Situation {
  return { today, now: '05:00', runner: { ...defaultRunner, ...runner }, runs, sessions: [], horizonDays: 14 }
}

const on = (s: Situation, day: string) => forecastRuns(s, addDays(MONDAY, 13)).runs.filter(({ localDate }) => localDate === day)
const usual = (d: number, back: number): Effort =>
  d === 1
    ? back === 5
      ? 'easy'
      : 'hard'
    : d === 3
      ? [1, 2, 3, 8].includes(back)
        ? 'hard'
        : 'easy'
      : d === 6
        ? 'long'
        : d === 0 || d === 5
          ? 'easy'
          : null

describe('the forecast from habit', () => {
  test('a second run is usual on a weekday when it is on most days with a run, however many were left out', () => {
    const runs = [1, 2, 4, 6].flatMap((back) =>
      ['07:00', '18:00'].map((localTime) => ({
        localDate: addDays('2026-09-08', -7 * back),
        localTime,
        movingSeconds: 2400,
        effort: 'easy' as const,
      })),
    )
    const { weekdays } = habitOf(runs, '2026-09-07', [])
    expect(weekdays[1]!.second).toMatchObject({ startMinutes: 1080 })
    expect(weekdays[2]!.second).toBeNull()
  })

  test('gives the worked probabilities: 0.76, 0.53, 0.05 and 0.85', () => {
    const { weekdays } = habitOf(weeks(8, usual), MONDAY, [])
    expect(weekdays[1]!.pHard).toBeCloseTo(0.77, 1)
    expect(weekdays[3]!.pHard).toBeGreaterThan(0.51)
    expect(weekdays[3]!.pHard).toBeLessThan(0.56)
    expect(weekdays[0]!.pHard).toBeCloseTo(0.05, 1)
    expect(weekdays[6]!.pHard).toBeCloseTo(0.85, 1)
  })

  test('an unclear run counts a quarter, a long easy run in full', () => {
    expect(demandingShare({ localDate: MONDAY, effort: 'unclear' })).toBe(0.25)
    expect(demandingShare({ localDate: MONDAY })).toBe(0.25)
    expect(demandingShare({ localDate: MONDAY, effort: 'easy', demand: 'high' })).toBe(1)
  })

  test('planned runs and races take the place of habit', () => {
    const runner: Partial<Runner> = {
      plannedRuns: [{ localDate: addDays(MONDAY, 1), localTime: '07:00', effort: 'easy' }],
      races: [{ localDate: addDays(MONDAY, 5), localTime: '10:00', distanceMeters: 10_000, priority: 'B' }],
    }
    const s = situation(weeks(8, usual), runner)
    expect(on(s, addDays(MONDAY, 1))).toMatchObject([{ pHard: 0.05, from: 'planned', localTime: '07:00' }])
    expect(on(s, addDays(MONDAY, 5))).toMatchObject([{ pHard: 0.95, from: 'planned', demand: 'high' }])
    expect(on(s, addDays(MONDAY, 3))).toMatchObject([{ from: 'habit' }])
  })

  test('a week that the runner planned has no runs beside the planned ones', () => {
    const plannedRuns = [0, 2, 4, 6].map((d) => ({ localDate: addDays(MONDAY, d), localTime: '07:00', effort: 'easy' as const }))
    expect(on(situation(weeks(8, usual), { plannedRuns }), addDays(MONDAY, 1))).toEqual([])
  })

  test('a hard run on an unusual day lowers the odds of the next usual one', () => {
    const runs = weeks(8, usual)
    const today = addDays(MONDAY, 1)
    const before = on(situation(runs, {}, today), addDays(MONDAY, 1))[0]!.pHard
    const unusual: PastRun = { localDate: MONDAY, localTime: '18:00', movingSeconds: 3000, effort: 'hard' }
    const after = on(situation([...runs, unusual], {}, today), addDays(MONDAY, 1))[0]!.pHard
    expect(after).toBeLessThan(before - 0.1)
  })

  test('a habit that changed two weeks ago is believed sooner', () => {
    const moved = weeks(8, (d, back) => (d === (back <= 2 ? 4 : 1) ? 'hard' : d === 6 ? 'long' : null))
    const habit = habitOf(moved, MONDAY, [])
    expect(habit.changed).toBe(true)
    expect(habit.weekdays[4]!.pHard).toBeGreaterThan(habit.weekdays[1]!.pHard)
  })

  test('the start is the median of the weekday, and unknown when it wanders by more than three hours', () => {
    expect(on(situation(weeks(8, usual)), addDays(MONDAY, 1))[0]!.localTime).toBe('18:00')
    const wandering = weeks(8, usual, (back) => (back % 2 ? '06:30' : '18:00'))
    expect(on(situation(wandering), addDays(MONDAY, 1))[0]!.localTime).toBeNull()
  })

  test('with less than three weeks Sunday is 0.4 and nothing is certain', () => {
    const { runs, provisional } = forecastRuns(situation(weeks(2, usual)), addDays(MONDAY, 6))
    expect(provisional).toBe(true)
    expect(runs.find(({ localDate }) => localDate === addDays(MONDAY, 6))!.pHard).toBe(0.4)
    expect(Math.max(...runs.map(({ pHard }) => pHard))).toBeLessThan(0.5)
  })

  test('days of a pause do not count as days without a run', () => {
    const runs = weeks(8, (d, back) => (back <= 2 ? null : usual(d, back)))
    const paused = [{ from: addDays(MONDAY, -14), to: addDays(MONDAY, -1), why: 'ill' as const }]
    expect(habitOf(runs, MONDAY, paused).weekdays[1]!.pHard).toBeGreaterThan(habitOf(runs, MONDAY, []).weekdays[1]!.pHard + 0.1)
  })

  test('nothing later than the day of the forecast is used', () => {
    const runs = weeks(8, usual)
    const later: PastRun = { localDate: addDays(MONDAY, 2), localTime: '18:00', effort: 'hard' }
    expect(forecastRuns(situation([...runs, later]), addDays(MONDAY, 6))).toEqual(forecastRuns(situation(runs), addDays(MONDAY, 6)))
  })

  test('the score of a regular runner reaches the goals', () => {
    const score = scoreForecast(defaultRunner, weeks(20, usual), addDays(MONDAY, -140), addDays(MONDAY, -1))
    expect(score.brier).toBeLessThanOrEqual(0.16)
    expect(score.recall).toBeGreaterThanOrEqual(0.75)
  })
})
