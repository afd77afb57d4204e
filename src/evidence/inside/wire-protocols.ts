/** Counts the queries among the bytes that a client sends over one connection. */
export interface WireCounter {
  /** The number of queries that begin in these bytes, which follow those of the call before. */
  count(bytes: Uint8Array): number
}

/**
 * The counter for a connection that begins with these bytes; null where they are no database's that is known here:
 * PostgreSQL (protocol 3), MySQL and MariaDB (protocol 10), MongoDB (OP_MSG).
 */
export function wireCounterFor(bytes: Uint8Array): WireCounter | null {
  const first = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (isPostgresStartup(first)) return new PostgresCounter()
  if (isMongoMessage(first)) return new MongoCounter()
  return isMysqlLogin(first) ? new MysqlCounter() : null
}

const postgresProtocol3 = 196_608
/** SSLRequest and GSSENCRequest, after whose refusal the real startup message follows. */
const encryptionRequests = [80_877_103, 80_877_104]

function isPostgresStartup(bytes: Buffer): boolean {
  if (bytes.length < 8 || bytes.readInt32BE(0) > 10_000) return false
  const code = bytes.readInt32BE(4)
  return code === postgresProtocol3 || encryptionRequests.includes(code)
}

function isMongoMessage(bytes: Buffer): boolean {
  return bytes.length >= 16 && mongoCommands.has(bytes.readInt32LE(12)) && bytes.readInt32LE(0) >= 16
}

/** The client's first packet answers the server's greeting: it has number 1, and says what the client is capable of. */
function isMysqlLogin(bytes: Buffer): boolean {
  return bytes.length >= 36 && bytes[3] === 1 && bytes.readUIntLE(0, 3) + 4 <= bytes.length
}

/** Messages with a head of fixed size that tells their length: the bodies are skipped, wherever a chunk ends. */
abstract class MessageCounter implements WireCounter {
  readonly #head: Buffer
  #filled = 0
  #skip = 0

  constructor(headBytes: number) {
    this.#head = Buffer.alloc(headBytes)
  }

  count(bytes: Uint8Array): number {
    let queries = 0
    let at = 0
    while (at < bytes.length) {
      if (this.#skip > 0) {
        const skipped = Math.min(this.#skip, bytes.length - at)
        this.#skip -= skipped
        at += skipped
        continue
      }
      this.#head[this.#filled++] = bytes[at++] ?? 0
      if (this.#filled < this.headBytes(this.#head)) continue
      if (this.isQuery(this.#head)) queries += 1
      this.#skip = Math.max(0, this.messageBytes(this.#head) - this.#filled)
      this.#filled = 0
    }
    return queries
  }

  /** How much of the next message must be there to tell what it is; at most as much as the buffer takes. */
  protected headBytes(head: Buffer): number {
    return head.length
  }

  protected abstract messageBytes(head: Buffer): number
  protected abstract isQuery(head: Buffer): boolean
}

/** A byte of type and a length that counts itself; see "Message Formats" of PostgreSQL's documentation. */
class PostgresCounter extends MessageCounter {
  /** Messages before the session begins have no type. */
  #starting = true

  constructor() {
    super(8)
  }

  protected override headBytes(): number {
    return this.#starting ? 8 : 5
  }

  protected messageBytes(head: Buffer): number {
    if (!this.#starting) return 1 + head.readInt32BE(1)
    if (head.readInt32BE(4) === postgresProtocol3) this.#starting = false
    return head.readInt32BE(0)
  }

  /** Query, Execute and FunctionCall. */
  protected isQuery(head: Buffer): boolean {
    return !this.#starting && [0x51, 0x45, 0x46].includes(head[0] ?? 0)
  }
}

/** Three bytes of length, a number that begins with 0 for each command, and the command. */
class MysqlCounter extends MessageCounter {
  constructor() {
    super(5)
  }

  /** An empty packet, such as the end of a file that is sent, has no command behind its head. */
  protected override headBytes(head: Buffer): number {
    return head.readUIntLE(0, 3) === 0 ? 4 : 5
  }

  protected messageBytes(head: Buffer): number {
    return 4 + head.readUIntLE(0, 3)
  }

  /** COM_QUERY and COM_STMT_EXECUTE. */
  protected isQuery(head: Buffer): boolean {
    return head.readUIntLE(0, 3) > 0 && head[3] === 0 && (head[4] === 0x03 || head[4] === 0x17)
  }
}

/** OP_QUERY, which only greetings still use, and OP_MSG. */
const mongoCommands: ReadonlySet<number> = new Set([2004, 2013])
const opMsg = 2013

class MongoCounter extends MessageCounter {
  constructor() {
    super(16)
  }

  protected messageBytes(head: Buffer): number {
    return head.readInt32LE(0)
  }

  protected isQuery(head: Buffer): boolean {
    return head.readInt32LE(12) === opMsg
  }
}
