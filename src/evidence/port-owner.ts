import process from 'node:process'
import {
  listeningSockets,
  processIds,
  reachableOverLoopback,
  socketHolders,
  stillHolds,
  type SocketHolder,
} from './proc.ts'

/** The processes that listen on a loopback port (or on all addresses) at one moment. */
export interface PortOwners {
  /** Ascending; several where workers share the port, none where nobody listens or the system does not say. */
  readonly pids: readonly number[]
  /** Whether all of them still do, asked at little cost. Never rejects. */
  readonly unchanged: () => Promise<boolean>
}

/** Looks up who listens on a port. Never throws. */
export async function findPortOwners(port: number): Promise<PortOwners> {
  try {
    return process.platform === 'linux' ? await ownersOnLinux(port) : await ownersElsewhere(port)
  } catch {
    return nobody
  }
}

const nobody: PortOwners = { pids: [], unchanged: () => Promise.resolve(false) }

async function ownersOnLinux(port: number): Promise<PortOwners> {
  const sockets = (await listeningSockets()).filter(
    (socket) => socket.port === port && reachableOverLoopback(socket.address),
  )
  const holders = await socketHolders(new Set(sockets.map((socket) => socket.inode)), await processIds())
  return { pids: ascending(holders.map(({ pid }) => pid)), unchanged: () => allHold(holders) }
}

async function allHold(holders: readonly SocketHolder[]): Promise<boolean> {
  return holders.length > 0 && (await Promise.all(holders.map(stillHolds))).every(Boolean)
}

async function ownersElsewhere(port: number): Promise<PortOwners> {
  // Loaded on demand: Linux does without, and it takes a while.
  const { portBindings } = await import('pid-port')
  const bindings = await portBindings(port, { host: '*' })
  const pids = ascending(bindings.filter(({ host }) => isLocalBinding(host)).map(({ pid }) => pid))
  return { pids, unchanged: () => Promise.resolve(pids.length > 0 && pids.every(isAlive)) }
}

function ascending(pids: readonly number[]): number[] {
  return [...new Set(pids)].toSorted((a, b) => a - b)
}

/** Whether a server bound to this host, as the system's tools print it, is reached over loopback. */
function isLocalBinding(host: string): boolean {
  return ['*', '0.0.0.0', '::', '::1', 'localhost'].includes(host) || host.startsWith('127.')
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
