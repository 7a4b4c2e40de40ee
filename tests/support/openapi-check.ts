/**
 * Checks requests against an OpenAPI 3.0 description: path, method, required and unknown query parameters and their types,
 * and the JSON body against its schema (type, properties, required, items, enum, $ref, allOf, oneOf, anyOf, integer width).
 */
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parse } from 'yaml'

type Json = Record<string, unknown>
export type OpenApi = { paths: Record<string, Json>; root: Json }

/** A description beside the repository, or null when it is not there. */
export function sharedOpenApi(file: string): OpenApi | null {
  const path = resolve(import.meta.dirname, '../../../shared/platforms/specs', file)
  if (!existsSync(path)) return null
  const text = readFileSync(path, 'utf8')
  const root = (file.endsWith('.json') ? JSON.parse(text) : parse(text)) as Json
  return { root, paths: root.paths as Record<string, Json> }
}

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

function resolved(api: OpenApi, value: unknown): Json {
  let at = isObject(value) ? value : {}
  for (let hops = 0; typeof at.$ref === 'string' && hops < 20; hops++) {
    const next = at.$ref
      .slice(2)
      .split('/')
      .reduce<unknown>((node, part) => (isObject(node) ? node[part.replaceAll('~1', '/')] : undefined), api.root)
    at = isObject(next) ? next : {}
  }
  return at
}

function typeProblem(schema: Json, value: unknown): string | null {
  switch (schema.type) {
    case 'object':
      return isObject(value) ? null : 'is no object'
    case 'array':
      return Array.isArray(value) ? null : 'is no list'
    case 'string':
      return typeof value === 'string' ? null : 'is no text'
    case 'boolean':
      return typeof value === 'boolean' ? null : 'is neither true nor false'
    case 'number':
      return typeof value === 'number' ? null : 'is no number'
    case 'integer':
      if (typeof value !== 'number' || !Number.isInteger(value)) return 'is no whole number'
      return schema.format === 'int32' && Math.abs(value) > 2 ** 31 ? 'does not fit 32 bits' : null
    default:
      return null
  }
}

/** What is wrong with a value by its schema; each problem with its place. */
export function schemaProblems(api: OpenApi, given: unknown, value: unknown, at: string): string[] {
  const schema = resolved(api, given)
  if (value === null) return schema.nullable === true || schema.type === undefined ? [] : [`${at} is null`]
  const wrong = typeProblem(schema, value)
  if (wrong) return [`${at} ${wrong}`]
  const problems: string[] = []
  if (Array.isArray(schema.enum) && !schema.enum.includes(value)) problems.push(`${at} is none of ${schema.enum.join(', ')}`)
  if (typeof schema.pattern === 'string' && typeof value === 'string' && !new RegExp(schema.pattern).test(value)) {
    problems.push(`${at} does not match ${schema.pattern}`)
  }
  for (const part of (schema.allOf as unknown[] | undefined) ?? []) problems.push(...schemaProblems(api, part, value, at))
  const choices = (schema.oneOf ?? schema.anyOf) as unknown[] | undefined
  if (choices && !choices.some((choice) => schemaProblems(api, choice, value, at).length === 0))
    problems.push(`${at} fits none of the forms`)
  if (Array.isArray(value) && schema.items)
    for (const [i, item] of value.entries()) problems.push(...schemaProblems(api, schema.items, item, `${at}/${i}`))
  if (isObject(value)) {
    const properties = isObject(schema.properties) ? schema.properties : {}
    for (const name of (schema.required as string[] | undefined) ?? []) if (!(name in value)) problems.push(`${at}/${name} is missing`)
    for (const [name, inner] of Object.entries(value)) {
      if (name in properties) problems.push(...schemaProblems(api, properties[name], inner, `${at}/${name}`))
      else if (Object.keys(properties).length > 0 && !schema.additionalProperties) problems.push(`${at}/${name} is not described`)
    }
  }
  return problems
}

/** The described path that an address has; path parameters may end inside a segment (`streams{ext}`). */
function pathOf(api: OpenApi, pathname: string, method: string): [string, Json] | null {
  const found = Object.entries(api.paths).filter(([template]) => {
    const pattern = template.split(/\{[^}]+\}/).map((part) => part.replace(/[.*+?^$()|[\]\\]/g, '\\$&'))
    const named = /\{[^}]+\}$/.test(template) && !/\/\{[^}]+\}$/.test(template)
    const body = pattern.join('[^/]+')
    return new RegExp(`^${named ? body.replace(/\[\^\/\]\+$/, '[^/]*') : body}$`).test(pathname)
  })
  const literal = (template: string) => template.replace(/\{[^}]+\}/g, '').length
  const fits = (path: Json) => Number(method in path)
  return found.sort(([a, first], [b, second]) => fits(second) - fits(first) || literal(b) - literal(a))[0] ?? null
}

function parameterProblems(api: OpenApi, operation: Json, path: Json, url: URL): string[] {
  const all = [...((path.parameters as unknown[] | undefined) ?? []), ...((operation.parameters as unknown[] | undefined) ?? [])]
  const query = all.map((parameter) => resolved(api, parameter)).filter((parameter) => parameter.in === 'query')
  const problems = query
    .filter((parameter) => parameter.required === true && !url.searchParams.has(String(parameter.name)))
    .map((parameter) => `the query lacks ${parameter.name}`)
  for (const [name, text] of url.searchParams) {
    const parameter = query.find((known) => known.name === name)
    if (!parameter) problems.push(`the query has ${name}, which is not described`)
    else {
      const { type } = resolved(api, parameter.schema)
      const value =
        type === 'boolean' && /^(true|false)$/.test(text) ? text === 'true' : type === 'integer' || type === 'number' ? Number(text) : text
      if (type !== 'array') problems.push(...schemaProblems(api, parameter.schema, value, `query ${name}`))
    }
  }
  return problems
}

/** What is wrong with a request by the description; empty: it is right. The request's body is read from a copy. */
export async function requestProblems(api: OpenApi, request: Request): Promise<string[]> {
  const url = new URL(request.url)
  const where = `${request.method} ${url.pathname}`
  const found = pathOf(api, url.pathname, request.method.toLowerCase())
  if (!found) return [`${where}: no such path`]
  const operation = found[1][request.method.toLowerCase()]
  if (!isObject(operation)) return [`${where}: no such method`]
  const problems = parameterProblems(api, operation, found[1], url)
  const text = await request.clone().text()
  const described = resolved(api, operation.requestBody)
  const content = isObject(described.content) ? described.content : null
  if (text === '') {
    if (described.required === true) problems.push('the body is missing')
  } else if (content) {
    const type = (request.headers.get('content-type') ?? '').split(';')[0]!.trim()
    const form = content[type] ?? content['*/*']
    if (!isObject(form)) problems.push(`the body is ${type}, described is ${Object.keys(content).join(', ')}`)
    else if (type === 'application/json') problems.push(...schemaProblems(api, form.schema, JSON.parse(text), 'body'))
  } else problems.push('a body is not described')
  return problems.map((problem) => `${where}: ${problem}`)
}
