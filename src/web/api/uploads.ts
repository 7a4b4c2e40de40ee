import { createRoute, z } from '@hono/zod-openapi'
import { type Arrival, arrivalById, filesOf, latestUploads } from '../../db/arrivals.ts'
import type { Deps } from '../../deps.ts'
import { NotFoundError } from '../../errors.ts'
import { currentRunner } from '../who.ts'
import { apiApp, Id, json, problems } from './api.ts'
import { receiveUploads } from './receive.ts'

const Status = z.enum(['queued', 'imported', 'duplicate', 'notARun', 'rejected'])
const Upload = z
  .object({
    id: Id,
    file: z.string(),
    status: Status,
    runId: Id.nullable(),
    detail: z.string().nullable().openapi({ description: 'A sentence: what became of it, and why' }),
    receivedAt: z.iso.datetime(),
    progress: z
      .object({ done: z.int(), total: z.int().nullable() })
      .optional()
      .openapi({ description: 'Of a zip: files in their last state, and in all' }),
  })
  .openapi('Upload')
const UploadWithParts = Upload.extend({ parts: z.array(Upload).optional() }).openapi('UploadWithParts')

const upload = createRoute({
  method: 'post',
  path: '/uploads',
  tags: ['uploads'],
  summary: 'Upload activity files',
  description: 'Field `file`, repeatable: `.fit`, `.tcx`, `.gpx`, each also `.gz`, and `.zip` of them. Reading goes on after the answer.',
  request: {
    body: {
      content: {
        'multipart/form-data': {
          schema: {
            type: 'object',
            properties: { file: { type: 'array', items: { type: 'string', format: 'binary' } } },
            required: ['file'],
          },
        },
      },
    },
  },
  responses: {
    202: json(
      z.object({ uploads: z.array(z.object({ id: Id, file: z.string(), status: Status })) }),
      'The files are kept and will be read',
    ),
    ...problems(400, 413, 415, 422),
  },
})

const list = createRoute({
  method: 'get',
  path: '/uploads',
  tags: ['uploads'],
  summary: 'The latest uploads',
  request: { query: z.object({ limit: z.coerce.number('must be a whole number').int().min(1).max(200).default(50) }) },
  responses: { 200: json(z.object({ uploads: z.array(Upload) }), 'Newest first'), ...problems(422) },
})

const one = createRoute({
  method: 'get',
  path: '/uploads/{id}',
  tags: ['uploads'],
  summary: 'What became of an upload',
  request: { params: z.object({ id: Id }) },
  responses: {
    200: json(UploadWithParts, 'A zip has one row for each file in it, under `parts`; files of an archive in it are among them'),
    ...problems(404),
  },
})

type UploadJson = z.infer<typeof Upload>

/** An arrival as the API shows it; a file that is still on the wire counts as queued. */
export function uploadJson(row: Arrival): UploadJson {
  return {
    id: row.id,
    file: row.name,
    status: row.status === 'receiving' ? 'queued' : row.status,
    runId: row.runId,
    detail: row.detail,
    receivedAt: row.receivedAt.toISOString(),
  }
}

/** An upload with its parts and progress. @throws NotFoundError */
export async function uploadWithParts(deps: Deps, runnerId: string, id: string): Promise<z.infer<typeof UploadWithParts>> {
  const row = await arrivalById(deps.db, runnerId, id)
  if (!row) throw new NotFoundError('There is no such upload.')
  if (row.media !== 'zip') return uploadJson(row)
  const files = await filesOf(deps.db, runnerId, id)
  const parts = files.map(uploadJson)
  const done = parts.filter((part) => part.status !== 'queued').length
  const listed = row.partCount !== null && !files.some((file) => file.media === 'zip' && file.status === 'queued')
  return { ...uploadJson(row), progress: { done, total: listed ? parts.length : null }, parts }
}

export function uploadsApi(deps: Deps) {
  const app = apiApp()
  app.openapi(upload, async (c) => {
    const received = await receiveUploads(deps, currentRunner(c), c.req.raw)
    return c.json(
      { uploads: received.map(({ id, name, status }) => ({ id, file: name, status: status === 'receiving' ? 'queued' : status })) },
      202,
    )
  })
  app.openapi(list, async (c) => {
    const rows = await latestUploads(deps.db, currentRunner(c), c.req.valid('query').limit)
    return c.json({ uploads: rows.map(uploadJson) }, 200)
  })
  app.openapi(one, async (c) => c.json(await uploadWithParts(deps, currentRunner(c), c.req.valid('param').id), 200))
  return app
}
