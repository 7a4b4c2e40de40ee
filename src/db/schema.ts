/**
 * All tables. A row that belongs to a runner has `runner_id` first in its key, so that the tables can be distributed by
 * runner later (docs/data-flow.md says how); the few tables that are looked up before the runner is known (a token, an
 * e-mail address, a platform's user id) are small directories beside them.
 */
import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  customType,
  date,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import type { Assessment, EffortLabel, Subtype } from '../core/effort/assessment.ts'
import type { ExpectedRun, Notice, Unplaced } from '../core/plan/situation.ts'
import type { CompletedSet, Lap, Surface } from '../core/run.ts'
import type { Demand, Runner } from '../core/runner.ts'
import type { Recorded } from '../core/same-run.ts'
import type { Feedback, Reason, SessionExercise, SessionKind, SessionStatus } from '../core/strength/session.ts'

/** Bytes: PGlite gives a Uint8Array, postgres.js a Buffer, which is one too. */
const bytes = customType<{ data: Uint8Array; driverData: Uint8Array }>({
  dataType: () => 'bytea',
  toDriver: (value) => (value instanceof Buffer ? value : Buffer.from(value.buffer, value.byteOffset, value.byteLength)),
  fromDriver: (value) => value,
})
const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' })
const day = (name: string) => date(name, { mode: 'string' })
const runnerId = () => uuid('runner_id').notNull()

/** One person. `profile` holds what the runner said; what was learnt stands in `threshold_versions`. */
export const runners = pgTable('runners', {
  id: uuid('id').primaryKey(),
  profile: jsonb('profile').$type<Partial<Runner>>().notNull().default({}),
  /** The zone was set by the runner; otherwise it follows the newest run. */
  timeZoneFixed: boolean('time_zone_fixed').notNull().default(false),
  /** Where notices go beside the pages: a webhook or ntfy address, an e-mail address. */
  noticeUrl: text('notice_url'),
  noticeEmail: text('notice_email'),
  demo: boolean('demo').notNull().default(false),
  createdAt: instant('created_at').notNull(),
})

/** Directory: secret of a calendar feed -> runner. */
export const calendarFeeds = pgTable('calendar_feeds', {
  token: text('token').primaryKey(),
  runnerId: runnerId(),
  createdAt: instant('created_at').notNull(),
})

// ── Accounts (ACCOUNTS=on) ──────────────────────────────────────────────────────────────────────────────────────────

/** Directory: e-mail address (lower case) -> runner. */
export const accounts = pgTable('accounts', {
  email: text('email').primaryKey(),
  runnerId: runnerId(),
  passwordHash: text('password_hash'),
  createdAt: instant('created_at').notNull(),
})

/** Directory: SHA-256 of a cookie or of a personal API token -> runner. */
export const credentials = pgTable(
  'credentials',
  {
    hash: text('hash').primaryKey(),
    runnerId: runnerId(),
    kind: text('kind').$type<'cookie' | 'token'>().notNull(),
    /** Shown to the runner in the list of tokens. */
    id: uuid('id').notNull(),
    name: text('name'),
    createdAt: instant('created_at').notNull(),
    expiresAt: instant('expires_at'),
    usedAt: instant('used_at'),
  },
  (t) => [index('credentials_runner').on(t.runnerId)],
)

/** Failed guesses and other things that are counted in a window of time, shared by all processes. */
export const attempts = pgTable(
  'attempts',
  { what: text('what').notNull(), windowStart: instant('window_start').notNull(), count: integer('count').notNull() },
  (t) => [primaryKey({ columns: [t.what, t.windowStart] })],
)

// ── Arrivals: what came in, kept before anything is done with it ────────────────────────────────────────────────────

export type ArrivalStatus = 'receiving' | 'queued' | 'imported' | 'duplicate' | 'notARun' | 'rejected'

/** What a platform says of an activity beside its bytes. */
export type ArrivalAbout = {
  sport: 'run' | 'strength'
  /** Our session's marker or the platform's own entry id, where the platform links what was done to what was planned. */
  plannedAs: string | null
  originalId: string | null
  device: string | null
  /** The platform's policy: kept no longer, ISO 8601. */
  expiresAt: string | null
}

/**
 * One thing that arrived for a runner: a file from the upload page, a file inside a zip, a file or record fetched from a
 * platform. Its bytes stand in `arrival_bytes`; the rows after it (`run_sources`) can be made again from them.
 */
export const arrivals = pgTable(
  'arrivals',
  {
    runnerId: runnerId(),
    id: uuid('id').notNull(),
    /** `upload` or a platform id. */
    from: text('from').notNull(),
    /** The platform's id of the activity; for an upload `sha256:…`. */
    externalId: text('external_id'),
    /** Rises with every change on the platform, where the platform tells. */
    revision: text('revision'),
    /** What a platform told of it beside the bytes. */
    about: jsonb('about').$type<ArrivalAbout>(),
    /** File name as given, without folders that point outside. */
    name: text('name').notNull(),
    /** The zip that it was in. */
    parentId: uuid('parent_id'),
    /** Place inside the zip, from 0. */
    position: integer('position'),
    /** Files in it, once a zip's table of contents has been read. */
    partCount: integer('part_count'),
    media: text('media').$type<'file' | 'zip' | 'record'>().notNull(),
    sha256: text('sha256'),
    sizeBytes: bigint('size_bytes', { mode: 'number' }),
    status: text('status').$type<ArrivalStatus>().notNull(),
    /** A sentence for the runner. */
    detail: text('detail'),
    runId: uuid('run_id'),
    receivedAt: instant('received_at').notNull(),
    finishedAt: instant('finished_at'),
  },
  (t) => [
    primaryKey({ columns: [t.runnerId, t.id] }),
    index('arrivals_parent').on(t.runnerId, t.parentId, t.position),
    uniqueIndex('arrivals_part').on(t.runnerId, t.parentId, t.position).where(sql`parent_id is not null`),
    index('arrivals_received').on(t.runnerId, t.receivedAt),
    index('arrivals_external').on(t.runnerId, t.from, t.externalId),
    index('arrivals_open').on(t.runnerId, t.status).where(sql`status in ('receiving', 'queued')`),
  ],
)

/** The bytes of an arrival, in pieces of at most one mebibyte. */
export const arrivalBytes = pgTable(
  'arrival_bytes',
  { runnerId: runnerId(), arrivalId: uuid('arrival_id').notNull(), piece: integer('piece').notNull(), bytes: bytes('bytes').notNull() },
  (t) => [primaryKey({ columns: [t.runnerId, t.arrivalId, t.piece] })],
)

// ── Runs ────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** One run of one runner, however many sources told of it. Figures are those of the best source. */
export const runs = pgTable(
  'runs',
  {
    runnerId: runnerId(),
    id: uuid('id').notNull(),
    startAt: instant('start_at').notNull(),
    localDate: day('local_date').notNull(),
    localTime: text('local_time').notNull(),
    timeZone: text('time_zone').notNull(),
    offsetSeconds: integer('offset_seconds').notNull(),
    surface: text('surface').$type<Surface>().notNull(),
    distanceMeters: doublePrecision('distance_meters'),
    movingSeconds: doublePrecision('moving_seconds'),
    elapsedSeconds: doublePrecision('elapsed_seconds'),
    ascentMeters: doublePrecision('ascent_meters'),
    descentMeters: doublePrecision('descent_meters'),
    averageHeartRate: doublePrecision('average_heart_rate'),
    maxHeartRate: doublePrecision('max_heart_rate'),
    gradeAdjustedPaceSecondsPerKm: doublePrecision('grade_adjusted_pace_seconds_per_km'),
    laps: jsonb('laps').$type<Lap[]>().notNull().default([]),
    race: boolean('race').notNull().default(false),
    device: text('device'),
    bestSourceId: uuid('best_source_id'),
    /** The runner's word; it wins over the classifier. */
    word: text('word').$type<'easy' | 'hard'>(),
    wordAt: instant('word_at'),
    /** The runner was asked about this run. */
    askedAt: instant('asked_at'),
    /** Deleted by the runner or gone from every platform; kept so that it does not come back by itself. */
    deletedAt: instant('deleted_at'),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.runnerId, t.id] }),
    index('runs_start').on(t.runnerId, t.startAt),
    index('runs_day').on(t.runnerId, t.localDate),
  ],
)

/** Facts of an activity beside its samples, as the source gave them. */
export type SourceFacts = {
  sport: string
  subSport: string | null
  startAt: string
  offsetSeconds: number | null
  timeZone: string | null
  distanceMeters: number | null
  timerSeconds: number | null
  movingSeconds: number | null
  elapsedSeconds: number | null
  ascentMeters: number | null
  descentMeters: number | null
  averageHeartRate: number | null
  maxHeartRate: number | null
  averageCadence: number | null
  temperatureCelsius: number | null
  heartRateSensor: 'chest' | 'arm' | 'wrist' | null
  device: string | null
  race: boolean
  laps: Lap[]
  recordCount: number
  /** What told it: the kind of file, or a platform's record. */
  format: 'fit' | 'tcx' | 'gpx' | 'record'
  /** Where it began, degrees. */
  startLatitude: number | null
  startLongitude: number | null
  surface: Surface
  gradeAdjustedPaceSecondsPerKm: number | null
  recorded: Recorded
  damage: string | null
}

/** One telling of a run: a file or a platform's record. A run has at least one. */
export const runSources = pgTable(
  'run_sources',
  {
    runnerId: runnerId(),
    id: uuid('id').notNull(),
    runId: uuid('run_id').notNull(),
    from: text('from').notNull(),
    externalId: text('external_id').notNull(),
    arrivalId: uuid('arrival_id'),
    receivedAt: instant('received_at').notNull(),
    facts: jsonb('facts').$type<SourceFacts>().notNull(),
    /** Packed samples (src/fit/series.ts); null for a summary. */
    series: bytes('series'),
    /** The prepared run for the classifier, deflated (src/core/effort/prepare.ts). */
    prepared: bytes('prepared'),
    preparedVersion: integer('prepared_version'),
    /** Higher is better; decides which source gives the figures. */
    quality: doublePrecision('quality').notNull(),
    /** Why it belongs to this run; a sentence. */
    reason: text('reason').notNull(),
    /** Why its figures are taken or not; a sentence, null while it is the only one. */
    choice: text('choice'),
    /** The runner said that this is a run of its own. */
    apart: boolean('apart').notNull().default(false),
    /** Its figures may not be mixed with others or kept after this moment (a platform's policy). */
    expiresAt: instant('expires_at'),
    goneAt: instant('gone_at'),
  },
  (t) => [
    primaryKey({ columns: [t.runnerId, t.id] }),
    uniqueIndex('run_sources_external').on(t.runnerId, t.from, t.externalId),
    index('run_sources_run').on(t.runnerId, t.runId),
  ],
)

/** The answer for each run. `previous` is the answer before the last change. */
export const assessments = pgTable(
  'assessments',
  {
    runnerId: runnerId(),
    runId: uuid('run_id').notNull(),
    label: text('label').$type<EffortLabel>().notNull(),
    pHard: doublePrecision('p_hard').notNull(),
    confidence: doublePrecision('confidence').notNull(),
    decidedBy: text('decided_by').$type<'classifier' | 'runner'>().notNull(),
    demand: text('demand').$type<Demand>().notNull(),
    subtype: text('subtype').$type<Subtype>().notNull(),
    hardForPlacement: boolean('hard_for_placement').notNull(),
    ask: boolean('ask').notNull(),
    reasons: jsonb('reasons').$type<string[]>().notNull(),
    evidence: jsonb('evidence').notNull(),
    thresholdsDay: day('thresholds_day').notNull(),
    rulesVersion: integer('rules_version').notNull(),
    previous: jsonb('previous').$type<Assessment>(),
    assessedAt: instant('assessed_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.runnerId, t.runId] })],
)

/** Thresholds by the day from which they hold. */
export const thresholdVersions = pgTable(
  'threshold_versions',
  { runnerId: runnerId(), fromDay: day('from_day').notNull(), thresholds: jsonb('thresholds').notNull() },
  (t) => [primaryKey({ columns: [t.runnerId, t.fromDay] })],
)

/** How far a runner's runs are judged. */
export const effortStates = pgTable('effort_states', {
  runnerId: uuid('runner_id').primaryKey(),
  /** Runs from this local day on have to be judged again; null when all is up to date. */
  dirtyFrom: day('dirty_from'),
  /** Rises with every change of `dirtyFrom`, so that one that comes in while judging goes on is not lost. */
  generation: integer('generation').notNull().default(0),
  rulesVersion: integer('rules_version').notNull().default(0),
  judgedAt: instant('judged_at'),
})

/** What was learnt from all runs before a day, so that judging can begin there: one for each month with runs. */
export const effortCheckpoints = pgTable(
  'effort_checkpoints',
  { runnerId: runnerId(), day: day('day').notNull(), state: jsonb('state').notNull() },
  (t) => [primaryKey({ columns: [t.runnerId, t.day] })],
)

/** Strength activities that came back from a watch. */
export const strengthActivities = pgTable(
  'strength_activities',
  {
    runnerId: runnerId(),
    id: uuid('id').notNull(),
    from: text('from').notNull(),
    externalId: text('external_id').notNull(),
    startAt: instant('start_at').notNull(),
    localDate: day('local_date').notNull(),
    seconds: doublePrecision('seconds'),
    sets: jsonb('sets').$type<CompletedSet[]>().notNull().default([]),
    sessionId: uuid('session_id'),
  },
  (t) => [primaryKey({ columns: [t.runnerId, t.id] }), uniqueIndex('strength_activities_external').on(t.runnerId, t.from, t.externalId)],
)

// ── The plan ────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Strength sessions, past and planned. A withdrawn one stays, so that feeds and platforms can cancel it. */
export const sessions = pgTable(
  'sessions',
  {
    runnerId: runnerId(),
    id: uuid('id').notNull(),
    /** The planner's own name for it. */
    planKey: text('plan_key').notNull(),
    localDate: day('local_date').notNull(),
    localTime: text('local_time').notNull(),
    timeZone: text('time_zone').notNull(),
    title: text('title').notNull(),
    kind: text('kind').$type<SessionKind>().notNull(),
    template: text('template').notNull(),
    minutes: integer('minutes').notNull(),
    status: text('status').$type<SessionStatus>().notNull(),
    pinned: boolean('pinned').notNull().default(false),
    reasons: jsonb('reasons').$type<Reason[]>().notNull(),
    exercises: jsonb('exercises').$type<SessionExercise[]>().notNull(),
    /** Swaps by the runner: exercise id -> exercise id. */
    swaps: jsonb('swaps').$type<Record<string, string>>().notNull().default({}),
    feedback: jsonb('feedback').$type<Feedback>(),
    /** Rises with every change that a calendar must see (RFC 5545 SEQUENCE). */
    sequence: integer('sequence').notNull().default(0),
    /** The first time that it was shown outside the pages. */
    publishedAt: instant('published_at'),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.runnerId, t.id] }),
    uniqueIndex('sessions_plan_key').on(t.runnerId, t.planKey),
    index('sessions_day').on(t.runnerId, t.localDate),
  ],
)

/** What the last planning said beside its sessions. */
export const plans = pgTable('plans', {
  runnerId: uuid('runner_id').primaryKey(),
  plannedAt: instant('planned_at').notNull(),
  unplaced: jsonb('unplaced').$type<Unplaced[]>().notNull(),
  notices: jsonb('notices').$type<Notice[]>().notNull(),
  expectedRuns: jsonb('expected_runs').$type<ExpectedRun[]>().notNull(),
})

/** Words to the runner that stay until they are read: a moved session with its undo, a connection that needs care. */
export const messages = pgTable(
  'messages',
  {
    runnerId: runnerId(),
    id: uuid('id').notNull(),
    /** Messages of one key replace each other. */
    key: text('key').notNull(),
    text: text('text').notNull(),
    sessionId: uuid('session_id'),
    undo: jsonb('undo').$type<{ localDate: string; localTime: string }>(),
    createdAt: instant('created_at').notNull(),
    readAt: instant('read_at'),
    sentAt: instant('sent_at'),
    /** Ways that it went already while another one failed: `url`, `email`. */
    sentBy: jsonb('sent_by').$type<string[]>().notNull().default([]),
  },
  (t) => [primaryKey({ columns: [t.runnerId, t.id] }), uniqueIndex('messages_key').on(t.runnerId, t.key)],
)

// ── Platforms ───────────────────────────────────────────────────────────────────────────────────────────────────────

export type ConnectionState = 'connected' | 'reconnect' | 'limited' | 'off'

/** A runner's account on a platform. Tokens are sealed (src/platforms/seal.ts). */
export const connections = pgTable(
  'connections',
  {
    runnerId: runnerId(),
    platform: text('platform').notNull(),
    externalUserId: text('external_user_id'),
    state: text('state').$type<ConnectionState>().notNull(),
    /** Why the state is what it is; a sentence. */
    text: text('text').notNull(),
    sealedTokens: text('sealed_tokens'),
    /** When the access token ends; the refresh happens before. */
    accessExpiresAt: instant('access_expires_at'),
    refreshExpiresAt: instant('refresh_expires_at'),
    /** Rises with every stored pair, so that two refreshes cannot both win. */
    tokenGeneration: integer('token_generation').notNull().default(0),
    /** One process refreshes until this moment; the others wait for the next generation. */
    refreshLeaseUntil: instant('refresh_lease_until'),
    /** Set before a refresh is sent and cleared when its answer is stored: still set, nobody knows whether the pair lives. */
    refreshStartedAt: instant('refresh_started_at'),
    /** No further refresh before, after one that failed. */
    refreshNotBefore: instant('refresh_not_before'),
    scopes: jsonb('scopes').$type<string[]>().notNull().default([]),
    write: boolean('write').notNull().default(false),
    writeReason: text('write_reason'),
    /** What the platform needs remembered: cursors, user registration, zones. */
    memory: jsonb('memory').$type<Record<string, unknown>>().notNull().default({}),
    /** Import of history: how far it is. */
    backfill: jsonb('backfill').$type<{
      state: 'waiting' | 'running' | 'done'
      reachedDay: string | null
      toDay: string
      found: number
      read: number
      /** The platform's own place in a list that is read page by page. */
      cursor: string | null
      /** The first day that is asked for. */
      fromDay: string
    }>(),
    /** Refusals of the tokens in a row, and the first of them. */
    failures: integer('failures').notNull().default(0),
    failingSince: instant('failing_since'),
    lastRunAt: instant('last_run_at'),
    lastCheckedAt: instant('last_checked_at'),
    /** The last look for runs that no push told of. */
    sweptAt: instant('swept_at'),
    /** The last comparison of what we put there with what stands there. */
    verifiedAt: instant('verified_at'),
    /** The last push of this runner's. */
    pushedAt: instant('pushed_at'),
    /** The runner disconnected; the row keeps its tokens until the platform knows it too. */
    leavingAt: instant('leaving_at'),
    connectedAt: instant('connected_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.runnerId, t.platform] })],
)

/** Directory: a platform's user -> runner. One account of a platform belongs to one runner. */
export const platformUsers = pgTable(
  'platform_users',
  { platform: text('platform').notNull(), externalUserId: text('external_user_id').notNull(), runnerId: runnerId() },
  (t) => [primaryKey({ columns: [t.platform, t.externalUserId] }), index('platform_users_runner').on(t.runnerId)],
)

/** Connecting in progress: from the click to the callback. */
export const oauthFlows = pgTable('oauth_flows', {
  state: text('state').primaryKey(),
  platform: text('platform').notNull(),
  /** null while signing in by a platform. */
  runnerId: uuid('runner_id'),
  /** SHA-256 of the browser's cookie that started it. */
  browser: text('browser').notNull(),
  verifier: text('verifier'),
  redirectUri: text('redirect_uri').notNull(),
  createdAt: instant('created_at').notNull(),
  usedAt: instant('used_at'),
})

/** What a platform pushed, byte for byte, before it is known whose it is. Unique by the platform's delivery. */
export const webhookDeliveries = pgTable(
  'webhook_deliveries',
  {
    platform: text('platform').notNull(),
    deliveryKey: text('delivery_key').notNull(),
    id: uuid('id').notNull(),
    rawBody: bytes('raw_body').notNull(),
    receivedAt: instant('received_at').notNull(),
    handledAt: instant('handled_at'),
    outcome: text('outcome'),
  },
  (t) => [
    primaryKey({ columns: [t.platform, t.deliveryKey] }),
    uniqueIndex('webhook_deliveries_id').on(t.id),
    index('webhook_deliveries_received').on(t.receivedAt),
    index('webhook_deliveries_open').on(t.receivedAt).where(sql`handled_at is null`),
  ],
)

export type DeliveryState = 'pending' | 'delivered' | 'failed' | 'withdrawn'

/**
 * What we put on a runner's platform, one row for each session and platform. The only table that cannot be made again:
 * it records what was done outside. `intent` is written before a call and cleared after it, so that a crash in between
 * is seen.
 */
export const deliveries = pgTable(
  'deliveries',
  {
    runnerId: runnerId(),
    sessionId: uuid('session_id').notNull(),
    platform: text('platform').notNull(),
    state: text('state').$type<DeliveryState>().notNull(),
    externalId: text('external_id'),
    /** The day on which it stands there. */
    localDate: day('local_date'),
    /** Further ids that the platform gave (plan and workout, schedule). */
    parts: jsonb('parts').$type<Record<string, string>>().notNull().default({}),
    /** Digest of what stands there. */
    digest: text('digest'),
    fidelity: text('fidelity').$type<'exact' | 'degraded'>(),
    lost: jsonb('lost').$type<string[]>().notNull().default([]),
    intent: jsonb('intent').$type<{ action: 'put' | 'remove'; digest: string | null; marker: string; startedAt: string }>(),
    attempts: integer('attempts').notNull().default(0),
    error: text('error'),
    verifiedAt: instant('verified_at'),
    updatedAt: instant('updated_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.runnerId, t.sessionId, t.platform] })],
)

/** What is spent of a platform's allowance, shared by all processes. */
export const budgets = pgTable(
  'budgets',
  {
    platform: text('platform').notNull(),
    /** Name of the window, such as `15min` or `day`, with a runner where the limit is per user; `*` for the platform as a whole. */
    window: text('window').notNull(),
    /** Calls by part of the window: `[number of the part since 1970, calls]`. */
    parts: jsonb('parts').$type<[number, number][]>().notNull().default([]),
    /** The limit as the platform's answers gave it last. */
    told: integer('told'),
    /** Nothing is sent before. */
    blockedUntil: instant('blocked_until'),
    updatedAt: instant('updated_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.platform, t.window] })],
)

/** Facts of the service itself: a registered webhook's key, an alarm to the operator. Secrets are sealed. */
export const serviceFacts = pgTable('service_facts', {
  key: text('key').primaryKey(),
  value: jsonb('value').notNull(),
  updatedAt: instant('updated_at').notNull(),
})
