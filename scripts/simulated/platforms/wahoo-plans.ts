/** Plans and dated workouts of the pretend Wahoo. */
import { z } from 'zod'
import { type Day, instantOf, localIn } from '../../../src/core/days.ts'
import { formOf, isForm, type Kit, sortedByDate, unknownNames } from '../kit.ts'
import type { Answer, CalendarEntry, CalendarStep, Exchange, Route } from '../types.ts'
import { problem } from './wahoo-caller.ts'

const Target = z.strictObject({
  type: z.enum(['rpe', 'watts', 'hr', 'speed', 'rpm', 'ftp', 'threshold_hr', 'max_hr']),
  low: z.number().nonnegative(),
  high: z.number().nonnegative(),
})
const Timed = z.strictObject({
  name: z.string().min(1),
  exit_trigger_type: z.enum(['time', 'distance', 'kj']),
  exit_trigger_value: z.number().positive(),
  intensity_type: z.enum(['wu', 'active', 'tempo', 'lt', 'map', 'ac', 'nm', 'ftp', 'cd', 'recover', 'rest']),
  targets: z.array(Target).min(1),
})
const Repeated = z.strictObject({
  name: z.string().optional(),
  exit_trigger_type: z.literal('repeat'),
  exit_trigger_value: z.number().int().positive(),
  intervals: z.array(Timed).min(1),
})
const PlanFile = z.strictObject({
  header: z.strictObject({
    name: z.string().min(1),
    description: z.string(),
    version: z.literal('1.0.0'),
    workout_type_family: z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(6), z.literal(9)]),
    workout_type_location: z.union([z.literal(0), z.literal(1)]),
    duration_s: z.number().positive(),
  }),
  intervals: z.array(z.union([Timed, Repeated])).min(1),
})
type PlanFile = z.infer<typeof PlanFile>
type Plan = { id: number; runner: number; externalId: string; updatedAt: string; deleted: boolean; file: PlanFile; ours: boolean }
type Planned = {
  id: number
  runner: number
  name: string
  starts: string
  minutes: number
  typeId: number
  token: string
  planIds: number[]
  createdAt: string
  updatedAt: string
  ours: boolean
}
type As = (scope: string | null, work: (exchange: Exchange, runner: number) => Answer) => (exchange: Exchange) => Answer

const planFields = ['plan[file]', 'plan[filename]', 'plan[external_id]', 'plan[provider_updated_at]']
const workoutFields = [
  'workout[name]',
  'workout[workout_type_id]',
  'workout[starts]',
  'workout[minutes]',
  'workout[workout_token]',
  'workout[plan_id]',
  'workout[plan_ids][]',
]
const utc = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/

/** Reads `data:application/json;base64,…`; a string is what the platform complains about. */
function planFileOf(value: string | null): PlanFile | string {
  const match = /^data:application\/json;base64,([A-Za-z0-9+/]+={0,2})$/.exec(value ?? '')
  let json: unknown
  try {
    json = match ? JSON.parse(Buffer.from(match[1]!, 'base64').toString('utf8')) : undefined
  } catch {
    json = undefined
  }
  if (json === undefined) return 'Could not serialize plan for validation. unexpected character'
  const parsed = PlanFile.safeParse(json)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]!
  if (issue.code === 'unrecognized_keys') return `field '${issue.keys[0]}' is not an allowed field`
  return `${issue.path.join('.')}: ${issue.message}`
}

const secondsOf = (file: PlanFile): number =>
  file.intervals.reduce((total, interval) => {
    if (interval.exit_trigger_type === 'time') return total + interval.exit_trigger_value
    if (interval.exit_trigger_type !== 'repeat') return total
    const round = interval.intervals.reduce((sum, child) => sum + (child.exit_trigger_type === 'time' ? child.exit_trigger_value : 0), 0)
    return total + round * (interval.exit_trigger_value + 1)
  }, 0)

function stepsOf(file: PlanFile): CalendarStep[] {
  const step = (interval: z.infer<typeof Timed>): CalendarStep => {
    const amount = interval.exit_trigger_value
    if (interval.exit_trigger_type !== 'time') return { text: interval.name }
    return interval.intensity_type === 'rest' ? { text: interval.name, restSeconds: amount } : { text: interval.name, seconds: amount }
  }
  return file.intervals.flatMap((interval) => {
    if (interval.exit_trigger_type !== 'repeat') return [step(interval)]
    return Array.from({ length: interval.exit_trigger_value + 1 }, () => interval.intervals.map(step)).flat()
  })
}

export function wahooPlans(kit: Kit, as: As) {
  const plans: Plan[] = []
  const workouts: Planned[] = []
  for (let runner = 1; runner <= kit.options.runners; runner++) {
    const at = kit.now().toISOString()
    workouts.push({
      id: kit.number(570_000),
      runner,
      name: 'Group ride',
      starts: instantOf(kit.dayFromToday(2), '18:00', kit.options.timeZone).toISOString(),
      minutes: 75,
      typeId: 0,
      token: 'club-ride-12',
      planIds: [],
      createdAt: at,
      updatedAt: at,
      ours: false,
    })
  }

  const refuse = (exchange: Exchange, field: string, text: string): Answer => {
    kit.violate(exchange, `${field} ${text}`)
    return problem(422, { [field]: [text] })
  }
  const shownPlan = (plan: Plan) => ({
    id: plan.id,
    user_id: Number(kit.options.runnerId(plan.runner)),
    name: plan.file.header.name,
    description: plan.file.header.description,
    external_id: plan.externalId,
    provider_updated_at: plan.updatedAt,
    deleted: plan.deleted,
    workout_type_family_id: plan.file.header.workout_type_family,
    workout_type_location_id: plan.file.header.workout_type_location,
    file: { url: `https://cdn.wahooligan.com/wahoo-cloud/production/uploads/plan/file/${plan.id}/plan.json` },
  })
  const shownWorkout = (workout: Planned): Record<string, unknown> => ({
    id: workout.id,
    starts: workout.starts,
    minutes: Math.round(workout.minutes),
    name: workout.name,
    plan_id: workout.planIds[0] ?? null,
    plan_ids: workout.planIds,
    route_id: null,
    workout_token: workout.token,
    workout_type_id: workout.typeId,
    workout_summary: null,
    created_at: workout.createdAt,
    updated_at: workout.updatedAt,
  })

  /** The fields of a plan form, or the refusal. */
  function readPlan(exchange: Exchange, whole: boolean): { file?: PlanFile; externalId?: string; updatedAt?: string } | Answer {
    if (!isForm(exchange)) return refuse(exchange, 'body', 'must be a form')
    const form = formOf(exchange)
    const unknown = unknownNames(form, planFields)
    if (unknown.length > 0) return refuse(exchange, unknown[0]!, 'is not an allowed field')
    if (whole) for (const name of planFields) if (!form.get(name)) return refuse(exchange, name, "can't be blank")
    const updatedAt = form.get('plan[provider_updated_at]')
    if (updatedAt !== null && !utc.test(updatedAt)) return refuse(exchange, 'provider_updated_at', 'is invalid')
    const file = form.has('plan[file]') ? planFileOf(form.get('plan[file]')) : undefined
    if (typeof file === 'string') return refuse(exchange, 'file', file)
    if (file && Math.abs(secondsOf(file) - file.header.duration_s) > 1)
      return refuse(exchange, 'duration_s', 'is not the sum of the intervals')
    return {
      ...(file ? { file } : {}),
      ...(form.get('plan[external_id]') ? { externalId: form.get('plan[external_id]')! } : {}),
      ...(updatedAt === null ? {} : { updatedAt: `${updatedAt.slice(0, 19)}.000Z` }),
    }
  }

  const ownPlan = (exchange: Exchange, runner: number) =>
    plans.find((plan) => plan.runner === runner && String(plan.id) === exchange.params.id) ?? null
  const ownWorkout = (exchange: Exchange, runner: number) =>
    workouts.find((workout) => workout.runner === runner && String(workout.id) === exchange.params.id) ?? null

  const createPlan = as('plans_write', (exchange, runner) => {
    const given = readPlan(exchange, true)
    if ('status' in given) return given
    const { file, externalId, updatedAt } = given
    if (plans.some((plan) => plan.runner === runner && !plan.deleted && plan.externalId === externalId))
      return problem(422, { external_id: ['A plan with this external_id already exists'] })
    const plan: Plan = {
      id: kit.number(35_600),
      runner,
      externalId: externalId!,
      updatedAt: updatedAt!,
      deleted: false,
      file: file!,
      ours: true,
    }
    plans.push(plan)
    return { status: 201, body: shownPlan(plan) }
  })

  const changePlan = as('plans_write', (exchange, runner) => {
    const plan = ownPlan(exchange, runner)
    if (!plan || plan.deleted) return problem(404)
    const given = readPlan(exchange, false)
    if ('status' in given) return given
    Object.assign(plan, given)
    return { status: 200, body: shownPlan(plan) }
  })

  /** The fields of a workout form, or the refusal. */
  function readWorkout(exchange: Exchange, runner: number, whole: boolean): Partial<Planned> | Answer {
    if (!isForm(exchange)) return refuse(exchange, 'body', 'must be a form')
    const form = formOf(exchange)
    const unknown = unknownNames(form, workoutFields)
    if (unknown.length > 0) return refuse(exchange, unknown[0]!, 'is not an allowed field')
    if (whole) for (const name of workoutFields.slice(0, 5)) if (!form.get(name)) return refuse(exchange, name, "can't be blank")
    const [starts, minutes, type] = [form.get('workout[starts]'), form.get('workout[minutes]'), form.get('workout[workout_type_id]')]
    if (starts !== null && (!utc.test(starts) || Number.isNaN(Date.parse(starts)))) return refuse(exchange, 'starts', 'is invalid')
    if (minutes !== null && !(Number(minutes) > 0)) return refuse(exchange, 'minutes', 'is invalid')
    if (type !== null && type !== '42') return refuse(exchange, 'workout_type_id', 'is not the type of a gym workout')
    const planIds = [...new Set([form.get('workout[plan_id]'), ...form.getAll('workout[plan_ids][]')].filter((id) => id !== null))].map(
      Number,
    )
    for (const id of planIds)
      if (!plans.some((plan) => plan.id === id && plan.runner === runner && !plan.deleted)) return refuse(exchange, 'plan_id', 'must exist')
    const name = form.get('workout[name]')
    const token = form.get('workout[workout_token]')
    return {
      ...(name ? { name } : {}),
      ...(starts ? { starts: new Date(starts).toISOString() } : {}),
      ...(minutes ? { minutes: Number(minutes) } : {}),
      ...(type ? { typeId: Number(type) } : {}),
      ...(token ? { token } : {}),
      ...(planIds.length > 0 ? { planIds } : {}),
    }
  }

  const createWorkout = as('workouts_write', (exchange, runner) => {
    const given = readWorkout(exchange, runner, true)
    if ('status' in given) return given
    const at = kit.now().toISOString()
    const { name = '', starts = at, minutes = 0, typeId = 42, token = '', planIds = [] } = given as Partial<Planned>
    const workout: Planned = {
      id: kit.number(571_200),
      runner,
      name,
      starts,
      minutes,
      typeId,
      token,
      planIds,
      createdAt: at,
      updatedAt: at,
      ours: true,
    }
    workouts.push(workout)
    return { status: 201, body: shownWorkout(workout) }
  })

  const changeWorkout = as('workouts_write', (exchange, runner) => {
    const workout = ownWorkout(exchange, runner)
    if (!workout) return problem(404)
    if (!workout.ours) {
      kit.violate(exchange, 'this entry belongs to somebody else')
      return problem(403, 'Forbidden')
    }
    const given = readWorkout(exchange, runner, false)
    if ('status' in given) return given
    Object.assign(workout, given, { updatedAt: kit.now().toISOString() })
    return { status: 200, body: shownWorkout(workout) }
  })

  const removeWorkout = as('workouts_write', (exchange, runner) => {
    const workout = ownWorkout(exchange, runner)
    if (!workout) return problem(404)
    if (!workout.ours) {
      kit.violate(exchange, 'this entry belongs to somebody else')
      return problem(403, 'Forbidden')
    }
    workouts.splice(workouts.indexOf(workout), 1)
    return { status: 204 }
  })

  const routes: Route[] = [
    { method: 'POST', path: '/v1/plans', handle: createPlan },
    {
      method: 'GET',
      path: '/v1/plans',
      handle: as('plans_read', (exchange, runner) => {
        if (unknownNames(exchange.query, ['external_id']).length > 0) return refuse(exchange, 'query', 'may only hold external_id')
        const wanted = exchange.query.get('external_id')
        const found = plans.filter((plan) => plan.runner === runner && !plan.deleted && (wanted === null || plan.externalId === wanted))
        return { status: 200, body: found.map(shownPlan) }
      }),
    },
    {
      method: 'GET',
      path: '/v1/plans/:id',
      handle: as('plans_read', (exchange, runner) => {
        const plan = ownPlan(exchange, runner)
        return plan ? { status: 200, body: shownPlan(plan) } : problem(404)
      }),
    },
    { method: 'PUT', path: '/v1/plans/:id', handle: changePlan },
    {
      method: 'DELETE',
      path: '/v1/plans/:id',
      handle: as('plans_write', (exchange, runner) => {
        const plan = ownPlan(exchange, runner)
        if (!plan || plan.deleted) return problem(404)
        plan.deleted = true
        return { status: 204 }
      }),
    },
    { method: 'POST', path: '/v1/workouts', handle: createWorkout },
    { method: 'PUT', path: '/v1/workouts/:id', handle: changeWorkout },
    { method: 'DELETE', path: '/v1/workouts/:id', handle: removeWorkout },
    {
      method: 'GET',
      path: '/v1/workouts/:id/plans',
      handle: as('plans_read', (exchange, runner) => {
        const workout = ownWorkout(exchange, runner)
        if (!workout) return problem(404)
        return { status: 200, body: plans.filter((plan) => workout.planIds.includes(plan.id) && !plan.deleted).map(shownPlan) }
      }),
    },
  ]

  function entry(workout: Planned): CalendarEntry {
    const { localDate, localTime } = localIn(new Date(workout.starts), kit.options.timeZone)
    const plan = plans.find((one) => workout.planIds.includes(one.id) && !one.deleted)
    const [first, last] = [kit.today(), kit.dayFromToday(6)]
    return {
      id: String(workout.id),
      runner: workout.runner,
      localDate,
      localTime,
      name: workout.name,
      notes: plan?.file.header.description ?? '',
      steps: plan ? stepsOf(plan.file) : [],
      ours: workout.ours,
      externalId: workout.token,
      shown: localDate >= first && localDate <= last && (plan !== undefined || !workout.ours),
    }
  }
  const byId = (id: string) => {
    const workout = workouts.find((one) => String(one.id) === id)
    if (!workout) throw new Error(`the simulated calendar has no entry ${id}`)
    return workout
  }
  return {
    routes,
    planned: (runner: number) => workouts.filter((workout) => workout.runner === runner).map(shownWorkout),
    planOfEntry: (id: string): number | null => workouts.find((one) => String(one.id) === id)?.planIds[0] ?? null,
    leftovers: (runner: number) =>
      plans
        .filter((plan) => plan.runner === runner && !plan.deleted && !workouts.some((workout) => workout.planIds.includes(plan.id)))
        .map((plan) => ({ id: String(plan.id), name: plan.file.header.name })),
    entries: (runner: number) => sortedByDate(workouts.filter((workout) => workout.runner === runner).map(entry)),
    removeByRunner(id: string): void {
      workouts.splice(workouts.indexOf(byId(id)), 1)
    },
    moveByRunner(id: string, localDate: Day): void {
      const workout = byId(id)
      const { localTime } = localIn(new Date(workout.starts), kit.options.timeZone)
      workout.starts = instantOf(localDate, localTime, kit.options.timeZone).toISOString()
      workout.updatedAt = kit.now().toISOString()
    },
  }
}
