/** @see ../src/platforms/polar/readme.md */
import { z } from 'zod'
import { WebhookRefused } from '../src/errors.ts'
import { Id } from '../src/platforms/json.ts'
import type { WebhookReceiver } from './receiver.ts'
import { fieldOf, jsonBody, sha256, signatureMatches } from './verify.ts'

const Notice = z.object({ event: z.string() })
const Exercise = z.object({ user_id: Id, entity_id: Id, timestamp: z.string().optional() })

export const polarReceiver: WebhookReceiver = {
  secretInPath: false,
  maxBytes: 256 << 10,
  // Comes while the webhook is being registered, before its key is known.
  isPing({ rawBody, header }) {
    if (header('polar-webhook-event')?.toUpperCase() === 'PING') return true
    try {
      return fieldOf(jsonBody(rawBody), 'event') === 'PING'
    } catch {
      return false
    }
  },
  verify({ rawBody, header }, { webhookSecret }) {
    if (!signatureMatches(rawBody, header('polar-webhook-signature'), webhookSecret))
      throw new WebhookRefused(401, 'The signature does not match.')
  },
  deliveryKey: ({ rawBody }) => sha256(rawBody),
  split(rawBody, receivedAt) {
    const json = jsonBody(rawBody)
    if (Notice.parse(json).event !== 'EXERCISE') return []
    const { user_id, entity_id, timestamp } = Exercise.parse(json)
    // The address in the notice is not used: it is built from the id, so that no token goes astray.
    return [
      {
        kind: 'run',
        externalUserId: user_id,
        run: { externalId: entity_id, revision: timestamp ?? null, toldAt: receivedAt.toISOString() },
      },
    ]
  },
}
