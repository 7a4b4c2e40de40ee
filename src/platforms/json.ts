/** Reading JSON that others wrote: large integers keep every digit, and what does not matter may be missing or odd. */
import { z } from 'zod'

type ReviverContext = { source?: string }

/**
 * JSON.parse that turns integers beyond 2^53 into their digits as text, so that no id is rounded.
 * @throws SyntaxError
 */
export function parseJson(text: string): unknown {
  const reviver = (_key: string, value: unknown, context?: ReviverContext): unknown =>
    typeof value === 'number' && !Number.isSafeInteger(value) && context?.source !== undefined && /^-?\d+$/.test(context.source)
      ? context.source
      : value
  return JSON.parse(text, reviver)
}

type RawJson = { rawJSON?: (text: string) => object }

/** An id as a JSON number, digit for digit, where a platform wants a number and we keep text. */
export function jsonNumber(id: string): unknown {
  const { rawJSON } = JSON as RawJson
  if (!/^-?(0|[1-9]\d*)$/.test(id)) return id
  const number = Number(id)
  return Number.isSafeInteger(number) || !rawJSON ? number : rawJSON(id)
}

/** An id that comes as text or as a number; kept as text. */
export const Id = z.union([z.string().min(1), z.number().transform(String)])

/** A field that may be missing, null or of another type: then it is `null`. */
export function maybe<T extends z.ZodType>(type: T) {
  return z
    .union([type, z.null()])
    .optional()
    .catch(null)
    .transform((value) => value ?? null) as z.ZodType<z.output<T> | null>
}

/** A number that may come as text (`"12.0"`), be missing or be odd. */
export const looseNumber = maybe(
  z.union([
    z.number(),
    z
      .string()
      .trim()
      .regex(/^-?\d+(\.\d+)?([eE][-+]?\d+)?$/)
      .transform(Number),
  ]),
)

/** A list whose unreadable members are left out. */
export function forgivingList<T extends z.ZodType>(type: T) {
  return z.array(z.unknown()).transform((items) =>
    items.flatMap((item) => {
      const parsed = type.safeParse(item)
      return parsed.success ? [parsed.data as z.output<T>] : []
    }),
  )
}
