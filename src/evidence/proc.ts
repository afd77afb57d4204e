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

/** The processes that hold these sockets, by inode; those of other users are missing. */
export async function socketOwners(inodes: ReadonlySet<string>): Promise<Map<string, number>> {
  const owners = new Map<string, number>()
  await Promise.all(
    (await processIds()).map(async (pid) => {
      for (const inode of await socketInodes(pid)) if (inodes.has(inode)) owners.set(inode, pid)
    }),
  )
  return owners
}

async function socketInodes(pid: number): Promise<string[]> {
  const folder = `/proc/${pid}/fd`
  const names = await readdir(folder).catch(() => [])
  const links = await Promise.all(names.map((name) => readlink(`${folder}/${name}`).catch(() => '')))
  return links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? [])
}

/** Each process's parent. */
export async function processParents(): Promise<Map<number, number>> {
  const parents = new Map<number, number>()
  await Promise.all(
    (await processIds()).map(async (pid) => {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
      // pid (name) state ppid …; the name may itself hold parentheses and blanks.
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
      if (Number.isInteger(parent)) parents.set(pid, parent)
    }),
  )
  return parents
}

async function processIds(): Promise<number[]> {
  const names = await readdir('/proc')
  return names.map(Number).filter((pid) => Number.isInteger(pid) && pid > 0)
}
