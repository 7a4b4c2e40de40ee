/** The lock on the folder of the embedded database: two processes on one folder lose rows without any error. */
import { randomUUID } from 'node:crypto'
import { closeSync, openSync, readFileSync, rmSync, statSync, utimesSync, writeSync } from 'node:fs'
import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { DatabaseBusy } from '../errors.ts'

type Owner = { pid: number; startedAt: string | null; host: string; nonce: string }

/** A heartbeat older than this belongs to a process that is gone; only asked when it ran on another host. */
const SILENT_MS = 30_000
const BEAT_MS = 5_000

/** When a process began, in a form that a reused process number does not share; null where the system does not tell. */
function startedAt(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${ticks}`
  } catch {
    return null
  }
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

function read(path: string): Owner | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return null
  }
}

function beatAge(path: string): number {
  try {
    return Date.now() - statSync(path).mtimeMs
  } catch {
    return Number.POSITIVE_INFINITY
  }
}

/** Whether the owner is a process that still lives. A lock without readable content is believed for one second: it is being written. */
function isAlive(path: string, owner: Owner | null): boolean {
  if (!owner) return beatAge(path) < 1000
  if (owner.host !== hostname()) return beatAge(path) < SILENT_MS
  return runs(owner.pid) && (owner.startedAt === null || owner.startedAt === startedAt(owner.pid))
}

function create(path: string, owner: Owner): boolean {
  try {
    const file = openSync(path, 'wx', 0o600)
    writeSync(file, JSON.stringify(owner))
    closeSync(file)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

/**
 * Takes the lock file and keeps it warm. The lock of a dead process (kill -9, a power cut) is taken over at once; one of
 * another host (a container that was replaced) after its heartbeat has been silent for half a minute.
 * @returns the function that lets go of it
 * @throws DatabaseBusy when another living process holds it
 */
export async function lockFolder(path: string): Promise<() => void> {
  const owner: Owner = { pid: process.pid, startedAt: startedAt(process.pid), host: hostname(), nonce: randomUUID() }
  const waitUntil = Date.now() + SILENT_MS + BEAT_MS
  for (;;) {
    if (create(path, owner)) break
    const other = read(path)
    if (!isAlive(path, other)) {
      rmSync(path, { force: true })
      if (!create(path, owner)) continue
      await sleep(100)
      if (read(path)?.nonce === owner.nonce) break
      continue
    }
    const elsewhere = other !== null && other.host !== hostname()
    if (!elsewhere || Date.now() > waitUntil) throw new DatabaseBusy(path, other?.pid ?? null, elsewhere ? other.host : null)
    await sleep(1000)
  }
  const beat = setInterval(() => {
    try {
      utimesSync(path, new Date(), new Date())
    } catch {}
  }, BEAT_MS)
  beat.unref()
  return () => {
    clearInterval(beat)
    if (read(path)?.nonce === owner.nonce) rmSync(path, { force: true })
  }
}
