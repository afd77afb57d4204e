import { Client } from 'pg'

import { dump, startPostgres } from '../../servers/postgres.ts'
import { skipReason } from '../../servers/server.ts'
import type { Engine } from './engine.ts'

const userSchemas = `n.nspname NOT IN ('pg_catalog', 'information_schema', 'headroom') AND n.nspname !~ '^pg_'`

/** A PostgreSQL of the test's own. */
export const postgresEngine: Engine = {
  dialect: 'postgres',
  skip: skipReason('postgres'),
  start: async () => {
    const server = await startPostgres()
    return {
      create: async (sql) => {
        const url = await server.createDatabase()
        await connected(url, (client) => client.query(sql))
        return url
      },
      dump,
      violations: (url) => connected(url, violations),
      count: (url, table) =>
        connected(url, async (client) => {
          const name = table.split('.').map((part) => client.escapeIdentifier(part))
          const { rows } = await client.query<{ n: string }>(`SELECT count(*) AS n FROM ${name.join('.')}`)
          return Number(rows[0]?.n)
        }),
      stop: () => server.stop(),
    }
  },
}

async function connected<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** Has CHECKs and foreign keys validated as if they were new, and all indexes built again; then takes that back. */
async function violations(client: Client): Promise<readonly string[]> {
  const broken: string[] = []
  await client.query('BEGIN')
  const { rows } = await client.query<{ statement: string }>(
    `SELECT format('ALTER TABLE %s VALIDATE CONSTRAINT %I', con.conrelid::regclass, con.conname) AS statement
     FROM pg_constraint con JOIN pg_class c ON c.oid = con.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE con.contype IN ('c', 'f') AND con.convalidated AND c.relkind = 'r' AND ${userSchemas}
     UNION ALL
     SELECT format('REINDEX TABLE %s', c.oid::regclass) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind = 'r' AND ${userSchemas}`,
  )
  const unvalidated = await client.query(
    `SELECT con.conname FROM pg_constraint con JOIN pg_class c ON c.oid = con.conrelid
     JOIN pg_namespace n ON n.oid = c.relnamespace WHERE NOT con.convalidated AND ${userSchemas}`,
  )
  broken.push(...unvalidated.rows.map((row) => `not validated: ${JSON.stringify(row)}`))
  await client.query(
    `UPDATE pg_constraint SET convalidated = false WHERE contype IN ('c', 'f') AND conrelid <> 0`,
  )
  for (const { statement } of rows) {
    await client.query('SAVEPOINT one')
    try {
      await client.query(statement)
    } catch (error) {
      broken.push(`${statement}: ${String(error)}`)
      await client.query('ROLLBACK TO SAVEPOINT one')
    }
  }
  await client.query('ROLLBACK')
  return broken
}
