/**
 * A made-up runner for looking around: ten weeks of runs as FIT files, which take the ordinary upload road. The same day
 * and zone give the same bytes. Nobody real stands in it.
 */
import { FitBaseType, FitEncoder, type FitEncoderField } from 'fit-file-parser/encoder'
import { addDays, type Day, instantOf, type LocalTime, mondayOf, offsetSecondsAt } from '../core/days.ts'

/** A stretch of even running, metres a second. */
type Stretch = { seconds: number; speed: number }
export type DemoRun = { localDate: Day; localTime: LocalTime; stretches: Stretch[]; hilly: boolean }
export type DemoColumns = {
  seconds: number[]
  speed: number[]
  heartRate: number[]
  altitude: number[]
  distance: number[]
  cadence: number[]
}

const EASY = 2.85
const STEADY = 3.3
const THRESHOLD = 3.62
const FAST = 3.95
const RESTING = 52
const HIGHEST = 189

/** Even numbers in [0, 1) from a seed (mulberry32). */
function chance(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

const repeat = (times: number, ...stretches: Stretch[]): Stretch[] => Array.from({ length: times }, () => stretches).flat()

/** The workouts of one week by day after Monday; `week` rises from 0. */
function weekOf(week: number): { day: number; localTime: LocalTime; stretches: Stretch[]; hilly?: boolean }[] {
  const warm = { seconds: 780, speed: EASY }
  const cool = { seconds: 600, speed: EASY - 0.1 }
  const recovery = { seconds: 120, speed: 2.3 }
  const tuesday = [
    repeat(6, { seconds: 180, speed: FAST }, recovery),
    repeat(10, { seconds: 75, speed: FAST + 0.25 }, { seconds: 75, speed: 2.2 }),
    repeat(5, { seconds: 240, speed: FAST - 0.1 }, recovery),
  ][week % 3]!
  const thursday = [
    [{ seconds: 1320, speed: THRESHOLD }],
    repeat(3, { seconds: 540, speed: THRESHOLD + 0.05 }, { seconds: 90, speed: 2.5 }),
  ][week % 2]!
  const light = week % 4 === 3
  return [
    { day: 1, localTime: '18:04', stretches: [warm, ...tuesday, cool] },
    { day: 2, localTime: '07:11', stretches: [{ seconds: 2460, speed: EASY - 0.05 }] },
    { day: 3, localTime: '18:02', stretches: light ? [{ seconds: 2700, speed: EASY }] : [warm, ...thursday, cool] },
    { day: 5, localTime: '09:18', stretches: [{ seconds: 2280, speed: EASY }], hilly: true },
    {
      day: 6,
      localTime: '09:03',
      stretches: [
        { seconds: (light ? 4500 : 5400) + week * 150, speed: EASY },
        ...(week % 3 === 2 ? [{ seconds: 900, speed: STEADY }] : []),
      ],
      hilly: true,
    },
  ]
}

/** The runs of the ten weeks before `today`, oldest first; today itself is left free. */
export function demoRuns(today: Day): DemoRun[] {
  const first = addDays(mondayOf(today), -70)
  return Array.from({ length: 11 }, (_, week) =>
    weekOf(week).map(({ day, localTime, stretches, hilly }) => ({
      localDate: addDays(first, week * 7 + day),
      localTime,
      stretches,
      hilly: hilly === true,
    })),
  )
    .flat()
    .filter((run) => run.localDate < today)
}

/** What the watch recorded, one entry a second: heart rate follows effort with a lag of a minute and drifts late. */
export function demoColumns(run: DemoRun, seed: number): DemoColumns {
  const random = chance(seed)
  const columns: DemoColumns = { seconds: [], speed: [], heartRate: [], altitude: [], distance: [], cadence: [] }
  const form = 1 + seed * 0.0004
  let heartRate = 96
  let distance = 0
  let wander = 0
  let second = 0
  let speed = 0
  for (const stretch of run.stretches) {
    for (let i = 0; i < stretch.seconds; i++, second++) {
      wander = wander * 0.97 + (random() - 0.5) * 0.05
      speed += (stretch.speed * form + wander - speed) * 0.2
      const slope = run.hilly ? 0.018 * Math.sin(distance / 230) + 0.01 * Math.sin(distance / 90) : 0.003 * Math.sin(distance / 310)
      const effort = speed * (1 + 3.2 * slope)
      const drift = Math.max(0, second - 2400) / 600
      const wanted = Math.min(HIGHEST - 2, RESTING + 30.2 * effort + drift + (effort > THRESHOLD * form ? 4 : 0))
      heartRate += (wanted - heartRate) / 55 + (random() - 0.5) * 0.8
      distance += speed
      columns.seconds.push(second)
      columns.speed.push(speed)
      columns.heartRate.push(Math.round(heartRate))
      columns.altitude.push(
        40 + (run.hilly ? -4.14 * Math.cos(distance / 230) - 0.9 * Math.cos(distance / 90) : -0.93 * Math.cos(distance / 310)),
      )
      columns.distance.push(distance)
      columns.cadence.push(Math.round(148 + speed * 7.5 + (random() - 0.5) * 4))
    }
  }
  return columns
}

const field = (number: number, baseType: FitBaseType, value: number): FitEncoderField => ({
  number,
  baseType,
  size: [FitBaseType.Uint32, FitBaseType.Uint32z].includes(baseType) ? 4 : baseType === FitBaseType.Uint16 ? 2 : 1,
  value,
})
const { Enum, Uint8, Uint16, Uint32, Uint32z } = FitBaseType

function summary(columns: DemoColumns, from: number, to: number, startAt: number, session: boolean): FitEncoderField[] {
  const beats = columns.heartRate.slice(from, to)
  const meters = columns.distance[to - 1]! - (from === 0 ? 0 : columns.distance[from - 1]!)
  const at = session ? 16 : 15
  return [
    field(253, Uint32, startAt + to),
    field(2, Uint32, startAt + from),
    field(7, Uint32, (to - from) * 1000),
    field(8, Uint32, (to - from) * 1000),
    field(9, Uint32, Math.round(meters * 100)),
    field(at, Uint8, Math.round(beats.reduce((sum, one) => sum + one, 0) / beats.length)),
    field(at + 1, Uint8, Math.max(...beats)),
  ]
}

/** One run as a FIT activity file. */
export function demoFile(run: DemoRun, seed: number, timeZone: string): { name: string; bytes: Uint8Array } {
  const columns = demoColumns(run, seed)
  const length = columns.seconds.length
  const start = instantOf(run.localDate, run.localTime, timeZone)
  const startAt = FitEncoder.toFitTimestamp(start)
  const fit = new FitEncoder()
  fit.writeMessage(
    0,
    [field(0, Enum, 4), field(1, Uint16, 1), field(2, Uint16, 3113), field(3, Uint32z, 4711), field(4, Uint32, startAt)],
    0,
  )
  for (let i = 0; i < length; i++)
    fit.writeMessage(
      20,
      [
        field(253, Uint32, startAt + i),
        field(5, Uint32, Math.round(columns.distance[i]! * 100)),
        field(6, Uint16, Math.round(columns.speed[i]! * 1000)),
        field(2, Uint16, Math.round((columns.altitude[i]! + 500) * 5)),
        field(3, Uint8, columns.heartRate[i]!),
        field(4, Uint8, Math.round(columns.cadence[i]! / 2)),
      ],
      1,
    )
  let from = 0
  for (const stretch of run.stretches) {
    fit.writeMessage(19, [...summary(columns, from, from + stretch.seconds, startAt, false), field(25, Enum, 1)], 2)
    from += stretch.seconds
  }
  fit.writeMessage(18, [...summary(columns, 0, length, startAt, true), field(5, Enum, 1), field(6, Enum, 0)], 3)
  const local = startAt + length + offsetSecondsAt(start, timeZone)
  fit.writeMessage(34, [field(253, Uint32, startAt + length), field(1, Uint16, 1), field(2, Enum, 0), field(5, Uint32, local)], 4)
  return { name: `demo-${run.localDate}.fit`, bytes: fit.close() }
}
