/** A real browser for tests from end to end, with an eye on what a page must not do: complain, break its policy, ask foreign hosts. */
import { existsSync, mkdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { describe } from 'vitest'

/** Where Chromium is; null when the machine has none. */
export function chromiumPath(): string | null {
  if (process.env.CHROMIUM) return process.env.CHROMIUM
  const folders = (process.env.PATH ?? '').split(delimiter)
  const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome']
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path)) ?? null
}

/** A block that needs a browser. Without one it is skipped with words; in CI it must be there. */
export function describeWithBrowser(name: string, block: () => void): void {
  const there = chromiumPath() !== null
  if (!there && process.env.CI === 'true') throw new Error('In CI Chromium must be there: .ci/run installs it.')
  if (!there) console.log(`Skipped, no Chromium was found (install it or set CHROMIUM): ${name}`)
  describe.skipIf(!there)(name, block)
}

export async function openBrowser(): Promise<Browser> {
  const path = chromiumPath()
  if (!path) throw new Error('There is no Chromium on this machine.')
  return chromium.launch({ executablePath: path, args: ['--no-sandbox', '--disable-dev-shm-usage', '--force-color-profile=srgb'] })
}

export type Watched = {
  context: BrowserContext
  page: Page
  /** What pages of this context did that they must not do; a sentence each. */
  complaints: string[]
}

/** A window in which everything is noted that a page must not do. @param origins hosts that may be asked */
export async function watchedPage(browser: Browser, origins: string[], options: BrowserContextOptions = {}): Promise<Watched> {
  const context = await browser.newContext({
    locale: 'en-GB',
    timezoneId: 'Europe/Lisbon',
    reducedMotion: 'reduce',
    acceptDownloads: true,
    ...options,
  })
  context.setDefaultTimeout(45_000)
  const complaints: string[] = []
  context.on('request', (request) => {
    const url = new URL(request.url())
    if (/^https?:$/.test(url.protocol) && !origins.includes(url.origin)) complaints.push(`asked a foreign host: ${request.url()}`)
  })
  context.on('response', (response) => {
    if (response.status() >= 500) complaints.push(`answered ${response.status()}: ${response.url()}`)
  })
  context.on('console', (message) => {
    if (message.type() === 'error' || /Content.Security.Policy/i.test(message.text()))
      complaints.push(`said: ${message.text()} (${message.location().url})`)
  })
  context.on('weberror', (error) => {
    complaints.push(`threw: ${error.error().message}`)
  })
  return { context, page: await context.newPage(), complaints }
}

const looks = [390, 1280].flatMap((width) => (['light', 'dark'] as const).map((scheme) => ({ width, scheme })))

/** With SCREENSHOTS set to a folder: pictures of a page as phone and desktop, light and dark. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env.SCREENSHOTS
  if (!folder) return
  mkdirSync(folder, { recursive: true })
  const before = page.viewportSize()
  for (const { width, scheme } of looks) {
    await page.setViewportSize({ width, height: width === 390 ? 844 : 900 })
    await page.emulateMedia({ colorScheme: scheme })
    await page.screenshot({ path: join(folder, `${name}-${width}-${scheme}.png`), fullPage: true })
  }
  await page.emulateMedia({ colorScheme: 'light' })
  if (before) await page.setViewportSize(before)
}
