/** Connecting and refreshing for every platform from its facts, by oauth4webapi (RFC 6749, RFC 7636). */
import * as oauth from 'oauth4webapi'
import { PlatformError } from '../errors.ts'
import { mapped } from './hosts.ts'
import { jsonOf, retryAfterOf, userAgent, usualRemedy } from './http.ts'
import type { AppContext, Identity, Platform, PlatformContext, PlatformSettings, TokenAnswer, Tokens } from './platform.ts'

/** Why a connection did not come about; the message tells the runner what to do. */
export class ConnectRefused extends Error {
  override readonly name = 'ConnectRefused'
  readonly reason: 'denied' | 'expired' | 'app' | 'failed'
  constructor(reason: ConnectRefused['reason'], message: string) {
    super(message)
    this.reason = reason
  }
}

export type Connected = {
  tokens: Tokens
  scopes: string[]
  externalUserId: string
  memory: Record<string, unknown>
  rights: Rights
}

/** What the granted scopes allow, and the missing ones by name. */
export type Rights = { canRead: boolean; canWrite: boolean; missing: string[] }

type Asked = 'code' | 'refresh'

function serverOf(platform: Platform, asked: Asked): oauth.AuthorizationServer {
  const { authorizeUrl, tokenUrl, refreshUrl } = platform.oauth
  return {
    issuer: new URL(tokenUrl).origin,
    authorization_endpoint: authorizeUrl,
    token_endpoint: asked === 'refresh' ? (refreshUrl ?? tokenUrl) : tokenUrl,
  }
}

/** Id and secret as they are: the platforms do not undo the form encoding that RFC 6749 section 2.3.1 asks for. */
function plainBasic(clientSecret: string): oauth.ClientAuth {
  return (_server, client, _body, headers) => {
    headers.set('authorization', `Basic ${Buffer.from(`${client.client_id}:${clientSecret}`).toString('base64')}`)
  }
}

function clientOf(platform: Platform, settings: PlatformSettings): { client: oauth.Client; authentication: oauth.ClientAuth } {
  const { clientId, clientSecret } = settings
  if (!clientId || !clientSecret) {
    throw new PlatformError(platform.id, 'app refused', `client id and secret of ${platform.label} are not set`)
  }
  const basic = platform.oauth.clientAuthentication === 'basic'
  return {
    client: { client_id: clientId },
    authentication: basic ? plainBasic(clientSecret) : oauth.ClientSecretPost(clientSecret),
  }
}

/** Words of the standard where an answer has none: what the standard code needs to read it. */
function tidied(status: number, body: TokenAnswer): { status: number; body: TokenAnswer } {
  if (status >= 200 && status < 300) {
    const { id_token: _, ...rest } = body
    const kept = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null && value !== ''))
    const scope = Array.isArray(kept.scope) ? kept.scope.join(' ') : kept.scope
    const expires = Number(kept.expires_in)
    const { scope: _scope, expires_in: _expires, ...others } = kept
    return {
      status: 200,
      body: {
        ...others,
        token_type: 'bearer',
        ...(typeof scope === 'string' ? { scope } : {}),
        ...(kept.expires_in !== undefined && expires >= 0 ? { expires_in: expires } : {}),
      },
    }
  }
  const known = typeof body.error === 'string' && /^[a-z_]+$/.test(body.error)
  const error = known ? body.error : status === 401 || status === 403 ? 'invalid_client' : 'invalid_request'
  return { status: status === 401 ? 401 : 400, body: { error } }
}

/** The token call as the platform wants it: its real address mapped, its deviations mended. */
function tokenFetch(ctx: AppContext, platform: Platform, asked: Asked, current: Tokens | null) {
  return async (address: string, init: oauth.CustomFetchOptions<'POST', URLSearchParams>): Promise<Response> => {
    await ctx.spend({ platform: platform.id, kind: 'oauth', calls: 1, userKey: null })
    const { url } = mapped(platform, ctx.settings, address)
    const headers = { ...init.headers, 'user-agent': userAgent, accept: 'application/json', ...platform.oauth.tokenHeaders }
    let response: Response
    let bytes: Uint8Array
    try {
      const signal = AbortSignal.timeout(30_000)
      response = await ctx.fetch(url, { method: 'POST', headers, body: init.body.toString(), redirect: 'manual', signal })
      bytes = new Uint8Array(await response.arrayBuffer())
    } catch {
      throw new PlatformError(platform.id, 'retry', `${platform.label} could not be reached for a token`)
    }
    if (usualRemedy(response.status) === 'retry') {
      throw new PlatformError(platform.id, 'retry', `${platform.label} has trouble giving tokens (status ${response.status})`, {
        status: response.status,
        retryAfterSeconds: retryAfterOf(response.headers, ctx.now()),
      })
    }
    const json = jsonOf({ bytes })
    const body = typeof json === 'object' && json !== null ? { ...json } : {}
    const given = { status: response.status, body: body as TokenAnswer }
    const mended = platform.oauth.mend?.(given, asked) ?? given
    if (mended.status < 300 && json === undefined) {
      throw new PlatformError(platform.id, 'retry', `${platform.label} answered the token call with something that is no JSON`)
    }
    if (mended.status < 300 && platform.oauth.refresh === 'prolongs' && asked === 'refresh' && current) {
      const told = Object.entries(mended.body).filter(([, value]) => value !== null && value !== '')
      mended.body = { access_token: current.access, refresh_token: current.refresh, ...Object.fromEntries(told) }
    }
    const tidy = tidied(mended.status, mended.body)
    return new Response(JSON.stringify(tidy.body), { status: tidy.status, headers: { 'content-type': 'application/json' } })
  }
}

function tokensOf(answer: oauth.TokenEndpointResponse, former: Tokens | null, now: Date): Tokens {
  const at = (seconds: unknown) => (typeof seconds === 'number' ? new Date(now.getTime() + seconds * 1000).toISOString() : null)
  const end = Number(answer.expires_at)
  const refreshSeconds = Number(answer.refresh_token_expires_in)
  return {
    access: answer.access_token,
    refresh: answer.refresh_token ?? former?.refresh ?? null,
    accessExpiresAt: end > 0 ? new Date(end * 1000).toISOString() : at(answer.expires_in),
    refreshExpiresAt: refreshSeconds > 0 ? at(refreshSeconds) : answer.refresh_token ? null : (former?.refreshExpiresAt ?? null),
  }
}

const listOf = (scope: unknown): string[] | null => (typeof scope === 'string' ? scope.split(/[\s,]+/).filter(Boolean) : null)

/** What these scopes allow. */
export function rightsOf(platform: Platform, scopes: readonly string[]): Rights {
  const { scopesForReading, scopesForWriting } = platform.oauth
  const lacking = (groups: readonly (readonly string[])[]) => groups.filter((group) => !group.some((scope) => scopes.includes(scope)))
  const reading = lacking(scopesForReading)
  const writing = platform.calendar ? lacking(scopesForWriting) : []
  return {
    canRead: reading.length === 0,
    canWrite: platform.calendar !== null && writing.length === 0,
    missing: [...reading, ...writing].map((group) => group[0]!),
  }
}

/**
 * Where the runner's browser goes to agree.
 * @returns the verifier to be kept until the callback; `null` where the platform knows no PKCE
 */
export async function authorizeAddress(
  platform: Platform,
  settings: PlatformSettings,
  { redirectUri, state }: { redirectUri: string; state: string },
): Promise<{ url: string; verifier: string | null }> {
  const facts = platform.oauth
  const { client } = clientOf(platform, settings)
  const { url } = mapped(platform, settings, facts.authorizeUrl)
  const verifier = facts.pkce ? oauth.generateRandomCodeVerifier() : null
  const parameters: Record<string, string> = {
    response_type: 'code',
    client_id: client.client_id,
    redirect_uri: redirectUri,
    ...(facts.asksForScopes ? { scope: facts.scopes.join(facts.scopeSeparator) } : {}),
    state,
    ...facts.authorizeParameters,
  }
  if (verifier) {
    parameters.code_challenge = await oauth.calculatePKCECodeChallenge(verifier)
    parameters.code_challenge_method = 'S256'
  }
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  return { url: url.href, verifier }
}

/** The callback's parameters, checked. @throws ConnectRefused for a refusal or a callback that is not ours */
function checkedCallback(platform: Platform, client: oauth.Client, callback: URL, state: string): URLSearchParams {
  const refusal = callback.searchParams.get('error')
  if (refusal === 'access_denied') {
    throw new ConnectRefused('denied', `You said no at ${platform.label}. Nothing was connected; you can connect whenever you like.`)
  }
  try {
    return oauth.validateAuthResponse(serverOf(platform, 'code'), client, callback, state)
  } catch {
    throw new ConnectRefused('failed', `${platform.label} did not finish the connection. Please press Connect again.`)
  }
}

/** An error of the token call, as the service reads it. */
function tokenError(platform: Platform, error: unknown): PlatformError {
  if (error instanceof PlatformError) return error
  if (error instanceof oauth.ResponseBodyError) {
    if (error.error === 'invalid_grant') {
      return new PlatformError(platform.id, 'reconnect', `${platform.label} no longer accepts this connection`, { status: error.status })
    }
    if (error.error === 'invalid_client' || error.error === 'unauthorized_client') {
      return new PlatformError(
        platform.id,
        'app refused',
        `${platform.label} does not accept our client id and secret, or has the app switched off`,
        {
          status: error.status,
        },
      )
    }
    return new PlatformError(platform.id, 'give up', `${platform.label} did not accept the token call (${error.error})`, {
      status: error.status,
    })
  }
  return new PlatformError(platform.id, 'retry', `${platform.label} answered the token call in a way that could not be read`)
}

/** A context for a runner who is not connected yet: what is to be remembered is collected. */
export function provisional(ctx: AppContext, tokens: { access: string } | null, memory: Record<string, unknown>): PlatformContext {
  return {
    ...ctx,
    userKey: 'connecting',
    externalUserId: null,
    tokens,
    scopes: [],
    memory,
    remember: async (patch) => {
      Object.assign(memory, patch)
    },
  }
}

/** Who it is. A refusal that the runner can mend (missing consents) is told to them. */
async function identified(platform: Platform, ctx: PlatformContext, answer: TokenAnswer): Promise<Identity> {
  try {
    return await platform.oauth.identify(ctx, answer)
  } catch (error) {
    if (!(error instanceof PlatformError) || error.remedy === 'retry' || error.remedy === 'app refused') throw error
    throw new ConnectRefused('failed', error.message.replace(`${platform.id}: `, ''))
  }
}

/**
 * Ends the connecting: checks the callback, exchanges the code, learns who it is.
 * @param callback the address that the browser came back to, with its query
 * @throws ConnectRefused with a sentence for the runner. @throws PlatformError `retry` or `app refused`
 */
export async function exchange(
  ctx: AppContext,
  platform: Platform,
  { callback, redirectUri, state, verifier }: { callback: URL; redirectUri: string; state: string; verifier: string | null },
): Promise<Connected> {
  const { client, authentication } = clientOf(platform, ctx.settings)
  const parameters = checkedCallback(platform, client, callback, state)
  const server = serverOf(platform, 'code')
  let answer: oauth.TokenEndpointResponse
  try {
    const options = { [oauth.customFetch]: tokenFetch(ctx, platform, 'code', null) }
    const proof = verifier ?? oauth.nopkce
    const response = await oauth.authorizationCodeGrantRequest(server, client, authentication, parameters, redirectUri, proof, options)
    answer = await oauth.processAuthorizationCodeResponse(server, client, response)
  } catch (error) {
    const known = tokenError(platform, error)
    if (known.remedy === 'reconnect' || known.remedy === 'give up') {
      throw new ConnectRefused('expired', `The agreement with ${platform.label} came back too late or twice. Please press Connect again.`)
    }
    throw known
  }
  const memory: Record<string, unknown> = {}
  const identity = await identified(platform, provisional(ctx, { access: answer.access_token }, memory), answer)
  const asked = [...platform.oauth.scopes]
  const scopes = identity.scopes ?? listOf(answer.scope) ?? listOf(parameters.get('scope')) ?? asked
  return {
    tokens: tokensOf(answer, null, ctx.now()),
    scopes,
    externalUserId: identity.externalUserId,
    memory: { ...memory, ...identity.memory },
    rights: rightsOf(platform, scopes),
  }
}

/**
 * Renews the tokens. The caller holds the connection's lock and stores the answer before it uses it.
 * @throws PlatformError `reconnect` when the platform refuses the refresh token (`oauth.deadAfter` says how often that must
 * happen before it is believed), `retry`, `app refused`
 */
export async function refresh(ctx: AppContext, platform: Platform, tokens: Tokens): Promise<{ tokens: Tokens; scopes: string[] | null }> {
  if (platform.oauth.refresh === 'none' || !tokens.refresh) {
    throw new PlatformError(platform.id, 'reconnect', `${platform.label} does not renew tokens; the runner connects again`)
  }
  const { client, authentication } = clientOf(platform, ctx.settings)
  const server = serverOf(platform, 'refresh')
  try {
    const options = { [oauth.customFetch]: tokenFetch(ctx, platform, 'refresh', tokens) }
    const response = await oauth.refreshTokenGrantRequest(server, client, authentication, tokens.refresh, options)
    const answer = await oauth.processRefreshTokenResponse(server, client, response)
    return { tokens: tokensOf(answer, tokens, ctx.now()), scopes: listOf(answer.scope) }
  } catch (error) {
    throw tokenError(platform, error)
  }
}
