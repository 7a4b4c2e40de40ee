/** Reads the HTML that our pages make (well-formed, void elements closed) and finds what every page owes its readers. */

export type Element = { name: string; attributes: Record<string, string>; ancestors: Element[]; text: string }

const voids = new Set(['input', 'meta', 'link', 'br', 'hr', 'img'])
const decode = (text: string) =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&')

/** All elements in document order; `text` is all text inside. @throws on tags that do not match */
export function elementsOf(html: string): Element[] {
  const all: Element[] = []
  const open: Element[] = []
  const token = /<!--[\s\S]*?-->|<!doctype[^>]*>|<(\/?)([a-zA-Z][\w-]*)((?:\s+[^\s=>/]+(?:="[^"]*")?)*)\s*(\/?)>|([^<]+)/g
  let at = 0
  for (const match of html.matchAll(token)) {
    if (match.index !== at) throw new Error(`Cannot read the HTML at: ${html.slice(at, at + 80)}`)
    at = match.index + match[0].length
    const [, closing, name, attributes, selfClosing, text] = match
    if (text !== undefined) for (const element of open) element.text += decode(text)
    if (!name) continue
    if (closing) {
      const last = open.pop()
      if (last?.name !== name) throw new Error(`</${name}> closes <${last?.name}>`)
      continue
    }
    const pairs = [...(attributes ?? '').matchAll(/([^\s=]+)(?:="([^"]*)")?/g)].map((pair) => [pair[1]!, decode(pair[2] ?? '')])
    const element: Element = { name, attributes: Object.fromEntries(pairs), ancestors: [...open], text: '' }
    all.push(element)
    if (!selfClosing && !voids.has(name)) open.push(element)
  }
  if (open.length > 0) throw new Error(`<${open.at(-1)?.name}> is never closed`)
  return all
}

/** The text that a reader sees, with single spaces. */
export function textOf(html: string): string {
  const body = elementsOf(html).find((element) => element.name === 'body')
  return (body?.text ?? '').replace(/\s+/g, ' ')
}

function inputProblems(elements: Element[]): string[] {
  return elements
    .filter(({ name, attributes }) => ['input', 'select', 'textarea'].includes(name) && attributes.type !== 'hidden')
    .filter(({ attributes, ancestors }) => {
      const wrapped = ancestors.some((element) => element.name === 'label')
      const pointed = elements.some((element) => element.name === 'label' && attributes.id && element.attributes.for === attributes.id)
      return !wrapped && !pointed && !attributes['aria-label']
    })
    .map(({ attributes }) => `the field ${attributes.name} has no label`)
}

function idProblems(elements: Element[]): string[] {
  const ids = elements.flatMap(({ attributes }) => (attributes.id ? [attributes.id] : []))
  const problems = ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `the id ${id} stands twice`)
  for (const { attributes } of elements)
    for (const name of ['aria-labelledby', 'aria-describedby', 'for'])
      for (const id of (attributes[name] ?? '').split(' ').filter(Boolean))
        if (!ids.includes(id)) problems.push(`${name} names ${id}, which is not there`)
  return problems
}

function formProblems(elements: Element[]): string[] {
  return elements
    .filter(({ name }) => name === 'form')
    .filter((form) => {
      const submits = elements.some(
        ({ name, attributes, ancestors }) => name === 'button' && ancestors.includes(form) && (attributes.type ?? 'submit') === 'submit',
      )
      return form.attributes.method !== 'post' || !form.attributes.action?.startsWith('/') || !submits
    })
    .map(({ attributes }) => `the form ${attributes.action} does not work without script`)
}

/** What is wrong with a page for people who cannot see it, have no script, or whose browser forbids inline code. */
export function pageProblems(html: string): string[] {
  const elements = elementsOf(html)
  const count = (name: string) => elements.filter((element) => element.name === name).length
  const problems = [...inputProblems(elements), ...idProblems(elements), ...formProblems(elements)]
  for (const name of ['h1', 'main', 'title', 'header']) {
    const found =
      name === 'title' ? elements.filter((e) => e.name === 'title' && e.ancestors.some((a) => a.name === 'head')).length : count(name)
    if (found !== 1) problems.push(`${found} times ${name}`)
  }
  for (const { name, attributes, text, ancestors } of elements) {
    if (attributes.style !== undefined || name === 'style') problems.push(`inline style on ${name}`)
    if (name === 'script' && (!attributes.src || text)) problems.push('inline script')
    if (Object.keys(attributes).some((key) => /^on[a-z]/.test(key))) problems.push(`inline handler on ${name}`)
    if (name === 'svg' && attributes.role !== 'img' && attributes['aria-hidden'] !== 'true' && !ancestors.some((a) => a.name === 'svg'))
      problems.push('a drawing that is neither named nor hidden')
    if ((name === 'a' || name === 'button') && !text.trim() && !attributes['aria-label']) problems.push(`a ${name} without words`)
  }
  return problems
}
