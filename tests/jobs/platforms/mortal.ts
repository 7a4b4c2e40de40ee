/** A process that dies at a chosen step: every use of the database and of the network is a step, before and after it. */
import type { Db } from '../../../src/db/open.ts'
import type { Deps } from '../../../src/deps.ts'

/** Thrown where the process died: nothing after it happens, its job is taken up again later. */
export class Killed extends Error {
  override readonly name = 'Killed'
}

export type Mortal = {
  wrap: (deps: Deps) => Deps
  /** Dies at this step, counted from now; without one it only counts. */
  arm: (step?: number) => void
  /** Steps since it was armed, and whether it died. @returns the count; stops counting */
  disarm: () => { steps: number; died: boolean }
  /** Another process takes over. */
  revive: () => void
}

const asks = new Set(['select', 'selectDistinct', 'insert', 'update', 'delete', 'execute'])

export function mortal(): Mortal {
  let armed = false
  let fatal = Number.POSITIVE_INFINITY
  let steps = 0
  let dead = false
  let died = false

  function step(): void {
    if (dead) throw new Killed('the process is gone')
    if (!armed) return
    steps++
    if (steps < fatal) return
    fatal = Number.POSITIVE_INFINITY
    dead = true
    died = true
    throw new Killed('the process dies here')
  }

  function handle<Handle extends object>(db: Handle): Handle {
    return new Proxy(db, {
      get(target, name) {
        const member: unknown = Reflect.get(target, name, target)
        if (typeof member !== 'function') return member
        if (name === 'transaction') {
          return async (work: (tx: object) => Promise<unknown>, ...rest: unknown[]) => {
            step()
            const result: unknown = await member.call(target, (tx: object) => work(handle(tx)), ...rest)
            step()
            return result
          }
        }
        if (typeof name === 'string' && asks.has(name)) {
          return (...given: unknown[]) => {
            step()
            return member.apply(target, given)
          }
        }
        return member.bind(target)
      },
    })
  }

  return {
    wrap: (deps) => ({
      ...deps,
      db: handle<Db>(deps.db),
      fetch: async (input, init) => {
        step()
        const answer = await fetch(input, init)
        step()
        return answer
      },
    }),
    arm: (at) => {
      armed = true
      steps = 0
      died = false
      fatal = at ?? Number.POSITIVE_INFINITY
    },
    disarm: () => {
      armed = false
      dead = false
      fatal = Number.POSITIVE_INFINITY
      return { steps, died }
    },
    revive: () => {
      dead = false
    },
  }
}
