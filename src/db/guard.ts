import { AsyncLocalStorage } from 'node:async_hooks'

/** The transaction that the running code is inside of; `open` turns false when it ends, so that what it left behind may go on. */
const inside = new AsyncLocalStorage<{ open: boolean }>()

/** Throws when the caller is inside a transaction; for everything that uses a connection of its own. */
export function refuseInsideTransaction(what: string): void {
  if (inside.getStore()?.open) {
    throw new Error(`${what} was called on the outer database handle inside a transaction; pass the transaction's handle (tx) instead.`)
  }
}

const guarded = new Set([
  'select',
  'selectDistinct',
  'selectDistinctOn',
  'insert',
  'update',
  'delete',
  'execute',
  'query',
  '$count',
  'with',
])

/**
 * A handle whose use inside a transaction of its own throws. The embedded database has one connection: such a query would
 * wait for the transaction and the transaction for it, for ever. The same rule on PostgreSQL keeps both alike.
 */
export function guardHandle<Handle extends { transaction: (work: never, config?: never) => Promise<unknown> }>(db: Handle): Handle {
  return new Proxy(db, {
    get(target, name, receiver) {
      const member: unknown = Reflect.get(target, name, receiver)
      if (name === 'transaction' && typeof member === 'function') {
        return async (...given: unknown[]) => {
          refuseInsideTransaction('db.transaction')
          const here = { open: true }
          try {
            return await inside.run(here, () => member.apply(target, given))
          } finally {
            here.open = false
          }
        }
      }
      if (typeof name === 'string' && guarded.has(name)) refuseInsideTransaction(`db.${name}`)
      return typeof member === 'function' ? member.bind(target) : member
    },
  })
}
