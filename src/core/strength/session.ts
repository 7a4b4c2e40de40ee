import type { Day, LocalTime } from '../days.ts'

export const sessionKinds = [
  'foundation',
  'hypertrophy',
  'maxStrength',
  'power',
  'maintenance',
  'upperCore',
  'coreMicro',
  'activation',
  'mobility',
] as const
export type SessionKind = (typeof sessionKinds)[number]
export type SessionStatus = 'planned' | 'done' | 'skipped' | 'missed' | 'withdrawn'

/** One exercise of a session: `reps` or `seconds` is given, the other is null. With `perSide`, both count for one side. */
export type SessionExercise = {
  id: string
  name: string
  sets: number
  reps: number | null
  seconds: number | null
  perSide: boolean
  weightKg: number | null
  restSeconds: number
  cue: string
  /** Lowering, pause and lifting as in `3-1-1`; `null` where it does not matter. */
  tempo?: string | null
  /** warmUp and coolDown frame the session; main is the work. */
  part?: 'warmUp' | 'main' | 'coolDown'
  /** Exercises of one letter are done in turn (superset). */
  group?: string | null
}

export type Reason = { rule: string; text: string; runIds?: string[] }

/** A strength session on a day. */
export type Session = {
  id: string
  localDate: Day
  localTime: LocalTime
  timeZone?: string | null
  title: string
  kind: SessionKind
  /** Template id, such as `max_strength_gym`. */
  template: string
  minutes: number
  status: SessionStatus
  pinned: boolean
  reasons: Reason[]
  exercises: SessionExercise[]
}

/** What the runner said after a session. */
export type Feedback = {
  /** Effort 0 to 10. */
  rpe?: number | null
  completed?: 'done' | 'partly' | null
  /** Pain 0 to 10 and where. */
  pain?: { area: string; level: number } | null
  /** Soreness 0 to 10 on the next demanding run. */
  soreness?: number | null
  /** Early warnings of poor form: the knee drifted, the tempo was lost, the range got short. */
  technique?: { exerciseId: string; sign: 'knee' | 'tempo' | 'range' }[] | null
  sets?: { exerciseId: string; reps?: number | null; seconds?: number | null; weightKg?: number | null }[]
}

/** A session that lies behind, as progression sees it. */
export type PastSession = {
  id?: string
  localDate: Day
  localTime?: LocalTime | null
  minutes?: number | null
  kind: SessionKind
  template?: string | null
  status: SessionStatus
  pinned?: boolean
  rpe?: number | null
  feedback?: Feedback | null
  exercises?: {
    id: string
    sets: number
    reps: number | null
    seconds?: number | null
    weightKg: number | null
    part?: SessionExercise['part'] | null
  }[]
}
