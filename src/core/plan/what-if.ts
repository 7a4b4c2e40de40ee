import { dayNumber, type Weekday, weekdays } from '../days.ts'
import type { Placement, Runner } from '../runner.ts'
import { type PlannedSession, type PlanOptions, planFully } from './plan.ts'
import type { Plan, Situation } from './situation.ts'

/** One thing that could be otherwise: the policy, the minutes of a weekday, the day of the next A race, the number of sessions. */
export type Change =
  | { what: 'policy'; placement: Placement }
  | { what: 'day'; weekday: Weekday; minutes: number; localTime: string | null }
  | { what: 'race'; localDate: string }
  | { what: 'sessions'; sessionsPerWeek: number }

export type Difference = {
  localDate: string
  change: 'added' | 'removed' | 'moved'
  text: string
}

const words = 'Ask policy=easyDays, policy=hardDays, policy=micro, saturday=45 or saturday=45@07:00, race=2026-10-04 or sessions=2.'

function isDay(text: string): boolean {
  try {
    dayNumber(text)
    return true
  } catch {
    return false
  }
}

/** Reads a change such as `policy=hardDays`, `saturday=45@07:00`, `race=2026-10-04` or `sessions=1`. */
export function readChange(text: string): Change | { problem: string } {
  const [name, value = ''] = text.split('=', 2)
  if (name === 'policy' && (value === 'easyDays' || value === 'hardDays' || value === 'micro')) return { what: 'policy', placement: value }
  if (name === 'race' && isDay(value)) return { what: 'race', localDate: value }
  if (name === 'sessions' && /^[0-3]$/.test(value)) return { what: 'sessions', sessionsPerWeek: Number(value) }
  const weekday = weekdays.find((other) => other === name)
  const day = /^(\d{1,3})(?:@([01]\d:[0-5]\d|2[0-3]:[0-5]\d))?$/.exec(value)
  if (weekday && day) return { what: 'day', weekday, minutes: Number(day[1]), localTime: day[2] ?? null }
  return { problem: `${text} is no change that can be tried. ${words}` }
}

/** The runner as the change would have them. A race is the next A race on another day, or a new 10 km when there is none. */
export function changed(runner: Runner, change: Change, today: string): Runner {
  if (change.what === 'policy') return { ...runner, placement: change.placement }
  if (change.what === 'sessions') return { ...runner, sessionsPerWeek: change.sessionsPerWeek }
  if (change.what === 'day') {
    const { weekday, minutes, localTime } = change
    return { ...runner, availability: { ...runner.availability, [weekday]: { minutes, localTime } } }
  }
  const next = runner.races
    .filter((race) => race.localDate >= today && race.priority === 'A')
    .sort((a, b) => a.localDate.localeCompare(b.localDate))[0]
  const race = next ?? { localDate: change.localDate, distanceMeters: 10_000, priority: 'A' as const }
  return { ...runner, races: [...runner.races.filter((other) => other !== next), { ...race, localDate: change.localDate }] }
}

type Shown = Plan & { sessions: PlannedSession[] }

function label({ localDate, localTime, title }: PlannedSession): string {
  return `${title}, ${localDate} ${localTime}`
}

function differencesOf(before: Shown, after: Shown): Difference[] {
  const same = (a: PlannedSession, b: PlannedSession) => a.localDate === b.localDate && a.localTime === b.localTime && a.kind === b.kind
  const removed = before.sessions.filter((session) => !after.sessions.some((other) => same(session, other)))
  const added = after.sessions.filter((session) => !before.sessions.some((other) => same(session, other)))
  const differences: Difference[] = []
  for (const session of removed) {
    const to = added.findIndex(
      (other) => other.kind === session.kind && Math.abs(dayNumber(other.localDate) - dayNumber(session.localDate)) <= 6,
    )
    if (to < 0) {
      differences.push({ localDate: session.localDate, change: 'removed', text: `Falls away: ${label(session)}.` })
      continue
    }
    const [moved] = added.splice(to, 1)
    differences.push({
      localDate: moved!.localDate,
      change: 'moved',
      text: `Moves: ${label(session)} to ${moved!.localDate} ${moved!.localTime}.`,
    })
  }
  for (const session of added) differences.push({ localDate: session.localDate, change: 'added', text: `Comes in: ${label(session)}.` })
  return differences.sort((a, b) => a.localDate.localeCompare(b.localDate))
}

/** What a change would do to the plan. Published sessions bind neither side, so that the two can be compared. */
export function whatIf(
  situation: Situation,
  change: Change,
  options: PlanOptions = {},
): { before: Shown; after: Shown; differences: Difference[] } {
  const free: Situation = {
    ...situation,
    sessions: situation.sessions.filter(({ status, pinned, localDate }) => status !== 'planned' || pinned || localDate < situation.today),
  }
  const plan = (runner: Runner): Shown => {
    const { summary: _, ...shown } = planFully({ ...free, runner }, options)
    return shown
  }
  const before = plan(situation.runner)
  const after = plan(changed(situation.runner, change, situation.today))
  return { before, after, differences: differencesOf(before, after) }
}
