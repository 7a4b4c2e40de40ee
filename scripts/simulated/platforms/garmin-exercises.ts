/** Exercise names that the pretend Garmin takes: those of the FIT profile, which the workout editor's list follows. */
import { Profile } from '@garmin/fitsdk'

const types = Profile.types as Record<string, Record<string, string>>
const plain = (name: string) => name.replace(/[^a-z0-9]/gi, '').toLowerCase()

let known: Set<string> | null = null

function names(): Set<string> {
  const all = new Set<string>()
  for (const category of Object.values(types.exerciseCategory ?? {}))
    for (const name of Object.values(types[`${category}ExerciseName`] ?? {})) all.add(`${plain(category)}/${plain(name)}`)
  return all
}

/** Whether category and name are written as Garmin writes them and belong together. */
export function isExercise(category: string, name: string | null): boolean {
  if (name === null || ![category, name].every((word) => /^[A-Z0-9]+(_[A-Z0-9]+)*$/.test(word))) return false
  known ??= names()
  return known.has(`${plain(category)}/${plain(name)}`)
}
