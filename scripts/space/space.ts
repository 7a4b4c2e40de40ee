import { type Equipment, type Goal, type Injury, injuryAreas } from '../../src/core/runner.ts'
import { buildSession } from '../../src/core/strength/build-session.ts'
import { kindMinutes } from '../../src/core/strength/kinds.ts'
import { type Level, phases, type SessionRequest } from '../../src/core/strength/request.ts'
import { type PastSession, type SessionKind, sessionKinds } from '../../src/core/strength/session.ts'

const tiers: Equipment[] = ['none', 'bands', 'dumbbells', 'gym']
const levels: Level[] = [1, 2, 3]
const goals: Goal[] = [
  { distance: 'general', terrain: 'flat' },
  { distance: '5k', terrain: 'flat' },
  { distance: '10k', terrain: 'trail' },
  { distance: 'half', terrain: 'hilly' },
  { distance: 'marathon', terrain: 'flat' },
  { distance: 'ultra', terrain: 'trail' },
]
const flagged = (area: Injury['area'], painDuring: number): Injury[] => [{ area, painDuring }]
const flags: Injury[][] = [
  [],
  ...injuryAreas.map((area, i) => flagged(area, i % 2 === 0 ? 2 : 5)),
  [...flagged('knee', 5), ...flagged('achilles', 2), ...flagged('lowBack', 2)],
]
const minutesOf = (kind: SessionKind) => {
  const { min, usual, max } = kindMinutes(kind)
  return [min, usual, max + 10]
}

const dimensions = [sessionKinds.length, tiers.length, levels.length, phases.length, 2, flags.length, 3] as const

/** How many requests the space holds. */
export const spaceSize = dimensions.reduce((product, size) => product * size, 1)

/**
 * One request of the space of kinds, equipment, levels, phases, light weeks, flags and minutes. What is not a dimension of
 * its own (goal, week, units, first or second session of the week, the run before it) turns with the number.
 */
export function requestAt(number: number): SessionRequest {
  let rest = number
  const at = dimensions.map((size) => {
    const index = rest % size
    rest = Math.floor(rest / size)
    return index
  })
  const pick = <T>(list: readonly T[], i: number): T => list[at[i]!]!
  const kind = pick(sessionKinds, 0)
  const first: SessionRequest = {
    kind,
    equipment: pick(tiers, 1),
    level: pick(levels, 2),
    phase: pick(phases, 3),
    deload: at[4] === 1,
    injuries: pick(flags, 5),
    minutes: pick(minutesOf(kind), 6),
    weekOfBlock: (number % 7) + 1,
    goal: goals[number % goals.length]!,
    dislikes: number % 5 === 0 ? ['push_up', 'side_plank', 'reverse_lunge'] : [],
    history: [],
    weekSoFar: [],
    day: '2026-03-05',
    units: number % 2 === 0 ? 'metric' : 'imperial',
    sex: number % 3 === 0 ? 'female' : number % 3 === 1 ? 'male' : null,
    birthYear: number % 11 === 0 ? 1958 : 1990,
    sameVisit: number % 13 === 0,
    hardDay: number % 13 === 0 || number % 17 === 0,
    hasLongRunThisWeek: number % 2 === 1,
    micro: number % 3 === 0,
  }
  if (number % 4 < 2) return first
  const before = buildSession({ ...first, day: '2026-03-02', weekOfBlock: Math.max(1, first.weekOfBlock - 1) })
  if (!before) return first
  const done: PastSession = { localDate: '2026-03-02', kind, status: 'done', rpe: (number % 6) + 4, exercises: before.exercises }
  return { ...first, history: [done], weekSoFar: [{ kind, exercises: before.exercises }] }
}
