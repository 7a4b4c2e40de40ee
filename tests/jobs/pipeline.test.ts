import { afterAll, beforeAll, expect, test } from 'vitest'
import { forEachDatabase } from '../support/databases.ts'
import { startService, type TestService } from '../support/service.ts'

forEachDatabase((_name, open) => {
  let service: TestService
  beforeAll(async () => {
    service = await startService(open)
  })
  afterAll(() => service.stop())

  test('a fresh service answers with no runs', async () => {
    expect(await service.json('/api/v1/runs')).toEqual({ runs: [], next: null })
  })
})
