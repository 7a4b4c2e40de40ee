import { type LocalTime, minutesOf } from '../days.ts'
import type { SessionKind } from '../strength/session.ts'
import { type Block, weekOf } from './constraints.ts'
import { costsOf } from './costs.ts'
import { type Assignment, blockAt, candidateOf, type Item, minutesIn, type Solved, slotsOf, solveWeek, type WeekTask } from './search.ts'
import type { Unplaced } from './situation.ts'
import { daysFrom, followsRun, isAvailable, type Slot, slotsOn } from './slots.ts'
import { isHeavyKind, isLegKind, kindMinutes, legLoadOf } from './spacing.ts'
import { dayName, type Occupied, type RunEvent, type World } from './world.ts'

/** The leg kinds that may stand in for a session, in the prescription's order; light ones come further down the ladder. */
export function standIns(kind: SessionKind, fallback: readonly SessionKind[]): SessionKind[] {
  return [kind, ...fallback.filter((other) => isLegKind(other) && legLoadOf(other) <= legLoadOf(kind))]
}

/** What a week became: leg sessions, and the light ones that stand in for those without a place. */
export type FilledWeek = { legs: Solved; light: Assignment | null; missing: Item[] }

/**
 * Goes down the rest of the ladder once the leg sessions of a week have their places: `upperCore`, `coreMicro` after a run,
 * nothing.
 * @param standIns how many light sessions may stand in for what has no place
 */
export function fillWeek(task: WeekTask, legs: Solved, standIns: number): FilledWeek {
  const placedItems = new Set(legs.choices.map(({ item }) => item))
  const missing = task.items.filter((_, index) => !placedItems.has(index))
  const count = Math.min(standIns, missing.length)
  return { legs, light: count > 0 ? lightInstead(task, legs, count) : null, missing }
}

/** Chosen sessions as places that are taken. */
export function taken(assignment: Assignment): Occupied[] {
  return assignment.choices.map(({ option: { kind, slot, start, end } }) => ({ kind, day: slot.day, start, end, done: false }))
}

function lightInstead(task: WeekTask, legs: Assignment, count: number): Assignment | null {
  const fixed = [...task.fixed, ...taken(legs)]
  const upper = solveWeek({
    ...task,
    fixed,
    items: repeated(['upperCore'], count),
    fits: (kind, slot, minutes) => !followsHardRun(task.world, slot) && task.fits(kind, slot, minutes),
  })
  if (upper.choices.length === count) return upper
  const micro = solveWeek({
    ...task,
    fixed: [...fixed, ...taken(upper)],
    items: repeated(['coreMicro'], count - upper.choices.length),
    fits: (kind, slot, minutes) => followsRun(task.world, slot) && task.fits(kind, slot, minutes),
  })
  const choices = [...upper.choices, ...micro.choices.map((choice) => ({ ...choice, item: choice.item + upper.choices.length }))]
  return choices.length > 0 ? { choices, cost: upper.cost + micro.cost, missing: count - choices.length } : null
}

/** Under `easyDays` a hard run is followed by a short core block at most. */
function followsHardRun(world: World, slot: Slot): boolean {
  if (world.situation.runner.placement === 'hardDays') return false
  return (world.byDay.get(slot.day) ?? []).some((run) => run.demanding && run.start <= slot.start)
}

/** So many items of the same kinds. */
export function repeated(kinds: readonly SessionKind[], count: number): Item[] {
  return Array.from({ length: count }, () => ({ kinds }))
}

const names: Readonly<Record<SessionKind, string>> = {
  foundation: 'a foundation session',
  hypertrophy: 'a muscle-base session',
  maxStrength: 'a heavy session',
  power: 'a power session',
  maintenance: 'a maintenance session',
  upperCore: 'an upper-body session',
  coreMicro: 'a core block',
  activation: 'an activation session',
  mobility: 'a mobility session',
}

/** A kind in words that stand in a sentence, with its article. */
export function kindName(kind: SessionKind): string {
  return names[kind]
}

type Blocked = Block & { slot: Slot }

function blocksOf(task: WeekTask, kind: SessionKind, placed: readonly Occupied[]): Blocked[] {
  const blocked: Blocked[] = []
  for (const { slot } of slotsOf(task)) {
    const block = blockAt(task, kind, slot, placed)
    if (block) blocked.push({ ...block, slot })
  }
  return blocked
}

/** Rules in the order in which they explain a week best; a gap to a run says more than a closed day. */
const telling = ['H11', 'H3', 'H8', 'H9', 'H2', 'H13', 'H12', 'H6', 'H4', 'H7', 'H10', 'H14', 'H5', 'S4-08', 'H1']

function mostTelling(blocked: readonly Blocked[]): Blocked | null {
  return (
    [...blocked].sort(
      (a, b) =>
        telling.indexOf(a.rule) - telling.indexOf(b.rule) ||
        Number(a.minor ?? false) - Number(b.minor ?? false) ||
        a.slot.start - b.slot.start,
    )[0] ?? null
  )
}

/** Days that would take the session if the runner freed the time for it. */
function couldFree(task: WeekTask, kind: SessionKind, placed: readonly Occupied[]): Slot[] {
  const { runner } = task.world.situation
  const open: World = { ...task.world, cautious: null, situation: { ...task.world.situation, runner: { ...runner, availability: {} } } }
  const found: Slot[] = []
  const { sunday } = weekOf(task.monday)
  const from = task.monday < runnerToday(task) ? runnerToday(task) : task.monday
  for (const day of daysFrom(from, sunday)) {
    const slot = slotsOn(open, day).find(
      (candidate) =>
        candidate.start >= open.newFrom &&
        !isAvailable(runner, day, candidate.localTime, minutesIn(kind, candidate)) &&
        blockAt({ ...task, world: open }, kind, candidate, placed) === null,
    )
    if (slot) found.push(slot)
  }
  const cost = (slot: Slot) =>
    costsOf(open, candidateOf(kind, slot, minutesIn(kind, slot), false)).reduce((sum, { value }) => sum + value, 0)
  return found
    .sort((a, b) => cost(a) - cost(b) || a.start - b.start)
    .slice(0, 2)
    .sort((a, b) => a.start - b.start)
}

function runnerToday(task: WeekTask): string {
  return task.world.situation.today
}

const MORNING: LocalTime = '07:00'

/** The same world with one run in the morning of its day. */
function withMorning(world: World, run: RunEvent): World {
  const by = minutesOf(run.localTime ?? MORNING) - minutesOf(MORNING)
  const moved = { ...run, start: run.start - by, end: run.end - by, restFrom: run.restFrom - by, localTime: MORNING }
  const swapped = (runs: readonly RunEvent[]) => runs.map((other) => (other === run ? moved : other)).sort((a, b) => a.start - b.start)
  const byDay = new Map([...world.byDay].map(([day, own]) => [day, swapped(own)]))
  return { ...world, runs: swapped(world.runs), demanding: swapped(world.demanding), byDay, cautious: null }
}

/** Under `hardDays`, the hard evening run of the week that would give a session its place by being in the morning. */
function eveningInTheWay(task: WeekTask, kind: SessionKind, placed: readonly Occupied[]): RunEvent | null {
  const { world } = task
  if (world.situation.runner.placement !== 'hardDays') return null
  const { monday, sunday } = weekOf(task.monday)
  const evenings = world.demanding.filter(
    ({ day, race, long, from, localTime }) =>
      day >= monday && day <= sunday && !race && !long && from !== 'past' && localTime !== null && localTime >= '15:00',
  )
  const makesRoom = (run: RunEvent) => {
    const moved = { ...task, world: withMorning(world, run) }
    const isAhead = moved.world.demanding.some((other) => other.day === run.day && other.start >= world.newFrom)
    return isAhead && slotsOf(moved).some(({ slot }) => slot.day === run.day && blockAt(moved, kind, slot, placed) === null)
  }
  return evenings.find(makesRoom) ?? null
}

function advice(task: WeekTask, kind: SessionKind, placed: readonly Occupied[], rule: string): string {
  const free = couldFree(task, kind, placed)
  const minutes = Math.min(45, kindMinutes(kind).max)
  const evening = eveningInTheWay(task, kind, placed)
  const swap = evening ? `swap ${dayName(evening.day)}'s hard run from the evening to the morning` : null
  if (rule === 'H11') return 'It comes back when the pause ends.'
  if (rule === 'H3') return 'It comes back after the race.'
  if (rule === 'H8') return 'More equipment or a longer window would make room for it.'
  if (rule === 'S4-08' && free.length === 0) return 'One more run in the week would make room for it.'
  if (free.length > 0) {
    const days = free.map(({ day }) => dayName(day))
    const parts = [`Free up ${minutes} min on ${days.join(' or ')}`, swap].filter((part) => part !== null)
    return `${parts.join(', or ')}.`
  }
  if (rule === 'H7') return 'Turn the rest-day guard off, or run on one more day, to make room for it.'
  if (rule === 'H9')
    return `A window of ${kindMinutes(kind).min} minutes or more would make room for it; short blocks after runs need none.`
  if (rule === 'H14') return 'A window earlier in the day would make room for it.'
  if (swap) return `${swap[0]!.toUpperCase()}${swap.slice(1)} to make room for it.`
  return 'One more easy day, or a hard run moved next to another, would make room for it.'
}

/** Why a session has no place although no rule blocks one: the week is over, its days are closed, or what is left costs too much. */
function whyUnblocked(
  task: WeekTask,
  { kind, wanted }: { kind: SessionKind; wanted: SessionKind },
  placed: readonly Occupied[],
  missed: SessionKind | null,
): string {
  const free = couldFree(task, kind, placed)
  if (free.length > 0) return `no day that is left has free time for it. ${advice(task, kind, placed, 'H1')}`
  const left = slotsOf(task).map(({ slot }) => ({
    slot,
    costs: costsOf(task.world, candidateOf(kind, slot, minutesIn(kind, slot), false)),
  }))
  const sum = ({ costs }: (typeof left)[number]) => costs.reduce((total, { value }) => total + value, 0)
  const cheapest = left.sort((a, b) => sum(a) - sum(b))[0]
  const dearest = cheapest?.costs.sort((a, b) => b.value - a.value)[0]
  if (cheapest && dearest && dearest.value >= 1) return `on ${dayName(cheapest.slot.day)} at ${cheapest.slot.localTime}, ${dearest.why}.`
  if (!missed) return 'no day that is left has free time for it. It comes back next week.'
  return missed === wanted
    ? 'it was missed, and the week has no later place for it. The next session of its kind takes up where it left off.'
    : `${kindName(missed)} in its place was missed, and the week has no later place for either.`
}

/**
 * The sentence for a session without a place: what blocked it and what the runner could move.
 * @param missedKinds leg sessions of this week that were missed: one of them this one would make up for
 */
export function explainMissing(
  task: WeekTask,
  item: Item,
  placed: readonly Occupied[],
  missedKinds: readonly SessionKind[] = [],
): Unplaced {
  const wanted = item.kinds[0]!
  const missed = item.kinds.find((own) => missedKinds.includes(own)) ?? null
  const lighter = item.kinds.find((other) => !isHeavyKind(other)) ?? wanted
  const kind = couldFree(task, wanted, placed).length > 0 ? wanted : lighter
  const own = mostTelling(blocksOf(task, kind, placed))
  const blocked = own ?? mostTelling(blocksOf(task, wanted, placed))
  const isBoth = own !== null && kind !== wanted
  const week = { week: task.monday }
  if (!blocked)
    return {
      ...week,
      rule: 'H1',
      text: `There is no place for ${kindName(wanted)}: ${whyUnblocked(task, { kind, wanted }, placed, missed)}`,
    }
  const when = `${dayName(blocked.slot.day)} at ${blocked.slot.localTime}`
  return {
    ...week,
    rule: blocked.rule,
    text: `There is no place for ${kindName(wanted)}${isBoth ? `, nor for ${kindName(kind)} in its place` : ''}: on ${when}, ${blocked.why}. ${advice(task, kind, placed, blocked.rule)}`,
  }
}
