import { createRoute, z } from '@hono/zod-openapi'
import { listRuns, runWithAnswer, sourcesOf } from '../../db/runs.ts'
import type { Deps } from '../../deps.ts'
import { NotFoundError, RequestRefused } from '../../errors.ts'
import { deleteRun, joinRuns, sayEffort, splitRun } from '../../jobs/change-run.ts'
import { settled } from '../settled.ts'
import { currentRunner } from '../who.ts'
import { apiApp, Day, Id, json, problems } from './api.ts'
import { Run, runJson } from './run-json.ts'

const list = createRoute({
  method: 'get',
  path: '/runs',
  tags: ['runs'],
  summary: 'Runs, newest first',
  request: {
    query: z.object({
      from: Day.optional().openapi({ description: 'First local day' }),
      to: Day.optional().openapi({ description: 'Last local day' }),
      limit: z.coerce
        .number('must be a whole number')
        .int()
        .min(1)
        .transform((limit) => Math.min(limit, 500))
        .default(100)
        .openapi({ type: 'integer', minimum: 1, default: 100, description: 'More than 500 come page by page' }),
      cursor: z.string().optional().openapi({ description: '`next` of the page before' }),
    }),
  },
  responses: { 200: json(z.object({ runs: z.array(Run), next: z.string().nullable() }), 'A page of runs'), ...problems(422) },
})
const params = z.object({ id: Id })
const get = createRoute({
  method: 'get',
  path: '/runs/{id}',
  tags: ['runs'],
  summary: 'One run',
  request: { params },
  responses: { 200: json(Run, 'The run'), ...problems(404) },
})
const patch = createRoute({
  method: 'patch',
  path: '/runs/{id}',
  tags: ['runs'],
  summary: "The runner's word on a run",
  request: {
    params,
    body: { required: true, content: { 'application/json': { schema: z.strictObject({ effort: z.enum(['easy', 'hard']).nullable() }) } } },
  },
  responses: { 200: json(Run, 'The run with the word in it'), ...problems(400, 404, 415, 422) },
})
const remove = createRoute({
  method: 'delete',
  path: '/runs/{id}',
  tags: ['runs'],
  summary: 'Delete a run',
  request: { params },
  responses: { 204: { description: 'It is gone' }, ...problems(404) },
})
const split = createRoute({
  method: 'post',
  path: '/runs/{id}/sources/{sourceId}/split',
  tags: ['runs'],
  summary: 'Make one copy a run of its own',
  request: { params: params.extend({ sourceId: Id }) },
  responses: { 200: json(Run, 'The new run'), ...problems(404, 409) },
})
const join = createRoute({
  method: 'post',
  path: '/runs/{id}/join',
  tags: ['runs'],
  summary: 'Make another run a copy of this one',
  request: { params, body: { required: true, content: { 'application/json': { schema: z.strictObject({ runId: Id }) } } } },
  responses: { 200: json(Run, 'The joined run'), ...problems(400, 404, 409, 415, 422) },
})

/** One run as the API shows it. @throws NotFoundError */
export async function oneRun(deps: Deps, runnerId: string, id: string, patient = true): Promise<z.infer<typeof Run>> {
  if (patient) await settled(deps, runnerId, ['runner.assess'])
  const found = await runWithAnswer(deps.db, runnerId, id)
  if (!found) throw new NotFoundError('There is no such run.')
  const sources = await sourcesOf(deps.db, runnerId, [id])
  return runJson(found.run, found.assessment, sources)
}

export function runsApi(deps: Deps) {
  const app = apiApp()
  app.openapi(list, async (c) => {
    const runnerId = currentRunner(c)
    const { from, to, limit, cursor } = c.req.valid('query')
    const filter = { from, to, limit: limit + 1, before: cursor === undefined ? undefined : readCursor(cursor) }
    await settled(deps, runnerId, ['runner.assess'])
    const rows = await listRuns(deps.db, runnerId, filter)
    const page = rows.slice(0, limit)
    const last = page.at(-1)?.run
    const sources = await sourcesOf(
      deps.db,
      runnerId,
      page.map(({ run }) => run.id),
    )
    const next = rows.length > limit && last ? writeCursor(last) : null
    return c.json({ runs: page.map(({ run, assessment }) => runJson(run, assessment, sources)), next }, 200)
  })
  app.openapi(get, async (c) => c.json(await oneRun(deps, currentRunner(c), c.req.valid('param').id), 200))
  app.openapi(patch, async (c) => {
    const runnerId = currentRunner(c)
    const { id } = c.req.valid('param')
    await sayEffort(deps, runnerId, id, c.req.valid('json').effort)
    return c.json(await oneRun(deps, runnerId, id), 200)
  })
  app.openapi(remove, async (c) => {
    await deleteRun(deps, currentRunner(c), c.req.valid('param').id)
    return c.body(null, 204)
  })
  app.openapi(split, async (c) => {
    const runnerId = currentRunner(c)
    const { id, sourceId } = c.req.valid('param')
    return c.json(await oneRun(deps, runnerId, await splitRun(deps, runnerId, id, sourceId)), 200)
  })
  app.openapi(join, async (c) => {
    const runnerId = currentRunner(c)
    const { id } = c.req.valid('param')
    await joinRuns(deps, runnerId, id, c.req.valid('json').runId)
    return c.json(await oneRun(deps, runnerId, id), 200)
  })
  return app
}

function writeCursor(run: { startAt: Date; id: string }): string {
  return Buffer.from(`${run.startAt.toISOString()} ${run.id}`).toString('base64url')
}

const Cursor = z.tuple([z.iso.datetime(), z.uuid()])

function readCursor(cursor: string): { startAt: Date; id: string } {
  const parsed = Cursor.safeParse(Buffer.from(cursor, 'base64url').toString('utf8').split(' '))
  if (!parsed.success) {
    throw new RequestRefused(422, 'The cursor is not one of this service; begin again without it.', {
      errors: [{ pointer: '/cursor', detail: 'must be the `next` of an earlier answer' }],
    })
  }
  return { startAt: new Date(parsed.data[0]), id: parsed.data[1] }
}
