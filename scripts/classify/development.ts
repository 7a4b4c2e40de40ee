import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { prepareRun } from '../../src/core/effort/prepare.ts'
import type { PreparedRun, PrepareInput, RunMeta } from '../../src/core/effort/types.ts'

/** One run of a file to be scored; `label` is the human one, `null` where there is none that counts. */
export type LabelledRun = {
  runnerId: string
  meta: RunMeta
  prepared: PreparedRun
  /** What the run was prepared from, kept where it has samples. */
  input: PrepareInput | null
  label: 'easy' | 'hard' | null
  kind: string
  title: string
}

/** Rows of a CSV with a heading; quotes may hold commas. */
export function csvRows(text: string): Record<string, string>[] {
  const [heading, ...lines] = text.trim().split('\n')
  const names = heading!.split(',')
  return lines.map((line) => {
    const cells: string[] = []
    let cell = ''
    let quoted = false
    for (const char of line) {
      if (char === '"') quoted = !quoted
      else if (char === ',' && !quoted) {
        cells.push(cell)
        cell = ''
      } else cell += char
    }
    cells.push(cell)
    return Object.fromEntries(names.map((name, i) => [name, cells[i] ?? '']))
  })
}

const numberOf = (text: string | undefined): number | null => (text ? Number(text) : null)

type Series = { t: number[]; distance_m: number[]; hr?: (number | null)[]; altitude_m?: (number | null)[]; cadence?: (number | null)[] }

const floats = (values: (number | null)[]) => Float32Array.from(values, (v) => v ?? Number.NaN)

function samplesOf(series: Series): PrepareInput['samples'] {
  return {
    seconds: Float64Array.from(series.t),
    distance: floats(series.distance_m),
    ...(series.hr ? { heartRate: floats(series.hr) } : {}),
    ...(series.altitude_m ? { altitude: floats(series.altitude_m) } : {}),
    ...(series.cadence ? { cadence: floats(series.cadence) } : {}),
  }
}

/** Kinds that are not scored: parts of a session recorded alone, and long runs (easy ones count for the long-run figure alone). */
export const leftOut = new Set(['warmup', 'long'])

/**
 * The development runs beside the repository, whole histories with the labels on the runs that have one.
 * @param withSeries the samples are used where a run has them
 * @returns `null` when the folder is not there
 */
export function developmentRuns(folder: string, withSeries: boolean): LabelledRun[] | null {
  if (!existsSync(folder)) return null
  const read = (file: string) => csvRows(gunzipSync(readFileSync(join(folder, file))).toString('utf8'))
  const keyOf = (row: Record<string, string>) => [row.runner_id, row.date, row.distance_m, row.moving_s].join('|')
  const labelled = new Map(read('labelled-runs-dev.csv.gz').map((row) => [keyOf(row), row]))
  return read('run-history-dev.csv.gz').map((row, index) => {
    const known = labelled.get(keyOf(row))
    const file = withSeries ? known?.series : undefined
    const series: Series | null = file ? JSON.parse(gunzipSync(readFileSync(join(folder, 'series', file))).toString('utf8')) : null
    const label = known?.label === 'easy' || known?.label === 'hard' ? known.label : null
    const input: PrepareInput = {
      samples: series ? samplesOf(series) : null,
      laps: [],
      distanceMeters: numberOf(row.distance_m),
      movingSeconds: numberOf(row.moving_s),
      elapsedSeconds: null,
      ascentMeters: numberOf(row.elevation_gain_m),
      descentMeters: null,
      averageHeartRate: numberOf(row.avg_hr),
      maxHeartRate: numberOf(row.max_hr),
      surface: 'unknown',
      race: false,
      heartRateSensor: null,
      temperatureCelsius: null,
    }
    return {
      runnerId: row.runner_id!,
      meta: { id: `run ${index}`, localDate: row.date!, startAt: new Date(`${row.date}T00:00:00Z`) },
      label,
      kind: known?.kind ?? '',
      title: known?.title ?? '',
      input: series ? input : null,
      prepared: prepareRun(input),
    }
  })
}
