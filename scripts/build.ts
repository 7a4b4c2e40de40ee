/**
 * Bundles entry points with esbuild. Node runs our .ts files as they are, but not .tsx; one bundle also starts faster.
 * `buildOnce` keys the output by the content of all sources, so two processes never disturb each other and nothing stale
 * is run. As a command (`npm run build`) it writes `dist/` for the container image.
 */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const sourceFolders = ['src', 'webhooks', 'scripts']

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}

function digest(entry: string): string {
  const hash = createHash('sha256').update(entry)
  for (const file of [...sourceFolders.flatMap(sources), join(root, 'package-lock.json')]) {
    hash.update(relative(root, file)).update(readFileSync(file))
  }
  return hash.digest('hex').slice(0, 16)
}

async function bundle(entry: string, outdir: string): Promise<void> {
  const esbuild = await import('esbuild')
  await esbuild.build({
    absWorkingDir: root,
    entryPoints: { main: resolve(root, entry), worker: join(root, 'src/fit/worker.ts'), embedded: join(root, 'src/db/embedded-worker.ts') },
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    packages: 'external',
    sourcemap: true,
    jsx: 'automatic',
    jsxImportSource: 'hono/jsx',
    logLevel: 'error',
  })
}

const KEPT_MS = 7 * 86_400_000

/** Bundles of a week ago go; younger ones may belong to a process that runs and starts its worker threads later. */
function dropOld(cache: string): void {
  for (const name of readdirSync(cache, { withFileTypes: true })) {
    const path = join(cache, name.name)
    if (name.isDirectory() && Date.now() - statSync(path).mtimeMs > KEPT_MS) rmSync(path, { recursive: true, force: true })
  }
}

/** Bundles `entry` unless that very content was bundled before. @returns the path of the bundle's main file */
export async function buildOnce(entry: string): Promise<string> {
  const cache = join(root, 'node_modules/.cache/stridelift')
  const folder = join(cache, digest(entry))
  if (!existsSync(join(folder, 'main.js'))) {
    const making = `${folder}.${process.pid}`
    await bundle(entry, making)
    try {
      renameSync(making, folder)
    } catch {
      rmSync(making, { recursive: true, force: true })
    }
    dropOld(cache)
  }
  return join(folder, 'main.js')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundle('src/main.ts', join(root, 'dist'))
