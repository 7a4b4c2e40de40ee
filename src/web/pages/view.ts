/** What the pages are given: plain data, SI units, nothing to fetch. Routes fill it in, the gallery and tests make it up. */
import type { Day, LocalTime } from '../../core/days.ts'
import type { Assessment } from '../../core/effort/assessment.ts'
import type { Evidence, Thresholds } from '../../core/effort/types.ts'
import type { ExpectedRun, Unplaced } from '../../core/plan/situation.ts'
import type { Lap, Surface } from '../../core/run.ts'
import type { Runner } from '../../core/runner.ts'
import type { Feedback, Reason, SessionExercise, SessionKind, SessionStatus } from '../../core/strength/session.ts'
import type { Units } from '../words.ts'

export type Place = 'week' | 'runs' | 'trends' | 'import' | 'connections' | 'settings' | 'account' | 'none'

/** A sentence on top of a page, with what takes it back where something can be taken back. */
export type NoticeView = {
  text: string
  tone: 'done' | 'notice' | 'problem'
  /** A form that undoes it: where it posts and with which fields. */
  undo?: { action: string; fields: Record<string, string>; word?: string }
  /** A form that puts it away. */
  dismiss?: string
  link?: { href: string; text: string }
}

/** What stands around every page. */
export type Shell = {
  title: string
  place: Place
  units: Units
  today: Day
  notices: NoticeView[]
  demo: boolean
  /** Sign-out is offered. */
  signedIn: boolean
  /** Without the ways to other pages: nobody is signed in. */
  bare?: boolean
}

/** What a platform's rules want beside data from it; nothing is owed for files. */
export type Credit = {
  words: string
  /** The way back to the activity there. */
  link: { words: string; url: string } | null
}

export type RunMark = {
  id: string
  localDate: Day
  localTime: LocalTime | null
  label: 'easy' | 'hard' | 'unclear'
  subtype: Assessment['subtype']
  demand: Assessment['demand']
  distanceMeters: number | null
  movingSeconds: number | null
  /** Owed to the platform that the figures are from. */
  credit: Credit | null
}

export type SessionMark = {
  id: string
  localDate: Day
  localTime: LocalTime
  title: string
  kind: SessionKind
  minutes: number
  status: SessionStatus
  pinned: boolean
}

export type DeliveryView = {
  platform: string
  /** The platform's name in words. */
  label: string
  state: 'pending' | 'delivered' | 'failed' | 'withdrawn'
  fidelity: 'exact' | 'degraded' | null
  lost: string[]
  error: string | null
}

export type NextSession = SessionMark & { reasons: Reason[]; deliveries: DeliveryView[]; daysToMoveTo: Day[] }

/** Platforms that are connected while no run is here yet. */
export type ArrivingView = {
  labels: string[]
  /** Runs of their histories that are known so far. */
  found: number
  /** There is more to look for or to read. */
  looking: boolean
}

export type WeekView = {
  monday: Day
  today: Day
  runs: RunMark[]
  sessions: SessionMark[]
  expected: ExpectedRun[]
  next: NextSession | null
  unplaced: Unplaced[]
  /** Words of the planner that belong to the runner or to a day. */
  advice: string[]
  /** Runs of which the runner is asked whether they were easy or hard; at most two. */
  questions: RunMark[]
  /** Set while files are still being read. */
  importing: number
  /** Runs are being judged or the plan is being made. */
  planning?: boolean
  /** Whether the runner asked for this week to be light; null where that makes no sense. */
  light: boolean | null
  hasRuns: boolean
}

export type CalendarView = {
  today: Day
  year: string
  years: string[]
  runs: RunMark[]
  sessions: Pick<SessionMark, 'localDate' | 'status'>[]
}

/** Columns of one length for drawing; `NaN` is a gap. Speed in m/s, heart rate in bpm, altitude in m. */
export type RunSeries = {
  seconds: ArrayLike<number>
  speed: ArrayLike<number> | null
  heartRate: ArrayLike<number> | null
  altitude: ArrayLike<number> | null
}

export type SourceView = {
  id: string
  label: string
  receivedAt: Date
  best: boolean
  reason: string
  /** More than one source: this one can be made a run of its own. */
  canSplit: boolean
  gone: boolean
  /** Owed to the platform. */
  credit: Credit | null
}

export type RunView = {
  id: string
  localDate: Day
  localTime: LocalTime
  timeZone: string
  surface: Surface
  device: string | null
  distanceMeters: number | null
  movingSeconds: number | null
  elapsedSeconds: number | null
  ascentMeters: number | null
  averageHeartRate: number | null
  maxHeartRate: number | null
  averagePaceSecondsPerKm: number | null
  gradeAdjustedPaceSecondsPerKm: number | null
  effort: Assessment | null
  evidence: Evidence | null
  thresholds: Thresholds | null
  series: RunSeries | null
  laps: Lap[]
  sources: SourceView[]
  /** Sessions that this run had a say in. */
  sessions: SessionMark[]
}

export type Swap = { id: string; name: string; why: string }

export type SessionView = SessionMark & {
  timeZone: string
  reasons: Reason[]
  /** The second-best place and why it lost. */
  runnerUp: string | null
  exercises: SessionExercise[]
  swaps: Record<string, Swap[]>
  /** Exercises that the runner swapped: id now -> name before. */
  swapped: Record<string, { fromId: string; fromName: string }>
  feedback: Feedback | null
  deliveries: DeliveryView[]
  daysToMoveTo: Day[]
  /** Begun or behind: can be done, no more moved. */
  past: boolean
  /** Loads and repetitions as the watch recorded them, in words. */
  fromWatch: string[]
}

export type ThresholdPoint = { day: Day; speed2: number | null; heartRate2: number | null }
export type WeekShare = { monday: Day; easyRuns: number; hardRuns: number; easySeconds: number; hardSeconds: number }
export type TrendsView = {
  today: Day
  thresholds: ThresholdPoint[]
  current: Thresholds | null
  weeks: WeekShare[]
  /** Strength sessions done and planned, by week. */
  strength: { monday: Day; done: number; due: number }[]
  /** Owed to the platforms of the runs that all this was worked out from. */
  credits: Credit[]
}

export type UploadView = {
  id: string
  file: string
  status: 'receiving' | 'queued' | 'imported' | 'duplicate' | 'notARun' | 'rejected'
  runId: string | null
  detail: string | null
}
export type UploadGroup = {
  id: string
  name: string
  receivedAt: Date
  isZip: boolean
  counts: Record<UploadView['status'], number>
  total: number
  /** What became of an archive in the end, as a sentence. */
  summary: string | null
  /** How many there are in all is not known yet. */
  unpacking: boolean
  /** Newest first; at most some dozens, refused ones before others. */
  rows: UploadView[]
  detail: string | null
}
export type ImportView = { groups: UploadGroup[]; open: number }

export type ConnectionView = {
  platform: string
  label: string
  /** The words on what leads to the platform, where it lays them down. */
  connectWords: string | null
  state: 'connected' | 'reconnect' | 'limited' | 'off'
  text: string
  write: boolean
  writeReason: string | null
  /** A FIT workout can go along, an experiment; null where the platform takes none. */
  attachment: { name: string; about: string; on: boolean } | null
  /** What to tick on the platform's own page. */
  consentHint: string | null
  canRead: boolean
  canSchedule: boolean
  fidelity: 'exact' | 'degraded' | 'none'
  lost: string[]
  connectUrl: string | null
  lastRunAt: Date | null
  lastCheckedAt: Date | null
  backfill: { state: 'waiting' | 'running' | 'done'; reachedDay: Day | null; read: number; found: number } | null
  /** For the person who set the service up. */
  setUp: SetUp
}
export type SetUp = {
  configured: boolean
  callbackUrl: string
  webhookUrl: string | null
  /** What to tick and to type on the platform's developer page. */
  steps: string[]
  developerUrl: string | null
  variables: { name: string; set: boolean }[]
  /** What a check of the addresses found, a sentence each. */
  findings: { ok: boolean; text: string }[]
}
export type ConnectionsView = {
  connections: ConnectionView[]
  calendarUrl: string
  /** The service cannot be reached from outside: webhooks do not arrive, polling does the work. */
  loopback: boolean
  /** Who looks is also who runs the service: how to set platforms up is shown. */
  operator: boolean
  /** How a coming session would look on each platform. */
  sample: { title: string; lines: string[] } | null
}

/** One day of the small week: what is expected, where strength lies now and where it would lie. */
export type WhatIfDay = { day: Day; expected: ExpectedRun | null; before: string | null; after: string | null }
export type WhatIf = { days: WhatIfDay[]; changes: string[]; unplaced: string[]; notices: string[]; changed: boolean }

export type FieldProblem = { field: string; text: string }
export type SettingsView = {
  runner: Runner
  learnt: Thresholds | null
  calendarUrl: string
  whatIf: WhatIf | null
  /** Where policies are compared: what each would do with the same weeks. */
  policies: { placement: Runner['placement']; days: WhatIfDay[]; leftOut: number }[]
  timeZones: readonly string[]
  problems: FieldProblem[]
  /** Nothing was saved: the page shows what was typed. */
  unsaved: boolean
  exerciseNames: Record<string, string>
  tokens: TokenView[] | null
  noticeUrl: string | null
  noticeEmail: string | null
}

export type TokenView = { id: string; name: string | null; createdAt: Date; usedAt: Date | null }
