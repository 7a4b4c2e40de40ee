/** What a watch recorded of a session, in words: one line an exercise. Pure. */
import type { CompletedSet } from '../../core/run.ts'
import { findExercise } from '../../core/strength/exercises.ts'
import type { SessionExercise } from '../../core/strength/session.ts'

type Line = { name: string; amounts: string[]; weights: number[] }

function nameOf(set: CompletedSet, exercises: readonly SessionExercise[]): string {
  const known = exercises.find(({ id }) => {
    const fit = findExercise(id)?.fit
    return fit !== undefined && fit.category === set.category && (set.name === null || fit.name === set.name)
  })
  return known?.name ?? 'Another exercise'
}

/** "Romanian deadlift: 5, 5, 5 with 40 kg". Loads in kilograms; the page puts them into the runner's unit. */
export function watchLines(activities: readonly { sets: CompletedSet[] }[], exercises: readonly SessionExercise[]): string[] {
  const lines: Line[] = []
  for (const set of activities.flatMap((activity) => activity.sets)) {
    if (set.kind !== 'active') continue
    const name = nameOf(set, exercises)
    let line = lines.find((one) => one.name === name)
    if (!line) {
      line = { name, amounts: [], weights: [] }
      lines.push(line)
    }
    if (set.reps !== null) line.amounts.push(String(set.reps))
    else if (set.seconds !== null) line.amounts.push(`${Math.round(set.seconds)} s`)
    if (set.weightKg !== null && set.weightKg > 0) line.weights.push(set.weightKg)
  }
  return lines.map(({ name, amounts, weights }) => {
    const done = amounts.length > 0 ? `: ${amounts.join(', ')}` : ''
    const load =
      weights.length > 0 ? ` with ${[...new Set(weights.map((kilograms) => `${Math.round(kilograms * 10) / 10} kg`))].join(', ')}` : ''
    return `${name}${done}${load}`
  })
}
