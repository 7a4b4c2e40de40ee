/** The error classes of the service. Anything else is a bug: it rises, is logged once at the edge and, in a job, tried again. */

/** What the worker does next. The adapter knows the platform and decides; the worker obeys. */
export type Remedy = 'retry' | 'reconnect' | 'give up' | 'app refused'

/**
 * A platform refused or failed. `what` never carries a token, a signed address or a body.
 * `app refused` is a refusal of the whole app (a lapsed tier, a wrong client secret): it alarms the operator and says
 * nothing about the runner's connection.
 */
export class PlatformError extends Error {
  override readonly name = 'PlatformError'
  readonly platform: string
  readonly remedy: Remedy
  readonly status: number | undefined
  readonly retryAfterSeconds: number | undefined
  constructor(platform: string, remedy: Remedy, what: string, more: { status?: number; retryAfterSeconds?: number; cause?: unknown } = {}) {
    super(`${platform}: ${what}`, { cause: more.cause })
    this.platform = platform
    this.remedy = remedy
    this.status = more.status
    this.retryAfterSeconds = more.retryAfterSeconds
  }
}

/** A webhook delivery that is not taken; `status` is the answer. */
export class WebhookRefused extends Error {
  override readonly name = 'WebhookRefused'
  readonly status: 400 | 401 | 403 | 404 | 413 | 415
  constructor(status: 400 | 401 | 403 | 404 | 413 | 415, what: string) {
    super(what)
    this.status = status
  }
}

/** What was asked for does not exist, or not for this runner. */
export class NotFoundError extends Error {
  override readonly name = 'NotFoundError'
}

/** A field of a request that makes no sense. `pointer` is a JSON pointer (RFC 6901). */
export type FieldError = { pointer: string; detail: string }

/** A request that cannot be carried out as it stands; the sentence is for its sender. */
export class RequestRefused extends Error {
  override readonly name = 'RequestRefused'
  readonly status: 400 | 401 | 403 | 409 | 413 | 415 | 422 | 429 | 503
  readonly errors: FieldError[]
  readonly retryAfterSeconds: number | undefined
  constructor(
    status: 400 | 401 | 403 | 409 | 413 | 415 | 422 | 429 | 503,
    detail: string,
    more: { errors?: FieldError[]; retryAfterSeconds?: number } = {},
  ) {
    super(detail)
    this.status = status
    this.errors = more.errors ?? []
    this.retryAfterSeconds = more.retryAfterSeconds
  }
}

/** Settings that do not work; every bad one at once. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError'
  readonly problems: string[]
  constructor(problems: string[]) {
    super(`The settings need a change:\n${problems.map((problem) => `- ${problem}`).join('\n')}`)
    this.problems = problems
  }
}

/** Another process uses the folder of the embedded database. */
export class DatabaseBusy extends Error {
  override readonly name = 'DatabaseBusy'
  constructor(lock: string, pid: number | null, host: string | null) {
    const who = `${pid === null ? 'another process' : `process ${pid}`}${host ? ` on ${host}` : ''}`
    super(
      `The database in this folder is in use by ${who}. Stop that process, set DATA_DIR to another folder, ` +
        `or use a PostgreSQL server (DATABASE_URL), which serves several processes. The lock is ${lock}.`,
    )
  }
}

/** The PostgreSQL server of the settings cannot be used; the sentence is for the operator. */
export class DatabaseUnreachable extends Error {
  override readonly name = 'DatabaseUnreachable'
}
