/** What all page routes share: who visits, the frame around a page, answers to forms, and the way to the API's own verbs. */
import { type Context, Hono } from 'hono'
import type { Child } from 'hono/jsx'
import type { Day } from '../../core/days.ts'
import type { Runner } from '../../core/runner.ts'
import { profileOf, type RunnerRow, runnerRow } from '../../db/runners.ts'
import type { Deps } from '../../deps.ts'
import { type FieldError, NotFoundError } from '../../errors.ts'
import { localNow } from '../../jobs/plan.ts'
import { apiRoutes } from '../api/index.ts'
import { ProblemPage } from '../pages/problem.tsx'
import type { NoticeView, Place, Shell } from '../pages/view.ts'
import { answerError } from '../problem.ts'
import { currentRunner, type Who } from '../who.ts'

export type PageContext = Context<Who>

/** Who visits and when: the runner's own day, zone and units. */
export type Visit = { runnerId: string; row: RunnerRow; runner: Runner; today: Day; now: Date }

/** @throws RequestRefused 401 when nobody is signed in, NotFoundError when the runner was erased meanwhile */
export async function visitOf(c: PageContext, deps: Deps): Promise<Visit> {
  const runnerId = currentRunner(c)
  const row = await runnerRow(deps.db, runnerId)
  if (!row) throw new NotFoundError('There is no such runner any more. Open the first page again.')
  const runner = profileOf(row)
  const now = deps.now()
  return { runnerId, row, runner, today: localNow(runner, now).today, now }
}

/** The frame of a page, with what the address says was just done on top. */
export function shellOf(
  c: PageContext,
  deps: Deps,
  visit: Visit,
  frame: { title: string; place: Place; notices?: NoticeView[]; demo?: boolean },
): Shell {
  const said = saidNotice(c)
  return {
    title: frame.title,
    place: frame.place,
    units: visit.runner.units,
    today: visit.today,
    notices: [...(said ? [said] : []), ...(frame.notices ?? [])],
    demo: frame.demo ?? false,
    signedIn: deps.settings.accounts === 'on',
  }
}

/** Sends a page. Pages hold what only this runner may see, so nobody keeps them. */
export function draw(
  c: PageContext,
  page: Child,
  status: 200 | 400 | 401 | 403 | 404 | 409 | 422 | 429 | 500 = 200,
): Response | Promise<Response> {
  c.header('Cache-Control', 'private, no-store')
  return c.html(String(page), status)
}

// ── Forms ───────────────────────────────────────────────────────────────────────────────────────────────────────────

const OWN_PATH = /^\/(?![/\\])[\w\-/.]*(\?[\w\-=&.:%]*)?$/
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** The fields of a posted form; a field that stands several times gives a list. */
export async function fieldsOf(c: PageContext): Promise<URLSearchParams> {
  const form = await c.req.formData()
  const fields = new URLSearchParams()
  for (const [name, value] of form) if (typeof value === 'string') fields.append(name, value)
  return fields
}

/** Back to the page that the form stood on, with words of what was done. Only addresses of our own are followed. */
export function back(c: PageContext, to: string | null, fallback: string, said: Record<string, string> = {}): Response {
  const url = new URL(to && OWN_PATH.test(to) ? to : fallback, 'http://here')
  for (const name of ['said', 'id', 'day', 'time', 'was']) url.searchParams.delete(name)
  for (const [name, value] of Object.entries(said)) url.searchParams.set(name, value)
  return c.redirect(`${url.pathname}${url.search}`, 303)
}

const plainWords: Record<string, string> = {
  saved: 'Saved. The plan follows.',
  renewed: 'Your calendar has a new address. The old one stopped.',
  split: 'It is a run of its own now.',
  deleted: 'The run is deleted.',
  swapped: 'Swapped.',
  putBack: 'Put back. It stays there.',
  light: 'A light week. The plan follows.',
  usual: 'The usual week again. The plan follows.',
  disconnected: 'Disconnected. Coming sessions were taken off.',
  sending: 'Sessions go there from now on.',
  notSending: 'Sessions no longer go there.',
  attaching: 'The FIT workout goes along from now on.',
  notAttaching: 'The FIT workout no longer goes along.',
  erased: 'Everything is erased.',
  tokenDropped: 'Taken back. Programs that use it are no longer let in.',
  connected: 'Connected. Runs begin to arrive.',
  demo: 'This is a made-up runner. Its runs are being read.',
}

/** What was just done, with its undo where there is one. Codes only: no words come from the address. */
function saidNotice(c: PageContext): NoticeView | null {
  const { said, id = '', day = '', time = '', was = '' } = c.req.query()
  if (!said) return null
  const plain = plainWords[said]
  if (plain) return { text: plain, tone: 'done' }
  if (!UUID.test(id)) return null
  const back = c.req.path
  if (said === 'moved' && /^\d{4}-\d{2}-\d{2}$/.test(day) && /^\d{2}:\d{2}$/.test(time)) {
    return {
      text: 'Moved. It stays where you put it.',
      tone: 'done',
      undo: { action: `/sessions/${id}/move`, fields: { localDate: day, localTime: time, pinned: was === 'pinned' ? 'yes' : 'no', back } },
    }
  }
  const status = { skipped: 'Skipped. The rest of the week follows.', done: 'Well done.', planned: 'It is back in the plan.' }[said]
  if (status && ['planned', 'done', 'skipped', 'missed'].includes(was)) {
    const undo = said !== 'planned' && was !== said ? { action: `/sessions/${id}/status`, fields: { status: 'planned', back } } : undefined
    return { text: status, tone: 'done', ...(undo ? { undo } : {}) }
  }
  const effort = { easy: 'Noted: it was easy.', hard: 'Noted: it was hard.', numbers: 'The numbers decide again.' }[said]
  if (effort) return { text: effort, tone: 'done', undo: { action: `/runs/${id}/effort`, fields: { effort: was, back } } }
  return null
}

// ── The API's verbs ─────────────────────────────────────────────────────────────────────────────────────────────────

export type Answer = { ok: boolean; status: number; detail: string; errors: FieldError[]; body: unknown }
export type CallApi = (runnerId: string, method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: unknown) => Promise<Answer>

/**
 * Forms change things by the API's own routes, called inside the process: one validation, one behaviour, and what a page
 * can do a program can do too.
 */
export function apiCaller(deps: Deps): CallApi {
  const app = new Hono<Who & { Bindings: { runnerId: string } }>()
  app.use(async (c, next) => {
    c.set('runnerId', c.env.runnerId)
    await next()
  })
  app.route('/', apiRoutes(deps))
  app.onError((error, c) => answerError(c, error, deps.log))
  return async (runnerId, method, path, body) => {
    const json = body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
    const response = await app.request(`/api/v1${path}`, { method, ...json }, { runnerId })
    const text = await response.text()
    const data = text.startsWith('{') ? (JSON.parse(text) as { detail?: string; errors?: FieldError[] }) : {}
    return { ok: response.ok, status: response.status, detail: data.detail ?? '', errors: data.errors ?? [], body: data }
  }
}

/** A form that could not be carried out: the sentence of the refusal and the way back. */
export function refused(
  c: PageContext,
  deps: Deps,
  visit: Visit,
  answer: Pick<Answer, 'status' | 'detail'>,
  to: string,
): Response | Promise<Response> {
  const gone = answer.status === 404
  const view = {
    heading: gone ? 'It is not there any more' : 'That could not be done',
    sentences: [answer.detail || 'Something went wrong here. Nothing was changed; try again in a minute.'],
    doing: [{ href: OWN_PATH.test(to) ? to : '/', word: 'Back' }],
  }
  return draw(
    c,
    <ProblemPage shell={shellOf(c, deps, visit, { title: view.heading, place: 'none' })} view={view} />,
    gone ? 404 : answer.status >= 500 ? 500 : 409,
  )
}
