/** Connecting a platform: out to its page, and back. */
import type { Hono } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import type { Deps } from '../../deps.ts'
import { PlatformError } from '../../errors.ts'
import { beginConnect, browserSecret, connectByKey, endConnect, type NotConnectedWhy } from '../../jobs/platforms/connect.ts'
import { findPlatform, offered } from '../../platforms/index.ts'
import type { Platform } from '../../platforms/platform.ts'
import { isLoopback } from '../../settings.ts'
import { giveCookie } from '../accounts/cookie.ts'
import { connectProblem, notFound, ProblemPage, type ProblemView } from '../pages/problem.tsx'
import type { Shell } from '../pages/view.ts'
import { currentRunner, type Who } from '../who.ts'
import { draw, type PageContext } from './kit.tsx'

const COOKIE = 'stridelift_connect'

function shell(deps: Deps, title: string): Shell {
  return { title, place: 'none', units: 'metric', today: deps.now().toISOString().slice(0, 10), notices: [], demo: false, signedIn: false }
}

function page(c: PageContext, deps: Deps, view: ProblemView, status: 400 | 404 | 409 = 400) {
  return draw(c, <ProblemPage shell={shell(deps, view.heading)} view={view} />, status)
}

/** The words for why it did not come about; the platform's own sentence where it says more. */
function failureView(platform: Platform, why: NotConnectedWhy, sentence: string | null): ProblemView {
  const again = `/connect/${platform.id}`
  if (why === 'unknownUser') {
    return {
      heading: `Nobody here uses this ${platform.label} account`,
      sentences: [`Sign in with your e-mail address first, then connect ${platform.label}; from then on you can sign in by it.`],
      doing: [{ href: '/sign-in', word: 'Sign in' }],
    }
  }
  const view = connectProblem(platform.label, why, again)
  return sentence && why !== 'refused' ? { ...view, sentences: [sentence, ...view.sentences] } : view
}

/** The browser's secret, made when it has none. A state is good only in the browser that got it. */
function browserOf(c: PageContext, deps: Deps): string {
  const known = getCookie(c, COOKIE)
  if (known && /^[\w-]{32}$/.test(known)) return known
  const secret = browserSecret()
  const secure = deps.settings.publicUrl.startsWith('https:')
  setCookie(c, COOKIE, secret, { httpOnly: true, sameSite: 'Lax', path: '/connect', secure, maxAge: 3600 })
  return secret
}

/**
 * The address under the name that the platform will send the browser back to; `null` when it is the one that was asked. On
 * one machine the same service has several names, and a cookie belongs to one.
 */
function underOwnName(c: PageContext, deps: Deps): string | null {
  const own = new URL(deps.settings.publicUrl)
  const asked = URL.parse(`${own.protocol}//${c.req.header('host') ?? own.host}`)
  if (!asked || asked.host === own.host || c.req.query('here') || !isLoopback(asked.hostname) || !isLoopback(own.hostname)) return null
  return asked.port === own.port ? `${own.origin}${c.req.path}?here=1` : null
}

/** GET /connect/{platform} and its callback. */
export function connectRoutes(app: Hono<Who>, deps: Deps): void {
  const signIn = deps.settings.accounts === 'on'

  app.get('/connect/:platform', async (c) => {
    const platform = findPlatform(c.req.param('platform'))
    if (!platform) return page(c, deps, notFound, 404)
    const way = offered(platform, deps.settings.platforms[platform.id])
    if (!way) return page(c, deps, failureView(platform, 'notConfigured', null), 409)
    const runnerId = signIn ? (c.get('runnerId') ?? null) : currentRunner(c)
    try {
      if (way === 'apiKey') {
        const done = await connectByKey(deps, platform, currentRunner(c))
        return done ? c.redirect('/', 302) : page(c, deps, failureView(platform, 'taken', null), 409)
      }
      const elsewhere = underOwnName(c, deps)
      if (elsewhere) return c.redirect(elsewhere, 302)
      return c.redirect(await beginConnect(deps, platform, { runnerId, browser: browserOf(c, deps) }), 302)
    } catch (error) {
      if (!(error instanceof PlatformError)) throw error
      return page(c, deps, failureView(platform, 'platformDown', null))
    }
  })

  app.get('/connect/:platform/callback', async (c) => {
    const platform = findPlatform(c.req.param('platform'))
    if (!platform) return page(c, deps, notFound, 404)
    const ended = await endConnect(deps, {
      platform,
      address: new URL(c.req.url),
      browser: getCookie(c, COOKIE) ?? null,
      runnerId: c.get('runnerId') ?? null,
    })
    if (!ended.ok) return page(c, deps, failureView(platform, ended.why, ended.sentence), ended.why === 'taken' ? 409 : 400)
    if (ended.signedIn) await giveCookie(c, deps, ended.runnerId)
    return c.redirect('/', 302)
  })
}
