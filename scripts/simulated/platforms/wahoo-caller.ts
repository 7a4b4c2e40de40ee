/** Who calls the pretend Wahoo. */
import type { Kit } from '../kit.ts'
import { bearerOf } from '../oauth.ts'
import type { Answer, Exchange } from '../types.ts'

/** Wahoo's two error shapes: one sentence, or sentences by field. */
export function problem(status: number, what: string | Record<string, string[]> = 'Not Found'): Answer {
  return { status, body: typeof what === 'string' ? { error: what } : { errors: what } }
}

export function isAnswer(value: object): value is Answer {
  return 'status' in value
}

/** The owner of the token with this right. The first use of a refreshed token ends the tokens before it. */
export function wahooCaller(kit: Kit, exchange: Exchange, scope: string | null): { runner: number } | Answer {
  const token = kit.authority.valid(bearerOf(exchange.headers.authorization), 'access', kit.now())
  if (!token) return problem(401, 'The access token is invalid')
  for (const old of kit.authority.tokens) {
    if (old === token) break
    if (old.kind === 'access' && old.grant === token.grant) old.dead = true
  }
  if (scope !== null && !token.grant.scopes.includes(scope)) return problem(403, `The access token lacks ${scope}`)
  return { runner: token.grant.runner }
}
