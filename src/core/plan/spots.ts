import { addDays, type Day, mondayOf } from '../days.ts'
import type { Reason } from '../strength/session.ts'
import { hoursBetween } from './axis.ts'
import { weekOf } from './constraints.ts'
import { type Draft, occupiedOf, type Spot } from './draft.ts'
import { keepPin, slotOf } from './known.ts'
import { kindName, repeated } from './ladder.ts'
import { runnerUp } from './reasons.ts'
import { type Choice, type Item, type Solved, solveWeek, type WeekTask } from './search.ts'
import { activationWindow } from './spacing.ts'
import { dayName } from './world.ts'

/** A chosen place as a spot of the plan, with the runner-up where it was asked for. */
export function spotOf(choice: Choice, item: Item, solved: Solved | null, draft: Draft, extra: Reason[] = []): Spot {
  const { option, fresh } = choice
  const alternative = draft.options.why && solved ? runnerUp(solved, choice) : null
  return {
    kind: option.kind,
    wanted: item.kinds[0]!,
    slot: option.slot,
    minutes: option.minutes,
    fresh,
    known: null,
    pinned: false,
    alternatives: alternative ? [alternative] : [],
    extra,
  }
}

/** What stands in a week before anything is placed: sessions that have begun, and those that the runner pinned. */
export function pinsOf(draft: Draft, monday: Day, fits: WeekTask['fits']): Spot[] {
  const spots: Spot[] = []
  for (const state of draft.states) {
    if (mondayOf(state.session.localDate) !== monday) continue
    if (state.state === 'frozen' && state.place.end > draft.world.now) {
      const slot = slotOf(draft.world, state.session)
      const minutes = state.session.minutes ?? state.place.end - state.place.start
      spots.push({
        kind: state.session.kind,
        wanted: state.session.kind,
        slot: { ...slot, minutes },
        minutes,
        fresh: false,
        known: state,
        pinned: true,
        alternatives: [],
        extra: [],
      })
    }
    if (state.state !== 'pinned') continue
    const others = [...draft.fixed, ...spots.filter((spot) => spot.known?.state === 'pinned').map(occupiedOf)]
    const pin = keepPin(draft.world, state, others, fits)
    const { localDate } = state.session
    if (!pin) {
      draft.notices.push({
        rule: 'H11',
        text: `Your pinned session on ${dayName(localDate)} cannot take place and was taken out.`,
        sessionDate: localDate,
      })
      continue
    }
    if (pin.stepped)
      draft.notices.push({
        rule: pin.stepped.rule,
        text: `Your pinned session on ${dayName(localDate)} stays there as ${kindName(pin.kind)}, because ${pin.stepped.why}.`,
        sessionDate: localDate,
      })
    const { slot, kind, minutes, fresh } = pin
    spots.push({ kind, wanted: state.session.kind, slot, minutes, fresh, known: state, pinned: true, alternatives: [], extra: [] })
  }
  return spots
}

/** The short wake-ups before the races of a week. */
export function activationSpots(draft: Draft, monday: Day, task: WeekTask): Spot[] {
  const { sunday } = weekOf(monday)
  if (draft.world.situation.runner.sessionsPerWeek === 0) return []
  const spots: Spot[] = []
  for (const race of draft.world.races) {
    const window = activationWindow(race.race)
    if (!window || race.end <= draft.world.now) continue
    const near = (start: number) => start < race.start && hoursBetween(start, race.start) <= window.to
    const isThere = [...draft.fixed, ...spots.map(occupiedOf)].some((other) => other.kind === 'activation' && near(other.start))
    const skipped = draft.states.some(
      ({ session, place, state }) => session.kind === 'activation' && state === 'skipped' && near(place.start),
    )
    if (isThere || skipped || addDays(race.day, -3) > sunday || race.day < monday) continue
    const fixed = [...task.fixed, ...spots.map(occupiedOf)]
    const solved = solveWeek({
      ...task,
      fixed,
      items: repeated(['activation'], 1),
      published: task.published.filter((known) => known.kind === 'activation'),
    })
    for (const choice of solved.choices) if (near(choice.option.start)) spots.push(spotOf(choice, { kinds: ['activation'] }, solved, draft))
  }
  return spots
}
