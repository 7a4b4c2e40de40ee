import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { minMax, pathOf, quantile, smoothed } from '../../../src/web/charts/reduce.ts'
import { RunChart } from '../../../src/web/charts/run-chart.tsx'
import { ShareChart, ThresholdChart } from '../../../src/web/charts/trends.tsx'
import { ZoneBar } from '../../../src/web/charts/zones.tsx'
import { elementsOf } from '../../support/html.ts'
import { run, thresholds, trends } from '../../support/web-samples.ts'

describe('reducing columns', () => {
  test('the highest and the lowest value survive, in at most two points a bucket', () => {
    const column = fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 1, maxLength: 3000 })
    fc.assert(
      fc.property(column, fc.integer({ min: 1, max: 300 }), (values, buckets) => {
        const seconds = values.map((_, index) => index)
        const points = minMax(seconds, values, buckets)
        const ys = points.map((point) => point.y).filter(Number.isFinite)
        expect(Math.max(...ys)).toBe(Math.max(...values))
        expect(Math.min(...ys)).toBe(Math.min(...values))
        expect(points.length).toBeLessThanOrEqual(2 * buckets)
        expect(points.every((point, index) => index === 0 || point.x >= points[index - 1]!.x)).toBe(true)
      }),
    )
  })

  test('a gap lifts the pen instead of drawing a line through it', () => {
    const points = [
      { x: 0, y: 1 },
      { x: 1, y: Number.NaN },
      { x: 2, y: 3 },
    ]
    expect(
      pathOf(
        points,
        (x) => x,
        (y) => y,
      ),
    ).toBe('M0.0 1.0M2.0 3.0')
  })

  test('smoothing keeps gaps and stays inside the values', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.double({ min: 0, max: 10, noNaN: true }), fc.constant(Number.NaN)), { maxLength: 200 }),
        (values) => {
          const out = smoothed(values, 10)
          values.forEach((value, index) => {
            expect(Number.isFinite(out[index])).toBe(Number.isFinite(value))
            if (Number.isFinite(value)) {
              expect(out[index]).toBeGreaterThanOrEqual(-1e-9)
              expect(out[index]).toBeLessThanOrEqual(10 + 1e-9)
            }
          })
        },
      ),
    )
  })

  test('a quantile of nothing is not a number', () => {
    expect(quantile([Number.NaN], 0.5)).toBeNaN()
    expect(quantile([1, 2, 3, 4], 0.5)).toBe(3)
  })
})

describe('the chart of a run', () => {
  const chart = (more: Partial<Parameters<typeof RunChart>[0]> = {}) =>
    String(RunChart({ series: run.series!, evidence: run.evidence, thresholds, units: 'metric', summary: 'A run.', ...more }) ?? '')

  test('names the thresholds in words, so that it reads without colour', () => {
    const html = chart()
    expect(html).toContain('hard above 4:33/km')
    expect(html).toContain('easy below 5:29/km')
    expect(html).toContain('hard above 169 bpm')
    expect(html).toContain('<desc id="runchart-desc">A run.</desc>')
  })

  test('speaks in miles to a runner who does', () => {
    const html = chart({ units: 'imperial' })
    expect(html).toContain('hard above 7:20/mi')
    expect(html).not.toContain('/km')
  })

  test('marks every bout and every span that was cleaned away', () => {
    const elements = elementsOf(chart())
    expect(elements.filter((element) => element.attributes.class === 'bout')).toHaveLength(run.evidence!.bouts.length)
    expect(elements.filter((element) => element.attributes.class === 'removed')).toHaveLength(run.evidence!.removed.length)
  })

  test('an hour at one value a second becomes at most 400 points a line', () => {
    const points = /data-heart="([^"]*)"/.exec(chart())![1]!.split(';')
    expect(points.length).toBeGreaterThan(150)
    expect(points.length).toBeLessThanOrEqual(400)
  })

  test('draws what there is: only heart rate, only pace, or nothing', () => {
    expect(chart({ series: { ...run.series!, speed: null } })).not.toContain('class="line speed"')
    expect(chart({ series: { ...run.series!, heartRate: null } })).not.toContain('class="line heart"')
    expect(chart({ series: { ...run.series!, heartRate: null, speed: null } })).toBe('')
    expect(chart({ thresholds: null, evidence: null })).toContain('class="line speed"')
  })

  test('never writes a number that is none, whatever was recorded', () => {
    const value = fc.oneof(fc.double({ min: 0, max: 12, noNaN: true }), fc.constant(Number.NaN), fc.constant(0))
    fc.assert(
      fc.property(fc.array(value, { minLength: 0, maxLength: 120 }), fc.boolean(), (values, withThresholds) => {
        const seconds = values.map((_, index) => index * 3)
        const heartRate = values.map((one) => one * 20)
        const html = chart({
          series: { seconds, speed: values, heartRate, altitude: null },
          thresholds: withThresholds ? thresholds : null,
        })
        expect(html).not.toMatch(/NaN|Infinity|undefined/)
      }),
      { numRuns: 60 },
    )
  })
})

describe('the charts of trends', () => {
  test('say in words where a threshold began and where it is', () => {
    const html = String(ThresholdChart({ id: 'x', title: 'Threshold pace', points: trends.thresholds, which: 'speed2', units: 'metric' }))
    expect(html).toMatch(/From 4:56\/km on 16 February to 4:\d\d\/km on 16 November\./)
  })

  test('ask for patience where there is one point', () => {
    const html = String(ThresholdChart({ id: 'x', title: 't', points: trends.thresholds.slice(0, 1), which: 'speed2', units: 'metric' }))
    expect(html).toContain('Not enough runs yet')
  })

  test('a week without runs has no bar', () => {
    const html = String(ShareChart({ id: 's', title: 't', weeks: trends.weeks, by: 'runs' }))
    expect(elementsOf(html).filter((element) => element.attributes.class === 'bar-easy')).toHaveLength(trends.weeks.length - 1)
  })

  test('zones that hold no time draw nothing and never divide by nothing', () => {
    const bounds = ['a', 'b', 'c'] as const
    expect(ZoneBar({ id: 'z', title: 't', seconds: [0, 0, 0], bounds })).toBeNull()
    expect(String(ZoneBar({ id: 'z', title: 'By pace', seconds: [600, 0, 200], bounds }))).toContain('easy 75 %, steady 0 %, hard 25 %')
  })
})
