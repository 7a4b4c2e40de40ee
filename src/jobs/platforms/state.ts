/** What a connection's state is in words, for the API and the pages. */
import { daysBetween, localIn, weekdayOf } from '../../core/days.ts'
import type { ConnectionRow } from '../../db/connections.ts'
import type { PlatformError } from '../../errors.ts'
import { rightsOf } from '../../platforms/oauth.ts'
import type { Platform } from '../../platforms/platform.ts'
import type { PlatformId } from '../../settings.ts'

/** Remembered of a connection: its platform does not give earlier runs. */
export const HISTORY_REFUSED = 'historyRefused'

const list = (items: readonly string[]) => items.join(', ')

/** Remembered of a connection: the runner wants the FIT workout attached. */
export const ATTACH = 'attachFit'

/** The sentences of the states that need one. */
export const textOf = {
  missing: (label: string, canRead: boolean, missing: readonly string[]) =>
    canRead
      ? `Runs arrive, but sessions cannot go to ${label}: a right is missing (${list(missing)}). Connect again and leave every box ticked.`
      : `${label} is connected, but runs cannot be read: a right is missing (${list(missing)}). Connect again and leave every box ticked.`,
  reconnect: (label: string) =>
    `${label} no longer accepts this connection. Connect again; runs from the meantime are fetched then. Nothing else is lost.`,
  checking: (label: string) => `The connection to ${label} is being checked; this mends itself or a message comes. Nothing is lost.`,
  off: (label: string) => `${label} is not connected.`,
  leaving: (label: string) => `Disconnected. ${label} is told as soon as it answers.`,
}

/** A platform's failure as a sentence without its technical prefix. */
export function sentenceOf(error: PlatformError): string {
  const text = error.message.startsWith(`${error.platform}: `) ? error.message.slice(error.platform.length + 2) : error.message
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`.replace(/\.\.$/, '.')
}

const weekdayWord = (day: string) => {
  const name = weekdayOf(day)
  return name.charAt(0).toUpperCase() + name.slice(1)
}

/** When the last run was, in words. */
function lastRunWords(at: Date | null, now: Date, timeZone: string): string {
  if (!at) return 'No run has come yet.'
  const [then, today] = [localIn(at, timeZone).localDate, localIn(now, timeZone).localDate]
  const days = daysBetween(then, today)
  if (days <= 0) return 'Last run today.'
  if (days === 1) return 'Last run yesterday.'
  return days < 7 ? `Last run on ${weekdayWord(then)}.` : `Last run on ${then}.`
}

export type ConnectionJson = {
  platform: PlatformId
  state: 'connected' | 'reconnect' | 'limited' | 'off'
  text: string
  write: boolean
  writeReason: string | null
  /** Whether the FIT workout goes along; null where the platform takes none. */
  attachFit: boolean | null
  canRead: boolean
  canSchedule: boolean
  fidelity: 'exact' | 'degraded' | 'none'
  lost: string[]
  connectUrl: string | null
  lastRunAt: string | null
  lastCheckedAt: string | null
}

export type Seen = { row: ConnectionRow | null; configured: boolean; lost: string[]; now: Date; timeZone: string }

/** A refresh is under way or its answer was lost: nobody may say that it is connected. */
function shownState(row: ConnectionRow): ConnectionRow['state'] {
  return row.state === 'connected' && row.refreshStartedAt !== null ? 'limited' : row.state
}

/** A connection as the contract has it. @param lost what the platform cannot hold of the runner's sessions */
export function connectionJson(platform: Platform, { row, configured, lost, now, timeZone }: Seen): ConnectionJson {
  const state = row ? shownState(row) : 'off'
  const rights = row && state !== 'off' ? rightsOf(platform, row.scopes) : null
  const canSchedule = platform.calendar !== null && (rights?.canWrite ?? true)
  const write = row !== null && state !== 'off' && row.write && canSchedule
  return {
    platform: platform.id,
    state,
    text: wordsOf(platform, row, state, write, now, timeZone),
    write,
    writeReason: row && state !== 'off' && !write && platform.calendar ? row.writeReason : null,
    attachFit: platform.calendar?.attachment ? row?.memory[ATTACH] === true : null,
    canRead: rights?.canRead ?? true,
    canSchedule,
    fidelity: platform.calendar === null ? 'none' : lost.length > 0 ? 'degraded' : 'exact',
    lost: platform.calendar === null ? [] : lost,
    connectUrl: configured ? `/connect/${platform.id}` : null,
    lastRunAt: row?.lastRunAt?.toISOString() ?? null,
    lastCheckedAt: row?.lastCheckedAt?.toISOString() ?? null,
  }
}

function wordsOf(
  platform: Platform,
  row: ConnectionRow | null,
  state: ConnectionRow['state'],
  write: boolean,
  now: Date,
  timeZone: string,
): string {
  const { label } = platform
  if (!row || state === 'off') return row?.leavingAt ? textOf.leaving(label) : textOf.off(label)
  if (state === 'reconnect') return row.text || textOf.reconnect(label)
  if (state === 'limited') return row.state === 'limited' && row.text ? row.text : textOf.checking(label)
  const last = lastRunWords(row.lastRunAt, now, timeZone)
  const earlier =
    row.memory[HISTORY_REFUSED] === true ? ' Earlier runs were not allowed: tick the right to historical data when you connect again.' : ''
  if (write) return `Runs arrive and sessions go to your watch. ${last}${earlier}`
  if (platform.calendar === null) return `Runs arrive. ${platform.noCalendar ?? `${label} takes no sessions.`} ${last}${earlier}`
  return `Runs arrive. Sessions do not go there${row.writeReason ? `: ${row.writeReason}` : '.'} ${last}${earlier}`
}
