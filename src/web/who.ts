/** Who is asking. The one place that knows; everything else gets a runner's id. */
import type { Context, MiddlewareHandler } from 'hono'
import { onlyRunner } from '../db/runners.ts'
import type { Deps } from '../deps.ts'
import { RequestRefused } from '../errors.ts'
import { isLoopback } from '../settings.ts'

/** What a request carries through the app. */
export type Who = { Variables: { runnerId: string | null } }

/** Finds the runner of a request; null when nobody is signed in. */
export type FindRunner = (c: Context, deps: Deps) => Promise<string | null>

let only: { deps: Deps; id: string } | null = null

/** With ACCOUNTS=off: the one runner of the service, made at the first request. */
export const theOnlyRunner: FindRunner = async (_c, deps) => {
  if (only?.deps !== deps) only = { deps, id: await onlyRunner(deps.db, deps.now(), 'UTC') }
  return only.id
}

/** Forgets the remembered runner; after it was erased. */
export function forgetOnlyRunner(): void {
  only = null
}

/** Puts the runner of the request where `currentRunner` finds it. */
export function resolveRunner(deps: Deps, find: FindRunner): MiddlewareHandler<Who> {
  return async (c, next) => {
    c.set('runnerId', await find(c, deps))
    await next()
  }
}

/** The runner who is asking. @throws RequestRefused 401 when nobody is signed in */
export function currentRunner(c: Context<Who>): string {
  const id = c.get('runnerId')
  if (!id) throw new RequestRefused(401, 'Sign in first, or send a personal API token as “Authorization: Bearer …”.')
  return id
}

const WRITES = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])

/**
 * With ACCOUNTS=off there is no sign-in, so only this machine's own pages and programs may ask: the Host must be a loopback
 * name (a foreign name that resolves here is DNS rebinding), and a write that a web page makes must come from this origin.
 */
export function onlyThisMachine(deps: Deps): MiddlewareHandler {
  return async (c, next) => {
    const url = URL.parse(`http://${c.req.header('host') ?? new URL(c.req.url).host}`)
    if (!url || !isLoopback(url.hostname)) {
      throw new RequestRefused(403, `This service answers to this machine only; open ${deps.settings.publicUrl} there.`)
    }
    refuseForeignWrites(c, `http://${url.host}`, deps)
    await next()
  }
}

/** A write from a page of another origin than the one it is sent to is refused, whoever is signed in. */
export function sameOriginWrites(deps: Deps): MiddlewareHandler {
  const own = new URL(deps.settings.publicUrl)
  return async (c, next) => {
    refuseForeignWrites(c, `${own.protocol}//${c.req.header('host') ?? own.host}`, deps)
    await next()
  }
}

function refuseForeignWrites(c: Context, own: string, deps: Deps): void {
  if (!WRITES.has(c.req.method)) return
  const origin = c.req.header('origin')
  const site = c.req.header('sec-fetch-site')
  const foreign = origin !== undefined ? origin !== own && origin !== new URL(deps.settings.publicUrl).origin : site === 'cross-site'
  if (foreign) throw new RequestRefused(403, 'A page of another website asked for a change; that is not allowed.')
}
