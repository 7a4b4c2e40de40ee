import { describe, expect, test } from 'vitest'
import { partsOfRuns } from '../../../src/core/effort/parts.ts'
import { prepareRun } from '../../../src/core/effort/prepare.ts'
import { scoreHistory } from '../../../src/core/effort/rescore.ts'
import { plainProfile } from '../../../src/core/effort/types.ts'
import { easy, inputOf, makeRun, part } from './reference-runner.ts'

const at = (time: string) => new Date(`2026-09-08T${time}Z`)

describe('A short run just after another one', () => {
  test('is a part of it, and so is the next one after that', () => {
    const parts = partsOfRuns([
      { id: 'strides', startAt: at('07:10:00'), seconds: 300 },
      { id: 'race', startAt: at('06:00:00'), seconds: 2700 },
      { id: 'coolDown', startAt: at('06:50:00'), seconds: 480 },
    ])
    expect([...parts]).toEqual([
      ['coolDown', 'race'],
      ['strides', 'race'],
    ])
  })

  test.each([
    ['begins a quarter of an hour later', { startAt: at('07:00:00'), seconds: 300 }],
    ['lasts ten minutes', { startAt: at('06:50:00'), seconds: 600 }],
    ['is a race', { startAt: at('06:50:00'), seconds: 300, race: true }],
    ['has no length', { startAt: at('06:50:00'), seconds: null }],
  ])('is a run of its own when it %s', (_why, run) => {
    expect(
      partsOfRuns([
        { id: 'first', startAt: at('06:00:00'), seconds: 2700 },
        { id: 'second', ...run },
      ]).size,
    ).toBe(0)
  })

  test('gets a label, but nothing is learnt from it', () => {
    const run = (id: string, startAt: Date, prepared = prepareRun(inputOf(makeRun([easy(45)])))) => ({
      meta: { id, localDate: '2026-09-08', startAt },
      prepared,
    })
    const coolDown = prepareRun(inputOf(makeRun([part(180, 2.4)])))
    const alone = scoreHistory([run('a', at('06:00:00'))], plainProfile)
    const both = scoreHistory([run('a', at('06:00:00')), run('b', at('06:50:00'), coolDown)], plainProfile)
    expect(both.runs[1]!.assessment.label).toBe('easy')
    expect(both.state).toEqual(alone.state)
  })
})
