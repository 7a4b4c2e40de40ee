/** What all simulated platforms share: clock, people, records of what was asked, consent pages, pushes. */
import { createHash } from 'node:crypto'
import { addDays, localIn } from '../../src/core/days.ts'
import { runActivity, strengthActivity } from './activities.ts'
import { consentPage, type OfferedScope } from './consent-page.ts'
import { type Fault, Faults } from './faults.ts'
import { makeRun, type Recipe, runnerHistory, seeded } from './history.ts'
import { type Asking, Authority, type Code } from './oauth.ts'
import type {
  Answer,
  AppCredentials,
  CalendarEntry,
  Exchange,
  PlatformId,
  RecordedRequest,
  Route,
  RunInput,
  SimulatedActivity,
  StrengthInput,
  Violation,
} from './types.ts'
import { type PushRules, WebhookSender } from './webhook-sender.ts'

export type KitOptions = {
  id: PlatformId
  label: string
  app: AppCredentials
  /** The platform's prefix on this server. */
  url: string
  now: () => Date
  seed: number
  timeZone: string
  historyWeeks: number
  runners: number
  retryMs: number
  processingMs: number
  tier: 'evaluation' | 'production'
  publicWebhookBase: string | null
  push: PushRules
  device: string
  newActivityId: (kit: Kit) => string
  runnerId: (runner: number) => string
}

export type ConsentFacts = {
  path: string
  known: readonly string[]
  required: readonly string[]
  codeSeconds: number
  offered: (query: URLSearchParams) => OfferedScope[]
  pkce?: boolean
  refusal: Record<string, string>
  /** What the callback carries beside `code` and `state`. */
  returned?: (code: Code) => Record<string, string>
  redirectAllowed?: (uri: URL) => boolean
  refuse: (text: string, field: string) => Answer
}

/** Fields that no record shows. */
const secretField =
  /((?:client_secret|refresh_token|access_token|token|code|code_verifier|secret|password|verify_token)"?\s*[=:]\s*"?)([^&"\s]+)/gi

export class Kit {
  readonly id: PlatformId
  readonly label: string
  readonly app: AppCredentials
  readonly url: string
  readonly options: KitOptions
  readonly authority: Authority
  readonly sender: WebhookSender
  readonly faults = new Faults<Fault>()
  readonly requests: RecordedRequest[] = []
  readonly violations: Violation[] = []
  readonly activities: SimulatedActivity[] = []
  /** Documented behaviours of the platform that are not the usual one, switched on by name. */
  readonly variants = new Set<string>()
  private readonly random: () => number
  private counter = 0

  constructor(options: KitOptions) {
    this.options = options
    this.id = options.id
    this.label = options.label
    this.app = options.app
    this.url = options.url
    this.random = seeded(options.seed * 31 + [...options.id].reduce((sum, letter) => sum * 7 + letter.charCodeAt(0), 0))
    this.authority = new Authority((kind) => this.secretValue(kind))
    this.sender = new WebhookSender(options.push, options.retryMs, options.now)
    for (let runner = 1; runner <= options.runners; runner++) this.addHistory(runner)
  }

  now(): Date {
    return this.options.now()
  }

  /** The runner's calendar day on the platform's clock. */
  today(): string {
    return localIn(this.now(), this.options.timeZone).localDate
  }

  number(from: number): number {
    this.counter += 1
    return from + this.counter
  }

  /** A value that looks random and is the same for the same seed and order. */
  secretValue(kind: string): string {
    this.counter += 1
    return createHash('sha256')
      .update(`${this.options.seed}:${this.id}:${kind}:${this.counter}:${this.random()}`)
      .digest('hex')
      .slice(0, 40)
  }

  violate(exchange: Pick<Exchange, 'method' | 'path'>, text: string): void {
    this.violations.push({ at: this.now(), method: exchange.method, path: exchange.path, text })
  }

  runnerNumber(externalId: string): number | null {
    for (let runner = 1; runner <= this.options.runners; runner++) if (this.options.runnerId(runner) === externalId) return runner
    return null
  }

  /** Text without the values of secret fields. */
  redact(text: string): string {
    return text.replace(secretField, '$1…')
  }

  private addHistory(runner: number): void {
    const { seed, timeZone, historyWeeks } = this.options
    if (historyWeeks <= 0) return
    for (const recipe of runnerHistory({ seed: seed + runner - 1, now: this.now(), timeZone, weeks: historyWeeks })) {
      const seconds = recipe.segments.reduce((sum, segment) => sum + segment.seconds, 0)
      this.keep(recipe, runner, new Date(recipe.startAt.getTime() + (seconds + 300) * 1000), {})
    }
  }

  private keep(recipe: Recipe, runner: number, uploadedAt: Date, more: { private?: boolean; manual?: boolean }): SimulatedActivity {
    const { device, newActivityId } = this.options
    const activity = runActivity(recipe, { externalId: newActivityId(this), runner, uploadedAt, device, ...more })
    this.activities.push(activity)
    return activity
  }

  addRun(input: RunInput): SimulatedActivity {
    const runner = input.runner ?? 1
    const timeZone = input.timeZone ?? this.options.timeZone
    const make = (startAt: Date) =>
      makeRun({
        seed: this.options.seed + runner - 1,
        kind: input.kind ?? 'easy',
        startAt,
        timeZone,
        minutes: input.minutes,
        title: input.title,
        surface: input.surface,
        heartRate: input.heartRate,
      })
    let recipe = input.recipe ?? make(input.startAt ?? this.now())
    if (!input.recipe && !input.startAt) {
      const seconds = recipe.segments.reduce((sum, segment) => sum + segment.seconds, 0)
      recipe = { ...recipe, startAt: new Date(Math.floor((this.now().getTime() - (seconds + 60) * 1000) / 1000) * 1000) }
    }
    const activity = this.keep(recipe, runner, this.now(), { private: input.private, manual: input.manual })
    if (input.webhook !== false) activity.notReadyReads = this.sender.takeEarly()
    return activity
  }

  addStrength(input: StrengthInput): SimulatedActivity {
    const seconds = input.sets.reduce((total, set) => total + set.seconds, 0)
    const startAt = input.startAt ?? new Date(Math.floor((this.now().getTime() - (seconds + 60) * 1000) / 1000) * 1000)
    const { timeZone, device, newActivityId } = this.options
    const offsetSeconds = makeRun({ seed: 1, kind: 'recovery', startAt, timeZone, minutes: 1 }).offsetSeconds
    const activity = strengthActivity(input, {
      externalId: newActivityId(this),
      runner: input.runner ?? 1,
      uploadedAt: this.now(),
      device,
      startAt,
      offsetSeconds,
      timeZone,
    })
    this.activities.push(activity)
    if (input.webhook !== false) activity.notReadyReads = this.sender.takeEarly()
    return activity
  }

  /** The runner's activities that exist, newest first. */
  list(runner: number): SimulatedActivity[] {
    return this.activities
      .filter((activity) => activity.runner === runner && !activity.deleted)
      .sort((a, b) => b.startAt.getTime() - a.startAt.getTime())
  }

  find(externalId: string): SimulatedActivity | null {
    return this.activities.find((activity) => activity.externalId === externalId && !activity.deleted) ?? null
  }

  /** Whether a reading finds the activity; each reading of one that is not ready brings it nearer. */
  ready(activity: SimulatedActivity): boolean {
    if (activity.notReadyReads <= 0) return true
    activity.notReadyReads -= 1
    return false
  }

  /** Days from today for entries that other apps have made. */
  dayFromToday(days: number): string {
    return addDays(this.today(), days)
  }

  /** The consent page and the answer to it. */
  consentRoutes(facts: ConsentFacts): Route[] {
    const ask = (exchange: Exchange): Answer => {
      const { query } = exchange
      const refuse = (text: string, field: string) => {
        this.violate(exchange, text)
        return facts.refuse(text, field)
      }
      for (const name of query.keys()) {
        if (!facts.known.includes(name)) return refuse(`authorize: ${name} is not a parameter of this platform`, name)
        if (query.getAll(name).length > 1) return refuse(`authorize: ${name} is given twice`, name)
      }
      for (const name of facts.required) if (!query.get(name)) return refuse(`authorize: ${name} is missing`, name)
      if (query.get('client_id') !== this.app.clientId) return refuse('authorize: client_id is not known', 'client_id')
      if (query.has('response_type') && query.get('response_type') !== 'code')
        return refuse('authorize: response_type must be code', 'response_type')
      if (facts.pkce && (query.get('code_challenge_method') !== 'S256' || !/^[\w-]{43}$/.test(query.get('code_challenge') ?? '')))
        return refuse('authorize: a code_challenge with code_challenge_method S256 is needed', 'code_challenge')
      const redirect = URL.parse(query.get('redirect_uri') ?? '')
      if (!redirect || !this.redirectAllowed(redirect, facts)) return refuse('authorize: redirect_uri is not registered', 'redirect_uri')
      const offered = facts.offered(query)
      const asking = this.authority.ask({
        redirectUri: redirect.href === query.get('redirect_uri') ? redirect.href : query.get('redirect_uri')!,
        state: query.get('state'),
        scopes: offered.map((scope) => scope.id),
        challenge: query.get('code_challenge'),
      })
      const runners = Array.from({ length: this.options.runners }, (_, index) => ({ number: index + 1, name: runnerName(index + 1) }))
      return html(consentPage({ label: this.label, action: `${this.url}/simulated/decision`, id: asking.id, offered, runners }))
    }
    const decide = (exchange: Exchange): Answer => {
      const form = formOf(exchange)
      const asking = this.authority.answered(form.get('id') ?? '')
      if (!asking) return html('<p>This page was answered already. Go back to Stridelift and connect again.</p>', 400)
      const runner = Number(form.get('runner') ?? 1)
      if (form.get('decision') !== 'allow') return this.sendBack(asking, facts.refusal)
      const scopes = form.getAll('scope').filter((scope) => asking.scopes.includes(scope))
      const code = this.authority.giveCode(asking, runner, scopes, new Date(this.now().getTime() + facts.codeSeconds * 1000))
      return this.sendBack(asking, { code: code.value, ...facts.returned?.(code) })
    }
    return [
      { method: 'GET', path: facts.path, browser: true, handle: ask },
      { method: 'POST', path: '/simulated/decision', browser: true, handle: decide },
    ]
  }

  private redirectAllowed(redirect: URL, facts: ConsentFacts): boolean {
    if (facts.redirectAllowed?.(redirect)) return true
    const base = this.options.publicWebhookBase
    if (base === null) return redirect.protocol === 'http:' || redirect.protocol === 'https:'
    return redirect.href === `${base}/connect/${this.id}/callback`
  }

  private sendBack(asking: Asking, parameters: Record<string, string>): Answer {
    const url = new URL(asking.redirectUri)
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
    if (asking.state !== null) url.searchParams.set('state', asking.state)
    return { status: 302, headers: { location: url.href } }
  }
}

/** The names of the simulated runners. */
export function runnerName(runner: number): string {
  return ['Ana Silva', 'Ben Okafor', 'Chiara Rossi', 'Dev Patel'][runner - 1] ?? `Runner ${runner}`
}

function html(body: string, status = 200): Answer {
  return { status, headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' }, body }
}

function textOf(exchange: Exchange): string {
  return new TextDecoder().decode(exchange.body)
}

/** The fields of a form body. */
export function formOf(exchange: Exchange): URLSearchParams {
  return new URLSearchParams(textOf(exchange))
}

export function isForm(exchange: Exchange): boolean {
  return (exchange.headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase() === 'application/x-www-form-urlencoded'
}

/** The JSON body; `undefined` when it is none or not announced as JSON. */
export function jsonOf(exchange: Exchange): unknown {
  if (!/^application\/json\b/i.test(exchange.headers['content-type'] ?? '')) return undefined
  try {
    return JSON.parse(textOf(exchange))
  } catch {
    return undefined
  }
}

/** Names in a form or query that the platform does not know. */
export function unknownNames(given: URLSearchParams, known: readonly string[]): string[] {
  return [...new Set(given.keys())].filter((name) => !known.includes(name))
}

/** Local wall-clock time of an instant, `YYYY-MM-DDTHH:MM:SS`. */
export function wallClock(at: Date, offsetSeconds: number): string {
  return new Date(at.getTime() + offsetSeconds * 1000).toISOString().slice(0, 19)
}

export function sortedByDate(entries: CalendarEntry[]): CalendarEntry[] {
  return entries.sort((a, b) => `${a.localDate}${a.localTime ?? ''}`.localeCompare(`${b.localDate}${b.localTime ?? ''}`, 'en'))
}
