/** `npm run demo` as a stranger uses it: from nothing to a session on a simulated watch, with nothing but a browser. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createServer, type Server } from 'node:net'
import { resolve } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { describeWithBrowser, openBrowser, picture, type Watched, watchedPage } from '../support/browser.ts'

const MOMENT = { timeout: 120_000, interval: 300 }
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 })

/** A program that has a port already. */
function occupied(): Promise<{ server: Server; port: number }> {
  return new Promise((done) => {
    const server = createServer()
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      done({ server, port: typeof address === 'object' && address ? address.port : 0 })
    })
  })
}

describeWithBrowser('The demo', () => {
  let taken: Awaited<ReturnType<typeof occupied>>[]
  let demo: ChildProcess
  let said = ''
  let browser: Browser
  let watched: Watched
  let page: Page
  const addresses = () => [...said.matchAll(/^\d\. .*?(http:\/\/127\.0\.0\.1:\d+)/gm)].map((match) => match[1]!)

  beforeAll(async () => {
    taken = [await occupied(), await occupied()]
    demo = spawn(process.execPath, ['scripts/run.ts', 'scripts/demo.ts'], {
      cwd: resolve(import.meta.dirname, '../..'),
      env: { ...process.env, NODE_OPTIONS: '', PORT: String(taken[0]!.port), SIMULATOR_PORT: String(taken[1]!.port) },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    for (const stream of [demo.stdout!, demo.stderr!]) {
      stream.on('data', (piece: Buffer) => {
        said += piece.toString()
      })
    }
    await vi.waitFor(() => expect(addresses(), said).toHaveLength(3), MOMENT)
    browser = await openBrowser()
    watched = await watchedPage(browser, addresses())
    page = watched.page
  })
  afterAll(async () => {
    await browser?.close()
    demo?.kill('SIGKILL')
    for (const { server } of taken) server.close()
  })

  test('starts beside programs that have its ports, says so, and prints three lines', () => {
    expect(said).toContain(`Port ${taken[0]!.port} is taken`)
    expect(said).toContain(`Port ${taken[1]!.port} is taken`)
    expect(said.match(/^\d\. /gm)).toHaveLength(3)
    expect(said).not.toContain('{"at"')
  })

  test('leads from a click to runs, a plan and a session on the watch', async () => {
    const [url, , watches] = addresses()
    await page.goto(`${url}/connections`)
    await picture(page, 'demo-1-connections')
    await page.getByRole('link', { name: 'Connect intervals.icu', exact: true }).click()
    await picture(page, 'demo-2-consent')
    await page.getByRole('button', { name: 'Allow' }).click()
    await page.waitForURL(`${url}/`)
    // Words from the first moment: either that runs are coming in, or the week already.
    expect(await page.locator('main').innerText()).toMatch(/intervals\.icu is connected|still to be read|Next strength/)
    await picture(page, 'demo-3-waiting')
    // The page leads there by itself.
    await vi.waitFor(async () => expect(await page.locator('main').innerText()).toMatch(/Next strength[\s\S]+On intervals\.icu ✓/), MOMENT)
    await picture(page, 'demo-4-week')
    await page.goto(watches!)
    expect(await page.locator('#intervals-icu .ours').count()).toBeGreaterThan(0)
    await picture(page, 'demo-5-watches')
  })

  test('a run that is recorded on the watch arrives in the week', async () => {
    const [url, , watches] = addresses()
    type Runs = { runs: { id: string; start: string }[] }
    const newest = async () => ((await (await fetch(`${url}/api/v1/runs?limit=1`)).json()) as Runs).runs[0]!
    const before = await newest()
    await page.goto(watches!)
    await page.locator('#intervals-icu').getByRole('button', { name: 'Record an easy run now' }).click()
    await vi.waitFor(async () => expect((await newest()).id).not.toBe(before.id), MOMENT)
    expect(Date.parse((await newest()).start)).toBeGreaterThan(Date.parse(before.start))
    expect(watched.complaints.filter((complaint) => !complaint.includes('favicon'))).toEqual([])
  })

  test('ends cleanly on Ctrl-C', async () => {
    const code = new Promise((done) => demo.once('exit', done))
    demo.kill('SIGINT')
    expect(await code).toBe(0)
    await expect(fetch(addresses()[0]!)).rejects.toThrow()
  })
})
