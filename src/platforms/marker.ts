/** How an entry of ours is known again on a platform. */
import { createHash } from 'node:crypto'

const PREFIX = 'stridelift-'
const PATTERN = /stridelift-[\w-]{1,52}/

/** The marker of a session: ASCII, at most 64 characters. */
export function markerOf(sessionId: string): string {
  return `${PREFIX}${sessionId}`.slice(0, 64)
}

/** The marker in a text of the platform, or `null` when the entry is not ours. */
export function markerIn(text: string | null | undefined): string | null {
  return PATTERN.exec(text ?? '')?.[0] ?? null
}

/** The session behind a marker. */
export function sessionIdOf(marker: string): string {
  return marker.slice(PREFIX.length)
}

/** A short digest of what an entry says. */
export function digestOf(content: unknown): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('base64url').slice(0, 22)
}
