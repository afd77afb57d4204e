import { lstat, realpath, stat } from 'node:fs/promises'
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path'
import * as l10n from '@vscode/l10n'
import { Failure } from '../model/failure.ts'
import { oneLine } from './one-line.ts'

/**
 * The file that a model means, relative to the project with forward slashes; links are followed. Throws `HR_OUTSIDE` where
 * it lies outside of the project, however it gets there, and `HR_FILE` where there is no such file.
 */
export async function fileInProject(root: string, path: string): Promise<string> {
  if (path.includes('\0')) throw outside(path)
  const whole = resolve(root, path)
  const [realRoot, real] = await Promise.all([realpath(root), realpath(whole).catch(() => null)])
  // Whether something is there outside of the project is not told either.
  if (real === null) {
    const isOut = leadsOut(resolve(root), whole) || (await isLinkedOut(realRoot, whole))
    throw isOut ? outside(path) : noFile(path)
  }
  if (leadsOut(realRoot, real)) throw outside(path)
  const found = await stat(real)
  if (!found.isFile()) throw noFile(path)
  return relative(realRoot, real).split(sep).join('/')
}

/** Whether the way to a place where nothing is leads out of the project by a link, or ends at a link that leads nowhere. */
async function isLinkedOut(realRoot: string, missing: string): Promise<boolean> {
  const real = await realpath(missing).catch(() => null)
  if (real !== null) return real !== realRoot && leadsOut(realRoot, real)
  const isLink = await lstat(missing).then(
    () => true,
    () => false,
  )
  return isLink || isLinkedOut(realRoot, dirname(missing))
}

function leadsOut(root: string, path: string): boolean {
  const way = relative(root, path)
  return way === '' || way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way)
}

function outside(path: string): Failure {
  return new Failure(
    'HR_OUTSIDE',
    l10n.t('"{0}" is outside of the project. Nothing was read.', oneLine(path)),
  )
}

function noFile(path: string): Failure {
  return new Failure('HR_FILE', l10n.t('There is no file "{0}" in the project.', oneLine(path)))
}
