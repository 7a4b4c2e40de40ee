import { median } from './series.ts'
import type { Bout, PreparedRun } from './types.ts'

export type Structure = {
  structured: boolean
  /** The bouts of 20 s and more that reach the second threshold's speed. */
  bouts: Bout[]
  medianSeconds: number
  regular: boolean
  uphill: boolean
  strides: boolean
}

const none: Structure = { structured: false, bouts: [], medianSeconds: 0, regular: false, uphill: false, strides: false }

/** Bout speeds count as the second threshold's from this share of it. */
const NEAR = 0.97

/**
 * Whether the run was built of repeats: at least four bouts of 20 s and more at the second threshold's speed or above,
 * four and a half minutes together, with clearly slower running (or a stop) between at least three pairs. Bouts are the
 * run's own contrast (`findBouts`); the threshold decides only whether they are fast enough.
 */
export function structureOf(prepared: PreparedRun, speed2: number): Structure {
  const figures = prepared.figures
  if (!figures) return none
  const fast = figures.bouts.filter((bout) => bout.speed >= NEAR * speed2)
  const bouts = fast.filter((bout) => bout.to - bout.from >= 20)
  const strides = strideLike(figures.bouts, fast)
  if (bouts.length < 4) return { ...none, bouts, strides }
  const total = bouts.reduce((sum, bout) => sum + bout.to - bout.from, 0)
  const lengths = bouts.map((bout) => bout.to - bout.from)
  const middle = median(lengths)
  let between = 0
  for (let i = 1; i < bouts.length; i += 1) if (recovered(prepared, bouts[i - 1]!, bouts[i]!)) between += 1
  const near = lengths.filter((length) => Math.abs(length - middle) <= 0.2 * middle).length
  const grades = bouts.filter((bout) => bout.grade > 0.03).length
  return {
    structured: total >= 270 && between >= 3,
    bouts,
    medianSeconds: middle,
    regular: near >= 0.7 * lengths.length,
    uphill: grades >= 0.7 * bouts.length,
    strides,
  }
}

/** Slower than 0.9 of the bouts for fifteen seconds, or a stop of ten. */
function recovered(prepared: PreparedRun, before: Bout, after: Bout): boolean {
  if (prepared.pauses.some((pause) => pause.at >= before.to && pause.at <= after.from)) return true
  if (after.from - before.to < 10) return false
  const { speed } = prepared.stream!
  let sum = 0
  for (let i = before.to; i < after.from; i += 1) sum += Math.min(speed[i]!, 850) / 100
  return sum / (after.from - before.to) <= 0.9 * Math.min(before.speed, after.speed)
}

function strideLike(all: Bout[], fast: Bout[]): boolean {
  const short = fast.filter((bout) => bout.to - bout.from <= 35)
  const total = fast.reduce((sum, bout) => sum + bout.to - bout.from, 0)
  return short.length >= 4 && short.length <= 12 && short.length >= 0.8 * all.length && total < 270
}
