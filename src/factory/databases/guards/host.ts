import { lookup } from 'node:dns/promises'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { isLoopbackHost, notLocal } from '../location.ts'

/** All addresses of a host name, as the system resolves it. */
export type Lookup = (host: string) => Promise<readonly string[]>

const probeMillis = 1_000
const lookupMillis = 3_000

/** Asks the system, hosts file included; a name that takes long to find is none of this machine's. */
export const systemLookup: Lookup = async (host) => {
  const found = lookup(host, { all: true })
  found.catch(() => undefined)
  const tooLate = sleep(lookupMillis, [], { ref: false })
  return (await Promise.race([found, tooLate])).map(({ address }) => address)
}

/**
 * The loopback address to connect to for a host name or address: the one where something listens, where there are
 * several. Throws `HR_DATABASE_NOT_LOCAL` unless all that the name stands for is this machine.
 */
export async function resolveLocalHost(host: string, port: number, lookupAll: Lookup): Promise<string> {
  const bare = host.replace(/^\[|\]$/g, '')
  const found = await lookupAll(bare).catch(() => [])
  // A name that says localhost and resolves elsewhere is as foreign as any other.
  if (found.length === 0 || !found.every(isLoopbackAddress)) throw notLocal(bare)
  const addresses = [...new Set(found)].toSorted((a, b) => Number(a.includes(':')) - Number(b.includes(':')))
  for (const address of addresses.length > 1 ? addresses : [])
    if (await listens(address, port)) return address
  return addresses[0] ?? '127.0.0.1'
}

function isLoopbackAddress(address: string): boolean {
  return /^[\d.]+$|:/.test(address) && isLoopbackHost(address)
}

function listens(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port })
    const answer = (value: boolean) => {
      socket.destroy()
      resolve(value)
    }
    socket.setTimeout(probeMillis, () => answer(false))
    socket.once('connect', () => answer(true)).once('error', () => answer(false))
  })
}
