/** Starts the service as a process of its own, as `npm start` does, on a free port and an empty folder. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

export type Service = {
  url: string
  dataDir: string
  process: ChildProcess
  /** Milliseconds from the start of the process to the first answer. */
  startMs: number
  /** Orderly stop; the folder stays. */
  stop: () => Promise<void>
  /** Stops and removes the folder, if it was made here. */
  remove: () => Promise<void>
}

/** A TCP port that nobody uses at this moment. */
export function freePort(): Promise<number> {
  return new Promise((done, failed) => {
    const server = createServer()
    server.on('error', failed)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => (typeof address === 'object' && address ? done(address.port) : failed(new Error('no port'))))
    })
  })
}

/** @throws Error with the service's last words when it does not answer within `seconds` */
export async function startService({
  env = {},
  dataDir,
  seconds = 60,
}: {
  env?: Record<string, string>
  dataDir?: string
  seconds?: number
} = {}): Promise<Service> {
  const folder = dataDir ?? mkdtempSync(join(tmpdir(), 'stridelift-'))
  const port = await freePort()
  const root = resolve(import.meta.dirname, '../..')
  const started = performance.now()
  const child = spawn(process.execPath, ['scripts/run.ts', 'src/main.ts'], {
    cwd: root,
    env: { ...process.env, PORT: String(port), DATA_DIR: folder, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  const listen = (piece: Buffer) => {
    said = (said + piece.toString()).slice(-4000)
  }
  child.stdout.on('data', listen)
  child.stderr.on('data', listen)
  const url = `http://127.0.0.1:${port}`
  const gone = () => child.exitCode !== null || child.signalCode !== null
  while (true) {
    const ready = await fetch(`${url}/readyz`).then(
      (answer) => answer.ok,
      () => false,
    )
    if (ready) break
    if (gone() || performance.now() - started > seconds * 1000) {
      child.kill('SIGKILL')
      throw new Error(`The service did not start:\n${said}`)
    }
    await wait(25)
  }
  const stop = async () => {
    if (gone()) return
    const ended = new Promise((done) => child.once('exit', done))
    child.kill('SIGTERM')
    await ended
  }
  return {
    url,
    dataDir: folder,
    process: child,
    startMs: performance.now() - started,
    stop,
    remove: async () => {
      await stop()
      if (!dataDir) rmSync(folder, { recursive: true, force: true })
    },
  }
}

export type UploadState = { id: string; file: string; status: string; runId: string | null; detail: string | null; parts?: UploadState[] }

/** Posts files and waits until each has its last state. */
export async function uploadAndWait(url: string, files: { name: string; bytes: Uint8Array }[], seconds = 600): Promise<UploadState[]> {
  const form = new FormData()
  for (const { name, bytes } of files) form.append('file', new Blob([new Uint8Array(bytes)]), name)
  const answer = await fetch(`${url}/api/v1/uploads`, { method: 'POST', body: form })
  if (answer.status !== 202) throw new Error(`The upload was answered with ${answer.status}: ${await answer.text()}`)
  const { uploads } = (await answer.json()) as { uploads: { id: string }[] }
  const until = performance.now() + seconds * 1000
  const states: UploadState[] = []
  for (const { id } of uploads) {
    while (true) {
      const state = (await (await fetch(`${url}/api/v1/uploads/${id}`)).json()) as UploadState
      if (state.status !== 'queued') {
        states.push(state)
        break
      }
      if (performance.now() > until) throw new Error(`${state.file} has no end state after ${seconds} s`)
      await wait(50)
    }
  }
  return states
}
