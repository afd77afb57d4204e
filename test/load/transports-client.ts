import assert from 'node:assert/strict'
import type { AnswerHandler, AnswerHead, Connection, WireRequest } from '../../src/load/connection.ts'
import { errorKind } from '../../src/load/errors.ts'
import { resolveTarget } from '../../src/load/loopback.ts'
import { transports } from '../../src/load/transports/protocols.ts'
import type { Transport } from '../../src/model/load-plan.ts'
import type { ErrorKind } from '../../src/model/run.ts'

/** What was heard of one request, from being sent to its end. */
export interface Heard {
  readonly head: AnswerHead | null
  readonly body: string
  readonly bytes: number
  readonly sent: number
  readonly error: Error | null
  readonly kind: ErrorKind | null
}

/** One connection and all that its handler hears; a call that isn't allowed at its time is thrown by `close`. */
export class Listener implements AnswerHandler {
  readonly connection: Connection
  /** Called with each piece of a body. */
  onPiece: (chunk: Uint8Array) => void = () => undefined
  onHeadSeen: () => void = () => undefined
  #waiting: ((heard: Heard) => void) | null = null
  #sending = false
  #head: AnswerHead | null = null
  #chunks: Buffer[] = []
  #sent = 0
  readonly #wrong: string[] = []

  private constructor(make: (handler: AnswerHandler) => Connection) {
    this.connection = make(this)
  }

  static async to(
    baseUrl: string,
    options: { protocol?: Transport['protocol']; reuse?: boolean; timeoutMillis?: number } = {},
  ): Promise<Listener> {
    const { protocol = 'http1', reuse = true, timeoutMillis = 5000 } = options
    const target = await resolveTarget(baseUrl)
    return new Listener((handler) => transports[protocol](target, { timeoutMillis, reuse }, handler))
  }

  ask(request: Partial<WireRequest> = {}): Promise<Heard> {
    this.#head = null
    this.#chunks = []
    this.#sent = 0
    return new Promise((resolve) => {
      this.#waiting = resolve
      this.#sending = true
      this.connection.send({ method: 'GET', path: '/', headers: [], body: null, rows: null, ...request })
      this.#sending = false
    })
  }

  /** Closes the connection, and throws if the handler was ever called at a wrong time, also after this. */
  async close(): Promise<void> {
    this.connection.close()
    for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve))
    assert.deepEqual(this.#wrong, [])
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  onSent(): void {
    this.#expect('onSent')
    this.#sent += 1
  }

  onHead(head: AnswerHead): void {
    this.#expect('onHead')
    if (this.#head !== null) this.#wrong.push('a second head')
    this.#head = head
    this.onHeadSeen()
  }

  onBody(chunk: Uint8Array): void {
    this.#expect('onBody')
    if (this.#head === null) this.#wrong.push('a body before its head')
    this.#chunks.push(Buffer.from(chunk))
    this.onPiece(chunk)
  }

  onEnd(): void {
    this.#settle('onEnd', null)
  }

  onError(error: Error): void {
    this.#settle('onError', error)
  }

  #expect(call: string): void {
    if (this.#waiting === null) this.#wrong.push(`${call} without a request`)
  }

  #settle(call: string, error: Error | null): void {
    this.#expect(call)
    if (this.#sending) this.#wrong.push(`${call} from within send`)
    const body = Buffer.concat(this.#chunks)
    const waiting = this.#waiting
    this.#waiting = null
    waiting?.({
      head: this.#head,
      body: body.length > 1000 ? '' : body.toString('latin1'),
      bytes: body.length,
      sent: this.#sent,
      error,
      kind: error === null ? null : errorKind(error),
    })
  }
}

/** The status of an answer that is complete; throws the error of one that isn't. */
export function statusOf({ head, error, sent }: Heard): number | undefined {
  if (error !== null) throw error
  assert.equal(sent, 1)
  return head?.status
}
