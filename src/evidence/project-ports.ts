import { readlink, realpath } from 'node:fs/promises'
import { sep } from 'node:path'
import { listeningSockets, reachableOverLoopback, socketOwners } from './proc.ts'

/**
 * The TCP ports that processes of a project serve on loopback, ascending: those whose working directory lies in its
 * folder. Empty where the system does not say, which only Linux does at little cost. Never throws.
 */
export async function projectPorts(root: string): Promise<number[]> {
  try {
    const sockets = (await listeningSockets()).filter((socket) => reachableOverLoopback(socket.address))
    const owners = await socketOwners(new Set(sockets.map((socket) => socket.inode)))
    const folder = await realpath(root)
    const ports = await Promise.all(
      sockets.map(async ({ port, inode }) => ((await worksIn(folder, owners.get(inode))) ? [port] : [])),
    )
    return [...new Set(ports.flat())].toSorted((a, b) => a - b)
  } catch {
    return []
  }
}

async function worksIn(folder: string, pid: number | undefined): Promise<boolean> {
  if (pid === undefined) return false
  const directory = await readlink(`/proc/${pid}/cwd`).catch(() => '')
  return directory === folder || directory.startsWith(folder + sep)
}
