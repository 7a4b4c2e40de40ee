/** Starts the process: settings, database, queue, worker, web server; stops in order. */
import type { Server } from 'node:http'
import { serve } from '@hono/node-server'
import { createApp } from './app.tsx'
import { openDatabase } from './db/open.ts'
import type { Deps } from './deps.ts'
import { DatabaseBusy, DatabaseUnreachable, SettingsError } from './errors.ts'
import { decodePool } from './fit/pool.ts'
import { crons, handlers } from './jobs/index.ts'
import { keepHouse } from './jobs/keep-house.ts'
import { connectKeys } from './jobs/platforms/connect.ts'
import { ensureSubscriptions } from './jobs/platforms/subscriptions.ts'
import { openQueue } from './jobs/queue.ts'
import { encryptionKeys } from './keys.ts'
import { jsonLog } from './log.ts'
import { readSettings } from './settings.ts'

const now = () => new Date()
const log = jsonLog(now, (line) => process.stdout.write(`${line}\n`))

async function start(): Promise<() => Promise<void>> {
  const read = readSettings(process.env)
  const settings = { ...read, encryptionKeys: encryptionKeys(read) }
  const database = await openDatabase(settings, log)
  const queue = await openQueue(settings, database, log)
  const decode = decodePool({ onFault: (error, name) => log.error('decoder fault', error, { name }) })
  const deps: Deps = { settings, db: database.db, queue, decode, now, log }
  if (settings.role !== 'web') {
    await queue.work(deps, handlers, crons)
    await startPlatforms(deps)
  }
  const stopHouse = keepHouse(database, log)
  const server = settings.role === 'worker' ? null : await listen({ ...deps, db: database.front })
  return async () => {
    stopHouse()
    if (server) await closeServer(server)
    await queue.stop(8)
    await decode.close()
    await database.close()
  }
}

/** What platforms need at start; one that does not answer keeps nobody waiting. */
async function startPlatforms(deps: Deps): Promise<void> {
  await ensureSubscriptions(deps)
  connectKeys(deps).catch((error) => log.error('connecting by key failed', error))
}

function listen(deps: Deps): Promise<Server> {
  const { host, port } = deps.settings
  return new Promise((done, failed) => {
    const server = serve({ fetch: createApp(deps).fetch, hostname: host, port, overrideGlobalObjects: false }, (info) => {
      log.info('listening', { url: deps.settings.publicUrl, port: info.port })
      done(server as Server)
    }) as Server
    server.requestTimeout = 15 * 60_000
    server.on('error', failed)
  })
}

function closeServer(server: Server): Promise<void> {
  return new Promise((done) => {
    server.close(() => done())
    server.closeIdleConnections()
    setTimeout(() => server.closeAllConnections(), 3000).unref()
  })
}

let stopping = false
function stopOn(signal: NodeJS.Signals, stop: () => Promise<void>): void {
  process.on(signal, () => {
    if (stopping) return
    stopping = true
    log.info('stopping', { signal })
    setTimeout(() => process.exit(1), 20_000).unref()
    stop().then(
      () => {
        log.info('stopped')
        process.exit(0)
      },
      (error) => {
        log.error('stopping failed', error)
        process.exit(1)
      },
    )
  })
}

try {
  const stop = await start()
  stopOn('SIGTERM', stop)
  stopOn('SIGINT', stop)
} catch (error) {
  const known = error instanceof SettingsError || error instanceof DatabaseBusy || error instanceof DatabaseUnreachable
  if (known) console.error(error.message)
  else if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')
    console.error(`Another program listens on this port already. Stop it, or choose another one with PORT. (${error.message})`)
  else log.error('the start failed', error)
  process.exit(1)
}
