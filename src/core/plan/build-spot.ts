import type { Day } from '../days.ts'
import type { SessionKind } from '../strength/session.ts'
import { weekOf } from './constraints.ts'
import { type Draft, type PlannedSession, placementOf, remember, type Spot } from './draft.ts'
import type { BuildOrder, Prescription } from './prescriber.ts'
import { freshReason, habitReason, isHardDay, isSameVisit, mainReason, sameVisitReason } from './reasons.ts'
import type { WeekTask } from './search.ts'
import type { Slot } from './slots.ts'
import { dayName } from './world.ts'

function orderOf(draft: Draft, prescription: Prescription, kind: SessionKind, slot: Slot, minutes: number, sessions: number): BuildOrder {
  const { world } = draft
  const { sunday } = weekOf(prescription.monday)
  const inWeek = (day: Day) => day >= prescription.monday && day <= sunday
  const weekSoFar = draft.history
    .filter(
      (session) => inWeek(session.localDate) && session.localDate < slot.day && (session.status === 'planned' || session.status === 'done'),
    )
    .map((session) => ({ kind: session.kind, exercises: (session.exercises ?? []).map(({ id, sets, part }) => ({ id, sets, part })) }))
  return {
    prescription,
    kind,
    day: slot.day,
    minutes,
    equipment: slot.equipment,
    history: draft.recent,
    weekSoFar,
    sessionsThisWeek: sessions,
    sameVisit: isSameVisit(world, slot),
    hardDay: isHardDay(world, slot.day),
    hasLongRunThisWeek: world.demanding.some((run) => run.long && inWeek(run.day)),
  }
}

/** H8 and H9, remembered: whether a session can be built hardly depends on the day, so one answer serves the whole plan. */
export function fitter(draft: Draft, prescription: Prescription): WeekTask['fits'] {
  const { phase, deload, level } = prescription
  return (kind, slot, minutes) => {
    const sameVisit = isSameVisit(draft.world, slot)
    const key = [kind, minutes, slot.equipment, sameVisit, isHardDay(draft.world, slot.day), phase, deload, level.level].join()
    const before = draft.buildable.get(key)
    if (before !== undefined) return before
    const { canBuild, build } = draft.prescriber
    const order = orderOf(draft, prescription, kind, slot, minutes, 2)
    const fits = canBuild ? canBuild(order, draft.world) : build(order, draft.world) !== null
    draft.buildable.set(key, fits)
    return fits
  }
}

/** Builds what is in a session and says why it stands where it stands. @returns whether it can be built */
export function buildSpot(draft: Draft, spot: Spot, prescription: Prescription, sessions: number): boolean {
  const { world } = draft
  // What lies behind the horizon has its place for the sake of the others and is not shown.
  if (draft.options.figuresOnly || spot.slot.day > draft.horizonEnd) {
    const { slot, kind, minutes } = spot
    remember(draft, { localDate: slot.day, localTime: slot.localTime, minutes, kind, status: 'planned' })
    return true
  }
  const order = orderOf(draft, prescription, spot.kind, spot.slot, spot.minutes, sessions)
  const built = draft.prescriber.build(order, world)
  if (!built) return false
  const placement = placementOf({ ...spot, minutes: built.minutes })
  const reasons = [
    spot.pinned
      ? { rule: 'P6', text: `${dayName(spot.slot.day)} at ${spot.slot.localTime}, where you put it.`, runIds: [] }
      : mainReason(world, placement),
    habitReason(world, placement),
    spot.fresh ? freshReason(placement, draft.fixed) : null,
    sameVisitReason(world, placement),
    ...spot.extra,
  ].filter((reason) => reason !== null)
  draft.sessions.push({ spot, built, reasons })
  remember(draft, {
    localDate: spot.slot.day,
    localTime: spot.slot.localTime,
    minutes: built.minutes,
    kind: spot.kind,
    template: built.template,
    status: 'planned',
    exercises: built.exercises.map(({ id, sets, reps, seconds, weightKg, part }) => ({ id, sets, reps, seconds, weightKg, part })),
  })
  for (const notice of built.notices)
    if (!draft.notices.some(({ text }) => text === notice.text)) draft.notices.push({ ...notice, sessionDate: spot.slot.day })
  return true
}

/** A session of the plan as the runner gets it. */
export function sessionOf(draft: Draft, entry: Draft['sessions'][number], id: string): PlannedSession {
  const { spot, built, reasons } = entry
  return {
    id,
    localDate: spot.slot.day,
    title: built.title,
    localTime: spot.slot.localTime,
    ...(spot.slot.timeZone === draft.world.situation.runner.timeZone ? {} : { timeZone: spot.slot.timeZone }),
    kind: spot.kind,
    template: built.template,
    minutes: built.minutes,
    status: 'planned',
    pinned: spot.known?.session.pinned ?? false,
    reasons,
    exercises: built.exercises,
    ...(draft.options.why ? { alternatives: spot.alternatives } : {}),
  }
}
