import assert from 'node:assert/strict'
import { after, before } from 'node:test'

import { Client } from 'pg'

import type { Query } from '../../../src/factory/databases/postgres/catalogue.ts'
import { introspect } from '../../../src/factory/databases/postgres/introspection.ts'
import type { Column, Schema, Table } from '../../../src/model/schema.ts'
import { startPostgres } from '../../servers/postgres.ts'
import { skipReason } from '../../servers/server.ts'
import type { TestServer } from '../../servers/server.ts'

/** Why this machine can't run tests with PostgreSQL; false where it can. */
export const skip = skipReason('postgres')
let server: TestServer | undefined

/** Runs a server for all tests of the file that calls it. */
export function serveFile(): void {
  before(async () => {
    if (skip === false) server = await startPostgres()
  })
  after(() => server?.stop())
}

/** Does some work with a database that has what `sql` makes. */
export async function withDatabase<T>(sql: string, work: (query: Query) => Promise<T>): Promise<T> {
  assert.ok(server)
  const client = new Client({ connectionString: await server.createDatabase() })
  await client.connect()
  try {
    await client.query(sql)
    return await work(async (text, params = []) => {
      const result = await client.query<Record<string, unknown>>(text, [...params])
      return result.rows
    })
  } finally {
    await client.end()
  }
}

/** The schema of what `sql` makes. */
export function schemaOf(sql: string): Promise<Schema> {
  return withDatabase(sql, (query) => introspect(query))
}

/** The table of that name. */
export function tableOf(schema: Schema, name: string): Table {
  return schema.tables.find((table) => table.name === name) ?? assert.fail(`no table ${name}`)
}

/** The table's column of that name. */
export function columnOf(schema: Schema, table: string, name: string): Column {
  return (
    tableOf(schema, table).columns.find((column) => column.name === name) ?? assert.fail(`no column ${name}`)
  )
}
