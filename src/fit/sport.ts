/** What an activity is: a run or not, on what ground, and in words. */
import type { Activity, Surface } from '../core/run.ts'

/** Sports whose cadence counts steps. */
const onFoot = new Set(['running', 'walking', 'hiking', 'mountaineering', 'snowshoeing'])

/** Whether cadence of this sport is steps, which files keep for one foot. */
export function countsSteps(sport: string): boolean {
  return onFoot.has(sport)
}

/** Whether it is a run: the sport is running, in every form (treadmill, trail, track, virtual). Walks and hikes are none. */
export function isRun(activity: Pick<Activity, 'sport'>): boolean {
  return activity.sport === 'running'
}

/** Whether it is strength training done, whose sets are worth keeping. */
export function isStrength(activity: Pick<Activity, 'sport' | 'subSport'>): boolean {
  return activity.subSport === 'strength_training' || activity.sport === 'strength_training'
}

/** The ground of a run. A plain run is on the road when it has positions; without them nobody knows. */
export function surfaceOf(activity: Pick<Activity, 'subSport' | 'samples'>): Surface {
  switch (activity.subSport) {
    case 'treadmill':
    case 'indoor_running':
      return 'treadmill'
    case 'trail':
    case 'ultra':
    case 'obstacle':
      return 'trail'
    case 'track':
      return 'track'
    case 'virtual_activity':
    case 'esport':
      return 'virtual'
    case 'street':
    case 'road':
      return 'road'
    default:
      return activity.samples?.latitude ? 'road' : 'unknown'
  }
}

const names: Readonly<Record<string, string>> = {
  cycling: 'a bike ride',
  e_biking: 'an e-bike ride',
  swimming: 'a swim',
  walking: 'a walk',
  hiking: 'a hike',
  transition: 'a transition between two sports',
  rowing: 'a row',
  cross_country_skiing: 'a cross-country ski',
  alpine_skiing: 'a ski day',
  snowboarding: 'a snowboard day',
  stand_up_paddleboarding: 'a stand-up paddle',
  rock_climbing: 'a climb',
  floor_climbing: 'a stair climb',
  tennis: 'a tennis match',
  racket: 'a racket match',
  jump_rope: 'rope jumping',
  diving: 'a dive',
  hiit: 'an interval workout in the gym',
  fitness_equipment: 'a workout on a machine',
}
const kinds: Readonly<Record<string, string>> = {
  strength_training: 'strength training',
  flexibility_training: 'a stretching session',
  yoga: 'a yoga session',
  pilates: 'a Pilates session',
  cardio_training: 'a cardio workout',
  elliptical: 'an elliptical workout',
  indoor_cycling: 'an indoor bike ride',
}

/** What it is, in words, such as `a bike ride`. */
export function describeActivity(activity: Pick<Activity, 'sport' | 'subSport'>): string {
  if (isRun(activity)) return 'a run'
  const known = (activity.subSport && kinds[activity.subSport]) || names[activity.sport]
  if (known) return known
  if (activity.sport === 'training') return 'a workout'
  if (activity.sport === 'generic' || activity.sport === '') return 'an activity whose sport the file does not name'
  return `an activity of the sport “${activity.sport.replaceAll('_', ' ')}”`
}

/** The sentence for a file without a run in it, such as `This is a bike ride; only runs are kept.` */
export function whyNotARun(activities: readonly Pick<Activity, 'sport' | 'subSport'>[]): string {
  const what = [...new Set(activities.map(describeActivity))].filter((name) => activities.length === 1 || !name.startsWith('a transition'))
  const list = what.length > 1 ? `${what.slice(0, -1).join(', ')} and ${what.at(-1)}` : (what[0] ?? 'no activity')
  return `This is ${list}; only runs are kept.`
}
