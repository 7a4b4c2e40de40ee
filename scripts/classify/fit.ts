/** Logistic regression with a ridge, by Newton's method: small, deterministic, no library. */

export type Example = { x: number[]; y: 0 | 1; weight: number }

/** Solves A·x = b for a symmetric positive matrix by Gauss with pivoting. */
function solve(a: number[][], b: number[]): number[] {
  const n = b.length
  const m = a.map((row, i) => [...row, b[i]!])
  for (let c = 0; c < n; c += 1) {
    let pivot = c
    for (let r = c + 1; r < n; r += 1) if (Math.abs(m[r]![c]!) > Math.abs(m[pivot]![c]!)) pivot = r
    ;[m[c], m[pivot]] = [m[pivot]!, m[c]!]
    for (let r = 0; r < n; r += 1) {
      if (r === c) continue
      const f = m[r]![c]! / m[c]![c]!
      for (let k = c; k <= n; k += 1) m[r]![k]! -= f * m[c]![k]!
    }
  }
  return m.map((row, i) => row[n]! / row[i]!)
}

/**
 * Most likely intercept and weights; the intercept comes first.
 * @param ridge strength of the pull to `centre` (0 when not given) for each weight, in units of total weight
 * @param interceptShare the part of that pull that the intercept gets
 */
export function fitLogistic(examples: readonly Example[], ridge = 1e-3, centre: readonly number[] = [], interceptShare = 1e-3): number[] {
  const n = (examples[0]?.x.length ?? 0) + 1
  let theta = Array.from({ length: n }, (_, i) => centre[i] ?? 0)
  const total = examples.reduce((sum, e) => sum + e.weight, 0)
  for (let step = 0; step < 30; step += 1) {
    const gradient = new Array<number>(n).fill(0)
    const hessian = Array.from({ length: n }, () => new Array<number>(n).fill(0))
    for (const { x, y, weight } of examples) {
      let z = theta[0]!
      for (let i = 1; i < n; i += 1) z += theta[i]! * x[i - 1]!
      const p = 1 / (1 + Math.exp(-z))
      const w = weight * Math.max(p * (1 - p), 1e-6)
      for (let i = 0; i < n; i += 1) {
        const xi = i === 0 ? 1 : x[i - 1]!
        gradient[i]! += weight * (y - p) * xi
        for (let j = 0; j <= i; j += 1) hessian[i]![j]! += w * xi * (j === 0 ? 1 : x[j - 1]!)
      }
    }
    for (let i = 0; i < n; i += 1) {
      for (let j = 0; j < i; j += 1) hessian[j]![i] = hessian[i]![j]!
      const pull = ridge * total * (i === 0 ? interceptShare : 1)
      hessian[i]![i]! += pull + 1e-9
      gradient[i]! -= pull * (theta[i]! - (centre[i] ?? 0))
    }
    const move = solve(hessian, gradient)
    theta = theta.map((t, i) => t + move[i]!)
    if (Math.max(...move.map(Math.abs)) < 1e-8) break
  }
  return theta
}

/** Each runner and class weighs the same; a class of under ten runs weighs less in proportion. */
export function balancedWeights(rows: readonly { runnerId: string; label: 'easy' | 'hard' }[]): number[] {
  const counts = new Map<string, number>()
  const key = (row: { runnerId: string; label: string }) => `${row.runnerId} ${row.label}`
  for (const row of rows) counts.set(key(row), (counts.get(key(row)) ?? 0) + 1)
  return rows.map((row) => 1 / Math.max(10, counts.get(key(row))!))
}
