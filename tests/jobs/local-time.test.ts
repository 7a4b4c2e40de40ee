import { describe, expect, test } from 'vitest'
import { localMoment } from '../../src/jobs/local-time.ts'

const indoors = { startAt: new Date('2026-07-04T05:30:00Z'), timeZone: null, latitude: null, longitude: null, runnerZone: 'Europe/Lisbon' }

describe('A run without a place', () => {
  test("is in the runner's zone when its file says nothing, or the same as that zone at that instant", () => {
    for (const offsetSeconds of [null, 3600]) {
      expect(localMoment({ ...indoors, offsetSeconds })).toEqual({
        localDate: '2026-07-04',
        localTime: '06:30',
        timeZone: 'Europe/Lisbon',
        offsetSeconds: 3600,
        zoneKnown: false,
      })
    }
    const winter = { ...indoors, startAt: new Date('2026-01-04T05:30:00Z') }
    expect(localMoment({ ...winter, offsetSeconds: 0 }).timeZone).toBe('Europe/Lisbon')
    expect(localMoment({ ...winter, offsetSeconds: 3600 }).timeZone).toBe('Etc/GMT-1')
  })
  test("keeps its file's clock where that differs from the runner's", () => {
    expect(localMoment({ ...indoors, offsetSeconds: -8 * 3600 })).toMatchObject({
      localDate: '2026-07-03',
      localTime: '21:30',
      timeZone: 'Etc/GMT+8',
    })
    expect(localMoment({ ...indoors, offsetSeconds: 20_700 })).toMatchObject({ localTime: '11:15', timeZone: 'Europe/Lisbon' })
  })
})

test('A run with a place is in the zone of that place', () => {
  const where = { ...indoors, offsetSeconds: null, latitude: 40.78, longitude: -73.96 }
  expect(localMoment(where)).toMatchObject({ localTime: '01:30', timeZone: 'America/New_York', zoneKnown: true })
})
