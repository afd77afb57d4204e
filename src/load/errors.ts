import * as l10n from '@vscode/l10n'
import type { ErrorKind } from '../model/run.ts'

/** A request that took longer than the plan's timeout. */
export class RequestTimeout extends Error {
  constructor(timeoutMillis: number) {
    super(l10n.t('no complete answer within {0} ms', timeoutMillis))
    this.name = 'RequestTimeout'
  }
}

/** A server that doesn't take a connection in time. */
export class ConnectTimeout extends Error {
  readonly code = 'ETIMEDOUT'

  constructor(timeoutMillis: number) {
    super(l10n.t('no connection within {0} ms', timeoutMillis))
    this.name = 'ConnectTimeout'
  }
}

/** An answer that HTTP doesn't allow, or that ends before it is as long as it said. `code` begins with `HPE_`. */
export class InvalidAnswer extends Error {
  readonly code: string

  constructor(message: string, code: string) {
    super(message)
    this.name = 'InvalidAnswer'
    this.code = code
  }
}

/** How much of an answer had come. */
export interface AnswerProgress {
  readonly begun: boolean
  readonly headEnded: boolean
  readonly bodyBytes: number
}

/** A connection that went away before its answer was complete. */
export class ConnectionLost extends Error {
  readonly code: string
  /** It had served requests before and nothing of this answer came: the server may have closed it while it was idle. */
  readonly reused: boolean

  constructor(cause: Error | null, progress: AnswerProgress, reused: boolean) {
    super(lostText(progress), { cause })
    this.name = 'ConnectionLost'
    this.code = (cause && errorCode(cause)) || 'ECONNRESET'
    this.reused = reused && !progress.begun
  }
}

function lostText({ begun, headEnded, bodyBytes }: AnswerProgress): string {
  if (headEnded)
    return l10n.t("the server closed the connection after {0} bytes of the answer's body", bodyBytes)
  return begun
    ? l10n.t("the server closed the connection within the answer's head")
    : l10n.t('the server closed the connection without an answer')
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
  const code = errorCode(error)
  if (code === 'ETIMEDOUT') return 'timeout'
  if (refusals.includes(code) || code.startsWith('ERR_SSL_')) return 'refused'
  if (code.startsWith('HPE_')) return 'wrong-body'
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
