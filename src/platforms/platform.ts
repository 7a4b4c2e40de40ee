/**
 * What a platform is to the rest of the service. One object per platform; what a platform cannot do is `null`, so that a
 * capability and its code cannot disagree. Nobody outside a platform's folder asks for a platform by its name.
 */
import type { Day } from '../core/days.ts'
import type { Activity } from '../core/run.ts'
import type { Session } from '../core/strength/session.ts'
import type { PlatformError } from '../errors.ts'
import type { Log } from '../log.ts'
import type { PlatformId, PlatformSettings } from '../settings.ts'

export type { PlatformId, PlatformSettings } from '../settings.ts'

// ── What every call is given ────────────────────────────────────────────────────────────────────────────────────────

/** A runner's tokens as they are kept (sealed). Instants are ISO 8601. */
export type Tokens = {
  access: string
  refresh: string | null
  /** `null`: no end was told. */
  accessExpiresAt: string | null
  refreshExpiresAt: string | null
}

/** What one request costs. `read` and `write` are calls of the API; `oauth` and `file` are counted by few platforms. */
export type Spend = {
  platform: PlatformId
  kind: 'read' | 'write' | 'oauth' | 'file'
  calls: number
  /** The runner, for limits per runner; `null` for calls of the app itself. */
  userKey: string | null
}

/** What an answer's headers said of the allowance. */
export type RateReport = {
  windows: { name: string; limit: number; used: number }[]
  /** Nothing may be sent before. */
  blockedUntil: Date | null
}

/** Handed to every call of the app itself: settings, network, clock, the shared allowance. */
export type AppContext = {
  settings: PlatformSettings
  fetch: typeof fetch
  now: () => Date
  log: Log
  /** Takes from the allowance before a request. @throws PlatformError `retry` when the allowance is used up */
  spend: (cost: Spend) => Promise<void>
  /** Told what the answer's headers said. */
  report: (platform: PlatformId, report: RateReport) => Promise<void>
  /** A number that no call of this name got before, 1 and rising, for platforms that want small integers as ids. */
  nextNumber: (name: string) => Promise<number>
}

/** Handed to every call for one runner. */
export type PlatformContext = AppContext & {
  /** The runner, as the allowance knows them. */
  userKey: string
  externalUserId: string | null
  /** `null` with an API key in the settings. */
  tokens: { access: string } | null
  scopes: readonly string[]
  /** What the platform asked to have remembered for this connection. */
  memory: Readonly<Record<string, unknown>>
  /** Stores further keys durably before it returns; `memory` shows them from then on. */
  remember: (patch: Record<string, unknown>) => Promise<void>
}

// ── Connecting ──────────────────────────────────────────────────────────────────────────────────────────────────────

/** The token endpoint's answer after `mend`. */
export type TokenAnswer = Record<string, unknown>

/** OAuth as data; code stands only where a platform leaves the standard, and says so. */
export type OAuthFacts = {
  authorizeUrl: string
  tokenUrl: string
  /** Where refreshing has an address of its own. */
  refreshUrl?: string
  scopes: readonly string[]
  scopeSeparator: ' ' | ','
  /** Whether the authorize call names the scopes. */
  asksForScopes: boolean
  /** One of each group must be granted; empty: nothing need be granted for it. */
  scopesForReading: readonly (readonly string[])[]
  scopesForWriting: readonly (readonly string[])[]
  clientAuthentication: 'body' | 'basic'
  pkce: boolean
  /** Further parameters of the authorize call. */
  authorizeParameters?: Readonly<Record<string, string>>
  tokenHeaders?: Readonly<Record<string, string>>
  /**
   * `none`: tokens are not renewed. `rotates`: each refresh gives a new refresh token and the old one dies. `keeps`: the
   * old one may stay. `prolongs`: the same pair lives longer and no token is answered.
   */
  refresh: 'none' | 'rotates' | 'keeps' | 'prolongs'
  /** The refresh is made this long before the end. */
  refreshEarlySeconds: number
  /** A connection that is not used is refreshed anyway when its refresh token has less than this left. */
  refreshIdleDays?: number
  /** Refusals of a refresh, and hours since the first, before the connection counts as dead. */
  deadAfter: { refusals: number; hours: number }
  /** The platform's small deviations from RFC 6749, put right before the standard code reads the answer. */
  mend?: (answer: { status: number; body: TokenAnswer }, asked: 'code' | 'refresh') => { status: number; body: TokenAnswer }
  /** Who this is, told after the code was exchanged; also what must be done once for a new user. */
  identify: (ctx: PlatformContext, answer: TokenAnswer) => Promise<Identity>
}

export type Identity = {
  externalUserId: string
  /** Rights where they are not told as scopes. */
  scopes?: string[]
  memory?: Record<string, unknown>
}

// ── Runs in ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/** One activity to be read. Plain JSON: it travels in a job. */
export type RunNotice = {
  externalId: string
  /** Rises with every change on the platform (an instant or a counter), where the platform tells. */
  revision?: string | null
  /** Start as far as the notice tells, ISO 8601. */
  startAt?: string | null
  /** Where the file lies; checked against the platform's own hosts before it is asked. */
  fileUrl?: string | null
  /** The platform's own record, where the notice carries it. */
  record?: unknown
  /** What reading needs beside the id. */
  hints?: Record<string, string>
  /** When the platform told of it, ISO 8601. */
  toldAt?: string | null
}

/** What reading a notice gave. */
export type Reading =
  | { kind: 'file'; name: string; bytes: Uint8Array; about: About }
  | { kind: 'activity'; activity: Activity; about: About }
  /** Told of before it can be read. */
  | { kind: 'notYet'; retryAfterSeconds: number; because: string }
  | { kind: 'gone' }
  /** Nothing for us; the sentence is for the runner where it matters to them. */
  | { kind: 'skipped'; because: string; tellRunner: boolean }

export type About = {
  externalId: string
  revision: string | null
  /** The platform's word for what it was: a run or strength work. */
  sport: 'run' | 'strength'
  /** Our session's marker or the platform's own entry id, where the platform links what was done to what was planned. */
  plannedAs: string | null
  /** The activity's id on the platform that it came through first, for finding copies. */
  originalId: string | null
  device: string | null
}

export type Runs = {
  /** `push`: the record is in the request. `ping`: a short notice, then we fetch. `poll`: we ask on a timer. */
  arrive: 'push' | 'ping' | 'poll'
  /** Activities of these days (the runner's own, both included), newest first; `null` where there is nothing to list. */
  list:
    | ((
        ctx: PlatformContext,
        asked: { fromDay: Day; toDay: Day; cursor: string | null },
      ) => Promise<{ runs: RunNotice[]; next: string | null }>)
    | null
  /** Asks the platform to send these days again by webhook; `null` where it does not do so. */
  request: ((ctx: PlatformContext, asked: { fromDay: Day; toDay: Day }) => Promise<'asked' | 'asked before' | 'not allowed'>) | null
  /** Notices behind an address that a push named instead of the records; `null` where pushes do not do so. */
  expand: ((ctx: PlatformContext, address: string) => Promise<RunNotice[]>) | null
  /** Days that one `list` or `request` may cover. */
  daysAtOnce: number
  /** How far back history reaches; `null`: no end is known; 0: nothing before the connection. */
  historyDays: number | null
  /** @throws PlatformError */
  read: (ctx: PlatformContext, notice: RunNotice) => Promise<Reading>
}

// ── Sessions out ────────────────────────────────────────────────────────────────────────────────────────────────────

export type Known = { externalId: string; parts: Record<string, string> }

/** A session to be put on a platform. */
export type Entry = {
  sessionId: string
  session: Session
  /** Finds the entry again: ASCII, at most 64 characters, `stridelift-<session id>`. */
  marker: string
  /** The zone of the session's day and time. */
  timeZone: string
  units: 'metric' | 'imperial'
  /** The session's page. */
  url: string
  /** The session as a FIT workout, where the runner switched the experiment on. */
  fit: Uint8Array | null
}

export type PutRequest = {
  entry: Entry
  /** What is recorded of an earlier put. */
  known: Known | null
  /** All further sessions of the runner that stand on this platform or shall. */
  others: readonly { entry: Entry; known: Known | null }[]
  today: Day
  /** Stores an intermediate state durably before the next call is made. */
  record: (known: Known) => Promise<void>
}

/** An entry of ours as the platform has it. */
export type Found = Known & {
  /** `null` where the platform does not give it back. */
  marker: string | null
  localDate: Day | null
  /** Comparable with `digest`; `null` where the platform does not give the content back. */
  digest: string | null
  /** What the platform says went wrong with it on the way to the watch. */
  trouble?: string | null
}

export type Calendar = {
  /** What it is there, in the platform's word: `workout in the calendar`, `SuuntoPlus Guide`. */
  as: string
  /** Where the runner finds it, one sentence. */
  where: string
  /** Days from the runner's today that the platform shows; entries outside are not written. */
  window: { fromDays: number; toDays: number }
  /** What the platform cannot hold of this session; empty: nothing is lost. Known before anything is sent. */
  loses: (session: Session) => string[]
  /** A FIT workout goes along (`Entry.fit`) where the runner asks for it: what it is called, and a sentence of what to expect. */
  attachment?: { name: string; about: string }
  /** Changes exactly when the entry on the platform would. */
  digest: (entry: Entry) => string
  /** Creates or replaces the entry. The same again never makes a second one, also after a lost answer. @throws PlatformError */
  put: (ctx: PlatformContext, request: PutRequest) => Promise<Known>
  /** Takes the entry away; one that is gone already is done. @throws PlatformError */
  remove: (ctx: PlatformContext, entry: { known: Known | null; marker: string; localDate: Day; today: Day }) => Promise<void>
  /** Entries of ours on these days, other people's never; `null` where the platform cannot tell. */
  list: ((ctx: PlatformContext, asked: { fromDay: Day; toDay: Day; known: readonly Known[] }) => Promise<Found[]>) | null
}

// ── Limits, duties, hosts ───────────────────────────────────────────────────────────────────────────────────────────

/** One window of the allowance. */
export type LimitWindow = {
  name: string
  seconds: number
  calls: number
  /** Added for each connected user. */
  callsPerUser?: number
  per: 'app' | 'user'
  /** `rolling` counts back from now; `clock` begins anew at multiples of its length in UTC. */
  align: 'rolling' | 'clock'
  counts: readonly Spend['kind'][]
}

export type Limits = {
  windows: readonly LimitWindow[]
  /** Reads the headers; `null` when they tell nothing. */
  read: (headers: Headers, status: number, now: Date) => RateReport | null
}

/** `api` and `oauth` hosts get credentials; a `file` host never does. `*.example.com` is any true subdomain. */
export type Host = { host: string; use: 'api' | 'oauth' | 'file' }

export type Duties = {
  /** Ends the connection on the platform: revoke or deregister. Already ended counts as done. @throws PlatformError */
  leave: (ctx: PlatformContext) => Promise<void>
  /** Whether the runner's grant still stands; asked before anything is erased on a platform's word. @throws PlatformError */
  stillGranted: (ctx: PlatformContext) => Promise<boolean>
  /** Source data is kept no longer than this and never mixed with other sources. */
  policy: { keepDays: number; ownerOnly: true; neverMerge: true; words: string } | null
  /** The name that must stand beside data from here. */
  attribution: (device: string | null) => string
  /** The way back to an activity that is shown, in the words that the platform wants for it; `null` where it wants none. */
  backLink: { words: string; url: (externalId: string) => string } | null
}

/** Registering our webhook by call; platforms without it are set up by hand (`setUp`). */
export type Subscription = {
  /** Makes the subscription right; a key that is told only once is given back to be kept (sealed). @throws PlatformError */
  ensure: (
    ctx: AppContext,
    asked: { callbackUrl: string; verifyToken: string | null; key: string | null },
  ) => Promise<{ state: 'right' | 'made' | 'mended'; key: string | null; id: string | null; words: string }>
}

export type Platform = {
  id: PlatformId
  label: string
  /** Off unless the operator sets it up, and then with these words; `null`: nothing to warn of. */
  warning: string | null
  /** The words on what leads to the platform's consent page, where it lays them down. */
  connectWords?: string
  /** What the runner should tick on the platform's own page; said before they go there. */
  consentHint?: string
  /** Settings without which it cannot be connected by OAuth, or not be heard by webhook. */
  needs: { connect: readonly (keyof PlatformSettings)[]; webhook: readonly (keyof PlatformSettings)[] }
  hosts: readonly Host[]
  limits: Limits
  oauth: OAuthFacts
  /** Connects one runner without OAuth; `null` where there is no such way. */
  apiKey: { ready: (settings: PlatformSettings) => boolean; identify: (ctx: PlatformContext) => Promise<Identity> } | null
  runs: Runs
  calendar: Calendar | null
  /** Said to the runner where `calendar` is null. */
  noCalendar: string | null
  duties: Duties
  subscription: Subscription | null
  /** What the operator does by hand on the platform's pages, one sentence each; `{callback}` and `{webhook}` are filled in. */
  setUp: readonly string[]
}

/** What a platform's refusal means, where it differs from the usual reading of the status. */
export type Refusal = Pick<PlatformError, 'remedy'> & { what: string; retryAfterSeconds?: number }
