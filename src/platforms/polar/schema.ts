/** Polar's words, as far as they are used; nested keys come with dashes and with underscores. @see ./readme.md */
import { z } from 'zod'
import { forgivingList, Id, looseNumber, maybe } from '../json.ts'

/** Keys with dashes -> keys with underscores, at every depth. */
export function underscored(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(underscored)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key.replaceAll('-', '_'), underscored(inner)]))
}

export const Exercise = z.preprocess(
  underscored,
  z.object({
    id: Id,
    upload_time: maybe(z.string()),
    device: maybe(z.string()),
    start_time: maybe(z.string()),
    start_time_utc_offset: looseNumber,
    duration: maybe(z.string()),
    distance: looseNumber,
    heart_rate: maybe(z.object({ average: looseNumber, maximum: looseNumber })),
    sport: maybe(z.string()),
    detailed_sport_info: maybe(z.string()),
    samples: maybe(forgivingList(z.object({ recording_rate: looseNumber, sample_type: Id, data: z.string() }))),
  }),
)
export type Exercise = z.output<typeof Exercise>
export const Exercises = forgivingList(Exercise)

const OneWebhook = z.preprocess(
  underscored,
  z.object({ id: Id, url: maybe(z.string()), active: maybe(z.boolean()), signature_secret_key: maybe(z.string()) }),
)
export type Webhook = z.output<typeof OneWebhook>
/** A list, one, or none, inside `data`. */
export const Webhooks = z
  .object({ data: z.union([forgivingList(OneWebhook), OneWebhook.transform((one) => [one]), z.null()]).optional() })
  .transform(({ data }) => data ?? [])
