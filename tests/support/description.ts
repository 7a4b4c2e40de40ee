/** Requests made from an OpenAPI 3.1 description alone, so that a new route is in a sweep by itself. */
type Json = Record<string, unknown>
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

export type Parameter = { name: string; in: 'path' | 'query'; required: boolean; isId: boolean; schema: Json }
export type Operation = {
  method: string
  path: string
  /** Nobody has to be signed in. */
  open: boolean
  parameters: Parameter[]
  /** null: it takes no JSON body. */
  body: Json | null
  multipart: boolean
}
export type Description = { root: Json; operations: Operation[] }

function resolved(root: Json, value: unknown): Json {
  let at = isObject(value) ? value : {}
  for (let hops = 0; typeof at.$ref === 'string' && hops < 20; hops++) {
    const next = at.$ref
      .slice(2)
      .split('/')
      .reduce<unknown>((node, part) => (isObject(node) ? node[part] : undefined), root)
    at = isObject(next) ? next : {}
  }
  return at
}

const METHODS = new Set(['get', 'post', 'put', 'patch', 'delete'])

/** Every operation of a description. */
export function readDescription(root: Json): Description {
  const operations: Operation[] = []
  for (const [path, item] of Object.entries(isObject(root.paths) ? root.paths : {})) {
    if (!isObject(item)) continue
    for (const [method, value] of Object.entries(item)) {
      if (!METHODS.has(method) || !isObject(value)) continue
      const content = resolved(root, resolved(root, value.requestBody).content)
      const parameters = [...((item.parameters as unknown[]) ?? []), ...((value.parameters as unknown[]) ?? [])].map((given) => {
        const { name, in: place, required, schema } = resolved(root, given)
        const shape = resolved(root, schema)
        return {
          name: String(name),
          in: place as 'path' | 'query',
          required: required === true,
          isId: shape.format === 'uuid',
          schema: shape,
        }
      })
      operations.push({
        method: method.toUpperCase(),
        path,
        open: Array.isArray(value.security) && value.security.length === 0,
        parameters,
        body: isObject(content['application/json']) ? resolved(root, content['application/json'].schema) : null,
        multipart: 'multipart/form-data' in content,
      })
    }
  }
  return { root, operations }
}

/** A value that fits a schema; `id` stands wherever an id is wanted. */
export function sampleOf(root: Json, given: unknown, id: string): unknown {
  const schema = resolved(root, given)
  if ('const' in schema) return schema.const
  if (Array.isArray(schema.enum)) return schema.enum[0]
  if ('default' in schema) return schema.default
  for (const key of ['anyOf', 'oneOf'] as const) {
    const choices = (schema[key] as unknown[] | undefined)?.filter((one) => resolved(root, one).type !== 'null')
    if (choices?.length) return sampleOf(root, choices[0], id)
  }
  if (Array.isArray(schema.allOf)) return Object.assign({}, ...schema.allOf.map((one) => sampleOf(root, one, id)))
  const type = Array.isArray(schema.type) ? schema.type.find((one) => one !== 'null') : schema.type
  if (type === 'boolean') return true
  if (type === 'integer' || type === 'number') return (schema.minimum as number | undefined) ?? (schema.exclusiveMinimum === 0 ? 1 : 1)
  if (type === 'array') return [sampleOf(root, schema.items, id)]
  if (type === 'string') return sampleText(schema, id)
  if (type !== 'object') return id
  const fields = isObject(schema.properties) ? schema.properties : {}
  const required = (schema.required as string[] | undefined) ?? []
  const out = Object.fromEntries(required.map((name) => [name, sampleOf(root, fields[name], id)]))
  if (Object.keys(fields).length === 0 && isObject(schema.additionalProperties)) out[id] = sampleOf(root, schema.additionalProperties, id)
  return out
}

function sampleText(schema: Json, id: string): string {
  const formats: Record<string, string> = {
    uuid: id,
    date: '2026-09-24',
    'date-time': '2026-09-24T06:00:00Z',
    email: 'someone@example.org',
    uri: 'https://example.org/',
  }
  const text = formats[String(schema.format)] ?? (typeof schema.pattern === 'string' && /\\d|\[0-9\]|:/.test(schema.pattern) ? '07:00' : id)
  return text.slice(0, (schema.maxLength as number | undefined) ?? 200)
}

/** Bodies for an operation: what is required alone, then each further field beside it. */
export function bodiesOf({ root }: Description, operation: Operation, id: string): unknown[] {
  if (!operation.body) return [undefined]
  const schema = operation.body
  const least = sampleOf(root, schema, id)
  if (!isObject(least) || !isObject(schema.properties)) return [least]
  const more = Object.entries(schema.properties).filter(([name]) => !(name in least))
  return [least, ...more.map(([name, field]) => ({ ...least, [name]: sampleOf(root, field, id) }))]
}
