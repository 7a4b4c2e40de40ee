/** Sessions for tests of what goes out. */
import { addSession, changeSession, sessionsBetween } from '../../../src/db/sessions.ts'
import type { Stage } from './stage.ts'

/** Three sessions on coming days, put straight into the plan: what the planner decides is not the matter here. */
export async function planThree(on: Stage): Promise<string[]> {
  await on.queue('runner.plan', { runnerId: on.runnerId })
  await on.drain()
  const [first] = await sessionsBetween(on.database.db, on.runnerId, '2026-11-18', '2026-12-30')
  if (!first) throw new Error('Nothing was planned.')
  const ids = [1, 2, 3].map((n) => `0000000${n}-0000-4000-8000-00000000000${n}`)
  for (const row of await sessionsBetween(on.database.db, on.runnerId, '2026-11-18', '2026-12-30')) {
    await changeSession(on.database.db, on.runnerId, row.id, { status: 'withdrawn' })
  }
  for (const [index, id] of ids.entries()) {
    await addSession(on.database.db, {
      ...first,
      id,
      planKey: `test-${index}`,
      localDate: `2026-11-${19 + index * 2}`,
      localTime: '07:00',
      title: `Strength ${'ABC'[index]}`,
      status: 'planned',
      exercises: [
        {
          id: 'goblet_squat',
          name: 'Goblet squat',
          sets: 3,
          reps: 8,
          seconds: null,
          perSide: false,
          weightKg: 16,
          restSeconds: 90,
          cue: 'Slow.',
          part: 'main',
        },
        {
          id: 'side_plank',
          name: 'Side plank',
          sets: 2,
          reps: null,
          seconds: 30,
          perSide: true,
          weightKg: null,
          restSeconds: 45,
          cue: 'Long.',
          part: 'main',
        },
      ],
      publishedAt: null,
    })
  }
  return ids
}
