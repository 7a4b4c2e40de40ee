/** Cool-downs that were saved as activities of their own. */

/** A run as far as this cares; `seconds` is its length, pauses included. */
type Piece = { id: string; startAt: Date; seconds: number | null; race?: boolean }

const LONGEST_SECONDS = 600
const LONGEST_GAP_SECONDS = 900

/**
 * Finds runs of less than ten minutes that begin within a quarter of an hour after another one has ended: parts of that run
 * (a cool-down, strides). They keep a label, but nothing is learnt from them and placement does not count them.
 * @param runs in any order
 * @returns the id of the run that each part belongs to, by the part's id
 */
export function partsOfRuns(runs: readonly Piece[]): Map<string, string> {
  const parts = new Map<string, string>()
  let whole: { id: string; endsAt: number } | null = null
  for (const run of runs.toSorted((a, b) => a.startAt.getTime() - b.startAt.getTime() || (a.id < b.id ? -1 : 1))) {
    const startsAt = run.startAt.getTime()
    const endsAt = startsAt + (run.seconds ?? 0) * 1000
    const short = run.seconds !== null && run.seconds < LONGEST_SECONDS && !run.race
    if (whole && short && startsAt - whole.endsAt < LONGEST_GAP_SECONDS * 1000) {
      parts.set(run.id, whole.id)
      whole.endsAt = Math.max(whole.endsAt, endsAt)
    } else whole = { id: run.id, endsAt }
  }
  return parts
}
