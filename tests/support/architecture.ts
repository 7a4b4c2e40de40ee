/** The direction of imports: which folder may import which. docs/decisions/0001-layout.md says why. */

/** From the most special folder to the most general; the first that fits a file is its place. `npm` lists packages, `*` any. */
export const rules: { folder: string; may: string[]; npm: string[]; node: boolean }[] = [
  { folder: 'src/core', may: ['src/core'], npm: [], node: false },
  { folder: 'src/fit', may: ['src/core', 'src/fit', 'src/errors.ts'], npm: ['*'], node: true },
  {
    folder: 'src/platforms',
    may: ['src/core', 'src/fit', 'src/platforms', 'src/errors.ts', 'src/log.ts', 'src/settings.ts'],
    npm: ['*'],
    node: true,
  },
  { folder: 'webhooks', may: ['webhooks', 'src/platforms', 'src/errors.ts', 'src/log.ts', 'src/settings.ts'], npm: ['*'], node: true },
  {
    folder: 'src/db',
    may: ['src/core', 'src/db', 'src/deps.ts', 'src/errors.ts', 'src/log.ts', 'src/settings.ts', 'src/root.ts'],
    npm: ['*'],
    node: true,
  },
  { folder: 'src/calendar', may: ['src/core', 'src/calendar'], npm: ['ical-generator'], node: false },
  {
    folder: 'src/jobs',
    may: [
      'src/core',
      'src/fit',
      'src/platforms',
      'webhooks',
      'src/db',
      'src/jobs',
      'src/deps.ts',
      'src/errors.ts',
      'src/log.ts',
      'src/settings.ts',
      'src/root.ts',
    ],
    npm: ['*'],
    node: true,
  },
  {
    folder: 'src/web',
    may: [
      'src/core',
      'src/fit',
      'src/platforms',
      'src/calendar',
      'src/db',
      'src/jobs',
      'src/web',
      'src/deps.ts',
      'src/errors.ts',
      'src/log.ts',
      'src/settings.ts',
      'src/root.ts',
    ],
    npm: ['*'],
    node: true,
  },
  { folder: 'src/deps.ts', may: ['src/'], npm: [], node: false },
  { folder: 'src/app.tsx', may: ['src/', 'webhooks'], npm: ['*'], node: true },
  { folder: 'src/main.ts', may: ['src/', 'webhooks'], npm: ['*'], node: true },
  { folder: 'src/', may: ['src/errors.ts', 'src/log.ts', 'src/settings.ts', 'src/root.ts'], npm: ['zod'], node: true },
]

const IMPORT = /(?:^|\n)\s*(?:import|export)\s(?:[^'"`;]*?\sfrom\s+)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/g

/** The specifiers that a source file imports. */
export function importsOf(source: string): string[] {
  return [...source.matchAll(IMPORT)].map((match) => match[1] ?? match[2]!)
}

function within(path: string, place: string): boolean {
  return path === place || path.startsWith(place.endsWith('/') ? place : `${place}/`)
}

function resolvePath(from: string, specifier: string): string {
  const parts = from.split('/').slice(0, -1)
  for (const step of specifier.split('/')) {
    if (step === '..') parts.pop()
    else if (step !== '.') parts.push(step)
  }
  return parts.join('/')
}

/** Imports that go the wrong way, one sentence each. @param files path from the root (with `/`) -> source text */
export function wrongImports(files: Map<string, string>): string[] {
  const wrong: string[] = []
  for (const [path, source] of files) {
    const rule = rules.find(({ folder }) => within(path, folder))
    if (!rule) continue
    for (const specifier of importsOf(source)) {
      if (specifier.startsWith('.')) {
        const target = resolvePath(path, specifier)
        if (!rule.may.some((place) => within(target, place))) wrong.push(`${path} imports ${target}: ${rule.folder} may not`)
      } else if (specifier.startsWith('node:')) {
        if (!rule.node) wrong.push(`${path} imports ${specifier}: ${rule.folder} is pure`)
      } else {
        const name = specifier.startsWith('@') ? specifier.split('/').slice(0, 2).join('/') : specifier.split('/')[0]!
        if (!rule.npm.includes('*') && !rule.npm.includes(name)) wrong.push(`${path} imports the package ${name}: ${rule.folder} may not`)
      }
    }
    if (rule.folder === 'src/core' && /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(/.test(source)) {
      wrong.push(`${path} asks the clock or chance: src/core gets both handed in`)
    }
  }
  return wrong
}
