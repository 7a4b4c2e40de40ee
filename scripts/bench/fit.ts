/** How fast FIT files are decoded: ours, plain fit-file-parser and the official SDK, in turn over the same files in one run. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Decoder, Stream } from '@garmin/fitsdk'
import FitParser from 'fit-file-parser'
import { decodeFit } from '../../src/fit/fit-decode.ts'
import { readActivityFile } from '../../src/fit/read.ts'

const corpus = resolve(dirname(fileURLToPath(import.meta.url)), '../../../shared/fit/runs')

const readers: readonly (readonly [name: string, read: (bytes: Uint8Array<ArrayBuffer>) => unknown])[] = [
  ['ours, to activities with columns', (bytes) => readActivityFile(bytes, 'run.fit')],
  ['ours, decoded messages only', (bytes) => decodeFit(bytes)],
  ['fit-file-parser', (bytes) => new FitParser({ mode: 'list', force: true }).parse(bytes.buffer, () => undefined)],
  ['@garmin/fitsdk', (bytes) => new Decoder(Stream.fromArrayBuffer(bytes.buffer)).read()],
]

export type DecodeFigure = { reader: string; msPerMb: number; ratio: number }

/**
 * Milliseconds for each MB of the corpus' runs, the best of `rounds` after a warm-up, and its ratio to plain fit-file-parser.
 * null when the corpus is not here.
 */
export function benchDecode(rounds = 3): { megabytes: number; files: number; figures: DecodeFigure[] } | null {
  if (!existsSync(corpus)) return null
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
  return {
    megabytes,
    files: files.length,
    figures: readers.map(([reader], i) => ({ reader, msPerMb: best[i]! / megabytes, ratio: best[i]! / plain })),
  }
}

/** Prints the figures as a table. */
export function printDecodeBench(): void {
  const result = benchDecode()
  if (!result) {
    console.log('Decode: the FIT corpus (../shared/fit) is not here; skipped.')
    return
  }
  console.log(`Decode of ${result.files} runs, ${result.megabytes.toFixed(1)} MB, one thread:`)
  for (const { reader, msPerMb, ratio } of result.figures)
    console.log(`  ${reader.padEnd(34)} ${msPerMb.toFixed(0).padStart(5)} ms/MB   ${ratio.toFixed(2)} of plain fit-file-parser`)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) printDecodeBench()
