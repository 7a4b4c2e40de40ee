import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Samples } from '../../src/core/run.ts'
import { packSamples, unpackSamples } from '../../src/fit/series.ts'
import { runPoints } from '../support/fit-builder.ts'

const resolution = {
  seconds: 100,
  speed: 1000,
  heartRate: 10,
  altitude: 10,
  cadence: 10,
  distance: 100,
  latitude: 1e7,
  longitude: 1e7,
  power: 1,
  temperature: 10,
}
const doubles = new Set(['seconds', 'latitude', 'longitude'])

function columnOf(count: number, scale: number, limit: number) {
  const value = fc.integer({ min: -limit * scale, max: limit * scale }).map((whole) => whole / scale)
  return fc.array(fc.oneof({ weight: 5, arbitrary: value }, { weight: 1, arbitrary: fc.constant(Number.NaN) }), {
    minLength: count,
    maxLength: count,
  })
}

const anySamples = fc.integer({ min: 0, max: 60 }).chain((count) =>
  fc.record(
    {
      seconds: fc.array(fc.integer({ min: 0, max: 500 }), { minLength: count, maxLength: count }).map((steps) => {
        let at = 0
        return Float64Array.from(steps, (step) => {
          at += step
          return at / 100
        })
      }),
      speed: columnOf(count, 1000, 30).map((values) => Float32Array.from(values)),
      heartRate: columnOf(count, 1, 250).map((values) => Float32Array.from(values)),
      altitude: columnOf(count, 10, 9000).map((values) => Float32Array.from(values)),
      cadence: columnOf(count, 10, 250).map((values) => Float32Array.from(values)),
      distance: columnOf(count, 100, 1000).map((values) => Float32Array.from(values)),
      latitude: columnOf(count, 1e7, 90).map((values) => Float64Array.from(values)),
      longitude: columnOf(count, 1e7, 180).map((values) => Float64Array.from(values)),
      power: columnOf(count, 1, 2000).map((values) => Float32Array.from(values)),
      temperature: columnOf(count, 10, 60).map((values) => Float32Array.from(values)),
    },
    { requiredKeys: ['seconds'] },
  ),
)

describe('packed samples', () => {
  test('come back to the resolution of the sensors, holes included', () => {
    fc.assert(
      fc.property(anySamples, (given) => {
        const samples: Samples = given
        const back = unpackSamples(packSamples(samples))
        expect(Object.keys(back).sort()).toEqual(Object.keys(samples).sort())
        for (const name of Object.keys(resolution) as (keyof typeof resolution)[]) {
          const column = samples[name]
          const read = back[name]
          if (!column || !read) continue
          expect(read).toBeInstanceOf(doubles.has(name) ? Float64Array : Float32Array)
          expect(read.length).toBe(column.length)
          column.forEach((value, i) => {
            if (Number.isNaN(value)) expect(read[i]).toBeNaN()
            else expect(Math.abs(read[i]! - value)).toBeLessThanOrEqual(0.5 / resolution[name] + Math.abs(value) * 1e-7)
          })
        }
        expect(packSamples(back)).toEqual(packSamples(samples))
      }),
      { numRuns: 200 },
    )
  })

  test('are the same bytes for the same samples and small for an even run', () => {
    const points = runPoints({ startAt: new Date(0), segments: [{ seconds: 3600, speed: 3.1, heartRate: 150, cadence: 171 }] })
    const samples: Samples = {
      seconds: Float64Array.from(points, (point) => point.second),
      distance: Float32Array.from(points, (point) => point.distance),
      heartRate: Float32Array.from(points, (point) => 150 + Math.round(8 * Math.sin(point.second / 40))),
    }
    expect(packSamples(samples)).toEqual(packSamples(samples))
    expect(packSamples(samples).length).toBeLessThan(3000)
  })

  test('refuse bytes that are none, and columns of unequal length', () => {
    expect(() => unpackSamples(new Uint8Array([9, 1, 1]))).toThrow(RangeError)
    expect(() => unpackSamples(new Uint8Array([1]))).toThrow(RangeError)
    expect(() => packSamples({ seconds: new Float64Array(2), speed: new Float32Array(3) })).toThrow(RangeError)
  })
})
