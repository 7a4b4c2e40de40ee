import { addDays, type Day, isInWeek } from '../days.ts'
import type { Draft, Spot } from './draft.ts'
import { kindName } from './ladder.ts'
import { stoodIn } from './reasons.ts'
import { blockAt, slotsOf, type WeekTask } from './search.ts'
import type { Slot } from './slots.ts'
import { isHeavyKind, isLegKind } from './spacing.ts'
import { dayName, type RunEvent, runName, type World } from './world.ts'

/** Gaps before a demanding run, which another run could mend. */
const gapRules = ['H2', 'H13']

/** Whether every leg session of a week, one of which was done, stood in for another kind. */
function wasStoodIn(draft: Draft, monday: Day): boolean {
  const past = draft.states
    .filter(
      ({ session, state }) => (state === 'done' || state === 'frozen') && isInWeek(session.localDate, monday) && isLegKind(session.kind),
    )
    .map(({ session }) => stoodIn(session))
  const planned = draft.sessions
    .filter(({ spot }) => isInWeek(spot.slot.day, monday) && isLegKind(spot.kind))
    .map(({ spot }) => spot.kind !== spot.wanted)
  return past.length > 0 && [...past, ...planned].every((one) => one)
}

/** The same world with one run an easy one. */
function withEasy(world: World, run: RunEvent): World {
  const eased = (other: RunEvent): RunEvent => (other === run ? { ...run, demanding: false, long: false, pHard: 0.05 } : other)
  const runs = world.runs.map(eased)
  const byDay = new Map([...world.byDay].map(([day, own]) => [day, own.map(eased)]))
  return { ...world, runs, demanding: runs.filter(({ demanding }) => demanding), byDay, cautious: null }
}

/** The first run of a week, or after it, that would give a kind its place by being easy; hard ones before long ones. */
function runInTheWay(task: WeekTask, kind: Spot['kind']): { run: RunEvent; slot: Slot } | null {
  const { world, monday } = task
  const near = world.demanding.filter(({ day, race, from }) => !race && from !== 'past' && day >= monday && day <= addDays(monday, 8))
  for (const run of [...near].sort((a, b) => Number(a.long) - Number(b.long) || a.start - b.start)) {
    const eased = { ...task, world: withEasy(world, run) }
    const found = slotsOf(eased).find(({ slot }) => blockAt(eased, kind, slot, task.fixed) === null)
    if (found) return { run, slot: found.slot }
  }
  return null
}

/**
 * H13: where for three weeks lighter sessions stood in for heavy ones because none has its hours before a demanding run, says
 * once which run would have to be easy.
 * @param legs the leg sessions of the week in their places
 */
export function heavyAdvice(draft: Draft, task: WeekTask, legs: readonly Spot[]): void {
  const { monday } = task
  if (draft.options.figuresOnly || legs.length === 0 || draft.notices.some(({ rule }) => rule === 'H13')) return
  const isStandIn = ({ kind, wanted, extra }: Spot) =>
    isHeavyKind(wanted) && !isHeavyKind(kind) && extra.some(({ rule }) => gapRules.includes(rule))
  if (!legs.every(isStandIn) || ![1, 2].every((back) => wasStoodIn(draft, addDays(monday, -7 * back)))) return
  const { wanted, slot: own } = legs[0]!
  const found = runInTheWay(task, wanted)
  if (!found) return
  const { run, slot } = found
  const place = `${dayName(slot.day)} at ${slot.localTime}`
  draft.notices.push({
    rule: 'H13',
    text: `For three weeks lighter sessions have stood in for heavy ones: were ${runName(run)} an easy one, ${place} could take ${kindName(wanted)}.`,
    sessionDate: monday > draft.world.situation.today ? own.day : null,
  })
}
