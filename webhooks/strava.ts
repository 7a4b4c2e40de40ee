/** @see ../src/platforms/strava/readme.md */
import { z } from 'zod'
import { WebhookRefused } from '../src/errors.ts'
import { Id, isoFrom, looseNumber, maybe } from '../src/platforms/json.ts'
import type { WebhookReceiver } from './receiver.ts'
import { jsonBody, sameSecret, sha256 } from './verify.ts'

const Event = z.object({
  object_type: z.string(),
  aspect_type: z.string(),
  object_id: Id,
  owner_id: Id,
  event_time: looseNumber,
  updates: maybe(z.record(z.string(), z.unknown())),
})

export const stravaReceiver: WebhookReceiver = {
  secretInPath: true,
  maxBytes: 256 << 10,
  verify({ rawBody, pathSecret }, { webhookSecret }) {
    // The signature header cannot be checked by anything that Strava documents: the path is the guard, the body a hint.
    if (!sameSecret(pathSecret, webhookSecret)) throw new WebhookRefused(404, 'There is no such address.')
    jsonBody(rawBody)
  },
  deliveryKey({ rawBody }) {
    const event = Event.safeParse(jsonBody(rawBody))
    if (!event.success) return sha256(rawBody)
    const { object_type, object_id, aspect_type, event_time, updates } = event.data
    return sha256(JSON.stringify([object_type, object_id, aspect_type, event_time, updates]))
  },
  handshake(query, { webhookSecret }) {
    const challenge = query.get('hub.challenge')
    if (query.get('hub.mode') !== 'subscribe' || challenge === null || !sameSecret(query.get('hub.verify_token'), webhookSecret)) {
      throw new WebhookRefused(403, 'The verify token is not ours.')
    }
    return { 'hub.challenge': challenge }
  },
  split(rawBody, receivedAt) {
    const { object_type, aspect_type, object_id, owner_id, event_time, updates } = Event.parse(jsonBody(rawBody))
    const externalUserId = owner_id
    if (object_type === 'athlete') {
      const left = aspect_type === 'delete' || String(updates?.authorized) === 'false'
      return left ? [{ kind: 'deauthorized', externalUserId }] : []
    }
    if (object_type !== 'activity') return []
    if (aspect_type === 'delete') return [{ kind: 'runDeleted', externalUserId, externalId: object_id }]
    const toldAt = (event_time ? isoFrom(event_time * 1000) : null) ?? receivedAt.toISOString()
    return [
      { kind: aspect_type === 'create' ? 'run' : 'runUpdated', externalUserId, run: { externalId: object_id, revision: toldAt, toldAt } },
    ]
  },
}
