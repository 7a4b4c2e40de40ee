/** npm run subscriptions [-- PLATFORM]: registers our webhooks where that is done by call (Strava, Polar), and says what came of it. */
import { openDatabase } from '../src/db/open.ts'
import { DatabaseBusy, PlatformError, SettingsError } from '../src/errors.ts'
import { ensureSubscription, selfRegistering } from '../src/jobs/platforms/subscriptions.ts'
import { openQueue } from '../src/jobs/queue.ts'
import { encryptionKeys } from '../src/keys.ts'
import { silentLog } from '../src/log.ts'
import { readSettings } from '../src/settings.ts'

async function main(only: string | undefined): Promise<number> {
  const read = readSettings(process.env)
  const settings = { ...read, encryptionKeys: encryptionKeys(read) }
  const wanted = selfRegistering(settings).filter(({ id }) => only === undefined || id === only)
  if (wanted.length === 0) {
    console.log('No platform is set up that registers its webhook by call (Strava and Polar do).')
    return only === undefined ? 0 : 1
  }
  const database = await openDatabase(settings, silentLog)
  const queue = await openQueue(settings, database, silentLog)
  const decode = { read: unused, record: unused, waiting: () => 0, close: async () => {} }
  const deps = { settings, db: database.db, queue, decode, now: () => new Date(), log: silentLog }
  let failed = false
  for (const { id, label } of wanted) {
    try {
      const made = await ensureSubscription(deps, { platform: id })
      console.log(made ? `${label}: ${made.words}` : `${label}: its webhook secret is not set, so there is no address to register.`)
      failed ||= made === null
    } catch (error) {
      if (!(error instanceof PlatformError)) throw error
      console.log(`${label}: ${error.message}. The service must be running and reachable from the internet while this is done.`)
      failed = true
    }
  }
  await queue.stop()
  await database.close()
  return failed ? 1 : 0
}

function unused(): never {
  throw new Error('Nothing is decoded here.')
}

try {
  process.exitCode = await main(process.argv[2])
} catch (error) {
  if (!(error instanceof SettingsError) && !(error instanceof DatabaseBusy)) throw error
  console.error(
    error instanceof DatabaseBusy ? `${error.message} (The running service registers webhooks by itself at start.)` : error.message,
  )
  process.exitCode = 1
}
