import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { http } from 'msw'
import { describe, expect, test } from 'vitest'
import { exerciseList } from '../../src/core/strength/exercises.ts'
import { garminExercise } from '../../src/platforms/garmin/exercises.ts'
import { garmin } from '../../src/platforms/garmin/index.ts'
import { authorizeAddress, exchange, refresh } from '../../src/platforms/oauth.ts'
import { json, nothing } from '../msw/fake.ts'
import { fakeGarmin, summary } from '../msw/garmin.ts'
import { anEntry, aSession, contextOf, settings } from './context.ts'
import { keepsThePlatformContract, pretendNetwork, putRequest, today, use } from './contract.ts'

type Resolver = Parameters<typeof http.post>[1]

const callbackUrl = 'https://apis.garmin.com/wellness-api/rest/activityFile?id=20417733101&token=t'

keepsThePlatformContract(garmin, {
  fake: fakeGarmin,
  notice: { externalId: '20417733101', fileUrl: callbackUrl, hints: { activityType: 'RUNNING', deviceName: 'forerunner265' } },
  reads: (reading) =>
    expect(reading).toMatchObject({
      kind: 'file',
      name: 'garmin-20417733101.fit',
      about: { sport: 'run', device: 'Garmin forerunner265' },
    }),
  unknown: null,
})

describe('Garmin', () => {
  pretendNetwork()
  const calendar = garmin.calendar!

  test('a pushed summary is a run in our units', async () => {
    const reading = await garmin.runs.read(contextOf(), { externalId: '20417733101', record: summary })
    expect(reading).toMatchObject({
      kind: 'activity',
      activity: { sport: 'running', distanceMeters: 8240.5, averageHeartRate: 146, offsetSeconds: 3600, startAt: new Date(1788246000000) },
    })
  })

  test('pushed details bring the samples', async () => {
    const samples = [0, 1, 2].map((second) => ({
      startTimeInSeconds: 1788246000 + second,
      heartRate: 100 + second,
      speedMetersPerSecond: 3,
      stepsPerMinute: 170,
    }))
    const record = {
      userId: 'd3c0',
      summaryId: '20417733101-detail',
      activityId: 20417733101,
      summary,
      samples,
      laps: [{ startTimeInSeconds: 1788246000 }],
    }
    const reading = await garmin.runs.read(contextOf(), { externalId: '20417733101', record })
    if (reading.kind !== 'activity') throw new Error(reading.kind)
    expect([...reading.activity.samples!.heartRate!]).toEqual([100, 101, 102])
    expect(reading.activity.laps).toEqual([{ startSeconds: 0, seconds: 2710, distanceMeters: null, averageHeartRate: null }])
  })

  test('the whole of a multisport activity and a ride are nothing for us', async () => {
    const parent = { ...summary, isParent: true }
    expect(await garmin.runs.read(contextOf(), { externalId: '1', record: parent })).toMatchObject({ kind: 'skipped' })
    expect(await garmin.runs.read(contextOf(), { externalId: '1', record: { ...summary, activityType: 'CYCLING' } })).toMatchObject({
      kind: 'skipped',
    })
  })

  test('a file that was taken already is no error', async () => {
    use(fakeGarmin().handlers)
    const notice = { externalId: '20417733101', fileUrl: callbackUrl }
    await garmin.runs.read(contextOf(), notice)
    expect(await garmin.runs.read(contextOf(), notice)).toMatchObject({ kind: 'skipped' })
  })

  test('an address outside Garmin is never asked', async () => {
    for (const fileUrl of [
      'https://evil.example/f.fit',
      'https://apis.garmin.com.evil.example/f',
      'http://apis.garmin.com/f',
      'https://169.254.169.254/',
    ]) {
      await expect(garmin.runs.read(contextOf(), { externalId: '1', fileUrl })).rejects.toMatchObject({ remedy: 'give up' })
    }
  })

  test('a ping in place of records gives their notices', async () => {
    use(fakeGarmin().handlers)
    const notices = await garmin.runs.expand!(contextOf(), 'https://apis.garmin.com/wellness-api/rest/activities?token=t')
    expect(notices).toMatchObject([{ externalId: '20417733101' }])
  })

  test('thirty days of history are asked for in one call', async () => {
    use(fakeGarmin().handlers)
    expect(await garmin.runs.request!(contextOf(), { fromDay: '2026-08-10', toDay: '2026-09-08' })).toBe('asked')
  })

  test('the workout has exercises, repetitions, weight, sides and rests', async () => {
    const fake = fakeGarmin()
    use(fake.handlers)
    await calendar.put(contextOf(), putRequest(anEntry(undefined, { units: 'imperial' }), null))
    const made = fake.workouts.find(({ ownerId }) => ownerId === 90117245)! as unknown as {
      workoutName: string
      segments: { steps: Record<string, unknown>[] }[]
    }
    const [first, second] = made.segments[0]!.steps
    expect(first).toMatchObject({ type: 'WorkoutRepeatStep', stepOrder: 1, repeatValue: 3, skipLastRestStep: false })
    expect(first!.steps).toMatchObject([
      {
        stepOrder: 2,
        durationType: 'REPS',
        durationValue: 8,
        exerciseCategory: 'SQUAT',
        exerciseName: 'GOBLET_SQUAT',
        weightValue: 16,
        weightDisplayUnit: 'POUND',
        targetType: 'OPEN',
        targetValueType: null,
      },
      { stepOrder: 3, intensity: 'REST', durationType: 'FIXED_REST', durationValue: 90, exerciseCategory: null },
    ])
    expect(second).toMatchObject({ repeatValue: 2, stepOrder: 4, skipLastRestStep: true })
    expect(second!.steps).toMatchObject([
      { stepOrder: 5, durationType: 'TIME', durationValue: 30, exerciseName: 'SIDE_PLANK', description: 'Left side. Long line.' },
      { stepOrder: 6, description: 'Right side. Long line.' },
      { stepOrder: 7, durationType: 'FIXED_REST', durationValue: 45 },
    ])
    expect(made.workoutName.length).toBeLessThanOrEqual(50)
    expect(calendar.loses(aSession())).toEqual([])
  })

  test('a near name is told before sending, and the real one stands in the step', () => {
    const near = exerciseList.find(({ fit, garmin: named }) => fit.match === 'near' && named?.name)!
    const session = aSession({ exercises: [{ ...aSession().exercises[0]!, id: near.id, name: near.name }] })
    expect(calendar.loses(session)).toHaveLength(1)
    expect(calendar.loses(session)[0]).toContain(near.name)
  })

  test.each(['object', 'number', 'empty', 'other name'] as const)(
    'a scheduling answer as %s gives one entry that can be moved and removed',
    async (scheduleAnswer) => {
      const fake = fakeGarmin({ scheduleAnswer })
      use(fake.handlers)
      const ctx = contextOf()
      const known = await calendar.put(ctx, putRequest(anEntry(), null))
      expect(known.parts.scheduleId).toBe(String(fake.schedule.at(-1)!.scheduleId))
      await calendar.put(ctx, putRequest(anEntry(aSession({ localDate: '2026-09-12' })), known))
      expect(fake.entries().map(({ localDate }) => localDate)).toEqual(['2026-09-12'])
      await calendar.remove(ctx, { known, marker: anEntry().marker, localDate: '2026-09-12', today })
      expect(fake.workouts).toHaveLength(1)
    },
  )

  test('every id is recorded before the next call is made', async () => {
    const fake = fakeGarmin()
    use(fake.handlers)
    const request = putRequest(anEntry(), null)
    await calendar.put(contextOf(), request)
    expect(request.recorded).toEqual([
      { externalId: String(fake.workouts.at(-1)!.workoutId), parts: expect.objectContaining({ ownerId: '90117245' }) },
    ])
  })

  test('a removal that knows nothing finds the entry by its marker and leaves others alone', async () => {
    const fake = fakeGarmin()
    use(fake.handlers)
    await calendar.put(contextOf(), putRequest(anEntry(), null))
    await calendar.remove(contextOf(), { known: null, marker: anEntry().marker, localDate: '2026-09-10', today })
    expect(fake.schedule).toHaveLength(1)
    expect(fake.workouts).toHaveLength(1)
  })

  test('a right that was not given is said in words', async () => {
    const fake = fakeGarmin()
    fake.faults.instead = () => new Response(null, { status: 412 })
    use(fake.handlers)
    await expect(calendar.put(contextOf(), putRequest(anEntry(), null))).rejects.toThrow(/connect again and leave all boxes ticked/)
  })

  test.each([
    ['under another name', { id: 555 }, '555'],
    ['as a bare number', 555, '555'],
  ])('the id of a new workout is read %s', async (_how, body, workoutId) => {
    const fake = fakeGarmin()
    use(fake.handlers)
    use([
      http.post('https://apis.garmin.com/workoutportal/workout/v2', () => json(body)),
      http.post('https://apis.garmin.com/training-api/schedule/', () => json({ scheduleId: 9 })),
    ])
    expect(await calendar.put(contextOf(), putRequest(anEntry(), null))).toEqual({
      externalId: workoutId,
      parts: { workoutId, scheduleId: '9' },
    })
  })

  test.each([
    ['nothing', () => nothing(200)],
    ['an object without id', () => json({})],
  ])('a new workout that is answered with %s is not made again at once', async (_what, answer) => {
    use(fakeGarmin().handlers)
    let made = 0
    const create = () => {
      made += 1
      return answer()
    }
    use([http.post('https://apis.garmin.com/workoutportal/workout/v2', create)])
    await expect(calendar.put(contextOf(), putRequest(anEntry(), null))).rejects.toMatchObject({ remedy: 'give up' })
    expect(made).toBe(1)
  })

  test('a day that is answered without id and not shown on the calendar does not count as delivered', async () => {
    const fake = fakeGarmin({ scheduleAnswer: 'empty' })
    use(fake.handlers)
    use([http.get('https://apis.garmin.com/training-api/schedule', () => json([]))])
    const request = putRequest(anEntry(), null)
    await expect(calendar.put(contextOf(), request)).rejects.toMatchObject({ remedy: 'retry' })
    expect(fake.workouts.map(({ workoutId }) => String(workoutId))).toContain(request.recorded.at(-1)!.parts.workoutId)
  })

  test('a calendar that names the workout inside its entries is read', async () => {
    const fake = fakeGarmin({ scheduleAnswer: 'empty' })
    use(fake.handlers)
    const nested = () => json(fake.schedule.map(({ scheduleId, workoutId, date }) => ({ id: scheduleId, workout: { workoutId }, date })))
    use([http.get('https://apis.garmin.com/training-api/schedule', nested)])
    const known = await calendar.put(contextOf(), putRequest(anEntry(), null))
    expect(known.parts.scheduleId).toBe(String(fake.schedule.at(-1)!.scheduleId))
  })

  test('where an exercise name is refused the workout goes without names, which then stand in the steps', async () => {
    const fake = fakeGarmin()
    use(fake.handlers)
    const picky: Resolver = async ({ request }) =>
      (await request.clone().text()).includes('GOBLET_SQUAT') ? json({ errorMessage: 'bad exercise' }, 400) : undefined
    use([http.post('https://apis.garmin.com/workoutportal/workout/v2', picky)])
    await calendar.put(contextOf(), putRequest(anEntry(), null))
    expect(fake.entries()).toHaveLength(1)
    expect(JSON.stringify(fake.workouts.at(-1))).toContain('Goblet squat. Slow down, fast up.')
  })

  test.each([
    ['rights by name', { permissions: { ACTIVITY_EXPORT: true, WORKOUT_IMPORT: false } }],
    ['the other address', null],
  ])('what was ticked is read from %s', async (_from, body) => {
    use(fakeGarmin().handlers)
    use([
      http.get('https://apis.garmin.com/wellness-api/rest/user/permissions', () => (body ? json(body) : nothing(404))),
      http.get('https://apis.garmin.com/userPermissions/', () => json(['ACTIVITY_EXPORT'])),
    ])
    const identity = await garmin.oauth.identify(contextOf(), {})
    expect(identity.scopes).toEqual(['ACTIVITY_EXPORT'])
  })

  test('a ping for details gives the runs with their samples, bare or under the name of the push', async () => {
    const details = [{ userId: 'd3c0', summaryId: '20417733101-detail', activityId: 20417733101, summary, samples: [] }]
    for (const body of [details, { activityDetails: details }]) {
      use([http.get('https://apis.garmin.com/wellness-api/rest/activityDetails', () => json(body))])
      const [told, ...more] = await garmin.runs.expand!(contextOf(), 'https://apis.garmin.com/wellness-api/rest/activityDetails?token=t')
      expect(more).toEqual([])
      expect(told).toMatchObject({ externalId: '20417733101', startAt: '2026-09-01T07:00:00.000Z' })
      expect(await garmin.runs.read(contextOf(), told!)).toMatchObject({ kind: 'activity', about: { sport: 'run' } })
    }
  })

  test('connecting proves the verifier and learns what was ticked', async () => {
    use(fakeGarmin().handlers)
    const redirectUri = 'http://127.0.0.1:3000/connect/garmin/callback'
    const { url, verifier } = await authorizeAddress(garmin, settings, { redirectUri, state: 'st' })
    const query = new URL(url).searchParams
    expect(query.get('code_challenge_method')).toBe('S256')
    expect(query.has('scope')).toBe(false)
    const callback = new URL(`${redirectUri}?code=c&state=st`)
    const connected = await exchange(contextOf({ tokens: null }), garmin, { callback, redirectUri, state: 'st', verifier })
    expect(connected).toMatchObject({ externalUserId: 'd3c0', rights: { canRead: true, canWrite: false, missing: ['WORKOUT_IMPORT'] } })
    expect(connected.tokens.refreshExpiresAt).toBe('2026-12-07T07:59:58.000Z')
  })

  test('a refresh gives a new pair, a dead refresh token means connect again', async () => {
    use(fakeGarmin().handlers)
    const former = { access: 'a', refresh: 'r1', accessExpiresAt: null, refreshExpiresAt: null }
    expect((await refresh(contextOf(), garmin, former)).tokens).toMatchObject({
      access: 'eyJ',
      refresh: 'r2',
      accessExpiresAt: '2026-09-09T08:00:00.000Z',
    })
    await expect(refresh(contextOf(), garmin, { ...former, refresh: 'dead' })).rejects.toMatchObject({ remedy: 'reconnect' })
  })

  const table = resolve(import.meta.dirname, '../../../shared/platforms/specs/garmin-exercises.json')
  test.skipIf(!existsSync(table))('every name that is sent is in the table (skipped where the table is not at hand)', () => {
    const { exercises } = JSON.parse(readFileSync(table, 'utf8')) as { exercises: { category: string; name: string }[] }
    const known = new Set(exercises.map(({ category, name }) => `${category}.${name}`))
    const sent = exerciseList.map(({ id }) => garminExercise(id)).filter((named) => named !== null)
    expect(sent.length).toBeGreaterThan(80)
    expect(sent.filter(({ category, name }) => !known.has(`${category}.${name}`))).toEqual([])
  })

  test.skipIf(!existsSync(table))('every exercise that is in the table has a name of it (skipped where the table is not at hand)', () => {
    const { exercises, categories } = JSON.parse(readFileSync(table, 'utf8')) as {
      exercises: { category: string; name: string; fitCategoryId: number; fitNameId: number; match: string }[]
      categories: string[]
    }
    let compared = 0
    for (const { id, garmin: named, fit } of exerciseList) {
      if (!named) continue
      expect(categories, id).toContain(named.category)
      const rows = exercises.filter(({ name }) => name === named.name && named.category !== 'BANDED_EXERCISES')
      if (rows.length === 0) continue
      compared += 1
      const row = rows.find(({ category }) => category === named.category)
      expect(row, `${id}: ${named.name} stands under another category`).toBeDefined()
      if (row?.match === 'exact' && fit.match === 'exact') expect([fit.category, fit.name], id).toEqual([row.fitCategoryId, row.fitNameId])
    }
    expect(compared).toBeGreaterThan(20)
  })
})
