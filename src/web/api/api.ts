/** What all API routes share: the app type, how invalid input is answered, and the shapes of problems. */
import { OpenAPIHono, z } from '@hono/zod-openapi'
import type { FieldError } from '../../errors.ts'
import { problem, problemResponse } from '../problem.ts'
import type { Who } from '../who.ts'
import './issue-words.ts'

export const ProblemDocument = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).optional(),
  })
  .openapi('Problem', { description: 'RFC 9457 problem document' })

export const Day = z.iso.date('must be a calendar day such as 2026-09-08').openapi({ example: '2026-09-08' })
export const Instant = z.iso.datetime().openapi({ example: '2026-09-08T05:58:10Z' })
export const Id = z.uuid('must be an id as this service gives them')

const text = { 'application/problem+json': { schema: ProblemDocument } }
const descriptions: Record<number, string> = {
  400: 'The body or a parameter cannot be read',
  401: 'Nobody is signed in',
  403: 'A foreign host or origin',
  404: 'There is no such thing, or it is not yours',
  409: 'It does not fit the present state',
  413: 'Too large',
  415: 'Another content type is wanted',
  422: 'Fields that make no sense; `errors` names each',
}

/** The problem answers of a route, for its description. */
export function problems<Status extends number>(...statuses: Status[]) {
  const one = (status: number) => [status, { description: descriptions[status] ?? 'Problem', content: text }] as const
  return Object.fromEntries([401, 403, ...statuses].map(one)) as Record<Status | 401 | 403, { description: string; content: typeof text }>
}

/** A JSON answer, for a route's description. */
export function json<Schema extends z.ZodType>(schema: Schema, description: string) {
  return { description, content: { 'application/json': { schema } } }
}

/** A JSON pointer (RFC 6901) of a path in a body. */
export function pointerOf(path: readonly PropertyKey[]): string {
  return path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

/** zod's findings as the problem's `errors`. */
export function fieldErrors(
  issues: readonly { path: readonly PropertyKey[]; message: string; code?: string; keys?: string[] }[],
): FieldError[] {
  return issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys' && issue.keys
      ? issue.keys.map((key) => ({ pointer: pointerOf([...issue.path, key]), detail: 'is no field of this' }))
      : [{ pointer: pointerOf(issue.path), detail: issue.message }],
  )
}

/** An empty app whose routes answer invalid input with a problem that names every field. */
export function apiApp(): OpenAPIHono<Who> {
  return new OpenAPIHono<Who>({
    defaultHook: (result, c) => {
      if (result.success) return
      const errors = fieldErrors(result.error.issues)
      if (result.target === 'param') return problemResponse(c, problem(404, 'There is nothing under this address.'))
      const what = result.target === 'json' ? 'The body has' : 'The address has'
      const list = errors.map(({ pointer, detail }) => `${pointer} ${detail.replace(/\.$/, '')}`.trim()).join('; ')
      return problemResponse(c, problem(422, `${what} fields that make no sense: ${list}.`, errors))
    },
  })
}
