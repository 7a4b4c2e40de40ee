/**
 * Checks a plan against the hard constraints from what the plan itself says, with no code of the planner: instants by Intl,
 * gaps and tables written out once more. A rule that is broken in the planner cannot hide here.
 */

import type { Plan, Situation } from '../../src/core/plan/situation.ts'
import type { Runner } from '../../src/core/runner.ts'
import { exerciseOf, hasEquipmentFor } from '../../src/core/strength/exercises.ts'
import type { Session } from '../../src/core/strength/session.ts'

export type Violation = { rule: string; text: string; sessionDate: string }

const DAY = 86_400_000
const HOUR = 3_600_000
const legKinds = ['foundation', 'hypertrophy', 'maxStrength', 'power', 'maintenance']
const heavyKinds = ['hypertrophy', 'maxStrength', 'power']
const weekdayNames = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const

const formats = new Map<string, Intl.DateTimeFormat>()
const stamps = new Map<string, number>()

/** Milliseconds of a wall-clock time: the first instant whose local reading is that time, or just after a gap. */
function at(day: string, time: string, zone: string): number {
  const key = `${day}T${time}|${zone}`
  const known = stamps.get(key)
  if (known !== undefined) return known
  let format = formats.get(zone)
  if (!format) {
    format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' })
    formats.set(zone, format)
  }
  const wall = Date.parse(`${day}T${time}:00Z`)
  const readings = [-1, 1].map((side) => {
    const probe = wall + side * DAY
    return Date.parse(`${format.format(probe).replace(' ', 'T')}:00Z`) - probe
  })
  const offsets = [...new Set(readings)].sort((a, b) => b - a)
  const fits = offsets.find((offset) => format.format(wall - offset) === `${day} ${time}`)
  const instant = wall - (fits ?? readings[0]!)
  if (stamps.size > 200_000) stamps.clear()
  stamps.set(key, instant)
  return instant
}

const remembered = <K, V>(of: (key: K) => V): ((key: K) => V) => {
  const known = new Map<K, V>()
  return (key) => {
    const before = known.get(key)
    if (before !== undefined) return before
    const value = of(key)
    known.set(key, value)
    return value
  }
}
const number = remembered((day: string) => Date.parse(`${day}T00:00:00Z`) / DAY)
const dayText = remembered((n: number) => new Date(n * DAY).toISOString().slice(0, 10))
const monday = (day: string) => dayText(number(day) - ((number(day) + 3) % 7))
const clock = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5))

type Leg = { kind: string; start: number; end: number; day: string; given: boolean; pinned: boolean }
type Run = { day: string; start: number; end: number | null; demanding: boolean; long: boolean; timed: boolean; minutes: number | null }

function zoneOf(situation: Situation, day: string): string {
  return (
    situation.runner.awayFrom.find((away) => away.timeZone && away.from <= day && day <= away.to)?.timeZone ?? situation.runner.timeZone
  )
}

function runsOf(situation: Situation, plan: Plan): Run[] {
  const runs: Run[] = []
  for (const run of situation.runs) {
    if (run.localDate > situation.today) continue
    const demanding = run.effort === 'hard' || run.demand === 'high' || run.race === true
    const minutes = (run.movingSeconds ?? 3000) / 60
    const start = at(run.localDate, run.localTime ?? '06:30', run.timeZone ?? zoneOf(situation, run.localDate))
    const long = run.demand === 'high' && (run.effort !== 'hard' || minutes >= 90)
    runs.push({ day: run.localDate, start, end: start + minutes * 60_000, demanding, long, timed: !!run.localTime, minutes })
  }
  for (const run of plan.expectedRuns) {
    const planned = situation.runner.plannedRuns.find(
      (other) => other.localDate === run.localDate && (!other.localTime || other.localTime === run.localTime),
    )
    const zone = planned?.timeZone ?? zoneOf(situation, run.localDate)
    const start = at(run.localDate, run.localTime ?? '06:30', zone)
    const minutes = planned?.minutes ?? null
    const long = run.demand === 'high' && (planned?.effort !== 'hard' || (minutes ?? 100) >= 90)
    const end = minutes === null ? null : start + minutes * 60_000
    runs.push({ day: run.localDate, start, end, demanding: run.pHard >= 0.5, long, timed: run.localTime !== null, minutes })
  }
  return runs.sort((a, b) => a.start - b.start)
}

type Table = { heavy: number; medium: number; maintenance: number; upper: number }
const tables: Record<string, Table> = {
  short: { heavy: 7, medium: 5, maintenance: 3, upper: 2 },
  half: { heavy: 7, medium: 5, maintenance: 4, upper: 3 },
  marathon: { heavy: 12, medium: 10, maintenance: 6, upper: 4 },
  ultra: { heavy: 14, medium: 12, maintenance: 7, upper: 4 },
  B: { heavy: 4, medium: 3, maintenance: 3, upper: 2 },
}
const isLong = (meters: number) => (meters > 45_000 ? 'ultra' : meters > 30_000 ? 'marathon' : meters > 16_500 ? 'half' : 'short')

function daysBefore(kind: string, priority: string, meters: number): number {
  if (priority === 'C') return 0
  const row = tables[priority === 'B' ? 'B' : isLong(meters)]!
  if (kind === 'hypertrophy' || kind === 'maxStrength') return row.heavy
  if (kind === 'power' || kind === 'foundation') return row.medium
  return kind === 'maintenance' ? row.maintenance : kind === 'upperCore' ? row.upper : 0
}

function daysAfter(kind: string, meters: number): number {
  if (!legKinds.includes(kind)) return 0
  if (meters > 45_000) return kind === 'maintenance' ? 10 : 14
  if (meters > 30_000) return kind === 'maintenance' ? 7 : 13
  return meters > 16_500 ? 4 : meters > 7_500 ? 2 : 1
}

/** Every hard constraint that the plan breaks; empty for a good plan. */
export function violationsOf(situation: Situation, plan: Plan): Violation[] {
  const { runner, today } = situation
  const found: Violation[] = []
  const runs = runsOf(situation, plan)
  const now = at(today, situation.now, zoneOf(situation, today))
  const frozen = new Set(situation.sessions.filter(({ status, id }) => status === 'planned' && id).map(({ id }) => id))
  const given: Leg[] = situation.sessions
    .filter(({ status, kind }) => status === 'done' && legKinds.includes(kind))
    .map((session) => {
      const start = at(session.localDate, session.localTime ?? '18:00', session.timeZone ?? zoneOf(situation, session.localDate))
      return {
        kind: session.kind,
        day: session.localDate,
        start,
        end: start + (session.minutes ?? 45) * 60_000,
        given: true,
        pinned: false,
      }
    })
  const placed = plan.sessions.map((session) => {
    const start = at(session.localDate, session.localTime, session.timeZone ?? runner.timeZone)
    return { session, start, end: start + session.minutes * 60_000 }
  })
  const raceDays = new Set(runner.races.map(({ localDate }) => localDate))
  const runDays = new Set(runs.map(({ day }) => day))
  const isHardDay = (day: string) => runs.some((run) => run.day === day && run.demanding) || raceDays.has(day)

  for (const { session, start, end } of placed) {
    const broken = (rule: string, text: string) =>
      found.push({
        rule,
        text: `${session.localDate} ${session.localTime} ${session.kind} ${session.id}: ${text}`,
        sessionDate: session.localDate,
      })
    const leg = legKinds.includes(session.kind)
    const { pinned } = session
    const begun = start <= now && frozen.has(session.id)
    if (start < now && !begun) broken('H1', 'in the past')
    checkWindow(situation, session, broken, begun || pinned)
    for (const run of runs)
      if (!pinned && !begun && run.timed && run.end !== null && run.start < end && run.end > start)
        broken('H1', `during a run of ${run.day}`)
    if (leg)
      checkRuns({
        runs,
        session,
        start,
        end,
        broken,
        situation,
        heavyBefore: freshCount(session.kind, start, [...given, ...legsOf(placed)]),
      })
    for (const race of runner.races) {
      const raceStart = at(race.localDate, race.localTime ?? '09:00', race.timeZone ?? zoneOf(situation, race.localDate))
      if (race.localDate === session.localDate && session.kind !== 'mobility') broken('H3', 'on race day')
      const before = daysBefore(session.kind, race.priority, race.distanceMeters)
      if (raceStart > end && raceStart - end < before * DAY - 1) broken('H3', `less than ${before} days before a race`)
      const since = number(session.localDate) - number(race.localDate)
      if (since > 0 && since <= daysAfter(session.kind, race.distanceMeters)) broken('H3', `${since} days after a race`)
    }
    if (session.kind === 'activation') checkActivation(situation, start, end, broken)
    for (const other of placed)
      if (other.session !== session && other.session.localDate === session.localDate && other.start >= start) broken('H5', 'two on one day')
    if (given.some((other) => other.day === session.localDate)) broken('H5', 'a session was done that day')
    if (leg)
      for (const other of [...given, ...legsOf(placed)]) {
        const hours = Math.abs(other.start - start) / HOUR
        if (other.start !== start && hours < 48 - 1e-6) broken('H4', `${hours.toFixed(1)} h from the leg session of ${other.day}`)
      }
    if (leg && !pinned && runner.placement === 'easyDays' && isHardDay(session.localDate)) broken('H6', 'on a hard day under easyDays')
    if (leg && !pinned && runner.placement === 'micro') broken('H6', 'leg session under micro')
    if (runner.pauses.some(({ from, to }) => from <= session.localDate && session.localDate <= to)) broken('H11', 'in a pause')
    checkEquipment(situation, session, broken)
  }
  checkWeeks({ situation, placed: legsOf(placed), given, runDays, raceDays, found })
  const ids = new Set(plan.sessions.map(({ id }) => id))
  if (ids.size !== plan.sessions.length) found.push({ rule: 'id', text: 'two sessions have one id', sessionDate: today })
  return found
}

type Placed = { session: Session; start: number; end: number }

function legsOf(placed: readonly Placed[]): Leg[] {
  return placed
    .filter(({ session }) => legKinds.includes(session.kind))
    .map(({ session, start, end }) => ({ kind: session.kind, start, end, day: session.localDate, given: false, pinned: session.pinned }))
}

/** Sessions of the same heavy kind in the four weeks before, back to a break of three weeks. */
function freshCount(kind: string, start: number, legs: readonly Leg[]): number {
  if (!heavyKinds.includes(kind)) return 2
  let later = start
  let count = 0
  for (const leg of [...legs].sort((a, b) => b.start - a.start)) {
    if (leg.start >= start) continue
    if (later - leg.start >= 21 * DAY || start - leg.start > 28 * DAY) break
    if (leg.kind === kind) count++
    later = leg.start
  }
  return count
}

function checkWindow(situation: Situation, session: Session, broken: (rule: string, text: string) => void, exempt: boolean): void {
  if (exempt) return
  const { runner } = situation
  const own = runner.availability[weekdayNames[new Date(`${session.localDate}T00:00:00Z`).getUTCDay()]!]
  const windows = own === undefined ? [{ minutes: 45 }] : Array.isArray(own) ? own : [own]
  const fits = windows.some(
    (window) =>
      window.minutes >= session.minutes && (!('localTime' in window) || !window.localTime || window.localTime === session.localTime),
  )
  if (!fits) broken('H1', 'outside the windows')
  const from = clock(session.localTime)
  const to = from + session.minutes
  if (to > 21 * 60 + 45) broken('H1', 'ends after 21:45')
  for (const shift of [-1440, 0, 1440]) {
    const sleep = clock(runner.sleep.from) + shift
    if (from < sleep && to > sleep - 120) broken('H14', 'within two hours of sleep')
  }
}

type RunCheck = {
  runs: readonly Run[]
  session: Session
  start: number
  end: number
  broken: (rule: string, text: string) => void
  situation: Situation
  heavyBefore: number
}

function checkRuns({ runs, session, start, end, broken, heavyBefore }: RunCheck): void {
  const least = session.kind === 'maintenance' ? 20 : heavyBefore < 2 && heavyKinds.includes(session.kind) ? 48 : 24
  const next = runs.find((run) => run.demanding && run.start >= end)
  if (next && (next.start - end) / HOUR < least - 1e-6)
    broken(
      least === 48 ? 'H13' : 'H2',
      `${((next.start - end) / HOUR).toFixed(1)} h before the demanding run of ${next.day}, needs ${least}`,
    )
  for (const run of runs) {
    if (run.day !== session.localDate) continue
    if (run.demanding && run.timed && run.start > start) broken('H12', 'before the hard run of its day')
    if (run.demanding && run.long && session.kind !== 'maintenance') broken('H12', 'heavy after a long run')
    const after = run.end === null ? null : (start - run.end) / HOUR
    if (run.demanding && run.timed && after !== null && after < 3 - 1e-6 && (session.kind === 'power' || session.kind === 'hypertrophy'))
      broken('H12', `${after.toFixed(1)} h after the hard run of its day`)
    if (!run.demanding && run.timed && run.start >= end && (run.start - end) / HOUR < 6 - 1e-6)
      broken('H2', 'less than 6 h before an easy run')
  }
}

function checkActivation(situation: Situation, start: number, end: number, broken: (rule: string, text: string) => void): void {
  const fits = situation.runner.races.some((race) => {
    if (race.priority === 'C') return false
    const raceStart = at(race.localDate, race.localTime ?? '09:00', race.timeZone ?? zoneOf(situation, race.localDate))
    const long = race.priority === 'A' && race.distanceMeters > 30_000
    return (raceStart - end) / HOUR >= (long ? 30 : 20) - 1e-6 && (raceStart - start) / HOUR <= (long ? 54 : 48) + 1e-6
  })
  if (!fits) broken('H3', 'activation outside its hours')
}

function checkEquipment(situation: Situation, session: Session, broken: (rule: string, text: string) => void): void {
  const { runner } = situation
  const away = runner.awayFrom.find(({ from, to, equipment }) => equipment && from <= session.localDate && session.localDate <= to)
  const own = runner.availability[weekdayNames[new Date(`${session.localDate}T00:00:00Z`).getUTCDay()]!]
  const windows = (own === undefined ? [] : Array.isArray(own) ? own : [own]).filter(({ minutes }) => minutes > 0)
  const fitting = windows.filter(({ localTime, minutes }) => minutes >= session.minutes && (!localTime || localTime === session.localTime))
  const offered = (fitting.length > 0 ? fitting : windows.slice(0, 1)).map(
    (window) => away?.equipment ?? window.equipment ?? runner.equipment,
  )
  const equipment = offered.length > 0 ? offered : [away?.equipment ?? runner.equipment]
  const lacking = (owned: Runner['equipment']) => session.exercises.filter(({ id }) => !hasEquipmentFor(exerciseOf(id), owned))
  if (!equipment.some((owned) => lacking(owned).length === 0))
    broken('H8', `${lacking(equipment[0]!)[0]!.id} needs more than ${equipment.join(', ')}`)
}

type WeekCheck = {
  situation: Situation
  placed: readonly Leg[]
  given: readonly Leg[]
  runDays: ReadonlySet<string>
  raceDays: ReadonlySet<string>
  found: Violation[]
}

function checkWeeks({ situation, placed, given, runDays, raceDays, found }: WeekCheck): void {
  const most = Math.min(3, situation.runner.sessionsPerWeek)
  const lastKnown = dayText(number(situation.today) + situation.horizonDays - 1)
  for (const week of new Set(placed.map(({ day }) => monday(day)))) {
    const own = placed.filter(({ day }) => monday(day) === week)
    const all = [...own, ...given.filter(({ day }) => monday(day) === week)]
    const broken = (rule: string, text: string) => found.push({ rule, text: `week of ${week}: ${text}`, sessionDate: week })
    if (own.some(({ pinned }) => !pinned) && all.length > Math.max(most, own.filter(({ pinned }) => pinned).length))
      broken('H10', `${all.length} leg sessions`)
    const days = [0, 1, 2, 3, 4, 5, 6].map((d) => dayText(number(week) + d))
    if (!situation.runner.restDayGuard || days[6]! > lastKnown) continue
    const free = days.filter((day) => !runDays.has(day) && !raceDays.has(day))
    const used = free.filter((day) => all.some((leg) => leg.day === day))
    const byPlanner = own.some((leg) => free.includes(leg.day) && !leg.pinned)
    if (free.length > 0 && used.length === free.length && byPlanner) broken('H7', 'no run-free day stays free of strength')
  }
}
