import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestPglite } from '../support/databases.ts'
import { startService, type TestService } from '../support/service.ts'

describe('a changed profile', () => {
  let service: TestService
  beforeAll(async () => {
    service = await startService(openTestPglite, { now: new Date('2026-09-21T05:00:00Z') })
  })
  afterAll(() => service.stop())

  const patch = (body: object) =>
    service.json('/api/v1/runner', { method: 'PATCH', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })

  test('keeps the day on which an injury was taken off the list, and forgets none of the others', async () => {
    await patch({ timeZone: 'Europe/Lisbon', injuries: [{ area: 'knee', painDuring: 2 }, { area: 'shin' }] })
    expect(await patch({ injuries: [{ area: 'shin' }] })).toMatchObject({ clearedInjuries: [{ area: 'knee', localDate: '2026-09-21' }] })
    service.setNow(new Date('2026-09-23T05:00:00Z'))
    expect(await patch({ injuries: [] })).toMatchObject({
      clearedInjuries: [
        { area: 'knee', localDate: '2026-09-21' },
        { area: 'shin', localDate: '2026-09-23' },
      ],
    })
  })

  test('takes a light week and gives it back', async () => {
    expect(await patch({ lightWeek: '2026-09-24' })).toMatchObject({ lightWeek: '2026-09-24' })
    expect(await patch({ lightWeek: null })).not.toMatchObject({ lightWeek: '2026-09-24' })
    expect(await patch({ lightWeek: 'soon' })).toMatchObject({ status: 422 })
  })
})
