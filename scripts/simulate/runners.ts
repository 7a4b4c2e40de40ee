import { addDays, type Day, timeOf } from '../../src/core/days.ts'
import { defaultRunner, injuryAreas, type Race, type Runner } from '../../src/core/runner.ts'
import { type Random, randomFrom } from './random.ts'

/** One run of a usual week: weekday from Monday 0, start, what it is, and how reliably it happens. */
export type Usual = { weekday: number; start: number; what: 'easy' | 'hard' | 'long'; minutes: number; share: number }

/** A runner and a year: profile, habit, what changes when. */
export type Simulated = {
  id: number
  type: string
  runner: Runner
  usual: Usual[]
  /** From this week on the week looks otherwise. */
  changed: { week: number; usual: Usual[] } | null
  /** Runs are also given as planned runs two weeks ahead. */
  givesPlans: boolean
  completes: number
  uploadsLate: number
  relabels: number
  injuries: { from: Day; to: Day; area: (typeof injuryAreas)[number]; pain: number }[]
  /** Weeks in which the policy is switched. */
  switches: { week: number; placement: Runner['placement'] }[]
}

const zones = [
  'Europe/Lisbon',
  'America/New_York',
  'Australia/Sydney',
  'Asia/Kolkata',
  'America/Santiago',
  'Pacific/Auckland',
  'Europe/Berlin',
  'UTC',
]

type Style = { type: string; runs: [number, string, Usual['what'], number][]; runner: Partial<Runner> }

const styles: readonly Style[] = [
  {
    type: 'beginner, 2 runs',
    runs: [
      [2, '18:00', 'easy', 35],
      [6, '10:00', 'easy', 45],
    ],
    runner: { experience: 'novice', equipment: 'none' },
  },
  {
    type: 'novice, 3 runs',
    runs: [
      [1, '18:30', 'easy', 40],
      [3, '18:30', 'hard', 40],
      [6, '09:00', 'long', 75],
    ],
    runner: { experience: 'novice', equipment: 'bands' },
  },
  {
    type: '10k, 5 runs, evenings',
    runs: [
      [1, '18:00', 'hard', 60],
      [2, '18:00', 'easy', 45],
      [3, '18:00', 'hard', 60],
      [5, '09:00', 'easy', 50],
      [6, '09:00', 'long', 100],
    ],
    runner: { experience: 'intermediate', equipment: 'dumbbells', goal: { distance: '10k', terrain: 'flat' } },
  },
  {
    type: '10k, 5 runs, mornings',
    runs: [
      [1, '06:15', 'hard', 60],
      [2, '06:15', 'easy', 45],
      [3, '06:15', 'easy', 45],
      [4, '06:15', 'hard', 60],
      [6, '08:00', 'long', 95],
    ],
    runner: { experience: 'intermediate', equipment: 'gym' },
  },
  {
    type: 'marathon, 6 runs, hardDays',
    runs: [
      [1, '06:30', 'hard', 70],
      [2, '06:30', 'easy', 50],
      [3, '06:30', 'hard', 75],
      [4, '06:30', 'easy', 45],
      [5, '07:00', 'easy', 50],
      [6, '08:00', 'long', 150],
    ],
    runner: { experience: 'advanced', equipment: 'gym', placement: 'hardDays', goal: { distance: 'marathon', terrain: 'flat' } },
  },
  {
    type: '7 runs a week',
    runs: [
      [0, '07:00', 'easy', 45],
      [1, '07:00', 'hard', 60],
      [2, '07:00', 'easy', 50],
      [3, '07:00', 'easy', 45],
      [4, '07:00', 'hard', 60],
      [5, '08:00', 'easy', 50],
      [6, '08:00', 'long', 120],
    ],
    runner: { experience: 'advanced', equipment: 'gym' },
  },
  {
    type: 'two-a-days, hardDays',
    runs: [
      [0, '07:00', 'easy', 45],
      [0, '18:00', 'easy', 35],
      [1, '06:30', 'hard', 70],
      [1, '18:00', 'easy', 35],
      [2, '07:00', 'easy', 60],
      [3, '06:30', 'hard', 70],
      [4, '07:00', 'easy', 50],
      [5, '07:30', 'hard', 60],
      [6, '08:00', 'long', 130],
    ],
    runner: { experience: 'advanced', equipment: 'gym', placement: 'hardDays' },
  },
  {
    type: 'trail ultra',
    runs: [
      [1, '06:30', 'easy', 60],
      [2, '06:30', 'hard', 75],
      [3, '06:30', 'easy', 60],
      [5, '07:00', 'long', 240],
      [6, '08:00', 'long', 150],
    ],
    runner: { experience: 'advanced', equipment: 'dumbbells', goal: { distance: 'ultra', terrain: 'trail' } },
  },
  {
    type: 'micro, 4 runs',
    runs: [
      [0, '12:15', 'easy', 35],
      [2, '12:15', 'hard', 40],
      [4, '12:15', 'easy', 35],
      [6, '09:30', 'long', 80],
    ],
    runner: { experience: 'intermediate', equipment: 'none', placement: 'micro' },
  },
  {
    type: 'shift worker',
    runs: [
      [0, '16:00', 'easy', 45],
      [2, '16:00', 'hard', 50],
      [4, '16:00', 'easy', 40],
      [5, '15:00', 'long', 100],
    ],
    runner: { experience: 'intermediate', equipment: 'dumbbells', sleep: { from: '08:00', to: '15:00' } },
  },
  {
    type: 'few windows',
    runs: [
      [1, '18:00', 'hard', 60],
      [3, '18:00', 'hard', 60],
      [5, '09:00', 'easy', 50],
      [6, '09:00', 'long', 110],
    ],
    runner: {
      experience: 'intermediate',
      equipment: 'gym',
      availability: {
        monday: { minutes: 0 },
        wednesday: { minutes: 0 },
        tuesday: { minutes: 60, localTime: '06:30' },
        thursday: { minutes: 60, localTime: '06:30' },
        friday: [{ minutes: 25, localTime: '12:15', equipment: 'none' }],
        sunday: { minutes: 0 },
      },
    },
  },
  {
    type: 'no fixed habit',
    runs: [
      [0, '18:00', 'easy', 45],
      [1, '18:00', 'easy', 45],
      [2, '18:00', 'hard', 50],
      [3, '18:00', 'easy', 45],
      [4, '18:00', 'hard', 50],
      [5, '10:00', 'easy', 45],
      [6, '10:00', 'long', 90],
    ],
    runner: { experience: 'intermediate', equipment: 'dumbbells' },
  },
  {
    type: 'aged 64, 4 runs',
    runs: [
      [0, '09:00', 'easy', 45],
      [2, '09:00', 'hard', 45],
      [4, '09:00', 'easy', 45],
      [6, '09:00', 'long', 100],
    ],
    runner: { experience: 'intermediate', equipment: 'bands', birthYear: 1962 },
  },
  {
    type: 'three sessions, off-season',
    runs: [
      [0, '12:00', 'easy', 45],
      [2, '12:00', 'easy', 45],
      [4, '12:00', 'easy', 45],
      [6, '10:00', 'easy', 60],
    ],
    runner: { experience: 'advanced', equipment: 'gym', sessionsPerWeek: 3 },
  },
]

const minutesOfText = (text: string) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5))

function shaken(usual: readonly Usual[], random: Random): Usual[] {
  return usual.map((run) => ({
    ...run,
    weekday: random.chance(0.3) ? random.below(7) : run.weekday,
    minutes: Math.round(run.minutes * (0.85 + random.next() * 0.3)),
  }))
}

function racesOf(random: Random, start: Day, goal: Runner['goal']): Race[] {
  const races: Race[] = []
  const meters = { '5k': 5000, '10k': 10_000, half: 21_097, marathon: 42_195, ultra: 80_000, general: 10_000 }[goal.distance]
  const count = random.below(4)
  for (let i = 0; i < count; i++) {
    const week = 6 + random.below(46)
    const distanceMeters = random.chance(0.5) ? meters : random.pick([5000, 10_000, 21_097])
    races.push({
      localDate: addDays(start, week * 7 + random.pick([5, 6, 6])),
      localTime: random.pick(['09:00', '10:30', '08:00']),
      distanceMeters,
      expectedMinutes: Math.round((distanceMeters / 1000) * (5 + random.next() * 2)),
      priority: random.pick(['A', 'A', 'B', 'C'] as const),
    })
  }
  return races.filter((race, i) => races.findIndex((other) => other.localDate === race.localDate) === i)
}

/** The runner with this number; types take turns, everything else is drawn. @param start a Monday */
export function simulatedRunner(id: number, start: Day): Simulated {
  const random = randomFrom(id * 7919 + 17)
  const style = styles[id % styles.length]!
  const loose = style.type === 'no fixed habit'
  const usual: Usual[] = style.runs.map(([weekday, time, what, minutes]) => ({
    weekday,
    start: minutesOfText(time),
    what,
    minutes,
    share: loose ? 0.55 : 0.8 + random.next() * 0.18,
  }))
  const own = random.chance(0.4) ? shaken(usual, random) : usual
  const week = () => 4 + random.below(46)
  const from = (length: number) => {
    const day = addDays(start, week() * 7 + random.below(7))
    return { from: day, to: addDays(day, length) }
  }
  const goal = style.runner.goal ?? defaultRunner.goal
  const runner: Runner = {
    ...defaultRunner,
    sleep: random.chance(0.5) ? { from: '22:30', to: '06:30' } : { from: '23:30', to: '07:00' },
    timeZone: zones[id % zones.length]!,
    ...style.runner,
    restDayGuard: random.chance(0.85),
    races: racesOf(random, start, goal),
    pauses: random.chance(0.5) ? [{ ...from(2 + random.below(8)), why: random.pick(['ill', 'paused'] as const) }] : [],
    awayFrom: random.chance(0.6)
      ? [
          {
            ...from(3 + random.below(12)),
            equipment: random.pick(['none', 'none', 'gym', null] as const),
            timeZone: random.chance(0.6) ? random.pick(zones) : null,
          },
        ]
      : [],
  }
  return {
    id,
    type: style.type,
    runner,
    usual: own,
    changed: random.chance(0.35) ? { week: 10 + random.below(36), usual: shaken(shaken(usual, random), random) } : null,
    givesPlans: random.chance(0.3),
    completes: 0.6 + random.next() * 0.38,
    uploadsLate: random.chance(0.3) ? 0.2 : 0.02,
    relabels: random.chance(0.4) ? 0.1 : 0.02,
    injuries: random.chance(0.3) ? [{ ...from(20), area: random.pick(injuryAreas), pain: random.below(6) }] : [],
    switches: random.chance(0.2) ? [{ week: week(), placement: random.pick(['easyDays', 'hardDays', 'micro'] as const) }] : [],
  }
}

/** `HH:MM` of a start that wanders a quarter of an hour. */
export function wandering(start: number, random: Random): string {
  return timeOf(Math.round((start + (random.next() - 0.5) * 30) / 5) * 5)
}
