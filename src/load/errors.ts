import type { ErrorKind } from '../model/run.ts'

/** A request that took longer than the plan's timeout. */
export class RequestTimeout extends Error {
  constructor(timeoutMillis: number) {
    super(`no complete answer within ${timeoutMillis} ms`)
    this.name = 'RequestTimeout'
  }
}

const refusals = [
  'ECONNREFUSED',
  'EADDRNOTAVAIL',
  'EMFILE',
  'ENFILE',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EACCES',
]

/** Which kind of failure an error of the HTTP client is. An answer that can't be parsed, or ends wrongly, is `wrong-body`. */
export function errorKind(error: Error): ErrorKind {
  if (error instanceof RequestTimeout) return 'timeout'
  if (error.name === 'HTTPParserError') return 'wrong-body'
  const code = errorCode(error)
  if (code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT') return 'timeout'
  if (refusals.includes(code)) return 'refused'
  if (code.startsWith('HPE_') || code.startsWith('UND_ERR_RES_') || code === 'UND_ERR_HEADERS_OVERFLOW') {
    return 'wrong-body'
  }
  return 'reset'
}

/** One line about an error of the HTTP client, at most 200 characters, with its code. */
export function describeError(error: Error): string {
  const code = errorCode(error)
  const message = error.message === '' ? code : error.message
  return excerpt(code === '' || message.includes(code) ? message : `${message} (${code})`)
}

/** Text as one line of at most 200 characters, without control characters. */
export function excerpt(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, 200)
}

function errorCode(error: Error): string {
  if ('code' in error && typeof error.code === 'string') return error.code
  // Several addresses were tried: the first says why.
  const first: unknown = error instanceof AggregateError ? error.errors[0] : undefined
  return first instanceof Error ? errorCode(first) : ''
}
