/** What the database tells: queue, pushes, tokens, alarms. */
import { sql } from 'drizzle-orm'
import { stuckFiles } from '../../src/db/arrivals.ts'
import { liveConnections } from '../../src/db/connections.ts'
import { type OpenDatabase, rowsOf } from '../../src/db/open.ts'
import { alarms } from '../../src/db/service-facts.ts'
import { lastWebhooks, unhandledWebhooks } from '../../src/db/webhooks.ts'
import { isUncertain } from '../../src/jobs/platforms/tokens.ts'
import type { Queue } from '../../src/jobs/queue.ts'
import { findPlatform } from '../../src/platforms/index.ts'
import { sealerOf } from '../../src/platforms/seal.ts'
import type { Settings } from '../../src/settings.ts'
import { type Finding, fine, note, wrong } from './findings.ts'

const HOUR_MS = 3_600_000

export async function databaseFindings(database: OpenDatabase): Promise<Finding[]> {
  const about = 'Database'
  const [row] = rowsOf<{ version: string; at: string | Date }>(await database.db.execute(sql`select version() as version, now() as at`))
  const off = Math.round((new Date(row?.at ?? 0).getTime() - Date.now()) / 1000)
  const size = Math.round((await database.sizeBytes()) / (1 << 20))
  const findings = [fine(about, `${database.kind === 'pglite' ? 'embedded' : 'PostgreSQL server'}, tables up to date, ${size} MB`)]
  if (Math.abs(off) > 30)
    findings.push(
      wrong(about, `Its clock is ${Math.abs(off)} seconds ${off > 0 ? 'ahead' : 'behind'}`, 'Synchronise the time of both machines.'),
    )
  if (database.kind === 'postgres') {
    const [sync] = rowsOf<{ fsync: string }>(await database.db.execute(sql`select current_setting('fsync') as fsync`))
    if (sync?.fsync === 'off') findings.push(wrong(about, 'fsync is off: a power cut can destroy it', 'Set fsync = on in postgresql.conf.'))
  }
  return findings
}

export async function queueFindings(database: OpenDatabase, queue: Queue): Promise<Finding[]> {
  const about = 'Work'
  const findings: Finding[] = []
  const depth = Object.entries(await queue.depth()).filter(([, waiting]) => waiting > 0)
  findings.push(
    fine(about, depth.length === 0 ? 'No job waits' : `Jobs that wait: ${depth.map(([name, waiting]) => `${name} ${waiting}`).join(', ')}`),
  )
  const dead = await queue.deadLetters()
  for (const letter of dead.slice(0, 10)) {
    findings.push(
      wrong(
        about,
        `Given up: ${letter.name} (${letter.failedAt.toISOString().slice(0, 16)}Z), ${letter.error}`,
        `When its cause is gone: npm run doctor -- --replay ${letter.id}`,
      ),
    )
  }
  if (dead.length > 10) findings.push(note(about, `and ${dead.length - 10} more that were given up`))
  const before = new Date(Date.now() - HOUR_MS)
  const files = await stuckFiles(database.db, before)
  if (files > 0) findings.push(wrong(about, `${files} files wait for more than an hour`, 'Is a worker running (ROLE=all or ROLE=worker)?'))
  const pushes = await unhandledWebhooks(database.db, before)
  if (pushes > 0)
    findings.push(
      wrong(about, `${pushes} pushes of platforms wait for more than an hour`, 'Is a worker running (ROLE=all or ROLE=worker)?'),
    )
  return findings
}

export async function connectionFindings(database: OpenDatabase, settings: Settings): Promise<Finding[]> {
  const about = 'Connections'
  const now = new Date()
  const sealer = sealerOf(settings.encryptionKeys)
  const pushes = await lastWebhooks(database.db)
  const findings: Finding[] = []
  for (const row of await liveConnections(database.db)) {
    const platform = findPlatform(row.platform)
    const label = `${platform?.label ?? row.platform} of runner ${row.runnerId.slice(0, 8)}`
    if (row.state === 'reconnect')
      findings.push(
        wrong(about, `${label}: the tokens are dead`, `The runner connects again at ${settings.publicUrl}/connect/${row.platform}.`),
      )
    else if (isUncertain(row, now))
      findings.push(
        wrong(
          about,
          `${label}: a refresh was sent and its answer never came`,
          'It is tried again by itself; if it stays, the runner connects again.',
        ),
      )
    else if (row.state === 'limited') findings.push(note(about, `${label}: ${row.text}`))
    else
      findings.push(
        fine(about, `${label}: connected${row.accessExpiresAt ? `, access until ${row.accessExpiresAt.toISOString().slice(0, 16)}Z` : ''}`),
      )
    const last = pushes.get(row.platform)
    if (last) findings.push(fine(about, `${label}: last push at ${last.toISOString().slice(0, 16)}Z`))
    if (row.sealedTokens === null) continue
    try {
      sealer.open(row.sealedTokens, `${row.runnerId}:${row.platform}`)
      if (sealer.isStale(row.sealedTokens))
        findings.push(
          note(
            about,
            `${label}: still sealed with a former key`,
            'It is sealed anew with the next refresh; keep the former key in ENCRYPTION_KEY until then.',
          ),
        )
    } catch (error) {
      findings.push(
        wrong(
          about,
          `${label}: the tokens cannot be opened`,
          error instanceof Error ? error.message : 'Put the former key back into ENCRYPTION_KEY.',
        ),
      )
    }
  }
  if (findings.length === 0) findings.push(note(about, 'Nobody is connected yet.'))
  return findings
}

export async function alarmFindings(database: OpenDatabase): Promise<Finding[]> {
  return (await alarms(database.db)).map(({ text, since }) =>
    wrong(
      'Alarms',
      `${text} (since ${since.slice(0, 16)}Z)`,
      'Check the app on the platform’s developer page: id, secret, and whether its tier is still valid. Runners need do nothing.',
    ),
  )
}
