/** Settings: shown, tried out beside the week they would make, and saved. */
import type { Hono } from 'hono'
import { addDays, type Day } from '../../core/days.ts'
import { type FullPlan, planFully } from '../../core/plan/plan.ts'
import type { Situation } from '../../core/plan/situation.ts'
import { defaultRunner, type Runner } from '../../core/runner.ts'
import { findExercise } from '../../core/strength/exercises.ts'
import { feedToken, newestThresholds } from '../../db/runners.ts'
import type { Deps } from '../../deps.ts'
import { RequestRefused } from '../../errors.ts'
import { situationOf } from '../../jobs/plan.ts'
import { readPatch } from '../api/runner.ts'
import { SettingsPage } from '../pages/settings.tsx'
import type { FieldProblem, SettingsView, WhatIf, WhatIfDay } from '../pages/view.ts'
import { WhatIfPanel } from '../pages/whatif.tsx'
import type { Who } from '../who.ts'
import { longDay, sentence } from '../words.ts'
import { back, type CallApi, draw, fieldsOf, type PageContext, refused, shellOf, type Visit, visitOf } from './kit.tsx'
import { fieldProblems, readSettings } from './settings-form.ts'

const DAYS = 14
let zones: readonly string[] | undefined

/** Time zones to choose from; the runner's own is always among them. */
function timeZones(own: string): readonly string[] {
  zones ??= ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')]
  return zones.includes(own) ? zones : [own, ...zones]
}

type Planned = Pick<FullPlan, 'sessions' | 'expectedRuns' | 'unplaced' | 'notices'>

function planOrNull(situation: Situation): FullPlan | null {
  try {
    return planFully(situation, { offers: false })
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

/** Each day's strength before and after. */
export function whatIfDays(today: Day, before: Planned, after: Planned): WhatIfDay[] {
  const at = (plan: Planned, day: Day) => plan.sessions.find((session) => session.localDate === day)?.localTime ?? null
  return Array.from({ length: DAYS }, (_, index) => {
    const day = addDays(today, index)
    const expected = after.expectedRuns.filter((run) => run.localDate === day).sort((a, b) => b.pHard - a.pHard)[0] ?? null
    return { day, expected, before: at(before, day), after: at(after, day) }
  })
}

/** What changes, as sentences: days that win and days that lose, and other minutes or kinds on the same day. */
export function changesOf(today: Day, before: Planned, after: Planned): string[] {
  const changes: string[] = []
  for (let index = 0; index < DAYS; index++) {
    const day = addDays(today, index)
    const old = before.sessions.find((session) => session.localDate === day)
    const next = after.sessions.find((session) => session.localDate === day)
    if (next && !old) changes.push(`${longDay(day)}: strength at ${next.localTime}, ${next.minutes} min`)
    else if (old && !next) changes.push(`${longDay(day)}: no strength any more`)
    else if (old && next && old.localTime !== next.localTime)
      changes.push(`${longDay(day)}: at ${next.localTime} instead of ${old.localTime}`)
    else if (old && next && (old.title !== next.title || old.minutes !== next.minutes))
      changes.push(`${longDay(day)}: ${next.title}, ${next.minutes} min, instead of ${old.title}, ${old.minutes} min`)
  }
  return changes.map((change) => `${change}.`)
}

function whatIfOf(situation: Situation, changed: Runner | null): WhatIf | null {
  const before = planOrNull(situation)
  const after = changed ? planOrNull({ ...situation, runner: changed }) : before
  if (!before || !after || (situation.runs.length === 0 && situation.runner.plannedRuns.length === 0)) return null
  const { today, runner } = situation
  const news = <Item,>(now: Item[], then: Item[]) => (changed ? now.filter((one) => !then.includes(one)) : [])
  const words = (items: { text: string }[]) => items.map(({ text }) => sentence(text, runner.units, today))
  return {
    days: whatIfDays(today, before, after),
    changes: changed ? changesOf(today, before, after) : [],
    unplaced: words(after.unplaced),
    notices: news(words(after.notices), words(before.notices)),
    changed: changed !== null,
  }
}

async function situationFor(deps: Deps, { runnerId, runner, now }: Visit): Promise<Situation> {
  const { situation } = await deps.db.transaction((tx) => situationOf(tx, runnerId, runner, now))
  return situation
}

type Tried = { runner: Runner | null; problems: FieldProblem[]; patch: Record<string, unknown> }

/** A patch laid over the profile. @throws RequestRefused that names every bad field */
function patched({ row, today }: Visit, patch: Record<string, unknown>): Runner {
  const { profile } = readPatch(row, patch, today)
  const given = { ...row.profile, ...profile }
  return { ...defaultRunner, ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) }
}

/** The form as a runner, or what is wrong with it. */
function tryOut(fields: URLSearchParams, visit: Visit): Tried {
  const { patch, names } = readSettings(fields, visit.runner)
  try {
    return { runner: patched(visit, patch), problems: [], patch }
  } catch (error) {
    if (error instanceof RequestRefused) return { runner: null, problems: fieldProblems(error.errors, names), patch }
    throw error
  }
}

/** What was typed, shown again; a field that makes no sense stands as it was before. */
function shownAgain({ patch }: Tried, visit: Visit): Runner {
  const good = Object.entries(patch).filter(([key, value]) => {
    try {
      patched(visit, { [key]: value })
      return true
    } catch {
      return false
    }
  })
  return patched(visit, Object.fromEntries(good))
}

async function settingsView(deps: Deps, visit: Visit, tried: Tried | null): Promise<SettingsView> {
  const { runnerId, row } = visit
  const situation = await situationFor(deps, visit)
  const runner = tried ? shownAgain(tried, visit) : visit.runner
  const token = await feedToken(deps.db, runnerId)
  const policies = (['easyDays', 'hardDays', 'micro'] as const).flatMap((placement) => {
    const plan = situation.runs.length > 0 ? planOrNull({ ...situation, runner: { ...runner, placement } }) : null
    return plan ? [{ placement, days: whatIfDays(situation.today, plan, plan), leftOut: plan.unplaced.length }] : []
  })
  return {
    runner,
    learnt: await newestThresholds(deps.db, runnerId),
    calendarUrl: `${deps.settings.publicUrl}/calendar/${token}.ics`,
    whatIf: whatIfOf(situation, tried?.runner ?? null),
    policies,
    timeZones: timeZones(runner.timeZone),
    problems: tried?.problems ?? [],
    unsaved: tried !== null,
    exerciseNames: Object.fromEntries(runner.dislikes.map((id) => [id, findExercise(id)?.name ?? id])),
    tokens: deps.settings.accounts === 'on' ? [] : null,
    noticeUrl: tried ? String(tried.patch.noticeUrl ?? '') : row.noticeUrl,
    noticeEmail: tried ? String(tried.patch.noticeEmail ?? '') : row.noticeEmail,
  }
}

async function show(c: PageContext, deps: Deps, visit: Visit, tried: Tried | null): Promise<Response> {
  const view = await settingsView(deps, visit, tried)
  return draw(
    c,
    <SettingsPage shell={shellOf(c, deps, visit, { title: 'Settings', place: 'settings' })} view={view} />,
    tried && tried.problems.length > 0 ? 422 : 200,
  )
}

export function settingsRoutes(app: Hono<Who>, deps: Deps, call: CallApi): void {
  app.get('/settings', async (c) => show(c, deps, await visitOf(c, deps), null))

  app.post('/settings', async (c) => {
    const visit = await visitOf(c, deps)
    const fields = await fieldsOf(c)
    const tried = tryOut(fields, visit)
    if (fields.get('intent') === 'preview' || tried.problems.length > 0) return show(c, deps, visit, tried)
    const answer = await call(visit.runnerId, 'PATCH', '/runner', tried.patch)
    if (!answer.ok) {
      const problems = fieldProblems(answer.errors, readSettings(fields, visit.runner).names)
      return problems.length > 0 ? show(c, deps, visit, { ...tried, problems }) : refused(c, deps, visit, answer, '/settings')
    }
    return back(c, null, '/settings', { said: 'saved' })
  })

  app.post('/settings/preview', async (c) => {
    const visit = await visitOf(c, deps)
    const tried = tryOut(await fieldsOf(c), visit)
    const whatIf = whatIfOf(await situationFor(deps, visit), tried.runner)
    return draw(c, <WhatIfPanel whatIf={whatIf} units={visit.runner.units} />)
  })

  app.post('/settings/calendar', async (c) => {
    const visit = await visitOf(c, deps)
    const answer = await call(visit.runnerId, 'POST', '/runner/calendar-url')
    return answer.ok ? back(c, null, '/settings', { said: 'renewed' }) : refused(c, deps, visit, answer, '/settings')
  })

  app.post('/settings/erase', async (c) => {
    const visit = await visitOf(c, deps)
    const fields = await fieldsOf(c)
    if ((fields.get('sure') ?? '').trim().toLowerCase() !== 'erase') {
      return refused(c, deps, visit, { status: 422, detail: 'Nothing was erased: type the word “erase” to be sure.' }, '/settings')
    }
    const answer = await call(visit.runnerId, 'DELETE', '/runner')
    if (!answer.ok) return refused(c, deps, visit, answer, '/settings')
    return back(c, null, deps.settings.accounts === 'on' ? '/sign-in' : '/', { said: 'erased' })
  })
}
