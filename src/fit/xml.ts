/** XML as plain trees, with nothing in it that can grow: no entities of its own, no deep nesting. */
import { XMLParser } from 'fast-xml-parser'
import { UnreadableFile } from './unreadable.ts'

/** An element: children and attributes (`@name`) by name without its namespace prefix; text under `#text`. */
export type Element = { readonly [name: string]: unknown }

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  removeNSPrefix: true,
  parseTagValue: false,
  parseAttributeValue: false,
  processEntities: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
  maxNestedTags: 30,
})

/** A parsed document. `whole` gives an element that was left out back with all that is in it; any other as it is. */
export type Document = { root: Element; whole: (element: Element) => Element }

/**
 * Parses a document. The points of a track, which are nearly all of it, are left out and parsed one by one when they are asked
 * for (`whole`): the tree of a day of recording would need a gigabyte.
 * @throws UnreadableFile when it is no well-formed XML or declares entities; so does `whole`
 */
export function parseXml(bytes: Uint8Array): Document {
  const text = decode(bytes)
  if (/<!(DOCTYPE|ENTITY)/i.test(text))
    throw new UnreadableFile('The file declares its own XML entities, which no activity file does. Export the activity again.')
  const points: string[] = []
  const thin = text.replaceAll(POINT, (point: string, name: string) => `<${name} ${PLACE}="${points.push(point) - 1}"/>`)
  const root = parsed(thin)
  if (!root || !isWhole(thin, root)) throw new UnreadableFile(BROKEN)
  return {
    root,
    whole: (element) => {
      const point = points[Number(element[`@${PLACE}`] ?? Number.NaN)]
      if (point === undefined) return element
      const [only] = SECOND_POINT.test(point) ? [] : Object.values(quicklyParsed(point) ?? parsed(point) ?? {})
      if (!isElement(only)) throw new UnreadableFile(BROKEN)
      return only
    },
  }
}

const POINT = /<(?:[\w.-]+:)?(Trackpoint|trkpt)(?:\s[^<>]*)?(?<!\/)>[\s\S]*?<\/(?:[\w.-]+:)?\1\s*>/g
const SECOND_POINT = /.<(?:[\w.-]+:)?(?:Trackpoint|trkpt)[\s>]/s
const PLACE = 'place-in-file'
const BROKEN = 'The file is not valid XML: it was cut off or changed. Export the activity again and upload the new file.'

/** null when it is not well-formed. */
function parsed(text: string): Element | null {
  try {
    const root: unknown = parser.parse(text)
    return isElement(root) ? root : null
  } catch {
    return null
  }
}

const TAG = /<(\/?)(?:[\w.-]+:)?([\w.-]+)((?:\s+[\w.:-]+\s*=\s*(?:"[^"<>]*"|'[^'<>]*'))*)\s*(\/?)>([^<]*)/y
const ATTRIBUTE = /(?:[\w.-]+:)?([\w.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g

/** A point as `parsed` gives it, some five times faster; null where it holds more than elements, attributes and text. */
function quicklyParsed(text: string): Element | null {
  const root: Record<string, unknown> = Object.create(null)
  const open: { name: string; element: Record<string, unknown> }[] = [{ name: '', element: root }]
  TAG.lastIndex = 0
  while (TAG.lastIndex < text.length) {
    const tag = TAG.exec(text)
    if (!tag) return null
    const [, end = '', name = '', attributes = '', alone = '', after = ''] = tag
    const above = open.at(-1)!
    if (end) {
      if (open.length < 2 || above.name !== name) return null
      open.pop()
    } else {
      const element: Record<string, unknown> = Object.create(null)
      for (const [, key, double, single] of attributes.matchAll(ATTRIBUTE)) element[`@${key}`] = double ?? single
      const before = above.element[name]
      above.element[name] = before === undefined ? element : Array.isArray(before) ? [...before, element] : [before, element]
      if (!alone) open.push({ name, element })
    }
    const words = after.trim()
    const holder = open.at(-1)!.element
    if (words !== '') holder['#text'] = `${holder['#text'] ?? ''}${words}`
  }
  return open.length === 1 ? root : null
}

/** The parser forgives a missing end; a cut-off file would pass for a shorter run. */
function isWhole(text: string, root: Element): boolean {
  const end = /<\/(?:[\w.-]+:)?([\w.-]+)\s*>\s*(?:<!--[\s\S]*?-->\s*)*$/.exec(text.slice(-2000))
  return end?.[1] === Object.keys(root).find((name) => !name.startsWith('#'))
}

function decode(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
  const declared = /encoding=["']([\w-]+)["']/i.exec(new TextDecoder('latin1').decode(bytes.subarray(0, 200)))?.[1]
  try {
    return new TextDecoder(declared ?? 'utf-8').decode(bytes)
  } catch {
    return new TextDecoder('utf-8').decode(bytes)
  }
}

function isElement(value: unknown): value is Element {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** All children of that name. */
export function children(element: Element | null | undefined, name: string): Element[] {
  const value = element?.[name]
  return (Array.isArray(value) ? value : [value]).flatMap((item) =>
    isElement(item) ? [item] : typeof item === 'string' ? [{ '#text': item }] : [],
  )
}

/** The first child along a path of names. */
export function child(element: Element | null | undefined, ...path: string[]): Element | null {
  let at: Element | null = element ?? null
  for (const name of path) at = at ? (children(at, name)[0] ?? null) : null
  return at
}

/** The text at a path; null without any. */
export function textOf(element: Element | null | undefined, ...path: string[]): string | null {
  const text = child(element, ...path)?.['#text']
  return typeof text === 'string' && text.trim() !== '' ? plainText(text.trim()) : null
}

/** The number at a path; NaN without any. */
export function numberAt(element: Element | null | undefined, ...path: string[]): number {
  const text = textOf(element, ...path)
  return text === null ? Number.NaN : Number(text)
}

/** The first element of that name anywhere below, depth first. */
export function find(element: Element | null, ...names: string[]): Element | null {
  if (!element) return null
  for (const [key, value] of Object.entries(element)) {
    const items = Array.isArray(value) ? value : [value]
    for (const item of items) {
      if (names.includes(key)) return isElement(item) ? item : { '#text': item }
      const below = isElement(item) ? find(item, ...names) : null
      if (below) return below
    }
  }
  return null
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function plainText(text: string): string {
  return text.replaceAll(/&(amp|lt|gt|quot|apos);/g, (_, name: string) => entities[name]!)
}
