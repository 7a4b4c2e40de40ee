/** Months at a glance. */
import type { Hono } from 'hono'
import { addDays, mondayOf } from '../../core/days.ts'
import { platformsAndDevices, sessionStates, thresholdHistory, weekShares } from '../../db/pages.ts'
import { newestThresholds } from '../../db/runners.ts'
import type { Deps } from '../../deps.ts'
import { creditOf } from '../credits.ts'
import { TrendsPage } from '../pages/trends.tsx'
import type { TrendsView } from '../pages/view.ts'
import type { Who } from '../who.ts'
import { draw, shellOf, type Visit, visitOf } from './kit.tsx'

const WEEKS = 16
const THRESHOLD_DAYS = 730

async function trendsView(deps: Deps, { runnerId, today }: Visit): Promise<TrendsView> {
  const first = addDays(mondayOf(today), -7 * (WEEKS - 1))
  const mondays = Array.from({ length: WEEKS }, (_, index) => addDays(first, 7 * index))
  const shares = new Map((await weekShares(deps.db, runnerId, first)).map((row) => [row.monday, row]))
  const states = await sessionStates(deps.db, runnerId, first, today)
  const history = await thresholdHistory(deps.db, runnerId, addDays(today, -THRESHOLD_DAYS))
  const begun = mondays.findIndex((monday) => shares.has(monday))
  const shown = mondays.slice(begun === -1 ? WEEKS : begun)
  const sources = await platformsAndDevices(deps.db, runnerId, addDays(today, -THRESHOLD_DAYS))
  return {
    today,
    thresholds: history.map(({ day, thresholds }) => ({
      day,
      speed2: thresholds.speed2?.value ?? null,
      heartRate2: thresholds.heartRate2.value,
    })),
    current: await newestThresholds(deps.db, runnerId),
    weeks: shown.map((monday) => shares.get(monday) ?? { monday, easyRuns: 0, hardRuns: 0, easySeconds: 0, hardSeconds: 0 }),
    strength: shown.map((monday) => {
      const inWeek = states.filter((state) => mondayOf(state.localDate) === monday)
      return { monday, done: inWeek.filter((state) => state.status === 'done').length, due: inWeek.length }
    }),
    credits: sources.flatMap(({ from, device }) => creditOf(from, device) ?? []),
  }
}

export function trendRoutes(app: Hono<Who>, deps: Deps): void {
  app.get('/trends', async (c) => {
    const visit = await visitOf(c, deps)
    return draw(
      c,
      <TrendsPage shell={shellOf(c, deps, visit, { title: 'Trends', place: 'trends' })} view={await trendsView(deps, visit)} />,
    )
  })
}
