import { lookup as systemLookup } from 'node:dns/promises'
import { BlockList, connect, isIP } from 'node:net'
import * as l10n from '@vscode/l10n'
import { Failure } from '../model/failure.ts'

/** Every address a name stands for, in the resolver's order. */
export type Lookup = (hostname: string) => Promise<readonly string[]>

/** A base URL whose name was resolved, once, to one loopback address. */
export interface Target {
  /** Scheme, name and port as the user wrote them: what the Host header says. */
  readonly origin: string
  /** `localhost:3000`, for messages. */
  readonly host: string
  readonly address: string
  readonly port: number
  /** The base URL's own path without its last slash, put before every request path; mostly empty. */
  readonly pathPrefix: string
}

const loopbackAddresses = new BlockList()
loopbackAddresses.addSubnet('127.0.0.0', 8, 'ipv4')
loopbackAddresses.addAddress('::1', 'ipv6')

const probeMillis = 500

/** Whether an IP address never leaves this machine: 127.0.0.0/8, ::1, and IPv6-mapped forms of the former. */
export function isLoopback(address: string): boolean {
  const family = isIP(address)
  return family !== 0 && loopbackAddresses.check(address, family === 4 ? 'ipv4' : 'ipv6')
}

/** The failure for a target elsewhere. `address` is what the name resolved to, or the address itself. */
export function notLoopback(hostname: string, address: string): Failure {
  return new Failure(
    'HR_NOT_LOOPBACK',
    hostname === address
      ? l10n.t('Headroom only loads this machine. `{0}` is another machine. Nothing was sent.', hostname)
      : l10n.t(
          'Headroom only loads this machine. `{0}` resolves to {1}. Nothing was sent.',
          hostname,
          address,
        ),
  )
}

/**
 * Resolves a base URL to the one loopback address that is loaded. A name that also stands for any other address is
 * refused. Where several loopback addresses remain (`localhost` is 127.0.0.1 and ::1), the first that accepts a
 * connection is taken. Throws `HR_URL`, `HR_UNKNOWN_HOST` or `HR_NOT_LOOPBACK`; nothing was sent then.
 */
export async function resolveTarget(baseUrl: string, lookup: Lookup = lookupAll): Promise<Target> {
  const url = parseBaseUrl(baseUrl)
  const hostname = url.hostname.replace(/^\[(.*)\]$/, '$1')
  const addresses = await loopbackAddressesOf(hostname, lookup)
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80))
  return {
    origin: url.origin,
    host: url.host,
    address: await firstListening(addresses, port),
    port,
    pathPrefix: url.pathname.replace(/\/$/, ''),
  }
}

function parseBaseUrl(baseUrl: string): URL {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : null
  if (url !== null && (url.protocol === 'http:' || url.protocol === 'https:')) return url
  throw new Failure(
    'HR_URL',
    l10n.t('`{0}` is not an address that can be loaded. Write it as http://localhost:3000.', baseUrl),
  )
}

async function loopbackAddressesOf(hostname: string, lookup: Lookup): Promise<[string, ...string[]]> {
  // The "any" addresses are what a server binds to; the way to reach them is the loopback address.
  if (hostname === '0.0.0.0') return ['127.0.0.1']
  if (hostname === '::') return ['::1']
  const addresses = isIP(hostname) === 0 ? await resolve(hostname, lookup) : [hostname]
  const elsewhere = addresses.find((address) => !isLoopback(address))
  if (elsewhere !== undefined) throw notLoopback(hostname, elsewhere)
  const [first, ...rest] = addresses
  if (first === undefined) throw unknownHost(hostname)
  return [first, ...rest]
}

async function resolve(hostname: string, lookup: Lookup): Promise<readonly string[]> {
  try {
    return await lookup(hostname)
  } catch (cause) {
    throw unknownHost(hostname, cause)
  }
}

function unknownHost(hostname: string, cause?: unknown): Failure {
  return new Failure(
    'HR_UNKNOWN_HOST',
    l10n.t('`{0}` does not resolve to an address. Is the base URL spelled right?', hostname),
    { cause },
  )
}

async function lookupAll(hostname: string): Promise<readonly string[]> {
  const found = await systemLookup(hostname, { all: true })
  return found.map((entry) => entry.address)
}

async function firstListening(addresses: readonly [string, ...string[]], port: number): Promise<string> {
  if (addresses.length > 1) {
    for (const address of addresses) if (await accepts(address, port)) return address
  }
  return addresses[0]
}

function accepts(address: string, port: number): Promise<boolean> {
  return new Promise((settle) => {
    const socket = connect({ host: address, port, timeout: probeMillis })
    const done = (accepted: boolean): void => {
      socket.destroy()
      settle(accepted)
    }
    socket.once('connect', () => done(true))
    socket.once('error', () => done(false))
    socket.once('timeout', () => done(false))
  })
}
