/** @see ../src/platforms/suunto/readme.md */
import { z } from 'zod'
import { WebhookRefused } from '../src/errors.ts'
import { Id, looseNumber } from '../src/platforms/json.ts'
import type { WebhookReceiver } from './receiver.ts'
import { jsonBody, sha256, signatureMatches } from './verify.ts'

const Notice = z.object({ type: z.string() })
const NewWorkout = z.object({ username: Id, workout: z.object({ workoutKey: Id, startTime: looseNumber }) })

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
    const startAt = workout.startTime === null ? null : new Date(workout.startTime).toISOString()
    return [{ kind: 'run', externalUserId: username, run: { externalId: workout.workoutKey, startAt, toldAt: receivedAt.toISOString() } }]
  },
}
