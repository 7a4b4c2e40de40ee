/** Who calls the pretend Garmin. */
import type { Kit } from '../kit.ts'
import { bearerOf } from '../oauth.ts'
import type { Answer, Exchange } from '../types.ts'

export function problem(status: number, errorMessage: string): Answer {
  return { status, body: { errorMessage } }
}

export function isAnswer(value: object): value is Answer {
  return 'status' in value
}

/** The owner of the Bearer token, or the refusal. */
export function garminCaller(kit: Kit, exchange: Exchange): { runner: number; scopes: string[] } | Answer {
  const value = bearerOf(exchange.headers.authorization)
  const known = kit.authority.find(value, 'access')
  if (!value) return problem(401, 'Authorization header is not readable')
  if (!known) return problem(403, 'Unknown token')
  if (!kit.authority.works(known, kit.now())) return problem(401, 'Token is not active')
  return { runner: known.grant.runner, scopes: known.grant.scopes }
}
