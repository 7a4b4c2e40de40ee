import { defineConfig } from 'vitest/config'

/** Tests that leave nothing behind in their process: they may follow each other in one. */
const light = ['calendar', 'core', 'fit', 'platforms', 'scripts', 'simulated', 'webhooks', 'web/charts', 'web/pages'].map(
  (folder) => `tests/${folder}/**/*.test.{ts,tsx}`,
)

export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'hono/jsx' } },
  test: {
    globalSetup: ['tests/support/global-setup.ts'],
    pool: 'forks',
    // One more than the cores of the smallest machine: tests with processes and browsers wait about a quarter of their time.
    maxWorkers: 3,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Tests with real processes and a browser share two cores on the check's machine; a second try tells slowness from a fault.
    retry: process.env.CI ? 1 : 0,
    projects: [
      { extends: true, test: { name: 'light', include: light, isolate: false } },
      { extends: true, test: { name: 'service', include: ['tests/**/*.test.{ts,tsx}'], exclude: light } },
    ],
  },
})
