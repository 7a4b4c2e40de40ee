import type { Day } from '../../src/core/days.ts'
import type { Kit, KitOptions } from './kit.ts'
import type { Answer, CalendarEntry, Exchange, Route, SimulatedActivity } from './types.ts'

/** What one platform adds to the shared kit. */
export type Implementation = {
  routes: Route[]
  /** Runs before the routes: limits, headers that every call needs. Browsers are not asked. */
  guard?: (exchange: Exchange) => Answer | null
  /** Runs on every answer to the service, for headers. */
  finish?: (exchange: Exchange, answer: Answer) => Answer
  notFound: (exchange: Exchange) => Answer
  /** Paths of calls that change something without writing into the runner's account: sign-in, registration, subscriptions. */
  housekeeping: RegExp
  created: (activity: SimulatedActivity) => void
  updated: (activity: SimulatedActivity, what: 'title' | 'private' | 'data') => void
  deleted: (activity: SimulatedActivity) => void
  deauthorised: (runner: number) => void
  /** Tells the app that its rights have changed, where the platform does. */
  rescoped?: (runner: number, scopes: string[]) => void
  /** Names of variants that can be switched on. */
  variants?: readonly string[]
  calendar: (runner: number) => CalendarEntry[]
  /** Things of ours that no calendar entry uses, where the platform can hold such. */
  leftovers?: (runner: number) => { id: string; name: string }[]
  removeEntry: (id: string) => void
  moveEntry: (id: string, localDate: Day) => void
}

/** A platform as the server starts it. */
export type Definition = {
  options: Pick<KitOptions, 'label' | 'push' | 'device' | 'newActivityId' | 'runnerId'>
  credentials: { clientId: string; webhookSecret: string | null; subscriptionKey?: string; apiKey?: string }
  make: (kit: Kit) => Implementation
}
