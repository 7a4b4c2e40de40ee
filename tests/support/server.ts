/** The service as its own process, as `npm start` runs it, for tests from end to end. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { projectRoot } from '../../src/root.ts'

export type TestServer = {
  url: string
  port: number
  dataDir: string
  pid: number
  /** All that it has written so far. */
  output: () => string
  /** Ends it as an operator does. @returns its exit code */
  stop: () => Promise<number | null>
  /** Ends it as a power cut does. */
  kill: () => Promise<void>
}

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((done, failed) => {
    const server = createServer()
    server.on('error', failed)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      const port = typeof address === 'object' && address ? address.port : 0
      server.close(() => done(port))
    })
  })
}

/** A folder for DATA_DIR; `remove` takes it away. */
export function dataFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'stridelift-data-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

/** Starts the process and waits until it is ready. @param env beside DATA_DIR and PORT, which are set */
export async function startServer(dataDir: string, env: Record<string, string> = {}): Promise<TestServer> {
  const port = env.PORT ? Number(env.PORT) : await freePort()
  const node = join(projectRoot(), 'node_modules/.bin/node')
  const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(VITEST|NODE_OPTIONS|DATABASE_URL)/.test(name)))
  const child = spawn(node, ['scripts/run.ts', 'src/main.ts'], {
    cwd: projectRoot(),
    env: { ...clean, DATA_DIR: dataDir, PORT: String(port), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (piece) => {
      said += piece
    })
  }
  const url = `http://127.0.0.1:${port}`
  for (let waited = 0; waited < 60_000; waited += 50) {
    if (child.exitCode !== null) throw new Error(`The server ended with ${child.exitCode}:\n${said}`)
    const ready = await fetch(`${url}/readyz`).then(
      (answer) => answer.ok,
      () => false,
    )
    if (ready)
      return {
        url,
        port,
        dataDir,
        pid: child.pid!,
        output: () => said,
        stop: () => end(child, 'SIGTERM'),
        kill: async () => void (await end(child, 'SIGKILL')),
      }
    await sleep(50)
  }
  await end(child, 'SIGKILL')
  throw new Error(`The server was not ready within a minute:\n${said}`)
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
  const ended = new Promise<number | null>((done) => child.once('exit', (code) => done(code)))
  child.kill(signal)
  return ended
}
