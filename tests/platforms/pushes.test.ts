import { describe, expect, test } from 'vitest'
import { type Delivery, splitDelivery } from '../../webhooks/index.ts'

const receivedAt = new Date('2026-09-08T07:03:00Z')
const split = (platform: Delivery['platform'], body: unknown) =>
  splitDelivery(platform, new TextEncoder().encode(JSON.stringify(body)), receivedAt)

describe('Pushes in another form', () => {
  const workout = { openId: 'f3', labelId: '5', mode: 8, subMode: 1, startTime: 1788847090 }
  const activity = { userId: 'd3c0', summaryId: '204', activityId: 204, startTimeInSeconds: 1788246000 }
  const analysed = { athlete_id: 'i1', type: 'ACTIVITY_ANALYZED', activity: { id: 'i9', start_date: '2026-09-08T05:58:10' } }

  test.each([
    ['coros', { sportDataList: [{ openId: 'f4' }, workout] }],
    ['garmin', { activities: [{ summaryId: '1' }, activity] }],
    ['intervals-icu', { events: [{ type: 'ACTIVITY_ANALYZED' }, analysed] }],
  ] as const)('%s: one part of an unknown shape does not cost the others', (platform, body) => {
    expect(split(platform, body)).toHaveLength(1)
  })

  test.each([
    ['coros', { sportDataList: [{ openId: 'f4' }] }],
    ['garmin', { activities: [{ summaryId: '1' }] }],
    ['intervals-icu', { events: [{ type: 'ACTIVITY_ANALYZED' }] }],
  ] as const)('%s: where no part can be read, it is an error', (platform, body) => {
    expect(() => split(platform, body)).toThrow()
  })

  test('one object in place of a list is read', () => {
    expect(split('coros', { sportDataList: workout })).toHaveLength(1)
    expect(split('garmin', { deregistrations: { userId: 'd3c0' } })).toMatchObject([{ kind: 'deauthorized' }])
  })

  test('COROS and Suunto: a start in the other unit is the same start', () => {
    const startAt = '2026-09-08T05:58:10.000Z'
    expect(split('coros', { sportDataList: [{ ...workout, startTime: 1788847090000 }] })).toMatchObject([{ run: { startAt } }])
    const suunto = { type: 'WORKOUT_CREATED', username: 'u', workout: { workoutKey: 'k', startTime: 1788847090 } }
    expect(split('suunto', suunto)).toMatchObject([{ run: { startAt } }])
  })

  test('Garmin: what stands beside the lists is passed over', () => {
    expect(split('garmin', { total: 1, version: 'x', activities: [activity] })).toHaveLength(1)
  })

  test('Garmin: an address in place of a record is asked for records, one in place of a file for the file', () => {
    const callbackURL = 'https://apis.garmin.com/wellness-api/rest/x?token=t'
    const pinged = { userId: 'd3c0', summaryId: '204-detail', callbackURL }
    expect(split('garmin', { activityDetails: [pinged] })).toMatchObject([{ kind: 'runPing', address: callbackURL }])
    expect(split('garmin', { activityFiles: [pinged] })).toMatchObject([{ kind: 'run', run: { externalId: '204', fileUrl: callbackURL } }])
  })

  test('intervals.icu: a start without a zone is UTC', () => {
    expect(split('intervals-icu', { events: [analysed] })).toMatchObject([{ run: { startAt: '2026-09-08T05:58:10.000Z' } }])
  })

  test('intervals.icu: rights come as text or list; a change that names none takes none away', () => {
    const changed = (more: object) => split('intervals-icu', { events: [{ athlete_id: 'i1', type: 'APP_SCOPE_CHANGED', ...more }] })
    expect(changed({ scope: ['ACTIVITY:READ', 'CALENDAR:WRITE'] })).toMatchObject([{ scopes: ['ACTIVITY:READ', 'CALENDAR:WRITE'] }])
    expect(changed({ scope: '' })).toMatchObject([{ scopes: [] }])
    expect(changed({})).toEqual([])
    expect(changed({ deauthorized: 'true' })).toMatchObject([{ kind: 'deauthorized' }])
    expect(changed({ scope: 'ACTIVITY:READ', deauthorized: 'false' })).toMatchObject([{ kind: 'scopesChanged' }])
  })

  test('Wahoo: the kind of a push is read under either name', () => {
    const summary = { updated_at: 'u', workout: { id: 5, starts: '2026-09-07T14:45:00' } }
    expect(split('wahoo', { event: 'workout_summary', user: { id: 1 }, workout_summary: summary })).toMatchObject([
      { kind: 'run', externalUserId: '1', run: { externalId: '5', startAt: '2026-09-07T14:45:00.000Z' } },
    ])
  })

  test('Strava: the time of an event may be text', () => {
    const event = { object_type: 'activity', aspect_type: 'create', object_id: 1, owner_id: 2, event_time: '1788850000', updates: [] }
    expect(split('strava', event)).toMatchObject([{ run: { toldAt: '2026-09-08T06:46:40.000Z' } }])
  })
})
