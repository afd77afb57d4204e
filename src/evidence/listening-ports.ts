import { connect } from 'node:net'
import process from 'node:process'
import { listeningSockets, reachableOverLoopback, socketOwners } from './proc.ts'

export interface ListeningPort {
  readonly port: number
  /** Null where the system does not say whose it is. */
  readonly pid: number | null
}

const probeMillis = 300

/**
 * The TCP ports on which something answers over loopback, ascending, for messages like "Also listening: 3001". Empty
 * where the system does not say. Never throws.
 */
export async function listeningPorts(): Promise<ListeningPort[]> {
  try {
    const ports = process.platform === 'linux' ? await portsOnLinux() : await portsElsewhere()
    return ports.toSorted((a, b) => a.port - b.port)
  } catch {
    return []
  }
}

async function portsOnLinux(): Promise<ListeningPort[]> {
  const sockets = (await listeningSockets()).filter((socket) => reachableOverLoopback(socket.address))
  const owners = await socketOwners(new Set(sockets.map((socket) => socket.inode)))
  const ports = new Map<number, number | null>()
  for (const { port, inode } of sockets) ports.set(port, ports.get(port) ?? owners.get(inode) ?? null)
  return [...ports].map(([port, pid]) => ({ port, pid }))
}

/** The system's list also has UDP ports and connections; what listens is what accepts. */
async function portsElsewhere(): Promise<ListeningPort[]> {
  const { allPortsWithPid } = await import('pid-port')
  const candidates = [...(await allPortsWithPid({ host: '*' }))].filter(([port]) => port >= 1024)
  const accepted = await Promise.all(candidates.map(([port]) => accepts(port)))
  return candidates.filter((_, index) => accepted[index]).map(([port, pid]) => ({ port, pid }))
}

function accepts(port: number): Promise<boolean> {
  return new Promise((settle) => {
    const socket = connect({ host: '127.0.0.1', port, timeout: probeMillis })
    const done = (accepted: boolean): void => {
      socket.destroy()
      settle(accepted)
    }
    socket.once('connect', () => done(true))
    socket.once('error', () => done(false))
    socket.once('timeout', () => done(false))
  })
}
