import { addDays, type Day, daysBetween, mondayOf } from '../days.ts'
import type { SessionKind } from '../strength/session.ts'
import { hoursBetween, type Instant } from './axis.ts'
import { eveningBlock, isAvailable, type Slot } from './slots.ts'
import { activationWindow, daysAfterRace, daysBeforeRace, isHeavyKind, isLegKind, LEG_SPACING_HOURS, spacing } from './spacing.ts'
import { dayName, dayType, type Occupied, type RunEvent, runFreeDays, runName, type World } from './world.ts'

/** A session of a kind in a slot, as the constraints see it. */
export type Candidate = {
  kind: SessionKind
  slot: Slot
  start: Instant
  end: Instant
  minutes: number
  /** One of the first two heavy sessions of a block, or after 21 days off. */
  fresh: boolean
}

/** A broken hard constraint: its id and why, as half a sentence that follows "because". */
export type Block = { rule: string; why: string; minor?: boolean }

/** A constraint on one session alone. */
export type Constraint = (world: World, candidate: Candidate) => Block | null

const HOURS_BEFORE_EASY_RUN = 6
/** A session of the same visit starts within half an hour of the run's end; a later one waits three hours. */
const SAME_VISIT_HOURS = 0.5
const NORMAL_HOURS_AFTER_HARD_RUN = 3
const TOLERANCE = 1e-9

/** The first demanding run that starts at or after an instant. */
export function nextDemanding(world: World, from: Instant): RunEvent | null {
  return world.demanding.find((run) => run.start >= from) ?? null
}

/** H1: inside the runner's windows, not in the past, not during a run, not on a day that the runner said no to. */
export const h1Available: Constraint = (world, { slot, start, end, minutes }) => {
  if (start < world.now) return { rule: 'H1', why: 'that hour has passed' }
  if (world.skippedDays.has(slot.day)) return { rule: 'H1', why: `you skipped strength on ${dayName(slot.day)}` }
  if (!isAvailable(world.situation.runner, slot.day, slot.localTime, minutes))
    return { rule: 'H1', why: `${dayName(slot.day)} has no free ${minutes} minutes at ${slot.localTime}` }
  if (eveningBlock(world, slot, minutes) === 'late') return { rule: 'H1', why: 'it would end after 21:45' }
  const run = world.runs.find((other) => other.likely && other.timeKnown && other.start < end && other.end > start)
  if (run) return { rule: 'H1', why: `it would fall into ${runName(run)}` }
  return null
}

/** H2: the legs have recovered when the next demanding run starts; an easy run of the same day has six hours before it. */
export const h2GapToRun: Constraint = (world, { kind, slot, end, fresh }) => {
  if (!isLegKind(kind)) return null
  const needed = fresh ? spacing[kind].freshMinGap : spacing[kind].minGap
  const next = nextDemanding(world, end)
  if (next && hoursBetween(end, next.start) < needed - TOLERANCE)
    return {
      rule: fresh && hoursBetween(end, next.start) >= spacing[kind].minGap ? 'H13' : 'H2',
      why: `it would end ${Math.floor(hoursBetween(end, next.start))} h before ${runName(next)} and needs ${needed} h`,
    }
  const easy = (world.byDay.get(slot.day) ?? []).find((run) => run.likely && run.timeKnown && !run.demanding && run.start >= end)
  if (easy && hoursBetween(end, easy.start) < HOURS_BEFORE_EASY_RUN - TOLERANCE)
    return { rule: 'H2', why: `it would end less than 6 h before ${runName(easy)}`, minor: true }
  return null
}

/** H3: the race table before a race, the days of recovery after it. */
export const h3Races: Constraint = (world, { kind, slot, start, end }) => {
  if (kind === 'mobility') return null
  for (const { race, day, start: raceStart } of world.races) {
    if (day === slot.day) return { rule: 'H3', why: 'it is race day' }
    if (kind === 'activation' || kind === 'coreMicro') continue
    const before = daysBeforeRace(kind, race)
    const hours = hoursBetween(end, raceStart)
    if (hours > 0 && hours < before * 24 - TOLERANCE)
      return { rule: 'H3', why: `it would be less than ${before} days before ${dayName(day)}'s race` }
    const since = daysBetween(day, slot.day)
    if (since === 1 && kind === 'upperCore') return { rule: 'H3', why: 'the day after a race is for rest' }
    if (since <= 0 || !isLegKind(kind)) continue
    const after = daysAfterRace(race.distanceMeters)
    if (since <= after.none)
      return { rule: 'H3', why: `legs rest for ${after.none} ${after.none === 1 ? 'day' : 'days'} after ${dayName(day)}'s race` }
    if (since <= after.maintenanceOnly && kind !== 'maintenance')
      return { rule: 'H3', why: 'only maintenance is right so soon after the race' }
  }
  if (kind !== 'activation') return null
  const inWindow = world.races.some(({ race, start: raceStart }) => {
    const window = activationWindow(race)
    const hours = hoursBetween(end, raceStart)
    return window !== null && hours >= window.from && hoursBetween(start, raceStart) <= window.to
  })
  return inWindow ? null : { rule: 'H3', why: 'activation belongs one to two days before a race' }
}

/** H6: what the chosen policy forbids. */
export const h6Policy: Constraint = (world, { kind, slot }) => {
  if (!isLegKind(kind)) return null
  const type = dayType(world, slot.day)
  const { placement } = world.situation.runner
  if (placement === 'micro') return { rule: 'H6', why: 'you chose short blocks after runs' }
  if (placement === 'easyDays' && type === 'hard') return { rule: 'H6', why: `${dayName(slot.day)} has a demanding run` }
  return null
}

/** H11: nothing while ill or paused. */
export const h11Paused: Constraint = (world, { slot }) => {
  const pause = world.situation.runner.pauses.find(({ from, to }) => from <= slot.day && slot.day <= to)
  return pause ? { rule: 'H11', why: pause.why === 'ill' ? 'you are ill' : 'you paused training' } : null
}

/** H12: on a shared hard day the run comes first, with the hours that the kind needs; only maintenance after a long run. */
export const h12RunFirst: Constraint = (world, { kind, slot, start }) => {
  if (!isLegKind(kind)) return null
  for (const run of world.byDay.get(slot.day) ?? []) {
    if (!run.demanding || run.race) continue
    if (run.timeKnown && run.start >= start) return { rule: 'H12', why: `${runName(run)} comes first` }
    if (!run.timeKnown && start < run.restFrom - run.minutes)
      return { rule: 'H12', why: `${runName(run)} comes first, and its hour is not known` }
    if (run.long && kind !== 'maintenance') return { rule: 'H12', why: 'only maintenance is right after a long run' }
    const hours = run.timeKnown ? hoursBetween(run.end, start) : 0
    const needed = run.timeKnown && hours > SAME_VISIT_HOURS ? NORMAL_HOURS_AFTER_HARD_RUN : spacing[kind].afterHardRun
    if (hours < needed - TOLERANCE) return { rule: 'H12', why: `it needs 3 h after ${runName(run)}` }
  }
  return null
}

/** H14: two quiet hours before sleep. */
export const h14Sleep: Constraint = (world, { slot, minutes }) =>
  eveningBlock(world, slot, minutes) === 'sleep' ? { rule: 'H14', why: 'it would end within two hours of your sleep' } : null

/** The constraints that one session alone can break, in the order in which they are told to the runner. */
export const constraints: readonly Constraint[] = [h11Paused, h3Races, h1Available, h2GapToRun, h12RunFirst, h6Policy, h14Sleep]

/** The first hard constraint that a session breaks by itself, or `null`. H8 and H9 are asked of the session builder. */
export function blockOf(world: World, candidate: Candidate): Block | null {
  for (const constraint of constraints) {
    const block = constraint(world, candidate)
    if (block) return block
  }
  return null
}

/** H4: 48 h between the starts of two leg sessions. */
export function h4Spacing(candidate: Candidate, other: Occupied): Block | null {
  if (!isLegKind(candidate.kind) || !isLegKind(other.kind)) return null
  const hours = Math.abs(hoursBetween(other.start, candidate.start))
  return hours < LEG_SPACING_HOURS - TOLERANCE
    ? { rule: 'H4', why: `it would be ${Math.floor(hours)} h from the session on ${dayName(other.day)} and needs 48 h` }
    : null
}

/** H5: one strength session a day. */
export function h5OneADay(candidate: Candidate, other: Occupied): Block | null {
  return candidate.slot.day === other.day ? { rule: 'H5', why: `${dayName(other.day)} already has a session` } : null
}

/**
 * H7: with the guard on, at least one run-free day of the week carries no leg strength.
 * @param used days of the week that carry a session with leg load
 */
export function h7RestDay(world: World, monday: Day, used: readonly Day[]): Block | null {
  if (!world.situation.runner.restDayGuard) return null
  const free = runFreeDays(world, monday)
  if (free.length === 0 || free.some((day) => !used.includes(day))) return null
  return { rule: 'H7', why: 'it would take the last day of the week without a run' }
}

/** H10: no more leg sessions in a week than the runner asked for, and never more than three. */
export function h10Ceiling(world: World, count: number): Block | null {
  const most = Math.min(3, world.situation.runner.sessionsPerWeek)
  return count > most ? { rule: 'H10', why: `the week already has ${most} sessions` } : null
}

/**
 * H13: whether the next session of this kind is one of the first two of its block, or follows 21 days without leg work.
 * Those need 48 h before a demanding run.
 * @param before leg sessions done or placed before `start`, in any order
 */
export function h13Fresh(kind: SessionKind, start: Instant, before: readonly Occupied[]): boolean {
  if (!isHeavyKind(kind)) return false
  const legs = before.filter((other) => isLegKind(other.kind) && other.start < start).sort((a, b) => b.start - a.start)
  let later = start
  let same = 0
  for (const session of legs) {
    if (hoursBetween(session.start, later) >= 21 * 24 || hoursBetween(session.start, start) > 28 * 24) break
    if (session.kind === kind) same++
    later = session.start
  }
  return same < 2
}

/** Both ends of the week that a day belongs to. */
export function weekOf(day: Day): { monday: Day; sunday: Day } {
  const monday = mondayOf(day)
  return { monday, sunday: addDays(monday, 6) }
}
