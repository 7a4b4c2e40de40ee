import type { Day, LocalTime } from '../days.ts'
import { type Reason, type SessionKind, sessionKinds } from '../strength/session.ts'
import { hoursBetween } from './axis.ts'
import { nextDemanding } from './constraints.ts'
import { type Cost, costsOf } from './costs.ts'
import { kindName } from './ladder.ts'
import { type Assignment, type Choice, candidateOf, type Option, type Solved, weekCost } from './search.ts'
import type { KnownSession } from './situation.ts'
import { isHeavyKind, isLegKind } from './spacing.ts'
import { dayName, dayType, type Occupied, type RunEvent, runName, type World } from './world.ts'

/** A slot that came second, and why. */
export type Alternative = { localDate: Day; localTime: LocalTime; kind: SessionKind; cost: number; why: string }

const FAR_HOURS = 96

function hours(value: number): string {
  return `${Math.floor(value + 1e-9)} h`
}

function gapPhrase(next: RunEvent | null, end: number): string {
  const gap = next ? hoursBetween(end, next.start) : Number.POSITIVE_INFINITY
  return next && gap <= FAR_HOURS ? `${hours(gap)} before ${runName(next)}` : 'with no demanding run in the next four days'
}

function idsOf(...runs: (RunEvent | null | undefined)[]): string[] {
  return [...new Set(runs.flatMap((run) => run?.runIds ?? []))]
}

/** What a placement looks like to the sentences. */
export type Placement = { kind: SessionKind; day: Day; start: number; end: number; afterRun: RunEvent | null }

function lightReason(world: World, placement: Placement): Reason {
  const { kind, start, end, day, afterRun } = placement
  if (kind === 'activation') {
    const race = world.races.find((other) => other.start > end)
    const before = race ? `${hours(hoursBetween(end, race.start))} before ${dayName(race.day)}'s race` : 'before your race'
    return { rule: 'H3', text: `${before[0]!.toUpperCase()}${before.slice(1)}, to wake the legs without tiring them.`, runIds: [] }
  }
  const run = afterRun ?? (world.byDay.get(day) ?? []).find((other) => other.end <= start) ?? null
  if (kind === 'coreMicro' && run)
    return {
      rule: 'S4-08',
      text: `Straight after ${runName(run)}: a short block without leg load needs no day of its own.`,
      runIds: idsOf(run),
    }
  return { rule: 'C9', text: `${dayName(day)}: it carries no leg load, so it needs no distance from your runs.`, runIds: idsOf(run) }
}

function stackedReason(world: World, placement: Placement, run: RunEvent): Reason {
  const gap = hoursBetween(run.end, placement.start)
  const next = nextDemanding(world, placement.end)
  const when = !run.timeKnown ? 'after' : gap >= 1 ? `${hours(gap)} after` : 'straight after'
  const text = `Stacked on a hard day, ${when} ${runName(run)} and ${gapPhrase(next, placement.end)}, so that your easy days stay easy.`
  return { rule: 'S2-12', text, runIds: idsOf(run, next) }
}

/** The one sentence that says why a session is where it is, with the rule and the runs it refers to. */
export function mainReason(world: World, placement: Placement): Reason {
  if (!isLegKind(placement.kind)) return lightReason(world, placement)
  const { day, start, end } = placement
  const runs = (world.byDay.get(day) ?? []).filter((run) => run.likely)
  const demanding = runs.find((run) => run.demanding && run.start <= start)
  if (demanding) return stackedReason(world, placement, demanding)
  const next = nextDemanding(world, end)
  const gap = gapPhrase(next, end)
  const after = [...runs].reverse().find((run) => run.timeKnown && run.end <= start)
  const before = runs.find((run) => run.timeKnown && run.start >= end)
  const hard = world.situation.runner.placement === 'hardDays' ? ' No hard day of this week could take it.' : ''
  const rule = hard ? 'S2-11' : runs.length > 0 && !after && !before ? 'S0-11' : 'S0-04'
  const since = after ? hoursBetween(after.end, start) : 0
  const text = after
    ? `${dayName(day)}${since >= 1 ? `, ${hours(since)}` : ''} after the easy run, ${gap}.`
    : before
      ? `${dayName(day)}, ${gap} and ${hours(hoursBetween(end, before.start))} before ${runName(before)}.`
      : runs.length > 0
        ? `${dayName(day)}, an easy day, ${gap}.`
        : `${dayName(day)}, a day without a run, ${gap}.`
  return { rule, text: `${text}${hard}`, runIds: idsOf(after, before, next) }
}

/** Where the next demanding run is a habit and near enough to be named: how often that weekday was demanding. */
export function habitReason(world: World, placement: Placement): Reason | null {
  const next = isLegKind(placement.kind) ? nextDemanding(world, placement.end) : null
  if (next?.from !== 'habit' || !next.usual || next.usual.weeks === 0) return null
  if (hoursBetween(placement.end, next.start) > FAR_HOURS) return null
  const { times, weeks } = next.usual
  const what = next.long ? 'long' : 'hard'
  return { rule: 'forecast', text: `You usually run ${what} on ${dayName(next.day)}s (${times} of ${weeks}).`, runIds: next.runIds }
}

/** What stands in for what, and why. */
export function standInReason(wanted: SessionKind, got: SessionKind, why: { rule: string; why: string } | null): Reason {
  const because = why ? `: ${why.why}` : ''
  return { rule: why?.rule ?? 'S0-11', text: `${inPlaceOf(wanted, got)}${because}.`, runIds: [] }
}

function inPlaceOf(wanted: SessionKind, got: SessionKind): string {
  const noun = kindName(got)
  return `${noun[0]!.toUpperCase()}${noun.slice(1)} in the place of ${kindName(wanted)}`
}

/** Whether a session said that it stands in for one of another kind, or of any. */
export function stoodIn({ kind, reasons }: Pick<KnownSession, 'kind' | 'reasons'>, wanted?: SessionKind): boolean {
  const kinds = wanted ? [wanted] : sessionKinds
  return (reasons ?? []).some(({ text }) => kinds.some((other) => text.startsWith(inPlaceOf(other, kind))))
}

const HOURS_OF_FOUR_WEEKS = 28 * 24

/** A heavy session that its legs are not used to yet: how many of its kind went before it. @param before leg sessions in any order */
export function freshReason({ kind, start }: Pick<Placement, 'kind' | 'start'>, before: readonly Occupied[]): Reason | null {
  if (!isHeavyKind(kind)) return null
  const recent = before.filter((other) => other.start < start && hoursBetween(other.start, start) <= HOURS_OF_FOUR_WEEKS)
  const count = recent.filter((other) => other.kind === kind).length
  const noun = `${kindName(kind).replace(/^an? /, '')}`
  const which =
    count < 2 ? `The ${count === 0 ? 'first' : 'second'} ${noun} in four weeks` : `One of the first two ${noun}s after three weeks off`
  return { rule: 'H13', text: `${which}, so it keeps 48 h before the next demanding run.`, runIds: [] }
}

/** The session of a shared day is shorter when it follows the hard run straight away. */
export function sameVisitReason(world: World, placement: Placement): Reason | null {
  if (placement.kind !== 'maxStrength' || !isSameVisit(world, placement)) return null
  return { rule: 'C2', text: 'Straight after a hard run, so one set less each and no jumps.', runIds: [] }
}

/** Less than three hours after a demanding run of the same day. */
export function isSameVisit(world: World, { day, start }: Pick<Placement, 'day' | 'start'>): boolean {
  return (world.byDay.get(day) ?? []).some(
    (run) => run.demanding && run.start <= start && (!run.timeKnown || hoursBetween(run.end, start) < 3),
  )
}

/** Whether a session shares its day with a demanding run. */
export function isHardDay(world: World, day: Day): boolean {
  return dayType(world, day) === 'hard'
}

function costTerms(world: World, { kind, slot, minutes }: Option, fresh: boolean): Cost[] {
  return costsOf(world, candidateOf(kind, slot, minutes, fresh))
}

/** The best other place of one session with the rest of its week as it is, and what made it lose. */
export function runnerUp(solved: Solved, choice: Choice): Alternative | null {
  const { world } = solved.frame.task
  let best: { option: Option; cost: number; fresh: boolean } | null = null
  for (const option of solved.options[choice.item] ?? []) {
    if (option.start === choice.option.start || option.tier !== choice.option.tier) continue
    const others: Assignment['choices'] = solved.choices.filter((other) => other !== choice).map((other) => ({ ...other }))
    if (others.some((other) => other.option.slot.day === option.slot.day)) continue
    const legs = others.filter((other) => isLegKind(other.option.kind) && isLegKind(option.kind))
    if (legs.some((other) => Math.abs(hoursBetween(other.option.start, option.start)) < 48)) continue
    const moved: Choice = { item: choice.item, option, fresh: false }
    const cost = weekCost(solved.frame, [...others, moved], solved.missing)
    if (cost !== null && (best === null || cost < best.cost - 1e-9)) best = { option, cost, fresh: moved.fresh }
  }
  if (!best) return null
  const own = costTerms(world, choice.option, choice.fresh)
  const other = costTerms(world, best.option, best.fresh)
  const worse = other.map((cost, i) => ({ ...cost, value: cost.value - own[i]!.value })).sort((a, b) => b.value - a.value)[0]!
  const why =
    worse.value > 0.05
      ? worse.why
      : best.cost - solved.cost > 0.05
        ? 'it would sit less well beside the other session'
        : 'it is later in the week'
  return {
    localDate: best.option.slot.day,
    localTime: best.option.slot.localTime,
    kind: best.option.kind,
    cost: Math.round((best.cost - solved.cost) * 100) / 100,
    why,
  }
}
