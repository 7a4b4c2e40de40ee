import { weekdayIndex } from '../days.ts'
import { hoursBetween } from './axis.ts'
import type { Candidate } from './constraints.ts'
import { isHeavyKind, isLegKind, legLoadOf, PREFERRED_LEG_SPACING_HOURS, spacing } from './spacing.ts'
import { dayName, dayType, type Occupied, type RunEvent, type World } from './world.ts'

/** One term of the cost of a plan, with the words that tell it. */
export type Cost = { id: string; value: number; why: string }

const NOVICE_PREFERRED_GAP = 48
/** From this probability on a run that may be demanding makes its own day dear under `easyDays`, as if no gap were left. */
const LIKELY_ENOUGH = 0.2

/** The gap before the next demanding run that a session of this kind would like, hours. */
export function preferredGap(world: World, candidate: Pick<Candidate, 'kind' | 'fresh'>): number {
  const row = spacing[candidate.kind]
  let hours = candidate.fresh ? row.freshPreferredGap : row.preferredGap
  if (candidate.kind === 'foundation' && world.situation.runner.experience === 'novice') hours = NOVICE_PREFERRED_GAP
  return isLegKind(candidate.kind) ? hours + world.extraPreferredHours : hours
}

/** What the gap to the next demanding run costs, or that to a doubtful one which costs more; and which run that is. */
function gapCost(world: World, candidate: Candidate): { value: number; run: RunEvent | null } {
  const preferred = preferredGap(world, candidate)
  const next = world.demanding.find((run) => run.start >= candidate.end) ?? null
  const cost = (run: RunEvent) => 10 * run.pHard * Math.max(0, 1 - hoursBetween(candidate.end, run.start) / preferred)
  let worst = { value: next ? cost(next) : 0, run: next }
  const meets = (run: RunEvent) =>
    world.situation.runner.placement === 'easyDays' && run.pHard >= LIKELY_ENOUGH && run.day === candidate.slot.day
  if (preferred > 0)
    for (const run of world.doubtful) {
      const value = run.start >= candidate.end ? cost(run) : isLegKind(candidate.kind) && meets(run) ? 10 * run.pHard : 0
      if (value > worst.value) worst = { value, run }
    }
  return worst
}

/** P1: closeness to the next demanding run. */
export function p1Gap(world: World, candidate: Candidate): Cost {
  const { value, run } = gapCost(world, candidate)
  return {
    id: 'P1',
    value,
    get why() {
      if (!run) return 'a demanding run may follow'
      if (!run.demanding) return `${dayName(run.day)}'s run may turn out hard`
      return `it would end ${Math.round(hoursBetween(candidate.end, run.start))} h before ${dayRun(run)}`
    },
  }
}

function dayRun(run: RunEvent): string {
  return run.race ? 'the race' : run.long ? 'the long run' : 'the hard run'
}

/** P2: the kind of day, by policy. */
export function p2DayType(world: World, candidate: Candidate): Cost {
  const cost = (value: number, why: string): Cost => ({ id: 'P2', value, why })
  if (!isLegKind(candidate.kind)) return cost(0, '')
  const type = dayType(world, candidate.slot.day)
  const runs = world.byDay.get(candidate.slot.day) ?? []
  if (world.situation.runner.placement === 'hardDays') {
    const hard = runs.find((run) => run.demanding)
    if (!hard) return type === 'free' ? cost(7, 'it would use a day without a run') : cost(5, 'it would use an easy day')
    if (hard.long) return cost(3, 'it would follow the long run')
    const hours = hard.timeKnown ? hoursBetween(hard.end, candidate.start) : 3
    if (hours >= 6) return cost(0, '')
    return hours >= 3 ? cost(1, 'it would be less than 6 h after the hard run') : cost(3, 'it would follow the hard run straight away')
  }
  if (type === 'free') return cost(1, 'it would use a day without a run')
  const before = runs.some((run) => run.likely && run.timeKnown && run.start >= candidate.end)
  return before ? cost(3, "it would come before that day's run") : cost(0, '')
}

/** P3: a demanding run on the day before. */
export function p3Yesterday(world: World, candidate: Candidate): Cost {
  let value = 0
  let why = ''
  if (isLegKind(candidate.kind)) {
    for (const run of world.demanding) {
      if (run.day >= candidate.slot.day || run.restFrom > candidate.start) continue
      const hours = hoursBetween(run.restFrom, candidate.start)
      if (hours > 30) continue
      const own = (run.long || run.race) && isHeavyKind(candidate.kind) ? 3 : hours < 12 ? 2 : 1
      if (own <= value) continue
      value = own
      why = `it would be ${Math.round(hours)} h after ${dayRun(run)}`
    }
  }
  return { id: 'P3', value, why }
}

/** Shares already counted: they depend on nothing but the situation and the weekday. */
const missedShares = new WeakMap<World['situation'], Map<number, number>>()

function missedShare({ situation }: World, weekday: number): number {
  const shares = missedShares.get(situation) ?? new Map<number, number>()
  missedShares.set(situation, shares)
  const known = shares.get(weekday)
  if (known !== undefined) return known
  let done = 0
  let missed = 0
  for (const session of situation.sessions) {
    if (session.localDate >= situation.today || weekdayIndex(session.localDate) !== weekday) continue
    if (session.status === 'done') done++
    else if (session.status === 'missed' || session.status === 'planned') missed++
  }
  const value = done + missed >= 3 ? 2 * (missed / (done + missed)) : 0
  shares.set(weekday, value)
  return value
}

/** P7: the runner's own completion of sessions on that weekday, once three are known. */
export function p7Preference(world: World, candidate: Candidate): Cost {
  const value = missedShare(world, weekdayIndex(candidate.slot.day))
  return { id: 'P7', value, why: 'you often missed sessions on that weekday' }
}

/** P8: activation sits best 36 h before the race. */
export function p8Activation(world: World, candidate: Candidate): Cost {
  if (candidate.kind !== 'activation') return { id: 'P8', value: 0, why: '' }
  const race = world.races.find(({ race, start }) => race.priority !== 'C' && start > candidate.end)
  const value = race ? Math.abs(hoursBetween(candidate.end, race.start) - 36) / 12 : 0
  return { id: 'P8', value, why: 'it would be further from 36 h before the race' }
}

/** P9: a week with more than 115 % of the usual running. */
export function p9Load(world: World, monday: string): number {
  return world.loadRatio(monday) > 1.15 ? 3 : 0
}

/** The terms of one session alone. */
export function costsOf(world: World, candidate: Candidate): Cost[] {
  return [
    p1Gap(world, candidate),
    p2DayType(world, candidate),
    p3Yesterday(world, candidate),
    p7Preference(world, candidate),
    p8Activation(world, candidate),
  ]
}

type Timed = Pick<Occupied, 'kind' | 'start'>

/** P4: leg sessions of one week 72 h apart; over the border of a week only closeness costs. */
export function p4Spacing(a: Timed, b: Timed, sameWeek: boolean): number {
  if (!isLegKind(a.kind) || !isLegKind(b.kind)) return 0
  const off = Math.abs(hoursBetween(a.start, b.start)) - PREFERRED_LEG_SPACING_HOURS
  return (1.5 * (sameWeek ? Math.abs(off) : Math.max(0, -off))) / 24
}

/** P5: sessions that find no place: 12, 8 and 3. */
export function p5Missing(count: number): number {
  return [0, 12, 20, 23][Math.min(3, Math.max(0, count))]!
}

/** P6: moving a session that the runner has seen; dearer when it is less than 48 h away. */
export function p6Churn(world: World, start: number): number {
  return hoursBetween(world.now, start) < 48 ? 8 : 4
}

/** P10: the heavier of two sessions closer to its next demanding run. */
export function p10Order(a: { kind: Candidate['kind']; gapHours: number }, b: { kind: Candidate['kind']; gapHours: number }): number {
  const loads = legLoadOf(a.kind) - legLoadOf(b.kind)
  if (loads === 0 || !isLegKind(a.kind) || !isLegKind(b.kind)) return 0
  const [heavier, lighter] = loads > 0 ? [a, b] : [b, a]
  return heavier.gapHours < lighter.gapHours ? 1 : 0
}
