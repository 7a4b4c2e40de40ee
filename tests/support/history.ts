/** Eight weeks of a made-up runner: intervals on Tuesday, easy on Wednesday and Friday, tempo now and then, long on Sunday. */
import type { NamedFile } from './files.ts'
import { buildRunFit, type Segment } from './fit-builder.ts'

const DAY_MS = 86_400_000
const easy = (minutes: number, speed = 2.75): Segment[] => [
  { seconds: 300, speed: speed - 0.15, heartRate: 128, cadence: 164 },
  { seconds: minutes * 60 - 300, speed, heartRate: 141, cadence: 168 },
]
const repeats = (times: number, work: Segment, rest: Segment): Segment[] => [
  { seconds: 720, speed: 2.7, heartRate: 136, cadence: 166 },
  ...Array.from({ length: times }, () => [work, rest]).flat(),
  { seconds: 480, speed: 2.6, heartRate: 142, cadence: 164 },
]
const week: { weekday: number; name: string; segments: (nth: number) => Segment[] }[] = [
  {
    weekday: 2,
    name: 'intervals',
    segments: (nth) =>
      repeats(
        5 + (nth % 2),
        { seconds: 180, speed: 4.15, heartRate: 177, cadence: 182 },
        { seconds: 120, speed: 2.3, heartRate: 150, cadence: 160 },
      ),
  },
  { weekday: 3, name: 'easy', segments: (nth) => easy(40 + nth, 2.75) },
  { weekday: 5, name: 'easy-short', segments: (nth) => easy(34 + (nth % 3), 2.72) },
  { weekday: 0, name: 'long', segments: (nth) => easy(85 + nth * 2, 2.68) },
]

export type MadeRun = NamedFile & { kind: string; startAt: Date }

/** Runs of the eight weeks before `now`, oldest first, each a FIT file; in Reykjavik, where no clock is ever put forward or back. */
export function eightWeeks(now: Date, weeks = 8): MadeRun[] {
  const runs: MadeRun[] = []
  for (let back = weeks * 7; back >= 1; back--) {
    const date = new Date(now.getTime() - back * DAY_MS)
    const nth = Math.floor((weeks * 7 - back) / 7)
    for (const { name, segments } of week.filter((run) => run.weekday === date.getUTCDay())) {
      const hour = name === 'long' ? 9 : 18
      const startAt = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate(), hour, 10, 0))
      const bytes = buildRunFit({
        startAt,
        offsetSeconds: 0,
        segments: segments(nth).map((segment, index) => ({ ...segment, speed: segment.speed + (nth % 4) * 0.01 + (index % 2) * 0.01 })),
        position: { latitude: 64.13, longitude: -21.9 },
        heartRateSensor: 'chest',
        everySeconds: 2,
      })
      runs.push({ name: `${startAt.toISOString().slice(0, 10)}-${name}.fit`, bytes, kind: name, startAt })
    }
  }
  return runs
}
