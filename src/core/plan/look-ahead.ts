import { taken } from './ladder.ts'
import { type Assignment, type Solved, solveWeek, type WeekTask } from './search.ts'

/** How much dearer an answer may be to be kept for the look at the following week. */
export const LOOK_AHEAD = 1.5

/** The near-best answers of a week whose last leg session differs, cheapest first. */
function differentEndings(solved: Solved): Assignment[] {
  const seen = new Set<number>()
  const last = (answer: Assignment) => Math.max(0, ...answer.choices.map(({ option }) => option.start))
  return [solved, ...[...solved.near].sort((a, b) => a.cost - b.cost)].filter((answer) => {
    if (seen.has(last(answer)) || answer.missing !== solved.missing) return false
    seen.add(last(answer))
    return seen.size <= 5
  })
}

/** Among answers that cost about the same, the one that leaves the following week its best. */
export function lookAhead(legs: Solved, next: WeekTask): Solved {
  const answers = differentEndings(legs)
  if (answers.length < 2) return legs
  const tiers = (solved: Solved) => solved.choices.reduce((sum, { option }) => sum + option.tier, 0)
  let best = { answer: answers[0]!, total: Number.POSITIVE_INFINITY }
  for (const answer of answers) {
    const after = solveWeek({ ...next, fixed: [...next.fixed, ...taken(answer)] })
    const total = answer.cost + after.cost + 3 * tiers(after)
    if (total < best.total - 1e-9) best = { answer, total }
    if (answer === answers[0] && after.missing === 0 && tiers(after) === 0) break
  }
  if (best.answer === answers[0]) return legs
  return { ...legs, ...best.answer, ruleCost: legs.ruleCost + best.answer.cost - legs.cost }
}
