/** The embedded database in a thread of its own (see embedded.ts): takes queries by message, answers by message. */
import { parentPort, workerData } from 'node:worker_threads'
import { PGlite, types } from '@electric-sql/pglite'
import type { Answer, Question } from './embedded.ts'

const port = parentPort!
// PGlite's own turning of bytes into hex and back goes byte by byte, some fifty times slower than Buffer.
const pglite = await PGlite.create(String(workerData), {
  serializers: {
    [types.BYTEA]: (value: Uint8Array) => `\\x${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')}`,
  },
  parsers: { [types.BYTEA]: (value: string) => new Uint8Array(Buffer.from(value.slice(2), 'hex')) },
})
const same = (value: string) => value
const listening = new Map<number, () => Promise<void>>()

async function answer(question: Question): Promise<unknown> {
  switch (question.kind) {
    case 'query':
      return pglite.query(question.text, question.params, {
        ...(question.rowMode ? { rowMode: question.rowMode } : {}),
        ...(question.asText ? { parsers: Object.fromEntries(question.asText.map((oid) => [oid, same])) } : {}),
      })
    case 'exec':
      return pglite.exec(question.text)
    case 'listen':
      listening.set(
        question.id,
        await pglite.listen(question.channel, (payload) => port.postMessage({ told: question.id, payload } satisfies Answer)),
      )
      return null
    case 'unlisten':
      await listening.get(question.listener)?.()
      listening.delete(question.listener)
      return null
    case 'close':
      await pglite.close()
      return null
  }
}

/** The parts of a database error that survive the way between threads. */
function errorParts(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: String(error) }
  const parts: Record<string, unknown> = { message: error.message, name: error.name }
  for (const key of [
    'code',
    'severity',
    'detail',
    'hint',
    'position',
    'schema',
    'table',
    'column',
    'dataType',
    'constraint',
    'routine',
    'where',
  ]) {
    const value: unknown = Reflect.get(error, key)
    if (typeof value === 'string') parts[key] = value
  }
  return parts
}

// One after the other: the main side sends a transaction's first query without waiting for its beginning.
let last: Promise<unknown> = Promise.resolve()
port.on('message', (question: Question) => {
  const mine = last.then(() => answer(question))
  last = mine.catch(() => {})
  mine.then(
    (result) => port.postMessage({ id: question.id, result } satisfies Answer),
    (error) => port.postMessage({ id: question.id, error: errorParts(error) } satisfies Answer),
  )
})
port.postMessage({ ready: true } satisfies Answer)
