import { dayNumber } from '../../core/days.ts'
import { fileKind } from '../activity.ts'
import { isoFrom } from '../json.ts'
import type { About, Platform, PlatformContext, Reading, RunNotice } from '../platform.ts'
import { parsedRecord } from '../record.ts'
import * as api from './api.ts'
import { calendar } from './calendar.ts'
import { activityIdOf, deviceNameOf, sportOf, toActivity } from './map.ts'
import { Detail, Summary } from './schema.ts'

const rights = ['ACTIVITY_EXPORT', 'WORKOUT_IMPORT', 'HISTORICAL_DATA_EXPORT']

/** The notice of a record, a summary or details; none where it has no id. */
function noticesOf(record: unknown): RunNotice[] {
  const detail = parsedRecord(Detail, record)
  if (!detail) return []
  const start = parsedRecord(Summary, record)?.startTimeInSeconds ?? detail.summary?.startTimeInSeconds ?? null
  return [{ externalId: activityIdOf(detail), startAt: isoFrom(start === null ? null : start * 1000), record }]
}

function aboutOf(externalId: string, sport: About['sport'], device: string | null): About {
  return { externalId, revision: null, sport, plannedAs: null, originalId: externalId, device: deviceNameOf(device) }
}

async function readFile(ctx: PlatformContext, notice: RunNotice, address: string): Promise<Reading> {
  const type = notice.hints?.activityType ?? null
  const sport = type === null ? 'run' : sportOf(type)
  if (!sport) return { kind: 'skipped', because: 'It is neither a run nor strength work.', tellRunner: false }
  const bytes = await api.takeFile(ctx, address)
  const kind = bytes && fileKind(bytes)
  if (!bytes || !kind) return { kind: 'skipped', because: 'Garmin no longer has the file; the summary stands.', tellRunner: false }
  return {
    kind: 'file',
    name: `garmin-${notice.externalId}.${kind}`,
    bytes,
    about: aboutOf(notice.externalId, sport, notice.hints?.deviceName ?? null),
  }
}

async function read(ctx: PlatformContext, notice: RunNotice): Promise<Reading> {
  if (notice.fileUrl) return readFile(ctx, notice, notice.fileUrl)
  const detail = parsedRecord(Detail, notice.record)
  const summary = parsedRecord(Summary, notice.record)
  const head = detail?.summary ?? summary
  if (!head) return { kind: 'gone' }
  if (head.isParent)
    return { kind: 'skipped', because: 'It is the whole of a multisport activity; its parts come by themselves.', tellRunner: false }
  const sport = sportOf(head.activityType)
  if (!sport) return { kind: 'skipped', because: 'It is neither a run nor strength work.', tellRunner: false }
  const activity = toActivity(head, detail)
  if (!activity) return { kind: 'skipped', because: 'Garmin gives no start time for it.', tellRunner: true }
  return { kind: 'activity', activity, about: aboutOf(notice.externalId, sport, head.deviceName) }
}

/** Garmin: strength workouts with named exercises on the watch. @see ./readme.md */
export const garmin: Platform = {
  id: 'garmin',
  label: 'Garmin',
  warning: null,
  consentHint: 'On Garmin’s page switch on all three rights. Garmin leaves “Historical Data” off; without it only new runs arrive.',
  needs: { connect: ['clientId', 'clientSecret'], webhook: ['webhookSecret'] },
  hosts: api.facts.hosts,
  limits: api.limits,
  oauth: {
    authorizeUrl: 'https://connect.garmin.com/oauth2Confirm',
    tokenUrl: 'https://diauth.garmin.com/di-oauth2-service/oauth/token',
    scopes: rights,
    scopeSeparator: ' ',
    asksForScopes: false,
    scopesForReading: [['ACTIVITY_EXPORT']],
    scopesForWriting: [['WORKOUT_IMPORT']],
    clientAuthentication: 'body',
    pkce: true,
    refresh: 'rotates',
    refreshEarlySeconds: 600,
    refreshIdleDays: 30,
    deadAfter: { refusals: 2, hours: 0 },
    // The token's `scope` names other things than the boxes that the runner ticked: rights are asked for.
    identify: async (ctx) => ({ externalUserId: await api.userId(ctx), scopes: (await api.permissions(ctx)) ?? rights }),
  },
  apiKey: null,
  runs: {
    arrive: 'push',
    list: null,
    request: (ctx, { fromDay, toDay }) => api.requestBackfill(ctx, dayNumber(fromDay) * 86_400, (dayNumber(toDay) + 1) * 86_400),
    expand: async (ctx, address) => (await api.takeRecords(ctx, address)).flatMap(noticesOf),
    daysAtOnce: 30,
    historyDays: 30,
    read,
  },
  calendar,
  noCalendar: null,
  duties: {
    leave: api.deregister,
    stillGranted: api.tokenLives,
    policy: null,
    attribution: (device) => deviceNameOf(device) ?? 'Garmin',
    backLink: null,
  },
  subscription: null,
  setUp: [
    'In the Garmin developer portal enter the redirect URI {callback}.',
    'At https://apis.garmin.com/tools/endpoints enter {webhook} for Activities (push), Activity details (push), Activity files (ping), Manually updated activities, Deregistrations and User permissions change, and enable each.',
    'Leave Move IQ off: it is what the watch guessed, not what was recorded.',
    'Set GARMIN_WEBHOOK_SECRET to a long random word; it is the last part of the webhook address and its only guard.',
  ],
}
