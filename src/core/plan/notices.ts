import { addDays, type Day, isInWeek, mondayOf } from '../days.ts'
import type { Placement as Policy } from '../runner.ts'
import type { Draft, FullPlan, PlanOptions, PlanSummary } from './draft.ts'
import { kindName } from './ladder.ts'
import type { Prescription } from './prescriber.ts'
import type { Move } from './publish.ts'
import type { Situation } from './situation.ts'
import { daysFrom } from './slots.ts'
import { isLegKind } from './spacing.ts'
import { dayName, runFreeDays, type World } from './world.ts'

/** What is said of a week's phase rather than of the runner: it means nothing once the week's sessions lie behind. */
const ofThePhase: ReadonlySet<string> = new Set(['C4', 'S0-13', 'S0-16', 'S1-04', 'S1-21', 'S2-05', 'S2-08', 'S2-09', 'S4-21', 'S4-25'])

/**
 * What the week's prescription says, once for weeks that follow each other; of a later week it belongs to its first session.
 * Where there is none it waits, unless the week asks for none: then it belongs to the Monday and says why.
 * @param isOver whether nothing of what the week asked for is left
 */
export function tellWeek(draft: Draft, { monday, due, notices }: Prescription, firstDay: Day | null, isOver: boolean): void {
  const isLater = monday > draft.world.situation.today
  const day = firstDay ?? (due.length === 0 ? monday : null)
  if (isLater && day === null) return
  for (const { rule, text } of notices) {
    if (!isLater && isOver && due.length > 0 && ofThePhase.has(rule)) continue
    const words = text.replace(/\d+/g, '#')
    if (draft.told.get(words) !== addDays(monday, -7)) draft.notices.push({ rule, text, sessionDate: isLater ? day : null })
    draft.told.set(words, monday)
  }
}

const weekDays = (monday: Day) => daysFrom(monday, addDays(monday, 6))

/** Whether every day of a week has a run that was run or planned, none of them only expected. */
function isSurelyFull({ byDay }: World, monday: Day): boolean {
  return weekDays(monday).every((day) => byDay.get(day)?.some(({ from }) => from !== 'habit'))
}

/** Whether the runner ran on every day of a week. */
function wasFull({ situation: { runs } }: World, monday: Day): boolean {
  const days = new Set(runs.map(({ localDate }) => localDate))
  return weekDays(monday).every((day) => days.has(day))
}

/**
 * C10: says so of the first week with leg sessions in which no day can stay free of both running and strength, to who ran on each
 * day of the last two whole weeks, or has a run that was run or planned on each day of that week.
 */
export function restDayNotice(draft: Draft, mondays: readonly Day[]): void {
  const { world } = draft
  const { runner, today } = world.situation
  if (!runner.restDayGuard) return
  const ran = [-14, -7].every((days) => wasFull(world, addDays(mondayOf(today), days)))
  for (const monday of mondays) {
    const leg = draft.sessions.find(({ spot }) => isLegKind(spot.kind) && isInWeek(spot.slot.day, monday))
    if (!leg || runFreeDays(world, monday).length > 0 || !(ran || isSurelyFull(world, monday))) continue
    const when = `${monday <= today ? 'this week' : `in the week from ${monday}`}${ran ? ', as in the last two whole weeks' : ''}`
    draft.notices.push({
      rule: 'C10',
      text: `You run every day ${when}, so no day can stay free of both running and strength: one without a run would let you recover.`,
      sessionDate: monday <= today ? null : leg.spot.slot.day,
    })
    return
  }
}

/** Short blocks need runs to follow: says so while none are known. */
export function blocksWaitNotice(draft: Draft): void {
  const { runner, today } = draft.world.situation
  if (runner.placement !== 'micro' || runner.sessionsPerWeek === 0 || draft.world.runs.some((run) => run.day >= today)) return
  draft.notices.push({
    rule: 'S4-08',
    text: 'Short blocks go straight after runs: they appear as soon as your runs, or the ones you plan, are known.',
    sessionDate: null,
  })
}

const policyWords: Record<Policy, string> = {
  easyDays: 'on easy and run-free days',
  hardDays: 'on hard days after the run',
  micro: 'in short blocks after runs',
}

/** What a policy lacks and another has: the first stand-in where those get fewer, else the first session without a place. */
function lackingWords({ sessions, unplaced, summary }: Draft, other: PlanSummary): string {
  const spot = sessions.find(({ spot: { kind, wanted, pinned } }) => isLegKind(kind) && kind !== wanted && !pinned)?.spot
  if (spot && (other.substitutes < summary.substitutes || unplaced.length === 0))
    return `${kindName(spot.kind)} stands in for ${kindName(spot.wanted)} on ${dayName(spot.slot.day)} ${spot.slot.day}`
  return unplaced[0] ? `the week from ${unplaced[0].week} has no place for a session` : 'a session has no good place in your week'
}

/** C1: the other policy is offered where it places more, never chosen. */
export function policyOffer(draft: Draft, situation: Situation, plan: (situation: Situation, options: PlanOptions) => FullPlan): void {
  const { placement } = situation.runner
  const { summary } = draft
  const lacking = (other: PlanSummary) => other.wanted - other.placed + other.substitutes
  if (placement === 'micro' || (lacking(summary) <= 0 && summary.tight === 0)) return
  const other: Policy = placement === 'easyDays' ? 'hardDays' : 'easyDays'
  const tried = plan(
    {
      ...situation,
      runner: { ...situation.runner, placement: other },
      sessions: situation.sessions.filter(({ status }) => status !== 'planned'),
    },
    { ...draft.options, offers: false, why: false, figuresOnly: true, buildable: draft.buildable },
  )
  const isFuller = lacking(tried.summary) < lacking(summary) && tried.summary.tight <= summary.tight
  const better = isFuller || (lacking(tried.summary) === lacking(summary) && tried.summary.tight < summary.tight)
  if (!better || tried.summary.placed === 0) return
  const why = isFuller ? lackingWords(draft, tried.summary) : 'a session would sit less than 24 h before a demanding run'
  draft.notices.push({
    rule: 'C1',
    text: `With your strength ${policyWords[placement]}, ${why}. Strength ${policyWords[other]} would fit better; you can switch in the settings.`,
    sessionDate: null,
  })
}

function moveText({ from, to, why }: Move): string {
  const was = `${dayName(from.localDate)} ${from.localDate}`
  if (!to) return `The session of ${was} was taken out, because ${why}.`
  const stays = to.localDate === from.localDate && to.localTime === from.localTime
  if (stays) return `The session of ${was} is now ${kindName(to.kind)}, because ${why}.`
  const as = to.kind === from.kind ? '' : ` as ${kindName(to.kind)}`
  return `The session of ${was} moved to ${dayName(to.localDate)} ${to.localDate} ${to.localTime}${as}, because ${why}.`
}

/** Says of each published session that is elsewhere now where it went and why. */
export function moveNotices(draft: Draft, moves: readonly Move[]): void {
  for (const move of moves) draft.notices.push({ rule: 'P6', text: moveText(move), sessionDate: move.to?.localDate ?? move.from.localDate })
}
