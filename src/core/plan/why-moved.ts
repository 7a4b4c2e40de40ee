import { isInWeek, mondayOf } from '../days.ts'
import type { SessionKind } from '../strength/session.ts'
import { hoursBetween } from './axis.ts'
import { type Candidate, constraints, h4Spacing, h5OneADay, h7RestDay, h13Fresh } from './constraints.ts'
import { costsOf, p4Spacing } from './costs.ts'
import { type KnownState, slotOf } from './known.ts'
import { kindName } from './ladder.ts'
import { stoodIn } from './reasons.ts'
import { candidateOf, minutesIn } from './search.ts'
import type { KnownSession } from './situation.ts'
import type { Slot } from './slots.ts'
import { isLegKind, LEG_SPACING_HOURS, PREFERRED_LEG_SPACING_HOURS } from './spacing.ts'
import { dayName, dayType, type Occupied, runName, type World } from './world.ts'

/** A session of the plan in its place, as naming and its words see it. */
export type Named = { kind: SessionKind; wanted?: SessionKind; slot: Slot; fresh?: boolean; known: KnownState | null }

/** What the words of a move look at: the session that was, where it is now, and all that stands round it. */
export type Moved = {
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

/** How a leg session stood to another: on its day, closer than it may be, or not as far as is best. */
function whyApart(old: Candidate, other: Occupied): string {
  if (old.slot.day === other.day) return `${dayName(other.day)} has another session`
  const hours = Math.abs(hoursBetween(other.start, old.start))
  const apart = `it would be ${Math.floor(hours)} h from ${dayName(other.day)}'s session`
  return hours < LEG_SPACING_HOURS ? `${apart} and needs ${LEG_SPACING_HOURS} h` : `${apart}; ${PREFERRED_LEG_SPACING_HOURS} h is better`
}

/** What made the old place dearer than the new one, where one cost stands out. */
function dearer(world: World, old: Candidate, to: Named, others: readonly Occupied[]): string | null {
  const own = costsOf(world, candidateOf(to.kind, to.slot, minutesIn(to.kind, to.slot), to.fresh ?? false))
  const terms = costsOf(world, old).map((cost, i) => ({ why: cost.why, by: cost.value - own[i]!.value }))
  const [before, after] = [spacingOf(old.kind, old.slot, others), spacingOf(to.kind, to.slot, others)]
  const total = (pairs: typeof before) => pairs.reduce((sum, { value }) => sum + value, 0)
  const hours = ({ other }: (typeof before)[number]) => Math.abs(hoursBetween(other.start, old.start))
  const worst = before.find((pair) => hours(pair) < LEG_SPACING_HOURS) ?? before.sort((a, b) => b.value - a.value)[0]
  if (worst) {
    terms.push({ why: whyApart(old, worst.other), by: total(before) - total(after) })
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
  if (!isLegKind(session.kind) && isLegKind(to.kind)) return `${dayName(to.slot.day)} can take ${kindName(to.kind)} now`
  return seen.some(({ kind }) => kind === to.kind) ? null : `the week now asks for ${kindName(to.kind)}`
}

/** The hard constraint that the old place breaks now, alone or beside the others. */
function whyIllegal(world: World, old: Candidate, { others, settled, to }: Moved): string | null {
  const isCloser = to !== null && to.slot.day === old.slot.day && to.slot.start < old.start
  for (const constraint of constraints) {
    const block = constraint(world, old)
    // More hours after a run are no reason for who came closer to it.
    if (block && !(isCloser && block.rule === 'H12')) return block.why
  }
  for (const other of settled) {
    const block = h4Spacing(old, other) ?? h5OneADay(old, other)
    if (block) return block.why
  }
  const { day } = old.slot
  if (!isLegKind(old.kind) || dayType(world, day) !== 'free') return null
  const used = others.filter((other) => isLegKind(other.kind) && isInWeek(other.day, mondayOf(day))).map((other) => other.day)
  return h7RestDay(world, mondayOf(day), [...used, day])?.why ?? null
}

/** Why a published session is elsewhere, of another kind or gone: half a sentence that follows "because". */
export function whyMoved(world: World, moved: Moved): string {
  const { session, to, others, lacks } = moved
  const slot = slotOf(world, session)
  const minutes = session.minutes ?? minutesIn(session.kind, slot)
  const old = candidateOf(session.kind, slot, minutes, h13Fresh(session.kind, slot.start, others))
  const illegal = minutes > 0 ? whyIllegal(world, old, moved) : null
  if (illegal) return illegal
  const easier =
    world.situation.runner.placement === 'easyDays' &&
    isLegKind(session.kind) &&
    !(to && isLegKind(to.kind) && to.slot.day === session.localDate) &&
    world.byDay.get(session.localDate)?.find((run) => run.demanding)
  if (easier) return `it would meet ${runName(easier)}`
  if (!to) return lacks ? 'the week has no place for it any more' : 'the week asks for less strength now'
  const why = to.kind === session.kind ? dearer(world, old, to, others) : whyOtherKind(moved)
  return why ?? 'the week fits together better so'
}
