/** Codes, grants and tokens of one simulated platform. What differs between platforms stands in their own files. */
import { createHash } from 'node:crypto'

export type Grant = { id: number; runner: number; scopes: string[]; active: boolean }
export type Token = { value: string; kind: 'access' | 'refresh'; grant: Grant; issuedAt: Date; expiresAt: Date | null; dead: boolean }
export type Code = {
  value: string
  runner: number
  scopes: string[]
  redirectUri: string
  challenge: string | null
  expiresAt: Date
  used: boolean
}
/** A consent page that somebody has open. */
export type Asking = { id: string; redirectUri: string; state: string | null; scopes: string[]; challenge: string | null }

/** Everything that was ever given out; nothing is forgotten, so that a test can ask about it. */
export class Authority {
  private readonly makeValue: (kind: string) => string
  private readonly codes = new Map<string, Code>()
  private readonly asking = new Map<string, Asking>()
  readonly grants: Grant[] = []
  readonly tokens: Token[] = []

  constructor(makeValue: (kind: string) => string) {
    this.makeValue = makeValue
  }

  ask(request: Omit<Asking, 'id'>): Asking {
    const asking = { id: this.makeValue('ask'), ...request }
    this.asking.set(asking.id, asking)
    return asking
  }

  answered(id: string): Asking | null {
    const asking = this.asking.get(id) ?? null
    this.asking.delete(id)
    return asking
  }

  giveCode(from: Asking, runner: number, scopes: string[], expiresAt: Date): Code {
    const code: Code = {
      value: this.makeValue('code'),
      runner,
      scopes,
      redirectUri: from.redirectUri,
      challenge: from.challenge,
      expiresAt,
      used: false,
    }
    this.codes.set(code.value, code)
    return code
  }

  /** The code once; `null` when it is unknown, used or old. */
  takeCode(value: string | null, now: Date): Code | null {
    const code = value === null ? undefined : this.codes.get(value)
    if (!code || code.used || code.expiresAt <= now) return null
    code.used = true
    return code
  }

  grant(runner: number, scopes: string[]): Grant {
    const grant: Grant = { id: this.grants.length + 1, runner, scopes, active: true }
    this.grants.push(grant)
    return grant
  }

  issue(kind: Token['kind'], grant: Grant, now: Date, lifeSeconds: number | null, value?: string): Token {
    const expiresAt = lifeSeconds === null ? null : new Date(now.getTime() + lifeSeconds * 1000)
    const token: Token = { value: value ?? this.makeValue(kind), kind, grant, issuedAt: now, expiresAt, dead: false }
    this.tokens.push(token)
    return token
  }

  /** The token whatever its state. */
  find(value: string | null, kind: Token['kind']): Token | null {
    if (value === null) return null
    return this.tokens.findLast((token) => token.kind === kind && token.value === value) ?? null
  }

  /** The token when it works now. */
  valid(value: string | null, kind: Token['kind'], now: Date): Token | null {
    const token = this.find(value, kind)
    return token && this.works(token, now) ? token : null
  }

  works(token: Token, now: Date): boolean {
    return !token.dead && token.grant.active && (token.expiresAt === null || token.expiresAt > now)
  }

  /** Ends grants and all their tokens. */
  end(which: (grant: Grant) => boolean): Grant[] {
    const ended = this.grants.filter((grant) => grant.active && which(grant))
    for (const grant of ended) grant.active = false
    return ended
  }

  activeGrant(runner: number): Grant | null {
    return this.grants.findLast((grant) => grant.runner === runner && grant.active) ?? null
  }
}

/** Whether a PKCE verifier belongs to an S256 challenge (RFC 7636 section 4.6). */
export function verifierFits(verifier: string | null, challenge: string | null): boolean {
  if (!verifier || !challenge || !/^[A-Za-z0-9\-._~]{43,128}$/.test(verifier)) return false
  return createHash('sha256').update(verifier).digest('base64url') === challenge
}

/** Client id and secret of an HTTP Basic header, `null` when there is none. */
export function basicOf(header: string | undefined): { user: string; password: string } | null {
  const match = /^Basic (.+)$/i.exec(header ?? '')
  if (!match) return null
  const text = Buffer.from(match[1]!, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  if (colon < 0) return null
  return { user: decodeURIComponentSafe(text.slice(0, colon)), password: decodeURIComponentSafe(text.slice(colon + 1)) }
}

/** RFC 6749 section 2.3.1 has clients form-encode both parts; plain ones are taken too. */
function decodeURIComponentSafe(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** The token of a Bearer header. */
export function bearerOf(header: string | undefined): string | null {
  return /^Bearer (\S+)$/.exec(header ?? '')?.[1] ?? null
}
