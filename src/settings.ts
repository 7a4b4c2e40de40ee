import { z } from 'zod'
import { SettingsError } from './errors.ts'

/** The platforms, as the settings name them. */
export const platformPrefixes = {
  strava: 'STRAVA',
  garmin: 'GARMIN',
  'intervals-icu': 'INTERVALS_ICU',
  polar: 'POLAR',
  suunto: 'SUUNTO',
  coros: 'COROS',
  wahoo: 'WAHOO',
} as const
export type PlatformId = keyof typeof platformPrefixes

/** One platform's variables. It is offered when its id and secret are set (intervals.icu: also with an API key alone). */
export type PlatformSettings = {
  clientId: string | null
  clientSecret: string | null
  webhookSecret: string | null
  /** Replaces every host of the platform; no slash at its end. */
  url: string | null
  /** Suunto's Ocp-Apim-Subscription-Key. */
  subscriptionKey: string | null
  /** intervals.icu: one runner without an OAuth app. */
  apiKey: string | null
}

export type Settings = {
  host: string
  port: number
  /** No slash at its end. */
  publicUrl: string
  databaseUrl: string | null
  dataDir: string
  /** 32 bytes each; the first encrypts, all decrypt. Empty: made once and kept in `dataDir`. */
  encryptionKeys: Uint8Array[]
  accounts: 'off' | 'on'
  role: 'all' | 'web' | 'worker'
  platforms: Record<PlatformId, PlatformSettings>
  smtp: { url: string; from: string } | null
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?|.+\.localhost)$/i

/** Whether a host name means this machine only. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host)
}

const url = z
  .string()
  .refine((value) => /^https?:$/.test(URL.parse(value)?.protocol ?? ''), 'must be an http or https address such as http://127.0.0.1:3000')
const PORT_RANGE = 'must be a whole number from 0 to 65535'
const Environment = z.object({
  HOST: z.string().min(1).default('127.0.0.1'),
  PORT: z.coerce.number(PORT_RANGE).int(PORT_RANGE).min(0, PORT_RANGE).max(65535, PORT_RANGE).default(3000),
  PUBLIC_URL: url.optional(),
  DATABASE_URL: z
    .string()
    .refine((value) => /^postgres(ql)?:\/\//.test(value), 'must begin with postgres:// (unset it for the embedded database)')
    .optional(),
  DATA_DIR: z.string().min(1).default('./data'),
  ACCOUNTS: z.enum(['off', 'on'], 'must be off or on').default('off'),
  ROLE: z.enum(['all', 'web', 'worker'], 'must be all, web or worker').default('all'),
  SMTP_URL: z.string().optional(),
  SMTP_FROM: z.string().optional(),
})

function keysOf(text: string | undefined, problems: string[]): Uint8Array[] {
  return (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)
    .map((part) => {
      const key = Buffer.from(part, 'base64')
      if (key.length !== 32) {
        problems.push(`ENCRYPTION_KEY: each key must be 32 bytes in base64; make one with: openssl rand -base64 32`)
      }
      return new Uint8Array(key)
    })
}

function platformSettings(env: Record<string, string | undefined>, prefix: string, problems: string[]): PlatformSettings {
  const read = (name: string) => env[`${prefix}_${name}`]?.trim() || null
  const base = read('URL')
  if (base && !url.safeParse(base).success) problems.push(`${prefix}_URL: must be an http or https address`)
  const id = read('CLIENT_ID')
  const secret = read('CLIENT_SECRET')
  if (id && !secret)
    problems.push(`${prefix}_CLIENT_SECRET: is missing beside ${prefix}_CLIENT_ID; both come from the platform's developer page`)
  if (secret && !id)
    problems.push(`${prefix}_CLIENT_ID: is missing beside ${prefix}_CLIENT_SECRET; both come from the platform's developer page`)
  if (prefix === 'SUUNTO' && id && !read('SUBSCRIPTION_KEY')) {
    problems.push('SUUNTO_SUBSCRIPTION_KEY: is missing; it stands on the Suunto API zone under your profile')
  }
  return {
    clientId: id,
    clientSecret: secret,
    webhookSecret: read('WEBHOOK_SECRET'),
    url: base?.replace(/\/+$/, '') ?? null,
    subscriptionKey: read('SUBSCRIPTION_KEY'),
    apiKey: read('API_KEY'),
  }
}

/**
 * Reads the environment once and checks all of it.
 * @throws SettingsError that lists every bad variable with its mend
 */
export function readSettings(env: Record<string, string | undefined>): Settings {
  const problems: string[] = []
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value.trim() !== ''))
  const encryptionKeys = keysOf(env.ENCRYPTION_KEY, problems)
  const platforms = Object.fromEntries(
    Object.entries(platformPrefixes).map(([id, prefix]) => [id, platformSettings(env, prefix, problems)]),
  ) as Record<PlatformId, PlatformSettings>
  const parsed = Environment.safeParse(given)
  if (!parsed.success) {
    throw new SettingsError([...parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`), ...problems])
  }
  const e = parsed.data
  const publicUrl = (e.PUBLIC_URL ?? `http://${e.HOST.includes(':') ? `[${e.HOST}]` : e.HOST}:${e.PORT}`).replace(/\/+$/, '')
  if (e.ACCOUNTS === 'off') {
    if (!isLoopback(e.HOST)) {
      problems.push(
        `HOST: with ACCOUNTS=off the service has no sign-in, so it listens on this machine only; set ACCOUNTS=on or HOST=127.0.0.1`,
      )
    }
    if (!isLoopback(new URL(publicUrl).hostname)) {
      problems.push(`PUBLIC_URL: with ACCOUNTS=off the service has no sign-in and must not be public; set ACCOUNTS=on or unset PUBLIC_URL`)
    }
  }
  const loopback = isLoopback(e.HOST) && isLoopback(new URL(publicUrl).hostname)
  if (encryptionKeys.length === 0 && !loopback) {
    problems.push('ENCRYPTION_KEY: is needed for a public service; make one with: openssl rand -base64 32')
  }
  if (e.ROLE !== 'all' && !e.DATABASE_URL) {
    problems.push(`ROLE: ${e.ROLE} needs a PostgreSQL server in DATABASE_URL; the embedded database serves one process`)
  }
  if (encryptionKeys.length === 0 && e.ROLE !== 'all') {
    problems.push('ENCRYPTION_KEY: is needed when several processes share the database')
  }
  if (e.SMTP_URL && !e.SMTP_FROM) problems.push('SMTP_FROM: is missing beside SMTP_URL; it is the sender of the notices')
  if (problems.length > 0) throw new SettingsError(problems)
  return {
    host: e.HOST,
    port: e.PORT,
    publicUrl,
    databaseUrl: e.DATABASE_URL ?? null,
    dataDir: e.DATA_DIR,
    encryptionKeys,
    accounts: e.ACCOUNTS,
    role: e.ROLE,
    platforms,
    smtp: e.SMTP_URL && e.SMTP_FROM ? { url: e.SMTP_URL, from: e.SMTP_FROM } : null,
  }
}
