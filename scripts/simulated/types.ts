/** What the simulated platforms are to tests, to the demo and to each other. */
import type { Day, LocalTime } from '../../src/core/days.ts'
import type { StrengthSet } from '../../tests/support/fit-builder.ts'
import type { Fault, WebhookFault } from './faults.ts'
import type { Recipe, RunKind } from './history.ts'

export const platformIds = ['intervals-icu', 'garmin', 'strava', 'polar', 'wahoo', 'suunto', 'coros'] as const
export type PlatformId = (typeof platformIds)[number]

/** One request as it came, its path without the platform's prefix. Header names are lower case. */
export type Exchange = {
  method: string
  path: string
  query: URLSearchParams
  headers: Record<string, string | undefined>
  body: Uint8Array
  params: Record<string, string>
}

/** An answer; an object becomes JSON, a string is sent as it is. */
export type Answer = { status: number; headers?: Record<string, string>; body?: string | Uint8Array | object | null }

export type Route = {
  method: string
  /** `/v1/plans/:id`; `:name*` takes the rest of the path. */
  path: string
  /** A person's browser calls this, not the service. */
  browser?: boolean
  handle: (exchange: Exchange) => Answer | Promise<Answer>
}

export type RecordedRequest = {
  at: Date
  /** Milliseconds on a clock that only goes forward, for rates. */
  tickMs: number
  by: 'service' | 'browser'
  method: string
  path: string
  /** Without tokens. */
  query: string
  /** Without credentials: `authorization` keeps only its scheme. */
  headers: Record<string, string>
  /** Text bodies without secrets; binary ones as their length. */
  body: string
  /** `null` when the connection was dropped. */
  status: number | null
  fault: string | null
}

/** Something that the platform's documentation does not allow. */
export type Violation = { at: Date; method: string; path: string; text: string }

/** The app as the platform's developer page has it. */
export type AppCredentials = {
  clientId: string
  clientSecret: string
  /** The secret of pushes; `null` where the platform makes its own. */
  webhookSecret: string | null
  subscriptionKey: string | null
  apiKey: string | null
  /** The application's name, as Suunto guides must carry it. */
  appName: string
}

/** One run or strength activity as a simulated watch recorded it. */
export type SimulatedActivity = {
  externalId: string
  /** Which simulated runner, counted from 1. */
  runner: number
  sport: 'running' | 'strength'
  surface: Recipe['surface']
  title: string
  startAt: Date
  offsetSeconds: number
  timeZone: string
  uploadedAt: Date
  updatedAt: Date
  seconds: number
  distanceMeters: number | null
  ascentMeters: number
  averageHeartRate: number | null
  maxHeartRate: number | null
  /** Steps a minute, both feet. */
  averageCadence: number | null
  device: string
  private: boolean
  manual: boolean
  deleted: boolean
  race: boolean
  /** How many more readings find it not ready. */
  notReadyReads: number
  /** The calendar entry it was done from. */
  entryId: string | null
  file: () => Uint8Array
  samples: () => {
    seconds: number[]
    speed: number[]
    heartRate: (number | null)[]
    cadence: (number | null)[]
    altitude: number[]
    distance: number[]
  }
}

export type RunInput = {
  /** A run made elsewhere, so that the same one stands on two platforms. */
  recipe?: Recipe
  kind?: RunKind
  minutes?: number
  title?: string
  /** Unset: it ended a minute ago. */
  startAt?: Date
  timeZone?: string
  surface?: Recipe['surface']
  heartRate?: boolean
  runner?: number
  private?: boolean
  manual?: boolean
  /** `false`: the platform tells nobody. */
  webhook?: boolean
}

export type StrengthInput = {
  sets: readonly StrengthSet[]
  startAt?: Date
  title?: string
  runner?: number
  /** The calendar entry it was done from. */
  entryId?: string
  webhook?: boolean
}

export type CalendarStep = { text: string; reps?: number; seconds?: number; weightKg?: number; restSeconds?: number }

/** What the watch or its phone app would show. */
export type CalendarEntry = {
  id: string
  runner: number
  localDate: Day
  localTime: LocalTime | null
  name: string
  notes: string
  steps: CalendarStep[]
  /** Made through our app; the others belong to the runner or to other apps and must stay as they are. */
  ours: boolean
  externalId: string | null
  /** The name of the file that came with it. */
  attached?: string
  /** Whether it shows on the device; some platforms keep entries they never show. */
  shown: boolean
}

export type WebhookDelivery = { at: Date; kind: string; url: string; attempt: number; status: number | null; body: string; forged: boolean }

export type WebhookTarget = { url: string; authorization?: string }

export type SimulatedPlatform = {
  id: PlatformId
  label: string
  /** The value for the variable that replaces the platform's hosts. */
  url: string
  app: AppCredentials
  requests: RecordedRequest[]
  violations: Violation[]
  deliveries: WebhookDelivery[]
  /** Sets the push address as a person would on the developer page; platforms with registration by API change it themselves. */
  setWebhook: (target: WebhookTarget | null) => void
  webhook: () => WebhookTarget | null
  /** The platform's id of a simulated runner. */
  runnerId: (runner?: number) => string
  activities: (runner?: number) => SimulatedActivity[]
  addRun: (input?: RunInput) => SimulatedActivity
  addStrength: (input: StrengthInput) => SimulatedActivity
  editRun: (externalId: string, change: { title?: string; surface?: Recipe['surface']; race?: boolean }) => void
  deleteRun: (externalId: string) => void
  setPrivate: (externalId: string, value: boolean) => void
  /** The runner takes the access away on the platform's own pages. */
  deauthorise: (runner?: number) => void
  /** Every access token is old at once; refreshing still works where the platform has it. */
  expireTokens: () => void
  /** The runner ticks or unticks rights on the platform's own page; platforms that tell apps about it do. */
  setScopes: (scopes: readonly string[], runner?: number) => void
  /** Switches a documented variant of the platform's behaviour on or off; each platform's file lists its own. */
  variant: (name: string, on?: boolean) => void
  /** Every consent of a runner, oldest first. */
  grants: (runner?: number) => { scopes: string[]; active: boolean }[]
  calendar: (runner?: number) => CalendarEntry[]
  /** What our app left on the platform that stands on no calendar day: workouts and plans that nothing uses. */
  leftovers: (runner?: number) => { id: string; name: string }[]
  /** The runner deletes or moves an entry in the platform's app. */
  removeEntry: (id: string) => void
  moveEntry: (id: string, localDate: Day) => void
  /** @returns a function that ends the fault */
  fault: (fault: Fault) => () => void
  webhookFault: (fault: WebhookFault) => () => void
  clearFaults: () => void
  /** The most requests of the service in any window of so many seconds. */
  maxRate: (windowSeconds: number) => number
  /** Requests of the service that change something. */
  writes: () => RecordedRequest[]
  /** Waits until every push was delivered or given up. */
  settle: () => Promise<void>
  /**
   * Opens the consent page as a browser would and answers it.
   * @returns the address the browser is sent to
   */
  consent: (authorizeUrl: string, answer?: { allow?: boolean; scopes?: readonly string[]; runner?: number }) => Promise<string>
}

export type SimulatedOptions = {
  port?: number
  host?: string
  platforms?: readonly PlatformId[]
  /** The platforms' clock. */
  today?: () => Date
  /** Where the service listens; push addresses and redirect addresses are registered from it. */
  publicWebhookBase?: string
  seed?: number
  /** Weeks of runs before today that every simulated runner has; 0 for none. */
  historyWeeks?: number
  /** How many people have accounts on the platforms. */
  runners?: number
  timeZone?: string
  /** Milliseconds before the second try of a push, growing threefold; real platforms wait minutes. */
  retryMs?: number
  /** Milliseconds that a platform needs to work through an upload. */
  processingMs?: number
  credentials?: Partial<Record<PlatformId, Partial<AppCredentials>>>
  /** Which tier the apps are on, where the platform has them. */
  tier?: 'evaluation' | 'production'
}

export type Simulated = {
  url: string
  port: number
  ids: readonly PlatformId[]
  platform: (id: PlatformId) => SimulatedPlatform
  /** The environment that points a service here. */
  environment: () => Record<string, string>
  close: () => Promise<void>
}
