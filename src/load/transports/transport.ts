import type { AnswerHandler, Connection } from '../connection.ts'
import type { Target } from '../loopback.ts'

export interface ConnectionSettings {
  /** Bounds connecting, TLS included; a request's own time is its sender's business. */
  readonly timeoutMillis: number
  /** Whether a connection serves one request after the other, or each gets a new one. */
  readonly reuse: boolean
}

/**
 * Makes a connection that opens on its first request. Its handler's `onSent` is called from within `send` where the
 * connection is open already; `onEnd` and `onError` never are.
 */
export type OpenConnection = (
  target: Target,
  settings: ConnectionSettings,
  handler: AnswerHandler,
) => Connection
