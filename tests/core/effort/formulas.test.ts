import { describe, expect, test } from 'vitest'
import {
  criticalSpeed,
  edwardsPoints,
  expectedMaxHeartRate,
  firstThresholdShare,
  paceLoad,
  speed2FromRace,
  speedAtCost,
  trainingImpulse,
  vdot,
} from '../../../src/core/effort/formulas.ts'
import { gradeFactor, minettiFactor } from '../../../src/core/effort/grade.ts'

describe('published examples come out', () => {
  test('VDOT of three races', () => {
    expect(vdot(5000, 1200)).toBeCloseTo(49.81, 2)
    expect(vdot(10_000, 3000)).toBeCloseTo(40.01, 2)
    expect(vdot(42_195, 12_600)).toBeCloseTo(44.55, 2)
    expect(speedAtCost(0.88 * vdot(5000, 1200))).toBeCloseTo(234.37, 1)
    expect(speed2FromRace(5000, 1200)).toBeCloseTo(234.37 / 60 / 0.98, 2)
  })

  test('critical speed of three efforts, and the first threshold from it', () => {
    const fit = criticalSpeed([
      { meters: 800, seconds: 180 },
      { meters: 3000, seconds: 750 },
      { meters: 5000, seconds: 1300 },
    ])!
    expect(fit.speed).toBeCloseTo(3.751, 3)
    expect(fit.reserveMeters).toBeCloseTo(145, 0)
    expect(firstThresholdShare(fit.speed) * fit.speed).toBeCloseTo(3.122, 2)
    expect(criticalSpeed([{ meters: 800, seconds: 180 }])).toBeNull()
  })

  test('training impulse, pace load and Edwards’ points', () => {
    expect(trainingImpulse(60, 150, 50, 190, 'male')).toBeCloseTo(108.1, 1)
    expect(trainingImpulse(60, 150, 50, 190, 'female')).toBeCloseTo(121.5, 1)
    expect(paceLoad(2700, 0.9)).toBeCloseTo(60.75, 2)
    expect(edwardsPoints(10, 190, 200)).toBe(50)
    expect(edwardsPoints(10, 90, 200)).toBe(0)
  })

  test.each([
    [-20, 0.5, 1.115],
    [-10, 0.598, 0.877],
    [-5, 0.763, 0.888],
    [0, 1, 1],
    [5, 1.301, 1.214],
    [10, 1.658, 1.523],
    [20, 2.502, 2.358],
  ])('a grade of %i %% costs %d by Minetti and %d by equal heart rate', (grade, minetti, equalHeartRate) => {
    expect(minettiFactor(grade / 100)).toBeCloseTo(minetti, 2)
    expect(gradeFactor(grade / 100)).toBeCloseTo(equalHeartRate, 2)
  })

  test('maximum heart rate expected at an age', () => {
    expect(expectedMaxHeartRate(40, 'male').value).toBe(180)
    expect(expectedMaxHeartRate(40, 'female').value).toBe(176)
    expect(expectedMaxHeartRate(null, null)).toEqual({ value: 186, sd: 12 })
  })
})
