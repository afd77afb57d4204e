import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import * as l10n from '@vscode/l10n'

import { Failure } from '../../../model/failure.ts'
import { type DataDirectory, findDataDirectory } from './directory.ts'
import { copyDirectory } from './snapshot.ts'
import { hold } from './users.ts'

/** Tells a copy from a directory that only has its name, and keeps it out of the project's commits. */
const marker = '.gitignore'
const marking = "# Headroom's copy of a PGlite data directory; it may be removed.\n*\n"

/**
 * Makes a copy of a data directory beside it, called `<directory>.<name>`, as it is at one moment, and gives its URL. The
 * application may have the directory open meanwhile. An earlier copy of that name is replaced; one that is half done is never
 * seen. Throws as {@link copyDirectory}, `HR_COPY_IN_USE` where a program uses the earlier copy, and `HR_COPY_FOREIGN` where
 * a directory of that name is no copy.
 */
export async function makeCopy(url: string, root: string, name: string): Promise<string> {
  const source = findDataDirectory(url, root)
  const path = copyPath(source, name)
  await removeDirectory(path, source)
  const partial = `${path}.${process.pid}.partial`
  for (const file of readdirSync(dirname(path)))
    if (file.startsWith(`${basename(path)}.`) && file.endsWith('.partial'))
      rmSync(join(dirname(path), file), { recursive: true, force: true })
  try {
    await copyDirectory(source, partial, dirname(path))
    writeFileSync(join(partial, marker), marking)
    renameSync(partial, path)
  } catch (error) {
    rmSync(partial, { recursive: true, force: true })
    throw error
  }
  return copyUrl(url, name)
}

/** The URL of the copy of that name, or null where there is none. */
export async function findCopy(url: string, root: string, name: string): Promise<string | null> {
  return isCopy(copyPath(findDataDirectory(url, root), name)) ? copyUrl(url, name) : null
}

/** Removes the copy of that name; nothing where there is none. Throws as {@link makeCopy}, but for room. */
export async function removeCopy(url: string, root: string, name: string): Promise<void> {
  const source = findDataDirectory(url, root)
  await removeDirectory(copyPath(source, name), source)
}

/** Whether Headroom made this directory. */
export function isCopy(path: string): boolean {
  try {
    return readFileSync(join(path, marker), 'utf8') === marking
  } catch {
    return false
  }
}

function copyPath({ path }: DataDirectory, name: string): string {
  if (!/^[a-z0-9][a-z0-9-]*$/i.test(name)) throw new RangeError(`No name for a copy: ${name}`)
  return `${path}.${name}`
}

/** Written as the database's own URL is: it goes where that one goes, into the application's configuration. */
function copyUrl(url: string, name: string): string {
  const parameters = /\/*(?:\?.*)?$/s.exec(url)?.[0] ?? ''
  return `${url.slice(0, url.length - parameters.length)}.${name}${parameters.replace(/^\/+/, '')}`
}

async function removeDirectory(path: string, source: DataDirectory): Promise<void> {
  if (!existsSync(path)) return
  if (!isCopy(path)) {
    throw new Failure(
      'HR_COPY_FOREIGN',
      l10n.t(
        '{0} is in the place of the copy of {1}, and Headroom did not make it. Move it away, then try again.',
        basename(path),
        source.display,
      ),
    )
  }
  const held = await hold({ ...source, path })
  if ('pid' in held) {
    throw new Failure(
      'HR_COPY_IN_USE',
      l10n.t('A program is using the copy of {0}. Stop it, then try again.', source.display),
      { actions: [{ id: 'retry', title: l10n.t('Retry') }] },
    )
  }
  // Under another name first: what is half removed must not be found as a copy.
  const gone = `${path}.${process.pid}.partial`
  try {
    renameSync(path, gone)
  } finally {
    held[Symbol.dispose]()
  }
  rmSync(gone, { recursive: true, force: true })
}
