import { addDays, type Day, daysBetween } from '../days.ts'
import { criticalSpeed, expectedMaxHeartRate, firstThresholdShare, speed2FromRace } from './formulas.ts'
import { clamp, median, theilSen } from './series.ts'
import { type EffortState, type PastEffort, type Peak, runsThatWereRun } from './state.ts'
import type { EffortProfile, Threshold, Thresholds } from './types.ts'

const SPEED_HALF_LIFE = 42
const HEART_HALF_LIFE = 180

type Candidate = { x: number; weight: number; text: string }

function aged(weight: number, from: Day, to: Day, halfLife: number): number {
  return weight * 2 ** (-Math.max(0, daysBetween(from, to)) / halfLife)
}

function combine(candidates: Candidate[]): { value: number; weight: number; spread: number; text: string } | null {
  const weight = candidates.reduce((sum, c) => sum + c.weight, 0)
  if (!(weight > 0)) return null
  const value = candidates.reduce((sum, c) => sum + c.weight * c.x, 0) / weight
  const spread = Math.sqrt(candidates.reduce((sum, c) => sum + c.weight * (c.x - value) ** 2, 0) / weight)
  const strongest = candidates.reduce((a, b) => (b.weight > a.weight ? b : a))
  return { value, weight, spread, text: strongest.text }
}

const months = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']

/** `3 May`. */
export function dayInWords(day: Day): string {
  return `${Number(day.slice(8, 10))} ${months[Number(day.slice(5, 7)) - 1]}`
}

/**
 * The highest heart rate that more than one run vouches for: a reading of over 4 bpm above the next is not believed from
 * a wrist until a second run confirms it. Of many runs, the two highest may be such readings.
 */
export function believedPeak(peaks: readonly Peak[], runs: number): Peak | null {
  const sorted = peaks.filter((p) => p.bpm <= 222).toSorted((a, b) => b.bpm - a.bpm)
  const doubtful = runs >= 40 ? 2 : 1
  let at = 0
  while (at < doubtful && at + 1 < sorted.length && !sorted[at]!.chest && sorted[at]!.bpm - sorted[at + 1]!.bpm > 4) at += 1
  return sorted[at] ?? null
}

function maximumOf(state: EffortState, day: Day, profile: EffortProfile): Threshold {
  const given = profile.maxHeartRate
  if (given?.from === 'runner') return { value: given.value, sd: 2, origin: 'runner', evidence: 'You set it.' }
  const age = profile.birthYear === null ? null : Number(day.slice(0, 4)) - profile.birthYear
  const prior = expectedMaxHeartRate(age, profile.sex)
  const seeded = state.seed?.maxHeartRate
  const peak = believedPeak(
    state.peaks.filter((p) => p.day >= addDays(day, -365)),
    state.count,
  )
  if (seeded !== undefined) {
    const value = peak ? Math.max(seeded, peak.bpm) : seeded
    return { value, sd: 2, origin: 'learnt', evidence: 'Known from earlier.' }
  }
  if (!peak)
    return {
      ...prior,
      origin: 'age',
      evidence: age === null ? 'A usual value: your age is not known.' : `Expected at ${age} years of age.`,
    }
  const doubt = Math.exp(-state.hardRuns / 2)
  const value = peak.bpm + doubt * Math.max(0, prior.value - peak.bpm)
  const learnt = peak.bpm >= prior.value - 4 || state.hardRuns >= 2
  return {
    value,
    sd: learnt ? 2.5 + 5 * doubt : Math.max(5, prior.sd * doubt),
    origin: learnt ? 'learnt' : 'age',
    evidence: learnt
      ? `The highest that held for half a minute, on ${dayInWords(peak.day)}.`
      : 'Expected at your age, raised to what was seen.',
  }
}

function restingOf(state: EffortState, profile: EffortProfile): Threshold | null {
  const given = profile.restingHeartRate
  if (given?.from === 'runner') return { value: given.value, sd: 2, origin: 'runner', evidence: 'You set it.' }
  const seeded = state.seed?.restingHeartRate
  return seeded ? { value: seeded, sd: 3, origin: 'learnt', evidence: 'Known from earlier.' } : null
}

const raceFactors: { upTo: number; factor: number }[] = [
  { upTo: 7000, factor: 0.95 },
  { upTo: 14_000, factor: 0.97 },
  { upTo: 30_000, factor: 1 },
  { upTo: 60_000, factor: 1.04 },
]

function prior(share: number, reserve: number, maximum: Threshold, rest: Threshold | null): number {
  const plain = share * maximum.value
  return rest ? (plain + rest.value + reserve * (maximum.value - rest.value)) / 2 : plain
}

function second(state: EffortState, day: Day, profile: EffortProfile, maximum: Threshold, rest: Threshold | null): Threshold {
  const given = profile.thresholdHeartRate
  if (given?.from === 'runner') return { value: given.value, sd: 2, origin: 'runner', evidence: 'You set it.' }
  const female = profile.sex === 'female'
  const base = prior(female ? 0.9 : 0.89, female ? 0.85 : 0.84, maximum, rest)
  const candidates: Candidate[] = [
    { x: base, weight: 1, text: `Worked out from your maximum heart rate, ${Math.round(maximum.value)} bpm.` },
  ]
  if (state.seed)
    candidates.push({ x: state.seed.heartRate2, weight: aged(30, state.seed.day, day, HEART_HALF_LIFE), text: 'Known from earlier.' })
  const recent = state.steady.filter((s) => s.day >= addDays(day, -90))
  const fastest = recent.reduce((top, s) => (top && top.speed >= s.speed ? top : s), recent[0])
  if (fastest && (fastest.race || (recent.length >= 3 && fastest.heartRate >= 0.86 * maximum.value)))
    candidates.push({
      x: fastest.heartRate,
      weight: aged(2, fastest.day, day, HEART_HALF_LIFE),
      text: `From the last 20 minutes of your steady effort on ${dayInWords(fastest.day)}.`,
    })
  for (const race of state.races) {
    const factor = raceFactors.find((f) => race.meters <= f.upTo)?.factor
    if (race.heartRate === null || !factor || race.meters < 3000) continue
    candidates.push({
      x: race.heartRate * factor,
      weight: aged(1.5, race.day, day, HEART_HALF_LIFE),
      text: `From your ${distanceInWords(race.meters)} on ${dayInWords(race.day)}.`,
    })
  }
  const usual = usualHeartRate(state, day)
  if (usual !== null && usual + 16 > base && !state.seed)
    candidates.push({ x: Math.min(usual + 16, 0.96 * maximum.value), weight: 0.5, text: 'Raised, because your usual runs lie high.' })
  const sane = candidates.filter((c, i) => i === 0 || (c.x > 0.8 * maximum.value && c.x < 0.97 * maximum.value))
  const { value, weight, spread, text } = combine(sane)!
  const extra = weight - 1
  const sd = Math.hypot(7 / (1 + 0.8 * extra), extra > 0 ? spread * 0.3 : 0, extra > 0 ? 0 : 0.89 * maximum.sd)
  return {
    value,
    sd: Math.max(state.seed ? 2 : 2.5, sd),
    origin: extra > 0.3 || maximum.origin !== 'age' ? 'learnt' : 'age',
    evidence: text,
  }
}

/**
 * The runner's usual mean heart rate of the last 60 days. Somebody whose usual run lies above the textbook's first
 * threshold more likely has a high threshold than no easy run (Iannetta 2020: 60 to 90 % of the maximum).
 */
function usualHeartRate(state: EffortState, day: Day): number | null {
  const rates = runsThatWereRun(state.runs).flatMap((run) =>
    run.meanHeartRate !== null && run.day >= addDays(day, -60) ? [run.meanHeartRate] : [],
  )
  return rates.length >= 8 ? median(rates) : null
}

/** `5 km`, `half marathon`, `marathon`. */
export function distanceInWords(meters: number): string {
  if (Math.abs(meters - 21_097) < 700) return 'half marathon'
  if (Math.abs(meters - 42_195) < 1300) return 'marathon'
  const km = meters / 1000
  return `${km < 10 ? Math.round(km * 10) / 10 : Math.round(km)} km`
}

/** The runner's own line of heart rate over speed; `null` until twelve steady blocks of some spread are there. */
export function personalLine(state: EffortState, day: Day): { a: number; b: number } | null {
  const blocks = state.blocks.filter((b) => b.day >= addDays(day, -60))
  if (blocks.length < 12 || new Set(blocks.map((b) => b.day)).size < 4) return null
  const speeds = blocks.map((b) => b.speed)
  if (Math.max(...speeds) - Math.min(...speeds) < 0.5) return null
  const line = theilSen(blocks.map((b) => ({ x: b.speed, y: b.heartRate })))
  return line && line.b >= 10 && line.b <= 45 ? line : null
}

/** Efforts that were run out: a race, or the heart in their second half near its maximum, or close to a line of such. */
function qualified(state: EffortState, day: Day, maximum: Threshold): PastEffort[] {
  const recent = state.efforts.filter((e) => e.day >= addDays(day, -90) && e.seconds >= 120 && e.seconds <= 1200)
  const best = new Map<number, PastEffort>()
  for (const effort of recent) {
    const sure = effort.race || (effort.heartRate !== null && effort.heartRate >= 0.88 * maximum.value)
    const before = best.get(effort.seconds)
    if (sure && (!before || effort.speed > before.speed)) best.set(effort.seconds, effort)
  }
  const list = [...best.values()].sort((a, b) => a.seconds - b.seconds)
  // A longer effort that is faster than a shorter one proves the shorter one was not run out.
  return list.filter((effort, i) => list.slice(i + 1).every((longer) => longer.speed <= effort.speed))
}

/** Speed at which nobody lasts longer than this without being able to hold it: a lower bound from any effort. */
const boundShares: Record<number, number> = { 240: 1.1, 360: 1.07, 480: 1.055, 720: 1.04, 1200: 1.02, 1800: 1.0, 2700: 0.985, 3600: 0.97 }

function usualSpeed(state: EffortState, day: Day): { value: number; count: number } | null {
  const run = runsThatWereRun(state.runs)
  const within = (days: number) => run.filter((r) => r.speed !== null && r.day >= addDays(day, -days))
  const recent = within(28).length >= 3 ? within(28) : within(3650).slice(-10)
  return recent.length ? { value: median(recent.map((r) => r.speed!)), count: recent.length } : null
}

/** Metres of D′ below which the short efforts were hardly run out, so that the line says little. */
const LEAST_RESERVE = 40

type SpeedGuess = { value: number; sd: number; weight: number; text: string; proven: boolean }

function learntSpeed2(
  state: EffortState,
  day: Day,
  maximum: Threshold,
  hr2: Threshold,
  line: { a: number; b: number } | null,
): SpeedGuess | null {
  const candidates: Candidate[] = []
  const efforts = qualified(state, day, maximum)
  const fit = efforts.length >= 3 ? criticalSpeed(efforts.map((e) => ({ seconds: e.seconds, meters: e.speed * e.seconds }))) : null
  if (fit && fit.reserveMeters > 0 && fit.reserveMeters < 500 && fit.speed > 1.5 && fit.speed < 6.8) {
    const day0 = efforts.reduce((a, b) => (b.day > a ? b.day : a), efforts[0]!.day)
    candidates.push({
      x: fit.speed,
      weight: aged(fit.reserveMeters >= LEAST_RESERVE ? 3 : 1.5, day0, day, SPEED_HALF_LIFE),
      text: `From your best efforts up to ${dayInWords(day0)}.`,
    })
  }
  for (const race of state.races) {
    if (race.day < addDays(day, -90) || race.meters < 1500 || race.seconds < 240) continue
    const x = speed2FromRace(race.speed * race.seconds, race.seconds)
    if (x > 1.5 && x < 7)
      candidates.push({
        x,
        weight: aged(2, race.day, day, SPEED_HALF_LIFE),
        text: `From your ${distanceInWords(race.meters)} on ${dayInWords(race.day)}.`,
      })
  }
  if (line) {
    const x = (hr2.value - line.a) / line.b
    if (x > 1.5 && x < 6.8) candidates.push({ x, weight: 1, text: 'From how your heart rate rises with speed.' })
  }
  if (state.seed)
    candidates.push({ x: state.seed.speed2, weight: aged(30, state.seed.day, day, SPEED_HALF_LIFE), text: 'Known from earlier.' })
  const proven = candidates.some((c) => c.weight >= 1.2)
  const usual = usualSpeed(state, day)
  const evidence = candidates.reduce((sum, c) => sum + c.weight, 0)
  if (usual && evidence < 1.5)
    candidates.push({ x: 1.25 * usual.value, weight: 0.5, text: 'A guess from your usual pace, until a hard effort shows more.' })
  const all = combine(candidates)
  if (!all) return null
  let { value } = all
  if (usual && !proven) value = Math.max(value, 1.1 * usual.value)
  for (const effort of state.efforts)
    if (effort.day >= addDays(day, -90) && boundShares[effort.seconds]) value = Math.max(value, effort.speed / boundShares[effort.seconds]!)
  const cold = evidence === 0
  const sd = value * Math.max(0.02, (usual && usual.count < 3 && cold ? 0.12 : 0.1) / (1 + evidence)) + 0.3 * all.spread
  return { value, sd, weight: evidence, text: all.text, proven }
}

/** Speed lost, and certainty lost, while no run came for more than two weeks. */
function afterBreak(guess: SpeedGuess, state: EffortState, day: Day): SpeedGuess {
  const last = state.runs.at(-1)?.day ?? state.seed?.day
  const weeks = last ? Math.max(0, (daysBetween(last, day) - 14) / 7) : 0
  return { ...guess, value: guess.value * (1 - Math.min(0.08, 0.005 * weeks)), sd: guess.sd + guess.value * Math.min(0.08, 0.01 * weeks) }
}

function speed2Of(
  state: EffortState,
  day: Day,
  profile: EffortProfile,
  maximum: Threshold,
  hr2: Threshold,
  line: Thresholds['line'],
): Threshold | null {
  const given = profile.thresholdPaceSecondsPerKm
  if (given?.from === 'runner')
    return { value: 1000 / given.value, sd: (1000 / given.value) * 0.015, origin: 'runner', evidence: 'You set it.' }
  const guess = learntSpeed2(state, day, maximum, hr2, line)
  if (!guess) return null
  const { value, sd, weight, text } = afterBreak(guess, state, day)
  const before = state.published
  const raced = before !== null && state.races.some((race) => race.day >= before.day)
  let limited = value
  if (before?.speed2 && before.learnt && !raced) {
    const step = (before.speedSd / before.speed2 <= 0.04 ? 0.02 : 0.05) * (Math.max(1, daysBetween(before.day, day)) / 7)
    limited = clamp(value, before.speed2 * (1 - step), before.speed2 * (1 + step))
  }
  return { value: limited, sd, origin: weight >= 0.6 ? 'learnt' : 'age', evidence: text }
}

function limitHeart(value: number, before: number | undefined, state: EffortState, day: Day): number {
  const published = state.published
  if (before === undefined || !published?.learnt || state.races.some((race) => race.day >= published.day)) return value
  const step = (2 * Math.max(1, daysBetween(published.day, day))) / 7
  return clamp(value, before - step, before + step)
}

/**
 * The runner's thresholds on a day, from runs of earlier days alone. What the runner set wins; else all evidence is
 * weighted by its age (half-life 42 days for speeds, 180 for heart rates). docs/training.md has the table.
 */
export function thresholdsOn(state: EffortState, day: Day, profile: EffortProfile): Thresholds {
  const maximum = maximumOf(state, day, profile)
  const rest = restingOf(state, profile)
  const line = personalLine(state, day)
  const hr2 = second(state, day, profile, maximum, rest)
  if (hr2.origin !== 'runner') hr2.value = limitHeart(hr2.value, state.published?.heartRate2, state, day)
  const speed2 = speed2Of(state, day, profile, maximum, hr2, line)
  const female = profile.sex === 'female'
  const hr1Candidates: Candidate[] = [
    {
      x: prior(female ? 0.82 : 0.81 - 0.01 * (profile.sex === 'male' ? 1 : 0), 0.72, maximum, rest),
      weight: 1,
      text: 'Worked out from your maximum heart rate.',
    },
    { x: 0.905 * hr2.value, weight: 1, text: 'Worked out from your second threshold.' },
  ]
  const ratio = speed2 ? firstThresholdShare(speed2.value) * speed2.value : null
  const usual = usualHeartRate(state, day)
  if (usual !== null && usual + 3 > hr1Candidates[0]!.x && hr2.origin !== 'runner' && !state.seed)
    hr1Candidates.push({ x: Math.min(usual + 3, 0.92 * maximum.value), weight: 1.5, text: 'Raised, because your usual runs lie high.' })
  const onLine = ratio !== null && line && speed2!.origin !== 'age' ? line.a + line.b * ratio : null
  if (onLine !== null && onLine > 0.7 * maximum.value && onLine < hr2.value - 4)
    hr1Candidates.push({ x: onLine, weight: 1, text: 'From how your heart rate rises with speed.' })
  if (state.seed)
    hr1Candidates.push({ x: state.seed.heartRate1, weight: aged(60, state.seed.day, day, HEART_HALF_LIFE), text: 'Known from earlier.' })
  const hr1 = combine(hr1Candidates)!
  const hr1Sd = state.seed
    ? 3
    : hr2.origin === 'runner'
      ? 4
      : Math.hypot(onLine === null ? 6 : 4.5, 0.4 * hr2.sd, maximum.origin === 'age' ? 0.8 * maximum.sd : 0)
  const heartRate1: Threshold = {
    value: Math.min(limitHeart(hr1.value, state.published?.heartRate1, state, day), hr2.value - 5),
    sd: hr1Sd,
    origin: hr2.origin === 'runner' ? 'runner' : hr2.origin,
    evidence: hr1.text,
  }
  let speed1: Threshold | null = null
  if (speed2 && ratio !== null) {
    const candidates: Candidate[] = [{ x: ratio, weight: 1, text: 'The usual share of your second threshold.' }]
    const x = line && speed2.origin !== 'runner' ? (heartRate1.value - line.a) / line.b : Number.NaN
    if (x > 0.7 * speed2.value && x < 0.95 * speed2.value)
      candidates.push({ x, weight: 0.5, text: 'From how your heart rate rises with speed.' })
    if (state.seed)
      candidates.push({ x: state.seed.speed1, weight: aged(60, state.seed.day, day, SPEED_HALF_LIFE), text: 'Known from earlier.' })
    const both = combine(candidates)!
    speed1 = { value: Math.min(both.value, 0.95 * speed2.value), sd: speed2.sd * 0.85, origin: speed2.origin, evidence: both.text }
  }
  return { day, speed1, speed2, heartRate1, heartRate2: hr2, maxHeartRate: maximum, restingHeartRate: rest, line }
}

/** Raises the thresholds' maximum at once where the run itself shows a higher one. */
export function raisedByRun(thresholds: Thresholds, peak: number | null): Thresholds {
  const { maxHeartRate } = thresholds
  if (peak === null || maxHeartRate.origin === 'runner' || peak <= maxHeartRate.value || peak > 215) return thresholds
  if (maxHeartRate.origin === 'learnt' && peak > maxHeartRate.value + 4) return thresholds
  const factor = peak / maxHeartRate.value
  const lift = (t: Threshold): Threshold => (t.origin === 'age' ? { ...t, value: t.value * factor } : t)
  return {
    ...thresholds,
    maxHeartRate: { ...maxHeartRate, value: peak },
    heartRate1: lift(thresholds.heartRate1),
    heartRate2: lift(thresholds.heartRate2),
  }
}
