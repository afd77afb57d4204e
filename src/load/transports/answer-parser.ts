import { Buffer } from 'node:buffer'
import type { AnswerHandler, AnswerHead } from '../connection.ts'
import { InvalidAnswer } from '../errors.ts'
import { instantiateLlhttp } from './llhttp.ts'

/** A piece of an answer is at most this long; it is where sockets read to, too. */
export const readBytes = 65_536
/** Status line, headers and trailers of one answer. */
const largestHeadBytes = 65_536

const responseType = 2
const stopParsing = -1
const noBodyFollows = 1

const wantedNames = ['location', 'set-cookie', 'retry-after', 'content-type', 'content-encoding'] as const
type WantedName = (typeof wantedNames)[number]
const noCookies: readonly string[] = []

/** Which part of a head was parsed last. */
const inName = 1
const inValue = 2

/** The parser that runs: llhttp runs for one at a time, from beginning to end of `execute` and `finish`. */
let current: AnswerParser | null = null

const llhttp = instantiateLlhttp({
  wasm_on_message_begin: () => current?.onBegin() ?? stopParsing,
  wasm_on_url: () => 0,
  wasm_on_status: (_, __, length) => current?.onReason(length) ?? stopParsing,
  wasm_on_header_field: (_, at, length) => current?.onName(at, length) ?? stopParsing,
  wasm_on_header_value: (_, at, length) => current?.onValue(at, length) ?? stopParsing,
  wasm_on_headers_complete: (_, status, upgrade, keepAlive) =>
    current?.onHeadEnd(status, upgrade === 1, keepAlive === 1) ?? stopParsing,
  wasm_on_body: (_, at, length) => current?.onBody(at, length) ?? stopParsing,
  wasm_on_message_complete: () => current?.onComplete() ?? stopParsing,
})

const inputPointer = llhttp.malloc(readBytes)
/** llhttp's memory; another view whenever that memory has grown, which only making a parser does. */
let heap = Buffer.from(llhttp.memory.buffer)

/**
 * Parses the answers on one connection, one at a time. A head and the pieces of a body go to the handler at once; its
 * end is only noted in `complete`, for whoever feeds the parser to tell when the last piece is done with.
 */
export class AnswerParser {
  /** The answer has ended, and {@link reusable} says whether another may follow. */
  complete = false
  /** Something of an answer came, be it informational. */
  begun = false
  headEnded = false
  bodyBytes = 0
  /** What is wrong with the answer, after `execute` or `finish` gave false. */
  error: Error | null = null
  /** Its memory is given back: at once, or when it has done with what it parses. */
  freed = false
  readonly #handler: AnswerHandler
  readonly #pointer: number
  #input: Buffer = heap
  #headRequest = false
  #keepAlive = false
  #surplus = false
  #stopped = false
  #informational = false
  #part = 0
  #headBytes = 0
  #nameAt = 0
  #nameLength = 0
  /** A name's beginning, where it was split over two reads. */
  #nameText = ''
  #wanted: WantedName | null = null
  #contentType: string | null = null
  #contentEncoding: string | null = null
  #location: string | null = null
  #retryAfter: string | null = null
  #setCookies: readonly string[] = noCookies
  #head: AnswerHead | null = null

  constructor(handler: AnswerHandler) {
    this.#handler = handler
    this.#pointer = llhttp.llhttp_alloc(responseType)
    if (heap.length === 0) heap = Buffer.from(llhttp.memory.buffer)
  }

  /** Forgets what a former connection left behind. */
  reset(): void {
    llhttp.llhttp_reset(this.#pointer)
    this.#stopped = false
  }

  /** Expects the answer to a request that is about to be sent. */
  expect(method: string): void {
    this.complete = false
    this.begun = false
    this.error = null
    this.#headRequest = method === 'HEAD'
    this.#surplus = false
    this.#clearHead()
  }

  /** Whether the connection is fit for another request after a complete answer. */
  get reusable(): boolean {
    return this.#keepAlive && !this.#surplus
  }

  /** Parses the first `length` bytes of `input`; false where they are not what HTTP allows, or parsing was stopped. */
  execute(input: Buffer, length: number): boolean {
    input.copy(heap, inputPointer, 0, length)
    this.#input = input
    const code = run(this, this.#pointer, length)
    if (this.complete) {
      if (code !== 0) this.#surplus = true
      return true
    }
    if (code !== 0) return this.#fail(code)
    if (this.#part === inName) {
      this.#nameText += heap.toString('latin1', this.#nameAt, this.#nameAt + this.#nameLength)
      this.#nameLength = 0
    }
    return true
  }

  /** The connection has ended; false where the answer needed more. */
  finish(): boolean {
    const code = run(this, this.#pointer, null)
    return code === 0 && this.complete
  }

  /** Nothing more reaches the handler until the next connection; may be called from within its methods. */
  stop(): void {
    this.#stopped = true
  }

  /** Gives llhttp's memory back; the parser is of no use then. */
  free(): void {
    this.#stopped = true
    if (this.freed) return
    this.freed = true
    if (current !== this) llhttp.llhttp_free(this.#pointer)
  }

  #fail(code: number): false {
    if (!this.#stopped && this.error === null) {
      const reason = textAt(llhttp.llhttp_get_error_reason(this.#pointer))
      const name = textAt(llhttp.llhttp_errno_name(code))
      this.error = new InvalidAnswer(
        `the answer is not valid HTTP: ${reason}`,
        `HPE_${name.replace(/^HPE_/, '')}`,
      )
    }
    return false
  }

  onBegin(): number {
    if (this.complete) {
      this.#surplus = true
      return stopParsing
    }
    this.begun = true
    this.#clearHead()
    return 0
  }

  onReason(length: number): number {
    return this.#count(length)
  }

  onName(at: number, length: number): number {
    if (this.#part === inName) {
      // The first call after a split name continues it: its beginning is no longer in memory.
      this.#nameAt = this.#nameLength === 0 ? at : this.#nameAt
      this.#nameLength += length
    } else {
      this.#part = inName
      this.#nameText = ''
      this.#nameAt = at
      this.#nameLength = length
    }
    return this.#count(length)
  }

  onValue(at: number, length: number): number {
    const begins = this.#part === inName
    if (begins) {
      this.#part = inValue
      this.#wanted = this.headEnded ? null : this.#wantedName()
    }
    if (this.#wanted !== null) this.#keep(this.#wanted, heap.toString('latin1', at, at + length), begins)
    return this.#count(length)
  }

  onHeadEnd(status: number, upgrade: boolean, keepAlive: boolean): number {
    if (upgrade || status === 101) {
      this.error = new InvalidAnswer(
        'the answer switches to another protocol, which was not asked for',
        'HPE_UPGRADE',
      )
      return stopParsing
    }
    this.#informational = status < 200
    if (this.#informational) return 0
    this.headEnded = true
    this.#part = 0
    this.#keepAlive = keepAlive
    this.#handler.onHead(this.#headWith(status))
    if (this.#stopped) return stopParsing
    return this.#headRequest ? noBodyFollows : 0
  }

  onBody(at: number, length: number): number {
    this.bodyBytes += length
    const start = at - inputPointer
    this.#handler.onBody(this.#input.subarray(start, start + length))
    return this.#stopped ? stopParsing : 0
  }

  onComplete(): number {
    if (this.#informational) return 0
    this.complete = true
    // Said of a head before it was known that its body is left out.
    if (this.#headRequest) this.#keepAlive = llhttp.llhttp_should_keep_alive(this.#pointer) === 1
    return 0
  }

  #clearHead(): void {
    this.headEnded = false
    this.bodyBytes = 0
    this.#part = 0
    this.#headBytes = 0
    this.#contentType = null
    this.#contentEncoding = null
    this.#location = null
    this.#retryAfter = null
    this.#setCookies = noCookies
  }

  #count(length: number): number {
    // Two bytes after a name and two after a value.
    this.#headBytes += length + 2
    if (this.#headBytes <= largestHeadBytes) return 0
    this.error = new InvalidAnswer(
      `the answer's headers are larger than ${largestHeadBytes} bytes`,
      'HPE_HEADER_OVERFLOW',
    )
    return stopParsing
  }

  #wantedName(): WantedName | null {
    if (this.#nameText !== '') {
      const rest = heap.toString('latin1', this.#nameAt, this.#nameAt + this.#nameLength)
      const name = (this.#nameText + rest).toLowerCase()
      return wantedNames.find((wanted) => wanted === name) ?? null
    }
    for (const name of wantedNames) if (name.length === this.#nameLength && this.#isNamed(name)) return name
    return null
  }

  #isNamed(name: string): boolean {
    for (let index = 0; index < name.length; index += 1) {
      // Letters without their case; no other byte of a name becomes one of these by it.
      if (((heap[this.#nameAt + index] ?? 0) | 0x20) !== name.charCodeAt(index)) return false
    }
    return true
  }

  #keep(name: WantedName, text: string, begins: boolean): void {
    switch (name) {
      case 'content-type':
        this.#contentType = begins ? text : this.#contentType + text
        return
      case 'content-encoding':
        this.#contentEncoding = begins ? text : this.#contentEncoding + text
        return
      case 'location':
        this.#location = begins ? text : this.#location + text
        return
      case 'retry-after':
        this.#retryAfter = begins ? text : this.#retryAfter + text
        return
      default:
        if (begins) this.#setCookies = [...this.#setCookies, text]
        else this.#setCookies = [...this.#setCookies.slice(0, -1), `${this.#setCookies.at(-1)}${text}`]
    }
  }

  #headWith(status: number): AnswerHead {
    const before = this.#head
    const same =
      before !== null &&
      before.status === status &&
      before.contentType === this.#contentType &&
      before.contentEncoding === this.#contentEncoding &&
      before.location === this.#location &&
      before.retryAfter === this.#retryAfter &&
      before.setCookies === this.#setCookies
    if (same) return before
    this.#head = {
      status,
      contentType: this.#contentType,
      contentEncoding: this.#contentEncoding,
      location: this.#location,
      retryAfter: this.#retryAfter,
      setCookies: this.#setCookies,
    }
    return this.#head
  }
}

/** Parses so many bytes of the input, or its end where `length` is null; gives llhttp's code, 0 where all is well. */
function run(parser: AnswerParser, pointer: number, length: number | null): number {
  current = parser
  try {
    return length === null
      ? llhttp.llhttp_finish(pointer)
      : llhttp.llhttp_execute(pointer, inputPointer, length)
  } finally {
    current = null
    if (parser.freed) llhttp.llhttp_free(pointer)
  }
}

function textAt(pointer: number): string {
  return pointer === 0 ? '' : heap.toString('latin1', pointer, heap.indexOf(0, pointer))
}
