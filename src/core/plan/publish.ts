import { addDays, type Day, isInWeek, type LocalTime, mondayOf } from '../days.ts'
import type { Session, SessionKind } from '../strength/session.ts'
import { hoursBetween } from './axis.ts'
import { blockOf, type Candidate, h4Spacing, h5OneADay, h7RestDay, h13Fresh } from './constraints.ts'
import { costsOf, p4Spacing } from './costs.ts'
import { type KnownState, slotOf } from './known.ts'
import { kindName } from './ladder.ts'
import { stoodIn } from './reasons.ts'
import { candidateOf, minutesIn } from './search.ts'
import type { KnownSession, Plan, Unplaced } from './situation.ts'
import type { Slot } from './slots.ts'
import { isLegKind, PREFERRED_LEG_SPACING_HOURS } from './spacing.ts'
import { dayName, dayType, type Occupied, runName, type World } from './world.ts'

/** A published session that is elsewhere now; `to` is null when it was taken out. */
export type Move = { from: KnownSession; to: { localDate: Day; localTime: LocalTime; kind: SessionKind } | null; why: string }

type Named = { kind: SessionKind; wanted?: SessionKind; slot: Slot; fresh?: boolean; known: KnownState | null }

/** What whyMoved looks at: the session that was, where it is now, and all that stands round it. */
type Moved = {
  session: KnownSession
  to: Named | null
  /** The other sessions of the plan, and what is done or has begun. */
  others: readonly Occupied[]
  /** Those of them that stand where they stood. */
  settled: readonly Occupied[]
  /** Other sessions of that week as the runner has seen them. */
  seen: readonly KnownSession[]
  /** Whether the week has a session without a place. */
  lacks: boolean
}

/** P4: the leg sessions next to a place, with what their distance costs. */
function spacingOf(kind: SessionKind, { day, start }: Slot, others: readonly Occupied[]): { other: Occupied; value: number }[] {
  const legs = others.filter((other) => isLegKind(other.kind)).sort((a, b) => a.start - b.start)
  return [legs.findLast((other) => other.start < start), legs.find((other) => other.start >= start)]
    .filter((other) => other !== undefined)
    .map((other) => ({ other, value: p4Spacing({ kind, start }, other, mondayOf(day) === mondayOf(other.day)) }))
}

/** What made the old place dearer than the new one, where one cost stands out. */
function dearer(world: World, old: Candidate, to: Named, others: readonly Occupied[]): string | null {
  const own = costsOf(world, candidateOf(to.kind, to.slot, minutesIn(to.kind, to.slot), to.fresh ?? false))
  const terms = costsOf(world, old).map((cost, i) => ({ why: cost.why, by: cost.value - own[i]!.value }))
  const [before, after] = [spacingOf(old.kind, old.slot, others), spacingOf(to.kind, to.slot, others)]
  const total = (pairs: typeof before) => pairs.reduce((sum, { value }) => sum + value, 0)
  const worst = before.sort((a, b) => b.value - a.value)[0]
  if (worst) {
    const hours = Math.floor(Math.abs(hoursBetween(worst.other.start, old.start)))
    const why = `it would be ${hours} h from ${dayName(worst.other.day)}'s session; ${PREFERRED_LEG_SPACING_HOURS} h is better`
    terms.push({ why, by: total(before) - total(after) })
  }
  const most = terms.sort((a, b) => b.by - a.by)[0]!
  return most.by >= 0.5 ? most.why : null
}

/** Why a session is of another kind now: only what the plan shows. */
function whyOtherKind({ session, to, seen, lacks }: Moved): string | null {
  if (!to || to.kind === session.kind) return null
  if (isLegKind(session.kind) && !isLegKind(to.kind) && lacks) return `the week has no place for ${kindName(session.kind)} any more`
  if (to.kind !== to.wanted) return null
  if (stoodIn(session, to.kind)) return `${dayName(to.slot.day)} is free for ${kindName(to.kind)} again`
  return seen.some(({ kind }) => kind === to.kind) ? null : `the week now asks for ${kindName(to.kind)}`
}

/** The hard constraint that the old place breaks now, alone or beside the others. */
function whyIllegal(world: World, old: Candidate, { others, settled }: Moved): string | null {
  const alone = blockOf(world, old)
  if (alone) return alone.why
  for (const other of settled) {
    const block = h4Spacing(old, other) ?? h5OneADay(old, other)
    if (block) return block.why
  }
  const { day } = old.slot
  if (!isLegKind(old.kind) || dayType(world, day) !== 'free') return null
  const used = others.filter((other) => isLegKind(other.kind) && isInWeek(other.day, mondayOf(day))).map((other) => other.day)
  return h7RestDay(world, mondayOf(day), [...used, day])?.why ?? null
}

function whyMoved(world: World, moved: Moved): string {
  const { session, to, others, lacks } = moved
  const slot = slotOf(world, session)
  const minutes = session.minutes ?? minutesIn(session.kind, slot)
  const old = candidateOf(session.kind, slot, minutes, h13Fresh(session.kind, slot.start, others))
  const illegal = minutes > 0 ? whyIllegal(world, old, moved) : null
  if (illegal) return illegal
  const easier =
    world.situation.runner.placement === 'easyDays' &&
    isLegKind(session.kind) &&
    world.byDay.get(session.localDate)?.find((run) => run.demanding)
  if (easier) return `it would meet ${runName(easier)}`
  if (!to) return lacks ? 'the week has no place for it any more' : 'the week asks for less strength now'
  const why = to.kind === session.kind ? dearer(world, old, to, others) : whyOtherKind(moved)
  return why ?? 'the week fits together better so'
}

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

/** Days ahead that go to calendars and watches. */
const PUBLISH_DAYS = 10
const PROVISIONAL_DAYS = 3

/** The sessions that should be on calendars and watches now: ten days ahead, three while provisional. New ones begin tomorrow. */
export function toPublish(plan: Plan, today: Day): Session[] {
  const provisional = plan.notices.some(({ rule, text }) => rule === 'forecast' && text.includes('provisional'))
  const until = addDays(today, provisional ? PROVISIONAL_DAYS : PUBLISH_DAYS)
  return plan.sessions.filter(({ localDate }) => localDate <= until)
}
