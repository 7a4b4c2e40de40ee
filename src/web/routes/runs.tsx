/** Past runs: the diary, and one run with what its label rests on. */
import type { Hono } from 'hono'
import type { Assessment } from '../../core/effort/assessment.ts'
import type { Evidence } from '../../core/effort/types.ts'
import { thresholdsAt } from '../../db/efforts.ts'
import { runMarks, runYears, sessionStates, sessionsBecauseOf } from '../../db/pages.ts'
import { type AssessmentRow, type RunRow, runWithAnswer, type SourceHead, seriesOf, sourcesOf } from '../../db/runs.ts'
import type { Deps } from '../../deps.ts'
import { NotFoundError } from '../../errors.ts'
import { unpackSamples } from '../../fit/series.ts'
import { creditOf } from '../credits.ts'
import { CalendarPage } from '../pages/calendar.tsx'
import { RunPage } from '../pages/run.tsx'
import type { RunSeries, RunView, SourceView } from '../pages/view.ts'
import type { Who } from '../who.ts'
import { longDay } from '../words.ts'
import { back, type CallApi, draw, fieldsOf, refused, shellOf, visitOf } from './kit.tsx'
import { runMarkOf, sessionMarkOf, sourceLabel } from './marks.ts'

const ID = ':id{[0-9a-f-]{36}}'

async function seriesFor(deps: Deps, runnerId: string, run: RunRow): Promise<RunSeries | null> {
  const bytes = run.bestSourceId ? await seriesOf(deps.db, runnerId, run.bestSourceId) : null
  if (!bytes) return null
  const { seconds, speed, heartRate, altitude } = unpackSamples(bytes)
  return { seconds, speed: speed ?? null, heartRate: heartRate ?? null, altitude: altitude ?? null }
}

function sourceViews(run: RunRow, sources: SourceHead[]): SourceView[] {
  return sources.map((source) => ({
    id: source.id,
    label: source.from === 'upload' && source.facts.device ? `File, ${source.facts.device}` : sourceLabel(source.from),
    receivedAt: source.receivedAt,
    best: source.id === run.bestSourceId,
    reason: [source.choice ?? source.reason, source.facts.damage ?? ''].filter(Boolean).join(' '),
    canSplit: sources.length > 1,
    gone: source.goneAt !== null,
    credit: creditOf(source.from, source.facts.device, source.externalId),
  }))
}

function effortOf(answer: AssessmentRow | null): Assessment | null {
  if (!answer) return null
  const { label, pHard, confidence, decidedBy, demand, subtype, hardForPlacement, reasons, ask } = answer
  return { label, pHard, confidence, decidedBy, demand, subtype, hardForPlacement, reasons, ask }
}

async function runView(deps: Deps, runnerId: string, id: string): Promise<RunView> {
  const found = await runWithAnswer(deps.db, runnerId, id)
  if (!found) throw new NotFoundError('There is no such run.')
  const { run, assessment } = found
  const sources = await sourcesOf(deps.db, runnerId, [id])
  const { distanceMeters, movingSeconds } = run
  return {
    id,
    localDate: run.localDate,
    localTime: run.localTime,
    timeZone: run.timeZone,
    surface: run.surface,
    device: run.device,
    distanceMeters,
    movingSeconds,
    elapsedSeconds: run.elapsedSeconds,
    ascentMeters: run.ascentMeters,
    averageHeartRate: run.averageHeartRate,
    maxHeartRate: run.maxHeartRate,
    averagePaceSecondsPerKm: distanceMeters && movingSeconds ? movingSeconds / (distanceMeters / 1000) : null,
    gradeAdjustedPaceSecondsPerKm: run.gradeAdjustedPaceSecondsPerKm,
    effort: effortOf(assessment),
    evidence: assessment ? (assessment.evidence as Evidence) : null,
    thresholds: await thresholdsAt(deps.db, runnerId, assessment?.thresholdsDay ?? run.localDate),
    series: await seriesFor(deps, runnerId, run),
    laps: run.laps,
    sources: sourceViews(run, sources),
    sessions: (await sessionsBecauseOf(deps.db, runnerId, id)).map(sessionMarkOf),
  }
}

export function runRoutes(app: Hono<Who>, deps: Deps, call: CallApi): void {
  app.get('/calendar', async (c) => {
    const visit = await visitOf(c, deps)
    const years = await runYears(deps.db, visit.runnerId)
    const asked = c.req.query('year') ?? ''
    const year = asked === 'all' || years.includes(asked) ? asked : (years[0] ?? visit.today.slice(0, 4))
    const [from, to] = year === 'all' ? ['0001-01-01', '9999-12-31'] : [`${year}-01-01`, `${year}-12-31`]
    const runs = (await runMarks(deps.db, visit.runnerId, from, to)).map(runMarkOf)
    const sessions = await sessionStates(deps.db, visit.runnerId, from, to)
    const view = { today: visit.today, year, years, runs, sessions }
    return draw(
      c,
      <CalendarPage
        shell={shellOf(c, deps, visit, { title: year === 'all' ? 'All runs' : `Runs of ${year}`, place: 'runs' })}
        view={view}
      />,
    )
  })

  app.get(`/runs/${ID}`, async (c) => {
    const visit = await visitOf(c, deps)
    const run = await runView(deps, visit.runnerId, c.req.param('id'))
    return draw(c, <RunPage shell={shellOf(c, deps, visit, { title: longDay(run.localDate, visit.today), place: 'runs' })} run={run} />)
  })

  app.post(`/runs/${ID}/effort`, async (c) => {
    const visit = await visitOf(c, deps)
    const id = c.req.param('id')
    const fields = await fieldsOf(c)
    const word = fields.get('effort')
    const effort = word === 'easy' || word === 'hard' ? word : null
    const before = await runWithAnswer(deps.db, visit.runnerId, id)
    const answer = await call(visit.runnerId, 'PATCH', `/runs/${id}`, { effort })
    if (!answer.ok) return refused(c, deps, visit, answer, `/runs/${id}`)
    return back(c, fields.get('back'), `/runs/${id}`, { said: effort ?? 'numbers', id, was: before?.run.word ?? '' })
  })

  app.post(`/runs/${ID}/sources/:source{[0-9a-f-]{36}}/split`, async (c) => {
    const visit = await visitOf(c, deps)
    const id = c.req.param('id')
    const answer = await call(visit.runnerId, 'POST', `/runs/${id}/sources/${c.req.param('source')}/split`)
    if (!answer.ok) return refused(c, deps, visit, answer, `/runs/${id}`)
    return back(c, null, `/runs/${id}`, { said: 'split' })
  })

  app.post(`/runs/${ID}/delete`, async (c) => {
    const visit = await visitOf(c, deps)
    const answer = await call(visit.runnerId, 'DELETE', `/runs/${c.req.param('id')}`)
    if (!answer.ok) return refused(c, deps, visit, answer, '/calendar')
    return back(c, null, '/calendar', { said: 'deleted' })
  })
}
