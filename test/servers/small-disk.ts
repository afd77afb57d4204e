import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serverOwner } from './server.ts'

/** A file system of its own that is soon full. */
export interface SmallDisk extends Disposable {
  readonly path: string
}

/** Mounts a small file system that belongs to the user that servers run as. Throws where this process may not. */
export function mountSmallDisk(megabytes: number): SmallDisk {
  const path = mkdtempSync(join(tmpdir(), 'hr-disk-'))
  const { uid = 0, gid = 0 } = serverOwner ?? {}
  const options = `size=${megabytes}m,mode=0700,uid=${uid},gid=${gid}`
  const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'hr-disk', path])
  if (status !== 0) {
    rmdirSync(path)
    throw new Error(`mount failed: ${String(stderr)}`)
  }
  const unmount = () => {
    if (spawnSync('umount', [path]).status === 0) rmdirSync(path)
  }
  process.on('exit', unmount)
  return {
    path,
    [Symbol.dispose]() {
      process.off('exit', unmount)
      unmount()
    },
  }
}

/** Why {@link mountSmallDisk} can't be used here; false where it can. */
export function smallDiskSkipReason(): string | false {
  try {
    mountSmallDisk(1)[Symbol.dispose]()
    return false
  } catch {
    return 'needs root on Linux, to mount a small file system'
  }
}
