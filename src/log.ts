/** One JSON line per request or job: what, ids, duration, outcome. Never a token, a body, a position or a series. */
export type Fields = Record<string, string | number | boolean | null | undefined>
export type Log = {
  info: (message: string, fields?: Fields) => void
  warn: (message: string, fields?: Fields) => void
  error: (message: string, error: unknown, fields?: Fields) => void
}

const SECRET = /(Bearer|Basic)\s+[\w.~+/=-]+|([?&](?:token|access_token|code|client_secret|refresh_token|key|signature)=)[^&\s"]+/gi

/** Takes tokens and signed query values out of a text. */
export function withoutSecrets(text: string): string {
  return text.replace(SECRET, (_, scheme: string | undefined, query: string | undefined) => `${scheme ? `${scheme} ` : query}[hidden]`)
}

/** A log that writes JSON lines. @param now the clock; @param write gets each line without its end */
export function jsonLog(now: () => Date, write: (line: string) => void): Log {
  const line = (level: string, message: string, fields: Fields = {}) => {
    write(withoutSecrets(JSON.stringify({ at: now().toISOString(), level, message, ...fields })))
  }
  return {
    info: (message, fields) => line('info', message, fields),
    warn: (message, fields) => line('warn', message, fields),
    error: (message, error, fields) =>
      line('error', message, {
        ...fields,
        error: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
        stack: error instanceof Error ? error.stack : undefined,
      }),
  }
}

/** A log that says nothing. */
export const silentLog: Log = { info: () => {}, warn: () => {}, error: () => {} }
