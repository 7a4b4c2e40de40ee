import { addDays, type Day, isInWeek, type LocalTime, mondayOf } from '../days.ts'
import type { SessionKind } from '../strength/session.ts'
import type { KnownState } from './known.ts'
import type { KnownSession, Plan, Unplaced } from './situation.ts'
import { type Named, whyMoved } from './why-moved.ts'
import type { Occupied, World } from './world.ts'

/** A published session that is elsewhere now; `to` is null when it was taken out. */
export type Move = { from: KnownSession; to: { localDate: Day; localTime: LocalTime; kind: SessionKind } | null; why: string }

function placeOf({ kind, slot: { day, start } }: Named): Occupied {
  return { kind, day, start, end: start, done: false }
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
  const begun = states.filter(({ state }) => state === 'done' || state === 'frozen').map(({ place }) => place)
  const published = states.filter(({ state }) => state === 'published')
  const why = (session: KnownSession, to: Named | null) => {
    const rest = spots.filter((spot) => spot !== to)
    const stays = ({ known, slot }: Named) => known !== null || published.some(({ place }) => place.start === slot.start)
    const monday = mondayOf(session.localDate)
    return whyMoved(world, {
      session,
      to,
      others: [...begun, ...rest.map(placeOf)],
      settled: [...begun, ...rest.filter(stays).map(placeOf)],
      seen: published.map((other) => other.session).filter((other) => other !== session && isInWeek(other.localDate, monday)),
      lacks: lacks.has(monday),
    })
  }
  const used = new Set(states.flatMap(({ session }) => (session.id ? [session.id] : [])))
  const ids = new Array<string>(spots.length).fill('')
  const free = [...published]
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
    if (session.published !== false) moves.push({ from: session, to, why: why(session, spot) })
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
    if (session.published !== false && session.localDate <= horizonEnd) moves.push({ from: session, to: null, why: why(session, null) })
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
 * where some are.
 */
export function lastPublishedDay({ expectedRuns }: Pick<Plan, 'expectedRuns'>, today: Day): Day {
  const least = addDays(today, LEAST_DAYS)
  const most = addDays(today, MOST_DAYS)
  const planned = expectedRuns.flatMap(({ from, localDate }) => (from === 'planned' ? [mondayOf(localDate)] : [])).sort()
  const sunday = planned.length > 0 ? addDays(planned.at(-1)!, 6) : most
  return sunday < least ? least : sunday < most ? sunday : most
}
