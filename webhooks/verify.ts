/** Secrets, signatures and JSON of deliveries. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { WebhookRefused } from '../src/errors.ts'
import { parseJson } from '../src/platforms/json.ts'

const hash = (text: string | Uint8Array) => createHash('sha256').update(text).digest()

/** Whether two texts are the same, in a time that does not tell where they differ. An empty secret equals nothing. */
export function sameSecret(given: unknown, secret: string | null): boolean {
  return typeof given === 'string' && given !== '' && !!secret && timingSafeEqual(hash(given), hash(secret))
}

/** Whether a hex HMAC-SHA256, in either case, is that of these bytes. */
export function signatureMatches(rawBody: Uint8Array, given: string | undefined, secret: string | null): boolean {
  if (!secret || !given || !/^[0-9a-f]{64}$/i.test(given.trim())) return false
  return timingSafeEqual(Buffer.from(given.trim(), 'hex'), createHmac('sha256', secret).update(rawBody).digest())
}

/** The signature that a platform would send; for simulated ones and tests. */
export function signatureOf(rawBody: Uint8Array, secret: string): string {
  return createHmac('sha256', secret).update(rawBody).digest('hex')
}

export function sha256(bytes: string | Uint8Array): string {
  return hash(bytes).toString('hex')
}

/** The JSON of a body, large integers as text. @throws WebhookRefused 400 when it is none */
export function jsonBody(rawBody: Uint8Array): unknown {
  try {
    return parseJson(new TextDecoder('utf-8', { fatal: true }).decode(rawBody))
  } catch {
    throw new WebhookRefused(400, 'The body is no JSON.')
  }
}

/**
 * What a body's parts tell, part by part: one of an unknown shape does not cost those beside it.
 * @throws the first error where no part can be read, so that a new shape is seen
 */
export function readEach<P, T>(parts: readonly P[], read: (part: P) => T[]): T[] {
  const told: T[] = []
  const errors: unknown[] = []
  for (const part of parts) {
    try {
      told.push(...read(part))
    } catch (error) {
      errors.push(error)
    }
  }
  if (errors.length > 0 && errors.length === parts.length) throw errors[0]
  return told
}

/** A field of a JSON object, or undefined. */
export function fieldOf(json: unknown, name: string): unknown {
  return typeof json === 'object' && json !== null && !Array.isArray(json) ? (json as Record<string, unknown>)[name] : undefined
}

/** @throws WebhookRefused 415 unless the body is said to be JSON */
export function requireJsonType(type: string | undefined): void {
  if (!/^application\/([\w.+-]+\+)?json\b/i.test(type ?? '')) throw new WebhookRefused(415, 'The body must be JSON.')
}
