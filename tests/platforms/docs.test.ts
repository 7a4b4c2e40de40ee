import { readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { platformTable, setUpText } from '../../src/platforms/describe.ts'

const file = resolve(import.meta.dirname, '../../docs/platforms.md')

function withPart(text: string, name: string, part: string): string {
  return text.replace(new RegExp(`<!-- ${name} -->[\\s\\S]*<!-- /${name} -->`), () => `<!-- ${name} -->\n${part}\n<!-- /${name} -->`)
}

test('docs/platforms.md says what the platforms are (UPDATE_DOCS=1 writes it anew)', () => {
  const text = readFileSync(file, 'utf8')
  const fresh = withPart(withPart(text, 'table', platformTable()), 'set-up', setUpText())
  if (process.env.UPDATE_DOCS) writeFileSync(file, fresh)
  else expect(text).toBe(fresh)
})
