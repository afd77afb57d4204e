import {
  connect as connectHttp2,
  constants,
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
} from 'node:http2'
import type { Socket } from 'node:net'
import process from 'node:process'
import * as l10n from '@vscode/l10n'
import { Failure } from '../../model/failure.ts'
import type { AnswerHandler, AnswerHead, Connection, WireRequest } from '../connection.ts'
import { noHttp2, openSocket } from '../connector.ts'
import { ConnectionLost, InvalidAnswer } from '../errors.ts'
import type { Target } from '../loopback.ts'
import { assertHeader, assertPath } from './request-text.ts'
import type { ConnectionSettings } from './transport.ts'

/** How much a server may send before it has to wait for this side: enough not to be what is measured. */
const windowBytes = 4_194_304
const largestHeadBytes = 65_536
/** More than fit into the largest head. */
const mostHeaders = 8192
/** A request's body is held until the server has taken it; Node.js's own bound, 10, would end such a stream. */
const mostMegabytes = 1024

/**
 * HTTP/2, one stream at a time on a connection of its own: over TLS, or at once (with prior knowledge) where there is
 * none. A server that doesn't speak it gives `HR_HTTP2`; there is no way back to HTTP/1.1.
 */
export function openHttp2(target: Target, settings: ConnectionSettings, handler: AnswerHandler): Connection {
  return new Http2Connection(target, settings, handler)
}

class Http2Connection implements Connection {
  readonly #target: Target
  readonly #settings: ConnectionSettings
  readonly #handler: AnswerHandler
  #socket: Socket | null = null
  #session: ClientHttp2Session | null = null
  #stream: ClientHttp2Stream | null = null
  #request: WireRequest | null = null
  #closed = false
  /** Told when the session is connected or gone. */
  #settled: (() => void) | null = null
  /** The session has served a request before. */
  #reused = false
  /** The other side has proven that it speaks HTTP/2. */
  #acknowledged = false
  #progress = { begun: false, headEnded: false, bodyBytes: 0 }

  constructor(target: Target, settings: ConnectionSettings, handler: AnswerHandler) {
    this.#target = target
    this.#settings = settings
    this.#handler = handler
  }

  open(): Promise<void> | null {
    if (this.#closed || this.#socket !== null) return null
    return new Promise((resolve) => {
      this.#settled = resolve
      this.#connect()
    })
  }

  send(request: WireRequest): void {
    if (this.#closed) return
    this.#request = request
    this.#progress = { begun: false, headEnded: false, bodyBytes: 0 }
    if (this.#socket === null) this.#connect()
    else if (this.#session !== null) this.#write(this.#session, request)
  }

  abort(error: Error): void {
    this.#fail(error)
  }

  close(): void {
    this.#closed = true
    this.#request = null
    this.#drop()
  }

  #connect(): void {
    this.#reused = false
    this.#acknowledged = false
    const settings = { protocol: 'h2', timeoutMillis: this.#settings.timeoutMillis } as const
    const socket = openSocket(this.#target, settings, () => {
      if (this.#socket === socket) this.#opened(socket)
    })
    socket.on('error', (error) => this.#socketLost(socket, error))
    socket.on('close', () => this.#socketLost(socket, null))
    this.#socket = socket
  }

  #opened(socket: Socket): void {
    const session = connectHttp2(this.#target.origin, {
      createConnection: () => socket,
      maxHeaderListPairs: mostHeaders,
      maxSessionMemory: mostMegabytes,
      settings: { enablePush: false, initialWindowSize: windowBytes, maxHeaderListSize: largestHeadBytes },
    })
    session.once('connect', () => session.setLocalWindowSize(windowBytes))
    session.once('remoteSettings', () => (this.#acknowledged = true))
    session.on('error', (error) => this.#lost(session, error))
    // No new stream may be opened; the one that is open may end well.
    session.on('goaway', () => {
      if (this.#session === session && this.#request === null) this.#drop()
    })
    session.on('close', () => this.#lost(session, null))
    this.#session = session
    this.#settle()
    if (this.#request !== null) this.#write(session, this.#request)
  }

  #write(session: ClientHttp2Session, request: WireRequest): void {
    let stream: ClientHttp2Stream
    try {
      const headers = http2Headers(request)
      this.#handler.onSent()
      stream = session.request(headers, { endStream: request.body === null })
    } catch (error) {
      process.nextTick(() => {
        if (this.#request === request) this.#fail(notSent(error, this.#lostError(null)))
      })
      return
    }
    this.#stream = stream
    stream.on('response', (headers) => {
      if (this.#stream !== stream) return
      this.#progress.begun = true
      this.#progress.headEnded = true
      this.#handler.onHead(answerHead(headers))
    })
    stream.on('data', (chunk: Uint8Array) => {
      if (this.#stream !== stream) return
      this.#progress.bodyBytes += chunk.byteLength
      this.#handler.onBody(chunk)
    })
    stream.on('error', (error) => this.#streamFailed(stream, error))
    stream.on('close', () => this.#streamClosed(stream))
    if (request.body !== null) stream.end(request.body)
  }

  #streamFailed(stream: ClientHttp2Stream, error: Error): void {
    if (this.#stream !== stream) return
    if (stream.rstCode === constants.NGHTTP2_PROTOCOL_ERROR && this.#progress.headEnded) {
      this.#fail(new InvalidAnswer(l10n.t('the answer is not valid HTTP/2: {0}', error.message), 'HPE_HTTP2'))
    } else {
      this.#lost(this.#session, error)
    }
  }

  #streamClosed(stream: ClientHttp2Stream): void {
    if (this.#stream !== stream) return
    if (!this.#progress.headEnded || stream.rstCode !== constants.NGHTTP2_NO_ERROR) {
      this.#lost(this.#session, null)
      return
    }
    this.#stream = null
    this.#request = null
    const session = this.#session
    if (this.#settings.reuse && session !== null && !session.closed && !session.destroyed) this.#reused = true
    else this.#drop()
    this.#handler.onEnd()
  }

  #socketLost(socket: Socket, error: Error | null): void {
    if (this.#socket !== socket) return
    if (this.#session !== null || error === null) this.#lost(this.#session, error)
    else this.#fail(isProtocolError(error) ? noHttp2(this.#target, error) : error)
  }

  #lost(session: ClientHttp2Session | null, error: Error | null): void {
    if (this.#session !== session) return
    if (!this.#acknowledged && error !== null && isProtocolError(error))
      this.#fail(noHttp2(this.#target, error))
    else this.#fail(this.#lostError(error))
  }

  #lostError(cause: Error | null): Error {
    return new ConnectionLost(cause, this.#progress, this.#reused)
  }

  /** Drops the connection, and tells the handler where a request is under way. */
  #fail(error: Error): void {
    const waiting = this.#request !== null
    this.#request = null
    this.#drop()
    if (waiting) this.#handler.onError(error)
  }

  #drop(): void {
    const session = this.#session
    const socket = this.#socket
    this.#session = null
    this.#socket = null
    this.#stream = null
    session?.destroy()
    socket?.destroy()
    this.#settle()
  }

  #settle(): void {
    this.#settled?.()
    this.#settled = null
  }
}

/** What comes of a server's first words that are not HTTP/2, or of its refusal to speak it. */
function isProtocolError(error: Error): boolean {
  const code = 'code' in error ? error.code : ''
  return code === 'ERR_HTTP2_ERROR' || code === 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL'
}

/** Why a request could not even be written: the connection went away unnoticed, or its headers are not for HTTP/2. */
function notSent(error: unknown, lost: Error): Error {
  if (error instanceof Failure) return error
  const text = error instanceof Error ? error.message : String(error)
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const gone = ['ERR_HTTP2_INVALID_SESSION', 'ERR_HTTP2_GOAWAY_SESSION', 'ERR_HTTP2_OUT_OF_STREAMS']
  return gone.includes(code)
    ? lost
    : new Failure('HR_HEADER', l10n.t("HTTP/2 doesn't allow a header of this request: {0}", text))
}

function http2Headers({ method, path, headers, body }: WireRequest): OutgoingHttpHeaders {
  assertPath(path)
  const fields: Record<string, string | string[]> = { ':method': method, ':path': path }
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const name = headers[index] ?? ''
    const value = headers[index + 1] ?? ''
    assertHeader(name, value)
    const before = fields[name]
    fields[name] = before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value]
  }
  if (body !== null) fields['content-length'] = String(body.byteLength)
  return fields
}

function answerHead(headers: IncomingHttpHeaders): AnswerHead {
  return {
    status: Number(headers[':status']),
    contentType: headers['content-type'] ?? null,
    contentEncoding: headers['content-encoding'] ?? null,
    location: headers.location ?? null,
    setCookies: headers['set-cookie'] ?? [],
  }
}
