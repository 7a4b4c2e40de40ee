import { randomBytes } from 'node:crypto'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SettingsError } from './errors.ts'
import type { Settings } from './settings.ts'

/**
 * The keys for tokens at rest: those of ENCRYPTION_KEY, else one that is made once and kept, readable by its owner only, in
 * DATA_DIR.
 * @throws SettingsError when the kept key is damaged
 */
export function encryptionKeys(settings: Pick<Settings, 'encryptionKeys' | 'dataDir'>): Uint8Array[] {
  if (settings.encryptionKeys.length > 0) return settings.encryptionKeys
  const path = join(settings.dataDir, 'encryption.key')
  mkdirSync(settings.dataDir, { recursive: true, mode: 0o700 })
  try {
    writeFileSync(path, `${randomBytes(32).toString('base64')}\n`, { flag: 'wx', mode: 0o600 })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
  chmodSync(path, 0o600)
  const key = Buffer.from(readFileSync(path, 'utf8').trim(), 'base64')
  if (key.length !== 32) {
    throw new SettingsError([
      `ENCRYPTION_KEY: the key kept in ${path} is damaged; put it back from a backup, or delete it and connect the platforms again`,
    ])
  }
  return [new Uint8Array(key)]
}
