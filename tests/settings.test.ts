import { describe, expect, test } from 'vitest'
import { SettingsError } from '../src/errors.ts'
import { isLoopback, readSettings } from '../src/settings.ts'

const key = Buffer.alloc(32, 7).toString('base64')

function problemsOf(env: Record<string, string>): string[] {
  try {
    readSettings(env)
  } catch (error) {
    if (error instanceof SettingsError) return error.problems
    throw error
  }
  return []
}

describe('Settings', () => {
  test('nothing needs to be set', () => {
    expect(readSettings({})).toMatchObject({
      host: '127.0.0.1',
      port: 3000,
      publicUrl: 'http://127.0.0.1:3000',
      databaseUrl: null,
      dataDir: './data',
      accounts: 'off',
      role: 'all',
    })
  })

  test('an empty variable counts as unset', () => {
    expect(readSettings({ PORT: '', DATABASE_URL: ' ', PUBLIC_URL: '' }).port).toBe(3000)
  })

  test('a service that others can reach needs accounts and a key', () => {
    expect(problemsOf({ HOST: '0.0.0.0' }).join()).toMatch(/HOST.*ACCOUNTS=on/)
    expect(problemsOf({ PUBLIC_URL: 'https://run.example' }).join()).toMatch(/PUBLIC_URL.*ACCOUNTS=on/)
    expect(problemsOf({ HOST: '0.0.0.0', ACCOUNTS: 'on' }).join()).toMatch(/ENCRYPTION_KEY/)
    expect(problemsOf({ HOST: '0.0.0.0', ACCOUNTS: 'on', ENCRYPTION_KEY: key })).toEqual([])
  })

  test('every bad variable is named at once, with its mend', () => {
    const problems = problemsOf({ PORT: 'many', DATABASE_URL: 'mysql://x', ACCOUNTS: 'maybe', WAHOO_CLIENT_ID: 'x' })
    expect(problems).toHaveLength(4)
    const more = problemsOf({ ENCRYPTION_KEY: 'short', STRAVA_CLIENT_ID: '1', SUUNTO_CLIENT_ID: '1', SUUNTO_CLIENT_SECRET: '2' })
    expect(more.map((problem) => problem.split(':')[0])).toEqual(['ENCRYPTION_KEY', 'STRAVA_CLIENT_SECRET', 'SUUNTO_SUBSCRIPTION_KEY'])
  })

  test('several processes need a server database and a shared key', () => {
    expect(problemsOf({ ROLE: 'worker' }).join()).toMatch(/DATABASE_URL.*ENCRYPTION_KEY/)
    expect(problemsOf({ ROLE: 'worker', DATABASE_URL: 'postgres://localhost/x', ENCRYPTION_KEY: `${key},${key}` })).toEqual([])
  })

  test('a platform address keeps its path and loses its last slash', () => {
    const settings = readSettings({ POLAR_URL: 'http://127.0.0.1:9100/polar/', POLAR_CLIENT_ID: 'a', POLAR_CLIENT_SECRET: 'b' })
    expect(settings.platforms.polar).toMatchObject({ url: 'http://127.0.0.1:9100/polar', clientId: 'a' })
  })

  test('loopback names are known, others are not', () => {
    for (const yes of ['localhost', '127.0.0.1', '127.1.2.3', '::1', '[::1]', 'stridelift.localhost']) expect(isLoopback(yes)).toBe(true)
    for (const no of ['0.0.0.0', '192.168.1.2', 'localhost.example.com', '127.0.0.1.example.com', 'run.example'])
      expect(isLoopback(no)).toBe(false)
  })
})
