import type { Runner } from '../runner.ts'
import type { Exercise, LoadKind } from './exercise.ts'
import { findExercise } from './exercises.ts'

const POUND_KG = 0.45359237

type Units = Runner['units']

/** Weights that exist, rising: dumbbells in small steps, a bar of 20 kg or 45 lb with pairs of small plates, stacks. */
function shelf(kind: LoadKind, units: Units): number[] {
  const steps = (from: number, to: number, by: number) => Array.from({ length: Math.floor((to - from) / by) + 1 }, (_, i) => from + i * by)
  if (units === 'imperial') {
    const pounds = kind === 'barbell' ? steps(45, 600, 5) : kind === 'machine' ? steps(10, 600, 10) : steps(5, 200, 5)
    return pounds.map((pound) => Math.round(pound * POUND_KG * 100) / 100)
  }
  if (kind === 'barbell') return steps(20, 280, 2.5)
  if (kind === 'machine') return steps(5, 280, 5)
  if (kind === 'cable') return steps(2.5, 100, 2.5)
  return [...steps(1, 10, 1), ...steps(12, 20, 2), ...steps(22.5, 80, 2.5)]
}

const shelves = new Map<string, number[]>()

function weightsOf(kind: LoadKind, units: Units): number[] {
  const key = `${kind} ${units}`
  let weights = shelves.get(key)
  if (!weights) {
    weights = shelf(kind, units)
    shelves.set(key, weights)
  }
  return weights
}

/** The heaviest weight that exists and is not above `kg`; the lightest one when all are above. */
export function roundDown(kg: number, kind: LoadKind, units: Units): number {
  const weights = weightsOf(kind, units)
  return weights.findLast((weight) => weight <= kg + 0.01) ?? weights[0]!
}

/** The weight nearest to `kg` that exists; of two, the lighter. */
export function roundNearest(kg: number, kind: LoadKind, units: Units): number {
  const below = roundDown(kg, kind, units)
  const above = nextWeight(below, kind, units)
  return above - kg < kg - below ? above : below
}

/** The next heavier weight that exists; the heaviest stays. */
export function nextWeight(kg: number, kind: LoadKind, units: Units): number {
  const weights = weightsOf(kind, units)
  return weights.find((weight) => weight > kg + 0.01) ?? weights.at(-1)!
}

/**
 * A first weight for somebody who has not done the exercise here: what most people of that level lift with many reps to
 * spare. Women start with 0.7 of it, an unknown sex with 0.85, from 60 years on with 0.8; rounded down to a weight that exists.
 * @param factor what the kind of session makes of it
 */
export function startWeight(
  exercise: Exercise,
  who: { level: 1 | 2 | 3; sex: Runner['sex']; age: number | null; units: Units },
  factor = 1,
): number | null {
  if (!exercise.load) return null
  const bySex = who.sex === 'female' ? 0.7 : who.sex === 'male' ? 1 : 0.85
  const byAge = who.age !== null && who.age >= 60 ? 0.8 : 1
  return roundDown(exercise.load.startKg[who.level - 1]! * bySex * byAge * factor, exercise.load.kind, who.units)
}

const held: Record<LoadKind, (figure: string) => string> = {
  pair: (figure) => `${figure} in each hand`,
  single: (figure) => `one weight of ${figure}`,
  barbell: (figure) => `bar loaded to ${figure}`,
  machine: (figure) => `${figure} on the machine`,
  cable: (figure) => `${figure} on the cable`,
}

function figureOf(weightKg: number, units: Units): string {
  return units === 'imperial' ? `${Math.round(weightKg / POUND_KG)} lb` : `${Math.round(weightKg * 100) / 100} kg`
}

/**
 * A weight in the runner's words and units, with how it is held: `12 kg in each hand`, `bar loaded to 40 kg` (the bar's own
 * weight counts), `one weight of 25 lb`; null where the body is the weight.
 */
export function weightText(exercise: Exercise, weightKg: number | null, units: Units): string | null {
  if (weightKg === null || weightKg <= 0) return null
  const figure = figureOf(weightKg, units)
  const load = exercise.load
  if (!load) return figure
  const bar = load.kind === 'barbell' && weightKg <= weightsOf('barbell', units)[0]! + 0.01
  return bar ? `empty bar, ${figure}` : held[load.kind](figure)
}

/** The same for an exercise of a session, which may be one that the library no longer has. */
export function loadText({ id, weightKg }: { id: string; weightKg: number | null }, units: Units): string | null {
  const exercise = findExercise(id)
  if (exercise) return weightText(exercise, weightKg, units)
  return weightKg ? figureOf(weightKg, units) : null
}
