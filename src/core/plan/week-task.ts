import { type Day, isInWeek } from '../days.ts'
import type { SessionKind } from '../strength/session.ts'
import { fitter } from './build-spot.ts'
import { weekOf } from './constraints.ts'
import { type Draft, occupiedOf, type Spot } from './draft.ts'
import { consumedBy, publishedOf } from './known.ts'
import { repeated, standIns } from './ladder.ts'
import type { Prescription } from './prescriber.ts'
import type { Item, WeekTask } from './search.ts'
import { followsRun, type Slot } from './slots.ts'
import type { World } from './world.ts'

export function dueKinds(prescription: Prescription): SessionKind[] {
  return prescription.due.map(({ kind }) => kind)
}

/** What is still due in a week after what was done, begun, pinned or skipped. */
function itemsOf(prescription: Prescription, consumed: readonly SessionKind[]): Item[] {
  const due = prescription.due.map(({ kind, fallback }) => ({ kind, kinds: standIns(kind, fallback) }))
  for (const kind of consumed) {
    const same = due.findIndex((item) => item.kind === kind)
    const stand = same >= 0 ? same : due.findIndex((item) => item.kinds.includes(kind))
    if (due.length > 0) due.splice(Math.max(0, stand), 1)
  }
  return due.map(({ kinds }) => ({ kinds }))
}

/** Short blocks straight after runs: three a week, four for those who run five times or more. */
function microItems(world: World, monday: Day, done: number): Item[] {
  const { sunday } = weekOf(monday)
  const days = new Set(world.runs.filter((run) => run.day >= monday && run.day <= sunday && run.likely).map((run) => run.day)).size
  return repeated(['coreMicro'], Math.max(0, Math.min(days, days >= 5 ? 4 : 3) - done))
}

/** What is to be placed in a week, round what lies fixed in it. */
export function taskOf(draft: Draft, prescription: Prescription, pins: readonly Spot[]): WeekTask {
  const { world, states } = draft
  const { monday } = prescription
  const micro = world.situation.runner.placement === 'micro' && world.situation.runner.sessionsPerWeek > 0
  const inWeek = states.filter(({ session }) => isInWeek(session.localDate, monday))
  const fits = fitter(draft, prescription)
  const mayHoldBlock = (slot: Slot) => slot.stated || followsRun(world, slot)
  const doneMicro = inWeek.filter(
    ({ session, state }) => session.kind === 'coreMicro' && ['done', 'frozen', 'pinned', 'skipped'].includes(state),
  ).length
  return {
    world,
    monday,
    items: micro ? microItems(world, monday, doneMicro) : itemsOf(prescription, consumedBy(states, monday, dueKinds(prescription))),
    fixed: [...draft.fixed, ...pins.map(occupiedOf)],
    published: inWeek.filter(({ state }) => state === 'published').map((state) => publishedOf(world, state)),
    fits: micro ? (kind, slot, minutes) => mayHoldBlock(slot) && fits(kind, slot, minutes) : fits,
    ...(micro ? { follows: mayHoldBlock } : {}),
  }
}
