/** Columns of a run made small enough to draw, without losing a peak. Pure. */

/** Mean over `width` seconds around each entry; gaps stay gaps. */
export function smoothed(values: ArrayLike<number>, width: number): Float64Array {
  const out = new Float64Array(values.length)
  const half = Math.floor(width / 2)
  let sum = 0
  let known = 0
  const add = (index: number, sign: 1 | -1) => {
    const value = values[index]
    if (value === undefined || !Number.isFinite(value)) return
    sum += sign * value
    known += sign
  }
  for (let i = 0; i < Math.min(half, values.length); i++) add(i, 1)
  for (let i = 0; i < values.length; i++) {
    add(i + half, 1)
    add(i - half - 1, -1)
    out[i] = Number.isFinite(values[i]) && known > 0 ? sum / known : Number.NaN
  }
  return out
}

export type Point = { x: number; y: number }

/**
 * The lowest and the highest value of each of `buckets` equal stretches of x, in their order; a stretch without values
 * is one `NaN` point. At most 2 × buckets points.
 */
export function minMax(x: ArrayLike<number>, y: ArrayLike<number>, buckets: number): Point[] {
  const length = Math.min(x.length, y.length)
  if (length === 0) return []
  const first = x[0] as number
  const span = Math.max((x[length - 1] as number) - first, 1e-9)
  const out: Point[] = []
  let at = 0
  for (let bucket = 0; bucket < buckets; bucket++) {
    const end = first + (span * (bucket + 1)) / buckets
    let low = -1
    let high = -1
    const last = bucket === buckets - 1
    for (; at < length && (last || (x[at] as number) < end); at++) {
      const value = y[at] as number
      if (!Number.isFinite(value)) continue
      if (low < 0 || value < (y[low] as number)) low = at
      if (high < 0 || value > (y[high] as number)) high = at
    }
    if (low < 0) {
      if (span / buckets >= 5 || length >= buckets) out.push({ x: first + (span * (bucket + 0.5)) / buckets, y: Number.NaN })
      continue
    }
    const ends = low === high ? [low] : low < high ? [low, high] : [high, low]
    for (const index of ends) out.push({ x: x[index] as number, y: y[index] as number })
  }
  return out
}

/** SVG path data of points; a `NaN` lifts the pen. */
export function pathOf(points: readonly Point[], toX: (x: number) => number, toY: (y: number) => number): string {
  let path = ''
  let down = false
  for (const { x, y } of points) {
    if (!Number.isFinite(y)) {
      down = false
      continue
    }
    path += `${down ? 'L' : 'M'}${toX(x).toFixed(1)} ${toY(y).toFixed(1)}`
    down = true
  }
  return path
}

/** The value below which a share of all known values lies; `NaN` when none is known. */
export function quantile(values: ArrayLike<number>, share: number): number {
  const known = Array.from(values)
    .filter(Number.isFinite)
    .sort((a, b) => a - b)
  return known.length === 0 ? Number.NaN : (known[Math.min(known.length - 1, Math.floor(share * known.length))] as number)
}

/** Round steps that cut a span into at most `most` parts, from a list of allowed sizes. */
export function stepOf(span: number, most: number, sizes: readonly number[]): number {
  return sizes.find((size) => span / size <= most) ?? (sizes.at(-1) as number)
}
