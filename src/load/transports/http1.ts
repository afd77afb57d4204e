import { Buffer } from 'node:buffer'
import type { Socket } from 'node:net'
import process from 'node:process'
import * as l10n from '@vscode/l10n'
import type { AnswerHandler, Connection, WireRequest } from '../connection.ts'
import { openSocket } from '../connector.ts'
import { ConnectionLost, InvalidAnswer } from '../errors.ts'
import type { Target } from '../loopback.ts'
import { AnswerParser, readBytes } from './answer-parser.ts'
import { RequestText } from './request-text.ts'
import type { ConnectionSettings } from './transport.ts'

/** Every socket reads to here: a read is dealt with before the next one begins. */
const readBuffer = Buffer.allocUnsafeSlow(readBytes)

/** HTTP/1.1 on a bare socket: see {@link Http1Connection}. */
export function openHttp1(target: Target, settings: ConnectionSettings, handler: AnswerHandler): Connection {
  return new Http1Connection(target, settings, handler)
}

/**
 * One connection, made to cost the generator as little as it can: a request is one write of one string, answers are read
 * into one buffer for all connections and parsed in place, and nothing is made per request but what the handler gets.
 */
class Http1Connection implements Connection {
  readonly #target: Target
  readonly #settings: ConnectionSettings
  readonly #handler: AnswerHandler
  readonly #text: RequestText
  readonly #parser: AnswerParser
  #socket: Socket | null = null
  #connected = false
  /** The socket has served a request before. */
  #reused = false
  #request: WireRequest | null = null
  #closed = false
  /** Told when the socket is connected or gone. */
  #settled: (() => void) | null = null

  constructor(target: Target, settings: ConnectionSettings, handler: AnswerHandler) {
    this.#target = target
    this.#settings = settings
    this.#handler = handler
    this.#text = new RequestText(target.host, settings.reuse)
    this.#parser = new AnswerParser(handler)
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
    if (this.#socket === null) this.#connect()
    else if (this.#connected) this.#write(this.#socket, request)
  }

  abort(error: Error): void {
    if (this.#request !== null) this.#fail(error)
  }

  close(): void {
    this.#closed = true
    this.#request = null
    this.#drop()
    this.#parser.free()
  }

  #connect(): void {
    this.#reused = false
    const socket = openSocket(
      this.#target,
      {
        protocol: 'http/1.1',
        timeoutMillis: this.#settings.timeoutMillis,
        onread: {
          buffer: readBuffer,
          callback: (length) => this.#read(socket, length),
        },
      },
      () => this.#opened(socket),
    )
    socket.on('end', () => this.#ended(socket))
    socket.on('error', (error) => this.#lost(socket, error))
    socket.on('close', () => this.#lost(socket, null))
    this.#socket = socket
  }

  #opened(socket: Socket): void {
    if (this.#socket !== socket) return
    this.#connected = true
    this.#parser.reset()
    this.#settle()
    if (this.#request !== null) this.#write(socket, this.#request)
  }

  #write(socket: Socket, request: WireRequest): void {
    const { body } = request
    let head: string
    try {
      head = this.#text.head(request)
    } catch (error) {
      process.nextTick(() => {
        if (this.#request === request) this.#fail(error instanceof Error ? error : new Error(String(error)))
      })
      return
    }
    this.#parser.expect(request.method)
    this.#handler.onSent()
    if (body === null) {
      socket.write(head, 'latin1')
      return
    }
    socket.cork()
    socket.write(head, 'latin1')
    socket.write(body)
    socket.uncork()
  }

  /** Whether the socket is to be read on. */
  #read(socket: Socket, length: number): boolean {
    if (this.#socket !== socket) return false
    if (this.#request === null) {
      // Nobody asked: whatever it is, the next answer must not be read from behind it.
      this.#drop()
      return false
    }
    const parser = this.#parser
    const valid = parser.execute(readBuffer, length)
    if (this.#socket !== socket) return false
    if (!valid) {
      this.#fail(parser.error ?? this.#lostError(null))
      return false
    }
    if (!parser.complete) return true
    return this.#complete(socket)
  }

  /** Whether the socket lives on. */
  #complete(socket: Socket): boolean {
    // A server may answer before it has read all: what is still to be written would be in the next request's way.
    if (this.#parser.reusable && this.#settings.reuse && socket.writableLength === 0) this.#reused = true
    else this.#drop()
    this.#request = null
    this.#handler.onEnd()
    return this.#socket === socket
  }

  #ended(socket: Socket): void {
    if (this.#socket !== socket) return
    if (this.#request === null || !this.#parser.begun) this.#lost(socket, null)
    else if (this.#parser.finish()) this.#complete(socket)
    else if (this.#parser.endsConnection && this.#settings.reuse) this.#fail(cutShort(this.#parser))
    else this.#lost(socket, null)
  }

  #lost(socket: Socket, error: Error | null): void {
    if (this.#socket !== socket) return
    if (this.#request === null) this.#drop()
    else this.#fail(this.#connected || error === null ? this.#lostError(error) : error)
  }

  #lostError(cause: Error | null): Error {
    return new ConnectionLost(cause, this.#parser, this.#reused)
  }

  #fail(error: Error): void {
    if (this.#request === null) return
    this.#request = null
    this.#drop()
    this.#handler.onError(error)
  }

  #drop(): void {
    this.#parser.stop()
    this.#socket?.destroy()
    this.#socket = null
    this.#connected = false
    this.#settle()
  }

  #settle(): void {
    this.#settled?.()
    this.#settled = null
  }
}

/** A server that closes of its own will, as it announced, has ended its answer: too early for the length that it gave. */
function cutShort({ bodyBytes }: AnswerParser): Error {
  return new InvalidAnswer(
    l10n.t("the answer's body ended after {0} bytes, before it was complete", bodyBytes),
    'HPE_INVALID_EOF_STATE',
  )
}
