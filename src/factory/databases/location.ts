import { isIP } from 'node:net'
import * as l10n from '@vscode/l10n'

import { Failure } from '../../model/failure.ts'

const pathEnding = /\.(?:sqlite3?|db3?)$/i

/** The scheme of a database URL in lower case; a bare path that ends like a SQLite file is `sqlite`, and anything else is null. */
export function schemeOf(url: string): string | null {
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(url)?.[1]
  if (scheme !== undefined) return scheme.toLowerCase()
  return pathEnding.test(url) ? 'sqlite' : null
}

/** Whether a host name or address can only mean this machine. */
export function isLoopbackHost(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '').toLowerCase()
  if (bare === '' || bare === 'localhost' || bare.endsWith('.localhost')) return true
  if (isIP(bare) === 4) return bare.startsWith('127.')
  return (
    isIP(bare) === 6 && (bare === '::1' || bare.startsWith('::ffff:127.') || bare.startsWith('::ffff:7f'))
  )
}

/**
 * Throws `HR_DATABASE_NOT_LOCAL` unless every host that a server URL names is this machine,
 * and `HR_DATABASE_URL` where the hosts cannot be told for certain.
 */
export function requireLocalServer(url: string): void {
  for (const host of hostsOf(url)) {
    if (isLoopbackHost(host) || host.startsWith('/')) continue
    if (!/^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\]|[0-9a-f:.]+:[0-9a-f:.]+)$/i.test(host)) throw unreadable()
    throw notLocal(host)
  }
}

/** The failure for a host or path that is not on this machine. */
export function notLocal(place: string): Failure {
  return new Failure(
    'HR_DATABASE_NOT_LOCAL',
    l10n.t(
      'Headroom only writes to databases on this machine. `{0}` is not local. Nothing was written.',
      place,
    ),
  )
}

function unreadable(): Failure {
  return new Failure(
    'HR_DATABASE_URL',
    l10n.t(
      'The host in the database URL cannot be read. Percent-encode special characters in the user name and password. Nothing was written.',
    ),
  )
}

function hostsOf(url: string): readonly string[] {
  const [, authority = '', path = '', query = ''] =
    /^[a-z][a-z0-9+.-]+:\/\/([^/?#]*)([^?#]*)\??([^#]*)/i.exec(url) ?? []
  // A raw / or ? in a password would make a part of it look like the host.
  if (path.includes('@')) throw unreadable()
  const hosts = authority
    .slice(authority.lastIndexOf('@') + 1)
    .split(',')
    .map((host) => host.replace(/:\d*$/, ''))
  const overrides = new URLSearchParams(query)
  return [
    ...hosts,
    ...['host', 'hostaddr'].flatMap((name) => overrides.getAll(name).flatMap((value) => value.split(','))),
  ]
}
