/** A pretend Garmin, built from the facts about its partner programme. */
import { type Fake, handlersOf, json, newFaults, nothing, type Seen } from './fake.ts'
import { fitBytes } from './intervals-icu.ts'

type Workout = Record<string, unknown> & { workoutId: number; ownerId: number; description: string }
type Scheduled = { scheduleId: number; workoutId: number; date: string }

export const summary = {
  userId: 'd3c0',
  summaryId: '20417733101',
  activityId: 20417733101,
  activityType: 'RUNNING',
  startTimeInSeconds: 1788246000,
  startTimeOffsetInSeconds: 3600,
  durationInSeconds: 2710,
  distanceInMeters: 8240.5,
  averageHeartRateInBeatsPerMinute: 146,
  maxHeartRateInBeatsPerMinute: 162,
  totalElevationGainInMeters: 41,
  deviceName: 'forerunner265',
  manual: false,
}

export function fakeGarmin({ scheduleAnswer = 'object' as 'object' | 'number' | 'empty' | 'other name' } = {}): Fake & {
  workouts: Workout[]
  schedule: Scheduled[]
} {
  const faults = newFaults()
  const seen: Seen[] = []
  const workouts: Workout[] = [{ workoutId: 7, ownerId: 1, description: 'Long run by a coach', workoutName: 'Coach' }]
  const schedule: Scheduled[] = [{ scheduleId: 1, workoutId: 7, date: '2026-09-10' }]
  let next = 1193358842
  let fileTaken = false
  const api = 'https://apis.garmin.com'
  const training = `${api}/training-api`
  const workoutOf = (id: string | undefined) => workouts.find(({ workoutId }) => String(workoutId) === id)
  const scheduledOf = (id: string | undefined) => schedule.find(({ scheduleId }) => String(scheduleId) === id)
  const handlers = handlersOf(
    [
      ['GET', `${api}/wellness-api/rest/user/id`, () => json({ userId: 'd3c0' })],
      ['GET', `${api}/wellness-api/rest/user/permissions`, () => json({ permissions: ['ACTIVITY_EXPORT'] })],
      ['DELETE', `${api}/wellness-api/rest/user/registration`, () => nothing()],
      [
        'GET',
        `${api}/wellness-api/rest/activityFile`,
        () => {
          if (fileTaken) return nothing(410)
          fileTaken = true
          return new Response(fitBytes)
        },
      ],
      ['GET', `${api}/wellness-api/rest/activities`, () => json([summary])],
      [
        'GET',
        `${api}/wellness-api/rest/backfill/activities`,
        ({ url }) => {
          const [from, to] = ['summaryStartTimeInSeconds', 'summaryEndTimeInSeconds'].map((name) => Number(url.searchParams.get(name)))
          return to! - from! > 30 * 86_400 ? json({ errorMessage: 'too long' }, 400) : nothing(202)
        },
      ],
      [
        'POST',
        `${api}/workoutportal/workout/v2`,
        ({ body }) => {
          const workout = { ...JSON.parse(Buffer.from(body, 'latin1').toString('utf8')), workoutId: next++, ownerId: 90117245 } as Workout
          workouts.push(workout)
          return json(workout)
        },
      ],
      [
        'GET',
        `${training}/workout/v2/:id`,
        ({ params }) => (workoutOf(params.id) ? json(workoutOf(params.id)) : json({ errorMessage: 'none' }, 404)),
      ],
      [
        'PUT',
        `${training}/workout/v2/:id`,
        ({ params, body }) => {
          const workout = workoutOf(params.id)
          const given = JSON.parse(Buffer.from(body, 'latin1').toString('utf8')) as Workout
          if (!workout) return json({ errorMessage: 'none' }, 404)
          if (given.workoutId !== workout.workoutId) return json({ errorMessage: 'workoutId' }, 400)
          Object.assign(workout, given)
          return nothing()
        },
      ],
      [
        'DELETE',
        `${training}/workout/v2/:id`,
        ({ params }) => {
          const workout = workoutOf(params.id)
          if (!workout) return json({ errorMessage: 'none' }, 404)
          if (schedule.some(({ workoutId }) => workoutId === workout.workoutId)) return json({ errorMessage: 'still scheduled' }, 424)
          workouts.splice(workouts.indexOf(workout), 1)
          return nothing()
        },
      ],
      [
        'GET',
        `${training}/schedule`,
        ({ url }) =>
          json(schedule.filter(({ date }) => date >= url.searchParams.get('startDate')! && date <= url.searchParams.get('endDate')!)),
      ],
      [
        'POST',
        `${training}/schedule/`,
        ({ body }) => {
          const { workoutId, date } = JSON.parse(body) as Scheduled
          if (!workoutOf(String(workoutId))) return json({ errorMessage: 'no workout' }, 400)
          const made = { scheduleId: next++, workoutId, date }
          schedule.push(made)
          if (scheduleAnswer === 'empty') return nothing()
          if (scheduleAnswer === 'number') return json(made.scheduleId)
          return scheduleAnswer === 'object' ? json(made) : json({ workoutScheduleId: made.scheduleId })
        },
      ],
      [
        'PUT',
        `${training}/schedule/:id`,
        ({ params, body }) => {
          const entry = scheduledOf(params.id)
          return entry ? json(Object.assign(entry, JSON.parse(body))) : json({ errorMessage: 'none' }, 404)
        },
      ],
      [
        'DELETE',
        `${training}/schedule/:id`,
        ({ params }) => {
          const entry = scheduledOf(params.id)
          if (!entry) return json({ errorMessage: 'none' }, 404)
          schedule.splice(schedule.indexOf(entry), 1)
          return nothing()
        },
      ],
      [
        'POST',
        'https://diauth.garmin.com/di-oauth2-service/oauth/token',
        ({ body }) => {
          const form = new URLSearchParams(body)
          if (form.get('grant_type') === 'authorization_code' && !/^[\w.~-]{43,128}$/.test(form.get('code_verifier') ?? '')) {
            return json({ error: 'invalid_request' }, 400)
          }
          if (form.get('refresh_token') === 'dead') return json({ error: 'invalid_grant' }, 400)
          const scope = 'PARTNER_WRITE PARTNER_READ CONNECT_READ CONNECT_WRITE'
          return json({
            access_token: 'eyJ',
            expires_in: 86400,
            token_type: 'bearer',
            refresh_token: 'r2',
            scope,
            jti: '0',
            refresh_token_expires_in: 7775998,
          })
        },
      ],
    ],
    faults,
    seen,
  )
  const ours = () => schedule.filter(({ workoutId }) => workoutOf(String(workoutId))?.description.includes('stridelift-'))
  return {
    handlers,
    faults,
    seen,
    workouts,
    schedule,
    entries: () =>
      ours().map(({ workoutId, date }) => {
        const workout = workoutOf(String(workoutId))!
        return {
          marker: /stridelift-[\w-]+/.exec(workout.description)?.[0] ?? null,
          localDate: date,
          text: JSON.stringify([workout.workoutName, workout.segments]),
        }
      }),
    foreign: () => schedule.length - ours().length,
  }
}
