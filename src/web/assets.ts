/**
 * The files that browsers fetch beside the pages: one style sheet, one script, one icon. Their address carries a digest
 * of their content, so they are kept for ever and never stale.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../root.ts'

const types = { 'app.css': 'text/css; charset=utf-8', 'app.js': 'text/javascript; charset=utf-8', 'icon.svg': 'image/svg+xml' } as const
export type AssetName = keyof typeof types
export type Asset = { bytes: Uint8Array<ArrayBuffer>; type: string; version: string }

let loaded: Map<string, Asset> | undefined

function assets(): Map<string, Asset> {
  if (!loaded) {
    const from = join(projectRoot(), 'src/web/assets')
    loaded = new Map(
      Object.entries(types).map(([name, type]) => {
        const bytes = new Uint8Array(readFileSync(join(from, name)))
        return [name, { bytes, type, version: createHash('sha256').update(bytes).digest('hex').slice(0, 12) }]
      }),
    )
  }
  return loaded
}

/** One file by its name; `undefined` for any other name. */
export function asset(name: string): Asset | undefined {
  return assets().get(name)
}

/** The address of a file, with the digest of its content. */
export function assetUrl(name: AssetName): string {
  return `/assets/${name}?v=${asset(name)?.version}`
}
