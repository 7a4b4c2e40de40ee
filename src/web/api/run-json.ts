/** A run as the API shows it. */
import { z } from '@hono/zod-openapi'
import type { AssessmentRow, RunRow, SourceHead } from '../../db/runs.ts'
import { Day, Id, Instant } from './api.ts'

const Effort = z
  .object({
    label: z.enum(['easy', 'hard', 'unclear']),
    pHard: z.number(),
    confidence: z.number(),
    decidedBy: z.enum(['classifier', 'runner']),
    demand: z.enum(['low', 'moderate', 'high']),
    subtype: z.enum([
      'recovery',
      'easy',
      'steady',
      'long',
      'tempo',
      'intervals',
      'hills',
      'fartlek',
      'progression',
      'race',
      'strides',
      'walk',
      'unknown',
    ]),
    reasons: z.array(z.string()),
  })
  .openapi('Effort')

const Source = z.object({
  from: z.string().openapi({ description: '`upload` or a platform' }),
  externalId: z.string(),
  receivedAt: Instant,
  id: Id,
  best: z.boolean().openapi({ description: 'Its figures are shown' }),
  reason: z.string().openapi({ description: 'Why it belongs to this run' }),
  choice: z.string().nullable().openapi({ description: 'Why its figures are taken or not, where there are several' }),
})

export const Run = z
  .object({
    id: Id,
    start: Instant,
    localDate: Day,
    localTime: z.string(),
    timeZone: z.string(),
    surface: z.enum(['road', 'trail', 'track', 'treadmill', 'virtual', 'unknown']),
    distanceMeters: z.number().nullable(),
    movingSeconds: z.number().nullable(),
    elapsedSeconds: z.number().nullable(),
    ascentMeters: z.number().nullable(),
    averageHeartRate: z.number().nullable(),
    maxHeartRate: z.number().nullable(),
    averagePaceSecondsPerKm: z.number().nullable(),
    gradeAdjustedPaceSecondsPerKm: z.number().nullable(),
    timerSeconds: z
      .number()
      .nullable()
      .openapi({ description: 'Without pauses, as the watch counted; movingSeconds leaves standing out too' }),
    lapCount: z.int(),
    recordCount: z.int().openapi({ description: 'Records of the best source' }),
    sources: z.array(Source),
    effort: Effort.nullable().openapi({ description: 'null for the moment between arrival and judgement' }),
  })
  .openapi('Run')

const round = (value: number | null, digits: number) => (value === null ? null : Math.round(value * 10 ** digits) / 10 ** digits)

/** Instants without the milliseconds that nobody recorded. */
export function instantJson(at: Date): string {
  return at.toISOString().replace('.000Z', 'Z')
}

/** The rows of a run as the contract has it. */
export function runJson(run: RunRow, assessment: AssessmentRow | null, sources: SourceHead[]): z.infer<typeof Run> {
  const { distanceMeters, movingSeconds } = run
  const best = sources.find((source) => source.id === run.bestSourceId)
  const pace = distanceMeters !== null && movingSeconds !== null && distanceMeters > 0 ? movingSeconds / (distanceMeters / 1000) : null
  return {
    id: run.id,
    start: instantJson(run.startAt),
    localDate: run.localDate,
    localTime: run.localTime,
    timeZone: run.timeZone,
    surface: run.surface,
    distanceMeters: round(distanceMeters, 2),
    movingSeconds: round(movingSeconds, 1),
    elapsedSeconds: round(run.elapsedSeconds, 1),
    ascentMeters: round(run.ascentMeters, 1),
    averageHeartRate: round(run.averageHeartRate, 1),
    maxHeartRate: round(run.maxHeartRate, 1),
    averagePaceSecondsPerKm: round(pace, 1),
    gradeAdjustedPaceSecondsPerKm: round(run.gradeAdjustedPaceSecondsPerKm, 1),
    timerSeconds: round(best?.facts.timerSeconds ?? null, 1),
    lapCount: run.laps.length,
    recordCount: best?.facts.recordCount ?? 0,
    sources: sources
      .filter((source) => source.runId === run.id)
      .map((source) => ({
        from: source.from,
        externalId: source.externalId,
        receivedAt: instantJson(source.receivedAt),
        id: source.id,
        best: source.id === run.bestSourceId,
        reason: source.reason,
        choice: source.choice,
      })),
    effort: assessment && {
      label: assessment.label,
      pHard: assessment.pHard,
      confidence: assessment.confidence,
      decidedBy: assessment.decidedBy,
      demand: assessment.demand,
      subtype: assessment.subtype,
      reasons: assessment.reasons,
    },
  }
}
