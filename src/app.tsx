/** Builds the app from its parts: the only place where routes are mounted and errors become answers. */
import { Hono } from 'hono'
import { secureHeaders } from 'hono/secure-headers'
import { webhookRoutes } from '../webhooks/index.ts'
import type { Deps } from './deps.ts'
import { keepDelivery, secretFor } from './jobs/platforms/inbox.ts'
import { signedInRunner } from './web/accounts/cookie.ts'
import { apiRoutes } from './web/api/index.ts'
import { makeMetrics, serviceRoutes } from './web/api/service.ts'
import { limitBodies } from './web/body-limit.ts'
import { answerError, problem, problemResponse } from './web/problem.ts'
import { connectRoutes } from './web/routes/connect.tsx'
import { feedRoutes } from './web/routes/feed.ts'
import { answerWithPage, notFoundPage, pageRoutes, wantsPage } from './web/routes/index.tsx'
import { onlyThisMachine, resolveRunner, sameOriginWrites, theOnlyRunner, type Who } from './web/who.ts'

/** The whole service as a fetch handler. */
export function createApp(deps: Deps): Hono<Who> {
  const app = new Hono<Who>()
  const metrics = makeMetrics(deps)
  app.use(logRequests(deps, metrics))
  app.use(
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        objectSrc: ["'none'"],
        frameAncestors: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
      },
      strictTransportSecurity: deps.settings.publicUrl.startsWith('https:') ? 'max-age=31536000' : false,
      referrerPolicy: 'same-origin',
      xFrameOptions: 'DENY',
    }),
  )
  app.route('/', serviceRoutes(deps, metrics))
  app.route('/webhooks', inboxRoutes(deps))
  app.use(deps.settings.accounts === 'off' ? onlyThisMachine(deps) : sameOriginWrites(deps))
  app.use(limitBodies('/api/v1/uploads', '/import'))
  app.use(resolveRunner(deps, deps.settings.accounts === 'on' ? signedInRunner : theOnlyRunner))
  app.route('/', feedRoutes(deps))
  app.route('/', apiRoutes(deps))
  connectRoutes(app, deps)
  app.route('/', pageRoutes(deps))
  app.notFound((c) => (wantsPage(c) ? notFoundPage(c, deps) : problemResponse(c, problem(404, 'There is nothing under this address.'))))
  app.onError((error, c) => (wantsPage(c) ? answerWithPage(c, error, deps) : answerError(c, error, deps.log)))
  return app
}

/** The platforms' pushes: verified and kept, nothing else before the answer. */
function inboxRoutes(deps: Deps): Hono {
  return webhookRoutes({
    secretFor: (platform) => secretFor(deps, platform),
    keep: (delivery) => keepDelivery(deps, delivery),
    now: deps.now,
    refused: (platform, status, why) => deps.log.warn('webhook refused', { platform, status, why }),
  })
}

/** One line and one count for each request; the route's pattern, never the path with its secrets. */
function logRequests(deps: Deps, metrics: ReturnType<typeof makeMetrics>) {
  return async (c: import('hono').Context<Who>, next: () => Promise<void>) => {
    const started = performance.now()
    await next()
    const took = performance.now() - started
    metrics.request(c.req.method, c.req.routePath, c.res.status, took / 1000)
    if (c.req.routePath !== '/healthz' && c.req.routePath !== '/readyz' && c.req.routePath !== '/metrics') {
      deps.log.info('request', { method: c.req.method, route: c.req.routePath, status: c.res.status, ms: Math.round(took) })
    }
  }
}
