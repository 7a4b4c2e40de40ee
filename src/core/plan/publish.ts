import { addDays, type Day, type LocalTime, mondayOf } from '../days.ts'
import type { SessionKind } from '../strength/session.ts'
import { blockOf, type Candidate } from './constraints.ts'
import { costsOf } from './costs.ts'
import type { KnownState } from './known.ts'
import { slotOf } from './known.ts'
import { candidateOf, minutesIn } from './search.ts'
import type { KnownSession, Plan, Unplaced } from './situation.ts'
import type { Slot } from './slots.ts'
import { isLegKind } from './spacing.ts'
import { runName, type World } from './world.ts'

/** A published session that is elsewhere now; `to` is null when it was taken out. */
export type Move = { from: KnownSession; to: { localDate: Day; localTime: LocalTime; kind: SessionKind } | null; why: string }

type Named = { kind: SessionKind; slot: Slot; fresh?: boolean; known: KnownState | null }

/** What made the old place dearer than the new one, where one cost stands out. */
function dearer(world: World, old: Candidate, to: Named): string | null {
  const own = costsOf(world, candidateOf(to.kind, to.slot, minutesIn(to.kind, to.slot), to.fresh ?? false))
  const worse = costsOf(world, old).map((cost, i) => ({ cost, by: cost.value - own[i]!.value }))
  const most = worse.sort((a, b) => b.by - a.by)[0]!
  return most.by >= 1 ? most.cost.why : null
}

function whyMoved(world: World, session: KnownSession, to: Named | null, lacks: ReadonlySet<Day>): string {
  const slot = slotOf(world, session)
  const minutes = session.minutes ?? minutesIn(session.kind, slot)
  const fresh = to?.fresh === true && to.kind === session.kind
  const old = candidateOf(session.kind, slot, minutes, fresh)
  const block = minutes > 0 ? blockOf(world, old) : null
  if (block) return block.why
  const easier =
    world.situation.runner.placement === 'easyDays' &&
    isLegKind(session.kind) &&
    world.byDay.get(session.localDate)?.find((run) => run.demanding)
  if (easier) return `it would meet ${runName(easier)}`
  if (!to) return lacks.has(mondayOf(session.localDate)) ? 'the week has no place for it any more' : 'the week asks for less strength now'
  return dearer(world, old, to) ?? 'the week fits together better so'
}

/**
 * Gives each planned session its id. A session that stays keeps its id, one that moved within its week takes the id of
 * where it was, a new one gets `s-MONDAY-N`, never an id that another known session has or had.
 */
export function nameSessions(
  world: World,
  spots: readonly Named[],
  states: readonly KnownState[],
  horizonEnd: Day,
  unplaced: readonly Unplaced[],
): { ids: string[]; moves: Move[] } {
  const lacks = new Set(unplaced.map(({ week }) => week))
  const used = new Set(states.flatMap(({ session }) => (session.id ? [session.id] : [])))
  const ids = new Array<string>(spots.length).fill('')
  const free = states.filter(({ state }) => state === 'published')
  const keep = (i: number, state: KnownState) => {
    ids[i] = state.session.id ?? ''
    const at = free.indexOf(state)
    if (at >= 0) free.splice(at, 1)
  }
  spots.forEach((spot, i) => {
    if (spot.known) keep(i, spot.known)
  })
  const match = (fits: (spot: Named, state: KnownState) => boolean, moved: (spot: Named, state: KnownState) => void) => {
    spots.forEach((spot, i) => {
      if (ids[i] || spot.known) return
      const state = free.find((other) => fits(spot, other))
      if (!state) return
      keep(i, state)
      moved(spot, state)
    })
  }
  const moves: Move[] = []
  const move = (spot: Named, { session }: KnownState) => {
    const to = { localDate: spot.slot.day, localTime: spot.slot.localTime, kind: spot.kind }
    if (session.published !== false) moves.push({ from: session, to, why: whyMoved(world, session, spot, lacks) })
  }
  match(
    (spot, { place }) => spot.slot.start === place.start,
    (spot, state) => {
      if (spot.kind !== state.session.kind) move(spot, state)
    },
  )
  match((spot, { session }) => spot.kind === session.kind && mondayOf(spot.slot.day) === mondayOf(session.localDate), move)
  match((spot, { session }) => mondayOf(spot.slot.day) === mondayOf(session.localDate), move)
  for (const { session } of free)
    if (session.published !== false && session.localDate <= horizonEnd)
      moves.push({ from: session, to: null, why: whyMoved(world, session, null, lacks) })
  spots.forEach((spot, i) => {
    const monday = mondayOf(spot.slot.day)
    for (let n = 1; !ids[i]; n++) {
      const id = `s-${monday}-${n}`
      if (used.has(id)) continue
      used.add(id)
      ids[i] = id
    }
  })
  return { ids, moves }
}

/** Days ahead that go to watches, and how many at least. */
const MOST_DAYS = 10
const LEAST_DAYS = 7

/**
 * The last day whose sessions go to watches: ten days ahead, but no further than the weeks that the runner has planned,
 * where some are, and no further than a week while nobody knows the runner's days.
 */
export function lastPublishedDay({ notices, expectedRuns }: Pick<Plan, 'notices' | 'expectedRuns'>, today: Day): Day {
  const least = addDays(today, LEAST_DAYS)
  const most = addDays(today, MOST_DAYS)
  if (notices.some(({ rule, text }) => rule === 'forecast' && text.includes('provisional'))) return least
  const planned = expectedRuns.flatMap(({ from, localDate }) => (from === 'planned' ? [mondayOf(localDate)] : [])).sort()
  const sunday = planned.length > 0 ? addDays(planned.at(-1)!, 6) : most
  return sunday < least ? least : sunday < most ? sunday : most
}
