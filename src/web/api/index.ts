/** The JSON API under /api/v1, its description and its page. */
import { OpenAPIHono } from '@hono/zod-openapi'
import type { Deps } from '../../deps.ts'
import type { Who } from '../who.ts'
import { accountsApi } from './accounts.ts'
import { planApi } from './plan.ts'
import { runsApi } from './runs.ts'
import { uploadsApi } from './uploads.ts'

/** Every route of the API in one app, so that the description is made from what is really there. */
export function apiRoutes(deps: Deps): OpenAPIHono<Who> {
  const app = new OpenAPIHono<Who>()
  for (const part of [uploadsApi(deps), runsApi(deps), planApi(deps)]) app.route('/api/v1', part)
  if (deps.settings.accounts === 'on') app.route('/api/v1', accountsApi(deps))
  app.doc31('/openapi.json', {
    openapi: '3.1.0',
    info: {
      title: 'Stridelift',
      version: '1',
      description:
        'Strength training placed around running. Bodies are camelCase JSON with units in the names; instants are ISO 8601 UTC, days are local to the runner. Errors are RFC 9457 problem documents.',
    },
    servers: [{ url: deps.settings.publicUrl }],
  })
  return app
}
