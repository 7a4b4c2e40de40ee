import { describe, expect, test } from 'vitest'
import { judge } from '../../../src/core/effort/learn.ts'
import { prepareRun } from '../../../src/core/effort/prepare.ts'
import { initialState } from '../../../src/core/effort/state.ts'
import { thresholdsOn } from '../../../src/core/effort/thresholds.ts'
import { type PrepareInput, plainProfile } from '../../../src/core/effort/types.ts'
import { edgeRows } from './edge-rows.ts'
import { EASY, inputOf, judgeAsReference, makeRun, meta, part, reference, referenceState } from './reference-runner.ts'

const judgeFirst = (input: PrepareInput, birthYear: number | null) =>
  judge(initialState(plainProfile), prepareRun(input), meta(), { ...plainProfile, birthYear })

describe('the reference runner gets the expected answer', () => {
  for (const row of edgeRows) {
    test(`${row.row}: ${row.what}`, () => {
      const { assessment, evidence } =
        row.firstRun !== undefined
          ? judgeFirst(row.input(), row.firstRun)
          : judgeAsReference(row.input(), row.profile, row.state?.() ?? referenceState())
      if (row.expected !== 'either') expect(assessment.label).toBe(row.expected)
      if (row.pHard !== undefined) expect(Math.abs(assessment.pHard - row.pHard)).toBeLessThanOrEqual(0.12)
      if (row.most !== undefined) expect(assessment.pHard).toBeLessThanOrEqual(row.most)
      if (row.least !== undefined) expect(assessment.pHard).toBeGreaterThanOrEqual(row.least)
      if (row.confidenceMost !== undefined) expect(assessment.confidence).toBeLessThanOrEqual(row.confidenceMost)
      if (row.subtype) expect(row.subtype).toContain(assessment.subtype)
      if (row.demand) expect(assessment.demand).toBe(row.demand)
      if (row.asks !== undefined) expect(assessment.ask).toBe(row.asks)
      if (row.flag) expect(evidence.flags).toContain(row.flag)
      if (row.noFlag) expect(evidence.flags).not.toContain(row.noFlag)
      if (row.known) expect(evidence.known).toBe(row.known)
      if (row.says) expect(assessment.reasons.join(' ')).toMatch(row.says)
      if (row.forPlacement !== undefined) expect(assessment.hardForPlacement).toBe(row.forPlacement)
    })
  }
})

const taught = (input: PrepareInput, times = 1) => {
  let state = referenceState()
  for (let day = 1; day <= times; day += 1) state = judge(state, prepareRun(input), meta(`r${day}`, `2026-06-0${day}`), plainProfile).state
  const later = judge(state, prepareRun(inputOf(makeRun([part(2700, EASY)]))), meta('later', '2026-06-09'), plainProfile)
  return later.thresholds
}

describe('what one faulty recording teaches', () => {
  test('44: a spike to 225 for five seconds is removed and does not raise the maximum', () => {
    const made = makeRun([part(2700, EASY)])
    for (let i = 1500; i < 1505; i += 1) made.heartRate[i] = 225
    const { assessment, evidence } = judgeAsReference(inputOf(made))
    expect(assessment.label).toBe('easy')
    expect(evidence.removed.some((span) => span.why === 'spike')).toBe(true)
    expect(taught(inputOf(made)).maxHeartRate.value).toBe(reference.maxHeartRate)
  })

  test('45: one wrist reading twelve above any earlier peak waits for a second run', () => {
    const high = makeRun([part(900, EASY), part(900, 3.9), part(600, EASY)], { addHeartRate: 28 })
    let state = initialState(plainProfile)
    const normal = prepareRun(inputOf(makeRun([part(900, EASY), part(900, 3.9), part(600, EASY)])))
    for (let day = 1; day <= 9; day += 1) state = judge(state, normal, meta(`n${day}`, `2026-05-0${day}`), plainProfile).state
    const before = judge(state, normal, meta('n', '2026-05-10'), plainProfile)
    const once = judge(before.state, prepareRun(inputOf(high)), meta('h', '2026-05-11'), plainProfile)
    const then = judge(once.state, normal, meta('m', '2026-05-12'), plainProfile)
    expect(then.thresholds.maxHeartRate.value).toBeCloseTo(before.thresholds.maxHeartRate.value, 0)
    const twice = judge(then.state, prepareRun(inputOf(high)), meta('i', '2026-05-13'), plainProfile)
    const confirmed = judge(twice.state, normal, meta('o', '2026-05-14'), plainProfile)
    expect(confirmed.thresholds.maxHeartRate.value).toBeGreaterThan(before.thresholds.maxHeartRate.value + 4)
  })

  test('46: a kilometre in twenty seconds is no best effort and moves no threshold', () => {
    const made = makeRun([part(2700, EASY)])
    for (let i = 1500; i < 1520; i += 1) made.speed[i] = 50
    const prepared = prepareRun(inputOf(made))
    expect(Math.max(...prepared.figures!.bestEfforts.map((e) => e.speed))).toBeLessThan(3)
    expect(prepared.removed.some((span) => span.why === 'jump')).toBe(true)
    expect(taught(inputOf(made)).speed2!.value).toBeCloseTo(taught(inputOf(makeRun([part(2700, EASY)]))).speed2!.value, 2)
  })

  test('54: two recordings of one run on a day do not judge each other', () => {
    const prepared = prepareRun(inputOf(makeRun([part(2700, EASY)])))
    const first = judge(referenceState(), prepared, meta('a'), plainProfile)
    const second = judge(first.state, prepared, meta('b'), plainProfile)
    expect(second.assessment).toEqual(first.assessment)
    expect(second.thresholds).toEqual(first.thresholds)
  })

  test('57: a runner who does every run at 0.7 between the thresholds is always hard', () => {
    let state = referenceState()
    const prepared = prepareRun(inputOf(makeRun([part(3600, reference.speed1 + 0.7 * (reference.speed2 - reference.speed1))])))
    for (let i = 0; i < 20; i += 1) {
      const day = `2026-06-${String(i + 1).padStart(2, '0')}`
      const judged = judge(state, prepared, meta(`r${i}`, day), plainProfile)
      expect(judged.assessment.label).toBe('hard')
      expect(judged.assessment.pHard).toBeGreaterThanOrEqual(0.85)
      state = judged.state
    }
  })

  test('58: after eight weeks without a run the old pace is trusted less', () => {
    const state = judge(referenceState(), prepareRun(inputOf(makeRun([part(2700, EASY)]))), meta(), plainProfile).state
    const back = judge(state, prepareRun(inputOf(makeRun([part(2700, EASY)]))), meta('b', '2026-07-28'), plainProfile)
    const fresh = thresholdsOn(referenceState(), '2026-06-02', plainProfile)
    expect(back.thresholds.speed2!.sd / back.thresholds.speed2!.value).toBeGreaterThan(fresh.speed2!.sd / fresh.speed2!.value + 0.03)
  })
})
