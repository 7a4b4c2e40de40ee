import { addDays, type Day, type LocalTime, weekdayIndex } from '../days.ts'
import { remembered } from '../remembered.ts'
import type { Demand, Equipment, Race } from '../runner.ts'
import { sorenessHours } from '../strength/history.ts'
import type { SessionKind } from '../strength/session.ts'
import { loadRatio } from '../strength/week-facts.ts'
import { type Instant, instantAt } from './axis.ts'
import { type Forecast, forecastRuns, zoneOn } from './forecast.ts'
import { demandingShare, runsByDay } from './habit.ts'
import type { KnownSession, PastRun, Situation } from './situation.ts'
import { isLegKind, kindMinutes } from './spacing.ts'

/** A run that placement keeps to: one that happened, or one that may come. */
export type RunEvent = {
  day: Day
  /** Where the start is unknown: 06:30, the worst case for a session before it. */
  start: Instant
  end: Instant
  /** Where the start is unknown: the end of a run from 18:00, the worst case for a session after it. */
  restFrom: Instant
  timeKnown: boolean
  /** Clock time of the start; `null` when unknown. */
  localTime: LocalTime | null
  minutes: number
  pHard: number
  /** P of 0.5 or more: a run that sessions keep away from. */
  demanding: boolean
  /** P of 0.5 or more that there is a run at all. */
  likely: boolean
  /** Demanding by its length. */
  long: boolean
  demand: Demand
  race: Race | null
  from: 'past' | 'planned' | 'habit'
  usual: { times: number; weeks: number; long: boolean } | null
  runIds: string[]
}

export type RaceEvent = { race: Race; day: Day; start: Instant; end: Instant }

/** A strength session that has its place: done, pinned, kept, or chosen. */
export type Occupied = { kind: SessionKind; day: Day; start: Instant; end: Instant; done: boolean }

/** Everything that placement asks, worked out once for a situation. */
export type World = {
  situation: Situation
  forecast: Forecast
  /** In order of start. */
  runs: RunEvent[]
  demanding: RunEvent[]
  /** Runs with P below 0.5 of being demanding: they only cost. */
  doubtful: RunEvent[]
  byDay: Map<Day, RunEvent[]>
  /** Days on which the runner said no to a session. */
  skippedDays: ReadonlySet<Day>
  races: RaceEvent[]
  now: Instant
  /** New sessions start at or after this instant: tomorrow, or today as long as the day has not begun. */
  newFrom: Instant
  /** Added to every preferred gap: age, and legs that were sore. */
  extraPreferredHours: number
  /** Planned run minutes of a week against the mean of the four before today; 1 when unknown. */
  loadRatio: (monday: Day) => number
  /** The same with runs of habit that are nearly demanding taken as demanding; `null` where there are none. */
  cautious: World | null
}

/**
 * A run of habit with a probability between this and 0.5 may be called demanding by tomorrow's forecast and easy by the next:
 * new sessions keep away from it where they can, and those that the runner has seen stay where they are.
 */
const NEARLY_DEMANDING = 0.4

const UNKNOWN_START = '06:30'
const UNKNOWN_LATE_START = '18:00'
const LONG_HARD_MINUTES = 90
const FIRST_SLOT = '07:00'

function isLong(demand: Demand, effort: string | null | undefined, minutes: number): boolean {
  return demand === 'high' && (effort !== 'hard' || minutes >= LONG_HARD_MINUTES)
}

function eventOf(
  run: { day: Day; time: string | null; zone: string; minutes: number },
  more: Omit<RunEvent, 'day' | 'start' | 'end' | 'restFrom' | 'timeKnown' | 'localTime' | 'minutes'>,
): RunEvent {
  const start = instantAt(run.day, run.time ?? UNKNOWN_START, run.zone)
  const end = start + run.minutes
  const restFrom = run.time ? end : instantAt(run.day, UNKNOWN_LATE_START, run.zone) + run.minutes
  return { day: run.day, start, end, restFrom, timeKnown: run.time !== null, localTime: run.time, minutes: run.minutes, ...more }
}

function pastEvent(run: PastRun, situation: Situation): RunEvent {
  const minutes = Math.round((run.movingSeconds ?? 3000) / 60)
  const pHard = demandingShare(run)
  const zone = run.timeZone ?? zoneOn(situation.runner, run.localDate)
  const demand = run.demand ?? (pHard >= 0.5 ? 'moderate' : 'low')
  return eventOf(
    { day: run.localDate, time: run.localTime ?? null, zone, minutes },
    {
      pHard,
      demanding: pHard >= 0.5,
      likely: true,
      long: isLong(demand, run.effort, minutes),
      demand,
      race: null,
      from: 'past',
      usual: null,
      runIds: run.id ? [run.id] : [],
    },
  )
}

function racesOf(situation: Situation): RaceEvent[] {
  const { runner, runs } = situation
  const races = runner.races.map((race) => ({ race, zone: race.timeZone ?? zoneOn(runner, race.localDate) }))
  for (const run of runs) {
    if (!run.race || !run.distanceMeters || runner.races.some((race) => race.localDate === run.localDate)) continue
    const { localDate, localTime, distanceMeters } = run
    const expectedMinutes = run.movingSeconds ? run.movingSeconds / 60 : null
    races.push({
      race: { localDate, localTime, distanceMeters, expectedMinutes, priority: 'C' },
      zone: run.timeZone ?? zoneOn(runner, localDate),
    })
  }
  return races
    .map(({ race, zone }) => {
      const start = instantAt(race.localDate, race.localTime ?? '09:00', zone)
      return { race, day: race.localDate, start, end: start + Math.round(race.expectedMinutes ?? (race.distanceMeters / 1000) * 6) }
    })
    .sort((a, b) => a.start - b.start)
}

/** Yesterday's planned runs without a recording: the upload may be late, so they count as planned. */
function unconfirmed(situation: Situation): RunEvent[] {
  const yesterday = addDays(situation.today, -1)
  if (situation.runs.some((run) => run.localDate === yesterday)) return []
  const before: Situation = { ...situation, today: yesterday, now: '00:00', runs: [] }
  return forecastRuns(before, yesterday)
    .runs.filter((run) => run.from === 'planned')
    .map(forecastEvent)
}

function forecastEvent(run: Forecast['runs'][number]): RunEvent {
  return eventOf(
    { day: run.localDate, time: run.localTime, zone: run.timeZone, minutes: run.minutes },
    {
      pHard: run.pHard,
      demanding: run.pHard >= 0.5,
      likely: run.pRun >= 0.5,
      long: isLong(run.demand, run.effort, run.minutes),
      demand: run.demand,
      race: run.race,
      from: run.from,
      usual: run.usual,
      runIds: run.runIds,
    },
  )
}

function extraHours(situation: Situation): number {
  const { runner, today, sessions } = situation
  const age = runner.birthYear === null ? 0 : Number(today.slice(0, 4)) - runner.birthYear
  return (age >= 60 ? 12 : 0) + sorenessHours(sessions, addDays(today, 1))
}

/** Works out a situation for placement. @param until the last day that a session may be placed on */
export function buildWorld(situation: Situation, until: Day): World {
  const { today, now, runner } = situation
  const zone = zoneOn(runner, today)
  const forecast = forecastRuns(situation, addDays(until, 4))
  const since = addDays(today, -21)
  const past = [...runsByDay(situation.runs.filter((run) => run.localDate >= since && run.localDate <= today)).values()].flat()
  const all = [
    ...past.map((run) => pastEvent(run, situation)),
    ...unconfirmed(situation),
    ...forecast.runs.map((run) => forecastEvent(run)),
  ].sort((a, b) => a.start - b.start || a.end - b.end)
  const wakes = runner.sleep.to < FIRST_SLOT ? FIRST_SLOT : runner.sleep.to
  const nowAt = instantAt(today, now, zone)
  const shared = {
    situation,
    forecast,
    skippedDays: new Set(situation.sessions.filter(({ status }) => status === 'skipped').map(({ localDate }) => localDate)),
    races: racesOf(situation),
    now: nowAt,
    newFrom: now < wakes ? nowAt : instantAt(addDays(today, 1), '00:00', zoneOn(runner, addDays(today, 1))),
    extraPreferredHours: extraHours(situation),
    loadRatio: remembered((monday: Day) => loadRatio(monday, situation) ?? 1),
  }
  const cautious = all.some(isNearlyDemanding) ? { ...shared, ...byDemand(all.map(takenAsDemanding)), cautious: null } : null
  return { ...shared, ...byDemand(all), cautious }
}

function isNearlyDemanding({ from, demanding, likely, pHard }: RunEvent): boolean {
  return from === 'habit' && likely && !demanding && pHard >= NEARLY_DEMANDING
}

function takenAsDemanding(run: RunEvent): RunEvent {
  return isNearlyDemanding(run) ? { ...run, demanding: true, long: run.usual?.long ?? false } : run
}

/** The runs of a world by what they ask of the legs. @param all in order of start */
function byDemand(all: readonly RunEvent[]): Pick<World, 'runs' | 'demanding' | 'doubtful' | 'byDay'> {
  const runs = all.filter((run) => run.likely || run.demanding)
  const byDay = new Map<Day, RunEvent[]>()
  for (const run of runs) byDay.set(run.day, [...(byDay.get(run.day) ?? []), run])
  return {
    runs,
    demanding: runs.filter((run) => run.demanding),
    doubtful: all.filter((run) => !run.demanding && run.pHard >= 0.03 && run.from !== 'past'),
    byDay,
  }
}

export type DayType = 'race' | 'hard' | 'easy' | 'free'

/** What running makes of a day. */
export function dayType(world: World, day: Day): DayType {
  const runs = world.byDay.get(day) ?? []
  if (runs.some((run) => run.race) || world.races.some((race) => race.day === day)) return 'race'
  if (runs.some((run) => run.demanding)) return 'hard'
  return runs.length > 0 ? 'easy' : 'free'
}

/** The days of a week without a run. */
export function runFreeDays(world: World, monday: Day): Day[] {
  return [0, 1, 2, 3, 4, 5, 6].map((d) => addDays(monday, d)).filter((day) => dayType(world, day) === 'free')
}

/** The equipment of a day: travel first, then the day's window, then the runner's own. */
export function equipmentOn(world: World, day: Day, window?: Equipment | null): Equipment {
  const { runner } = world.situation
  return runner.awayFrom.find((away) => away.equipment && away.from <= day && day <= away.to)?.equipment ?? window ?? runner.equipment
}

/** Where a known session lies on the time axis; a leg session of unknown hour counts as an evening one. */
export function occupiedBy(world: World, session: KnownSession): Occupied {
  const zone = session.timeZone ?? zoneOn(world.situation.runner, session.localDate)
  const start = instantAt(session.localDate, session.localTime ?? (isLegKind(session.kind) ? '18:00' : '12:30'), zone)
  const minutes = session.minutes ?? kindMinutes(session.kind).max
  return { kind: session.kind, day: session.localDate, start, end: start + minutes, done: session.status === 'done' }
}

/** `Tuesday`, for a sentence. */
export function dayName(day: Day): string {
  return ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'][weekdayIndex(day)]!
}

/** `Sunday's long run`, for a sentence. */
export function runName(run: RunEvent): string {
  const what = run.race ? 'race' : run.long ? 'long run' : run.demanding ? 'hard run' : 'easy run'
  return `${dayName(run.day)}'s ${what}`
}
