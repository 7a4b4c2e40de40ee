/** A believable runner: what she ran in the last months and what she runs today, the same for the same seed. */
import { addDays, type Day, daysBetween, instantOf, localIn, offsetSecondsAt, weekdayIndex } from '../../src/core/days.ts'
import type { Segment } from '../../tests/support/fit-builder.ts'

export type RunKind = 'easy' | 'recovery' | 'long' | 'intervals' | 'tempo' | 'fartlek' | 'hills' | 'progression' | 'race' | 'treadmill'

/** A run as the runner did it, before any watch or platform made a file of it. */
export type Recipe = {
  kind: RunKind
  title: string
  startAt: Date
  offsetSeconds: number
  timeZone: string
  surface: 'road' | 'trail' | 'track' | 'treadmill'
  segments: Segment[]
  race: boolean
}

/** The physiology behind the numbers. Speeds in metres a second, heart rates in beats a minute. */
type Runner = { thresholdSpeed: number; thresholdHeartRate: number; maxHeartRate: number }
type Block = { seconds: number; speed: number; grade?: number }

/** A random generator that gives the same numbers for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

function runnerOf(seed: number): Runner {
  const random = seeded(seed * 7919 + 13)
  return {
    thresholdSpeed: 3.7 + random() * 0.4,
    thresholdHeartRate: Math.round(166 + random() * 6),
    maxHeartRate: Math.round(186 + random() * 5),
  }
}

const STEP_SECONDS = 5

/** Blocks of even effort become short stretches with breath in them: pace that wanders, a heart that lags and drifts. */
function breathe(blocks: readonly Block[], runner: Runner, random: () => number, heartRate: boolean): Segment[] {
  const segments: Segment[] = []
  let heart = 82
  let wander = 0
  let elapsed = 0
  let altitude = 40 + random() * 30
  for (const block of blocks) {
    for (let at = 0; at < block.seconds; at += STEP_SECONDS) {
      const seconds = Math.min(STEP_SECONDS, block.seconds - at)
      wander = wander * 0.85 + (random() - 0.5) * 0.03
      const speed = block.speed * (1 + wander)
      const grade = block.grade ?? 0.012 * Math.sin((elapsed + 40) / 97)
      const cost = speed * (1 + 3.2 * grade)
      const steady = runner.thresholdHeartRate + (cost - runner.thresholdSpeed) * 30 + (elapsed / 3600) * 4
      const target = Math.min(runner.maxHeartRate, Math.max(92, steady))
      heart += (target - heart) * (1 - Math.exp(-seconds / (target > heart ? 32 : 48)))
      segments.push({
        seconds,
        speed: Math.round(speed * 1000) / 1000,
        heartRate: heartRate ? Math.round(heart + (random() - 0.5) * 2) : null,
        cadence: Math.round(148 + speed * 7 + random() * 3),
        altitude: Math.round(altitude * 5) / 5,
        grade: 0,
      })
      altitude += speed * seconds * grade
      elapsed += seconds
    }
  }
  return segments
}

const repeated = (times: number, blocks: readonly Block[]): Block[] => Array.from({ length: times }, () => blocks).flat()

/** What one kind of run is made of. */
function blocksOf(kind: RunKind, minutes: number | null, runner: Runner, random: () => number): { title: string; blocks: Block[] } {
  const speed = (share: number) => runner.thresholdSpeed * share
  const easy = 0.71 + random() * 0.04
  const warmUp: Block = { seconds: 780, speed: speed(0.72) }
  const coolDown: Block = { seconds: 600, speed: speed(0.69) }
  const total = (standard: number) => Math.round((minutes ?? standard) * 60)
  const steady = (standard: number, share: number) => [{ seconds: total(standard), speed: speed(share) }]
  if (kind === 'intervals') {
    const [repeats, work, rest] = [
      [6, 180, 120],
      [5, 240, 150],
      [10, 75, 60],
    ][Math.floor(random() * 3)]!
    const body = repeated(repeats!, [
      { seconds: work!, speed: speed(1.07) },
      { seconds: rest!, speed: speed(0.58) },
    ])
    return { title: `${repeats} x ${work! >= 180 ? `${work! / 60} min` : `${work} s`}`, blocks: [warmUp, ...body, coolDown] }
  }
  if (kind === 'tempo') {
    const work = 1200 + Math.round(random() * 2) * 300
    return { title: `Tempo ${work / 60} min`, blocks: [warmUp, { seconds: work, speed: speed(0.975) }, coolDown] }
  }
  if (kind === 'fartlek') {
    const body = repeated(8, [
      { seconds: 60 + Math.round(random() * 6) * 15, speed: speed(1.05) },
      { seconds: 90, speed: speed(0.68) },
    ])
    return { title: 'Fartlek', blocks: [warmUp, ...body, coolDown] }
  }
  if (kind === 'hills') {
    const body = repeated(8, [
      { seconds: 75, speed: speed(0.86), grade: 0.07 },
      { seconds: 110, speed: speed(0.6), grade: -0.055 },
    ])
    return { title: '8 hills', blocks: [warmUp, ...body, coolDown] }
  }
  if (kind === 'progression') {
    const third = total(54) / 3
    const body = [0.72, 0.82, 0.94].map((share) => ({ seconds: Math.round(third), speed: speed(share) }))
    return { title: 'Progression', blocks: body }
  }
  if (kind === 'race') return { title: 'City 10 km race', blocks: [{ seconds: Math.round(10_000 / speed(1)), speed: speed(1.005) }] }
  if (kind === 'long') return { title: 'Long run', blocks: steady(95 + random() * 15, easy - 0.01) }
  if (kind === 'recovery') return { title: 'Recovery', blocks: steady(32, 0.64) }
  if (kind === 'treadmill') return { title: 'Treadmill', blocks: [{ seconds: total(42), speed: speed(0.73), grade: 0 }] }
  return { title: 'Easy run', blocks: steady(42 + random() * 14, easy) }
}

/** One run of the runner with this seed. */
export function makeRun(input: {
  seed: number
  kind: RunKind
  startAt: Date
  timeZone: string
  minutes?: number
  title?: string
  surface?: Recipe['surface']
  heartRate?: boolean
}): Recipe {
  const random = seeded(input.seed ^ Math.floor(input.startAt.getTime() / 60_000))
  const runner = runnerOf(input.seed)
  const { title, blocks } = blocksOf(input.kind, input.minutes ?? null, runner, random)
  return {
    kind: input.kind,
    title: input.title ?? title,
    startAt: input.startAt,
    offsetSeconds: offsetSecondsAt(input.startAt, input.timeZone),
    timeZone: input.timeZone,
    surface: input.surface ?? (input.kind === 'treadmill' ? 'treadmill' : 'road'),
    segments: breathe(blocks, runner, random, input.heartRate ?? true),
    race: input.kind === 'race',
  }
}

/** Monday to Sunday, `null` a day without a run. */
const week: readonly (RunKind | null)[] = [null, 'intervals', 'easy', 'tempo', null, 'easy', 'long']

function kindOn(day: Day, today: Day, random: () => number): RunKind | null {
  const before = daysBetween(day, today)
  const weeksAgo = Math.floor((before + weekdayIndex(today)) / 7)
  const standard = week[weekdayIndex(day)] ?? null
  const draw = random()
  if (standard === 'long' && weeksAgo === 6) return 'race'
  if (standard === 'easy' && weeksAgo % 5 === 2) return 'treadmill'
  if (standard === 'intervals' && weeksAgo % 4 === 3) return 'hills'
  if (standard === 'tempo' && weeksAgo % 3 === 1) return draw < 0.5 ? 'fartlek' : 'progression'
  if (standard === null && weekdayIndex(day) === 4 && draw < 0.4) return 'recovery'
  return draw > 0.95 ? null : standard
}

/**
 * The runner's runs of the last weeks up to now, oldest first. A run that would not be over yet is not there.
 * @param input.weeks how many weeks back
 */
export function runnerHistory(input: { seed: number; now: Date; timeZone: string; weeks: number }): Recipe[] {
  const today = localIn(input.now, input.timeZone).localDate
  const runs: Recipe[] = []
  for (let day = addDays(today, -input.weeks * 7); day <= today; day = addDays(day, 1)) {
    const random = seeded(input.seed * 1_000_003 + daysBetween('2000-01-01', day))
    const kind = kindOn(day, today, random)
    if (!kind) continue
    const weekend = weekdayIndex(day) >= 5
    const minute = Math.floor(random() * 50)
    const time = `${weekend ? '08' : '06'}:${String(minute).padStart(2, '0')}`
    const startAt = new Date(instantOf(day, time, input.timeZone).getTime() + Math.floor(random() * 60) * 1000)
    const run = makeRun({ seed: input.seed, kind, startAt, timeZone: input.timeZone })
    const seconds = run.segments.reduce((sum, segment) => sum + segment.seconds, 0)
    if (startAt.getTime() + seconds * 1000 + 600_000 <= input.now.getTime()) runs.push(run)
  }
  return runs
}
