/** Signing up, in and out by page, and personal tokens (ACCOUNTS=on). */
import type { Hono } from 'hono'
import { dropTokens, tokensOf } from '../../db/accounts.ts'
import type { Deps } from '../../deps.ts'
import { RequestRefused } from '../../errors.ts'
import { offered, platforms } from '../../platforms/index.ts'
import { issue, signIn } from '../accounts/accounts.ts'
import { callerOf, giveCookie, takeCookie } from '../accounts/cookie.ts'
import { NewAccount, openAccount } from '../api/accounts.ts'
import { SignInPage, type SignInView, SignUpPage, TokensPage } from '../pages/account.tsx'
import type { NoticeView, Shell } from '../pages/view.ts'
import type { Who } from '../who.ts'
import { back, draw, fieldsOf, type PageContext, refused, shellOf, type Visit, visitOf } from './kit.tsx'

const said: Record<string, NoticeView> = {
  out: { text: 'You are signed out.', tone: 'done' },
  erased: { text: 'Everything is erased.', tone: 'done' },
}

function shell(c: PageContext, deps: Deps, title: string): Shell {
  const notice = said[c.req.query('said') ?? '']
  const today = deps.now().toISOString().slice(0, 10)
  return { title, place: 'none', units: 'metric', today, notices: notice ? [notice] : [], demo: false, signedIn: false, bare: true }
}

/** Platforms that a runner who connected them can sign in by. */
function waysIn(deps: Deps): SignInView['platforms'] {
  return platforms
    .filter((platform) => offered(platform, deps.settings.platforms[platform.id]) === 'oauth')
    .map(({ id, label, connectWords }) => ({ label: connectWords ?? label, url: `/connect/${id}?signIn=1` }))
}

type Entry = 'sign-in' | 'sign-up'

function entryPage(
  c: PageContext,
  deps: Deps,
  entry: Entry,
  given: { email?: string; to?: string | null; problem?: string; status?: 200 | 401 | 409 | 422 | 429 },
) {
  const view = { email: given.email ?? '', to: given.to ?? null, problem: given.problem ?? null, platforms: waysIn(deps) }
  const page =
    entry === 'sign-in' ? (
      <SignInPage shell={shell(c, deps, 'Sign in')} view={view} />
    ) : (
      <SignUpPage shell={shell(c, deps, 'Make an account')} view={view} />
    )
  return draw(c, page, given.status ?? 200)
}

/** What is wrong with an address and password that are to make an account; null when nothing is. */
function newAccountProblem(given: { email: string; password: string }): string | null {
  const parsed = NewAccount.safeParse(given)
  if (parsed.success) return null
  const words: Record<string, string> = { email: 'The e-mail address', password: 'The password' }
  return parsed.error.issues.map(({ path, message }) => `${words[String(path[0])]} ${message}.`).join(' ')
}

/** Carries out a posted sign-in or sign-up; what is refused comes back as the same form with its sentence. */
async function enter(c: PageContext, deps: Deps, entry: Entry): Promise<Response> {
  const fields = await fieldsOf(c)
  const email = (fields.get('email') ?? '').trim().slice(0, 254)
  const password = (fields.get('password') ?? '').slice(0, 200)
  const to = fields.get('to')
  const given = { email, password, caller: callerOf(c) }
  const problem = entry === 'sign-up' ? newAccountProblem({ email, password: fields.get('password') ?? '' }) : null
  if (problem) return entryPage(c, deps, entry, { email, to, problem, status: 422 })
  try {
    const runnerId = entry === 'sign-up' ? await openAccount(deps, given) : await signIn(deps.db, { ...given, now: deps.now() })
    await giveCookie(c, deps, runnerId)
    return back(c, to, '/')
  } catch (error) {
    if (!(error instanceof RequestRefused)) throw error
    if (error.retryAfterSeconds !== undefined) c.header('Retry-After', String(error.retryAfterSeconds))
    const status = error.status === 401 || error.status === 409 || error.status === 429 ? error.status : 422
    return entryPage(c, deps, entry, { email, to, problem: error.message, status })
  }
}

async function showTokens(c: PageContext, deps: Deps, visit: Visit, fresh: string | null): Promise<Response> {
  const tokens = await tokensOf(deps.db, visit.runnerId)
  return draw(c, <TokensPage shell={shellOf(c, deps, visit, { title: 'Personal tokens', place: 'none' })} view={{ tokens, fresh }} />)
}

/** The pages of accounts; mounted only where the service has them. */
export function accountRoutes(app: Hono<Who>, deps: Deps): void {
  for (const entry of ['sign-in', 'sign-up'] as const) {
    app.get(`/${entry}`, (c) => {
      const to = c.req.query('to') ?? null
      return c.get('runnerId') ? back(c, to, '/') : entryPage(c, deps, entry, { to })
    })
    app.post(`/${entry}`, (c) => enter(c, deps, entry))
  }

  app.post('/sign-out', async (c) => {
    await takeCookie(c, deps)
    return c.redirect('/sign-in?said=out', 303)
  })

  app.get('/tokens', async (c) => showTokens(c, deps, await visitOf(c, deps), null))

  app.post('/tokens', async (c) => {
    const visit = await visitOf(c, deps)
    const name = ((await fieldsOf(c)).get('name') ?? '').trim().slice(0, 80)
    const { secret } = await issue(deps.db, { runnerId: visit.runnerId, kind: 'token', ...(name ? { name } : {}), now: deps.now() })
    return showTokens(c, deps, visit, secret)
  })

  app.post('/tokens/:id{[0-9a-f-]{36}}/delete', async (c) => {
    const visit = await visitOf(c, deps)
    const dropped = await dropTokens(deps.db, visit.runnerId, c.req.param('id'))
    if (dropped === 0) return refused(c, deps, visit, { status: 404, detail: 'There is no such token.' }, '/tokens')
    return back(c, null, '/tokens', { said: 'tokenDropped' })
  })
}
