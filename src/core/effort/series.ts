/** Small numeric helpers on columns; `NaN` is a missing value throughout. */

export function clamp(value: number, low: number, high: number): number {
  return value < low ? low : value > high ? high : value
}

/** The value itself when it is a finite number, else `null`. */
export function finite(value: number | null | undefined): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}

/** The finite value when it lies within the limits, else `null`. */
export function within(value: number | null | undefined, low: number, high: number): number | null {
  const number = finite(value)
  return number !== null && number >= low && number <= high ? number : null
}

/** Linear interpolation between the order statistics; `NaN` for no values. `sorted` rises. */
export function quantileOfSorted(sorted: ArrayLike<number>, share: number): number {
  if (sorted.length === 0) return Number.NaN
  const at = clamp(share, 0, 1) * (sorted.length - 1)
  const low = Math.floor(at)
  const high = Math.min(low + 1, sorted.length - 1)
  return sorted[low]! + (sorted[high]! - sorted[low]!) * (at - low)
}

export function quantile(values: ArrayLike<number>, share: number): number {
  return quantileOfSorted(Float64Array.from(values).sort(), share)
}

export function median(values: ArrayLike<number>): number {
  return quantile(values, 0.5)
}

export function mean(values: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < values.length; i += 1) sum += values[i]!
  return values.length ? sum / values.length : Number.NaN
}

/** Sums and counts up to each entry, missing values left out: what every rolling mean here is made from. */
export type Sums = { sum: Float64Array; count: Uint32Array }

export function sumsOf(values: ArrayLike<number>): Sums {
  const sum = new Float64Array(values.length + 1)
  const count = new Uint32Array(values.length + 1)
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i]!
    const there = !Number.isNaN(value)
    sum[i + 1] = sum[i]! + (there ? value : 0)
    count[i + 1] = count[i]! + (there ? 1 : 0)
  }
  return { sum, count }
}

/** Mean of the entries `from` up to `to`, cut at the ends; `NaN` when none is there. */
export function meanBetween({ sum, count }: Sums, from: number, to: number): number {
  const a = Math.max(0, from)
  const b = Math.min(sum.length - 1, to)
  if (b <= a) return Number.NaN
  const n = count[b]! - count[a]!
  return n ? (sum[b]! - sum[a]!) / n : Number.NaN
}

/** Centred rolling mean over `width` entries. */
export function rollingMean(values: ArrayLike<number>, width: number): Float32Array {
  const sums = sumsOf(values)
  const before = Math.floor((width - 1) / 2)
  const out = new Float32Array(values.length)
  for (let i = 0; i < values.length; i += 1) out[i] = meanBetween(sums, i - before, i - before + width)
  return out
}

/** Centred rolling median of five; missing values are left out, a missing centre stays missing. */
export function rollingMedian5(values: Float32Array): Float32Array {
  const out = new Float32Array(values.length)
  const box: number[] = []
  for (let i = 0; i < values.length; i += 1) {
    if (Number.isNaN(values[i]!)) {
      out[i] = Number.NaN
      continue
    }
    box.length = 0
    for (let j = Math.max(0, i - 2); j <= Math.min(values.length - 1, i + 2); j += 1) {
      const value = values[j]!
      if (Number.isNaN(value)) continue
      let k = box.length
      while (k > 0 && box[k - 1]! > value) {
        box[k] = box[k - 1]!
        k -= 1
      }
      box[k] = value
    }
    out[i] = box.length % 2 ? box[(box.length - 1) / 2]! : (box[box.length / 2 - 1]! + box[box.length / 2]!) / 2
  }
  return out
}

/** Fills holes of at most `longest` entries by a straight line, in place. */
export function fillGaps(values: Float32Array, longest: number): void {
  let last = -1
  for (let i = 0; i < values.length; i += 1) {
    if (Number.isNaN(values[i]!)) continue
    const hole = i - last - 1
    if (last >= 0 && hole > 0 && hole <= longest) {
      const step = (values[i]! - values[last]!) / (hole + 1)
      for (let j = 1; j <= hole; j += 1) values[last + j] = values[last]! + step * j
    }
    last = i
  }
}

/** Straight line by Theil and Sen: the median of all slopes, then the median of all intercepts. `null` for fewer than two x. */
export function theilSen(points: readonly { x: number; y: number }[]): { a: number; b: number } | null {
  const slopes: number[] = []
  for (let i = 0; i < points.length; i += 1)
    for (let j = i + 1; j < points.length; j += 1) {
      const dx = points[j]!.x - points[i]!.x
      if (Math.abs(dx) > 0.02) slopes.push((points[j]!.y - points[i]!.y) / dx)
    }
  if (!slopes.length) return null
  const b = median(slopes)
  return { a: median(points.map((p) => p.y - b * p.x)), b }
}

/** The normal distribution's share below `z` (Abramowitz and Stegun 26.2.17, error below 1e-7). */
export function normalShare(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z))
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)
  const tail = density * t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
  return z >= 0 ? 1 - tail : tail
}

export function logistic(x: number): number {
  return 1 / (1 + Math.exp(-x))
}
