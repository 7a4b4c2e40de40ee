/** Who calls the pretend intervals.icu. */
import type { Kit } from '../kit.ts'
import { basicOf, bearerOf } from '../oauth.ts'
import type { Answer, Exchange } from '../types.ts'

export type Caller = { runner: number; scopes: string[]; client: number | null }

export function problem(status: number, error: string): Answer {
  return { status, body: { status, error } }
}

/** Who calls, with which rights; or the refusal. A right to write includes reading. */
export function intervalsCaller(kit: Kit, exchange: Exchange, scope: string | null): Caller | Answer {
  const bearer = bearerOf(exchange.headers.authorization)
  const basic = basicOf(exchange.headers.authorization)
  if (basic && basic.user === 'API_KEY' && basic.password === kit.app.apiKey) return { runner: 1, scopes: [], client: null }
  if (basic) return problem(403, 'Invalid API key')
  const token = kit.authority.valid(bearer, 'access', kit.now())
  if (!token) return problem(401, 'Unauthorized')
  const [area, level] = (scope ?? '').split(':')
  const { scopes } = token.grant
  if (area && !scopes.includes(`${area}:WRITE`) && (level === 'WRITE' || !scopes.includes(`${area}:READ`)))
    return problem(403, `Missing scope ${scope}`)
  return { runner: token.grant.runner, scopes, client: Number(kit.app.clientId) }
}

export function isAnswer(value: object): value is Answer {
  return 'status' in value
}

/** The athlete of the path: `0` is the owner of the token. */
export function ownAthlete(kit: Kit, exchange: Exchange, caller: Caller): Answer | null {
  const { athlete } = exchange.params
  if (athlete === '0' || athlete === kit.options.runnerId(caller.runner)) return null
  kit.violate(exchange, `athlete ${athlete} is not the owner of the token`)
  return problem(403, 'Access denied')
}

/** The site writes instants with an offset, not with a Z. */
export function kitTime(at: Date): string {
  return at.toISOString().replace('Z', '+00:00')
}
