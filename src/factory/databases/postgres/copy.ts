import * as l10n from '@vscode/l10n'
import { Failure } from '../../../model/failure.ts'
import { formatBytes } from '../../../model/format.ts'
import { guardTarget, type GuardedTarget, postgresDefaults } from '../guards/target.ts'
import type { Connection } from './connection.ts'
import { Session } from './session.ts'
import { literal, quoted } from './sql.ts'

/** Left free on the disk beside a copy and what is going to be loaded into it. */
const reserveBytes = 2 * 1024 ** 3
/** Databases that every server has, from which another one can be copied. */
const maintenanceDatabases = ['postgres', 'template1'] as const
/** What PostgreSQL cuts longer names to. */
const longestName = 63
const inUse = '55006'

/**
 * Makes a copy of a database on its server, `<database>_<name>`, with it as the template, and gives its URL. An earlier
 * copy of that name is replaced; one that is half done has another name. Throws `HR_COPY_SPACE` where the disk is too full,
 * `HR_COPY_IN_USE` where a program uses the earlier copy, or the database itself, which PostgreSQL copies only when nobody
 * is connected to it, and `HR_COPY_FOREIGN` where a database of that name is no copy.
 */
export async function makeCopy(url: string, _root: string, name: string): Promise<string> {
  const target = await guardTarget(url, postgresDefaults)
  const copy = copyName(target, name)
  const partial = copyName(target, `${name}_partial`)
  await onServer(target, async (session) => {
    const { lead } = session
    await dropCopy(lead, target, copy)
    await requireSpace(session, target)
    await lead.query(`DROP DATABASE IF EXISTS ${quoted(partial)}`)
    await busyAs(sourceInUse(target), () =>
      lead.query(`CREATE DATABASE ${quoted(partial)} TEMPLATE ${quoted(target.database)}`),
    )
    await copySettings(lead, target.database, partial)
    await lead.query(`COMMENT ON DATABASE ${quoted(partial)} IS ${literal(commentOn(target))}`)
    await lead.query(`ALTER DATABASE ${quoted(partial)} RENAME TO ${quoted(copy)}`)
  })
  return urlOf(url, copy)
}

/** The URL of the copy of that name, or null where there is none. */
export async function findCopy(url: string, _root: string, name: string): Promise<string | null> {
  const target = await guardTarget(url, postgresDefaults)
  const copy = copyName(target, name)
  const comment = await onServer(target, ({ lead }) => commentOf(lead, copy))
  return comment === commentOn(target) ? urlOf(url, copy) : null
}

/** Removes the copy of that name; nothing where there is none. Throws as {@link makeCopy}. */
export async function removeCopy(url: string, _root: string, name: string): Promise<void> {
  const target = await guardTarget(url, postgresDefaults)
  await onServer(target, ({ lead }) => dropCopy(lead, target, copyName(target, name)))
}

function copyName({ database }: GuardedTarget, name: string): string {
  const ending = `_${name}`
  return `${database.slice(0, longestName - ending.length)}${ending}`
}

/** Tells a copy from a database that only has its name. */
function commentOn({ database }: GuardedTarget): string {
  return `Headroom's copy of ${database}; it may be removed`
}

/** Undefined where there is no such database, null where nobody commented on it. */
async function commentOf(connection: Connection, database: string): Promise<string | null | undefined> {
  const [row] = await connection.query(
    `SELECT pg_catalog.shobj_description(oid, 'pg_database') AS comment FROM pg_catalog.pg_database WHERE datname = $1`,
    [database],
  )
  if (row === undefined) return undefined
  return typeof row.comment === 'string' ? row.comment : null
}

async function dropCopy(connection: Connection, target: GuardedTarget, copy: string): Promise<void> {
  const comment = await commentOf(connection, copy)
  if (comment === undefined) return
  if (comment !== commentOn(target)) {
    throw new Failure(
      'HR_COPY_FOREIGN',
      l10n.t(
        'The database `{0}` has the name of the copy of `{1}`, and Headroom did not make it. Rename it, then try again.',
        copy,
        target.database,
      ),
    )
  }
  const failure = new Failure(
    'HR_COPY_IN_USE',
    l10n.t('A program is using the copy of `{0}`. Stop it, then try again.', target.database),
  )
  await busyAs(failure, () => connection.query(`DROP DATABASE ${quoted(copy)}`))
}

function sourceInUse({ database }: GuardedTarget): Failure {
  return new Failure(
    'HR_COPY_IN_USE',
    l10n.t(
      'A program is connected to `{0}`, and PostgreSQL only copies a database that nobody uses. Stop your server, or write into the database itself. Nothing was written.',
      database,
    ),
    {
      actions: [
        { id: 'retry', title: l10n.t('Retry') },
        { id: 'seed-in-place', title: l10n.t('Write into the Database'), commandLine: '--in-place' },
      ],
    },
  )
}

async function busyAs(failure: Failure, work: () => Promise<unknown>): Promise<void> {
  try {
    await work()
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined
    if (cause instanceof Error && 'code' in cause && cause.code === inUse) throw failure
    throw error
  }
}

/** Settings of the database, such as its search path, are not part of what a template gives. */
async function copySettings(connection: Connection, from: string, to: string): Promise<void> {
  const rows = await connection.query(
    `SELECT unnest(s.setconfig) AS setting FROM pg_catalog.pg_db_role_setting AS s
     JOIN pg_catalog.pg_database AS d ON d.oid = s.setdatabase WHERE s.setrole = 0 AND d.datname = $1`,
    [from],
  )
  for (const { setting } of rows) {
    const [name = '', ...value] = String(setting).split('=')
    // Lists, such as a search path, are kept with their quotes.
    const isList = name === 'search_path'
    const text = isList ? value.join('=') : literal(value.join('='))
    await connection.query(`ALTER DATABASE ${quoted(to)} SET ${quoted(name)} TO ${text || "''"}`)
  }
}

async function requireSpace(session: Session, { database }: GuardedTarget): Promise<void> {
  const [row] = await session.lead.query('SELECT pg_catalog.pg_database_size($1) AS size', [database])
  const size = Number(row?.size)
  const free = await session.freeBytes()
  if (free === null || free >= size + reserveBytes) return
  throw new Failure(
    'HR_COPY_SPACE',
    l10n.t(
      'A copy of `{0}` needs {1}, and {2} are free, of which {3} are left alone. Nothing was written.',
      database,
      formatBytes(size),
      formatBytes(free),
      formatBytes(reserveBytes),
    ),
  )
}

/** Works on the server with a connection to neither the database nor its copy. */
async function onServer<T>(target: GuardedTarget, work: (session: Session) => Promise<T>): Promise<T> {
  const session = await openMaintenance(target)
  try {
    return await work(session)
  } finally {
    await session.close()
  }
}

async function openMaintenance(target: GuardedTarget): Promise<Session> {
  const [first, second] = maintenanceDatabases.filter((database) => database !== target.database)
  try {
    return await Session.open({ ...target, database: first ?? target.database })
  } catch (error) {
    if (second === undefined) throw error
    return Session.open({ ...target, database: second })
  }
}

function urlOf(url: string, database: string): string {
  return url.replace(/^([^:]+:\/\/[^/?#]*)(?:\/[^?#]*)?/, `$1/${encodeURIComponent(database)}`)
}
