import { createRoute, z } from '@hono/zod-openapi'
import type { Day } from '../../core/days.ts'
import { initialState } from '../../core/effort/state.ts'
import { thresholdsOn } from '../../core/effort/thresholds.ts'
import type { Threshold } from '../../core/effort/types.ts'
import { defaultRunner, type Figure, type Runner } from '../../core/runner.ts'
import { feedToken, newestThresholds, profileOf, type RunnerRow, runnerRow } from '../../db/runners.ts'
import type { Deps } from '../../deps.ts'
import { NotFoundError, RequestRefused } from '../../errors.ts'
import { effortProfileOf } from '../../jobs/assess.ts'
import { changeProfile, eraseEverything, type ProfileChange, renewFeed } from '../../jobs/change-runner.ts'
import { localNow } from '../../jobs/plan.ts'
import { settled } from '../settled.ts'
import { currentRunner, forgetOnlyRunner } from '../who.ts'
import { apiApp, json, problems } from './api.ts'
import { exportZip } from './export.ts'
import { contradictions, problemsOf, RunnerFields, RunnerPatch } from './runner-schema.ts'

const FigureJson = z.object({ value: z.number(), from: z.enum(['runner', 'learnt', 'age']) }).nullable()
const Notices = { noticeUrl: z.string().nullable(), noticeEmail: z.string().nullable() }
const RunnerJson = z
  .object({
    timeZone: z.string(),
    units: z.enum(['metric', 'imperial']),
    birthYear: z.int().nullable(),
    sex: z.enum(['female', 'male']).nullable(),
    maxHeartRate: FigureJson,
    restingHeartRate: FigureJson,
    thresholdHeartRate: FigureJson,
    thresholdPaceSecondsPerKm: FigureJson,
    sessionsPerWeek: z.int(),
    availability: z.record(z.string(), z.unknown()),
    placement: z.enum(['easyDays', 'hardDays', 'micro']),
    equipment: z.enum(['none', 'bands', 'dumbbells', 'gym']),
    experience: z.enum(['novice', 'intermediate', 'advanced']),
    goal: z.object({ distance: z.string(), terrain: z.string() }),
    races: z.array(z.record(z.string(), z.unknown())),
    plannedRuns: z.array(z.record(z.string(), z.unknown())),
    injuries: z.array(z.record(z.string(), z.unknown())),
    restDayGuard: z.boolean(),
    sleep: z.object({ from: z.string(), to: z.string() }),
    awayFrom: z.array(z.record(z.string(), z.unknown())),
    pauses: z.array(z.record(z.string(), z.unknown())),
    dislikes: z.array(z.string()),
    ignoreHeartRate: z.boolean(),
    calendarUrl: z.string(),
    timeZoneFixed: z.boolean().openapi({ description: 'false: the zone follows the newest run' }),
    ...Notices,
  })
  .openapi('Runner')

const body = {
  required: true,
  content: {
    'application/json': {
      schema: z
        .record(z.string(), z.unknown())
        .openapi({ description: 'A JSON merge patch (RFC 7396) of a Runner; a day of `availability` is set as a whole' }),
    },
  },
}
const get = createRoute({
  method: 'get',
  path: '/runner',
  tags: ['runner'],
  summary: 'Profile, preferences and learnt figures',
  responses: { 200: json(RunnerJson, 'The runner'), ...problems() },
})
const patch = createRoute({
  method: 'patch',
  path: '/runner',
  tags: ['runner'],
  summary: 'Change the profile; null gives a field back to its default or to what is learnt',
  request: { body },
  responses: { 200: json(RunnerJson, 'The runner after the change'), ...problems(400, 415, 422) },
})
const renew = createRoute({
  method: 'post',
  path: '/runner/calendar-url',
  tags: ['runner'],
  summary: 'A new secret address for the calendar feed; the old one answers no more',
  responses: { 200: json(z.object({ calendarUrl: z.string() }), 'The new address'), ...problems() },
})
const remove = createRoute({
  method: 'delete',
  path: '/runner',
  tags: ['runner'],
  summary: 'Erase everything about the runner, entries on platforms included',
  responses: { 204: { description: 'Nothing is left' }, ...problems() },
})
const exported = createRoute({
  method: 'get',
  path: '/export',
  tags: ['runner'],
  summary: 'Everything about the runner as a zip',
  responses: {
    200: {
      description: 'A zip of JSON files and the original files',
      content: { 'application/zip': { schema: { type: 'string', format: 'binary' } } },
    },
    ...problems(),
  },
})

/** The address of the runner's calendar feed. */
export async function calendarUrl(deps: Deps, runnerId: string): Promise<string> {
  return `${deps.settings.publicUrl}/calendar/${await feedToken(deps.db, runnerId)}.ics`
}

/** The profile with the figures that hold now: the runner's own, else the learnt ones, else those of the age. */
export async function runnerWithFigures(deps: Deps, row: RunnerRow): Promise<Runner> {
  const runner = profileOf(row)
  const { today } = localNow(runner, deps.now())
  const profile = effortProfileOf(runner)
  const thresholds = (await newestThresholds(deps.db, row.id)) ?? thresholdsOn(initialState(profile), today, profile)
  const own = (said: Figure | null, learnt: Threshold | null, digits = 0): Figure | null =>
    said ?? (learnt && { value: Math.round(learnt.value * 10 ** digits) / 10 ** digits, from: learnt.origin })
  const { speed2 } = thresholds
  return {
    ...runner,
    maxHeartRate: own(runner.maxHeartRate, thresholds.maxHeartRate),
    restingHeartRate: own(runner.restingHeartRate, thresholds.restingHeartRate),
    thresholdHeartRate: own(runner.thresholdHeartRate, thresholds.heartRate2),
    thresholdPaceSecondsPerKm: own(runner.thresholdPaceSecondsPerKm, speed2 && { ...speed2, value: 1000 / speed2.value }, 1),
  }
}

async function runnerJson(deps: Deps, runnerId: string): Promise<z.infer<typeof RunnerJson>> {
  const row = await runnerRow(deps.db, runnerId)
  if (!row) throw new NotFoundError('There is no such runner.')
  const runner = await runnerWithFigures(deps, row)
  return {
    ...runner,
    calendarUrl: await calendarUrl(deps, runnerId),
    timeZoneFixed: row.timeZoneFixed,
    noticeUrl: row.noticeUrl,
    noticeEmail: row.noticeEmail,
  }
}

const readOnly = new Set(['calendarUrl', 'timeZoneFixed', 'id'])
const merged = new Set(['goal', 'sleep'])
const clashing = ['birthYear', 'restingHeartRate', 'thresholdHeartRate', 'maxHeartRate']
const NoticeFields = z.object({
  noticeUrl: z
    .url({ protocol: /^https?$/, error: 'must be an http or https address' })
    .nullable()
    .optional(),
  noticeEmail: z.email('must be an e-mail address').nullable().optional(),
})

/** Reads a merge patch against the present profile. @throws RequestRefused 422 that names every bad field */
export function readPatch(row: Pick<RunnerRow, 'profile'>, given: Record<string, unknown>, today: Day): ProfileChange {
  const known = { ...RunnerFields.shape, ...NoticeFields.shape }
  const errors = Object.keys(given)
    .filter((key) => !(key in known) && !readOnly.has(key))
    .map((key) => ({ pointer: `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`, detail: 'is no field of a runner' }))
  const current: Runner = { ...defaultRunner, ...row.profile }
  const wanted: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(given)) {
    if (!(key in RunnerFields.shape) || isEcho(value)) continue
    if (key === 'availability') wanted[key] = daysChanged(current.availability, value)
    else wanted[key] = merged.has(key) ? mergePatch(current[key as keyof Runner], value) : value
  }
  const fields = RunnerPatch.safeParse(Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== null)))
  const notices = NoticeFields.safeParse(given)
  if (!fields.success) errors.push(...problemsOf(fields.error))
  if (!notices.success) errors.push(...problemsOf(notices.error))
  if (fields.success && clashing.some((key) => key in wanted)) {
    const after = { ...row.profile, ...wanted, ...fields.data }
    errors.push(...contradictions(after, today))
  }
  if (errors.length > 0 || !fields.success || !notices.success) {
    const list = errors.map(({ pointer, detail }) => `${pointer} ${detail}`).join('; ')
    throw new RequestRefused(422, `Fields that make no sense: ${list}.`, { errors })
  }
  const profile: ProfileChange['profile'] = {}
  for (const [key, value] of Object.entries(wanted)) {
    Object.assign(profile, { [key]: value === null ? undefined : fields.data[key as keyof typeof fields.data] })
  }
  return { profile, ...notices.data }
}

/** A learnt figure that a client sends back as it got it is no word of the runner. */
function isEcho(value: unknown): boolean {
  return value !== null && typeof value === 'object' && 'from' in value && (value.from === 'learnt' || value.from === 'age')
}

/** Each day that is named is set as a whole, so that a window without a clock time is open; null gives the day back. */
function daysChanged(current: Runner['availability'], value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value
  const days = Object.entries({ ...current, ...value }).filter(([, windows]) => windows !== null)
  return Object.fromEntries(days.map(([day, windows]) => [day, mergePatch({}, windows)]))
}

/** RFC 7396 for one field. */
function mergePatch(target: unknown, value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value
  const result: Record<string, unknown> = target !== null && typeof target === 'object' && !Array.isArray(target) ? { ...target } : {}
  for (const [key, inner] of Object.entries(value)) {
    if (inner === null) delete result[key]
    else result[key] = key in result && !Array.isArray(inner) ? mergePatch(result[key], inner) : inner
  }
  return result
}

export function runnerApi(deps: Deps) {
  const app = apiApp()
  app.openapi(get, async (c) => c.json(await runnerJson(deps, currentRunner(c)), 200))
  app.openapi(patch, async (c) => {
    const runnerId = currentRunner(c)
    const given = c.req.valid('json')
    await changeProfile(deps, runnerId, (row) => readPatch(row, given, localNow(profileOf(row), deps.now()).today))
    await settled(deps, runnerId)
    return c.json(await runnerJson(deps, runnerId), 200)
  })
  app.openapi(renew, async (c) => {
    const token = await renewFeed(deps, currentRunner(c))
    return c.json({ calendarUrl: `${deps.settings.publicUrl}/calendar/${token}.ics` }, 200)
  })
  app.openapi(remove, async (c) => {
    await eraseEverything(deps, currentRunner(c))
    forgetOnlyRunner()
    return c.body(null, 204)
  })
  app.openapi(exported, async (c) => {
    const runnerId = currentRunner(c)
    const everything = await runnerJson(deps, runnerId)
    return c.body(exportZip(deps, runnerId, everything), 200, {
      'content-type': 'application/zip',
      'content-disposition': 'attachment; filename="stridelift-export.zip"',
    })
  })
  return app
}
