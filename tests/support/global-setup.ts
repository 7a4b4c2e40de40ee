import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stopCluster } from './postgres.ts'

/** A folder of this test run, and its end: a PostgreSQL cluster that a test brought up goes with it. */
export default function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'stridelift-tests-'))
  process.env.STRIDELIFT_TEST_RUN = folder
  return () => {
    stopCluster(folder)
    rmSync(folder, { recursive: true, force: true })
  }
}
