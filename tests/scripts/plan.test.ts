import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'plan-'))

function fileOf(input: unknown): string {
  const path = join(folder, `${Math.abs(JSON.stringify(input).length)}-${Object.keys(input as object).length}.json`)
  writeFileSync(path, typeof input === 'string' ? input : JSON.stringify(input))
  return path
}

function run(args: string[], env: Record<string, string> = {}): string {
  return execFileSync(process.execPath, ['scripts/plan.ts', ...args], { encoding: 'utf8', env: { ...process.env, ...env } })
}

const done = (localDate: string) => ({ localDate, localTime: '07:00', minutes: 40, kind: 'maxStrength', status: 'done' })
const situation = {
  today: '2026-09-06',
  now: '20:00',
  runner: {
    timeZone: 'Europe/Lisbon',
    experience: 'advanced',
    equipment: 'gym',
    thresholdHeartRate: { value: 168, from: 'runner' },
    maxHeartRate: 188,
    favouriteColour: 'green',
    plannedRuns: [
      { localDate: '2026-09-08', localTime: '18:00', minutes: 60, effort: 'hard' },
      { localDate: '2026-09-09', localTime: '18:00', minutes: 50, effort: 'easy' },
      { localDate: '2026-09-10', localTime: '18:00', minutes: 60, effort: 'hard' },
      { localDate: '2026-09-12', localTime: '09:00', minutes: 50, effort: 'easy' },
      { localDate: '2026-09-13', localTime: '09:00', minutes: 120, effort: 'easy', demand: 'high' },
      { localDate: '2026-09-15', localTime: '18:00', minutes: 60, effort: 'hard' },
    ],
  },
  runs: [{ localDate: '2026-09-06', localTime: '09:00', movingSeconds: 7200, effort: 'easy', demand: 'high' }],
  sessions: [done('2026-08-26'), done('2026-08-28'), done('2026-09-02'), done('2026-09-04')],
}

describe('the plan command', () => {
  test('answers with the placement, its reasons and the expected runs', () => {
    const plan = JSON.parse(run([fileOf(situation)]))
    expect(Object.keys(plan)).toEqual(['sessions', 'unplaced', 'notices', 'expectedRuns'])
    expect(plan.sessions.slice(0, 2).map((s: { localDate: string; localTime: string }) => `${s.localDate} ${s.localTime}`)).toEqual([
      '2026-09-09 07:00',
      '2026-09-11 07:00',
    ])
    const [first] = plan.sessions
    expect(Object.keys(first)).toEqual([
      'id',
      'localDate',
      'title',
      'localTime',
      'kind',
      'template',
      'minutes',
      'status',
      'pinned',
      'reasons',
      'exercises',
    ])
    expect(Object.keys(first.exercises[0])).toEqual(['id', 'name', 'sets', 'reps', 'seconds', 'perSide', 'weightKg', 'restSeconds', 'cue'])
    expect(plan.expectedRuns).toContainEqual({
      localDate: '2026-09-08',
      localTime: '18:00',
      pHard: 0.95,
      demand: 'moderate',
      from: 'planned',
    })
  })

  test('gives the same bytes whatever the machine’s zone and language are', () => {
    const path = fileOf(situation)
    const here = run([path], { TZ: 'UTC', LANG: 'C' })
    expect(run([path], { TZ: 'Pacific/Kiritimati', LANG: 'ar_EG.UTF-8', LC_ALL: 'ar_EG.UTF-8' })).toBe(here)
    expect(run([path], { TZ: 'America/Los_Angeles' })).toBe(here)
  })

  test('refuses what makes no sense with a sentence for each field and exit 1', () => {
    const bad = {
      today: '2026-02-30',
      runner: {
        sessionsPerWeek: 5,
        timeZone: 'Mars/Base',
        races: [{ localDate: '2026-10-04', distanceMeters: -1 }],
        sleep: { from: '25:00', to: '06:00' },
      },
      runs: [{ localDate: '2026-09-01', effort: 'fast' }],
    }
    const { status, stderr, stdout } = spawnSync(process.execPath, ['scripts/plan.ts', fileOf(bad)], { encoding: 'utf8' })
    expect(status).toBe(1)
    expect(stdout).toBe('')
    for (const pointer of [
      '/today',
      '/now',
      '/runner/sessionsPerWeek',
      '/runner/timeZone',
      '/runner/races/0/distanceMeters',
      '/runner/sleep/from',
      '/runs/0/effort',
    ])
      expect(stderr).toContain(`${pointer} `)
  })

  test.each([
    [['/nowhere/at-all.json'], 'cannot be read'],
    [[], 'Give a file'],
    [['--weeks', '40', 'x.json'], '--weeks must be'],
    [['--what-if', 'policy=lazy', 'x.json'], 'no change that can be tried'],
  ])('%j is refused', (args, sentence) => {
    const { status, stderr } = spawnSync(process.execPath, ['scripts/plan.ts', ...args], { encoding: 'utf8' })
    expect(status).toBe(1)
    expect(stderr).toContain(sentence)
    expect(stderr).not.toContain('    at ')
  })

  test('a run in the future is refused, since it is a planned run', () => {
    const { status, stderr } = spawnSync(
      process.execPath,
      ['scripts/plan.ts', fileOf({ ...situation, runs: [{ localDate: '2026-10-01', effort: 'hard' }] })],
      { encoding: 'utf8' },
    )
    expect(status).toBe(1)
    expect(stderr).toContain('/runs/0/localDate')
  })

  test('--weeks looks further, --why adds the runner-up, --what-if shows what would change', () => {
    const path = fileOf(situation)
    const weeks = JSON.parse(run([path, '--weeks', '6', '--why']))
    expect(weeks.sessions.length).toBeGreaterThanOrEqual(8)
    expect(weeks.sessions.some((s: { alternatives: { why: string }[] }) => s.alternatives.length > 0 && s.alternatives[0]!.why)).toBe(true)
    const changed = JSON.parse(run([path, '--what-if', 'policy=hardDays']))
    expect(changed.differences.length).toBeGreaterThan(0)
    expect(changed.after.sessions[0].localDate).toBe('2026-09-08')
  })
})
