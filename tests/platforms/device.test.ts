import { describe, expect, test } from 'vitest'
import { platforms } from '../../src/platforms/index.ts'
import { deviceOf as atIntervals } from '../../src/platforms/intervals-icu/map.ts'
import { strava } from '../../src/platforms/strava/index.ts'
import { deviceOf as atStrava } from '../../src/platforms/strava/map.ts'

describe('whose data it is', () => {
  test('what came to Strava from Garmin names Garmin, with the model where it is told', () => {
    const of = (device_name: string | null, external_id: string | null) => strava.duties.attribution(atStrava({ device_name, external_id }))
    expect(of('Garmin Forerunner 265', 'garmin_ping_20417733101')).toBe('Powered by Strava, Garmin Forerunner 265')
    expect(of('Forerunner 265', 'garmin_push_20417733101')).toBe('Powered by Strava, Garmin Forerunner 265')
    expect(of(null, 'garmin_ping_20417733101')).toBe('Powered by Strava, Garmin')
    expect(of('COROS PACE 3', 'coros.fit')).toBe('Powered by Strava')
    expect(of(null, null)).toBe('Powered by Strava')
  })

  test('what came to intervals.icu from Garmin names Garmin', () => {
    expect(atIntervals({ device_name: 'Forerunner 265', source: 'GARMIN_CONNECT' })).toBe('Garmin Forerunner 265')
    expect(atIntervals({ device_name: null, source: 'GARMIN_CONNECT' })).toBe('Garmin')
    expect(atIntervals({ device_name: 'Polar Pacer', source: 'POLAR' })).toBe('Polar Pacer')
  })

  test('every platform has words for data without a known device', () => {
    for (const { duties, label } of platforms) expect(duties.attribution(null)).toContain(label)
  })

  test('Strava’s way back leads to the activity itself', () => {
    expect(strava.duties.backLink?.url('15822904417')).toBe('https://www.strava.com/activities/15822904417')
  })
})
