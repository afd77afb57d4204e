import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The schemas that tests are run on, written after their public documentation; `forty` is our own. */
export const schemaNames = ['pagila', 'northwind', 'chinook', 'forty'] as const

export type SchemaName = (typeof schemaNames)[number]

/** The statements that make one of the schemas, with the few rows that come with it. */
export function schemaSql(name: SchemaName, dialect: 'postgres' | 'mysql' | 'sqlite'): string {
  return readFileSync(join(import.meta.dirname, `${name}.${dialect}.sql`), 'utf8')
}
