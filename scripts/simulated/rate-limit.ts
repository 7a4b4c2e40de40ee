/** Budgets as the platforms count them. */

export type Window = {
  limit: number
  seconds: number
  /** Counted in fixed windows since midnight UTC; otherwise the window rolls. */
  aligned?: boolean
}

/** Counts requests in several windows at once. */
export class RateLimit {
  private readonly windows: readonly Window[]
  private taken: number[] = []

  constructor(windows: readonly Window[]) {
    this.windows = windows
  }

  private used(window: Window, atMs: number): number {
    const ms = window.seconds * 1000
    const from = window.aligned ? Math.floor(atMs / ms) * ms : atMs - ms + 1
    let count = 0
    for (let i = this.taken.length - 1; i >= 0 && this.taken[i]! >= from; i--) count++
    return count
  }

  /** Usage per window without counting anything. */
  peek(at: Date): { usage: number[] } {
    return { usage: this.windows.map((window) => this.used(window, at.getTime())) }
  }

  /** Counts one request. @returns usage per window after it, and whether all windows allowed it */
  take(at: Date, countRefused = true): { allowed: boolean; usage: number[]; resetSeconds: number } {
    const atMs = at.getTime()
    const before = this.windows.map((window) => this.used(window, atMs))
    const full = this.windows.filter((window, index) => before[index]! >= window.limit)
    if (full.length === 0 || countRefused) this.taken.push(atMs)
    const resets = full.map((window) => {
      const ms = window.seconds * 1000
      if (window.aligned) return (Math.floor(atMs / ms) + 1) * ms - atMs
      const inside = this.taken.filter((time) => time > atMs - ms)
      return inside[0]! + ms - atMs
    })
    const usage = this.windows.map((window) => this.used(window, atMs))
    return { allowed: full.length === 0, usage, resetSeconds: Math.max(0, ...resets.map((ms) => Math.ceil(ms / 1000))) }
  }
}
