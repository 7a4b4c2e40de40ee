/** The watches: what is connected, what arrives there, and what the person who runs the service has to paste. */
import type { Hono } from 'hono'
import { z } from 'zod'
import { planFully } from '../../core/plan/plan.ts'
import type { Session } from '../../core/strength/session.ts'
import { type ConnectionRow, connectionsOf } from '../../db/connections.ts'
import { feedToken } from '../../db/runners.ts'
import { sessionsBetween } from '../../db/sessions.ts'
import type { Deps } from '../../deps.ts'
import { situationOf } from '../../jobs/plan.ts'
import { offered, platforms } from '../../platforms/index.ts'
import type { Platform } from '../../platforms/platform.ts'
import { isLoopback, platformPrefixes } from '../../settings.ts'
import { ConnectionsPage } from '../pages/connections.tsx'
import { dose } from '../pages/session.tsx'
import type { ConnectionsView, ConnectionView, SetUp } from '../pages/view.ts'
import type { Who } from '../who.ts'
import { weight } from '../words.ts'
import { back, type CallApi, draw, fieldsOf, refused, shellOf, type Visit, visitOf } from './kit.tsx'

const KNOWN_NAMES: Record<'CLIENT_ID' | 'CLIENT_SECRET' | 'WEBHOOK_SECRET', 'clientId' | 'clientSecret' | 'webhookSecret'> = {
  CLIENT_ID: 'clientId',
  CLIENT_SECRET: 'clientSecret',
  WEBHOOK_SECRET: 'webhookSecret',
}

/** A connection as `GET /api/v1/connections` tells it. */
const Told = z.object({
  connections: z.array(
    z.object({
      platform: z.string(),
      state: z.enum(['connected', 'reconnect', 'limited', 'off']),
      text: z.string(),
      write: z.boolean(),
      attachFit: z.boolean().nullish(),
      canRead: z.boolean(),
      canSchedule: z.boolean(),
      fidelity: z.enum(['exact', 'degraded', 'none']),
      lost: z.array(z.string()),
      connectUrl: z.string().nullish(),
      lastRunAt: z.string().nullish(),
      lastCheckedAt: z.string().nullish(),
    }),
  ),
})
type Told = z.infer<typeof Told>['connections'][number]

/** Platforms whose pushes carry no usable signature have their secret in the webhook's address; only its owner may see that. */
export const secretInAddress: ReadonlySet<string> = new Set(['strava', 'garmin'])

function setUpOf(deps: Deps, platform: Platform): SetUp {
  const { publicUrl, platforms: all } = deps.settings
  const own = all[platform.id]
  const secret = secretInAddress.has(platform.id) ? `/${own.webhookSecret ?? '{the webhook secret}'}` : ''
  const callbackUrl = `${publicUrl}/connect/${platform.id}/callback`
  const webhookUrl = `${publicUrl}/webhooks/${platform.id}${secret}`
  const filled = (step: string) => step.replaceAll('{callback}', callbackUrl).replaceAll('{webhook}', webhookUrl)
  const prefix = platformPrefixes[platform.id]
  const pushed = platform.runs.arrive !== 'poll'
  const reachable = !isLoopback(new URL(publicUrl).hostname)
  const findings: SetUp['findings'] = []
  if (pushed && reachable && !publicUrl.startsWith('https:')) {
    findings.push({
      ok: false,
      text: 'Platforms push to https addresses only: put PUBLIC_URL behind a certificate and begin it with https://.',
    })
  }
  if (platform.warning) findings.push({ ok: false, text: platform.warning })
  return {
    configured: offered(platform, own) !== null,
    callbackUrl,
    webhookUrl: pushed ? webhookUrl : null,
    steps: platform.setUp.map(filled),
    developerUrl: null,
    variables: Object.entries(KNOWN_NAMES).map(([name, key]) => ({ name: `${prefix}_${name}`, set: own[key] !== null })),
    findings,
  }
}

/** What a platform that nobody has connected says of itself. */
function offText(platform: Platform, configured: boolean): string {
  return configured ? `${platform.label} is ready to be connected.` : `${platform.label} is not set up on this service.`
}

function connectionView(
  platform: Platform,
  setUp: SetUp,
  told: Told | undefined,
  row: ConnectionRow | undefined,
  sample: Session | null,
): ConnectionView {
  const ofSample = sample && platform.calendar ? platform.calendar.loses(sample) : []
  const lost = [...new Set([...(told?.lost ?? []), ...ofSample])]
  const fidelity = platform.calendar === null ? 'none' : lost.length > 0 ? 'degraded' : 'exact'
  return {
    platform: platform.id,
    label: platform.label,
    connectWords: platform.connectWords ?? null,
    state: told?.state ?? row?.state ?? 'off',
    text: told?.text ?? row?.text ?? offText(platform, setUp.configured),
    write: told?.write ?? row?.write ?? false,
    writeReason: row?.writeReason ?? null,
    attachment: platform.calendar?.attachment ? { ...platform.calendar.attachment, on: told?.attachFit ?? false } : null,
    consentHint: platform.consentHint ?? null,
    canRead: told?.canRead ?? true,
    canSchedule: told?.canSchedule ?? platform.calendar !== null,
    fidelity,
    lost,
    connectUrl: setUp.configured ? (told?.connectUrl ?? `/connect/${platform.id}`) : null,
    lastRunAt: row?.lastRunAt ?? null,
    lastCheckedAt: row?.lastCheckedAt ?? null,
    backfill: row?.backfill ?? null,
    setUp,
  }
}

/** A coming session, to show what would arrive; one made up from the settings while nothing is planned. */
async function sampleSession(deps: Deps, { runnerId, runner, today, now }: Visit): Promise<Session | null> {
  const coming = await sessionsBetween(deps.db, runnerId, today, '9999-12-31')
  const planned = coming.find((session) => session.status === 'planned')
  if (planned) return planned
  const { situation } = await deps.db.transaction((tx) => situationOf(tx, runnerId, runner, now))
  return planFully(situation, { offers: false }).sessions[0] ?? null
}

async function connectionsView(deps: Deps, visit: Visit, call: CallApi): Promise<ConnectionsView> {
  const rows = await connectionsOf(deps.db, visit.runnerId)
  const answer = await call(visit.runnerId, 'GET', '/connections')
  const told = Told.safeParse(answer.body)
  const known = new Map((told.success ? told.data.connections : []).map((one) => [one.platform, one]))
  const sample = await sampleSession(deps, visit)
  const order = { reconnect: 0, limited: 1, connected: 2, off: 3 }
  const operator = deps.settings.accounts === 'off'
  const connections = platforms
    .map((platform) =>
      connectionView(
        platform,
        setUpOf(deps, platform),
        known.get(platform.id),
        rows.find((row) => row.platform === platform.id),
        sample,
      ),
    )
    .filter((connection) => operator || connection.setUp.configured || connection.state !== 'off')
    .sort((a, b) => order[a.state] - order[b.state] || Number(b.setUp.configured) - Number(a.setUp.configured))
  return {
    connections,
    calendarUrl: `${deps.settings.publicUrl}/calendar/${await feedToken(deps.db, visit.runnerId)}.ics`,
    operator,
    loopback: isLoopback(new URL(deps.settings.publicUrl).hostname),
    sample: sample && {
      title: sample.title,
      lines: sample.exercises.map(
        (exercise) =>
          `${exercise.name} ${dose(exercise)}${exercise.weightKg ? `, ${weight(exercise.weightKg, visit.runner.units)}` : ''}, rest ${exercise.restSeconds} s`,
      ),
    },
  }
}

export function connectionRoutes(app: Hono<Who>, deps: Deps, call: CallApi): void {
  app.get('/connections', async (c) => {
    const visit = await visitOf(c, deps)
    const view = await connectionsView(deps, visit, call)
    return draw(c, <ConnectionsPage shell={shellOf(c, deps, visit, { title: 'Connect', place: 'connections' })} view={view} />)
  })

  app.post('/connections/:platform{[a-z-]{2,30}}/write', async (c) => {
    const visit = await visitOf(c, deps)
    const write = (await fieldsOf(c)).get('write') === 'on'
    const answer = await call(visit.runnerId, 'PATCH', `/connections/${c.req.param('platform')}`, { write })
    if (!answer.ok) return refused(c, deps, visit, answer, '/connections')
    return back(c, null, '/connections', { said: write ? 'sending' : 'notSending' })
  })

  app.post('/connections/:platform{[a-z-]{2,30}}/attachment', async (c) => {
    const visit = await visitOf(c, deps)
    const attachFit = (await fieldsOf(c)).get('attach') === 'on'
    const answer = await call(visit.runnerId, 'PATCH', `/connections/${c.req.param('platform')}`, { attachFit })
    if (!answer.ok) return refused(c, deps, visit, answer, '/connections')
    return back(c, null, '/connections', { said: attachFit ? 'attaching' : 'notAttaching' })
  })

  app.post('/connections/:platform{[a-z-]{2,30}}/disconnect', async (c) => {
    const visit = await visitOf(c, deps)
    const answer = await call(visit.runnerId, 'DELETE', `/connections/${c.req.param('platform')}`)
    if (!answer.ok) return refused(c, deps, visit, answer, '/connections')
    return back(c, null, '/connections', { said: 'disconnected' })
  })
}
