import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { labelOfTitle } from '../../scripts/classify/titles.ts'
import { EASY, type Made, makeRun, part, repeat } from '../core/effort/reference-runner.ts'

const script = fileURLToPath(new URL('../../scripts/classify.ts', import.meta.url))
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'classify-'))
})
afterAll(() => rm(folder, { recursive: true }))

type Answer = { id: unknown; label: string; pHard: number; confidence: number; demand: string; subtype: string; reasons: string[] }

async function classify(lines: unknown[]): Promise<{ answers: Answer[]; errors: string; code: number }> {
  const file = join(folder, `${Math.abs(JSON.stringify(lines).length)}.jsonl`)
  await writeFile(file, lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'))
  return new Promise((resolve) => {
    execFile(process.execPath, [script, file], { maxBuffer: 1e8 }, (error, stdout, stderr) =>
      resolve({
        answers: stdout
          .split('\n')
          .filter(Boolean)
          .map((line) => JSON.parse(line)),
        errors: stderr,
        code: error ? Number(error.code) : 0,
      }),
    )
  })
}

const line = (id: string, start: string, made: Made | null, more: object = {}) => ({
  id,
  runnerId: 'a',
  start,
  ...(made ? { samples: made } : {}),
  ...more,
})

describe('the classify command', () => {
  test('gives back an id as it came, longer ones than a number can hold too', async () => {
    const file = join(folder, 'ids.jsonl')
    const ids = ['9007199254740993', '"9007199254740993"', '7', '"a"', '"__proto__"']
    await writeFile(file, ids.map((id) => `{"start":"2026-09-08T05:58:10Z","id":${id}}`).join('\n'))
    const out = await new Promise<string>((resolve) => execFile(process.execPath, [script, file], (_error, stdout) => resolve(stdout)))
    expect(
      out
        .split('\n')
        .filter(Boolean)
        .map((text) => text.slice(0, text.indexOf(',"label"'))),
    ).toEqual(ids.map((id) => `{"id":${id}`))
  })
  test('says in words what is wrong with a line', async () => {
    const { errors, code } = await classify(['{"id":1}', '{"start":"today"}', '[]', { start: '2026-09-08T05:58:10Z', surface: 'lava' }])
    expect(code).toBe(1)
    expect(errors.split('\n').filter(Boolean)).toEqual([
      'Line 1: start is missing: it must be a text.',
      'Line 2: start must be an instant such as 2026-09-08T05:58:10Z.',
      'Line 3: it must be an object.',
      'Line 4: surface must be one of road, trail, track, treadmill, virtual, unknown.',
    ])
  })
  test('answers each run once, in the order of the input, in the agreed form', async () => {
    const intervals = makeRun([part(600, EASY), ...repeat(6, part(200, 4), part(120, EASY)), part(600, EASY)])
    const { answers, code, errors } = await classify([
      line('hard', '2026-09-08T05:58:10Z', intervals),
      line('easy', '2026-09-06T05:58:10Z', makeRun([part(2700, EASY)])),
      line('sum', '2026-09-07T05:58:10Z', null, {
        runnerId: 'b',
        distanceMeters: 8240.5,
        movingSeconds: 2710,
        averageHeartRate: 146,
        maxHeartRate: 163,
      }),
      line('nothing', '2026-09-09T05:58:10Z', null),
    ])
    expect([code, errors]).toEqual([0, ''])
    expect(answers.map((a) => a.id)).toEqual(['hard', 'easy', 'sum', 'nothing'])
    expect(answers.map((a) => a.label)).toEqual(['hard', 'easy', 'easy', 'unclear'])
    for (const answer of answers)
      expect(Object.keys(answer)).toEqual(['id', 'label', 'pHard', 'confidence', 'demand', 'subtype', 'reasons'])
    expect(answers[3]).toMatchObject({ pHard: 0.25, subtype: 'unknown' })
  }, 30_000)

  test('never lets a later run or a title speak', async () => {
    const runs = Array.from({ length: 12 }, (_, i) =>
      line(`r${i}`, `2026-09-${String(i + 1).padStart(2, '0')}T06:00:00Z`, null, {
        distanceMeters: 8000 + 100 * i,
        movingSeconds: 2700,
        averageHeartRate: 140 + i,
        maxHeartRate: 160 + 2 * i,
      }),
    )
    const all = await classify(runs)
    const first = await classify(runs.slice(0, 6))
    const titled = await classify(runs.map((run) => ({ ...run, title: 'Interval race', label: 'hard', whatever: 1 })).reverse())
    expect(all.answers.slice(0, 6)).toEqual(first.answers)
    expect(titled.answers.reverse()).toEqual(all.answers)
  }, 60_000)

  test('names bad lines in a sentence, answers the others, and exits 1', async () => {
    const { answers, errors, code } = await classify([
      line('a', '2026-09-08T05:58:10Z', null),
      'nonsense',
      { id: 'b' },
      line('c', '2026-09-09T05:58:10Z', null, { movingSeconds: 'long' }),
    ])
    expect(code).toBe(1)
    expect(answers.map((a) => a.id)).toEqual(['a'])
    expect(errors).toMatch(/Line 2: this is no JSON/)
    expect(errors).toMatch(/Line 3: start /)
    expect(errors).toMatch(/Line 4: movingSeconds /)
  }, 30_000)

  test('takes samples with holes, unequal lengths and negative seconds', async () => {
    const { answers, code } = await classify([
      line('odd', '2026-09-08T05:58:10Z', null, {
        samples: { seconds: [5, null, -3, 2, 2, 1e9], speed: [null, 3], heartRate: [], altitude: [1, 2, 3, 4, 5, 6, 7, 8], cadence: null },
      }),
    ])
    expect(code).toBe(0)
    expect(answers[0]!.label).toBe('unclear')
  }, 30_000)

  test('says how to use it when no file is named', async () => {
    const code = await new Promise((resolve) => execFile(process.execPath, [script], (error, _, stderr) => resolve([error?.code, stderr])))
    expect(code).toEqual([1, expect.stringContaining('npm run -s classify -- RUNS.jsonl')])
  }, 30_000)
})

describe('a title', () => {
  test.each([
    ['Easy run + 6x20s strides', 'easy', 'easy'],
    ['6x800 with 400 rec', 'hard', 'intervals'],
    ['Tempo run', 'hard', 'tempo'],
    ['Recovery', 'easy', 'recovery'],
    ['parkrun', 'hard', 'race'],
    ['Long run', null, 'long'],
    ['Easy long run', 'easy', 'long'],
    ['Morning Run', null, ''],
    ['Post-race jog', 'easy', 'jog'],
    ['fractionné 10 x 400', 'hard', 'intervals'],
    ['Walk with the dog', null, ''],
  ])('%s says %s', (title, label, kind) => {
    expect(labelOfTitle(title)).toEqual({ label, kind })
  })
})
