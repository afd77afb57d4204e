import { readdirSync, renameSync, rmSync, statSync, statfsSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import * as l10n from '@vscode/l10n'

import { Failure } from '../../../model/failure.ts'
import { formatBytes } from '../../../model/format.ts'
import { Connection, isCopy } from './connection.ts'
import { findSqliteFile } from './file.ts'
import type { SqliteFile } from './file.ts'

/** Left free on the disk beside a copy and what is going to be loaded into it. */
const reserveBytes = 2 * 1024 ** 3
const sidecars = ['-journal', '-wal', '-shm']

/**
 * Makes a copy of a database file beside it, called `<file>.<name>.sqlite`, as it is at one moment whatever the
 * application does meanwhile, and gives its URL. An earlier copy of that name is replaced; one that is half done is never
 * seen. Throws `HR_COPY_SPACE` where the disk is too full, `HR_COPY_IN_USE` where a program uses the earlier copy, and
 * `HR_COPY_FOREIGN` where a file of that name is no copy.
 */
export async function makeCopy(url: string, root: string, name: string): Promise<string> {
  const source = findSqliteFile(url, root)
  const path = copyPath(source, name)
  await removeFile(path, source)
  requireSpace(source)
  const unfinished = `${path}.${process.pid}.partial`
  for (const file of readdirSync(dirname(path)))
    if (file.startsWith(`${basename(path)}.`) && file.endsWith('.partial')) rmSync(join(dirname(path), file))
  const connection = await Connection.open(source)
  try {
    await connection.copyTo(unfinished)
  } catch (error) {
    rmSync(unfinished, { force: true })
    throw error
  } finally {
    connection.close()
  }
  renameSync(unfinished, path)
  return copyUrl(url, name)
}

/** The URL of the copy of that name, or null where there is none. */
export async function findCopy(url: string, root: string, name: string): Promise<string | null> {
  const path = copyPath(findSqliteFile(url, root), name)
  return (await hasCopy(path)) ? copyUrl(url, name) : null
}

/** Removes the copy of that name; nothing where there is none. Throws as {@link makeCopy}. */
export async function removeCopy(url: string, root: string, name: string): Promise<void> {
  const source = findSqliteFile(url, root)
  await removeFile(copyPath(source, name), source)
}

function copyPath({ path }: SqliteFile, name: string): string {
  if (!/^[a-z0-9][a-z0-9-]*$/i.test(name)) throw new RangeError(`No name for a copy: ${name}`)
  return `${path}.${name}.sqlite`
}

/** Written as the database's own URL is: it goes where that one goes, into the application's configuration. */
function copyUrl(url: string, name: string): string {
  const ending = /^[a-z][a-z0-9+.-]+:\/\//i.test(url) ? /[?#].*$/s : /\?.*$/s
  const parameters = ending.exec(url)?.[0] ?? ''
  return `${url.slice(0, url.length - parameters.length)}.${name}.sqlite${parameters}`
}

async function hasCopy(path: string): Promise<boolean> {
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return false
  const connection = await Connection.open(findSqliteFile(path, dirname(path)))
  try {
    return isCopy(connection)
  } finally {
    connection.close()
  }
}

/** The file goes before what belongs to it: a new one must never meet an old log. */
async function removeFile(path: string, source: SqliteFile): Promise<void> {
  if (statSync(path, { throwIfNoEntry: false }) !== undefined) {
    if (!(await hasCopy(path))) {
      throw new Failure(
        'HR_COPY_FOREIGN',
        l10n.t(
          '{0} is in the place of the copy of {1}, and Headroom did not make it. Move it away, then try again.',
          basename(path),
          source.display,
        ),
      )
    }
    if (await isInUse(path)) {
      throw new Failure(
        'HR_COPY_IN_USE',
        l10n.t('A program is using the copy of {0}. Stop it, then try again.', source.display),
      )
    }
    rmSync(path)
  }
  for (const ending of sidecars) rmSync(path + ending, { force: true })
}

async function isInUse(path: string): Promise<boolean> {
  const connection = await Connection.open(findSqliteFile(path, dirname(path)))
  try {
    return !connection.isAlone()
  } finally {
    connection.close()
  }
}

function requireSpace({ path, display }: SqliteFile): void {
  const { bavail, bsize } = statfsSync(dirname(path))
  const size = statSync(path).size + (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0)
  if (bavail * bsize >= size + reserveBytes) return
  throw new Failure(
    'HR_COPY_SPACE',
    l10n.t(
      'A copy of {0} needs {1}, and {2} are free, of which {3} are left alone. Nothing was written.',
      display,
      formatBytes(size),
      formatBytes(bavail * bsize),
      formatBytes(reserveBytes),
    ),
  )
}
