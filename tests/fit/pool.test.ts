import { afterAll, describe, expect, test } from 'vitest'
import { type DecodePool, decodePool } from '../../src/fit/pool.ts'
import { unpackSamples } from '../../src/fit/series.ts'
import { buildGpx, buildRunFit, FitWriter, fitSeconds, withWrongCrc } from '../support/fit-builder.ts'

const startAt = new Date('2026-05-01T06:00:00Z')
const file = buildRunFit({ startAt, segments: [{ seconds: 1200, speed: 3, heartRate: 140, cadence: 170 }] })
const pools: DecodePool[] = []
function open(options: Parameters<typeof decodePool>[0] = {}): DecodePool {
  const pool = decodePool({ threads: 1, ...options })
  pools.push(pool)
  return pool
}
afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.close()))
})

/** A file with a right checksum that takes long to read: a million records. */
function heavyFile(): Uint8Array {
  const writer = new FitWriter().message(0, [[0, 'enum', 4]])
  writer.raw([0x41, 0, 0, 20, 0, 3, 253, 4, 0x86, 3, 1, 2, 5, 4, 0x86])
  const start = fitSeconds(startAt)
  const records = new Uint8Array(1_000_000 * 10)
  const view = new DataView(records.buffer)
  for (let i = 0; i < 1_000_000; i++) {
    view.setUint8(i * 10, 1)
    view.setUint32(i * 10 + 1, start + i, true)
    view.setUint8(i * 10 + 5, 120)
    view.setUint32(i * 10 + 6, i * 300, true)
  }
  return writer.raw(records).finish()
}

describe('the reading threads', { timeout: 60_000 }, () => {
  test('give back the run with its columns and its stored form', async () => {
    const outcome = await open().read(file, 'run.fit')
    if (outcome.outcome !== 'activities') throw new Error(outcome.detail)
    const [{ activity, packed } = { activity: null, packed: null }] = outcome.activities
    expect(activity).toMatchObject({ sport: 'running', startAt, distanceMeters: 3600 })
    expect(activity!.startAt).toBeInstanceOf(Date)
    expect(activity!.samples!.heartRate).toBeInstanceOf(Float32Array)
    expect(unpackSamples(packed!).seconds).toEqual(activity!.samples!.seconds)
  })

  test('read many at once in turn, and a bad one stops none', async () => {
    const pool = open()
    const gpx = new TextEncoder().encode(buildGpx({ startAt, segments: [{ seconds: 60, speed: 3 }] }))
    const files = Array.from({ length: 12 }, (_, i) => [file, withWrongCrc(file), gpx][i % 3]!)
    const outcomes = await Promise.all(files.map((bytes, i) => pool.read(bytes, `${i}`)))
    expect(outcomes.map((outcome) => outcome.outcome)).toEqual(files.map((_, i) => (i % 3 === 1 ? 'rejected' : 'activities')))
    expect(pool.waiting()).toBe(0)
  })

  test('stop a file that takes too long, and read the next one', async () => {
    const pool = open({ timeoutMs: 1500, memoryMb: 4096 })
    const stopped = await pool.read(heavyFile(), 'bomb.fit')
    expect(stopped).toMatchObject({ outcome: 'rejected', detail: expect.stringMatching(/took longer than 2 seconds/) })
    await expect.poll(async () => (await pool.read(file, 'run.fit')).outcome, { timeout: 30_000 }).toBe('activities')
  })

  test('stop a file that takes too much memory, and read the next one', async () => {
    const pool = open({ memoryMb: 96 })
    expect(await pool.read(heavyFile(), 'bomb.fit')).toMatchObject({ outcome: 'rejected', detail: expect.stringMatching(/memory/) })
    expect((await pool.read(file, 'run.fit')).outcome).toBe('activities')
  })
})
