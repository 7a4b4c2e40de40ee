/** The sign-in cookie, and who is asking with ACCOUNTS=on: by cookie or by `Authorization: Bearer`. */
import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import type { Deps } from '../../deps.ts'
import type { FindRunner } from '../who.ts'
import { issue, runnerOf, signOut } from './accounts.ts'

/** `__Host-` binds the cookie to this very host; browsers take it over https only. */
function nameOf(deps: Pick<Deps, 'settings'>): { name: string; secure: boolean } {
  const secure = deps.settings.publicUrl.startsWith('https:')
  return { name: secure ? '__Host-stridelift' : 'stridelift', secure }
}

/** Signs the browser in. */
export async function giveCookie(c: Context, deps: Deps, runnerId: string): Promise<void> {
  const { name, secure } = nameOf(deps)
  const { secret, expiresAt } = await issue(deps.db, { runnerId, kind: 'cookie', now: deps.now() })
  setCookie(c, name, secret, { httpOnly: true, sameSite: 'Lax', path: '/', secure, ...(expiresAt ? { expires: expiresAt } : {}) })
}

/** Signs the browser out; the cookie's secret opens nothing any more. */
export async function takeCookie(c: Context, deps: Deps): Promise<void> {
  const { name, secure } = nameOf(deps)
  const secret = getCookie(c, name)
  if (secret) await signOut(deps.db, secret)
  deleteCookie(c, name, { path: '/', secure })
}

/** With ACCOUNTS=on: the runner of a personal API token or of the cookie; a bad token is nobody, whatever the cookie says. */
export const signedInRunner: FindRunner = async (c, deps) => {
  const header = c.req.header('authorization')
  if (header !== undefined) {
    const token = /^Bearer\s+(\S+)$/i.exec(header)?.[1]
    return token ? await runnerOf(deps.db, token, 'token', deps.now()) : null
  }
  const secret = getCookie(c, nameOf(deps).name)
  return secret ? await runnerOf(deps.db, secret, 'cookie', deps.now()) : null
}

const LOCAL = /^(::ffff:)?(127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)|^::1$|^f[cd]/i

/**
 * The caller's address, for counting guesses; `unknown` where the server does not tell. A proxy beside the service appends
 * the address that it saw to `X-Forwarded-For`; from anywhere else that header is the caller's own invention.
 */
export function callerOf(c: Context): string {
  const env: unknown = c.env
  if (typeof env !== 'object' || env === null || !('incoming' in env)) return 'unknown'
  const incoming = env.incoming as { socket?: { remoteAddress?: string } }
  const peer = incoming.socket?.remoteAddress ?? 'unknown'
  const forwarded = c.req.header('x-forwarded-for')?.split(',').at(-1)?.trim()
  return LOCAL.test(peer) && forwarded ? forwarded.slice(0, 64) : peer
}
