import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import { describe, expect, test } from 'vitest'
import { changeRunner } from '../../../src/db/runners.ts'
import { forEachDatabase, type OpenTestDatabase } from '../../support/databases.ts'
import { type MailServer, startMailServer } from '../../support/mail-server.ts'
import { type Stage, stagePlatforms } from './stage.ts'

type Post = { path: string; headers: IncomingHttpHeaders; body: string }
type Receiver = { url: string; posts: Post[]; status: number; close: () => Promise<void> }

/** Takes what is posted; while `status` is an error it only refuses. */
async function startReceiver(): Promise<Receiver> {
  const server: Server = createServer(async (request, response) => {
    let body = ''
    for await (const piece of request) body += piece
    if (receiver.status < 300) receiver.posts.push({ path: request.url ?? '', headers: request.headers, body })
    response.writeHead(receiver.status).end()
  })
  const receiver: Receiver = { url: '', posts: [], status: 204, close: () => new Promise((done) => server.close(() => done())) }
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  receiver.url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
  return receiver
}

type Beside = { on: Stage; receiver: Receiver; mail: MailServer }

async function using(open: OpenTestDatabase, act: (beside: Beside) => Promise<void>): Promise<void> {
  const [receiver, mail] = [await startReceiver(), await startMailServer()]
  const env = { SMTP_URL: mail.url, SMTP_FROM: 'Stridelift <service@stridelift.test>' }
  const on = await stagePlatforms(open, ['intervals-icu'], { env })
  try {
    expect((await on.connect()).status).toBe(302)
    await on.drain()
    await act({ on, receiver, mail })
  } finally {
    await on.close()
    await receiver.close()
    await mail.close()
  }
}

/** The platform takes the token back without a word, and a look for runs meets it. */
async function breakOff(on: Stage): Promise<void> {
  on.platform.deauthorise()
  await on.platform.settle()
  await on.queue('connection.sweep', { runnerId: on.runnerId, platform: 'intervals-icu', since: on.clock.now.toISOString() })
  await on.drain()
}

forEachDatabase((_name, open) => {
  describe('A connection that is dead', () => {
    test('is told once by webhook and by mail, and again only when it breaks again', async () => {
      await using(open, async ({ on, receiver, mail }) => {
        await changeRunner(on.deps.db, on.runnerId, { noticeUrl: `${receiver.url}/hook?key=1`, noticeEmail: 'runner@example.test' })
        for (const times of [1, 2]) {
          await breakOff(on)
          for (let hour = 0; hour < 4; hour++) {
            on.clock.pass(3600)
            await on.queue('connections.sweep', {})
            await on.queue('notices.sweep', {})
            await on.drain(1)
          }
          expect(receiver.posts).toHaveLength(times)
          expect(mail.mails).toHaveLength(times)
          expect((await on.connect()).status).toBe(302)
          await on.drain()
        }
        const [post] = receiver.posts
        expect(post).toMatchObject({ path: '/hook?key=1', headers: { 'content-type': 'application/json' } })
        expect(JSON.parse(post!.body)).toMatchObject({
          title: 'Stridelift',
          text: expect.stringContaining('intervals.icu'),
          url: `${on.url}/connections`,
        })
        expect(mail.mails[0]).toMatchObject({ from: 'service@stridelift.test', to: ['runner@example.test'] })
        expect(mail.mails[0]!.text).toMatch(/^Subject: Stridelift needs a look$/m)
        expect(mail.mails[0]!.text.replace(/=\n/g, '')).toContain('Connect again')
      })
    })

    test('is told when the receiver is back; the way that worked is not used twice', async () => {
      await using(open, async ({ on, receiver, mail }) => {
        await changeRunner(on.deps.db, on.runnerId, { noticeUrl: receiver.url, noticeEmail: 'runner@example.test' })
        receiver.status = 503
        await breakOff(on)
        expect([receiver.posts.length, mail.mails.length]).toEqual([0, 1])
        receiver.status = 200
        await on.drain(1)
        expect([receiver.posts.length, mail.mails.length]).toEqual([1, 1])
        await on.connect()
        await on.drain()
        mail.busy = true
        await breakOff(on)
        expect([receiver.posts.length, mail.mails.length]).toEqual([2, 1])
        mail.busy = false
        await on.drain(1)
        expect([receiver.posts.length, mail.mails.length]).toEqual([2, 2])
        expect(on.dead).toEqual([])
      })
    })
  })
})
