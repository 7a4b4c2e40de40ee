import { describe, expect, test } from 'vitest'
import { addDays } from '../../../src/core/days.ts'
import type { Assessment } from '../../../src/core/effort/assessment.ts'
import { judge } from '../../../src/core/effort/learn.ts'
import { prepareRun } from '../../../src/core/effort/prepare.ts'
import { mayReplace, rescore, scoreHistory } from '../../../src/core/effort/rescore.ts'
import { questionsToAsk, weeklyShares } from '../../../src/core/effort/shares.ts'
import { biasOf, initialState, withWord } from '../../../src/core/effort/state.ts'
import { thresholdsOn } from '../../../src/core/effort/thresholds.ts'
import { plainProfile } from '../../../src/core/effort/types.ts'
import { edgeRows } from './edge-rows.ts'
import { learntState } from './learnt-history.ts'
import { at, easy, inputOf, judgeAsReference, makeRun, meta, part } from './reference-runner.ts'

const learnt = learntState()
const easyRun = prepareRun(inputOf(makeRun([easy(45)])))

describe('thresholds', () => {
  test('are learnt near the truth from eight weeks of runs, and say from what', () => {
    const { speed1, speed2, maxHeartRate } = thresholdsOn(learnt, '2026-06-02', plainProfile)
    expect(Math.abs(speed2!.value / 3.7 - 1)).toBeLessThan(0.05)
    expect(Math.abs(speed1!.value / 3.036 - 1)).toBeLessThan(0.06)
    expect(speed2!.origin).toBe('learnt')
    expect(speed2!.evidence).toMatch(/From your best efforts up to \d+ May/)
    expect(maxHeartRate.value).toBeGreaterThan(170)
  })

  test('that the runner set win over everything learnt', () => {
    const profile = {
      ...plainProfile,
      maxHeartRate: { value: 200, from: 'runner' as const },
      thresholdHeartRate: { value: 180, from: 'runner' as const },
      thresholdPaceSecondsPerKm: { value: 240, from: 'runner' as const },
    }
    const { speed2, heartRate2, maxHeartRate } = thresholdsOn(learnt, '2026-06-02', profile)
    expect([speed2!.value, heartRate2.value, maxHeartRate.value]).toEqual([1000 / 240, 180, 200])
    expect([speed2!.origin, heartRate2.origin, maxHeartRate.origin]).toEqual(['runner', 'runner', 'runner'])
  })

  test('of one kind that the runner set decide where pace and heart rate differ, and the reason names them', () => {
    const own = (value: number) => ({ value, from: 'runner' as const })
    const judged = (profile: object) => judge(learnt, easyRun, meta('now', '2026-06-02'), { ...plainProfile, ...profile }).assessment
    const average = inputOf(makeRun([easy(45)])).averageHeartRate ?? 140
    expect(judged({}).label).toBe('easy')
    const lowHeart = judged({ thresholdHeartRate: own(Math.round(average) - 12) })
    expect([lowHeart.label, lowHeart.reasons[0]]).toEqual(['hard', expect.stringMatching(/above \d+ bpm, where your easy range ends/)])
    const slowPace = judged({ thresholdPaceSecondsPerKm: own(450) })
    expect([slowPace.label, slowPace.reasons[0]]).toEqual(['hard', expect.stringMatching(/faster than your first threshold/)])
    const hardRun = prepareRun(inputOf(makeRun([easy(10), part(1500, 3.6), easy(5)])))
    const highHeart = judge(learnt, hardRun, meta('now', '2026-06-02'), {
      ...plainProfile,
      thresholdHeartRate: own(205),
      maxHeartRate: own(220),
    })
    expect(highHeart.assessment.label).toBe('easy')
    expect(highHeart.assessment.reasons[0]).toMatch(/your heart rate stayed below your first threshold/)
  })

  test('that a page only shows back (learnt, by age) are no wish of the runner', () => {
    const profile = { ...plainProfile, maxHeartRate: { value: 240, from: 'learnt' as const } }
    expect(thresholdsOn(learnt, '2026-06-02', profile)).toEqual(thresholdsOn(learnt, '2026-06-02', plainProfile))
  })

  test('come from a race and name it', () => {
    let state = initialState(plainProfile)
    state = judge(
      state,
      prepareRun(inputOf(makeRun([part(1312, 1.03 * 3.7)]), { race: true })),
      meta('race', '2026-05-03'),
      plainProfile,
    ).state
    const { thresholds } = judge(state, easyRun, meta('next', '2026-05-05'), plainProfile)
    expect(thresholds.speed2!.evidence).toBe('From your 5 km on 3 May.')
    expect(Math.abs(thresholds.speed2!.value / 3.7 - 1)).toBeLessThan(0.05)
  })

  test('of pace do not move by more than a few percent a week without a race', () => {
    let state = learnt
    let before = thresholdsOn(state, '2026-06-02', plainProfile).speed2!.value
    for (let i = 0; i < 14; i += 1) {
      const day = addDays('2026-06-02', i)
      const fast = prepareRun(inputOf(makeRun([easy(10), part(1500, 4.3), easy(5)], { addHeartRate: 10 })))
      const judged = judge(state, fast, meta(`f${i}`, day), plainProfile)
      expect(Math.abs(judged.thresholds.speed2!.value / before - 1)).toBeLessThanOrEqual(0.012)
      before = judged.thresholds.speed2!.value
      state = judged.state
    }
  })
})

describe('the runner’s word', () => {
  const border = prepareRun(inputOf(makeRun([part(3000, at(0.35))])))

  test('is kept', () => {
    const { assessment } = judge(learnt, easyRun, meta('x', '2026-06-02', 'hard'), plainProfile)
    expect(assessment).toMatchObject({ label: 'hard', pHard: 1, decidedBy: 'runner', ask: false })
    expect(assessment.reasons[0]).toBe('Hard: you said so.')
  })

  test('moves runs near the border after a few corrections, never clear ones', () => {
    let state = learnt
    const before = judge(state, border, meta('x', '2026-06-20'), plainProfile).assessment
    for (let i = 0; i < 4; i += 1)
      state = judge(state, border, meta(`c${i}`, addDays('2026-06-02', i), before.label === 'hard' ? 'easy' : 'hard'), plainProfile).state
    const bias = biasOf(judge(state, easyRun, meta('y', '2026-06-19'), plainProfile).state, '2026-06-19')
    expect(Math.sign(bias)).toBe(before.label === 'hard' ? -1 : 1)
    expect(Math.abs(bias)).toBeLessThanOrEqual(1.5)
    const after = judge(state, border, meta('x', '2026-06-20'), plainProfile).assessment
    expect(Math.abs(after.pHard - before.pHard)).toBeGreaterThan(0.1)
    expect(judge(state, easyRun, meta('z', '2026-06-20'), plainProfile).assessment.label).toBe('easy')
  })

  test('can be noted later on a run that is remembered, and taken back', () => {
    const said = withWord(learnt, 'h70', 'hard')
    expect(biasOf(said, '2026-06-02')).toBeGreaterThan(0)
    expect(withWord(said, 'h70', null)).toEqual(learnt)
  })

  test('given for a history wins by run', () => {
    const runs = [0, 1, 2].map((i) => ({ meta: meta(`r${i}`, `2026-06-0${i + 1}`), prepared: easyRun }))
    const { runs: scored } = scoreHistory(runs, plainProfile, new Map([['r1', 'hard']]))
    expect(scored.map((run) => run.assessment.decidedBy)).toEqual(['classifier', 'runner', 'classifier'])
    expect(scored[1]!.assessment.label).toBe('hard')
  })
})

describe('scoring again', () => {
  const stored = (pHard: number, decidedBy: 'classifier' | 'runner' = 'classifier'): Assessment => ({
    ...judgeAsReference(inputOf(makeRun([easy(45)]))).assessment,
    pHard,
    label: pHard >= 0.5 ? 'hard' : 'easy',
    decidedBy,
  })

  test('changes a label only when it clearly crosses the border, within 14 days, never the runner’s', () => {
    expect(mayReplace(stored(0.45), stored(0.6), '2026-06-01', '2026-06-05')).toBe(false)
    expect(mayReplace(stored(0.45), stored(0.66), '2026-06-01', '2026-06-05')).toBe(true)
    expect(mayReplace(stored(0.45), stored(0.9), '2026-06-01', '2026-06-20')).toBe(false)
    expect(mayReplace(stored(0, 'runner'), stored(0.9), '2026-06-01', '2026-06-05')).toBe(false)
    expect(mayReplace(stored(0.1), stored(0.2), '2026-06-01', '2026-06-05')).toBe(true)
  })

  test('leaves answers that still hold as they are', () => {
    const runs = [{ meta: meta('x', '2026-06-01'), prepared: easyRun }]
    const state = judge(learnt, easyRun, runs[0]!.meta, plainProfile).state
    const again = rescore(
      state,
      runs.map((run) => ({ ...run, stored: stored(0.95) })),
      plainProfile,
      '2026-06-03',
    )
    expect(again.map((run) => run.assessment.label)).toEqual(['easy'])
    const same = rescore(
      state,
      runs.map((run) => ({ ...run, stored: again[0]!.assessment })),
      plainProfile,
      '2026-06-03',
    )
    expect(same).toEqual([])
  })
})

describe('learnt from nothing, without thresholds given', () => {
  test.each(
    edgeRows.filter(
      (row) =>
        [1, 2, 3, 7, 8, 9, 10, 11, 14, 15, 16, 17, 20, 21, 27, 29, 34, 35, 37, 42, 47, 48, 53, 59, 60].includes(row.row) && !row.state,
    ),
  )('$row: $what is called right', (row) => {
    const { assessment } = judge(learnt, prepareRun(row.input()), meta('x', '2026-06-02'), plainProfile)
    expect(assessment.label).toBe(row.expected)
  })
})

describe('what the pages are told', () => {
  test('paces and miles follow the runner’s units', () => {
    const imperial = judge(learnt, easyRun, meta('x', '2026-06-02'), { ...plainProfile, units: 'imperial' }).assessment.reasons.join(' ')
    expect(imperial).toMatch(/\d+:\d\d\/mi/)
    expect(imperial).not.toMatch(/\/km/)
  })

  test('zones, doses and bouts are there for a run with samples', () => {
    const { evidence } = judgeAsReference(edgeRows.find((row) => row.row === 9)!.input())
    expect(evidence.bouts).toHaveLength(6)
    expect(evidence.bouts[0]!.startSeconds).toBeGreaterThan(580)
    expect(evidence.bouts[0]!.endSeconds - evidence.bouts[0]!.startSeconds).toBeGreaterThan(180)
    expect(evidence.secondsInZonePace!.reduce((a, b) => a + b)).toBeGreaterThan(2700)
    expect(evidence.paceDoseMinutes).toBeGreaterThan(15)
  })

  test('at most two questions in seven days, the least sure first, only about fresh runs', () => {
    const run = (id: string, localDate: string, confidence: number) => ({
      id,
      localDate,
      assessment: { ask: true, confidence, decidedBy: 'classifier' as const },
    })
    const runs = [run('a', '2026-06-01', 0.6), run('b', '2026-06-02', 0.52), run('c', '2026-06-02', 0.55), run('old', '2026-05-20', 0.5)]
    expect(questionsToAsk(runs, [], '2026-06-02')).toEqual(['b', 'c'])
    expect(questionsToAsk(runs, [{ runId: 'b', day: '2026-06-02' }], '2026-06-02')).toEqual(['c'])
    expect(
      questionsToAsk(
        runs,
        [
          { runId: 'b', day: '2026-06-02' },
          { runId: 'x', day: '2026-05-30' },
        ],
        '2026-06-02',
      ),
    ).toEqual([])
  })

  test('easy share by sessions and by time, week by week', () => {
    const run = (localDate: string, minutes: number, label: 'easy' | 'hard' | 'unclear') => ({
      localDate,
      movingSeconds: minutes * 60,
      assessment: { label },
    })
    const [first, second] = weeklyShares(
      [run('2026-06-01', 90, 'easy'), run('2026-06-03', 30, 'hard'), run('2026-06-04', 30, 'unclear')],
      '2026-06-01',
      '2026-06-09',
    )
    expect(first).toMatchObject({ week: '2026-06-01', runs: 2, easyRuns: 1, easyShareOfRuns: 0.5, easyShareOfTime: 0.75 })
    expect(second).toMatchObject({ week: '2026-06-08', runs: 0, easyShareOfRuns: null })
  })
})
