import { addDays, type Day, type LocalTime, minutesOf, timeOf, type Weekday, weekdayOf } from '../days.ts'
import type { Equipment, Runner, Window } from '../runner.ts'
import { type Instant, instantAt, localAt } from './axis.ts'
import { zoneOn } from './forecast.ts'
import { equipmentOn, type RunEvent, type World } from './world.ts'

const DAY_SLOTS: readonly LocalTime[] = ['07:00', '12:30', '18:00', '20:00']
/** Slots of a day whose run has no known hour: after the run, whenever it was. */
const LATE_SLOTS: readonly LocalTime[] = ['18:00', '20:00']
const AFTER_RUN_MINUTES = 15
/** Sessions after a run start on the quarter of an hour, so that a run's wandering start does not move them. */
const QUARTER = 15
/** A session that starts so soon after a run belongs to it. */
export const SAME_TRIP_MINUTES = 45
const LATEST_END = 21 * 60 + 45
/** Minutes of a day that the runner has said nothing about. */
export const DEFAULT_MINUTES = 45
const SLEEP_MARGIN_MINUTES = 120

/** A moment of a day at which a session may start, and how long it may be. */
export type Slot = {
  day: Day
  localTime: LocalTime
  timeZone: string
  start: Instant
  minutes: number
  equipment: Equipment
  /** The run that the session follows straight away. */
  afterRun: RunEvent | null
  /** The runner named this hour. */
  stated: boolean
}

/** Windows already worked out, for availabilities that nobody changes once they are read. */
const knownWindows = new WeakMap<Runner['availability'], Map<Weekday, readonly Window[]>>()

/** The windows of a day; a day that is not named is open. */
export function windowsOn({ availability }: Runner, day: Day): readonly Window[] {
  const weekday = weekdayOf(day)
  const known = knownWindows.get(availability) ?? new Map<Weekday, readonly Window[]>()
  knownWindows.set(availability, known)
  const before = known.get(weekday)
  if (before) return before
  const given = availability[weekday]
  const windows = given === undefined ? [{ minutes: DEFAULT_MINUTES }] : Array.isArray(given) ? given : [given]
  const open = windows.filter((window) => window.minutes > 0)
  known.set(weekday, open)
  return open
}

/** Whether a session of these local minutes touches the two hours before sleep or, where the hour is open, sleep itself. */
export function disturbsSleep(sleep: Runner['sleep'], from: number, to: number, alsoAsleep: boolean): boolean {
  const asleep = minutesOf(sleep.from)
  const awake = minutesOf(sleep.to) + (sleep.to <= sleep.from ? 1440 : 0)
  for (const shift of [-1440, 0, 1440]) {
    const quietFrom = asleep - SLEEP_MARGIN_MINUTES + shift
    const quietTo = (alsoAsleep ? awake : asleep) + shift
    if (from < quietTo && to > quietFrom) return true
  }
  return false
}

function afterRunTime(run: RunEvent, day: Day, timeZone: string): LocalTime | null {
  const { localDate, localTime } = localAt(run.end + AFTER_RUN_MINUTES, timeZone, day)
  const minutes = Math.ceil(minutesOf(localTime) / QUARTER) * QUARTER
  return localDate === day && minutes < 1440 ? timeOf(minutes) : null
}

const knownSlots = new WeakMap<World, Map<Day, readonly Slot[]>>()

/**
 * The moments of a day at which a session may start, earliest first. Which kind fits where is for the constraints. One world
 * always gets the same objects.
 */
export function slotsOn(world: World, day: Day): readonly Slot[] {
  const known = knownSlots.get(world) ?? new Map<Day, readonly Slot[]>()
  knownSlots.set(world, known)
  const before = known.get(day)
  if (before) return before
  const slots = slotsOf(world, day)
  known.set(day, slots)
  return slots
}

function slotsOf(world: World, day: Day): Slot[] {
  const { runner } = world.situation
  const timeZone = zoneOn(runner, day)
  const runs = (world.byDay.get(day) ?? []).filter((run) => run.likely)
  const slots = new Map<LocalTime, Slot>()
  const add = (window: Window, localTime: LocalTime, stated: boolean, afterRun: RunEvent | null) => {
    const before = slots.get(localTime)
    if (before && (before.minutes >= window.minutes || before.afterRun)) return
    const equipment = equipmentOn(world, day, window.equipment)
    slots.set(localTime, {
      day,
      localTime,
      timeZone,
      start: instantAt(day, localTime, timeZone),
      minutes: window.minutes,
      equipment,
      afterRun,
      stated,
    })
  }
  for (const window of windowsOn(runner, day)) {
    if (window.localTime) {
      const start = instantAt(day, window.localTime, timeZone)
      const before = runs.find((run) => run.timeKnown && start >= run.end && start <= run.end + SAME_TRIP_MINUTES)
      add(window, window.localTime, true, before ?? null)
      continue
    }
    for (const run of runs) {
      const time = run.timeKnown ? afterRunTime(run, day, timeZone) : null
      if (time) add(window, time, false, run)
    }
    const hours = runs.some((run) => !run.timeKnown) ? LATE_SLOTS : DAY_SLOTS
    for (const time of hours) add(window, time < runner.sleep.to && time === '07:00' ? morningAfter(runner.sleep.to) : time, false, null)
  }
  return [...slots.values()].sort((a, b) => a.start - b.start)
}

function morningAfter(wakes: LocalTime): LocalTime {
  return timeOf(Math.min(11 * 60, minutesOf(wakes) + 30))
}

/** Whether a short block may be there: straight after a run, or late on the day of a run whose hour nobody knows; not on a race day. */
export function followsRun(world: World, slot: Slot): boolean {
  if (slot.afterRun) return slot.afterRun.race === null
  const runs = (world.byDay.get(slot.day) ?? []).filter((run) => run.likely)
  return runs.some((run) => !run.timeKnown) && runs.every((run) => run.race === null) && LATE_SLOTS.includes(slot.localTime)
}

/** Why a session of so many minutes cannot be in the slot's own day, or `null`: the evening's end and sleep (H14). */
export function eveningBlock(world: World, slot: Slot, minutes: number): 'late' | 'sleep' | null {
  const from = minutesOf(slot.localTime)
  const to = from + minutes
  if (disturbsSleep(world.situation.runner.sleep, from, to, !slot.stated && slot.afterRun === null)) return 'sleep'
  return to > LATEST_END ? 'late' : null
}

/** Whether the runner's windows hold a session at this time of this day. */
export function isAvailable(runner: Runner, day: Day, localTime: LocalTime, minutes: number): boolean {
  return windowsOn(runner, day).some((window) => window.minutes >= minutes && (!window.localTime || window.localTime === localTime))
}

/** The days from one to another, both included. */
export function daysFrom(from: Day, to: Day): Day[] {
  const days: Day[] = []
  for (let day = from; day <= to; day = addDays(day, 1)) days.push(day)
  return days
}
