import { addDays, type Day, daysBetween } from '../days.ts'
import { type ClearedInjury, type Injury, type InjuryArea, injuryAreas } from '../runner.ts'
import { type Exercise, isJump } from './exercises.ts'
import type { Phase, RuleText } from './request.ts'
import type { PastSession } from './session.ts'

const upperAreas: readonly InjuryArea[] = ['shoulder', 'wrist']

/** Low-risk work that helps a flagged area (docs/training.md, injuries). */
const helpful: Partial<Record<InjuryArea, readonly string[]>> = {
  achilles: ['seated_calf_raise', 'calf_raise'],
  plantar: ['seated_calf_raise', 'calf_raise'],
  shin: ['tib_raise', 'seated_calf_raise'],
  knee: ['glute_bridge', 'side_leg_raise', 'wall_sit'],
  itBand: ['clamshell', 'side_leg_raise'],
  ankle: ['sl_stand', 'calf_raise'],
  lowBack: ['dead_bug', 'bird_dog', 'glute_bridge'],
  hamstring: ['glute_bridge'],
  hip: ['clamshell', 'bird_dog'],
}

const inWords: Record<InjuryArea, string> = {
  knee: 'knee',
  itBand: 'IT band',
  achilles: 'Achilles tendon',
  calf: 'calf',
  plantar: 'sole of the foot',
  shin: 'shin',
  boneStress: 'bone',
  ankle: 'ankle',
  hamstring: 'hamstring',
  hip: 'hip',
  lowBack: 'low back',
  shoulder: 'shoulder',
  wrist: 'wrist',
}

function isArea(area: string): area is InjuryArea {
  return (injuryAreas as readonly string[]).includes(area)
}

/**
 * The flagged areas on a day: those the runner set, and those where pain above 3 of 10 was reported after a session of
 * the last 14 days (rule C12). The higher pain of two reports counts.
 */
export function activeInjuries(injuries: readonly Injury[], history: readonly PastSession[], day: Day): Injury[] {
  const found = new Map<InjuryArea, Injury>()
  for (const injury of injuries) {
    const known = found.get(injury.area)
    found.set(injury.area, {
      area: injury.area,
      painAtRest: Math.max(injury.painAtRest ?? 0, known?.painAtRest ?? 0),
      painDuring: Math.max(injury.painDuring ?? 0, known?.painDuring ?? 0),
      nightPain: injury.nightPain === true || known?.nightPain === true,
    })
  }
  const since = addDays(day, -14)
  for (const session of history) {
    const pain = session.feedback?.pain
    if (!pain || pain.level <= 3 || session.localDate < since || session.localDate >= day || !isArea(pain.area)) continue
    const known = found.get(pain.area)
    found.set(pain.area, { ...known, area: pain.area, painDuring: Math.max(pain.level, known?.painDuring ?? 0) })
  }
  return [...found.values()]
}

/** Bone stress, pain at rest from 4 of 10 or pain at night: no leg session until a professional has cleared it (rule C12). */
export function stopsLegs(injuries: readonly Injury[]): boolean {
  return injuries.some(
    ({ area, painAtRest, nightPain }) =>
      area === 'boneStress' || (!upperAreas.includes(area) && ((painAtRest ?? 0) >= 4 || nightPain === true)),
  )
}

/** Whether any flagged area belongs to the legs or the trunk. */
export function hasLegInjury(injuries: readonly Injury[]): boolean {
  return injuries.some(({ area }) => !upperAreas.includes(area))
}

/** Whether a leg or back injury was cleared within so many days: two weeks are half sets, four are without jumps (rule C12). */
export function clearedWithin(cleared: readonly ClearedInjury[] | null | undefined, day: Day, days: number): boolean {
  return (cleared ?? []).some(({ area, localDate }) => {
    const since = daysBetween(localDate, day)
    return !upperAreas.includes(area) && since >= 0 && since < days
  })
}

/**
 * What flagged areas mean for one exercise: `remove` it, `ease` it (half range, half load), or null.
 * Pain during work up to 3 of 10 eases what is flagged so, from 4 on it is exchanged (rule C12). With an Achilles, calf
 * or sole that hurts, calf work stays on two legs.
 */
export function injuryEffect(exercise: Exercise, injuries: readonly Injury[], phase?: Phase): 'remove' | 'ease' | null {
  if (isJump(exercise) && phase === 'return') return 'remove'
  let effect: 'ease' | null = null
  for (const { area, painDuring, painAtRest, nightPain } of injuries) {
    const flag = exercise.flags[area]
    const oneLegCalf = exercise.pattern === 'calf' && exercise.perSide && exercise.id !== 'band_dorsiflexion'
    if (oneLegCalf && (area === 'achilles' || area === 'calf' || area === 'plantar')) return 'remove'
    if (!flag) continue
    if (flag === 'remove' || (painDuring ?? 0) > 3 || (painAtRest ?? 0) >= 4 || nightPain === true) return 'remove'
    effect = 'ease'
  }
  return effect
}

/** Helpful exercises for the flagged areas, the first area first. */
export function helpfulExercises(injuries: readonly Injury[]): string[] {
  return [...new Set(injuries.flatMap(({ area }) => helpful[area] ?? []))]
}

/** Tissue that answers slowly to load: calf work does not progress there (rule S3-10). */
export function slowCalf(injuries: readonly Injury[]): boolean {
  return injuries.some(({ area }) => area === 'achilles' || area === 'plantar' || area === 'calf')
}

/** The words that go with flagged areas: what was changed, and to see a professional (rules C12, S2-15). */
export function injuryNotices(injuries: readonly Injury[]): RuleText[] {
  if (injuries.length === 0) return []
  const areas = injuries.map(({ area }) => inWords[area]).join(', ')
  if (stopsLegs(injuries)) {
    return [
      {
        rule: 'C12',
        text: `No leg strength while your ${areas} is like this: have it looked at by a health professional and clear it here afterwards.`,
      },
    ]
  }
  return [
    {
      rule: 'C12',
      text: `Exercises that load your ${areas} are left out or eased; keep pain at 3 of 10 or less and see a professional if it stays.`,
    },
  ]
}
