/** Home: the week, or the first visit while there is nothing yet. */

import type { Hono } from 'hono'
import { addDays, type Day, dayNumber, mondayOf } from '../../core/days.ts'
import type { Notice } from '../../core/plan/situation.ts'
import type { Runner } from '../../core/runner.ts'
import { latestUploads, openFiles } from '../../db/arrivals.ts'
import { connectionsOf } from '../../db/connections.ts'
import { hasDemoFiles, hasRuns, runMarks } from '../../db/pages.ts'
import { planOf, sessionsBetween, unreadMessages } from '../../db/sessions.ts'
import type { Deps } from '../../deps.ts'
import { findPlatform, offered, platforms } from '../../platforms/index.ts'
import type { ArrivingView, NextSession, NoticeView, WeekView } from '../pages/view.ts'
import { WeekPage } from '../pages/week.tsx'
import { WelcomePage } from '../pages/welcome.tsx'
import type { Who } from '../who.ts'
import { sentence, weekTitle } from '../words.ts'
import { back, type CallApi, draw, fieldsOf, type PageContext, refused, shellOf, type Visit, visitOf } from './kit.tsx'
import { deliveryViews, runMarkOf, sessionMarkOf } from './marks.ts'

const ASK_DAYS = 14
const NEXT_DAYS = 14
const MOVE_DAYS = 10
const MESSAGES = 3

/** Days to which a session can be moved. */
export function daysToMoveTo(today: Day, sessionDay: Day): Day[] {
  const days = Array.from({ length: MOVE_DAYS }, (_, index) => addDays(today, index))
  return days.includes(sessionDay) || sessionDay < today ? days : [...days, sessionDay]
}

function mondayAsked(c: PageContext, today: Day): Day {
  const asked = c.req.query('week')
  try {
    return mondayOf(asked && dayNumber(asked) ? asked : today)
  } catch {
    return mondayOf(today)
  }
}

async function messageNotices(deps: Deps, { runnerId, runner, today }: Visit): Promise<NoticeView[]> {
  const messages = await unreadMessages(deps.db, runnerId)
  return messages
    .slice(-MESSAGES)
    .reverse()
    .map((message) => ({
      text: sentence(message.text, runner.units, today),
      tone: 'notice' as const,
      dismiss: `/messages/${message.id}/read`,
      ...(message.undo && message.sessionId ? { undo: { action: `/messages/${message.id}/undo`, fields: {}, word: 'Put it back' } } : {}),
    }))
}

async function nextSession(deps: Deps, { runnerId, today }: Visit): Promise<NextSession | null> {
  const coming = await sessionsBetween(deps.db, runnerId, today, addDays(today, NEXT_DAYS))
  const next = coming.find((session) => session.status === 'planned')
  if (!next) return null
  return {
    ...sessionMarkOf(next),
    reasons: next.reasons,
    deliveries: await deliveryViews(deps, runnerId, next.id),
    daysToMoveTo: daysToMoveTo(today, next.localDate),
  }
}

/** The planner's words, one for each rule: moves are told as messages, and what belongs to a past day is over. */
function adviceOf(notices: readonly Notice[], today: Day): string[] {
  const first = new Map<string, string>()
  for (const { rule, text, sessionDate } of notices) {
    if (rule !== 'P6' && (sessionDate ?? today) >= today && !first.has(rule)) first.set(rule, text)
  }
  return [...first.values()]
}

/** Runs of connected platforms' histories that are known and not fetched yet. */
async function historyAhead(deps: Deps, runnerId: string): Promise<number> {
  const connections = await connectionsOf(deps.db, runnerId)
  return connections.reduce(
    (sum, { state, backfill }) => sum + (state === 'off' || !backfill ? 0 : Math.max(0, backfill.found - backfill.read)),
    0,
  )
}

/** What is known of the first runs of a connected platform; null while none is connected. */
async function arriving(deps: Deps, runnerId: string): Promise<ArrivingView | null> {
  const live = (await connectionsOf(deps.db, runnerId)).filter(({ state }) => state !== 'off')
  if (live.length === 0) return null
  return {
    labels: live.map(({ platform }) => findPlatform(platform)?.label ?? platform),
    found: live.reduce((sum, { backfill }) => sum + (backfill?.found ?? 0), 0),
    looking: live.some(({ backfill }) => backfill !== null && (backfill.state !== 'done' || backfill.read < backfill.found)),
  }
}

/** Whether a week is light by the runner's wish; null for weeks that are over, too far ahead, or without strength. */
function lightOf(runner: Runner, monday: Day, today: Day): boolean | null {
  if (runner.sessionsPerWeek === 0 || monday < mondayOf(today) || monday > addDays(mondayOf(today), 7)) return null
  return runner.lightWeek ? mondayOf(runner.lightWeek) === monday : false
}

async function weekView(deps: Deps, visit: Visit, monday: Day): Promise<WeekView> {
  const { runnerId, runner, today } = visit
  const sunday = addDays(monday, 6)
  const from = monday < addDays(today, -ASK_DAYS) ? monday : addDays(today, -ASK_DAYS)
  const marks = await runMarks(deps.db, runnerId, from, sunday > today ? sunday : today)
  const sessions = await sessionsBetween(deps.db, runnerId, monday, sunday)
  const plan = await planOf(deps.db, runnerId)
  const asked = marks.filter((run) => run.ask === true && run.decidedBy !== 'runner' && run.localDate >= addDays(today, -ASK_DAYS))
  return {
    monday,
    today,
    runs: marks
      .filter((run) => run.localDate >= monday && run.localDate <= sunday)
      .map(runMarkOf)
      .reverse(),
    sessions: sessions.map(sessionMarkOf),
    expected: plan?.expectedRuns ?? [],
    next: await nextSession(deps, visit),
    unplaced: plan?.unplaced ?? [],
    advice: adviceOf(plan?.notices ?? [], today),
    questions: asked.slice(0, 2).map(runMarkOf),
    importing: (await openFiles(deps.db, runnerId)) + (await historyAhead(deps, runnerId)),
    planning: await deps.queue.isBusy(['runner.assess', 'runner.plan', 'runner.publish'], runnerId),
    light: lightOf(runner, monday, today),
    hasRuns: true,
  }
}

export function weekRoutes(app: Hono<Who>, deps: Deps, call: CallApi): void {
  app.get('/', async (c) => {
    const visit = await visitOf(c, deps)
    const known = await hasRuns(deps.db, visit.runnerId)
    if (!known && (await openFiles(deps.db, visit.runnerId)) === 0) {
      const uploads = await latestUploads(deps.db, visit.runnerId, 1)
      const notices: NoticeView[] =
        uploads.length > 0
          ? [{ text: 'No run was found in what you brought in.', tone: 'notice', link: { href: '/import', text: 'See why' } }]
          : []
      const anyPlatform = platforms.some((platform) => offered(platform, deps.settings.platforms[platform.id]) !== null)
      const shell = shellOf(c, deps, visit, { title: 'Welcome', place: 'week', notices })
      return draw(c, <WelcomePage shell={shell} platforms={anyPlatform} arriving={await arriving(deps, visit.runnerId)} />)
    }
    const view = await weekView(deps, visit, mondayAsked(c, visit.today))
    const notices = await messageNotices(deps, visit)
    const demo = await hasDemoFiles(deps.db, visit.runnerId)
    return draw(
      c,
      <WeekPage
        shell={shellOf(c, deps, visit, { title: weekTitle(view.monday, visit.today), place: 'week', notices, demo })}
        view={view}
      />,
    )
  })

  app.post('/weeks/light', async (c) => {
    const visit = await visitOf(c, deps)
    const fields = await fieldsOf(c)
    const week = fields.get('week') ?? ''
    const light = fields.get('light') === 'yes'
    const answer = await call(visit.runnerId, 'PATCH', '/runner', { lightWeek: light ? week : null })
    const to = `/?week=${encodeURIComponent(week)}`
    return answer.ok ? back(c, null, to, { said: light ? 'light' : 'usual' }) : refused(c, deps, visit, answer, '/')
  })

  app.post('/messages/:id{[0-9a-f-]{36}}/read', async (c) => {
    const visit = await visitOf(c, deps)
    await call(visit.runnerId, 'DELETE', `/messages/${c.req.param('id')}`)
    return back(c, null, '/')
  })

  app.post('/messages/:id{[0-9a-f-]{36}}/undo', async (c) => {
    const visit = await visitOf(c, deps)
    const answer = await call(visit.runnerId, 'POST', `/messages/${c.req.param('id')}/undo`)
    return answer.ok ? back(c, null, '/', { said: 'putBack' }) : refused(c, deps, visit, answer, '/')
  })
}
