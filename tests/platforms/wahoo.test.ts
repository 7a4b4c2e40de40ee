import { http } from 'msw'
import { describe, expect, test } from 'vitest'
import { refresh } from '../../src/platforms/oauth.ts'
import { wahoo } from '../../src/platforms/wahoo/index.ts'
import { json } from '../msw/fake.ts'
import { fakeWahoo } from '../msw/wahoo.ts'
import { anEntry, aSession, contextOf } from './context.ts'
import { keepsThePlatformContract, pretendNetwork, putRequest, today, use } from './contract.ts'

type Resolver = Parameters<typeof http.post>[1]

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

  const v1 = 'https://api.wahooligan.com/v1'

  test.each([['total told'], ['total not told']])('a list is followed when its pages hold fewer than were asked for, %s', async (told) => {
    const all = Array.from({ length: 70 }, (_, index) => ({
      id: index + 1,
      starts: new Date(Date.UTC(2026, 8, 7) - index * 86_400_000).toISOString(),
      workout_type_id: 1,
      workout_summary: { updated_at: 'u' },
    }))
    const answer: Resolver = ({ request }) => {
      const page = Number(new URL(request.url).searchParams.get('page'))
      return json({ workouts: all.slice((page - 1) * 30, page * 30), ...(told === 'total told' ? { total: 70 } : {}) })
    }
    use([http.get(`${v1}/workouts`, answer)])
    const ids: string[] = []
    let cursor: string | null = null
    do {
      const page = await wahoo.runs.list!(contextOf(), { fromDay: '2026-01-01', toDay: '2026-09-08', cursor })
      ids.push(...page.runs.map(({ externalId }) => externalId))
      cursor = page.next
    } while (cursor !== null && ids.length < 500)
    expect(ids).toHaveLength(70)
  })

  test('a file on a host that is not Wahoo’s is left, and the summary stands in', async () => {
    const summary = { distance_accum: '10012.4', updated_at: 'u', file: { url: 'https://bucket.s3.amazonaws.com/x.fit' } }
    use([http.get(`${v1}/workouts/5`, () => json({ id: 5, starts: '2026-09-07T14:45:00', workout_type_id: 1, workout_summary: summary }))])
    expect(await wahoo.runs.read(contextOf(), { externalId: '5' })).toMatchObject({
      kind: 'activity',
      activity: { distanceMeters: 10012.4, startAt: new Date('2026-09-07T14:45:00Z') },
    })
  })

  test.each([
    [422, { errors: { external_id: ['has already been taken'] } }],
    [409, {}],
    [201, { plan: 'kept' }],
  ])('a plan that is answered %d %j is found by its name', async (status, body) => {
    const fake = fakeWahoo()
    use(fake.handlers)
    await calendar.put(contextOf(), putRequest(anEntry(), null))
    use([http.post(`${v1}/plans`, () => json(body, status))])
    const known = await calendar.put(contextOf(), putRequest(anEntry(), null))
    expect(known.parts.planId).toBe(String(fake.plans[0]!.id))
    expect(fake.entries()).toHaveLength(1)
  })

  test('a deleted plan that keeps its name does not keep the session away', async () => {
    const fake = fakeWahoo()
    use(fake.handlers)
    const strict: Resolver = async ({ request }) => {
      const name = new URLSearchParams(await request.clone().text()).get('plan[external_id]')
      return fake.plans.some(({ external_id }) => external_id === name) ? json({ error: 'already exists' }, 422) : undefined
    }
    use([http.post(`${v1}/plans`, strict)])
    for (let round = 0; round < 3; round++) {
      const known = await calendar.put(contextOf(), putRequest(anEntry(), null))
      const again = await calendar.put(contextOf(), putRequest(anEntry(), known))
      expect(again).toEqual(known)
      expect(fake.plans.filter(({ deleted }) => !deleted).map(({ id }) => String(id))).toEqual([known.parts.planId])
      await calendar.remove(contextOf(), { known, marker: anEntry().marker, localDate: '2026-09-10', today })
    }
    expect(fake.entries()).toEqual([])
  })

  test('a plan that is changed and called deleted is gone', async () => {
    const fake = fakeWahoo()
    use(fake.handlers)
    const known = await calendar.put(contextOf(), putRequest(anEntry(), null))
    fake.plans[0]!.deleted = true
    use([http.put(`${v1}/plans/:id`, () => json(fake.plans[0]))])
    const moved = await calendar.put(contextOf(), putRequest(anEntry(), known))
    expect(moved.parts.planId).not.toBe(known.parts.planId)
  })

  test.each([
    ['nothing', () => new Response(null, { status: 201 })],
    ['another shape', () => json({ created: true }, 201)],
  ])('a workout that is answered with %s is found by its token and made once', async (_what, answer) => {
    const fake = fakeWahoo()
    use(fake.handlers)
    const silent: typeof fetch = async (input, init) => {
      const response = await fetch(input, init)
      return init?.method === 'POST' && String(input).endsWith('/workouts') ? answer() : response
    }
    const known = await calendar.put(contextOf({ fetch: silent }), putRequest(anEntry(), null))
    expect(known.externalId).toBe(String(fake.workouts.at(-1)!.id))
    expect(fake.entries()).toHaveLength(1)
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
