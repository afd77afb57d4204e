import { performance } from 'node:perf_hooks'
import { Client, type Dispatcher } from 'undici'
import type { RequestTemplate } from '../model/load-plan.ts'
import type { ErrorKind } from '../model/run.ts'
import { clientOptions } from './connector.ts'
import { describeError, errorKind, excerpt, RequestTimeout } from './errors.ts'
import type { Target } from './loopback.ts'
import type { RequestSource } from './request-source.ts'

/** Who counts what virtual users get, and decides what they do next. */
export interface AnswerSink {
  /** A complete answer below 400. Latency runs from the request being written to its last byte. */
  readonly answered: (user: VirtualUser, status: number, latencyMicros: number, bytes: number) => void
  /** `status` is null where no complete answer came. */
  readonly failed: (
    user: VirtualUser,
    kind: ErrorKind,
    status: number | null,
    message: string,
    bytes: number,
  ) => void
  /** Whether the text of this answer should be collected for a sample. */
  readonly wantsSample: (kind: ErrorKind) => boolean
  /** An error that no server made, such as a refused target: ends the step. */
  readonly broken: (error: Error) => void
}

export interface VirtualUserSettings {
  readonly target: Target
  readonly request: RequestTemplate
  readonly timeoutMillis: number
  readonly source: RequestSource
  readonly sink: AnswerSink
}

/** A connection idle for this long may have been closed by the server just as it was used again. */
const idleMillis = 100
const sampleBytes = 200
const repeatable = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']

/**
 * One user on one connection with one request at a time. It is its own response handler, so that a request costs no
 * closure. Answers' bodies are counted and dropped.
 */
export class VirtualUser implements Dispatcher.DispatchHandler {
  /** When the current request was asked for, on performance.now's clock; 0 when there is none. */
  askedAtMillis = 0
  readonly #settings: VirtualUserSettings
  readonly #client: Client
  readonly #options: Dispatcher.DispatchOptions
  #controller: Dispatcher.DispatchController | null = null
  #sentAtMillis = 0
  #answeredAtMillis = 0
  #idleBefore = false
  #repeated = false
  #closed = false
  #status = 0
  #bytes = 0
  #sample: string | null = null

  constructor(settings: VirtualUserSettings) {
    const { target, request, timeoutMillis } = settings
    this.#settings = settings
    this.#client = new Client(target.origin, clientOptions(target, timeoutMillis))
    this.#options = {
      path: '/',
      method: request.method,
      headers: { ...request.headers },
      body: request.body === null ? null : Buffer.from(request.body),
    }
  }

  /** Sends the next request; exactly one of the sink's `answered` or `failed` follows, unless the user is closed before. */
  send(): void {
    this.#options.path = this.#settings.source.nextPath()
    this.#repeated = false
    this.#dispatch()
  }

  #dispatch(): void {
    this.#status = 0
    this.#bytes = 0
    this.#sample = null
    this.#controller = null
    this.#sentAtMillis = 0
    this.askedAtMillis = performance.now()
    this.#client.dispatch(this.#options, this)
  }

  /** Gives the current request up as timed out. One that still waits for its connection is left to the connector's own timeout. */
  timeOut(): void {
    this.#controller?.abort(new RequestTimeout(this.#settings.timeoutMillis))
  }

  /** Drops the connection and whatever is in flight; the sink hears nothing more. */
  close(): void {
    this.#closed = true
    this.askedAtMillis = 0
    this.#client.destroy().catch(() => undefined)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    this.#sentAtMillis = performance.now()
    this.#idleBefore = this.#answeredAtMillis > 0 && this.#sentAtMillis - this.#answeredAtMillis >= idleMillis
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number): void {
    this.#status = status
    if (status >= 400 && this.#settings.sink.wantsSample(statusKind(status))) this.#sample = ''
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.byteLength
    if (this.#sample !== null && this.#sample.length < sampleBytes) {
      this.#sample += chunk.toString('utf8', 0, sampleBytes)
    }
  }

  onResponseEnd(): void {
    if (this.#closed) return
    const now = performance.now()
    this.#answeredAtMillis = now
    this.askedAtMillis = 0
    const { sink } = this.#settings
    if (this.#status < 400) {
      sink.answered(this, this.#status, (now - this.#sentAtMillis) * 1000, this.#bytes)
      return
    }
    const message = excerpt(`HTTP ${this.#status} ${this.#sample ?? ''}`)
    sink.failed(this, statusKind(this.#status), this.#status, message, this.#bytes)
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
    if (this.#closed) return
    const kind = errorKind(error)
    const lostRace = kind === 'reset' && this.#status === 0 && this.#idleBefore && !this.#repeated
    this.#answeredAtMillis = 0
    if (lostRace && repeatable.includes(this.#options.method)) {
      this.#repeated = true
      this.#dispatch()
      return
    }
    this.askedAtMillis = 0
    const { sink } = this.#settings
    if (error.name === 'Failure' || isUsageError(error)) {
      sink.broken(error)
      return
    }
    sink.failed(this, kind, null, describeError(error), this.#bytes)
  }
}

function statusKind(status: number): ErrorKind {
  return status >= 500 ? 'status-5xx' : 'status-4xx'
}

function isUsageError(error: Error): boolean {
  return 'code' in error && error.code === 'UND_ERR_INVALID_ARG'
}
