import { EventEmitter } from 'node:events'
import type { Connection as Session, PreparedStatementInfo } from 'mysql2/promise'

/** A packet of the server's, as mysql2 hands it to a command. */
interface Answer {
  isError(): boolean
  asError(encoding: string): Error
}

/** What a command needs of mysql2's connection. */
interface Core {
  readonly clientEncoding: string
  addCommand(command: Execution): void
  /** Of the next packet; each command counts from 0. */
  sequenceId: number
  writePacket(packet: OwnPacket): void
}

/** A packet of ours, as mysql2 writes it: it splits large ones. */
class OwnPacket {
  readonly buffer: Buffer

  constructor(buffer: Buffer) {
    this.buffer = buffer
  }

  length(): number {
    return this.buffer.length
  }

  writeHeader(sequence: number): void {
    this.buffer.writeUIntLE(this.buffer.length - 4, 0, 3)
    this.buffer[3] = sequence
  }
}

/** A command in mysql2's queue that sends one packet as it is: its own make objects of each value, and take twice as long. */
class Execution extends EventEmitter {
  /** Called by mysql2 where the connection is lost. */
  readonly onResult: (error: Error | null) => void
  private readonly packet: Buffer
  private isSent = false

  constructor(packet: Buffer, onResult: (error: Error | null) => void) {
    super()
    this.packet = packet
    this.onResult = onResult
  }

  /** Called by mysql2 when it is this command's turn, and with the server's answer; gives whether that was the last. */
  execute(answer: Answer | undefined, core: Core): boolean {
    if (!this.isSent) {
      this.isSent = true
      core.sequenceId = 0
      core.writePacket(new OwnPacket(this.packet))
      return false
    }
    this.onResult(answer?.isError() === true ? answer.asError(core.clientEncoding) : null)
    this.emit('end')
    return true
  }
}

/** The server's number of a prepared statement, which mysql2 keeps without telling TypeScript. */
export function statementNumber(statement: PreparedStatementInfo): number {
  const inner: unknown = Reflect.get(statement, 'statement')
  return typeof inner === 'object' && inner !== null ? Number(Reflect.get(inner, 'id')) : Number.NaN
}

/** Sends an execution of a prepared statement that gives no rows, made by a `RowBuffer`. Rejects with the server's refusal. */
export function execution(session: Session, packet: Buffer): Promise<void> {
  const core: Core = Reflect.get(session, 'connection')
  return new Promise((resolve, reject) => {
    const done = (error: Error | null) => (error === null ? resolve() : reject(error))
    core.addCommand(new Execution(packet, done))
  })
}
