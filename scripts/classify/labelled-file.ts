import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { prepareRun } from '../../src/core/effort/prepare.ts'
import type { LabelledRun } from './development.ts'
import { readLines } from './lines.ts'
import { labelOfTitle } from './titles.ts'

/** Runs of a file in the contract's form with a `label` or a `title` beside. @throws Error with a sentence when it cannot be read */
export async function labelledFile(path: string): Promise<LabelledRun[]> {
  const read = await readLines(createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })).catch(
    (error: unknown) => {
      throw new Error(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
    },
  )
  if (read.problems.length) throw new Error(read.problems.map(({ line, text }) => `Line ${line}: ${text}.`).join('\n'))
  return read.lines.map((line) => {
    const title = typeof line.raw.title === 'string' ? line.raw.title : ''
    const named = labelOfTitle(title)
    const given = line.raw.label
    const kind = typeof line.raw.kind === 'string' ? line.raw.kind : named.kind
    return {
      runnerId: line.runnerId,
      meta: { ...line.meta, id: `${line.meta.id} (line ${line.line})`, word: null },
      prepared: prepareRun(line.input),
      input: line.input.samples ? line.input : null,
      label: given === 'easy' || given === 'hard' ? given : given === undefined || given === null ? named.label : null,
      kind,
      title,
    }
  })
}
