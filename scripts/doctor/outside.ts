/** What can be looked at without the database: Node, settings, addresses, the clock. */

import { lookup } from 'node:dns/promises'
import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Db } from '../../src/db/open.ts'
import { pushesArrive } from '../../src/jobs/platforms/import.ts'
import { callbackUrl, registered, selfRegistering, webhookUrl } from '../../src/jobs/platforms/subscriptions.ts'
import { offered, platforms } from '../../src/platforms/index.ts'
import type { Platform } from '../../src/platforms/platform.ts'
import { isLoopback, platformPrefixes, type Settings } from '../../src/settings.ts'
import { type Finding, fine, note, wrong } from './findings.ts'

const SECONDS_OFF = 30

export function nodeFinding(): Finding {
  const [major = 0] = process.versions.node.split('.').map(Number)
  return major >= 24
    ? fine('Program', `Node ${process.versions.node}`)
    : wrong('Program', `Node ${process.versions.node} is too old`, 'Run it by npm (npm start), which brings its own Node 24.')
}

export function folderFindings(settings: Settings): Finding[] {
  if (settings.databaseUrl) return []
  const about = 'Data'
  if (!existsSync(settings.dataDir)) return [note(about, `${settings.dataDir} does not exist yet; the first start makes it.`)]
  try {
    accessSync(settings.dataDir, constants.W_OK | constants.R_OK)
  } catch {
    return [
      wrong(
        about,
        `${settings.dataDir} cannot be written`,
        'Give the folder to the user who runs the service, or set DATA_DIR to another one.',
      ),
    ]
  }
  const key = join(settings.dataDir, 'encryption.key')
  const open = existsSync(key) && (statSync(key).mode & 0o077) !== 0
  return [
    fine(about, `${settings.dataDir} can be written`),
    note(
      about,
      'The embedded database does not call fsync: a killed process loses nothing, a power cut may lose the last seconds.',
      'For more, use a PostgreSQL server (DATABASE_URL); GET /api/v1/export is a backup of one runner.',
    ),
    ...(open ? [wrong(about, `${key} can be read by others`, `chmod 600 ${key}`)] : []),
  ]
}

/** Whether the service can be reached where it says it is. */
export async function addressFindings(settings: Settings): Promise<Finding[]> {
  const about = 'Address'
  const url = new URL(settings.publicUrl)
  const findings = [fine(about, `The service is at ${settings.publicUrl}`)]
  if (isLoopback(url.hostname)) {
    findings.push(
      note(about, 'Only this machine reaches it, so pushes of platforms cannot come in; runs are asked for every few minutes instead.'),
    )
  } else if (url.protocol !== 'https:') {
    findings.push(
      wrong(
        about,
        'PUBLIC_URL is not https; platforms push to https addresses only, and cookies are not safe',
        'Put a certificate in front of it and begin PUBLIC_URL with https://.',
      ),
    )
  }
  try {
    await lookup(url.hostname.replace(/^\[|\]$/g, ''))
  } catch {
    return [
      ...findings,
      wrong(
        about,
        `The name ${url.hostname} is not known to the name servers`,
        'Correct PUBLIC_URL, or make the name point to this machine.',
      ),
    ]
  }
  try {
    const answer = await fetch(`${settings.publicUrl}/healthz`, { signal: AbortSignal.timeout(5000), redirect: 'manual' })
    const alive = answer.ok && ((await answer.json()) as { status?: string }).status === 'alive'
    findings.push(
      alive
        ? fine(about, 'It answers there.')
        : wrong(
            about,
            `Something else answers at ${settings.publicUrl} (status ${answer.status})`,
            'Let the proxy in front pass all paths to this service.',
          ),
    )
  } catch {
    findings.push(note(about, 'It does not answer there now: it is not running, or cannot be reached from here.'))
  }
  return findings
}

/** The exact addresses for the platforms' pages, and what is missing. */
export async function platformFindings(settings: Settings, db: Db | null): Promise<Finding[]> {
  const findings: Finding[] = []
  const ready = platforms.filter((platform) => offered(platform, settings.platforms[platform.id]) !== null)
  for (const platform of ready) findings.push(...(await onePlatform(settings, platform, db)))
  const others = platforms.filter((platform) => !ready.includes(platform)).map(({ label }) => label)
  if (others.length > 0) findings.push(note('Platforms that are not set up', others.join(', '), 'The page “Connect” says what each needs.'))
  return findings
}

async function onePlatform(settings: Settings, platform: Platform, db: Db | null): Promise<Finding[]> {
  const about = platform.label
  const own = settings.platforms[platform.id]
  if (offered(platform, own) === 'apiKey')
    return [fine(about, 'The key in the settings connects one runner; runs are asked for every few minutes.')]
  const findings = [fine(about, `Callback address: ${callbackUrl(settings, platform.id)}`)]
  const hook = webhookUrl(settings, platform.id)
  const prefix = platformPrefixes[platform.id]
  if (platform.warning) findings.push(note(about, platform.warning))
  if (hook) findings.push(fine(about, `Webhook address:  ${hook}`))
  else {
    const say = isLoopback(new URL(settings.publicUrl).hostname) ? note : wrong
    findings.push(
      say(
        about,
        `${prefix}_WEBHOOK_SECRET is not set; it is the last part of the webhook's address and its only guard`,
        `Set ${prefix}_WEBHOOK_SECRET to a long random word (openssl rand -hex 24).`,
      ),
    )
  }
  if (own.url) findings.push(note(about, `All its addresses are replaced by ${own.url} (${prefix}_URL).`))
  if (!pushesArrive(settings, platform) && !own.url) return findings
  if (selfRegistering(settings).includes(platform)) {
    const kept = db && (await registered({ db }, platform.id))
    if (kept?.state === 'failed')
      findings.push(wrong(about, `The webhook could not be registered: ${kept.words}`, `npm run subscriptions -- ${platform.id}`))
    else if (kept && hook && kept.callbackUrl !== hook)
      findings.push(wrong(about, 'The webhook is registered for another address', `npm run subscriptions -- ${platform.id}`))
    else if (kept) findings.push(fine(about, `Webhook registered: ${kept.words}`))
    else if (db) findings.push(note(about, 'The webhook is registered when the service starts.'))
  } else if (!own.webhookSecret && platform.id !== 'coros') {
    findings.push(
      wrong(
        about,
        `${prefix}_WEBHOOK_SECRET is not set, so pushes are refused`,
        `Copy it from the platform's page into ${prefix}_WEBHOOK_SECRET.`,
      ),
    )
  }
  return findings
}

/** This machine's clock against the Date header of a configured platform. */
export async function clockFinding(settings: Settings): Promise<Finding | null> {
  const platform = platforms.find((one) => offered(one, settings.platforms[one.id]) !== null)
  if (!platform) return null
  const url = settings.platforms[platform.id].url ?? new URL(platform.oauth.tokenUrl).origin
  try {
    const before = Date.now()
    const answer = await fetch(url, { method: 'HEAD', redirect: 'manual', signal: AbortSignal.timeout(5000) })
    const theirs = Date.parse(answer.headers.get('date') ?? '')
    if (Number.isNaN(theirs)) return null
    const off = Math.round((theirs - (before + Date.now()) / 2) / 1000)
    return Math.abs(off) <= SECONDS_OFF
      ? fine('Clock', `agrees with ${platform.label}`)
      : wrong(
          'Clock',
          `It is ${Math.abs(off)} seconds ${off > 0 ? 'behind' : 'ahead of'} that of ${platform.label}`,
          'Switch on the time synchronisation of this machine (timedatectl set-ntp true).',
        )
  } catch {
    return note('Clock', `${platform.label} cannot be reached from here, so the clock was not compared with it.`)
  }
}
