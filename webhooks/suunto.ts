/** @see ../src/platforms/suunto/readme.md */
import { z } from 'zod'
import { WebhookRefused } from '../src/errors.ts'
import { epochMillis, Id, isoFrom } from '../src/platforms/json.ts'
import type { WebhookReceiver } from './receiver.ts'
import { jsonBody, sha256, signatureMatches } from './verify.ts'

const Notice = z.object({ type: z.string() })
const NewWorkout = z.object({ username: Id, workout: z.object({ workoutKey: Id, startTime: epochMillis }) })

export const suuntoReceiver: WebhookReceiver = {
  secretInPath: false,
  maxBytes: 1 << 20,
  verify({ rawBody, header }, { webhookSecret }) {
    if (!signatureMatches(rawBody, header('x-hmac-sha256-signature'), webhookSecret))
      throw new WebhookRefused(401, 'The signature does not match.')
  },
  deliveryKey: ({ rawBody }) => sha256(rawBody),
  split(rawBody, receivedAt) {
    const json = jsonBody(rawBody)
    if (Notice.parse(json).type !== 'WORKOUT_CREATED') return []
    const { username, workout } = NewWorkout.parse(json)
    const startAt = isoFrom(workout.startTime)
    return [{ kind: 'run', externalUserId: username, run: { externalId: workout.workoutKey, startAt, toldAt: receivedAt.toISOString() } }]
  },
}
