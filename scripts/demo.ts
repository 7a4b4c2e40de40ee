/** The service beside simulated platforms, both on this machine, with a made-up runner who has run for months. */
import { randomBytes } from 'node:crypto'
import { createServer } from 'node:net'
import { startSimulated } from './simulated/server.ts'
import { dataFolder, freePort, type Service, startService } from './support/service.ts'

const HOST = '127.0.0.1'

/** The port when nobody has it, otherwise any free one, which is said. */
async function portFor(what: string, wanted: number): Promise<number> {
  const free = await new Promise<boolean>((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(wanted, HOST, () => server.close(() => resolve(true)))
  })
  if (free) return wanted
  const other = await freePort()
  console.log(`Port ${wanted} is taken by another program; ${what} takes ${other}.`)
  return other
}

const folder = dataFolder()
process.on('exit', folder.remove)
const port = await portFor('the service', Number(process.env.PORT ?? 3000))
const url = `http://${HOST}:${port}`
const simulated = await startSimulated({
  port: await portFor('the simulated watches', Number(process.env.SIMULATOR_PORT ?? 9100)),
  publicWebhookBase: url,
  historyWeeks: 16,
  timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  retryMs: 2000,
  processingMs: 1500,
})

let service: Service | null = null
let ending = false
async function end(code: number): Promise<void> {
  if (ending) return
  ending = true
  await service?.stop()
  await simulated.close()
  process.exit(code)
}
process.on('SIGINT', () => void end(0))
process.on('SIGTERM', () => void end(0))

console.log('Starting; the first start on a machine takes up to a minute.')
try {
  service = await startService({
    dataDir: folder.path,
    env: {
      ...simulated.environment(),
      PORT: String(port),
      ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    },
  })
} catch (error) {
  if (!ending) console.error(error instanceof Error ? error.message : error)
  await end(1)
}
const running = service
running?.process.once('exit', () => {
  if (ending) return
  console.error(`The service has ended by itself. Its last words:\n${running.output().slice(-2000)}`)
  void end(1)
})
console.log(`
1. Open ${url}/connections and connect a watch, for example intervals.icu: press Allow on the page that opens.
2. Stay on ${url}: the runs of the last months arrive, then strength sessions are placed around them.
3. Open ${simulated.url}: see the sessions on the watch's calendar, record a run, break a platform. Ctrl-C ends everything.
`)
