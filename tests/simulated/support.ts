/** A hand-written client's tools: a simulator on a free port, and a service that only listens. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Simulated, type SimulatedOptions, type SimulatedPlatform, startSimulated } from '../../scripts/simulated/server.ts'
import type { PlatformId } from '../../scripts/simulated/types.ts'

export const agent = { 'user-agent': 'HandWritten/1.0 (test)' }
export const redirectUri = 'http://127.0.0.1:4999/connect/x/callback'

type Received = { method: string; url: string; headers: Record<string, string | string[] | undefined>; body: string }
export type Listener = {
  url: string
  received: Received[]
  /** What it answers from now on. */
  answer: (reply: (request: Received) => { status: number; body?: string; headers?: Record<string, string> }) => void
  close: () => Promise<void>
}

/** A web server that keeps what it gets and answers 200. */
export async function listen(): Promise<Listener> {
  const received: Received[] = []
  let reply: Parameters<Listener['answer']>[0] = () => ({ status: 200 })
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const one = {
        method: request.method ?? '',
        url: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks).toString('utf8'),
      }
      received.push(one)
      const { status, body, headers } = reply(one)
      response.writeHead(status, headers)
      response.end(body ?? '')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    answer: (next) => {
      reply = next
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

export type Stage = {
  simulated: Simulated
  platform: SimulatedPlatform
  listener: Listener
  clock: { now: Date }
  close: () => Promise<void>
}

/** One platform, a listener for its pushes and a clock that stands still until it is moved. */
export async function stage(id: PlatformId, options: SimulatedOptions = {}): Promise<Stage> {
  const clock = { now: new Date('2026-11-18T10:00:00Z') }
  const listener = await listen()
  const simulated = await startSimulated({ platforms: [id], today: () => clock.now, retryMs: 5, processingMs: 1, ...options })
  const platform = simulated.platform(id)
  const close = async () => {
    await simulated.close()
    await listener.close()
  }
  return { simulated, platform, listener, clock, close }
}

export const form = (fields: Record<string, string>) => new URLSearchParams(fields)
export const basic = (user: string, password: string) => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
export const bearer = (token: string) => ({ authorization: `Bearer ${token}`, ...agent })

/** The parameters of the address that the consent page sends back to. */
export const returned = (location: string) => Object.fromEntries(new URL(location).searchParams)
