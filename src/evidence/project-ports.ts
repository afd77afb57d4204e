import { readlink, realpath } from 'node:fs/promises'
import process from 'node:process'
import { sep } from 'node:path'
import { listeningPorts, openFilesOf, workingDirectories } from './open-files.ts'
import { listeningSockets, processIds, reachableOverLoopback, socketHolders } from './proc.ts'

/**
 * The TCP ports that processes of a project serve on loopback, ascending: those whose working directory lies in its
 * folder. Empty where the system does not say, as Windows does not. Never throws.
 */
export async function projectPorts(root: string): Promise<number[]> {
  try {
    const folder = await realpath(root)
    return await portsOf((directory) => directory === folder || directory.startsWith(folder + sep))
  } catch {
    return []
  }
}

/** The TCP ports that these processes serve on loopback, ascending; empty where the system does not say. Never throws. */
export async function portsOfProcesses(pids: readonly number[]): Promise<number[]> {
  try {
    if (process.platform === 'linux') return await portsOnLinux(pids)
    return process.platform === 'win32' ? [] : listeningPorts(await openFilesOf(['-p', pids.join(',')]))
  } catch {
    return []
  }
}

async function portsOf(isInside: (directory: string) => boolean): Promise<number[]> {
  if (process.platform === 'linux') {
    const pids = await Promise.all(
      (await processIds()).map(async (pid) => {
        const directory = await readlink(`/proc/${pid}/cwd`).catch(() => '')
        return isInside(directory) ? [pid] : []
      }),
    )
    return portsOnLinux(pids.flat())
  }
  if (process.platform === 'win32') return []
  const listening = await openFilesOf([])
  const directories = await workingDirectories([...listening.keys()])
  const inside = [...listening].filter(([pid]) => isInside(directories.get(pid) ?? ''))
  return listeningPorts(new Map(inside))
}

async function portsOnLinux(pids: readonly number[]): Promise<number[]> {
  const sockets = (await listeningSockets()).filter((socket) => reachableOverLoopback(socket.address))
  const portOfInode = new Map(sockets.map(({ inode, port }) => [inode, port]))
  const holders = await socketHolders(new Set(portOfInode.keys()), pids)
  const ports = holders.flatMap(({ inode }) => portOfInode.get(inode) ?? [])
  return [...new Set(ports)].toSorted((a, b) => a - b)
}
