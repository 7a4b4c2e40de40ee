/** A platform's half of the webhook: pure, without database, network or clock. */
import type { RunNotice } from '../src/platforms/platform.ts'

/** A request as it came in. */
export type Delivered = {
  rawBody: Uint8Array
  header: (name: string) => string | undefined
  query: URLSearchParams
  /** The last part of the path, for platforms without a signature. */
  pathSecret: string | null
}

/** What a receiver compares with. */
export type Secrets = { webhookSecret: string | null; clientId: string | null; clientSecret: string | null }

/** One thing that a delivery tells. `externalUserId` is the platform's; `otherUserIds` are further ways to write it. */
export type Notice = { externalUserId: string; otherUserIds?: string[] } & (
  | { kind: 'run' | 'runUpdated'; run: RunNotice }
  | { kind: 'runDeleted'; externalId: string }
  /** An address that gives the records (`Runs.expand`). */
  | { kind: 'runPing'; address: string }
  /** To be proved (`Duties.stillGranted`) before anything is erased. */
  | { kind: 'deauthorized' }
  | { kind: 'scopesChanged'; scopes: string[] }
  | { kind: 'calendarChanged'; entries: { externalId: string; marker: string | null; deleted: boolean }[] }
)

export type WebhookReceiver = {
  /** Whether the secret stands in the path: the address without it does not exist. */
  secretInPath: boolean
  maxBytes: number
  /** Checks the bytes as they came. @throws WebhookRefused */
  verify: (delivered: Delivered, secrets: Secrets) => void
  /** The same delivery sent again has the same key. */
  deliveryKey: (delivered: Delivered) => string
  /** What is answered beside status 200. */
  answer?: object
  /** The set-up handshake by GET. @returns the body of the answer. @throws WebhookRefused */
  handshake?: (query: URLSearchParams, secrets: Secrets) => object
  /** A call that only tries the address: answered 200, before a secret is known, and not kept. */
  isPing?: (delivered: Delivered) => boolean
  /** Reads a delivery that was verified; runs in the worker. A kind that is of no use gives nothing. @throws when a known kind has an unknown shape */
  split: (rawBody: Uint8Array, receivedAt: Date) => Notice[]
}
