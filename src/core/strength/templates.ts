import type { Equipment } from '../runner.ts'
import { tierOrder } from './exercise.ts'
import type { Pattern } from './exercises.ts'
import type { SessionKind } from './session.ts'

/** What a place in a template is for; shortening and goals look at it. */
export type Role = 'jump' | 'squat' | 'hinge' | 'step' | 'push' | 'pull' | 'calf' | 'core' | 'lateral' | 'balance' | 'mobility'

/**
 * One place of a template: exercises in order of preference, then anything of the patterns. Accessories rotate with the
 * block (rule C8); `extra` goes first when time is short; a letter joins neighbours to a pair.
 */
export type Slot = {
  role: Role
  prefer: string[]
  patterns: Pattern[]
  rotates: boolean
  extra: boolean
  group: string | null
  fast: boolean
  /** Asked for by the goal or a sore area: it goes last but for the main lifts. */
  kept?: true
}

export type Template = {
  id: string
  kind: SessionKind
  /** Least equipment that it is written for; below it, swaps within the patterns. */
  tier: Equipment
  /** Minutes in full. */
  minutes: number
  /** First and second session of a week. */
  variants: readonly (readonly Slot[])[]
}

const patternsOf: Record<Role, Pattern[]> = {
  jump: ['plyo'],
  squat: ['squat', 'lunge'],
  hinge: ['hinge', 'bridge'],
  step: ['step', 'lunge'],
  push: ['push'],
  pull: ['pull'],
  calf: ['calf'],
  core: ['antiRotation', 'antiExtension', 'rotation'],
  lateral: ['hipAbduction', 'lunge'],
  balance: ['balance'],
  mobility: ['mobility'],
}

/** `role[*][?][!][(group)]: ids`: `*` rotates, `?` is extra, `!` is done fast. */
function slot(text: string): Slot {
  const match = /^(\w+)(\*?)(\?)?(!)?(?:\((\w)\))?: (.+)$/.exec(text)
  if (!match) throw new RangeError(`${text} is no place of a template`)
  const role = match[1] as Role
  return {
    role,
    prefer: match[6]!.split(' '),
    patterns: patternsOf[role],
    rotates: match[2] === '*',
    extra: match[3] === '?',
    group: match[5] ?? null,
    fast: match[4] === '!',
  }
}

const template = (id: string, kind: SessionKind, tier: Equipment, minutes: number, ...variants: string[][]): Template => ({
  id,
  kind,
  tier,
  minutes,
  variants: variants.map((lines) => lines.map(slot)),
})

/** All templates; the first variant is the written session, the second completes the week (docs/training.md, templates). */
export const templates: readonly Template[] = [
  template(
    'foundation_bw',
    'foundation',
    'none',
    33,
    [
      'jump?: pogo',
      'squat: sit_to_stand band_squat bw_squat',
      'hinge*: glute_bridge hip_extension bridge_march',
      'step: reverse_lunge split_squat',
      'hinge: sl_rdl hip_hinge_drill',
      'push(a): incline_push_up push_up',
      'calf(a): calf_raise seated_calf_raise',
      'core*(b): side_plank band_pallof shoulder_tap_plank',
      'core*(b): dead_bug bird_dog plank',
      'balance?: sl_stand sl_reach',
    ],
    [
      'jump?: pogo',
      'step: step_up split_squat',
      'hinge: band_good_morning hip_hinge_drill',
      'squat: bw_squat band_squat',
      'hinge*: bridge_march sl_glute_bridge glute_bridge hip_extension',
      'pull(a): band_row_1 superman',
      'calf(a): seated_calf_raise calf_raise',
      'lateral*?: side_leg_raise clamshell lateral_band_walk',
      'core?(b): band_pallof side_plank',
      'core(b): russian_twist dead_bug',
      'calf?: tib_raise band_dorsiflexion',
    ],
  ),
  template(
    'foundation_short',
    'foundation',
    'none',
    21,
    [
      'squat: bw_squat band_squat sit_to_stand',
      'step: step_up split_squat',
      'hinge: glute_bridge',
      'push(a): push_up incline_push_up',
      'calf(a): calf_raise seated_calf_raise',
      'core: side_plank dead_bug',
    ],
    [
      'step: reverse_lunge split_squat',
      'hinge: sl_rdl hip_hinge_drill',
      'hinge: bridge_march glute_bridge',
      'pull(a): band_row_1 superman',
      'calf(a): seated_calf_raise calf_raise',
      'core: russian_twist dead_bug bird_dog',
    ],
  ),
  template(
    'foundation_db',
    'foundation',
    'dumbbells',
    29,
    [
      'jump?: pogo',
      'squat: goblet_squat bw_squat',
      'hinge: db_rdl kb_deadlift glute_bridge',
      'step: step_up split_squat',
      'push(a): push_up incline_push_up',
      'pull(a): db_row_1 band_row_1 superman',
      'calf: calf_raise seated_calf_raise',
      'core*(b): band_pallof side_plank suitcase_carry',
      'core*(b): plank dead_bug bird_dog',
      'balance?: sl_stand sl_reach',
    ],
    [
      'jump?: pogo',
      'step: reverse_lunge split_squat',
      'hinge: kb_deadlift db_hip_thrust glute_bridge',
      'hinge*: sl_glute_bridge bridge_march hip_extension glute_bridge',
      'push(a): db_floor_press push_up',
      'pull(a): band_row_1 db_row_1 superman',
      'calf: seated_calf_raise calf_raise',
      'lateral*?: lateral_band_walk side_leg_raise standing_adduction',
      'core?(b): suitcase_carry band_pallof side_plank',
      'core(b): woodchop russian_twist dead_bug',
      'calf?: tib_raise band_dorsiflexion',
    ],
  ),
  template(
    'hypertrophy_gym',
    'hypertrophy',
    'gym',
    42,
    [
      'squat: goblet_squat leg_press bw_squat',
      'hinge: db_rdl kb_deadlift glute_bridge',
      'step: db_reverse_lunge reverse_lunge split_squat',
      'pull*(a): cable_row_1 lat_pulldown db_row_1',
      'push*(a): cable_chest_press_1 db_floor_press push_up',
      'calf: seated_calf_raise calf_raise',
      'core*: pallof_press kneel_chop side_plank',
      'lateral?: cable_hip_abduction lateral_band_walk side_leg_raise',
    ],
    [
      'hinge: db_hip_thrust glute_bridge',
      'step: db_step_up step_up split_squat',
      'squat: leg_press goblet_squat bw_squat',
      'pull*(a): lat_pulldown db_row_1 cable_row_1',
      'push*(a): db_floor_press push_up cable_chest_press_1',
      'calf: db_calf_raise calf_raise seated_calf_raise',
      'core: woodchop russian_twist dead_bug',
      'lateral*?: standing_adduction lateral_lunge side_leg_raise',
      'calf?: tib_raise band_dorsiflexion',
    ],
  ),
  template(
    'hypertrophy_home',
    'hypertrophy',
    'dumbbells',
    41,
    [
      'squat: goblet_squat sl_box_squat bw_squat',
      'hinge: db_rdl sl_rdl glute_bridge',
      'step: db_step_up step_up split_squat',
      'push(a): push_up incline_push_up db_floor_press',
      'pull(a): db_row_1 band_row_1 superman',
      'calf: calf_raise seated_calf_raise',
      'core*: side_plank band_pallof suitcase_carry',
      'lateral?: side_leg_raise lateral_band_walk clamshell',
    ],
    [
      'hinge: db_hip_thrust sl_hip_thrust sl_glute_bridge glute_bridge',
      'step: db_split_squat split_squat',
      'hinge: db_sl_rdl sl_rdl hip_hinge_drill',
      'push*(a): db_floor_press push_up incline_push_up',
      'pull*(a): band_row_1 db_row_1 superman',
      'calf: bent_knee_sl_calf seated_calf_raise calf_raise',
      'core: woodchop russian_twist dead_bug',
      'lateral*?: lateral_lunge standing_adduction side_leg_raise',
      'calf?: tib_raise band_dorsiflexion',
    ],
  ),
  template(
    'max_strength_gym',
    'maxStrength',
    'gym',
    40,
    [
      'squat: back_squat front_squat leg_press goblet_squat bw_squat',
      'hinge: bb_rdl db_rdl kb_deadlift glute_bridge',
      'step: db_step_up step_up split_squat',
      'pull(a): pull_up band_pull_up lat_pulldown db_row_1',
      'calf(a): db_calf_raise calf_raise seated_calf_raise',
      'core*: pallof_press kneel_chop side_plank',
      'push?: db_floor_press push_up',
    ],
    [
      'hinge: trap_bar_deadlift kb_deadlift db_rdl glute_bridge',
      'hinge: bb_hip_thrust db_hip_thrust sl_hip_thrust glute_bridge',
      'step: bulgarian_split_squat db_split_squat split_squat',
      'pull*(a): cable_row_1 db_row_1 inverted_row',
      'calf(a): bent_knee_sl_calf seated_calf_raise calf_raise',
      'core: woodchop russian_twist dead_bug',
      'push?: db_floor_press push_up',
      'lateral*?: cable_hip_abduction standing_adduction lateral_band_walk',
      'calf?: tib_raise band_dorsiflexion',
    ],
  ),
  template(
    'max_strength_home',
    'maxStrength',
    'dumbbells',
    44,
    [
      'squat: bulgarian_split_squat db_split_squat sl_box_squat split_squat',
      'hinge: db_sl_rdl sl_rdl hip_hinge_drill',
      'squat: goblet_squat sl_squat sl_box_squat bw_squat',
      'pull(a): db_row_1 band_row_1 superman',
      'core*(a): side_plank band_pallof suitcase_carry',
      'calf: sl_calf_raise db_calf_raise calf_raise seated_calf_raise',
      'push?: push_up db_floor_press incline_push_up',
    ],
    [
      'hinge: db_rdl slider_leg_curl sl_rdl hip_hinge_drill',
      'step: db_step_up heel_tap_box step_up',
      'hinge: db_hip_thrust sl_hip_thrust sl_glute_bridge glute_bridge',
      'pull(a): band_row_1 db_row_1 superman',
      'core(a): woodchop russian_twist dead_bug',
      'calf: bent_knee_sl_calf seated_calf_raise calf_raise',
      'push?: db_floor_press push_up incline_push_up',
      'lateral*?: lateral_lunge standing_adduction side_leg_raise',
      'calf?: tib_raise band_dorsiflexion',
    ],
  ),
  template(
    'power_gym',
    'power',
    'gym',
    40,
    [
      'jump: pogo jump_rope',
      'jump: box_jump squat_jump',
      'jump?: bound lateral_bound',
      'hinge!: trap_bar_deadlift kb_deadlift db_rdl glute_bridge',
      'step!: db_step_up step_up split_squat',
      'pull(a): db_row_1 cable_row_1 band_row_1',
      'calf(a): sl_calf_raise db_calf_raise calf_raise seated_calf_raise',
      'core: woodchop russian_twist dead_bug',
    ],
    [
      'jump: jump_rope pogo',
      'jump: squat_jump box_jump',
      'jump?: lateral_bound split_jump',
      'hinge!: bb_hip_thrust db_hip_thrust kb_deadlift glute_bridge',
      'squat!: db_split_squat split_squat bw_squat',
      'pull(a): lat_pulldown band_pull_up band_row_1',
      'calf(a): bent_knee_sl_calf seated_calf_raise calf_raise',
      'core*: pallof_press kneel_chop side_plank',
      'push?: push_up db_floor_press',
    ],
  ),
  template(
    'power_home',
    'power',
    'dumbbells',
    41,
    [
      'jump: pogo jump_rope',
      'jump: squat_jump',
      'jump?: sl_hop lateral_bound',
      'squat!: goblet_squat bw_squat',
      'hinge: sl_hip_thrust sl_glute_bridge glute_bridge',
      'step!: step_up split_squat',
      'pull(a): db_row_1 band_row_1 superman',
      'core*(a): side_plank band_pallof suitcase_carry',
      'calf: sl_calf_raise calf_raise seated_calf_raise',
    ],
    [
      'jump: pogo jump_rope',
      'jump: lateral_bound squat_jump',
      'jump?: split_jump squat_jump',
      'hinge!: db_rdl kb_deadlift sl_rdl glute_bridge',
      'step!: db_reverse_lunge reverse_lunge split_squat',
      'pull(a): band_row_1 db_row_1 superman',
      'core(a): woodchop russian_twist dead_bug',
      'calf: bent_knee_sl_calf seated_calf_raise calf_raise',
      'push?: push_up incline_push_up',
    ],
  ),
  template(
    'maintenance_gym',
    'maintenance',
    'gym',
    28,
    [
      'jump?: pogo',
      'hinge: trap_bar_deadlift kb_deadlift db_rdl glute_bridge',
      'step: db_step_up bulgarian_split_squat step_up',
      'hinge: db_sl_rdl sl_rdl hip_hinge_drill',
      'pull(a): db_row_1 cable_row_1 band_row_1',
      'core(a): side_plank pallof_press',
      'calf: sl_calf_raise db_calf_raise calf_raise seated_calf_raise',
      'core?: woodchop russian_twist dead_bug',
    ],
    [
      'jump?: pogo',
      'squat: back_squat front_squat leg_press goblet_squat',
      'hinge: bb_rdl db_rdl kb_deadlift glute_bridge',
      'step: db_split_squat bulgarian_split_squat split_squat step_up',
      'pull(a): lat_pulldown cable_row_1 band_row_1',
      'core(a): woodchop russian_twist dead_bug',
      'calf: bent_knee_sl_calf seated_calf_raise calf_raise',
      'core?: pallof_press side_plank',
    ],
  ),
  template(
    'maintenance_home',
    'maintenance',
    'dumbbells',
    28,
    [
      'jump?: pogo',
      'squat: goblet_squat sl_box_squat bw_squat',
      'hinge: db_sl_rdl sl_rdl hip_hinge_drill',
      'step: db_step_up step_up split_squat',
      'pull(a): db_row_1 band_row_1 superman',
      'core(a): side_plank band_pallof',
      'calf: sl_calf_raise db_calf_raise calf_raise seated_calf_raise',
      'core?: woodchop russian_twist dead_bug',
    ],
    [
      'jump?: pogo',
      'hinge: db_rdl kb_deadlift glute_bridge',
      'squat: bulgarian_split_squat db_split_squat split_squat',
      'step: db_step_up heel_tap_box reverse_lunge',
      'pull(a): band_row_1 db_row_1 superman',
      'core(a): woodchop russian_twist dead_bug',
      'calf: bent_knee_sl_calf seated_calf_raise calf_raise',
      'core?: band_pallof side_plank',
    ],
  ),
  template(
    'maintenance_bw',
    'maintenance',
    'none',
    23,
    [
      'squat: bulgarian_split_squat split_squat',
      'hinge: sl_hip_thrust sl_glute_bridge glute_bridge',
      'step: step_up',
      'push(a): push_up incline_push_up',
      'core(a): side_plank',
      'calf: sl_calf_raise calf_raise seated_calf_raise',
      'pull: band_row_1 superman',
      'core?: russian_twist dead_bug',
    ],
    [
      'hinge: sl_rdl hip_hinge_drill',
      'step: reverse_lunge split_squat',
      'squat: sl_squat sl_box_squat bw_squat',
      'pull(a): band_row_1 superman',
      'core(a): russian_twist woodchop dead_bug',
      'calf: bent_knee_sl_calf seated_calf_raise calf_raise',
      'core?: side_plank band_pallof',
    ],
  ),
  template(
    'upper_core',
    'upperCore',
    'none',
    22,
    [
      'push(a): push_up incline_push_up db_floor_press',
      'pull(a): db_row_1 band_row_1 superman',
      'core(b): band_pallof bird_dog shoulder_tap_plank',
      'core(b): side_plank',
      'core: dead_bug plank',
      'pull: band_pull_apart superman',
      'pull?: superman',
    ],
    [
      'pull(a): lat_pulldown inverted_row band_row_1 superman',
      'push(a): db_shoulder_press db_floor_press incline_push_up push_up',
      'core(b): suitcase_carry shoulder_tap_plank side_plank',
      'core(b): plank bird_dog dead_bug',
      'core: woodchop russian_twist dead_bug',
      'pull?: band_pull_apart superman',
    ],
  ),
  template(
    'core_micro',
    'coreMicro',
    'none',
    10,
    ['core: band_pallof shoulder_tap_plank bird_dog', 'core: side_plank', 'core: dead_bug', 'core?: bird_dog'],
    ['core: side_plank band_pallof', 'core: plank bird_dog', 'core: woodchop russian_twist dead_bug', 'core?: dead_bug'],
  ),
  template(
    'micro_hips',
    'coreMicro',
    'none',
    12,
    [
      'lateral: side_leg_raise clamshell',
      'hinge: glute_bridge bridge_march',
      'core(a): side_plank band_pallof bird_dog',
      'core?(a): dead_bug plank bird_dog',
    ],
    [
      'lateral: lateral_band_walk clamshell side_leg_raise',
      'hinge: bridge_march hip_extension',
      'core(a): band_pallof shoulder_tap_plank bird_dog',
      'lateral?: standing_adduction band_psoas_march clamshell',
    ],
  ),
  template(
    'micro_calves',
    'coreMicro',
    'none',
    12,
    [
      'calf: sl_calf_raise calf_raise seated_calf_raise',
      'calf: tib_raise band_dorsiflexion',
      'core(a): dead_bug plank',
      'core?(a): side_plank bird_dog',
    ],
    [
      'calf: bent_knee_sl_calf seated_calf_raise calf_raise',
      'calf: band_dorsiflexion tib_raise',
      'core(a): plank bird_dog dead_bug',
      'core?(a): russian_twist dead_bug',
    ],
  ),
  template(
    'micro_balance',
    'coreMicro',
    'none',
    12,
    [
      'balance: sl_reach sl_stand',
      'hinge: hip_extension glute_bridge',
      'core(a): russian_twist dead_bug',
      'lateral?: band_psoas_march clamshell side_leg_raise',
    ],
    [
      'balance: sl_stand sl_reach',
      'hinge: sl_glute_bridge bridge_march glute_bridge',
      'core(a): woodchop russian_twist dead_bug',
      'lateral?: side_leg_raise clamshell',
    ],
  ),
  template('activation', 'activation', 'none', 10, [
    'squat: bw_squat glute_bridge',
    'step: reverse_lunge split_squat',
    'calf: calf_raise seated_calf_raise',
    'core: dead_bug',
    'jump?: pogo',
  ]),
  template(
    'mobility',
    'mobility',
    'none',
    19,
    [
      'mobility: elbow_to_instep',
      'mobility: hip_flexor_stretch',
      'mobility: hip_switch_9090',
      'mobility: ankle_rock',
      'mobility: calf_stretch',
      'mobility?: foam_roll_legs foot_roll',
      'mobility?: foam_roll_back',
    ],
    [
      'mobility: hip_flexor_stretch',
      'mobility: pigeon hip_switch_9090',
      'mobility: ankle_rock',
      'mobility: overhead_reach',
      'mobility: calf_stretch',
      'mobility?: foam_roll_legs foot_roll',
      'mobility?: foam_roll_back',
    ],
  ),
]

const byId = new Map(templates.map((entry) => [entry.id, entry]))

/** The template of an id. @throws RangeError when there is none */
export function templateOf(id: string): Template {
  const found = byId.get(id)
  if (!found) throw new RangeError(`${id} is no template`)
  return found
}

/** The template for a kind with the equipment at hand and the minutes there are, fullest first. */
export function templatesFor(kind: SessionKind, equipment: Equipment, minutes: number): Template[] {
  const able = templates
    .filter((entry) => entry.kind === kind && entry.id !== 'foundation_short' && !entry.id.startsWith('micro_'))
    .sort((a, b) => tierOrder.indexOf(b.tier) - tierOrder.indexOf(a.tier))
  const fitting = able.filter((entry) => tierOrder.indexOf(entry.tier) <= tierOrder.indexOf(equipment))
  const chosen = fitting.length > 0 ? fitting : able.slice(-1)
  if (kind !== 'foundation') return chosen
  const short = templateOf('foundation_short')
  return minutes < 28 ? [short, ...chosen] : [...chosen, short]
}

const microTurn = ['micro_hips', 'micro_calves', 'micro_balance', 'core_micro']

/** The block of a week of short blocks after so many others of it: hips, calves, balance, core in turn (rule S4-08). */
export function microTemplate(before: number): Template {
  return templateOf(microTurn[before % microTurn.length]!)
}
