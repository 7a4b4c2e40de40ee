/** The JSON API under /api/v1, its description and its page. */
import { OpenAPIHono } from '@hono/zod-openapi'
import type { Deps } from '../../deps.ts'
import type { Who } from '../who.ts'
import { accountsApi } from './accounts.ts'
import { connectionsApi } from './connections.ts'
import { type ApiDocument, ApiPage, apiStyle } from './docs.tsx'
import { planApi } from './plan.ts'
import { runnerApi } from './runner.ts'
import { runsApi } from './runs.ts'
import { uploadsApi } from './uploads.ts'

const information = {
  openapi: '3.1.0',
  info: {
    title: 'Stridelift',
    version: '1',
    description:
      'Strength training placed around running. Bodies are camelCase JSON with units in the names; instants are ISO 8601 UTC, days are local to the runner. Errors are RFC 9457 problem documents.',
  },
}

/** Every route of the API in one app, so that the description is made from what is really there. */
export function apiRoutes(deps: Deps): OpenAPIHono<Who> {
  const app = new OpenAPIHono<Who>()
  const parts = [uploadsApi(deps), runsApi(deps), planApi(deps), runnerApi(deps), connectionsApi(deps)]
  const withAccounts = deps.settings.accounts === 'on'
  if (withAccounts) {
    parts.push(accountsApi(deps))
    app.openAPIRegistry.registerComponent('securitySchemes', 'token', { type: 'http', scheme: 'bearer' })
  }
  for (const part of parts) app.route('/api/v1', part)
  const security = withAccounts ? { security: [{ token: [] }] } : {}
  const describe = () => app.getOpenAPI31Document({ ...information, ...security, servers: [{ url: deps.settings.publicUrl }] })
  app.get('/openapi.json', (c) => c.json(describe()))
  app.get('/docs', (c) => c.html(`<!doctype html>${ApiPage({ document: describe() as ApiDocument })}`))
  app.get('/docs/style.css', (c) => c.body(apiStyle, 200, { 'content-type': 'text/css; charset=utf-8' }))
  return app
}
