/** A PostgreSQL of the tests' own, brought up by the first test that asks, from what the machine has. */
import { execFileSync } from 'node:child_process'
import { chownSync, existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** The folder with initdb and pg_ctl; null when the machine has none. */
function binaries(): string | null {
  const debian = '/usr/lib/postgresql'
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : []
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...versions.map((version) => join(debian, version, 'bin'))]
  return folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'pg_ctl'))) ?? null
}

/** Whether tests can run on PostgreSQL here: TEST_DATABASE_URL, or the server's programs. */
export function hasPostgres(): boolean {
  return Boolean(process.env.TEST_DATABASE_URL) || binaries() !== null
}

/** PostgreSQL refuses to run as root; then it runs as `postgres` or `nobody`. */
function serverUser(): { uid: number; gid: number } | null {
  if (process.getuid?.() !== 0) return null
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n')
  const found = lines.find((line) => line.startsWith('postgres:')) ?? lines.find((line) => line.startsWith('nobody:'))
  const [, , uid, gid] = (found ?? 'nobody:x:65534:65534').split(':')
  return { uid: Number(uid), gid: Number(gid) }
}

function runFolder(): string {
  const folder = process.env.STRIDELIFT_TEST_RUN
  if (!folder) throw new Error('Run the tests with vitest.config.ts, which sets up their folder.')
  return folder
}

function startCluster(folder: string): string {
  const user = serverUser()
  const bin = binaries()
  if (!bin) throw new Error('There is no PostgreSQL on this machine.')
  const home = join(folder, 'postgres')
  mkdirSync(home, { mode: 0o755 })
  execFileSync('chmod', ['755', folder])
  if (user) chownSync(home, user.uid, user.gid)
  const data = join(home, 'data')
  const options = { cwd: home, stdio: 'pipe' as const, env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' }, ...user }
  execFileSync(join(bin, 'initdb'), ['-D', data, '-U', 'stridelift', '-A', 'trust', '-E', 'UTF8', '--no-sync', '--no-locale'], options)
  const port = 20_000 + (process.pid % 30_000)
  const settings = `-c listen_addresses=127.0.0.1 -c port=${port} -c unix_socket_directories=${home} -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=100`
  execFileSync(join(bin, 'pg_ctl'), ['-D', data, '-o', settings, '-l', join(home, 'log'), '-w', 'start'], { ...options, stdio: 'ignore' })
  return `postgres://stridelift@127.0.0.1:${port}`
}

/** The server's address without a database's name. Several test files may ask at once; one of them starts it. */
export async function serverUrl(): Promise<string> {
  if (process.env.TEST_DATABASE_URL) return process.env.TEST_DATABASE_URL.replace(/\/[^/]*$/, '')
  const folder = runFolder()
  const address = join(folder, 'postgres-url')
  const turn = join(folder, 'postgres-turn')
  for (let waited = 0; waited < 60_000; waited += 100) {
    if (existsSync(address)) return readFileSync(address, 'utf8')
    try {
      mkdirSync(turn)
    } catch {
      await sleep(100)
      continue
    }
    try {
      if (!existsSync(address)) writeFileSync(address, startCluster(folder))
    } finally {
      rmdirSync(turn)
    }
  }
  throw new Error('PostgreSQL did not start within a minute.')
}

/** Stops the cluster of a run, when there is one. */
export function stopCluster(folder: string): void {
  const bin = binaries()
  const data = join(folder, 'postgres', 'data')
  if (!bin || !existsSync(join(data, 'postmaster.pid'))) return
  execFileSync(join(bin, 'pg_ctl'), ['-D', data, '-m', 'immediate', '-w', 'stop'], { cwd: '/', stdio: 'ignore', ...serverUser() })
}
