import { kneeAndHip } from './balance.ts'
import { type Exercise, exerciseOf, type FocusArea, isLegStrength, type Muscle } from './exercises.ts'
import { isLegKind } from './kinds.ts'
import type { WeekSession } from './request.ts'

export type Check = { rule: string; ok: boolean; text: string }

const areas: readonly FocusArea[] = ['lowerBodyPower', 'coreHip', 'upperBody', 'singleLeg', 'runningSpecific', 'mobility']

type Done = { exercise: Exercise; sets: number }

function doneIn(session: WeekSession): Done[] {
  return session.exercises.map(({ id, sets }) => ({ exercise: exerciseOf(id), sets }))
}

const total = (list: readonly Done[]) => list.reduce((sum, { sets }) => sum + sets, 0)

const coreTurn: Partial<Record<Exercise['pattern'], number>> = { antiRotation: 0, antiExtension: 1, rotation: 2 }

/** Core exercises of one session stand as anti-rotation, anti-extension, rotation (rule S4-07). */
export function coreInOrder(exercises: readonly { id: string; part?: string | null }[]): boolean {
  const turns = exercises.filter(({ part }) => (part ?? 'main') === 'main').flatMap(({ id }) => coreTurn[exerciseOf(id).pattern] ?? [])
  return turns.every((turn, i) => i === 0 || turns[i - 1]! <= turn)
}

/** What every full-body session holds (rules S0-02, S0-08, S0-10, S2-04, S3-09). */
export function sessionChecks(exercises: readonly { id: string; sets: number }[]): Check[] {
  const list = exercises.map(({ id }) => exerciseOf(id))
  const check = (rule: string, ok: boolean, text: string): Check => ({ rule, ok, text })
  return [
    check(
      'S0-02',
      list.some((exercise) => isLegStrength(exercise) && exercise.perSide) &&
        list.some(({ focus, pattern }) => focus.includes('coreHip') && pattern !== 'bridge') &&
        list.some(({ focus }) => focus.includes('upperBody')),
      'One-leg work, hip or core stability and the upper body are all there',
    ),
    check(
      'S0-08',
      list.some(({ perSide, dose }) => perSide && dose === 'B'),
      'One main exercise stands on one leg',
    ),
    check(
      'S0-10',
      list.some(({ pattern }) => pattern === 'hinge' || pattern === 'bridge'),
      'The back of the body is trained',
    ),
    check(
      'S2-04',
      list.some(({ pattern }) => ['squat', 'lunge', 'step'].includes(pattern)),
      'A squat, lunge or step-up is there',
    ),
    check(
      'S3-09',
      list.some(({ pattern }) => pattern === 'calf'),
      'The calf or shin is trained',
    ),
  ]
}

/**
 * The balance of one week (docs/training.md, weekly checks). Sessions hold all their exercises, warm-up and cool-down
 * included; the six focus areas are asked for from two sessions on.
 */
export function weeklyChecks(week: readonly WeekSession[]): Check[] {
  const all = week.flatMap(doneIn)
  const full = week.filter(({ kind }) => isLegKind(kind))
  if (full.length === 0) return []
  const main = week.flatMap(({ exercises }) => exercises.filter(({ part }) => (part ?? 'main') === 'main'))
  const legs = main.map(({ id, sets }) => ({ exercise: exerciseOf(id), sets })).filter(({ exercise }) => isLegStrength(exercise))
  const { knee, hip } = kneeAndHip(main)
  const setsOf = (test: (exercise: Exercise) => boolean) => total(all.filter(({ exercise }) => test(exercise)))
  const trains = (muscle: Muscle) => all.some(({ exercise }) => exercise.muscles.includes(muscle))
  const push = setsOf(({ pattern }) => pattern === 'push')
  const pull = setsOf(({ pattern, id }) => pattern === 'pull' || id === 'superman')
  const missing = areas.filter((area) => !all.some(({ exercise }) => exercise.focus.includes(area)))
  return [
    { rule: 'S0-01', ok: full.length < 2 || missing.length === 0, text: `Focus areas missing: ${missing.join(', ') || 'none'}` },
    { rule: 'S2-02', ok: knee <= hip && (full.length < 2 || hip <= 2 * knee + 0.5), text: `Sets for the knee ${knee}, for the hip ${hip}` },
    {
      rule: 'S0-08',
      ok: total(legs.filter(({ exercise }) => exercise.perSide)) * 3 >= total(legs),
      text: 'A third of the leg sets on one leg',
    },
    {
      rule: 'S0-09',
      ok: all.some(({ exercise }) => exercise.pattern === 'antiRotation') && all.some(({ exercise }) => exercise.pattern === 'rotation'),
      text: 'Anti-rotation and rotation',
    },
    {
      rule: 'S3-01',
      ok: (['quads', 'hamstrings', 'glutes'] as const).every(trains) && (trains('calves') || trains('soleus')),
      text: 'Thighs, calves and glutes',
    },
    { rule: 'S3-09', ok: (trains('calves') || trains('soleus')) && (trains('shins') || trains('feet')), text: 'Calf and ankle or shin' },
    { rule: 'S3-11', ok: pull >= push, text: `Sets of pulling ${pull}, of pushing ${push}` },
    {
      rule: 'S4-09',
      ok: (['glutes', 'hipFlexors', 'abductors', 'adductors'] as const).every(trains),
      text: 'Glutes, hip flexors, abductors, adductors',
    },
  ]
}
