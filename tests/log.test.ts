import { expect, test } from 'vitest'
import { jsonLog } from '../src/log.ts'

test('a log line is JSON with its time and never carries a token', () => {
  const lines: string[] = []
  const log = jsonLog(
    () => new Date('2026-11-22T00:00:00Z'),
    (line) => lines.push(line),
  )
  log.info('called', { url: 'https://example.org/file?id=7&token=abc123&access_token=secretvalue', header: 'Bearer eyJhbGciOi.J9-_' })
  log.error('failed', new Error('GET https://x.example/?code=verysecret refused'))
  expect(JSON.parse(lines[0]!)).toMatchObject({ at: '2026-11-22T00:00:00.000Z', level: 'info', message: 'called' })
  expect(lines.join()).not.toMatch(/abc123|secretvalue|eyJhbGci|verysecret/)
  expect(lines[0]).toContain('id=7')
})
