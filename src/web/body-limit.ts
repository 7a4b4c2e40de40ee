/** Keeps bodies that are read as a whole small; files come in as streams with bounds of their own. */
import type { MiddlewareHandler } from 'hono'
import { RequestRefused } from '../errors.ts'

const MAX_BYTES = 2 << 20

/** @param streamed paths that take their body piece by piece */
export function limitBodies(...streamed: string[]): MiddlewareHandler {
  return async (c, next) => {
    const { raw } = c.req
    if (!streamed.includes(c.req.path)) {
      if (Number(raw.headers.get('content-length') ?? 0) > MAX_BYTES) throw tooLarge()
      // A body that does not say its length is counted while it comes; browsers' forms always say it.
      const uncounted = raw.headers.has('transfer-encoding') && c.req.path.startsWith('/api/')
      if (uncounted && raw.body) Object.assign(c.req.bodyCache, { arrayBuffer: Promise.resolve(await bytesOf(raw.body)) })
    }
    await next()
  }
}

async function bytesOf(body: ReadableStream<Uint8Array>): Promise<ArrayBuffer> {
  const pieces: Uint8Array[] = []
  let length = 0
  for await (const piece of body) {
    length += piece.length
    if (length > MAX_BYTES) throw tooLarge()
    pieces.push(piece)
  }
  return new Uint8Array(Buffer.concat(pieces)).buffer
}

function tooLarge(): RequestRefused {
  return new RequestRefused(413, `The body is larger than ${MAX_BYTES >> 20} MB; send less at a time.`)
}
