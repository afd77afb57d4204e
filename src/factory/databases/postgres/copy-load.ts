import type { Duplex } from 'node:stream'
import type { Connection as Wire, Submittable } from 'pg'

import { CopyBuffer } from './copy-buffer.ts'

/** Buffers that may be on their way at once: one is filled while the others are sent. */
const buffersInFlight = 3

/** Rows for one COPY, written one after the other. */
export interface CopyRows {
  /** What comes in front of the first row. */
  begin(out: CopyBuffer): void
  /** Writes the next row; false where there is none any more. */
  next(out: CopyBuffer): boolean
  /** What comes behind the last row. */
  end(out: CopyBuffer): void
}

/** One COPY into a table. */
export interface CopyStatement {
  /** The table and its columns, for SQL. */
  readonly into: string
  readonly format: 'binary' | 'text'
  readonly rows: CopyRows
}

/** The buffers that a connection's loads share. */
export class CopyBuffers {
  private readonly free = Array.from({ length: buffersInFlight }, () => new CopyBuffer())
  private waiting: (() => void) | null = null

  /** A buffer that is not on its way any more; waits for one, and so for the server to keep up. */
  async take(): Promise<CopyBuffer> {
    for (;;) {
      const buffer = this.free.pop()
      if (buffer !== undefined) {
        buffer.clear()
        return buffer
      }
      await new Promise<void>((resolve) => {
        this.waiting = resolve
      })
    }
  }

  give(buffer: CopyBuffer): void {
    this.free.push(buffer)
    this.waiting?.()
    this.waiting = null
  }
}

/**
 * Statements in one simple query, and so in one transaction, each COPY among them with its rows.
 * The framing is our own: pg-copy-streams writes each chunk's head and body apart, and copies rows through a stream.
 */
export class CopyLoad implements Submittable {
  /** Settles when the transaction is committed, or has failed and the connection is free again. */
  readonly done: Promise<void>
  private readonly sql: string
  private readonly copies: CopyRows[]
  private readonly buffers: CopyBuffers
  private readonly signal: AbortSignal
  private readonly resolve: () => void
  private readonly reject: (error: unknown) => void
  private failure: unknown = null

  constructor(statements: readonly (string | CopyStatement)[], buffers: CopyBuffers, signal: AbortSignal) {
    this.sql = statements
      .map((each) =>
        typeof each === 'string' ? each : `COPY ${each.into} FROM STDIN (FORMAT ${each.format})`,
      )
      .join('; ')
    this.copies = statements.flatMap((each) => (typeof each === 'string' ? [] : [each.rows]))
    this.buffers = buffers
    this.signal = signal
    const { promise, resolve, reject } = Promise.withResolvers<undefined>()
    this.done = promise
    this.resolve = () => resolve(undefined)
    this.reject = reject
  }

  /** Called by the driver when the connection is free. */
  submit(wire: Wire): void {
    wire.query(this.sql)
  }

  /** The server waits for the next COPY's rows. */
  handleCopyInResponse(wire: Wire): void {
    const rows = this.copies.shift()
    const sending = rows === undefined ? Promise.resolve() : this.send(rows, wire.stream)
    sending.catch((error: unknown) => {
      this.failure ??= error
      wire.stream.write(copyFail)
    })
  }

  /** Ends the call, now that the connection can take the next one. */
  handleReadyForQuery(): void {
    this.resolve()
  }

  /** The server's refusal, the answer to an own CopyFail among them, or the loss of the connection. */
  handleError(error: unknown): void {
    this.failure ??= error
    this.reject(this.failure)
  }

  handleRowDescription(): void {}
  handleDataRow(): void {}
  handleCommandComplete(): void {}
  handleEmptyQuery(): void {}

  private async send(rows: CopyRows, stream: Duplex): Promise<void> {
    let buffer = await this.buffers.take()
    try {
      rows.begin(buffer)
      while (rows.next(buffer)) {
        if (!buffer.isFull) continue
        const full = buffer
        stream.write(full.sealed(), () => this.buffers.give(full))
        buffer = await this.buffers.take()
        // The server refused a row, or somebody wants an end: what would follow is in vain.
        if (this.failure !== null) return this.buffers.give(buffer)
        this.signal.throwIfAborted()
      }
      rows.end(buffer)
    } catch (error) {
      this.buffers.give(buffer)
      throw error
    }
    const last = buffer
    stream.write(last.sealed(), () => this.buffers.give(last))
    stream.write(copyDone)
  }
}

const copyDone = Uint8Array.of(0x63, 0, 0, 0, 4)
/** With an empty reason: the reason is this side's, and known here. */
const copyFail = Uint8Array.of(0x66, 0, 0, 0, 5, 0)
