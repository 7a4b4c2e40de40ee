/** How fast FIT files are decoded: ours, plain fit-file-parser and the official SDK, in turn over the same files in one run. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Decoder, Stream } from '@garmin/fitsdk'
import FitParser from 'fit-file-parser'
import { decodeFit } from '../../src/fit/fit-decode.ts'
import { readActivityFile } from '../../src/fit/read.ts'
import type { Row } from './row.ts'

const corpus = resolve(dirname(fileURLToPath(import.meta.url)), '../../../shared/fit/runs')

const readers: readonly (readonly [name: string, read: (bytes: Uint8Array<ArrayBuffer>) => unknown])[] = [
  ['ours, to activities with columns', (bytes) => readActivityFile(bytes, 'run.fit')],
  ['ours, decoded messages only', (bytes) => decodeFit(bytes)],
  ['fit-file-parser', (bytes) => new FitParser({ mode: 'list', force: true }).parse(bytes.buffer, () => undefined)],
  ['@garmin/fitsdk', (bytes) => new Decoder(Stream.fromArrayBuffer(bytes.buffer)).read()],
]

/** Milliseconds for each MB of the corpus' runs, the best of `rounds` after a warm-up, and its ratio to plain fit-file-parser. */
export function benchDecode(rounds = 3): Row[] {
  if (!existsSync(corpus)) return [{ what: 'decode', figure: 'not measured: the FIT corpus (../shared/fit) is not here' }]
  const files = readdirSync(corpus).map((name) => new Uint8Array(readFileSync(join(corpus, name))))
  const megabytes = files.reduce((sum, bytes) => sum + bytes.length, 0) / 1e6
  const best = readers.map(() => Number.POSITIVE_INFINITY)
  for (let round = 0; round <= rounds; round++)
    readers.forEach(([, read], i) => {
      const from = performance.now()
      for (const bytes of files) read(bytes)
      if (round > 0) best[i] = Math.min(best[i]!, performance.now() - from)
    })
  const plain = best[readers.findIndex(([name]) => name === 'fit-file-parser')]!
  return readers.map(([reader], i) => ({
    what: `decode: ${reader}`,
    figure: `${(best[i]! / megabytes).toFixed(0)} ms a MB (${files.length} files, ${megabytes.toFixed(1)} MB, one thread)`,
    ratio: `${(best[i]! / plain).toFixed(2)} of plain fit-file-parser`,
  }))
}
