/** One browser without a window: keeps its cookies, posts forms, follows nothing by itself. */
type Ask = (path: string, init?: RequestInit) => Promise<Response>

export type Visitor = {
  request: Ask
  /** Posts a page's form as a browser does. */
  form: (path: string, fields: Record<string, string>) => Promise<Response>
  /** Calls the API with a JSON body. */
  api: (method: string, path: string, body?: unknown) => Promise<Response>
  cookies: Map<string, string>
  /** The last Set-Cookie headers, as they came. */
  lastSet: () => string[]
}

export function visitor(ask: Ask, given: { headers?: Record<string, string> } = {}): Visitor {
  const cookies = new Map<string, string>()
  let set: string[] = []
  const request: Ask = async (path, init = {}) => {
    const headers = new Headers(given.headers)
    new Headers(init.headers).forEach((value, name) => {
      headers.set(name, value)
    })
    if (cookies.size > 0 && !headers.has('cookie'))
      headers.set('cookie', [...cookies].map(([name, value]) => `${name}=${value}`).join('; '))
    const answer = await ask(path, { redirect: 'manual', ...init, headers })
    set = answer.headers.getSetCookie()
    for (const line of set) {
      const [pair = '', ...attributes] = line.split(/;\s*/)
      const at = pair.indexOf('=')
      const gone = attributes.some((attribute) => /^max-age=0$/i.test(attribute))
      if (gone) cookies.delete(pair.slice(0, at))
      else cookies.set(pair.slice(0, at), pair.slice(at + 1))
    }
    return answer
  }
  return {
    request,
    form: (path, fields) => request(path, { method: 'POST', body: new URLSearchParams(fields), headers: { accept: 'text/html' } }),
    api: (method, path, body) =>
      request(`/api/v1${path}`, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      }),
    cookies,
    lastSet: () => set,
  }
}
