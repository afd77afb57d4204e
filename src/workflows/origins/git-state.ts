import { readFile, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'

/** What moves with HEAD, of one working tree. */
const ownFiles = ['HEAD', 'logs/HEAD'] as const
/** What holds branches and notes, of all working trees of a repository. */
const commonFiles = ['packed-refs', 'refs/notes/ai', 'reftable/tables.list'] as const

/**
 * A text that is another one after every commit, checkout and new note in the repository that a folder lies in, and costs no
 * process. Empty outside of every repository.
 */
export async function gitState(folder: string): Promise<string> {
  const own = await gitFolder(folder)
  if (own === null) return ''
  const common = await readFile(join(own, 'commondir'), 'utf8').then(
    (path) => resolve(own, path.trim()),
    () => own,
  )
  return fileStates([
    ...ownFiles.map((name) => join(own, name)),
    ...commonFiles.map((name) => join(common, name)),
  ])
}

/** A text that is another one when any of these files was written, made or removed. */
export async function fileStates(files: readonly string[]): Promise<string> {
  const states = await Promise.all(
    files.map((file) =>
      stat(file).then(
        ({ mtimeMs, size, ino }) => `${mtimeMs} ${size} ${ino}`,
        () => '',
      ),
    ),
  )
  return states.join('\n')
}

/** The folder that holds HEAD: `.git`, or what a `.git` file points to in a linked working tree. */
async function gitFolder(folder: string): Promise<string | null> {
  const path = join(folder, '.git')
  const stats = await stat(path).catch(() => null)
  if (stats?.isDirectory()) return path
  if (stats?.isFile()) {
    const target = /^gitdir: (.+)$/m.exec(await readFile(path, 'utf8'))?.[1]
    return target === undefined ? null : resolve(folder, target.trim())
  }
  return dirname(folder) === folder ? null : gitFolder(dirname(folder))
}
