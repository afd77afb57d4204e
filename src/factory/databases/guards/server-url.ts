import { userInfo } from 'node:os'
import * as l10n from '@vscode/l10n'
import type { Failure } from '../../../model/failure.ts'
import { isLoopbackHost, notLocal } from '../location.ts'
import { refusal } from './refusal.ts'

/** What a server's URL says, decoded. */
export interface ServerUrl {
  /** A name or address, or the path of a Unix socket (for PostgreSQL: of its folder). */
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database: string
  /** What stands behind the question mark, without what is read into the fields above. */
  readonly parameters: Readonly<Record<string, string>>
}

const socketParameters = ['host', 'hostaddr', 'socket', 'socketPath']

/**
 * Reads the URL of a PostgreSQL, MySQL or MariaDB database: the host may be percent-encoded, or stand in `host`, `socket`
 * or `socketPath`. Throws `HR_DATABASE_URL`, without repeating the URL, where it names several hosts or no database.
 */
export function readServerUrl(url: string, defaultPort: number): ServerUrl {
  const [, authority = '', path = '', query = ''] =
    /^[a-z][a-z0-9+.-]+:\/\/([^/?#]*)\/?([^?#]*)\??([^#]*)/i.exec(url.trim()) ?? []
  // A raw / or ? in a password would make a part of it look like the host.
  if (path.includes('@') || query.includes('@')) throw unreadable()
  const at = authority.lastIndexOf('@')
  const [, encodedHost = '', port = ''] =
    /^(\[[^\]]*\]|[^:]*)(?::(\d*))?$/.exec(authority.slice(at + 1)) ?? []
  if (encodedHost === '' && authority.slice(at + 1) !== '') throw unreadable()
  const [user = '', ...password] = authority.slice(0, Math.max(at, 0)).split(':')
  const parameters = Object.fromEntries(new URLSearchParams(query))
  const host = theOneHost([
    decoded(encodedHost),
    ...socketParameters.flatMap((name) => parameters[name] ?? []),
  ])
  const database = decoded(path)
  if (database === '' || database.includes('/')) {
    throw refusal(
      'HR_DATABASE_URL',
      l10n.t('The database URL names no database.'),
      l10n.t('Add its name behind the last slash.'),
    )
  }
  return {
    host,
    port: Number(parameters['port'] ?? port) || defaultPort,
    user: decoded(user) || parameters['user'] || userInfo().username,
    password: decoded(password.join(':')) || (parameters['password'] ?? ''),
    database,
    parameters: without(parameters, [...socketParameters, 'port', 'user', 'password']),
  }
}

/** A socket in a parameter stands for the host: `postgresql://localhost/app?host=/run/postgresql`. */
function theOneHost(texts: readonly string[]): string {
  const hosts = [...new Set(texts.flatMap((text) => text.split(',')).filter((host) => host !== ''))]
  const foreign = hosts.find((host) => !host.startsWith('/') && !isLoopbackHost(host))
  if (hosts.length > 1 && foreign !== undefined) throw notLocal(foreign)
  const sockets = hosts.filter((host) => host.startsWith('/'))
  if (sockets.length > 1 || (sockets.length === 0 && hosts.length > 1)) throw severalHosts()
  return sockets[0] ?? hosts[0] ?? 'localhost'
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw unreadable()
  }
}

function without(all: Readonly<Record<string, string>>, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(all).filter(([name]) => !names.includes(name)))
}

function unreadable(): Failure {
  return refusal(
    'HR_DATABASE_URL',
    l10n.t('The host in the database URL cannot be read.'),
    l10n.t('Percent-encode special characters in the user name and password.'),
  )
}

function severalHosts(): Failure {
  return refusal(
    'HR_DATABASE_URL',
    l10n.t('The database URL names several hosts.'),
    l10n.t('Name the one that is on this machine.'),
  )
}
