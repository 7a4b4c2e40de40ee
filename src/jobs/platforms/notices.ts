/** Telling runners what needs them: a message on the pages, and once by webhook, ntfy or e-mail. */

import { randomUUID } from 'node:crypto'
import { lookup } from 'node:dns/promises'
import { BlockList, isIP } from 'node:net'
import nodemailer from 'nodemailer'
import { type RunnerRow, runnerRow } from '../../db/runners.ts'
import { addMessage, dropMessage, type MessageRow, markSent, markSentBy, runnersToNotify, unsentMessages } from '../../db/sessions.ts'
import type { Deps } from '../../deps.ts'
import type { PlatformId, Settings } from '../../settings.ts'
import type { Jobs } from '../queue.ts'

const keyOf = (platform: PlatformId) => `connection:${platform}`
const DAY_MS = 86_400_000

/** Tells the runner of a trouble with a connection, once for as long as it lasts. */
export async function tellTrouble(deps: Deps, runnerId: string, platform: PlatformId, text: string): Promise<void> {
  await deps.db.transaction(async (tx) => {
    const fresh = await addMessage(tx, { runnerId, id: randomUUID(), key: keyOf(platform), text, createdAt: deps.now() })
    if (fresh) await deps.queue.add(tx, 'runner.notify', { runnerId })
  })
}

/** The trouble is over: its message goes. */
export async function dropTrouble(deps: Deps, runnerId: string, platform: PlatformId): Promise<void> {
  await dropMessage(deps.db, runnerId, keyOf(platform))
}

/** Runners with something to be told and somewhere to tell it. */
export async function sweepNotices(deps: Deps): Promise<void> {
  const since = new Date(deps.now().getTime() - 2 * DAY_MS)
  for (const runnerId of await runnersToNotify(deps.db, since)) {
    await deps.db.transaction((tx) => deps.queue.add(tx, 'runner.notify', { runnerId }))
  }
}

/** Sends what the runner was not sent yet. */
export async function notifyRunner(deps: Deps, { runnerId }: Jobs['runner.notify']): Promise<void> {
  const runner = await runnerRow(deps.db, runnerId)
  if (!runner || (!runner.noticeUrl && !runner.noticeEmail)) return
  const waiting = await unsentMessages(deps.db, runnerId, new Date(deps.now().getTime() - 2 * DAY_MS))
  for (const message of waiting) {
    await sendMessage(deps, runner, message)
    await markSent(deps.db, runnerId, message.id, deps.now())
  }
}

/** Each way once: one that fails is tried again later, without those that worked. */
async function sendMessage(deps: Deps, runner: RunnerRow, message: MessageRow): Promise<void> {
  const link = `${deps.settings.publicUrl}${message.key.startsWith('connection:') ? '/connections' : '/'}`
  const { noticeUrl, noticeEmail } = runner
  const { smtp } = deps.settings
  const ways: { way: string; send: () => Promise<void> }[] = []
  if (noticeUrl) ways.push({ way: 'url', send: () => sendByUrl(deps, noticeUrl, message, link) })
  if (noticeEmail && smtp) ways.push({ way: 'email', send: () => sendByMail(smtp, noticeEmail, message, link) })
  const sent = await Promise.allSettled(
    ways
      .filter(({ way }) => !message.sentBy.includes(way))
      .map(async ({ way, send }) => {
        await send()
        await markSentBy(deps.db, runner.id, message.id, way)
      }),
  )
  const failure = sent.find(({ status }) => status === 'rejected')
  if (failure?.status === 'rejected') throw failure.reason
}

/** The mail's id is the message's, so that a mailbox that gets it twice after a crash can tell. */
async function sendByMail(smtp: NonNullable<Settings['smtp']>, to: string, message: MessageRow, link: string): Promise<void> {
  const waits = { connectionTimeout: 15_000, greetingTimeout: 15_000, socketTimeout: 30_000 }
  const transport = nodemailer.createTransport({ url: smtp.url, ...waits })
  try {
    const domain = /@([^>\s]+)/.exec(smtp.from)?.[1] ?? 'stridelift'
    const text = `${message.text}\n\n${link}\n`
    await transport.sendMail({ from: smtp.from, to, subject: 'Stridelift needs a look', text, messageId: `<${message.id}@${domain}>` })
  } finally {
    transport.close()
  }
}

const inside = new BlockList()
for (const [net, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['224.0.0.0', 4],
] as const) {
  inside.addSubnet(net, bits, 'ipv4')
}
for (const [net, bits] of [
  ['::', 127],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
  ['::ffff:0:0', 96],
] as const)
  inside.addSubnet(net, bits, 'ipv6')

/** With many runners, an address inside the operator's own network is not called for any of them. @throws Error */
async function refuseInside(url: URL): Promise<void> {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const found = isIP(host) ? [{ address: host, family: isIP(host) }] : await lookup(host, { all: true })
  for (const { address, family } of found) {
    if (inside.check(address, family === 6 ? 'ipv6' : 'ipv4'))
      throw new Error('The address for notices lies inside the network of the service.')
  }
}

async function sendByUrl(deps: Deps, address: string, message: MessageRow, link: string): Promise<void> {
  const url = new URL(address)
  if (deps.settings.accounts === 'on') await refuseInside(url)
  const isNtfy = /(^|\.)ntfy\./.test(url.hostname)
  const body = isNtfy
    ? message.text
    : JSON.stringify({ id: message.id, title: 'Stridelift', text: message.text, url: link, at: message.createdAt.toISOString() })
  const headers: Record<string, string> = isNtfy ? { title: 'Stridelift', click: link } : { 'content-type': 'application/json' }
  const answer = await fetch(url, { method: 'POST', headers, body, redirect: 'error', signal: AbortSignal.timeout(15_000) })
  await answer.body?.cancel()
  if (!answer.ok) throw new Error(`The address for notices answered ${answer.status}.`)
}
