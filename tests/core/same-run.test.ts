import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { qualityOf, type Recorded, sameRun, type Telling, whyBetter } from '../../src/core/same-run.ts'

const base: Telling = {
  startAt: new Date('2026-09-08T05:58:10Z'),
  elapsedSeconds: 2744,
  timerSeconds: 2710,
  distanceMeters: 8240,
  startLatitude: 38.72,
  startLongitude: -9.14,
  format: 'fit',
  device: 'watch',
}
const telling = (change: Partial<Telling> & { later?: number } = {}): Telling => {
  const { later = 0, ...rest } = change
  return { ...base, startAt: new Date(base.startAt.getTime() + later * 1000), ...rest }
}

describe('Two tellings are one run', () => {
  test.each<[string, Telling]>([
    ['the same moment, re-exported', telling({ distanceMeters: 8238, elapsedSeconds: 2745 })],
    [
      'a phone begun two minutes earlier and stopped later',
      telling({ later: -120, elapsedSeconds: 3000, timerSeconds: 2990, distanceMeters: 8600, format: 'gpx' }),
    ],
    [
      'a phone that recorded only the second half',
      telling({ later: 1300, elapsedSeconds: 1400, timerSeconds: 1400, distanceMeters: 4200 }),
    ],
    ['a treadmill, where the foot pod drifts', telling({ later: 20, distanceMeters: 6900, startLatitude: null, startLongitude: null })],
    ['a telling without distance', telling({ later: 5, distanceMeters: null, format: 'record' })],
    ['a watch whose clock is eleven minutes off', telling({ later: 660 })],
    ['a GPX that keeps local time, one hour away', telling({ later: 3600, format: 'gpx' })],
    ['a TCX that keeps local time, five and three quarters of an hour away', telling({ later: -20_700, format: 'tcx' })],
  ])('%s', (_name, other) => {
    expect(sameRun(base, other).same).toBe(true)
  })

  test('the reason names how far the clocks are apart', () => {
    expect(sameRun(base, telling({ later: 3600, format: 'gpx' }))).toEqual({
      same: true,
      how: 'zone',
      reason: 'Same length and distance; one of them keeps local time, 1 h away.',
    })
  })
})

describe('Two tellings are two runs', () => {
  test.each<[string, Telling]>([
    ['a cool-down right after', telling({ later: 2750, elapsedSeconds: 700, timerSeconds: 700, distanceMeters: 1500 })],
    [
      'a watch stopped a minute late, then the next run',
      telling({ later: 2690, elapsedSeconds: 1800, timerSeconds: 1790, distanceMeters: 5000 }),
    ],
    ['the way back from work, ten hours later, from another place', telling({ later: 36_000, format: 'gpx', startLatitude: 38.76 })],
    [
      'the same treadmill run at another hour, not to the second',
      telling({ later: 36_047, format: 'gpx', startLatitude: null, startLongitude: null }),
    ],
    ['two FIT files hours apart: their times are UTC', telling({ later: 7200 })],
    ['the same loop the next day', telling({ later: 86_400, format: 'gpx' })],
    [
      'an hour later but of another length',
      telling({ later: 3600, format: 'gpx', elapsedSeconds: 2000, timerSeconds: 1990, distanceMeters: 6000 }),
    ],
  ])('%s', (_name, other) => {
    expect(sameRun(base, other)).toEqual({ same: false })
  })
})

const aTelling = fc
  .record({
    later: fc.integer({ min: -50_000, max: 50_000 }),
    seconds: fc.integer({ min: 60, max: 20_000 }),
    meters: fc.option(fc.integer({ min: 0, max: 60_000 })),
    format: fc.constantFrom<Telling['format'][]>('fit', 'gpx', 'tcx', 'record'),
  })
  .map(({ later, seconds, meters, format }) =>
    telling({
      later,
      elapsedSeconds: seconds,
      timerSeconds: seconds,
      distanceMeters: meters,
      format,
      startLatitude: null,
      startLongitude: null,
    }),
  )

describe('For any two tellings', () => {
  test('the answer does not depend on which came first', () => {
    fc.assert(fc.property(aTelling, aTelling, (a, b) => sameRun(a, b).same === sameRun(b, a).same))
  })
  test('a telling is the same run as itself', () => {
    fc.assert(fc.property(aTelling, (a) => sameRun(a, a).same))
  })
  test('runs one after the other within a quarter of an hour are never joined', () => {
    fc.assert(
      fc.property(aTelling, fc.integer({ min: 1, max: 900 }), fc.integer({ min: 60, max: 9000 }), (first, pause, seconds) => {
        const startAt = new Date(first.startAt.getTime() + (first.elapsedSeconds! + pause) * 1000)
        const shift = first.elapsedSeconds! + pause
        fc.pre(shift < 1700)
        expect(sameRun(first, { ...first, startAt, elapsedSeconds: seconds, timerSeconds: seconds, distanceMeters: 3000 }).same).toBe(false)
      }),
    )
  })
  test('whatever overlaps by more than half of the shorter one is one run', () => {
    fc.assert(
      fc.property(aTelling, fc.double({ min: 0, max: 0.49, noNaN: true }), (a, share) => {
        const startAt = new Date(a.startAt.getTime() + Math.floor(a.elapsedSeconds! * share) * 1000)
        expect(sameRun(a, { ...a, startAt }).same).toBe(true)
      }),
    )
  })
})

const recorded: Recorded = {
  format: 'fit',
  records: 2700,
  spanSeconds: 2744,
  heartRate: 1,
  speed: 1,
  position: 1,
  altitude: 1,
  cadence: 1,
  heartRateSensor: 'chest',
  distanceKnown: true,
  laps: 8,
  damaged: false,
  passing: false,
}

describe('The better copy', () => {
  test('has heart rate', () => {
    const without = { ...recorded, heartRate: 0, heartRateSensor: null }
    expect(qualityOf(recorded)).toBeGreaterThan(qualityOf(without))
    expect(whyBetter(recorded, without)).toBe('It has more heart rate.')
  })
  test('is a recording and not a summary', () => {
    const summary = { ...recorded, records: 0, heartRate: 0, speed: 0, position: 0, altitude: 0, cadence: 0 }
    expect(qualityOf(recorded)).toBeGreaterThan(qualityOf(summary))
  })
  test('is never one that has to go again by its platform’s rules', () => {
    expect(qualityOf({ ...recorded, passing: true })).toBeLessThan(qualityOf({ ...recorded, records: 1, heartRate: 0, speed: 0 }))
  })
})
