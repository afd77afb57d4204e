import { readdir, readFile, readlink } from 'node:fs/promises'

/** Reading Linux's /proc: no child process, and no tool that a small container image lacks. */

/** A listening TCP socket; `address` as in /proc: hexadecimal, 8 digits (IPv4) or 32 (IPv6). */
export interface ListeningSocket {
  readonly address: string
  readonly port: number
  readonly inode: string
}

const listenState = '0A'

/** All listening TCP sockets in this network namespace. Throws where there is no /proc. */
export async function listeningSockets(): Promise<ListeningSocket[]> {
  const tables = await Promise.all([
    readFile('/proc/net/tcp', 'utf8'),
    readFile('/proc/net/tcp6', 'utf8').catch(() => ''),
  ])
  return tables.flatMap((table) => table.split('\n').slice(1).flatMap(parseSocket))
}

/** One line of /proc/net/tcp: `sl local_address rem_address st … inode`, see proc_net_tcp(5). */
function parseSocket(line: string): ListeningSocket[] {
  const fields = line.trim().split(/\s+/)
  const [address, port] = (fields[1] ?? '').split(':')
  const inode = fields[9]
  if (fields[3] !== listenState || address === undefined || port === undefined || inode === undefined) {
    return []
  }
  return [{ address, port: Number.parseInt(port, 16), inode }]
}

/** Whether a /proc address can be reached over loopback: 127.0.0.0/8, ::1, their mapped forms, and "any". */
export function reachableOverLoopback(address: string): boolean {
  if (/^0+$/.test(address)) return true
  // Each group of 8 digits is a little-endian 32-bit word: 127.0.0.1 is 0100007F.
  if (address.length === 8) return address.endsWith('7F')
  return address === '00000000000000000000000001000000' || /^0{16}FFFF0000[0-9A-F]{6}7F$/.test(address)
}

/** A process that holds a listening socket, and where: the same file descriptor stays its own until it is closed. */
export interface SocketHolder {
  readonly pid: number
  readonly fd: string
  readonly inode: string
}

/** The processes among `pids` that hold these sockets; those of other users are missing. */
export async function socketHolders(
  inodes: ReadonlySet<string>,
  pids: readonly number[],
): Promise<SocketHolder[]> {
  if (inodes.size === 0) return []
  const found = await Promise.all(
    pids.map(async (pid) => {
      const sockets = await socketsOf(pid)
      return sockets.filter(({ inode }) => inodes.has(inode))
    }),
  )
  return found.flat()
}

async function socketsOf(pid: number): Promise<SocketHolder[]> {
  const names = await readdir(`/proc/${pid}/fd`).catch(() => [])
  const sockets = await Promise.all(names.map(async (fd) => ({ pid, fd, inode: await socketInode(pid, fd) })))
  return sockets.flatMap(({ inode, ...place }) => (inode === null ? [] : [{ ...place, inode }]))
}

/** Whether a process still has the socket open there. Never throws. */
export async function stillHolds({ pid, fd, inode }: SocketHolder): Promise<boolean> {
  return (await socketInode(pid, fd)) === inode
}

async function socketInode(pid: number, fd: string): Promise<string | null> {
  const link = await readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')
  return /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? null
}

/** The ids of all processes. Throws where there is no /proc. */
export async function processIds(): Promise<number[]> {
  const names = await readdir('/proc')
  return names.map(Number).filter((pid) => Number.isInteger(pid) && pid > 0)
}
