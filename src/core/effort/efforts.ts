import { meanBetween, median, quantileOfSorted, rollingMean, type Sums, sumsOf } from './series.ts'
import type { BestEffort, Bout, Pause, SteadyBlock } from './types.ts'

/** Durations whose best mean speed is kept, seconds. */
export const effortSeconds = [60, 120, 180, 240, 360, 480, 720, 1200, 1800, 2700, 3600] as const

/** Longest pause-free stretches are not asked for: a best effort may not hold a pause, which would make it a sum of parts. */
export function bestEfforts(speed: Float32Array, heartRate: Sums, pauses: Pause[]): BestEffort[] {
  const sums = sumsOf(speed)
  const breaks = new Uint32Array(speed.length + 1)
  for (const pause of pauses) if (pause.at <= speed.length) breaks[pause.at]! += 1
  for (let i = 1; i < breaks.length; i += 1) breaks[i]! += breaks[i - 1]!
  const out: BestEffort[] = []
  for (const seconds of effortSeconds) {
    if (seconds > speed.length) break
    let best = -1
    let where = -1
    for (let i = 0; i + seconds <= speed.length; i += 1) {
      if (sums.count[i + seconds]! - sums.count[i]! < seconds) continue
      if (breaks[i + seconds]! - breaks[i]! > 0) continue
      const v = sums.sum[i + seconds]! - sums.sum[i]!
      if (v > best) {
        best = v
        where = i
      }
    }
    if (where < 0) continue
    const second = meanBetween(heartRate, where + (seconds >> 1), where + seconds)
    out.push({ seconds, speed: best / seconds, heartRate: !Number.isNaN(second) ? second : null })
  }
  return out
}

const BLOCK = 240

/** Four-minute blocks after minute 6 and before minute 60 whose speed varied by under 5 %, at most eight of a run. */
export function steadyBlocks(speed: Float32Array, heartRate: Float32Array): SteadyBlock[] {
  const smooth = rollingMean(speed, 30)
  const speeds = sumsOf(speed)
  const beats = sumsOf(heartRate)
  const out: SteadyBlock[] = []
  for (let i = 360; i + BLOCK <= Math.min(speed.length, 3600) && out.length < 8; ) {
    let low = Number.POSITIVE_INFINITY
    let high = 0
    let sum = 0
    let square = 0
    let n = 0
    for (let j = i; j < i + BLOCK; j += 10) {
      const v = smooth[j]!
      if (!(v > 1.6)) {
        n = 0
        break
      }
      low = Math.min(low, v)
      high = Math.max(high, v)
      sum += v
      square += v * v
      n += 1
    }
    const centre = sum / n
    const spread = Math.sqrt(Math.max(0, square / n - centre * centre)) / centre
    const valid = beats.count[i + BLOCK]! - beats.count[i + 60]!
    if (n > 0 && spread < 0.05 && high - low < 0.2 * centre && valid >= 170) {
      out.push({ speed: meanBetween(speeds, i, i + BLOCK), heartRate: meanBetween(beats, i + 60, i + BLOCK) })
      i += BLOCK
    } else i += 60
  }
  return out
}

/** The cut that parts a run's own fast from its own slow seconds best (Otsu 1979, on 64 bins). */
function ownCut(smooth: Float32Array): number {
  const sorted = smooth.filter((v) => v >= 0.5).sort()
  if (sorted.length < 240) return Number.NaN
  const low = quantileOfSorted(sorted, 0.02)
  const high = quantileOfSorted(sorted, 0.995)
  if (!(high > low * 1.05)) return Number.NaN
  const bins = new Float64Array(64)
  for (const v of sorted) bins[Math.max(0, Math.min(63, Math.floor(((v - low) / (high - low)) * 64)))]! += 1
  let total = 0
  for (let b = 0; b < 64; b += 1) total += b * bins[b]!
  let weight = 0
  let sum = 0
  let best = -1
  let cut = 0
  for (let b = 0; b < 63; b += 1) {
    weight += bins[b]!
    sum += b * bins[b]!
    const other = sorted.length - weight
    if (!weight || !other) continue
    const between = weight * other * (sum / weight - (total - sum) / other) ** 2
    if (between > best) {
      best = between
      cut = b
    }
  }
  return low + ((cut + 1) / 64) * (high - low)
}

export type Contrast = { bouts: Bout[]; restSpeed: number | null }

/** Stretches of at least `least` seconds above a cut, holes of up to eight seconds closed. A pause ends a stretch. */
function stretchesAbove(smooth: Float32Array, cut: number, pauses: Pause[], least: number): { from: number; to: number }[] {
  const out: { from: number; to: number }[] = []
  const starts = new Set(pauses.map((p) => p.at))
  let from = -1
  let last = -1
  const close = () => {
    if (from >= 0 && last + 1 - from >= least) out.push({ from, to: last + 1 })
    from = -1
  }
  for (let i = 0; i < smooth.length; i += 1) {
    if (starts.has(i)) close()
    if (smooth[i]! >= cut) {
      if (from < 0) from = i
      last = i
    } else if (from >= 0 && i - last > 8) close()
  }
  close()
  return out
}

/**
 * The fast stretches of a run by its own contrast, not by anybody's threshold: so making every second faster finds the
 * same stretches. Two cuts are tried (all seconds, then the faster of the two classes: a warm-up walk must not hide the
 * repeats), the one with more stretches of clear contrast wins. Empty when the run is even.
 */
export function findBouts(speed: Float32Array, grade: Float32Array, pauses: Pause[]): Contrast {
  const smooth = rollingMean(speed, 5)
  const sums = sumsOf(speed)
  const grades = sumsOf(grade)
  const first = ownCut(smooth)
  let found: Contrast = { bouts: [], restSpeed: null }
  if (Number.isNaN(first)) return found
  const second = ownCut(smooth.map((v) => (v >= first ? v : Number.NaN)))
  for (const cut of [first, second]) {
    if (Number.isNaN(cut)) continue
    const slow = smooth.filter((v) => v < cut && v >= 0.5)
    const rest = slow.length ? median(slow) : 0
    const bouts = stretchesAbove(smooth, cut, pauses, 10)
      .map(({ from, to }) => ({ from, to, speed: meanBetween(sums, from, to), grade: meanBetween(grades, from, to) }))
      .filter((bout) => bout.speed >= 1.1 * rest)
    const long = bouts.filter((bout) => bout.to - bout.from >= 20).length
    const before = found.bouts.filter((bout) => bout.to - bout.from >= 20).length
    if (found.restSpeed === null || (long >= 4 && before < 4) || (found.bouts.length === 0 && bouts.length > 0))
      found = { bouts, restSpeed: rest || null }
  }
  return found
}

/** Saw-tooth in the heart rate: rises of 12 bpm and more, each followed by a fall of at least 10. */
export function sawTeeth(heartRate: Float32Array): { count: number; top: number | null } {
  const smooth = rollingMean(heartRate, 7)
  const tops: number[] = []
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  let rising = false
  for (let i = 180; i < smooth.length; i += 1) {
    const v = smooth[i]!
    if (Number.isNaN(v)) continue
    if (!rising) {
      low = Math.min(low, v)
      if (v - low >= 12) {
        rising = true
        high = v
      }
    } else {
      high = Math.max(high, v)
      if (high - v >= 10) {
        tops.push(high)
        rising = false
        low = v
      }
    }
  }
  return { count: tops.length, top: tops.length ? median(tops) : null }
}
