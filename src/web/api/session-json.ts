/** A session as the API shows it. */
import { z } from '@hono/zod-openapi'
import { sessionKinds } from '../../core/strength/session.ts'
import type { DeliveryRow, SessionRow } from '../../db/sessions.ts'
import { Day, Id, Instant } from './api.ts'
import { instantJson } from './run-json.ts'

export const Kind = z.enum(sessionKinds)
const Exercise = z.object({
  id: z.string(),
  name: z.string(),
  sets: z.int(),
  reps: z.int().nullable(),
  seconds: z.number().nullable(),
  perSide: z.boolean(),
  weightKg: z.number().nullable(),
  restSeconds: z.number(),
  cue: z.string(),
  tempo: z.string().nullable().optional(),
  part: z.enum(['warmUp', 'main', 'coolDown']).optional(),
  group: z.string().nullable().optional(),
})
const Delivery = z.object({
  platform: z.string(),
  state: z.enum(['pending', 'delivered', 'failed', 'withdrawn']),
  fidelity: z.enum(['exact', 'degraded']).nullable(),
  lost: z.array(z.string()),
  externalId: z.string().nullable(),
  verifiedAt: Instant.nullable(),
})
export const SetDone = z.strictObject({
  exerciseId: z.string().min(1).max(80),
  reps: z.int().min(0).max(500).nullable().optional(),
  seconds: z.number().min(0).max(7200).nullable().optional(),
  weightKg: z.number().min(0).max(700).nullable().optional(),
})

/** Sets as other programs tell them: `id` names the exercise, `sets` stands for so many alike. */
function setsApart(given: unknown): unknown {
  if (!Array.isArray(given)) return given
  return given.flatMap((set: unknown) => {
    if (typeof set !== 'object' || set === null || !('id' in set || 'sets' in set)) return [set]
    const { id, sets, ...rest } = { id: undefined, sets: 1, ...set }
    const alike = { exerciseId: id, ...rest }
    return Number.isInteger(sets) && Number(sets) >= 0 && Number(sets) <= 50 ? Array(Number(sets)).fill(alike) : [{ ...alike, sets }]
  })
}

/** What the runner says after a session. */
export const FeedbackBody = z
  .strictObject({
    rpe: z.number().min(0).max(10).nullable().optional(),
    completed: z.enum(['done', 'partly']).nullable().optional(),
    pain: z
      .strictObject({ area: z.string().min(1).max(40), level: z.number().min(0).max(10) })
      .nullable()
      .optional(),
    soreness: z.number().min(0).max(10).nullable().optional(),
    sets: z.preprocess(setsApart, z.array(SetDone).max(200).optional()),
  })
  .openapi('Feedback')

export const Session = z
  .object({
    id: Id,
    localDate: Day,
    localTime: z.string().openapi({ example: '07:00' }),
    timeZone: z.string(),
    title: z.string(),
    kind: Kind,
    template: z.string(),
    minutes: z.int(),
    status: z.enum(['planned', 'done', 'skipped', 'missed', 'withdrawn']),
    pinned: z.boolean(),
    reasons: z.array(z.object({ rule: z.string(), text: z.string(), runIds: z.array(z.string()).optional() })),
    exercises: z.array(Exercise),
    deliveries: z.array(Delivery),
    feedback: z.unknown().nullable().openapi({ description: 'What the runner said after it', type: 'object' }),
  })
  .openapi('Session')

/** The rows of a session as the contract has it. */
export function sessionJson(row: SessionRow, deliveries: DeliveryRow[]): z.infer<typeof Session> {
  return {
    id: row.id,
    localDate: row.localDate,
    localTime: row.localTime,
    timeZone: row.timeZone,
    title: row.title,
    kind: row.kind,
    template: row.template,
    minutes: row.minutes,
    status: row.status,
    pinned: row.pinned,
    reasons: row.reasons,
    exercises: row.exercises,
    deliveries: deliveries
      .filter((delivery) => delivery.sessionId === row.id)
      .map((delivery) => ({
        platform: delivery.platform,
        state: delivery.state,
        fidelity: delivery.fidelity,
        lost: delivery.lost,
        externalId: delivery.externalId,
        verifiedAt: delivery.verifiedAt && instantJson(delivery.verifiedAt),
      })),
    feedback: row.feedback ?? null,
  }
}
