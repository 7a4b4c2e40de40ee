import { expect, test } from 'vitest'
import type { SessionRow } from '../../src/db/sessions.ts'
import { knownSession } from '../../src/jobs/plan.ts'

test('the planner is told which part of a session an exercise stood in, so that a warm-up never counts as work', () => {
  const exercise = {
    name: '',
    sets: 1,
    reps: 12,
    seconds: null,
    perSide: false,
    weightKg: null,
    restSeconds: 0,
    cue: '',
    tempo: null,
    group: null,
  }
  const row: Pick<SessionRow, 'exercises'> = {
    exercises: [
      { ...exercise, id: 'clamshell', part: 'warmUp' },
      { ...exercise, id: 'bw_squat', part: 'main' },
    ],
  }
  const known = knownSession(row as SessionRow)
  expect(known.exercises?.map(({ id, part }) => [id, part])).toEqual([
    ['clamshell', 'warmUp'],
    ['bw_squat', 'main'],
  ])
})
