import { lstat, mkdir, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import * as l10n from '@vscode/l10n'
import { Failure } from '../model/failure.ts'
import { realPathOf } from './project-file.ts'

/**
 * The path of a file in a project's `.headroom`, the only folder where Headroom keeps what it found out. A repository may
 * come with links there, and what is kept must not be written to where they lead. `path` is relative to the project, forward
 * slashes. Throws `HR_FILE_EDIT` where a link is on the way, or something else than a file stands there.
 */
export async function keptFile(root: string, path: string): Promise<string> {
  const real = (await realPathOf(resolve(root))) ?? root
  const expected = join(real, path)
  const found = await lstat(expected).catch(() => null)
  const isOurs = (await realPathOf(expected)) === expected && (found === null || found.isFile())
  if (!isOurs) {
    throw new Failure(
      'HR_FILE_EDIT',
      l10n.t("{0} can't be written: .headroom must be a folder of the project, without links.", path),
    )
  }
  return join(root, path)
}

/** The same, with its folders made, and all of `.headroom` ignored by git unless a `.gitignore` there says otherwise. */
export async function makeKeptFile(root: string, path: string): Promise<string> {
  const file = await keptFile(root, path)
  await mkdir(dirname(file), { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    throw unchangeable(path, error)
  })
  await writeFile(join(root, '.headroom', '.gitignore'), '*\n', { flag: 'wx' }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw unchangeable(path, error)
    },
  )
  return file
}

function unchangeable(path: string, cause: NodeJS.ErrnoException): Failure {
  const message = l10n.t("{0} can't be changed: {1}.", path, cause.code ?? cause.message)
  return new Failure('HR_FILE_EDIT', message, { cause })
}
