/**
 * The exercise names that are sent to Garmin. One name that its Training API does not know costs the runner the whole
 * workout, so only names are sent that are known to be taken there; an exercise without one of its own gets the nearest
 * of its family, or none, and its real name stands in the step's text (readme.md, exercise names).
 */
import { findExercise } from '../../core/strength/exercises.ts'

export type GarminExercise = { category: string; name: string }

/** Category -> names that are taken. */
const taken: Record<string, readonly string[]> = {
  BANDED_EXERCISES: ['GLUTE_BRIDGE'],
  BENCH_PRESS: ['SINGLE_ARM_CABLE_CHEST_PRESS'],
  CALF_RAISE: [
    'SEATED_CALF_RAISE',
    'SEATED_DUMBBELL_TOE_RAISE',
    'SINGLE_LEG_BENT_KNEE_CALF_RAISE',
    'SINGLE_LEG_STANDING_CALF_RAISE',
    'STANDING_CALF_RAISE',
    'WEIGHTED_STANDING_CALF_RAISE',
  ],
  CARDIO: ['JUMP_ROPE'],
  CARRY: ['FARMERS_CARRY'],
  CORE: ['CABLE_CORE_PRESS', 'RUSSIAN_TWIST', 'TURKISH_GET_UP'],
  DEADLIFT: ['KETTLEBELL_DEADLIFT', 'ROMANIAN_DEADLIFT', 'SINGLE_LEG_ROMANIAN_DEADLIFT_WITH_DUMBBELL'],
  HIP_RAISE: ['BARBELL_HIP_THRUST_WITH_BENCH', 'HIP_RAISE', 'KETTLEBELL_SWING', 'SINGLE_LEG_HIP_RAISE'],
  HIP_STABILITY: ['DEAD_BUG', 'LATERAL_WALKS_WITH_BAND_AT_ANKLES', 'QUADRUPED'],
  HYPEREXTENSION: ['KNEELING_SUPERMAN'],
  LEG_CURL: ['LEG_CURL'],
  LEG_RAISE: ['HANGING_LEG_RAISE', 'LYING_STRAIGHT_LEG_RAISE'],
  LUNGE: [
    'DUMBBELL_BULGARIAN_SPLIT_SQUAT',
    'DUMBBELL_REVERSE_LUNGE',
    'LUNGE',
    'REVERSE_LUNGE_WITH_REACH_BACK',
    'SIDE_LUNGE',
    'WALKING_DUMBBELL_LUNGE',
    'WALKING_LUNGE',
  ],
  PLANK: ['PLANK', 'SIDE_PLANK'],
  PLYO: ['BODY_WEIGHT_JUMP_SQUAT', 'BOX_JUMP', 'DEPTH_JUMP', 'LATERAL_LEAP_AND_HOP'],
  PULL_UP: ['BANDED_PULL_UPS', 'PULL_UP'],
  PUSH_UP: ['PUSH_UP'],
  ROW: ['DUMBBELL_ROW', 'SEATED_CABLE_ROW', 'SINGLE_ARM_CABLE_ROW'],
  SHOULDER_PRESS: ['OVERHEAD_DUMBBELL_PRESS'],
  SQUAT: [
    'AIR_SQUAT',
    'BARBELL_BACK_SQUAT',
    'BODY_WEIGHT_WALL_SQUAT',
    'DUMBBELL_SPLIT_SQUAT',
    'DUMBBELL_STEP_UP',
    'GOBLET_SQUAT',
    'SQUAT',
    'STEP_UP',
    'WEIGHTED_STEP_UP',
  ],
  WARM_UP: ['ANKLE_DORSIFLEXION_WITH_BAND'],
}

/** Exercises whose own name is not known to be taken -> the nearest that is. */
const nearest: Record<string, string> = {
  band_squat: 'SQUAT.SQUAT',
  front_squat: 'SQUAT.SQUAT',
  sl_box_squat: 'SQUAT.SQUAT',
  sl_squat: 'SQUAT.SQUAT',
  lateral_step: 'SQUAT.STEP_UP',
  heel_tap_box: 'SQUAT.STEP_UP',
  hip_hinge_drill: 'DEADLIFT.ROMANIAN_DEADLIFT',
  band_good_morning: 'DEADLIFT.ROMANIAN_DEADLIFT',
  trap_bar_deadlift: 'DEADLIFT.KETTLEBELL_DEADLIFT',
  bb_deadlift: 'DEADLIFT.KETTLEBELL_DEADLIFT',
  slider_leg_curl: 'LEG_CURL.LEG_CURL',
  ball_leg_curl: 'LEG_CURL.LEG_CURL',
  bridge_march: 'HIP_RAISE.HIP_RAISE',
  db_hip_thrust: 'HIP_RAISE.BARBELL_HIP_THRUST_WITH_BENCH',
  sl_hip_thrust: 'HIP_RAISE.SINGLE_LEG_HIP_RAISE',
  hip_extension: 'HIP_STABILITY.QUADRUPED',
  superman: 'HYPEREXTENSION.KNEELING_SUPERMAN',
  db_calf_raise: 'CALF_RAISE.WEIGHTED_STANDING_CALF_RAISE',
  toe_walk_carry: 'CARRY.FARMERS_CARRY',
  ball_rollout: 'PLANK.PLANK',
  shoulder_tap_plank: 'PLANK.PLANK',
  kneel_chop: 'CORE.CABLE_CORE_PRESS',
  renegade_row: 'ROW.DUMBBELL_ROW',
  woodchop: 'CORE.RUSSIAN_TWIST',
  hanging_knee_raise: 'LEG_RAISE.HANGING_LEG_RAISE',
  incline_push_up: 'PUSH_UP.PUSH_UP',
  db_shoulder_press: 'SHOULDER_PRESS.OVERHEAD_DUMBBELL_PRESS',
  z_press: 'SHOULDER_PRESS.OVERHEAD_DUMBBELL_PRESS',
  band_row_1: 'ROW.SINGLE_ARM_CABLE_ROW',
  db_row_1: 'ROW.DUMBBELL_ROW',
  inverted_row: 'ROW.SEATED_CABLE_ROW',
  lat_pulldown: 'PULL_UP.PULL_UP',
  band_pull_up: 'PULL_UP.BANDED_PULL_UPS',
  half_get_up: 'CORE.TURKISH_GET_UP',
  pogo: 'CARDIO.JUMP_ROPE',
  split_jump: 'PLYO.BODY_WEIGHT_JUMP_SQUAT',
  lunge_to_balance: 'LUNGE.LUNGE',
}

function split(text: string): GarminExercise {
  const [category = '', name = ''] = text.split('.')
  return { category, name }
}

/** What an exercise is called at Garmin; `exact` is false for a near name. `null`: it goes without one. */
export function garminExercise(exerciseId: string): (GarminExercise & { exact: boolean }) | null {
  const exercise = findExercise(exerciseId)
  const own = exercise?.garmin
  if (exercise && own?.name && taken[own.category]?.includes(own.name)) {
    return { category: own.category, name: own.name, exact: exercise.fit.match === 'exact' }
  }
  const near = nearest[exerciseId]
  return near ? { ...split(near), exact: false } : null
}
