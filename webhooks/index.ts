/** The webhook routes: the same steps for every platform; the slow work is the worker's. */
import { type Context, Hono } from 'hono'
import { WebhookRefused } from '../src/errors.ts'
import type { PlatformId } from '../src/settings.ts'
import { corosReceiver } from './coros.ts'
import { garminReceiver } from './garmin.ts'
import { intervalsIcuReceiver } from './intervals-icu.ts'
import { polarReceiver } from './polar.ts'
import type { Notice, Secrets, WebhookReceiver } from './receiver.ts'
import { stravaReceiver } from './strava.ts'
import { suuntoReceiver } from './suunto.ts'
import { sameSecret } from './verify.ts'
import { wahooReceiver } from './wahoo.ts'

export type { Notice, Secrets, WebhookReceiver } from './receiver.ts'

/** One receiver for each platform: a platform without one does not compile. */
export const receivers: Record<PlatformId, WebhookReceiver> = {
  'intervals-icu': intervalsIcuReceiver,
  garmin: garminReceiver,
  coros: corosReceiver,
  suunto: suuntoReceiver,
  polar: polarReceiver,
  wahoo: wahooReceiver,
  strava: stravaReceiver,
}

export type Delivery = { platform: PlatformId; rawBody: Uint8Array; deliveryKey: string; receivedAt: Date }

export type Inbox = {
  /** The platform's secrets; `null` where it is not set up: then its address does not exist. */
  secretFor: (platform: PlatformId) => Secrets | null | Promise<Secrets | null>
  /** Keeps the delivery and queues its work, both or neither. */
  keep: (delivery: Delivery) => Promise<'kept' | 'seen before'>
  now: () => Date
  /** Told of every delivery that is refused. */
  refused?: (platform: string, status: number, why: string) => void
}

/** Bytes of a request up to a limit, however long it says it is. @throws WebhookRefused 413 beyond it */
async function bytesOf(request: Request, limit: number): Promise<Uint8Array> {
  const tooLarge = () => new WebhookRefused(413, `The body is larger than ${limit} bytes.`)
  if (Number(request.headers.get('content-length') ?? 0) > limit) throw tooLarge()
  const parts: Uint8Array[] = []
  let length = 0
  for await (const part of request.body ?? []) {
    length += part.length
    if (length > limit) throw tooLarge()
    parts.push(part)
  }
  return new Uint8Array(Buffer.concat(parts))
}

/** The receiver of an address. @throws WebhookRefused 404 where there is none */
async function receiverOf(inbox: Inbox, context: Context): Promise<{ platform: PlatformId; receiver: WebhookReceiver; secrets: Secrets }> {
  const name = context.req.param('platform') ?? ''
  const platform = Object.hasOwn(receivers, name) ? (name as PlatformId) : null
  const secrets = platform && (await inbox.secretFor(platform))
  if (!platform || !secrets) throw new WebhookRefused(404, 'There is no such address.')
  const receiver = receivers[platform]
  if (receiver.secretInPath !== (context.req.param('secret') !== undefined)) throw new WebhookRefused(404, 'There is no such address.')
  return { platform, receiver, secrets }
}

/** The problem document of a refusal (RFC 9457). */
function refusal(inbox: Inbox, context: Context, error: unknown): Response {
  if (!(error instanceof WebhookRefused)) throw error
  inbox.refused?.(context.req.param('platform') ?? '', error.status, error.message)
  const problem = { type: 'about:blank', title: 'Webhook refused', status: error.status, detail: error.message }
  return context.body(JSON.stringify(problem), error.status, { 'content-type': 'application/problem+json' })
}

/** POST /{platform}, /{platform}/{secret}, and GET for handshakes; to be mounted under /webhooks. */
export function webhookRoutes(inbox: Inbox): Hono {
  const receive = async (context: Context): Promise<Response> => {
    try {
      const { platform, receiver, secrets } = await receiverOf(inbox, context)
      const rawBody = await bytesOf(context.req.raw, receiver.maxBytes)
      const header = (name: string) => context.req.header(name)
      const query = new URL(context.req.url).searchParams
      const delivered = { rawBody, header, query, pathSecret: context.req.param('secret') ?? null }
      if (receiver.isPing?.(delivered)) return context.body(null, 200)
      receiver.verify(delivered, secrets)
      await inbox.keep({ platform, rawBody, deliveryKey: receiver.deliveryKey(delivered), receivedAt: inbox.now() })
      return receiver.answer ? context.json(receiver.answer) : context.body(null, 200)
    } catch (error) {
      return refusal(inbox, context, error)
    }
  }
  const greet = async (context: Context): Promise<Response> => {
    try {
      const { receiver, secrets } = await receiverOf(inbox, context)
      if (!receiver.handshake) throw new WebhookRefused(404, 'There is no such address.')
      const pathSecret = context.req.param('secret')
      if (receiver.secretInPath && !sameSecret(pathSecret, secrets.webhookSecret))
        throw new WebhookRefused(404, 'There is no such address.')
      return context.json(receiver.handshake(new URL(context.req.url).searchParams, secrets))
    } catch (error) {
      return refusal(inbox, context, error)
    }
  }
  return new Hono()
    .get('/:platform', greet)
    .get('/:platform/:secret', greet)
    .post('/:platform', receive)
    .post('/:platform/:secret', receive)
}

/** What a kept delivery tells; for the worker. @throws when it has an unknown shape */
export function splitDelivery(platform: PlatformId, rawBody: Uint8Array, receivedAt: Date): Notice[] {
  return receivers[platform].split(rawBody, receivedAt)
}
