import { realpathSync, statfsSync } from 'node:fs'
import { isAbsolute, relative, sep } from 'node:path'

/** Types of network file systems as Linux' statfs gives them: NFS, SMB, CIFS, SMB2, AFS, Ceph. */
const networkFileSystems = new Set([0x6969, 0x517b, 0xff534d42, 0xfe534d42, 0x5346414f, 0x00c36400])

/** A path as people may see it: relative to the root where it lies inside it, with forward slashes. */
export function displayPath(path: string, root: string): string {
  const inside = relative(root, path)
  const shown = inside.startsWith('..') || isAbsolute(inside) ? path : inside
  return shown.split(sep).join('/')
}

/** Whether something that exists is on another machine's disk. */
export function isOnNetwork(path: string): boolean {
  if (process.platform !== 'linux') return realpathSync(path).startsWith('\\\\')
  return networkFileSystems.has(statfsSync(path).type)
}
