/** Starts the simulated platforms alone: `node scripts/run.ts scripts/simulated/main.ts`. */
import { startSimulated } from './server.ts'

const simulated = await startSimulated({
  port: Number(process.env.SIMULATOR_PORT ?? 9100),
  publicWebhookBase: process.env.PUBLIC_URL ?? 'http://127.0.0.1:3000',
  historyWeeks: Number(process.env.SIMULATOR_WEEKS ?? 16),
  runners: Number(process.env.SIMULATOR_RUNNERS ?? 1),
  seed: Number(process.env.SIMULATOR_SEED ?? 1),
  timeZone: process.env.SIMULATOR_TIME_ZONE ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
  retryMs: 2000,
  processingMs: 1000,
})
console.log(`# The simulated watches are at ${simulated.url}. Start the service with:`)
for (const [name, value] of Object.entries(simulated.environment())) console.log(`${name}=${value}`)
process.on('SIGTERM', () => void simulated.close().then(() => process.exit(0)))
process.on('SIGINT', () => void simulated.close().then(() => process.exit(0)))
