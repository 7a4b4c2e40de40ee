import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { importsOf, wrongImports } from './support/architecture.ts'

const root = resolve(import.meta.dirname, '..')

function sourceFiles(): Map<string, string> {
  const files = new Map<string, string>()
  for (const folder of ['src', 'webhooks']) {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true, recursive: true })) {
      if (!entry.isFile() || !/\.tsx?$/.test(entry.name)) continue
      const path = join(entry.parentPath, entry.name)
      files.set(relative(root, path).replaceAll('\\', '/'), readFileSync(path, 'utf8'))
    }
  }
  return files
}

describe('The direction of imports', () => {
  test('every folder imports only what it may', () => {
    const files = sourceFiles()
    expect(files.size).toBeGreaterThan(30)
    expect(wrongImports(files)).toEqual([])
  })

  test('a planted import that goes the wrong way is found', () => {
    const planted = new Map([
      ['src/core/plan/slots.ts', `import { runs } from '../../db/schema.ts'\nimport type { Run } from '../run.ts'`],
      ['src/core/run.ts', `import { z } from 'zod'\nconst now = Date.now()`],
      ['src/platforms/polar/api.ts', `import { keep } from '../../jobs/queue.ts'`],
      ['webhooks/polar.ts', `export { db } from '../src/db/open.ts'`],
      ['src/web/pages/home.tsx', `const page = await import('../../app.tsx')`],
    ])
    expect(wrongImports(planted)).toEqual([
      'src/core/plan/slots.ts imports src/db/schema.ts: src/core may not',
      'src/core/run.ts imports the package zod: src/core may not',
      'src/core/run.ts asks the clock or chance: src/core gets both handed in',
      'src/platforms/polar/api.ts imports src/jobs/queue.ts: src/platforms may not',
      'webhooks/polar.ts imports src/db/open.ts: webhooks may not',
      'src/web/pages/home.tsx imports src/app.tsx: src/web may not',
    ])
  })

  test('imports are seen in all their forms', () => {
    const source = `import a from 'a'\nimport {\n  b,\n} from "./b.ts"\nexport * from './c.ts'\nimport './d.css'\nconst e = await import('e')`
    expect(importsOf(source)).toEqual(['a', './b.ts', './c.ts', './d.css', 'e'])
  })
})
