/** All pages and the files beside them. Mounted once, behind the middleware that says who is asking. */
import { Hono } from 'hono'
import type { Deps } from '../../deps.ts'
import { NotFoundError, RequestRefused } from '../../errors.ts'
import { asset } from '../assets.ts'
import { notFound, ourFault, ProblemPage, type ProblemView } from '../pages/problem.tsx'
import type { Shell } from '../pages/view.ts'
import { problemOf } from '../problem.ts'
import type { Who } from '../who.ts'
import { accountRoutes } from './account.tsx'
import { connectionRoutes } from './connections.tsx'
import { importRoutes } from './import.tsx'
import { apiCaller, draw, type PageContext } from './kit.tsx'
import { runRoutes } from './runs.tsx'
import { sessionRoutes } from './sessions.tsx'
import { settingsRoutes } from './settings.tsx'
import { trendRoutes } from './trends.tsx'
import { weekRoutes } from './week.tsx'

/** The frame of a page that knows nothing of the runner. */
export function bareShell(deps: Pick<Deps, 'now'>, title: string): Shell {
  return { title, place: 'none', units: 'metric', today: deps.now().toISOString().slice(0, 10), notices: [], demo: false, signedIn: false }
}

/** A page for an error or a missing address, for browsers. */
export function problemPage(
  c: PageContext,
  deps: Deps,
  view: ProblemView,
  status: 400 | 403 | 404 | 409 | 500,
): Response | Promise<Response> {
  return draw(c, <ProblemPage shell={bareShell(deps, view.heading)} view={view} />, status)
}

/** Whether a browser asks for a page: not the API, not a file, and HTML is wanted. */
export function wantsPage(c: PageContext): boolean {
  return (
    !/^\/(api|webhooks|assets|calendar\/.+\.ics|metrics|healthz|readyz|openapi\.json)/.test(c.req.path) &&
    (c.req.header('accept') ?? '').includes('text/html')
  )
}

/** The page for an address where nothing is. */
export function notFoundPage(c: PageContext, deps: Deps): Response | Promise<Response> {
  return problemPage(c, deps, notFound, 404)
}

/** Signing in leads back to the page that was asked for. */
function toSignIn(c: PageContext): Response {
  const { pathname, search } = new URL(c.req.url)
  const wanted = c.req.method === 'GET' && pathname !== '/' ? `?to=${encodeURIComponent(`${pathname}${search}`)}` : ''
  return c.redirect(`/sign-in${wanted}`, 303)
}

/** An error as a page that says what to do. */
export function answerWithPage(c: PageContext, error: Error, deps: Deps): Response | Promise<Response> {
  if (error instanceof RequestRefused && error.status === 401) return toSignIn(c)
  if (error instanceof NotFoundError) return notFoundPage(c, deps)
  const { status, detail } = problemOf(error)
  if (status < 500) {
    const view = { heading: 'That could not be done', sentences: [detail], doing: [{ href: '/', word: 'To the week' }] }
    return problemPage(c, deps, view, status === 403 ? 403 : 400)
  }
  deps.log.error('page failed', error, { method: c.req.method, path: c.req.routePath })
  return problemPage(c, deps, ourFault, 500)
}

/** Every page of the service. */
export function pageRoutes(deps: Deps): Hono<Who> {
  const app = new Hono<Who>()
  const call = apiCaller(deps)
  app.get('/assets/:name', (c) => {
    const found = asset(c.req.param('name'))
    if (!found) return c.notFound()
    const fresh = c.req.query('v') === found.version
    return c.body(found.bytes, 200, {
      'content-type': found.type,
      'cache-control': fresh ? 'public, max-age=31536000, immutable' : 'no-cache',
      'x-content-type-options': 'nosniff',
    })
  })
  app.get('/favicon.ico', (c) => {
    const icon = asset('icon.svg')
    return icon ? c.body(icon.bytes, 200, { 'content-type': icon.type, 'cache-control': 'public, max-age=86400' }) : c.notFound()
  })
  weekRoutes(app, deps, call)
  runRoutes(app, deps, call)
  sessionRoutes(app, deps, call)
  trendRoutes(app, deps)
  importRoutes(app, deps, call)
  connectionRoutes(app, deps, call)
  settingsRoutes(app, deps, call)
  if (deps.settings.accounts === 'on') accountRoutes(app, deps)
  app.onError((error, c) => answerWithPage(c, error, deps))
  return app
}
