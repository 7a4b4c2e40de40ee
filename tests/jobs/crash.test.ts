import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { dataFolder, type Service, startService } from '../../scripts/support/service.ts'
import { newPostgresDatabase } from '../support/databases.ts'
import { easyRun, fitFile } from '../support/files.ts'
import { hasPostgres } from '../support/postgres.ts'
import { buildZip } from '../support/zip-builder.ts'

const FILES = 40
const files = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, n) => fitFile(`runs/${from + n}.fit`, easyRun(from + n - 20)))
/** Files, and archives with more of them, as a platform's export of a whole account. */
const zip = () =>
  buildZip([
    ...files(0, 14),
    { name: 'part1.zip', bytes: buildZip(files(14, 32)) },
    { name: 'part2.zip', bytes: buildZip(files(32, FILES)) },
    { name: 'runs/bad.fit', bytes: new Uint8Array(200).fill(9) },
  ])

type Upload = { status: string; parts?: { status: string }[]; progress?: { done: number } }

async function read<Answer>(server: Service, path: string): Promise<Answer> {
  return (await (await fetch(`${server.url}${path}`)).json()) as Answer
}

async function post(server: Service): Promise<string> {
  const form = new FormData()
  form.append('file', new File([new Uint8Array(zip())], 'all.zip'))
  const answer = (await (await fetch(`${server.url}/api/v1/uploads`, { method: 'POST', body: form })).json()) as {
    uploads: { id: string }[]
  }
  return answer.uploads[0]!.id
}

/** Kills the server again and again while a zip is imported; at the end every file must have ended, none twice. */
async function survive(env: Record<string, string>, dataDir: string, kills: number[]): Promise<void> {
  let server = await startService({ dataDir, env })
  const id = await post(server)
  for (const parts of kills) {
    for (let waited = 0; waited < 30_000; waited += 20) {
      const upload = await read<Upload>(server, `/api/v1/uploads/${id}`)
      if (upload.status !== 'queued' || (upload.progress?.done ?? 0) >= parts) break
      await sleep(20)
    }
    await server.kill()
    server = await startService({ dataDir, env })
  }
  let upload = await read<Upload>(server, `/api/v1/uploads/${id}`)
  for (let waited = 0; waited < 90_000 && upload.status === 'queued'; waited += 200) {
    await sleep(200)
    upload = await read<Upload>(server, `/api/v1/uploads/${id}`)
  }
  try {
    expect(upload.status).toBe('imported')
    expect(upload.parts!.map(({ status }) => status).sort()).toEqual([...Array(FILES).fill('imported'), 'rejected'])
    const { runs } = await read<{ runs: { start: string; sources: unknown[] }[] }>(server, '/api/v1/runs?limit=500')
    expect(runs).toHaveLength(FILES)
    expect(new Set(runs.map(({ start }) => start)).size).toBe(FILES)
    expect(runs.every(({ sources }) => sources.length === 1)).toBe(true)
  } finally {
    expect(await server.stop()).toBe(0)
  }
}

describe('A process that is killed during the import of a zip', () => {
  test.concurrent('goes on after the restart, every file once, on PGlite', { timeout: 240_000 }, async () => {
    const folder = dataFolder()
    try {
      await survive({}, folder.path, [0, 5, 18])
    } finally {
      folder.remove()
    }
  })

  test.skipIf(!hasPostgres()).concurrent('goes on after the restart, every file once, on PostgreSQL', { timeout: 240_000 }, async () => {
    const folder = dataFolder()
    const database = await newPostgresDatabase()
    try {
      await survive({ DATABASE_URL: database.url }, folder.path, [0, 5, 18])
    } finally {
      await database.drop()
      folder.remove()
    }
  })
})
