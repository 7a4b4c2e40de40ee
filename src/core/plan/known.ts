import { type Day, isInWeek } from '../days.ts'
import type { PastSession, SessionKind } from '../strength/session.ts'
import { type Block, type Candidate, constraints, h4Spacing, h5OneADay, h13Fresh } from './constraints.ts'
import { zoneOn } from './forecast.ts'
import { candidateOf, minutesIn, type Published } from './search.ts'
import type { KnownSession } from './situation.ts'
import { DEFAULT_MINUTES, SAME_TRIP_MINUTES, type Slot, slotsOn, windowsOn } from './slots.ts'
import { isLegKind, kindMinutes } from './spacing.ts'
import { equipmentOn, type Occupied, occupiedBy, type RunEvent, type World } from './world.ts'

/** After this long nobody is still in the session: a planned one that ended so long ago was missed. */
const GRACE_MINUTES = 120

/** A known session and what it now is. `frozen` has begun, or ended so lately that nobody could say it was done. */
export type KnownState = {
  session: KnownSession
  place: Occupied
  state: 'done' | 'skipped' | 'missed' | 'frozen' | 'pinned' | 'published' | 'gone'
}

/** What each known session is at this moment. */
export function stateOf(world: World, session: KnownSession): KnownState {
  const place = occupiedBy(world, session)
  const is = (state: KnownState['state']): KnownState => ({ session, place, state })
  if (session.status === 'withdrawn') return is('gone')
  if (session.status !== 'planned') return is(session.status)
  if (session.localDate < world.situation.today && place.end <= world.now) return is('missed')
  if (place.end + GRACE_MINUTES <= world.now) return is('missed')
  if (place.start <= world.now) return is('frozen')
  return is(session.pinned ? 'pinned' : 'published')
}

/** The history as progression sees it: what lies behind, with planned sessions of the past as missed. */
export function historyOf(states: readonly KnownState[], today: Day): PastSession[] {
  return states
    .filter(({ state, session }) => state !== 'gone' && state !== 'pinned' && state !== 'published' && session.localDate <= today)
    .map(({ session, state }) => {
      const status = state === 'frozen' ? 'planned' : (state as PastSession['status'])
      return session.status === status ? session : { ...session, status }
    })
    .sort((a, b) => a.localDate.localeCompare(b.localDate) || (a.localTime ?? '').localeCompare(b.localTime ?? ''))
}

function runBefore(world: World, { day, start }: Occupied): RunEvent | null {
  const runs = world.byDay.get(day) ?? []
  return runs.find((run) => run.likely && run.timeKnown && start >= run.end && start <= run.end + SAME_TRIP_MINUTES) ?? null
}

/** The slot in which a known session lies, with the minutes that its day gives. */
export function slotOf(world: World, session: KnownSession): Slot {
  const place = occupiedBy(world, session)
  const timeZone = session.timeZone ?? zoneOn(world.situation.runner, session.localDate)
  const localTime = session.localTime ?? '18:00'
  const same = slotsOn(world, session.localDate).find((slot) => slot.start === place.start)
  if (same) return same
  const windows = windowsOn(world.situation.runner, session.localDate)
  const window = windows.find((other) => other.localTime === localTime) ?? windows.find((other) => !other.localTime) ?? windows[0]
  return {
    day: session.localDate,
    localTime,
    timeZone,
    start: place.start,
    minutes: window?.minutes ?? DEFAULT_MINUTES,
    equipment: equipmentOn(world, session.localDate, window?.equipment),
    afterRun: runBefore(world, place),
    stated: false,
  }
}

/** A published session as the search takes it. */
export function publishedOf(world: World, { session, place }: KnownState): Published {
  const id = session.id ?? ''
  return { id, kind: session.kind, slot: slotOf(world, session), start: place.start, published: session.published !== false }
}

/** A pinned session in its place, with the kind that its place allows. */
export type Pin = { session: KnownSession; slot: Slot; kind: SessionKind; minutes: number; fresh: boolean; stepped: Block | null }

/** Rules that the runner's own word overrules. What protects the legs, a race or an illness stays. */
const overruled = new Set(['H1', 'H6', 'H7', 'H10', 'H14'])

/**
 * Where a pinned session stays and as what: the runner's place is kept, and where the kind would break a rule that protects
 * the runner, a lighter kind takes it. `null` when nothing may be there.
 */
export function keepPin(
  world: World,
  state: KnownState,
  fixed: readonly Occupied[],
  fits: (kind: SessionKind, slot: Slot, minutes: number) => boolean,
): Pin | null {
  const { session } = state
  const known = slotOf(world, session)
  const slot: Slot = { ...known, minutes: Math.max(known.minutes, session.minutes ?? 0, kindMinutes(session.kind).min) }
  let stepped: Block | null = null
  const kinds: SessionKind[] = isLegKind(session.kind) ? [session.kind, 'maintenance', 'upperCore', 'mobility'] : [session.kind, 'mobility']
  for (const kind of [...new Set(kinds)]) {
    const minutes = minutesIn(kind, slot)
    if (minutes === 0) continue
    const fresh = h13Fresh(kind, slot.start, fixed)
    const candidate = candidateOf(kind, slot, minutes, fresh)
    const block =
      safetyBlock(world, candidate) ??
      fixed.map((other) => h4Spacing(candidate, other) ?? h5OneADay(candidate, other)).find((b) => b) ??
      null
    if (!block && fits(kind, slot, minutes)) return { session, slot, kind, minutes, fresh, stepped }
    stepped ??= block ?? { rule: 'H8', why: 'too few exercises are left for it' }
  }
  return null
}

function safetyBlock(world: World, candidate: Candidate): Block | null {
  for (const constraint of constraints) {
    const block = constraint(world, candidate)
    if (block && !overruled.has(block.rule)) return block
  }
  return null
}

/** Sessions of a week that use up what is due: pinned ones, and leg sessions or kinds that are due once done, begun or skipped. */
export function consumedBy(states: readonly KnownState[], monday: Day, due: readonly SessionKind[]): SessionKind[] {
  return states
    .filter(({ session }) => isInWeek(session.localDate, monday))
    .filter(
      ({ session, state }) =>
        state === 'pinned' || (['done', 'frozen', 'skipped'].includes(state) && (isLegKind(session.kind) || due.includes(session.kind))),
    )
    .map(({ session }) => session.kind)
}
