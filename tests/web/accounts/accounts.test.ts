import { like, sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { accounts, attempts, credentials } from '../../../src/db/schema.ts'
import { forEachDatabase } from '../../support/databases.ts'
import { pageProblems, textOf } from '../../support/html.ts'
import { startService, type TestService } from '../../support/service.ts'
import { type Visitor, visitor } from '../../support/visitor.ts'

const PASSWORD = 'long enough for all'
const START = new Date('2026-09-21T06:00:00Z')

let count = 0
const newEmail = () => `runner${++count}@example.org`

forEachDatabase((_name, open) => {
  let service: TestService
  const someone = () => visitor((path, init) => service.request(path, init))
  async function signedUp(email = newEmail()): Promise<Visitor & { email: string }> {
    const one = someone()
    const answer = await one.form('/sign-up', { email, password: PASSWORD })
    expect(answer.status).toBe(303)
    return { ...one, email }
  }
  /** A quarter of an hour later, where guesses are counted anew. */
  const nextWindow = () => service.setNow(new Date(service.now().getTime() + 15 * 60_000))

  beforeAll(async () => {
    service = await startService(open, { now: START, env: { ACCOUNTS: 'on' }, work: false })
  })
  beforeEach(nextWindow)
  afterAll(() => service.stop())
  /** As if so many more had been counted: each real guess costs the hash of a password. */
  const countMore = (what: string, more: number) =>
    service.db
      .update(attempts)
      .set({ count: sql`${attempts.count} + ${more}` })
      .where(like(attempts.what, `${what}%`))

  describe('Who is not signed in', () => {
    test('is led from a page to the sign-in page, and after it to the page that was asked for', async () => {
      const one = await signedUp()
      await one.form('/sign-out', {})
      const asked = await one.request('/calendar?year=2026')
      expect(asked.status).toBe(303)
      const entry = asked.headers.get('location')!
      expect(entry).toBe('/sign-in?to=%2Fcalendar%3Fyear%3D2026')
      const page = await (await one.request(entry)).text()
      expect(page).toContain('name="to" value="/calendar?year=2026"')
      const back = await one.form('/sign-in', { email: one.email, password: PASSWORD, to: '/calendar?year=2026' })
      expect([back.status, back.headers.get('location')]).toEqual([303, '/calendar?year=2026'])
    })
    test('gets a problem document from the API', async () => {
      for (const path of ['/runs', '/runner', '/plan', '/uploads', '/export', '/tokens', '/messages']) {
        const answer = await someone().api('GET', path)
        expect([path, answer.status, answer.headers.get('content-type')]).toEqual([path, 401, 'application/problem+json'])
        expect(answer.headers.get('www-authenticate')).toBe('Bearer')
        expect(await answer.json()).toMatchObject({ type: 'about:blank', title: 'Sign in first', status: 401 })
      }
    })
    test('sees neither the ways to other pages nor a way out', async () => {
      const html = await (await someone().request('/sign-in')).text()
      expect(html).not.toContain('Sign out')
      expect(html).not.toContain('href="/settings"')
      expect(html).not.toContain('href="/tokens"')
      expect(pageProblems(html)).toEqual([])
    })
    test('is not sent to a foreign address after signing in', async () => {
      const { email } = await signedUp()
      for (const to of ['https://evil.example/', '//evil.example', '/\\evil.example', 'javascript:alert(1)']) {
        const answer = await someone().form('/sign-in', { email, password: PASSWORD, to })
        expect(answer.headers.get('location')).toBe('/')
      }
    })
  })

  describe('Signing up', () => {
    test('lands on the first page, with a way to the tokens and a way out', async () => {
      const one = someone()
      const answer = await one.form('/sign-up', { email: newEmail(), password: PASSWORD })
      expect([answer.status, answer.headers.get('location')]).toEqual([303, '/'])
      const html = await (await one.request('/')).text()
      expect(textOf(html)).toContain('Drop your files here')
      expect(html).toContain('action="/sign-out"')
      expect(html).toContain('href="/tokens"')
      expect(pageProblems(html)).toEqual([])
    })
    test('says what is wrong and keeps the address in the form', async () => {
      const one = someone()
      const short = await one.form('/sign-up', { email: 'ana@example.org', password: 'short' })
      const html = await short.text()
      expect(short.status).toBe(422)
      expect(textOf(html)).toContain('The password must have at least 10 characters.')
      expect(html).toContain('value="ana@example.org"')
      expect(pageProblems(html)).toEqual([])
      const bad = await one.form('/sign-up', { email: 'ana', password: PASSWORD })
      expect(textOf(await bad.text())).toContain('The e-mail address must be an e-mail address')
      expect(one.cookies.size).toBe(0)
    })
    test('refuses an address that has an account, however it is written', async () => {
      const { email } = await signedUp()
      const again = someone()
      const page = await again.form('/sign-up', { email: ` ${email.toUpperCase()} `, password: PASSWORD })
      expect(page.status).toBe(409)
      expect(textOf(await page.text())).toContain('has an account already')
      expect((await again.api('POST', '/accounts', { email: email.toUpperCase(), password: PASSWORD })).status).toBe(409)
      expect(again.cookies.size).toBe(0)
    })
    test('stores neither the password nor the secret of a cookie', async () => {
      const one = await signedUp()
      const rows = JSON.stringify([await service.db.select().from(accounts), await service.db.select().from(credentials)])
      expect(rows).not.toContain(PASSWORD)
      for (const secret of one.cookies.values()) expect(rows).not.toContain(secret)
    })
  })

  describe('Signing in and out', () => {
    test('works by API: the cookie opens, and opens nothing after signing out', async () => {
      const { email } = await signedUp()
      const one = someone()
      expect(await (await one.api('POST', '/session', { email, password: PASSWORD })).json()).toEqual({ email })
      expect((await one.api('GET', '/runner')).status).toBe(200)
      const kept = `stridelift=${one.cookies.get('stridelift')}`
      expect((await one.api('DELETE', '/session')).status).toBe(204)
      expect(one.cookies.size).toBe(0)
      const withOldCookie = await service.request('/api/v1/runner', { headers: { cookie: kept } })
      expect(withOldCookie.status).toBe(401)
    })
    test('works by page: the cookie that was signed out leads to the sign-in page', async () => {
      const one = await signedUp()
      const kept = `stridelift=${one.cookies.get('stridelift')}`
      const out = await one.form('/sign-out', {})
      expect(out.headers.get('location')).toBe('/sign-in?said=out')
      expect(textOf(await (await one.request('/sign-in?said=out')).text())).toContain('You are signed out.')
      expect((await service.request('/', { headers: { cookie: kept } })).status).toBe(303)
    })
    test('says the same to a wrong password and to an unknown address', async () => {
      const { email } = await signedUp()
      const wrong = await someone().form('/sign-in', { email, password: 'not the password' })
      const unknown = await someone().form('/sign-in', { email: newEmail(), password: 'not the password' })
      const words = async (answer: Response) => /role="alert"[^>]*>([^<]*)/.exec(await answer.text())?.[1]
      expect([wrong.status, unknown.status]).toEqual([401, 401])
      expect(await words(wrong)).toBe(await words(unknown))
    })
    test('a cookie holds sixty days, not longer', async () => {
      const one = await signedUp()
      const began = service.now()
      service.setNow(new Date(began.getTime() + 59 * 86_400_000))
      expect((await one.api('GET', '/runner')).status).toBe(200)
      service.setNow(new Date(began.getTime() + 61 * 86_400_000))
      expect((await one.api('GET', '/runner')).status).toBe(401)
      service.setNow(new Date(began.getTime() + 61 * 86_400_000))
    })
    test('the sign-in page leads on who is signed in already', async () => {
      const one = await signedUp()
      expect((await one.request('/sign-in')).headers.get('location')).toBe('/')
    })
  })

  describe('The cookie', () => {
    test('is closed to scripts and to other sites', async () => {
      const one = await signedUp()
      const [cookie] = one.lastSet()
      expect(cookie).toMatch(/^stridelift=[\w-]{43};/)
      expect(cookie).toMatch(/; HttpOnly/)
      expect(cookie).toMatch(/; SameSite=Lax/)
      expect(cookie).toMatch(/; Path=\//)
      expect(cookie).not.toMatch(/Domain=/i)
      expect(cookie).not.toMatch(/Secure/)
    })
    test('a made-up one, and one that was cut short, open nothing', async () => {
      const one = await signedUp()
      const secret = one.cookies.get('stridelift')!
      for (const cookie of [`stridelift=${secret.slice(0, -1)}`, 'stridelift=', `stridelift=${'A'.repeat(43)}`]) {
        expect((await service.request('/api/v1/runner', { headers: { cookie } })).status).toBe(401)
      }
    })
    test('its secret is no API token', async () => {
      const one = await signedUp()
      const answer = await service.request('/api/v1/runner', { headers: { authorization: `Bearer ${one.cookies.get('stridelift')}` } })
      expect(answer.status).toBe(401)
    })
  })

  describe('Guessing', () => {
    test('ends after ten wrong passwords for one address, with the right one too, until the window is over', async () => {
      const { email } = await signedUp()
      const wrong = () => someone().api('POST', '/session', { email, password: 'a wrong password' })
      expect((await wrong()).status).toBe(401)
      await countMore('guess', 8)
      expect((await wrong()).status).toBe(401)
      const refused = await someone().api('POST', '/session', { email, password: PASSWORD })
      expect(refused.status).toBe(429)
      const wait = Number(refused.headers.get('retry-after'))
      expect(wait).toBeGreaterThan(0)
      expect(wait).toBeLessThanOrEqual(15 * 60)
      expect(await refused.json()).toMatchObject({ status: 429, title: 'Too many requests' })
      const page = await someone().form('/sign-in', { email, password: PASSWORD })
      expect([page.status, Number(page.headers.get('retry-after'))]).toEqual([429, wait])
      expect(textOf(await page.text())).toContain('Too many tries.')
      service.setNow(new Date(service.now().getTime() + wait * 1000))
      expect((await someone().api('POST', '/session', { email, password: PASSWORD })).status).toBe(200)
    })
    test('many guesses at once are no more than one by one', async () => {
      const { email } = await signedUp()
      const wrong = () => someone().api('POST', '/session', { email, password: 'a wrong password' })
      expect((await wrong()).status).toBe(401)
      await countMore('guess', 6)
      const all = await Promise.all(Array.from({ length: 6 }, wrong))
      expect(all.map(({ status }) => status).sort()).toEqual([401, 401, 401, 429, 429, 429])
    })
    test('right passwords are not counted', async () => {
      const { email } = await signedUp()
      const wrong = await someone().api('POST', '/session', { email, password: 'a wrong password' })
      expect(wrong.status).toBe(401)
      await countMore('guess', 8)
      for (let time = 0; time < 3; time++) {
        expect((await someone().api('POST', '/session', { email, password: PASSWORD })).status).toBe(200)
      }
    })
    test('ends after fifty wrong passwords from one caller, whatever the addresses', async () => {
      const wrong = (email: string) => someone().api('POST', '/session', { email, password: 'a wrong password' })
      expect((await wrong('nobody1@example.org')).status).toBe(401)
      await countMore('guess from', 48)
      expect((await wrong('nobody2@example.org')).status).toBe(401)
      const refused = await wrong('nobody3@example.org')
      expect(refused.status).toBe(429)
      expect(refused.headers.get('retry-after')).toMatch(/^\d+$/)
    })
    test('accounts cannot be made by the hundred', async () => {
      const make = async () => (await someone().api('POST', '/accounts', { email: newEmail(), password: PASSWORD })).status
      expect(await make()).toBe(201)
      await countMore('sign-up', 18)
      expect([await make(), await make()]).toEqual([201, 429])
    })
  })

  describe('A personal token', () => {
    test('stands in the description of the API as what a program sends', async () => {
      const { components, security } = (await service.json('/openapi.json')) as { components: object; security: object }
      expect(components).toMatchObject({ securitySchemes: { token: { type: 'http', scheme: 'bearer' } } })
      expect(security).toEqual([{ token: [] }])
    })
    test('is shown once, opens the API, and opens nothing once it is taken back', async () => {
      const one = await signedUp()
      const made = (await (await one.api('POST', '/tokens', { name: 'my script' })).json()) as { id: string; token: string }
      expect(made.token).toMatch(/^slt_[\w-]{43}$/)
      const bearer = { headers: { authorization: `Bearer ${made.token}` } }
      expect((await service.request('/api/v1/runner', bearer)).status).toBe(200)
      const listed = await (await one.api('GET', '/tokens')).text()
      expect(listed).toContain(made.id)
      expect(listed).toContain('my script')
      expect(listed).not.toContain(made.token)
      expect(await (await one.request('/tokens')).text()).not.toContain(made.token)
      expect((await one.api('DELETE', `/tokens?id=${made.id}`)).status).toBe(204)
      expect((await service.request('/api/v1/runner', bearer)).status).toBe(401)
    })
    test('is made and taken back by page', async () => {
      const one = await signedUp()
      const html = await (await one.form('/tokens', { name: 'for the page' })).text()
      const token = /value="(slt_[\w-]{43})"/.exec(html)?.[1]
      expect(token).toBeDefined()
      expect(pageProblems(html)).toEqual([])
      const again = await (await one.request('/tokens')).text()
      expect(again).not.toContain('slt_')
      const action = /action="(\/tokens\/[0-9a-f-]{36}\/delete)"/.exec(again)![1]!
      const dropped = await one.form(action, {})
      expect(dropped.status).toBe(303)
      expect(textOf(await (await one.request(dropped.headers.get('location')!)).text())).toContain('Taken back.')
      expect((await service.request('/api/v1/runner', { headers: { authorization: `Bearer ${token}` } })).status).toBe(401)
    })
    test('that is wrong is nobody, whatever the cookie says', async () => {
      const one = await signedUp()
      expect((await one.request('/api/v1/runner', { headers: { authorization: 'Bearer slt_wrong' } })).status).toBe(401)
      expect((await one.request('/api/v1/runner', { headers: { authorization: 'Basic abc' } })).status).toBe(401)
    })
    test('of another runner cannot be taken back', async () => {
      const one = await signedUp()
      const { id } = (await (await one.api('POST', '/tokens')).json()) as { id: string }
      const other = await signedUp()
      expect((await other.api('DELETE', `/tokens/${id}`)).status).toBe(404)
      expect((await other.form(`/tokens/${id}/delete`, {})).status).toBe(404)
      expect(await (await one.api('GET', '/tokens')).text()).toContain(id)
    })
  })

  describe('A page of another website', () => {
    const foreign: Record<string, string>[] = [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: 'http://127.0.0.1:3001' },
      { 'sec-fetch-site': 'cross-site' },
    ]
    test('cannot change anything with the runner’s cookie', async () => {
      const one = await signedUp()
      for (const headers of foreign) {
        const patch = { method: 'PATCH', body: '{"sessionsPerWeek":3}', headers: { ...headers, 'content-type': 'application/json' } }
        expect((await one.request('/api/v1/runner', patch)).status).toBe(403)
        expect((await one.request('/tokens', { method: 'POST', body: new URLSearchParams({ name: 'x' }), headers })).status).toBe(403)
        expect((await one.request('/sign-out', { method: 'POST', headers })).status).toBe(403)
      }
      const runner = (await (await one.api('GET', '/runner')).json()) as { sessionsPerWeek: number }
      expect(runner.sessionsPerWeek).toBe(2)
    })
    test('cannot sign the visitor in to an account of its own', async () => {
      const { email } = await signedUp()
      const body = new URLSearchParams({ email, password: PASSWORD })
      expect((await someone().request('/sign-in', { method: 'POST', body, headers: { origin: 'https://evil.example' } })).status).toBe(403)
    })
    test('is not hindered where it is our own', async () => {
      const one = await signedUp()
      const headers = { origin: 'http://127.0.0.1:3000', 'sec-fetch-site': 'same-origin' }
      expect((await one.request('/sign-out', { method: 'POST', headers })).status).toBe(303)
    })
  })

  describe('Leaving', () => {
    test('the made-up runner does not end the account', async () => {
      const one = await signedUp()
      const cookie = `stridelift=${one.cookies.get('stridelift')}`
      expect((await one.form('/demo/leave', {})).status).toBe(409)
      expect((await one.form('/demo', {})).status).toBe(303)
      const left = await one.form('/demo/leave', {})
      expect([left.status, left.headers.get('location')]).toEqual([303, '/'])
      expect(await (await one.request('/')).text()).toContain('Drop your files here')
      expect((await service.request('/api/v1/runner', { headers: { cookie } })).status).toBe(401)
      expect((await someone().api('POST', '/session', { email: one.email, password: PASSWORD })).status).toBe(200)
    })
    test('erases the account: neither cookie, token nor password open it, and the address is free', async () => {
      const one = await signedUp()
      const { token } = (await (await one.api('POST', '/tokens')).json()) as { token: string }
      const cookie = `stridelift=${one.cookies.get('stridelift')}`
      const erased = await one.form('/settings/erase', { sure: 'erase' })
      expect(erased.headers.get('location')).toBe('/sign-in?said=erased')
      expect((await service.request('/api/v1/runner', { headers: { cookie } })).status).toBe(401)
      expect((await service.request('/api/v1/runner', { headers: { authorization: `Bearer ${token}` } })).status).toBe(401)
      expect((await someone().api('POST', '/session', { email: one.email, password: PASSWORD })).status).toBe(401)
      await signedUp(one.email)
    })
  })
})

describe('With https in PUBLIC_URL', () => {
  forEachDatabase((_name, open) => {
    test('the cookie is bound to this host and to encrypted connections', async () => {
      const service = await startService(open, { env: { ACCOUNTS: 'on', PUBLIC_URL: 'https://strength.example.org' }, work: false })
      try {
        const one = visitor((path, init) => service.request(path, init))
        const answer = await one.form('/sign-up', { email: 'ana@example.org', password: PASSWORD })
        expect(answer.status).toBe(303)
        expect(one.lastSet()[0]).toMatch(/^__Host-stridelift=[\w-]{43}; .*HttpOnly/)
        expect(one.lastSet()[0]).toMatch(/; Secure/)
        expect(answer.headers.get('strict-transport-security')).toContain('max-age=')
      } finally {
        await service.stop()
      }
    })
  })
})

describe('With ACCOUNTS=off', () => {
  forEachDatabase((_name, open) => {
    let service: TestService
    beforeAll(async () => {
      service = await startService(open)
    })
    afterAll(() => service.stop())
    const ask = (host: string, init: RequestInit = {}, path = '/api/v1/runner') =>
      service.request(path, { ...init, headers: { host, ...init.headers } })

    test('no page speaks of signing out, and there is nothing to sign in to', async () => {
      const html = await (await service.request('/')).text()
      expect(html).not.toContain('Sign out')
      expect(html).not.toContain('href="/tokens"')
      for (const path of ['/sign-in', '/sign-up', '/tokens', '/api/v1/tokens']) expect((await service.request(path)).status).toBe(404)
    })
    test('only loopback names are answered', async () => {
      for (const host of ['127.0.0.1:3000', 'localhost:3000', '[::1]:3000', 'demo.localhost:3000'])
        expect((await ask(host)).status).toBe(200)
      for (const host of ['evil.example:3000', '192.168.1.7:3000', '127.0.0.1.evil.example', 'localhost.evil.example']) {
        expect([host, (await ask(host)).status]).toEqual([host, 403])
        expect((await ask(host, {}, '/')).status).toBe(403)
      }
    })
    test('a page elsewhere cannot drive it', async () => {
      const json = { 'content-type': 'application/json' }
      for (const headers of [{ origin: 'https://evil.example' }, { origin: 'null' }, { 'sec-fetch-site': 'cross-site' }]) {
        const write = { method: 'PATCH', body: '{"sessionsPerWeek":3}', headers: { ...json, ...headers } }
        expect((await ask('127.0.0.1:3000', write)).status).toBe(403)
        const form = { method: 'POST', body: new URLSearchParams({ sure: 'erase' }), headers }
        expect((await ask('127.0.0.1:3000', form, '/settings/erase')).status).toBe(403)
      }
      const own = { method: 'PATCH', body: '{"sessionsPerWeek":1}', headers: { ...json, origin: 'http://localhost:3000' } }
      expect((await ask('localhost:3000', own)).status).toBe(200)
    })
  })
})
