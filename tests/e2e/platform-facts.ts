/** What differs between the platforms as seen from outside, and the table of steps that the test fills. */
import { writeFileSync } from 'node:fs'
import { beforeAll, describe, test } from 'vitest'
import type { PlatformId } from '../../scripts/simulated/types.ts'

export type PlatformFacts = {
  id: PlatformId
  label: string
  /** Days ahead on which sessions are shown; `null`: it takes none. */
  ahead: number | null
  /** It gives the runs from before the connection. */
  history: boolean
  /** It pushes edits, deletions, the runner's leaving; what it does not push is found by looking, where it can be seen at all. */
  tells: { edits: boolean; deletions: boolean | 'never'; leaving: boolean }
  /** Boxes of its consent page that can be left empty, and what cannot be done then. */
  untick: { box: string; missing: 'reading' | 'writing' } | null
}

const silent = { edits: false, deletions: false, leaving: false } as const

export const platformFacts: readonly PlatformFacts[] = [
  {
    id: 'intervals-icu',
    label: 'intervals.icu',
    ahead: 10,
    history: true,
    tells: { edits: true, deletions: true, leaving: true },
    untick: { box: 'CALENDAR:WRITE', missing: 'writing' },
  },
  {
    id: 'garmin',
    label: 'Garmin',
    ahead: 10,
    history: true,
    tells: { edits: true, deletions: 'never', leaving: true },
    untick: { box: 'WORKOUT_IMPORT', missing: 'writing' },
  },
  { id: 'coros', label: 'COROS', ahead: 10, history: true, tells: silent, untick: null },
  { id: 'suunto', label: 'Suunto', ahead: 6, history: true, tells: silent, untick: null },
  { id: 'wahoo', label: 'Wahoo', ahead: 6, history: true, tells: silent, untick: null },
  { id: 'polar', label: 'Polar', ahead: null, history: false, tells: silent, untick: null },
  {
    id: 'strava',
    label: 'Strava',
    ahead: null,
    history: true,
    tells: { edits: true, deletions: true, leaving: true },
    untick: { box: 'activity:read_all', missing: 'reading' },
  },
]

const table = new Map(platformFacts.map(({ label }) => [label, new Map<string, string>()]))

/**
 * One step, asked of each platform; `column` is its name in the table.
 * @param work.act gives the words for the table's cell; none: ok
 */
export function step(
  column: string,
  sentence: string,
  work: { prepare?: () => Promise<void>; act: (platform: PlatformFacts) => Promise<unknown> },
): void {
  describe(sentence, () => {
    if (work.prepare) beforeAll(work.prepare)
    test.each(platformFacts)('$label', async (platform) => {
      const cells = table.get(platform.label)!
      cells.set(column, 'FAILED')
      cells.set(column, String((await work.act(platform)) ?? 'ok'))
    })
  })
}

/** Writes the table to the file that E2E_TABLE names. */
export function writeTable(): void {
  if (!process.env.E2E_TABLE) return
  const columns = [...new Set([...table.values()].flatMap((cells) => [...cells.keys()]))]
  const lines = [
    ['platform', ...columns],
    ['---', ...columns.map(() => '---')],
    ...[...table].map(([label, cells]) => [label, ...columns.map((column) => cells.get(column) ?? 'not reached')]),
  ]
  writeFileSync(process.env.E2E_TABLE, lines.map((cells) => `| ${cells.join(' | ')} |\n`).join(''))
}
