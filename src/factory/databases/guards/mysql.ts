import { hostname } from 'node:os'
import * as l10n from '@vscode/l10n'
import type { Failure } from '../../../model/failure.ts'
import { isLoopbackHost } from '../location.ts'
import { guardClients } from './clients.ts'
import { ageSeconds, processesCalled } from './local-process.ts'
import { guardLocality } from './locality.ts'
import { refuseProductionNames } from './production-name.ts'
import { refusal } from './refusal.ts'
import type { End, Query } from './session.ts'
import type { GuardedTarget } from './target.ts'

interface Session {
  /** As the server sees it: an address or a name. */
  readonly host: string
  readonly port: number | null
  readonly command: string
  readonly isOwn: boolean
}

/** How far the age of a process may be from what its server says: it starts to count when it has read its options. */
const ageTolerance = 5

/**
 * The guards on an open connection to MySQL or MariaDB, before anything else is asked of it: the server runs on this
 * machine ({@link guardLocality}), its database and account are not called production, no cloud provider manages it, it
 * can be written to and is no replica, has none and is not in a cluster, and nobody is connected from another machine
 * (an account without PROCESS sees only its own sessions). Reads only. Throws a `Failure`: `HR_DATABASE_TUNNEL`,
 * `HR_DATABASE_PRODUCTION`, `HR_DATABASE_MANAGED`, `HR_DATABASE_REPLICATED` or `HR_DATABASE_SHARED`.
 *
 *     const target = await guardTarget(url, mysqlDefaults)
 *     const { port, user, password, database } = target
 *     const place = target.socketPath === null ? { host: target.address, port } : { socketPath: target.socketPath }
 *     const connection = await createConnection({ ...place, user, password, database })
 *     await guardMysql(async (sql) => (await connection.query(sql))[0], target, ownEndOf(connection.connection.stream))
 */
export async function guardMysql(query: Query, target: GuardedTarget, ownEnd: End | null): Promise<void> {
  const sessions = await readSessions(query)
  const own = sessions.find(({ isOwn }) => isOwn)
  const status = await readPairs(query, 'SHOW GLOBAL STATUS')
  await guardLocality(target, {
    ownEnd,
    seenEnd:
      own === undefined || own.port === null ? null : { address: numeric(own.host, ownEnd), port: own.port },
    serverAddress: null,
    isOwnProcess: () => isOwnServer(Number(status.get('uptime'))),
  })
  const [names] = await query("SELECT coalesce(DATABASE(), '') AS name, CURRENT_USER() AS account")
  refuseProductionNames({
    database: String(names?.['name']),
    user: String(names?.['account']).split('@')[0] ?? '',
  })
  const variables = await readPairs(query, 'SHOW GLOBAL VARIABLES')
  guardProvider(variables)
  guardWritable(variables, status)
  await guardReplication(query, sessions, status)
  // A server that was reached over loopback and sees another address stands behind a container's proxy.
  const containerEnd = own === undefined || own.host === '' || isLoopbackHost(own.host) ? null : own.host
  const clients = sessions.map(({ host }) => host).filter((host) => host !== '' && host !== hostname())
  guardClients(clients, containerEnd)
}

async function readSessions(query: Query): Promise<readonly Session[]> {
  const rows = await query(
    'SELECT HOST AS host, COMMAND AS command, ID = CONNECTION_ID() AS own FROM information_schema.PROCESSLIST',
  )
  return rows.map(({ host, command, own }) => {
    const [, name = '', port] = /^(.*?)(?::(\d+))?$/.exec(text(host)) ?? []
    return {
      host: name,
      port: port === undefined ? null : Number(port),
      command: String(command),
      isOwn: Number(own) === 1,
    }
  })
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : Buffer.isBuffer(value) ? value.toString() : ''
}

/** Names in lower case. */
async function readPairs(query: Query, statement: string): Promise<ReadonlyMap<string, string>> {
  const rows = await query(statement)
  return new Map(rows.map((row) => [String(row['Variable_name']).toLowerCase(), text(row['Value'])] as const))
}

/** A server that resolves names calls every loopback address localhost. */
function numeric(host: string, ownEnd: End | null): string {
  return host === 'localhost' && ownEnd !== null ? ownEnd.address : host
}

/** The server of a Unix socket or a container tells for how long it runs: a process of that age must be here. */
async function isOwnServer(uptimeSeconds: number): Promise<boolean> {
  const servers = await processesCalled(new Set(['mysqld', 'mariadbd']))
  const ages = await Promise.all(servers.map(({ pid }) => ageSeconds(pid)))
  return ages.some((age) => age !== null && Math.abs(age - uptimeSeconds) <= ageTolerance)
}

function guardProvider(variables: ReadonlyMap<string, string>): void {
  const own = /^(?:aurora|rds|cloudsql|azure|google|aad)_/
  const places = ['basedir', 'datadir', 'version', 'version_comment']
  const words = /rdsdb|cloudsql|google|azure|aurora|planetscale|vitess|tidb|amazon/i
  const sign =
    [...variables.keys()].find((name) => own.test(name)) ??
    places.find((name) => words.test(variables.get(name) ?? ''))
  if (sign === undefined) return
  throw refusal(
    'HR_DATABASE_MANAGED',
    l10n.t('A cloud provider manages this server: its variable `{0}` says so.', sign),
    l10n.t('Seed a MySQL or MariaDB of your own on this machine.'),
  )
}

function guardWritable(variables: ReadonlyMap<string, string>, status: ReadonlyMap<string, string>): void {
  const readOnly = ['read_only', 'super_read_only', 'innodb_read_only'].find((name) =>
    /^(?!OFF$|0$).+/i.test(variables.get(name) ?? ''),
  )
  if (readOnly !== undefined) {
    throw replicated(l10n.t('This server takes no writes (`{0}` is on), as replicas do.', readOnly))
  }
  if (Number(status.get('wsrep_cluster_size') ?? 0) > 1)
    throw replicated(l10n.t('This server is one of a cluster.'))
}

async function guardReplication(
  query: Query,
  sessions: readonly Session[],
  status: ReadonlyMap<string, string>,
): Promise<void> {
  const replicas = sessions.filter(({ command }) => command.startsWith('Binlog Dump')).length
  if (replicas > 0 || Number(status.get('slaves_connected') ?? 0) > 0) {
    throw replicated(l10n.t('This server has replicas, which would get the rows as well.'))
  }
  const isReplica = await firstThatWorks(query, ['SHOW REPLICA STATUS', 'SHOW SLAVE STATUS'])
  if (isReplica || status.get('slave_running') === 'ON')
    throw replicated(l10n.t('This server is a replica of another one.'))
}

/** Whether the first of the statements that this server knows and this account may run gives a row. */
async function firstThatWorks(query: Query, statements: readonly string[]): Promise<boolean> {
  for (const statement of statements) {
    try {
      return (await query(statement)).length > 0
    } catch {
      // Unknown to this version, or not allowed to this account.
    }
  }
  return false
}

function replicated(problem: string): Failure {
  return refusal('HR_DATABASE_REPLICATED', problem, l10n.t('Seed a server that stands alone.'))
}
