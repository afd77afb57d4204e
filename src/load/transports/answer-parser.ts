import { Buffer } from 'node:buffer'
import * as l10n from '@vscode/l10n'
import type { AnswerHandler } from '../connection.ts'
import { InvalidAnswer } from '../errors.ts'
import { HeadReader } from './head-reader.ts'
import { instantiateLlhttp } from './llhttp.ts'

/** A piece of an answer is at most this long; it is where sockets read to, too. */
export const readBytes = 65_536
/** Status line, headers and trailers of one answer. */
const largestHeadBytes = 65_536

const responseType = 2
const stopParsing = -1
const noBodyFollows = 1

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
  #headBytes = 0
  readonly #headers = new HeadReader()

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
    this.#headers.suspend(heap)
    return true
  }

  /** The connection has ended; false where the answer needed more. */
  finish(): boolean {
    const code = run(this, this.#pointer, null)
    return code === 0 && this.complete
  }

  /** The server said that it would close the connection after this answer. */
  get endsConnection(): boolean {
    return this.headEnded && !this.#keepAlive
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
        l10n.t('the answer is not valid HTTP: {0}', reason),
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
    if (!this.headEnded) this.#headers.name(at, length)
    return this.#count(length)
  }

  onValue(at: number, length: number): number {
    if (!this.headEnded) this.#headers.value(heap, at, length)
    return this.#count(length)
  }

  onHeadEnd(status: number, upgrade: boolean, keepAlive: boolean): number {
    if (upgrade || status === 101) {
      this.error = new InvalidAnswer(
        l10n.t('the answer switches to another protocol, which was not asked for'),
        'HPE_UPGRADE',
      )
      return stopParsing
    }
    this.#informational = status < 200
    if (this.#informational) return 0
    this.headEnded = true
    this.#keepAlive = keepAlive
    this.#handler.onHead(this.#headers.head(status))
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
    this.#headBytes = 0
    this.#headers.clear()
  }

  #count(length: number): number {
    // Two bytes after a name and two after a value.
    this.#headBytes += length + 2
    if (this.#headBytes <= largestHeadBytes) return 0
    this.error = new InvalidAnswer(
      l10n.t("the answer's headers are larger than {0} bytes", largestHeadBytes),
      'HPE_HEADER_OVERFLOW',
    )
    return stopParsing
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
