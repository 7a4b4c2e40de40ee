/** What all pretend platforms for msw share: entries of a calendar, and answers that get lost. */
import { type HttpHandler, HttpResponse, http } from 'msw'

export type Faults = {
  /** So many writing calls are dropped before they have an effect. */
  dropBefore: number
  /** So many writing calls have their effect, but the answer is lost. */
  loseAnswer: number
  /** Every call is answered with this instead. */
  instead: (() => Response) | null
}

export type Seen = { method: string; url: string; authorization: string | null; headers: Headers; body: string }

export type Fake = {
  handlers: HttpHandler[]
  faults: Faults
  seen: Seen[]
  /** Entries of ours on the calendar. */
  entries: () => { marker: string | null; localDate: string; text: string }[]
  /** Entries that somebody else put there. */
  foreign: () => number
}

type Call = { request: Request; params: Record<string, string>; url: URL; body: string }
type Route = [method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', address: string, answer: (call: Call) => Response | Promise<Response>]

export const newFaults = (): Faults => ({ dropBefore: 0, loseAnswer: 0, instead: null })

/** Handlers of the routes; every request is kept in `seen`, and writing ones meet the faults. */
export function handlersOf(routes: readonly Route[], faults: Faults, seen: Seen[]): HttpHandler[] {
  return routes.map(([method, address, answer]) =>
    http[method.toLowerCase() as 'get'](address, async ({ request, params }) => {
      const body = method === 'GET' ? '' : Buffer.from(await request.clone().arrayBuffer()).toString('latin1')
      seen.push({ method, url: request.url, authorization: request.headers.get('authorization'), headers: request.headers, body })
      if (faults.instead) return faults.instead() as HttpResponse<null>
      if (method !== 'GET' && faults.dropBefore > 0) {
        faults.dropBefore -= 1
        return HttpResponse.error()
      }
      const given = Object.fromEntries(Object.entries(params).map(([name, value]) => [name, String(value)]))
      const response = await answer({ request, params: given, url: new URL(request.url), body })
      if (method !== 'GET' && faults.loseAnswer > 0) {
        faults.loseAnswer -= 1
        return HttpResponse.error()
      }
      return response as HttpResponse<null>
    }),
  )
}

/** A JSON answer. */
export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } })
}

export const nothing = (status = 204): Response => new Response(null, { status })
