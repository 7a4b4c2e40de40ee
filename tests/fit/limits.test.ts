import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { limits } from '../../src/fit/unpack.ts'
import { projectRoot } from '../../src/root.ts'
import { MAX_FILES } from '../../src/web/api/receive.ts'

test('the README names the limits that hold', () => {
  const readme = readFileSync(join(projectRoot(), 'README.md'), 'utf8').replaceAll(/\s+/g, ' ')
  const number = (value: number) => value.toLocaleString('en-US')
  const megabytes = (bytes: number) => `${number(bytes / 1024 / 1024)} MB`
  expect(readme).toContain(
    `One file: ${megabytes(limits.fileBytes)}, unpacked ${megabytes(limits.unpackedBytes)}, as TCX or GPX ${megabytes(limits.xmlBytes)}.`,
  )
  expect(readme).toContain(
    `One zip: ${megabytes(limits.zipBytes)} with ${number(limits.zipEntries)} files, unpacked ${megabytes(limits.zipUnpackedBytes)};`,
  )
  expect(readme).toContain(`One upload: ${number(MAX_FILES)} files.`)
})
