/** What a part of the benchmarks hands back: one line of the table. */
export type Row = {
  what: string
  /** The figure with its unit. */
  figure: string
  /** Against something measured beside it in the same run, so that machines can be compared. */
  ratio?: string
  /** What it should be; `met` is missing where a loaded machine decides. */
  bar?: string
  met?: boolean
}

/** The value below which the share `q` of all values lies. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN
}

/** Milliseconds of each of `rounds` calls, after `warmUp` more. */
export function times(act: () => unknown, rounds: number, warmUp = 5): number[] {
  for (let i = 0; i < warmUp; i++) act()
  return Array.from({ length: rounds }, () => {
    const from = performance.now()
    act()
    return performance.now() - from
  })
}

/** Milliseconds for ten million multiplications and additions: what other figures are held against. */
export function yardstick(): number {
  const work = () => {
    let sum = 0
    for (let i = 0; i < 10_000_000; i++) sum = sum * 0.999999 + i
    return sum
  }
  return quantile(times(work, 5, 2), 0.5)
}
