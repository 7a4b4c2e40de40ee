/** How long work for a platform waits: for a platform that is down, much longer than a day; for what cannot heal, not at all. */
import type { Deps } from '../../deps.ts'
import { PlatformError } from '../../errors.ts'
import { GiveUp, type Handler, type JobContext, type JobName, type Jobs, RetryLater } from '../queue.ts'
import { sentenceOf } from './state.ts'
import { NotConnected } from './tokens.ts'

const HOUR_MS = 3_600_000
/** A platform that is down or asks us to slow down. The platforms' own pushes are repeated for at most a day. */
const PATIENCE_MS = 48 * HOUR_MS
/** A refusal of the whole app, and a runner who has to connect again. */
const LONG_PATIENCE_MS = 30 * 24 * HOUR_MS

/** Within these bounds, half as long again each time, and never two at the same moment. */
export function backoffSeconds(elapsedMs: number, leastSeconds = 15, mostSeconds = 1800): number {
  const base = Math.min(mostSeconds, Math.max(leastSeconds, elapsedMs / 2000))
  return Math.ceil(base * (0.75 + Math.random() / 2))
}

type Since = { since: string }
type PatientName = { [Name in JobName]: Jobs[Name] extends Since ? Name : never }[JobName]

/**
 * Makes a handler wait as long as it makes sense. Its payload says since when the work waits.
 * @throws RetryLater for a later try, GiveUp with a sentence when waiting has no sense any more
 */
export function patient<Name extends PatientName>(act: Handler<Name>): Handler<Name> {
  return async (deps: Deps, payload: Jobs[Name], job: JobContext) => {
    try {
      await act(deps, payload, job)
    } catch (error) {
      if (error instanceof NotConnected) return
      if (!(error instanceof PlatformError)) throw error
      throw later(error, deps.now().getTime() - Date.parse((payload as Since).since))
    }
  }
}

/** What the queue is told. */
function later(error: PlatformError, elapsedMs: number): Error {
  const sentence = sentenceOf(error)
  if (error.remedy === 'give up') return new GiveUp(sentence)
  const patience = error.remedy === 'retry' ? PATIENCE_MS : LONG_PATIENCE_MS
  if (elapsedMs > patience) return new GiveUp(`${sentence} This was tried for ${Math.round(elapsedMs / HOUR_MS)} hours.`)
  if (error.remedy === 'retry' && error.retryAfterSeconds !== undefined) {
    const seconds = Math.min(26 * 3600, Math.max(1, error.retryAfterSeconds))
    return new RetryLater(Math.ceil(seconds * (1 + Math.random() / 5)), sentence)
  }
  if (error.remedy === 'retry') return new RetryLater(backoffSeconds(elapsedMs), sentence)
  return new RetryLater(backoffSeconds(elapsedMs, 600, 6 * 3600), sentence)
}
