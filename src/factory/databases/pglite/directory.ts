import { readFileSync, statSync, statfsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import * as l10n from '@vscode/l10n'

import { Failure, type FailureAction } from '../../../model/failure.ts'
import { displayPath, isOnNetwork } from '../local-path.ts'
import { notLocal } from '../location.ts'

/** A data directory, which one process at a time may have open. */
export interface DataDirectory {
  readonly path: string
  /** Relative to the root where it lies inside it, with forward slashes. */
  readonly display: string
  /** Of the PostgreSQL that made it: `18`. */
  readonly version: string
}

function nameAnother(): FailureAction {
  return {
    id: 'open-config',
    title: l10n.t('Open Configuration'),
    commandLine: '--database pglite:<the data directory that your app uses>',
  }
}

/** Whether a bare path or `file:` URL names an existing data directory, as PGlite itself takes them. */
export function isDataDirectory(url: string, root: string): boolean {
  if (/^(?!file:)[a-z][a-z0-9+.-]+:/i.test(url)) return false
  return versionOf(resolve(root, pathOf(url))) !== null
}

/**
 * The existing data directory that a URL or bare path names, relative paths against `root`. Never creates one.
 * Throws a `Failure`: `HR_DATABASE_MISSING`, `HR_DATABASE_NOT_LOCAL`, `HR_DATABASE_FORMAT` or `HR_DATABASE_URL`.
 */
export function findDataDirectory(url: string, root: string): DataDirectory {
  const named = pathOf(url)
  if (named.startsWith('\\\\')) throw notLocal(named.split('\\')[2] ?? l10n.t('That path'))
  const path = resolve(root, named)
  const display = displayPath(path, root)
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat === undefined) {
    throw new Failure(
      'HR_DATABASE_MISSING',
      l10n.t('There is no PGlite data directory at {0}. Start the app once so that it creates it.', display),
      { actions: [nameAnother()] },
    )
  }
  if (isOnNetwork(path)) throw notLocal(display)
  const version = stat.isDirectory() ? versionOf(path) : null
  if (version === null) throw noDataDirectory(l10n.t('{0} is not a data directory of PGlite.', display))
  // Only a server's start writes its options down.
  if (statSync(join(path, 'postmaster.opts'), { throwIfNoEntry: false }) !== undefined)
    throw noDataDirectory(l10n.t('{0} is the data directory of a PostgreSQL server, not of PGlite.', display))
  return { path, display, version }
}

/** Free bytes where a directory is, for those who are not root. */
export function freeBytes(path: string): number {
  const { bavail, bsize } = statfsSync(path)
  return bavail * bsize
}

function pathOf(url: string): string {
  if (/^memory:/i.test(url)) {
    throw new Failure(
      'HR_DATABASE_URL',
      l10n.t(
        'An in-memory PGlite lives inside your app, where Headroom cannot reach it. Let the app use a data directory: `new PGlite("./pgdata")`.',
      ),
    )
  }
  const [, path = ''] = /^(?:pglite:|file:)?(?:\/\/)?([^?]*)/i.exec(url) ?? []
  return path
}

function versionOf(path: string): string | null {
  try {
    return readFileSync(join(path, 'PG_VERSION'), 'utf8').trim()
  } catch {
    return null
  }
}

function noDataDirectory(problem: string): Failure {
  return new Failure('HR_DATABASE_FORMAT', l10n.t('{0} Nothing was written.', problem), {
    actions: [nameAnother()],
  })
}
