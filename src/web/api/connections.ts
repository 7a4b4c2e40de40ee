/** Platforms: what is connected, whether sessions go there, and ending it. */
import { createRoute, z } from '@hono/zod-openapi'
import { addDays } from '../../core/days.ts'
import { connectionOf, connectionsOf } from '../../db/connections.ts'
import { profileOf, runnerRow } from '../../db/runners.ts'
import { sessionsBetween } from '../../db/sessions.ts'
import type { Deps } from '../../deps.ts'
import { NotFoundError, RequestRefused } from '../../errors.ts'
import { localNow } from '../../jobs/plan.ts'
import { setAttachment, setWrite } from '../../jobs/platforms/deliver.ts'
import { lostOn } from '../../jobs/platforms/entry.ts'
import { disconnect } from '../../jobs/platforms/leave.ts'
import { connectionJson } from '../../jobs/platforms/state.ts'
import { findPlatform, offered, platforms } from '../../platforms/index.ts'
import type { Platform } from '../../platforms/platform.ts'
import { currentRunner } from '../who.ts'
import { apiApp, Instant, json, problems } from './api.ts'

const Connection = z
  .object({
    platform: z.string(),
    state: z.enum(['connected', 'reconnect', 'limited', 'off']),
    text: z.string(),
    write: z.boolean().openapi({ description: 'Sessions go there' }),
    writeReason: z.string().nullable().openapi({ description: 'Why they do not' }),
    attachFit: z
      .boolean()
      .nullable()
      .openapi({ description: 'An experiment: the FIT workout goes along. Null where the platform takes none' }),
    canRead: z.boolean(),
    canSchedule: z.boolean(),
    fidelity: z.enum(['exact', 'degraded', 'none']),
    lost: z.array(z.string()).openapi({ description: 'What the platform cannot hold of a session' }),
    connectUrl: z.string().nullable(),
    lastRunAt: Instant.nullable(),
    lastCheckedAt: Instant.nullable(),
    backfill: z
      .object({ state: z.enum(['waiting', 'running', 'done']), reachedDay: z.string().nullable(), found: z.int(), read: z.int() })
      .nullable()
      .openapi({ description: 'How far the import of the history is' }),
  })
  .openapi('Connection')

const Change = z
  .strictObject({ write: z.boolean().optional(), attachFit: z.boolean().optional() })
  .refine(({ write, attachFit }) => write !== undefined || attachFit !== undefined, 'Say write or attachFit.')

const ids = platforms.map(({ id }) => id) as [string, ...string[]]
const params = z.object({ platform: z.enum(ids) })
const list = createRoute({
  method: 'get',
  path: '/connections',
  tags: ['connections'],
  summary: 'One for each platform that is configured or was connected',
  responses: { 200: json(z.object({ connections: z.array(Connection) }), 'The connections'), ...problems() },
})
const patch = createRoute({
  method: 'patch',
  path: '/connections/{platform}',
  tags: ['connections'],
  summary: 'Whether sessions go there, and whether the FIT workout goes along (an experiment)',
  request: {
    params,
    body: { required: true, content: { 'application/json': { schema: Change } } },
  },
  responses: { 200: json(Connection, 'The connection'), ...problems(400, 404, 409, 415, 422) },
})
const remove = createRoute({
  method: 'delete',
  path: '/connections/{platform}',
  tags: ['connections'],
  summary: 'Disconnect: coming entries are withdrawn, the access is given back, tokens are erased',
  request: { params },
  responses: { 204: { description: 'Disconnected' }, ...problems(404) },
})

/** The routes under /api/v1/connections. */
export function connectionsApi(deps: Deps) {
  const app = apiApp()

  async function shown(runnerId: string, only?: Platform): Promise<z.infer<typeof Connection>[]> {
    const runner = await runnerRow(deps.db, runnerId)
    if (!runner) throw new NotFoundError('There is no such runner.')
    const profile = profileOf(runner)
    const now = deps.now()
    const { today } = localNow(profile, now)
    const rows = await connectionsOf(deps.db, runnerId)
    const coming = await sessionsBetween(deps.db, runnerId, today, addDays(today, 14))
    return platforms.flatMap((platform) => {
      const row = rows.find((one) => one.platform === platform.id) ?? null
      const configured = offered(platform, deps.settings.platforms[platform.id]) !== null
      if ((!row && !configured) || (only && only !== platform)) return []
      const lost = lostOn(platform, coming)
      const told = connectionJson(platform, { row, configured, lost, now, timeZone: profile.timeZone })
      const at = row?.backfill
      return {
        ...told,
        backfill: at ? { state: at.state, reachedDay: at.reachedDay, found: at.found, read: Math.min(at.read, at.found) } : null,
      }
    })
  }

  async function connected(runnerId: string, id: string): Promise<Platform> {
    const platform = findPlatform(id)
    const row = platform && (await connectionOf(deps.db, runnerId, platform.id))
    if (!platform || !row || row.state === 'off') throw new NotFoundError('This platform is not connected.')
    return platform
  }

  app.openapi(list, async (c) => c.json({ connections: await shown(currentRunner(c)) }, 200))
  app.openapi(patch, async (c) => {
    const runnerId = currentRunner(c)
    const platform = await connected(runnerId, c.req.valid('param').platform)
    const { write, attachFit } = c.req.valid('json')
    if (write && !platform.calendar) throw new RequestRefused(409, platform.noCalendar ?? `${platform.label} takes no sessions.`)
    if (attachFit && !platform.calendar?.attachment)
      throw new RequestRefused(409, `${platform.label} takes no FIT workout beside a session.`)
    if (write !== undefined) await setWrite(deps, runnerId, platform.id, write)
    if (attachFit !== undefined) await setAttachment(deps, runnerId, platform.id, attachFit)
    const [connection] = await shown(runnerId, platform)
    if (!connection) throw new NotFoundError('This platform is not connected.')
    return c.json(connection, 200)
  })
  app.openapi(remove, async (c) => {
    const runnerId = currentRunner(c)
    const platform = findPlatform(c.req.valid('param').platform)
    const row = platform && (await connectionOf(deps.db, runnerId, platform.id))
    if (!platform || !row) throw new NotFoundError('This platform is not connected.')
    await disconnect(deps, runnerId, platform.id)
    return c.body(null, 204)
  })
  return app
}
