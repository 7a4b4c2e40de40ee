import { expect, test } from 'vitest'
import { openDatabase } from '../../src/db/open.ts'
import { DatabaseUnreachable } from '../../src/errors.ts'
import { silentLog } from '../../src/log.ts'
import { readSettings } from '../../src/settings.ts'

test('A PostgreSQL server that cannot be reached ends the start with a sentence, without the password', async () => {
  const opening = openDatabase(readSettings({ DATABASE_URL: 'postgres://runner:secret@127.0.0.1:1/runs' }), silentLog)
  await expect(opening).rejects.toThrow(DatabaseUnreachable)
  await expect(opening).rejects.toThrow(/^The PostgreSQL server in DATABASE_URL cannot be used: .* Check the address/)
  await expect(opening).rejects.not.toThrow(/secret/)
})
