/** Accounts, sign-in and personal API tokens (ACCOUNTS=on). */
import { createRoute, z } from '@hono/zod-openapi'
import { addAccount, dropTokens, emailOf, tokensOf } from '../../db/accounts.ts'
import { addRunner } from '../../db/runners.ts'
import type { Deps } from '../../deps.ts'
import { NotFoundError, RequestRefused } from '../../errors.ts'
import { issue, signIn, signUp } from '../accounts/accounts.ts'
import { callerOf, giveCookie, takeCookie } from '../accounts/cookie.ts'
import { currentRunner } from '../who.ts'
import { apiApp, Id, json, problems } from './api.ts'

/** What makes an account; the sign-up page uses it too. */
export const NewAccount = z
  .object({
    email: z.email('must be an e-mail address such as ana@example.org').max(254, 'is too long'),
    password: z.string().min(10, 'must have at least 10 characters').max(200, 'must have at most 200 characters'),
  })
  .openapi('NewAccount')
const SignIn = z.object({ email: z.string().max(254), password: z.string().max(200) }).openapi('SignIn')
const Account = z.object({ email: z.string().nullable() }).openapi('Account')
const Token = z
  .object({ id: Id, name: z.string().nullable(), createdAt: z.iso.datetime(), usedAt: z.iso.datetime().nullable() })
  .openapi('Token')
const NewToken = Token.extend({ token: z.string().openapi({ description: 'Shown only now' }) }).openapi('NewToken')

const body = <Schema extends z.ZodType>(schema: Schema) => ({ body: { required: true, content: { 'application/json': { schema } } } })
const none = { description: 'Done' }

const routes = {
  signUp: createRoute({
    method: 'post',
    path: '/accounts',
    tags: ['accounts'],
    summary: 'Sign up',
    security: [],
    request: body(NewAccount),
    responses: { 201: json(Account, 'The account; the cookie signs in'), ...problems(409, 422, 429) },
  }),
  signIn: createRoute({
    method: 'post',
    path: '/session',
    tags: ['accounts'],
    summary: 'Sign in',
    security: [],
    request: body(SignIn),
    responses: { 200: json(Account, 'Signed in by cookie'), ...problems(422, 429) },
  }),
  signOut: createRoute({
    method: 'delete',
    path: '/session',
    tags: ['accounts'],
    summary: 'Sign out',
    responses: { 204: none, ...problems() },
  }),
  tokens: createRoute({
    method: 'get',
    path: '/tokens',
    tags: ['accounts'],
    summary: 'Personal API tokens, without their secrets',
    responses: { 200: json(z.object({ tokens: z.array(Token) }), 'Newest first'), ...problems() },
  }),
  newToken: createRoute({
    method: 'post',
    path: '/tokens',
    tags: ['accounts'],
    summary: 'A new personal API token for `Authorization: Bearer`',
    request: { body: { required: false, content: { 'application/json': { schema: z.object({ name: z.string().max(80).optional() }) } } } },
    responses: { 201: json(NewToken, 'The token; it is shown only now'), ...problems(422) },
  }),
  dropTokens: createRoute({
    method: 'delete',
    path: '/tokens',
    tags: ['accounts'],
    summary: 'Take back all personal API tokens, or the one named',
    request: { query: z.object({ id: Id.optional() }) },
    responses: { 204: none, ...problems(404, 422) },
  }),
  dropToken: createRoute({
    method: 'delete',
    path: '/tokens/{id}',
    tags: ['accounts'],
    summary: 'Take back one personal API token',
    request: { params: z.object({ id: Id }) },
    responses: { 204: none, ...problems(404) },
  }),
}

/** Makes an account with its runner. @returns the runner's id. @throws RequestRefused 409, 429 */
export function openAccount(deps: Deps, given: { email: string; password: string; caller: string }): Promise<string> {
  const now = deps.now()
  return signUp(deps.db, { ...given, now, addRunner: (tx) => addRunner(tx, { now, profile: { timeZone: 'UTC' } }) })
}

/** Gives an account whose runner was erased a new, empty runner. @returns the runner's id */
export function reopenAccount(deps: Deps, account: { email: string; passwordHash: string | null }): Promise<string> {
  const now = deps.now()
  return deps.db.transaction(async (tx) => {
    const runnerId = await addRunner(tx, { now, profile: { timeZone: 'UTC' } })
    if (!(await addAccount(tx, { ...account, runnerId, now }))) throw new RequestRefused(409, 'This e-mail address has an account already.')
    return runnerId
  })
}

export function accountsApi(deps: Deps) {
  const app = apiApp()
  app.openapi(routes.signUp, async (c) => {
    const { email, password } = c.req.valid('json')
    const runnerId = await openAccount(deps, { email, password, caller: callerOf(c) })
    await giveCookie(c, deps, runnerId)
    return c.json({ email: await emailOf(deps.db, runnerId) }, 201)
  })
  app.openapi(routes.signIn, async (c) => {
    const runnerId = await signIn(deps.db, { ...c.req.valid('json'), caller: callerOf(c), now: deps.now() })
    await giveCookie(c, deps, runnerId)
    return c.json({ email: await emailOf(deps.db, runnerId) }, 200)
  })
  app.openapi(routes.signOut, async (c) => {
    await takeCookie(c, deps)
    return c.body(null, 204)
  })
  app.openapi(routes.tokens, async (c) => {
    const rows = await tokensOf(deps.db, currentRunner(c))
    return c.json(
      { tokens: rows.map((row) => ({ ...row, createdAt: row.createdAt.toISOString(), usedAt: row.usedAt?.toISOString() ?? null })) },
      200,
    )
  })
  app.openapi(routes.newToken, async (c) => {
    const { name = null } = (c.req.valid('json') as { name?: string } | undefined) ?? {}
    const now = deps.now()
    const { secret, id } = await issue(deps.db, { runnerId: currentRunner(c), kind: 'token', ...(name === null ? {} : { name }), now })
    return c.json({ id, name, createdAt: now.toISOString(), usedAt: null, token: secret }, 201)
  })
  app.openapi(routes.dropTokens, async (c) => {
    const id = c.req.valid('query').id ?? null
    const dropped = await dropTokens(deps.db, currentRunner(c), id)
    if (id !== null && dropped === 0) throw new NotFoundError('There is no such token.')
    return c.body(null, 204)
  })
  app.openapi(routes.dropToken, async (c) => {
    if ((await dropTokens(deps.db, currentRunner(c), c.req.valid('param').id)) === 0) throw new NotFoundError('There is no such token.')
    return c.body(null, 204)
  })
  return app
}
