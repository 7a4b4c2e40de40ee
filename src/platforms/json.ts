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

/** Seconds since 1970, which may come as milliseconds: seconds of this size would lie beyond the year 5000. */
export const epochSeconds = looseNumber.transform((value) => (value !== null && Math.abs(value) > 1e11 ? value / 1000 : value))

/** Milliseconds since 1970, which may come as seconds. */
export const epochMillis = epochSeconds.transform((value) => (value === null ? null : value * 1000))

/** An instant as a platform writes it; a text without a zone is UTC, whatever zone this machine has. `null` when it is none */
export function instantFrom(text: string | null | undefined): Date | null {
  const given = text?.trim() ?? ''
  const bare = /\d[T ]\d/.test(given) && !/(?:Z|UTC|GMT|[+-]\d{2}:?\d{2})$/i.test(given)
  const at = new Date(bare ? `${given}Z` : given)
  return given === '' || Number.isNaN(at.getTime()) ? null : at
}

/** Milliseconds since 1970 in ISO 8601; `null` when there are none or no calendar has them. */
export function isoFrom(milliseconds: number | null): string | null {
  return milliseconds === null || Math.abs(milliseconds) > 8.64e15 ? null : new Date(milliseconds).toISOString()
}

/** One object where a list was told, as a list of it. */
export const listed = (value: unknown): unknown => (typeof value === 'object' && value !== null && !Array.isArray(value) ? [value] : value)

/** A list whose unreadable members are left out. */
export function forgivingList<T extends z.ZodType>(type: T) {
  return z.array(z.unknown()).transform((items) =>
    items.flatMap((item) => {
      const parsed = type.safeParse(item)
      return parsed.success ? [parsed.data as z.output<T>] : []
    }),
  )
}
