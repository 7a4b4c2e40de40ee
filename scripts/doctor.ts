/** npm run doctor: looks at everything that can be wrong and says the mend; exit 1 when something is. */
import { openDatabase } from '../src/db/open.ts'
import { DatabaseBusy, SettingsError } from '../src/errors.ts'
import { openQueue } from '../src/jobs/queue.ts'
import { encryptionKeys } from '../src/keys.ts'
import { silentLog } from '../src/log.ts'
import { readSettings, type Settings } from '../src/settings.ts'
import { type Finding, linesOf, note, wrong } from './doctor/findings.ts'
import { alarmFindings, connectionFindings, databaseFindings, queueFindings } from './doctor/inside.ts'
import { addressFindings, clockFinding, folderFindings, nodeFinding, platformFindings } from './doctor/outside.ts'

async function main(): Promise<number> {
  const findings: Finding[] = [nodeFinding()]
  let settings: Settings
  try {
    const read = readSettings(process.env)
    settings = { ...read, encryptionKeys: encryptionKeys(read) }
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    const problems = error.problems.map((problem) =>
      wrong('Settings', problem.split(': ')[0] ?? problem, problem.split(': ').slice(1).join(': ')),
    )
    return print([...findings, ...problems])
  }
  findings.push({ state: 'fine', about: 'Settings', text: 'make sense' }, ...folderFindings(settings), ...(await addressFindings(settings)))
  const inside = await lookInside(settings)
  findings.push(...inside)
  const clock = await clockFinding(settings)
  if (clock) findings.push(clock)
  return print(findings)
}

async function lookInside(settings: Settings): Promise<Finding[]> {
  try {
    const database = await openDatabase(settings, silentLog)
    try {
      const queue = await openQueue(settings, database, silentLog)
      const replay = process.argv.indexOf('--replay')
      const id = replay > 0 ? process.argv[replay + 1] : undefined
      const replayed = id
        ? [note('Work', (await queue.replay(id)) ? `${id} is queued again` : `${id} is no dead letter, or its work waits already`)]
        : []
      const findings = [
        ...(await databaseFindings(database)),
        ...replayed,
        ...(await queueFindings(database, queue)),
        ...(await platformFindings(settings, database.db)),
        ...(await connectionFindings(database, settings)),
        ...(await alarmFindings(database)),
      ]
      await queue.stop()
      return findings
    } finally {
      await database.close()
    }
  } catch (error) {
    const outside = await platformFindings(settings, null)
    if (error instanceof DatabaseBusy) return [await askTheService(settings), ...outside]
    const text = error instanceof Error ? error.message.split('\n')[0] : String(error)
    return [
      wrong(
        'Database',
        `cannot be opened: ${text}`,
        settings.databaseUrl ? 'Check DATABASE_URL and whether the server runs.' : 'Check DATA_DIR.',
      ),
      ...outside,
    ]
  }
}

/** The embedded database serves one process; while the service runs, it is asked. */
async function askTheService(settings: Settings): Promise<Finding> {
  try {
    const answer = await fetch(`http://${settings.host.includes(':') ? `[${settings.host}]` : settings.host}:${settings.port}/readyz`, {
      signal: AbortSignal.timeout(5000),
    })
    const ready = (await answer.json()) as { status?: string }
    if (ready.status === 'ready') {
      return note(
        'Database',
        'The service is running and its database and queue answer.',
        'Stop it and run this again to look at jobs and tokens; /metrics shows alarms while it runs.',
      )
    }
    return wrong('Database', 'The service is running, and its database or queue does not answer', 'Look at its log and start it again.')
  } catch {
    return wrong(
      'Database',
      'Another process holds the database and does not answer',
      'Stop that process, or set DATA_DIR to another folder.',
    )
  }
}

function print(findings: Finding[]): number {
  console.log(linesOf(findings).join('\n').trimStart())
  return findings.some(({ state }) => state === 'wrong') ? 1 : 0
}

process.exitCode = await main()
