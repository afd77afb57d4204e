import { performance } from 'node:perf_hooks'
import * as l10n from '@vscode/l10n'
import type { Transport } from '../model/load-plan.ts'
import type { ErrorKind } from '../model/run.ts'
import { bodyText, largestBodyBytes, parseJson, wrongRowCount } from './answer-check.ts'
import type { AnswerHandler, AnswerHead, Connection, WireRequest } from './connection.ts'
import { CookieJar } from './cookies.ts'
import { describeError, errorKind, excerpt, RequestTimeout } from './errors.ts'
import type { Target } from './loopback.ts'
import { isRedirect, mostRedirects, placeOf, redirected } from './redirects.ts'
import { isCapturable, Journey, type Scenario, type ScenarioRequest } from './scenario.ts'
import { partsOf, withoutSecrets } from './secrets.ts'
import { isStream, StreamTail } from './streams.ts'
import { transports } from './transports/protocols.ts'

/** Who counts what virtual users get, and decides what they do next. */
export interface AnswerSink {
  /** A good answer, complete. The user's own fields say which request it answers, and how long it took. */
  readonly answered: (user: VirtualUser) => void
  /** `status` is null where no complete answer came. */
  readonly failed: (user: VirtualUser, kind: ErrorKind, status: number | null, message: string) => void
  /** Whether the text of this answer should be collected for a sample. */
  readonly wantsSample: (kind: ErrorKind) => boolean
  /** A stream's first chunk came, or another one; microseconds since the request or the chunk before. */
  readonly chunk: (isFirst: boolean, micros: number) => void
  /** Tokens that a stream reported. */
  readonly tokens: (count: number) => void
  /** An error that no server made, such as a refused target: ends the step. */
  readonly broken: (error: Error) => void
}

export interface VirtualUserSettings {
  readonly target: Target
  readonly transport: Transport
  readonly scenario: Scenario
  readonly timeoutMillis: number
  readonly sink: AnswerSink
  /** Keeps the text of every answer in {@link VirtualUser.text}, for one that is to be shown. */
  readonly keepsText?: boolean
}

/** A connection idle for this long may have been closed by the server just as it was used again. */
const idleMillis = 100
/** More than is shown, so that a long token in it is seen to be one. */
const sampleBytes = 4096
/** Rows are counted in every answer after one as small as this, and in some of the others. */
const smallBytes = 4096
const largeAnswersEach = 20
const repeatable = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']

/**
 * One user on one connection with one request at a time, on its way through the scenario with its own cookies. It is its
 * own answer handler, so that a request costs no closure. Bodies are counted and dropped unless something asks for them.
 */
export class VirtualUser implements AnswerHandler {
  /** When the current request was asked for, on performance.now's clock; 0 when there is none. */
  askedAtMillis = 0
  /** The request that is or was being answered. */
  request: ScenarioRequest | null = null
  status = 0
  latencyMicros = 0
  firstByteMicros = 0
  bytes = 0
  /** Redirects that were followed on the way to the answer. */
  redirects = 0
  contentType: string | null = null
  text: string | null = null
  readonly #settings: VirtualUserSettings
  readonly #connection: Connection
  readonly #journey: Journey
  readonly #cookies = new CookieJar()
  readonly #tail = new StreamTail()
  #wire: WireRequest | null = null
  /** Latency counts from here; 0 while it hasn't begun. */
  #beganAtMillis = 0
  #chunkAtMillis = 0
  #answeredAtMillis = 0
  #idleBefore = false
  #repeated = false
  #location: string | null = null
  #encoding: string | null = null
  #streams = false
  #kept: Buffer[] | null = null
  #sample: string | null = null
  #closed = false
  /** Of the answer before, to foresee how large the next one is. */
  #bytesBefore = 0
  #rowAnswers = 0

  constructor(settings: VirtualUserSettings) {
    this.#settings = settings
    this.#journey = new Journey(settings.scenario)
    const { target, transport, timeoutMillis } = settings
    const connection = { timeoutMillis, reuse: transport.connection === 'keep-alive' }
    this.#connection = transports[transport.protocol](target, connection, this)
  }

  /** Opens this user's connection ahead of its next request; null where that has one. */
  connect(): Promise<void> | null {
    return this.#connection.open()
  }

  /**
   * Sends the next request; exactly one of the sink's `answered`, `failed` and `broken` follows, unless the user is closed
   * before. Latency counts from `intendedAtMillis` where one is given, else from when the request is on its connection,
   * or, where each request has a connection of its own, from now.
   */
  send(intendedAtMillis: number | null): void {
    const request = this.#journey.current()
    this.request = request
    this.#repeated = false
    this.redirects = 0
    this.#bytesBefore = this.bytes
    this.bytes = 0
    this.askedAtMillis = performance.now()
    this.#idleBefore = this.askedAtMillis - this.#answeredAtMillis >= idleMillis
    const { connection } = this.#settings.transport
    this.#beganAtMillis = intendedAtMillis ?? (connection === 'new' ? this.askedAtMillis : 0)
    this.#dispatch(request.source.next(this.#journey.captured))
  }

  #dispatch(wire: WireRequest): void {
    this.status = 0
    this.#location = null
    this.#sample = null
    this.#kept = null
    this.#streams = false
    this.#chunkAtMillis = 0
    this.#wire = wire
    const cookie = this.#cookies.header(wire.path)
    this.#connection.send(cookie === null ? wire : { ...wire, headers: [...wire.headers, 'cookie', cookie] })
  }

  /** Gives the current request up as timed out. */
  timeOut(): void {
    this.#connection.abort(new RequestTimeout(this.#settings.timeoutMillis))
  }

  /** Drops the connection and whatever is in flight; the sink hears nothing more. */
  close(): void {
    this.#closed = true
    this.askedAtMillis = 0
    this.#connection.close()
  }

  onSent(): void {
    if (this.#beganAtMillis === 0) this.#beganAtMillis = performance.now()
  }

  onHead(head: AnswerHead): void {
    const { status, contentType } = head
    this.status = status
    this.contentType = contentType
    this.firstByteMicros = (performance.now() - this.#beganAtMillis) * 1000
    this.#location = head.location
    this.#encoding = head.contentEncoding
    this.#streams = isStream(contentType)
    if (head.setCookies.length > 0) this.#cookies.take(head.setCookies, this.#wire?.path ?? '/')
    if (this.request?.readsBody || this.#settings.keepsText || this.#countsRows()) this.#kept = []
    if (status >= 400 && this.#settings.sink.wantsSample(statusKind(status))) this.#sample = ''
  }

  onBody(chunk: Uint8Array): void {
    this.bytes += chunk.byteLength
    if (this.#streams) this.#streamed(chunk)
    if (this.#kept !== null && this.bytes <= largestBodyBytes) this.#kept.push(Buffer.from(chunk))
    if (this.#sample !== null && this.#sample.length < sampleBytes) {
      this.#sample += Buffer.from(chunk.subarray(0, sampleBytes)).toString()
    }
  }

  onEnd(): void {
    if (this.#closed) return
    const location = this.#location
    if (location !== null && isRedirect(this.status)) {
      this.#redirect(location)
      return
    }
    const now = performance.now()
    this.latencyMicros = (now - this.#beganAtMillis) * 1000
    this.#answeredAtMillis = now
    this.askedAtMillis = 0
    if (this.#streams) this.#endStream()
    const wrong = this.#judge()
    if (wrong === null) {
      this.#settings.sink.answered(this)
      return
    }
    this.#journey.failed()
    this.#settings.sink.failed(this, wrong.kind, this.status, wrong.message)
  }

  onError(error: Error): void {
    if (this.#closed) return
    const lostRace = 'reused' in error && error.reused === true && this.#idleBefore && !this.#repeated
    if (lostRace && this.#wire !== null && repeatable.includes(this.#wire.method)) {
      this.#repeated = true
      this.#dispatch(this.#wire)
      return
    }
    this.askedAtMillis = 0
    if (error.name === 'Failure') {
      this.#settings.sink.broken(error)
      return
    }
    this.#journey.failed()
    this.#settings.sink.failed(this, errorKind(error), null, describeError(error))
  }

  /** Looking into every large answer would cost the generator more than the server. */
  #countsRows(): boolean {
    if ((this.#wire?.rows ?? null) === null) return false
    this.#rowAnswers += 1
    return this.#bytesBefore < smallBytes || this.#rowAnswers % largeAnswersEach === 1
  }

  #streamed(chunk: Uint8Array): void {
    const now = performance.now()
    const isFirst = this.#chunkAtMillis === 0
    const since = isFirst ? this.#beganAtMillis : this.#chunkAtMillis
    this.#settings.sink.chunk(isFirst, (now - since) * 1000)
    this.#chunkAtMillis = now
    this.#tail.add(chunk)
  }

  #endStream(): void {
    const tokens = this.#tail.tokens()
    this.#tail.clear()
    if (tokens !== null) this.#settings.sink.tokens(tokens)
  }

  #redirect(location: string): void {
    const { target } = this.#settings
    const wire = this.#wire
    if (wire === null) return
    const next = this.redirects < mostRedirects ? redirected(wire, this.status, location, target) : null
    if (next !== null) {
      this.redirects += 1
      this.#dispatch(next)
      return
    }
    const place = placeOf(location, wire, target)
    const message = excerpt(
      this.redirects < mostRedirects
        ? l10n.t('HTTP {0} to {1} leads to another server, and is not followed', this.status, place)
        : l10n.t('HTTP {0} to {1} goes in circles, and is not followed', this.status, place),
    )
    this.askedAtMillis = 0
    this.#journey.failed()
    this.#settings.sink.failed(this, 'redirect', this.status, message)
  }

  /** The beginning of a failed answer, without what this user must not tell. */
  #shownSample(): string {
    if (!this.#sample || this.#wire === null) return ''
    const cookies = partsOf(this.#cookies.header(this.#wire.path) ?? '')
    return withoutSecrets(this.#sample, this.#wire, [...cookies, ...this.#journey.captured.values()])
  }

  /** What is wrong with a complete answer, null where it is good; reads what the flow wants to know from it. */
  #judge(): { readonly kind: ErrorKind; readonly message: string } | null {
    const { request, status } = this
    if (request === null) return null
    this.text = this.#kept === null ? null : bodyText(Buffer.concat(this.#kept), this.#encoding)
    const allowed = request.check?.(status, this.text) ?? null
    const rows = this.#wire?.rows ?? null
    // Nothing belongs to this value: an empty answer says so, and so does 404.
    if (status === 404 && rows === 0 && request.check === null && request.captures.length === 0) {
      this.#journey.succeeded(request, undefined)
      return null
    }
    if (status >= 400 && (request.check === null || allowed !== null)) {
      return { kind: statusKind(status), message: excerpt(`HTTP ${status} ${this.#shownSample()}`) }
    }
    if (allowed !== null) return { kind: 'wrong-body', message: allowed }
    const text = this.bytes > largestBodyBytes ? null : this.text
    const counts = rows !== null && text !== null
    const document = counts || request.captures.length > 0 ? parseJson(text ?? '') : undefined
    const wrongRows = counts ? wrongRowCount(rows, document) : null
    if (wrongRows !== null) {
      return { kind: 'wrong-rows', message: `${this.#wire?.path ?? ''}: ${wrongRows}` }
    }
    if (this.#journey.succeeded(request, document)) return null
    const missing = request.captures.find(([, find]) => !isCapturable(find(document)))
    const message =
      missing === undefined
        ? l10n.t('{0} did not answer with the value to go on with', request.name)
        : l10n.t('{0} did not answer with the value for `{1}` to go on with', request.name, missing[0])
    return { kind: 'wrong-body', message }
  }
}

function statusKind(status: number): ErrorKind {
  return status >= 500 ? 'status-5xx' : 'status-4xx'
}
