import { defineConfig } from 'vitest/config'

export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'hono/jsx' } },
  test: {
    include: ['tests/**/*.test.{ts,tsx}'],
    globalSetup: ['tests/support/global-setup.ts'],
    pool: 'forks',
    // One more than the cores of the smallest machine: tests with processes and browsers wait about a quarter of their time.
    maxWorkers: 3,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Tests with real processes and a browser share two cores on the check's machine; a second try tells slowness from a fault.
    retry: process.env.CI ? 1 : 0,
  },
})
