/** Made-up view models for the pages: the gallery draws them, the tests read them. */
import { addDays, type Day } from '../../src/core/days.ts'
import type { Evidence, Thresholds } from '../../src/core/effort/types.ts'
import { defaultRunner } from '../../src/core/runner.ts'
import type { SessionExercise } from '../../src/core/strength/session.ts'
import { demoColumns, demoRuns } from '../../src/web/demo-history.ts'
import type {
  CalendarView,
  ConnectionsView,
  ConnectionView,
  ImportView,
  Place,
  RunMark,
  RunView,
  SessionMark,
  SessionView,
  SettingsView,
  Shell,
  TrendsView,
  WeekView,
  WhatIfDay,
} from '../../src/web/pages/view.ts'
import type { Units } from '../../src/web/words.ts'

export const today: Day = '2026-11-20'

export function shellOf(title: string, place: Place, more: Partial<Shell> = {}): Shell {
  return { title, place, units: 'metric' as Units, today, notices: [], demo: false, signedIn: false, ...more }
}

export function runMark(day: Day, label: RunMark['label'], subtype: RunMark['subtype'], km: number, more: Partial<RunMark> = {}): RunMark {
  return {
    id: `run-${day}`,
    localDate: day,
    localTime: '18:04',
    label,
    subtype,
    demand: 'moderate',
    distanceMeters: km * 1000,
    movingSeconds: km * 330,
    credit: null,
    ...more,
  }
}

export function sessionMark(day: Day, more: Partial<SessionMark> = {}): SessionMark {
  return {
    id: `session-${day}`,
    localDate: day,
    localTime: '07:00',
    title: 'Strength B: single-leg and calves',
    kind: 'maxStrength',
    minutes: 35,
    status: 'planned',
    pinned: false,
    ...more,
  }
}

const whyFriday = {
  rule: 'S2-12',
  text: '49 hours before Sunday’s long run, and not on a hard day.',
  runIds: ['run-2026-11-19'],
}

export const week: WeekView = {
  monday: '2026-11-16',
  today,
  runs: [
    runMark('2026-11-17', 'hard', 'intervals', 9.4),
    runMark('2026-11-18', 'easy', 'easy', 7.1),
    runMark('2026-11-19', 'hard', 'tempo', 8),
  ],
  sessions: [sessionMark('2026-11-18', { title: 'Strength A: hinge and squat', minutes: 40, status: 'done' }), sessionMark('2026-11-20')],
  expected: [
    { localDate: '2026-11-21', localTime: '09:20', pHard: 0.1, demand: 'moderate', from: 'habit' },
    { localDate: '2026-11-22', localTime: '09:00', pHard: 0.2, demand: 'high', from: 'habit' },
  ],
  next: {
    ...sessionMark('2026-11-20'),
    reasons: [whyFriday],
    deliveries: [
      { platform: 'garmin', label: 'Garmin', state: 'delivered', fidelity: 'exact', lost: [], error: null },
      {
        platform: 'intervals-icu',
        label: 'intervals.icu',
        state: 'delivered',
        fidelity: 'degraded',
        lost: ['as text: exercises are in the notes'],
        error: null,
      },
    ],
    daysToMoveTo: Array.from({ length: 10 }, (_, index) => addDays(today, index)),
  },
  unplaced: [
    {
      week: '2026-11-16',
      rule: 'H2',
      text: 'The second leg session found no place: on Saturday it would end 23 hours before the long run, and 24 are needed. Free up 45 min on Monday, or start the long run after 10:00.',
    },
  ],
  advice: ['You usually run hard on Tuesdays and Thursdays; the other policy would give two full sessions.'],
  questions: [runMark('2026-11-18', 'unclear', 'unknown', 7.1)],
  importing: 0,
  light: false,
  hasRuns: true,
}

/** A history of as many runs, five a week, ending before today. */
export function manyRuns(amount: number): RunMark[] {
  const shapes = [
    [1, 'hard', 'intervals', 9.4],
    [2, 'easy', 'easy', 7.1],
    [3, 'hard', 'tempo', 8],
    [5, 'easy', 'recovery', 6.2],
    [6, 'easy', 'long', 18.3],
  ] as const
  const runs: RunMark[] = []
  for (let week = 0; runs.length < amount; week++)
    for (const [day, label, subtype, km] of shapes.toReversed()) {
      if (runs.length >= amount) break
      runs.push(runMark(addDays('2026-11-09', day - 7 * week), label, subtype, km + (week % 7) / 5))
    }
  return runs
}

export function calendarOf(amount: number): CalendarView {
  const runs = manyRuns(amount)
  return {
    today,
    year: 'all',
    years: ['2026', '2025', '2024', '2023', '2022', '2021'],
    runs,
    sessions: runs.filter((run) => run.subtype === 'easy').map((run) => ({ localDate: run.localDate, status: 'done' as const })),
  }
}

export const thresholds: Thresholds = {
  day: today,
  speed1: { value: 3.04, sd: 0.08, origin: 'learnt', evidence: 'From your threshold pace.' },
  speed2: { value: 3.66, sd: 0.07, origin: 'learnt', evidence: 'From your 5 km on 3 May and three later best efforts.' },
  heartRate1: { value: 152, sd: 4, origin: 'learnt', evidence: 'From your heart rate at easy pace.' },
  heartRate2: { value: 169, sd: 3, origin: 'learnt', evidence: 'From the last 20 minutes of your 10 km on 12 September.' },
  maxHeartRate: { value: 188, sd: 3, origin: 'learnt', evidence: 'The highest half minute of the last year, on 3 May.' },
  restingHeartRate: null,
  line: null,
}

const demo = demoRuns(today)
  .filter((run) => run.stretches.length > 10)
  .at(-1)!
const columns = demoColumns(demo, 40)

function evidenceOf(): Evidence {
  const bouts: Evidence['bouts'] = []
  let at = 0
  for (const stretch of demo.stretches) {
    if (stretch.speed > 3.5) bouts.push({ startSeconds: at + 3, endSeconds: at + stretch.seconds, speed: stretch.speed })
    at += stretch.seconds
  }
  return {
    known: 'paceAndHeartRate',
    secondsInZonePace: [1640, 210, 1080],
    secondsInZoneHeartRate: [1190, 890, 850],
    bouts,
    removed: [
      { startSeconds: 0, endSeconds: 30, what: 'speed', why: 'jump' },
      { startSeconds: 300, endSeconds: 350, what: 'heartRate', why: 'cadenceLock' },
      { startSeconds: 1800, endSeconds: 1812, what: 'heartRate', why: 'spike' },
    ],
    flags: ['cadence_lock'],
    paceDoseMinutes: 19.4,
    heartRateDoseMinutes: 17.1,
    neededMinutes: 8,
    intensityFactor: 0.93,
    variability: 1.08,
    decoupling: null,
    quality: { pace: 1, heartRate: 0.85 },
    load: { kind: 'heartRate', value: 96 },
    logOdds: { pace: 2.8, heartRate: 2.1, history: 0.1, bias: 0, total: 3.9 },
  }
}

export const run: RunView = {
  id: 'run-2026-11-17',
  localDate: '2026-11-17',
  localTime: '18:04',
  timeZone: 'Europe/Lisbon',
  surface: 'road',
  device: 'Garmin Forerunner 255',
  distanceMeters: columns.distance.at(-1)!,
  movingSeconds: columns.seconds.length,
  elapsedSeconds: columns.seconds.length + 34,
  ascentMeters: 61,
  averageHeartRate: 154,
  maxHeartRate: 181,
  averagePaceSecondsPerKm: 318.9,
  gradeAdjustedPaceSecondsPerKm: 315.2,
  effort: {
    label: 'hard',
    pHard: 0.97,
    confidence: 0.97,
    decidedBy: 'classifier',
    demand: 'moderate',
    subtype: 'intervals',
    hardForPlacement: true,
    reasons: [
      'Hard: 18 min faster than your threshold zone (from 4:33/km), in 6 repeats.',
      'Average pace looked easy because of the recoveries.',
    ],
    ask: false,
  },
  evidence: evidenceOf(),
  thresholds,
  series: columns,
  laps: demo.stretches.map((stretch, index) => ({
    startSeconds: demo.stretches.slice(0, index).reduce((sum, one) => sum + one.seconds, 0),
    seconds: stretch.seconds,
    distanceMeters: stretch.seconds * stretch.speed,
    averageHeartRate: 140 + index * 2,
  })),
  sources: [
    {
      id: 'a',
      label: 'Garmin',
      receivedAt: new Date('2026-11-17T19:10:00Z'),
      best: true,
      reason: 'Recorded every second, with heart rate from a chest strap.',
      canSplit: true,
      gone: false,
      credit: { words: 'Garmin Forerunner 255', link: null },
    },
    {
      id: 'b',
      label: 'File',
      receivedAt: new Date('2026-11-18T08:00:00Z'),
      best: false,
      reason: 'The same start and distance; it has no heart rate, so its figures were not taken.',
      canSplit: true,
      gone: false,
      credit: null,
    },
  ],
  sessions: [sessionMark('2026-11-20')],
}

const exercise = (id: string, name: string, more: Partial<SessionExercise>): SessionExercise => ({
  id,
  name,
  sets: 3,
  reps: 8,
  seconds: null,
  perSide: false,
  weightKg: null,
  restSeconds: 90,
  cue: 'Long back, hips go back, weight close to the legs.',
  tempo: null,
  part: 'main',
  group: null,
  ...more,
})

export const session: SessionView = {
  ...sessionMark('2026-11-20'),
  timeZone: 'Europe/Lisbon',
  reasons: [whyFriday, { rule: 'S4-21', text: 'Week 2 of the strength block: heavier than last week, fewer repetitions.' }],
  runnerUp: 'Monday 07:00 came second: it is the morning after the long run.',
  exercises: [
    exercise('leg_swing', 'Leg swing', {
      sets: 1,
      reps: 10,
      perSide: true,
      restSeconds: 0,
      part: 'warmUp',
      cue: 'Loose and tall, a little higher each time.',
    }),
    exercise('db_rdl', 'Romanian deadlift', { weightKg: 40, reps: 5, restSeconds: 150, tempo: '2-0-1' }),
    exercise('db_step_up', 'Step-up with dumbbells', {
      weightKg: 22.5,
      reps: 5,
      perSide: true,
      cue: 'Push through the whole foot, knee over the toes.',
    }),
    exercise('sl_calf_raise', 'Single-leg calf raise', {
      reps: 10,
      perSide: true,
      restSeconds: 45,
      group: 'A',
      cue: 'Slow down, all the way up.',
    }),
    exercise('side_plank', 'Side plank', {
      sets: 2,
      reps: null,
      seconds: 40,
      perSide: true,
      restSeconds: 40,
      group: 'A',
      cue: 'One line from ear to ankle.',
    }),
    exercise('calf_stretch', 'Calf stretch', {
      sets: 1,
      reps: null,
      seconds: 45,
      perSide: true,
      restSeconds: 0,
      part: 'coolDown',
      cue: 'Heel down, breathe out.',
    }),
  ],
  swaps: {
    db_rdl: [
      { id: 'good_morning', name: 'Good morning', why: 'needs no load' },
      { id: 'sl_rdl', name: 'Single-leg deadlift', why: 'a step easier' },
    ],
  },
  swapped: { side_plank: { fromId: 'plank', fromName: 'Plank' } },
  feedback: null,
  deliveries: week.next!.deliveries,
  daysToMoveTo: week.next!.daysToMoveTo,
  past: false,
  fromWatch: [],
}

export const trends: TrendsView = {
  today,
  thresholds: Array.from({ length: 40 }, (_, index) => ({
    day: addDays('2026-02-16', index * 7),
    speed2: 3.38 + index * 0.007 + 0.03 * Math.sin(index / 4),
    heartRate2: 166 + Math.round(index / 12),
  })),
  current: thresholds,
  weeks: Array.from({ length: 16 }, (_, index) => ({
    monday: addDays('2026-08-03', index * 7),
    easyRuns: index === 7 ? 0 : 3 + (index % 2),
    hardRuns: index === 7 ? 0 : index % 4 === 3 ? 1 : 2,
    easySeconds: index === 7 ? 0 : 3600 * 3 + index * 240,
    hardSeconds: index === 7 ? 0 : 1800 + (index % 3) * 500,
  })),
  strength: Array.from({ length: 16 }, (_, index) => ({ monday: addDays('2026-08-03', index * 7), done: index % 3 === 0 ? 1 : 2, due: 2 })),
  credits: [{ words: 'Garmin Forerunner 255', link: null }],
}

export const imports: ImportView = {
  open: 37,
  groups: [
    {
      id: 'z1',
      name: 'garmin-export.zip',
      receivedAt: new Date('2026-11-20T10:00:00Z'),
      isZip: true,
      counts: { receiving: 0, queued: 37, imported: 141, duplicate: 12, notARun: 9, rejected: 1 },
      total: 200,
      summary: null,
      unpacking: false,
      rows: [
        {
          id: '1',
          file: '2019-03-02-broken.fit',
          status: 'rejected',
          runId: null,
          detail: 'The file ends in the middle. Export it again from the watch.',
        },
        { id: '2', file: '2026-11-17-18-04.fit', status: 'imported', runId: 'run-2026-11-17', detail: null },
        {
          id: '3',
          file: '2026-11-15-ride.fit',
          status: 'notARun',
          runId: null,
          detail: 'A bike ride. Only runs and strength sessions are kept.',
        },
        {
          id: '4',
          file: '2026-11-12-18-04 (1).fit',
          status: 'duplicate',
          runId: 'run-2026-11-12',
          detail: 'The same run is here already, from Garmin.',
        },
        { id: '5', file: '2026-11-10-07-11.fit', status: 'queued', runId: null, detail: null },
      ],
      detail: null,
    },
    {
      id: 'l1',
      name: '2 files',
      receivedAt: new Date('2026-11-19T10:00:00Z'),
      isZip: false,
      counts: { receiving: 0, queued: 0, imported: 2, duplicate: 0, notARun: 0, rejected: 0 },
      total: 2,
      summary: null,
      unpacking: false,
      rows: [
        { id: '6', file: 'Morning_Run.gpx', status: 'imported', runId: 'run-2026-11-11', detail: null },
        { id: '7', file: 'activity_2026.tcx.gz', status: 'imported', runId: 'run-2026-11-10', detail: null },
      ],
      detail: null,
    },
  ],
}

function connection(platform: string, label: string, more: Partial<ConnectionView>): ConnectionView {
  return {
    platform,
    label,
    connectWords: null,
    state: 'off',
    text: `${label} is not connected.`,
    write: false,
    writeReason: null,
    attachment: null,
    consentHint: null,
    canRead: true,
    canSchedule: true,
    fidelity: 'exact',
    lost: [],
    connectUrl: `/connect/${platform}`,
    lastRunAt: null,
    lastCheckedAt: null,
    backfill: null,
    setUp: {
      configured: true,
      callbackUrl: `http://127.0.0.1:3000/connect/${platform}/callback`,
      webhookUrl: `http://127.0.0.1:3000/webhooks/${platform}`,
      steps: ['Open the developer page and make an app.', 'Paste the callback address.', 'Tick “Activity export” and “Training import”.'],
      developerUrl: null,
      variables: [
        { name: `${platform.toUpperCase()}_CLIENT_ID`, set: true },
        { name: `${platform.toUpperCase()}_CLIENT_SECRET`, set: false },
      ],
      findings: [],
    },
    ...more,
  }
}

export const connections: ConnectionsView = {
  calendarUrl: 'http://127.0.0.1:3000/calendar/1f0e7c3bd9a24e55b4b0c7.ics',
  loopback: true,
  operator: true,
  sample: {
    title: 'Strength B: single-leg and calves',
    lines: ['Romanian deadlift 3 × 5, 40 kg, rest 150 s', 'Step-up 3 × 5 each side, 22.5 kg, rest 90 s', 'Side plank 2 × 40 s each side'],
  },
  connections: [
    connection('intervals-icu', 'intervals.icu', {
      state: 'connected',
      text: 'Runs arrive and sessions go to your calendar. Last run on Tuesday.',
      write: true,
      fidelity: 'degraded',
      lost: ['exercises arrive as text'],
      backfill: { state: 'running', reachedDay: '2026-03-02', read: 122, found: 310 },
    }),
    connection('garmin', 'Garmin', { state: 'reconnect', text: 'Garmin has stopped answering for you. Reconnect, it takes a minute.' }),
    connection('polar', 'Polar', { canSchedule: false, fidelity: 'none', text: 'Polar sends runs and takes no sessions.' }),
    connection('strava', 'Strava', {
      canSchedule: false,
      fidelity: 'none',
      text: 'Strava is not set up on this service.',
      connectUrl: null,
      setUp: { ...connection('strava', 'Strava', {}).setUp, configured: false },
    }),
  ],
}

export const whatIfDays: WhatIfDay[] = Array.from({ length: 14 }, (_, index) => {
  const day = addDays(today, index)
  const weekday = index % 7
  return {
    day,
    expected: [1, 2, 4, 6].includes(weekday)
      ? { localDate: day, localTime: '18:00', pHard: weekday === 4 ? 0.8 : 0.1, demand: 'moderate' as const, from: 'habit' as const }
      : null,
    before: weekday === 0 || weekday === 5 ? '07:00' : null,
    after: weekday === 0 || weekday === 3 ? '07:00' : null,
  }
})

export const settings: SettingsView = {
  runner: {
    ...defaultRunner,
    timeZone: 'Europe/Lisbon',
    birthYear: 1988,
    equipment: 'dumbbells',
    experience: 'intermediate',
    availability: { monday: { minutes: 0 }, tuesday: { minutes: 45, localTime: '06:45' } },
    races: [{ localDate: '2027-03-14', localTime: '09:00', distanceMeters: 21097.5, expectedMinutes: 98, priority: 'A' }],
    injuries: [{ area: 'achilles', painDuring: 2, painAtRest: 0, nightPain: false }],
  },
  learnt: thresholds,
  calendarUrl: connections.calendarUrl,
  whatIf: {
    days: whatIfDays,
    changes: ['strength moves from Wednesday 25 to Monday 23 November, 07:00'],
    unplaced: [],
    notices: [],
    changed: true,
  },
  policies: (['easyDays', 'hardDays', 'micro'] as const).map((placement, index) => ({
    placement,
    days: whatIfDays.map((day) => ({ ...day, before: day.after })),
    leftOut: index,
  })),
  timeZones: ['Europe/Berlin', 'Europe/Lisbon', 'America/New_York'],
  problems: [],
  unsaved: false,
  exerciseNames: {},
  tokens: null,
  noticeUrl: null,
  noticeEmail: null,
}
