/** `GET /calendar/{token}.ics`: the token in the address is the whole proof, so no sign-in is asked. */
import { createHash } from 'node:crypto'
import { Hono } from 'hono'
import { calendarFeed, REFRESH_SECONDS } from '../../calendar/feed.ts'
import { addDays } from '../../core/days.ts'
import { profileOf, runnerOfFeed, runnerRow } from '../../db/runners.ts'
import { feedSessions, markPublished } from '../../db/sessions.ts'
import type { Deps } from '../../deps.ts'
import { NotFoundError } from '../../errors.ts'
import { localNow } from '../../jobs/plan.ts'

const PAST_DAYS = 90
const AHEAD_DAYS = 400

export function feedRoutes(deps: Deps): Hono {
  const app = new Hono()
  app.get('/calendar/:file{[A-Za-z0-9_-]{20,80}\\.ics}', async (c) => {
    const runnerId = await runnerOfFeed(deps.db, c.req.param('file').replace(/\.ics$/, ''))
    const row = runnerId ? await runnerRow(deps.db, runnerId) : null
    if (!row)
      throw new NotFoundError('There is no calendar under this address. It may have been renewed: the new one stands in the settings.')
    const runner = profileOf(row)
    const { today } = localNow(runner, deps.now())
    const rows = await feedSessions(deps.db, row.id, addDays(today, -PAST_DAYS), addDays(today, AHEAD_DAYS))
    const text = calendarFeed(rows, { units: runner.units, sessionUrl: (id) => `${deps.settings.publicUrl}/sessions/${id}` })
    const etag = `"${createHash('sha256').update(text).digest('base64url').slice(0, 27)}"`
    const coming = rows.filter(({ status, publishedAt }) => status === 'planned' && publishedAt === null)
    await markPublished(
      deps.db,
      row.id,
      coming.map(({ id }) => id),
      deps.now(),
    )
    const headers = { etag, 'cache-control': `private, max-age=${REFRESH_SECONDS / 4}` }
    if (
      c.req
        .header('if-none-match')
        ?.split(/\s*,\s*/)
        .some((known) => known.replace(/^W\//, '') === etag || known === '*')
    )
      return c.body(null, 304, headers)
    return c.body(text, 200, {
      ...headers,
      'content-type': 'text/calendar; charset=utf-8',
      'content-disposition': 'inline; filename="strength.ics"',
    })
  })
  return app
}
