import type { Day } from '../days.ts'
import type { BuiltSession } from '../strength/request.ts'
import type { PastSession, Reason, Session, SessionKind } from '../strength/session.ts'
import { historyOf, type KnownState, stateOf } from './known.ts'
import { defaultPrescriber } from './prescribe.ts'
import type { Prescriber } from './prescriber.ts'
import type { Alternative, Placement } from './reasons.ts'
import type { Notice, Plan, Situation, Unplaced } from './situation.ts'
import type { Slot } from './slots.ts'
import type { Occupied, World } from './world.ts'

export type PlanOptions = {
  prescriber?: Prescriber
  /** Adds the runner-up to each session, as `alternatives`. */
  why?: boolean
  /** Whether the other policy is tried, to be offered. Default yes. */
  offers?: boolean
  /** Only the figures are wanted: nothing is built. */
  figuresOnly?: boolean
  /** What a plan of the same runner found out about sessions that can be built. */
  buildable?: Map<string, boolean>
}

/** A session with its runner-up, where that was asked for. */
export type PlannedSession = Session & { alternatives?: Alternative[] }
export type FullPlan = Omit<Plan, 'sessions'> & { sessions: PlannedSession[]; summary: PlanSummary }

/** What tells two policies apart. */
export type PlanSummary = { wanted: number; placed: number; substitutes: number; tight: number; cost: number }

/** A session in its place, before it is built. */
export type Spot = {
  kind: SessionKind
  wanted: SessionKind
  slot: Slot
  minutes: number
  fresh: boolean
  /** The known session that stays as it is. */
  known: KnownState | null
  pinned: boolean
  alternatives: Alternative[]
  extra: Reason[]
}

/** Sessions that the builder looks back on: about half a year of those that were done or are planned. */
const BUILD_HISTORY = 50

/** A plan while it is being made: week after week adds to it. */
export type Draft = {
  world: World
  prescriber: Prescriber
  options: PlanOptions
  states: KnownState[]
  /** Everything that lies fixed on the axis so far. */
  fixed: Occupied[]
  /** What lies behind and what is planned so far, oldest first; `remember` adds to it. */
  history: PastSession[]
  /** The end of the history, which the builder looks back on: one object as long as nothing is added. */
  recent: readonly PastSession[]
  sessions: { spot: Spot; built: BuiltSession; reasons: Reason[] }[]
  unplaced: Unplaced[]
  notices: Notice[]
  summary: PlanSummary
  horizonEnd: Day
  /** Remembered answers to H8 and H9. */
  buildable: Map<string, boolean>
  /** The last week whose prescription said a sentence. */
  told: Map<string, Day>
}

function lately(history: readonly PastSession[]): PastSession[] {
  return history.filter(({ status }) => status === 'done' || status === 'planned').slice(-BUILD_HISTORY)
}

/** A plan of which nothing is decided yet: what is done or has begun lies fixed, what lies behind is its history. */
export function newDraft(world: World, situation: Situation, horizonEnd: Day, options: PlanOptions): Draft {
  const states = situation.sessions.map((session) => stateOf(world, session))
  const history = historyOf(states, situation.today)
  return {
    world,
    prescriber: options.prescriber ?? defaultPrescriber,
    options,
    states,
    fixed: states.filter(({ state }) => state === 'done' || state === 'frozen').map(({ place }) => place),
    history,
    recent: lately(history),
    sessions: [],
    unplaced: [],
    notices: [],
    summary: { wanted: 0, placed: 0, substitutes: 0, tight: 0, cost: 0 },
    horizonEnd,
    buildable: options.buildable ?? new Map(),
    told: new Map(),
  }
}

export function placementOf({ kind, slot, minutes }: Pick<Spot, 'kind' | 'slot' | 'minutes'>): Placement {
  return { kind, day: slot.day, start: slot.start, end: slot.start + minutes, afterRun: slot.afterRun }
}

export function occupiedOf(spot: Spot): Occupied {
  return { kind: spot.kind, day: spot.slot.day, start: spot.slot.start, end: spot.slot.start + spot.minutes, done: false }
}

/** Adds a session to the history that what follows is built on. */
export function remember(draft: Draft, session: PastSession): void {
  draft.history.push(session)
  draft.recent = lately(draft.history)
}
