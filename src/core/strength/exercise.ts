import type { Equipment, InjuryArea } from '../runner.ts'

export type Pattern =
  | 'squat'
  | 'lunge'
  | 'step'
  | 'hinge'
  | 'bridge'
  | 'hipAbduction'
  | 'calf'
  | 'antiExtension'
  | 'antiRotation'
  | 'rotation'
  | 'push'
  | 'pull'
  | 'plyo'
  | 'balance'
  | 'mobility'

export type Muscle =
  | 'quads'
  | 'hamstrings'
  | 'glutes'
  | 'calves'
  | 'soleus'
  | 'shins'
  | 'abductors'
  | 'adductors'
  | 'hipFlexors'
  | 'feet'
  | 'abdominals'
  | 'obliques'
  | 'lowerBack'
  | 'upperBack'
  | 'chest'
  | 'shoulders'
  | 'arms'

/**
 * Things an exercise needs beside its tier. `householdNeeds` are counted as there for everybody: a chair or sofa stands
 * in for a low box and for a bench, a stair for a step, a ball or bottle for the foot. A high box to jump on, a bar, a
 * big ball, a board, a rope and a roller come with the gym only.
 */
export type Need = 'chair' | 'step' | 'wall' | 'towel' | 'smallBall' | 'box' | 'bar' | 'ball' | 'board' | 'rope' | 'roller'

export const householdNeeds: readonly Need[] = ['chair', 'step', 'wall', 'towel', 'smallBall']

/** Row of the dose table (docs/training.md): A main two-leg lift to K upper body. */
export type DoseClass = 'A' | 'B' | 'C' | 'D' | 'E' | 'F' | 'G' | 'H' | 'I' | 'J' | 'K'

/** The six areas that a week has to touch (rule S0-01). */
export type FocusArea = 'lowerBodyPower' | 'coreHip' | 'upperBody' | 'singleLeg' | 'runningSpecific' | 'mobility'

export type Purpose =
  | 'hills'
  | 'speed'
  | 'speedHold'
  | 'finish'
  | 'pelvis'
  | 'armDrive'
  | 'posture'
  | 'endurance'
  | 'stability'
  | 'power'
  | 'drive'
  | 'lateRunForm'
  | 'bone'
  | 'range'

/** How the weight is held; `weightKg` of a session is one dumbbell, the whole bar, or the stack. */
export type LoadKind = 'single' | 'pair' | 'barbell' | 'machine' | 'cable'

/** FIT profile numbers of `exercise_category` and `<category>_exercise_name`; `near` is never harder than what is meant. */
export type FitExercise = {
  category: number
  name: number | null
  categoryKey: string
  nameKey: string | null
  match: 'exact' | 'near' | 'category'
}

export type Exercise = {
  id: string
  name: string
  pattern: Pattern
  muscles: readonly Muscle[]
  /** Least equipment; the tiers stand on each other (none, bands, dumbbells, gym). */
  tier: Equipment
  needs: readonly Need[]
  /** Sets, reps and seconds count for one side. */
  perSide: boolean
  /** Runners below this level do not get it (rule C5). */
  level: 1 | 2 | 3
  dose: DoseClass
  /** Prescribed by seconds: holds and carries. */
  timed: boolean
  /** Kilograms to start with at level 1, 2, 3 for a grown man; `null` is done without a weight. */
  load: { kind: LoadKind; startKg: readonly [number, number, number] } | null
  /** May be done without its weight by a runner who has none. */
  unloaded: boolean
  fit: FitExercise
  /** Names of Garmin's workout editor; `name` null where the category alone is right. */
  garmin: { category: string; name: string | null } | null
  flags: Readonly<Partial<Record<InjuryArea, 'remove' | 'ease'>>>
  easier: string | null
  harder: string | null
  /** Given only in place of an exercise it was asked for (rule S3-11). */
  optIn: boolean
  cue: string
  purposes: readonly Purpose[]
  focus: readonly FocusArea[]
  /** Source articles that name it. */
  seeds: readonly string[]
}

export const tierOrder: readonly Equipment[] = ['none', 'bands', 'dumbbells', 'gym']

const purposesOf: Record<Pattern, readonly Purpose[]> = {
  squat: ['bone', 'hills', 'endurance'],
  lunge: ['stability', 'bone', 'hills', 'lateRunForm'],
  step: ['hills', 'speed', 'stability'],
  hinge: ['drive', 'speedHold', 'finish'],
  bridge: ['drive', 'finish', 'pelvis'],
  hipAbduction: ['pelvis', 'stability'],
  calf: ['speed', 'hills', 'endurance'],
  antiExtension: ['posture', 'lateRunForm'],
  antiRotation: ['posture', 'pelvis', 'lateRunForm'],
  rotation: ['posture', 'armDrive'],
  push: ['armDrive', 'posture'],
  pull: ['posture', 'armDrive'],
  plyo: ['power', 'speed', 'finish'],
  balance: ['stability', 'lateRunForm'],
  mobility: ['range'],
}

const legs: readonly Pattern[] = ['squat', 'lunge', 'step', 'hinge', 'bridge']

function focusOf(id: string, pattern: Pattern, dose: DoseClass, perSide: boolean): FocusArea[] {
  const focus: FocusArea[] = []
  if (pattern === 'plyo' || (legs.includes(pattern) && (dose === 'A' || dose === 'B' || dose === 'H'))) focus.push('lowerBodyPower')
  if (['antiExtension', 'antiRotation', 'rotation', 'hipAbduction', 'bridge'].includes(pattern)) focus.push('coreHip')
  if (pattern === 'push' || pattern === 'pull' || id === 'superman') focus.push('upperBody')
  if (perSide && (legs.includes(pattern) || pattern === 'balance' || dose === 'D')) focus.push('singleLeg')
  if (pattern === 'lunge' || pattern === 'step' || pattern === 'plyo' || (pattern === 'hinge' && perSide)) focus.push('runningSpecific')
  if (pattern === 'mobility') focus.push('mobility')
  return focus
}

const words = <T extends string>(text: string | undefined): T[] => (text ? (text.split(' ') as T[]) : [])

type Rest = {
  muscles: string
  needs?: string
  load?: [LoadKind, number, number, number]
  perSide?: boolean
  unloaded?: boolean
  optIn?: boolean
  remove?: string
  ease?: string
  easier?: string
  harder?: string
  seeds?: string
}

/** Builds one entry of the library; what follows from the pattern is filled in here. */
export function exercise(
  id: string,
  name: string,
  pattern: Pattern,
  tier: Equipment,
  level: 1 | 2 | 3,
  dose: DoseClass,
  fit: [number, number | null, string, string | null, FitExercise['match']],
  garmin: string | null,
  rest: Rest,
  cue: string,
): Exercise {
  const [category, garminName] = garmin?.split('.') ?? []
  const perSide = rest.perSide ?? false
  return {
    id,
    name,
    pattern,
    muscles: words<Muscle>(rest.muscles),
    tier,
    needs: words<Need>(rest.needs),
    perSide,
    level,
    dose,
    timed: dose === 'E' || dose === 'I' || dose === 'J' || id === 'suitcase_carry' || id === 'toe_walk_carry',
    load: rest.load ? { kind: rest.load[0], startKg: [rest.load[1], rest.load[2], rest.load[3]] } : null,
    unloaded: rest.unloaded ?? false,
    fit: { category: fit[0], name: fit[1], categoryKey: fit[2], nameKey: fit[3], match: fit[4] },
    garmin: category ? { category, name: garminName ?? null } : null,
    flags: Object.fromEntries([
      ...words<InjuryArea>(rest.ease).map((area) => [area, 'ease'] as const),
      ...words<InjuryArea>(rest.remove).map((area) => [area, 'remove'] as const),
    ]),
    easier: rest.easier ?? null,
    harder: rest.harder ?? null,
    optIn: rest.optIn ?? false,
    cue,
    purposes: purposesOf[pattern],
    focus: focusOf(id, pattern, dose, perSide),
    seeds: words(rest.seeds),
  }
}

/** The lifts that a block is about; everything else climbs by double progression from kind to kind. */
export function isLift({ dose }: Pick<Exercise, 'dose'>): boolean {
  return dose === 'A' || dose === 'B'
}
