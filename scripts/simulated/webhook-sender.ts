/** Sends a platform's pushes, with its retries and with the faults that are switched on. */
import { Faults, type WebhookFault } from './faults.ts'
import type { WebhookDelivery, WebhookTarget } from './types.ts'

export type Push = {
  kind: string
  body: string
  headers: Record<string, string>
  /** The same push as somebody who does not know the secret would send it. */
  forged?: { body: string; headers: Record<string, string> }
  /** Broken in the way of the platform: signed bytes that are not what they should be. */
  garbled?: { body: string; headers: Record<string, string> }
}

export type PushRules = {
  /** Tries in all. */
  attempts: number
  deadlineMs: number
  accepted: (status: number, body: string) => boolean
  /** Whether to try again after this status; unset: after everything that was not accepted. */
  again?: (status: number | null) => boolean
}

export class WebhookSender {
  readonly deliveries: WebhookDelivery[] = []
  readonly faults = new Faults<WebhookFault>()
  target: WebhookTarget | null = null
  private readonly rules: PushRules
  private readonly retryMs: number
  private readonly now: () => Date
  private readonly stopped = new AbortController()
  private readonly pending = new Set<Promise<unknown>>()
  private held: Push[] = []

  constructor(rules: PushRules, retryMs: number, now: () => Date) {
    this.rules = rules
    this.retryMs = retryMs
    this.now = now
  }

  /** Sends a push in the background, through the faults. */
  send(push: Push): void {
    if (!this.target) return
    const fault = this.faults.take((other) => other.kind !== 'early')
    if (fault?.kind === 'lost') return
    if (fault?.kind === 'reordered') {
      this.held.push(push)
      return
    }
    if (fault?.kind === 'forged' && push.forged) this.track(this.attempt({ ...push, ...push.forged }, 1, true))
    if (fault?.kind === 'garbled' && push.garbled) this.track(this.attempt({ ...push, ...push.garbled }, 1, false))
    if (fault?.kind === 'doubled') this.track(this.deliver(push))
    const sent = fault?.kind === 'delayed' ? this.wait(fault.ms ?? 500).then(() => this.deliver(push)) : this.deliver(push)
    this.track(sent.then(() => this.release()))
  }

  /** How many readings find nothing when an early push was asked for. */
  takeEarly(): number {
    const fault = this.faults.take((other) => other.kind === 'early')
    return fault ? (fault.reads ?? 2) : 0
  }

  /** Work that belongs to a push that is still to come. */
  later(ms: number, work: () => void): void {
    this.track(this.wait(ms).then(() => (this.stopped.signal.aborted ? undefined : work())))
  }

  async settle(): Promise<void> {
    this.release()
    while (this.pending.size > 0) await Promise.all(this.pending)
  }

  stop(): void {
    this.stopped.abort()
  }

  /** One try, awaited: for handshakes and pings. @returns the status and the body, `null` when there was no answer */
  async knock(
    url: string,
    request: { method: string; body?: string; headers?: Record<string, string>; kind: string; attempt?: number; forged?: boolean },
  ): Promise<{ status: number; body: string } | null> {
    const record: WebhookDelivery = {
      at: this.now(),
      kind: request.kind,
      url,
      attempt: request.attempt ?? 1,
      status: null,
      body: request.body ?? '',
      forged: request.forged ?? false,
    }
    this.deliveries.push(record)
    try {
      const signal = AbortSignal.any([AbortSignal.timeout(this.rules.deadlineMs), this.stopped.signal])
      const answer = await fetch(url, { method: request.method, body: request.body, headers: request.headers, signal, redirect: 'manual' })
      const body = await answer.text()
      record.status = answer.status
      return { status: answer.status, body }
    } catch {
      return null
    }
  }

  private release(): void {
    const waiting = this.held.reverse()
    this.held = []
    for (const push of waiting) this.track(this.deliver(push))
  }

  private track(work: Promise<unknown>): void {
    const tracked = work.catch(() => undefined).finally(() => this.pending.delete(tracked))
    this.pending.add(tracked)
  }

  private wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.stopped.signal.addEventListener('abort', () => {
        clearTimeout(timer)
        resolve()
      })
    })
  }

  private async deliver(push: Push): Promise<void> {
    for (let attempt = 1; attempt <= this.rules.attempts && !this.stopped.signal.aborted; attempt++) {
      if (attempt > 1) await this.wait(this.retryMs * 3 ** (attempt - 2))
      const answer = await this.attempt(push, attempt, false)
      if (answer && this.rules.accepted(answer.status, answer.body)) return
      if (this.rules.again && !this.rules.again(answer?.status ?? null)) return
    }
  }

  private async attempt(push: Push, attempt: number, forged: boolean): Promise<{ status: number; body: string } | null> {
    const target = this.target
    if (!target) return null
    const headers: Record<string, string> = { 'content-type': 'application/json', ...push.headers }
    if (target.authorization && !forged) headers.authorization = target.authorization
    return this.knock(target.url, { method: 'POST', body: push.body, headers, kind: push.kind, attempt, forged })
  }
}
