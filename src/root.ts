import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

let found: string | undefined

/**
 * The project's own folder, found by walking up from this file to its `package.json`; migrations and assets lie under it.
 * Works from the sources and from a bundle anywhere below the folder.
 */
export function projectRoot(): string {
  if (found) return found
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const manifest = join(folder, 'package.json')
    if (existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).name === 'stridelift') {
      found = folder
      return folder
    }
    if (dirname(folder) === folder) throw new Error('The package.json of stridelift was not found above the running program.')
  }
}
