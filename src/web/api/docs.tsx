/** `GET /docs`: the API's description as a plain page, drawn from the document itself. No script, nothing from outside. */
type Schema = Record<string, unknown>
type Operation = {
  tags?: string[]
  summary?: string
  description?: string
  parameters?: { name: string; in: string; required?: boolean; description?: string; schema?: Schema }[]
  requestBody?: { content?: Record<string, { schema?: Schema }> }
  responses?: Record<string, { description?: string; content?: Record<string, { schema?: Schema }> }>
}
export type ApiDocument = {
  info: { title: string; version: string; description?: string }
  paths?: Record<string, Record<string, Operation>>
  components?: { schemas?: Record<string, Schema> }
}

const methods = ['get', 'post', 'put', 'patch', 'delete']

/** A schema as compact text. */
function shape(schema: Schema | undefined, depth = 0): string {
  if (!schema) return ''
  if (typeof schema.$ref === 'string') return schema.$ref.split('/').at(-1) ?? ''
  if (Array.isArray(schema.enum)) return schema.enum.map((value) => JSON.stringify(value)).join(' | ')
  for (const key of ['anyOf', 'oneOf', 'allOf'] as const) {
    const list = schema[key]
    if (Array.isArray(list)) return list.map((one) => shape(one, depth)).join(key === 'allOf' ? ' & ' : ' | ')
  }
  if (schema.properties && typeof schema.properties === 'object') {
    if (depth > 2) return '{…}'
    const pad = '  '.repeat(depth + 1)
    const required = Array.isArray(schema.required) ? schema.required : []
    const lines = Object.entries(schema.properties as Record<string, Schema>).map(([name, inner]) => {
      const note = typeof inner.description === 'string' ? `  // ${inner.description}` : ''
      return `${pad}${name}${required.includes(name) ? '' : '?'}: ${shape(inner, depth + 1)}${note}`
    })
    return `{\n${lines.join('\n')}\n${'  '.repeat(depth)}}`
  }
  if (schema.type === 'array') return `[${shape(schema.items as Schema, depth)}]`
  const type = Array.isArray(schema.type) ? schema.type.join(' | ') : String(schema.type ?? 'any')
  return schema.format ? `${type} (${schema.format})` : type
}

const anchor = (method: string, path: string) => `${method}${path.replaceAll(/[^a-zA-Z0-9]+/g, '-')}`

function Route({ method, path, operation }: { method: string; path: string; operation: Operation }) {
  const bodies = Object.entries(operation.requestBody?.content ?? {})
  return (
    <section id={anchor(method, path)} class="api-route">
      <h3>
        <code>
          {method.toUpperCase()} {path}
        </code>
      </h3>
      <p>{operation.summary}</p>
      {operation.description && <p>{operation.description}</p>}
      {operation.parameters && operation.parameters.length > 0 && (
        <table>
          <tbody>
            {operation.parameters.map((parameter) => (
              <tr>
                <td>
                  <code>{parameter.name}</code>
                </td>
                <td>
                  {parameter.in}
                  {parameter.required ? ', required' : ''}
                </td>
                <td>
                  {shape(parameter.schema)} {parameter.description}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {bodies.map(([type, { schema }]) => (
        <>
          <p>Body, {type}:</p>
          <pre>{shape(schema)}</pre>
        </>
      ))}
      <table>
        <tbody>
          {Object.entries(operation.responses ?? {}).map(([status, response]) => (
            <tr>
              <td>{status}</td>
              <td>
                {response.description}
                {status.startsWith('2') &&
                  Object.entries(response.content ?? {}).map(([type, { schema }]) => (
                    <pre>
                      {type} {shape(schema)}
                    </pre>
                  ))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

/** The whole page. */
export function ApiPage({ document }: { document: ApiDocument }) {
  const routes = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    methods.flatMap((method) => (item[method] ? [{ method, path, operation: item[method] }] : [])),
  )
  const tags = [...new Set(routes.map(({ operation }) => operation.tags?.[0] ?? 'other'))]
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{document.info.title} API</title>
        <link rel="stylesheet" href="/docs/style.css" />
      </head>
      <body>
        <main>
          <h1>{document.info.title} API</h1>
          <p>{document.info.description}</p>
          <p>
            The same as a document for programs: <a href="/openapi.json">openapi.json</a>
          </p>
          <nav aria-label="Routes">
            {tags.map((tag) => (
              <>
                <h2>{tag}</h2>
                <ul>
                  {routes
                    .filter(({ operation }) => (operation.tags?.[0] ?? 'other') === tag)
                    .map(({ method, path, operation }) => (
                      <li>
                        <a href={`#${anchor(method, path)}`}>
                          <code>
                            {method.toUpperCase()} {path}
                          </code>
                        </a>{' '}
                        {operation.summary}
                      </li>
                    ))}
                </ul>
              </>
            ))}
          </nav>
          {routes.map((route) => (
            <Route {...route} />
          ))}
          <h2>Shapes</h2>
          {Object.entries(document.components?.schemas ?? {}).map(([name, schema]) => (
            <section id={`shape-${name}`}>
              <h3>{name}</h3>
              <pre>{shape(schema)}</pre>
            </section>
          ))}
        </main>
      </body>
    </html>
  )
}

export const apiStyle = `:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 20%, transparent) }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 }
main { max-width: 62rem; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere }
h2 { text-transform: capitalize; margin: 1.5rem 0 .3rem }
.api-route { border-top: 1px solid var(--line); padding: .5rem 0 }
h3 { margin: .5rem 0 }
pre { overflow-x: auto; padding: .7rem; border: 1px solid var(--line); border-radius: 6px; font-size: 13px; margin: .3rem 0 }
table { border-collapse: collapse; width: 100%; table-layout: fixed }
td:first-child { width: 12rem }
td { border-bottom: 1px solid var(--line); padding: .3rem .8rem .3rem 0; vertical-align: top }
ul { padding-left: 1.2rem; margin: 0 }
@media (max-width: 40rem) { table, tbody, tr, td { display: block; width: auto } td { border: 0 } tr { border-bottom: 1px solid var(--line) } }
`
