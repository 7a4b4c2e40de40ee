/** One strength session: what is in it, and what the runner does with it. */
import type { Hono } from 'hono'
import { addDays, type Day, weekdayOf } from '../../core/days.ts'
import { planFully } from '../../core/plan/plan.ts'
import type { Equipment, Runner } from '../../core/runner.ts'
import { type Exercise, tierOrder } from '../../core/strength/exercise.ts'
import { findExercise } from '../../core/strength/exercises.ts'
import { levelOn } from '../../core/strength/levels.ts'
import type { SessionRequest } from '../../core/strength/request.ts'
import { swapsFor } from '../../core/strength/select.ts'
import type { Feedback, SessionExercise } from '../../core/strength/session.ts'
import { strengthOfSession } from '../../db/pages.ts'
import { type SessionRow, sessionById, sessionsBetween } from '../../db/sessions.ts'
import type { Deps } from '../../deps.ts'
import { NotFoundError } from '../../errors.ts'
import { knownSession, situationOf, startOf } from '../../jobs/plan.ts'
import { SessionPage } from '../pages/session.tsx'
import type { SessionView, Swap } from '../pages/view.ts'
import type { Who } from '../who.ts'
import { kilogramsOf, longDay, type Units } from '../words.ts'
import { back, type CallApi, draw, fieldsOf, refused, shellOf, type Visit, visitOf } from './kit.tsx'
import { deliveryViews, sessionMarkOf } from './marks.ts'
import { watchLines } from './watch-lines.ts'
import { daysToMoveTo } from './week.tsx'

const ID = ':id{[0-9a-f-]{36}}'
const SWAPS = 6
const HISTORY_DAYS = 182

/** What is at hand on a day: at the place where the runner is, and in the hour that is kept for it. */
function equipmentOn(runner: Runner, day: Day): Equipment {
  const away = runner.awayFrom.find(({ from, to }) => day >= from && day <= to)
  if (away) return away.equipment ?? 'none'
  const given = runner.availability[weekdayOf(day)]
  const windows = given === undefined ? [] : Array.isArray(given) ? given : [given]
  return windows.find((window) => window.equipment)?.equipment ?? runner.equipment
}

function whyOf(exercise: Exercise, other: Exercise): string {
  if (other.level !== exercise.level) return other.level < exercise.level ? 'a step easier' : 'a step harder'
  if (tierOrder.indexOf(other.tier) < tierOrder.indexOf(exercise.tier))
    return other.tier === 'none' ? 'needs nothing' : `needs only ${other.tier}`
  return 'trains the same'
}

async function swapsOf(deps: Deps, visit: Visit, row: SessionRow): Promise<Record<string, Swap[]>> {
  const { runnerId, runner } = visit
  const earlier = await sessionsBetween(deps.db, runnerId, addDays(row.localDate, -HISTORY_DAYS), addDays(row.localDate, -1))
  const history = earlier.map(knownSession)
  const { level } = levelOn(row.localDate, runner.experience, history)
  const request: SessionRequest = {
    kind: row.kind,
    minutes: row.minutes,
    equipment: equipmentOn(runner, row.localDate),
    level,
    phase: level === 1 ? 'novice' : 'maintenance',
    weekOfBlock: 1,
    deload: false,
    goal: runner.goal,
    injuries: runner.injuries,
    clearedInjuries: runner.clearedInjuries,
    dislikes: runner.dislikes,
    history,
    weekSoFar: [],
    day: row.localDate,
    units: runner.units,
    sex: runner.sex,
    birthYear: runner.birthYear,
  }
  const there = new Set(row.exercises.map(({ id }) => id))
  const swaps: Record<string, Swap[]> = {}
  for (const { id } of row.exercises) {
    const exercise = findExercise(id)
    if (!exercise) continue
    const others = swapsFor(id, request).filter((other) => !there.has(other.id))
    swaps[id] = others.slice(0, SWAPS).map((other) => ({ id: other.id, name: other.name, why: whyOf(exercise, other) }))
  }
  return swaps
}

/** The second-best place of a coming session, worked out anew: it is wanted seldom and takes some milliseconds. */
async function runnerUpOf(deps: Deps, { runnerId, runner, now }: Visit, row: SessionRow): Promise<string | null> {
  if (row.status !== 'planned' || row.pinned) return null
  const { situation } = await deps.db.transaction((tx) => situationOf(tx, runnerId, runner, now))
  const planned = planFully(situation, { why: true, offers: false }).sessions.find((session) => session.id === row.planKey)
  const second = planned?.alternatives?.[0]
  return second ? `${longDay(second.localDate)} ${second.localTime} came second: ${second.why}` : null
}

async function sessionView(deps: Deps, visit: Visit, id: string): Promise<SessionView> {
  const row = await sessionById(deps.db, visit.runnerId, id)
  if (!row) throw new NotFoundError('There is no such session.')
  const open = row.status === 'planned' || row.status === 'missed'
  const over = startOf(row).getTime() + row.minutes * 60_000 < visit.now.getTime()
  return {
    ...sessionMarkOf(row),
    timeZone: row.timeZone,
    reasons: row.reasons,
    runnerUp: await runnerUpOf(deps, visit, row),
    exercises: row.exercises,
    swaps: open ? await swapsOf(deps, visit, row) : {},
    swapped: Object.fromEntries(
      Object.entries(row.swaps).map(([planned, now]) => [
        now,
        { fromId: planned, fromName: findExercise(planned)?.name ?? 'the one before' },
      ]),
    ),
    feedback: row.feedback,
    deliveries: await deliveryViews(deps, visit.runnerId, id),
    daysToMoveTo: daysToMoveTo(visit.today, row.localDate),
    past: row.status === 'missed' || (over && row.localDate < visit.today),
    fromWatch: watchLines(await strengthOfSession(deps.db, visit.runnerId, id), row.exercises),
  }
}

const numberIn = (fields: URLSearchParams, name: string): number | null => {
  const text = (fields.get(name) ?? '').trim().replace(',', '.')
  const value = Number(text)
  return text === '' || !Number.isFinite(value) ? null : value
}

/** Sets as they were typed; an empty one before a filled one keeps its place. */
export function setsOf(fields: URLSearchParams, exercises: readonly SessionExercise[], units: Units): NonNullable<Feedback['sets']> {
  return exercises.flatMap((exercise) => {
    const typed = Array.from({ length: exercise.sets }, (_, set) => ({
      amount: numberIn(fields, `set.${exercise.id}.${set}.amount`),
      load: numberIn(fields, `set.${exercise.id}.${set}.load`),
    }))
    const last = typed.findLastIndex(({ amount, load }) => amount !== null || load !== null)
    return typed.slice(0, last + 1).map(({ amount, load }) => ({
      exerciseId: exercise.id,
      ...(exercise.reps === null ? { seconds: amount } : { reps: amount === null ? null : Math.round(amount) }),
      weightKg: load === null ? null : Math.round(kilogramsOf(load, units) * 1000) / 1000,
    }))
  })
}

export function feedbackOf(fields: URLSearchParams, exercises: readonly SessionExercise[], units: Units): Feedback {
  const sets = setsOf(fields, exercises, units)
  const area = fields.get('painArea')
  const level = numberIn(fields, 'painLevel')
  return {
    rpe: numberIn(fields, 'rpe'),
    completed: fields.get('partly') === 'yes' ? 'partly' : 'done',
    pain: area ? { area, level: level ?? 3 } : null,
    ...(sets.length > 0 ? { sets } : {}),
  }
}

export function sessionRoutes(app: Hono<Who>, deps: Deps, call: CallApi): void {
  app.get(`/sessions/${ID}`, async (c) => {
    const visit = await visitOf(c, deps)
    const view = await sessionView(deps, visit, c.req.param('id'))
    return draw(c, <SessionPage shell={shellOf(c, deps, visit, { title: view.title, place: 'week' })} view={view} />)
  })

  app.post(`/sessions/${ID}/move`, async (c) => {
    const visit = await visitOf(c, deps)
    const id = c.req.param('id')
    const fields = await fieldsOf(c)
    const before = await sessionById(deps.db, visit.runnerId, id)
    const move = { localDate: fields.get('localDate') ?? '', localTime: (fields.get('localTime') ?? '').slice(0, 5) }
    const answer = await call(visit.runnerId, 'PATCH', `/sessions/${id}`, fields.get('pinned') === 'no' ? { ...move, pinned: false } : move)
    if (!answer.ok) return refused(c, deps, visit, answer, `/sessions/${id}`)
    const said: Record<string, string> = before
      ? { said: 'moved', id, day: before.localDate, time: before.localTime, was: before.pinned ? 'pinned' : 'free' }
      : {}
    return back(c, fields.get('back'), `/sessions/${id}`, said)
  })

  app.post(`/sessions/${ID}/status`, async (c) => {
    const visit = await visitOf(c, deps)
    const id = c.req.param('id')
    const fields = await fieldsOf(c)
    const before = await sessionById(deps.db, visit.runnerId, id)
    const status = fields.get('status') ?? ''
    const undone = before?.status === 'done' && status === 'planned' ? { feedback: null } : {}
    const answer = await call(visit.runnerId, 'PATCH', `/sessions/${id}`, { status, ...undone })
    if (!answer.ok) return refused(c, deps, visit, answer, `/sessions/${id}`)
    return back(c, fields.get('back'), `/sessions/${id}`, { said: status, id, was: before?.status ?? 'planned' })
  })

  app.post(`/sessions/${ID}/done`, async (c) => {
    const visit = await visitOf(c, deps)
    const id = c.req.param('id')
    const fields = await fieldsOf(c)
    const before = await sessionById(deps.db, visit.runnerId, id)
    if (!before) throw new NotFoundError('There is no such session.')
    const feedback = feedbackOf(fields, before.exercises, visit.runner.units)
    const answer = await call(visit.runnerId, 'PATCH', `/sessions/${id}`, { status: 'done', feedback })
    if (!answer.ok) return refused(c, deps, visit, answer, `/sessions/${id}`)
    return back(c, null, `/sessions/${id}`, { said: 'done', id, was: before.status })
  })

  app.post(`/sessions/${ID}/swap`, async (c) => {
    const visit = await visitOf(c, deps)
    const id = c.req.param('id')
    const fields = await fieldsOf(c)
    const from = fields.get('exerciseId') ?? ''
    const answer = await call(visit.runnerId, 'PATCH', `/sessions/${id}`, { swaps: { [from]: fields.get('to') ?? '' } })
    if (!answer.ok) return refused(c, deps, visit, answer, `/sessions/${id}`)
    if (fields.get('always') === 'yes' && findExercise(from)) {
      const kept = await call(visit.runnerId, 'PATCH', '/runner', { dislikes: [...new Set([...visit.runner.dislikes, from])] })
      if (!kept.ok) return refused(c, deps, visit, kept, `/sessions/${id}`)
    }
    return back(c, null, `/sessions/${id}`, { said: 'swapped' })
  })
}
