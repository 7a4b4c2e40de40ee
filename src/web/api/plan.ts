import { createRoute, z } from '@hono/zod-openapi'
import { addDays } from '../../core/days.ts'
import { findExercise } from '../../core/strength/exercises.ts'
import { profileOf, runnerRow } from '../../db/runners.ts'
import { deliveriesOf, markPublished, planOf, type SessionRow, sessionById, sessionsBetween, unreadMessages } from '../../db/sessions.ts'
import type { Deps } from '../../deps.ts'
import { NotFoundError } from '../../errors.ts'
import { encodeWorkout } from '../../fit/workout.ts'
import { editSession, readMessage, undoMove } from '../../jobs/change-session.ts'
import { HORIZON_DAYS, localNow } from '../../jobs/plan.ts'
import { settled } from '../settled.ts'
import { currentRunner } from '../who.ts'
import { apiApp, Day, Id, Instant, json, problems } from './api.ts'
import { instantJson } from './run-json.ts'
import { FeedbackBody, Session, sessionJson } from './session-json.ts'

const LocalTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a clock time such as 06:45')
const Plan = z
  .object({
    sessions: z.array(Session),
    expectedRuns: z.array(
      z.object({
        localDate: Day,
        localTime: z.string().nullable(),
        pHard: z.number(),
        demand: z.enum(['low', 'moderate', 'high']),
        from: z.enum(['planned', 'habit']),
      }),
    ),
    unplaced: z.array(z.object({ week: Day, rule: z.string(), text: z.string() })),
    notices: z.array(z.object({ rule: z.string(), text: z.string(), sessionDate: Day.nullable() })),
  })
  .openapi('Plan')
const Message = z.object({
  id: Id,
  text: z.string(),
  sessionId: Id.nullable(),
  undo: z.object({ localDate: Day, localTime: z.string() }).nullable(),
  createdAt: Instant,
})
const params = z.object({ id: Id })
const body = <Schema extends z.ZodType>(schema: Schema) => ({ required: true, content: { 'application/json': { schema } } })

const plan = createRoute({
  method: 'get',
  path: '/plan',
  tags: ['plan'],
  summary: 'Sessions, expected runs, what found no place, and words about it',
  request: {
    query: z.object({
      from: Day.optional().openapi({ description: 'First local day; today when left out' }),
      to: Day.optional().openapi({ description: 'Last local day; the end of the planned fortnight when left out' }),
    }),
  },
  responses: { 200: json(Plan, 'The plan'), ...problems(422) },
})
const get = createRoute({
  method: 'get',
  path: '/sessions/{id}',
  tags: ['plan'],
  summary: 'One session',
  request: { params },
  responses: { 200: json(Session, 'The session'), ...problems(404) },
})
const patch = createRoute({
  method: 'patch',
  path: '/sessions/{id}',
  tags: ['plan'],
  summary: 'Move a session and pin it, say that it was done or skipped, swap an exercise',
  request: {
    params,
    body: body(
      z.strictObject({
        localDate: Day.optional(),
        localTime: LocalTime.optional(),
        pinned: z.boolean().optional().openapi({ description: 'false gives a moved session back to the planner' }),
        status: z.enum(['done', 'skipped', 'planned']).optional(),
        feedback: FeedbackBody.nullable().optional(),
        swaps: z
          .record(z.string(), z.string().nullable())
          .optional()
          .openapi({ description: 'Exercise id of the session -> the one wanted instead; null takes it back' }),
      }),
    ),
  },
  responses: { 200: json(Session, 'The session after the change'), ...problems(400, 404, 409, 415, 422) },
})
const workout = createRoute({
  method: 'get',
  path: '/sessions/{id}/workout.fit',
  tags: ['plan'],
  summary: 'The session as a FIT workout file',
  request: { params },
  responses: {
    200: { description: 'For a watch', content: { 'application/vnd.ant.fit': { schema: { type: 'string', format: 'binary' } } } },
    ...problems(404),
  },
})
const messages = createRoute({
  method: 'get',
  path: '/messages',
  tags: ['plan'],
  summary: 'Words to the runner that were not put away yet',
  responses: { 200: json(z.object({ messages: z.array(Message) }), 'Oldest first'), ...problems() },
})
const putAway = createRoute({
  method: 'delete',
  path: '/messages/{id}',
  tags: ['plan'],
  summary: 'Put a message away',
  request: { params },
  responses: { 204: { description: 'It is away' }, ...problems(404) },
})
const undo = createRoute({
  method: 'post',
  path: '/messages/{id}/undo',
  tags: ['plan'],
  summary: 'Take back the move that a message tells of; the session is pinned where it was',
  request: { params },
  responses: { 204: { description: 'It is back' }, ...problems(404, 409, 422) },
})

async function sessionOf(deps: Deps, runnerId: string, id: string): Promise<SessionRow> {
  const row = await sessionById(deps.db, runnerId, id)
  if (!row) throw new NotFoundError('There is no such session.')
  return row
}

/** A session as a FIT workout, with the name of its file. @throws NotFoundError */
export async function workoutFile(deps: Deps, runnerId: string, id: string): Promise<{ name: string; bytes: Uint8Array }> {
  const row = await sessionOf(deps, runnerId, id)
  const runner = await runnerRow(deps.db, runnerId)
  const bytes = encodeWorkout(row, {
    createdAt: row.updatedAt,
    units: runner?.profile.units ?? 'metric',
    exerciseCode: (exerciseId) => findExercise(exerciseId)?.fit ?? null,
  })
  await markPublished(deps.db, runnerId, [id], deps.now())
  const words = row.title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
  return { name: `${row.localDate}-${words.slice(0, 60) || 'strength'}.fit`, bytes }
}

export function planApi(deps: Deps) {
  const app = apiApp()
  const one = async (runnerId: string, id: string) => {
    const row = await sessionOf(deps, runnerId, id)
    return sessionJson(row, await deliveriesOf(deps.db, runnerId, [id]))
  }
  app.openapi(plan, async (c) => {
    const runnerId = currentRunner(c)
    await settled(deps, runnerId)
    const runner = await runnerRow(deps.db, runnerId)
    if (!runner) throw new NotFoundError('There is no such runner.')
    const { today } = localNow(profileOf(runner), deps.now())
    const { from = today, to = addDays(from > today ? from : today, HORIZON_DAYS - 1) } = c.req.valid('query')
    const rows = await sessionsBetween(deps.db, runnerId, from, to)
    const ids = rows.map(({ id }) => id)
    const deliveries = await deliveriesOf(deps.db, runnerId, ids)
    const said = await planOf(deps.db, runnerId)
    const within = (day: string) => day >= from && day <= to
    return c.json(
      {
        sessions: rows.map((row) => sessionJson(row, deliveries)),
        expectedRuns: said?.expectedRuns.filter(({ localDate }) => within(localDate)) ?? [],
        unplaced: said?.unplaced.filter(({ week }) => week <= to && addDays(week, 6) >= from) ?? [],
        notices: said?.notices.filter(({ sessionDate }) => sessionDate === null || within(sessionDate)) ?? [],
      },
      200,
    )
  })
  app.openapi(get, async (c) => c.json(await one(currentRunner(c), c.req.valid('param').id), 200))
  app.openapi(patch, async (c) => {
    const runnerId = currentRunner(c)
    const { id } = c.req.valid('param')
    await editSession(deps, runnerId, id, c.req.valid('json'))
    await settled(deps, runnerId)
    return c.json(await one(runnerId, id), 200)
  })
  app.openapi(workout, async (c) => {
    const { name, bytes } = await workoutFile(deps, currentRunner(c), c.req.valid('param').id)
    return c.body(new Uint8Array(bytes), 200, {
      'content-type': 'application/vnd.ant.fit',
      'content-disposition': `attachment; filename="${name}"`,
    })
  })
  app.openapi(messages, async (c) => {
    const rows = await unreadMessages(deps.db, currentRunner(c))
    return c.json(
      {
        messages: rows.map(({ id, text, sessionId, undo: back, createdAt }) => ({
          id,
          text,
          sessionId,
          undo: back,
          createdAt: instantJson(createdAt),
        })),
      },
      200,
    )
  })
  app.openapi(putAway, async (c) => {
    await readMessage(deps, currentRunner(c), c.req.valid('param').id)
    return c.body(null, 204)
  })
  app.openapi(undo, async (c) => {
    await undoMove(deps, currentRunner(c), c.req.valid('param').id)
    return c.body(null, 204)
  })
  return app
}
