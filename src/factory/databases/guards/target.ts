import { join } from 'node:path'
import * as l10n from '@vscode/l10n'
import { refuseForeignOwners } from './owner-kinds.ts'
import { findOwners, type Owner } from './port-owner.ts'
import { refuseProductionNames } from './production-name.ts'
import { resolveLocalHost, systemLookup, type Lookup } from './host.ts'
import { readServerUrl, type ServerUrl } from './server-url.ts'

/**
 * A server that may be connected to. Connect to exactly `address` and `port`, or to `socketPath`; never to `host` and
 * never with the URL: a driver that resolves the name again may come to another machine.
 */
export interface GuardedTarget extends ServerUrl {
  /** A loopback address; null for a Unix socket. */
  readonly address: string | null
  /** The path of the Unix socket (for PostgreSQL, as its driver wants it: of its folder); null for TCP. */
  readonly socketPath: string | null
  /** The processes that listen there, as far as this user may see them. */
  readonly owners: readonly Owner[]
  /** Without credentials, as people may see it: `app on 127.0.0.1:5432`. */
  readonly display: string
}

export interface TargetOptions {
  /** How host names are resolved: by the system, unless a test says otherwise. */
  readonly lookup?: Lookup
}

/** What a kind of server listens on where its URL doesn't say. */
export interface ServerDefaults {
  readonly port: number
  /** The name of its Unix socket inside the folder that the URL gives; null where the URL gives the socket itself. */
  readonly socketFile: ((port: number) => string) | null
}

/** PostgreSQL's port, and its socket inside the folder that URLs name. */
export const postgresDefaults: ServerDefaults = { port: 5432, socketFile: (port) => `.s.PGSQL.${port}` }

/** The port of MySQL and MariaDB; their URLs name the socket itself. */
export const mysqlDefaults: ServerDefaults = { port: 3306, socketFile: null }

/** MongoDB's port; its URLs name the socket itself. */
export const mongodbDefaults: ServerDefaults = { port: 27017, socketFile: null }

/**
 * The guards before connecting, so that no password reaches a stranger: the URL names no production database, its host
 * is this machine, and who listens there is a database server, a proxy of a container, or not known to this user
 * (then `guardPostgres` and `guardMysql` have the server itself prove that it runs here). Throws a `Failure`:
 * `HR_DATABASE_URL`, `HR_DATABASE_NOT_LOCAL`, `HR_DATABASE_PRODUCTION` or `HR_DATABASE_TUNNEL`.
 */
export async function guardTarget(
  url: string,
  defaults: ServerDefaults,
  { lookup = systemLookup }: TargetOptions = {},
): Promise<GuardedTarget> {
  const named = readServerUrl(url, defaults.port)
  refuseProductionNames({
    host: named.host,
    user: named.user,
    database: named.database,
    ...named.parameters,
  })
  if (named.host.startsWith('/')) {
    const socketFile = defaults.socketFile?.(named.port)
    const file = socketFile === undefined ? named.host : join(named.host, socketFile)
    const display = l10n.t('{0} on {1}', named.database, file)
    return { ...named, address: null, socketPath: named.host, owners: [], display }
  }
  const address = await resolveLocalHost(named.host, named.port, lookup)
  const owners = await findOwners(address, named.port)
  refuseForeignOwners(owners, named.port)
  const place = address.includes(':') ? `[${address}]` : address
  return {
    ...named,
    address,
    socketPath: null,
    owners,
    display: l10n.t('{0} on {1}:{2}', named.database, place, named.port),
  }
}
