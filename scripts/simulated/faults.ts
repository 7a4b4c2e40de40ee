/** Faults that a test or the control page switches on. */

type Asked = { method: string; path: string; query: URLSearchParams }

export type Fault = {
  /** `POST /v1/plans` (method and the beginning of a path, `*` for any method) or a predicate. */
  on: string | ((request: Asked) => boolean)
  /**
   * `dropBefore`: the connection ends and nothing happened. `dropAfter`: it happened and the answer is lost.
   * `status`: an answer instead of the effect. `slow`: everything as usual, later. `garbled`: it happened and the answer is broken.
   */
  kind: 'dropBefore' | 'dropAfter' | 'status' | 'slow' | 'garbled'
  status?: number
  headers?: Record<string, string>
  body?: string | object
  /** With `status`: the effect happens all the same. */
  afterEffect?: boolean
  ms?: number
  /** How often; unset: until it is ended. */
  times?: number
  /** On the platforms' clock. */
  from?: Date
  until?: Date
  label?: string
}

export type WebhookFault = {
  /** `early`: sent before the activity can be read. `forged`: a false one comes first. `garbled`: a broken one comes first. */
  kind: 'doubled' | 'reordered' | 'delayed' | 'early' | 'forged' | 'garbled' | 'lost'
  times?: number
  /** With `delayed`. */
  ms?: number
  /** With `early`: how many readings find nothing. */
  reads?: number
}

type Armed<T> = { fault: T; left: number }

/** A list of faults, each used so many times. */
export class Faults<T extends { times?: number }> {
  private armed: Armed<T>[] = []

  add(fault: T): () => void {
    const entry = { fault, left: fault.times ?? Number.POSITIVE_INFINITY }
    this.armed.push(entry)
    return () => {
      this.armed = this.armed.filter((other) => other !== entry)
    }
  }

  /** The first fault that fits, which is used up by one. */
  take(fits: (fault: T) => boolean): T | null {
    const entry = this.armed.find((other) => other.left > 0 && fits(other.fault))
    if (!entry) return null
    entry.left -= 1
    return entry.fault
  }

  list(): T[] {
    return this.armed.filter((entry) => entry.left > 0).map((entry) => entry.fault)
  }

  clear(): void {
    this.armed = []
  }
}

/** Whether a fault is meant for this request at this moment. */
export function meant(fault: Fault, request: Asked, now: Date): boolean {
  if (fault.from && now < fault.from) return false
  if (fault.until && now >= fault.until) return false
  if (typeof fault.on === 'function') return fault.on(request)
  const [method = '*', path = '/'] = fault.on.split(' ')
  return (method === '*' || method === request.method) && request.path.startsWith(path)
}
