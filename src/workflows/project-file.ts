import { isUtf8 } from 'node:buffer'
import { lstat, readFile, realpath } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import * as l10n from '@vscode/l10n'
import { Failure } from '../model/failure.ts'

/**
 * The text of a file of the project, or null where there is none. Throws `HR_FILE_EDIT` where it leads out of the project or
 * nowhere, can't be read, or isn't UTF-8, which couldn't be written back as it is.
 */
export async function readProjectFile(root: string, file: string): Promise<string | null> {
  await realFile(root, file)
  const bytes = await readFile(join(root, file)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    const message = l10n.t("{0} can't be read ({1}); it is left alone.", file, error.code ?? error.message)
    throw new Failure('HR_FILE_EDIT', message, { cause: error })
  })
  if (bytes === null) return null
  if (!isUtf8(bytes)) {
    throw new Failure('HR_FILE_EDIT', l10n.t('{0} is not UTF-8. Save it as UTF-8, then try again.', file))
  }
  return bytes.toString('utf8')
}

/** The real path of a file that is there or could be made. Throws `HR_FILE_EDIT` where it lies outside of the project. */
export async function realFile(root: string, file: string): Promise<string> {
  const real = await realPathOf(resolve(root, file))
  if (real === null) {
    throw new Failure('HR_FILE_EDIT', l10n.t('{0} is a link that leads nowhere; it is left alone.', file))
  }
  const inside = relative(await realpath(root), real)
  if (inside === '..' || inside.startsWith(`..${sep}`) || resolve(inside) === inside) {
    throw new Failure(
      'HR_FILE_EDIT',
      l10n.t('{0} is a link that leads out of the project; it is left alone.', file),
    )
  }
  return real
}

/** With the links of its folders resolved, those that aren't there left as they are; null for a link to nothing. */
export async function realPathOf(path: string): Promise<string | null> {
  const real = await realpath(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined
    return null
  })
  if (real !== undefined) return real
  const isLink = await lstat(path).then(
    (found) => found.isSymbolicLink(),
    () => false,
  )
  if (isLink || dirname(path) === path) return null
  const folder = await realPathOf(dirname(path))
  return folder === null ? null : join(folder, basename(path))
}
