import { z } from 'zod'
import { addDays, type Day, dayNumber, isTimeZone, localIn, minutesOf, weekdays } from '../../core/days.ts'
import { zoneOn } from '../../core/plan/forecast.ts'
import type { KnownSession, PastRun, Situation } from '../../core/plan/situation.ts'
import { defaultRunner, injuryAreas, type Runner, type Window } from '../../core/runner.ts'
import { findExercise } from '../../core/strength/exercises.ts'

/** `is missing` or the sentence itself: one error function for every field. */
function says(sentence: string): { error: (issue: { input?: unknown }) => string } {
  return { error: ({ input }) => (input === undefined ? `is missing: it ${sentence}` : sentence) }
}

function holds(check: (text: string) => unknown): (text: string) => boolean {
  return (text) => {
    try {
      return check(text) !== false
    } catch {
      return false
    }
  }
}

/** `YYYY-MM-DD`, within the centuries in which people are that run with a watch. */
export const DayText = z.string(says('must be a calendar day such as 2026-09-08')).refine(
  holds((day) => Number.isFinite(dayNumber(day)) && day >= '1900' && day < '2200'),
  'must be a calendar day such as 2026-09-08',
)
/** `HH:MM`, seconds are dropped. */
export const TimeText = z
  .string(says('must be a clock time such as 06:45'))
  .refine(holds(minutesOf), 'must be a clock time such as 06:45')
  .transform((time) => time.slice(0, 5))
const zoneNames = new Map(Intl.supportedValuesOf('timeZone').map((name) => [name.toLowerCase(), name]))

/** An IANA name, in its own spelling: calendar programs take no other. */
export const ZoneText = z
  .string(says('must be a time zone such as Europe/Lisbon'))
  .refine((name) => isTimeZone(name) && /^[a-z]/i.test(name), 'must be a time zone such as Europe/Lisbon')
  .transform((name) => zoneNames.get(name.toLowerCase()) ?? name)

function number(from: number, to: number, unit = ''): z.ZodNumber {
  const sentence = `must be a number from ${from} to ${to}${unit}`
  return z.number(says(sentence)).min(from, sentence).max(to, sentence)
}

function integer(from: number, to: number): z.ZodNumber {
  const sentence = `must be a whole number from ${from} to ${to}`
  return z.number(says(sentence)).int(sentence).min(from, sentence).max(to, sentence)
}

function oneOf<const T extends readonly [string, ...string[]]>(values: T) {
  return z.enum(values, says(`must be one of ${values.join(', ')}`))
}

function listOf<T extends z.ZodType>(item: T, what: string, most: number) {
  return z.array(item, says(`must be a list of ${what}`)).max(most, `must hold at most ${most} ${what}`)
}

/** A figure and where it is from; a bare number is the runner's own word. */
function figure(from: number, to: number, unit: string) {
  const value = number(from, to, unit)
  return z
    .union([value, z.object({ value, from: orElse(oneOf(['runner', 'learnt', 'age']), 'runner') })], {
      error: `must be a number from ${from} to ${to}${unit}, or {"value", "from"}`,
    })
    .transform((given) => (typeof given === 'number' ? { value: given, from: 'runner' as const } : given))
}

/** A field that may be left out or null. */
function orElse<T extends z.ZodType, D extends z.output<T>>(schema: T, otherwise: D) {
  return schema.nullish().transform((given) => given ?? otherwise)
}

const equipment = oneOf(['none', 'bands', 'dumbbells', 'gym'])
const demand = oneOf(['low', 'moderate', 'high'])

const DayWindow = z.object(
  { minutes: number(0, 300), localTime: TimeText.nullish(), equipment: equipment.nullish() },
  says('must be a window such as {"minutes": 45, "localTime": "06:45"} or a list of them'),
)
const windowsOfDay = z.preprocess(
  (given) => given,
  z.union([DayWindow, z.array(DayWindow).max(6)], { error: 'must be a window such as {"minutes": 45} or a list of them' }),
)

const Availability = z
  .record(z.string(), z.unknown(), says('must name weekdays, such as {"monday": {"minutes": 45}}'))
  .transform((given, context) => {
    const days: Partial<Record<(typeof weekdays)[number], Window | Window[]>> = {}
    for (const weekday of weekdays) {
      if (given[weekday] === undefined || given[weekday] === null) continue
      const windows = (Array.isArray(given[weekday]) ? z.array(DayWindow) : windowsOfDay).safeParse(given[weekday])
      if (windows.success) days[weekday] = windows.data as Window | Window[]
      else
        for (const issue of windows.error.issues)
          context.addIssue({ code: 'custom', message: issue.message, path: [weekday, ...issue.path] })
    }
    return days
  })

const RaceText = z.object({
  localDate: DayText,
  localTime: TimeText.nullish(),
  distanceMeters: number(400, 1_000_000, ' metres'),
  expectedMinutes: number(1, 15_000, ' minutes').nullish(),
  priority: orElse(oneOf(['A', 'B', 'C']), 'A'),
  timeZone: ZoneText.nullish(),
})

const PlannedRunText = z.object({
  localDate: DayText,
  localTime: TimeText.nullish(),
  minutes: number(1, 3000, ' minutes').nullish(),
  effort: oneOf(['easy', 'hard']).nullish(),
  demand: demand.nullish(),
  timeZone: ZoneText.nullish(),
})

const InjuryText = z.object({
  area: oneOf([...injuryAreas] as [string, ...string[]]),
  painAtRest: number(0, 10).nullish(),
  painDuring: number(0, 10).nullish(),
  nightPain: z.boolean('must be true or false').nullish(),
})

const ClearedText = z.object({ area: oneOf([...injuryAreas] as [string, ...string[]]), localDate: DayText })

const inOrder = { error: 'must not end before it begins', path: ['to'] }
const Away = z
  .object({ from: DayText, to: DayText, equipment: equipment.nullish(), timeZone: ZoneText.nullish() })
  .refine(({ from, to }) => from <= to, inOrder)
const Pause = z
  .object({ from: DayText, to: DayText, why: orElse(oneOf(['ill', 'paused']), 'paused') })
  .refine(({ from, to }) => from <= to, inOrder)
const Sleep = z
  .object({ from: TimeText, to: TimeText })
  .refine(({ from, to }) => from !== to, { error: 'must end at another time than it begins', path: ['to'] })

/** The runner's fields as the API and the plan command take them, each optional; unknown ones are dropped. */
export const RunnerFields = z.object({
  timeZone: ZoneText,
  units: oneOf(['metric', 'imperial']),
  birthYear: integer(1900, 2100).nullable(),
  sex: oneOf(['female', 'male']).nullable(),
  maxHeartRate: figure(80, 250, ' bpm').nullable(),
  restingHeartRate: figure(20, 120, ' bpm').nullable(),
  thresholdHeartRate: figure(60, 240, ' bpm').nullable(),
  thresholdPaceSecondsPerKm: figure(100, 1200, ' s/km').nullable(),
  sessionsPerWeek: integer(0, 3),
  availability: Availability,
  placement: oneOf(['easyDays', 'hardDays', 'micro']),
  equipment,
  experience: oneOf(['novice', 'intermediate', 'advanced']),
  goal: z.object(
    {
      distance: orElse(oneOf(['5k', '10k', 'half', 'marathon', 'ultra', 'general']), 'general'),
      terrain: orElse(oneOf(['flat', 'hilly', 'trail']), 'flat'),
    },
    says('must be {"distance", "terrain"}'),
  ),
  races: listOf(RaceText, 'races', 500),
  plannedRuns: listOf(PlannedRunText, 'planned runs', 2000),
  injuries: listOf(InjuryText, 'injuries', 13),
  clearedInjuries: listOf(ClearedText, 'cleared injuries', 100),
  lightWeek: DayText.nullable(),
  restDayGuard: z.boolean('must be true or false'),
  sleep: Sleep,
  awayFrom: listOf(Away, 'journeys', 500),
  pauses: listOf(Pause, 'pauses', 500),
  dislikes: listOf(z.string('must be the id of an exercise'), 'exercises', 200),
  ignoreHeartRate: z.boolean('must be true or false'),
})

/** What `PATCH /api/v1/runner` takes: any of the fields. */
export const RunnerPatch = RunnerFields.partial()
export type RunnerPatch = z.infer<typeof RunnerPatch>

/** A patch laid over a runner. A figure, birth year or sex may be taken back with `null`. */
export function withPatch(runner: Runner, patch: RunnerPatch): Runner {
  const given = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined))
  return { ...runner, ...given } as Runner
}

/** From the lowest to the highest. */
const figureNames = ['restingHeartRate', 'thresholdHeartRate', 'maxHeartRate'] as const

/** Fields of which each makes sense and both together do not. */
export function contradictions(runner: Partial<Pick<Runner, (typeof figureNames)[number] | 'birthYear'>>, today: Day): Problem[] {
  const figures = figureNames.flatMap((name) => {
    const figure = runner[name]
    return figure?.from === 'runner' ? [{ name, value: figure.value }] : []
  })
  const words = { restingHeartRate: 'resting', thresholdHeartRate: 'threshold', maxHeartRate: 'maximum' }
  const problems = figures.flatMap(({ name, value }, i) => {
    const lower = figures[i - 1]
    if (!lower || lower.value < value) return []
    const detail = `must be higher than the ${words[lower.name]} heart rate, which is ${lower.value}`
    return [{ pointer: `/${name}`, detail }]
  })
  const year = Number(today.slice(0, 4))
  return (runner.birthYear ?? 0) > year ? [...problems, { pointer: '/birthYear', detail: `must not lie behind ${year}` }] : problems
}

const RunText = z.object({
  id: z.string().nullish(),
  localDate: DayText,
  localTime: TimeText.nullish(),
  movingSeconds: number(0, 1_000_000, ' seconds').nullish(),
  distanceMeters: number(0, 1_000_000, ' metres').nullish(),
  effort: oneOf(['easy', 'hard', 'unclear']).nullish(),
  pHard: number(0, 1).nullish(),
  demand: demand.nullish(),
  load: number(0, 100_000).nullish(),
  race: z.boolean('must be true or false').nullish(),
  timeZone: ZoneText.nullish(),
})

const DoneExercise = z.object({
  id: z.string(says('must be the id of an exercise')),
  sets: orElse(number(0, 50), 1),
  reps: number(0, 1000).nullish(),
  seconds: number(0, 3600).nullish(),
  weightKg: number(0, 600, ' kg').nullish(),
  part: oneOf(['warmUp', 'main', 'coolDown']).nullish(),
})

const SessionText = z.object({
  id: z.string().nullish(),
  localDate: DayText,
  localTime: TimeText.nullish(),
  timeZone: ZoneText.nullish(),
  minutes: number(1, 300, ' minutes').nullish(),
  kind: oneOf(['foundation', 'hypertrophy', 'maxStrength', 'power', 'maintenance', 'upperCore', 'coreMicro', 'activation', 'mobility']),
  template: z.string().nullish(),
  status: orElse(oneOf(['planned', 'done', 'skipped', 'missed', 'withdrawn']), 'planned'),
  pinned: z.boolean('must be true or false').nullish(),
  published: z.boolean('must be true or false').nullish(),
  rpe: number(0, 10).nullish(),
  feedback: z
    .object({
      rpe: number(0, 10).nullish(),
      completed: oneOf(['done', 'partly']).nullish(),
      pain: z.object({ area: z.string(), level: number(0, 10) }).nullish(),
      soreness: number(0, 10).nullish(),
      technique: z.array(z.object({ exerciseId: z.string(), sign: oneOf(['knee', 'tempo', 'range']) })).nullish(),
      sets: z
        .array(
          z.object({
            exerciseId: z.string(),
            reps: number(0, 1000).nullish(),
            seconds: number(0, 3600).nullish(),
            weightKg: number(0, 600, ' kg').nullish(),
          }),
        )
        .optional(),
    })
    .nullish(),
  exercises: z.array(DoneExercise).nullish(),
})

const SituationText = z
  .object(
    {
      today: DayText,
      now: z.union([TimeText, z.iso.datetime({ offset: true })], says('must be a clock time such as 06:45, or an instant')),
      runner: z.record(z.string(), z.unknown(), says('must be an object with the runner’s fields')).nullish(),
      runs: listOf(RunText, 'runs', 50_000).nullish(),
      sessions: listOf(SessionText, 'sessions', 20_000).nullish(),
      horizonDays: integer(1, 84).nullish(),
    },
    'must be a situation: an object with today, now, runner, runs and sessions',
  )
  .superRefine(({ today, runs, sessions }, context) => {
    if (today === undefined) return
    const late = (sentence: string, path: (string | number)[]) => context.addIssue({ code: 'custom', message: sentence, path })
    runs?.forEach((run, i) => {
      if (run.localDate > addDays(today, 1)) late('lies in the future: give coming runs as runner.plannedRuns', ['runs', i, 'localDate'])
    })
    sessions?.forEach((session, i) => {
      if (session.status === 'done' && session.localDate > addDays(today, 1))
        late('lies in the future and cannot be done', ['sessions', i, 'status'])
    })
    const ids = sessions?.flatMap(({ id }, i) => (id ? [{ id, i }] : [])) ?? []
    const seen = new Set<string>()
    for (const { id, i } of ids) {
      if (seen.has(id)) late('is the id of another session too', ['sessions', i, 'id'])
      seen.add(id)
    }
  })

/** One field that makes no sense: where, as a JSON pointer, and what it must be. */
export type Problem = { pointer: string; detail: string }

function pointerOf(path: readonly PropertyKey[]): string {
  return path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

/** The problems of a refused input, one for each field. */
export function problemsOf(error: z.ZodError, under = ''): Problem[] {
  return error.issues.map((issue) => ({ pointer: `${under}${pointerOf(issue.path)}`, detail: issue.message }))
}

/** Quiet hours of a runner who has not said when they sleep: sessions only end before 21:45. */
const unstatedSleep = { from: '23:45', to: '06:30' }

function withoutNulls(given: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null))
}

/** What the library does not know says nothing to the planner. */
function withKnownExercises<S extends { exercises?: { id: string }[] | null | undefined }>(session: S): S {
  return { ...session, exercises: session.exercises?.filter(({ id }) => findExercise(id)) }
}

/**
 * Reads the input of the plan command: known fields checked, missing ones with the defaults of a runner who has said
 * nothing, unknown ones ignored.
 */
export function readSituation(input: unknown): { situation: Situation } | { problems: Problem[] } {
  const outer = SituationText.safeParse(input)
  const given = typeof input === 'object' && input !== null && 'runner' in input ? input.runner : {}
  const isRecord = typeof given === 'object' && given !== null && !Array.isArray(given)
  const runner = RunnerPatch.safeParse(isRecord ? withoutNulls(given as Record<string, unknown>) : {})
  const problems = [...(outer.success ? [] : problemsOf(outer.error)), ...(runner.success ? [] : problemsOf(runner.error, '/runner'))]
  if (!outer.success || !runner.success) return { problems }
  const { today, now, runs, sessions, horizonDays } = outer.data
  const profile = withPatch({ ...defaultRunner, sleep: unstatedSleep }, runner.data)
  const opposed = contradictions(profile, today).map(({ pointer, detail }) => ({ pointer: `/runner${pointer}`, detail }))
  if (opposed.length > 0) return { problems: opposed }
  return {
    situation: {
      today,
      now: now.length > 5 ? localIn(new Date(now), zoneOn(profile, today)).localTime : now,
      horizonDays: horizonDays ?? 14,
      runner: profile,
      runs: (runs ?? []) as PastRun[],
      sessions: (sessions ?? []).map(withKnownExercises) as KnownSession[],
    },
  }
}
