import * as l10n from '@vscode/l10n'
import { isLoopbackHost } from '../location.ts'
import { guardClients } from './clients.ts'
import { processesCalled } from './local-process.ts'
import { guardLocality } from './locality.ts'
import { refuseProductionNames } from './production-name.ts'
import { refusal } from './refusal.ts'
import { bareAddress, type End, type Query } from './session.ts'
import type { GuardedTarget } from './target.ts'

interface PostgresFacts {
  readonly database: string
  readonly role: string
  readonly sessionRole: string
  readonly cluster: string
  readonly recovering: boolean
  readonly serverAddress: string | null
  readonly clientAddress: string | null
  readonly clientPort: number | null
  readonly backend: number
  readonly managed: string | null
  readonly standbys: number
  readonly clients: readonly string[]
}

/** Settings that only the servers of cloud providers have: `rds.extensions`, `cloudsql.iam_authentication` … */
export const managedSettings =
  /^(?:(?:rds|aurora|apg|cloudsql|alloydb|google|azure|neon|crunchy|aiven|tembo|xata|pscale)[._]|supabase[.])/

// Every name with its schema: a search_path that puts another one first must not answer for the server.
const factsStatement = `
  SELECT pg_catalog.current_database()::pg_catalog.text AS database,
    current_user::pg_catalog.text AS role, session_user::pg_catalog.text AS session_role,
    coalesce(pg_catalog.current_setting('cluster_name', true), '') AS cluster,
    pg_catalog.pg_is_in_recovery() AS recovering,
    pg_catalog.host(pg_catalog.inet_server_addr()) AS server_address,
    pg_catalog.host(pg_catalog.inet_client_addr()) AS client_address,
    pg_catalog.inet_client_port() AS client_port, pg_catalog.pg_backend_pid() AS backend,
    (SELECT pg_catalog.min(name) FROM pg_catalog.pg_settings
      WHERE name OPERATOR(pg_catalog.~) '${managedSettings.source}') AS managed,
    (SELECT pg_catalog.count(*)::pg_catalog.int4 FROM pg_catalog.pg_stat_replication) AS standbys,
    ARRAY(SELECT DISTINCT pg_catalog.host(client_addr) FROM pg_catalog.pg_stat_activity
      WHERE client_addr IS NOT NULL) AS clients`

/**
 * The guards on an open connection to PostgreSQL, before anything else is asked of it: the server runs on this machine
 * ({@link guardLocality}), its database, role and cluster are not called production, no cloud provider manages it, it is
 * neither a standby nor has any, and nobody is connected from another machine (of other roles' sessions a role without
 * pg_read_all_stats sees no addresses; these don't count). Reads only. Throws a `Failure`: `HR_DATABASE_TUNNEL`,
 * `HR_DATABASE_PRODUCTION`, `HR_DATABASE_MANAGED`, `HR_DATABASE_REPLICATED` or `HR_DATABASE_SHARED`.
 *
 *     const target = await guardTarget(url, postgresDefaults)
 *     const { port, user, password, database } = target
 *     const client = new Client({ host: target.socketPath ?? target.address, port, user, password, database })
 *     await client.connect()
 *     await guardPostgres(async (sql) => (await client.query(sql)).rows, target, ownEndOf(client.connection.stream))
 */
export async function guardPostgres(query: Query, target: GuardedTarget, ownEnd: End | null): Promise<void> {
  const facts = readFacts((await query(factsStatement))[0] ?? {})
  await guardLocality(target, {
    ownEnd,
    seenEnd: seenEnd(facts),
    serverAddress: facts.serverAddress,
    isOwnProcess: () => isOwnBackend(facts),
  })
  refuseProductionNames({
    database: facts.database,
    user: facts.role,
    'login user': facts.sessionRole,
    cluster: facts.cluster,
  })
  if (facts.managed !== null) {
    throw refusal(
      'HR_DATABASE_MANAGED',
      l10n.t('A cloud provider manages this server: it has the setting `{0}`.', facts.managed),
      l10n.t('Seed a PostgreSQL of your own on this machine.'),
    )
  }
  guardReplication(facts)
  guardClients(facts.clients, containerEnd(facts))
}

function readFacts(row: Readonly<Record<string, unknown>>): PostgresFacts {
  const text = (name: string) => {
    const value = row[name]
    return typeof value === 'string' ? value : null
  }
  const clients = row['clients']
  return {
    database: text('database') ?? '',
    role: text('role') ?? '',
    sessionRole: text('session_role') ?? '',
    cluster: text('cluster') ?? '',
    recovering: row['recovering'] !== false,
    serverAddress: text('server_address'),
    clientAddress: text('client_address'),
    clientPort: row['client_port'] === null ? null : Number(row['client_port']),
    backend: Number(row['backend']),
    managed: text('managed'),
    standbys: Number(row['standbys']),
    clients: Array.isArray(clients) ? clients.map(String) : [],
  }
}

function guardReplication({ recovering, standbys }: PostgresFacts): void {
  if (recovering) {
    throw refusal(
      'HR_DATABASE_REPLICATED',
      l10n.t('This server is a standby of another one, or still in recovery.'),
      l10n.t('Seed a PostgreSQL of its own, or wait until it has recovered.'),
    )
  }
  if (standbys > 0) {
    throw refusal(
      'HR_DATABASE_REPLICATED',
      standbys === 1
        ? l10n.t('This server replicates to 1 other, which would get the rows as well.')
        : l10n.t('This server replicates to {0} others, which would get the rows as well.', standbys),
      l10n.t('Seed a server without standbys or subscribers.'),
    )
  }
}

function seenEnd({ clientAddress: address, clientPort: port }: PostgresFacts): End | null {
  return address === null || port === null ? null : { address: bareAddress(address), port }
}

/** A server that was reached over loopback and says otherwise stands behind a container's proxy. */
function containerEnd({ serverAddress }: PostgresFacts): string | null {
  return serverAddress === null || isLoopbackHost(serverAddress) ? null : serverAddress
}

/** Each connection has a process of its own, whose title names the port that it sees us at. */
async function isOwnBackend({
  backend,
  clientAddress: address,
  clientPort: port,
}: PostgresFacts): Promise<boolean> {
  const end = address === null ? '[local]' : `(${port})`
  const backends = await processesCalled(new Set(['postgres', 'postmaster']))
  return backends.some(({ innerPid, title }) => innerPid === backend && title.includes(end))
}
