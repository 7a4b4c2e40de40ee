import type { EffortState } from '../../../src/core/effort/state.ts'
import { type EffortProfile, type Known, type PrepareInput, plainProfile } from '../../../src/core/effort/types.ts'
import { at, EASY, easy, inputOf, type Made, makeRun, noise, part, reference, referenceState, repeat } from './reference-runner.ts'

const V2 = reference.speed2
const V1 = reference.speed1
const WU = easy(10)
const CD = easy(10)
const jog = (seconds: number) => part(seconds, EASY)
const stand = (seconds: number) => part(seconds, 0)

export type EdgeRow = {
  row: number
  what: string
  expected: 'easy' | 'hard' | 'unclear' | 'either'
  pHard?: number
  most?: number
  least?: number
  confidenceMost?: number
  subtype?: string[]
  demand?: 'low' | 'moderate' | 'high'
  asks?: boolean
  flag?: string
  noFlag?: string
  known?: Known
  says?: RegExp
  forPlacement?: boolean
  firstRun?: number | null
  profile?: EffortProfile
  state?: () => EffortState
  input: () => PrepareInput
}

const case9 = () => makeRun([WU, ...repeat(6, part(200, 1.08 * V2), jog(120)), CD])
const case10 = () => makeRun([WU, ...repeat(10, part(95, 1.14 * V2), jog(90)), CD])
const hillRepeats = () => makeRun([WU, ...repeat(8, part(45, 2.95, { grade: 0.08 }), part(100, 1.7, { grade: -0.075, cadence: 130 })), CD])
const parkrun = () => makeRun([part(1312, 1.03 * V2)])

function withLock(made: Made, step: boolean): Made {
  const random = noise(3)
  const from = step ? 600 : 0
  for (let i = from; i < made.heartRate.length; i += 1) made.heartRate[i] = made.cadence[i]! + Math.round(1.4 * random())
  return made
}

function treadmill(made: Made): PrepareInput {
  return inputOf(made, { surface: 'treadmill', distanceMeters: null }, ['speed', 'altitude'])
}

export const edgeRows: EdgeRow[] = [
  {
    row: 1,
    what: 'easy 45 min',
    expected: 'easy',
    pHard: 0.03,
    says: /stayed below your first threshold \(5:2\d\/km, 154 bpm\)/,
    input: () => inputOf(makeRun([easy(45)])),
  },
  {
    row: 2,
    what: 'recovery 30 min at 2.49 m/s',
    expected: 'easy',
    pHard: 0.03,
    subtype: ['recovery'],
    input: () => inputOf(makeRun([part(1800, 2.49)])),
  },
  { row: 3, what: '60 min exactly at the first threshold', expected: 'easy', pHard: 0.03, input: () => inputOf(makeRun([part(3600, V1)])) },
  {
    row: 4,
    what: '50 min steady at 0.30',
    expected: 'easy',
    most: 0.15,
    says: /upper end of easy/,
    input: () => inputOf(makeRun([part(3000, at(0.3))])),
  },
  {
    row: 5,
    what: '50 min steady at 0.45',
    expected: 'hard',
    pHard: 0.64,
    confidenceMost: 0.8,
    subtype: ['steady'],
    input: () => inputOf(makeRun([part(3000, at(0.45))])),
  },
  {
    row: 6,
    what: '50 min at 0.60',
    expected: 'hard',
    pHard: 0.93,
    subtype: ['tempo', 'steady'],
    input: () => inputOf(makeRun([part(3000, at(0.6))])),
  },
  {
    row: 7,
    what: '20 min at the second threshold',
    expected: 'hard',
    pHard: 0.92,
    subtype: ['tempo'],
    input: () => inputOf(makeRun([WU, part(1200, V2), CD])),
  },
  {
    row: 8,
    what: '4 × 6 min at 0.98 of the second threshold',
    expected: 'hard',
    pHard: 0.97,
    input: () => inputOf(makeRun([WU, ...repeat(4, part(360, 0.98 * V2), jog(75))])),
  },
  {
    row: 9,
    what: '6 × 200 s whose average is close to easy',
    expected: 'hard',
    pHard: 0.97,
    subtype: ['intervals'],
    says: /6 repeats/,
    input: () => inputOf(case9()),
  },
  { row: 10, what: '10 × 95 s', expected: 'hard', pHard: 0.96, subtype: ['intervals'], input: () => inputOf(case10()) },
  {
    row: 11,
    what: '12 × 43 s with standing rests',
    expected: 'hard',
    pHard: 0.8,
    input: () => inputOf(makeRun([WU, ...repeat(12, part(43, 1.25 * V2), stand(90)), CD])),
  },
  {
    row: 12,
    what: '12 × 30 s / 30 s',
    expected: 'hard',
    pHard: 0.64,
    confidenceMost: 0.78,
    input: () => inputOf(makeRun([WU, ...repeat(12, part(30, 1.12 * V2), jog(30)), CD])),
  },
  {
    row: 13,
    what: '5 × 1 min fartlek',
    expected: 'either',
    pHard: 0.53,
    confidenceMost: 0.65,
    input: () => inputOf(makeRun([WU, ...repeat(5, part(60, 1.12 * V2), jog(120)), CD])),
  },
  {
    row: 14,
    what: '10 × 1 min',
    expected: 'hard',
    pHard: 0.9,
    input: () => inputOf(makeRun([WU, ...repeat(10, part(60, 1.12 * V2), jog(60)), CD])),
  },
  {
    row: 15,
    what: 'easy with 6 × 20 s strides',
    expected: 'easy',
    pHard: 0.03,
    subtype: ['strides'],
    input: () => inputOf(makeRun([easy(31), ...repeat(6, part(20, 5), jog(120))])),
  },
  {
    row: 16,
    what: '8 × 10 s hill sprints in an easy run',
    expected: 'easy',
    pHard: 0.03,
    input: () => inputOf(makeRun([easy(20), ...repeat(8, part(10, 4, { grade: 0.08 }), part(90, 1.6, { grade: -0.022 })), easy(10)])),
  },
  { row: 17, what: '8 × 45 s hill repeats', expected: 'hard', pHard: 0.58, subtype: ['hills'], input: () => inputOf(hillRepeats()) },
  {
    row: 18,
    what: 'hill repeats by heart rate alone',
    expected: 'hard',
    pHard: 0.59,
    confidenceMost: 0.7,
    input: () => inputOf(hillRepeats(), { surface: 'unknown', distanceMeters: null }, ['speed', 'altitude']),
  },
  {
    row: 19,
    what: 'progression to 0.8 in 50 min',
    expected: 'hard',
    pHard: 0.77,
    subtype: ['progression'],
    input: () => inputOf(makeRun([part(3000, EASY, { toSpeed: at(0.8) })])),
  },
  {
    row: 20,
    what: '120 min easy with a drift of 12',
    expected: 'easy',
    pHard: 0.03,
    demand: 'high',
    says: /drift.*demanding|demanding/s,
    input: () => inputOf(makeRun([easy(120)], { drift: 12 })),
  },
  {
    row: 21,
    what: '150 min easy with a drift of 16',
    expected: 'easy',
    pHard: 0.03,
    demand: 'high',
    forPlacement: true,
    input: () => inputOf(makeRun([easy(150)], { drift: 16 })),
  },
  {
    row: 22,
    what: '120 min easy at a known 32 °C',
    expected: 'easy',
    pHard: 0.03,
    demand: 'high',
    input: () => inputOf(makeRun([easy(120)], { addHeartRate: 9, drift: 10 }), { temperatureCelsius: 32 }),
  },
  {
    row: 23,
    what: '45 min easy, heart rate 10 up, weather unknown',
    expected: 'easy',
    pHard: 0.04,
    input: () => inputOf(makeRun([easy(45)], { addHeartRate: 10 })),
  },
  {
    row: 24,
    what: '45 min at 0.98 of the first threshold, heart rate 10 up',
    expected: 'easy',
    pHard: 0.24,
    confidenceMost: 0.8,
    says: /Heat, fatigue or a watch/,
    input: () => inputOf(makeRun([part(2700, 0.98 * V1)], { addHeartRate: 10 })),
  },
  {
    row: 25,
    what: '110 min with 30 at marathon pace',
    expected: 'easy',
    pHard: 0.24,
    demand: 'high',
    forPlacement: true,
    input: () => inputOf(makeRun([easy(80), part(1800, 0.92 * V2)])),
  },
  {
    row: 26,
    what: '120 min with 60 at marathon pace',
    expected: 'hard',
    pHard: 0.6,
    demand: 'high',
    input: () => inputOf(makeRun([easy(60), part(3600, 0.92 * V2)])),
  },
  { row: 27, what: '5 km without warm-up', expected: 'hard', pHard: 0.95, input: () => inputOf(parkrun()) },
  {
    row: 27,
    what: '5 km without warm-up, tagged as a race',
    expected: 'hard',
    least: 0.95,
    subtype: ['race'],
    input: () => inputOf(parkrun(), { race: true }),
  },
  {
    row: 28,
    what: '5 km by heart rate alone',
    expected: 'hard',
    pHard: 0.86,
    input: () => inputOf(parkrun(), { distanceMeters: null }, ['speed']),
  },
  {
    row: 29,
    what: 'marathon in 3:30, untagged',
    expected: 'hard',
    pHard: 0.73,
    demand: 'high',
    input: () => inputOf(makeRun([part(12_600, 0.9 * V2)])),
  },
  {
    row: 30,
    what: 'one 6-min mile trial',
    expected: 'hard',
    pHard: 0.8,
    flag: 'maximal',
    input: () => inputOf(makeRun([WU, part(360, 1.23 * V2), CD])),
  },
  {
    row: 31,
    what: 'treadmill without pace, 5 × 3 min',
    expected: 'hard',
    pHard: 0.82,
    input: () => treadmill(makeRun([WU, ...repeat(5, part(180, 1.08 * V2), jog(120)), CD])),
  },
  {
    row: 32,
    what: 'treadmill easy without pace',
    expected: 'easy',
    pHard: 0.1,
    confidenceMost: 0.9,
    input: () => treadmill(makeRun([easy(45)])),
  },
  {
    row: 33,
    what: 'treadmill whose wrist pace is always 6:00/km: easy',
    expected: 'easy',
    input: () => {
      const made = makeRun([easy(45)])
      made.speed.fill(1000 / 360)
      return inputOf(made, { surface: 'treadmill' })
    },
  },
  {
    row: 33,
    what: 'treadmill whose wrist pace is always 6:00/km: hard by heart rate',
    expected: 'hard',
    input: () => {
      const made = makeRun([WU, part(1500, V2), CD])
      made.speed.fill(1000 / 360)
      return inputOf(made, { surface: 'treadmill' })
    },
  },
  {
    row: 34,
    what: 'pace only, easy 45',
    expected: 'easy',
    pHard: 0.1,
    confidenceMost: 0.9,
    input: () => inputOf(makeRun([easy(45)]), {}, ['heartRate']),
  },
  {
    row: 35,
    what: 'pace only, 10 × 95 s',
    expected: 'hard',
    pHard: 0.9,
    confidenceMost: 0.9,
    input: () => inputOf(case10(), {}, ['heartRate']),
  },
  {
    row: 36,
    what: 'heart rate only, easy',
    expected: 'easy',
    pHard: 0.1,
    confidenceMost: 0.9,
    input: () => inputOf(makeRun([easy(45)]), { distanceMeters: null }, ['speed']),
  },
  {
    row: 37,
    what: 'walk of 60 min',
    expected: 'easy',
    pHard: 0.03,
    subtype: ['walk'],
    input: () => inputOf(makeRun([part(3600, 1.5, { cadence: 112 })])),
  },
  {
    row: 38,
    what: 'brisk hike of 3 h with 900 m up and down',
    expected: 'easy',
    demand: 'high',
    input: () =>
      inputOf(makeRun([part(5400, 1.2, { grade: 0.13, cadence: 110 }), part(5400, 1.3, { grade: -0.13, cadence: 115 })]), {
        surface: 'trail',
        ascentMeters: 850,
        descentMeters: 900,
      }),
  },
  {
    row: 39,
    what: 'run/walk beginner at 88 % of the maximum',
    expected: 'hard',
    pHard: 0.85,
    input: () => inputOf(makeRun(repeat(14, part(60, 2.4, { cadence: 160 }), part(90, 1.5, { cadence: 112 })), { addHeartRate: 42 })),
  },
  {
    row: 40,
    what: 'the watch counted steps from minute 10 on',
    expected: 'easy',
    pHard: 0.15,
    flag: 'cadenceLock',
    says: /counted steps/,
    input: () => inputOf(withLock(makeRun([easy(45)]), true)),
  },
  {
    row: 41,
    what: 'the watch counted steps and nothing shows it',
    expected: 'easy',
    pHard: 0.44,
    confidenceMost: 0.65,
    asks: true,
    input: () => inputOf(withLock(makeRun([easy(45)]), false), {}, ['cadence']),
  },
  {
    row: 42,
    what: 'a real 175 bpm at cadence 176 in a 10 km race',
    expected: 'hard',
    least: 0.9,
    noFlag: 'cadenceLock',
    input: () => inputOf(makeRun([part(2700, 1.0 * V2, { cadence: 176 })], { addHeartRate: 6 })),
  },
  {
    row: 43,
    what: 'heart rate drops out after 10 of 60 min',
    expected: 'easy',
    known: 'paceOnly',
    input: () => {
      const made = makeRun([easy(60)])
      made.heartRate.fill(0, 600)
      return inputOf(made)
    },
  },
  {
    row: 47,
    what: 'downhill 10 km at -5 %',
    expected: 'easy',
    demand: 'high',
    input: () => inputOf(makeRun([part(2900, 3.45, { grade: -0.05 })])),
  },
  {
    row: 48,
    what: 'uphill 1 h at 10 %',
    expected: 'hard',
    input: () => inputOf(makeRun([part(3600, 1.852 * 1.28, { grade: 0.1 })]), { surface: 'trail' }),
  },
  {
    row: 49,
    what: 'first run ever, age 40, easy',
    expected: 'easy',
    pHard: 0.2,
    confidenceMost: 0.8,
    firstRun: 1986,
    input: () => inputOf(makeRun([easy(40)], { addHeartRate: -12 })),
  },
  {
    row: 50,
    what: 'first run ever, 6 × 200 s',
    expected: 'hard',
    pHard: 0.8,
    confidenceMost: 0.8,
    firstRun: 1986,
    input: () => inputOf(case9()),
  },
  {
    row: 51,
    what: 'time alone',
    expected: 'unclear',
    pHard: 0.25,
    subtype: ['unknown'],
    asks: true,
    input: () => inputOf(null, { movingSeconds: 2700 }),
  },
  {
    row: 52,
    what: 'beta blockers, easy, heart rate switched off',
    expected: 'easy',
    known: 'paceOnly',
    profile: { ...plainProfile, ignoreHeartRate: true },
    input: () => inputOf(makeRun([easy(45)], { addHeartRate: -25 })),
  },
  {
    row: 52,
    what: 'beta blockers, repeats, heart rate switched off',
    expected: 'hard',
    known: 'paceOnly',
    profile: { ...plainProfile, ignoreHeartRate: true },
    input: () => inputOf(case9()),
  },
  {
    row: 53,
    what: 'pram: pace slow, heart rate easy',
    expected: 'easy',
    input: () => inputOf(makeRun([part(2700, 2.4)], { addHeartRate: 8 })),
  },
  { row: 55, what: 'a cool-down of three minutes', expected: 'easy', asks: false, input: () => inputOf(makeRun([jog(180)])) },
  {
    row: 56,
    what: '4:30/km for a runner whose second threshold is 4.7 m/s',
    expected: 'easy',
    state: () => ({ ...referenceState(), seed: { ...reference, speed2: 4.7, speed1: 3.95 } }),
    input: () => inputOf(makeRun([part(2700, 3.7)], { addHeartRate: -25 })),
  },
  {
    row: 56,
    what: '4:30/km for a runner whose second threshold is 3.7 m/s',
    expected: 'hard',
    input: () => inputOf(makeRun([part(2700, 3.7)])),
  },
  {
    row: 59,
    what: 'ultra of 6 h, mostly walking uphill, tagged as a race',
    expected: 'hard',
    least: 0.9,
    demand: 'high',
    subtype: ['race'],
    input: () =>
      inputOf(makeRun([...repeat(12, part(1200, 1.5, { grade: 0.1, cadence: 110 }), part(600, 2.9, { grade: -0.1 }))]), {
        surface: 'trail',
        race: true,
      }),
  },
  {
    row: 60,
    what: 'relay: 3 × 3 km hard with 40 min standing between',
    expected: 'hard',
    least: 0.9,
    input: () =>
      inputOf(
        makeRun([
          part(790, 1.03 * V2),
          part(2400, 0, { pause: true }),
          part(790, 1.03 * V2),
          part(2400, 0, { pause: true }),
          part(790, 1.03 * V2),
        ]),
      ),
  },
]
