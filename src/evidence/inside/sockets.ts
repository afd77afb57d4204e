import { Socket } from 'node:net'
import { wireCounterFor, type WireCounter } from './wire-protocols.ts'

type Write = (...args: unknown[]) => unknown

/**
 * Counts what this process sends to databases: whichever driver it is, its queries go through a socket. Only connections
 * that this process opens are looked at, and those that no database's protocol begins on are let go with their first bytes.
 */
export function countSocketQueries(onQueries: (count: number) => void): void {
  // oxlint-disable-next-line typescript/unbound-method -- called with its own socket below
  const { connect } = Socket.prototype
  const watching = new WeakSet<object>()
  Socket.prototype.connect = function (this: Socket, ...args: unknown[]): Socket {
    Reflect.apply(connect, this, args)
    // Not before: connecting gives a socket the method of its class again.
    if (!watching.has(Reflect.get(this, 'write'))) watching.add(watchWrites(this, onQueries))
    return this
  }
}

/** Counts in a socket's `write` from here on; gives what stands in its place. */
function watchWrites(socket: Socket, onQueries: (count: number) => void): Write {
  // oxlint-disable-next-line typescript/unbound-method -- called with its own socket below
  const { write } = socket
  let counter: WireCounter | null = null
  const watching: Write = (chunk, ...rest) => {
    const bytes = bytesOf(chunk, rest[0])
    counter ??= wireCounterFor(bytes)
    if (counter === null) Reflect.set(socket, 'write', write)
    else {
      const queries = counter.count(bytes)
      if (queries > 0) onQueries(queries)
    }
    return Reflect.apply(write, socket, [chunk, ...rest])
  }
  Reflect.set(socket, 'write', watching)
  return watching
}

function bytesOf(chunk: unknown, encoding: unknown): Uint8Array {
  if (chunk instanceof Uint8Array) return chunk
  const known = typeof encoding === 'string' && Buffer.isEncoding(encoding) ? encoding : 'utf8'
  return typeof chunk === 'string' ? Buffer.from(chunk, known) : new Uint8Array()
}
