/** The training schedule of the pretend COROS: one push replaces what it sent before in its window. */
import { z } from 'zod'
import { addDays, type Day, dayNumber } from '../../../src/core/days.ts'
import { formOf, isForm, type Kit, sortedByDate, unknownNames } from '../kit.ts'
import type { Token } from '../oauth.ts'
import type { Answer, CalendarEntry, CalendarStep, Exchange, Route } from '../types.ts'

type Tools = {
  caller: (fields: URLSearchParams) => Token | Answer
  isAnswer: (value: Token | Answer) => value is Answer
  refuse: (exchange: Exchange, text: string) => Answer
  ok: (data?: unknown) => Answer
  result: (code: string, message: string, data?: unknown) => Answer
}

const id = z.number().int().positive().max(2_147_483_647)
const day = z.string().refine((value) => {
  try {
    dayNumber(value)
    return true
  } catch {
    return false
  }
}, 'must be YYYY-MM-DD')
const Step = z.strictObject({
  Type: z.literal('Step'),
  IntensityClass: z.enum(['WarmUp', 'CoolDown', 'Active', 'Rest']),
  Name: z.string().min(1),
  Description: z.string(),
  Ftp: z.number().nonnegative(),
  ThresholdHr: z.number().nonnegative(),
  ThresholdSpeed: z.number().nonnegative(),
  Length: z.strictObject({ Unit: z.enum(['Reps', 'Second']), Value: z.number().int().positive() }),
  Rest: z.strictObject({ Unit: z.literal('Second'), Value: z.number().int().positive() }).optional(),
  IntensityTarget: z.union([
    z.strictObject({ Unit: z.literal('ValueOfEquipmentWeight'), Value: z.number().nonnegative() }),
    z.array(z.never()).length(0),
  ]),
})
const Workout = z.strictObject({
  Id: id,
  Title: z.string().min(1).max(60),
  Description: z.string().max(200),
  LastModifiedDate: z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,3})?$/, 'must be a time without a zone'),
  WorkoutDay: day,
  WorkoutType: z.literal('strength'),
  StartTime: z
    .string()
    .regex(/^\d{2}:\d{2}(:\d{2})?$/)
    .optional(),
  TotalTime: z.number().int().positive().optional(),
  Structure: z.array(Step).min(1),
})
const Push = z.strictObject({ AthleteId: id, StartDate: day, EndDate: day, Workouts: z.array(Workout).min(1).max(30) })
type Workout = z.infer<typeof Workout>
type Kept = { entry: string; runner: number; ours: boolean; workout: Workout }

const asNumber = (value: Day) => Number(value.replaceAll('-', ''))

export function corosSchedule(kit: Kit, tools: Tools) {
  const { caller, isAnswer, refuse, ok, result } = tools
  const kept: Kept[] = []
  const athletes = new Map<number, number>()
  for (let runner = 1; runner <= kit.options.runners; runner++) {
    const workout: Workout = {
      Id: 1,
      Title: 'Coach: 8 x 400 m',
      Description: '',
      LastModifiedDate: kit.now().toISOString().slice(0, 19),
      WorkoutDay: kit.dayFromToday(2),
      WorkoutType: 'strength',
      Structure: [],
    }
    kept.push({ entry: String(kit.number(443_847_000)), runner, ours: false, workout })
  }

  /** What the schema cannot say. */
  function faultIn(data: z.infer<typeof Push>, runner: number): string | null {
    const days = data.Workouts.map((workout) => workout.WorkoutDay).sort()
    if (data.StartDate > days[0]! || data.EndDate < days.at(-1)!) return 'StartDate and EndDate must hold every WorkoutDay'
    if (days[0]! < kit.today() || days.at(-1)! > addDays(kit.today(), 365)) return 'WorkoutDay must be from today to 365 days on'
    if (new Set(data.Workouts.map((workout) => workout.Id)).size !== data.Workouts.length) return 'an Id stands twice'
    const athlete = athletes.get(runner)
    if (athlete !== undefined && athlete !== data.AthleteId) return 'AthleteId has changed for this runner'
    return null
  }

  const push = (exchange: Exchange): Answer => {
    const form = formOf(exchange)
    const token = caller(form)
    if (isAnswer(token)) return token
    if (kit.variants.has('noTrainingPlan')) return result('30009', 'feature not enabled')
    if (!isForm(exchange) || unknownNames(form, ['token', 'openId', 'data']).length > 0)
      return refuse(exchange, 'the form holds token, openId and data')
    const { runner } = token.grant
    let json: unknown
    try {
      json = JSON.parse(form.get('data') ?? '')
    } catch {
      return refuse(exchange, 'data is not JSON')
    }
    const parsed = Push.safeParse(json)
    if (!parsed.success) return refuse(exchange, `${parsed.error.issues[0]!.path.join('.')}: ${parsed.error.issues[0]!.message}`)
    const { data } = parsed
    const wrong = faultIn(data, runner)
    if (wrong) return refuse(exchange, wrong)
    athletes.set(runner, data.AthleteId)
    const sent = new Set(data.Workouts.map((workout) => workout.Id))
    const inWindow = (one: Kept) => one.workout.WorkoutDay >= data.StartDate && one.workout.WorkoutDay <= data.EndDate
    const gone = kept.filter((one) => one.ours && one.runner === runner && inWindow(one) && !sent.has(one.workout.Id))
    for (const one of gone) kept.splice(kept.indexOf(one), 1)
    for (const workout of data.Workouts) {
      const existing = kept.find((one) => one.ours && one.runner === runner && one.workout.Id === workout.Id)
      if (!existing) kept.push({ entry: String(kit.number(443_847_000)), runner, ours: true, workout })
      else if (workout.LastModifiedDate >= existing.workout.LastModifiedDate) existing.workout = workout
    }
    const deletedIds = gone.map((one) => one.workout.Id)
    return ok({ startDate: asNumber(data.StartDate), endDate: asNumber(data.EndDate), deletedIds })
  }

  const remove = (exchange: Exchange): Answer => {
    const form = formOf(exchange)
    const token = caller(form)
    if (isAnswer(token)) return token
    if (kit.variants.has('noTrainingPlan')) return result('30009', 'feature not enabled')
    const given = /^\[\d+(,\s*\d+)*\]$/.exec(form.get('workoutIds') ?? '')
    if (!given || unknownNames(form, ['token', 'openId', 'workoutIds']).length > 0)
      return refuse(exchange, 'workoutIds must look like [1,2]')
    const ids = JSON.parse(given[0]) as number[]
    const done = new Set(kit.activities.map((activity) => activity.entryId))
    const found = (wanted: number) =>
      kept.find(
        (one) =>
          one.ours &&
          one.runner === token.grant.runner &&
          one.workout.Id === wanted &&
          one.workout.WorkoutDay >= kit.today() &&
          !done.has(one.entry),
      )
    const [success, fail]: [number[], number[]] = [[], []]
    for (const wanted of ids) {
      const one = found(wanted)
      if (one) kept.splice(kept.indexOf(one), 1)
      const list = one ? success : fail
      list.push(wanted)
    }
    return ok({ successIdList: success, failIdList: fail })
  }

  const step = (one: z.infer<typeof Step>): CalendarStep => {
    const weight = Array.isArray(one.IntensityTarget) ? undefined : one.IntensityTarget.Value
    const amount = one.Length.Unit === 'Reps' ? `${one.Length.Value} x` : `${one.Length.Value} s`
    return {
      text: `${one.Name} ${amount}${weight ? ` ${weight} kg` : ''}${one.Description ? ` (${one.Description})` : ''}`,
      ...(one.Length.Unit === 'Reps' ? { reps: one.Length.Value } : { seconds: one.Length.Value }),
      ...(weight ? { weightKg: weight } : {}),
      ...(one.Rest ? { restSeconds: one.Rest.Value } : {}),
    }
  }
  const entry = ({ entry: entryId, runner, ours, workout }: Kept): CalendarEntry => ({
    id: entryId,
    runner,
    localDate: workout.WorkoutDay,
    localTime: workout.StartTime?.slice(0, 5) ?? null,
    name: workout.Title,
    notes: workout.Description,
    steps: workout.Structure.map(step),
    ours,
    externalId: ours ? String(workout.Id) : null,
    shown: true,
  })
  const byId = (entryId: string) => {
    const one = kept.find((other) => other.entry === entryId)
    if (!one) throw new Error(`the simulated calendar has no entry ${entryId}`)
    return one
  }
  const routes: Route[] = [
    { method: 'POST', path: '/coros/tp/list/push', handle: push },
    { method: 'POST', path: '/coros/tp/workout/deleteById', handle: remove },
  ]
  return {
    routes,
    /** COROS's own number of a scheduled workout, which activities carry. */
    planWorkoutId: (entryId: string) => `443847671${entryId}`,
    entries: (runner: number) => sortedByDate(kept.filter((one) => one.runner === runner).map(entry)),
    removeByRunner(entryId: string): void {
      kept.splice(kept.indexOf(byId(entryId)), 1)
    },
    moveByRunner(entryId: string, localDate: Day): void {
      const one = byId(entryId)
      one.workout = { ...one.workout, WorkoutDay: localDate }
    },
  }
}
