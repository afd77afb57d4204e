import type { TableStorage } from './storage.ts'
import { quoted } from './sql.ts'

/** Headroom's own schema: tools that compare an application's schema with its models don't see it. */
export const ledgerSchema = 'headroom'

/** A table's full name for SQL. */
export function fullName({ schema, table }: Pick<TableStorage, 'schema' | 'table'>): string {
  return `${quoted(schema)}.${quoted(table)}`
}

/** The table that keeps the keys of a `list` table's rows; `number` is the table's in the ledger. */
export function keyListName(number: number): string {
  return `${ledgerSchema}.keys_${number}`
}
