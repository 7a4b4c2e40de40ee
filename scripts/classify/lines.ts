import { z } from 'zod'
import { type EffortProfile, type PrepareInput, plainProfile, type RunMeta } from '../../src/core/effort/types.ts'
import type { Samples } from '../../src/core/run.ts'
import type { Figure } from '../../src/core/runner.ts'
import '../../src/web/api/issue-words.ts'

const number = z.number().nullish()
const column = z.array(z.number().nullable()).nullish()
const figure = z.union([z.number().positive(), z.object({ value: z.number().positive(), from: z.string().optional() })]).nullish()

const RunnerPart = z.object({
  units: z.enum(['metric', 'imperial']).nullish(),
  birthYear: z.number().int().min(1900).max(2100).nullish(),
  sex: z.enum(['female', 'male']).nullish(),
  maxHeartRate: figure,
  restingHeartRate: figure,
  thresholdHeartRate: figure,
  thresholdPaceSecondsPerKm: figure,
  ignoreHeartRate: z.boolean().nullish(),
})

const Lap = z.object({
  startSeconds: number,
  seconds: number,
  distanceMeters: number,
  averageHeartRate: number,
  maxHeartRate: number,
  ascentMeters: number,
})

/** One line of the input: a run. Fields that are not named are ignored. */
export const RunLine = z.object({
  id: z.union([z.string(), z.number()]).nullish(),
  runnerId: z.union([z.string(), z.number()]).nullish(),
  start: z.iso.datetime({ offset: true }),
  localDate: z.iso.date().nullish(),
  timeZone: z.string().nullish(),
  distanceMeters: number,
  movingSeconds: number,
  elapsedSeconds: number,
  ascentMeters: number,
  descentMeters: number,
  averageHeartRate: number,
  maxHeartRate: number,
  surface: z.enum(['road', 'trail', 'track', 'treadmill', 'virtual', 'unknown']).nullish(),
  race: z.boolean().nullish(),
  heartRateSensor: z.enum(['chest', 'arm', 'wrist']).nullish(),
  temperatureCelsius: number,
  effort: z.union([z.enum(['easy', 'hard']), z.object({ label: z.string() })]).nullish(),
  runner: RunnerPart.nullish(),
  samples: z.object({ seconds: column, speed: column, heartRate: column, altitude: column, cadence: column, distance: column }).nullish(),
  laps: z.array(Lap).nullish(),
})
export type RunLine = z.infer<typeof RunLine>

export type ParsedLine = {
  line: number
  runnerId: string
  meta: RunMeta
  input: PrepareInput
  profile: Partial<EffortProfile>
  /** The line's id as JSON, as it came. */
  idText: string
  /** All that the line says but its samples and laps. */
  raw: Record<string, unknown>
}

const given = (value: z.infer<typeof figure>): Figure | undefined => {
  if (value === null || value === undefined) return undefined
  if (typeof value === 'number') return { value, from: 'runner' }
  const from = value.from === 'learnt' || value.from === 'age' ? value.from : 'runner'
  return { value: value.value, from }
}

function profileOf(runner: RunLine['runner']): Partial<EffortProfile> {
  if (!runner) return {}
  const all: Partial<EffortProfile> = {
    units: runner.units ?? undefined,
    birthYear: runner.birthYear ?? undefined,
    sex: runner.sex ?? undefined,
    maxHeartRate: given(runner.maxHeartRate),
    restingHeartRate: given(runner.restingHeartRate),
    thresholdHeartRate: given(runner.thresholdHeartRate),
    thresholdPaceSecondsPerKm: given(runner.thresholdPaceSecondsPerKm),
    ignoreHeartRate: runner.ignoreHeartRate ?? undefined,
  }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
}

function floats(values: readonly (number | null)[] | null | undefined): Float32Array | undefined {
  return values ? Float32Array.from(values, (v) => v ?? Number.NaN) : undefined
}

function samplesOf(samples: RunLine['samples']): Samples | null {
  if (!samples?.seconds?.length) return null
  const out: Samples = { seconds: Float64Array.from(samples.seconds, (v) => v ?? Number.NaN) }
  for (const key of ['speed', 'heartRate', 'altitude', 'cadence', 'distance'] as const) {
    const values = floats(samples[key])
    if (values) out[key] = values
  }
  return out
}

/** The calendar day of the run: the one given, else that of the start in the zone given, else of the start's own offset. */
function dayOfLine(run: RunLine): string {
  if (run.localDate) return run.localDate
  if (run.timeZone) {
    try {
      return new Intl.DateTimeFormat('en-CA', { timeZone: run.timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(
        new Date(run.start),
      )
    } catch {
      throw new Error(`timeZone: ${run.timeZone} is not a time zone; give an IANA name such as Europe/Lisbon`)
    }
  }
  return run.start.slice(0, 10)
}

function problemOf(error: z.ZodError): string {
  const issue = error.issues[0]!
  return `${issue.path.join('.') || 'it'} ${issue.message}`
}

/** Ids beyond 2^53 keep all their digits: they are read as texts. */
const longIds = /("(?:id|runnerId)"\s*:\s*)(-?\d{16,})(?=\s*[,}])/g

/** @throws Error with a sentence that says what is wrong with the line */
export function parseLine(text: string, line: number): ParsedLine {
  let raw: unknown
  try {
    raw = JSON.parse(text.replaceAll(longIds, '$1"$2"'))
  } catch {
    throw new Error('this is no JSON; each line must be one JSON object')
  }
  const parsed = RunLine.safeParse(raw)
  if (!parsed.success) throw new Error(problemOf(parsed.error))
  const run = parsed.data
  const id = run.id ?? `line ${line}`
  const { samples: _, laps: __, ...rest } = raw as Record<string, unknown>
  const word = typeof run.effort === 'string' ? run.effort : run.effort?.label
  return {
    line,
    runnerId: String(run.runnerId ?? ''),
    idText: text.includes(`"${id}"`) ? JSON.stringify(id) : String(JSON.stringify(id)).replace(/^"(-?\d{16,})"$/, '$1'),
    raw: rest,
    meta: {
      id: String(id),
      localDate: dayOfLine(run),
      startAt: new Date(run.start),
      word: word === 'easy' || word === 'hard' ? word : null,
    },
    profile: profileOf(run.runner),
    input: {
      samples: samplesOf(run.samples),
      laps: (run.laps ?? []).map((lap) => ({
        startSeconds: lap.startSeconds ?? 0,
        seconds: lap.seconds ?? 0,
        distanceMeters: lap.distanceMeters ?? null,
        averageHeartRate: lap.averageHeartRate ?? null,
      })),
      distanceMeters: run.distanceMeters ?? null,
      movingSeconds: run.movingSeconds ?? null,
      elapsedSeconds: run.elapsedSeconds ?? null,
      ascentMeters: run.ascentMeters ?? null,
      descentMeters: run.descentMeters ?? null,
      averageHeartRate: run.averageHeartRate ?? null,
      maxHeartRate: run.maxHeartRate ?? null,
      surface: run.surface ?? 'unknown',
      race: run.race ?? false,
      heartRateSensor: run.heartRateSensor ?? null,
      temperatureCelsius: run.temperatureCelsius ?? null,
    },
  }
}

export type Read = { lines: ParsedLine[]; problems: { line: number; text: string }[] }

/** Reads all lines; the bad ones end as sentences, the good ones stay in their order. */
export async function readLines(source: AsyncIterable<string> | Iterable<string>): Promise<Read> {
  const read: Read = { lines: [], problems: [] }
  let number = 0
  for await (const text of source) {
    number += 1
    if (!text.trim()) continue
    try {
      read.lines.push(parseLine(text.replace(/^\uFEFF/, ''), number))
    } catch (error) {
      read.problems.push({ line: number, text: error instanceof Error ? error.message : String(error) })
    }
  }
  return read
}

/** A runner's profile from what its lines say; later lines win. */
export function profileFrom(lines: readonly ParsedLine[]): EffortProfile {
  return Object.assign({}, plainProfile, ...lines.map((line) => line.profile))
}
