import { spawn } from 'node:child_process'
import { expect, test, vi } from 'vitest'
import { dataFolder } from '../../scripts/support/service.ts'
import { projectRoot } from '../../src/root.ts'

vi.setConfig({ testTimeout: 90_000 })

function doctor(env: Record<string, string>): Promise<{ code: number | null; said: string }> {
  const { PATH = '', HOME = '' } = process.env
  return new Promise((done) => {
    const child = spawn(process.execPath, ['scripts/run.ts', 'scripts/doctor.ts'], { cwd: projectRoot(), env: { PATH, HOME, ...env } })
    let said = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (piece: Buffer) => {
        said += piece.toString()
      })
    child.on('exit', (code) => done({ code, said }))
  })
}

test('The doctor finds nothing wrong with a fresh folder, and prints the exact addresses to paste', async () => {
  const folder = dataFolder()
  try {
    const env = {
      GARMIN_CLIENT_ID: 'id',
      GARMIN_CLIENT_SECRET: 'secret',
      GARMIN_WEBHOOK_SECRET: 'long-word',
      GARMIN_URL: 'http://127.0.0.1:9/garmin',
    }
    const { code, said } = await doctor({ DATA_DIR: folder.path, PORT: '3999', ...env })
    expect(said).toContain('http://127.0.0.1:3999/connect/garmin/callback')
    expect(said).toContain('http://127.0.0.1:3999/webhooks/garmin/long-word')
    expect(said).toContain('Nothing is wrong.')
    expect(code).toBe(0)
  } finally {
    folder.remove()
  }
})

test('The doctor names every bad setting with its mend, and ends with 1', async () => {
  const { code, said } = await doctor({ HOST: '0.0.0.0', WAHOO_CLIENT_ID: 'id' })
  expect(code).toBe(1)
  expect(said).toContain('WAHOO_CLIENT_SECRET')
  expect(said).toContain('HOST')
  expect(said).toContain('Mend:')
})
