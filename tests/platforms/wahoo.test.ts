import { describe, expect, test } from 'vitest'
import { refresh } from '../../src/platforms/oauth.ts'
import { wahoo } from '../../src/platforms/wahoo/index.ts'
import { fakeWahoo } from '../msw/wahoo.ts'
import { anEntry, aSession, contextOf } from './context.ts'
import { keepsThePlatformContract, pretendNetwork, putRequest, today, use } from './contract.ts'

keepsThePlatformContract(wahoo, {
  fake: fakeWahoo,
  notice: { externalId: '56519' },
  reads: (reading) =>
    expect(reading).toMatchObject({ kind: 'file', name: 'wahoo-56519.fit', about: { revision: '2026-09-07T15:38:23.000Z' } }),
  unknown: { externalId: '404' },
})

describe('Wahoo', () => {
  pretendNetwork()
  const calendar = wahoo.calendar!

  test('a manual run comes from its summary, whose numbers are text', async () => {
    use(fakeWahoo().handlers)
    expect(await wahoo.runs.read(contextOf(), { externalId: '2' })).toMatchObject({
      kind: 'activity',
      activity: { distanceMeters: 10012.4, timerSeconds: 3134, averageHeartRate: 151, ascentMeters: 12 },
    })
  })

  test('what another app uploaded is left to its own platform', async () => {
    use(fakeWahoo().handlers)
    expect(await wahoo.runs.read(contextOf(), { externalId: '3' })).toMatchObject({ kind: 'skipped' })
  })

  test('planned workouts are not listed as runs, and days are kept to', async () => {
    use(fakeWahoo().handlers)
    const page = await wahoo.runs.list!(contextOf(), { fromDay: '2026-09-06', toDay: today, cursor: null })
    expect(page).toMatchObject({ runs: [{ externalId: '56519' }], next: null })
  })

  test('the plan unrolls sets into timed steps with everything in the name, and the workout points at it', async () => {
    const fake = fakeWahoo()
    use(fake.handlers)
    await calendar.put(contextOf(), putRequest(anEntry(), null))
    const plan = JSON.parse(Buffer.from(fake.plans[0]!.file.slice(29), 'base64').toString('utf8'))
    expect(
      plan.intervals.map(({ name, exit_trigger_value: seconds }: { name: string; exit_trigger_value: number }) => [name, seconds]),
    ).toEqual([
      ['Goblet squat 8 reps 16 kg - set 1/3', 32],
      ['Rest', 90],
      ['Goblet squat 8 reps 16 kg - set 2/3', 32],
      ['Rest', 90],
      ['Goblet squat 8 reps 16 kg - set 3/3', 32],
      ['Rest', 90],
      ['Side plank 30 s left - set 1/2', 30],
      ['Side plank 30 s right - set 1/2', 30],
      ['Rest', 45],
      ['Side plank 30 s left - set 2/2', 30],
      ['Side plank 30 s right - set 2/2', 30],
    ])
    expect(plan.header).toMatchObject({ workout_type_family: 6, workout_type_location: 0, duration_s: 531 })
    const workout = fake.workouts.at(-1)!
    expect(workout).toMatchObject({ starts: '2026-09-10T06:00:00.000Z', minutes: 8.85, workout_type_id: 42, plan_id: fake.plans[0]!.id })
    expect(calendar.loses(aSession())).toHaveLength(3)
    expect(calendar.window).toEqual({ fromDays: 0, toDays: 6 })
  })

  test('removing takes the plan too', async () => {
    const fake = fakeWahoo()
    use(fake.handlers)
    const known = await calendar.put(contextOf(), putRequest(anEntry(), null))
    await calendar.remove(contextOf(), { known, marker: anEntry().marker, localDate: '2026-09-10', today })
    expect(fake.plans.every(({ deleted }) => deleted)).toBe(true)
  })

  test('the three windows of the headers are read in their order', async () => {
    const fake = fakeWahoo()
    const headers = { 'x-ratelimit-limit': '5000, 1000, 200', 'x-ratelimit-remaining': '4000, 900, 0', 'x-ratelimit-reset': '120' }
    fake.faults.instead = () => new Response(null, { status: 429, headers })
    use(fake.handlers)
    const ctx = contextOf()
    await expect(wahoo.runs.read(ctx, { externalId: '1' })).rejects.toMatchObject({ remedy: 'retry' })
    expect(ctx.reports[0]).toEqual({
      windows: [
        { name: 'day', limit: 5000, used: 1000 },
        { name: 'hour', limit: 1000, used: 100 },
        { name: '5min', limit: 200, used: 200 },
      ],
      blockedUntil: new Date('2026-09-08T08:02:00Z'),
    })
  })

  test('too many tokens that were never revoked mean: connect again', async () => {
    use(fakeWahoo().handlers)
    const capped = { access: 'a', refresh: 'capped', accessExpiresAt: null, refreshExpiresAt: null }
    await expect(refresh(contextOf(), wahoo, capped)).rejects.toMatchObject({ remedy: 'reconnect' })
    expect((await refresh(contextOf(), wahoo, { ...capped, refresh: 'r1' })).tokens.refresh).toBe('r2')
  })
})
