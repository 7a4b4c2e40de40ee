/** A pretend Wahoo, built from its documentation. */
import { type Fake, handlersOf, json, newFaults, nothing, type Seen } from './fake.ts'
import { fitBytes } from './intervals-icu.ts'

type Workout = Record<string, unknown> & { id: number; starts: string; workout_token: string | null; workout_summary: unknown }
type Plan = { id: number; external_id: string; file: string; deleted: boolean }

const finished = {
  id: 8297,
  ascent_accum: '12.0',
  distance_accum: '10012.4',
  duration_active_accum: '3134.0',
  duration_total_accum: '3154.0',
  heart_rate_avg: '151.0',
  updated_at: '2026-09-07T15:38:23.000Z',
  manual: false,
  fitness_app_id: 7,
  file: { url: 'https://cdn.wahooligan.com/wahoo-cloud/production/uploads/workout_file/file/x/2026-09-07.fit' },
}
const done = {
  id: 56519,
  starts: '2026-09-07T14:45:00.000Z',
  minutes: 53,
  name: 'Running',
  workout_token: 'ELEMNT 5F2A:12',
  workout_type_id: 1,
  workout_summary: finished,
}

export function fakeWahoo(): Fake & { plans: Plan[]; workouts: Workout[] } {
  const faults = newFaults()
  const seen: Seen[] = []
  const foreign: Workout = {
    id: 1,
    starts: '2026-09-10T05:00:00.000Z',
    workout_token: 'someone else',
    workout_type_id: 1,
    workout_summary: null,
  }
  const manual = { ...done, id: 2, starts: '2026-09-01T05:00:00.000Z', workout_summary: { ...finished, manual: true, file: null } }
  const copied = { ...done, id: 3, starts: '2026-09-02T05:00:00.000Z', workout_summary: { ...finished, fitness_app_id: 1200 } }
  const workouts: Workout[] = [foreign, done, manual, copied]
  const plans: Plan[] = []
  let next = 571203
  const v1 = 'https://api.wahooligan.com/v1'
  const field = (body: string, name: string) => new URLSearchParams(body).get(name)
  const planProblem = (body: string): Response | null => {
    const file = field(body, 'plan[file]') ?? ''
    if (!file.startsWith('data:application/json;base64,'))
      return json({ error: 'Could not serialize plan for validation. unexpected character' }, 422)
    const plan = JSON.parse(Buffer.from(file.slice(29), 'base64').toString('utf8'))
    const known = ['name', 'description', 'version', 'workout_type_family', 'workout_type_location', 'duration_s']
    const odd = Object.keys(plan.header).find((key) => !known.includes(key))
    if (odd) return json({ error: `field '${odd}' is not an allowed field` }, 422)
    return plan.intervals.every((interval: { targets?: unknown[] }) => interval.targets?.length) ? null : json({ error: 'targets' }, 422)
  }
  const fill = (workout: Workout, body: string): Workout =>
    Object.assign(workout, {
      starts: field(body, 'workout[starts]'),
      name: field(body, 'workout[name]'),
      minutes: Number(field(body, 'workout[minutes]')),
      workout_token: field(body, 'workout[workout_token]'),
      plan_id: Number(field(body, 'workout[plan_id]')),
      plan_ids: [Number(field(body, 'workout[plan_ids][]'))],
      workout_type_id: Number(field(body, 'workout[workout_type_id]')),
    })
  const byId = (id: string | undefined) => workouts.find((workout) => String(workout.id) === id)
  const planById = (id: string | undefined) => plans.find((plan) => String(plan.id) === id && !plan.deleted)
  const handlers = handlersOf(
    [
      ['GET', `${v1}/user`, () => json({ id: 60462, height: '1.7', weight: '60' })],
      ['DELETE', `${v1}/permissions`, () => nothing()],
      [
        'GET',
        `${v1}/workouts`,
        ({ url }) => {
          const page = Number(url.searchParams.get('page'))
          const sorted = workouts.toSorted((a, b) => b.starts.localeCompare(a.starts))
          return json({
            workouts: sorted.slice((page - 1) * 100, page * 100),
            total: workouts.length,
            page,
            per_page: 100,
            order: 'descending',
            sort: 'starts',
          })
        },
      ],
      ['GET', `${v1}/workouts/:id`, ({ params }) => (byId(params.id) ? json(byId(params.id)) : json({ error: 'none' }, 404))],
      [
        'POST',
        `${v1}/workouts`,
        ({ body }) => {
          const made = fill({ id: next++, starts: '', workout_token: null, workout_summary: null }, body)
          workouts.push(made)
          return json(made, 201)
        },
      ],
      [
        'PUT',
        `${v1}/workouts/:id`,
        ({ params, body }) => (byId(params.id) ? json(fill(byId(params.id)!, body)) : json({ error: 'none' }, 404)),
      ],
      [
        'DELETE',
        `${v1}/workouts/:id`,
        ({ params }) => {
          const workout = byId(params.id)
          if (!workout) return json({ error: 'none' }, 404)
          workouts.splice(workouts.indexOf(workout), 1)
          return nothing()
        },
      ],
      ['GET', `${v1}/plans`, ({ url }) => json(plans.filter(({ external_id }) => external_id === url.searchParams.get('external_id')))],
      [
        'POST',
        `${v1}/plans`,
        ({ body }) => {
          const problem = planProblem(body)
          if (problem) return problem
          const external_id = field(body, 'plan[external_id]')!
          if (plans.some((plan) => plan.external_id === external_id && !plan.deleted))
            return json({ errors: { external_id: ['already exists'] } }, 422)
          const made = { id: next++, external_id, file: field(body, 'plan[file]')!, deleted: false }
          plans.push(made)
          return json(made, 201)
        },
      ],
      [
        'PUT',
        `${v1}/plans/:id`,
        ({ params, body }) => {
          const plan = planById(params.id)
          return plan ? (planProblem(body) ?? json(Object.assign(plan, { file: field(body, 'plan[file]') }))) : json({ error: 'none' }, 404)
        },
      ],
      [
        'DELETE',
        `${v1}/plans/:id`,
        ({ params }) => {
          const plan = planById(params.id)
          if (!plan) return json({ error: 'none' }, 404)
          plan.deleted = true
          return nothing()
        },
      ],
      ['GET', 'https://cdn.wahooligan.com/*', () => new Response(fitBytes)],
      [
        'POST',
        'https://api.wahooligan.com/oauth/token',
        ({ body }) => {
          if (field(body, 'refresh_token') === 'capped') {
            return json(
              {
                error:
                  'Too many unrevoked access tokens exist for this app and user. You can only create a new token if you revoke an old one first.',
              },
              400,
            )
          }
          return json({
            access_token: 'a2',
            token_type: 'Bearer',
            expires_in: 7200,
            refresh_token: 'r2',
            scope: 'user_read workouts_read offline_data',
            created_at: 1,
          })
        },
      ],
    ],
    faults,
    seen,
  )
  const ours = () => workouts.filter(({ workout_token }) => workout_token?.startsWith('stridelift-'))
  return {
    handlers,
    faults,
    seen,
    plans,
    workouts,
    entries: () =>
      ours().map((workout) => ({
        marker: workout.workout_token,
        localDate: workout.starts.slice(0, 10),
        text: JSON.stringify([workout.name, plans.find(({ id }) => id === workout.plan_id)?.file]),
      })),
    foreign: () => workouts.length - ours().length,
  }
}
