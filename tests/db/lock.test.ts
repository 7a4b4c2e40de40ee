import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { lockFolder } from '../../src/db/lock.ts'

describe('The lock on the embedded database', () => {
  let folder: string
  let path: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'stridelift-lock-'))
    path = join(folder, 'database.lock')
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  test('is refused to a second taker, with a sentence that says what to do', async () => {
    const release = await lockFolder(path)
    await expect(lockFolder(path)).rejects.toThrow(
      /in use by process \d+\. Stop that process, set DATA_DIR to another folder, or use a PostgreSQL server/,
    )
    release()
  })
  test('is free again after its end', async () => {
    const release = await lockFolder(path)
    release()
    expect(existsSync(path)).toBe(false)
    ;(await lockFolder(path))()
  })
  test('of a killed process is taken over at once', async () => {
    const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'])
    const startedAt = `x/${readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(' ')[21]}`
    writeFileSync(path, JSON.stringify({ pid: child.pid, startedAt, host: hostname(), nonce: 'a' }))
    child.kill('SIGKILL')
    await new Promise((done) => child.on('exit', done))
    const started = performance.now()
    ;(await lockFolder(path))()
    expect(performance.now() - started).toBeLessThan(2000)
  })
  test('of a process whose number now belongs to another one is taken over', async () => {
    writeFileSync(path, JSON.stringify({ pid: process.pid, startedAt: 'an-earlier-boot/12', host: hostname(), nonce: 'a' }))
    ;(await lockFolder(path))()
  })
  test('of another host is taken over when its heartbeat has been silent', async () => {
    writeFileSync(path, JSON.stringify({ pid: 1, startedAt: null, host: 'elsewhere', nonce: 'a' }))
    const old = new Date(Date.now() - 60_000)
    utimesSync(path, old, old)
    ;(await lockFolder(path))()
  })
})
