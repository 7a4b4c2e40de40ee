/** @see ../src/platforms/wahoo/readme.md */
import { z } from 'zod'
import { WebhookRefused } from '../src/errors.ts'
import { Id, instantFrom, looseNumber, maybe } from '../src/platforms/json.ts'
import { isThirdParty } from '../src/platforms/wahoo/index.ts'
import type { WebhookReceiver } from './receiver.ts'
import { fieldOf, jsonBody, requireJsonType, sameSecret, sha256 } from './verify.ts'

const Notice = z.union([
  z.object({ event_type: z.string() }),
  z.object({ event: z.string() }).transform(({ event }) => ({ event_type: event })),
])
const Changed = z.object({
  user: z.object({ id: Id }),
  workout_summary: z.object({
    updated_at: maybe(z.string()),
    fitness_app_id: looseNumber,
    edited: maybe(z.boolean()),
    workout: z.object({ id: Id, starts: maybe(z.string()) }),
  }),
})

export const wahooReceiver: WebhookReceiver = {
  secretInPath: false,
  maxBytes: 1 << 20,
  verify({ rawBody, header }, { webhookSecret }) {
    requireJsonType(header('content-type'))
    if (!sameSecret(fieldOf(jsonBody(rawBody), 'webhook_token'), webhookSecret)) throw new WebhookRefused(401, 'The token is not ours.')
  },
  deliveryKey({ rawBody }) {
    const changed = Changed.safeParse(jsonBody(rawBody))
    if (!changed.success || changed.data.workout_summary.updated_at === null) return sha256(rawBody)
    const { user, workout_summary: summary } = changed.data
    return `${user.id}:${summary.workout.id}:${summary.updated_at}`
  },
  split(rawBody, receivedAt) {
    const json = jsonBody(rawBody)
    if (Notice.parse(json).event_type !== 'workout_summary') return []
    const { user, workout_summary: summary } = Changed.parse(json)
    if (isThirdParty(summary.fitness_app_id)) return []
    const run = {
      externalId: summary.workout.id,
      startAt: instantFrom(summary.workout.starts)?.toISOString() ?? null,
      revision: summary.updated_at,
      toldAt: receivedAt.toISOString(),
    }
    return [{ kind: summary.edited ? 'runUpdated' : 'run', externalUserId: user.id, run }]
  },
}
