/**
 * `npm run space`: builds the sessions of the whole space of kinds, equipment, levels, phases, flags and minutes, writes each
 * as a FIT workout and reads it back. `-- --every N` takes every Nth only. Exit 1 when one is wrong.
 */
import { faultsOf } from './space/faults.ts'
import { requestAt, spaceSize } from './space/space.ts'

function main(args: readonly string[]): number {
  const at = args.indexOf('--every')
  const every = at === -1 ? 1 : Number(args[at + 1])
  if (!Number.isInteger(every) || every < 1) {
    process.stderr.write('--every must be a whole number from 1 on.\n')
    return 1
  }
  let built = 0
  let wrong = 0
  for (let number = 0; number < spaceSize; number += every) {
    const faults = faultsOf(requestAt(number))
    if (faults === null) continue
    built += 1
    if (faults.length === 0) continue
    wrong += 1
    if (wrong <= 20) process.stdout.write(`Request ${number}: ${faults.join('; ')}\n`)
  }
  process.stdout.write(`${Math.ceil(spaceSize / every)} requests, ${built} sessions, ${wrong} wrong\n`)
  return wrong > 0 ? 1 : 0
}

if (import.meta.main) process.exitCode = main(process.argv.slice(2))
