import { addDays, type Day, daysBetween, isInWeek } from '../days.ts'
import type { Reason, SessionKind } from '../strength/session.ts'
import { hoursBetween } from './axis.ts'
import { buildSpot, fitter } from './build-spot.ts'
import { type Block, nextDemanding } from './constraints.ts'
import { type Draft, occupiedOf } from './draft.ts'
import { heavyAdvice } from './heavy-advice.ts'
import { consumedBy, type KnownState } from './known.ts'
import { explainMissing, type FilledWeek, fillWeek, kindName, taken } from './ladder.ts'
import { LOOK_AHEAD, lookAhead } from './look-ahead.ts'
import { tellWeek } from './notices.ts'
import { standInReason } from './reasons.ts'
import { blockAt, type Choice, type Item, type Solved, solveWeek, type WeekTask } from './search.ts'
import type { Slot } from './slots.ts'
import { isLegKind } from './spacing.ts'
import { activationSpots, pinsOf, spotOf } from './spots.ts'
import { dueKinds, taskOf } from './week-task.ts'
import { dayName, type Occupied, runName } from './world.ts'

const TIGHT_HOURS = 24

/** What blocks a kind in a slot once runs that are nearly demanding are taken as demanding, told as the doubt that it is. */
function doubtAt(task: WeekTask, kind: SessionKind, slot: Slot, placed: readonly Occupied[]): Block | null {
  const { cautious, demanding } = task.world
  if (!cautious) return null
  const block = blockAt({ ...task, world: cautious }, kind, slot, placed)
  if (!block) return null
  const doubtful = cautious.demanding.filter((run) => !demanding.some(({ start, day }) => start === run.start && day === run.day))
  const run = doubtful.find((other) => block.why.includes(runName(other))) ?? doubtful.find(({ day }) => day === slot.day)
  if (!run) return null
  const doubt = `${dayName(run.day)}'s run may turn out ${run.long ? 'long' : 'hard'}`
  const told = block.why.includes(runName(run)) ? `${doubt}, and ${block.why.replace(runName(run), 'it')}` : doubt
  return { rule: 'forecast', why: told }
}

/** Why the kind that was wanted is not there: what blocks it, or may block it, in the stand-in's own place. */
function whyStandIn(task: WeekTask, choice: Choice, item: Item, solved: Solved): Reason[] {
  const { kind, slot } = choice.option
  const wanted = item.kinds[0]!
  if (kind === wanted) return []
  const others = [...task.fixed, ...taken({ ...solved, choices: solved.choices.filter((other) => other !== choice) })]
  return [standInReason(wanted, kind, blockAt(task, wanted, slot, others) ?? doubtAt(task, wanted, slot, others))]
}

/** How many of a week's open sessions it should still take: of the present week its lost ones, or its share of the days left. */
function expectedCount(draft: Draft, monday: Day, due: number): number {
  const { today } = draft.world.situation
  if (monday > today) return due
  const lost = draft.states.filter(
    ({ session, state }) => isInWeek(session.localDate, monday) && isLegKind(session.kind) && (state === 'missed' || state === 'published'),
  ).length
  return Math.max(lost, Math.floor((due * (6 - daysBetween(monday, today))) / 7))
}

function report(draft: Draft, task: WeekTask, filled: FilledWeek): void {
  const { today } = draft.world.situation
  const { monday } = task
  const open = expectedCount(draft, monday, task.items.length) - filled.legs.choices.length
  const within = addDays(monday, 3) <= draft.horizonEnd
  const placed = [...task.fixed, ...taken(filled.legs), ...(filled.light ? taken(filled.light) : [])]
  const legsOnly = [...task.fixed, ...taken(filled.legs)]
  const count = within ? Math.min(filled.missing.length, Math.max(0, open)) : 0
  const missed = draft.states
    .filter(({ session, state }) => state === 'missed' && isInWeek(session.localDate, monday) && isLegKind(session.kind))
    .map(({ session }) => session.kind)
  for (const item of filled.missing.slice(0, count))
    draft.unplaced.push(explainMissing(task, item, monday <= today ? placed : legsOnly, missed))
  draft.summary.wanted += Math.min(task.items.length, filled.legs.choices.length + count)
}

function summarise(draft: Draft, filled: FilledWeek): void {
  const { summary, world } = draft
  summary.cost += filled.legs.ruleCost
  for (const { option, item } of filled.legs.choices) {
    summary.placed++
    const wanted = filled.legs.frame.task.items[item]!.kinds[0]
    if (option.kind !== wanted) summary.substitutes++
    const next = nextDemanding(world, option.end)
    if (next && hoursBetween(option.end, next.start) < TIGHT_HOURS) summary.tight++
  }
}

/**
 * How many light sessions may stand in for leg sessions without a place. In a week that has begun only those that were
 * planned before it: what was missed is dropped, not replaced. A week that was never planned gets its share of the days left.
 */
function standInsFor(draft: Draft, task: WeekTask, solved: Solved, due: readonly SessionKind[]): number {
  const light = draft.states.filter(
    ({ session }) => isInWeek(session.localDate, task.monday) && (session.kind === 'upperCore' || session.kind === 'coreMicro'),
  )
  const isSpent = ({ session, state }: KnownState) => ['done', 'frozen', 'skipped'].includes(state) && !due.includes(session.kind)
  const spent = light.filter(isSpent).length
  const asked = solved.choices.filter(({ option }) => !isLegKind(option.kind)).length
  const seen = Math.max(0, light.filter(({ state }) => state === 'published').length - asked)
  const isNew = !draft.states.some(({ session }) => isInWeek(session.localDate, task.monday))
  if (task.monday < draft.world.situation.today && !isNew) return seen
  const count = Math.max(0, Math.min(task.items.length, expectedCount(draft, task.monday, task.items.length)) - spent)
  return task.monday === draft.world.situation.today ? Math.max(seen, count) : count
}

/**
 * Plans one week: what it asks for, what already stands in it, the cheapest places for the rest, what stands in for that
 * which has none, and what is in each session.
 */
export function planWeek(draft: Draft, monday: Day, following: Day | null): void {
  const { world, prescriber } = draft
  const prescription = prescriber.week(monday, draft.history, world)
  const pins = pinsOf(draft, monday, fitter(draft, prescription))
  const base = taskOf(draft, prescription, pins)
  const activation = activationSpots(draft, monday, base)
  const task = {
    ...base,
    fixed: [...base.fixed, ...activation.map(occupiedOf)],
    published: base.published.filter((known) => known.kind !== 'activation'),
  }
  let solved = solveWeek(task, following ? LOOK_AHEAD : 0)
  if (following && solved.near.length > 1) solved = lookAhead(solved, taskOf(draft, prescriber.week(following, draft.history, world), []))
  const filled = fillWeek(task, solved, standInsFor(draft, task, solved, dueKinds(prescription)))
  summarise(draft, filled)
  report(draft, task, filled)
  const light = filled.light?.choices.map((choice) => spotOf(choice, { kinds: [choice.option.kind] }, null, draft)) ?? []
  const legs = filled.legs.choices.map((choice) => {
    const item = task.items[choice.item]!
    return spotOf(choice, item, filled.legs, draft, whyStandIn(task, choice, item, filled.legs))
  })
  const spots = [...pins, ...activation, ...legs, ...light].sort((a, b) => a.slot.start - b.slot.start)
  draft.fixed.push(...spots.map(occupiedOf))
  const isOver = spots.length === 0 && !draft.unplaced.some(({ week }) => week === monday)
  tellWeek(draft, prescription, spots[0]?.slot.day ?? null, isOver)
  heavyAdvice(draft, task, [...pins, ...legs])
  const sessions =
    spots.filter(({ kind }) => isLegKind(kind)).length + consumedBy(draft.states, monday, dueKinds(prescription)).length - pins.length
  for (const spot of spots)
    if (!buildSpot(draft, spot, prescription, Math.max(1, sessions)))
      draft.unplaced.push({
        week: monday,
        rule: 'H8',
        text: `There is no place for ${kindName(spot.kind)}: too few exercises are left for it. More equipment or time would help.`,
      })
}
