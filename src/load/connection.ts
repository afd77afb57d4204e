/** One request as it goes onto the wire. */
export interface WireRequest {
  readonly method: string
  /** Percent-encoded, with its query string. */
  readonly path: string
  /** Names in lower case and values, one after the other; without host, connection and content-length. */
  readonly headers: readonly string[]
  readonly body: Buffer | null
  /** The rows that its answer must hold; null where nobody knows. */
  readonly rows: number | null
}

/** The few headers that decide what happens next; everything else in an answer's head is skipped. */
export interface AnswerHead {
  readonly status: number
  readonly contentType: string | null
  readonly contentEncoding: string | null
  readonly location: string | null
  readonly setCookies: readonly string[]
}

/**
 * Who hears of a connection's answers. After each `send`, exactly one of `onEnd` and `onError` is called, and the next
 * request may be sent from within it. Never called from within `send` itself.
 */
export interface AnswerHandler {
  /** The request was handed to a connected socket: latency counts from here. */
  readonly onSent: () => void
  readonly onHead: (head: AnswerHead) => void
  /** A piece of the body as it came, still compressed; the bytes are only valid during the call. */
  readonly onBody: (chunk: Uint8Array) => void
  readonly onEnd: () => void
  /** The request failed and the connection, if there was one, is gone; the next request opens a new one. */
  readonly onError: (error: Error) => void
}

/** One connection to the target, opened on first use or before, and again after it was lost, with one request at a time. */
export interface Connection {
  /**
   * Opens the connection ahead of the first request; null where it is open or opening. Resolves once it stands or has
   * failed, without saying which: the request will.
   */
  readonly open: () => Promise<void> | null
  readonly send: (request: WireRequest) => void
  /** Gives the current request up: the connection is dropped and `onError(error)` follows. Nothing when idle. */
  readonly abort: (error: Error) => void
  /** Drops the connection and whatever is in flight; the handler hears nothing more. */
  readonly close: () => void
}
