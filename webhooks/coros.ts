/** @see ../src/platforms/coros/readme.md */
import { z } from 'zod'
import { WebhookRefused } from '../src/errors.ts'
import { noticesOf } from '../src/platforms/coros/index.ts'
import { Workout } from '../src/platforms/coros/schema.ts'
import { Id, listed } from '../src/platforms/json.ts'
import type { WebhookReceiver } from './receiver.ts'
import { jsonBody, readEach, sameSecret, sha256 } from './verify.ts'

const Body = z.object({ sportDataList: z.preprocess(listed, z.array(z.unknown())) })
const Item = z.intersection(Workout, z.object({ openId: Id }))
const ok = { message: 'ok', result: '0000' }

export const corosReceiver: WebhookReceiver = {
  secretInPath: false,
  maxBytes: 10 << 20,
  answer: ok,
  // Their status check asks the same address.
  handshake: () => ok,
  verify({ rawBody, header }, { clientId, clientSecret }) {
    const known = [sameSecret(header('client'), clientId), sameSecret(header('secret'), clientSecret)]
    if (!known.every(Boolean)) throw new WebhookRefused(401, 'The credentials are not ours.')
    jsonBody(rawBody)
  },
  deliveryKey: ({ rawBody }) => sha256(rawBody),
  split(rawBody, receivedAt) {
    return readEach(Body.parse(jsonBody(rawBody)).sportDataList, (item) => {
      const workout = Item.parse(item)
      return noticesOf(workout).map((run) => ({
        kind: 'run' as const,
        externalUserId: workout.openId,
        run: { ...run, toldAt: receivedAt.toISOString() },
      }))
    })
  },
}
