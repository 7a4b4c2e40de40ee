/** Everything about one runner as a zip: JSON files for reading, and the original files as they came. */
import { Readable } from 'node:stream'
import { ZipFile } from 'yazl'
import { type Arrival, pieceOf } from '../../db/arrivals.ts'
import { exportedTables, keptFiles } from '../../db/export.ts'
import { listRuns, type RunWithAnswer, sourcesOf } from '../../db/runs.ts'
import type { Deps } from '../../deps.ts'
import { creditOf } from '../credits.ts'
import { runJson } from './run-json.ts'

/** Starts writing the zip; it is made as it is read, one piece of one file in memory. @param runner as the API shows it */
export function exportZip(deps: Deps, runnerId: string, runner: unknown): ReadableStream {
  const zip = new ZipFile()
  const out = new Readable().wrap(zip.outputStream)
  const breakOff = (error: unknown) => {
    deps.log.error('export failed', error, { runnerId })
    out.destroy(new Error('The export broke off.'))
  }
  zip.on('error', breakOff)
  fill(deps, runnerId, runner, zip).catch(breakOff)
  return Readable.toWeb(out) as ReadableStream
}

async function fill(deps: Deps, runnerId: string, runner: unknown, zip: ZipFile): Promise<void> {
  const mtime = deps.now()
  const json = (name: string, content: unknown) =>
    zip.addBuffer(Buffer.from(`${JSON.stringify(content, null, 1)}\n`), `${name}.json`, { mtime })
  json('runner', runner)
  json('runs', await allRuns(deps, runnerId))
  for (const [name, rows] of Object.entries(await exportedTables(deps.db, runnerId))) json(name, rows)
  for (const file of await keptFiles(deps.db, runnerId)) {
    const name = `files/${file.id.slice(0, 8)}-${file.name.split('/').at(-1)}`
    zip.addReadStreamLazy(name, { mtime, compress: false }, (give) => give(null, Readable.from(pieces(deps, file))))
  }
  zip.end()
}

async function* pieces(deps: Deps, file: Arrival): AsyncGenerator<Buffer> {
  for (let piece = 0; ; piece++) {
    const bytes = await pieceOf(deps.db, file.runnerId, file.id, piece)
    if (!bytes) return
    yield Buffer.from(bytes)
  }
}

async function allRuns(deps: Deps, runnerId: string): Promise<unknown[]> {
  const all: unknown[] = []
  let before: { startAt: Date; id: string } | undefined
  for (;;) {
    const page: RunWithAnswer[] = await listRuns(deps.db, runnerId, { limit: 200, before })
    const sources = await sourcesOf(
      deps.db,
      runnerId,
      page.map(({ run }) => run.id),
    )
    all.push(
      ...page.map(({ run, assessment }) => {
        const best = sources.find((source) => source.id === run.bestSourceId)
        const credit = creditOf(best?.from ?? null, run.device, best?.externalId)
        return { ...runJson(run, assessment, sources), laps: run.laps, device: run.device, attribution: credit?.words ?? null }
      }),
    )
    before = page.at(-1)?.run
    if (page.length < 200) return all
  }
}
