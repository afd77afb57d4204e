import { isIPv4, Socket } from 'node:net'
import { networkInterfaces } from 'node:os'

/** Runs one statement on the connection that is guarded and gives its rows by column name. */
export type Query = (sql: string) => Promise<readonly Readonly<Record<string, unknown>>[]>

/** One end of a TCP connection. */
export interface End {
  readonly address: string
  readonly port: number
}

/**
 * The near end of a driver's connection: `client.connection.stream` of pg, `connection.stream` of mysql2 (of its promise
 * wrapper: `connection.connection.stream`). Null for a Unix socket.
 */
export function ownEndOf(stream: unknown): End | null {
  if (!(stream instanceof Socket)) return null
  const { localAddress, localPort } = stream
  if (localAddress === undefined || localPort === undefined) return null
  return { address: bareAddress(localAddress), port: localPort }
}

/** An address without the clothes that IPv6 and PostgreSQL's `inet` put on it. */
export function bareAddress(address: string): string {
  return address.replace(/\/\d+$/, '').replace(/^::ffff:(?=\d+\.)/i, '')
}

/** Whether it is an address of a network that nobody reaches from outside: of containers, or of an office. */
export function isPrivateAddress(address: string): boolean {
  if (!isIPv4(address)) return /^f[cd]/i.test(address)
  const [first = 0, second = 0] = address.split('.').map(Number)
  return first === 10 || (first === 172 && second >= 16 && second < 32) || (first === 192 && second === 168)
}

/** Whether two addresses belong to one network of containers, whose size is that of Docker's default. */
export function inSameContainerNetwork(one: string, other: string): boolean {
  if (!isPrivateAddress(one) || !isPrivateAddress(other) || isIPv4(one) !== isIPv4(other)) return false
  return networkOf(one) === networkOf(other)
}

function networkOf(address: string): string {
  return isIPv4(address) ? address.split('.').slice(0, 2).join('.') : address.split(':').slice(0, 4).join(':')
}

/** The addresses of this machine's network interfaces. */
export function ownAddresses(): ReadonlySet<string> {
  return new Set(
    Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map(({ address }) => address)),
  )
}
