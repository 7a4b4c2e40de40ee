import type { z } from 'zod'

/** The platform's own record that a notice carries, where it is complete enough; else `null` and it is asked for. */
export function parsedRecord<T extends z.ZodType>(schema: T, record: unknown): z.output<T> | null {
  if (record === undefined || record === null) return null
  const result = schema.safeParse(record)
  return result.success ? result.data : null
}
