/** Errors as RFC 9457 problem documents. */
import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { type FieldError, NotFoundError, PlatformError, RequestRefused, WebhookRefused } from '../errors.ts'
import type { Log } from '../log.ts'

export type Problem = { type: string; title: string; status: number; detail: string; errors?: FieldError[] }

const titles: Record<number, string> = {
  400: 'The request cannot be read',
  401: 'Sign in first',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  409: 'Does not fit the present state',
  413: 'Too large',
  415: 'Unsupported media type',
  422: 'Fields that make no sense',
  429: 'Too many requests',
  500: 'Something went wrong here',
  502: 'The platform did not answer',
  503: 'Not available now',
}

/** The document for a status. */
export function problem(status: number, detail: string, errors: FieldError[] = []): Problem {
  const title = titles[status] ?? 'The request failed'
  return { type: 'about:blank', title, status, detail, ...(errors.length > 0 ? { errors } : {}) }
}

/** Any error as a problem; a bug says nothing of itself. */
export function problemOf(error: unknown): Problem {
  if (error instanceof RequestRefused) return problem(error.status, error.message, error.errors)
  if (error instanceof NotFoundError) return problem(404, error.message)
  if (error instanceof WebhookRefused) return problem(error.status, error.message)
  if (error instanceof PlatformError) return problem(502, error.message)
  if (error instanceof HTTPException) return problem(error.status, sentenceOf(error))
  return problem(500, 'The service made a mistake. It is in the log; try again, and report it if it stays.')
}

function sentenceOf(error: HTTPException): string {
  if (error.status === 400) return 'The body is no valid JSON.'
  if (error.status === 415) return 'Send the body as JSON, with the header “content-type: application/json”.'
  return error.message || 'The request cannot be carried out.'
}

/** Answers with a problem document. */
export function problemResponse(c: Context, given: Problem, headers: Record<string, string> = {}): Response {
  return c.body(JSON.stringify(given), given.status as 500, { 'content-type': 'application/problem+json', ...headers })
}

/** The answer to an error that rose to the edge; bugs are logged there, once. */
export function answerError(c: Context, error: unknown, log: Log): Response {
  const given = problemOf(error)
  if (given.status === 500) log.error('request failed', error, { method: c.req.method, path: c.req.routePath })
  const wait = error instanceof RequestRefused ? error.retryAfterSeconds : undefined
  return problemResponse(c, given, {
    ...(wait === undefined ? {} : { 'retry-after': String(wait) }),
    ...(given.status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
  })
}
