/** The service beside simulated platforms, both on this machine, with a made-up runner who has run for months. */
import { randomBytes } from 'node:crypto'
import { mkdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { projectRoot } from '../src/root.ts'
import { startSimulated } from './simulated/server.ts'

const HOST = '127.0.0.1'

/** The port when nobody has it, otherwise any free one. */
async function freePort(wanted: number): Promise<number> {
  const listening = (port: number) =>
    new Promise<number | null>((resolve) => {
      const server = createServer()
      server.once('error', () => resolve(null))
      server.listen(port, HOST, () => {
        const address = server.address()
        server.close(() => resolve(typeof address === 'object' && address ? address.port : null))
      })
    })
  return (await listening(wanted)) ?? (await listening(0)) ?? wanted
}

const port = await freePort(Number(process.env.PORT ?? 3000))
const publicUrl = `http://${HOST}:${port}`
const dataDir = join(projectRoot(), 'data/demo')
rmSync(dataDir, { recursive: true, force: true })
mkdirSync(dataDir, { recursive: true })

const simulated = await startSimulated({
  port: await freePort(Number(process.env.SIMULATOR_PORT ?? 9100)),
  publicWebhookBase: publicUrl,
  historyWeeks: 16,
  timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  retryMs: 2000,
  processingMs: 1500,
})

delete process.env.DATABASE_URL
Object.assign(process.env, simulated.environment(), {
  HOST,
  PORT: String(port),
  PUBLIC_URL: publicUrl,
  DATA_DIR: dataDir,
  ENCRYPTION_KEY: randomBytes(32).toString('base64'),
  ACCOUNTS: 'off',
  ROLE: 'all',
})
await import('../src/main.ts')
console.log(`
1. Open ${publicUrl}/connections and connect a watch, for example intervals.icu: press Allow on the page that opens.
2. Open ${publicUrl}: the runs of the last months arrive and strength sessions are placed around them.
3. Open ${simulated.url}: see what landed on the watch's calendar, record a run, break a platform. Ctrl-C ends everything.
`)
