/** Files for tests of the whole road: each a made-up run that no other call repeats. */
import { buildGpx, buildRunFit, type RunFile } from './fit-builder.ts'

export type NamedFile = { name: string; bytes: Uint8Array }

/** A steady run; `day` counts from 2026-08-01. */
export function easyRun(day: number, more: Partial<RunFile> = {}): RunFile {
  return {
    startAt: new Date(Date.UTC(2026, 7, 1 + day, 6, 0, 10)),
    offsetSeconds: 3600,
    segments: [{ seconds: 1500, speed: 2.8 + (day % 5) * 0.01, heartRate: 138, cadence: 166 }],
    position: { latitude: 38.72, longitude: -9.14 },
    everySeconds: 5,
    ...more,
  }
}

/** Intervals: six times three minutes fast. */
export function hardRun(day: number): RunFile {
  const work = Array.from({ length: 6 }, () => [
    { seconds: 180, speed: 4.3, heartRate: 176, cadence: 182 },
    { seconds: 120, speed: 2.4, heartRate: 150, cadence: 160 },
  ]).flat()
  return easyRun(day, { segments: [{ seconds: 600, speed: 2.8, heartRate: 138 }, ...work, { seconds: 400, speed: 2.7, heartRate: 140 }] })
}

export const fitFile = (name: string, run: RunFile): NamedFile => ({ name, bytes: buildRunFit(run) })
export const gpxFile = (name: string, run: RunFile): NamedFile => ({ name, bytes: new TextEncoder().encode(buildGpx(run)) })
