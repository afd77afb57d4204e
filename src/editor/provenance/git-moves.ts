import { readFile, stat } from 'node:fs/promises'
import { dirname, isAbsolute, join } from 'node:path'

/**
 * What changes whenever git changes files of the working tree by itself: checkout, stash, reset, merge, rebase. The folder
 * does when the index is locked, even where it stays as it was: `git restore --source` leaves no other trace.
 */
const movedFiles = ['index', 'HEAD', 'logs/HEAD', '.'] as const
const replacedFiles: readonly string[] = ['index', 'HEAD']

/** A stretch of time in milliseconds since 1970. */
export interface Stretch {
  readonly from: number
  readonly to: number
}

/**
 * The folder where git keeps HEAD and the index of the working tree that `folder` lies in: `.git`, or what a `.git` file
 * points to in a linked worktree or a submodule. Null outside of a working tree.
 */
export async function gitFolderOf(folder: string): Promise<string | null> {
  for (let at = folder; ; at = dirname(at)) {
    const found = await gitFolderIn(at)
    if (found !== null) return found
    if (dirname(at) === at) return null
  }
}

async function gitFolderIn(folder: string): Promise<string | null> {
  const path = join(folder, '.git')
  try {
    if ((await stat(path)).isDirectory()) return path
    const target = /^gitdir: (.+)$/m.exec(await readFile(path, 'utf8'))?.[1]?.trim()
    if (target === undefined) return null
    return isAbsolute(target) ? target : join(folder, target)
  } catch {
    return null
  }
}

/**
 * How many milliseconds lie between `at` (since 1970) and git's last move of HEAD or the index in this git folder; 0 while
 * git is at work. Null where neither is there.
 */
export async function gitMovedWithin(gitFolder: string, at: number): Promise<number | null> {
  return distanceTo(await lastMoves(gitFolder), at)
}

/** When git last moved each of HEAD, its log and the index, and since when it is at work. */
export async function lastMoves(gitFolder: string): Promise<Stretch[]> {
  const moved = movedFiles.map((name) => stretchOf(join(gitFolder, name), replacedFiles.includes(name)))
  const stretches = await Promise.all([workOf(join(gitFolder, 'index.lock')), ...moved])
  return stretches.filter((each) => each !== null)
}

/** The milliseconds from `at` to the nearest of some moves; null where there are none. */
export function distanceTo(moves: readonly Stretch[], at: number): number | null {
  const distances = moves.map(({ from, to }) => Math.max(0, from - at, at - to))
  return distances.length === 0 ? null : Math.min(...distances)
}

/** Git is at work while its lock is there. */
async function workOf(lock: string): Promise<Stretch | null> {
  const stats = await stat(lock).catch(() => null)
  return stats === null ? null : { from: stats.mtimeMs, to: Infinity }
}

/**
 * When git was at work on a file. It writes the new index under another name from the beginning of a checkout on, and
 * renames it at the end: a large checkout lies between the file's birth and its last change. Windows gives a renamed file
 * the birth of the one it replaces, so that only the end counts there.
 */
async function stretchOf(file: string, canBeReplaced: boolean): Promise<Stretch | null> {
  const stats = await stat(file).catch(() => null)
  if (stats === null) return null
  const to = stats.mtimeMs
  const isReplaced = canBeReplaced && process.platform !== 'win32'
  const from = isReplaced && stats.birthtimeMs > 0 ? Math.min(stats.birthtimeMs, to) : to
  return { from, to }
}
