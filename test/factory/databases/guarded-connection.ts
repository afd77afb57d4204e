import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise'
import { Client } from 'pg'

import type { Lookup } from '../../../src/factory/databases/guards/host.ts'
import { guardMysql } from '../../../src/factory/databases/guards/mysql.ts'
import { guardPostgres } from '../../../src/factory/databases/guards/postgres.ts'
import { ownEndOf } from '../../../src/factory/databases/guards/session.ts'
import {
  guardTarget,
  type GuardedTarget,
  mysqlDefaults,
  postgresDefaults,
} from '../../../src/factory/databases/guards/target.ts'
import { Failure } from '../../../src/model/failure.ts'

/** Passes all guards on the way to a PostgreSQL, and disconnects; throws what they throw. */
export async function passPostgres(url: string, lookup?: Lookup): Promise<GuardedTarget> {
  const target = await guardTarget(url, postgresDefaults, lookup === undefined ? {} : { lookup })
  const { port, user, password, database } = target
  const host = target.socketPath ?? target.address ?? ''
  const client = new Client({ host, port, user, password, database })
  await client.connect()
  try {
    await guardPostgres(
      async (sql) => (await client.query<Record<string, unknown>>(sql)).rows,
      target,
      ownEndOf(client.connection.stream),
    )
  } finally {
    await client.end()
  }
  return target
}

/** Passes all guards on the way to a MySQL or MariaDB, and disconnects; throws what they throw. */
export async function passMysql(url: string, lookup?: Lookup): Promise<GuardedTarget> {
  const target = await guardTarget(url, mysqlDefaults, lookup === undefined ? {} : { lookup })
  const { port, user, password, database } = target
  const place =
    target.socketPath === null ? { host: target.address ?? '', port } : { socketPath: target.socketPath }
  const connection = await createConnection({ ...place, user, password, database })
  try {
    const query = async (sql: string) => (await connection.query<RowDataPacket[]>(sql))[0]
    await guardMysql(query, target, ownEndOf(streamOf(connection)))
  } finally {
    await connection.end()
  }
  return target
}

/** The types of mysql2's promises don't know the connection that they wrap. */
function streamOf(connection: Connection): unknown {
  const inner: unknown = Reflect.get(connection, 'connection')
  return typeof inner === 'object' && inner !== null ? Reflect.get(inner, 'stream') : null
}

/** The failure that something ends in. Throws where it goes well or ends in something else. */
export async function refusalOf(work: Promise<unknown>): Promise<Failure> {
  const outcome = await work.then(
    () => 'no failure',
    (error: unknown) => error,
  )
  if (outcome instanceof Failure) return outcome
  throw outcome instanceof Error ? outcome : new Error(String(outcome))
}
