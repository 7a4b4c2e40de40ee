import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { arrivals } from '../../../src/db/schema.ts'
import { openTestPglite } from '../../support/databases.ts'
import { easyRun, fitFile } from '../../support/files.ts'
import { startService, type TestService } from '../../support/service.ts'

const BOUNDARY = 'a-boundary'

function multipart(...files: { name: string; bytes: Uint8Array }[]): Buffer {
  const parts = files.flatMap(({ name, bytes }) => [
    Buffer.from(`--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\n\r\n`),
    bytes,
    Buffer.from('\r\n'),
  ])
  return Buffer.concat([...parts, Buffer.from(`--${BOUNDARY}--\r\n`)])
}

describe('An upload that breaks off', () => {
  let service: TestService
  beforeAll(async () => {
    service = await startService(openTestPglite)
  })
  afterAll(() => service.stop())

  const post = (body: Uint8Array<ArrayBuffer> | ReadableStream, contentType = `multipart/form-data; boundary=${BOUNDARY}`) =>
    service.request('/api/v1/uploads', { method: 'POST', headers: { 'content-type': contentType }, body, duplex: 'half' } as RequestInit)
  const names = async () => (await service.db.select().from(arrivals)).map(({ name, status }) => `${name} ${status}`)

  const whole = multipart(fitFile('first.fit', easyRun(0)), fitFile('second.fit', easyRun(1)))
  const second = whole.indexOf('second.fit')
  test.each([
    ['before its first part', 0, 0],
    ['within the head of its first part', 40, 0],
    ['within its first file', 400, 0],
    ['within its second file', second + 400, 1],
  ])('%s is refused, leaves no half file and keeps the whole ones', async (_where, at, kept) => {
    await service.request('/api/v1/runner', { method: 'DELETE' })
    const answer = await post(new Uint8Array(whole.subarray(0, at)))
    expect(answer.status).toBe(400)
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    await service.quiet()
    expect(await names()).toEqual(Array(kept).fill('first.fit imported'))
  })
  test('by the sender’s end leaves no half file either', async () => {
    await service.request('/api/v1/runner', { method: 'DELETE' })
    let pulls = 0
    const stream = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        if (pulls++ === 0) controller.enqueue(new Uint8Array(whole.subarray(0, second + 400)))
        else setTimeout(() => controller.error(new Error('gone')), 500)
      },
    })
    expect((await post(stream)).status).toBe(400)
    await service.quiet()
    expect(await names()).toEqual(['first.fit imported'])
  })
  test.each(['multipart/form-data; boundary=', 'multipart/form-data; boundary=""', `multipart/form-data; boundary=${'x'.repeat(200)}`])(
    'because of a boundary that is none is refused: %s',
    async (contentType) => {
      const answer = await post(new Uint8Array(whole), contentType)
      expect([400, 415, 422]).toContain(answer.status)
    },
  )
})
