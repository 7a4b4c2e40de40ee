import { type Change, readChange } from '../../src/core/plan/what-if.ts'

/** What the plan command was asked. */
export type Asked = { path: string | null; weeks: number | null; why: boolean; change: Change | null }

/** Reads the command's arguments. A refused one comes back as a sentence. */
export function readArguments(args: readonly string[]): Asked | { problem: string } {
  const asked: Asked = { path: null, weeks: null, why: false, change: null }
  for (let i = 0; i < args.length; i++) {
    const [name, inline] = (args[i] ?? '').split(/=(.*)/s, 2)
    const value = () => (inline !== undefined ? inline : (args[++i] ?? ''))
    if (name === '--why') asked.why = true
    else if (name === '--weeks') {
      const weeks = Number(value())
      if (!Number.isInteger(weeks) || weeks < 1 || weeks > 12) return { problem: '--weeks must be a whole number from 1 to 12.' }
      asked.weeks = weeks
    } else if (name === '--what-if') {
      const change = readChange(value())
      if ('problem' in change) return change
      asked.change = change
    } else if (name?.startsWith('--')) return { problem: `${name} is not known: there are --weeks N, --why and --what-if CHANGE.` }
    else asked.path = args[i] ?? null
  }
  return asked
}
