import { addDays, type Day, isInWeek } from '../days.ts'
import type { Placement as Policy } from '../runner.ts'
import type { Draft, FullPlan, PlanOptions, PlanSummary } from './draft.ts'
import { kindName } from './ladder.ts'
import type { Prescription } from './prescriber.ts'
import type { Move } from './publish.ts'
import type { Situation } from './situation.ts'
import { isLegKind } from './spacing.ts'
import { dayName, runFreeDays } from './world.ts'

/**
 * What the week's prescription says, once for weeks that follow each other; of a later week it belongs to its first session,
 * and waits where there is none.
 */
export function tellWeek(draft: Draft, { monday, notices }: Prescription, firstDay: Day | null): void {
  const isLater = monday > draft.world.situation.today
  if (isLater && firstDay === null) return
  for (const { rule, text } of notices) {
    const words = text.replace(/\d+/g, '#')
    if (draft.told.get(words) !== addDays(monday, -7)) draft.notices.push({ rule, text, sessionDate: isLater ? firstDay : null })
    draft.told.set(words, monday)
  }
}

/** C10: says so where no day can stay free of both running and strength. */
export function restDayNotice(draft: Draft, mondays: readonly Day[]): void {
  const { world } = draft
  if (!world.situation.runner.restDayGuard) return
  const full = mondays.find((monday) => {
    const legs = draft.sessions.some(({ spot }) => isLegKind(spot.kind) && isInWeek(spot.slot.day, monday))
    return legs && monday >= world.situation.today && runFreeDays(world, monday).length === 0
  })
  if (full)
    draft.notices.push({
      rule: 'C10',
      text: 'You run every day, so no day can stay free of both running and strength. One day without a run would let you recover.',
      sessionDate: null,
    })
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
  hardDays: 'on hard days, after the run',
  micro: 'in short blocks after runs',
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
  const better =
    lacking(tried.summary) < lacking(summary) || (lacking(tried.summary) === lacking(summary) && tried.summary.tight < summary.tight)
  if (!better || tried.summary.placed === 0) return
  const why =
    lacking(summary) > lacking(tried.summary)
      ? 'a session has no good place in your week'
      : 'a session would sit less than 24 h before a demanding run'
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
  return `The session of ${was} moved to ${dayName(to.localDate)} ${to.localDate} ${to.localTime}, because ${why}.`
}

/** Says of each published session that is elsewhere now where it went and why. */
export function moveNotices(draft: Draft, moves: readonly Move[]): void {
  for (const move of moves) draft.notices.push({ rule: 'P6', text: moveText(move), sessionDate: move.to?.localDate ?? move.from.localDate })
}
