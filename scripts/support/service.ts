/** Starts the service as a process of its own, as `npm start` does, on a free port and an empty folder. For scripts and tests. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { projectRoot } from '../../src/root.ts'

export type Service = {
  url: string
  port: number
  dataDir: string
  process: ChildProcess
  /** Milliseconds from the start of the process to the first answer. */
  startMs: number
  /** All that it has written so far. */
  output: () => string
  /** Ends it as an operator does; the folder stays. @returns its exit code */
  stop: () => Promise<number | null>
  /** Ends it as a power cut does. */
  kill: () => Promise<void>
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

/** A folder for DATA_DIR; `remove` takes it away. */
export function dataFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'stridelift-data-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

/** The shell's own variables, less those that would change what is started. */
function plainEnvironment(): Record<string, string | undefined> {
  const settings =
    /^(VITEST|NODE_OPTIONS|DATABASE_URL|ROLE|ACCOUNTS|HOST|PUBLIC_URL|ENCRYPTION_KEY|SMTP_)|_(CLIENT_ID|CLIENT_SECRET|WEBHOOK_SECRET|API_KEY|SUBSCRIPTION_KEY|URL)$/
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !settings.test(name)))
}

function ended(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (ended(child)) return child.exitCode
  const exit = new Promise<number | null>((done) => child.once('exit', (code) => done(code)))
  child.kill(signal)
  return exit
}

/**
 * Starts the process and waits until it is ready.
 * @param given `env` beside PORT and DATA_DIR, which are set; with `ROLE=worker` nothing listens, so nothing is waited for
 * @throws Error with the service's last words when it does not answer within `seconds`
 */
export async function startService(given: { env?: Record<string, string>; dataDir?: string; seconds?: number } = {}): Promise<Service> {
  const { env = {}, dataDir, seconds = 90 } = given
  const folder = dataDir ?? dataFolder().path
  const port = env.PORT ? Number(env.PORT) : await freePort()
  const started = performance.now()
  const child = spawn(process.execPath, ['scripts/run.ts', 'src/main.ts'], {
    cwd: projectRoot(),
    env: { ...plainEnvironment(), PORT: String(port), DATA_DIR: folder, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (piece: Buffer) => {
      said = (said + piece.toString()).slice(-200_000)
    })
  }
  const url = `http://127.0.0.1:${port}`
  while (env.ROLE !== 'worker') {
    const ready = await fetch(`${url}/readyz`).then(
      (answer) => answer.ok,
      () => false,
    )
    if (ready) break
    if (ended(child) || performance.now() - started > seconds * 1000) {
      child.kill('SIGKILL')
      throw new Error(`The service did not start:\n${said.slice(-4000)}`)
    }
    await wait(25)
  }
  return {
    url,
    port,
    dataDir: folder,
    process: child,
    startMs: performance.now() - started,
    output: () => said,
    stop: () => end(child, 'SIGTERM'),
    kill: async () => void (await end(child, 'SIGKILL')),
    remove: async () => {
      await end(child, 'SIGTERM')
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
      await wait(250)
    }
  }
  return states
}
