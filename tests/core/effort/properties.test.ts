import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addDays } from '../../../src/core/days.ts'
import { decodePrepared, encodePrepared } from '../../../src/core/effort/encode.ts'
import { judge } from '../../../src/core/effort/learn.ts'
import { prepareRun } from '../../../src/core/effort/prepare.ts'
import { scoreHistory } from '../../../src/core/effort/rescore.ts'
import { initialState, type Seed, withThresholds } from '../../../src/core/effort/state.ts'
import { type PrepareInput, plainProfile } from '../../../src/core/effort/types.ts'
import { learntState } from './learnt-history.ts'
import { inputOf, type Made, makeRun, meta, type Part, part, reference, referenceState } from './reference-runner.ts'

const aPart = fc
  .record({ seconds: fc.integer({ min: 30, max: 700 }), speed: fc.double({ min: 2.1, max: 4.6, noNaN: true }) })
  .map(({ seconds, speed }): Part => part(seconds, speed))
const aRun = fc.array(aPart, { minLength: 3, maxLength: 14 }).map((parts) => [part(300, 2.7), ...parts, part(300, 2.7)])
const seeds = { numRuns: 25, seed: 20260601 }
const learnt = learntState()

const judgeWith = (input: PrepareInput, seed: Seed = reference) =>
  judge(withThresholds(initialState(plainProfile), seed), prepareRun(input), meta(), plainProfile).assessment
const judgeLearnt = (input: PrepareInput) => judge(learnt, prepareRun(input), meta('x', '2026-06-02'), plainProfile).assessment
const faster = (made: Made, factor: number): Made => ({ ...made, speed: made.speed.map((v) => v * factor) })

describe('whatever the run', () => {
  test('the same heart rate at a faster pace never makes it easier', () => {
    fc.assert(
      fc.property(aRun, fc.double({ min: 1.01, max: 1.25, noNaN: true }), (parts, factor) => {
        const made = makeRun(parts)
        for (const judged of [judgeWith, judgeLearnt]) {
          const before = judged(inputOf(made))
          const after = judged(inputOf(faster(made, factor)))
          expect(after.pHard).toBeGreaterThanOrEqual(before.pHard - 0.02)
          if (before.label === 'hard') expect(after.label).toBe('hard')
        }
      }),
      seeds,
    )
  })

  test('higher thresholds never make it harder', () => {
    fc.assert(
      fc.property(
        aRun,
        fc.double({ min: 0, max: 0.12, noNaN: true }),
        fc.double({ min: 0, max: 0.12, noNaN: true }),
        fc.integer({ min: 0, max: 9 }),
        (parts, first, second, beats) => {
          const raised = {
            ...reference,
            speed1: Math.min(reference.speed1 * (1 + first), reference.speed2 * (1 + second) * 0.9),
            speed2: reference.speed2 * (1 + second),
            heartRate1: reference.heartRate1 + beats,
            heartRate2: reference.heartRate2 + beats,
            maxHeartRate: reference.maxHeartRate + beats,
          }
          const input = inputOf(makeRun(parts))
          expect(judgeWith(input, raised).pHard).toBeLessThanOrEqual(judgeWith(input).pHard + 0.011)
        },
      ),
      seeds,
    )
  })

  test('speeds and speed thresholds scaled together change nothing', () => {
    fc.assert(
      fc.property(aRun, fc.double({ min: 0.94, max: 1.06, noNaN: true }), (parts, scale) => {
        const seed = { ...reference, speed1: reference.speed1 * scale, speed2: reference.speed2 * scale }
        const before = judgeWith(inputOf(makeRun(parts)))
        const after = judgeWith(inputOf(faster(makeRun(parts), scale)), seed)
        expect(Math.abs(after.pHard - before.pHard)).toBeLessThanOrEqual(0.03)
      }),
      seeds,
    )
  })

  test('walking after the run never makes it hard', () => {
    fc.assert(
      fc.property(aRun, fc.integer({ min: 180, max: 2400 }), (parts, seconds) => {
        for (const judged of [judgeWith, judgeLearnt]) {
          const before = judged(inputOf(makeRun(parts)))
          const after = judged(inputOf(makeRun([...parts, part(seconds, 1.4, { cadence: 112 })])))
          if (before.label === 'easy') expect(after.label).toBe('easy')
        }
      }),
      seeds,
    )
  })

  test('noise within the sensors’ accuracy flips a label only near the border', () => {
    fc.assert(
      fc.property(aRun, fc.integer({ min: 1, max: 1000 }), (parts, seed) => {
        for (const judged of [judgeWith, judgeLearnt]) {
          const before = judged(inputOf(makeRun(parts)))
          const after = judged(inputOf(makeRun(parts, { seed })))
          if (before.pHard <= 0.35 || before.pHard >= 0.65) expect(after.label).toBe(before.label)
        }
      }),
      seeds,
    )
  })

  test('nothing in the input makes it throw or answer with no number', () => {
    const odd = fc.oneof(fc.double(), fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -1, 0, 1e9, 150, 3))
    const column = fc.option(
      fc.array(odd, { maxLength: 300 }).map((values) => Float32Array.from(values)),
      { nil: undefined },
    )
    const figure = fc.option(odd, { nil: null })
    const input = fc.record({
      samples: fc.option(
        fc.record({
          seconds: fc.array(fc.oneof(fc.integer({ min: -50, max: 4000 }), odd), { maxLength: 300 }).map((v) => Float64Array.from(v)),
          speed: column,
          heartRate: column,
          altitude: column,
          cadence: column,
          distance: column,
        }),
        { nil: null },
      ),
      laps: fc.array(fc.record({ startSeconds: odd, seconds: odd, distanceMeters: figure, averageHeartRate: figure }), { maxLength: 5 }),
      distanceMeters: figure,
      movingSeconds: figure,
      elapsedSeconds: figure,
      ascentMeters: figure,
      descentMeters: figure,
      averageHeartRate: figure,
      maxHeartRate: figure,
      surface: fc.constantFrom('road' as const, 'trail' as const, 'treadmill' as const, 'unknown' as const),
      race: fc.boolean(),
      heartRateSensor: fc.constantFrom('chest' as const, null),
      temperatureCelsius: figure,
    })
    fc.assert(
      fc.property(input, fc.boolean(), (run, known) => {
        const prepared = prepareRun(run as PrepareInput)
        expect(decodePrepared(encodePrepared(prepared))).toEqual(JSON.parse(JSON.stringify({ ...prepared, stream: null })) && prepared)
        let state = known ? learnt : initialState(plainProfile)
        for (const day of ['2026-06-02', '2026-06-03']) {
          const { assessment, evidence, thresholds, state: next } = judge(state, prepared, meta('x', day), plainProfile)
          expect(assessment.pHard).toBeGreaterThanOrEqual(0)
          expect(assessment.pHard).toBeLessThanOrEqual(1)
          expect(assessment.confidence).toBeGreaterThanOrEqual(0.5)
          expect(JSON.stringify({ assessment, evidence, thresholds, next })).not.toMatch(/NaN|Infinity/)
          for (const text of assessment.reasons) expect(text).not.toMatch(/NaN|Infinity|undefined/)
          for (const limit of [thresholds.heartRate1, thresholds.heartRate2, thresholds.maxHeartRate, thresholds.speed1, thresholds.speed2])
            if (limit) expect(Number.isFinite(limit.value) && Number.isFinite(limit.sd)).toBe(true)
          state = next
        }
      }),
      { numRuns: 150, seed: 20260601 },
    )
  })

  test('a shuffled recording is read in its order of time', () => {
    const made = makeRun([part(600, 2.8), part(900, 3.7), part(600, 2.8)])
    const order = made.seconds.map((_, i) => i).sort((a, b) => ((a * 7919) % 2099) - ((b * 7919) % 2099))
    const shuffled = Object.fromEntries(Object.entries(made).map(([key, values]) => [key, order.map((i) => values[i]!)])) as Made
    expect(judgeWith(inputOf(shuffled))).toEqual(judgeWith(inputOf(made)))
  })
})

describe('a history', () => {
  const runs = Array.from({ length: 24 }, (_, i) => {
    const localDate = addDays('2026-04-01', Math.floor(i * 1.4))
    const parts = i % 4 === 1 ? [part(600, 2.8), part(1200, 3.7), part(300, 2.8)] : [part(1800 + 60 * i, 2.7 + 0.02 * (i % 3))]
    return { meta: meta(`run ${i}`, localDate), prepared: prepareRun(inputOf(makeRun(parts, { seed: i }))) }
  })

  test('imported in another order gives the same labels and thresholds', () => {
    const expected = scoreHistory(runs, plainProfile)
    fc.assert(
      fc.property(fc.shuffledSubarray(runs, { minLength: runs.length }), (shuffled) => {
        expect(scoreHistory(shuffled, plainProfile)).toEqual(expected)
      }),
      { numRuns: 5, seed: 3 },
    )
  })

  test('is judged without later runs: a longer history leaves earlier answers as they are', () => {
    const all = scoreHistory(runs, plainProfile).runs
    const some = scoreHistory(runs.slice(0, 12), plainProfile).runs
    expect(all.slice(0, 12)).toEqual(some)
  })

  test('is small to remember and survives being written down', () => {
    const json = JSON.stringify(learnt)
    expect(json.length).toBeLessThan(60_000)
    const input = inputOf(makeRun([part(2700, 3.3)]))
    const again = judge(JSON.parse(json), prepareRun(input), meta('x', '2026-06-02'), plainProfile)
    expect(again).toEqual(judge(learnt, prepareRun(input), meta('x', '2026-06-02'), plainProfile))
  })

  test('a run of a day before the memory’s is refused with a sentence', () => {
    expect(() => judge(learnt, prepareRun(inputOf(makeRun([part(2700, 2.8)]))), meta('x', '2026-01-02'), plainProfile)).toThrow(
      /judge the whole history again/,
    )
    expect(referenceState().count).toBe(0)
  })
})
