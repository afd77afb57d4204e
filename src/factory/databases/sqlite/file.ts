import { statSync, statfsSync, openSync, readSync, closeSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as l10n from '@vscode/l10n'

import { Failure, type FailureAction } from '../../../model/failure.ts'
import { displayPath, isOnNetwork } from '../local-path.ts'
import { isLoopbackHost, notLocal } from '../location.ts'

export interface SqliteFile {
  readonly path: string
  /** Relative to the root where it lies inside it, with forward slashes. */
  readonly display: string
}

/** Free bytes where a file is, for those who are not root. */
export function freeBytes({ path }: SqliteFile): number {
  const { bavail, bsize } = statfsSync(path)
  return bavail * bsize
}

const header = 'SQLite format 3\0'

/**
 * The existing SQLite file that a URL or bare path names, relative paths against `root`. Never creates one.
 * Throws a `Failure`: `HR_DATABASE_MISSING`, `HR_DATABASE_NOT_LOCAL`, `HR_DATABASE_FORMAT` or `HR_DATABASE_URL`.
 */
export function findSqliteFile(url: string, root: string): SqliteFile {
  const path = resolve(root, pathOf(url))
  const display = displayPath(path, root)
  let size: number
  try {
    const stat = statSync(path)
    if (!stat.isFile())
      throw new Failure(
        'HR_DATABASE_FORMAT',
        l10n.t('{0} is not a file. Name the database file itself.', display),
      )
    size = stat.size
  } catch (error) {
    if (error instanceof Failure) throw error
    throw missing(display, error)
  }
  if (isOnNetwork(path)) throw notLocal(display)
  if (size > 0 && firstBytes(path, display) !== header) {
    throw new Failure(
      'HR_DATABASE_FORMAT',
      l10n.t('{0} is not a SQLite database, or it is encrypted. Nothing was written.', display),
      { actions: [nameAnother()] },
    )
  }
  return { path, display }
}

function nameAnother(): FailureAction {
  return {
    id: 'open-config',
    title: l10n.t('Open Configuration'),
    commandLine: '--database with the path of the file that your app uses',
  }
}

function pathOf(url: string): string {
  const withoutScheme = url.replace(/^(?:sqlite3?|file):(?!\/\/)/i, '')
  const path = /^[a-z][a-z0-9+.-]+:\/\//i.test(url)
    ? pathOfAuthorityUrl(url)
    : withoutScheme.replace(/\?.*$/s, '')
  if (path === ':memory:' || /[?&]mode=memory/.test(url)) {
    throw new Failure(
      'HR_DATABASE_URL',
      l10n.t(
        'An in-memory database lives inside your app, where Headroom cannot reach it. Let the app use a file.',
      ),
    )
  }
  if (path.startsWith('\\\\')) throw notLocal(path.split('\\')[2] ?? l10n.t('That path'))
  return path
}

function pathOfAuthorityUrl(url: string): string {
  const [, scheme = '', host = '', path = ''] = /^([a-z][a-z0-9+.-]+):\/\/([^/?#]*)([^?#]*)/i.exec(url) ?? []
  // `sqlite://data/app.sqlite` and `sqlite://./data/app.sqlite` mean a relative path in most tools.
  if (scheme.toLowerCase() !== 'file') return decoded(host + path)
  if (!isLoopbackHost(host)) throw notLocal(host)
  try {
    return fileURLToPath(`file://${path}`)
  } catch (error) {
    throw new Failure(
      'HR_DATABASE_URL',
      l10n.t('The file URL of the database cannot be read. Pass its path instead.'),
      { cause: error },
    )
  }
}

/** Percent-decoded where it is well formed. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch (error) {
    if (error instanceof URIError) return path
    throw error
  }
}

function missing(display: string, cause: unknown): Failure {
  return new Failure(
    'HR_DATABASE_MISSING',
    l10n.t('There is no database at {0}. Start the app once so that it creates it.', display),
    { cause, actions: [nameAnother()] },
  )
}

function firstBytes(path: string, display: string): string {
  try {
    const file = openSync(path, 'r')
    try {
      const bytes = Buffer.alloc(header.length)
      return bytes.toString('latin1', 0, readSync(file, bytes, 0, header.length, 0))
    } finally {
      closeSync(file)
    }
  } catch (error) {
    throw new Failure('HR_DATABASE_FORMAT', l10n.t('{0} cannot be read. Check its permissions.', display), {
      cause: error,
    })
  }
}
