import process from 'node:process'
import { listeningSockets, reachableOverLoopback, socketOwners } from './proc.ts'

/**
 * The process that listens on a loopback port (or on all addresses), or null where there is none or the system does not
 * say. Never throws.
 */
export async function portOwner(port: number): Promise<number | null> {
  try {
    return process.platform === 'linux' ? await ownerOnLinux(port) : await ownerElsewhere(port)
  } catch {
    return null
  }
}

async function ownerOnLinux(port: number): Promise<number | null> {
  const sockets = (await listeningSockets()).filter(
    (socket) => socket.port === port && reachableOverLoopback(socket.address),
  )
  const owners = await socketOwners(new Set(sockets.map((socket) => socket.inode)))
  return [...owners.values()][0] ?? null
}

async function ownerElsewhere(port: number): Promise<number | null> {
  // Loaded on demand: Linux does without, and it takes a while.
  const { portBindings } = await import('pid-port')
  const bindings = await portBindings(port, { host: '*' })
  return bindings.find(({ host }) => isLocalBinding(host))?.pid ?? null
}

/** Whether a server bound to this host, as the system's tools print it, is reached over loopback. */
function isLocalBinding(host: string): boolean {
  return ['*', '0.0.0.0', '::', '::1', 'localhost'].includes(host) || host.startsWith('127.')
}
